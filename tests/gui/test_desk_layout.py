# SPDX-License-Identifier: MIT
"""The desk's parts keep what a person reads: names where there is room, times always, no row for one button."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from followfocus_gui.parts import Middle
from followfocus_gui.screens.key_sheet import KeySheet
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import card_views
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.mark_cards import MarkStrip
from followfocus_gui.widgets.mark_edits import MarkEdits
from followfocus_gui.widgets.moments import Moments
from tests.gui.conftest import Opened
from tests.gui.looking import cut

LONG = "the woman in the red coat at the far window"


def test_a_long_name_below_the_rack_never_cuts_its_time(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    words = Moments()
    qtbot.addWidget(words)
    words.resize(260, 40)
    words.show_lines((("A", "soft 0.39 s"), (f"C {LONG}", "sharp 123.45 s")))
    first, second = words.shown()
    assert first == "A soft 0.39 s"
    assert second.startswith("C the woman")
    assert second.endswith("… sharp 123.45 s")
    assert LONG in words.toolTip()


def _strip(qtbot: QtBot, width: int, names: tuple[str, ...]) -> MarkStrip:
    desk, edits = Desk.new(), MarkEdits()
    for index, name in enumerate(names):
        desk.edit_mark(index, name=name)
    strip = MarkStrip(edits)
    edits.setParent(strip)
    qtbot.addWidget(strip)
    strip.resize(width, 56)
    strip.set_form(15, shares_row=False)
    strip.set_marks(card_views(desk))
    strip.show()
    return strip


def _part(strip: QWidget, name: str) -> QWidget:
    found = strip.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found


def test_a_name_that_fits_stands_beside_its_distance_and_a_long_one_above(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    short = _strip(qtbot, 620, ("Anna", "door"))
    assert _part(short, "nameA").geometry().right() <= _part(short, "distanceA").x()
    long = _strip(qtbot, 620, ("Anna", "Ben at the far window"))
    for letter in "AB":  # both, or the eye would have to look for the distance
        name, distance = _part(long, f"name{letter}"), _part(long, f"distance{letter}")
        assert name.geometry().bottom() < distance.y()
        assert distance.geometry().bottom() < long.height()
    assert _part(long, "nameB").width() > 180


@pytest.mark.parametrize("size", [(960, 540), (1280, 800), (800, 1280), (1920, 1080)])
def test_all_subjects_is_offered_at_every_size(open_desk: Callable[..., Opened], size: tuple[int, int]) -> None:
    app = open_desk()
    app.window.resize(*size)
    button = app.find("allSubjects")
    assert isinstance(button, QPushButton)
    assert not button.isVisible(), "two marks: there is nobody between"
    app.session.edit(lambda: app.desk.add_mark(90.0))
    if app.window.width() < 1200 and app.window.height() < app.window.width():
        app.press("markTools")
    assert button.isVisible()
    assert not button.geometry().intersects(app.window.tools.geometry())
    app.press("allSubjects")
    assert len(app.window.curve.picture.bands) == 3


def test_in_a_low_and_wide_room_the_words_stand_whole_beside_the_picture(open_desk: Callable[..., Opened]) -> None:
    app = open_desk()
    app.window.resize(960, 540)
    app.session.edit_mark(1, name="Ben at the far window")
    app.press("tabPicture")
    rack = app.window.rack
    words = rack.findChild(Moments)
    assert words is not None
    app.until(lambda: words.x() > rack.picture.geometry().right())
    assert words.shown()[1].startswith("B Ben at the far window sharp")
    assert rack.picture.height() > 160


def test_a_desk_that_is_a_little_too_low_scrolls_downward_alone(open_desk: Callable[..., Opened]) -> None:
    """Full HD at 200 % below a title bar: the bar takes its width from the page, and nothing is cut at the right."""
    app = open_desk()
    app.window.resize(960, 530)
    QApplication.processEvents()
    middle = app.window.findChild(Middle)
    assert middle is not None
    assert middle.verticalScrollBar().maximum() > 0
    assert middle.horizontalScrollBar().maximum() == 0


def test_the_marks_tab_of_a_small_desk_has_the_curve_below_the_tools(open_desk: Callable[..., Opened]) -> None:
    app = open_desk(size=(960, 540))
    window = app.window
    window.page.tabs.choose("Marks")
    tools, curve = window.tools.geometry(), window.curve.geometry()
    assert window.tools.isVisible()
    assert window.curve.isVisible()
    assert curve.top() > tools.bottom()
    assert curve.bottom() < window.strip.geometry().top()
    assert curve.height() >= 120
    assert not window.page.subjects.isVisible()


def test_the_keys_of_an_upright_desk_stand_in_two_columns_of_one_length(open_desk: Callable[..., Opened]) -> None:
    app = open_desk(size=(800, 1280))
    app.desktop.actions.show_keys()
    sheet = app.window.host.shown
    assert isinstance(sheet, KeySheet)
    assert [grid.count() for grid in sheet._grids] == pytest.approx([40, 40], abs=4)
    app.window.resize(1280, 800)
    app.until(lambda: len(sheet._grids) == 3)
    assert not cut(app.window)

# SPDX-License-Identifier: MIT
"""Colours keep their contrast in every theme; the typeface is the app's own, and has every sign that is written."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import ClassVar

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetricsF, QRawFont
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from followfocus_gui.widgets import scale, theme
from followfocus_gui.widgets.lettering import unseen
from followfocus_gui.widgets.parts import Chooser, Tickbox
from tests.gui.conftest import Opened

THEMES: tuple[theme.ThemeName, ...] = ("dark", "red", "bright")
WRITTEN = "0123456789∞⅓½→°′″·–−…×±\"'%/"


@pytest.mark.parametrize("name", THEMES)
def test_every_pair_keeps_its_contrast(name: theme.ThemeName) -> None:
    colours = theme.colours(name)
    weak = {
        pair: round(theme.contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pair, least in theme.least_contrast().items()
        if round(theme.contrast(colours[pair[0]], colours[pair[1]]), 1) < least
    }
    assert not weak
    assert len(theme.least_contrast()) >= 19


def test_another_theme_is_the_same_style_in_other_colours(qapp: QApplication, qtbot: QtBot) -> None:
    """Qt deletes the style that was there before a new one, whoever still holds it."""
    theme.apply(qapp, "dark")
    kept = qapp.style()
    lost: list[bool] = []
    kept.destroyed.connect(lambda: lost.append(True))
    for name in (*THEMES, "dark"):
        theme.apply(qapp, name)
    assert not lost
    assert isValid(kept)
    assert qapp.style() is kept


def test_nothing_is_collected_while_qt_goes_over_all_widgets(qapp: QApplication, qtbot: QtBot) -> None:
    class Heard(QWidget):
        collects: ClassVar[list[bool]] = []

        def changeEvent(self, event: QEvent) -> None:
            self.collects.append(gc.isenabled())
            super().changeEvent(event)

    widget = Heard()
    qtbot.addWidget(widget)
    widget.show()
    was = gc.isenabled()
    theme.apply(qapp, "red")
    theme.fit_letters(qapp, 20)
    theme.fit_letters(qapp, scale.LEAST_BODY)
    assert gc.isenabled() is was
    assert Heard.collects
    assert not any(Heard.collects)


def test_armed_go_outshines_stop_at_rest_in_the_red(qtbot: QtBot) -> None:
    red = theme.colours("red")
    assert theme.contrast(red["go"], red["window"]) > 2 * theme.contrast(red["stop"], red["window"])


@pytest.mark.parametrize("bold", [False, True])
def test_the_typeface_is_ours_with_digits_of_one_width(bold: bool, qtbot: QtBot) -> None:
    font = theme.figure_font(20, bold=bold)
    assert QFontInfo(font).family() == "B612"
    assert "B612" in QFontDatabase.families()
    widths = {QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"}
    assert len(widths) == 1
    raw = QRawFont.fromFont(font)
    assert [sign for sign in WRITTEN if not raw.supportsCharacter(ord(sign))] == []


NOBODY_S, OTHER = "\U0010fffd", "\U0010fffc"
"""Signs for private use: no font has them"""


def test_letters_that_no_font_here_has_are_known(qtbot: QtBot) -> None:
    assert unseen(f"Łukasz {NOBODY_S} → e\u0301 \u2066∞\u2069 {NOBODY_S}{OTHER}") == NOBODY_S + OTHER


def test_a_name_that_shows_as_boxes_is_told_once(open_desk: Callable[..., Opened]) -> None:
    app = open_desk()
    app.session.edit_mark(0, name=f"{NOBODY_S}na")
    app.until(lambda: f"No font here has {NOBODY_S}: install one" in app.says())
    app.session.forget_note()
    app.session.edit(lambda: app.desk.edit_cue(name=f"{NOBODY_S} again, and {OTHER}"))
    app.until(lambda: f"No font here has {OTHER}:" in app.says())
    app.session.forget_note()
    app.session.edit_mark(1, name=NOBODY_S)
    app.qtbot.wait(20)
    assert "No font" not in app.says()


def _made(kind: str) -> QWidget:
    if kind == "field":
        return QLineEdit("12.5 m")
    if kind == "chooser":
        chooser = Chooser()
        chooser.addItem("Knob")
        return chooser
    if kind == "box":
        box = Tickbox("The other way round")
        box.setChecked(True)
        return box
    made = QPushButton("Use this lens")
    made.setProperty("weight", kind)
    made.setCheckable(kind == "choice")
    made.setChecked(kind == "choice")
    return made


@pytest.mark.parametrize("name", ["dark", "red", "bright"])
@pytest.mark.parametrize("kind", ["field", "chooser", "box", "", "main", "choice"])
def test_what_is_disabled_looks_disabled(kind: str, name: str, qapp: QApplication) -> None:
    """Nothing in it stands out more than faint words do; enabled, its words do."""
    theme.apply(qapp, name)
    control = _made(kind)
    control.resize(260, 50)
    colours = theme.colours(name)

    def loudest() -> float:
        picture = control.grab().toImage()
        seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
        return max(theme.contrast(each, colours["panel"]) for each in seen)

    most = theme.contrast(colours["faint"], colours["panel"])
    control.ensurePolished()
    assert loudest() > 1.15 * most
    control.setEnabled(False)
    assert loudest() < 1.05 * most
    theme.apply(qapp, "dark")

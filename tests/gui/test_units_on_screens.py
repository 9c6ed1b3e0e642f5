# SPDX-License-Identifier: MIT
"""A desk that is in feet says and reads feet on every page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from followfocus.lens.map import LensMap, LensMark, load_lens
from followfocus.show.still import KnownSpot
from followfocus.sources.kept import KeptWheel
from followfocus.units import parse_distance
from followfocus_gui.picture_book import Book
from followfocus_gui.screens.hand import HandScreen, Now
from followfocus_gui.screens.lens_page import far_end
from followfocus_gui.widgets.rack_scale import ScaleRow
from followfocus_gui.widgets.rack_view import RackView
from tests.gui.conftest import Opened
from tests.gui.looking import painted

Open = Callable[..., Opened]
OWN_WORDS = "Ideal, not measured", "trim it by 1 cm or ½ inch", "1.2m   6'2"
"""Where a lens's file says where it is from, and what names both systems"""
METRES = re.compile(r"\d ?(m|cm)\b")


def _read(window: QWidget) -> set[str]:
    """All that is written in a window: drawn, or held by what is off its edge."""
    texts = {text for text, _ in painted(window)}
    for each in window.findChildren(QWidget):
        if each.isVisible() and isinstance(each, QLabel | QLineEdit | QAbstractButton):
            texts.add(each.text())
    return texts


def test_no_page_says_metres_on_a_desk_in_feet(open_desk: Open) -> None:
    app, wrong = open_desk(), list[str]()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=0.6))
    app.take()
    book = Book(app.desktop, app.until)
    book.set_up()
    book.rest()
    book.use_units("imperial")
    for name, act in ({"desk": lambda: None, "shooting": app.window.turn_shooting} | book.screens()).items():
        act()
        app.qtbot.wait(10)
        wrong += [
            f"{name}: {text}"
            for text in sorted(_read(app.window))
            if METRES.search(text) and not text.startswith(OWN_WORDS)
        ]
        app.window.host.close_screen()
        app.window.leave_shooting()
    assert wrong == []


@pytest.mark.parametrize(("bare", "feet"), [("m", "9.84252"), ("ft", "3")])
def test_a_bare_number_in_a_wheels_field_is_in_the_units_that_are_shown(
    bare: str, feet: str, qapp: QApplication
) -> None:
    assert qapp is not None
    lens = load_lens("ideal-50")
    screen = HandScreen({"Knob": KeptWheel()}, lens, (), lambda: Now(None, ""), bare="ft" if bare == "ft" else "m")
    field = screen.findChild(QLineEdit, "hand_low_deg")
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, "3")
    field.editingFinished.emit()
    assert screen.manners.low_deg == pytest.approx(lens.ring_deg(parse_distance(feet, "ft")), abs=1e-3)
    screen.close()


def test_a_wheel_s_refusal_ends_with_the_hint_again(qapp: QApplication) -> None:
    assert qapp is not None
    screen = HandScreen({"Knob": KeptWheel()}, load_lens("ideal-50"), (), lambda: Now(None, ""))
    hint, field = screen.hint, screen.findChild(QLineEdit, "hand_low_deg")
    assert field is not None
    in_force = field.text()
    for text, said in (("3x", "“3x”"), (in_force, hint), ("3x", "“3x”")):
        field.selectAll()
        field.insert(text)
        field.editingFinished.emit()
        assert said in screen.hint
    field.editingFinished.emit()  # nothing more is asked for
    assert screen.hint == hint
    screen.close()


def test_the_far_end_of_a_lens_is_in_feet() -> None:
    marks = LensMark(0.0, 3.048), LensMark(90.0, 0.5)
    lens = LensMap("short", "", "", "", 50.0, 2.0, 0.5, 90.0, marks)
    assert far_end(lens, imperial=True).startswith("10'0\" at 0°")
    assert far_end(lens, imperial=False).startswith("3.05 m at 0°")


@pytest.mark.parametrize(("imperial", "metres"), [(False, 3.0), (True, 0.9144)])
def test_a_known_point_of_an_own_picture_is_in_the_units_that_are_shown(
    *, imperial: bool, metres: float, qtbot: QtBot
) -> None:
    rack, known = RackView(), list[KnownSpot]()
    qtbot.addWidget(rack)
    rack.set_imperial(imperial=imperial)
    row = rack.findChild(ScaleRow)
    assert row is not None
    row.scaled.connect(known.extend)
    switch = rack.findChild(QPushButton, "scaleDepth")
    assert switch is not None
    switch.setChecked(True)
    row.clicked(0.5, 0.5)
    row.field.setText("3")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    switch.setChecked(False)
    assert [spot.distance_m for spot in known] == [pytest.approx(metres)]

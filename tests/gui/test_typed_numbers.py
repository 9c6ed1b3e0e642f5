# SPDX-License-Identifier: MIT
"""The app's fields read numbers as the command line does: tapes with dashes, commas, timecode."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from followfocus.spreadsheet import COMMA, SEMICOLON, Style
from followfocus_gui.paper_actions import csv_here
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import mark_views
from followfocus_gui.widgets.mark_cards import MarkStrip
from followfocus_gui.widgets.mark_edits import MarkEdits
from followfocus_gui.widgets.mark_tools import MarkTools
from followfocus_gui.widgets.pull_editor import PullEditor


class Marks(QWidget):
    """The marks of a new show and their tools, with a mark between them so that it can wait."""

    def __init__(self) -> None:
        super().__init__()
        self.edits = MarkEdits(self)
        self.strip, self.tools = MarkStrip(self.edits, self), MarkTools(self.edits, self)
        self.desk = Desk.new()
        self.desk.add_mark(60.0)
        self.show_marks(0)

    def show_marks(self, chosen: int) -> None:
        self.desk.select(chosen)
        self.strip.set_marks(mark_views(self.desk))
        self.tools.set_marks(mark_views(self.desk))


@pytest.fixture
def marks(qtbot: QtBot) -> Marks:
    made = Marks()
    qtbot.addWidget(made)
    made.show()
    return made


def typed(parent: QWidget, name: str, text: str) -> None:
    field = parent.findChild(QLineEdit, name)
    assert field is not None
    field.setFocus()
    field.selectAll()
    for character in text:
        if character == ",":  # the comma of a numeric keypad
            QTest.keyClick(field, Qt.Key.Key_Comma, Qt.KeyboardModifier.KeypadModifier)
        else:
            QTest.keyClicks(field, character)
    QTest.keyClick(field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("10'-6\"", 3.2004),
        ("5'-6 1/2\"", 1.6891),
        ("5'6-1/2\"", 1.6891),
        ('10\'6" - 6"', 3.048),
        ("6'2\" + 3in", 1.9558),
        ("2,8", 2.8),
    ],
)
def test_a_distance_is_read_as_on_the_command_line(marks: Marks, text: str, metres: float) -> None:
    given: list[tuple[int, float]] = []
    marks.edits.distanceEdited.connect(lambda index, value: given.append((index, value)))
    typed(marks, "distanceA", text)
    assert given == [(0, pytest.approx(metres))]


def test_what_can_be_read_in_two_ways_is_refused_and_changes_nothing(marks: Marks) -> None:
    given: list[float] = []
    refused: list[str] = []
    marks.edits.distanceEdited.connect(lambda _index, value: given.append(value))
    marks.edits.refused.connect(refused.append)
    typed(marks, "distanceA", "10' - 6\"")
    assert not given
    assert "could be" in refused[0]


def test_a_bare_number_is_in_the_unit_that_is_shown(marks: Marks) -> None:
    distances: list[float] = []
    trims: list[float] = []
    marks.edits.distanceEdited.connect(lambda _index, value: distances.append(value))
    marks.edits.trimEdited.connect(lambda _index, value: trims.append(value))
    marks.edits.imperial = True
    marks.show_marks(0)
    typed(marks, "distanceA", "10")
    typed(marks, "trimA", "2")
    assert distances == [pytest.approx(3.048)]
    assert trims == [pytest.approx(0.0508)]


def test_trims_and_waits_take_commas_and_frames_of_the_show(marks: Marks) -> None:
    trims: list[float] = []
    waits: list[float] = []
    marks.edits.trimEdited.connect(lambda _index, value: trims.append(value))
    marks.edits.waitEdited.connect(lambda _index, value: waits.append(value))
    marks.edits.fps = Fraction(25)
    typed(marks, "trimA", "-2,5")
    marks.show_marks(1)
    typed(marks, "waitB", "1,5")
    typed(marks, "waitB", "50f")
    assert trims == [pytest.approx(-0.025)]
    assert waits == [1.5, 2.0]


def test_what_is_being_typed_outlives_a_refresh(marks: Marks) -> None:
    field = marks.findChild(QLineEdit, "distanceA")
    assert field is not None
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "10'-")
    marks.show_marks(0)
    assert field.text() == "10'-"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("durationS", "2,5", 2.5), ("durationS", "00:00:02:12", 2.48), ("tStop", "2,8", 2.8), ("lead", "0,5", 0.5)],
)
def test_times_and_stops_take_commas_and_timecode(qtbot: QtBot, name: str, text: str, value: float) -> None:
    editor = PullEditor()
    qtbot.addWidget(editor)
    editor.set_fps(Fraction(25))
    editor.show()
    given: list[float] = []
    for signal in (editor.durationChanged, editor.stopChanged, editor.leadChanged):
        signal.connect(given.append)
    typed(editor, name, text)
    assert given == [pytest.approx(value)]


@pytest.mark.parametrize(("country", "style"), [("de_DE", SEMICOLON), ("fr_FR", SEMICOLON), ("en_GB", COMMA)])
def test_csv_is_written_as_the_country_writes_numbers(country: str, style: Style) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(country))
    try:
        assert csv_here() is style
    finally:
        QLocale.setDefault(before)

# SPDX-License-Identifier: MIT
"""The app's fields read numbers as the command line does: tapes with dashes, commas, timecode."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.spreadsheet import COMMA, SEMICOLON, Style
from followfocus.units import FOOT_M, INCH_M
from followfocus_gui.paper_actions import csv_here
from followfocus_gui.state.conditions import use_condition
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


@pytest.mark.parametrize(("name", "wrong"), [("distanceA", "0.1m"), ("nameA", "ANNA=3m..2m@1s"), ("waitB", "-1")])
def test_what_the_desk_refuses_does_not_stay_as_if_it_were_in_force(marks: Marks, name: str, wrong: str) -> None:
    """The desk shows the pull as it is after a refusal: nothing of it has changed, but what was typed has to go."""
    marks.show_marks(1)
    field = marks.findChild(QLineEdit, name)
    assert field is not None
    before = field.text()
    typed(marks, name, wrong)
    marks.show_marks(1)
    assert field.text() == before


def test_what_was_refused_is_over_once_what_is_in_force_is_given_again(marks: Marks) -> None:
    said: list[str] = []
    marks.edits.refused.connect(said.append)
    typed(marks, "distanceA", "2x")
    in_force = marks.findChild(QLineEdit, "distanceA")
    assert in_force is not None
    assert "2x" in said[-1]
    typed(marks, "distanceA", in_force.text())
    assert said[-1] == ""


def test_a_walk_typed_on_a_desk_in_feet_is_in_feet_and_its_frames_are_of_the_show() -> None:
    desk = Desk.new()
    desk.edit(fps=Fraction(48))
    desk.prefer(units="imperial")
    desk.call_mark(1, "ANNA=10@0..8@48f")
    assert desk.pull.subjects[0] == Subject("ANNA", SubjectTrack((0.0, 1.0), (10 * FOOT_M, 8 * FOOT_M)))
    use_condition(desk, "off", "+1")
    assert desk.lens_entry.drift.long_m == pytest.approx(INCH_M)

# SPDX-License-Identifier: MIT
"""Takes as the desk's list paints them."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus.takes.whole import Outcome
from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.take_cards import DOT, NOTE, TAKE
from followfocus_gui.widgets.take_table import TakeTable

STOPPED = TakeLine("1", "4", Outcome.STOPPED, "stopped on the far window", "Anna to door")


@pytest.fixture
def table(qtbot: QtBot, qapp: QApplication) -> TakeTable:
    theme.apply(qapp, "dark")
    table = TakeTable()
    qtbot.addWidget(table)
    table.resize(330, 60)
    table.show()
    return table


def painted(table: TakeTable, line: TakeLine, column: int) -> QImage:
    """The cell as it is painted."""
    table.takes.set_unsaved([line])
    cell = table.visualRect(table.takes.index(0, column))
    return table.viewport().grab(cell).toImage()


def test_words_of_a_take_that_landed_nowhere_have_the_room_of_the_note(table: TakeTable) -> None:
    bare = dataclasses.replace(STOPPED, words="")
    assert painted(table, STOPPED, DOT) != painted(table, bare, DOT)
    assert painted(table, STOPPED, NOTE) != painted(table, bare, NOTE)


def test_a_note_keeps_its_own_room(table: TakeTable) -> None:
    noted = dataclasses.replace(STOPPED, note="too late")
    assert painted(table, noted, NOTE) == painted(table, dataclasses.replace(noted, words=""), NOTE)


def test_in_the_full_list_words_go_on_over_the_room_of_the_dot(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    table = TakeTable(compact=False)
    qtbot.addWidget(table)
    table.resize(560, 100)
    table.show()
    bare = dataclasses.replace(STOPPED, words="")
    assert painted(table, STOPPED, DOT) != painted(table, bare, DOT)
    landed = dataclasses.replace(STOPPED, outcome=Outcome.SHARP, off=0.1)
    assert painted(table, landed, DOT) == painted(table, dataclasses.replace(landed, words=""), DOT)


@pytest.mark.parametrize("word", ["circled", "ng"])
def test_a_note_without_room_for_the_crews_word_too_stands_alone_beside_the_marked_number(
    table: TakeTable, word: str
) -> None:
    noted = dataclasses.replace(STOPPED, outcome=Outcome.SHARP, off=0.1, note="bumped it")
    marked = dataclasses.replace(noted, word=word)
    assert painted(table, marked, NOTE) == painted(table, noted, NOTE)
    assert painted(table, marked, TAKE) != painted(table, noted, TAKE)
    assert painted(table, dataclasses.replace(marked, note=""), NOTE) != painted(
        table, dataclasses.replace(noted, note=""), NOTE
    )

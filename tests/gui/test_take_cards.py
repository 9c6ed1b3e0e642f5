# SPDX-License-Identifier: MIT
"""Takes as the desk's list paints them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus.takes.whole import Outcome
from followfocus_gui.screens.cues import CuesScreen
from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.take_cards import DOT, NOTE, TAKE, WORD_SIGNS
from followfocus_gui.widgets.take_table import TakeTable
from tests.gui.conftest import Opened
from tests.gui.looking import painted as texts

STOPPED = TakeLine("1", "4", Outcome.STOPPED, "stopped on the far window", "Anna to door", where="the far window")
LONG = "Ben at the far window behind the second table"
SIZES = ((960, 540), (1280, 800), (800, 1280), (1366, 768), (1920, 1080), (1093, 614), (819, 614), (2560, 1440))


class Kept:
    """A log of these takes."""

    at_end = True

    def __init__(self, lines: Sequence[TakeLine]) -> None:
        self._lines = list(lines)

    def start(self, search: str = "", *, holding: bool = False) -> None:
        self.at_end = False

    def next_page(self) -> list[TakeLine]:
        self.at_end = True
        return self._lines


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
    table.takes.set_pages(Kept([line]))
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


@pytest.mark.parametrize("word", ["circled", "ng", "buzzed"])
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


def all_kinds() -> Iterator[TakeLine]:
    """A take of every kind that the log can have, with every word and with a note."""
    landed = (Outcome.SHARP, Outcome.EDGE, Outcome.MISSED)
    for outcome in Outcome:
        for words, where in ((outcome.value, ""), (f"{outcome.value}, damaged", ""), (f"stopped on {LONG}", LONG)):
            for word in WORD_SIGNS:
                off = -12.34 if outcome in landed and words == outcome.value else None
                yield TakeLine("27A", "4", outcome, words, "", off, word=word, where=where)
    for seconds in ("0.74", "12.34", "3600.00"):
        yield TakeLine("27A", "4", Outcome.STOPPED, f"stopped at {seconds} s", "")


def wrong_in(table: TakeTable, lines: Sequence[TakeLine]) -> Iterator[str]:
    """Of each row in sight: a verdict, a figure or a crew's word that is cut."""
    seen = [(words, box) for words, box in texts(table.viewport()) if words.strip()]
    for row, line in enumerate(lines):
        cell = table.visualRect(table.takes.index(row, 0))
        if not table.viewport().rect().contains(cell):
            continue
        found = {words for words, box in seen if cell.top() <= box.center().y() <= cell.bottom()}
        before, name, _ = line.words.partition(line.where or "\n")
        verdict = any(
            words.startswith(before) and (not name or words[len(before) :][:3] == name[:3]) for words in found
        )
        if not verdict and (line.off is None or not table.isColumnHidden(3)):
            yield f"{line.words}: {found}"
        if line.number not in found or (line.off_words and line.off_words not in found):
            yield f"{line.number}, {line.off_words}: {found}"
        word = WORD_SIGNS[line.word]
        cut = [words for words in found if word[:3] and words.startswith(word[:3]) and not words.startswith(word)]
        if cut or (word and line.off is not None and not line.note and word not in found):
            yield f"{word}: {found}"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", ["9", "1000"])
@pytest.mark.parametrize("note", ["", "bumped the tripod"])
def test_no_verdict_no_word_and_no_figure_of_a_take_is_cut(
    size: tuple[int, int], number: str, note: str, open_desk: Callable[..., Opened]
) -> None:
    """On the desk with a scroll bar, and in the list of all takes: names and notes give way."""
    app = open_desk(size=size)
    page, wrong = app.window.page, list[str]()
    if page.tabs.isVisible():
        page.tabs.choose("Takes")
    kinds = [dataclasses.replace(line, number=number, note=note) for line in all_kinds()]
    app.desktop.actions.takes.show_cues()
    screen = app.window.host.shown
    assert isinstance(screen, CuesScreen)
    screen._choices.button(1).click()
    for table in (screen.table, page.table):
        if table is page.table:
            screen.close()
        for start in range(0, len(kinds), 3):
            some = kinds[start:] + kinds[:start]
            table.takes.set_pages(Kept(some))
            QApplication.processEvents()
            assert table.verticalScrollBar().maximum() > 0
            wrong += wrong_in(table, some)
    assert not wrong, "\n".join(dict.fromkeys(wrong))

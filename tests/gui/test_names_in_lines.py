# SPDX-License-Identifier: MIT
"""Names from right to left, and names with an override, in the app's lines: as Qt lays them out."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction

import pytest
from PySide6.QtGui import QTextLayout

from followfocus.lens.map import load_lens
from followfocus.show.show import Show, new_show
from followfocus_gui.plot.layout import band_words
from followfocus_gui.state.cue_lines import cue_lines, typed
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import curve_view
from followfocus_gui.state.history import DeskState
from followfocus_gui.state.shooting import shoot_view

DOOR, TABLE = "\u05d3\u05dc\u05ea", "\u05e9\u05d5\u05dc\u05d7\u05df"
LONG = "\u05e9" * 60


def called(first: str, last: str) -> Show:
    """A show with a pull of two marks."""
    show = new_show("a", load_lens("ideal-50"))
    pull = show.pulls[0].called(0, "x").called(1, "y")
    marks = tuple(dataclasses.replace(m, name=n) for m, n in zip(pull.marks, (first, last), strict=True))
    return dataclasses.replace(show, pulls=(dataclasses.replace(pull, marks=marks),))


def reads(line: str) -> list[str]:
    """The words of a line from left to right on the screen, each by its first letter's place."""
    layout = QTextLayout(line)
    layout.beginLayout()
    made = layout.createLine()
    layout.endLayout()
    x_of = {}
    for word in re.finditer(r"\S+", line):
        ends = [made.cursorToX(at)[0] for at in range(word.start(), word.end() + 1)]
        x_of[word[0]] = (min(ends) + max(ends)) / 2
    return sorted(x_of, key=x_of.__getitem__)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize(("first", "last"), [(DOOR, TABLE), ("\u202eAnna", "\u2067door"), (LONG, DOOR), ("Anna", DOOR)])
def test_no_name_turns_its_line(first: str, last: str) -> None:
    desk = Desk(DeskState(called(first, last)))
    view = curve_view(desk)
    assert view is not None
    shooting = shoot_view(desk, "", last_good=True)
    lines = [*(band_words(band) for band in view.bands), *(words for _, words in shooting.ticks)]
    assert len(lines) == 4
    for line in lines:
        assert reads(line) == line.split(), line
    (cue,) = cue_lines(desk)
    assert "to" in cue.name.split()
    assert reads(cue.name) == cue.name.split()


def test_what_a_list_shows_and_gives_back_is_the_name_that_was_typed() -> None:
    state = typed(DeskState(called("A", "B")), 0, 1, f"\u200e{DOOR}\u200e\u202e", Fraction(24))
    assert state.show.cues[0].name == DOOR

# SPDX-License-Identifier: MIT
"""Names from right to left, and names that hold what turns text: neither turns the words and figures around it."""

from __future__ import annotations

import pytest

from followfocus.lens.map import load_lens
from followfocus.names import in_line, is_leftward, plain_name
from followfocus.paper.page import in_order, words
from followfocus.show.show import new_show

DOOR, TABLE = "\u05d3\u05dc\u05ea", "\u0634\u0627\u062d\u0646"
TURNING = ("\u202e", "\u202d", "\u2067", "\u2068", "\u2069", "\u200f", "\u061c")


@pytest.mark.parametrize("turn", TURNING)
def test_what_only_turns_is_left_out_of_a_name(turn: str) -> None:
    assert plain_name(f"An{turn}na") == in_line(f"An{turn}na") == "Anna"
    assert in_line(f"{turn}{DOOR}") == in_line(in_line(DOOR)) == f"\u200e{DOOR}\u200e"
    show = new_show("a", load_lens("ideal-50"))
    assert show.pulls[0].called(0, f"{turn}Anna").marks[0].name == "Anna"


def test_a_name_breaks_no_line_and_steers_no_screen() -> None:
    assert in_line("An\nna\t2") == "An na 2"
    assert in_line("An\x1b[2Jna\0\x9b") == "An␛[2Jna␀\ufffd"
    assert in_line(in_line(f"{DOOR}\n\x07")) == f"\u200e{DOOR} ␇\u200e"


def test_which_names_are_read_from_right_to_left() -> None:
    assert [is_leftward(name) for name in (DOOR, TABLE, "Anna 12", "Überfahrt", "横断")] == [True, True] + [False] * 3


def test_on_paper_figures_and_arrows_keep_their_place_beside_a_name() -> None:
    line = f"A {in_line(DOOR)} 4.00 m → B {in_line(DOOR)} 2.50 m"
    assert in_order(line) == f"A {DOOR[::-1]} 4.00 m → B {DOOR[::-1]} 2.50 m"
    assert in_order(f"{DOOR} 4") != f"{DOOR[::-1]} 4", "without a fence the figure goes to the name's other side"
    assert in_order("abc 12.5 m") == "abc 12.5 m"


@pytest.mark.parametrize("turn", TURNING)
def test_on_paper_nothing_in_a_text_turns_it(turn: str) -> None:
    """A name copied out of a message brings isolates with it: the page was not drawn at all."""
    assert in_order(f"{DOOR} {turn}12.5 m") == in_order(f"{DOOR} 12.5 m")
    words(f"{turn}{DOOR} 12.5 m {turn} Anna").wrap(300, 100)

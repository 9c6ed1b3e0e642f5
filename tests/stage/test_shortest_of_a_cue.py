# SPDX-License-Identifier: MIT
"""A pull of three marks that is too quick: the time that is told is one that the cue can be given."""

from __future__ import annotations

import dataclasses
import re

import pytest

from followfocus.errors import InfeasibleError
from followfocus.lens.map import load_lens
from followfocus.show.cues import Standby
from followfocus.show.show import Show, ShowCue, ShowMark, ShowPull, new_show
from followfocus.stage.prepare import check_cues, objection, plan_part, prepare
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.history import DeskState
from followfocus_gui.state.plain_words import warning_of

QUICK_S = 2.0


def of_three(duration_s: float = QUICK_S, *, wait: bool = False) -> Show:
    """A short way, a hold, a long way: cue 2, after one that can be done."""
    show = new_show("a", load_lens("ideal-50"))
    marks = (ShowMark(41.25, "door"), ShowMark(68.75, "table", hold_s=0.8, hold_for_go=wait), ShowMark(206.25, "sea"))
    pull = ShowPull("2", show.pulls[0].lens, marks, duration_s)
    return dataclasses.replace(show, pulls=(*show.pulls, pull), cues=(*show.cues, ShowCue("2", "2")))


def told(show: Show) -> str:
    pull = show.pull("2")
    return objection(pull, [plan_part(show, pull, part) for part in show.parts(show.cues[1])])


@pytest.mark.parametrize("wait", [False, True])
def test_the_time_that_is_told_is_the_shortest_that_works(wait: bool) -> None:
    words = told(of_three(wait=wait))
    found = re.fullmatch(r"the ring's jerk would be .*; ([0-9.]+) s is the shortest", words)
    assert found is not None, words
    least_s = float(found[1])
    assert told(of_three(least_s, wait=wait)) == ""
    assert told(of_three(least_s - 0.02, wait=wait)) != ""
    assert QUICK_S < least_s < 2.4


def test_it_is_refused_with_that_time_before_the_first_cue_is_played() -> None:
    show = of_three()
    with pytest.raises(InfeasibleError, match=r"^Cue 2 can't be done: .* s is the shortest\.$") as caught:
        check_cues(show, show.cues)
    assert caught.value.min_duration_s == pytest.approx(2.285, abs=0.01)
    check_cues(show, show.cues[:1])
    with pytest.raises(InfeasibleError, match=r"^This pull can't be done: ") as again:
        prepare(show, Standby(cue=1))
    assert again.value.min_duration_s == caught.value.min_duration_s


def test_the_app_says_one_time_in_its_line_and_in_its_details() -> None:
    desk = Desk(DeskState(of_three(), cue=1))
    line = warning_of(desk)
    (short,) = re.findall(r"([0-9.]+) s is the least", line.words)
    (details,) = re.findall(r"([0-9.]+) s is the shortest", line.details)
    assert short == details

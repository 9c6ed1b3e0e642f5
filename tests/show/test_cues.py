# SPDX-License-Identifier: MIT
"""The cue list: what stands by after what, whatever is pressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.show.cues import (
    After,
    Standby,
    added,
    back,
    free_number,
    jump,
    landed,
    moved,
    parts,
    removed,
    skip,
    standing_cue,
    with_trim,
)
from followfocus.show.show import Show, new_show
from tests.support.shows import LENS, full_show, shows


def test_the_list_goes_on_part_by_part_and_cue_by_cue() -> None:
    show, at, seen = full_show(), Standby(), []
    while at is not None:
        seen.append((at.cue, at.part))
        at = landed(show, at, After.LIST)  # type: ignore[assignment]
    assert seen == [(0, 0), (1, 0), (2, 0), (2, 1)]


def test_a_cue_is_repeated_or_turned() -> None:
    show = full_show()
    assert landed(show, Standby(0), After.REPEAT) == Standby(0)
    there = Standby(0)
    turned = landed(show, there, After.PINGPONG)
    assert turned == Standby(0, turned=True)
    assert landed(show, turned, After.PINGPONG) == there
    assert [m.ring_deg for m in parts(show, turned)[0].marks] == [m.ring_deg for m in parts(show, there)[0].marks][::-1]


def test_a_trim_is_the_marks_and_stays() -> None:
    show = full_show()
    trimmed = with_trim(show, Standby(0), 2, 0.10)
    moved_m = LENS.distance_m(parts(trimmed, Standby(0))[0].marks[2].ring_deg)
    assert moved_m == pytest.approx(LENS.distance_m(show.pulls[0].marks[2].ring_deg) + 0.05 + 0.10)
    taken_off = with_trim(trimmed, Standby(0), 2, -0.10)
    assert taken_off.pulls[0].marks[2].trim_m == pytest.approx(show.pulls[0].marks[2].trim_m)
    assert trimmed.pulls[1:] == show.pulls[1:]
    with pytest.raises(RequestError, match="no mark E"):
        with_trim(show, Standby(0), 4, 0.1)


def test_back_goes_to_the_cues_beginning_first() -> None:
    show = full_show()
    assert back(show, Standby(2, 1)) == Standby(2)
    assert back(show, Standby(2)) == Standby(1)
    with pytest.raises(RequestError, match="first cue"):
        back(show, Standby())
    with pytest.raises(RequestError, match="last cue"):
        skip(show, Standby(2))
    assert jump(show, " 2.5 ") == Standby(2)
    with pytest.raises(RequestError, match="no cue “7”"):
        jump(show, "7")
    with pytest.raises(RequestError, match="gone"):
        standing_cue(show, Standby(9))


def test_numbers_in_between() -> None:
    show = full_show()
    assert free_number(show, 1) == "2.25"
    assert free_number(show, 2) == "3"
    grown = added(added(show, 1), 1, way_back=True)
    assert [cue.number for cue in grown.cues] == ["1", "2", "2.125", "2.25", "2.5"]
    assert grown.cues[2].pull == "1"
    assert not grown.cues[2].back
    assert grown.cues[3].pull == "2.25"
    assert [cue.number for cue in moved(show, 0, 2).cues] == ["2", "2.5", "1"]


def test_a_cue_takes_its_pull_along_where_no_other_plays_it() -> None:
    show = full_show()
    assert [pull.id for pull in removed(show, 0).pulls] == ["1", "2"]
    assert [pull.id for pull in removed(show, 2).pulls] == ["1"]
    with pytest.raises(RequestError, match="at least one"):
        removed(new_show("X", LENS), 0)


@given(shows(), st.lists(st.sampled_from(["go", "back", "skip", "pingpong", "list", "repeat", "first"]), max_size=30))
def test_whatever_is_pressed_a_cue_of_the_show_stands_by(show: Show, presses: list[str]) -> None:
    at, after = Standby(), After.REPEAT
    for press in presses:
        try:
            if press == "go":
                at = landed(show, at, after) or Standby()
            elif press == "back":
                at = back(show, at)
            elif press == "skip":
                at = skip(show, at)
            elif press == "first":
                at = jump(show, show.cues[0].number)
            else:
                after = After(press)
        except RequestError:
            continue
        cue = standing_cue(show, at)
        pull = show.pull(cue.pull)
        holds = sum(mark.hold_for_go for mark in pull.marks[1:-1])
        assert 0 <= at.part <= holds

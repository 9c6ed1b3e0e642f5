# SPDX-License-Identifier: MIT
"""A show as a value: what it plays, and everything that is wrong between its parts."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.motion.takeup import lead_deg
from followfocus.show.show import ShowCue, ShowLens, ShowMark, ShowPull, ShowUnit, new_show
from tests.support.shows import LENS, full_show


def test_a_new_show_pulls_from_two_to_four_metres() -> None:
    show = new_show("X", LENS)
    (part,) = show.parts(show.cues[0])
    assert [round(LENS.distance_m(mark.ring_deg), 6) for mark in part.marks] == [2.0, 4.0]
    assert part.duration_s == 2.0


def test_a_hold_for_go_ends_a_part_and_the_way_back_turns_all_around() -> None:
    show = full_show()
    there, back = show.parts(show.cues[2]), show.pull("2").parts(show.lens("SP 40"), back=True)
    assert [len(part.marks) for part in there] == [2, 2]
    assert there[0].marks[-1].ring_deg == there[1].marks[0].ring_deg == 90.0
    assert sum(part.duration_s for part in there) == pytest.approx(4.0)
    assert [[mark.ring_deg for mark in part.marks] for part in back] == [
        [mark.ring_deg for mark in part.marks][::-1] for part in there[::-1]
    ]


def test_a_hold_in_seconds_belongs_to_the_pull_and_a_trim_moves_it_alone() -> None:
    show = full_show()
    (part,) = show.parts(show.cues[0])
    assert part.duration_s == pytest.approx(2.5 + 1.5)
    mark = show.pull("1").marks[2]
    assert LENS.distance_m(part.marks[2].ring_deg) == pytest.approx(LENS.distance_m(mark.ring_deg) + 0.05)
    assert LENS.distance_m(ShowMark(LENS.travel_deg, trim_m=-0.5).trimmed_deg(LENS)) == pytest.approx(0.55)
    assert ShowMark(0.0, trim_m=0.5).trimmed_deg(LENS) == 0.0


@pytest.mark.parametrize(("change", "words"), [
    ({"cues": (ShowCue("1", "9"),)}, "plays pull “9”"),
    ({"cues": (ShowCue("1", "1"), ShowCue("1", "2"))}, "two of cue"),
    ({"lenses": (ShowLens("ideal-50", LENS),)}, "on lens “SP 40”"),
    ({"pulls": (ShowPull("1", "ideal-50", (ShowMark(0), ShowMark(301))),)}, "off the ring's travel"),
])  # fmt: skip
def test_what_does_not_fit_together_is_said(change: dict[str, object], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        dataclasses.replace(full_show(), **change)  # type: ignore[arg-type]


def test_parts_check_themselves() -> None:
    with pytest.raises(RequestError, match="2 to 9"):
        ShowPull("1", "L", (ShowMark(1.0),))
    with pytest.raises(RequestError, match="has a ring angle of"):
        ShowMark(float("nan"))
    with pytest.raises(RequestError, match="has a duration of 0 s"):
        ShowPull("1", "L", (ShowMark(1.0), ShowMark(2.0)), duration_s=0.0)
    with pytest.raises(RequestError, match="called “explode”"):
        ShowUnit(link_loss="explode")
    with pytest.raises(RequestError, match="has a follow-on of -1 s"):
        ShowCue("1", "1", follow_s=-1.0)
    with pytest.raises(RequestError, match="has no number"):
        ShowCue(" ", "1")


def test_the_unit_makes_the_rig_of_its_lens() -> None:
    rig = ShowUnit(motor_teeth=40, direction=-1).rig(LENS)
    assert (rig.motor_teeth, rig.lens_teeth, rig.direction) == (40, LENS.gear_teeth, -LENS.direction)


@pytest.mark.parametrize("lash_deg", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("way", [-1, 1])
def test_the_ring_that_a_pull_has_left_on_a_mark_reads_as_the_mark(lash_deg: float, way: int) -> None:
    """The motor stands ahead of the ring by half the lash: 1.3 cm at 4 m with 0.3°."""
    show = new_show("Table", LENS)
    unit = dataclasses.replace(show.unit, lash_deg=lash_deg)
    mark_deg = show.pulls[0].marks[1].trimmed_deg(LENS)
    ahead_deg = mark_deg + way * lead_deg(unit.rig(LENS))
    assert unit.read_deg(show.pulls[0], LENS, ahead_deg, stands=True) == mark_deg
    far_deg = ahead_deg + way * unit.rig(LENS).ring_deg_per_step
    assert unit.read_deg(show.pulls[0], LENS, far_deg, stands=True) == far_deg
    if lash_deg:
        assert unit.read_deg(show.pulls[0], LENS, ahead_deg, stands=False) == ahead_deg


@given(metres=st.floats(1.0, 9.0), off=st.floats(-3.0, 3.0), trim_m=st.sampled_from([0.0, 0.1]))
def test_a_ring_on_a_marks_step_reads_as_the_mark(metres: float, off: float, trim_m: float) -> None:
    """1.2 m are 3'11", and half a step farther would be read 3'11 1/2"."""
    show = new_show("Table", LENS)
    step_deg = show.unit.rig(LENS).ring_deg_per_step
    marks = (ShowMark(LENS.ring_deg(metres), trim_m=trim_m), ShowMark(LENS.ring_deg(0.7)))
    pull = dataclasses.replace(show.pulls[0], marks=marks)
    mark_deg = marks[0].trimmed_deg(LENS)
    ring_deg = mark_deg + off * step_deg
    assert pull.read_deg(LENS, ring_deg, step_deg) == (
        mark_deg if abs(ring_deg - mark_deg) <= step_deg / 2 else ring_deg
    )

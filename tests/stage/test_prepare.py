# SPDX-License-Identifier: MIT
"""A cue that stands by, prepared: which way it goes, its entry for the log, and what is said where it can't be done."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.errors import InfeasibleError
from followfocus.lens.formats import FORMATS
from followfocus.lens.zoom import Zoom
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus.show.cue_hand import parse_hand
from followfocus.show.cues import Standby, with_trim
from followfocus.show.show import Show, ShowMark, new_show
from followfocus.show.slate import Slate
from followfocus.stage.prepare import (
    check_cues,
    hash_of,
    least_duration_s,
    objection,
    plan_part,
    prepare,
    ready_plan,
    show_of,
)
from followfocus.units import format_distance
from tests.stage.scenarios import holding, short
from tests.support.shows import LENS

A_DEG, B_DEG = (mark.ring_deg for mark in short().pulls[0].marks)
QUICK_S = 0.05


def cued(show: Show, **changes: object) -> Show:
    """The show with its only cue changed."""
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], **changes),))  # type: ignore[arg-type]


def way(plan: Plan) -> tuple[float, ...]:
    return tuple(mark.ring_deg for mark in plan.pull.marks)


@pytest.mark.parametrize(("back", "turned"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_way_back_that_is_turned_is_the_way_there(back: bool, turned: bool) -> None:
    prepared = prepare(cued(short(), back=back), Standby(turned=turned))
    assert way(prepared.plan) == ((B_DEG, A_DEG) if back is not turned else (A_DEG, B_DEG))
    assert "".join(mark.letter for mark in prepared.context.marks) == ("BA" if back is not turned else "AB")


@pytest.mark.parametrize(("by", "timecode"), [("the phone", ""), ("", "01:00:00:00"), ("MIDI", "01:00:00:00")])
def test_who_started_it_is_in_its_entry_whatever_else_is_not_known(by: str, timecode: str) -> None:
    prepared = prepare(short(), Standby())
    started = prepared.started(by, timecode)
    assert (started.context.started_by, started.context.timecode) == (by, timecode)
    assert (started.plan, started.hash, started.at) == (prepared.plan, prepared.hash, prepared.at)
    plain = dataclasses.replace(started.context, started_by="", timecode="")
    assert plain == prepared.context == prepared.started("", "").context


def test_its_entry_says_what_is_shot() -> None:
    show = dataclasses.replace(short(), production="Film", camera="B", first_ac="Z.", slate=Slate("12", 3, 7))
    context = prepare(cued(show, number="4"), Standby()).context
    assert (context.production, context.camera, context.first_ac) == ("Film", "B", "Z.")
    assert (context.slate, context.cue, context.part, context.parts) == (Slate("12", 3, 7), "4", 1, 1)
    assert context.easing == "minjerk"
    assert context.plan_hash == hash_of(prepare(show, Standby()).plan) != ""
    assert hash_of(None) == ""


def test_a_pull_is_called_by_its_name_or_else_by_its_marks() -> None:
    show = short()
    assert prepare(show, Standby()).context.pull == "A → B"
    assert prepare(cued(show, back=True), Standby()).context.pull == "B → A"
    named = show.with_pull(dataclasses.replace(show.pulls[0], name="To the door"))
    assert prepare(named, Standby()).context.pull == "To the door"


def test_each_part_of_a_pull_is_counted_and_goes_its_own_way() -> None:
    first, second = (prepare(holding(), Standby(part=part)) for part in (0, 1))
    assert [(one.context.part, one.context.parts) for one in (first, second)] == [(1, 2), (2, 2)]
    assert [way(one.plan) for one in (first, second)] == [(A_DEG, 60.0), (60.0, B_DEG)]


def test_a_trim_is_in_the_entry_at_the_mark_that_it_moves() -> None:
    context = prepare(with_trim(short(), Standby(), 1, 0.1), Standby()).context
    assert [mark.trim_m for mark in context.marks] == [0.0, 0.1]
    assert [format_distance(mark.distance_m or 0.0) for mark in context.marks] == ["2.00 m", "4.10 m"]


@pytest.mark.parametrize("words", ["ride 10cm", "take over", "scrub"])
def test_a_pull_with_a_hand_says_so_in_its_entry(words: str) -> None:
    show = cued(short(0.8), **parse_hand(words))
    prepared = prepare(show, Standby())
    wheel = show.cues[0].wheel
    assert wheel is not None
    assert prepared.hand == wheel
    assert prepared.context.easing == f"with the hand: {wheel.how.value}"
    assert prepare(short(0.8), Standby()).hand is None


def test_a_plan_that_is_given_was_judged_where_it_was_made() -> None:
    """A recorded take, played again: it was played once, whatever the limits say now."""
    given = make_plan(LENS, Pull.between(Mark("A", 10.0), Mark("B", 200.0), QUICK_S))
    assert not given.feasibility.feasible
    prepared = prepare(short(), Standby(), given=given)
    assert prepared.plan is given
    assert prepared.hash == hash_of(given) != hash_of(prepare(short(), Standby()).plan)


def test_what_forbids_a_pull_is_named_with_the_shortest_that_works() -> None:
    show = short(QUICK_S)
    with pytest.raises(InfeasibleError, match=r"^This pull can't be done: the ring's jerk .* is the shortest\.$") as it:
        prepare(show, Standby())
    assert it.value.binding == "ring jerk"
    with pytest.raises(InfeasibleError, match=r"^Cue 1 can't be done: ") as again:
        check_cues(show, show.cues)
    assert (again.value.binding, again.value.min_duration_s) == (it.value.binding, it.value.min_duration_s)
    least_s = it.value.min_duration_s
    assert least_s is not None
    check_cues(short(least_s + 1e-6), short(least_s + 1e-6).cues)
    with pytest.raises(InfeasibleError):
        check_cues(short(least_s - 1e-3), show.cues)


@pytest.mark.parametrize("marks", [2, 3])
def test_a_motor_that_is_too_weak_for_any_time_is_given_none(marks: int) -> None:
    show = short(2.0)
    show = dataclasses.replace(show, unit=dataclasses.replace(show.unit, drive_current_a=0.1))
    ends = show.pulls[0].marks
    pull = dataclasses.replace(show.pulls[0], marks=(*ends[:1], *[ShowMark(60.0, hold_s=0.2)] * (marks - 2), *ends[1:]))
    with pytest.raises(InfeasibleError, match=r"the ring's friction takes .*; no duration works") as it:
        prepare(show.with_pull(pull), Standby())
    assert it.value.min_duration_s is None
    assert it.value.binding == "ring friction"


def test_one_way_that_needs_longer_slows_all_ways_of_a_pull() -> None:
    pull = dataclasses.replace(short(2.0).pulls[0], marks=(ShowMark(0.0), ShowMark(2.0), ShowMark(200.0)))
    show = short().with_pull(pull)
    plans = [plan_part(show, pull, part) for part in show.parts(show.cues[0])]
    least_s = least_duration_s(pull, plans)
    for duration_s, works in ((least_s + 1e-6, True), (0.999 * least_s, False)):
        given = dataclasses.replace(pull, duration_s=duration_s)
        tried = show.with_pull(given)
        again = [plan_part(tried, given, part) for part in tried.parts(tried.cues[0])]
        assert (objection(given, again) == "") is works
        assert least_duration_s(given, again) == pytest.approx(max(least_s, duration_s))


def test_what_a_unit_is_made_ready_with_is_planned_once_and_a_way_back_runs_the_zoom_back() -> None:
    show = new_show("", dataclasses.replace(LENS, focal_range_mm=(18.0, 90.0)))
    show = show.with_pull(dataclasses.replace(show.pulls[0], zoom="24..70"))
    there, back = (prepare(show, Standby(turned=turned)).plan for turned in (False, True))
    assert there.zoom is not None
    assert back.zoom is not None
    assert (there.zoom.focals_mm, back.zoom.focals_mm) == ((24.0, 70.0), (70.0, 24.0))
    assert plan_part(show, show.pulls[0], show.parts(show.cues[0])[0]) is there
    assert ready_plan(show, Standby()) is there
    assert ready_plan(show, Standby(turned=True)) is back


def test_where_a_pull_cannot_be_planned_a_unit_is_made_ready_all_the_same() -> None:
    """By the lens, the rig and the limits alone: A and B of a new pull may still be at one place."""
    show = short()
    assert ready_plan(show, Standby()) == plan_part(show, show.pulls[0], show.parts(show.cues[0])[0])
    turned = ready_plan(show, Standby(turned=True))
    assert way(turned) == (B_DEG, A_DEG)
    same = show.with_pull(dataclasses.replace(show.pulls[0], marks=(ShowMark(A_DEG), ShowMark(A_DEG))))
    same = dataclasses.replace(same, unit=dataclasses.replace(same.unit, motor_teeth=40, limits="fast"))
    plain = ready_plan(same, Standby())
    assert (plain.lens, plain.rig, plain.limits) == (LENS, same.unit.rig(LENS), same.unit.ring_limits)
    assert all(0.0 <= ring_deg <= LENS.travel_deg for ring_deg in way(plain))
    slow = ready_plan(short(QUICK_S), Standby())
    assert not slow.feasibility.feasible
    assert way(slow) == (A_DEG, B_DEG)


def test_a_plan_as_a_show_is_planned_alike() -> None:
    conditions = Conditions(2.0, 0.021, FORMATS["16mm"])
    plan = make_plan(LENS, Pull.between(Mark("door", A_DEG), Mark("table", B_DEG), 1.5), conditions, DEFAULT_RIG)
    show = show_of(plan)
    assert [(mark.name, mark.ring_deg) for mark in show.pulls[0].marks] == [("door", A_DEG), ("table", B_DEG)]
    assert (show.pulls[0].duration_s, show.pulls[0].t_stop, show.pulls[0].coc_mm) == (1.5, 2.0, 0.021)
    assert (show.film, show.pulls[0].zoom, show.lens(show.pulls[0].lens)) == (FORMATS["16mm"], "", LENS)
    again = prepare(show, Standby()).plan
    assert (hash_of(again), again.half_dof_deg) == (hash_of(plan), plan.half_dof_deg)


def test_a_plan_through_a_moving_zoom_is_one_as_a_show_too() -> None:
    zoomed = dataclasses.replace(LENS, focal_range_mm=(18.0, 90.0))
    plan = make_plan(zoomed, Pull.between(Mark("A", A_DEG), Mark("B", B_DEG), 1.5), zoom=Zoom((0.0, 1.5), (24.0, 70.0)))
    again = prepare(show_of(plan), Standby()).plan
    assert (again.zoom, again.half_dof_deg) == (plan.zoom, plan.half_dof_deg)

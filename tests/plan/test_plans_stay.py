# SPDX-License-Identifier: MIT
"""All that is said of a pull, a recording and a walk that is followed is said as it was: golden rows of many."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest

from followfocus.errors import InfeasibleError, RequestError
from followfocus.lens.formats import FORMATS
from followfocus.lens.map import LensMap, LensMark, load_lens
from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.lens.zoom import Zoom
from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import FAST, STANDARD, RingLimits
from followfocus.motion.motion import motion_of
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan import sharpness
from followfocus.plan.following import follow_motion
from followfocus.plan.plan import COCS_MM, T_STOPS, Conditions, Plan, make_plan
from followfocus.plan.recorded import LEAST_WAY_DEG, LONGEST_S, playable_plan, recorded_plan
from followfocus.plan.seen import duration_that_shows
from tests.support.golden import Cell, assert_goes_as_it_did, facts_told

FIFTY, PRIME = load_lens("ideal-50"), load_lens("arri-signature-prime-40")
TWO_RINGS = dataclasses.replace(
    FIFTY,
    name="Two rings",
    squeeze=2.0,
    second_scale=(LensMark(0.0, math.inf), LensMark(90.0, 2.0), LensMark(180.0, 1.0)),
    principal_offset_m=0.05,
    gear_teeth=118,
    direction=-1,
)
BOLD = RingLimits(1200.0, 9000.0, 90000.0)


def pull_over(lens: LensMap, metres: list[float], leg_s: float, ease: str = "minjerk", hold_s: float = 0.0) -> Pull:
    marks = [Mark("ABCDE"[n], lens.ring_deg(m), hold_s=hold_s if n else 0.0) for n, m in enumerate(metres)]
    return Pull(tuple(marks), tuple(Leg(leg_s, parse_easing(ease)) for _ in marks[1:]))


def plans() -> list[Plan]:
    """Pulls of every kind: what can be done and what can't, lenses real and ideal, zooms, walkers, a unit's own."""
    anna = Subject("ANNA", SubjectTrack((0.0, 0.5, 0.6, 2.0), (4.0, 2.6, 2.7, 1.4)))
    mild = Conditions(5.6, 0.02, FORMATS["full-frame"], Fraction(25))
    return [
        make_plan(FIFTY, pull_over(FIFTY, [2.0, 4.0], 2.0)),
        make_plan(FIFTY, pull_over(FIFTY, [math.inf, 0.55], 0.2)),
        make_plan(FIFTY, pull_over(FIFTY, [4.0, 2.0, 3.0], 1.5, "sine", 0.4), mild),
        make_plan(FIFTY, pull_over(FIFTY, [3.0, 3.3], 1.0), Conditions(11.0)),
        make_plan(PRIME, pull_over(PRIME, [1.2, 5.0], 0.8, "scurve"), limits=FAST, fastest_interval_ticks=2000),
        make_plan(PRIME, pull_over(PRIME, [5.0, 0.5], 3.0), tick_hz=15_999_000.0),
        make_plan(TWO_RINGS, pull_over(TWO_RINGS, [1.0, 2.5], 2.0)),
        make_plan(FIFTY, pull_over(FIFTY, [4.0, 1.4], 2.0), subjects=[anna, Subject("DOOR", 6.0)]),
        make_plan(FIFTY, pull_over(FIFTY, [4.0, 1.4], 2.0), zoom=Zoom((0.2, 1.1, 2.5), (28.0, 75.0, 40.0))),
        make_plan(
            FIFTY, pull_over(FIFTY, [2.0, 4.0], 2.0), Conditions(2.8), dataclasses.replace(DEFAULT_RIG, lash_deg=1)
        ),
    ]


def test_all_that_is_said_of_a_plan_is_said_as_it_was() -> None:
    rows: list[tuple[Cell, ...]] = []
    for number, plan in enumerate(plans()):
        try:
            facts = facts_told(plan.facts())
        except InfeasibleError as error:
            facts = [("refused", str(error)), *facts_told(list(plan.warnings()))]
        rows += [(number, *row) for row in facts]
        rows += [(number, "lead", plan.lead_deg), (number, "peak", plan.motor_motion.peak_speed)]
        rows += [(number, "budget", plan.budget.words)]
        rows += [(number, "on unit", plan.on_unit(ticks).feasibility.words) for ticks in (500, 8_000, 40_000)]
    assert_goes_as_it_did("plans", rows)


@pytest.mark.parametrize("bounds", [T_STOPS, COCS_MM])
def test_what_a_shot_may_be_has_two_ends(bounds: tuple[float, float]) -> None:
    def conditions(value: float) -> Conditions:
        return Conditions(value) if bounds is T_STOPS else Conditions(2.8, value)

    assert (T_STOPS, COCS_MM) == ((0.1, 1000.0), (1e-5, 10.0))
    for value in bounds:
        conditions(value)
    for value in (bounds[0] * 0.999, bounds[1] * 1.001, math.nan):
        with pytest.raises(RequestError, match=f"Give one from {bounds[0]:g} to {bounds[1]:g}"):
            conditions(value)


def test_a_plan_is_near_to_far_by_where_it_ends() -> None:
    for metres, words in (([1.0, 2.0], "near to far"), ([2.0, 1.0], "far to near"), ([1.0, 2.0, 1.0], "far to near")):
        assert make_plan(FIFTY, pull_over(FIFTY, metres, 2.0)).direction == words


# Sharpness ----------------------------------------------------------------------------------------------------------


def test_who_is_sharp_when_is_told_as_it_was() -> None:
    """Passed, met again, swept past in a moment, walking, turning, through a zoom, upright and across."""
    rows: list[tuple[Cell, ...]] = []
    walk = SubjectTrack((0.3, 0.7, 0.72, 1.5, 1.9), (3.0, 1.9, 2.1, 2.0, 4.0))
    subjects = [Subject("NEAR", 1.5), Subject("MID", 2.2), Subject("FAR", math.inf), Subject("WALK", walk)]
    zooms = None, Zoom((0.0, 0.9, 1.2, 3.0), (50.0, 135.0, 35.0, 90.0))
    for lens, stop, coc, fps in ((FIFTY, 1.4, 0.025, 24.0), (TWO_RINGS, 2.8, 0.01, 29.97), (PRIME, 8.0, 0.04, 50.0)):
        for pull in (pull_over(lens, [1.2, 6.0], 1.9), pull_over(lens, [3.0, 1.5, 3.0], 0.6, "linear", 0.5)):
            motion = motion_of(pull)
            for zoom in zooms:
                found = sharpness.rack_sharpness(motion, lens, stop, coc, fps, subjects, zoom)
                rows.append((found.neither_s, found.visible_s, str(found.fps), found.is_rack))
                for one in found.subjects:
                    told = [edge for span in one.spans_s for edge in span]
                    soft = sharpness.soft_spans(one, motion.duration_s)
                    rows.append((one.name, one.worst_circles, one.goes_soft_frame, one.becomes_sharp_frame, *told))
                    rows.append((len(soft), sum(end - start for start, end in soft)))
    assert_goes_as_it_did("sharpness", rows)


def test_whether_it_is_a_rack_and_what_would_make_it_one_is_told_as_it_was() -> None:
    rows: list[tuple[Cell, ...]] = []
    for lens in (FIFTY, TWO_RINGS, PRIME):
        for from_m, to_m in ((2.0, 2.05), (2.0, 2.2), (2.2, 2.0), (4.0, 6.0), (0.7, 0.71), (8.0, math.inf)):
            for stop in (1.4, 4.0, 11.0, 22.0):
                told = sharpness.rack_advice(lens, from_m, to_m, stop, 0.025)
                rows.append((told.circles, told.is_rack, told.t_stop, told.focal_mm, told.words))
    assert_goes_as_it_did("advice", rows)


def test_the_widest_stop_that_is_advised_is_the_lens_s_own() -> None:
    found = {
        sharpness.rack_advice(FIFTY, 2.0, 2.0 + apart_m, 16.0, 0.025).t_stop for apart_m in np.geomspace(2e-3, 0.6)
    }
    assert min(found - {None}) == FIFTY.t_stop


@pytest.mark.parametrize("pupil_m", [None, 0.2, -0.1])
def test_the_advice_and_what_is_seen_go_by_the_same_pupil(pupil_m: float | None) -> None:
    lens = dataclasses.replace(FIFTY, entrance_pupil_m=pupil_m)
    plans = [make_plan(lens, pull_over(lens, [1.0, b_m], 2.0), Conditions(11.0)) for b_m in np.linspace(1.05, 1.2, 40)]
    assert {plan.sharpness.is_rack for plan in plans} == {True, False}
    for plan in plans:
        end_m = lens.distance_m(plan.motion.end_deg)
        assert sharpness.rack_advice(lens, 1.0, end_m, 11.0, 0.025).is_rack == plan.sharpness.is_rack
        assert any("No rack" in warning for warning in plan.warnings()) != plan.sharpness.is_rack


def test_nobody_is_warned_of_a_rack() -> None:
    """Whoever is asked about may never be sharp, or always, while the marks are a rack; a zoom lands as it lands."""
    far = [Subject("X", 30.0), Subject("Y", 20.0)]
    racks = make_plan(FIFTY, pull_over(FIFTY, [4.0, 1.4], 2.0), subjects=far)
    wide = make_plan(FIFTY, pull_over(FIFTY, [2.0, 2.4], 2.0), Conditions(5.6), zoom=Zoom((0.0, 2.0), (20.0, 21.0)))
    assert not racks.sharpness.is_rack
    assert not wide.sharpness.is_rack
    assert not [warning for warning in racks.warnings() if "rack" in warning]
    assert [warning[:45] for warning in wide.warnings()] == ["No rack: both subjects stay sharp together at"]


@pytest.mark.parametrize(("t", "frame"), [(0.0, 0), (1e-9, 0), (1e-5, 1), (1 / 24, 1), (1 / 24 + 1e-5, 2)])
def test_the_frame_is_the_first_at_or_after_a_moment(t: float, frame: int) -> None:
    assert sharpness.frame_at(t, Fraction(24)) == frame


# Following, recordings, durations -----------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [STANDARD, FAST, BOLD], ids=["standard", "fast", "bold"])
def test_a_walk_is_followed_as_it_was(limits: RingLimits) -> None:
    rows: list[tuple[Cell, ...]] = []
    walks = [
        ((0.0, 2.0), (4.0, 1.2)),
        ((-1.0, 0.8, 1.3, 1.31, 4.0), (1.0, 3.0, 2.5, 2.6, 1.1)),
        ((0.5, 0.9, 1.1, 1.5), (2.0, 1.0, 1.0, 3.0)),
        ((0.0, 0.05, 0.1, 2.0), (2.0, 2.4, 1.9, 1.6)),
    ]
    for times, metres in walks:
        for duration_s in (0.03, 0.4, 1.5):
            for rate_hz in (100.0, 24.0):
                motion = follow_motion(SubjectTrack(times, metres), FIFTY, duration_s, limits, rate_hz)
                t = np.linspace(0.0, duration_s, 23)
                rows.append((duration_s, motion.peak_speed, len(motion.pieces), *motion.ring_deg(t).tolist()))
    assert_goes_as_it_did(f"followed-{limits.accel_deg_s2:g}", rows)


def test_a_recording_is_planned_as_it_was() -> None:
    rows: list[tuple[Cell, ...]] = []
    chance = np.random.default_rng(5)
    times = np.cumsum(chance.uniform(0.01, 0.05, 120))
    swing = 100.0 + 60.0 * np.sin(times * 2.2) * np.sin(times / times[-1] * np.pi) ** 2
    stepped = np.round(swing * 2.0) / 2.0
    for ring in (swing, stepped, np.linspace(20.0, 200.0, 120), swing + 0.03 * np.arange(120)):
        for more in ({}, {"smooth_s": 0.1}, {"rounds": True}, {"zoom": Zoom((0.0, 1.0), (30.0, 60.0))}):
            plan = recorded_plan(FIFTY, times, ring, Conditions(2.0), None, FAST, name="take 4", **more)
            at = plan.motion.ring_deg(np.linspace(0.0, plan.motion.duration_s, 9)).tolist()
            spans = [edge for one in plan.sharpness.subjects for span in one.spans_s for edge in span]
            rows.append((plan.motion.peak_accel, plan.feasibility.words, plan.recorded[:8] != "", *at, *spans))
        for noise_s in (0.0, 0.05):
            found = playable_plan(FIFTY, times, ring, noise_s=noise_s)
            rows.append((found.feasibility.words, found.motion.peak_accel, found.motion.peak_speed))
    assert_goes_as_it_did("recorded", rows)


def test_when_it_was_recorded_is_no_part_of_a_recording_and_how_it_is_played_is() -> None:
    times = np.arange(40) / 16.0  # so that no sum of them is rounded
    ring = 100.0 + 30.0 * np.sin(times)
    plain = recorded_plan(FIFTY, times, ring).recorded
    assert recorded_plan(FIFTY, times + 4096.0, ring).recorded == plain
    ways = [{"smooth_s": 0.2}, {"rounds": True}, {"smooth_s": 0.2, "rounds": True}]
    assert len({plain, *(recorded_plan(FIFTY, times, ring, **way).recorded for way in ways)}) == 4


@pytest.mark.parametrize(("back_deg", "marks"), [(LEAST_WAY_DEG * 0.9, "ABC"), (LEAST_WAY_DEG * 1.1, "AB")])
def test_a_recording_that_ends_where_it_began_turns_back_in_between(back_deg: float, marks: str) -> None:
    times = np.linspace(0.0, 2.0, 41)
    ring = 50.0 + 20.0 * np.sin(np.pi * times / 2.0)
    ring[-1] = ring[0] + back_deg
    assert "".join(mark.name for mark in recorded_plan(FIFTY, times, ring).pull.marks) == marks


@pytest.mark.parametrize(("way_deg", "does"), [(0.0199, False), (0.0201, True)])
def test_a_recording_turns_the_ring_by_something(way_deg: float, does: bool) -> None:
    times, ring = np.linspace(0.0, 1.0, 11), 50.0 + np.linspace(0.0, way_deg, 11)
    if does:
        assert recorded_plan(FIFTY, times, ring).motion.end_deg == pytest.approx(50.0 + way_deg)
        return
    with pytest.raises(RequestError, match="take 7 doesn't turn the ring"):
        recorded_plan(FIFTY, times, ring, name="take 7")


@pytest.mark.parametrize("end_deg", [0.0, 300.0])
def test_a_recording_may_lie_past_an_end_by_rounding_only(end_deg: float) -> None:
    times = np.linspace(0.0, 2.0, 11)
    out = math.copysign(1.0, end_deg - 1.0)
    for past_deg, fits in ((LEAST_WAY_DEG * 0.9, True), (LEAST_WAY_DEG * 1.1, False)):
        ring = np.linspace(end_deg + out * past_deg, 150.0, 11)
        if fits:
            assert recorded_plan(FIFTY, times, ring).motion.start_deg == end_deg
            continue
        with pytest.raises(RequestError, match="travel is 0° to 300°"):
            recorded_plan(FIFTY, times, ring)


@pytest.mark.parametrize(("longest_s", "fits"), [(LONGEST_S, True), (LONGEST_S + 0.1, False)])
def test_a_recording_lasts_an_hour_at_most(longest_s: float, fits: bool) -> None:
    times, ring = np.array([0.0, 10.0, longest_s]), np.array([50.0, 60.0, 55.0])
    if fits:
        assert recorded_plan(FIFTY, times, ring).motion.duration_s == 3600.0
        return
    with pytest.raises(RequestError, match="Cut it to an hour"):
        recorded_plan(FIFTY, times, ring)


def test_the_search_for_a_duration_begins_at_a_twentieth_of_a_second() -> None:
    assert duration_that_shows(lambda d: d, 0.05, 60.0) == pytest.approx(0.05, rel=1e-6)
    assert duration_that_shows(lambda d: d, 0.0499, 60.0) is None


@pytest.mark.parametrize(("at_s", "found"), [(0.9, True), (1.0, False)])
def test_a_jump_to_what_is_asked_for_counts_only_where_it_is_shown(at_s: float, found: bool) -> None:
    """A jump past it is not found, a jump onto it is."""
    told = duration_that_shows(lambda d: 0.5 if d < 7.0 else 1.0 if found else 1.0 + at_s, 1.0, 60.0)
    assert (told is not None) is found
    if told is not None:
        assert told >= 7.0

# SPDX-License-Identifier: MIT
"""Step times to the nanosecond, and segments that say them to 2 µs, for any shape of pull."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from followfocus.errors import InfeasibleError, RequestError
from followfocus.motion.easing import EASINGS, parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.sim.profile import Bounds, SegmentChecker
from followfocus.steps.profile import SEGMENT_DTYPE, StepProfile, _compare, compile_profile, expand, step_times
from followfocus.steps.segments import MAX_COUNT, _third_difference, whole_line
from followfocus.wire.messages import Result, Segment

# Steps, seconds, and the most segments: what a plain greedy fit needs, and a little.
JOBS = {"J1": (4000, 1.0, 93), "J2": (1600, 2.0, 97), "J3": (1600, 0.35, 60), "J4": (24000, 5.0, 202)}
TICK_HZ = 16_000_000.0


def _simple(steps: float, duration_s: float, easing: str = "minjerk") -> Motion:
    return motion_of(Pull.between(Mark("A", 0.0), Mark("B", steps / 10.0), duration_s, parse_easing(easing)))


@pytest.mark.parametrize("job", JOBS)
def test_the_standard_jobs_fit_their_segments_within_two_microseconds(job: str) -> None:
    steps, duration_s, most = JOBS[job]
    profile = compile_profile(_simple(steps, duration_s), 10.0)
    assert profile.steps == steps
    assert len(profile.segments) <= most
    assert profile.worst_error_us <= 2.0
    assert profile.duration_s == pytest.approx(duration_s, abs=1e-7)


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("back", [False, True])
def test_every_edge_is_where_the_curve_crosses_a_half_step(job: str, back: bool) -> None:
    steps, duration_s, _ = JOBS[job]
    motion = _simple(steps, duration_s)
    if back:
        motion = motion_of(Pull.between(Mark("A", steps / 10.0), Mark("B", 0.0), duration_s))
    profile = compile_profile(motion, 10.0)
    at = profile.edge_times_s()
    position = motion.ring_deg(at) * 10.0
    ideal = np.arange(steps) + 0.5
    assert np.max(np.abs(position - (steps - ideal if back else ideal))) < 0.02
    assert np.all(profile.directions == (-1 if back else 1))


def test_times_are_exact_to_a_nanosecond() -> None:
    motion = _simple(400, 1.3)
    times, _, _, _ = step_times(motion, 10.0)
    for step in (0, 1, 57, 200, 398, 399):
        exact = brentq(lambda t, step=step: motion.ring_deg(t) * 10.0 - (step + 0.5), 0.0, 1.3, xtol=1e-15)
        assert times[step] == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in EASINGS if name != "linear"])
def test_every_easing_compiles(name: str) -> None:
    profile = compile_profile(_simple(3000, 2.0, name), 10.0)
    assert profile.steps == 3000
    assert profile.worst_error_us <= 2.0


def test_linear_is_one_interval() -> None:
    profile = compile_profile(_simple(3000, 2.0, "linear"), 10.0)
    gaps = np.diff(profile.edge_ticks())
    assert gaps.max() - gaps.min() <= 2
    assert len(profile.segments) <= 4


def test_one_step_and_none() -> None:
    one = compile_profile(_simple(1, 1.0), 10.0)
    assert (one.steps, one.start, one.end) == (1, 0, 1)
    assert one.edge_ticks()[0] == pytest.approx(8_000_000, abs=1)
    none = compile_profile(_simple(0.2, 1.0), 10.0)
    assert (none.steps, none.end) == (0, 0)
    assert none.duration_s == pytest.approx(1.0, abs=1e-6)
    assert none.peak_step_hz == 0.0


def test_an_hour_long_creep_waits_in_dwells_and_keeps_its_time() -> None:
    profile = compile_profile(_simple(100, 3600.0), 10.0)
    assert profile.steps == 100
    assert profile.worst_error_us <= 0.1
    assert profile.duration_s == pytest.approx(3600.0, abs=1e-6)


def test_holds_and_reversals() -> None:
    pull = Pull((Mark("A", 0, hold_s=0.7), Mark("B", 50, hold_s=0.5), Mark("C", 10)), (Leg(1.0), Leg(0.7)))
    profile = compile_profile(motion_of(pull), 10.0)
    assert (profile.start, profile.end, profile.steps) == (0, 100, 900)
    times = profile.edge_times_s()
    assert times[0] > 0.7
    assert times[500] - times[499] > 0.5
    assert profile.worst_error_us <= 2.0


def test_a_turn_that_just_touches_a_half_step_makes_no_flutter() -> None:
    pull = Pull((Mark("A", 0), Mark("B", 10.050001), Mark("C", 0)), (Leg(1.0), Leg(1.0)))
    profile = compile_profile(motion_of(pull), 10.0)
    assert profile.end == 0
    turn = np.flatnonzero(np.diff(profile.directions))
    gap = np.diff(profile.edge_times_s())[turn[0]]
    assert gap >= 1e-3


@pytest.mark.parametrize(("start_deg", "end_deg", "start"), [(10.05, 60.0, 101), (10.05, 2.0, 100), (10.15, 2.0, 101)])
def test_a_start_on_a_half_step_makes_no_step_at_time_zero(start_deg: float, end_deg: float, start: int) -> None:
    profile = compile_profile(motion_of(Pull.between(Mark("A", start_deg), Mark("B", end_deg), 1.0)), 10.0)
    assert profile.start == start
    assert profile.end == round(end_deg * 10.0)
    assert profile.min_interval_ticks is not None
    assert profile.min_interval_ticks > 10_000  # the curve's own; a step at time zero would have 0


def test_a_linear_start_just_before_a_half_step_leaves_the_unit_its_time() -> None:
    linear = parse_easing("linear")
    motion = motion_of(Pull.between(Mark("A", 10.049), Mark("B", 250.0), 1.0, linear))
    profile = compile_profile(motion, 10.0)
    assert (profile.start, profile.end) == (101, 2500)
    assert profile.edge_times_s()[0] > 1e-4


def test_the_counter_must_stand_at_the_start() -> None:
    motion = _simple(100, 1.0)
    assert compile_profile(motion, 10.0, start_step=0).end == 100
    half = motion_of(Pull.between(Mark("A", 0.05), Mark("B", 5.0), 1.0))
    assert [compile_profile(half, 10.0, start_step=at).start for at in (0, 1)] == [0, 1]
    with pytest.raises(RequestError, match="Go to its start"):
        compile_profile(motion, 10.0, start_step=-1)


def test_reversals_are_told_with_the_least_time_at_one() -> None:
    pull = Pull((Mark("A", 0), Mark("B", 20), Mark("C", 5), Mark("D", 30)), (Leg(1.0), Leg(0.4), Leg(1.0)))
    profile = compile_profile(motion_of(pull), 10.0)
    assert np.flatnonzero(np.diff(profile.directions)).tolist() == [199, 349]
    gaps = np.diff(profile.edge_ticks())
    assert profile.min_reversal_ticks == pytest.approx(min(gaps[199], gaps[349]), abs=1)
    assert compile_profile(_simple(100, 1.0), 10.0).min_reversal_ticks is None


@pytest.mark.parametrize(
    ("steps", "duration_s", "easing"), [(4000, 1.0, "minjerk"), (300, 0.1, "linear"), (7, 9.0, "sine")]
)
def test_a_unit_judges_the_shortest_interval_as_the_profile_tells_it(
    steps: int, duration_s: float, easing: str
) -> None:
    profile = compile_profile(_simple(steps, duration_s, easing), 10.0)
    assert profile.min_interval_ticks is not None
    for ticks, expected in ((profile.min_interval_ticks, False), (profile.min_interval_ticks + 1, True)):
        checker = SegmentChecker(profile.start, Bounds(-(10**6), 10**6, ticks, 0))
        results = {checker.check(Segment(*row)) for row in profile.segments.tolist()}
        assert (Result.TOO_FAST in results) is expected
        assert results <= {Result.OK, Result.TOO_FAST}


def test_another_clock_keeps_the_seconds() -> None:
    slow = compile_profile(_simple(1600, 2.0), 10.0, tick_hz=16.08e6)
    assert slow.edge_times_s() == pytest.approx(compile_profile(_simple(1600, 2.0), 10.0).edge_times_s(), abs=4.2e-6)
    assert slow.duration_s == pytest.approx(2.0, abs=1e-6)


def test_fast_steps_keep_their_distance() -> None:
    profile = compile_profile(_simple(32000, 1.0), 10.0)
    exact, _, _, _ = step_times(_simple(32000, 1.0), 10.0)
    assert profile.min_interval_ticks is not None
    assert profile.min_interval_ticks >= 0.9 * np.diff(exact).min() * TICK_HZ


def test_the_wire_form_is_ten_bytes_a_segment() -> None:
    profile = compile_profile(_simple(1600, 2.0), 10.0)
    packed = profile.packed()
    assert len(packed) == 10 * len(profile.segments)
    first = profile.segments[0]
    assert struct.unpack("<Ihi", packed[:10]) == (first["interval"], first["count"], first["add"])


def test_expansion_is_what_the_protocol_says() -> None:
    edges, moves, total = expand(np.array([(1000, 3, -100), (5, 0, 0), (300, -2, 7)], dtype=SEGMENT_DTYPE))
    clock, expected, ways = 0, [], []
    for interval, count, add in [(1000, 3, -100), (5, 0, 0), (300, -2, 7)]:
        if count == 0:
            clock += 256 * interval
        for _ in range(abs(count)):
            clock += interval
            interval += add
            expected.append(clock // 256)
            ways.append(1 if count > 0 else -1)
    assert edges.tolist() == expected
    assert moves.tolist() == ways
    assert total == clock // 256


@pytest.mark.parametrize(
    ("steps_per_deg", "tick_hz", "max_error_us"),
    [(0.0, 16e6, 2.0), (float("nan"), 16e6, 2.0), (10.0, 0.0, 2.0), (10.0, 16e6, float("nan")), (10.0, 16e6, 0.0)],
)
def test_figures_that_make_no_profile_are_refused(steps_per_deg: float, tick_hz: float, max_error_us: float) -> None:
    with pytest.raises(RequestError, match="make no step profile"):
        compile_profile(_simple(10, 1.0), steps_per_deg, tick_hz, max_error_us)


def test_more_steps_than_anyone_needs_are_refused_before_they_are_counted() -> None:
    with pytest.raises(RequestError, match="more than"):
        compile_profile(_simple(100, 1.0), 1e12)
    with pytest.raises(RequestError, match="beyond what a unit can count"):
        compile_profile(motion_of(Pull.between(Mark("A", 300.0), Mark("B", 299.0), 1.0)), 1e8)


def test_a_pull_too_fast_for_any_unit_still_has_a_profile_to_be_judged_by() -> None:
    profile = compile_profile(_simple(7000, 0.001), 10.0)
    assert profile.steps == 7000
    assert profile.min_interval_ticks in (0, 1)
    with pytest.raises(InfeasibleError, match="faster than the unit's clock") as caught:
        compile_profile(_simple(7000, 1e-5), 10.0)
    assert caught.value.min_duration_s is not None
    assert compile_profile(_simple(7000, 1.01 * caught.value.min_duration_s), 10.0).steps == 7000


@pytest.mark.parametrize("max_error_us", [0.1, 0.5, 5.0])
def test_the_error_asked_for_is_kept(max_error_us: float) -> None:
    profile = compile_profile(_simple(1600, 2.0), 10.0, max_error_us=max_error_us)
    assert profile.worst_error_us <= max_error_us
    assert (len(profile.segments) > 96) is (max_error_us < 2.0)


def test_a_slow_clock_rounds_to_its_ticks() -> None:
    profile = compile_profile(_simple(1600, 2.0), 10.0, tick_hz=1e6)
    assert profile.worst_error_us <= 2.0
    assert profile.total_ticks == 2_000_000


def test_a_long_hold_takes_several_dwells() -> None:
    pull = Pull((Mark("A", 0, hold_s=600.0), Mark("B", 1.0)), (Leg(1.0),))
    profile = compile_profile(motion_of(pull), 10.0)
    assert profile.edge_times_s()[0] > 600.0
    assert np.count_nonzero(profile.segments["count"] == 0) >= 3
    assert profile.duration_s == pytest.approx(601.0, abs=1e-7)
    _holds_together(profile)


def test_one_step_in_an_hour() -> None:
    profile = compile_profile(_simple(1, 3600.0), 10.0)
    assert profile.edge_times_s() == pytest.approx([1800.0], abs=1e-7)
    assert profile.duration_s == pytest.approx(3600.0, abs=1e-7)


def test_a_million_steps_keep_their_error_and_do_not_drift() -> None:
    motion = _simple(1_000_000, 200.0)
    profile = compile_profile(motion, 10.0)
    assert profile.steps == 1_000_000
    assert profile.worst_error_us <= 2.0
    assert profile.duration_s == pytest.approx(200.0, abs=1e-7)
    assert len(profile.segments) < 4 * len(compile_profile(_simple(100_000, 20.0), 10.0).segments) * 10**0.34


@pytest.mark.parametrize("easing", ["minjerk", "septic", "cycloidal", "bezier(0.42,0,0.58,1)"])
def test_times_mirror_where_the_easing_does(easing: str) -> None:
    times, _, _, _ = step_times(_simple(5000, 3.0, easing), 10.0)
    assert times + times[::-1] == pytest.approx(np.full(5000, 3.0), abs=1e-9)


def _chances(low: np.ndarray, high: np.ndarray, adds: range) -> bool:
    """Whether any whole line passes all gates, tried one by one."""
    s = np.arange(len(low)) / 2.0
    return any(math.ceil(np.max(low - add * s)) <= math.floor(np.min(high - add * s)) for add in adds)


@settings(max_examples=150)
@given(
    st.integers(3, 400),
    st.floats(1e4, 2e5),
    st.floats(-20.0, 20.0),
    st.floats(1e-5, 0.05),
    st.floats(1.0, 32.0),
    st.floats(-0.4, 0.4),
)
def test_a_line_is_found_exactly_where_there_is_one(
    count: int, interval: float, add: float, bend: float, tolerance: float, offset: float
) -> None:
    j = np.arange(1, count + 1, dtype=np.float64)
    due = interval * j + add * j * (j - 1) / 2.0 + bend * j * (j - 1) * (j - 2) / 6.0 + offset
    low, high = (due - tolerance) * 256.0 / j, (due + tolerance) * 256.0 / j
    middle = (low + high) / 2.0
    found = whole_line(low, high, 2.0 * float(middle[-1] - middle[0]) / (count - 1))
    if found is None:
        centre = 256.0 * (add + bend * count / 3.0)
        reach = 2 + int(256.0 * (bend * count + 8.0 * tolerance / count**2))
        assert not _chances(low, high, range(round(centre) - reach, round(centre) + reach + 1))
    else:
        line = found[0] + found[1] * (j - 1.0) / 2.0
        assert np.all((line >= low - 1e-6) & (line <= high + 1e-6))


def _holds_together(profile: StepProfile) -> None:
    edges, moves, _ = expand(profile.segments)
    assert len(edges) == profile.steps
    assert profile.start + int(moves.sum()) == profile.end
    assert np.all(np.diff(edges) >= 1)
    for interval, count, add in profile.segments.tolist():
        assert 1 <= interval < 2**32
        if count:
            assert 1 <= interval + add * (abs(count) - 1) < 2**32
        else:
            assert add == 0


@settings(max_examples=60)
@given(
    st.lists(st.floats(0.0, 300.0), min_size=2, max_size=5, unique_by=round),
    st.lists(st.floats(0.2, 8.0), min_size=5, max_size=5),
    st.lists(st.sampled_from([0.0, 0.3, 2.5]), min_size=5, max_size=5),
    st.sampled_from(["minjerk", "sine", "septic", "scurve", "smoothstep", "linear", "bezier(0.4,0,0.2,1)"]),
    st.floats(2.0, 40.0),
    st.booleans(),
)
def test_any_pull_compiles_within_its_error(
    stops: list[float], durations: list[float], holds: list[float], easing: str, steps_per_deg: float, through: bool
) -> None:
    last = len(stops) - 1
    marks = tuple(
        Mark(str(i), deg, through=True) if through and 0 < i < last else Mark(str(i), deg, hold_s=hold)
        for i, (deg, hold) in enumerate(zip(stops, holds, strict=False))
    )
    legs = tuple(Leg(s, parse_easing(easing)) for s in durations[: len(marks) - 1])
    motion = motion_of(Pull(marks, legs))
    profile = compile_profile(motion, steps_per_deg)
    _holds_together(profile)
    assert profile.worst_error_us <= 2.0
    assert abs(profile.end - stops[-1] * steps_per_deg) <= 0.5 + 1e-6
    assert profile.total_ticks == pytest.approx(motion.duration_s * TICK_HZ, abs=2)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_a_recorded_wander_compiles(seed: int) -> None:
    random = np.random.default_rng(seed)
    t = np.cumsum(random.uniform(0.02, 0.2, 60))
    profile = compile_profile(Motion.from_track(t, 150 + np.cumsum(random.normal(0, 2.0, 60))), 23.1)
    _holds_together(profile)
    assert profile.worst_error_us <= 2.0


def test_a_profile_is_printed_in_a_line_however_many_steps_it_has() -> None:
    short, long = (compile_profile(_simple(steps, 2.0), 10.0) for steps in (100, 4000))
    for hidden in ("edges=", "directions="):
        assert hidden not in repr(long)
    assert "steps=4000" in repr(long)
    assert len(repr(replace(long, segments=short.segments))) < len(repr(short)) + 40


def test_a_line_is_found_through_as_many_gates_as_a_segments_word_can_count() -> None:
    gates = np.full(MAX_COUNT, 5000.0) + 0.01 * np.arange(MAX_COUNT)
    interval, add = whole_line(gates - 400.0, gates + 400.0, 0.0) or (0, 0)
    lines = interval + add * np.arange(MAX_COUNT) / 2
    assert np.abs(lines - gates).max() <= 400.0


def test_steady_steps_are_a_segment_for_nearly_as_many_as_its_word_can_count() -> None:
    motion = motion_of(Pull.between(Mark("A", 0.0), Mark("B", 70.0), 70.0, parse_easing("linear")))
    profile = compile_profile(motion, 1000.0, 16e6)
    counts = np.abs(profile.segments["count"])
    assert counts.sum() == profile.steps
    assert 0.98 * MAX_COUNT <= counts.max() <= MAX_COUNT
    assert profile.worst_error_us < 0.1


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 40])
def test_a_cubic_has_one_third_difference_from_the_fourth_step_on(count: int) -> None:
    at = np.arange(count, dtype=float)
    third = _third_difference(1000.0 * at + 2.0 * at**3)
    assert third.shape == (count,)
    assert third == pytest.approx(np.full(count, 12.0 if count >= 4 else 1e-6))


def test_what_has_no_third_difference_is_given_a_little() -> None:
    assert np.all(_third_difference(1000.0 * np.arange(9.0)) == 1e-6)


DUE, ON = np.array([100.0, 200.4, 300.0, 301.5]), np.array([1, 1, -1, -1], np.int8)


@pytest.mark.parametrize(
    ("edges", "moves", "passes"),
    [
        ([100, 200, 300, 301], [1, 1, -1, -1], True),
        ([120, 180, 320, 321], [1, 1, -1, -1], True),  # as far off as is allowed
        ([100, 200, 301, 301], [1, 1, -1, -1], True),  # due within two ticks: may fall onto one
        ([100, 200, 300], [1, 1, -1], False),
        ([100, 200, 300, 301, 302], [1, 1, -1, -1, -1], False),
        ([100, 200, 300, 301], [1, 1, 1, -1], False),
        ([100, 200, 321, 321], [1, 1, -1, -1], False),
        ([79, 200, 300, 301], [1, 1, -1, -1], False),
        ([100, 200, 302, 301], [1, 1, -1, -1], False),
    ],
)
def test_segments_that_say_anything_else_than_the_curve_never_leave(
    edges: list[int], moves: list[int], passes: bool
) -> None:
    found = np.array(edges, np.int64), np.array(moves, np.int8)
    if passes:
        _compare(*found, DUE, ON, 20.5)
    else:
        with pytest.raises(AssertionError, match="differs from the curve"):
            _compare(*found, DUE, ON, 20.5)


def test_two_steps_that_are_due_apart_never_fall_onto_one_tick() -> None:
    for edges in ([100, 100], [101, 100]):
        with pytest.raises(AssertionError):
            _compare(
                np.array(edges), np.array([1, 1], np.int8), np.array([99.0, 102.0]), np.array([1, 1], np.int8), 9.0
            )

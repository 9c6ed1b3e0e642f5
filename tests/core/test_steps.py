"""Step times to the nanosecond, and segments that say them to 2 µs, for any shape of pull."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from followfocus.easing import EASINGS, parse_easing
from followfocus.errors import RequestError
from followfocus.motion import Motion, motion_of
from followfocus.pull import Leg, Mark, Pull
from followfocus.steps import SEGMENT_DTYPE, StepProfile, compile_profile, expand, step_times

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


def test_the_counter_may_stand_a_step_beside_the_start() -> None:
    profile = compile_profile(_simple(100, 1.0), 10.0, start_step=-1)
    assert profile.start == -1
    assert profile.end == 100


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
    assert b"".join(part for _, part in profile.pieces(11)) == packed


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


@pytest.mark.parametrize(("steps_per_deg", "tick_hz"), [(0.0, 16e6), (float("nan"), 16e6), (10.0, 0.0)])
def test_figures_that_make_no_profile_are_refused(steps_per_deg: float, tick_hz: float) -> None:
    with pytest.raises(RequestError):
        compile_profile(_simple(10, 1.0), steps_per_deg, tick_hz)


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
    st.sampled_from(["minjerk", "sine", "septic", "scurve", "smoothstep"]),
    st.floats(2.0, 40.0),
)
def test_any_pull_compiles_within_its_error(
    stops: list[float], durations: list[float], holds: list[float], easing: str, steps_per_deg: float
) -> None:
    marks = tuple(Mark(str(i), deg, hold_s=hold) for i, (deg, hold) in enumerate(zip(stops, holds, strict=False)))
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

# SPDX-License-Identifier: MIT
"""Motions: exact at the marks, never past them, smooth where they say so."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator

from followfocus.errors import RequestError
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.spans import PolynomialRun, pchip_slopes

angles = st.floats(0.0, 300.0).map(lambda x: round(x, 3))
lengths = st.floats(0.1, 5.0)


def _pull(stops: list[tuple[float, bool]], durations: list[float]) -> Pull:
    last = len(stops) - 1
    marks = [Mark(f"M{i}", deg, through=through and 0 < i < last) for i, (deg, through) in enumerate(stops)]
    return Pull(tuple(marks), tuple(Leg(s) for s in durations[:last]))


@st.composite
def pulls(draw: st.DrawFn) -> Pull:
    stops = draw(st.lists(st.tuples(angles, st.booleans()), min_size=2, max_size=6))
    kept = [stops[0]]
    for stop in stops[1:]:
        if abs(stop[0] - kept[-1][0]) > 0.5:
            kept.append(stop)
    if len(kept) < 2:
        kept.append((kept[0][0] + 10.0, False))
    return _pull(kept, draw(st.lists(lengths, min_size=len(kept), max_size=len(kept))))


def test_a_single_leg_is_its_easing() -> None:
    motion = motion_of(Pull.between(Mark("A", 80.0), Mark("B", 40.0), 2.0))
    assert motion.ring_deg(0.5) == pytest.approx(80.0 - 40.0 * parse_easing("minjerk").value(0.25))
    assert motion.peak_speed == pytest.approx(1.875 * 40.0 / 2.0)
    assert motion.peak_accel == pytest.approx(5.773502691896258 * 40.0 / 4.0)
    assert motion.peak_jerk == pytest.approx(60.0 * 40.0 / 8.0)


def test_outside_its_time_the_ring_rests_at_its_ends() -> None:
    motion = motion_of(Pull.between(Mark("A", 80.0), Mark("B", 40.0), 2.0))
    assert motion.ring_deg(np.array([-1.0, 0.0, 2.0, 9.0])) == pytest.approx([80.0, 80.0, 40.0, 40.0])
    assert motion.speed_deg_s(np.array([-1.0, 9.0])) == pytest.approx([0.0, 0.0])


def test_holds_rest_and_legs_follow() -> None:
    pull = Pull((Mark("A", 10, hold_s=0.5), Mark("B", 50, hold_s=1.0), Mark("C", 20)), (Leg(1.0), Leg(2.0)))
    motion = motion_of(pull)
    assert motion.duration_s == pytest.approx(4.5)
    assert motion.ring_deg(np.array([0.4, 1.5, 2.4, 4.5])) == pytest.approx([10.0, 50.0, 50.0, 20.0])
    assert [piece.end_deg - piece.start_deg for piece in motion.pieces] == pytest.approx([0.0, 40.0, 0.0, -30.0])


def test_a_through_mark_is_passed_at_speed_and_on_time() -> None:
    pull = Pull((Mark("A", 0), Mark("B", 30, through=True), Mark("C", 90)), (Leg(1.0), Leg(1.5)))
    motion = motion_of(pull)
    assert motion.ring_deg(1.0) == pytest.approx(30.0)
    assert motion.speed_deg_s(1.0) > 20.0
    assert motion.accel_deg_s2(np.array([1e-9, 1.0 - 1e-9, 1.0 + 1e-9, 2.5 - 1e-9])) == pytest.approx(
        [0.0] * 4, abs=1e-4
    )
    assert np.isfinite(motion.peak_jerk)


def test_a_through_mark_at_which_the_direction_turns_is_a_stop() -> None:
    pull = Pull((Mark("A", 0), Mark("B", 30, through=True), Mark("C", 10)), (Leg(1.0), Leg(1.0)))
    motion = motion_of(pull)
    assert motion.speed_deg_s(1.0) == pytest.approx(0.0, abs=1e-9)
    assert float(np.max(motion.ring_deg(np.linspace(0, 2, 4001)))) <= 30.0 + 1e-9


@given(pulls())
def test_no_pull_ever_leaves_its_marks(pull: Pull) -> None:
    motion = motion_of(pull)
    at = 0.0
    for leg, before, after in zip(pull.legs, pull.marks, pull.marks[1:], strict=False):
        t = np.linspace(at, at + leg.duration_s, 300)
        ring = motion.ring_deg(t)
        low, high = sorted((before.ring_deg, after.ring_deg))
        assert np.all((ring >= low - 1e-6) & (ring <= high + 1e-6))
        turns = np.diff(ring) * np.sign(after.ring_deg - before.ring_deg)
        assert np.all(turns >= -1e-6)
        at += leg.duration_s
    assert motion.end_deg == pytest.approx(pull.marks[-1].ring_deg)


@given(pulls())
def test_speed_is_the_slope_of_the_angle_and_below_its_peak(pull: Pull) -> None:
    motion = motion_of(pull)
    shortest_s = min(leg.duration_s for leg in pull.legs)
    t = np.linspace(0.0, motion.duration_s, max(2001, round(200 * motion.duration_s / shortest_s)))
    slope = np.gradient(motion.ring_deg(t), t)
    speed = motion.speed_deg_s(t)
    assert np.max(np.abs(slope - speed)[2:-2]) <= 0.02 * motion.peak_speed + 1e-6
    assert np.max(np.abs(speed)) <= motion.peak_speed * (1 + 1e-9) + 1e-9
    assert np.max(np.abs(motion.accel_deg_s2(t))) <= motion.peak_accel * (1 + 1e-9) + 1e-9


@given(pulls())
def test_pieces_have_no_gaps_and_turn_one_way(pull: Pull) -> None:
    motion = motion_of(pull)
    assert motion.pieces[0].start_s == 0.0
    assert motion.pieces[-1].end_s == pytest.approx(motion.duration_s)
    for piece, following in zip(motion.pieces, motion.pieces[1:], strict=False):
        assert piece.end_s == following.start_s
        assert piece.end_deg == pytest.approx(following.start_deg)


def test_stretching_keeps_the_path() -> None:
    motion = motion_of(_pull([(0, False), (30, True), (90, False)], [1.0, 1.5]))
    slow = motion.stretched(3.0)
    t = np.linspace(0.0, motion.duration_s, 101)
    assert slow.ring_deg(3.0 * t) == pytest.approx(motion.ring_deg(t))
    assert slow.speed_deg_s(3.0 * t) == pytest.approx(motion.speed_deg_s(t) / 3.0)
    assert slow.peak_accel == pytest.approx(motion.peak_accel / 9.0)
    with pytest.raises(RequestError):
        motion.stretched(0.0)


@given(st.lists(st.floats(0.01, 1.0), min_size=3, max_size=30), st.data())
def test_slopes_are_those_of_pchip(steps: list[float], data: st.DataObject) -> None:
    x = np.cumsum(steps)
    y = np.array(data.draw(st.lists(st.integers(0, 300), min_size=len(x), max_size=len(x))), dtype=float)
    oracle = PchipInterpolator(x, y)
    assert pchip_slopes(x, y) == pytest.approx(oracle.derivative()(x), abs=1e-9, rel=1e-9)
    motion = Motion.from_track(x, y)
    t = np.linspace(0.0, motion.duration_s, 200)
    assert motion.ring_deg(t) == pytest.approx(oracle(t + x[0]), abs=1e-8)


def test_a_plateau_is_not_overshot() -> None:
    motion = Motion.from_track(np.arange(6.0), np.array([0.0, 0.0, 5.0, 5.0, 5.0, 0.0]))
    ring = motion.ring_deg(np.linspace(0, 5, 1001))
    assert ring.min() >= 0.0
    assert ring.max() <= 5.0 + 1e-12


def test_smoothing_takes_noise_out_and_keeps_the_ends() -> None:
    t = np.linspace(0.0, 2.0, 201)
    clean = 100.0 * parse_easing("minjerk").value(t / 2.0)
    noisy = clean + np.random.default_rng(7).normal(0.0, 0.3, len(t))
    smooth = Motion.from_track(t, noisy, smooth_s=0.1)
    assert np.std(smooth.ring_deg(t) - clean) < 0.5 * np.std(noisy - clean)
    assert smooth.end_deg == pytest.approx(noisy[-1])


@given(st.lists(st.floats(0.0, 5.0), min_size=3, max_size=40), st.floats(0.01, 2.0))
def test_smoothing_keeps_a_pull_one_way(rises: list[float], smooth_s: float) -> None:
    ring = np.cumsum(rises)
    motion = Motion.from_track(np.arange(len(ring)) / 10.0, ring, smooth_s=smooth_s)
    made = motion.ring_deg(np.arange(len(ring)) / 10.0)
    assert np.all(np.diff(made) >= -1e-9)
    assert (made[0], made[-1]) == pytest.approx((ring[0], ring[-1]))


def test_smoothing_leaves_a_steady_turn_as_it_is() -> None:
    t = np.linspace(0.0, 1.0, 25)
    motion = Motion.from_track(t, 40.0 * t, smooth_s=0.2)
    assert motion.ring_deg(t) == pytest.approx(40.0 * t)


def test_peaks_of_a_run_are_exact() -> None:
    motion = motion_of(_pull([(0, False), (30, True), (50, True), (90, False)], [1.0, 0.7, 1.5]))
    t = np.linspace(0.0, motion.duration_s, 400_001)
    assert motion.peak_speed == pytest.approx(np.max(np.abs(motion.speed_deg_s(t))), rel=1e-8)
    assert motion.peak_accel == pytest.approx(np.max(np.abs(motion.accel_deg_s2(t))), rel=1e-8)
    jerk = np.abs(np.diff(motion.accel_deg_s2(t)) / np.diff(t))
    assert motion.peak_jerk == pytest.approx(np.max(jerk), rel=1e-3)
    track = Motion.from_track(np.array([0.0, 1.0, 1.5, 3.0]), np.array([0.0, 4.0, 9.0, 10.0]))
    t = np.linspace(0.0, 3.0, 400_001)
    assert track.peak_speed == pytest.approx(np.max(track.speed_deg_s(t)), rel=1e-8)
    assert track.peak_accel == pytest.approx(np.max(np.abs(track.accel_deg_s2(t))), rel=1e-4)
    assert track.peak_jerk == np.inf


def test_a_recording_cut_while_the_ring_turned_can_start_and_land_at_rest() -> None:
    t, ring = np.linspace(0.0, 1.0, 11), np.linspace(0.0, 50.0, 11)
    assert Motion.from_track(t, ring).speed_deg_s(0.0) == pytest.approx(50.0)
    rested = Motion.from_track(t, ring, rest_ends=True)
    assert rested.speed_deg_s(np.array([0.0, 1.0])) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert rested.ring_deg(t) == pytest.approx(ring)


@pytest.mark.parametrize(
    ("times", "ring"),
    [([0.0], [1.0]), ([0.0, 0.0], [1.0, 2.0]), ([0.0, 1.0], [1.0, float("nan")]), ([0.0, 1.0], [1.0])],
)
def test_a_track_that_is_none_is_refused(times: list[float], ring: list[float]) -> None:
    with pytest.raises(RequestError):
        Motion.from_track(np.array(times), np.array(ring))


@pytest.mark.parametrize("smooth_s", [-1.0, float("nan"), float("inf")])
def test_smoothing_over_no_time_is_refused(smooth_s: float) -> None:
    with pytest.raises(RequestError, match="smoothed"):
        Motion.from_track(np.array([0.0, 1.0]), np.array([0.0, 1.0]), smooth_s)


def test_a_motion_that_is_empty_rests() -> None:
    motion = Motion(())
    assert (motion.duration_s, motion.start_deg, motion.peak_speed, motion.pieces) == (0.0, 0.0, 0.0, ())


@pytest.mark.parametrize(
    ("table", "peaks"),
    [
        ([[0, 1], [1, 3]], [4, 3, math.inf]),  # two lines with a bend
        ([[0, 0, 1], [1, 2, 0]], [3, 2, 2, math.inf]),  # a parabola that goes on as a line
        ([[0, 0, 1], [1, 2, 1]], [4, 4, 2, 0]),  # the same parabola all the way
        ([[0, 0, 0, 1], [1, 3, 3, 0]], [7, 9, 6, 6]),  # a cubic that goes on as its parabola
        ([[0, 0, 0, 1], [1, 3, 0, 0]], [4, 3, 6, math.inf]),  # and as its tangent
        ([[0, 0, 0, 1], [1, 3, 3, 1]], [8, 12, 12, 6]),
        ([[0, 3, -3], [0, 0, 1]], [1, 3, math.inf, math.inf]),  # turned round within a piece
    ],
)
def test_the_peaks_of_pieces_are_those_of_their_curves_and_without_end_over_a_jump(
    table: list[list[float]], peaks: list[float]
) -> None:
    """By hand; both pieces last a second."""
    run = PolynomialRun(np.array([0.0, 1.0, 2.0]), np.array(table, dtype=np.float64))
    assert [run.peak(order) for order in range(len(peaks))] == pytest.approx(peaks)

# SPDX-License-Identifier: MIT
"""The motor's lead over the ring: constant while the ring turns one way, changing sides where it turns round."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.takeup import CHANGE_S, SHARE_OF_LEG, motor_motion
from tests.support.benches import a_plan

EASING = parse_easing("minjerk")


def lead(motor: Motion, ring: Motion, t: float) -> float:
    return motor.ring_deg(t) - ring.ring_deg(t)


@pytest.mark.parametrize(("ends", "sign"), [((10.0, 70.0), 1), ((70.0, 10.0), -1)])
def test_one_way_it_is_a_constant(ends: tuple[float, float], sign: int) -> None:
    ring = motion_of(Pull.between(Mark("A", ends[0]), Mark("B", ends[1]), 1.0))
    motor = motor_motion(ring, 0.05)
    times = np.linspace(0.0, 1.0, 101)
    assert np.allclose(motor.ring_deg(times) - ring.ring_deg(times), sign * 0.05)
    assert np.allclose(motor.speed_deg_s(times), ring.speed_deg_s(times))
    assert motor.duration_s == ring.duration_s
    assert motor_motion(ring, 0.0) is ring


@pytest.mark.parametrize("turn_deg", [70.0, 5.0])
@pytest.mark.parametrize("ahead_deg", [0.05, 0.25, 0.5, 1.0])
def test_it_changes_sides_at_the_end_of_a_hold(ahead_deg: float, turn_deg: float) -> None:
    marks = (Mark("A", 20.0), Mark("B", turn_deg, hold_s=1.0), Mark("C", 30.0))
    ring = motion_of(Pull(marks, (Leg(1.0, EASING), Leg(1.0, EASING))))
    motor = motor_motion(ring, ahead_deg)
    first = ahead_deg if turn_deg > 20.0 else -ahead_deg
    assert lead(motor, ring, 1.0) == pytest.approx(first)
    assert lead(motor, ring, 2.0 - CHANGE_S) == pytest.approx(first)
    assert lead(motor, ring, 2.0 - CHANGE_S / 2) == pytest.approx(0.0, abs=1e-9)
    assert lead(motor, ring, 2.0) == pytest.approx(-first)
    assert lead(motor, ring, 3.0) == pytest.approx(-first)


def test_without_a_hold_it_changes_in_the_first_moments_of_the_leg() -> None:
    pull = Pull((Mark("A", 10.0), Mark("B", 70.0), Mark("C", 30.0)), (Leg(1.0, EASING), Leg(0.5, EASING)))
    ring = motion_of(pull)
    motor = motor_motion(ring, 0.05)
    assert lead(motor, ring, 1.0) == pytest.approx(0.05)
    assert lead(motor, ring, 1.0 + 0.5 * SHARE_OF_LEG) == pytest.approx(-0.05)


def test_a_hold_at_the_start_is_led_the_way_of_the_first_leg() -> None:
    pull = Pull((Mark("A", 70.0, hold_s=0.5), Mark("B", 10.0)), (Leg(1.0, EASING),))
    ring = motion_of(pull)
    assert lead(motor_motion(ring, 0.05), ring, 0.0) == pytest.approx(-0.05)


@given(
    angles=st.lists(st.integers(0, 300), min_size=2, max_size=5, unique=True),
    holds=st.lists(st.sampled_from([0.0, 0.3]), min_size=5, max_size=5),
    lead_deg=st.sampled_from([0.0433, 0.2]),
)
def test_any_pull_stays_within_the_lead_and_each_piece_turns_one_way(
    angles: list[int], holds: list[float], lead_deg: float
) -> None:
    last = len(angles) - 1
    marks = tuple(Mark(str(i), float(deg), hold_s=0.0 if i == last else holds[i]) for i, deg in enumerate(angles))
    ring = motion_of(Pull(marks, tuple(Leg(0.7, EASING) for _ in angles[1:])))
    motor = motor_motion(ring, lead_deg)
    times = np.linspace(0.0, ring.duration_s, 997)
    assert np.max(np.abs(motor.ring_deg(times) - ring.ring_deg(times))) <= lead_deg + 1e-9
    for piece in motor.pieces:
        inside = motor.ring_deg(np.linspace(piece.start_s, piece.end_s, 200))
        turns = np.diff(inside) * np.sign(piece.end_deg - piece.start_deg)
        assert np.all(turns >= -1e-9)
    assert motor.peak_speed >= np.max(np.abs(motor.speed_deg_s(times))) - 1e-9
    assert motor.peak_accel >= np.max(np.abs(motor.accel_deg_s2(times))) - 1e-6


def test_a_plan_leads_by_whole_steps_so_that_its_step_times_stay_the_same() -> None:
    plan = a_plan(60.0, 120.0)
    assert plan.lead_deg / plan.rig.ring_deg_per_step == pytest.approx(1.0)
    shift = plan.profile.start - round(60.0 * plan.rig.steps_per_deg)
    assert shift == 1
    assert plan.profile.end - round(120.0 * plan.rig.steps_per_deg) == shift


def test_a_hand_pull_is_led_the_way_it_ends() -> None:
    times = np.linspace(0.0, 1.0, 30)
    ring = Motion.from_track(times, 50.0 + 20.0 * np.sin(3 * times))
    motor = motor_motion(ring, 0.05)
    leads = motor.ring_deg(times) - ring.ring_deg(times)
    assert np.allclose(leads, leads[0])
    assert abs(leads[0]) == pytest.approx(0.05)

# SPDX-License-Identifier: MIT
from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig, pullout_torque_nm
from followfocus.sim.stepper import TIME_STEP_S, Stepper


def minimum_jerk_edges(steps: int, duration_s: float) -> np.ndarray:
    u = np.linspace(0.0, 1.0, 20_001)
    share = u**3 * (10 - 15 * u + 6 * u * u)
    return duration_s * np.interp((np.arange(steps) + 0.5) / steps, share, u)


def pulled(stepper: Stepper, degrees: float, duration_s: float, start_s: float = 0.0) -> Stepper:
    """Play a minimum-jerk pull and let the ring come to rest."""
    steps = round(abs(degrees) * stepper.rig.steps_per_deg)
    for t in minimum_jerk_edges(steps, duration_s):
        stepper.step(start_s + float(t), 1 if degrees > 0 else -1)
    stepper.advance(start_s + duration_s)
    stepper.settle()
    return stepper


def crept(stepper: Stepper, steps: int, direction: int, rate: float = 400.0, start_s: float = 0.0) -> Stepper:
    for k in range(steps):
        stepper.step(start_s + (k + 1) / rate, direction)
    stepper.advance(start_s + (steps + 1) / rate)
    stepper.settle()
    return stepper


def sag_deg(rig: Rig) -> float:
    """How far a ring at rest may lag the count: load angle under friction, half the lash, a little for the mesh."""
    load = math.asin(rig.ring_friction_nm / (rig.ratio * rig.gear_efficiency * rig.running_torque_nm))
    return math.degrees(load / rig.motor.pole_pairs) / rig.ratio + rig.lash_deg / 2 + 0.01


@pytest.mark.parametrize("degrees", [130.0, -90.0])
def test_an_easy_pull_arrives_but_for_friction_and_lash(degrees: float) -> None:
    stepper = pulled(Stepper(DEFAULT_RIG, (-150.0, 300.0), 40.0), degrees, 2.0)
    assert stepper.lost_full_steps == 0
    assert stepper.commanded_deg == pytest.approx(40.0 + degrees, abs=DEFAULT_RIG.ring_deg_per_step)
    behind = (stepper.commanded_deg - stepper.ring_deg) * np.sign(degrees)
    assert 0.0 < behind < sag_deg(DEFAULT_RIG)
    assert not stepper.stalled
    assert stepper.contact == 0


def test_without_friction_and_lash_the_ring_lands_on_the_count() -> None:
    rig = dataclasses.replace(DEFAULT_RIG, ring_friction_nm=0.0, lash_deg=0.0, gear_efficiency=1.0)
    stepper = pulled(Stepper(rig), 60.0, 1.0)
    assert stepper.ring_deg == pytest.approx(stepper.commanded_deg, abs=1e-3)
    assert stepper.ring_deg_s == pytest.approx(0.0, abs=0.1)


def test_holding_torque_under_a_load_follows_the_sine_law() -> None:
    """A ring dragged by friction through the mesh lags by asin(load / torque)."""
    rig = dataclasses.replace(DEFAULT_RIG, ring_friction_nm=0.4, lash_deg=0.0, gear_efficiency=1.0)
    stepper = crept(Stepper(rig), 160, 1, rate=100.0)
    expected = math.degrees(math.asin(0.4 / 2.6 / rig.running_torque_nm))
    assert stepper.load_angle_deg == pytest.approx(expected, abs=90 / rig.microsteps)


def test_lash_is_a_dead_zone_on_reversal() -> None:
    rig = dataclasses.replace(DEFAULT_RIG, lash_deg=0.5, ring_friction_nm=0.05)
    stepper = crept(Stepper(rig), 100, 1)
    before = stepper.ring_deg
    crept(stepper, round(0.5 * rig.steps_per_deg * 0.8), -1, start_s=stepper.now_s)
    assert stepper.ring_deg == pytest.approx(before, abs=0.02)
    crept(stepper, 100, -1, start_s=stepper.now_s)
    lagging = stepper.ring_deg - stepper.commanded_deg
    assert lagging == pytest.approx(0.25, abs=sag_deg(dataclasses.replace(rig, lash_deg=0.0)))


@pytest.mark.parametrize("name", MOTORS)
def test_too_fast_a_pull_loses_whole_electrical_cycles(name: str) -> None:
    rig = Rig(motor=MOTORS[name])
    stepper = pulled(Stepper(rig), 90.0, 0.03)
    assert stepper.lost_full_steps > 0
    assert stepper.lost_full_steps % 4 == 0
    missing = stepper.commanded_deg - stepper.ring_deg - stepper.lost_full_steps * rig.ring_deg_per_full_step
    assert abs(missing) < sag_deg(rig)


def test_torque_falls_with_speed_as_the_pullout_curve_says() -> None:
    """A ring whose friction is just below, and just above, what the motor has at a speed it is ramped to gently."""
    motor = MOTORS["14hs17-0504s"]
    degrees, duration_s = 300.0, 0.5
    fastest = 1.875 * math.radians(degrees) * 2.6 / duration_s
    torque = float(pullout_torque_nm(motor, 24.0, 0.45, fastest))
    assert torque < 0.6 * float(pullout_torque_nm(motor, 24.0, 0.45, 0.0))
    for share, slips in ((0.85, False), (1.1, True)):
        friction = share * torque * 2.6
        rig = Rig(motor=motor, ring_friction_nm=friction, ring_inertia_kgm2=2e-5, gear_efficiency=1.0)
        assert (pulled(Stepper(rig), degrees, duration_s).lost_full_steps != 0) is slips


def test_a_hard_stop_holds_the_ring_and_is_felt() -> None:
    """Steps on against a stop: contact when the count is there too, then slip after slip, and the ring stays near."""
    stepper = Stepper(DEFAULT_RIG, (0.0, 300.0), 5.0)
    rate, felt_at, angles = 1000.0, [], []
    for k in range(600):
        stepper.step((k + 1) / rate, -1)
        stepper.advance((k + 1) / rate)
        angles.append(stepper.ring_deg)
        if stepper.contact:
            felt_at.append(stepper.commanded_deg)
    assert felt_at[0] == pytest.approx(0.0, abs=0.3)
    assert min(angles) > -0.3
    assert max(angles[300:]) < 4 * DEFAULT_RIG.ring_deg_per_full_step
    assert stepper.stalled
    stepper.advance(1.0)
    stepper.settle()
    assert not stepper.stalled
    assert stepper.lost_full_steps < 0
    assert stepper.lost_full_steps % 4 == 0


def test_pressing_gently_on_the_upper_stop_loses_nothing() -> None:
    """Less than a quarter cycle past the stop the motor only presses; back off, and the count is still true."""
    stepper = crept(Stepper(DEFAULT_RIG, (0.0, 10.0), 9.5), 24, 1, rate=200.0)
    assert stepper.contact == 1
    assert 10.0 <= stepper.ring_deg < 10.1
    crept(stepper, 24, -1, rate=200.0, start_s=stepper.now_s)
    assert stepper.lost_full_steps == 0
    assert stepper.ring_deg == pytest.approx(9.5, abs=0.1)


@pytest.mark.parametrize("polls_s", [0.0001, 0.00037, 0.02])
def test_the_result_does_not_depend_on_how_often_it_is_asked_for(polls_s: float) -> None:
    once = pulled(Stepper(DEFAULT_RIG), 90.0, 0.3)
    often = Stepper(DEFAULT_RIG)
    edges = iter([float(t) for t in minimum_jerk_edges(round(90 * DEFAULT_RIG.steps_per_deg), 0.3)])
    upcoming = next(edges)
    for poll in np.arange(polls_s, 0.4, polls_s):
        while upcoming < poll:
            often.step(upcoming, 1)
            upcoming = next(edges, math.inf)
        often.advance(float(poll))
    often.advance(once.now_s)
    once.advance(often.now_s)
    assert (often.ring_deg, often.rotor_deg, often.now_s) == (once.ring_deg, once.rotor_deg, once.now_s)


def test_rest_costs_nothing() -> None:
    stepper = pulled(Stepper(DEFAULT_RIG), 10.0, 0.5)
    ring = stepper.ring_deg
    stepper.advance(1e6)
    assert stepper.now_s == pytest.approx(1e6)
    assert stepper.ring_deg == ring
    crept(stepper, 100, 1, start_s=1e6)
    assert stepper.ring_deg == pytest.approx(ring + 100 * DEFAULT_RIG.ring_deg_per_step, abs=0.01)


def test_time_ends_within_one_step_of_what_was_asked() -> None:
    stepper = Stepper(DEFAULT_RIG)
    stepper.step(0.0, 1)
    stepper.advance(0.01234567)
    assert 0.0 <= 0.01234567 - stepper.now_s < TIME_STEP_S


def test_edges_out_of_order_are_refused() -> None:
    stepper = Stepper(DEFAULT_RIG)
    stepper.step(0.5, 1)
    with pytest.raises(ValueError, match="order"):
        stepper.step(0.4, 1)


def test_a_start_outside_the_stops_is_refused() -> None:
    with pytest.raises(RequestError):
        Stepper(DEFAULT_RIG, (0.0, 300.0), 301.0)


def test_released_the_ring_stays_and_steps_turn_nothing() -> None:
    stepper = pulled(Stepper(DEFAULT_RIG), 20.0, 0.5)
    ring = stepper.ring_deg
    stepper.release()
    assert not stepper.energised
    crept(stepper, 200, 1, start_s=stepper.now_s)
    assert stepper.ring_deg == pytest.approx(ring, abs=DEFAULT_RIG.lash_deg)
    stepper.energise()
    stepper.settle()
    assert abs(stepper.load_angle_deg) < 30
    assert stepper.lost_full_steps % 4 == 0
    assert stepper.lost_full_steps > 0


def test_a_knock_is_four_full_steps_a_cycle() -> None:
    stepper = pulled(Stepper(DEFAULT_RIG), 50.0, 0.5)
    ring = stepper.ring_deg
    stepper.slip(2)
    stepper.settle()
    assert stepper.lost_full_steps == 8
    assert stepper.stalled
    assert stepper.ring_deg == pytest.approx(ring - 8 * DEFAULT_RIG.ring_deg_per_full_step, abs=0.02)


def test_a_motor_that_lost_most_of_its_torque_slips_on_a_pull_it_could_do() -> None:
    assert pulled(Stepper(DEFAULT_RIG), 90.0, 0.5).lost_full_steps == 0
    weak = Stepper(DEFAULT_RIG)
    weak.torque_scale = 0.1
    assert pulled(weak, 90.0, 0.5).lost_full_steps > 0


def test_every_motor_comes_to_rest_though_nothing_rubs() -> None:
    for motor in MOTORS.values():
        stepper = Stepper(Rig(motor=motor, ring_friction_nm=0.0, lash_deg=0.0))
        for t in minimum_jerk_edges(round(30 * stepper.rig.steps_per_deg), 0.5):
            stepper.step(float(t), 1)
        stepper.advance(0.5)
        stepper.settle(1.0)
        assert stepper.now_s < 1.4
        assert stepper.lost_full_steps == 0


def test_energy_does_not_grow_in_a_ring_without_mass() -> None:
    """The mesh is stiff: with the lightest ring and rotor the integration must still be stable."""
    stepper = pulled(Stepper(Rig(motor=MOTORS["36sth20-1004ahg"], ring_inertia_kgm2=0.0)), 90.0, 0.5)
    assert stepper.lost_full_steps == 0
    assert stepper.ring_deg == pytest.approx(90.0, abs=0.3)

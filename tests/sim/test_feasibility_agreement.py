# SPDX-License-Identifier: MIT
"""The planner says how short a pull may be; the simulated motor, which knows nothing of that, must agree.

Over a grid of motors, supplies, rings and throws: 20 % longer than the shortest never slips, 40 % shorter always does.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from followfocus.motion.easing import Easing, parse_easing
from followfocus.motion.limits import STANDARD, UNLIMITED, check_pull
from followfocus.motion.motion import motion_of
from followfocus.motion.motor import MOTORS, Motor, Rig, motor_named
from followfocus.motion.pull import Mark, Pull
from followfocus.sim.stepper import Stepper
from followfocus.steps.profile import compile_profile

THROWS_DEG = (15.0, 30.0, 90.0, 300.0)
FRICTIONS_NM = (0.03, 0.08, 0.2, 0.35)
INERTIAS_KGM2 = (5e-5, 2e-4, 6e-4)
MINJERK = parse_easing("minjerk")


def asked(degrees: float, duration_s: float, easing: Easing = MINJERK) -> Pull:
    return Pull.between(Mark("A", 0.0), Mark("B", degrees), duration_s, easing)


def shortest_s(rig: Rig, degrees: float, easing: Easing = MINJERK) -> float:
    """The shortest duration that the motor allows: no ring limits, any step rate."""
    return check_pull(asked(degrees, 1.0, easing), rig, UNLIMITED, None, 1.0).min_duration_s


def lost_full_steps(rig: Rig, degrees: float, duration_s: float, easing: Easing = MINJERK) -> int:
    """Play the step edges of a pull on the simulated motor, each where the curve crosses half a step."""
    u = np.linspace(0.0, 1.0, 20_001)
    steps = round(degrees * rig.steps_per_deg)
    stepper = Stepper(rig)
    for share in np.interp((np.arange(steps) + 0.5) / steps, easing.value(u), u):
        stepper.step(float(share) * duration_s, 1)
    stepper.advance(duration_s)
    stepper.settle()
    return stepper.lost_full_steps


def rings(motor: Motor, volts: float) -> list[Rig]:
    """The rings that the motor may be put on: those whose friction leaves it half its torque."""
    made = [
        Rig(motor=motor, volts=volts, ring_friction_nm=friction, ring_inertia_kgm2=inertia)
        for friction, inertia in itertools.product(FRICTIONS_NM, INERTIAS_KGM2)
    ]
    return [rig for rig in made if math.isfinite(shortest_s(rig, 90.0))]


@pytest.mark.parametrize("volts", [12.0, 24.0])
@pytest.mark.parametrize("motor", MOTORS.values(), ids=lambda motor: motor.name)
def test_longer_never_slips_and_much_shorter_always_does(motor: Motor, volts: float) -> None:
    tried = rings(motor, volts)
    assert tried
    for rig, degrees in itertools.product(tried, THROWS_DEG):
        least = shortest_s(rig, degrees)
        where = f"{rig.ring_friction_nm} N·m, {rig.ring_inertia_kgm2} kg·m², {degrees}°, shortest {least:.3f} s"
        assert lost_full_steps(rig, degrees, 1.2 * least) == 0, where
        assert lost_full_steps(rig, degrees, 0.6 * least) != 0, where
        if rig.ring_inertia_kgm2 >= 2e-4 and degrees >= 90.0:
            assert lost_full_steps(rig, degrees, least) == 0, where


@pytest.mark.parametrize(
    "easing", ["sine", "smoothstep", "cycloidal", "septic", "scurve", "trapezoid(0.25)", "quad_in_out"]
)
def test_other_easings_too_those_that_step_included(easing: str) -> None:
    curve = parse_easing(easing)
    for name, degrees in itertools.product(("nema11", "14hs17-0504s", "nema14", "nema17"), (30.0, 90.0, 300.0)):
        rig = Rig(motor=motor_named(name), ring_friction_nm=0.06)
        least = shortest_s(rig, degrees, curve)
        assert lost_full_steps(rig, degrees, 1.2 * least, curve) == 0, (name, degrees)
        assert lost_full_steps(rig, degrees, 0.6 * least, curve) != 0, (name, degrees)


@pytest.mark.parametrize("name", MOTORS)
def test_linear_at_the_start_stop_speed_with_reserve_never_slips(name: str) -> None:
    for friction, inertia in itertools.product((0.02, 0.08), INERTIAS_KGM2):
        rig = Rig(motor=MOTORS[name], ring_friction_nm=friction, ring_inertia_kgm2=inertia)
        least = shortest_s(rig, 60.0, parse_easing("linear"))
        assert lost_full_steps(rig, 60.0, least, parse_easing("linear")) == 0
        assert lost_full_steps(rig, 60.0, 0.4 * least, parse_easing("linear")) != 0


def test_torque_runs_out_where_the_planner_says_within_a_fifth() -> None:
    """The bare prediction, without reserve, on a typical ring: no slip a quarter above it, slip a tenth below."""
    for name, degrees in itertools.product(MOTORS, (30.0, 90.0)):
        rig = Rig(motor=MOTORS[name], ring_friction_nm=0.05)
        bare = check_pull(asked(degrees, 1.0), rig, UNLIMITED, None, 1.0).slips_below_s
        assert lost_full_steps(rig, degrees, 1.25 * bare) == 0, (name, degrees)
        assert lost_full_steps(rig, degrees, 0.9 * bare) != 0, (name, degrees)


@pytest.mark.parametrize("name", MOTORS)
def test_within_the_standard_ring_limits_nothing_ever_slips(name: str) -> None:
    """Pulls that the program allows with its ordinary settings, at exactly the shortest duration."""
    allowed = 0
    for friction, inertia, degrees in itertools.product(FRICTIONS_NM, INERTIAS_KGM2, THROWS_DEG):
        rig = Rig(motor=MOTORS[name], ring_friction_nm=friction, ring_inertia_kgm2=inertia)
        least = check_pull(asked(degrees, 1.0), rig, STANDARD).min_duration_s
        if math.isfinite(least):
            allowed += 1
            assert lost_full_steps(rig, degrees, least) == 0, (friction, inertia, degrees)
    assert allowed >= len(THROWS_DEG)


def test_a_nema_11_on_a_stiff_ring_at_snap_speed_slips_and_was_warned_of() -> None:
    """From the plan's own step times: warned of beforehand, then steps lost by fours and the ring short of its mark."""
    rig = Rig(motor=motor_named("nema11"), ring_friction_nm=0.2)
    snap = asked(120.0, 0.4)
    warned = check_pull(snap, rig)
    assert not warned.feasible
    assert warned.binding == "ring friction"
    assert warned.slips_below_s > 0.4
    profile = compile_profile(motion_of(snap), rig.steps_per_deg)
    stepper = Stepper(rig, (0.0, 300.0))
    for tick in profile.edge_ticks():
        stepper.step(float(tick) / profile.tick_hz, 1)
    stepper.advance(profile.duration_s)
    stepper.settle()
    assert stepper.lost_full_steps >= 4
    assert stepper.lost_full_steps % 4 == 0
    assert stepper.commanded_deg == pytest.approx(120.0, abs=rig.ring_deg_per_step)
    short_by = stepper.commanded_deg - stepper.ring_deg
    assert short_by == pytest.approx(stepper.lost_full_steps * rig.ring_deg_per_full_step, abs=0.8)

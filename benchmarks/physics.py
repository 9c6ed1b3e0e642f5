# SPDX-License-Identifier: MIT
"""Figures of the motor model: how long a check takes, how fast the simulated motor runs, and how well the two agree."""

from __future__ import annotations

import collections
import itertools
import math
import time
from collections.abc import Callable

import numpy as np

from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import UNLIMITED, check_pull
from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig, motor_named
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.sim.stepper import Stepper

MINJERK = parse_easing("minjerk")


def pull(degrees: float, duration_s: float) -> Pull:
    """A minimum-jerk pull from 0°."""
    return Pull.between(Mark("A", 0.0), Mark("B", degrees), duration_s)


def milliseconds(work: Callable[[int], object], rounds: int = 200) -> float:
    """Mean time of one call."""
    began = time.perf_counter()
    for number in range(rounds):
        work(number)
    return (time.perf_counter() - began) / rounds * 1e3


def check_times() -> None:
    """Time a check while something is dragged in the app."""
    weak = Rig(motor=motor_named("nema11"), ring_friction_nm=0.1)
    marks = tuple(
        Mark(name, at, through=name == "C") for name, at in (("A", 0), ("B", 90), ("C", 40), ("D", 5), ("E", 99))
    )
    print(f"check, mark dragged       {milliseconds(lambda k: check_pull(pull(90 + k * 0.1, 1.0))):6.2f} ms")
    print(f"check, duration dragged   {milliseconds(lambda k: check_pull(pull(90, 1 + k * 0.1))):6.2f} ms")
    too_weak = milliseconds(lambda k: check_pull(pull(150 + k * 0.1, 0.05), weak, UNLIMITED))
    print(f"check, motor too weak     {too_weak:6.2f} ms")
    many = [Pull((Mark("A", -k * 0.1), *marks[1:]), (Leg(1.0),) * 4) for k in range(1, 201)]
    print(f"check, five marks         {milliseconds(lambda k: check_pull(many[k])):6.2f} ms")


def play(rig: Rig, degrees: float, duration_s: float) -> Stepper:
    """The simulated motor after a minimum-jerk pull of `degrees`."""
    u = np.linspace(0.0, 1.0, 20_001)
    steps = round(degrees * rig.steps_per_deg)
    stepper = Stepper(rig)
    for share in np.interp((np.arange(steps) + 0.5) / steps, MINJERK.value(u), u):
        stepper.step(float(share) * duration_s, 1)
    stepper.advance(duration_s)
    stepper.settle()
    return stepper


def simulation_speed() -> None:
    """Processor time of a take on the simulated motor, and how far friction and lash leave the ring short."""
    for degrees, duration_s in ((130.0, 2.0), (300.0, 0.9), (60.0, 30.0)):
        began = time.process_time()
        stepper = play(DEFAULT_RIG, degrees, duration_s)
        spent = time.process_time() - began
        steps = round(degrees * DEFAULT_RIG.steps_per_deg)
        lag = stepper.commanded_deg - stepper.ring_deg
        took = f"simulated {degrees:3.0f}° in {duration_s:4.1f} s, {steps:5d} microsteps: {spent:5.2f} s CPU"
        print(f"{took}, lands {lag:.3f}° short")


def agreement() -> None:
    """Where the simulated motor slips, against the duration at which the planner sees its torque run out."""
    first: collections.Counter[float] = collections.Counter()
    verdicts: collections.Counter[float] = collections.Counter()
    cells = 0
    grid = itertools.product(
        MOTORS.values(), (12.0, 24.0), (0.03, 0.08, 0.2, 0.35), (5e-5, 2e-4, 6e-4), (30.0, 90.0, 300.0)
    )
    for motor, volts, friction, inertia, degrees in grid:
        rig = Rig(motor=motor, volts=volts, ring_friction_nm=friction, ring_inertia_kgm2=inertia)
        found = check_pull(pull(degrees, 1.0), rig, UNLIMITED, None, 1.0)
        if not math.isfinite(found.min_duration_s):
            continue
        cells += 1
        ratios = [
            r
            for r in (0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
            if play(rig, degrees, r * found.slips_below_s).lost_full_steps
        ]
        first[max(ratios, default=0.0)] += 1
        for factor in (1.2, 1.0, 0.6):
            verdicts[factor] += bool(play(rig, degrees, factor * found.min_duration_s).lost_full_steps)
    print(f"{cells} cells (motor, volts, friction, inertia, throw):")
    for factor, slipped in verdicts.items():
        print(f"  at {factor:.1f} of the shortest duration {slipped} slip")
    print("  slowest pull that slips, in multiples of the time at which torque runs out: ", end="")
    print(", ".join(f"{ratio:.1f}: {count}" for ratio, count in sorted(first.items())))


if __name__ == "__main__":
    check_times()
    simulation_speed()
    agreement()

# SPDX-License-Identifier: MIT
"""The planner against the simulated unit: what one compresses the other expands, by code that they don't share."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import StepperRing
from followfocus.steps.profile import StepProfile, compile_profile
from followfocus.wire.messages import Goto, Segment, State, TakeStarted
from tests.sim.driver import Driver
from tests.sim.test_device_profile import stream

RATIO = DEFAULT_RIG.steps_per_deg
JOBS = {"J1": (4000, 1.0), "J2": (1600, 2.0), "J3": (1600, 0.35), "J4": (24_000, 5.0)}


def pull_of(steps: int, duration_s: float, easing: str = "minjerk") -> StepProfile:
    pull = Pull.between(Mark("A", 0.0), Mark("B", steps / RATIO), duration_s, parse_easing(easing))
    return compile_profile(motion_of(pull), RATIO)


def segments_of(profile: StepProfile) -> list[Segment]:
    return [Segment(int(s["interval"]), int(s["count"]), int(s["add"])) for s in profile.segments]


def play(driver: Driver, profile: StepProfile) -> np.ndarray:
    """Edges of a take, ticks from its time zero."""
    driver.unit.edges.clear()
    segments = segments_of(profile)
    driver.play(segments, profile.start)
    stream(driver, segments, min(96, len(segments)))
    driver.wait_for(State.LOADED if len(segments) <= 96 else State.IDLE, 60)
    zero = driver.events(TakeStarted)[-1].clock
    return np.array([tick - zero for tick, _ in driver.edges()])


@pytest.mark.parametrize(("steps", "duration_s"), JOBS.values(), ids=JOBS.keys())
def test_the_standard_jobs_play_as_planned_to_the_tick(steps, duration_s):
    driver = Driver().ready()
    profile = pull_of(steps, duration_s)
    assert np.array_equal(play(driver, profile), profile.edge_ticks())
    assert driver.unit.position == steps
    assert driver.events(TakeStarted)[-1].take == 1


@pytest.mark.parametrize("easing", ["linear", "sine", "scurve", "septic"])
def test_other_curves_too(easing):
    profile = pull_of(900, 1.2, easing)
    driver = Driver().ready(profile.start)
    assert np.array_equal(play(driver, profile), profile.edge_ticks())


def test_there_and_back_with_holds():
    minjerk = parse_easing("minjerk")
    marks = (Mark("A", 0.0), Mark("B", 80.0, hold_s=0.7), Mark("C", 20.0, hold_s=0.2), Mark("D", 60.0))
    pull = Pull(marks, (Leg(0.8, minjerk), Leg(1.1, minjerk), Leg(0.5, minjerk)))
    profile = compile_profile(motion_of(pull), RATIO)
    driver = Driver().ready()
    assert np.array_equal(play(driver, profile), profile.edge_ticks())
    assert driver.unit.position == profile.end


def test_ten_takes_are_one_and_the_ring_lands_on_its_mark():
    driver = Driver(SimulatedUnit(mechanics=StepperRing())).ready()
    profile = pull_of(2000, 2.0)
    first = play(driver, profile)
    for _ in range(3):
        driver.wait(0.1)
        assert driver.unit.ring_deg == pytest.approx(
            2000 / RATIO, abs=DEFAULT_RIG.lash_deg + 2 * DEFAULT_RIG.ring_deg_per_step
        )
        driver.does(Goto(0, 0))
        driver.wait_for(State.LOADED if len(profile.segments) <= 96 else State.IDLE)
        assert np.array_equal(play(driver, profile), first)

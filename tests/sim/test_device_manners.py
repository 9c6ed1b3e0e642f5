# SPDX-License-Identifier: MIT
"""The simulated unit's manners: the motor takes hold before a place is named, it does not stay armed for ever, and
its pins are not its count."""

from __future__ import annotations

import pytest

from followfocus.motion.motor import DEFAULT_RIG
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import StepperRing
from followfocus.wire.messages import (
    Arm,
    Cause,
    ConfirmPosition,
    Flag,
    GetSafety,
    Goto,
    Hold,
    Jog,
    Park,
    Ping,
    ResetCause,
    Result,
    Safety,
    SaveConfig,
    SetLimits,
    SetPosition,
    State,
    StateChanged,
)
from tests.sim.driver import Driver, steady

PER_STEP = DEFAULT_RIG.ring_deg_per_step
FULL_STEP_DEG = DEFAULT_RIG.ring_deg_per_full_step
CYCLE_STEPS = 4 * DEFAULT_RIG.microsteps
PROFILE = [steady(3000, 200)]


def on_a_motor(**build: object) -> Driver:
    driver = Driver(SimulatedUnit(mechanics=StepperRing(), build=Build(**build)))  # type: ignore[arg-type]
    driver.hello()
    return driver


# Taking hold ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("off_steps", [0, 10, 24, 31, -31, -10])
def test_a_motor_that_takes_hold_jumps_to_its_field_and_nobody_counts_it(off_steps):
    driver = on_a_motor()
    named = 20 * CYCLE_STEPS + off_steps
    driver.does(SetPosition(named))  # the ring was turned there by hand, and the motor was off
    driver.wait(0.2)
    jumped_deg = driver.unit.ring_deg - named * PER_STEP
    assert jumped_deg == pytest.approx(-off_steps * PER_STEP, abs=0.1)  # less what friction and lash hold back
    assert abs(jumped_deg) <= 2 * FULL_STEP_DEG
    assert driver.status().position == named


def test_a_place_that_is_named_after_the_motor_holds_is_right():
    driver = on_a_motor()
    driver.does(Hold(1), SetPosition(20 * CYCLE_STEPS + 31))
    driver.wait(0.2)
    assert driver.unit.ring_deg == pytest.approx((20 * CYCLE_STEPS + 31) * PER_STEP, abs=1e-9)


def test_the_answer_comes_when_the_motor_has_settled():
    for command in (SetPosition(5), Hold(1)):
        driver = on_a_motor()
        before_s = driver.now_s
        driver.does(command)
        assert 0.100 <= driver.now_s - before_s <= 0.105
        before_s = driver.now_s
        driver.does(command)  # it holds already
        assert driver.now_s - before_s <= 0.005


def test_what_comes_in_the_meantime_is_answered_after_it():
    driver = on_a_motor()
    driver.does(Safety(120, 150))
    before = len(driver.heard)
    driver.send(driver.frame(SetPosition(5), 40))
    driver.wait(0.02)
    driver.send(driver.frame(SetPosition(5), 40))  # the host's second try
    driver.send(driver.frame(Ping(), 41))
    driver.wait(0.2)
    assert [seq for _, seq, _ in driver.heard[before:] if seq] == [40, 40, 41]
    assert driver.unit.state is State.IDLE


def test_a_first_motion_waits_for_the_motor_too():
    driver = on_a_motor()
    asked = driver.unit.clock
    driver.does(Jog(400))
    driver.wait(0.3, ping_every_s=0.1)
    assert driver.edges()[0][0] - asked >= 1_600_000
    first = len(driver.edges())
    driver.does(Jog(0))
    driver.wait_for(State.UNREFERENCED)
    asked = driver.unit.clock
    driver.does(Jog(400))
    driver.wait(0.1)
    assert driver.edges()[first][0] - asked < 200_000


def test_a_stop_while_it_waits_leaves_no_step():
    driver = on_a_motor()
    driver.does(Jog(400), Jog(0))
    driver.wait(0.3)
    assert driver.unit.state is State.UNREFERENCED
    assert not driver.edges()


def test_a_parked_ring_may_jump_when_it_is_confirmed():
    driver = on_a_motor()
    driver.does(Hold(1), SetPosition(1000), Goto(1030, 0))
    driver.wait_for(State.IDLE)
    driver.wait(0.2)
    driver.does(Park())
    driver.unit.reset(driver.now_s, ResetCause.POWER_ON)
    driver.wait(0.1)
    driver.hello()
    before_s = driver.now_s
    driver.does(ConfirmPosition())
    assert driver.now_s - before_s >= 0.1
    assert driver.status().position == 1030
    jumped_deg = driver.unit.ring_deg - 1030 * PER_STEP
    assert abs(jumped_deg) == pytest.approx(30 * PER_STEP, abs=2 * DEFAULT_RIG.lash_deg)


def test_settling_has_a_longest_time_and_is_kept():
    driver = on_a_motor()
    assert driver.ask(GetSafety()) == Safety(120, 100)
    assert driver.result(Safety(120, 1001)) is Result.BAD_VALUE
    driver.does(Safety(0, 0), SaveConfig())
    driver.unit.reset(driver.now_s)
    driver.wait(0.1)
    driver.hello()
    assert driver.ask(GetSafety()) == Safety(0, 0)


# Silence --------------------------------------------------------------------------------------------------------------


def armed(armed_silence_s: int) -> Driver:
    driver = Driver().ready()
    driver.does(Safety(armed_silence_s, 100))
    driver.load(PROFILE)
    driver.does(Arm(1, 1))
    return driver


def test_armed_is_not_for_ever():
    driver = armed(120)
    driver.wait(119.9)
    assert driver.unit.state is State.ARMED
    driver.wait(0.2)
    assert driver.unit.state is State.LOADED
    [*_, changed] = driver.events(StateChanged)
    assert (changed.before, changed.after, changed.cause) == (State.ARMED, State.LOADED, Cause.SILENCE)
    driver.unit.set_cue(True, driver.now_s)
    driver.wait(1.0)
    assert not driver.edges()


def test_a_host_that_is_heard_keeps_it_armed():
    driver = armed(2)
    driver.wait(10.0, ping_every_s=1.0)
    assert driver.unit.state is State.ARMED


def test_for_ever_can_be_asked_for():
    driver = armed(0)
    driver.wait(100_000.0)
    assert driver.unit.state is State.ARMED


# Pins and count -------------------------------------------------------------------------------------------------------


def test_the_pins_travel_as_far_as_is_counted():
    driver = Driver().ready()
    driver.play([steady(3000, 200), steady(3000, -150)])
    driver.wait_for(State.LOADED)
    driver.does(Jog(2000))
    driver.wait(0.1)
    driver.does(Jog(-2000))
    driver.wait(0.2)
    driver.does(Jog(0))
    driver.wait_for(State.LOADED)
    assert driver.unit.pins.travelled == driver.unit.position


def test_a_driver_that_is_pointed_the_wrong_way_turns_the_wrong_way_whatever_is_counted():
    driver = Driver().ready()
    driver.does(SetLimits(-1000, 1000))
    driver.unit.pins.point = lambda direction, tick: None  # type: ignore[method-assign]
    driver.does(Goto(100, 0))
    driver.wait_for(State.IDLE)
    assert driver.status().position == 100
    assert driver.unit.pins.travelled == -100
    assert driver.unit.ring_deg < 0


@pytest.mark.parametrize("direction", [1, -1])
def test_dir_has_stood_before_its_step_comes_and_is_mirrored_where_the_motor_is(direction):
    driver = Driver().ready()
    driver.settings(direction=direction)
    seen: list[tuple[int, str, int]] = []
    driver.unit.pins.listener = lambda *change: seen.append(change)
    driver.does(SetPosition(0), Goto(20, 0))
    driver.wait_for(State.IDLE)
    driver.play([steady(3000, 20), steady(3000, -20)], start=20)
    driver.wait_for(State.LOADED)
    level, since, travelled = 0, 0, 0
    for tick, pin, value in seen:
        if pin == "DIR":
            level, since = value, tick
        else:
            assert tick - since >= 320
            travelled += direction if level else -direction
    assert travelled == driver.unit.position == 20
    driver.wait(0.01)


def test_flags_tell_that_the_motor_holds():
    driver = on_a_motor()
    assert not driver.status().flags & Flag.ENERGISED
    driver.does(Hold(1))
    assert driver.status().flags & Flag.ENERGISED

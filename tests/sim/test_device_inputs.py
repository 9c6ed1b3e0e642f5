# SPDX-License-Identifier: MIT
"""The pins of the simulated unit: cue, home switch, stall; and homing between the stops of a lens."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from followfocus.motion.motor import DEFAULT_RIG
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.inputs import CUE_LEAD_TICKS, FILTER_TICKS
from followfocus.sim.mechanics import RigidRing, StepperRing
from followfocus.wire.messages import (
    Arm,
    Cause,
    ClearFault,
    CueEdge,
    Disarm,
    Fault,
    Flag,
    Go,
    Goto,
    Hold,
    Home,
    Homed,
    Jog,
    Result,
    SetLimits,
    SetPosition,
    Source,
    State,
    StateChanged,
    StopInput,
    TakeEnded,
    TakeStarted,
)
from tests.sim.driver import Driver, edge_ticks, steady

PROFILE = [steady(3000, 200)]


def armed(edge: CueEdge = CueEdge.FALLING, cue: int = 1, active: bool = False) -> Driver:
    driver = Driver().ready()
    driver.settings(cue_edge=edge)
    driver.unit.set_cue(active, driver.now_s)
    driver.load(PROFILE)
    driver.does(Arm(1, cue))
    return driver


def move_cue(driver: Driver, *levels: bool) -> None:
    for active in levels:
        driver.wait(0.01)
        driver.unit.set_cue(active, driver.now_s)
        driver.wait(0.001)


@pytest.mark.parametrize(
    ("edge", "at_arming", "moves", "starts"),
    [
        (CueEdge.FALLING, False, [True], True),
        (CueEdge.FALLING, True, [], False),
        (CueEdge.FALLING, True, [False], False),
        (CueEdge.FALLING, True, [False, True], True),
        (CueEdge.RISING, True, [False], True),
        (CueEdge.RISING, False, [], False),
        (CueEdge.RISING, False, [True], False),
        (CueEdge.RISING, False, [True, False], True),
    ],
)
def test_only_the_named_edge_starts_a_take(edge, at_arming, moves, starts):
    driver = armed(edge, active=at_arming)
    move_cue(driver, *moves)
    assert (driver.unit.state is State.PLAYING) is starts


def test_a_take_started_by_the_cue_counts_from_its_edge():
    driver = armed()
    driver.wait(0.123456)
    driver.unit.set_cue(True, driver.now_s)
    edge = driver.unit.clock
    driver.wait_for(State.LOADED)
    [started], [ended] = driver.events(TakeStarted), driver.events(TakeEnded)
    assert (started.source, started.clock, started.take) == (Source.CUE, edge, 1)
    assert (ended.cause, ended.start_clock) == (Cause.DONE, edge + CUE_LEAD_TICKS)
    assert [tick - ended.start_clock for tick, _ in driver.edges()] == [tick for tick, _ in edge_ticks(PROFILE)]


def test_takes_on_cue_are_numbered_on():
    driver = armed()
    driver.does(Go(65_535, 0))
    driver.wait_for(State.LOADED)
    driver.does(Goto(0, 0))
    driver.wait_for(State.LOADED)
    driver.does(Arm(1, 1))
    move_cue(driver, True)
    driver.wait(0.01)
    assert driver.events(TakeStarted)[-1].take == 0


def test_a_cue_starts_nothing_that_was_not_armed_for_it():
    for driver in (armed(cue=0), armed()):
        if driver.status().flags & Flag.CUE_ENABLED:
            driver.does(Disarm())
        move_cue(driver, True, False, True)
        driver.wait(0.1)
        assert driver.unit.state is not State.PLAYING
        assert not driver.edges()


def test_telemetry_shows_the_inputs():
    driver = Driver().ready()
    driver.unit.set_cue(True)
    driver.unit.set_stop(True)
    driver.wait(0.001)
    assert driver.status().flags & (Flag.CUE_ACTIVE | Flag.STOP_ACTIVE) == Flag.CUE_ACTIVE | Flag.STOP_ACTIVE
    driver.unit.set_cue(False)
    driver.unit.set_stop(False)
    driver.wait(0.001)
    assert not driver.status().flags & (Flag.CUE_ACTIVE | Flag.STOP_ACTIVE)


# Homing ---------------------------------------------------------------------------------------------------------------

PER_STEP = DEFAULT_RIG.ring_deg_per_step
TRAVEL = 120.0


def on_a_lens(start_deg: float = 50.0, physical: bool = False) -> Driver:
    """A unit on a ring between stops, stall output wired, greeted."""
    if physical:
        ring = StepperRing(DEFAULT_RIG, (0.0, TRAVEL), start_deg)
    else:
        ring = RigidRing(PER_STEP, (0.0, TRAVEL))
        ring.place(start_deg, 0.0)
    driver = Driver(SimulatedUnit(mechanics=ring))
    driver.hello()
    driver.settings(stop_input=StopInput.HOME_SWITCH)
    return driver


@pytest.mark.parametrize("physical", [False, True], ids=["rigid", "stepper"])
def test_homing_finds_both_stops_and_measures_the_span(physical):
    driver = on_a_lens(physical=physical)
    driver.does(Home(20_000))
    assert driver.unit.state is State.MOVING
    driver.wait_for(State.IDLE, 60)
    [homed] = driver.events(Homed)
    backoff = driver.unit.config.home_backoff
    assert homed.span == pytest.approx(TRAVEL / PER_STEP - 2 * backoff, abs=8)
    assert driver.unit.position == homed.span
    assert driver.unit.ring_deg == pytest.approx(TRAVEL - backoff * PER_STEP, abs=0.2)
    assert driver.result(Goto(-1, 0)) is Result.OUTSIDE_LIMITS
    assert driver.result(Goto(homed.span + 1, 0)) is Result.OUTSIDE_LIMITS
    driver.does(Goto(0, 0))
    driver.wait_for(State.IDLE)
    assert driver.unit.ring_deg == pytest.approx(backoff * PER_STEP, abs=0.2)


def test_homing_works_from_the_lower_stop():
    driver = on_a_lens(start_deg=0.0)
    driver.does(Home(20_000))
    driver.wait_for(State.IDLE, 60)
    assert len(driver.events(Homed)) == 1


def test_a_stop_that_is_not_there_is_a_fault_and_the_position_unknown():
    driver = on_a_lens()
    driver.does(Home(300))
    driver.wait_for(State.FAULT)
    status = driver.status()
    assert (status.fault, status.position) == (Fault.HOME_NOT_FOUND, -300)
    assert not status.flags & Flag.REFERENCED
    driver.does(ClearFault())
    assert driver.unit.state is State.UNREFERENCED


def test_a_second_stop_that_is_not_there_is_a_fault_too():
    driver = on_a_lens(start_deg=2.0)
    driver.does(Home(500))
    driver.wait_for(State.FAULT)
    assert driver.status().fault is Fault.HOME_NOT_FOUND


def test_homing_is_slow_and_stops_when_the_host_is_gone():
    driver = on_a_lens()
    driver.does(Home(20_000))
    driver.wait(2.0)
    assert driver.unit.state is State.UNREFERENCED
    assert driver.events(StateChanged)[-1].cause is Cause.SILENCE
    assert not driver.events(Homed)


def test_other_motion_is_refused_while_homing():
    driver = on_a_lens()
    driver.does(Home(20_000))
    assert driver.result(Jog(100)) is Result.WRONG_STATE
    assert driver.result(Goto(0, 0)) is Result.NOT_REFERENCED


def test_a_switch_moved_by_hand_serves_homing_too():
    driver = Driver()
    driver.hello()
    driver.settings(stop_input=StopInput.HOME_SWITCH, home_backoff=40)
    driver.does(Home(5000))
    driver.wait(1.0, ping_every_s=0.1)
    driver.unit.set_stop(True, driver.now_s)
    low = driver.unit.position
    driver.wait(0.02)
    driver.unit.set_stop(False, driver.now_s)
    driver.wait(1.0, ping_every_s=0.1)
    before = len(driver.edges())
    driver.unit.set_stop(True, driver.now_s)
    high = driver.unit.position
    driver.wait_for(State.IDLE)
    [homed] = driver.events(Homed)
    assert low < 0 < high
    assert homed.span == high - 40
    assert len(driver.edges()) == before + 40


def test_a_stall_in_a_take_is_a_fault_and_the_position_unknown():
    driver = on_a_lens()
    driver.does(SetPosition(round(50 / PER_STEP)), SetLimits(-10_000, 10_000))
    start = driver.unit.position
    driver.play([steady(8000, 5000)], start)
    driver.wait_for(State.FAULT)
    status = driver.status()
    assert status.fault is Fault.STALL
    assert not status.flags & Flag.REFERENCED
    [ended] = driver.events(TakeEnded)
    assert (ended.cause, ended.position_known) == (Cause.FAULT, 0)
    assert driver.unit.ring_deg == pytest.approx(TRAVEL, abs=0.5)
    driver.does(ClearFault())
    assert driver.unit.state is State.UNREFERENCED


def test_a_stall_while_jogging_is_a_fault():
    driver = on_a_lens(start_deg=3.0)
    driver.does(Jog(-500))
    driver.wait_for(State.FAULT)
    assert driver.status().fault is Fault.STALL


def test_a_switch_touched_at_rest_means_nothing():
    driver = on_a_lens()
    driver.unit.set_stop(True)
    driver.wait(0.01)
    assert driver.unit.state is State.UNREFERENCED
    driver.does(SetPosition(0))
    driver.unit.set_stop(False)
    assert driver.unit.state is State.IDLE


# The filter -----------------------------------------------------------------------------------------------------------


def pulse(driver: Driver, move: Callable[[bool, float], None], seconds: float) -> None:
    """The pin low for so long."""
    driver.wait(0.01)
    move(True, driver.now_s)
    driver.wait(seconds)
    move(False, driver.now_s)
    driver.wait(0.01)


@pytest.mark.parametrize(("seconds", "acts"), [(1 / 16e6, False), (50e-6, False), (260e-6, True), (1e-3, True)])
def test_a_spike_on_an_input_is_no_command(seconds, acts):
    driver = armed()
    pulse(driver, driver.unit.set_cue, seconds)
    assert (driver.unit.state is State.PLAYING) is acts
    driver = Driver().ready()
    driver.settings(stop_input=StopInput.STOP_BUTTON)
    pulse(driver, driver.unit.set_stop, seconds)
    assert (driver.unit.state is State.FAULT) is acts


def test_spikes_in_a_row_add_up_to_nothing():
    driver = armed()
    for _ in range(50):
        driver.unit.set_cue(True, driver.now_s)
        driver.wait(200e-6)
        driver.unit.set_cue(False, driver.now_s)
        driver.wait(20e-6)
    assert driver.unit.state is State.ARMED


def test_an_edge_from_before_arming_starts_nothing():
    driver = Driver().ready()
    driver.load(PROFILE)
    driver.unit.set_cue(True, driver.now_s)
    driver.wait((FILTER_TICKS - 1600) / 16e6)
    driver.does(Arm(1, 1))
    driver.wait(0.01)
    assert driver.unit.state is State.ARMED


def test_a_stop_and_a_cue_in_the_same_moment_start_nothing():
    driver = armed()
    driver.does(Disarm())
    driver.settings(stop_input=StopInput.STOP_BUTTON)
    driver.load(PROFILE)
    driver.does(Arm(1, 1))
    driver.unit.set_cue(True, driver.now_s)
    driver.unit.set_stop(True, driver.now_s)
    driver.wait(0.1)
    assert driver.unit.state is State.FAULT
    assert not driver.edges()


def test_a_button_that_is_closed_until_pressed_stops_when_its_wire_breaks():
    driver = Driver().ready()
    driver.unit.set_stop(True, driver.now_s)
    driver.wait(0.001)
    driver.settings(stop_input=StopInput.STOP_BUTTON_NC)
    assert not driver.status().flags & Flag.STOP_ACTIVE
    driver.does(Jog(1000))
    driver.wait(0.1)
    driver.unit.set_stop(False, driver.now_s)
    driver.wait(0.001)
    status = driver.status()
    assert (status.state, status.fault) == (State.FAULT, Fault.STOP_INPUT)
    assert status.flags & Flag.STOP_ACTIVE
    assert driver.result(ClearFault()) is Result.INPUT_ACTIVE
    driver.unit.set_stop(True, driver.now_s)
    driver.wait(0.001)
    driver.does(ClearFault())


def test_without_its_button_a_unit_that_wants_one_stands_in_fault():
    driver = Driver().ready()
    driver.settings(stop_input=StopInput.STOP_BUTTON_NC)
    assert driver.unit.state is State.FAULT


# The ring -------------------------------------------------------------------------------------------------------------


def test_a_reference_named_once_the_motor_holds_is_where_the_ring_stands():
    driver = Driver(SimulatedUnit(mechanics=StepperRing(DEFAULT_RIG, (0.0, 300.0))))
    driver.hello()
    driver.does(Hold(1), SetPosition(2000))
    assert driver.unit.ring_deg == pytest.approx(2000 * PER_STEP)
    driver.does(Goto(2500, 0))
    driver.wait_for(State.IDLE)
    driver.wait(0.2)
    assert driver.unit.ring_deg == pytest.approx(2500 * PER_STEP, abs=0.06)
    driver.does(SetPosition(0))  # now the motor holds it: a wrong word doesn't move the ring
    assert driver.unit.ring_deg == pytest.approx(2500 * PER_STEP, abs=0.06)


def test_the_bench_is_built_as_the_unit_is_configured():
    driver = Driver(SimulatedUnit(mechanics=StepperRing()))
    driver.hello()
    driver.settings(microsteps=8, motor_teeth=60, lens_teeth=120)
    driver.does(SetPosition(0), Goto(1600, 0))
    driver.wait_for(State.IDLE)
    driver.wait(0.3)
    assert driver.unit.ring_deg == pytest.approx(180, abs=0.15)


def test_a_knock_is_seen_by_the_witness_only():
    driver = Driver(SimulatedUnit(mechanics=StepperRing())).ready()
    driver.does(Goto(1000, 0))
    driver.wait_for(State.IDLE)
    driver.wait(0.2)
    before = driver.unit.ring_deg
    driver.unit.slip(driver.now_s)
    driver.wait(0.2)
    assert before - driver.unit.ring_deg == pytest.approx(4 * DEFAULT_RIG.ring_deg_per_full_step, abs=0.1)
    assert driver.status().position == 1000


def test_a_reset_lets_go_and_forgets():
    driver = Driver(SimulatedUnit(mechanics=StepperRing())).ready(position=500)
    driver.play([steady(3000, 4000)], 500)
    driver.wait(0.2)
    driver.unit.reset(driver.now_s)
    edges = len(driver.edges())
    driver.wait(0.5)
    driver.hello()
    status = driver.status()
    assert (status.state, status.position) == (State.UNREFERENCED, 0)
    assert not status.flags & (Flag.REFERENCED | Flag.ENERGISED)
    assert len(driver.edges()) == edges
    assert status.clock < 16_000_000

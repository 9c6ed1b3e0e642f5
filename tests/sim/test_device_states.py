# SPDX-License-Identifier: MIT
"""Every command in every state: taken or refused, by a table written from PROTOCOL.md and not from the unit's own."""

from __future__ import annotations

import pytest

from followfocus.sim.states import state_refusal
from followfocus.sim.store import FACTORY_CONFIG
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Ack,
    Arm,
    Cause,
    ClearFault,
    Config,
    ConfirmPosition,
    Disarm,
    FactoryReset,
    Fault,
    GetConfig,
    GetLastKnown,
    GetSafety,
    GetStatus,
    GetTake,
    Go,
    Goto,
    Hello,
    Hold,
    Home,
    Jog,
    LastKnown,
    Message,
    Park,
    Ping,
    ProfileBegin,
    ProfileData,
    Result,
    Safety,
    SaveConfig,
    SetLimits,
    SetPosition,
    SetSerial,
    SetTelemetry,
    State,
    StateChanged,
    StopInput,
    Stopped,
    TakeEnded,
    Unload,
)
from tests.sim.driver import Driver, begin_of, steady

PROFILE = [steady(1600, 400)]
LONG = [steady(16_000, 2000)]

U, I, M, L, A, P, S, F = State  # noqa: E741 - one letter a state, for the table
EVERY = set(State)


def at_state(state: State) -> Driver:
    """A unit that has been brought to `state`."""
    driver = Driver()
    if state is U:
        driver.hello()
        return driver
    driver.ready()
    if state is M:
        driver.does(Jog(500))
    elif state in (L, A):
        driver.load(PROFILE)
    elif state in (P, S):
        driver.play(LONG)
        driver.wait(0.2)
    if state is A:
        driver.does(Arm(1, 0))
    if state is S:
        driver.send(STOP_BYTES)
    if state is F:
        driver.settings(stop_input=StopInput.STOP_BUTTON)
        driver.unit.set_stop(True)
        driver.wait(0.001)
        driver.unit.set_stop(False)
        driver.wait(0.001)
    assert driver.unit.state is state
    return driver


# The states in which a command is taken, and what is said of it elsewhere where that isn't WRONG_STATE.
TABLE: list[tuple[Message, set[State], dict[State, Result]]] = [
    (Ping(), EVERY, {}),
    (SetTelemetry(20), EVERY, {}),
    (FACTORY_CONFIG, {U, I, L, F}, {}),
    (SaveConfig(), {U, I, L, F}, {}),
    (FactoryReset(), {U, I, L, F}, {}),
    (SetSerial(b"FF-00042"), {U, I, L, F}, {}),
    (SetLimits(-5, 5000), {U, I, L, F}, {}),
    (SetPosition(3), {U, I, L}, {F: Result.FAULT_LATCHED}),
    (Hold(1), {U, I, L, F}, {}),
    (Safety(60, 50), {U, I, L, F}, {}),
    (Park(), {I, L}, {U: Result.NOT_REFERENCED, F: Result.FAULT_LATCHED}),
    (Goto(50, 0), {I, L, M}, {U: Result.NOT_REFERENCED, F: Result.FAULT_LATCHED}),
    (Jog(100), {U, I, L, M}, {F: Result.FAULT_LATCHED}),
    (begin_of(PROFILE), {I, L}, {U: Result.NOT_REFERENCED, F: Result.FAULT_LATCHED}),
    (Arm(1, 0), {L}, {U: Result.NOT_REFERENCED, I: Result.NO_PROFILE, F: Result.FAULT_LATCHED}),
    (Go(1, 0), {A}, {U: Result.NOT_REFERENCED, F: Result.FAULT_LATCHED}),
    (Disarm(), {A}, {F: Result.FAULT_LATCHED}),
    (Unload(), {L}, {F: Result.FAULT_LATCHED}),
    (ClearFault(), {F}, {}),
]


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
@pytest.mark.parametrize(("command", "taken", "reasons"), TABLE, ids=lambda value: type(value).__name__)
def test_each_command_is_taken_or_refused_by_the_state(state, command, taken, reasons):
    driver = at_state(state)
    before = driver.unit.position
    result = driver.result(command)
    expected = Result.OK if state in taken else reasons.get(state, Result.WRONG_STATE)
    assert result is expected
    if expected is not Result.OK and state in (U, I, L, A, F):
        driver.wait(0.1)
        assert (driver.unit.state, driver.unit.position) == (state, before)


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
@pytest.mark.parametrize(("command", "taken", "reasons"), TABLE, ids=lambda value: type(value).__name__)
def test_the_state_alone_refuses_it_for_the_same_reason(state, command, taken, reasons):
    expected = Result.OK if state in taken else reasons.get(state, Result.WRONG_STATE)
    if expected is not Result.NO_PROFILE:  # which the unit says by what it holds
        assert state_refusal(type(command), state) is expected


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (GetStatus(), None),
        (GetConfig(), Config),
        (GetLastKnown(), LastKnown),
        (GetSafety(), Safety),
        (Hello(1, 1, 0, 0), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_questions_are_answered_in_every_state(state, question, kind):
    reply = at_state(state).ask(question)
    assert not isinstance(reply, Ack)
    assert kind is None or isinstance(reply, kind)


def test_homing_needs_its_input_and_a_search_that_has_a_length():
    driver = Driver().ready()
    assert driver.result(Home(1000)) is Result.NO_INPUT
    driver.settings(stop_input=StopInput.HOME_SWITCH)
    assert driver.result(Home(0)) is Result.BAD_VALUE
    driver.load(PROFILE)
    assert driver.result(Home(1000)) is Result.WRONG_STATE


def test_confirming_without_a_known_position_is_refused():
    assert at_state(I).result(ConfirmPosition()) is Result.NOTHING_KNOWN


def test_a_take_that_never_was_is_not_told():
    assert at_state(I).ask(GetTake()) == Ack(GetTake.TYPE, Result.NOTHING_KNOWN, 0)


@pytest.mark.parametrize("command", [FACTORY_CONFIG, SetLimits(0, 9000), SetPosition(0), FactoryReset(), Unload()])
def test_what_changes_the_ground_forgets_the_profile(command):
    driver = at_state(L)
    driver.does(command)
    driver.wait(0.01)
    assert driver.unit.state is I
    assert driver.changes()[-1] == (L, I)
    assert driver.result(Arm(1, 0)) is Result.NO_PROFILE


def test_a_new_profile_replaces_the_loaded_one():
    driver = at_state(L)
    driver.does(begin_of(LONG, profile_id=2))
    assert driver.unit.state is I
    assert driver.result(Arm(1, 0)) is Result.NO_PROFILE
    assert driver.result(Arm(2, 0)) is Result.NOT_COMPLETE


@pytest.mark.parametrize(
    "changes",
    [
        {"full_steps_per_turn": 0},
        {"microsteps": 0},
        {"motor_teeth": 0},
        {"lens_teeth": 0},
        {"direction": 0},
        {"direction": 2},
        {"min_interval_ticks": 0},
        {"accel": 0},
        {"accel": 100_000_001},
        {"goto_rate": 0},
        {"home_rate": 0},
        {"silence_ms": 0},
    ],
)
def test_settings_that_make_no_sense_are_refused_and_change_nothing(changes):
    driver = Driver().ready()
    with pytest.raises(AssertionError):
        driver.settings(**changes)
    assert driver.unit.config == FACTORY_CONFIG


def test_limits_the_wrong_way_round_are_refused():
    assert Driver().ready().result(SetLimits(10, 9)) is Result.BAD_VALUE


def test_a_serial_number_is_eight_printable_characters():
    driver = Driver().ready()
    assert driver.result(SetSerial(b"FF\x00\x0042  ")) is Result.BAD_VALUE
    driver.does(SetSerial(b"FF-00042"))
    assert driver.unit.serial == "FF-00042"


@pytest.mark.parametrize(
    ("state", "soft", "hard"),
    [(U, U, U), (I, I, I), (M, I, I), (L, L, L), (A, L, L), (P, L, L), (S, L, L), (F, F, F)],
    ids=lambda state: state.name,
)
def test_where_a_stop_leads(state, soft, hard):
    for stop, end in ((STOP_BYTES, soft), (HARD_STOP_BYTES, hard)):
        driver = at_state(state)
        if state is S:
            driver = at_state(P)
            driver.send(STOP_BYTES)
        driver.send(stop)
        driver.wait(0.5)
        assert driver.unit.state is end
        assert driver.events(Stopped)[-1].was is state


def test_a_hard_stop_takes_no_further_step():
    for state in (M, P, S):
        driver = at_state(state)
        driver.wait(0.02)
        assert driver.unit.state is state
        driver.send(HARD_STOP_BYTES)
        edges = len(driver.unit.edges)
        assert edges
        driver.wait(0.5)
        assert len(driver.unit.edges) == edges


def test_a_stopped_take_says_so():
    driver = at_state(P)
    driver.send(STOP_BYTES)
    driver.wait(0.5)
    [ended] = driver.events(TakeEnded)
    assert (ended.cause, ended.position_known, ended.position) == (Cause.STOP, 1, driver.unit.position)
    assert ended.steps == len(driver.unit.edges)
    assert ended.last_edge_clock == driver.edges()[-1][0]
    assert driver.events(StateChanged)[-1].cause is Cause.STOP
    assert driver.ask(GetTake()) == ended


@pytest.mark.parametrize("state", [U, I, M, L, A, P, S], ids=lambda state: state.name)
def test_the_stop_button_cuts_everything_and_latches(state):
    driver = Driver()
    driver.hello()
    driver.settings(stop_input=StopInput.STOP_BUTTON)
    if state is not U:
        driver.does(SetPosition(0))
    if state is M:
        driver.does(Jog(500))
    if state in (L, A, P, S):
        driver.load(LONG)
    if state in (A, P, S):
        driver.does(Arm(1, 0))
    if state in (P, S):
        driver.does(Go(1, 0))
        driver.wait(0.2)
    if state is S:
        driver.send(STOP_BYTES)
    assert driver.unit.state is state
    driver.unit.set_stop(True, driver.now_s)
    driver.wait(0.001)
    edges = len(driver.unit.edges)
    driver.wait(0.3)
    status = driver.status()
    assert (status.state, status.fault) == (F, Fault.STOP_INPUT)
    assert len(driver.unit.edges) == edges
    assert driver.result(Jog(100)) is Result.FAULT_LATCHED
    assert driver.result(ClearFault()) is Result.INPUT_ACTIVE
    driver.unit.set_stop(False)
    driver.wait(0.01)
    assert driver.unit.state is F
    driver.does(ClearFault())
    assert driver.unit.state is (U if state is U else I)
    driver.does(Jog(100))


def test_a_button_held_when_it_is_set_up_or_at_power_on_latches_at_once():
    driver = Driver().ready()
    driver.unit.set_stop(True)
    driver.wait(0.001)
    driver.settings(stop_input=StopInput.STOP_BUTTON)
    assert driver.unit.state is F
    driver.does(SaveConfig())
    driver.unit.reset(driver.now_s)
    assert driver.unit.state is F


def test_a_stop_input_that_is_not_wired_does_nothing():
    driver = at_state(P)
    driver.unit.set_stop(True)
    driver.wait(0.1)
    assert driver.unit.state is P


def test_bad_data_for_a_profile_needs_a_profile():
    driver = Driver().ready()
    assert driver.result(ProfileData(0, tuple(PROFILE))) is Result.NO_PROFILE
    assert driver.result(ProfileBegin(1, 0, 0, 0, 0, 0)) is Result.BAD_VALUE
    assert driver.result(ProfileBegin(1, 0, 200, 200, 0, 0)) is Result.BAD_VALUE
    assert driver.result(ProfileBegin(1, 0, 5, 4, 0, 0)) is Result.BAD_VALUE

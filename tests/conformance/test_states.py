# SPDX-License-Identifier: MIT
"""Every state against every command: what fits is taken, the rest is refused for its reason and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from followfocus.wire.messages import (
    Ack,
    Arm,
    ClearFault,
    Config,
    ConfirmPosition,
    Disarm,
    FactoryReset,
    Follow,
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
    Telemetry,
    Unload,
    message_types,
)
from tests.conformance.test_stop import bring
from tests.conformance.wire import CONFIG, Host, pull

UNREFERENCED, IDLE, MOVING, LOADED, ARMED, PLAYING, STOPPING, FAULT = State
AT_REST = {UNREFERENCED, IDLE, LOADED, FAULT}
EXAMPLES: dict[type[Message], Message] = {
    Config: replace(CONFIG, accel=6000),
    Safety: Safety(60, 50),
    SaveConfig: SaveConfig(),
    FactoryReset: FactoryReset(),
    SetSerial: SetSerial(b"ABCD1234"),
    SetLimits: SetLimits(-20_000, 20_000),
    SetPosition: SetPosition(0),
    ConfirmPosition: ConfirmPosition(),
    Home: Home(3000),
    Park: Park(),
    Hold: Hold(1),
    Goto: Goto(10, 0),
    Jog: Jog(100),
    ProfileBegin: pull().begin(96),
    ProfileData: ProfileData(0, pull().segments),
    Arm: Arm(7, 0),
    Go: Go(1, 0),
    Disarm: Disarm(),
    Unload: Unload(),
    ClearFault: ClearFault(),
}
ALWAYS: dict[type[Message], type[Message]] = {
    GetStatus: Telemetry,
    Ping: Ack,
    GetConfig: Config,
    SetTelemetry: Ack,
    GetLastKnown: LastKnown,
    GetSafety: Safety,
}
FITS: dict[type[Message], set[State]] = {
    Config: AT_REST,
    Safety: AT_REST,
    SaveConfig: AT_REST,
    FactoryReset: AT_REST,
    SetSerial: AT_REST,
    SetLimits: AT_REST,
    SetPosition: {UNREFERENCED, IDLE, LOADED},
    ConfirmPosition: {UNREFERENCED, IDLE, LOADED},
    Home: {UNREFERENCED, IDLE},
    Park: {IDLE, LOADED},
    Hold: AT_REST,
    Goto: {IDLE, LOADED, MOVING},
    Jog: {UNREFERENCED, IDLE, LOADED, MOVING},
    ProfileBegin: {IDLE, LOADED},
    ProfileData: {IDLE, LOADED, ARMED, PLAYING},
    Arm: {IDLE, LOADED},
    Go: {ARMED},
    Disarm: {ARMED},
    Unload: {LOADED},
    ClearFault: {FAULT},
}
NEEDS_REFERENCE = {Goto, ProfileBegin, ProfileData, Arm, Go, Park}


def test_the_tables_here_leave_no_command_out() -> None:
    commands = {kind for number, kind in message_types().items() if number < 0x80} - {
        Follow
    }  # a hand's word asks for no answer
    assert set(FITS) | set(ALWAYS) | {Hello, GetTake} == commands
    assert set(FITS) == set(EXAMPLES)


def expected(command: type[Message], state: State) -> Result:
    if state is FAULT:
        return Result.FAULT_LATCHED
    if state is UNREFERENCED and command in NEEDS_REFERENCE:
        return Result.NOT_REFERENCED
    return Result.WRONG_STATE


@pytest.mark.parametrize("state", State, ids=lambda state: state.name.lower())
def test_what_does_not_fit_the_state_is_refused_and_changes_nothing(host: Host, state: State) -> None:
    bring(host, state)
    config = host.ask(GetConfig())
    before = host.status()
    for command, example in EXAMPLES.items():
        if state not in FITS[command]:
            host.refused(example, expected(command, state))
    after = host.status()
    assert after.state is state
    assert (after.flags, after.fault, after.free_segments) == (before.flags, before.fault, before.free_segments)
    if state not in (MOVING, PLAYING, STOPPING):
        assert after.position == before.position
    assert host.ask(GetConfig()) == config


@pytest.mark.parametrize("state", State, ids=lambda state: state.name.lower())
def test_questions_are_answered_in_every_state(host: Host, state: State) -> None:
    bring(host, state)
    for question, answer in ALWAYS.items():
        reply = host.ask(question(0) if question is SetTelemetry else question())  # type: ignore[call-arg]
        assert type(reply) is answer
        assert not isinstance(reply, Ack) or reply.result is Result.OK
    assert host.ask(GetTake()) == Ack(GetTake.TYPE, Result.NOTHING_KNOWN, 0)
    assert host.hello().nonce == 0x1234
    assert host.state is state


@pytest.mark.parametrize("state", [FAULT, UNREFERENCED])
@pytest.mark.parametrize("command", [Config, SetLimits, SaveConfig, SetSerial, Hold], ids=lambda kind: kind.__name__)
def test_settings_are_taken_at_rest(host: Host, state: State, command: type[Message]) -> None:
    bring(host, state)
    host.ok(EXAMPLES[command])
    assert host.state is state


def test_a_profile_is_neither_unloaded_nor_homed_away_by_mistake(host: Host) -> None:
    bring(host, LOADED)
    host.refused(Home(100), Result.WRONG_STATE)
    host.ok(SetPosition(0))
    assert host.state is IDLE

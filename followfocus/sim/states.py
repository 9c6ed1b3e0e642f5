# SPDX-License-Identifier: MIT
"""The unit's state table, as in PROTOCOL.md: which command fits which state, and which state may follow which."""

from __future__ import annotations

from followfocus.wire.messages import (
    Arm,
    ClearFault,
    Config,
    ConfirmPosition,
    Disarm,
    FactoryReset,
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
    Unload,
)

UNREFERENCED, IDLE, MOVING, LOADED = State.UNREFERENCED, State.IDLE, State.MOVING, State.LOADED
ARMED, PLAYING, STOPPING, FAULT = State.ARMED, State.PLAYING, State.STOPPING, State.FAULT

ALWAYS = frozenset(State)
AT_REST = frozenset({UNREFERENCED, IDLE, LOADED, FAULT})
FREE = frozenset({UNREFERENCED, IDLE, LOADED})
UNDER_WAY = frozenset({MOVING, PLAYING, STOPPING})

COMMANDS: dict[type[Message], frozenset[State]] = {
    Hello: ALWAYS,
    GetStatus: ALWAYS,
    Ping: ALWAYS,
    GetConfig: ALWAYS,
    SetTelemetry: ALWAYS,
    GetLastKnown: ALWAYS,
    GetSafety: ALWAYS,
    GetTake: ALWAYS,
    Config: AT_REST,
    Safety: AT_REST,
    SaveConfig: AT_REST,
    FactoryReset: AT_REST,
    SetSerial: AT_REST,
    SetLimits: AT_REST,
    Hold: AT_REST,
    SetPosition: FREE,
    ConfirmPosition: FREE,
    Home: frozenset({UNREFERENCED, IDLE}),
    Park: frozenset({IDLE, LOADED}),
    Goto: frozenset({IDLE, LOADED, MOVING}),
    Jog: frozenset({UNREFERENCED, IDLE, LOADED, MOVING}),
    ProfileBegin: frozenset({IDLE, LOADED}),
    ProfileData: frozenset({IDLE, LOADED, ARMED, PLAYING}),
    Arm: frozenset({IDLE, LOADED}),
    Go: frozenset({ARMED}),
    Disarm: frozenset({ARMED}),
    Unload: frozenset({LOADED}),
    ClearFault: frozenset({FAULT}),
}
NEEDS_REFERENCE = frozenset({Goto, ProfileBegin, ProfileData, Arm, Go, Park})
STARTS = frozenset({Home, Goto, Jog, Arm, Go})
"""What may start a motion: refused where a stop has overtaken it."""

FOLLOWS: dict[State, frozenset[State]] = {
    UNREFERENCED: frozenset({IDLE, MOVING, FAULT}),
    IDLE: frozenset({UNREFERENCED, MOVING, LOADED, FAULT}),
    MOVING: frozenset({UNREFERENCED, IDLE, LOADED, STOPPING, FAULT}),
    LOADED: frozenset({UNREFERENCED, IDLE, MOVING, ARMED, FAULT}),
    ARMED: frozenset({LOADED, PLAYING, FAULT}),
    PLAYING: frozenset({LOADED, IDLE, STOPPING, FAULT}),
    STOPPING: frozenset({LOADED, IDLE, UNREFERENCED, FAULT}),
    FAULT: frozenset({IDLE, UNREFERENCED}),
}


def state_refusal(command: type[Message], state: State, overtaken: bool = False) -> Result:
    """OK where `command` fits `state`, and no stop that came after it has been acted on already; else why not."""
    if state in COMMANDS[command]:
        return Result.WRONG_STATE if overtaken and command in STARTS else Result.OK
    if state is FAULT:
        return Result.FAULT_LATCHED
    if state is UNREFERENCED and command in NEEDS_REFERENCE:
        return Result.NOT_REFERENCED
    return Result.WRONG_STATE

# SPDX-License-Identifier: MIT
"""The simulated unit's commands: one small function each, and one table of them.

A handler gets the machine and the message and answers with a Result, a Result and its detail, or a reply of its own;
with None where it can be answered only when the motor has settled.
Whether the command fits the state has been asked before (states.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from followfocus.sim.machine import Machine
from followfocus.sim.store import FACTORY_CONFIG, FACTORY_SAFETY
from followfocus.wire.messages import (
    Ack,
    Arm,
    ClearFault,
    Config,
    ConfirmPosition,
    Disarm,
    FactoryReset,
    GetConfig,
    GetLastKnown,
    GetSafety,
    GetTake,
    Go,
    Goto,
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
    State,
    StopInput,
    Unload,
)

LARGEST_ACCEL = 100_000_000
"""The limit of the firmware's 32-bit ramp, steps/s²."""

LONGEST_SETTLE_MS = 1000

CommandAnswer = Result | tuple[Result, int] | Message | None
_M = TypeVar("_M", bound=Message)
_Handler = Callable[[Machine, Message], CommandAnswer]
_HANDLERS: dict[type[Message], _Handler] = {}


def _handles(
    command: type[_M],
) -> Callable[[Callable[[Machine, _M], CommandAnswer]], Callable[[Machine, _M], CommandAnswer]]:
    def register(handler: Callable[[Machine, _M], CommandAnswer]) -> Callable[[Machine, _M], CommandAnswer]:
        def checked(machine: Machine, message: Message) -> CommandAnswer:
            assert isinstance(message, command)
            return handler(machine, message)

        _HANDLERS[command] = checked
        return handler

    return register


def carry_out(machine: Machine, command: Message) -> Message | None:
    """Carry out `command`, which fits the state: its reply, or the Ack that says how it went.

    None where the motor was off and has to settle first: then the same command is to be carried out again.
    """
    answer = _HANDLERS[type(command)](machine, command)
    if answer is None or isinstance(answer, Message):
        return answer
    result, detail = answer if isinstance(answer, tuple) else (answer, 0)
    return Ack(command.TYPE, result, detail)


# Settings -------------------------------------------------------------------------------------------------------------


@_handles(Ping)
def _ping(_machine: Machine, _command: Ping) -> CommandAnswer:
    return Result.OK


@_handles(GetConfig)
def _get_config(machine: Machine, _command: GetConfig) -> CommandAnswer:
    return machine.unit.config


@_handles(Config)
def _config(machine: Machine, command: Config) -> CommandAnswer:
    above_zero = (
        command.full_steps_per_turn,
        command.microsteps,
        command.motor_teeth,
        command.lens_teeth,
        command.min_interval_ticks,
        command.accel,
        command.goto_rate,
        command.home_rate,
        command.silence_ms,
    )
    if min(above_zero) == 0 or command.direction not in (-1, 1) or command.accel > LARGEST_ACCEL:
        return Result.BAD_VALUE
    machine.unit.configure(command)
    return Result.OK


@_handles(SaveConfig)
def _save_config(machine: Machine, _command: SaveConfig) -> CommandAnswer:
    kept = machine.unit.store.write(config=machine.unit.config, safety=machine.unit.safety)
    return Result.OK if kept else Result.STORE_FAILED


@_handles(FactoryReset)
def _factory_reset(machine: Machine, _command: FactoryReset) -> CommandAnswer:
    if not machine.unit.store.write(config=FACTORY_CONFIG, safety=FACTORY_SAFETY, last_known=None):
        return Result.STORE_FAILED
    machine.unit.safety = FACTORY_SAFETY
    machine.unit.configure(FACTORY_CONFIG)
    return Result.OK


@_handles(GetSafety)
def _get_safety(machine: Machine, _command: GetSafety) -> CommandAnswer:
    return machine.unit.safety


@_handles(Safety)
def _safety(machine: Machine, command: Safety) -> CommandAnswer:
    if command.settle_ms > LONGEST_SETTLE_MS:
        return Result.BAD_VALUE
    machine.unit.safety = command
    return Result.OK


@_handles(SetSerial)
def _set_serial(machine: Machine, command: SetSerial) -> CommandAnswer:
    if not all(0x20 < byte < 0x7F for byte in command.serial):
        return Result.BAD_VALUE
    return Result.OK if machine.unit.store.write(serial=command.serial) else Result.STORE_FAILED


@_handles(SetLimits)
def _set_limits(machine: Machine, command: SetLimits) -> CommandAnswer:
    if command.minimum > command.maximum:
        return Result.BAD_VALUE
    machine.unit.limits = (command.minimum, command.maximum)
    machine.unit.forget_profile()
    return Result.OK


# Position -------------------------------------------------------------------------------------------------------------


@_handles(SetPosition)
def _set_position(machine: Machine, command: SetPosition) -> CommandAnswer:
    machine.unit.hold()
    if machine.unit.settling:
        return None
    machine.unit.refer(command.position)
    return Result.OK


@_handles(Park)
def _park(machine: Machine, _command: Park) -> CommandAnswer:
    return Result.OK if machine.unit.park() else Result.STORE_FAILED


@_handles(GetLastKnown)
def _get_last_known(machine: Machine, _command: GetLastKnown) -> CommandAnswer:
    return machine.unit.store.kept.last_known or LastKnown(0, 0, 0, 0)


@_handles(ConfirmPosition)
def _confirm_position(machine: Machine, _command: ConfirmPosition) -> CommandAnswer:
    known = machine.unit.store.kept.last_known
    if known is None:
        return Result.NOTHING_KNOWN
    machine.unit.hold()
    if machine.unit.settling:
        return None
    machine.unit.confirm(known)
    return Result.OK


@_handles(Hold)
def _hold(machine: Machine, command: Hold) -> CommandAnswer:
    if command.energise > 1:
        return Result.BAD_VALUE
    if not command.energise:
        machine.unit.release()
        return Result.OK
    machine.unit.hold()
    return None if machine.unit.settling else Result.OK


# Motion ---------------------------------------------------------------------------------------------------------------


@_handles(Home)
def _home(machine: Machine, command: Home) -> CommandAnswer:
    if machine.unit.stop_button_held:
        return Result.INPUT_ACTIVE
    if machine.unit.config.stop_input is not StopInput.HOME_SWITCH:
        return Result.NO_INPUT
    if command.max_steps == 0:
        return Result.BAD_VALUE
    machine.home(command.max_steps)
    return Result.OK


@_handles(Goto)
def _goto(machine: Machine, command: Goto) -> CommandAnswer:
    if not machine.unit.referenced:
        return Result.NOT_REFERENCED
    if machine.unit.stop_button_held:
        return Result.INPUT_ACTIVE
    low, high = machine.unit.limits
    if not low <= command.position <= high:
        return Result.OUTSIDE_LIMITS
    machine.go_to(command.position, command.rate or machine.unit.config.goto_rate)
    return Result.OK


@_handles(Jog)
def _jog(machine: Machine, command: Jog) -> CommandAnswer:
    if machine.homing:
        return Result.WRONG_STATE
    if machine.unit.stop_button_held:
        return Result.INPUT_ACTIVE
    machine.jog(command.rate)
    return Result.OK


# Takes ----------------------------------------------------------------------------------------------------------------


@_handles(ProfileBegin)
def _profile_begin(machine: Machine, command: ProfileBegin) -> CommandAnswer:
    if command.total == 0 or command.head != min(command.total, machine.unit.capacity):
        return Result.BAD_VALUE
    low, high = machine.unit.limits
    if not low <= command.start <= high:
        return Result.OUTSIDE_LIMITS
    machine.unit.begin_profile(command)
    return Result.OK


@_handles(ProfileData)
def _profile_data(machine: Machine, command: ProfileData) -> CommandAnswer:
    profile = machine.unit.profile
    if profile is None:
        return Result.NO_PROFILE
    result, detail = profile.take(command.offset, command.segments)
    if profile.spoiled and machine.unit.state is State.PLAYING:
        machine.stream_failed(result)
    elif profile.spoiled:
        machine.unit.drop_profile()
    elif machine.unit.state is State.IDLE and profile.head_here:
        machine.unit.become(State.LOADED)
    return result, detail


@_handles(Arm)
def _arm(machine: Machine, command: Arm) -> CommandAnswer:
    profile = machine.unit.profile
    if profile is None or command.profile_id != profile.begin.profile_id:
        return Result.NO_PROFILE
    # Announced, and not all of its head is here.
    if machine.unit.state is State.IDLE:
        return Result.NOT_COMPLETE
    if command.cue > 1:
        return Result.BAD_VALUE
    if machine.unit.stop_button_held:
        return Result.INPUT_ACTIVE
    if machine.unit.position != profile.begin.start:
        return Result.NOT_AT_START
    machine.unit.arm(bool(command.cue))
    return Result.OK


@_handles(Go)
def _go(machine: Machine, command: Go) -> CommandAnswer:
    if machine.unit.stop_button_held:
        return Result.INPUT_ACTIVE
    machine.go(command.take, machine.unit.now + command.delay_ticks)
    return Result.OK


@_handles(Disarm)
def _disarm(machine: Machine, _command: Disarm) -> CommandAnswer:
    machine.unit.become(State.LOADED)
    return Result.OK


@_handles(Unload)
def _unload(machine: Machine, _command: Unload) -> CommandAnswer:
    machine.unit.forget_profile()
    return Result.OK


@_handles(GetTake)
def _get_take(machine: Machine, _command: GetTake) -> CommandAnswer:
    return machine.takes.last or Result.NOTHING_KNOWN


@_handles(ClearFault)
def _clear_fault(machine: Machine, _command: ClearFault) -> CommandAnswer:
    if machine.unit.stop_button_held:
        return Result.INPUT_ACTIVE
    machine.unit.clear_fault()
    return Result.OK

# SPDX-License-Identifier: MIT
"""A unit's manners: the motor holds before a place is named, armed is not for ever, a button closed until pressed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from followfocus.wire.messages import (
    Board,
    Cause,
    ClearFault,
    ConfirmPosition,
    FactoryReset,
    Fault,
    Flag,
    GetSafety,
    Go,
    Goto,
    Hold,
    Jog,
    Message,
    Park,
    Ping,
    Result,
    Safety,
    SaveConfig,
    SetPosition,
    State,
    StopInput,
    TakeEnded,
)
from tests.conformance.test_settings import restarted
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import CONFIG, Host, pull

FACTORY = Safety(armed_silence_s=120, settle_ms=100)
KEPT_BYTES = 71
"""So much is kept of what comes while a command waits."""
SETTLE_TICKS = TICK_HZ * FACTORY.settle_ms // 1000
ANSWER_TICKS = TICK_HZ // 200


def ticks_for(host: Host, bench: Bench, message: Message) -> int:
    """How long the unit takes to answer with OK."""
    before = bench.tick()
    host.ok(message)
    return bench.tick() - before


# Settings -------------------------------------------------------------------------------------------------------------


def test_manners_are_kept_with_the_settings(host: Host, bench: Bench) -> None:
    host.hello()
    assert host.ask(GetSafety()) == FACTORY
    host.ok(Safety(60, 20))
    assert host.ask(GetSafety()) == Safety(60, 20)
    restarted(host, bench)
    assert host.ask(GetSafety()) == FACTORY
    host.ok(Safety(0, 1000))
    host.ok(CONFIG)
    host.ok(SaveConfig())
    restarted(host, bench)
    assert host.ask(GetSafety()) == Safety(0, 1000)
    host.ok(FactoryReset())
    assert host.ask(GetSafety()) == FACTORY


def test_a_motor_settles_within_a_second(host: Host) -> None:
    host.hello()
    host.refused(Safety(120, 1001), Result.BAD_VALUE)
    assert host.ask(GetSafety()) == FACTORY


# The motor takes hold first -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [SetPosition(7), Hold(1)], ids=["SetPosition", "Hold"])
def test_what_needs_the_motor_is_answered_when_it_has_settled(host: Host, bench: Bench, message: Message) -> None:
    host.hello()
    taken = ticks_for(host, bench, message)
    assert taken >= SETTLE_TICKS
    if bench.board is not Board.HOST_PROCESS:
        assert taken <= SETTLE_TICKS + ANSWER_TICKS
        assert ticks_for(host, bench, message) <= ANSWER_TICKS
    assert host.status().flags & Flag.ENERGISED


def test_a_motor_that_was_let_go_settles_again(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(Hold(0))
    assert ticks_for(host, bench, SetPosition(0)) >= SETTLE_TICKS
    host.ok(Park())
    assert ticks_for(host, bench, ConfirmPosition()) >= SETTLE_TICKS


def test_a_command_that_waits_is_carried_out_once(host: Host) -> None:
    host.hello()
    data = host.frame(SetPosition(-40), 9)
    host.replies.clear()
    host.write(data)
    host.pass_time(0.03)
    assert host.replies == {}
    host.write(data)
    host.pass_time(0.2)
    assert len(host.replies[9]) == 2
    assert host.replies[9][0] == host.replies[9][1]
    assert host.status().position == -40


def test_a_stop_is_heard_while_a_command_waits(host: Host) -> None:
    host.hello()
    host.write(host.frame(SetPosition(1), 9))
    assert host.stop().was is State.UNREFERENCED
    assert host.wait(lambda: 9 in host.replies)
    assert host.state is State.IDLE


@pytest.mark.parametrize("spare", range(4))
def test_what_finds_no_room_behind_a_command_that_waits_is_counted(host: Host, spare: int) -> None:
    """Whole frames were lost without a word where the last byte that found room was a frame's last, or one later."""
    host.hello()
    waits = host.frame(SetPosition(-40))
    seq, before = host._seq, host.status().bad_frames
    pings = [host.frame(Ping()) for _ in range((KEPT_BYTES - spare) // len(host.frame(Ping())))]
    kept = b"".join(pings).rjust(KEPT_BYTES - spare, b"\0")
    last = host._seq
    host.write(waits)
    host.pass_time(0.01)
    host.write(kept + host.frame(Ping()) + host.frame(Ping()))
    assert host.wait(lambda: seq in host.replies and last in host.replies)
    host.pass_time(0.05)
    assert host._seq not in host.replies
    assert host.status().bad_frames > before
    assert host.status().position == -40


def test_a_first_motion_waits_for_the_motor(host: Host, bench: Bench) -> None:
    host.hello()
    host.ok(replace(CONFIG, silence_ms=2000))
    before = bench.tick()
    host.ok(Jog(1000))
    host.pass_time(0.25)
    steps = bench.steps()
    assert steps[0].tick - before >= SETTLE_TICKS
    assert steps[0].tick - before <= 2 * SETTLE_TICKS or bench.board is Board.HOST_PROCESS
    host.ok(Jog(0))
    host.rests()


def test_a_stop_before_the_first_step_leaves_none(host: Host, bench: Bench) -> None:
    host.hello()
    host.ok(Safety(120, 500))
    host.ok(Jog(1000))
    host.stop()
    host.until(lambda now: now.state is State.UNREFERENCED)
    host.pass_time(0.6)
    assert bench.steps() == []


# Armed is not for ever ------------------------------------------------------------------------------------------------


def test_armed_it_disarms_when_the_host_is_silent(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(Safety(1, 100))
    host.arm(pull(), cue=1)
    armed = bench.tick()
    host.events.clear()
    changed = host.reaches(State.LOADED)
    assert (changed.before, changed.cause) == (State.ARMED, Cause.SILENCE)
    assert changed.clock - armed <= 1.01 * TICK_HZ
    if bench.board is not Board.HOST_PROCESS:
        assert changed.clock - armed >= 0.99 * TICK_HZ
    host.refused(Go(1, 0), Result.WRONG_STATE)
    bench.set_input("cue", 0)
    host.pass_time(0.05)
    assert bench.steps() == []


def test_a_host_that_is_there_keeps_it_armed(host: Host) -> None:
    host.ready()
    host.ok(Safety(1, 100))
    host.arm(pull())
    for _ in range(4):
        host.pass_time(0.5)
        host.ok(Ping())
    assert host.state is State.ARMED
    host.ok(Go(1, 1600))
    assert host.event(TakeEnded).cause is Cause.DONE


# A button that is closed until pressed --------------------------------------------------------------------------------


def test_an_open_line_is_a_pressed_button_where_it_is_set_so(host: Host, bench: Bench) -> None:
    bench.set_input("stop", 0)
    host.ready(stop_input=StopInput.STOP_BUTTON_NC, silence_ms=2000)
    assert not host.status().flags & Flag.STOP_ACTIVE
    host.ok(Jog(6000))
    at = bench.set_input("stop", 1, bench.tick() + TICK_HZ // 10)
    fault = host.reaches(State.FAULT)
    assert (fault.fault, fault.cause) == (Fault.STOP_INPUT, Cause.STOP_INPUT)
    assert all(step.tick <= at + TICK_HZ // 500 for step in bench.steps())
    assert host.status().flags & Flag.STOP_ACTIVE
    host.refused(ClearFault(), Result.INPUT_ACTIVE)
    bench.set_input("stop", 0)
    host.pass_time(0.01)
    host.ok(ClearFault())
    host.ok(Goto(0, 0))
    assert host.rests().cause is Cause.DONE


def test_without_its_button_a_unit_that_wants_one_does_not_move(host: Host) -> None:
    host.ready()
    host.ok(replace(CONFIG, stop_input=StopInput.STOP_BUTTON_NC))
    host.until(lambda now: now.state is State.FAULT)
    host.refused(Goto(10, 0), Result.FAULT_LATCHED)
    host.refused(ClearFault(), Result.INPUT_ACTIVE)

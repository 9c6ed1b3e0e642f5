# SPDX-License-Identifier: MIT
"""STOP, HARD STOP and the stop input: in every state, with every buffer full, and soon."""

from __future__ import annotations

import pytest

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Ack,
    Board,
    Cause,
    ClearFault,
    Fault,
    Flag,
    GetStatus,
    Go,
    Goto,
    Hold,
    Home,
    Jog,
    Message,
    Ping,
    Result,
    SetLimits,
    State,
    StopInput,
    Stopped,
    TakeEnded,
    Telemetry,
)
from tests.conformance.test_motion import check_ramp
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import CONFIG, Host, pull

BYTE_TICKS = 640
LONGEST_FILTER_TICKS = 8000
"""A level on an input counts once it has stood for 250 µs, and at the latest after 500."""
SOON = TICK_HZ * 2 // 1000
KINDS = pytest.mark.parametrize("hard", [False, True], ids=["stop", "hard stop"])


def bring(host: Host, state: State) -> None:
    """Brings a fresh unit to a state that lasts a second at least."""
    if state is State.UNREFERENCED:
        host.hello()
        host.ok(CONFIG)
        return
    host.ready(accel=6000, silence_ms=2000, stop_input=StopInput.HOME_SWITCH)
    if state in (State.MOVING, State.STOPPING):
        host.ok(Jog(6000))
        host.pass_time(0.9)
    if state is State.STOPPING:
        host.write(STOP_BYTES)
        host.reaches(State.STOPPING)
    if state in (State.LOADED, State.ARMED, State.PLAYING):
        profile = pull(steps=9000)
        (host.upload if state is State.LOADED else host.arm)(profile)
        if state is State.PLAYING:
            host.ok(Go(1, 1600))
            host.pass_time(0.3)
    if state is State.FAULT:
        host.ok(Home(3))
        host.reaches(State.FAULT)
    host.events.clear()
    assert host.state is state


AFTER_STOP = {state: state for state in State} | {
    State.ARMED: State.LOADED,
    State.MOVING: State.STOPPING,
    State.PLAYING: State.STOPPING,
}
AFTER_HARD_STOP = AFTER_STOP | {
    State.MOVING: State.IDLE,
    State.PLAYING: State.LOADED,
    State.STOPPING: State.IDLE,
}


@KINDS
@pytest.mark.parametrize("state", State, ids=lambda state: state.name.lower())
def test_a_stop_in_every_state(host: Host, state: State, hard: bool) -> None:
    bring(host, state)
    before = host.status()
    stopped = host.stop(hard)
    assert (stopped.hard, stopped.was) == (int(hard), state)
    assert stopped.position_known == bool(before.flags & Flag.REFERENCED)
    status = host.status()
    assert status.state is (AFTER_HARD_STOP if hard else AFTER_STOP)[state]
    assert status.flags & Flag.REFERENCED == before.flags & Flag.REFERENCED


@KINDS
def test_a_stop_before_the_hello(host: Host, hard: bool) -> None:
    assert host.stop(hard).was is State.UNREFERENCED


@KINDS
@pytest.mark.parametrize("what", ["jog", "take"])
def test_a_stop_acts_and_answers_within_2_ms(host: Host, bench: Bench, what: str, hard: bool) -> None:
    host.ready(silence_ms=2000)
    if what == "take":
        host.arm(pull(steps=6000))
        host.ok(Go(1, 1600))
    else:
        host.ok(Jog(8000))
    host.pass_time(0.2)
    sent = bench.tick()
    stopped = host.stop(hard)
    assert 0 <= stopped.clock - sent - 7 * BYTE_TICKS <= SOON
    ended = host.rests()
    steps = bench.steps()
    assert ended.position == len(steps)
    assert host.status().position == len(steps)
    assert ended.cause is (Cause.HARD_STOP if hard else Cause.STOP)
    if hard:
        assert steps[-1].tick <= stopped.clock
        assert stopped.position == len(steps)
    else:
        before = [step.tick for step in steps if step.tick <= stopped.clock]
        speed = TICK_HZ / (before[-1] - before[-2])
        after = len(steps) - len(before)
        assert after <= speed**2 / (2 * CONFIG.accel) * 1.1 + speed * SOON / TICK_HZ + 2
        check_ramp(steps[len(before) - 1 :], speed * 1.05, CONFIG.accel)


@KINDS
def test_a_stop_behind_a_flood_is_not_behind_it(host: Host, bench: Bench, hard: bool) -> None:
    """Every buffer is full of questions and answers; the stop is seen as its last byte arrives."""
    host.ready(silence_ms=2000)
    host.ok(Jog(8000))
    host.pass_time(0.15)
    flood = b"".join(host.frame(GetStatus()) for _ in range(60))
    sent = bench.tick()
    host.write(flood + (HARD_STOP_BYTES if hard else STOP_BYTES))
    arrival = sent + (len(flood) + 7) * BYTE_TICKS
    stopped = host.event(Stopped)
    if bench.board is not Board.HOST_PROCESS:
        assert 0 <= stopped.clock - arrival <= SOON
        assert (
            bench.tick() - arrival <= SOON + (60 + 40) * BYTE_TICKS
        )  # after the frame under way, before all that wait
    host.rests()
    steps = bench.steps()
    if hard:
        assert steps[-1].tick <= stopped.clock
    host.pass_time(0.2)  # what had come before the stop is still being answered, and what finds no room is lost
    host.hello()
    assert host.status().position == len(steps)


@KINDS
def test_a_stop_in_the_middle_of_another_frame(host: Host, hard: bool) -> None:
    host.ready(silence_ms=2000)
    host.ok(Jog(3000))
    host.pass_time(0.1)
    torn = host.frame(Goto(5000, 0))[:7]
    host.write(torn)
    stopped = host.stop(hard)
    assert stopped.was is State.MOVING
    host.rests()
    assert host.state is State.IDLE


def test_stop_bytes_inside_a_frame_are_not_a_stop(host: Host) -> None:
    """A frame that ends as a stop begins must not become one, nor one whose body holds the stop's letters."""
    host.ready(silence_ms=2000)
    host.ok(Jog(3000))
    host.write(STOP_BYTES[1:-1] + b"\x07\0")
    host.write(b"\x05" + STOP_BYTES[1:])
    host.pass_time(0.05)
    assert not any(isinstance(event, Stopped) for event in host.events)
    assert host.state is State.MOVING


def test_stops_repeated_change_nothing(host: Host, bench: Bench) -> None:
    host.ready(accel=20_000, silence_ms=2000)
    host.ok(Jog(6000))
    host.pass_time(0.35)
    for _ in range(4):
        assert host.stop().position_known
        host.pass_time(0.03)
    ended = host.rests()
    assert ended.cause is Cause.STOP
    assert ended.position == len(bench.steps())
    assert len(bench.steps()) >= 0.8 * 2 * 6000**2 / (2 * 20_000)


@pytest.mark.parametrize("message", [Jog(500), Home(500)], ids=["jog", "home"])
@KINDS
def test_what_a_stop_has_overtaken_starts_nothing(host: Host, bench: Bench, message: Message, hard: bool) -> None:
    """It had come before the stop, and waited until the motor had settled: Stopped was told, then the ring set off."""
    host.ready(stop_input=StopInput.HOME_SWITCH)
    host.ok(Hold(0))
    held, data = host.frame(Hold(1)), host.frame(message)
    overtaken = host._seq
    host.write(held + data + (HARD_STOP_BYTES if hard else STOP_BYTES))
    assert host.event(Stopped).was is State.UNREFERENCED
    assert host.wait(lambda: overtaken in host.replies)
    assert [reply.result for reply in host.replies[overtaken] if isinstance(reply, Ack)] == [Result.WRONG_STATE]
    host.pass_time(0.3)
    assert bench.steps() == []
    host.ok(message)
    host.pass_time(0.2)
    assert bench.steps() != []


def test_a_hard_stop_while_stopping_cuts_the_steps(host: Host, bench: Bench) -> None:
    bring(host, State.STOPPING)
    host.pass_time(0.1)
    stopped = host.stop(hard=True)
    assert stopped.was is State.STOPPING
    ended = host.rests()
    assert (ended.before, ended.after, ended.cause) == (State.STOPPING, State.IDLE, Cause.HARD_STOP)
    assert ended.position == len(bench.steps())
    assert bench.steps()[-1].tick <= stopped.clock


def test_a_stopped_take_is_evidence_too(host: Host, bench: Bench) -> None:
    host.ready()
    profile = pull(steps=4000)
    host.arm(profile)
    host.ok(Go(5, 1600))
    host.pass_time(0.15)
    host.stop()
    ended = host.event(TakeEnded)
    assert (ended.take, ended.cause, ended.position_known) == (5, Cause.STOP, 1)
    assert ended.steps == ended.position == len(bench.steps())
    assert ended.last_edge_clock == pytest.approx(bench.steps()[-1].tick, abs=3)
    assert ended.first_edge_clock == pytest.approx(bench.steps()[0].tick, abs=3)
    after = host.rests()
    assert (after.after, after.cause) == (State.LOADED, Cause.STOP)


def test_a_stop_before_time_zero_leaves_no_step(host: Host, bench: Bench) -> None:
    host.ready()
    host.arm(pull())
    host.ok(Go(1, TICK_HZ))
    host.pass_time(0.05)
    host.stop()
    ended = host.event(TakeEnded)
    assert (ended.cause, ended.steps) == (Cause.STOP, 0)
    host.until(lambda now: now.state is State.LOADED)
    assert bench.steps() == []


def test_a_stop_slows_down_harder_rather_than_pass_a_limit(host: Host, bench: Bench) -> None:
    host.ready(accel=5000, silence_ms=2000)
    host.ok(SetLimits(0, 1000))
    host.arm(pull(steps=1000))
    host.ok(Go(1, 1600))
    host.wait(lambda: False, 0.07)
    host.stop()
    ended = host.event(TakeEnded)
    steps = bench.steps()
    assert ended.position == len(steps) <= 1000
    assert ended.position_known == 1


# The stop input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.IDLE, State.MOVING, State.LOADED, State.ARMED, State.PLAYING])
def test_the_stop_button_cuts_the_steps_and_latches(host: Host, bench: Bench, state: State) -> None:
    host.ready(stop_input=StopInput.STOP_BUTTON, silence_ms=2000)
    if state is State.MOVING:
        host.ok(Jog(6000))
    elif state is not State.IDLE:
        (host.upload if state is State.LOADED else host.arm)(pull(steps=3000))
        if state is State.PLAYING:
            host.ok(Go(1, 1600))
    at = bench.set_input("stop", 0, bench.tick() + TICK_HZ // 10)
    fault = host.reaches(State.FAULT)
    assert (fault.before, fault.fault, fault.cause) == (state, Fault.STOP_INPUT, Cause.STOP_INPUT)
    steps = bench.steps()
    assert fault.position == len(steps)
    assert all(step.tick <= at + LONGEST_FILTER_TICKS + 200 for step in steps)
    status = host.status()
    assert status.flags & Flag.REFERENCED
    assert status.flags & Flag.STOP_ACTIVE
    host.refused(Goto(0, 0), Result.FAULT_LATCHED)
    bench.set_input("stop", 1)
    host.pass_time(0.01)
    assert host.state is State.FAULT
    host.ok(ClearFault())
    status = host.status()
    assert (status.state, status.position, status.fault) == (State.IDLE, len(steps), Fault.NONE)
    assert not status.flags & Flag.STOP_ACTIVE
    host.ok(Goto(status.position + 10, 0))


def test_a_short_press_of_the_stop_button_is_enough(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.STOP_BUTTON, silence_ms=2000)
    host.ok(Jog(6000))
    at = bench.set_input("stop", 0, bench.tick() + TICK_HZ // 10)
    bench.set_input("stop", 1, at + TICK_HZ // 1000)
    assert host.reaches(State.FAULT).fault is Fault.STOP_INPUT


def test_a_spike_on_the_stop_input_stops_nothing(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.STOP_BUTTON, silence_ms=2000)
    host.ok(Jog(2000))
    for ticks in (1, 80, 800):
        at = bench.set_input("stop", 0, bench.tick() + TICK_HZ // 50)
        bench.set_input("stop", 1, at + ticks)
        host.pass_time(0.03)
        assert host.state is State.MOVING, ticks


def test_an_input_that_is_not_wired_does_nothing(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.NONE)
    bench.set_input("stop", 0)
    host.ok(Goto(30, 0))
    assert host.rests().cause is Cause.DONE
    assert host.status().flags & Flag.STOP_ACTIVE


def test_stops_leave_a_fault_as_it_is(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.STOP_BUTTON)
    bench.set_input("stop", 0)
    host.reaches(State.FAULT)
    bench.set_input("stop", 1)
    assert host.stop().was is State.FAULT
    assert host.stop(hard=True).was is State.FAULT
    assert isinstance(host.ask(GetStatus()), Telemetry)
    assert host.state is State.FAULT
    host.ok(Ping())

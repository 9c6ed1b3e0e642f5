# SPDX-License-Identifier: MIT
"""Takes: played to the tick, started by host or cue, streamed, run dry; and the evidence given of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from followfocus.wire.messages import (
    Ack,
    Arm,
    Board,
    Cause,
    ClearFault,
    CueEdge,
    Disarm,
    Fault,
    Flag,
    GetStatus,
    GetTake,
    Go,
    Goto,
    Ping,
    ProfileData,
    Result,
    SetTelemetry,
    Silence,
    Source,
    State,
    TakeEnded,
    TakeStarted,
)
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import Host, Profile, dwell, even, pull

EMULATOR_GRAIN = 3
CUE_GRAIN = 8
"""0.5 µs: the ATmega328P sees the end of the conversion that the cue's edge starts in a loop."""
CUE_LEAD_TICKS = 16_000
"""Time zero of a take that the cue starts lies 1 ms after the cue's own edge."""

PROFILES: dict[str, Profile] = {
    "a pull": pull(),
    "a pull back": pull(start=500, steps=-400),
    "one step": Profile(0, (even(1, 5000),)),
    "a step at a time": Profile(0, tuple(even(1, 3000 + 17 * index) for index in range(30))),
    "holds": Profile(0, (dwell(40_000), even(20, 3000), dwell(100_000), even(20, 3000), dwell(70_000))),
    "there and back": Profile(0, (even(30, 2500), dwell(5000), even(-30, 2500), even(5, 4000), even(-5, 1500))),
    "at the speed limit": Profile(0, (even(2000, 800),)),
    "slower than the timer is wide": Profile(0, (even(6, 150_000), even(3, 66_000), even(3, 65_536), even(3, 65_535))),
    "fractions of a tick": Profile(0, tuple(replace(even(60, 1000), interval=256_000 + 77 * k) for k in range(8))),
    "many dwells": Profile(0, tuple(part for _ in range(12) for part in (even(1, 900), dwell(700), dwell(800)))),
    "a dwell shorter than a step": Profile(0, (even(5, 1600), dwell(750), even(1, 60), even(5, 1600))),
    "only a hold": Profile(0, (dwell(200_000),)),
}


def check_edges(host: Host, bench: Bench, profile: Profile, ended: TakeEnded) -> None:
    """Every step where the profile puts it, first and last included, and the unit's own word for it right."""
    expected, end = profile.expand()
    steps = bench.steps()
    assert len(steps) == len(expected) == ended.steps
    grain = EMULATOR_GRAIN if bench.board is Board.ATMEGA328P else 0
    for step, planned in zip(steps, expected, strict=True):
        assert abs(step.tick - ended.start_clock - planned.tick) <= grain
    assert [step.direction for step in steps[1:]] == [step.direction for step in expected[1:]]
    if expected:
        assert ended.first_edge_clock - ended.start_clock == expected[0].tick
        assert ended.last_edge_clock - ended.start_clock == expected[-1].tick
    assert ended.end_clock - ended.start_clock == end
    assert ended.position == profile.end
    assert ended.position_known == 1


@pytest.mark.parametrize("what", PROFILES)
def test_a_take_is_the_profile_to_the_tick(host: Host, bench: Bench, what: str) -> None:
    profile = PROFILES[what]
    host.ready(profile.start)
    ended = host.play(profile, take=12)
    assert (ended.take, ended.cause) == (12, Cause.DONE)
    check_edges(host, bench, profile, ended)
    assert host.rests().after is State.LOADED
    status = host.status()
    assert (status.state, status.position, status.last_take) == (State.LOADED, profile.end, 12)


@pytest.mark.parametrize(
    ("steps_a_segment", "questions_at_once"),
    [(1, 12), (2, 12), (3, 12), (100, 12), (297, 9), (300, 8), (300, 9), (300, 12), (310, 12)],
)
def test_the_fastest_interval_it_states_is_served_with_the_line_full(
    host: Host, bench: Bench, steps_a_segment: int, questions_at_once: int
) -> None:
    """A step that waited for a byte to be taken in, and then for a few instructions with interrupts off, was late."""
    host.ready(min_interval_ticks=1)
    assert host.hello_reply is not None
    fastest = host.hello_reply.fastest_interval_ticks
    profile = Profile(0, (even(steps_a_segment, fastest),) * host.capacity)
    host.ok(SetTelemetry(5))
    host.arm(profile)
    questions = b"".join(host.frame(GetStatus()) for _ in range(questions_at_once))
    host.ok(Go(1, 40_000))
    for _ in range(40):
        host.write(questions)
        host.pass_time(0.02)
        if any(isinstance(event, TakeEnded) for event in host.events):
            break
    host.write(b"\0")
    ended = host.ask(GetTake())  # the event itself may have found the line full
    assert isinstance(ended, TakeEnded)
    assert ended.cause is Cause.DONE
    check_edges(host, bench, profile, ended)


def test_a_take_starts_when_it_is_told_to(host: Host, bench: Bench) -> None:
    host.ready()
    profile = pull(steps=20)
    host.arm(profile)
    delay = TICK_HZ // 20
    sent = bench.tick()
    host.ok(Go(3, delay))
    acknowledged = bench.tick()
    started = host.event(TakeStarted)
    assert (started.take, started.source) == (3, Source.HOST)
    assert sent + delay <= started.clock <= acknowledged + delay
    ended = host.event(TakeEnded)
    assert ended.start_clock == started.clock


def test_the_last_take_is_told_again(host: Host) -> None:
    host.ready()
    assert host.ask(GetTake()) == Ack(GetTake.TYPE, Result.NOTHING_KNOWN, 0)
    ended = host.play(pull(steps=20), take=65_535)
    assert host.ask(GetTake()) == ended
    assert host.ask(GetTake()) == ended


def test_a_take_is_played_again_from_its_start(host: Host, bench: Bench) -> None:
    host.ready()
    profile = pull(steps=100)
    host.play(profile)
    host.rests()
    host.refused(Arm(profile.id, 0), Result.NOT_AT_START)
    host.ok(Goto(0, 0))
    assert host.rests().after is State.LOADED
    host.ok(Arm(profile.id, 0))
    before = len(bench.steps())
    host.ok(Go(2, 20_000))
    ended = host.event(TakeEnded)
    expected, _ = profile.expand()
    for step, planned in zip(bench.steps()[before:], expected, strict=True):
        assert abs(step.tick - ended.start_clock - planned.tick) <= EMULATOR_GRAIN


def test_disarmed_nothing_starts(host: Host, bench: Bench) -> None:
    host.ready()
    profile = pull()
    host.arm(profile, cue=1)
    host.ok(Disarm())
    assert host.state is State.LOADED
    host.refused(Go(1, 0), Result.WRONG_STATE)
    bench.set_input("cue", 0)
    host.pass_time(0.05)
    assert bench.steps() == []
    bench.set_input("cue", 1)
    host.ok(Arm(profile.id, 0))
    host.ok(Go(1, 0))
    assert host.event(TakeEnded).steps == 400


def test_telemetry_follows_a_take(host: Host) -> None:
    host.ready()
    profile = pull(steps=2000)
    host.arm(profile)
    host.ok(Go(9, 1600))
    positions = []
    while (status := host.status()).state is not State.LOADED:
        positions.append(status.position)
        assert status.last_take == 9
    assert positions == sorted(positions)
    assert len([p for p in positions if 0 < p < 2000]) > 5


# Cue ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edge", CueEdge)
def test_the_cue_starts_an_armed_take_a_fixed_time_after_its_edge(host: Host, bench: Bench, edge: CueEdge) -> None:
    rest, active = (1, 0) if edge is CueEdge.FALLING else (0, 1)
    bench.set_input("cue", rest)
    host.ready(cue_edge=edge)
    profile = pull(steps=40)
    host.arm(profile, cue=1)
    assert host.status().flags & Flag.CUE_ENABLED
    at = bench.set_input("cue", active, bench.tick() + TICK_HZ // 20)
    started = host.event(TakeStarted)
    assert started.source is Source.CUE
    late = started.clock - at
    assert -EMULATOR_GRAIN <= late <= (CUE_GRAIN if bench.board is Board.ATMEGA328P else 0)
    ended = host.event(TakeEnded)
    assert (ended.steps, ended.cause, ended.take) == (40, Cause.DONE, started.take)
    assert ended.start_clock == started.clock + CUE_LEAD_TICKS
    expected, _ = profile.expand()
    for step, planned in zip(bench.steps(), expected, strict=True):
        assert abs(step.tick - started.clock - CUE_LEAD_TICKS - planned.tick) <= EMULATOR_GRAIN


def test_a_stuck_cue_starts_nothing_until_it_was_seen_free(host: Host, bench: Bench) -> None:
    bench.set_input("cue", 0)
    host.ready()
    host.arm(pull(), cue=1)
    host.pass_time(0.05, alive=True)
    assert host.state is State.ARMED
    assert bench.steps() == []
    bench.set_input("cue", 1)
    host.pass_time(0.05, alive=True)
    assert host.state is State.ARMED
    bench.set_input("cue", 0)
    assert host.event(TakeStarted).source is Source.CUE


def test_the_cue_does_nothing_unless_it_was_asked_for(host: Host, bench: Bench) -> None:
    host.ready()
    host.arm(pull(), cue=0)
    assert not host.status().flags & Flag.CUE_ENABLED
    for level in (0, 1, 0, 1):
        bench.set_input("cue", level)
        host.pass_time(0.01)
    assert host.state is State.ARMED
    host.ok(Go(1, 0))
    assert host.event(TakeEnded).cause is Cause.DONE


def test_the_cue_of_an_earlier_moment_is_forgotten(host: Host, bench: Bench) -> None:
    """An edge before arming must not start anything when the take is armed."""
    host.ready()
    bench.set_input("cue", 0)
    host.pass_time(0.01)
    bench.set_input("cue", 1)
    host.arm(pull(), cue=1)
    host.pass_time(0.05)
    assert host.state is State.ARMED
    assert bench.steps() == []


@pytest.mark.parametrize("edge", CueEdge)
def test_a_spike_on_the_cue_starts_nothing(host: Host, bench: Bench, edge: CueEdge) -> None:
    """A cue that is shorter than 50 µs never acts, one of 1 ms always does."""
    rest, active = (1, 0) if edge is CueEdge.FALLING else (0, 1)
    bench.set_input("cue", rest)
    host.ready(cue_edge=edge)
    host.arm(pull(steps=40), cue=1)
    assert host.status().flags & Flag.CUE_ENABLED
    for ticks in (1, 80, 800):
        at = bench.set_input("cue", active, bench.tick() + TICK_HZ // 50)
        bench.set_input("cue", rest, at + ticks)
        host.pass_time(0.03)
        assert host.state is State.ARMED, ticks
    at = bench.set_input("cue", active, bench.tick() + TICK_HZ // 50)
    bench.set_input("cue", rest, at + 16_000)
    assert host.event(TakeEnded).steps == 40


# Streams --------------------------------------------------------------------------------------------------------------


def stream_of(host: Host, pieces: float = 2.5, count: int = 8) -> Profile:
    """A profile that is `pieces` times as long as the unit's memory."""
    return Profile(0, tuple(even(count, 1600 + index % 5) for index in range(int(host.capacity * pieces))))


def feed(host: Host, profile: Profile, first: int) -> None:
    """Streams segments ahead of the play, asking again where the memory is full."""
    wanted = first
    while wanted < len(profile.segments):
        reply = host.ask(ProfileData(wanted, profile.segments[wanted : wanted + min(10, host.segments_a_frame)]))
        assert isinstance(reply, Ack)
        assert reply.result in (Result.OK, Result.BUFFER_FULL), reply
        wanted = reply.detail
        if reply.result is Result.BUFFER_FULL:
            host.pass_time(0.003)


def test_a_profile_longer_than_the_memory_streams(host: Host, bench: Bench) -> None:
    host.ready()
    profile = stream_of(host)
    host.arm(profile)
    assert host.status().flags & Flag.STREAMING
    host.ok(Go(1, TICK_HZ // 100))
    feed(host, profile, host.capacity)
    ended = host.event(TakeEnded)
    assert ended.cause is Cause.DONE
    check_edges(host, bench, profile, ended)
    assert host.rests().after is State.IDLE
    host.refused(Arm(profile.id, 0), Result.NO_PROFILE)


@pytest.mark.parametrize("interval_ticks", [1600, 400, 240])
def test_running_dry_at_speed_never_passes_what_has_come(host: Host, bench: Bench, interval_ticks: int) -> None:
    """The pull may end right there: a ring that slows down past it would leave the mark, or the scale."""
    host.ready(min_interval_ticks=200)
    head = tuple(even(40, interval_ticks) for _ in range(host.capacity))
    profile = Profile(0, (*head, even(1, interval_ticks)))
    host.arm(profile)
    host.ok(Go(1, 1600))
    ended = host.event(TakeEnded, 5.0, alive=True)
    assert ended.cause is Cause.FAULT
    assert host.reaches(State.FAULT).fault is Fault.UNDERRUN
    assert 0 < ended.position == len(bench.steps()) <= 40 * host.capacity


def test_running_dry_is_a_fault_with_the_position_known(host: Host, bench: Bench) -> None:
    host.ready()
    profile = stream_of(host)
    host.arm(profile)
    host.ok(Go(1, 1600))
    ended = host.event(TakeEnded, 5.0, alive=True)
    assert (ended.cause, ended.position_known) == (Cause.FAULT, 1)
    fault = host.reaches(State.FAULT)
    assert fault.fault is Fault.UNDERRUN
    steps = len(bench.steps())
    played = 8 * host.capacity
    assert played * 0.8 <= steps <= played, "it goes no further than what has come"
    assert ended.position == fault.position == steps == ended.steps
    status = host.status()
    assert status.fault is Fault.UNDERRUN
    assert status.flags & Flag.REFERENCED
    host.refused(Goto(0, 0), Result.FAULT_LATCHED)
    host.ok(ClearFault())
    status = host.status()
    assert (status.state, status.position, status.fault) == (State.IDLE, steps, Fault.NONE)


def spoil_crc(profile: Profile) -> Profile:
    return profile


def spoil_segment(profile: Profile) -> Profile:
    *rest, _ = profile.segments
    return replace(profile, segments=(*rest, even(4, 10)))


@pytest.mark.parametrize(
    ("spoil", "fault"), [(spoil_crc, Fault.STREAM_CRC), (spoil_segment, Fault.STREAM_LIMIT)], ids=["crc", "limit"]
)
def test_a_stream_that_goes_bad_slows_down_and_stands(
    host: Host, bench: Bench, spoil: Callable[[Profile], Profile], fault: Fault
) -> None:
    host.ready()
    profile = spoil(stream_of(host, 1.3))
    wrong = 1 if fault is Fault.STREAM_CRC else 0
    begin = profile.begin(host.capacity)
    host.ok(replace(begin, total_crc=begin.total_crc ^ wrong))
    host.send_segments(profile, 0, host.capacity)
    host.ok(Arm(profile.id, 0))
    host.ok(Go(1, 1600))
    wanted, last = host.capacity, Result.OK
    while wanted < len(profile.segments) and last in (Result.OK, Result.BUFFER_FULL):
        reply = host.ask(ProfileData(wanted, profile.segments[wanted : wanted + 5]))
        assert isinstance(reply, Ack)
        wanted, last = reply.detail, reply.result
        if last is Result.BUFFER_FULL:
            host.pass_time(0.003)
    assert last is (Result.CRC_MISMATCH if fault is Fault.STREAM_CRC else Result.TOO_FAST)
    ended = host.event(TakeEnded)
    assert (ended.cause, ended.position_known) == (Cause.FAULT, 1)
    assert host.reaches(State.FAULT).fault is fault
    assert host.status().position == len(bench.steps())


# Silence --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", Silence)
def test_what_a_take_does_when_the_host_falls_silent(host: Host, bench: Bench, rule: Silence) -> None:
    host.ready(take_silence=rule, silence_ms=60)
    profile = pull(steps=2000)
    host.arm(profile)
    host.ok(Go(1, 1600))
    said = bench.tick()
    ended = host.event(TakeEnded)
    steps = bench.steps()
    assert ended.position == ended.steps == len(steps)
    assert ended.position_known == 1
    if rule is Silence.FINISH:
        assert (ended.cause, ended.steps) == (Cause.DONE, 2000)
        return
    assert ended.cause is Cause.SILENCE
    assert ended.steps < 2000
    silent = said + TICK_HZ * 60 // 1000
    after = [step.tick for step in steps if step.tick > silent + TICK_HZ // 100]
    if rule is Silence.STOP_AT_ONCE:
        assert not after
    else:
        assert len(after) > 50
        assert after[-1] - after[-2] > 3 * (after[1] - after[0])
    assert host.rests().after is State.LOADED


def test_a_take_goes_on_while_the_host_is_there(host: Host) -> None:
    host.ready(take_silence=Silence.STOP_AT_ONCE, silence_ms=60)
    profile = pull(steps=1500)
    host.arm(profile)
    host.ok(Go(1, 1600))
    ended: list[TakeEnded] = []
    while not ended:
        host.ok(Ping())
        host.pass_time(0.01)
        ended = [event for event in host.events if isinstance(event, TakeEnded)]
    assert ended[0].cause is Cause.DONE

# SPDX-License-Identifier: MIT
"""Frames, numbers, retries and the hello: what a line does to a unit, and what it must not do."""

from __future__ import annotations

from itertools import pairwise

import pytest

from followfocus.wire.frames import encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Ack,
    Disarm,
    GetStatus,
    Go,
    Goto,
    Hello,
    HelloReply,
    Ping,
    ResetCause,
    Result,
    SetLimits,
    SetPosition,
    SetTelemetry,
    State,
    StateChanged,
    Telemetry,
    encode_body,
    message_types,
)
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import Host

COMMANDS = {number: kind for number, kind in message_types().items() if number < 0x80}


def test_the_hello_says_who_the_unit_is(host: Host, bench: Bench) -> None:
    reply = host.hello()
    assert (reply.major, reply.minor, reply.definitions) == (PROTOCOL_MAJOR, PROTOCOL_MINOR, DEFINITIONS_HASH)
    assert reply.board is bench.board
    assert reply.tick_hz == TICK_HZ
    assert reply.segment_capacity >= 96
    assert 64 <= reply.max_payload <= 253
    assert reply.fastest_interval_ticks <= 266  # 60,000 steps/s
    assert len(reply.serial) == 8


def test_a_hello_of_another_table_is_answered_all_the_same(host: Host) -> None:
    reply = host.ask(Hello(9, PROTOCOL_MAJOR + 1, 0, DEFINITIONS_HASH ^ 1))
    assert isinstance(reply, HelloReply)
    assert reply.definitions == DEFINITIONS_HASH


def test_before_the_hello_everything_else_is_refused(host: Host) -> None:
    for number, kind in COMMANDS.items():
        if kind is not Hello:
            reply = host.ask_bytes(encode_frame(77, number, b"\0" * 4), 77)
            assert reply == Ack(number, Result.HELLO_FIRST, 0), kind
    host.hello()
    host.ok(Ping())


def test_a_reset_is_announced_and_never_goes_unnoticed(host: Host, bench: Bench) -> None:
    boots = {host.hello().boot_id}
    for cause in (ResetCause.RESET_PIN, ResetCause.POWER_ON):
        host.ready(300)
        host.events.clear()
        bench.reset(cause)
        announced = host.event(HelloReply)
        assert (announced.nonce, announced.reset_cause) == (0, cause)
        reply = host.ask(GetStatus())
        assert reply == Ack(GetStatus.TYPE, Result.HELLO_FIRST, 0)
        hello = host.hello()
        assert (hello.boot_id, hello.reset_cause) == (announced.boot_id, cause)
        boots.add(hello.boot_id)
        status = host.status()
        assert status.state is State.UNREFERENCED
        assert not status.flags & 1
    assert len(boots) == 3


def test_a_command_sent_again_is_answered_again_but_not_done_again(host: Host) -> None:
    host.ready()
    move = host.frame(Goto(50, 0), seq=42)
    first = host.ask_bytes(move, 42)
    host.rests()
    host.events.clear()
    assert host.ask_bytes(move, 42) == first
    host.pass_time(0.05)
    assert not any(isinstance(event, StateChanged) for event in host.events)
    assert host.status().position == 50


def test_a_refusal_sent_again_is_the_same_refusal(host: Host) -> None:
    host.ready()
    host.ok(SetLimits(0, 100))
    move = host.frame(Goto(200, 0), seq=43)
    refusal = host.ask_bytes(move, 43)
    assert refusal == Ack(Goto.TYPE, Result.OUTSIDE_LIMITS, 0)
    assert host.ask_bytes(move, 43) == refusal


def test_the_same_number_with_another_command_is_another_command(host: Host) -> None:
    host.ready()
    assert host.ask(SetPosition(5), seq=9) == Ack(SetPosition.TYPE, Result.OK, 0)
    assert host.ask(SetPosition(6), seq=9) == Ack(SetPosition.TYPE, Result.OK, 0)
    assert host.status().position == 6


def test_a_question_sent_again_is_answered_afresh(host: Host) -> None:
    host.ready()
    question = host.frame(GetStatus(), seq=5)
    first = host.ask_bytes(question, 5)
    host.pass_time(0.02)
    second = host.ask_bytes(question, 5)
    assert isinstance(first, Telemetry)
    assert isinstance(second, Telemetry)
    assert second.clock - first.clock >= 0.019 * TICK_HZ


def test_a_hello_clears_the_memory_of_the_last_command(host: Host) -> None:
    host.ready()
    command = host.frame(SetPosition(11), seq=3)
    host.ask_bytes(command, 3)
    host.ok(SetPosition(0))
    host.hello()
    host.ask_bytes(command, 3)
    assert host.status().position == 11


def test_frames_with_errors_are_dropped_counted_and_never_answered(host: Host) -> None:
    host.ready()
    before = host.status().bad_frames
    good = host.frame(SetPosition(99), seq=200)
    wrong_crc = bytes([*good[:-3], good[-3] ^ 0x10 or 0x20, *good[-2:]])
    too_long = b"\x01" * 300 + b"\0"
    torn = good[:4] + b"\0"
    bad_cobs = b"\xff\x01\x02\0"
    for data in (wrong_crc, too_long, torn, bad_cobs):
        host.replies.clear()
        host.write(data)
        host.pass_time(0.03)
        assert not host.replies, data.hex()
    status = host.status()
    assert status.bad_frames - before == 4
    assert status.position == 0


def test_zeros_mean_nothing(host: Host) -> None:
    host.ready()
    before = host.status().bad_frames
    host.write(b"\0" * 50)
    host.ok(Ping())
    assert host.status().bad_frames == before


def test_a_command_byte_by_byte_or_after_garbage(host: Host, bench: Bench) -> None:
    host.ready()
    for byte in host.frame(SetPosition(17), seq=12):
        host.write(bytes([byte]))
        host.pass_time(0.002)
    assert host.wait(lambda: 12 in host.replies)
    host.write(bytes(range(1, 60)) + b"\0")
    host.ok(SetPosition(18))
    assert host.status().position == 18


def test_wrong_lengths_and_unknown_types(host: Host) -> None:
    host.ready()
    assert host.ask_bytes(encode_frame(1, Goto.TYPE, b"abc"), 1) == Ack(Goto.TYPE, Result.BAD_LENGTH, 0)
    assert host.ask_bytes(encode_frame(2, Ping.TYPE, b"a"), 2) == Ack(Ping.TYPE, Result.BAD_LENGTH, 0)
    for number in (0x17, 0x27, 0x7F, 0x80, 0xFF):
        assert host.ask_bytes(encode_frame(3, number, b""), 3) == Ack(number, Result.UNKNOWN_TYPE, 0)


@pytest.mark.parametrize("kind", [Go, Disarm])
def test_a_body_cut_short_is_never_carried_out(host: Host, kind: type[Go] | type[Disarm]) -> None:
    host.ready()
    body = encode_body(Go(1, 0)) if kind is Go else b"\0"
    short = body[:-1] if kind is Go else body
    reply = host.ask_bytes(encode_frame(8, kind.TYPE, short), 8)
    assert isinstance(reply, Ack)
    assert reply.result is Result.BAD_LENGTH


def test_telemetry_at_the_period_asked_for(host: Host) -> None:
    host.ready()
    host.refused(SetTelemetry(4), Result.BAD_VALUE)
    host.ok(SetTelemetry(20))
    host.events.clear()
    host.pass_time(0.3)
    clocks = [event.clock for event in host.events if isinstance(event, Telemetry)]
    assert 13 <= len(clocks) <= 16
    for earlier, later in pairwise(clocks):
        assert abs(later - earlier - 0.02 * TICK_HZ) < 0.006 * TICK_HZ
    host.ok(SetTelemetry(0))
    host.pass_time(0.03)
    host.events.clear()
    host.pass_time(0.1)
    assert not any(isinstance(event, Telemetry) for event in host.events)


def test_a_flood_of_questions_leaves_the_unit_sound(host: Host) -> None:
    host.ready(1234)
    host.write(b"".join(host.frame(GetStatus()) for _ in range(120)))
    host.pass_time(0.3)
    host.write(b"\0")  # ends what the flood may have left half a frame
    host.hello()
    assert host.status().position == 1234

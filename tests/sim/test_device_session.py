# SPDX-License-Identifier: MIT
"""The simulated unit on the wire: hello, numbering, repeats, refusals of form."""

from __future__ import annotations

import itertools

import pytest

from followfocus.sim.build import Build
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, crc16, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    Ack,
    Board,
    GetStatus,
    Goto,
    Hello,
    HelloReply,
    Hold,
    Jog,
    Ping,
    ResetCause,
    Result,
    SetTelemetry,
    State,
    Stopped,
    Telemetry,
    encode_body,
)
from tests.sim.driver import HZ, Driver, rigid_unit, steady

HELLO = Hello(77, 1, 0, DEFINITIONS_HASH)


def test_it_announces_itself_once_after_each_reset():
    driver = Driver()
    driver.wait(0.1)
    [(_, seq, hello)] = driver.heard
    assert (seq, hello.nonce, hello.reset_cause) == (0, 0, ResetCause.POWER_ON)
    driver.unit.reset(driver.now_s, ResetCause.WATCHDOG)
    driver.wait(0.1)
    _, again = driver.events(HelloReply)
    assert again.reset_cause is ResetCause.WATCHDOG
    assert again.boot_id != hello.boot_id


def test_hello_tells_who_it_is():
    reply = Driver().ask(HELLO)
    assert isinstance(reply, HelloReply)
    assert (reply.nonce, reply.major, reply.minor, reply.definitions) == (77, 1, 0, DEFINITIONS_HASH)
    assert (reply.board, reply.tick_hz, reply.segment_capacity) == (Board.SIMULATED, HZ, 96)
    assert reply.max_payload == 253
    assert reply.serial == b"SIM00001"


def test_nothing_is_taken_before_hello_but_stops():
    driver = Driver()
    assert driver.result(Ping()) is Result.HELLO_FIRST
    assert driver.ask(GetStatus()) == Ack(GetStatus.TYPE, Result.HELLO_FIRST, 0)
    driver.send(STOP_BYTES)
    driver.wait(0.01)
    assert driver.events(Stopped)
    driver.hello()
    assert driver.result(Ping()) is Result.OK
    driver.unit.reset(driver.now_s)
    assert driver.result(Ping()) is Result.HELLO_FIRST


def test_a_repeated_command_is_answered_but_not_carried_out_again():
    driver = Driver().ready()
    first = driver.ask(Jog(500), seq=9)
    driver.wait(0.02)
    driver.does(Jog(0))
    driver.wait_for(State.IDLE)
    driver.ask(Goto(100, 0), seq=10)
    driver.wait_for(State.IDLE, ping_every_s=None)
    changes = len(driver.changes())
    assert driver.ask(Goto(100, 0), seq=10) == Ack(Goto.TYPE, Result.OK, 0)
    driver.wait(0.05)
    assert len(driver.changes()) == changes
    assert driver.unit.position == 100
    assert first == Ack(Jog.TYPE, Result.OK, 0)


def test_a_refusal_is_remembered_too():
    driver = Driver()
    driver.hello()
    assert driver.ask(Goto(5, 0), seq=3) == Ack(Goto.TYPE, Result.NOT_REFERENCED, 0)
    assert driver.ask(Goto(5, 0), seq=3) == Ack(Goto.TYPE, Result.NOT_REFERENCED, 0)


def test_a_repeated_question_is_answered_afresh():
    driver = Driver().ready()
    before = driver.ask(GetStatus(), seq=5)
    driver.wait(0.05)
    after = driver.ask(GetStatus(), seq=5)
    assert isinstance(before, Telemetry)
    assert isinstance(after, Telemetry)
    assert after.clock > before.clock


def test_hello_clears_the_memory_and_is_always_carried_out():
    driver = Driver().ready()
    driver.ask(Goto(10, 0), seq=7)
    driver.wait_for(State.IDLE, ping_every_s=None)
    one = driver.ask(HELLO, seq=8)
    two = driver.ask(HELLO, seq=8)
    assert one == two
    changes = len(driver.changes())
    driver.ask(Goto(10, 0), seq=7)
    driver.wait(0.05)
    assert len(driver.changes()) > changes


def test_another_body_under_the_same_number_is_another_command():
    driver = Driver().ready()
    assert driver.ask(Goto(10, 0), seq=7) == Ack(Goto.TYPE, Result.OK, 0)
    assert driver.ask(Goto(20, 0), seq=7) == Ack(Goto.TYPE, Result.OK, 0)
    driver.wait_for(State.IDLE)
    assert driver.unit.position == 20


@pytest.mark.parametrize(
    ("type_id", "body", "result"),
    [
        (0x7F, b"", Result.UNKNOWN_TYPE),
        (0x30, b"", Result.UNKNOWN_TYPE),
        (0x80, b"\0" * 6, Result.UNKNOWN_TYPE),
        (0x82, b"", Result.UNKNOWN_TYPE),
        (Ping.TYPE, b"\0", Result.BAD_LENGTH),
        (Goto.TYPE, b"\0" * 7, Result.BAD_LENGTH),
        (Goto.TYPE, b"\0" * 9, Result.BAD_LENGTH),
        (0x21, b"\0" * 13, Result.BAD_LENGTH),
        (Hello.TYPE, b"", Result.BAD_LENGTH),
        (Hold.TYPE, b"\2", Result.BAD_VALUE),
        (SetTelemetry.TYPE, b"\4\0", Result.BAD_VALUE),
    ],
)
def test_malformed_commands_are_refused_by_name(type_id, body, result):
    driver = Driver().ready()
    before = driver.status()
    driver.send(encode_frame(200, type_id, body))
    driver.wait(0.01)
    assert driver.heard[-1][1:] == (200, Ack(type_id, result, 0))
    assert driver.status().state is before.state


def test_an_enumeration_value_that_is_none_is_a_bad_value():
    driver = Driver().ready()
    config = driver.unit.config
    body = bytearray(encode_body(config))
    body[-21] = 9  # stop_input, before cue_edge, take_silence, silence_ms and name
    driver.send(encode_frame(9, config.TYPE, bytes(body)))
    driver.wait(0.01)
    assert driver.heard[-1][2] == Ack(config.TYPE, Result.BAD_VALUE, 0)


def test_damaged_frames_are_counted_and_not_answered():
    driver = Driver().ready()
    good = encode_frame(50, Ping.TYPE, b"")
    bad = bytes([good[0], good[1] ^ 1]) + good[2:]
    heard = len(driver.heard)
    driver.send(bad + b"\0\0\0" + b"\x05ab\0")
    driver.wait(0.05)
    assert len(driver.heard) == heard
    assert driver.status().bad_frames == 2


def test_bytes_may_come_one_by_one():
    driver = Driver()
    for byte in encode_frame(4, HELLO.TYPE, encode_body(HELLO)):
        driver.send(bytes([byte]))
        driver.wait(0.001)
    driver.wait(0.01)
    assert driver.heard[-1][1] == 4


@pytest.mark.parametrize(("stop", "hard"), [(STOP_BYTES, 0), (HARD_STOP_BYTES, 1)])
@pytest.mark.parametrize("before", [b"", b"\x07half a fr", b"\0\0\0", b"x" * 300, STOP_BYTES[:4]])
def test_stops_are_seen_whatever_came_before(stop, hard, before):
    driver = Driver()
    driver.wait(0.01)
    driver.send(before)
    for byte in stop:
        driver.send(bytes([byte]))
    driver.wait(0.01)
    assert [(event.hard, event.was) for event in driver.events(Stopped)] == [(hard, State.UNREFERENCED)]


def test_each_repeated_stop_is_answered_and_none_is_counted_bad():
    driver = Driver().ready()
    driver.send(STOP_BYTES * 3 + HARD_STOP_BYTES)
    driver.wait(0.05)
    assert [event.hard for event in driver.events(Stopped)] == [0, 0, 0, 1]
    assert driver.status().bad_frames == 0


def test_a_stop_is_answered_ahead_of_all_that_waits():
    driver = Driver().ready()
    driver.send(b"".join(encode_frame(seq, GetStatus.TYPE, b"") for seq in range(100, 110)) + STOP_BYTES)
    heard = len(driver.heard)
    driver.wait(0.1)
    kinds = [type(message) for _, _, message in driver.heard[heard:]]
    assert kinds[:2] == [Telemetry, Stopped]
    assert kinds.count(Telemetry) == 10


def test_bytes_out_take_their_time_on_the_line():
    driver = Driver().ready()
    start_s = driver.now_s
    driver.send(encode_frame(99, GetStatus.TYPE, b""))
    while driver.heard[-1][1] != 99:
        driver.wait(0.0001)
    telemetry = driver.heard[-1][2]
    length = len(encode_frame(99, telemetry.TYPE, encode_body(telemetry)))
    assert driver.now_s - start_s == pytest.approx(length * 40e-6, abs=1.1e-4)


def test_telemetry_comes_by_the_units_clock_until_it_is_switched_off():
    driver = Driver(rigid_unit(build=Build(clock_error=0.005))).ready()
    driver.does(SetTelemetry(20))
    driver.wait(1.0)
    clocks = [event.clock for event in driver.events(Telemetry)]
    assert {b - a for a, b in itertools.pairwise(clocks)} == {HZ // 50}
    assert len(clocks) == 50
    driver.does(SetTelemetry(0))
    driver.wait(0.1)
    assert len(driver.events(Telemetry)) == len(clocks)


def test_the_next_event_is_when_something_is_said():
    driver = Driver().ready()
    driver.wait(0.1)
    assert driver.unit.next_event_s() is None
    driver.does(SetTelemetry(1000))
    assert driver.unit.next_event_s() == pytest.approx(driver.now_s + 1.0, abs=0.01)
    driver.does(SetTelemetry(0))
    driver.play([steady(16_000, 2000)])
    driver.wait(0.01)
    assert driver.unit.next_event_s() == pytest.approx(driver.now_s + 2.0, abs=0.02)
    driver.send(STOP_BYTES)
    assert driver.unit.next_event_s() < driver.now_s + 0.003
    driver.wait(0.5)
    driver.does(Jog(100))
    driver.wait(0.01)
    assert driver.unit.next_event_s() <= driver.now_s + 0.0021


def test_the_clock_may_be_off():
    driver = Driver(rigid_unit(build=Build(clock_error=-0.005))).ready()
    before_s, before = driver.now_s, driver.unit.clock
    driver.wait(10.0)
    assert (driver.unit.clock - before) / (driver.now_s - before_s) == pytest.approx(HZ * 0.995, rel=1e-6)


def test_the_crc_of_the_memory_is_the_frames_own():
    # two commands of one number whose CRCs agree are the same command: a unit compares no more than that
    assert crc16(b"\x01\x03") != crc16(b"\x01\x02")

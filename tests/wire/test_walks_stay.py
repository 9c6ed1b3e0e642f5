# SPDX-License-Identifier: MIT
"""Clocks that run well and badly, messages whole and damaged: what was made of them is made of them still."""

from __future__ import annotations

import dataclasses
import math
import random
import struct
from typing import Any

import pytest

from followfocus.errors import LineError, NoUnitError, RequestError
from followfocus.wire import clockdrift, evidence, greeting, plausible, requests, rfc2217
from followfocus.wire.clockreading import ClockReading, RoundTrip
from followfocus.wire.clocksync import ClockSync
from followfocus.wire.events import Version
from followfocus.wire.frames import MAX_PAYLOAD, OVERHEAD, FrameReader, decode_frame, encode_frame
from followfocus.wire.heard_clock import FRAME_BYTES, HeardClock
from followfocus.wire.messages import (
    PROTOCOL_MAJOR,
    Ack,
    Config,
    Flag,
    GetStatus,
    HelloReply,
    LastKnown,
    Message,
    ProfileData,
    Result,
    Segment,
    State,
    TakeEnded,
    Telemetry,
    decode_body,
    encode_body,
    fields_of,
    message_types,
)
from followfocus.wire.session import Phase, Session
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
HZ = 16e6


def any_of(kind: type[Message], draw: random.Random) -> Message:
    """A message of a kind, its values drawn: most of them small, some at the ends of their fields."""
    made: dict[str, object] = {}
    for name, code, words in fields_of(kind):
        if code.endswith("s"):
            made[name] = bytes(draw.randrange(256) for _ in range(int(code[:-1])))
            continue
        bits = 8 * struct.calcsize(code)
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() else (0, (1 << bits) - 1)
        value = (low, high, 0, 1, draw.randrange(low, high + 1), draw.randrange(0, 100))[draw.randrange(6)]
        if words is not None:
            known = [int(word) for word in words]  # type: ignore[attr-defined]
            value = known[draw.randrange(len(known))]
        made[name] = words(value) if words is not None else value
    if kind is ProfileData:
        made["segments"] = tuple(
            Segment(draw.randrange(1 << 32), draw.randrange(-(1 << 15), 1 << 15), draw.randrange(-(1 << 31), 1 << 31))
            for _ in range(draw.randrange(6))
        )
    return kind(**made)


# ---------------------------------------------------------------- clocks


def heard_from(
    sync: ClockSync, draw: random.Random, seconds: float, ppm: float, *, asks: bool, jitter_s: float
) -> list[Row]:
    """Telemetry, and answers, of a clock that is off; what is known after every half second."""
    rows: list[Row] = []
    boot_s, at_s, looked_s = 500.0, 0.0, 0.5
    while at_s < seconds:
        at_s += 0.0222
        clock = round((boot_s + at_s) * HZ * (1 + ppm * 1e-6))
        late_s = 0.0008 + jitter_s * draw.random() ** 3 + (0.05 if draw.randrange(97) == 0 else 0.0)
        sync.add(clock, 1000.0 + at_s + late_s)
        if asks and draw.randrange(6) == 0:
            there_s, back_s = 0.0005 + jitter_s * draw.random(), 0.0006 + jitter_s * draw.random()
            sync.add_round_trip(clock, 1000.0 + at_s - there_s, 1000.0 + at_s + back_s, 0.62)
        if at_s >= looked_s:
            looked_s += 0.5
            rows.append(known(sync.reading, clock))
    return rows


def known(reading: ClockReading, clock: int) -> Row:
    found, rate, over = reading.estimate(), reading.rate(), reading.rate_over(clock - 12_000_000, clock)
    host_s = reading.host_s(clock)
    return (
        found.hz if found else None, found.within_hz if found else None, found.span_s if found else None,
        rate.hz if rate else None, over.hz if over else None, over.within_hz if over else None,
        reading.true_hz(), host_s, None if host_s is None else reading.clock_at(host_s + 0.25),
        reading.way_there_s, reading.error_s if math.isfinite(reading.error_s) else "unknown",
    )  # fmt: skip


@pytest.mark.parametrize("ppm", [0.0, 80.0, -400.0, 3000.0])
@pytest.mark.parametrize(("asks", "jitter_s"), [(False, 0.0002), (True, 0.0002), (True, 0.004)])
def test_a_clock_is_known_as_it_was(ppm: float, asks: bool, jitter_s: float) -> None:
    draw = random.Random(f"{ppm}{asks}{jitter_s}")
    sync = ClockSync(HZ)
    assert known(sync.reading, 100)[7] is None
    rows = heard_from(sync, draw, 5.0, ppm, asks=asks, jitter_s=jitter_s)
    assert_goes_as_it_did(f"clock-{ppm:g}-{asks}-{jitter_s:g}", rows)


def test_a_clock_measured_for_long_forgets_what_was_half_a_minute_ago() -> None:
    sync = ClockSync(HZ)
    rows = heard_from(sync, random.Random(3), 40.0, 200.0, asks=True, jitter_s=0.0004)
    assert sync.reading.came.least[-1][0] - sync.reading.came.least[0][0] <= 30.0
    assert len(sync.reading.came.raw) == len(sync.reading.trips) == 64
    assert_goes_as_it_did("clock-long", rows[::4])


def test_strips_and_hulls_are_what_geometry_says() -> None:
    draw, rows = random.Random(5), list[Row]()
    for count in (5, 6, 7, 8, 20, 60):
        points = tuple((0.1 * i + 3.0, 1e-4 * draw.random() + 2e-4 * i / count) for i in range(count))
        delays = clockdrift.Delays(points, points)
        found = delays.drifts()
        rows.append((count, *(found or ()), delays.spread_s(0.0, 3.35), delays.spread_s(1e-3, 1e9)))
        if found is not None:
            assert found[0] <= found[1]
    assert clockdrift.Delays().spread_s(0.0, 1.0) == math.inf
    assert_goes_as_it_did("drifts", rows)


@pytest.mark.parametrize(("sent", "received", "sure"), [
    ((10.0, 12.0), (10.0, 12.0), (HZ, 0.0)),
    ((10.0, 12.0), (10.1, 12.1), (HZ * (1 / 1.9 + 1 / 2.1), HZ * (1 / 1.9 - 1 / 2.1))),
])  # fmt: skip
def test_two_answers_bound_a_rate(
    sent: tuple[float, float], received: tuple[float, float], sure: tuple[float, float]
) -> None:
    trips = tuple(RoundTrip(round(32e6 * i), sent[i], received[i]) for i in range(2))
    found = ClockReading(HZ, trips=trips).rate_over(0, 32_000_000)
    assert found is not None
    assert (found.hz, found.within_hz, found.span_s) == (pytest.approx(sure[0]), pytest.approx(sure[1]), 2.0)
    assert ClockReading(HZ, trips=trips).rate_over(0, 40_000_001) is None  # less than four fifths of it
    assert ClockReading(HZ, trips=trips).rate_over(0, 40_000_000) is not None
    assert ClockReading(HZ, trips=trips).rate_over(1, 32_000_000) is None


def test_of_an_answers_time_the_way_back_has_its_bytes_share() -> None:
    clock, question = HeardClock(HZ), requests.Request(1, GetStatus(), frame=bytes(10))
    told = any_of(Telemetry, random.Random(1))
    assert isinstance(told, Telemetry)
    question.sent(5.0, 0.1)
    assert question.due_s == pytest.approx(5.1 + 2 * 40e-6 * 10)
    clock.answered(told, question, 5.01)
    back = len(encode_body(told)) + FRAME_BYTES
    assert clock.sync.reading.way_back_s == pytest.approx(0.01 * back / (back + 10))
    before = clock.sync.reading
    question.sent(6.0, 0.1)
    assert (question.sent_s, question.tries) == (5.0, 2)
    clock.answered(told, question, 6.01)
    assert clock.sync.reading is before


def test_a_clock_that_cannot_be_is_doubted_as_it_was() -> None:
    draw, watch, rows = random.Random(9), plausible.ClockWatch(HZ), list[Row]()
    at_s, clock = 100.0, 5 * 16_000_000
    blank = any_of(Telemetry, draw)
    assert isinstance(blank, Telemetry)
    ended = any_of(TakeEnded, draw)
    assert isinstance(ended, TakeEnded)
    for step in range(400):
        at_s += 0.05
        clock += round(0.05 * HZ * (1.0 if step < 200 else 1.08))
        leap_s = {40: 9.0, 60: 12.0, 100: 50.0, 101: 50.05, 102: 50.1, 150: 50.0, 151: 90.0, 152: 90.05, 160: 1e9}.get(
            step, 0.0
        )
        if 103 <= step < 140:
            leap_s = 50.0
        told = dataclasses.replace(blank, clock=clock + round(leap_s * HZ))
        words = watch.doubt(told, at_s)
        if step % 20 == 0:
            late = dataclasses.replace(
                ended, start_clock=1, first_edge_clock=2, last_edge_clock=3, end_clock=told.clock + step * 1_000_000
            )
            rows.append((step, watch.doubt(late, at_s)))
        rows.append((step, words, watch.leaps, watch.false_hz()))
    assert_goes_as_it_did("clock-doubts", rows)


# ---------------------------------------------------------------- messages


def outcome(type_id: int, body: bytes) -> str:
    try:
        return repr(decode_body(type_id, body))
    except ValueError as error:
        return f"refused: {error}"


def test_messages_whole_and_damaged_are_read_as_they_were() -> None:
    draw, rows = random.Random(4), list[Row]()
    for type_id, kind in sorted(message_types().items()):
        message = any_of(kind, draw)
        body = encode_body(message)
        assert decode_body(type_id, body) == message
        rows.append((kind.__name__, body.hex()))
        for damaged in (body[:-1], body + b"\1", bytes(len(body)), b"\xff" * len(body), body + bytes(10)):
            rows.append((kind.__name__, outcome(type_id, damaged)[:200]))
    rows += [(f"{type_id}", outcome(type_id, b"")) for type_id in (0, 0x30, 0x31, 0xFF)]
    assert_goes_as_it_did("messages", rows)


def test_frames_are_cut_out_of_noise_as_they_were() -> None:
    draw, reader, rows = random.Random(6), FrameReader(), list[Row]()
    for step in range(150):
        data = bytearray(
            encode_frame(step % 256, draw.randrange(256), bytes(draw.randrange(256) for _ in range(draw.randrange(40))))
        )
        what = draw.randrange(6)
        if what == 0:
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        elif what == 1:
            data = bytearray(b"\0\0") + data
        elif what == 2:
            data = bytearray(draw.randrange(1, 256) for _ in range(300)) + data
        for frame in reader.feed(bytes(data)):
            rows.append((step, frame.seq, frame.type, frame.body.hex()))
        rows.append((step, reader.bad_frames))
    assert_goes_as_it_did("frames", rows)


def test_the_longest_frame_is_one_and_a_longer_is_none() -> None:
    most = MAX_PAYLOAD - OVERHEAD
    whole = encode_frame(1, 2, b"\x55" * most)
    found = decode_frame(whole[:-1])
    assert found is not None
    assert found.body == b"\x55" * most
    assert FrameReader().feed(whole) == [found]
    with pytest.raises(ValueError, match="longer"):
        encode_frame(1, 2, b"\x55" * (most + 1))
    assert decode_frame(whole[:-1] + b"\1") is None
    assert decode_frame(encode_frame(1, 2)[:-2]) is None


# ---------------------------------------------------------------- meeting, and what can't be


def replies(draw: random.Random) -> HelloReply:
    made = any_of(HelloReply, draw)
    assert isinstance(made, HelloReply)
    return dataclasses.replace(
        made, major=PROTOCOL_MAJOR, tick_hz=16_000_000, max_payload=253, segment_capacity=96, fastest_interval_ticks=160
    )


@pytest.mark.parametrize(("field", "values"), [
    ("tick_hz", (99_999, 100_000, 1_000_000_000, 1_000_000_001)), ("max_payload", (21, 22, 253, 254)),
    ("segment_capacity", (0, 1)), ("fastest_interval_ticks", (0, 1)),
])  # fmt: skip
def test_a_hello_is_doubted_beyond_its_bounds_alone(field: str, values: tuple[int, ...]) -> None:
    fine = replies(random.Random(2))
    assert plausible.hello_doubt(fine) == ""
    doubts = [bool(plausible.hello_doubt(dataclasses.replace(fine, **{field: value}))) for value in values]
    assert doubts == ([True, False, False, True] if len(values) == 4 else [True, False])


def test_a_gearing_is_doubted_beyond_its_bounds_alone() -> None:
    made = any_of(Config, random.Random(11))
    assert isinstance(made, Config)
    fine = dataclasses.replace(
        made, full_steps_per_turn=200, microsteps=16, motor_teeth=40, lens_teeth=100, direction=1, accel=5, goto_rate=5,
        home_rate=5, min_interval_ticks=5,
    )  # fmt: skip
    assert plausible.doubt(fine) == ""
    wrong: list[dict[str, Any]] = [
        {"microsteps": 0}, {"motor_teeth": 0}, {"lens_teeth": 0}, {"full_steps_per_turn": 0}, {"direction": -1},
        {"direction": 0},
        {"direction": 2}, {"accel": 0}, {"goto_rate": 0}, {"home_rate": 0}, {"min_interval_ticks": 0},
        {"full_steps_per_turn": 20, "microsteps": 1, "lens_teeth": 40},
        {"full_steps_per_turn": 19, "microsteps": 1, "lens_teeth": 40},
        {"full_steps_per_turn": 50_000, "microsteps": 200, "lens_teeth": 40},
        {"full_steps_per_turn": 50_001, "microsteps": 200, "lens_teeth": 40},
    ]  # fmt: skip
    rows: list[Row] = [(str(changes), plausible.doubt(dataclasses.replace(fine, **changes))) for changes in wrong]
    assert_goes_as_it_did("gearings", rows)
    last = any_of(LastKnown, random.Random(1))
    assert isinstance(last, LastKnown)
    for valid, minimum, maximum, doubted in ((1, 5, 4, True), (1, 5, 5, False), (0, 5, 4, False)):
        assert (
            bool(plausible.doubt(dataclasses.replace(last, valid=valid, minimum=minimum, maximum=maximum))) is doubted
        )


def test_a_piece_of_a_profile_is_answered_with_the_next() -> None:
    piece = ProfileData(7, (Segment(1, 1, 0),) * 3)
    for result, detail, doubted in (
        (Result.OK, 10, False), (Result.OK, 9, True), (Result.OK, 11, True), (Result.WRONG_STATE, 3, False),
        (Result.WRONG_STATE, -1, True),
    ):  # fmt: skip
        reply = dataclasses.replace(any_of(Ack, random.Random(1)), result=result, detail=detail)
        assert bool(plausible.reply_doubt(reply, piece)) is doubted
        assert plausible.reply_doubt(reply, GetStatus()) == ""


def test_whoever_answers_is_gone_on_with_or_not() -> None:
    met = greeting.Greeting(0xFFFFFFFF - 1)
    first, second = met.hello(10.0), met.hello(20.0)
    assert (first.nonce, second.nonce) == (0xFFFFFFFF, 1)
    assert [met.runs_out(at_s) for at_s in (20.0, 23.49, 23.5)] == [False, False, True]
    met.given_up = True
    assert not met.runs_out(99.0)
    met.hear(bytes(3000) + b"end")
    assert (len(met.noise), met.noise[-3:]) == (2048, b"end")
    met.forget_noise()
    assert met.noise == b""
    draw = random.Random(3)
    fine = dataclasses.replace(replies(draw), nonce=1, definitions=second.definitions)
    assert met.is_for_us(fine)
    assert not met.is_for_us(dataclasses.replace(fine, nonce=2))
    assert met.refusal(fine) is None
    met.serial = fine.serial
    assert met.refusal(fine) is None
    told = [
        type(met.refusal(dataclasses.replace(fine, **changes))).__name__
        for changes in ({"major": PROTOCOL_MAJOR + 1}, {"definitions": 1}, {"serial": b"another!"}, {"tick_hz": 1})
    ]
    assert told == ["Version", "Version", "OtherUnit", "Implausible"]


def test_a_status_is_what_it_says() -> None:
    rows: list[Row] = []
    for state in (None, *State):
        for flags in (Flag(0), Flag.REFERENCED, Flag.ENERGISED, Flag.REFERENCED | Flag.ENERGISED):
            status = evidence.UnitStatus(
                state is not None, state, 12.5, 3.0, 77, flags=flags, last_take=4, bad_frames=2
            )
            rows.append((status.referenced, status.at_rest, str(status.facts())))
    assert_goes_as_it_did("statuses", rows)


# ---------------------------------------------------------------- port servers


@pytest.mark.parametrize(
    "name", ["rfc2217://", "rfc2217://host", "rfc2217://:4000", "rfc2217://host:0", "rfc2217://host:x", "rfc2217://[:4"]
)
def test_what_is_no_port_server_is_no_address(name: str) -> None:
    with pytest.raises(RequestError, match="not an address"):
        rfc2217.rfc2217_port(name, 250_000, modem_lines=False)


@pytest.mark.parametrize(("name", "modem_lines", "opened"), [
    ("rfc2217://h:1", False, "rfc2217://h:1?ign_set_control"), ("rfc2217://h:1", True, "rfc2217://h:1"),
    ("rfc2217://h:1?timeout=3", False, "rfc2217://h:1?timeout=3&ign_set_control"),
    ("rfc2217://h:1?ign_set_control", False, "rfc2217://h:1?ign_set_control"),
])  # fmt: skip
def test_answers_about_lines_are_waited_for_where_they_are_needed(name: str, modem_lines: bool, opened: str) -> None:
    port = rfc2217.rfc2217_port(name, 250_000, modem_lines=modem_lines)
    assert (port.port, port.baudrate, port.is_open) == (opened, 250_000, False)


@pytest.mark.parametrize(("said", "kind", "words"), [
    ("expected a string in the form \"rfc2217://h:p\": no port", RequestError, "is not an address"),
    ("timeout while waiting for option 'control'", LineError, "has no modem lines"),
    ("timeout while waiting for option 'baudrate'", LineError, "does not set its port to 9600 baud"),
    ("remote rejected parameter change", LineError, "does not set its port to 9600 baud"),
    ("Remote does not seem to support RFC2217", NoUnitError, "not an RFC 2217 server"),
    ("timeout while waiting for option 'x'", NoUnitError, "not an RFC 2217 server"),
    ("Could not open port h: [Errno 111] Connection refused", NoUnitError, "Can't connect to h: Connection refused."),
    ("", NoUnitError, "Can't connect to h: no answer in time."),
])  # fmt: skip
def test_a_port_server_that_gives_no_port_is_told_with_what_to_do(said: str, kind: type[Exception], words: str) -> None:
    error = rfc2217.cannot_open("h", 9600, OSError(said))
    assert type(error) is kind
    assert words in str(error)
    assert error.remedy


@pytest.mark.parametrize(
    ("length", "phase"), [(8, Phase.GREETING), (9, Phase.REFUSED), (10, Phase.REFUSED), (30, Phase.REFUSED)]
)
def test_a_hello_of_another_length_tells_its_version_where_that_is_in_it(length: int, phase: Phase) -> None:
    session = Session(5)
    session.open(1.0)
    session.step(b"", 1.0)
    body = struct.pack("<IBBI", 6, 9, 3, 0x01020304)[:length].ljust(length, b"\1")
    turn = session.step(encode_frame(1, HelloReply.TYPE, body), 1.1)
    assert session.phase is phase
    told = [event for event in turn.events if isinstance(event, Version)]
    assert [(event.major, event.minor) for event in told] == ([(9, 3)] if phase is Phase.REFUSED else [])

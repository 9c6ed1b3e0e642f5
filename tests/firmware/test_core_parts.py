# SPDX-License-Identifier: MIT
"""The core's parts: CRCs, frames, the STOP matcher and step times, against the golden vectors and the plain rules."""

from __future__ import annotations

import ctypes
import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, crc16, decode_frame, encode_frame
from followfocus.wire.messages import (
    SEGMENT,
    Ack,
    Cause,
    GetStatus,
    Go,
    Ping,
    ProfileData,
    Result,
    Segment,
    TakeEnded,
    Telemetry,
)
from tests.conformance.units import FIRMWARE, running
from tests.conformance.wire import Host, Profile
from tests.firmware.core import CoreBench, library

FRAMES = json.loads((FIRMWARE / "vectors" / "frames.json").read_text(encoding="utf-8"))
PROFILES = json.loads((FIRMWARE / "vectors" / "profiles.json").read_text(encoding="utf-8"))["profiles"]
MAX_PAYLOAD = 64
NOTHING, READY, BAD = range(3)


class FrameIn(ctypes.Structure):
    """struct ff_frame_in of src/frame.h."""

    _fields_ = (
        ("payload", ctypes.c_uint8 * MAX_PAYLOAD),
        ("length", ctypes.c_uint8),
        ("run", ctypes.c_uint8),
        ("started", ctypes.c_bool),
        ("bad", ctypes.c_bool),
    )


def feed(data: bytes) -> list[tuple[int, bytes]]:
    """The core's frame reader on `data`, byte by byte; the payload, CRC included, where one is READY."""
    reader = FrameIn()
    take = library().ff_frame_feed
    take.argtypes = (ctypes.POINTER(FrameIn), ctypes.c_uint8)
    said = []
    for byte in data:
        event = take(ctypes.byref(reader), byte)
        if event != NOTHING:
            said.append((event, bytes(reader.payload[: reader.length]) if event == READY else b""))
    return said


@given(st.binary(max_size=255))
def test_both_crcs_are_the_reference_ones(data: bytes) -> None:
    lib = library()
    lib.ff_crc16.restype, lib.ff_crc16.argtypes = ctypes.c_uint16, (ctypes.c_uint16, ctypes.c_char_p, ctypes.c_uint8)
    lib.ff_crc32.restype, lib.ff_crc32.argtypes = ctypes.c_uint32, (ctypes.c_uint32, ctypes.c_char_p, ctypes.c_uint8)
    half = len(data) // 2
    assert lib.ff_crc16(0, data, len(data)) == crc16(data)
    assert lib.ff_crc32(lib.ff_crc32(0, data[:half], half), data[half:], len(data) - half) == zlib.crc32(data)


@pytest.mark.parametrize("vector", FRAMES["frames"], ids=lambda vector: vector["name"])
def test_golden_frames_are_read(vector: dict[str, object]) -> None:
    frame = bytes.fromhex(str(vector["frame"]))
    payload = bytes((int(str(vector["seq"])), int(str(vector["type"])))) + bytes.fromhex(str(vector["body"]))
    if len(payload) + 2 > MAX_PAYLOAD:
        assert feed(frame) == [(BAD, b"")]
    else:
        assert feed(b"\0" + frame) == [(READY, payload + crc16(payload).to_bytes(2, "little"))]


@pytest.mark.parametrize("vector", FRAMES["bad"], ids=lambda vector: vector["name"])
def test_bad_frames_are_dropped_and_the_next_one_is_read(vector: dict[str, str]) -> None:
    said = feed(bytes.fromhex(vector["bytes"]) + b"\0" + encode_frame(9, Ping.TYPE))
    assert [event for event, _ in said if event == READY] == [READY]
    assert said[-1][1][:2] == bytes((9, Ping.TYPE))


@given(st.binary(max_size=MAX_PAYLOAD - 4), st.lists(st.binary(max_size=12), max_size=3))
def test_any_frame_is_read_after_any_noise(body: bytes, noise: list[bytes]) -> None:
    said = feed(b"".join(noise) + b"\0" + encode_frame(7, 0x21, body))
    assert said[-1][0] == READY
    assert said[-1][1][:-2] == bytes((7, 0x21)) + body


@given(st.integers(0, 50), st.data())
def test_what_the_core_seals_the_host_reads(length: int, data: st.DataObject) -> None:
    body = data.draw(st.binary(min_size=length, max_size=length))
    buffer = ctypes.create_string_buffer(bytes(1) + bytes((5, 0x82)) + body, length + 6)
    sealed = library().ff_frame_seal(buffer, length)
    assert sealed == length + 6
    frame = decode_frame(buffer.raw[: sealed - 1])
    assert frame is not None
    assert (frame.seq, frame.type, frame.body) == (5, 0x82, body)


@given(
    st.lists(
        st.sampled_from([STOP_BYTES, HARD_STOP_BYTES, b"\0", b"\x01\x04", b"\x300S6", b"\x01\x041S6\0", b"ab"]),
        max_size=8,
    )
)
def test_stops_are_recognised_wherever_they_stand(pieces: list[bytes]) -> None:
    """Against the plain rule: the seven bytes in a row, one string's last zero being the next one's first."""
    stream = b"".join(pieces)
    with running(CoreBench()) as bench:
        bench.core.feed(stream)
        bench.core.run(len(stream) * 640 + 100_000)
        host = Host(bench)
        host.read(0.0)
        stopped = len(host.events)
    wanted = any(stream[at : at + 7] in (STOP_BYTES, HARD_STOP_BYTES) for at in range(len(stream)))
    assert (stopped > 0) == wanted


def play(host: Host, bench: CoreBench, profile: Profile, total_ticks: int) -> TakeEnded:
    """Plays a profile to its end, streaming what the unit has no room for at once."""
    host.arm(profile)
    host.ok(Go(1, 160_000))
    sent, most = min(len(profile.segments), host.capacity), len(profile.segments)
    while sent < most:
        reply = host.ack(ProfileData(sent, profile.segments[sent : sent + host.segments_a_frame]))
        assert reply.result in (Result.OK, Result.BUFFER_FULL)
        sent = reply.detail
    bench.core.run(total_ticks)
    return host.event(TakeEnded, 10.0)


@pytest.mark.parametrize("vector", PROFILES, ids=lambda vector: vector["name"])
def test_golden_profiles_are_played_to_the_tick(vector: dict[str, Any]) -> None:
    segments = tuple(Segment(*parts) for parts in SEGMENT.iter_unpack(bytes.fromhex(vector["segments"])))
    profile = Profile(vector["start"], segments)
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready(profile.start, min_interval_ticks=1, dir_setup_ticks=0, silence_ms=60_000)
        ended = play(host, bench, profile, vector["total_ticks"])
        ticks = np.array([step.tick - ended.start_clock for step in bench.steps()], dtype="<u8")
    assert (ended.cause, ended.steps, ended.position) == (Cause.DONE, vector["steps"], vector["end"])
    assert ended.end_clock - ended.start_clock == vector["total_ticks"]
    assert zlib.crc32(ticks.tobytes()) == vector["edges_crc32"]


def test_a_flood_while_the_line_out_is_full_loses_no_reply_that_was_begun() -> None:
    """Each question that is answered is answered whole; the rest are lost on the way in, never half on the way out."""
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready()
        host.write(b"".join(host.frame(GetStatus()) for _ in range(200)))
        host.pass_time(0.5)
        answers = [reply for replies in host.replies.values() for reply in replies]
        assert len(answers) > 20
        assert all(isinstance(reply, Telemetry | Ack) for reply in answers)
        assert host.reader.bad_frames == 0

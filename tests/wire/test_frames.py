# SPDX-License-Identifier: MIT
"""Frames against the reference libraries, whole and byte by byte, and against anything else that may come in."""

from __future__ import annotations

import pytest
from cobs import cobs as reference_cobs
from crc import Calculator, Configuration
from hypothesis import given
from hypothesis import strategies as st

from followfocus.wire.frames import (
    HARD_STOP_BYTES,
    MAX_PAYLOAD,
    OVERHEAD,
    STOP_BYTES,
    Frame,
    FrameReader,
    cobs_decode,
    cobs_encode,
    crc16,
    decode_frame,
    encode_frame,
)
from followfocus.wire.messages import HARD_STOP_TYPE, STOP_TYPE

XMODEM = Calculator(Configuration(width=16, polynomial=0x1021, init_value=0))
bodies = st.binary(max_size=MAX_PAYLOAD - OVERHEAD)
frames = st.builds(Frame, st.integers(0, 255), st.integers(0, 255), bodies)


@given(st.binary(max_size=400))
def test_the_crc_is_the_reference_librarys(data: bytes) -> None:
    assert crc16(data) == XMODEM.checksum(data)


@given(st.binary(max_size=MAX_PAYLOAD))
def test_cobs_is_the_reference_librarys(payload: bytes) -> None:
    encoded = cobs_encode(payload)
    assert encoded == reference_cobs.encode(payload)
    assert cobs_decode(encoded) == payload
    assert 0 not in encoded
    assert len(encoded) == len(payload) + 1


@given(st.binary(min_size=1, max_size=MAX_PAYLOAD + 1))
def test_cobs_decodes_exactly_what_the_reference_decodes(data: bytes) -> None:
    try:
        expected: bytes | None = reference_cobs.decode(data)
    except reference_cobs.DecodeError:
        expected = None
    assert cobs_decode(data) == expected


@given(frames)
def test_a_frame_comes_back(frame: Frame) -> None:
    data = encode_frame(frame.seq, frame.type, frame.body)
    assert data.count(0) == 1
    assert data[-1] == 0
    assert decode_frame(data[:-1]) == frame


def test_a_body_too_long_is_refused() -> None:
    longest = bytes(MAX_PAYLOAD - OVERHEAD)
    assert decode_frame(encode_frame(1, 2, longest)[:-1]) == Frame(1, 2, longest)
    with pytest.raises(ValueError, match="250"):
        encode_frame(1, 2, longest + b"\0")


@pytest.mark.parametrize(("length", "is_one"), [(3, False), (4, True), (253, True), (254, False)])
def test_what_is_too_short_or_too_long_is_no_frame_however_right_its_sum(length: int, is_one: bool) -> None:
    checked = bytes(length - 2)
    data = cobs_encode(checked + crc16(checked).to_bytes(2, "little"))
    assert len(data) == length + 1
    assert decode_frame(data) == (Frame(0, 0, bytes(length - 4)) if is_one else None)


def test_the_stops_are_frames_after_a_zero() -> None:
    assert b"\0" + encode_frame(0, STOP_TYPE) == STOP_BYTES
    assert b"\0" + encode_frame(0, HARD_STOP_TYPE) == HARD_STOP_BYTES


@given(st.lists(frames, max_size=6), st.data())
def test_any_cut_gives_the_same_frames(sent: list[Frame], data: st.DataObject) -> None:
    stream = b"".join(encode_frame(f.seq, f.type, f.body) for f in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = FrameReader()
    heard: list[Frame] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        heard += reader.feed(stream[start:end])
    assert heard == sent
    assert reader.bad_frames == 0


@given(st.lists(frames, min_size=1, max_size=3))
def test_byte_by_byte_gives_the_same_frames(sent: list[Frame]) -> None:
    reader = FrameReader()
    heard = []
    for frame in sent:
        for byte in encode_frame(frame.seq, frame.type, frame.body):
            heard += reader.feed(bytes([byte]))
    assert heard == sent


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_any_bytes_give_frames_or_are_counted(chunks: list[bytes]) -> None:
    """Every run of bytes between zeros is one frame or one bad frame; the same however it is cut."""
    reader, at_once = FrameReader(), FrameReader()
    heard = [frame for chunk in chunks for frame in reader.feed(chunk)]
    assert heard == at_once.feed(b"".join(chunks))
    runs = [run for run in b"".join(chunks).split(b"\0")[:-1] if run]
    assert len(heard) + reader.bad_frames == len(runs)
    assert reader.bad_frames == at_once.bad_frames


@given(st.binary(max_size=300), frames)
def test_a_frame_after_noise_and_a_zero_is_heard(noise: bytes, frame: Frame) -> None:
    reader = FrameReader()
    reader.feed(noise)
    heard = reader.feed(b"\0" + encode_frame(frame.seq, frame.type, frame.body))
    assert heard[-1:] == [frame]


@given(frames, st.data())
def test_one_flipped_bit_is_never_a_frame(frame: Frame, data: st.DataObject) -> None:
    good = bytearray(encode_frame(frame.seq, frame.type, frame.body)[:-1])
    place = data.draw(st.integers(0, len(good) * 8 - 1))
    good[place // 8] ^= 1 << place % 8
    heard = FrameReader().feed(bytes(good) + b"\0")
    assert frame not in heard


def test_a_flood_without_a_zero_is_one_bad_frame_and_takes_no_memory() -> None:
    reader = FrameReader()
    for _ in range(1000):
        assert reader.feed(b"\x55" * 1000) == []
    assert reader.bad_frames == 0
    assert reader.feed(b"\0") == []
    assert reader.bad_frames == 1
    assert reader.feed(encode_frame(3, 4)) == [Frame(3, 4, b"")]


def test_the_longest_frame_is_heard_however_it_is_cut_and_one_byte_more_is_none() -> None:
    longest = Frame(1, 2, bytes(range(1, MAX_PAYLOAD - OVERHEAD + 1)))
    sent = encode_frame(longest.seq, longest.type, longest.body)
    for cut in range(len(sent) + 1):
        reader = FrameReader()
        assert reader.feed(sent[:cut]) + reader.feed(sent[cut:]) == [longest]
        reader = FrameReader()
        assert reader.feed(b"\x01" + sent[:cut]) + reader.feed(sent[cut:]) == []
        assert reader.bad_frames == 1


def test_after_clear_a_flood_is_forgotten() -> None:
    reader = FrameReader()
    reader.feed(b"\x55" * 1000)
    reader.clear()
    assert reader.feed(encode_frame(3, 4)) == [Frame(3, 4, b"")]
    assert reader.bad_frames == 0


def test_after_clear_a_half_frame_is_forgotten() -> None:
    reader = FrameReader()
    frame = encode_frame(3, 4, b"hello")
    reader.feed(frame[:4])
    reader.clear()
    assert reader.feed(frame) == [Frame(3, 4, b"hello")]
    assert reader.bad_frames == 0

# SPDX-License-Identifier: MIT
"""COBS frames with CRC-16: bytes in any chunks → frames, and frames → bytes. firmware/PROTOCOL.md, "Frame".

    frame   := COBS(payload) 00
    payload := seq u8 · type u8 · body · crc u16

A zero byte ends every frame and is found nowhere inside one, so a reader that joined in mid-frame, or lost bytes, is
right again after the next zero. Whatever comes in gives frames or counts as bad ones; nothing raises.
"""

from __future__ import annotations

from binascii import crc_hqx
from dataclasses import dataclass
from typing import Final

MAX_PAYLOAD: Final = 253
"""Longest payload: below COBS's 254-byte case, so that COBS adds exactly one byte."""
OVERHEAD: Final = 4
"""Bytes of a payload that are not body: seq, type, crc."""

# Spelt out, not encoded when they are needed: the firmware looks for these very
# bytes as they arrive, and PROTOCOL.md gives them. The zero before ends whatever
# half a frame is on the line, so that nothing sent earlier can swallow a stop.
STOP_BYTES: Final = bytes.fromhex("00010430533600")
HARD_STOP_BYTES: Final = bytes.fromhex("00010431722600")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame whose CRC was right."""

    seq: int
    type: int
    body: bytes


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 0x1021, start 0, not reflected.

    >>> hex(crc16(b"123456789"))
    '0x31c3'
    """
    return crc_hqx(data, 0)


def cobs_encode(payload: bytes) -> bytes:
    """`payload` without zeros, one byte longer: each zero becomes the distance to the next. At most 253 bytes."""
    return b"".join(bytes((len(run) + 1,)) + run for run in payload.split(b"\0"))


def cobs_decode(data: bytes) -> bytes | None:
    """The payload of `data` (without the final zero); None if it is not COBS."""
    parts = []
    at = 0
    while at < len(data):
        code = data[at]
        end = at + code
        if code == 0 or end > len(data):
            return None
        parts.append(data[at + 1 : end])
        at = end
    payload = b"\0".join(parts)
    return None if b"\0" in data else payload


def encode_frame(seq: int, type_id: int, body: bytes = b"") -> bytes:
    """The bytes of a frame, final zero included. Raises ValueError if the payload would be too long."""
    if len(body) + OVERHEAD > MAX_PAYLOAD:
        raise ValueError(f"a body of {len(body)} bytes is longer than {MAX_PAYLOAD - OVERHEAD}")
    checked = bytes((seq, type_id)) + body
    return cobs_encode(checked + crc16(checked).to_bytes(2, "little")) + b"\0"


def decode_frame(data: bytes) -> Frame | None:
    """The frame in `data` (without the final zero); None if length, COBS or CRC is wrong."""
    if not OVERHEAD < len(data) <= MAX_PAYLOAD + 1:
        return None
    payload = cobs_decode(data)
    if payload is None or crc16(payload[:-2]) != int.from_bytes(payload[-2:], "little"):
        return None
    return Frame(payload[0], payload[1], payload[2:-2])


class FrameReader:
    """Cuts a stream of bytes into frames. Holds at most one frame's bytes; `bad_frames` counts what was dropped."""

    def __init__(self) -> None:
        self.bad_frames = 0
        self._held = bytearray()
        self._too_long = False

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes, in order."""
        frames = []
        *ended, rest = data.split(b"\0")
        for run in ended:
            self._hold(run)
            frame = self._end()
            if frame is not None:
                frames.append(frame)
        self._hold(rest)
        return frames

    def clear(self) -> None:
        """Forget the frame under way, as after a reconnect."""
        self._held.clear()
        self._too_long = False

    def _hold(self, run: bytes) -> None:
        self._too_long = self._too_long or len(self._held) + len(run) > MAX_PAYLOAD + 1
        # Dropped as it comes in: a sender without zeros costs one frame's memory, and no more.
        if self._too_long:
            self._held.clear()
        else:
            self._held += run

    def _end(self) -> Frame | None:
        if not self._held and not self._too_long:  # two zeros in a row mean nothing
            return None
        frame = None if self._too_long else decode_frame(bytes(self._held))
        self.clear()
        self.bad_frames += frame is None
        return frame

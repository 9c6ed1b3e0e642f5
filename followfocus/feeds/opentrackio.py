# SPDX-License-Identifier: MIT
"""OpenTrackIO 1.0.1: a sample of the lens as JSON, and the datagrams that carry it.

    "OTrk" · reserved u8 · encoding u8 (JSON 1) · sequence u16 · segment offset u32 · last flag, length u16 · sum u16

Numbers are big-endian. The sum is Fletcher-16 over the 14 bytes before it and the payload, modulo 256, the second sum
first. Sources: SMPTE RIS OSVP, opentrackio.org (JSON schema, transport) and its reference parser. A sample whose lens
is focused at infinity leaves `focusDistance` out, for the schema wants a number above 0.
"""

from __future__ import annotations

import json
import math
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from followfocus.feeds.samples import RingAt, Timecode
from followfocus.lens.map import LensMap

PORT = 55555
VERSION = (1, 0, 1)
HEADER = struct.Struct(">4sBBHIH")
JSON_ENCODING = 1
FARTHEST_M = 10_000.0
"""Farther is told as infinity"""
MOST_PAYLOAD = 1400
"""Bytes of payload in a datagram: header, UDP and IP with it stay within an Ethernet frame of 1500."""


def multicast_group(source: int) -> str:
    """The group of a source, 1 to 200, as version 1.0.1 numbers them."""
    return f"239.135.1.{source}"


def fletcher16(data: bytes) -> bytes:
    """Fletcher's checksum with sums modulo 256, second sum first.

    >>> fletcher16(b"abcde").hex()
    'c3ef'
    """
    first = second = 0
    for byte in data:
        first = (first + byte) & 0xFF
        second = (second + first) & 0xFF
    return bytes([second, first])


@dataclass(slots=True)
class TrackSource:
    """One stream of samples: who it is from, and its running numbers, of which none comes twice in a row of 65535."""

    lens: LensMap
    t_stop: float
    rate: Fraction
    number: int = 1
    slate: str = ""
    source_id: str = field(default_factory=lambda: uuid.uuid4().urn)
    _count: int = 0

    def packets(self, at: RingAt, utc_s: float, timecode: Timecode, recording: bool) -> Iterator[bytes]:
        """The datagrams of one sample, `utc_s` its instant; numbered on from the last."""
        sample = self.numbered_sample(at, utc_s, timecode, recording=recording)
        payload = json.dumps(sample, ensure_ascii=False, separators=(",", ":"))
        # A slate from a terminal may hold bytes that were no text: they must not end the stream.
        yield from datagrams(payload.encode(errors="replace"), (self._count - 1) % 0xFFFF + 1)

    def numbered_sample(self, at: RingAt, utc_s: float, timecode: Timecode, *, recording: bool) -> dict[str, object]:
        """The next sample, numbered on from the last."""
        self._count += 1
        return self.sample(at, utc_s, timecode, recording)

    def sample(self, at: RingAt, utc_s: float, timecode: Timecode, recording: bool) -> dict[str, object]:
        """The sample as the schema has it."""
        rate = {"num": self.rate.numerator, "denom": self.rate.denominator}
        hours, minutes, seconds, frames = timecode
        whole = math.floor(utc_s)
        tracker: dict[str, object] = {"recording": recording, "status": "by the step count"}
        if self.slate:
            tracker["slate"] = self.slate
        return {
            "protocol": {"name": "OpenTrackIO", "version": list(VERSION)},
            "sampleId": uuid.uuid4().urn,
            "sourceId": self.source_id,
            "sourceNumber": self.number,
            "static": {"lens": _static_lens(self.lens)},
            "tracker": tracker,
            "timing": {
                "mode": "internal",
                "sampleRate": rate,
                "sampleTimestamp": {"seconds": whole, "nanoseconds": int((utc_s - whole) * 1e9)},
                "sequenceNumber": self._count,
                "timecode": {
                    "hours": hours, "minutes": minutes, "seconds": seconds, "frames": frames, "frameRate": rate,
                },
            },
            "lens": self._lens(at.ring_deg),
        }  # fmt: skip

    def _lens(self, ring_deg: float) -> dict[str, object]:
        share = min(max(ring_deg / self.lens.travel_deg, 0.0), 1.0)
        distance_m = self.lens.distance_m(ring_deg)
        told: dict[str, object] = {
            "encoders": {"focus": round(share, 7)},
            "tStop": self.t_stop,
            "fStop": round(self.lens.f_number(self.t_stop), 4),
            "pinholeFocalLength": self.lens.focal_length_mm,
        }
        if distance_m <= FARTHEST_M:
            told["focusDistance"] = round(distance_m, 5)
        return told


def _static_lens(lens: LensMap) -> dict[str, object]:
    words = {"make": lens.make, "model": lens.model or lens.name, "serialNumber": lens.serial}
    return {**{key: word for key, word in words.items() if word}, "nominalFocalLength": lens.focal_length_mm}


def datagrams(payload: bytes, sequence: int) -> Iterator[bytes]:
    """A payload as the datagrams that carry it, in order; one, unless it is longer than `MOST_PAYLOAD`."""
    for offset in range(0, len(payload), MOST_PAYLOAD):
        piece = payload[offset : offset + MOST_PAYLOAD]
        last = offset + len(piece) == len(payload)
        header = HEADER.pack(b"OTrk", 0, JSON_ENCODING, sequence, offset, last << 15 | len(piece))
        yield header + fletcher16(header + piece) + piece

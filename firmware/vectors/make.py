# SPDX-License-Identifier: MIT
"""Writes the golden vectors beside it: frames.json and profiles.json, read by the C tests and the Python tests.

    python firmware/vectors/make.py

They change only when the protocol or the step compression does; a test makes them again and compares.
"""

from __future__ import annotations

import json
import struct
import zlib
from enum import EnumMeta
from pathlib import Path

import numpy as np

from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.steps.profile import SEGMENT_DTYPE, compile_profile, expand
from followfocus.wire.frames import HARD_STOP_BYTES, MAX_PAYLOAD, OVERHEAD, STOP_BYTES, crc16, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    SEGMENT,
    Message,
    ProfileData,
    Segment,
    encode_body,
    fields_of,
    message_types,
)

HERE = Path(__file__).parent
JOBS = {"J1": (4_000, 1.0), "J2": (1_600, 2.0), "J3": (1_600, 0.35), "J4": (24_000, 5.0)}


def example(kind: type[Message], salt: int) -> Message:
    """A message of `kind` whose fields all differ from each other."""
    values: dict[str, object] = {}
    for place, (name, code, enumeration) in enumerate(fields_of(kind)):
        if isinstance(enumeration, EnumMeta):
            words = list(enumeration)
            values[name] = words[(salt + place) % len(words)]
        elif code.endswith("s"):
            values[name] = b"unit A".ljust(int(code[:-1]), b"\0")
        else:
            size = struct.calcsize(code)
            raw = bytes((17 * (salt + place) + 29 * byte) & 0xFF for byte in range(size))
            values[name] = int.from_bytes(raw, "little", signed=code.islower())
    if kind is ProfileData:
        values["segments"] = (Segment(256_000 + salt, 3, -7), Segment(1, -32_768, 2**31 - 1), Segment(9, 0, 0))
    return kind(**values)


def frames() -> dict[str, object]:
    """CRCs, good frames (every message among them), and byte strings that are no frames."""
    made: list[dict[str, object]] = []

    def add(name: str, seq: int, type_id: int, body: bytes) -> None:
        made.append(
            {
                "name": name,
                "seq": seq,
                "type": type_id,
                "body": body.hex(),
                "frame": encode_frame(seq, type_id, body).hex(),
            }
        )

    for number, (type_id, kind) in enumerate(sorted(message_types().items())):
        add(kind.__name__, (number * 37) % 255 + 1, type_id, encode_body(example(kind, number)))
    longest = MAX_PAYLOAD - OVERHEAD
    add("longest body of zeros", 1, ProfileData.TYPE, bytes(longest))
    add("longest body without a zero", 255, ProfileData.TYPE, bytes(1 + i % 255 for i in range(longest)))
    add("empty body", 7, 0x03, b"")
    good = encode_frame(1, 3, b"\x05\x00\x06")
    bad = {
        "flipped bit": bytes([good[0], good[1] ^ 0x10]) + good[2:],
        "cut off": good[:-3] + b"\0",
        "too short for a payload": b"\x03\x01\x02\0",
        "a code beyond the end": b"\x09\x01\x02\x03\x04\x05\0",
        "CRC bytes swapped": encode_frame(9, 2)[:-3] + encode_frame(9, 2)[-2:-4:-1] + b"\0",
        "longer than any frame": bytes([0x55] * 300) + b"\0",
    }
    texts = (b"", b"\0", b"123456789", bytes(range(256)))
    return {
        "definitions": DEFINITIONS_HASH,
        "stop": STOP_BYTES.hex(),
        "hard_stop": HARD_STOP_BYTES.hex(),
        "crc16": [{"data": text.hex(), "crc": crc16(text)} for text in texts],
        "frames": made,
        "bad": [{"name": name, "bytes": data.hex()} for name, data in bad.items()],
    }


def profiles() -> dict[str, object]:
    """Small profiles with every edge; the standard jobs and a there-and-back with the CRC of theirs."""
    small = {
        "one step": [(256 * 1000, 1, 0)],
        "steady down": [(256 * 400, -5, 0)],
        "speeding up": [(256 * 2000, 8, -256 * 100)],
        "fractions of a tick": [(256 * 500 + 85, 9, 85)],
        "a wait before": [(20_000, 0, 0), (256 * 300, 3, 0)],
        "a wait at the end": [(256 * 300, 3, 0), (20_000, 0, 0)],
        "there and back": [(256 * 400, 3, 0), (4_000, 0, 0), (256 * 400, -3, 0)],
        "a wait of hours": [(2**32 - 1, 0, 0), (2**32 - 1, 0, 0), (256, 1, 0)],
        "longest interval": [(2**32 - 1, 2, -1)],
        "most steps of a segment": [(256 * 200, 32_767, 0)],
    }
    made = [_facts(name, 1000, np.array(rows, SEGMENT_DTYPE), edges=True) for name, rows in small.items()]
    easing = parse_easing("minjerk")
    for name, (steps, duration_s) in JOBS.items():
        pull = Pull.between(Mark("A", 0.0), Mark("B", steps / 100.0), duration_s, easing)
        made.append(_facts(name, 0, compile_profile(motion_of(pull), 100.0).segments, edges=False))
    back = Pull((Mark("A", 0.0), Mark("B", 10.0, hold_s=0.25), Mark("C", 4.0)), (Leg(1.0, easing), Leg(0.5, easing)))
    made.append(_facts("A, B with a hold, C", 0, compile_profile(motion_of(back), 100.0).segments, edges=False))
    return {"profiles": made}


def _facts(name: str, start: int, segments: np.ndarray, *, edges: bool) -> dict[str, object]:
    ticks, directions, total = expand(segments)
    packed = b"".join(SEGMENT.pack(int(s["interval"]), int(s["count"]), int(s["add"])) for s in segments)
    listed = edges and len(ticks) <= 20
    return {
        "name": name,
        "start": start,
        "end": start + int(directions.sum()),
        "segments": packed.hex(),
        "crc32": zlib.crc32(packed),
        "steps": len(ticks),
        "total_ticks": int(total),
        "edges": [int(tick) for tick in ticks] if listed else None,
        "edges_crc32": zlib.crc32(np.asarray(ticks, dtype="<u8").tobytes()),
        "first_edge": int(ticks[0]) if len(ticks) else None,
        "last_edge": int(ticks[-1]) if len(ticks) else None,
    }


def as_text(document: dict[str, object]) -> str:
    """One entry a line, so that a change shows as a change."""
    return json.dumps(document, indent=1) + "\n"


if __name__ == "__main__":
    (HERE / "frames.json").write_text(as_text(frames()), encoding="ascii")
    (HERE / "profiles.json").write_text(as_text(profiles()), encoding="ascii")

# SPDX-License-Identifier: MIT
"""The golden vectors: made again they are the same, and the Python side reads them as the C side must."""

from __future__ import annotations

import importlib.util
import json
import zlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from followfocus.sim.player import Next, Player
from followfocus.sim.profile import Bounds, ProfileMemory
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, FrameReader, crc16, decode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    SEGMENT,
    ProfileBegin,
    Segment,
    decode_body,
    encode_body,
    message_types,
)

VECTORS = Path(__file__).parents[2] / "firmware" / "vectors"
FRAMES: dict[str, Any] = json.loads((VECTORS / "frames.json").read_text())
PROFILES: list[dict[str, Any]] = json.loads((VECTORS / "profiles.json").read_text())["profiles"]


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_vectors", VECTORS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "make"), [("frames", "frames"), ("profiles", "profiles")])
def test_made_again_they_are_the_same(name: str, make: str) -> None:
    module = maker()
    made = module.as_text(getattr(module, make)())
    assert made == (VECTORS / f"{name}.json").read_text(), "run python firmware/vectors/make.py"


def test_every_message_is_there() -> None:
    assert {entry["type"] for entry in FRAMES["frames"]} >= set(message_types())
    assert FRAMES["definitions"] == DEFINITIONS_HASH


@pytest.mark.parametrize("entry", FRAMES["frames"], ids=lambda entry: entry["name"])
def test_a_frame_is_read(entry: dict[str, Any]) -> None:
    frame = decode_frame(bytes.fromhex(entry["frame"])[:-1])
    assert frame is not None
    assert (frame.seq, frame.type, frame.body.hex()) == (entry["seq"], entry["type"], entry["body"])
    if entry["name"] == message_types()[frame.type].__name__:
        assert encode_body(decode_body(frame.type, frame.body)) == frame.body


@pytest.mark.parametrize("entry", FRAMES["bad"], ids=lambda entry: entry["name"])
def test_a_bad_frame_is_counted(entry: dict[str, Any]) -> None:
    reader = FrameReader()
    assert reader.feed(bytes.fromhex(entry["bytes"])) == []
    assert reader.bad_frames == 1


def test_crcs_and_stops() -> None:
    for entry in FRAMES["crc16"]:
        assert crc16(bytes.fromhex(entry["data"])) == entry["crc"]
    assert FRAMES["stop"] == STOP_BYTES.hex()
    assert FRAMES["hard_stop"] == HARD_STOP_BYTES.hex()


@pytest.mark.parametrize("entry", PROFILES, ids=lambda entry: entry["name"])
def test_the_simulated_unit_plays_a_profile_as_written(entry: dict[str, Any]) -> None:
    """The unit's own expansion, written from the protocol alone, gives the edges."""
    packed = bytes.fromhex(entry["segments"])
    assert zlib.crc32(packed) == entry["crc32"]
    segments = tuple(Segment(*parts) for parts in SEGMENT.iter_unpack(packed))
    begin = ProfileBegin(1, entry["start"], len(segments), len(segments), entry["crc32"], entry["crc32"])
    memory = ProfileMemory(begin, len(segments), Bounds(-(2**31), 2**31 - 1, 1, 0))
    result, _ = memory.take(0, segments)
    assert result == 0, result
    player = Player(memory, 0)
    edges, position = [], entry["start"]
    while player.next is Next.EDGE:
        edges.append(player.next_tick)
        position += player.direction
        player.step()
    assert position == entry["end"]
    assert len(edges) == entry["steps"]
    assert player.next_tick == entry["total_ticks"]
    assert zlib.crc32(np.array(edges, dtype="<u8").tobytes()) == entry["edges_crc32"]
    if entry["edges"] is not None:
        assert edges == entry["edges"]

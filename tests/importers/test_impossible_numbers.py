# SPDX-License-Identifier: MIT
"""Numbers that no camera means, in every kind of file: each is left out or refused in a sentence, never a traceback."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from followfocus.errors import FollowFocusError
from followfocus.importers import read_clip
from followfocus.importers.focus_track import squeeze_of, t_stop_of

Part = dict[str | int, object]
ODD = (0, -1, 0.5, 1e308, -1e308, 10**30, 10**400, 1e-300, True, None, "", "x", "9" * 5000, [], {})


def art() -> dict[str, object]:
    """An ARRI Reference Tool file of three frames."""
    state = {
        "lensFocusDistanceMetric": 2000, "lensIris": 2000, "lensFocalLength": 40_000,
        "lensEntrancePupilOffset": 1000, "lensRawEncoderFocusLDS": 100,
    }  # fmt: skip
    frames = [
        {
            "frameNo": i, "timecode": f"01:00:00:0{i}",
            "frameBasedMetadataSets": {"Lens State": {**state, "lensFocusDistanceMetric": 2000 + 100 * i}},
        }
        for i in range(3)
    ]  # fmt: skip
    sets = [{"metadataSetName": "Project Rate", "metadataSetPayload": {"timebase": "24/1"}}]
    return {"frameBasedMetadata": {"frames": frames}, "clipBasedMetadataSets": sets}


def opentrackio() -> list[dict[str, object]]:
    """OpenTrackIO samples of three frames."""
    return [
        {
            "static": {"lens": {"nominalFocalLength": 50}, "camera": {"anamorphicSqueeze": 1.0}},
            "timing": {
                "sampleRate": {"num": 24, "denom": 1}, "sampleTimestamp": {"seconds": 5 + i, "nanoseconds": 0},
                "timecode": {"hours": 1, "minutes": 0, "seconds": 0, "frames": i},
            },
            "lens": {"focusDistance": 2 + i, "tStop": 2.0, "entrancePupilOffset": 0.1, "rawEncoders": {"focus": i}},
        }
        for i in range(3)
    ]  # fmt: skip


def places(document: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in a document."""
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, part in parts:
        yield (*path, key)
        yield from places(part, (*path, key))


def with_value(document: object, path: tuple[str | int, ...], value: object) -> object:
    """The document with another value in one place."""
    changed = copy.deepcopy(document)
    part = cast("Part", changed)
    for key in path[:-1]:
        part = cast("Part", part[key])
    part[path[-1]] = value
    return changed


@pytest.mark.parametrize("document", [art(), opentrackio()], ids=["art", "opentrackio"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: str(value)[:8])
def test_any_value_may_be_anything(tmp_path: Path, document: object, value: object) -> None:
    path = tmp_path / "clip.json"
    whole = [way for way in places(document) if 1 not in way and 2 not in way]
    for way in whole:
        path.write_text(json.dumps(with_value(document, way, value)), "utf-8")
        with contextlib.suppress(FollowFocusError):
            track = read_clip([path])
            assert len(track) >= 2
            assert all(metres >= 0.02 for metres in track.distance_m)


@pytest.mark.parametrize(
    "line", ["sensor_rate: 0,1,", "sensor_rate: 1,0,", "focal_length: 1.2.3", f"sensor_rate: {'9' * 5000},1"]
)
def test_blackmagics_too(tmp_path: Path, line: str) -> None:
    frames = "".join(f"Frame {i} Metadata\ndistance: {2000 + i}\n{line}\n" for i in range(2))
    path = tmp_path / "clip.txt"
    path.write_text(f"Clip Metadata\nformat_frame_rate: {'9' * 5000}\n{frames}", "utf-8")
    track = read_clip([path])
    assert (track.fps, len(track)) == (24, 2)


def test_stops_and_squeezes_too() -> None:
    assert t_stop_of(f"1.4 + {'9' * 400}/10") is None
    assert t_stop_of("9" * 400) is None
    assert squeeze_of(f"{'9' * 400}/{'9' * 400}") == 1.0

# SPDX-License-Identifier: MIT
"""Keyframes that were written for others, at and beside the bounds of what can be read back."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.importers import read_clip
from followfocus.importers.focus_track import FocusTrack
from followfocus.importers.written import FAR_M, SeenFrame, read_written

RATE = Fraction(24)


def as_json(*rows: tuple[object, object, object], fps: str = "24") -> str:
    frames = [
        {"frame": frame, "timecode": f"01:00:00:{number:02}", "seconds": seconds, "distance_m": metres}
        for number, (frame, seconds, metres) in enumerate(rows)
    ]
    return json.dumps({"format": "followfocus-focus-track", "fps": fps, "frames": frames})


def as_chan(*rows: tuple[int, float]) -> str:
    return "\n".join(f"{frame} 0 0 {-metres} 0 0 0" for frame, metres in rows)


def read(text: str, fps: Fraction | None = RATE) -> FocusTrack | None:
    return read_written(Path("it"), text, fps, SeenFrame())


def test_a_take_s_track_is_read_as_it_was_written() -> None:
    track = read(as_json((86400, 0.0, 1.5), (86401, 0.0417, 2.0), (86403, 0.125, "inf")))
    assert track is not None
    assert track.frame == (86400, 86401, 86403)
    assert track.timecode == ("01:00:00:00", "01:00:00:01", "01:00:00:02")
    assert track.time_s.tolist() == pytest.approx([0.0, 0.0417, 0.125])
    assert track.distance_m.tolist() == [1.5, 2.0, math.inf]
    assert (track.fps, track.fps_assumed) == (RATE, False)


GOOD = (1, 0.0, 1.5), (2, 0.04, 2.0)


@pytest.mark.parametrize(
    "text",
    [
        as_json(GOOD[0]),
        as_json(*GOOD, (3, math.inf, 2.0)),
        as_json(*GOOD, (3, math.nan, 2.0)),
        as_json(*GOOD, (3, 0.04, 2.0)),
        as_json(*GOOD, (3, 0.03, 2.0)),
        as_json(*GOOD, ("three", 0.08, 2.0)),
        as_json(*GOOD, (3, 0.08, "far")),
        as_json(*GOOD, (3, 0.08, None)),
        as_json(*GOOD, (math.inf, 0.08, 2.0)),
        as_json(*GOOD).replace("24", "none"),
        as_json(*GOOD).replace("timecode", "code"),
        as_chan((1, 2.0)),
        as_chan((1, 2.0), (1, 2.0)),
        as_chan((2, 2.0), (1, 2.0)),
        as_chan((0, 2.0), (100_000_001, 2.0)),
        as_chan((0, 2.0), (1, 0.0)),
    ],
)
def test_a_track_that_doesn_t_run_on_is_refused_in_words(text: str) -> None:
    with pytest.raises(FileError) as refused:
        read(text, None if text.startswith("{") else RATE)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("text", ["", "{}", "[1]", "{1", '{"format": "another"}', "1 2 3", "hello"])
def test_other_text_is_left_to_others(text: str) -> None:
    assert read(text) is None


def test_where_there_are_only_numbers_far_is_infinity() -> None:
    track = read(as_chan((0, 0.02), (1, FAR_M * 0.999), (100_000_000, FAR_M)))
    assert track is not None
    assert track.distance_m.tolist() == pytest.approx([0.02, FAR_M * 0.999, math.inf])
    assert track.time_s[-1] == pytest.approx(100_000_000 / 24)


def test_a_chan_says_no_rate_so_it_is_24_unless_another_is_given() -> None:
    text = as_chan((10, 2.0), (70, 3.0))
    assumed, given = read(text, None), read(text, Fraction(30))
    assert assumed is not None
    assert given is not None
    assert (assumed.fps, assumed.fps_assumed, assumed.time_s[-1]) == (Fraction(24), True, 2.5)
    assert (given.fps, given.fps_assumed, given.time_s[-1]) == (Fraction(30), False, 2.0)


def test_a_distance_that_no_lens_focuses_at_is_refused(tmp_path: Path) -> None:
    """After Effects' pixels are millimetres here: a comma lost, and 1.5 m are 1.5 mm."""
    path = tmp_path / "keys.txt"
    text = (Path(__file__).parents[1] / "golden" / "look.ae-camera.txt").read_bytes().decode()
    path.write_bytes(text.replace("\t1200\t", "\t1.5\t", 1).encode())
    with pytest.raises(FileError, match=r"frame 1 of 7: focus at 1\.5 mm is nearer than any lens focuses"):
        read_clip([path])

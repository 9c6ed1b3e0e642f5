# SPDX-License-Identifier: MIT
"""The helpers of every reader, at both sides of each bound: stops, squeezes, focal lengths, rates, frames, moves."""

from __future__ import annotations

import math
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FileError
from followfocus.importers.focus_track import (
    ClipLens,
    FocusTrack,
    changing,
    directed,
    focal_of,
    fps_of_timecode,
    frames_of,
    left_out,
    median_or_none,
    numbered,
    renumbered,
    squeeze_of,
    t_stop_of,
    times_of,
    widest_in_model,
    with_lens_data,
    zoom_of,
)
from followfocus.importers.table import NEAREST_M, table_of

READERS = (
    "followfocus.importers.arri",
    "followfocus.importers.art",
    "followfocus.importers.blackmagic",
    "followfocus.importers.canon",
    "followfocus.importers.cooke",
    "followfocus.importers.dcs",
    "followfocus.importers.exiftool",
    "followfocus.importers.given",
    "followfocus.importers.mosys",
    "followfocus.importers.opentrackio",
    "followfocus.importers.plain",
    "followfocus.importers.red",
    "followfocus.importers.scale",
    "followfocus.importers.sony",
    "followfocus.importers.sony_xml",
)
PAL = Fraction(25)


@pytest.mark.parametrize(
    ("text", "stop"),
    [
        ("1.4 + 7/10", 2**0.85), ("T 2 3/10", 2**1.15), ("F5.6", None), ("5.6 + 0/10", 2**2.5), ("22 5/10", 2**4.75),
        ("T/4", 4.0), ("0", None), ("0.0", None), ("0.1", 0.1), ("999", 999.0), ("1000", None), ("", None), ("T", None),
        ("2.8 + 100/10", None), ("2.8 +10/10", 4.0), ("-2", None),
    ],
)  # fmt: skip
def test_a_stop(text: str, stop: float | None) -> None:
    found = t_stop_of(text)
    assert found == (None if stop is None else pytest.approx(stop))


@pytest.mark.parametrize(
    ("text", "squeeze"),
    [
        ("2x", 2.0), ("1.8:1", 1.8), ("2/1", 2.0), ("4/2", 2.0), ("10", 10.0), ("10.01", 1.0), ("11", 1.0),
        ("0.1", 0.1), ("0.09", 1.0), ("0", 1.0), ("2/0", 1.0), ("2 / 0.5", 4.0), ("x2", 1.0), ("", 1.0),
    ],
)  # fmt: skip
def test_a_squeeze(text: str, squeeze: float) -> None:
    assert squeeze_of(text) == squeeze


@pytest.mark.parametrize(
    ("timecode", "rate"),
    [
        (["00:00:00:23", "00:00:01:00"], 24), (["00:00:00:24", "00:00:01:00"], 25),
        (["00:00:00:29", "00:00:01:00"], 30), (["00:00:00:30", "00:00:01:00"], 48),
        (["00:00:00:48", "00:00:01:00"], 50), (["00:00:00:59", "00:00:01:00"], 60),
        (["00:00:00:99", "00:00:01:00"], 100), (["00:00:00:119", "00:00:01:000"], 120),
        (["00:00:00:120", "00:00:01:000"], None), (["00:00:00:00", "00:00:00:01"], None), ([], None), (["x"], None),
        (["00:00:00;29", "00:00:01;00"], Fraction(30_000, 1001)),
        (["00:00:00;30", "00:00:00;31"], Fraction(60_000, 1001)),
    ],
)  # fmt: skip
def test_the_rate_at_which_frames_wrap(timecode: list[str], rate: Fraction | int | None) -> None:
    assert fps_of_timecode(timecode) == rate


def test_frames_run_on_over_midnight_and_no_other_way() -> None:
    over = frames_of(["23:59:59:23", "23:59:59:24", "00:00:00:00", "00:00:00:03"], PAL)
    assert over is not None
    assert np.diff(over).tolist() == [1, 1, 3]
    assert frames_of(["01:00:00:00", "01:00:00:00"], PAL) is None
    assert frames_of(["01:00:00:01", "01:00:00:00"], PAL) is None
    assert frames_of(["12:00:00:01", "00:00:00:00"], PAL) is not None, "more than half a day back is a midnight"
    assert frames_of(["12:00:00:00", "00:00:00:00"], PAL) is None, "half a day back is none"
    assert frames_of(["", ""], PAL) is None
    assert frames_of(["", "01:00:00:00"], PAL) is None
    drop = frames_of(["23:59:59;29", "00:00:00;00"], Fraction(30_000, 1001))
    assert drop is not None
    assert np.diff(drop).tolist() == [1]


def test_times_are_by_timecode_else_by_numbers_else_counted() -> None:
    assert times_of(["00:00:00:05", "00:00:00:10"], PAL).tolist() == [0.0, 0.2]
    assert times_of(["00:00:00:05", "00:00:00:10"], PAL, Fraction(50)).tolist() == [0.0, 0.1]
    assert times_of(["", ""], PAL, None, [7, 17]).tolist() == [0.0, 0.4]
    assert times_of(["", ""], PAL).tolist() == [0.0, 0.04]


def test_numbers_that_count_up_are_a_clips_own() -> None:
    assert numbered(["5", "7", "9"], [0, 2]) == (5, 9)
    assert numbered(["0", "7"], [0, 1]) == (0, 7)
    for cells in (["7", "7"], ["7", "6"], ["-1", "6"], ["1.5", "6"], ["1", "9" * 13], []):
        assert numbered(cells, [0, 1]) == (0, 1), cells
        assert len(renumbered(cells)) == (1 if cells else 0)
    assert numbered(["1", "9" * 12], [0, 1]) == (1, 999_999_999_999)
    assert renumbered(["1", "2"]) == renumbered(["", ""]) == ()
    assert left_out(0) == ()
    assert left_out(1) == ("1 frame without lens data left out",)
    assert left_out(2) == ("2 frames without lens data left out",)


def test_what_changes_over_a_clip() -> None:
    assert changing([24.0, 24.0005]) is None
    assert changing([24.0, 24.002]) is not None
    assert changing([24.0, math.nan]) is changing([]) is None
    assert zoom_of(["24mm", "25 MM"], [0, 1], 2.0) is not None
    assert zoom_of(["24mm", "25 MM"], [0, 1], 2.0).tolist() == [48.0, 50.0]  # type: ignore[union-attr]
    assert focal_of(["24", "", "30,5 mm", "28"], [0, 1, 2, 3]) == 28.0
    assert focal_of(["24", "30"], [1]) == 30.0
    assert focal_of([], [0]) is focal_of(["x"], [0]) is None
    assert widest_in_model("ARRI SP40 T1.8") == 1.8
    assert widest_in_model("Old one T 2,1") == 2.1
    assert widest_in_model("AT2 lens") is None
    assert median_or_none([None, 3.0, math.inf, 1.0]) == 2.0
    assert median_or_none([None, math.nan]) is None


def test_what_has_no_distance_is_left_and_what_is_too_near_is_refused() -> None:
    assert with_lens_data("a", [math.nan, 2.0, math.inf]) == (1, 2)
    assert with_lens_data("a", [NEAREST_M, 1.0]) == (0, 1)
    for distances, words in (
        ([2.0, 0.99 * NEAREST_M, 0.001], "frame 2 of 3: focus at .* mm is nearer"),
        ([math.nan, 2.0], "one focus distance only"),
        ([math.nan], "no focus distances"), ([], "no focus distances"),
    ):  # fmt: skip
        with pytest.raises(FileError, match=words):
            with_lens_data("a", distances)


def test_which_end_of_an_encoder_is_infinity() -> None:
    near = np.array([4.0, 2.0, 1.0])
    for counts, ends in (
        ([1.0, 2.0, 3.0], (0.0, 10.0)),
        ([3.0, 2.0, 1.0], (10.0, 0.0)),
        ([2.0, 2.0, 2.0], (0.0, 10.0)),
    ):
        found = directed("lens", counts, 0.0, 10.0, near)
        assert found is not None
        assert (found.infinity, found.close) == ends
    assert directed("lens", [1.0, 2.0, 3.0], 10.0, 10.0, near) is None
    twenty = [0.0, *[5.0] * 18, 10.0]
    assert directed("lens", twenty, 0.0, 10.0, np.ones(20)) is not None
    assert directed("lens", [-1.0, *twenty[1:]], 0.0, 10.0, np.ones(20)) is not None, "one of twenty may be off"
    assert directed("lens", [-1.0, *twenty[1:-1], 11.0], 0.0, 10.0, np.ones(20)) is None


@pytest.mark.parametrize(
    ("shares", "moves"),
    [
        ([0.0, 0.03, 0.06, 0.06], [(0, 2)]),
        ([0.0, 0.0499], []),
        ([0.0, 0.0501], [(0, 1)]),
        ([0.0, 0.1, 0.1, 0.1, 0.2], [(0, 4)]),
        ([0.0, 0.1, 0.1, 0.1, 0.1, 0.2], [(0, 1), (4, 5)]),
        ([0.0, 0.1, 0.0], [(0, 1), (1, 2)]),
        ([0.5, 0.5002, 0.5004, 0.6], [(2, 3)]),
        ([0.5, 0.5004, 0.5008, 0.6], [(0, 3)]),
    ],
)
def test_a_move_is_told_from_a_correction_and_from_rest(shares: list[float], moves: list[tuple[int, int]]) -> None:
    """Without an encoder a share is that of a ring that goes down to 0.4 m."""
    metres = 0.4 / np.maximum(np.array(shares), 1e-9)
    frames = len(shares)
    track = FocusTrack("kind", "clip", np.arange(frames) / 25, metres, ("",) * frames, PAL, ClipLens())
    found = track.pulls()
    assert [(one.first, one.last) for one in found] == moves
    for one in found:
        went = np.abs(np.diff(shares))[one.first : one.last]
        assert one.duration_s == pytest.approx((one.last - one.first) / 25)
        assert one.peak_over_mean_speed == pytest.approx(went.max() / went.mean(), rel=1e-6)


def test_every_row_has_as_many_cells_as_the_header() -> None:
    assert all(map(import_module, READERS))
    table = table_of(Path("t.csv"), "sep=;\na;b\n\n1;2\n3;4\n")
    assert (list(table.columns), list(table.lines)) == (["a", "b"], [4, 5])
    for text, words, how in (
        ("a,b\n1,2\n1,2,3\n", "line 3: 3 cells, and the header has 2", "Decimal commas need"),
        ("a,b,c\n1,2\n", "line 2: 2 cells, and the header has 3", None),
        ("a;b\n1;2;3\n", "line 2: 3 cells, and the header has 2", None),
        ("a\n1\n", "no columns", None),
    ):
        with pytest.raises(FileError, match=words) as found:
            table_of(Path("t.csv"), text)
        assert ("Decimal commas" in (found.value.remedy or "")) is (how is not None)

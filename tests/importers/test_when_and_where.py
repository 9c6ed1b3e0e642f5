# SPDX-License-Identifier: MIT
"""Where the ring was and when, in each of the ways that files say it: by hand, from what the fields mean."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.importers import art, exiftool, opentrackio, plain, read_clip
from followfocus.importers.focus_track import FocusTrack
from followfocus.importers.given import plausible_rate
from followfocus.timecode import format_timecode
from followfocus.units import parse_fps
from tests.importers.test_cameras import art as art_text
from tests.importers.test_cameras import otio

INF = math.inf


def read(folder: Path, text: str) -> FocusTrack:
    path = folder / "clip"
    path.write_text(text, encoding="utf-8")
    return read_clip([path])


def test_arri_counts_thousandths_of_an_inch_and_has_a_number_for_infinity(tmp_path: Path) -> None:
    assert art.KIND
    states = [{"lensFocusDistanceImperial": one} for one in (-1, 39_370, 1_000, -1)]
    both = {"lensFocusDistanceMetric": 2000, "lensFocusDistanceImperial": 39_370}
    track = read(tmp_path, art_text([*states, both, {"lensFocusDistanceMetric": -1, "lensFocusDistanceImperial": 1}]))
    assert track.distance_m.tolist() == pytest.approx([INF, 0.999998, 0.0254, INF, 2.0, INF])


@pytest.mark.parametrize(
    ("near", "far", "metres"),
    [("2 m", "2 m", 2.0), ("3 m", "6 m", 4.0), ("1.5", "inf", 3.0), ("inf", "inf", INF), ("0.5 m", "1 m", 2 / 3)],
)
def test_two_limits_are_their_middle_as_the_ring_goes(tmp_path: Path, near: str, far: str, metres: float) -> None:
    """On the ring it is half the way between: the reciprocals' mean."""
    assert exiftool.KIND
    one = {"FocusDistanceLower": near, "FocusDistanceUpper": far}
    found = read(tmp_path, json.dumps([{"SourceFile": name, **one} for name in "ab"]))
    assert found.distance_m.tolist() == pytest.approx([metres, metres])


def test_one_limit_alone_is_no_distance(tmp_path: Path) -> None:
    records = [{"SourceFile": name, "FocusDistance": "1 m"} for name in "ab"]
    halves = [{"SourceFile": "c", "FocusDistanceLower": "1 m"}, {"SourceFile": "d", "FocusDistanceUpper": "1 m"}]
    assert read(tmp_path, json.dumps([records[0], *halves, records[1]])).frame == (0, 3)


def stamped(moments: list[tuple[int, int]]) -> str:
    samples = [otio(2.0 + number, 0.1, number) for number in range(len(moments))]
    for sample, (seconds, nanoseconds) in zip(samples, moments, strict=True):
        sample["timing"]["sampleTimestamp"] = {"seconds": seconds, "nanoseconds": nanoseconds}
    return json.dumps(samples)


def test_samples_were_when_their_stamps_say_over_a_full_second(tmp_path: Path) -> None:
    assert opentrackio.KIND
    track = read(tmp_path, stamped([(7, 900_000_000), (8, 150_000_000), (9, 0)]))
    assert track.time_s.tolist() == pytest.approx([0.0, 0.25, 1.1], abs=1e-12)


@pytest.mark.parametrize("second", [(7, 500), (6, 900_000_000)], ids=["stands", "goes back"])
def test_stamps_that_do_not_rise_are_none_and_frames_are_counted(tmp_path: Path, second: tuple[int, int]) -> None:
    track = read(tmp_path, stamped([(7, 500), second, (9, 0)]))
    assert track.time_s.tolist() == pytest.approx([0.0, 1001 / 24_000, 2002 / 24_000])


@pytest.mark.parametrize(
    ("column", "cells", "times_s"),
    [
        ("timecode", ("00:00:59.960", "00:01:00.000", "00:01:00.040"), (0.0, 0.04, 0.08)),
        ("timecode", ("0:59:59,000", "01:00:00,000", "02:00:01,500"), (0.0, 1.0, 3602.5)),
        ("time_ms", ("100", "150", "1200"), (0.0, 0.05, 1.1)),
        ("seconds", ("3", "3.25", "4"), (0.0, 0.25, 1.0)),
        ("time", ("23:59:59", "00:00:00", "00:00:02"), (0.0, 1.0, 3.0)),
        ("timecode", ("23:59:59.500", "0:00:00.000", "00:00:00.250"), (0.0, 0.5, 0.75)),
        ("time", ("13:00:00,5", "13:00:01", "13:00:02.25"), (0.0, 0.5, 1.75)),
    ],
)
def test_a_table_has_clocks_milliseconds_or_seconds(
    tmp_path: Path, column: str, cells: tuple[str, ...], times_s: tuple[float, ...]
) -> None:
    assert plain.KIND
    track = read(tmp_path, f"{column};distance\n" + "".join(f"{cell};{2 + i}\n" for i, cell in enumerate(cells)))
    assert track.time_s.tolist() == pytest.approx(times_s, abs=1e-9)


@pytest.mark.parametrize("cells", [("1", "1"), ("2", "1")])
def test_a_time_that_stands_or_goes_back_is_refused_at_its_line(tmp_path: Path, cells: tuple[str, str]) -> None:
    with pytest.raises(FileError, match=r"line 4, column “time”: the time doesn't run on"):
        read(tmp_path, "time,distance\n0,2\n" + "".join(f"{cell},3\n" for cell in cells))


@pytest.mark.parametrize(
    "cells",
    [
        ("10:00:01", "10:00:00", "10:00:02"),  # back by less than half a day: a clip that doesn't run on
        ("23:59:59", "00:00:00", "00:00:00"),
        ("23:00:00", "01:00:00", "23:00:00", "01:00:00"),  # a second midnight: no clip is so long
        ("86399", "0", "1"),  # a count of seconds has no midnight
    ],
)
def test_a_clock_passes_midnight_once_and_nothing_else_goes_back(tmp_path: Path, cells: tuple[str, ...]) -> None:
    with pytest.raises(FileError, match=r"column “time”: the time doesn't run on"):
        read(tmp_path, "time;distance\n" + "".join(f"{cell};3\n" for cell in cells))


def document(*frames: tuple[float, str]) -> str:
    rows = [{"frame": i, "timecode": f"00:00:00:0{i}", "seconds": at, "distance_m": metres}
            for i, (at, metres) in enumerate(frames)]  # fmt: skip
    return json.dumps({"format": "followfocus-focus-track", "fps": "25", "frames": rows})


def test_a_written_track_takes_two_frames(tmp_path: Path) -> None:
    assert read(tmp_path, document((0.0, "inf"), (0.04, "2"))).distance_m.tolist() == [INF, 2.0]
    for frames in ([(0.0, "2")], [(0.0, "2"), (0.0, "2")], [(0.0, "2"), (0.04, "nan")], [(0.0, "2"), (INF, "2")]):
        with pytest.raises(FileError, match=r"can't be read|don't run on"):
            read(tmp_path, document(*frames))


@pytest.mark.parametrize(
    ("cell", "focal_mm"),
    [("50.0 mm", 50.0), ("7", 7.0), (".5", 0.5), ("7.", 7.0), (".", None), ("1.2.3", None), ("mm", None), ("", None)],
)
def test_a_number_before_its_unit(tmp_path: Path, cell: str, focal_mm: float | None) -> None:
    records = [{"SourceFile": name, "FocusDistance": "1 m", "FocalLength": cell} for name in "ab"]
    assert read(tmp_path, json.dumps(records)).lens.focal_length_mm == focal_mm


def table(*rows: tuple[object, ...]) -> str:
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


@pytest.mark.parametrize("fps", ["24", "23.976", "25", "29.97", "30", "48", "50", "59.94"])
@pytest.mark.parametrize("places", [2, 3, 4, 6])
def test_rounded_times_tell_the_camera_s_rate(tmp_path: Path, fps: str, places: int) -> None:
    """Two frames at 23.976 are 0.042 s apart, as at 23.81. A minute of them tells it from 24, but not by hundredths."""
    rate = parse_fps(fps)
    rows = [(f"{float(number / rate):.{places}f}", 2 + number / 9000) for number in range(60 * round(rate))]
    assert read(tmp_path, table(("time", "distance_m"), *rows)).fps == rate


def test_times_of_no_camera_keep_the_rate_that_they_have(tmp_path: Path) -> None:
    rows = [(f"{number / 22.5:.4f}", 2 + number / 100) for number in range(50)]
    assert float(read(tmp_path, table(("time", "distance_m"), *rows)).fps) == pytest.approx(22.5, abs=0.01)


def test_frames_that_are_numbered_in_fractions_keep_their_numbers_after_a_gap(tmp_path: Path) -> None:
    numbers = [*range(1001, 1011), *range(1021, 1031)]
    track = read(tmp_path, table(("frame", "distance_m"), *((f"{n}.0", 2 + n / 1e4) for n in numbers)))
    assert track.frame == tuple(numbers)
    assert not any("don't run on" in note for note in track.notes)


def test_a_clock_with_hundredths_is_no_drop_frame_timecode(tmp_path: Path) -> None:
    rows = [(f"10:00:{number / 25:05.2f}", 2 + number / 100) for number in range(40)]
    track = read(tmp_path, table(("timecode", "distance_m"), *rows))
    assert (track.fps, float(track.time_s[-1])) == (25, pytest.approx(39 / 25))
    assert not track.notes


def test_a_short_clip_is_of_a_rate_that_has_its_frames(tmp_path: Path) -> None:
    rows = [(f"10:00:00:{number}", 2 + number / 100) for number in range(20, 30)]
    track = read(tmp_path, table(("timecode", "distance_m"), *rows))
    assert track.fps == 30
    assert float(track.time_s[-1]) == pytest.approx(9 / 30)
    assert not any("timecode" in note for note in track.notes)


@pytest.mark.parametrize(("num", "denom"), [(23_976, 1000), (2_397, 100), (24_000, 1001), (1_571_291, 65_536)])
def test_a_rate_as_a_fraction_is_the_one_that_is_meant(num: int, denom: int) -> None:
    assert plausible_rate(num, denom) == parse_fps("23.976")


@pytest.mark.parametrize(("fps", "stated"), [("29.97", "30000/1001"), ("29.97", ""), ("59.94", "60000/1001")])
def test_drop_frame_timecode_with_colons_goes_over_a_minute_as_with_its_sign(
    tmp_path: Path, fps: str, stated: str
) -> None:
    """By its sign or without: 40 frames are 40 frames, and none were lost at the minute."""
    rate, second = parse_fps(fps), round(parse_fps(fps))
    labels = [format_timecode(60 * second - 10 + number, rate, drop_frame=True) for number in range(40)]
    rows = [(label.replace(";", ":"), 2 + number / 100) for number, label in enumerate(labels)]
    path = tmp_path / "clip"
    path.write_text(table(("timecode", "distance_m"), *rows), encoding="utf-8")
    track = read_clip([path], parse_fps(stated) if stated else None)
    assert track.fps == rate
    assert float(track.time_s[-1]) == pytest.approx(39 / float(rate))
    assert track.frame == tuple(range(40))


def test_a_gap_at_the_minute_of_a_clip_that_drops_no_numbers_stays_one(tmp_path: Path) -> None:
    labels = [format_timecode(1790 + number, Fraction(30_000, 1001)) for number in (*range(8), *range(12, 20))]
    rows = [(label, 2 + number / 100) for number, label in enumerate(labels)]
    track = read(tmp_path, table(("timecode", "distance_m"), *rows))
    assert (track.frame[7], track.frame[8]) == (7, 12)


def test_samples_that_were_lost_leave_a_gap_in_the_numbers_without_timecode_too(tmp_path: Path) -> None:
    kept = [*range(10), *range(20, 40)]
    samples = [otio(4.0 - number / 50, 0.1, number) for number in kept]
    for sample, number in zip(samples, kept, strict=True):
        del sample["timing"]["timecode"]
        sample["timing"]["sampleRate"] = {"num": 24, "denom": 1}
        whole, part = divmod(number, 24)
        sample["timing"]["sampleTimestamp"] = {"seconds": 100 + whole, "nanoseconds": round(part / 24 * 1e9)}
    track = read(tmp_path, json.dumps(samples))
    assert track.frame == tuple(kept)
    assert float(track.time_s[-1]) == pytest.approx(39 / 24)

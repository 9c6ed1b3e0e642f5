# SPDX-License-Identifier: MIT
"""Cells of camera tables: read, or refused with line and column; only dashes, nothing and 0 mean no lens data."""

from __future__ import annotations

import gzip
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FileError, JobError
from followfocus.importers import dcs, mapping, read_clip
from followfocus.importers.focus_track import FocusTrack, fps_of_timecode, frames_of
from followfocus.importers.table import table_of as read_table
from followfocus.spreadsheet import SEMICOLON
from tests.support import clips


def write(tmp_path: Path, text: str, name: str = "clip.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def arri_with(tmp_path: Path, *cells: str) -> FocusTrack:
    """ARRI's clip with other distances in its first frames."""
    rows = clips.arri_rows()
    for row, cell in zip(rows, cells, strict=False):
        row["Lens Focus Distance"] = cell
    return read_clip([write(tmp_path, clips.as_text(rows))])


@pytest.mark.parametrize(
    ("cell", "metres"),
    [
        ("4.812", 4.812),
        ("4,812", 4.812),
        ("4.812 m", 4.812),
        ("481.2cm", 4.812),
        ("15'9\"", 4.8006),
        ("15'-9\"", 4.8006),
        ("inf", math.inf),
        ("Infinity", math.inf),
        ("∞", math.inf),
    ],
)
def test_a_distance_in_any_dress_is_read(tmp_path: Path, cell: str, metres: float) -> None:
    track = arri_with(tmp_path, cell)
    assert track.distance_m[0] == pytest.approx(metres)
    assert len(track) == 500


@pytest.mark.parametrize("cell", ["-", "--", "–", "", "0", "0.000", "0,0"])
def test_a_frame_without_lens_data_is_left_out(tmp_path: Path, cell: str) -> None:
    track = arri_with(tmp_path, cell)
    assert (len(track), track.frame[0], track.clip_frames) == (499, 1, 500)
    assert track.notes == ("1 frame without lens data left out",)


@pytest.mark.parametrize("cell", ["#VALUE!", "#REF!", "n/a", "soon", "-1.5", "1,250 mm", "1.234,5", "nan", "10-6"])
def test_what_cannot_be_read_is_refused_where_it_stands(tmp_path: Path, cell: str) -> None:
    with pytest.raises(FileError, match=r"clip\.csv, line 3, column “Lens Focus Distance”"):
        arri_with(tmp_path, "4.812", cell)


@pytest.mark.parametrize("cell", ["#VALUE!", "11,550", "x"])
def test_a_count_that_cannot_be_read_is_refused_where_it_stands(tmp_path: Path, cell: str) -> None:
    rows = clips.arri_rows()
    rows[7]["RawEncoderFocus RawLds"] = cell
    with pytest.raises(FileError, match="line 9, column “RawEncoderFocus RawLds”"):
        read_clip([write(tmp_path, clips.as_text(rows))])


def test_a_map_survives_a_gap_in_the_lens_data(tmp_path: Path) -> None:
    rows = clips.arri_rows()
    for row in rows[200:230]:
        row["Lens Focus Distance"] = row["RawEncoderFocus RawLds"] = "-"
    track = read_clip([write(tmp_path, clips.as_text(rows))])
    assert (len(track), track.frame[199:201]) == (470, (199, 230))
    lens, report = mapping.map_of(track)
    assert (report.encoder, report.max_error <= 0.005) == ("lens encoder (LDS)", True)
    assert lens.warnings() == ()


def test_a_map_from_a_few_frames_of_many_is_refused_with_the_reason(tmp_path: Path) -> None:
    rows = clips.arri_rows()
    for number, row in enumerate(rows):
        if number not in (10, 90, 100, 110):
            row["Lens Focus Distance"] = "-"
    with pytest.raises(JobError, match=r"Only 4 of 500 frames of clip\.csv have lens data"):
        mapping.map_of(read_clip([write(tmp_path, clips.as_text(rows))]))


def test_frames_keep_the_clips_numbers_after_a_gap(tmp_path: Path) -> None:
    head = "Master TC\tLens Focus Distance\tLens Distance Unit\tLens Model\tLensLdsEncoderFocusRaw\tProject FPS"
    lines = [head]
    for i in range(41):
        metres = "-" if 10 <= i < 20 else f"{4.0 if i < 30 else 4.0 - 0.3 * (i - 30):.3f}"
        lines.append(f"10:00:0{i // 24}:{i % 24:02}\t{metres}\tMeter\tPrime 50 T2\t1000\t24")
    track = read_clip([write(tmp_path, "\n".join(lines) + "\n")])
    assert (len(track), track.frame[10]) == (31, 20)
    assert [(pull.first, pull.last) for pull in track.pulls()] == [(30, 40)]
    written = track.to_csv().splitlines()
    assert next(line for line in written if "10:00:01:06" in line).startswith("30,")
    back = read_clip([write(tmp_path, track.to_csv(), "track.csv")])
    assert back.frame == track.frame
    assert back.time_s.tolist() == pytest.approx(track.time_s.tolist())


def test_reds_frames_without_a_packet_are_left_out(tmp_path: Path) -> None:
    text = (
        clips.red_frames_text()
        + f"7,23:17:21:15,,5.600000,430,40,{clips.RED_PACKETS[0]}\n8,23:17:21:16,,5.6,440,40,-\n"
    )
    track = read_clip([write(tmp_path, text)])
    assert (track.frame, len(track.optics), track.clip_frames) == ((0, 1, 7), 3, 4)


def test_sonys_frames_without_lens_data_are_left_out(tmp_path: Path) -> None:
    track = read_clip([write(tmp_path, clips.sony_text(("5.83", "-", "5ft 9in", "5' 9")))])
    assert track.frame == (0, 2, 3)
    assert track.distance_m.tolist() == pytest.approx([5.83 * 0.3048, 1.7526, 1.7526])


# Tables of comma countries --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
@pytest.mark.parametrize("told", ["", "sep=;\r\n", '"sep=;"\n'])
def test_semicolons_and_decimal_commas_in_every_encoding(tmp_path: Path, encoding: str, told: str) -> None:
    rows = [{name: cell.replace(".", ",") for name, cell in row.items()} for row in clips.arri_rows()]
    for row in rows:
        row["Lens Model"] = "ARRI SP40 T1.8"
    track = read_clip([write(tmp_path, told + clips.as_text(rows, ";"), encoding=encoding)])
    assert (len(track), track.fps, track.lens.focal_length_mm) == (500, Fraction(24), 40.0)
    assert (track.distance_m.min(), track.distance_m.max()) == (0.661, 4.812)
    assert mapping.map_of(track)[1].max_error <= 0.005


def test_decimal_commas_between_commas_are_named(tmp_path: Path) -> None:
    rows = clips.arri_rows()
    rows[3]["Lens Focus Distance"] = "4,812"
    with pytest.raises(FileError, match=r"line 5: 19 cells, and the header has 18[\s\S]*commas need semicolons"):
        read_clip([write(tmp_path, clips.as_text(rows, ","))])


def test_the_line_is_the_files_own_after_sep(tmp_path: Path) -> None:
    text = "sep=;\n" + clips.as_text(clips.arri_rows(), ";").replace("4.812", "#VALUE!", 1)
    with pytest.raises(FileError, match="line 3, column “Lens Focus Distance”"):
        read_clip([write(tmp_path, text)])


def test_a_track_written_with_commas_reads_back(tmp_path: Path) -> None:
    track = arri_with(tmp_path, "inf")
    text = track.to_csv(SEMICOLON)
    assert text.splitlines()[1].startswith("0;13:36:49:07;0,000000;inf;777;")
    back = read_clip([write(tmp_path, text, "track.csv")])
    assert back.distance_m.tolist() == pytest.approx(track.distance_m.tolist())
    assert back.timecode == track.timecode


# What is no clip ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["when,distance\n0,4.8\n1,3\n", "a;b\n1;2\n", '{"lens": 1}', "[1, 2]"])
def test_what_would_do_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(FileError) as refusal:
        read_clip([write(tmp_path, text)])
    for word in ("needs the columns focus_distance_m", "timecode or time_s", ".chan"):
        assert word in str(refusal.value)


def test_a_table_with_just_what_is_needed_is_a_track(tmp_path: Path) -> None:
    track = read_clip([write(tmp_path, "time_s;focus_distance_m\n0,0;1,5\n0,04;1,6\n0,08;1,7\n")])
    assert track.fps == Fraction(25)
    assert track.timecode[2] == "00:00:00:02"
    assert track.distance_m.tolist() == [1.5, 1.6, 1.7]


def test_times_that_run_back_are_refused_where_they_stand(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="line 4, column “time_s”: the time doesn't run on"):
        read_clip([write(tmp_path, "time_s,focus_distance_m\n0,1.5\n1,1.6\n0.5,1.7\n")])


def test_the_rate_of_drop_frame_is_that_of_television() -> None:
    cells = [f"01:00:{i // 30:02};{i % 30:02}" for i in range(40)]
    assert fps_of_timecode(cells) == Fraction(30000, 1001)
    assert np.isclose(float(fps_of_timecode([cell.replace(";", ":") for cell in cells]) or 0), 30.0)


@pytest.mark.parametrize("column", ["Project FPS", "Sensor FPS"])
def test_a_rate_that_cannot_be_read_is_refused_where_it_stands(tmp_path: Path, column: str) -> None:
    with pytest.raises(FileError, match=f"line 2, column “{column}”"):
        read_clip([write(tmp_path, clips.arri_text(**{column: "#VALUE!"}))])
    assert read_clip([write(tmp_path, clips.arri_text(**{column: "--"}))]).fps == Fraction(24)
    assert read_clip([write(tmp_path, clips.arri_text(**{column: "23,976"}))]).fps in (24, Fraction(24000, 1001))


def test_two_units_in_one_clip_are_refused(tmp_path: Path) -> None:
    rows = clips.arri_rows()
    rows[9]["Lens Distance Unit"] = "Feet"
    rows[3]["Lens Distance Unit"] = "-"
    with pytest.raises(FileError, match="line 11, column “Lens Distance Unit”: the clip says Meter and Feet"):
        read_clip([write(tmp_path, clips.as_text(rows))])


def test_timecode_goes_on_over_midnight() -> None:
    cells = ["23:59:59:22", "23:59:59:23", "00:00:00:00", "00:00:00:02"]
    assert frames_of(cells, Fraction(24)).tolist() == [2073598, 2073599, 2073600, 2073602]  # type: ignore[union-attr]
    cells = ["23:59:59;28", "23:59:59;29", "00:00:00;00"]
    assert np.diff(frames_of(cells, Fraction(30000, 1001))).tolist() == [1, 1]  # type: ignore[arg-type]


def test_timecode_that_does_not_run_on_is_noted(tmp_path: Path) -> None:
    rows = clips.arri_rows()
    rows[7]["Master TC"] = "#VALUE!"
    track = read_clip([write(tmp_path, clips.as_text(rows))])
    assert "timecode doesn't run on" in track.notes[-1]
    assert track.time_s[-1] == pytest.approx(499 / 24)


@pytest.mark.parametrize(
    ("unit", "metres"),
    [
        ("Meter", 1.0), ("metre", 1.0), ("m", 1.0), ("Metric", 1.0), ("mm", 0.001), ("cm", 0.01), ("Inch", 0.0254),
        ("Feet", 0.3048), ("Foot", 0.3048), ("ft", 0.3048), ("Imperial", 0.3048),
    ],
)  # fmt: skip
def test_arris_distances_are_in_the_unit_that_the_clip_names(tmp_path: Path, unit: str, metres: float) -> None:
    rows = clips.arri_rows()
    for row in rows:
        row["Lens Distance Unit"] = unit
        row["Lens Focus Distance"] = f"{float(row['Lens Focus Distance']) * 3 / metres:.4f}"
    told = [float(row["Lens Focus Distance"]) for row in rows[:5]]
    track = read_clip([write(tmp_path, clips.as_text(rows))])
    assert track.distance_m[:5].tolist() == pytest.approx([number * metres for number in told])


@pytest.mark.parametrize(
    ("odd", "even", "told"),
    [(40, 0, "utf-16-le"), (0, 40, "utf-16-be"), (41, 10, "utf-16-le"), (40, 10, ""), (10, 40, ""), (20, 20, "")],
)
def test_zeros_tell_which_half_of_a_letter_they_are_or_that_it_is_no_text(
    tmp_path: Path, odd: int, even: int, told: str
) -> None:
    pairs = [b"\0A"] * even + [b"A\0"] * odd
    path = tmp_path / "clip.csv"
    path.write_bytes(b"".join(pairs))
    with pytest.raises(FileError) as refused:
        read_clip([path])
    assert ("is binary" in refused.value.message) is (told == "")


def table(tmp_path: Path, columns: str, rows: list[tuple[object, ...]], mark: str = ",") -> FocusTrack:
    """A plain table, read."""
    lines = [columns, *(mark.join(str(cell) for cell in row) for row in rows)]
    return read_clip([write(tmp_path, "\n".join(lines) + "\n")])


@pytest.mark.parametrize("cell", ["1,050", "1.050", "1 050", "1\u202f050", "1'050"])
def test_a_mark_for_thousands_is_never_taken_for_a_decimal(tmp_path: Path, cell: str) -> None:
    with pytest.raises(FileError, match=r"line 3, column “distance \(mm\)”"):
        table(tmp_path, "time;distance (mm)", [("0,00", 950), ("0,04", cell)], ";")


def test_a_unit_that_no_distance_can_be_in_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"1\.5 mm, nearer than any lens focuses"):
        table(tmp_path, "time,distance (mm)", [(0, 1.5), (0.04, 1.6)])


@pytest.mark.parametrize(
    "numbers", [(10, 11, 11, 12), (10, 11, 9, 12), (-1, 0, 1, 2), (1.5, 2, 3, 4), ("9" * 5000, 1, 2, 3)]
)
def test_frame_numbers_that_do_not_run_on_are_told_of(tmp_path: Path, numbers: tuple[object, ...]) -> None:
    track = table(tmp_path, "frame,distance_m", [(number, 1 + i) for i, number in enumerate(numbers)])
    assert track.frame == (0, 1, 2, 3)
    assert track.notes == ("its frame numbers don't run on, so its frames are counted",)


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("time", ["0", "0.04", "3600", "3600.04"]),
        ("time", ["00:00:00.000", "00:00:00.040", "01:00:00.000", "01:00:00.040"]),
        ("timecode", ["00:00:00.000", "00:00:00.040", "01:00:00.000", "01:00:00.040"]),
    ],
)
def test_a_gap_in_time_is_a_gap_in_the_frames(tmp_path: Path, column: str, cells: list[str]) -> None:
    track = table(tmp_path, f"{column},distance", [(cell, 1 + i) for i, cell in enumerate(cells)])
    assert (track.fps, track.frame) == (25, (0, 1, 90_000, 90_001))
    assert track.timecode[2] == "01:00:00:00"
    assert track.time_s[2] == pytest.approx(3600)


def test_a_gap_in_the_timecode_is_a_gap_in_the_frames(tmp_path: Path) -> None:
    codes = ["01:00:00:22", "01:00:00:23", "01:00:02:00", "01:00:02:01"]
    assert table(tmp_path, "timecode,distance", [(code, 1 + i) for i, code in enumerate(codes)]).frame == (0, 1, 26, 27)


def test_samples_off_every_frame_are_counted(tmp_path: Path) -> None:
    times = (0, 0.04, 0.08, 0.12, 0.18, 0.22)
    assert table(tmp_path, "time,distance", [(time, 1 + i) for i, time in enumerate(times)]).frame == (0, 1, 2, 3, 4, 5)


def table_of(folder: Path, content: bytes) -> Path:
    path = folder / "clip.csv"
    path.write_bytes(content)
    return path


def test_times_in_milliseconds_are_read(tmp_path: Path) -> None:
    for head in ("time (ms)", "Time [ms]", "time_ms"):
        track = read_clip([table_of(tmp_path, f"{head},distance\n0,1.5\n500,2\n1000,3\n".encode())])
        assert track.time_s.tolist() == pytest.approx([0.0, 0.5, 1.0])
        assert track.fps == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (gzip.compress(b"time,distance\n0,1\n1,2\n", mtime=0), "packed with gzip"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive, or a spreadsheet's own file"),
        (b"time,distance\n0,1\n", "one focus distance only"),
        (b"time,distance\n0,1\n1,0\n2,\n", "one focus distance only"),
        (b"time,distance\n0,0\n1,\n", "no focus distances"),
    ],
)
def test_what_a_file_is_instead_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(FileError, match=words):
        read_clip([table_of(tmp_path, content)])


@pytest.mark.parametrize(
    ("first", "second", "goes_on"),
    [
        ("23:59:59:24", "00:00:00:00", True),
        ("18:00:00:01", "06:00:00:00", True),
        ("18:00:00:00", "06:00:00:00", False),  # half a day: a clip that doesn't run on as well as a midnight
        ("18:00:00:00", "06:00:00:01", False),
        ("10:00:00:05", "10:00:00:04", False),
        ("10:00:00:05", "10:00:00:05", False),
        ("10:00:00:05", "10:00:00:06", True),
    ],
)
def test_more_than_half_a_day_back_is_a_midnight(first: str, second: str, goes_on: bool) -> None:
    frames = frames_of([first, second], Fraction(25))
    assert (frames is not None) is goes_on
    if frames is not None:
        assert 0 < frames[1] - frames[0] <= 12 * 3600 * 25


@pytest.mark.parametrize(("asked", "there"), [(("A",), True), (("A", "B"), True), ((), True), (("A", "C"), False)])
def test_a_table_has_the_columns_that_are_asked_for_or_says_which_it_lacks(asked: tuple[str, ...], there: bool) -> None:
    table = read_table(Path("it.csv"), "A,B\n1,2\n3,4\n")
    assert table.has(*asked) is there
    if there:
        table.require(*asked)
    else:
        with pytest.raises(FileError, match="lacks columns") as refused:
            table.require(*asked)
        assert "C" in str(refused.value)


@pytest.mark.parametrize(
    ("counts", "metres", "falls"),
    [
        ([1000.0], [2.0], False),
        ([1000.0, 2000.0], [4.0, 2.0], False),
        ([2000.0, 1000.0], [4.0, 2.0], True),
        ([2000.0, 1000.0], [np.inf, 2.0], True),
        ([2000.0, 2000.0], [4.0, 2.0], False),
        ([2000.0, 1000.0], [2.0, 2.0], False),
    ],
)
def test_counts_that_go_up_as_focus_comes_nearer_begin_at_infinity(
    counts: list[float], metres: list[float], falls: bool
) -> None:
    encoder = dcs._encoder(np.array(counts), np.array(metres))
    assert (encoder.infinity > encoder.close) is falls

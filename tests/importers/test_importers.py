# SPDX-License-Identifier: MIT
from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import FileError, FollowFocusError, JobError, RequestError
from followfocus.importers import focus_track, mapping, read_clip
from followfocus.lens.map import load_lens
from tests.support import clips

SHARED = Path(__file__).parents[3] / "shared" / "data"


def write(tmp_path, text, name="clip.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture(scope="module")
def arri(tmp_path_factory):
    return read_clip([write(tmp_path_factory.mktemp("arri"), clips.arri_text())])


# ---------------------------------------------------------------- ARRI


def test_arris_track(arri):
    assert len(arri) == 500
    assert (arri.kind, arri.clip, arri.fps) == ("ARRI Meta Extract", "B001C001_180327_R1ZA", Fraction(24))
    assert arri.time_s[0] == 0.0
    assert arri.time_s[-1] == pytest.approx(499 / 24)
    assert (arri.distance_m.min(), arri.distance_m.max()) == (0.661, 4.812)
    assert arri.timecode[0] == "13:36:49:07"
    lens = arri.lens
    assert (lens.make, lens.model, lens.serial, lens.focal_length_mm, lens.t_stop) == (
        "ARRI",
        "SP40 T1.8",
        "2",
        40,
        1.8,
    )
    assert lens.t_stop_used == pytest.approx(1.80, abs=0.01)


def test_the_encoders_infinity_end_is_told_by_the_data(arri):
    # The motor on this lens turns against the lens encoder.
    assert (arri.encoder.infinity, arri.encoder.close) == (8, 11558)
    assert (arri.motor.infinity, arri.motor.close) == (17733, 105)
    assert np.abs(arri.encoder.fraction() - arri.motor.fraction()).max() < 0.01


def test_the_pulls_in_the_clip(arri):
    # Three real pulls: about 1.5 s, 1.1 s and 3 s, peak over mean speed 1.7 to 2.3 (threshold-bound, ±10 %)
    pulls = arri.pulls()
    assert [pull.duration_s for pull in pulls] == pytest.approx([1.54, 1.17, 3.08], rel=0.1)
    assert [pull.peak_over_mean_speed for pull in pulls] == pytest.approx([1.73, 1.88, 2.30], rel=0.1)
    assert pulls[0].from_m > 4.7
    assert pulls[0].to_m == 0.661


def test_the_map_predicts_the_clip(arri):
    lens, report = mapping.map_of(arri, 300.0)
    assert 3 <= len(lens.marks) <= 16
    assert (report.frames, report.samples) == (500, 183)
    assert report.max_error <= 0.002
    assert report.leave_one_out_max <= 0.005
    assert report.two_marks_max <= 0.005
    assert report.motor_linearity < 0.0005
    assert lens.warnings() == ()
    assert (lens.focal_length_mm, lens.t_stop, lens.serial) == (40.0, 1.8, "2")
    assert "assumed" not in lens.source


def test_the_map_holds_with_any_mark_left_out_against_every_frame(arri):
    from dataclasses import replace

    lens, _ = mapping.map_of(arri)
    position = arri.encoder.fraction()
    measured = [i for i, mark in enumerate(lens.marks) if math.isfinite(mark.distance_m)]
    two = replace(lens, marks=(lens.marks[measured[0]], lens.marks[measured[-1]]))
    fewer = [replace(lens, marks=lens.marks[:i] + lens.marks[i + 1 :]) for i in range(len(lens.marks))]
    for other in [two, *fewer]:
        assert np.abs(other.ring_deg(arri.distance_m) / other.travel_deg - position).max() <= 0.005


def test_the_infinity_end_is_a_mark(arri):
    lens, _ = mapping.map_of(arri)
    assert (lens.marks[0].ring_deg, lens.marks[0].distance_m) == (0.0, math.inf)
    assert lens.distance_m(0.0) == math.inf


def test_the_close_focus_of_a_map_is_on_its_ring(arri):
    lens, _ = mapping.map_of(arri)
    assert lens.ring_deg(lens.close_focus_m) == pytest.approx(lens.travel_deg, rel=1e-3)


def test_an_assumed_travel_is_owned_up_to(arri):
    lens, _ = mapping.map_of(arri)
    assert lens.travel_deg == 300.0
    assert "ring travel of 300° assumed" in lens.source


@given(st.floats(90, 720))
def test_the_travel_scales_the_marks_and_nothing_else(travel_deg):
    track = read_clip_cached()
    lens, report = mapping.map_of(track, travel_deg)
    same, _ = mapping.map_of(track, 300.0)
    assert [m.ring_deg / travel_deg for m in lens.marks] == pytest.approx(
        [m.ring_deg / 300 for m in same.marks], abs=2e-6
    )
    assert report.max_error < 0.002


_cache = {}


def read_clip_cached():
    if "track" not in _cache:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            _cache["track"] = read_clip([write(Path(folder), clips.arri_text())])
    return _cache["track"]


@pytest.mark.parametrize("travel_deg", [0.0, -1.0, math.nan, math.inf])
def test_a_travel_that_cannot_be_is_refused(arri, travel_deg):
    with pytest.raises(RequestError):
        mapping.map_of(arri, travel_deg)


def test_one_wild_frame_does_not_bend_the_map(tmp_path):
    rows = clips.arri_rows()
    rows[120]["RawEncoderFocus RawLds"] = "9000"
    track = read_clip([write(tmp_path, clips.as_text(rows))])
    lens, _ = mapping.map_of(track)
    clean = read_clip_cached()
    assert np.abs(lens.ring_deg(clean.distance_m) / 300.0 - clean.encoder.fraction()).max() <= 0.005


def test_a_clip_that_reaches_infinity_has_its_mark_there(tmp_path):
    rows = clips.arri_rows()
    for row in rows[:20]:
        row["Lens Focus Distance"], row["RawEncoderFocus RawLds"] = "inf", "7"  # a count past the limit of 8
    lens, report = mapping.map_of(read_clip([write(tmp_path, clips.as_text(rows))]))
    assert (lens.marks[0].ring_deg, lens.marks[0].distance_m) == (0.0, math.inf)
    assert report.max_error <= 0.005


def test_limits_that_are_not_this_encoders_are_not_used(tmp_path):
    track = read_clip([write(tmp_path, clips.arri_text(EncoderLimFocusLdsMax="100"))])
    assert track.encoder is None
    assert mapping.map_of(track)[1].encoder == "motor encoder"


def test_the_map_comes_from_the_motor_where_the_lens_has_no_encoder(tmp_path):
    rows = clips.arri_rows()
    for row in rows:
        row["RawEncoderFocus RawLds"] = "--"
    lens, report = mapping.map_of(read_clip([write(tmp_path, clips.as_text(rows))]))
    assert report.encoder == "motor encoder"
    assert report.max_error <= 0.005
    assert lens.marks[1].distance_m == 4.812


def test_feet_are_read_as_feet(tmp_path):
    track = read_clip([write(tmp_path, clips.arri_text(**{"Lens Distance Unit": "Feet"}))])
    assert track.distance_m.max() == pytest.approx(4.812 * 0.3048)


def test_an_unknown_unit_is_refused(tmp_path):
    with pytest.raises(FileError, match="“Furlong” is not a unit"):
        read_clip([write(tmp_path, clips.arri_text(**{"Lens Distance Unit": "Furlong"}))])


def test_frames_without_lens_data_are_left_out_and_counted(tmp_path):
    rows = clips.arri_rows()
    rows[3]["Lens Focus Distance"] = "--"
    rows[4]["Lens Focus Distance"] = "0.000"
    track = read_clip([write(tmp_path, clips.as_text(rows))])
    assert len(track) == 498
    assert track.time_s[3] == pytest.approx(5 / 24)
    assert track.notes == ("2 frames without lens data left out",)


def test_a_clip_without_any_lens_data_is_refused(tmp_path):
    rows = clips.arri_rows()
    for row in rows:
        row["Lens Focus Distance"] = "--"
    with pytest.raises(FileError, match="no focus distances"):
        read_clip([write(tmp_path, clips.as_text(rows))])


def test_a_clip_in_which_nobody_pulled_holds_no_map(tmp_path):
    still = clips.as_text(clips.arri_rows()[:60])
    with pytest.raises(JobError, match="too little"):
        mapping.map_of(read_clip([write(tmp_path, still)]))


def test_an_overcranked_clip_keeps_the_time_of_the_set(tmp_path):
    track = read_clip([write(tmp_path, clips.arri_text(**{"Sensor FPS": "48.000"}))])
    assert track.time_s[-1] == pytest.approx(499 / 48)
    assert "48 fps" in track.notes[0]


# ---------------------------------------------------------------- RED, Sony, our own


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_reds_two_tables_in_any_order(tmp_path, order):
    paths = [
        write(tmp_path, clips.red_frames_text(), "frames.csv"),
        write(tmp_path, clips.red_static_text(), "static.csv"),
    ]
    track = read_clip([paths[i] for i in order])
    assert track.distance_m.tolist() == pytest.approx([0.424, 0.436])  # the packets', not RED's 410 and 420
    assert (track.fps, track.fps_assumed, track.clip) == (Fraction(24), False, "A001_C066_0303LZ")
    assert (track.lens.make, track.lens.serial, track.lens.t_stop) == ("SIGMA", "G53599764", 1.5)
    assert track.lens.transmission == 0.94
    assert track.optics[0].hyperfocal_m == pytest.approx(10.669)
    assert track.encoder is None


def test_reds_frames_alone(tmp_path):
    track = read_clip([write(tmp_path, clips.red_frames_text())])
    assert track.fps_assumed
    assert track.lens.serial == "G53599764"
    assert track.lens.focal_length_mm == 40.0


def test_reds_own_column_where_the_lens_sent_nothing(tmp_path):
    text = clips.red_frames_text()
    for packet in clips.RED_PACKETS:
        text = text.replace(packet, "")
    track = read_clip([write(tmp_path, text)])
    assert track.distance_m.tolist() == pytest.approx([0.41, 0.42])


def test_a_damaged_packet_names_its_line(tmp_path):
    text = clips.red_frames_text().replace("64/40/40/46/74", "64/40/40")
    with pytest.raises(FileError, match="line 3, column “Cooke Metadata”"):
        read_clip([write(tmp_path, text)])


def test_reds_static_table_alone_asks_for_the_frames(tmp_path):
    with pytest.raises(RequestError, match="table of the clip only"):
        read_clip([write(tmp_path, clips.red_static_text())])


def test_sonys_track(tmp_path):
    track = read_clip([write(tmp_path, clips.sony_text())])
    assert (track.kind, track.fps, track.fps_assumed) == ("Sony Venice", Fraction(24), True)
    assert track.distance_m[0] == pytest.approx(5.83 * 0.3048)
    assert track.time_s.tolist() == pytest.approx([i / 24 for i in range(6)])
    assert track.lens.focal_length_mm == 32.0
    assert track.lens.t_stop_used == pytest.approx(2 * 2**0.15)
    assert track.encoder is None


def test_sonys_infinity(tmp_path):
    assert read_clip([write(tmp_path, clips.sony_text(("5.8", "Infinity")))]).distance_m[1] == math.inf


def test_the_rate_can_be_given(tmp_path):
    track = read_clip([write(tmp_path, clips.sony_text())], Fraction(24000, 1001))
    assert track.fps == Fraction(24000, 1001)
    assert not track.fps_assumed


def test_no_encoder_no_map(tmp_path):
    for text in (clips.sony_text(), clips.red_frames_text()):
        with pytest.raises(JobError, match="no ring encoder, so it gives a focus track and no lens map"):
            mapping.map_of(read_clip([write(tmp_path, text)]))


def test_a_written_track_reads_back(tmp_path, arri):
    back = read_clip([write(tmp_path, arri.to_csv())])
    assert back.distance_m.tolist() == pytest.approx(arri.distance_m.tolist())
    assert back.time_s.tolist() == pytest.approx(arri.time_s.tolist())
    assert back.fps == arri.fps


def test_infinity_survives_a_written_track(tmp_path):
    track = read_clip([write(tmp_path, clips.sony_text(("5.8", "Infinity", "7.1")))])
    assert read_clip([write(tmp_path, track.to_csv(), "track.csv")]).distance_m[1] == math.inf


def test_a_track_plays_as_ring_angles_of_any_lens(tmp_path):
    track = read_clip([write(tmp_path, clips.sony_text())])
    lens = load_lens("ideal-50")
    assert track.ring_deg(lens).tolist() == pytest.approx((300 * 0.55 / track.distance_m).tolist())


# ---------------------------------------------------------------- any table


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
def test_any_common_encoding(tmp_path, encoding):
    text = clips.sony_text().replace("7032.0100", "Objektiv für 32")
    assert read_clip([write(tmp_path, text, encoding=encoding)]).lens.model == "Objektiv für 32"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_delimiter(tmp_path, delimiter):
    assert len(read_clip([write(tmp_path, clips.as_text(clips.arri_rows(), delimiter))])) == 500


def test_the_format_is_told_by_the_header_not_the_name(tmp_path):
    assert read_clip([write(tmp_path, clips.sony_text(), "arri-meta-extract.txt")]).kind == "Sony Venice"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n \n", "is empty"),
        ("hello\n", "is not a table"),
        ("a,b\n", "no rows"),
        ("a,b\n1,2\n", "no camera known here (it starts a, b)"),
        ("\0\0\0\1\2,\n", "binary"),
    ],
)
def test_what_is_no_clip_is_refused(tmp_path, text, words):
    with pytest.raises(FileError) as refusal:
        read_clip([write(tmp_path, text)])
    assert words in str(refusal.value)


@pytest.mark.parametrize("change", ["cut", "long"])
def test_a_ragged_row_is_named(tmp_path, change):
    lines = clips.arri_text().splitlines()
    lines[42] = lines[42][:60] if change == "cut" else lines[42] + "\tmore"
    with pytest.raises(FileError, match=r"line 43: .* cells, and the header has 18"):
        read_clip([write(tmp_path, "\n".join(lines))])


def test_missing_columns_are_all_named_with_the_near_ones(tmp_path):
    text = clips.sony_text().replace("Lens Model", "Lens model").replace('"Aperture"', '"Stop"')
    with pytest.raises(FileError) as refusal:
        read_clip([write(tmp_path, text)])
    assert refusal.value.problems == ("no column “Lens Model” (there is “Lens model”)", "no column “Aperture”")


def test_a_cell_that_is_no_number_is_named(tmp_path):
    with pytest.raises(FileError, match=r"line 3, column “Focus Distance \(ft\)”"):
        read_clip([write(tmp_path, clips.sony_text(("5.8", "x", "5.9")))])


def test_files_of_two_clips_are_refused(tmp_path):
    paths = [write(tmp_path, clips.sony_text(), "a.csv"), write(tmp_path, clips.sony_text(), "b.csv")]
    with pytest.raises(RequestError, match="not one clip"):
        read_clip(paths)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        read_clip([tmp_path / "none.csv"])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    with pytest.raises(FollowFocusError):
        read_clip([path])


# ---------------------------------------------------------------- stops and rates


@pytest.mark.parametrize(
    ("text", "t_stop"),
    [
        ("1.4 + 7/10", 1.8025),
        ("T 2 3/10", 2.219),
        ("T 2", 2.0),
        ("T 2.8 5/10", 3.364),
        ("F5.6", None),
        ("5.600000", 5.6),
        ("--", None),
        ("", None),
        ("T 0", None),
    ],
)
def test_marked_stops_and_tenths(text, t_stop):
    assert focus_track.t_stop_of(text) == (pytest.approx(t_stop, abs=0.001) if t_stop else None)


@pytest.mark.parametrize(("rate", "read"), [(24, 24), (25, 25), (30, 30), (48, 48), (60, 60)])
def test_the_rate_a_timecode_wraps_at(rate, read):
    timecode = [f"01:00:{i // rate:02}:{i % rate:02}" for i in range(rate - 2, 2 * rate)]
    assert focus_track.fps_of_timecode(timecode) == read


def test_a_timecode_that_never_wraps_tells_no_rate():
    assert focus_track.fps_of_timecode(["01:00:00:01", "01:00:00:02"]) is None


def test_times_are_counted_where_timecode_stands_still():
    assert focus_track.times_of(["00:00:00:00"] * 3, Fraction(25)).tolist() == pytest.approx([0, 0.04, 0.08])


# ---------------------------------------------------------------- the files themselves


@pytest.mark.skipif(not SHARED.exists(), reason="the cameras' files are not beside this checkout")
def test_the_cameras_own_files():
    track = read_clip([SHARED / "arri-meta-extract-sp40.csv"])
    same = read_clip_cached()
    assert track.distance_m.tolist() == same.distance_m.tolist()
    assert track.encoder.counts.tolist() == same.encoder.counts.tolist()
    lens, report = mapping.map_of(track)
    assert report.leave_one_out_max <= 0.005
    shipped = load_lens("arri-signature-prime-40")
    assert lens.marks == shipped.marks
    red = read_clip([SHARED / "red-cooke-i.frames.csv", SHARED / "red-cooke-i.static.csv"])
    assert red.distance_m.tolist() == pytest.approx([0.424, 0.436])
    assert read_clip([SHARED / "sp40-focus-track.csv"]).distance_m.tolist() == same.distance_m.tolist()

# SPDX-License-Identifier: MIT
"""A zoom that is moved during the rack: every figure, picture and export takes the focal length of its own frame."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import re
import sys
from collections.abc import Callable

import numpy as np
import pytest

from followfocus.cli import main
from followfocus.errors import RequestError
from followfocus.lens.map import load_lens, save_lens
from followfocus.lens.optics import blur_disc_mm
from followfocus.lens.zoom import Zoom, parse_zoom
from followfocus.look.exports import export_text
from followfocus.look.planes import Figure, Plane
from followfocus.look.render import Camera, Renderer
from followfocus.look.shot import Shot
from followfocus.look.words import brief, prompt
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.sharpness import Subject, SubjectTrack, rack_sharpness

WIDE = dataclasses.replace(load_lens("ideal-50"), name="zoom", focal_length_mm=24.0, focal_range_mm=(18.0, 90.0))
MOVE = Zoom((0.0, 1.0, 2.0), (24.0, 70.0, 48.0))
ENDS = Subject("ANNA", 1.2), Subject("THE DOOR", 4.0)


def shot_of(zoom: Zoom | None = MOVE, **settings) -> Shot:
    marks = Mark("A", WIDE.ring_deg(1.2)), Mark("B", WIDE.ring_deg(4.0))
    return Shot(Camera(WIDE, 2.8, zoom=zoom), motion_of(Pull.between(*marks, 2.0)), ENDS, 0.025, **settings)


def test_every_frame_is_blurred_through_its_own_focal_length():
    for key in shot_of().keyframes():
        assert key.focal_mm == pytest.approx(np.interp(key.time_s, MOVE.times_s, MOVE.focals_mm))
        for subject, blur in zip(ENDS, key.blurs_mm, strict=True):
            expected = blur_disc_mm(key.focus_m, subject.at_m(key.time_s), key.focal_mm, 2.8)
            assert blur == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_who_goes_soft_does_so_when_the_blur_of_that_moment_is_one_circle():
    shot = shot_of()
    for one, subject in zip(shot.everyone.subjects, ENDS, strict=True):
        crossings = [edge for span in one.spans_s for edge in span if 0 < edge < 2]
        assert crossings
        for t in crossings:
            focus = WIDE.distance_m(float(shot.motion.ring_deg(t)))
            blur = blur_disc_mm(focus, subject.at_m(t), MOVE.at_mm(t), 2.8)
            assert blur == pytest.approx(0.025, rel=1e-4)
    assert shot.rack.from_soft_s != pytest.approx(shot_of(None).rack.from_soft_s, abs=1e-3)


def test_a_zoom_alone_can_take_somebody_out_of_focus_and_back():
    """The ring hardly moves; only a move to the long end in between shows that she isn't quite in focus."""
    marks = Mark("A", WIDE.ring_deg(2.0)), Mark("B", WIDE.ring_deg(2.001))
    motion = motion_of(Pull.between(*marks, 2.0))
    anna = Subject("ANNA", 2.2)
    there_and_back = Zoom((0.0, 0.98, 1.0, 1.02, 2.0), (24.0, 24.0, 90.0, 24.0, 24.0))
    found = rack_sharpness(motion, WIDE, 2.8, 0.025, 24, [anna], there_and_back).subjects[0]
    assert len(found.spans_s) == 2
    assert found.worst_circles == pytest.approx(blur_disc_mm(2.0, 2.2, 90.0, 2.8) / 0.025, rel=0.02)


def test_a_walk_and_a_zoom_at_once():
    track = SubjectTrack((0.0, 2.0), (1.2, 2.4))
    shot = dataclasses.replace(shot_of(), subjects=(Subject("ANNA", track), ENDS[1]))
    key = shot.keyframes()[20]
    expected = blur_disc_mm(key.focus_m, float(track.distance_m(key.time_s)), key.focal_mm, 2.8)
    assert key.blurs_mm[0] == pytest.approx(expected)


# ---------------------------------------------------------------- the picture


def test_a_point_out_of_focus_is_as_large_in_the_frame_as_its_disc():
    """A dot at infinity, the lens at 1.2 m: its disc's area by the light in it, wide and long."""
    made = Renderer([Plane("dot", 1e6, Figure("dot"))], Camera(WIDE, 2.8, zoom=MOVE), (960, 540))
    ring = WIDE.ring_deg(1.2)
    for t in (0.0, 1.0):
        light = made.frame(ring, t).astype(float).max(axis=2)
        area = float((light > light.max() / 2).sum())
        expected = blur_disc_mm(1.2, 1e6, MOVE.at_mm(t), 2.8) / made.camera.frame_width_mm * 960
        assert 2 * math.sqrt(area / math.pi) == pytest.approx(expected, rel=0.12)


def test_the_field_narrows_as_the_zoom_goes_in():
    """A sharp thing grows by the focal length, around the frame's middle."""
    made = Renderer([Plane("chart", 2.0, Figure("chart"))], Camera(WIDE, 2.8, zoom=MOVE), (960, 540))
    ring = WIDE.ring_deg(2.0)
    wide, close = (made.frame(ring, t).astype(float).mean(axis=2) for t in (0.0, 2.0))
    half = wide[135:405, 240:720]  # 48 mm takes in half of what 24 mm does
    smaller = close.reshape(270, 2, 480, 2).mean(axis=(1, 3))
    assert np.corrcoef(half.ravel(), smaller.ravel())[0, 1] > 0.97
    assert np.corrcoef(wide.ravel(), close.ravel())[0, 1] < 0.9


def test_frames_of_a_film_are_those_of_the_time_line():
    made = Renderer([Plane("chart", 2.0, Figure("chart"))], Camera(WIDE, 2.8, zoom=MOVE), (160, 90))
    motion = shot_of().motion
    film = list(made.frames(motion, 4))
    for index in (0, 4, 8):
        assert np.array_equal(film[index], made.frame(float(motion.ring_deg(index / 4)), index / 4))


def test_a_lens_that_is_longer_than_its_move_is_refused():
    with pytest.raises(RequestError, match="shortest"):
        Camera(dataclasses.replace(WIDE, focal_length_mm=50.0), 2.8, zoom=MOVE)


# ---------------------------------------------------------------- exports


def test_the_csv_has_a_focal_length_only_where_the_zoom_moves():
    rows = list(csv.DictReader(io.StringIO(export_text(shot_of(), "csv"))))
    assert [float(rows[i]["focal mm"]) for i in (0, 24, 48)] == [24.0, 70.0, 48.0]
    assert "focal mm" not in export_text(shot_of(None), "csv")


def test_nukes_camera_zooms():
    found = re.search(r"focal \{\{curve L x0 ([^}]*)\}\}", export_text(shot_of(), "nuke"))
    assert found is not None
    curve = [float(word) for word in found[1].split()]
    assert len(curve) == 49
    assert (curve[0], curve[24], curve[48]) == (24.0, 70.0, 48.0)
    assert " focal 24\n" in export_text(shot_of(None), "nuke")


def test_the_chan_has_the_angle_of_view_of_each_frame():
    rows = [line.split("\t") for line in export_text(shot_of(), "chan").splitlines()]
    height = shot_of().camera.frame_width_mm * 9 / 16
    for frame, focal in ((0, 24.0), (24, 70.0), (48, 48.0)):
        assert float(rows[frame][7]) == pytest.approx(math.degrees(2 * math.atan(height / 2 / focal)), abs=1e-5)


def test_after_effects_camera_zooms_by_its_own_measure():
    """Its zoom is the distance in pixels at which the frame is as wide as the composition: f/width of the sensor."""
    text = export_text(shot_of(), "ae-camera")
    zoom = text.split("Camera Options\tZoom")[1]
    rows = dict(re.findall(r"^\t(\d+)\t([\d.]+)\t\r?$", zoom, re.MULTILINE))
    assert float(rows["24"]) == pytest.approx(70.0 / shot_of().camera.frame_width_mm * 1920, rel=1e-6)
    assert "Zoom" not in export_text(shot_of(None), "ae-camera")


def test_blender_keys_the_lens():
    moving = export_text(shot_of(), "blender")
    focals = json.loads(re.search(r"^FOCAL_MM = (.*)$", moving, re.MULTILINE)[1])
    assert len(focals) == 49
    assert focals[24] == 70.0
    assert "FOCAL_MM = [24.0]" in export_text(shot_of(None), "blender")


@pytest.mark.parametrize("kind", ["zdefocus", "fusion"])
def test_the_disc_of_infinity_is_that_of_each_frame(kind):
    shot = shot_of()
    text = export_text(shot, kind)
    if kind == "zdefocus":
        found = re.search(r"\nfar_disc \{\{curve L x0 ([^}]*)\}\}", text.replace("\n ", "\n"))
        discs = [float(word) for word in found[1].split()]
    else:
        discs = [float(value) for value in re.findall(r"\] = \{ ([\d.]+), Flags", text.split("FarDisc = ")[1])]
    for index in (0, 24, 48):
        key = shot.keyframes()[index]
        expected = blur_disc_mm(key.focus_m, math.inf, key.focal_mm, 2.8) / shot.camera.frame_width_mm
        assert discs[index] == pytest.approx(expected, abs=1e-6)


def test_words_tell_of_the_zoom():
    shot = shot_of()
    assert "24 to 70 mm T2.8" in brief(shot)
    assert "no zoom" not in prompt(shot)
    assert "the zoom move: 24 to 70 mm" in prompt(shot)
    assert "no zoom" in prompt(shot_of(None))


# ---------------------------------------------------------------- the command line


def test_moves_are_read():
    assert parse_zoom("24..70", 2.0) == Zoom((0.0, 2.0), (24.0, 70.0))
    assert parse_zoom("24mm@0..50@12f..70@3s", 2.0) == Zoom((0.0, 0.5, 3.0), (24.0, 50.0, 70.0))
    for text in ("24..long", "24@0..70", "24@2..70@1", "24.."):
        with pytest.raises(RequestError):
            parse_zoom(text, 2.0)


@pytest.fixture
def look(monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """`followfocus look` in this process: exit code, standard output, standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["followfocus", "look", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


WORDS = ("--from", "1.2m", "--to", "4m")


@pytest.fixture
def zoom_file(tmp_path):
    path = tmp_path / "zoom.json"
    save_lens(dataclasses.replace(WIDE, focal_length_mm=50.0), path)
    return str(path)


def test_look_moves_the_zoom(look, zoom_file):
    code, out, _ = look(zoom_file, *WORDS, "--duration", "2", "--focal", "24..70", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["focal_mm"] == [24.0, 70.0]
    assert told["field_of_view_at_landing_deg"][0] < told["field_of_view_deg"][0] / 2
    _, fixed, _ = look(zoom_file, *WORDS, "--duration", "2", "--focal", "70", "--json")
    assert told["half_dof_deg"] == pytest.approx(json.loads(fixed)["half_dof_deg"])
    assert told["depth_of_field"][1] == json.loads(fixed)["depth_of_field"][1]


def test_look_finds_the_duration_that_shows_through_the_zoom(look, zoom_file):
    asked = ("--visible", "1.5", "--focal", "24@0..70@1s")
    code, out, _ = look(zoom_file, *WORDS, *asked, "--json")
    assert code == 0
    assert json.loads(out)["visible_s"] == pytest.approx(1.5, abs=0.01)


def test_look_takes_the_zoom_of_a_clip(look, zoom_file, tmp_path):
    clip = tmp_path / "clip.csv"
    head = "frame,timecode,time_s,focus_distance_m,lens_encoder,motor_encoder,focal_length_mm\n"
    rows = [f"{i},01:00:00:{i:02},{i / 24:.6f},2,,,{24 + i}\n" for i in range(24)]
    clip.write_text(head + "".join(rows))
    code, out, err = look(zoom_file, *WORDS, "--duration", "0.5", "--focal", f"{clip}@12f", "--json")
    assert code == 0, err
    assert json.loads(out)["focal_mm"] == [pytest.approx(36.0), pytest.approx(47.0)]
    indirect = f"{tmp_path}/../{tmp_path.name}/clip.csv"  # its dots are no move
    code, out, err = look(zoom_file, *WORDS, "--duration", "0.5", "--focal", indirect, "--json")
    assert (code, json.loads(out or "{}").get("focal_mm")) == (0, [24.0, 36.0]), err
    clip.write_text(head + "".join(row.rsplit(",", 1)[0] + ",35\n" for row in rows))
    code, _, err = look(zoom_file, *WORDS, "--duration", "0.5", "--focal", str(clip))
    assert code == 2
    assert "no zoom that moves" in err
    assert "--focal 35" in err


@pytest.mark.parametrize(
    ("focal", "words"),
    [("24..120", "from 18 to 90 mm, not to 120"), ("24..x", "no focal length"), ("nowhere.csv", "nowhere.csv")],
)
def test_look_refuses_a_zoom_that_cannot_be(look, zoom_file, focal, words):
    code, _, err = look(zoom_file, *WORDS, "--duration", "2", "--focal", focal)
    assert code == 2
    assert words in err
    assert len(err.strip().splitlines()) <= 3

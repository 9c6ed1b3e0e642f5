# SPDX-License-Identifier: MIT
"""Keyframes and words: golden files, and each format read back."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import re
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.lens.optics import blur_disc_mm
from followfocus.look.exports import EXPORTS, encoding_of, export_kind, export_text
from followfocus.look.planes import Figure, Plane
from followfocus.look.render import Camera, Renderer
from followfocus.look.shot import Shot
from followfocus.look.strip import render_strip, strip_frames
from followfocus.look.words import brief, direction, easing_words, prompt, spoken, timeline
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.sharpness import Subject, SubjectTrack, follow_motion

GOLDEN = Path(__file__).parent.parent / "golden"
FIFTY = load_lens("ideal-50")


def shot_of(start=1.2, end=4.0, duration=2.0, names=("ANNA", "THE DOOR"), ease="minjerk", **settings) -> Shot:
    marks = Mark("A", FIFTY.ring_deg(start)), Mark("B", FIFTY.ring_deg(end))
    motion = motion_of(Pull.between(*marks, duration, parse_easing(ease)))
    subjects = Subject(names[0], start), Subject(names[1], end)
    return Shot(Camera(FIFTY, settings.pop("t_stop", 1.4)), motion, subjects, 0.025, easing=ease, **settings)


SHORT = shot_of(duration=0.25, start_frame=86400)


@pytest.mark.parametrize("kind", EXPORTS)
def test_golden_file(kind):
    expected = (GOLDEN / f"look.{kind}.txt").read_bytes().decode(encoding_of(kind))
    assert export_text(SHORT, kind) == expected


def test_csv_has_every_frame_with_timecode_and_blur():
    shot = shot_of(fps=Fraction(25), start_frame=25 * 3600)
    rows = list(csv.DictReader(io.StringIO(export_text(shot, "csv"))))
    assert len(rows) == 51
    assert rows[0]["timecode"] == "01:00:00:00"
    assert rows[50]["timecode"] == "01:00:02:00"
    assert float(rows[0]["focus m"]) == 1.2
    assert float(rows[50]["focus m"]) == 4.0
    middle = rows[25]
    blur = blur_disc_mm(float(middle["focus m"]), 1.2, 50, 1.4)
    assert float(middle["ANNA blur mm"]) == pytest.approx(blur, rel=1e-3)
    assert float(middle["ANNA blur circles"]) == pytest.approx(blur / 0.025, rel=1e-3)
    assert float(middle["ANNA blur % of width"]) == pytest.approx(blur / 24.89 * 100, rel=1e-3)
    assert "﻿" in export_text(shot, "csv").encode(encoding_of("csv")).decode("utf-8")[:1]  # Excel reads UTF-8 by it


def test_nuke_script_is_balanced_and_its_curves_are_the_pull():
    shot = shot_of(names=('A "quoted" [name] $x', "BÉ}{"), start_frame=1001)
    text = export_text(shot, "nuke")
    bare = re.sub(r'"(?:\\.|[^"\\])*"', '""', text)
    depth = 0
    for letter in bare:
        depth += (letter == "{") - (letter == "}")
        assert depth >= 0
    assert depth == 0
    kinds = re.findall(r"^(\w+) \{$", text, re.MULTILINE)
    assert kinds == ["NoOp", "Camera2", "Defocus", "Defocus"]
    curve = re.search(r"^ focal_point \{\{curve L x1001 ([^}]*)\}\}$", text, re.MULTILINE)
    assert curve is not None
    values = [float(value) for value in curve[1].split()]
    assert values == pytest.approx([key.focus_m for key in shot.keyframes()], abs=1e-6)
    assert re.search(r"^ fstop 1\.4$", text, re.MULTILINE)
    assert " haperture 24.89\n" in text


def test_nuke_knobs_are_declared_before_they_are_set():
    text = export_text(shot_of(), "nuke")
    declared = set(re.findall(r"addUserKnob \{7 (\w+) ", text))
    assert declared == {"defocus_scale", "focus_m", "ring_deg", "blur_ANNA", "blur_THE_DOOR"}
    for knob in declared:
        assert text.index(f"addUserKnob {{7 {knob} ") < text.index(f"\n {knob} ")
        assert knob in {"focus_m", "ring_deg"} or text.count(knob) >= 3


def curve_of(text: str, knob: str) -> list[float]:
    found = re.search(rf"^ {knob} \{{\{{curve L x\d+ ([^}}]*)\}}\}}$", text, re.MULTILINE)
    assert found is not None
    return [float(value) for value in found[1].split()]


def test_zdefocus_and_fusion_say_the_disc_of_every_distance():
    """Their law, size × |1 - focus / z|, against the lens's own at four distances and on every frame."""
    shot = shot_of(start_frame=1001)
    nuke, fusion = export_text(shot, "zdefocus"), export_text(shot, "fusion")
    focus, far = curve_of(nuke, "focus_m"), curve_of(nuke, "far_disc")
    splines = [
        [float(value) for value in re.findall(r"\[\d+\] = \{ ([\d.]+),", part)]
        for part in fusion.split("BezierSpline")[1:]
    ]
    assert splines == [focus, far]
    assert re.findall(r"\[(\d+)\] =", fusion)[0] == "1001"
    for key, at, disc in zip(shot.keyframes(), focus, far, strict=True):
        for z in (0.8, 2.0, 5.0, 1e6):
            expected = blur_disc_mm(key.focus_m, z, 50, 1.4) / 24.89
            assert disc * abs(1 - at / z) == pytest.approx(expected, rel=1e-4, abs=2e-6)


def test_fusion_setting_is_balanced_and_quoted():
    text = export_text(shot_of(names=('A "quoted"', "B\\")), "fusion")
    bare = re.sub(r'"(?:\\.|[^"\\])*"', '""', text)
    assert bare.count("{") == bare.count("}")
    assert '"' not in bare.replace('""', "")
    for tool in ("FocusMetres", "FarDisc", "FollowFocusBlurMap"):
        assert f'SourceOp = "{tool}"' in text
        assert f"\t\t{tool} = " in text


def test_zdefocus_takes_blades_and_squeeze():
    lens = dataclasses.replace(FIFTY, squeeze=2.0)
    motion = motion_of(Pull.between(Mark("A", lens.ring_deg(1.2)), Mark("B", lens.ring_deg(4.0)), 0.2))
    text = export_text(
        Shot(Camera(lens, 1.4, blades=7), motion, (Subject("A", 1.2), Subject("B", 4.0)), 0.025), "zdefocus"
    )
    assert " filter_type bladed\n blades 7\n aspect 0.5\n" in text
    assert " filter_type disc\n" in export_text(shot_of(), "zdefocus")


def test_chan_rides_on_the_plane_of_focus():
    rows = [line.split("\t") for line in export_text(shot_of(), "chan").splitlines()]
    assert {len(row) for row in rows} == {8}
    assert [int(row[0]) for row in rows] == list(range(49))
    assert float(rows[0][3]) == -1.2
    assert float(rows[-1][3]) == -4.0
    assert float(rows[0][7]) == pytest.approx(math.degrees(2 * math.atan(24.89 * 9 / 16 / 2 / 50)), abs=1e-4)


def test_after_effects_text_has_its_sections():
    text = export_text(shot_of(), "ae")
    lines = text.split("\r\n")
    assert lines[0] == "Adobe After Effects 8.0 Keyframe Data"
    assert lines[-2] == "End of Keyframe Data"
    assert lines[2] == "\tUnits Per Second\t24"
    assert [line for line in lines if line.startswith("Effects")] == [
        f"Effects\tSlider Control #{number}\tSlider #2" for number in (1, 2, 3)
    ]
    assert sum(line.startswith("\t48\t") for line in lines) == 3
    camera = export_text(shot_of(), "ae-camera")
    assert "Camera Options\tFocus Distance\r\n\tFrame\tpixels\t\r\n\t0\t1200\t" in camera


def test_blender_script_compiles_and_keys_every_frame(monkeypatch):
    walk = SubjectTrack((0.0, 2.0), (4.0, 2.0))
    motion = follow_motion(walk, FIFTY, 2.0)
    shot = Shot(
        Camera(FIFTY, 1.4), motion, (Subject('"Her" \\', walk), Subject("DOOR", math.inf)), 0.025, Fraction(24000, 1001)
    )
    source = export_text(shot, "blender")
    bpy = MagicMock(spec=ModuleType("bpy"), context=MagicMock(), data=MagicMock())
    monkeypatch.setitem(sys.modules, "bpy", bpy)
    namespace: dict[str, object] = {}
    exec(compile(source, "rack.py", "exec"), namespace)
    scene, camera = bpy.context.scene, bpy.data.cameras.new.return_value
    assert (scene.render.fps, scene.render.fps_base) == (24, 1.001)
    assert camera.lens == 50
    assert camera.dof.aperture_fstop == 1.4
    assert camera.dof.use_dof is True
    keyed = [call.kwargs["frame"] for call in camera.dof.keyframe_insert.call_args_list]
    assert keyed == list(range(49))
    assert namespace["FOCUS_M"][0] == 4.0
    assert camera.dof.focus_distance == pytest.approx(2.0)
    assert [name for name, _ in namespace["SUBJECTS_M"]] == ['"Her" \\', "DOOR"]


LATE = Fraction(60), 20 * 3600 * 60
"""20:00:00:00 at 60 frames a second: later than Blender counts."""


def test_blender_counts_from_one_where_the_day_is_too_long_for_it():
    late = dataclasses.replace(shot_of(), fps=LATE[0], start_frame=LATE[1])
    source = export_text(late, "blender")
    assert "FIRST_FRAME = 1\n" in source
    assert "Frame 1 is 20:00:00:00, GO." in source
    early = dataclasses.replace(shot_of(), fps=LATE[0], start_frame=1_048_574 - 120)
    assert f"FIRST_FRAME = {1_048_574 - 120}\n" in export_text(early, "blender")


def test_blender_measures_from_the_principal_plane():
    lens = load_lens("arri-signature-prime-40")
    motion = motion_of(Pull.between(Mark("A", lens.ring_deg(0.661)), Mark("B", lens.ring_deg(2.0)), 1.0))
    shot = Shot(Camera(lens, 1.8), motion, (Subject("A", 0.661), Subject("B", 2.0)), 0.029)
    namespace: dict[str, object] = {}
    source = export_text(shot, "blender").split("scene =")[0].replace("import bpy", "")
    exec(source, namespace)
    assert namespace["FOCUS_M"][0] == pytest.approx(0.661 - 0.0428, abs=1e-3)


def test_infinity_is_ten_kilometres_where_only_numbers_go():
    shot = shot_of(1.2, math.inf)
    assert export_text(shot, "chan").splitlines()[-1].split("\t")[3] == "-10000"
    assert export_text(shot, "csv").splitlines()[-1].split(",")[4] == "inf"
    assert "to THE DOOR, infinity," in brief(shot)


@pytest.mark.parametrize(
    ("name", "metres", "said", "told"),
    [
        ("0.86m", 0.86, "from 0.86 m to ", "0.86 m soft"),
        ("86 cm", 0.86, "from 0.86 m to ", "0.86 m soft"),
        ("inf", math.inf, "from infinity to ", "infinity soft"),
        ("3'", 0.9144, "from 3', 0.91 m, to ", "3' soft"),
        ("12", 0.86, "from 12, 0.86 m, to ", "12 soft"),
        ("ANNA", 0.86, "from ANNA, 0.86 m, to ", "Anna soft"),
    ],
)
def test_a_place_without_a_name_is_told_once(name: str, metres: float, said: str, told: str):
    lens = load_lens("ideal-50")
    ends = Subject(name, metres), Subject("DOOR", 4.0)
    motion = motion_of(Pull.between(*(Mark(end.name, lens.ring_deg(end.at_m(0.0))) for end in ends), 1.0))
    shot = Shot(Camera(lens, 2.8), motion, ends, 0.025)
    assert said in brief(shot)
    assert told in brief(shot)
    assert (", 0.86 m from the camera" in prompt(shot)) == (name in ("12", "ANNA"))


def test_kinds_by_name_and_by_ending():
    assert export_kind("NK") == "nuke"
    assert export_kind(None, ".nk") == "nuke"
    assert export_kind(None, ".CSV") == "csv"
    with pytest.raises(RequestError, match="Known: csv"):
        export_kind("maya")
    with pytest.raises(RequestError):
        export_kind(None, ".doc")


def test_two_subjects_of_one_name_stay_apart():
    text = export_text(shot_of(names=("A B", "A-B")), "nuke")
    assert "blur_A_B " in text
    assert "blur_A_B_2 " in text


# ---------------------------------------------------------------- words


def test_the_brief():
    assert brief(shot_of(1.2, 4.0)) == (
        "Rack focus from ANNA, 1.2 m, to THE DOOR, 4 m, near to far, 2.0 s, minimum jerk; "
        "Anna soft at 0.3 s, the door sharp at 1.7 s; 50 mm T1.4"
    )
    assert "Anna soft at 0.4 s, the door sharp at 1.6 s" in brief(shot_of(2.0, 4.0))
    assert "far to near" in brief(shot_of(4.0, 2.0))
    assert "no visible rack" in brief(shot_of(2.0, 2.05, t_stop=11))


def test_the_prompt_says_what_a_video_model_needs():
    text = prompt(shot_of(2.0, 4.0))
    parts = (
        "moderate rack focus, near to far|opens with focus on Anna in the foreground|Anna sharp|the door melted"
        "|2.0 seconds|ends with focus on the door|the door sharp|Shallow depth of field|50 mm lens at T1.4 on Super 35"
        "|no camera movement"
    )
    for part in parts.split("|"):
        assert part in text
    assert "snap rack focus, far to near" in prompt(shot_of(4.0, 2.0, 0.4))


def test_somebody_who_passes_the_other_is_where_she_is():
    """Ben stands before the door as it opens; at the landing the door has come nearer."""
    marks = Mark("BEN", FIFTY.ring_deg(1.4)), Mark("DOOR", FIFTY.ring_deg(0.8))
    subjects = Subject("BEN", 1.4), Subject("CART", SubjectTrack((0.0, 2.0), (12.0, 0.8)))
    shot = Shot(Camera(FIFTY, 1.4), motion_of(Pull.between(*marks, 2.0)), subjects, 0.025)
    said = prompt(shot)
    assert "opens with focus on Ben in the foreground" in said
    assert "from Ben to Cart in the foreground, moving from 12 m to 0.8 m" in said
    assert "Besides Cart, only the plane of focus moves" in said
    assert "background-to-foreground" not in said


def test_what_is_sharp_for_a_moment_has_its_times_in_hundredths():
    middle = Subject("BEN", 2.0)
    marks = Mark("A", FIFTY.ring_deg(1.2)), Mark("B", FIFTY.ring_deg(6.0))
    subjects = Subject("ANNA", 1.2), middle, Subject("DOOR", 6.0)
    shot = Shot(Camera(FIFTY, 1.4), motion_of(Pull.between(*marks, 2.0)), subjects, 0.025)
    one = shot.everyone.subjects[1]
    (start, stop) = one.spans_s[0]
    assert stop - start < 0.1
    assert timeline(shot, one, "Ben") == f"Ben sharp only from {start:.2f} s to {stop:.2f} s"


def test_depth_of_field_is_called_shallow_where_it_shows():
    assert "Shallow" in prompt(shot_of(2.0, 4.0))
    assert "Shallow" not in prompt(shot_of(2.0, 2.05, t_stop=11))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ANNA", "Anna"),
        ("THE DOOR", "the door"),
        ("Dr. No", "Dr. No"),
        ("MARIE CURIE", "Marie Curie"),
        ("4 m", "4 m"),
        ("A", "A"),
        ("A DOG", "a dog"),
        ("ÉMILE", "Émile"),
    ],
)
def test_names_in_running_text(name, said):
    assert spoken(name) == said


def test_directions_and_easings_in_words():
    assert direction(1, 2) == "near to far"
    assert direction(math.inf, 2) == "far to near"
    assert direction(2, 2) == "held"
    assert easing_words("minjerk") == "minimum jerk"
    assert easing_words("bezier(0.4,0,0.2,1)") == "bezier (0.4,0,0.2,1)"


# ---------------------------------------------------------------- stills


def test_strip_holds_the_moments_that_count():
    shot = shot_of(2.0, 4.0)
    frames = strip_frames(shot, 6)
    assert frames[0] == 0
    assert frames[-1] == 48
    assert 9 in frames  # the last with A sharp
    assert 39 in frames  # the first with B sharp
    assert strip_frames(shot, 1) == [24]
    assert strip_frames(shot, 2) == [0, 48]
    for wrong in (0, 25):
        with pytest.raises(RequestError):
            strip_frames(shot, wrong)


def test_strip_is_one_picture_with_every_still():
    shot = shot_of(2.0, 4.0)
    planes = [Plane("ANNA", 2.0, Figure("chart")), Plane("THE DOOR", 4.0, Figure("edge"))]
    heard: list[int] = []
    sheet = render_strip(Renderer(planes, shot.camera, (192, 108)), shot, 6, heard.append)
    assert sheet.dtype == np.uint8
    assert sheet.shape[1] == 4 * 490 + 10
    assert sheet.shape[0] > 2 * 270
    assert heard == [1, 2, 3, 4, 5, 6]


def test_a_shot_needs_two_ends():
    with pytest.raises(RequestError):
        Shot(
            Camera(FIFTY, 1.4),
            motion_of(Pull.between(Mark("A", 1.0), Mark("B", 2.0), 1.0)),
            (Subject("A", 1.0),),
            0.025,
        )


@pytest.mark.parametrize(
    ("squeeze", "blades", "said"),
    [(1.0, 0, "round"), (1.0, 9, "9-sided"), (2.0, 0, "upright oval"), (1.33, 9, "upright oval")],
)
def test_highlights_have_the_shape_that_the_lens_gives_them(squeeze: float, blades: int, said: str) -> None:
    marks = Mark("A", FIFTY.ring_deg(1.2)), Mark("B", FIFTY.ring_deg(4.0))
    lens = dataclasses.replace(FIFTY, squeeze=squeeze)
    camera = Camera(lens, 1.4, blades=blades)
    shot = Shot(camera, motion_of(Pull.between(*marks, 2.0)), (Subject("ANNA", 1.2), Subject("DOOR", 4.0)), 0.025)
    assert f"{said} out-of-focus highlights" in export_text(shot, "prompt")

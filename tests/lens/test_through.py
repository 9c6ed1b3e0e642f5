# SPDX-License-Identifier: MIT
"""Anamorphics, entrance pupils and zooms against programs of their own: rays traced here, not the lens's formulas."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math

import numpy as np
import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.formats import FORMATS
from followfocus.lens.map import LensMap, LensMark, lens_from_json, lens_to_json, load_lens, save_lens
from followfocus.lens.optics import half_dof_deg, ring_of_vergence
from followfocus.lens.through import at_focal, breathing_scale, field_of_view_deg, lens_blur_mm, lens_depth
from followfocus.show.file import read_show, show_from_json, show_to_json, write_show
from followfocus.show.show import new_show
from followfocus.stage.prepare import plan_part

FIFTY = load_lens("ideal-50")


def anamorphic(squeeze: float = 2.0, focal_mm: float = 50.0, t_stop: float = 2.3, **settings) -> LensMap:
    marks = LensMark(0.0, math.inf), LensMark(300.0, 0.9)
    return LensMap(
        "ana",
        "",
        "",
        "",
        focal_mm,
        t_stop,
        0.9,
        300.0,
        marks,
        transmission=1.0,
        squeeze=squeeze,
        ideal=True,
        **settings,
    )


def traced(lens: LensMap, t_stop: float, focus_m: float, subject_m: float) -> tuple[float, float]:
    """(height, width) in mm of the patch that a point makes on the sensor: rays as 2-vectors through matrices.

    A spherical lens, moved to focus, behind an anamorphic block: an afocal pair of cylinders of squeeze S across, with
    the cylinder power added that makes both planes focus where the spherical lens does. The round stop is at the lens.
    """
    f, squeeze = lens.focal_length_mm, lens.squeeze
    number = lens.f_number(t_stop)
    stop_mm = f / number
    s, x = focus_m * 1000.0, subject_m * 1000.0
    image = 1.0 / (1.0 / f - 1.0 / s)
    sphere = np.array([[1.0, 0.0], [-1.0 / f, 1.0]])
    to_sensor = np.array([[1.0, image], [0.0, 1.0]])
    extents = []
    for block, wide in ((np.eye(2), stop_mm), (None, stop_mm / squeeze)):
        if block is None:
            # solve for the block's cylinder power p so that a point at s images on the sensor, by bisection on the rays
            def system(p: float) -> np.ndarray:
                return to_sensor @ sphere @ np.array([[squeeze, 0.0], [-p, 1.0 / squeeze]])

            def miss(p: float, at: float = s) -> float:
                return float((system(p) @ np.array([1.0, 1.0 / at]))[0])

            low, high = -1.0, 1.0
            for _ in range(200):
                middle = (low + high) / 2
                low, high = (middle, high) if miss(middle) * miss(low) > 0 else (low, middle)
            whole = system((low + high) / 2)
        else:
            whole = to_sensor @ sphere @ block
        heights = np.linspace(-wide / 2, wide / 2, 65)
        hits = np.array([(whole @ np.array([h, h / x]))[0] for h in heights])
        extents.append(float(np.ptp(hits)))
    return extents[0], extents[1]


ROWS = [
    (squeeze, focal, stop, focus, subject)
    for squeeze in (1.0, 1.33, 1.5, 1.8, 2.0)
    for focal, stop, focus, subject in (
        (40, 2.3, 1.2, 4.0),
        (50, 2.8, 3.0, 1.5),
        (75, 4.0, 2.5, 10.0),
        (100, 2.3, 4.0, 3.5),
    )
]


@pytest.mark.parametrize(("squeeze", "focal", "stop", "focus", "subject"), ROWS)
def test_both_blurs_are_those_of_traced_rays(squeeze, focal, stop, focus, subject):
    lens = anamorphic(squeeze, focal)
    high, wide = traced(lens, stop, focus, subject)
    assert abs(lens_blur_mm(lens, stop, focus, subject)) == pytest.approx(high, rel=1e-6)
    assert abs(lens_blur_mm(lens, stop, focus, subject, across=True)) == pytest.approx(wide * squeeze, rel=1e-6)


@pytest.mark.parametrize(("squeeze", "focal", "stop", "focus", "subject"), ROWS[::2])
def test_both_depths_of_field_end_where_traced_rays_fill_a_circle(squeeze, focal, stop, focus, subject):
    lens, coc = anamorphic(squeeze, focal), 0.025
    for across in (False, True):
        depth = lens_depth(lens, stop, coc, focus, across=across)
        for limit in (depth.near_m, depth.far_m):
            if math.isfinite(limit):
                high, wide = traced(lens, stop, focus, limit)
                assert (wide * squeeze if across else high) == pytest.approx(coc, rel=1e-6)


def test_the_field_of_view_is_twice_as_wide_and_as_high():
    film = FORMATS["super35"]
    across, upright = field_of_view_deg(anamorphic(2.0), film)
    assert math.tan(math.radians(across) / 2) == pytest.approx(2 * film.width_mm / 2 / 50)
    assert upright == field_of_view_deg(anamorphic(1.0), film)[1]


def plan(*words: str) -> dict:
    ran = CliRunner().invoke(build_app(["plan"]), ["plan", *words, "--json"])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return json.loads(ran.stdout)


def test_the_plan_gives_both_figures_and_the_second_ring(tmp_path):
    second = LensMark(0.0, math.inf), LensMark(90.0, 0.9)
    save_lens(anamorphic(2.0, second_scale=second), tmp_path / "two.json")
    facts = plan(str(tmp_path / "two.json"), "--from", "1m", "--to", "3m", "--duration", "2")
    assert facts["squeeze"] == 2.0
    for mark in facts["marks"]:
        assert mark["near_across_m"] < mark["near_m"] < mark["far_m"] < mark["far_across_m"]
    assert facts["marks"][0]["second_ring_deg"] == pytest.approx(81.0)
    assert facts["marks"][1]["second_ring_deg"] == pytest.approx(27.0)
    for subject in facts["subjects"]:
        assert subject["worst_circles_across"] == pytest.approx(subject["worst_circles"] / 2)
    assert any("second focus ring: turn it from 81.0° to 27.0°" in words for words in facts["warnings"])
    round_ = plan("ideal-50", "--from", "1m", "--to", "3m", "--duration", "2")
    assert "near_across_m" not in round_["marks"][0]


# ---------------------------------------------------------------- entrance pupil


def cone(focal_mm, number, offset_m, pupil_m, focus_m, subject_m):
    """The disc of a point, by the cone from it to the rim of the entrance pupil, cut by the plane of focus, scaled."""
    s = focus_m - offset_m
    magnified = focal_mm / 1000 / (s - focal_mm / 1000)
    radius = focal_mm / number / 2
    # the ray from the point at subject_m on the axis to the rim at pupil_m meets the plane of focus this high
    high = radius * (subject_m - focus_m) / (subject_m - pupil_m)
    return 2 * abs(high) * magnified


@pytest.mark.parametrize("pupil", [-0.05, 0.0, 0.06, 0.11, 0.18])
@pytest.mark.parametrize(("focus", "subject"), [(0.8, 1.4), (2.0, 0.9), (1.2, 30.0), (3.0, 2.5)])
def test_the_blur_with_an_entrance_pupil_is_that_of_the_cone(pupil, focus, subject):
    lens = anamorphic(1.0, principal_offset_m=0.05, entrance_pupil_m=pupil)
    expected = cone(50, lens.f_number(2.3), 0.05, pupil, focus, subject)
    assert abs(lens_blur_mm(lens, 2.3, focus, subject)) == pytest.approx(expected, rel=1e-9)
    depth = lens_depth(lens, 2.3, 0.025, focus)
    for limit in (depth.near_m, depth.far_m):
        if math.isfinite(limit):
            assert cone(50, lens.f_number(2.3), 0.05, pupil, focus, limit) == pytest.approx(0.025, rel=1e-9)
    half = half_dof_deg(lens, 2.3, 0.025, focus)
    rings = ring_of_vergence(lens, np.array([1 / depth.near_m, 0.0 if math.isinf(depth.far_m) else 1 / depth.far_m]))
    if math.isfinite(depth.far_m):
        assert half == pytest.approx((rings[0] - rings[1]) / 2, rel=1e-9)


def test_a_forward_pupil_makes_a_near_background_softer_by_what_metadata_says():
    """Sample figures of camdkit's Cooke clip: a pupil 127 mm ahead of the sensor's principal plane region at 2 m."""
    plain = anamorphic(1.0, principal_offset_m=0.05)
    known = dataclasses.replace(plain, entrance_pupil_m=0.15)
    more = lens_blur_mm(known, 2.3, 1.2, 2.0) / lens_blur_mm(plain, 2.3, 1.2, 2.0)
    assert 1.04 < more < 1.09


# ---------------------------------------------------------------- zooms


ZOOM = dataclasses.replace(
    FIFTY, name="zoom", focal_length_mm=50.0, focal_range_mm=(18.0, 80.0), breathing_percent=4.0, ideal=False
)


def test_a_zoom_stands_where_it_is_said_to_and_nowhere_else(tmp_path):
    assert at_focal(ZOOM, 80.0).focal_length_mm == 80.0
    with pytest.raises(RequestError, match="from 18 to 80 mm, not to 90"):
        at_focal(ZOOM, 90.0)
    with pytest.raises(RequestError, match="is a 50 mm lens, not 80 mm"):
        at_focal(FIFTY, 80.0)
    save_lens(ZOOM, tmp_path / "zoom.json")
    words = (str(tmp_path / "zoom.json"), "--from", "1.2m", "--to", "4m", "--duration", "2")
    wide, tele = plan(*words, "--focal", "25"), plan(*words, "--focal", "75")
    assert tele["half_dof_deg"] < wide["half_dof_deg"] / 5
    assert tele["ring_deg"] == wide["ring_deg"]  # parfocal: the scale stays
    assert wide["focal_length_mm"] == 25.0


def test_each_cue_has_its_own_focal_length(tmp_path):
    show = new_show("", ZOOM)
    first = dataclasses.replace(show.pulls[0], focal_mm=25.0)
    second = dataclasses.replace(first, id="2", focal_mm=75.0)
    show = show.with_pull(first).with_pull(second)
    write_show(show, tmp_path / "z.ffshow")
    again = read_show(tmp_path / "z.ffshow").show
    assert again == show
    halves = [plan_part(again, pull, pull.parts(ZOOM)[0]).half_dof_deg for pull in again.pulls]
    assert halves[1] < halves[0] / 5


def test_a_lens_breathes_as_its_file_says():
    assert breathing_scale(ZOOM, 0.0) == 1.0
    assert breathing_scale(ZOOM, ZOOM.travel_deg) == pytest.approx(1.04)
    assert breathing_scale(ZOOM, ZOOM.travel_deg, 0.0) == 1.0


# ---------------------------------------------------------------- files


def test_every_field_of_a_lens_comes_back(tmp_path):
    second = LensMark(0.0, math.inf, "∞"), LensMark(90.0, 0.9)
    lens = dataclasses.replace(ZOOM, second_scale=second, entrance_pupil_m=-0.02, squeeze=1.8)
    save_lens(lens, tmp_path / "l.json")
    assert load_lens(tmp_path / "l.json") == lens
    assert "focal_range_mm" not in lens_to_json(FIFTY)
    show = new_show("", lens)
    assert show_from_json(show_to_json(show), tmp_path / "s.ffshow").show == show


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"focal_range_mm": [80.0, 18.0]}, "lens.focal_range_mm: must be the shortest and the longest"),
        ({"focal_range_mm": [18.0]}, "lens.focal_range_mm: must be the shortest and the longest"),
        ({"focal_range_mm": [60.0, 80.0]}, "must hold the focal length"),
        ({"breathing_percent": 50.0}, "lens.breathing_percent: must be"),
        ({"entrancePupilOffset": 9.0}, "lens.entrancePupilOffset: must be within"),
        ({"second_scale": [{"ring_deg": 0.0, "distance_m": 1.0}]}, "lens.second_scale: needs at least two marks"),
        (
            {"second_scale": [{"ring_deg": 0.0, "distance_m": 1.0}, {"ring_deg": 9.0, "distance_m": 2.0}]},
            "lens.second_scale[1].distance_m: ",
        ),
    ],
)
def test_what_cannot_be_is_said_with_its_place(change, says):
    document = json.loads(lens_to_json(FIFTY))
    document["lens"] |= change
    with pytest.raises(FileError) as refused:
        lens_from_json(json.dumps(document), "x.json")
    assert any(says in problem for problem in refused.value.problems), refused.value.problems


def test_the_look_and_its_csv_give_both_figures(tmp_path):
    save_lens(anamorphic(2.0), tmp_path / "ana.json")
    words = ["look", str(tmp_path / "ana.json"), "--from", "1m", "--to", "3m", "--duration", "1", "--export", "csv"]
    ran = CliRunner().invoke(build_app(["look"]), words)
    rows = list(csv.DictReader(io.StringIO(ran.stdout.removeprefix("﻿"))))
    for row in rows:
        assert float(row["ANNA blur across mm"]) == pytest.approx(float(row["ANNA blur mm"]) / 2, abs=1e-5)
    assert any(float(row["ANNA blur mm"]) > 0.1 for row in rows)
    assert "upright oval" in CliRunner().invoke(build_app(["look"]), [*words[:-1], "prompt"]).stdout

# SPDX-License-Identifier: MIT
"""Made-up shots, each of many features at once, by arithmetic of their own: rays through a thin lens.

What `plan --json`, `look --json`, the exports and the app's plan say of a shot is held against a pair of rays from the
edges of the entrance pupil, traced to the sensor, and against each other. Nothing of followfocus is asked for a figure
that it is then judged by.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from followfocus.cli.look_job import Ask, make_shot
from followfocus.cli.look_job import facts as look_facts
from followfocus.cli.pull_options import PullAsk, plan_of
from followfocus.lens.drift import Drift
from followfocus.lens.formats import format_named
from followfocus.lens.map import LensMap, LensMark, save_lens
from followfocus.lens.subjects import parse_subject
from followfocus.look.exports import export_text
from followfocus.look.shot import Shot
from followfocus.look.words import brief, prompt
from followfocus.plan.plan import Plan
from followfocus.show.show import ShowLens, ShowMark, new_show
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.history import DeskState
from tests.support.rays import FOOT, FPS, INF, Given, at, lens_of, number, same, walk

SHOTS = [
    Given(
        "anamorphic zoom, both on the move", (48.0, 92.0), 2.9, 0.9, ("DOOR", at(6.0)),
        ("ANNA", walk((0, 4.0), (3, 1.5))), 3.0, squeeze=2.0, transmission=0.85,
        planes=("DOOR=6m", "ANNA=4m..1.5m"), more={"focal_range_mm": (40.0, 100.0)},
        words=("48 to 92 mm anamorphic 2x T2.9", "ANNA, moving from 4 m to 1.5 m"),
    ),
    Given(
        "anamorphic 1.33x zoom back", (70.0, 35.0), 4.0, 0.7, ("ANNA", walk((0, 1.2), (1, 2.0), (2, 1.6))),
        ("DOOR", at(5.0)), 2.5, squeeze=1.33, transmission=0.81, format="mft", size_mm=(17.3, 13.0), coc=0.015,
        planes=("DOOR=5m", "ANNA=1.2m@0..2m@1s..1.6m@2s"), more={"focal_range_mm": (35.0, 70.0)},
        words=("ANNA, moving from 1.2 m to 2 m and back to 1.6 m",),
    ),
    Given(
        "macro past life-size", 100.0, 4.0, 0.33, ("FLY", at(0.34)), ("LEAF", at(0.6)), 2.0, format="16mm",
        size_mm=(12.52, 7.41), coc=0.015, offset=0.16, pupil=0.11, planes=("FLY=0.34m", "LEAF=0.6m"),
    ),
    Given(
        "breathing zoom on 65", 120.0, 2.8, 1.2, ("A", at(1.5)), ("B", at(9.0)), 1.5, format="alexa65",
        size_mm=(54.12, 25.58), coc=math.hypot(54.12, 25.58) / 1500, transmission=0.85, offset=0.12,
        planes=("A=1.5m", "B=9m"), more={"focal_range_mm": (60.0, 150.0), "breathing_percent": 6.0},
    ),
    Given(
        "feet, an inch long at ten feet", 75.0, 2.0, 3 * FOOT, ("A", at(10 * FOOT)), ("B", at(5.5 * FOOT)), 1.0,
        transmission=0.85, planes=("A=10ft", "B=5'6\""), long="1in@10ft, -10 °C",
        long_deg=300 * 3 * FOOT * (1 / (10 * FOOT) - 1 / (10 * FOOT + 0.0254)),
    ),
    Given(
        "anamorphic with two rings", 50.0, 2.3, 0.85, ("A", at(1.0)), ("B", at(4.0)), 2.0, squeeze=2.0,
        transmission=0.85, planes=("A=1m", "B=4m"),
        more={"second_scale": (LensMark(0.0, INF), LensMark(200.0, 0.85))},
    ),
    Given(
        "another school's circle on a frame of one's own", 40.0, 1.8, 0.35, ("A", at(0.6)), ("B", at(3.5)), 1.2,
        format="20x15", size_mm=(20.0, 15.0), coc=0.029, coc_word="full-frame", transmission=0.85,
        planes=("A=0.6m", "B=3.5m"),
    ),
    Given(
        "split on IMAX", 80.0, 16.0, 1.0, ("ANNA", at(4.0)), ("BEN", at(5.0)), 2.0, format="imax",
        size_mm=(70.41, 52.63), coc=math.hypot(70.41, 52.63) / 1500, planes=("ANNA=4m", "BEN=5m"),
        words=("both stay sharp throughout",), never=("reveal", "dialogue"),
    ),
    Given(
        "the pupil in the data, close by", 65.0, 1.5, 0.45, ("A", at(0.46)), ("B", at(1.1)), 1.0, offset=0.09,
        pupil=0.13, transmission=0.9, planes=("A=0.46m", "B=1.1m"),
    ),
    Given(
        "to the hyperfocal exactly", 32.0, 2.8, 0.4, ("A", at(1.0)),
        ("B", at(0.032**2 / (2.8 * 0.000025) + 0.032 + 0.05)), 2.0, offset=0.05,
        planes=("A=1m", f"B={0.032**2 / (2.8 * 0.000025) + 0.032 + 0.05!r}m"),
    ),
    Given(
        "from infinity to close focus", 85.0, 1.4, 0.95, ("SKY", at(INF)), ("HAND", at(0.95)), 1.0, transmission=0.85,
        planes=("SKY=inf", "HAND=0.95m"), words=("from SKY, infinity, to HAND, 0.95 m, far to near",),
    ),
]  # fmt: skip


def focal_words(given: Given) -> str | None:
    return f"{given.focal[0]:g}..{given.focal[1]:g}" if isinstance(given.focal, tuple) else None


@dataclass(frozen=True)
class Said:
    """A shot as the program tells of it, by all its mouths."""

    plan: dict
    look: dict
    shot: Shot
    app: Plan


@pytest.fixture(name="said", params=SHOTS, ids=lambda given: given.name)
def _said(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Given, Said]:
    given = request.param
    path, lens = tmp_path / "lens.json", lens_of(given)
    save_lens(lens, path)
    drift = None if given.long is None else given.long.partition(",")[0]
    ask = PullAsk(
        str(path), given.start[0], given.end[0], f"{given.duration}", None, None, "minjerk", given.t_stop,
        given.format, given.coc_word, str(FPS), None, None, None, "unlimited", False, given.planes,
        focal_words(given), drift,
    )  # fmt: skip
    seen = Ask(
        str(path), given.start[0], given.end[0], f"{given.duration}", None, None, "minjerk", given.planes, None,
        given.t_stop, focal_words(given), given.format, given.coc_word, str(FPS), "1920x1080", 0, None, None,
        long=drift,
    )  # fmt: skip
    shot, _, _ = make_shot(seen)
    return given, Said(plan_of(ask).facts(), look_facts(shot), shot, app_plan(given, lens))


def app_plan(given: Given, lens: LensMap) -> Plan:
    """The plan on the desk, its marks put there as a hand would."""
    show = new_show("", lens)
    show = show.with_film(format_named(given.format))
    if given.long is not None:
        show = show.with_lens(ShowLens(show.lenses[0].id, lens, Drift(0.0254, 10 * FOOT, "-10 °C")))
    desk = Desk(DeskState(show))
    walkers = {one.name: one for one in (parse_subject(p, given.duration) for p in given.planes) if one.moves}
    marks = tuple(
        ShowMark(given.ring(where(t)), name, subject=name if name in walkers else "")
        for (name, where), t in ((given.start, 0.0), (given.end, given.duration))
    )
    desk.edit_pull(
        marks=marks, subjects=tuple(walkers.values()), duration_s=given.duration, t_stop=given.t_stop, coc_mm=given.coc,
        zoom=focal_words(given) or "",
    )  # fmt: skip
    (plan,) = desk.plans()
    return plan


def test_depth_of_field_is_that_of_the_rays(said: tuple[Given, Said]) -> None:
    given, told = said
    for mark, (_, where), t, seen in zip(
        told.plan["marks"], (given.start, given.end), (0.0, given.duration), told.look["depth_of_field"], strict=True
    ):
        near, far = given.depth(where(t), t, given.coc)
        assert same(mark["near_m"], near), (mark, near)
        assert same(mark["far_m"], far, 1e-5), (mark, far)
        assert same(seen["near_m"], near)
        assert same(seen["far_m"], far, 1e-5)
        assert same(mark["ring_deg"], given.ring(where(t)))
        assert same(mark["distance_m"], where(t))
        if given.squeeze != 1.0:
            wide = given.depth(where(t), t, given.coc * given.squeeze)
            assert same(mark["near_across_m"], wide[0])
            assert same(mark["far_across_m"], wide[1], 1e-5)
        if "second_scale" in given.more:
            assert same(mark["second_ring_deg"], 200.0 * 0.85 / where(t))


def test_size_and_light_are_those_of_the_rays(said: tuple[Given, Said]) -> None:
    """A life-size rod is as long on the sensor; light goes with the square of the cone behind the lens."""
    given, told = said
    for mark, (_, where), t in zip(told.plan["marks"], (given.start, given.end), (0.0, given.duration), strict=True):
        f, focus = given.focal_at(t) / 1000, where(t)
        if math.isinf(focus):
            assert (mark["magnification"], mark["bellows_stops"]) == (0.0, 0.0)
            continue
        n = given.offset_at(focus, f)
        s = focus - n
        behind = 1 / (1 / f - 1 / s)
        assert same(mark["magnification"], behind / s)
        half_pupil = f / (given.t_stop * math.sqrt(given.transmission)) / 2
        gap = 0.0 if given.pupil is None else n - given.pupil
        slope = half_pupil / (s + gap)
        cone = slope * s / behind  # of the outermost ray, behind the lens, to the axis
        far_cone = half_pupil / f
        assert same(mark["bellows_stops"], 2 * math.log2(far_cone / cone), 1e-5)


def test_who_is_sharp_when_is_by_the_rays(said: tuple[Given, Said]) -> None:
    given, told = said
    both = zip((given.start, given.end), told.plan["subjects"], told.look["subjects"], strict=True)
    for (name, where), planned, looked in both:
        spans, worst = given.spans(where), given.worst(where)
        soft = spans[0][1] if spans and spans[0][1] < given.duration else None
        sharp = spans[-1][0] if spans and spans[-1][0] > 0 else None
        for facts in (planned, looked):
            assert facts["name"] == name
            for key, truth in (("goes_soft_s", soft), ("becomes_sharp_s", sharp)):
                assert (facts[key] is None) == (truth is None), (name, key, facts[key], truth)
                assert truth is None or facts[key] == pytest.approx(truth, abs=2e-5)
            assert facts["worst_circles"] == pytest.approx(worst, rel=1e-4)
        width = given.size_mm[0] * given.squeeze
        assert planned["worst_blur_percent"] == pytest.approx(worst * given.coc / width * 100, rel=1e-4)
        if given.squeeze != 1.0:
            assert planned["worst_circles_across"] == pytest.approx(worst / given.squeeze, rel=1e-4)


def test_the_fields_and_the_hyperfocal_are_the_textbooks(said: tuple[Given, Said]) -> None:
    given, told = said
    across, upright = given.size_mm[0] * given.squeeze, given.size_mm[1]
    for key, t in (("field_of_view_deg", 0.0), ("field_of_view_at_landing_deg", given.duration)):
        truth = [math.degrees(2 * math.atan(side / 2 / given.focal_at(t))) for side in (across, upright)]
        assert told.look[key] == pytest.approx(truth)
    hyperfocal = told.plan["hyperfocal_m"]
    near, far = given.depth(hyperfocal, given.duration, given.coc)
    assert far == INF  # focused there, the rays from infinity make a circle of confusion and no more
    assert abs(given.disc_mm(hyperfocal, INF, given.duration)) == pytest.approx(given.coc, rel=1e-9)
    assert told.plan["coc_mm"] == told.look["coc_mm"] == pytest.approx(given.coc)
    assert near < hyperfocal


def test_half_the_depth_of_field_on_the_ring(said: tuple[Given, Said]) -> None:
    given, told = said
    end_m = given.end[1](given.duration)
    near, far = given.depth(end_m, given.duration, given.coc)
    if math.isfinite(far):
        truth = (given.ring(near) - given.ring(far)) / 2
        assert told.plan["half_dof_deg"] == pytest.approx(truth, rel=1e-5)
        assert told.look["half_dof_deg"] == pytest.approx(truth, rel=1e-5)


def test_the_app_plans_what_the_terminal_plans(said: tuple[Given, Said]) -> None:
    _, told = said
    app = told.app.facts()
    for key in ("marks", "subjects", "half_dof_deg", "hyperfocal_m", "coc_mm", "from_soft_s", "to_sharp_s", "is_rack"):
        assert plain(app[key]) == plain(told.plan[key]), key
    for mine, theirs in zip(told.app.sharpness.subjects, told.shot.rack.subjects, strict=True):
        assert plain(mine.spans_s) == plain(theirs.spans_s)


def plain(value: object) -> object:
    """Numbers to nine figures: the same by two ways."""
    text = json.dumps(value)
    return json.loads(text, parse_float=lambda digits: float(f"{float(digits):.9g}"))


def test_the_exports_carry_the_rays(said: tuple[Given, Said]) -> None:
    given, told = said
    rows = list(csv.DictReader(io.StringIO(export_text(told.shot, "csv"))))
    chan = [[float(cell) for cell in line.split()] for line in export_text(told.shot, "chan").splitlines()]
    nuke = export_text(told.shot, "nuke")
    focal = curve(nuke, "focal", len(rows))
    point = curve(nuke, "focal_point", len(rows))
    names = [given.start, given.end]
    assert len(rows) == len(chan) == math.ceil(given.duration * FPS - 1e-9) + 1
    width = given.size_mm[0] * given.squeeze
    for i, row in enumerate(rows):
        t = min(i / FPS, given.duration)
        ring = given.ring_at(t)
        focus = given.focus(ring)
        assert float(row["ring deg"]) == pytest.approx(ring, abs=6e-5)
        assert same(row["focus m"], focus, 1e-4) or abs(number(row["focus m"]) - focus) < 6e-5
        number_m = min(focus, 10_000.0)
        assert -chan[i][3] == pytest.approx(number_m, rel=1e-5, abs=2e-6)
        assert point[i] == pytest.approx(number_m, rel=1e-5, abs=2e-6)
        high = width * 9 / 16
        assert chan[i][7] == pytest.approx(math.degrees(2 * math.atan(high / 2 / given.focal_at(t))), abs=2e-6)
        assert focal[i] == pytest.approx(given.focal_at(t), abs=2e-6)
        for name, where in names:
            disc = abs(given.disc_mm(focus, where(t), t))
            assert float(row[f"{name} blur mm"]) == pytest.approx(disc, rel=1e-5, abs=6e-6)
            assert float(row[f"{name} blur circles"]) == pytest.approx(disc / given.coc, rel=1e-5, abs=6e-4)
            assert float(row[f"{name} blur % of width"]) == pytest.approx(disc / width * 100, rel=1e-5, abs=6e-5)
            if given.squeeze != 1.0:
                assert float(row[f"{name} blur across mm"]) == pytest.approx(disc / given.squeeze, rel=1e-5, abs=6e-6)


def curve(text: str, knob: str, count: int) -> list[float]:
    """A knob's key a frame; a plain number stands for all."""
    found = re.search(rf"^ {knob} (?:\{{\{{curve L x\d+ ([^}}]*)\}}\}}|(\S+))$", text, re.MULTILINE)
    assert found is not None
    return [float(one) for one in found[1].split()] if found[1] else [float(found[2])] * count


def test_depth_programs_blur_as_the_rays_do(said: tuple[Given, Said]) -> None:
    """ZDefocus: size × |1 - focus / z|, z from where a renderer has its camera: the entrance pupil, or the lens."""
    given, told = said
    text = export_text(told.shot, "zdefocus")
    count = math.ceil(given.duration * FPS - 1e-9) + 1
    focus_m, far_disc = curve(text, "focus_m", count), curve(text, "far_disc", count)
    width = given.size_mm[0] * given.squeeze
    for i in range(count):
        t = min(i / FPS, given.duration)
        focus = given.focus(given.ring_at(t))
        if focus > 1000:
            continue  # 10 km stands for infinity there
        n = given.offset_at(focus, given.focal_at(t) / 1000)
        origin = n if given.pupil is None else given.pupil
        for metres in (focus * 0.9, focus * 1.5, 30.0):
            made = far_disc[i] * abs(1 - focus_m[i] / (metres - origin)) * width
            assert made == pytest.approx(abs(given.disc_mm(focus, metres, t)), rel=2e-4, abs=2e-4)


def test_the_words_are_those_of_the_rays(said: tuple[Given, Said]) -> None:
    given, told = said
    text = f"{brief(told.shot)}\n{prompt(told.shot)}"
    for words in given.words:
        assert words in text
    for words in given.never:
        assert words not in text
    soft = [given.spans(where) != [(0.0, given.duration)] for _, where in (given.start, given.end)]
    assert ("both stay sharp throughout" in text) is not any(soft)
    assert told.plan["is_rack"] is told.look["is_rack"]

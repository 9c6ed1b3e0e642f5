# SPDX-License-Identifier: MIT
"""The words of `plan` and `lens check` on formats, macro lenses and thin depths of field."""

from __future__ import annotations

import dataclasses
import json

import pytest

from followfocus.cli import main
from followfocus.cli.plan import magnification_words, span_words
from followfocus.cli.pull_options import PullAsk, plan_of
from followfocus.lens.map import LensMap, LensMark, load_lens, save_lens
from followfocus.lens.zoom import Zoom
from followfocus.stage.prepare import plan_part, show_of

MACRO = LensMap(
    name="macro 100", make="", model="", serial="", focal_length_mm=100.0, t_stop=4.3, close_focus_m=0.35,
    travel_deg=300.0, marks=(LensMark(0.0, float("inf"), ""), LensMark(300.0, 0.35, "")),
)  # fmt: skip


@pytest.fixture
def run(capsys, monkeypatch):
    def go(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["followfocus", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    return go


def facts(run, *words: str) -> dict:
    code, text = run("plan", *words, "--json")
    assert code == 0, text
    return json.loads(text)


@pytest.mark.parametrize(
    ("near", "far", "words"),
    [
        (0.946, 0.954, "0.946 m … 0.954 m"),
        (1.9469, 2.0561, "1.95 m … 2.06 m"),
        (0.99, 0.9903, "0.9900 m … 0.9903 m"),
        (5.0, float("inf"), "5.00 m … ∞"),
    ],
)
def test_near_and_far_are_told_apart(near: float, far: float, words: str) -> None:
    assert span_words(near, far) == words


def test_a_larger_frame_takes_a_larger_circle(run) -> None:
    small, large = (
        facts(run, "ideal-50", "--from", "2m", "--to", "4m", "--duration", "2", "--format", name)
        for name in ("mft", "54.12x25.58mm")
    )
    assert small["coc_mm"] == 0.015
    assert large["coc_mm"] == pytest.approx(0.0399, rel=1e-2)
    assert large["half_dof_deg"] > 2 * small["half_dof_deg"]


def test_a_macro_lens_plans_with_its_principal_plane_and_says_when_that_is_missing(tmp_path, run) -> None:
    path = tmp_path / "macro.json"
    save_lens(MACRO, path)
    assert "four focal lengths" in " ".join(run("lens", "check", str(path))[1].split())
    assert run("plan", str(path), "--from", "1m", "--to", "0.36m", "--duration", "2")[0] == 2
    save_lens(dataclasses.replace(MACRO, principal_offset_m=0.1), path)
    marks = facts(run, str(path), "--from", "1m", "--to", "0.36m", "--duration", "2")["marks"]
    assert marks[1]["magnification"] == pytest.approx(100 / (260 - 100))
    assert marks[1]["bellows_stops"] == pytest.approx(1.40, abs=0.01)
    assert "magnification" in run("plan", str(path), "--from", "1m", "--to", "0.36m", "--duration", "2")[1]
    assert not load_lens(path).warnings()


ZOOM = dataclasses.replace(load_lens("ideal-50"), name="zoom", focal_range_mm=(18.0, 90.0))
FAR_OUT = ("--from", "1.2m", "--to", "4m")


@pytest.fixture
def zoom_file(tmp_path) -> str:
    path = tmp_path / "zoom.json"
    save_lens(ZOOM, path)
    return str(path)


@pytest.mark.parametrize("asked", [("--duration", "2"), ("--visible", "1.5"), ("--sharp-frame", "40")])
def test_plan_and_look_agree_on_a_zoom_that_moves(run, zoom_file, asked) -> None:
    planned = facts(run, zoom_file, *FAR_OUT, *asked, "--focal", "24..70")
    if asked[0] != "--sharp-frame":
        code, text = run("look", zoom_file, *FAR_OUT, *asked, "--focal", "24..70", "--json")
        looked = json.loads(text)
        assert code == 0
        assert planned["duration_s"] == pytest.approx(looked["duration_s"])
        assert planned["half_dof_deg"] == pytest.approx(looked["half_dof_deg"])
        assert [mark["near_m"] for mark in planned["marks"]] == pytest.approx(
            [depth["near_m"] for depth in looked["depth_of_field"]]
        )
    else:
        assert planned["to_sharp_s"] == pytest.approx(40 / 24, abs=1e-3)
    assert [mark["focal_length_mm"] for mark in planned["marks"]] == [24.0, 70.0]
    if asked[0] == "--visible":
        assert planned["visible_s"] == pytest.approx(1.5, abs=0.01)


def test_the_plan_tells_the_depth_of_each_moment(run, zoom_file) -> None:
    code, text = run("plan", zoom_file, *FAR_OUT, "--duration", "2", "--focal", "24..70")
    words = " ".join(text.split())
    assert code == 0
    assert "at 24 mm, B " in words
    assert "at 70 mm; hyperfocal" in words
    assert "24 → 70 mm on Super 35: 54.8° × 42.5° → 20.2° × 15.2°" in words


def test_what_pull_plays_is_planned_again_through_the_same_zoom(zoom_file) -> None:
    plan = plan_of(PullAsk(zoom_file, "1.2m", "4m", duration="2", focal="24..70"))
    show = show_of(plan)
    pull = show.pulls[0]
    (again,) = (plan_part(show, pull, part) for part in pull.parts(show.lens(pull.lens)))
    assert again.zoom == plan.zoom == Zoom((0.0, 2.0), (24.0, 70.0))
    assert again.sharpness == plan.sharpness


@pytest.mark.parametrize(("scale", "words"), [(0.1, "1:10"), (0.5, "1:2"), (1, "1:1"), (1.82, "1.82:1"), (2.0, "2:1")])
def test_a_scale_is_written_as_on_macro_lenses(scale: float, words: str) -> None:
    assert magnification_words(scale) == words


@pytest.mark.parametrize("command", ["plan", "look"])
def test_two_of_one_name_are_refused_since_nobody_knows_who_is_meant(run, command: str) -> None:
    planes = ("--plane", "ANNA=3m..2m", "--plane", "Anna=4m", "--plane", "DOOR=5m")
    code, text = run(command, "ideal-50", *planes, "--from", "DOOR", "--to", "ANNA", "--duration", "2")
    assert code == 2
    assert "Two are called Anna." in text

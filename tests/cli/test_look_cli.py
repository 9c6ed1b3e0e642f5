# SPDX-License-Identifier: MIT
"""`followfocus look` as a person uses it: what it writes, says, and refuses."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from followfocus.cli import main
from followfocus.lens.map import LensMark, load_lens, save_lens

RACK = ["ideal-50", "--from", "2m", "--to", "4m", "--duration", "2"]
SMALL = ["--size", "96x54"]
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


def look(monkeypatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["followfocus", "look", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_facts_as_json(monkeypatch, capsys):
    assert look(monkeypatch, *RACK, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["from_soft_s"] == pytest.approx(0.39, abs=0.005)
    assert found["to_sharp_s"] == pytest.approx(1.61, abs=0.005)
    assert found["direction"] == "near to far"
    assert found["register"] == "moderate"
    assert found["is_rack"] is True
    assert found["depth_of_field"][0]["near_m"] == pytest.approx(1.9469, abs=1e-4)
    assert [one["name"] for one in found["subjects"]] == ["ANNA", "the street", "THE DOOR"]
    assert found["output"] is None


def test_facts_in_words(monkeypatch, capsys):
    assert look(monkeypatch, *RACK) == 0
    said = capsys.readouterr().out
    assert "Rack focus from ANNA, 2 m, to THE DOOR, 4 m" in said
    assert "ANNA: soft at 0.39 s (frame 10)" in said
    assert "THE DOOR: sharp at 1.61 s (frame 39)" in said


def test_no_rack_is_said_with_what_would_make_one(monkeypatch, capsys):
    assert look(monkeypatch, "ideal-50", "--from", "2m", "--to", "2.2m", "--duration", "2", "--stop", "8") == 0
    assert "no rack: both subjects stay sharp together at T8" in capsys.readouterr().out


def test_a_depth_of_a_quarter_of_a_millimetre_has_two_ends(monkeypatch, capsys, tmp_path):
    """At life-size: f²/(N·c) is 143 m, so that 0.2 m from the principal plane gives 0.14 mm to each side."""
    macro = dataclasses.replace(
        load_lens("ideal-50"), name="macro", ideal=False, focal_length_mm=100.0, t_stop=2.8, close_focus_m=0.31,
        principal_offset_m=0.11, marks=(LensMark(0.0, math.inf), LensMark(300.0, 0.31)),
    )  # fmt: skip
    save_lens(macro, tmp_path / "macro.json")
    assert look(monkeypatch, tmp_path / "macro.json", "--from", "0.31m", "--to", "0.5m", "--duration", "2") == 0
    said = capsys.readouterr().out
    assert "start: focus 0.31 m, sharp from 0.3099 m to 0.3101 m" in said
    assert "end: focus 0.50 m, sharp from 0.4992 m to 0.5008 m" in said


@pytest.mark.parametrize(("option", "value"), [("--visible", "1.5"), ("--sharp-frame", "37")])
def test_the_duration_that_shows_what_was_asked_for(monkeypatch, capsys, option, value):
    assert look(monkeypatch, "ideal-50", "--from", "2m", "--to", "4m", option, value, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    if option == "--visible":
        assert found["visible_s"] == pytest.approx(1.5, abs=1e-6)
    else:
        assert found["subjects"][-1]["becomes_sharp_frame"] == 37


@pytest.mark.parametrize("ending", ["gif", "png"])
def test_pictures_are_written(monkeypatch, capsys, tmp_path, ending):
    path = tmp_path / f"rack.{ending}"
    assert look(monkeypatch, *RACK, *SMALL, "-o", path) == 0
    with Image.open(path) as picture:
        assert picture.size == (96, 54)
        assert getattr(picture, "n_frames", 1) > 30 or ending == "png"
    assert str(path) in capsys.readouterr().out


def test_a_gif_of_two_seconds_is_small_enough_to_send(monkeypatch, tmp_path):
    path = tmp_path / "rack.gif"
    assert look(monkeypatch, "ideal-50", "--from", "1.2m", "--to", "4m", "--duration", "2", "-o", path) == 0
    assert path.stat().st_size < 3_000_000
    with Image.open(path) as picture:
        assert picture.size == (640, 360)
        assert picture.n_frames > 40, "24 frames a second, those that are alike joined"


def test_a_gif_of_ones_own_picture_is_no_wider(monkeypatch, tmp_path):
    own = ["--picture", SAMPLES / "still.jpg", "--depth", SAMPLES / "depth.png", "--depth-kind", "metric"]
    ask = ["ideal-50", *own, "--from", "0.86m", "--to", "4m", "--duration", "0.4s"]
    assert look(monkeypatch, *ask, "--fps", "12", "-o", tmp_path / "rack.gif") == 0
    with Image.open(tmp_path / "rack.gif") as picture:
        assert picture.size == (640, 360)
    assert look(monkeypatch, *ask, *SMALL, "--fps", "12", "-o", tmp_path / "small.gif") == 0
    with Image.open(tmp_path / "small.gif") as picture:
        assert picture.size == (96, 54)


def test_film_is_written(monkeypatch, tmp_path):
    assert look(monkeypatch, *RACK, *SMALL, "--blades", 7, "--breathing", 3, "-o", tmp_path / "rack.mp4") == 0
    assert (tmp_path / "rack.mp4").stat().st_size > 2000


def test_a_film_needs_nothing_but_its_library(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert look(monkeypatch, *RACK, *SMALL, "-o", tmp_path / "rack.mov") == 0
    monkeypatch.setitem(sys.modules, "av", None)
    assert look(monkeypatch, *RACK, *SMALL, "-o", tmp_path / "rack.mp4") == 2
    assert "pip install 'followfocus[pictures]'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["rack.mov"]


def test_handles_are_frames_before_go_and_after_the_landing(monkeypatch, tmp_path):
    for handles, count in ((0, 49), (12, 73)):
        out = tmp_path / f"h{handles}" / "rack.####.png"
        out.parent.mkdir()
        assert look(monkeypatch, *RACK, *SMALL, "--handles", handles, "--tc", "00:00:10:00", "-o", out) == 0
        names = sorted(path.name for path in out.parent.iterdir())
        assert len(names) == count
        assert names[0] == f"rack.{240 - handles:04d}.png"
    same = [(tmp_path / "h12" / f"rack.{n:04d}.png").read_bytes() for n in (228, 240)]
    assert same[0] == same[1] == (tmp_path / "h0" / "rack.0240.png").read_bytes()
    assert look(monkeypatch, *RACK, *SMALL, "--handles", 999, "-o", tmp_path / "a.gif") == 2


def test_strip_and_stills(monkeypatch, tmp_path):
    assert look(monkeypatch, *RACK, *SMALL, "--strip", 4, "-o", tmp_path / "strip.png") == 0
    with Image.open(tmp_path / "strip.png") as strip:
        assert strip.width == 4 * 490 + 10
    assert look(monkeypatch, *RACK, *SMALL, "--at", "0", "-o", tmp_path / "first.png") == 0
    assert look(monkeypatch, *RACK, *SMALL, "--at", "2", "-o", tmp_path / "last.png") == 0
    assert (tmp_path / "first.png").read_bytes() != (tmp_path / "last.png").read_bytes()


def test_planes_of_ones_own(monkeypatch, capsys, tmp_path):
    Image.new("RGBA", (64, 36), (200, 30, 30, 255)).save(tmp_path / "wall.png")
    planes = ["--plane", "MARIE=1.5m=chart", "--plane", f"A WALL=4m={tmp_path / 'wall.png'}"]
    ends = ["ideal-50", "--from", "Marie", "--to", "a wall", "--duration", "1s"]
    assert look(monkeypatch, *ends, *planes, *SMALL, "-o", tmp_path / "r.gif") == 0
    assert "Rack focus from MARIE, 1.5 m, to A WALL, 4 m" in capsys.readouterr().out


def test_a_walk_is_followed(monkeypatch, capsys):
    walk = ["--plane", "ANNA=4m@0..2.5m@1..1.2m@3s", "--plane", "DOOR=6m", "--follow", "Anna", "--duration", "3"]
    assert look(monkeypatch, "ideal-50", *walk, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["from_m"] == pytest.approx(4.0)
    assert found["to_m"] == pytest.approx(1.2)
    assert "moving from 4 m to 1.2 m" in found["brief"]


@pytest.mark.parametrize("kind", ["csv", "nuke", "chan", "ae", "ae-camera", "blender", "brief", "prompt"])
def test_exports_to_standard_output_and_to_files(monkeypatch, capsys, tmp_path, kind):
    assert look(monkeypatch, *RACK, "--export", kind) == 0
    said = capsys.readouterr().out
    path = tmp_path / "out.txt"
    assert look(monkeypatch, *RACK, "--export", kind, "-o", path) == 0
    encoding = "utf-8-sig" if kind == "csv" else "utf-8"
    assert path.read_bytes().decode(encoding) == said


def test_the_ending_chooses_the_export(monkeypatch, tmp_path):
    for ending, start in ((".csv", b"\xef\xbb\xbfframe,"), (".nk", b"#! followfocus"), (".py", b'"""Rack focus')):
        assert look(monkeypatch, *RACK, "--tc", "01:00:00:00", "-o", tmp_path / f"rack{ending}") == 0
        assert (tmp_path / f"rack{ending}").read_bytes().startswith(start)


def test_a_plane_that_will_never_be_sharp_is_named(monkeypatch, capsys):
    assert look(monkeypatch, *RACK, "--plane", "A=2m", "--plane", "B=4m", "--plane", "LEAF=0.3m") == 0
    assert "LEAF at 0.3 m is nearer than close focus" in capsys.readouterr().err


WRONG = {
    "nearer than close focus": (["ideal-50", "--from", "0.2m", "--to", "4m", "--duration", "2"], "off the travel"),
    "beyond infinity": (["ideal-50", "--from", "-3m", "--to", "4m", "--duration", "2"], ""),
    "T0": ([*RACK, "--stop", "0"], "T-stop"),
    "wider than the lens": ([*RACK, "--stop", "1.0"], "opens to T1.4"),
    "contradicting focal length": ([*RACK, "--focal", "85"], "is a 50 mm lens, not 85 mm"),
    "missing picture": (
        [*RACK, "--plane", "A=2m=nowhere.png", "--plane", "B=4m", "-o", "r.gif"],
        "no picture nowhere.png",
    ),
    "no duration": (RACK[:-2], "one duration"),
    "two durations": ([*RACK, "--visible", "1"], "one duration"),
    "duration 0": ([*RACK[:-1], "0"], ""),
    "endless duration": ([*RACK[:-1], "9999"], "too long"),
    "no from": (["ideal-50", "--to", "4m", "--duration", "2"], "--from"),
    "same ends": (["ideal-50", "--from", "4m", "--to", "4m", "--duration", "2"], ""),
    "unknown lens": (["ideal-51", *RACK[1:]], "ideal-50"),
    "unknown easing": ([*RACK, "--ease", "bouncy"], "bouncy"),
    "unknown export": ([*RACK, "--export", "maya"], "Known"),
    "unknown format": ([*RACK, "--format", "betamax"], "Known"),
    "unknown ending": ([*RACK, "-o", "rack.avi"], ""),
    "bad size": ([*RACK, "--size", "big", "-o", "r.gif"], "960x540"),
    "huge size": ([*RACK, "--size", "99999x99999", "-o", "r.gif"], "out of range"),
    "bad plane": ([*RACK, "--plane", "ANNA"], "NAME=DISTANCE"),
    "twice the same plane": ([*RACK, "--plane", "A=2m", "--plane", "A=4m", "-o", "r.gif"], "Two are called A"),
    "nothing to follow": (["ideal-50", "--plane", "A=2m", "--follow", "A", "--duration", "2"], "no moving plane"),
    "still without a file": ([*RACK, "--at", "1"], "-o FILE.png"),
    "still after the end": ([*RACK, "--at", "9", "-o", "r.png"], "not within"),
    "strip as film": ([*RACK, "--strip", "4", "-o", "r.gif"], ".png"),
    "a strip and a still": ([*RACK, "--strip", "4", "--at", "1", "-o", "r.png"], "--strip or --at"),
    "two documents in one output": ([*RACK, "--export", "csv", "--json"], "both take standard output"),
    "blades": ([*RACK, "--blades", "2"], "blades"),
    "output in no folder": ([*RACK, "-o", "no/such/folder/r.gif"], "no folder"),
    "export to no folder": ([*RACK, "-o", "no/such/folder/r.csv"], "no folder"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_refused_in_one_sentence(monkeypatch, capsys, tmp_path, case):
    arguments, part = WRONG[case]
    monkeypatch.chdir(tmp_path)
    assert look(monkeypatch, *arguments) == 2
    said = capsys.readouterr()
    assert part in said.err
    assert not said.out or ("--json" in arguments and json.loads(said.out)["exit_code"] == 2)
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_picture_of_40000_pixels_is_refused(monkeypatch, capsys, tmp_path):
    Image.new("1", (40_000, 40)).save(tmp_path / "wide.png")
    planes = ["--plane", f"A=2m={tmp_path / 'wide.png'}", "--plane", "B=4m"]
    assert look(monkeypatch, *RACK, *planes, "-o", tmp_path / "r.gif") == 2
    assert "40000 x 40" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_takes_no_files(monkeypatch, capsys, tmp_path: Path):
    tmp_path.chmod(0o500)
    assert look(monkeypatch, *RACK, "-o", tmp_path / "r.gif") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_what_a_picture_is_made_from_is_not_written_over(monkeypatch, capsys, tmp_path):
    Image.new("RGB", (64, 36), "grey").save(tmp_path / "still.png")
    Image.new("L", (64, 36)).save(tmp_path / "depth.png")
    kept = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for path in kept:
        own = ("--picture", tmp_path / "still.png", "--depth", tmp_path / "depth.png", "--depth-kind", "relative")
        assert look(monkeypatch, "ideal-50", *own, "-o", path) == 2
        assert look(monkeypatch, "ideal-50", "--plane", f"DOOR=4m={path}", "-o", path) == 2
        assert capsys.readouterr().err.count("is what this is made from") == 2
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == kept

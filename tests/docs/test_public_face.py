# SPDX-License-Identifier: MIT
"""`import followfocus`: every public name is there, costs nothing until asked for, and the examples work."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import followfocus
from followfocus import script
from followfocus.errors import InfeasibleError, RequestError
from followfocus.lens.map import load_lens

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
STUB = (ROOT / "followfocus" / "__init__.pyi").read_text(encoding="utf-8")


def test_type_checkers_are_told_the_same():
    told = re.findall(r"^from followfocus\.(\S+) import (\w+) as \2$", STUB, re.MULTILINE)
    assert {name: home for home, name in told} == followfocus._HOMES


@pytest.mark.parametrize("name", [name for name in followfocus.__all__ if name != "__version__"])
def test_every_public_name_is_there_and_says_what_it_is(name):
    assert getattr(followfocus, name).__doc__
    assert name in dir(followfocus)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        followfocus.nothing  # noqa: B018 - asked for


def test_importing_it_imports_nothing_else():
    code = "import sys, followfocus; print(sorted(m for m in sys.modules if 'followfocus' in m or m == 'numpy'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == "['followfocus']\n"


def printed_by(name: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    runpy.run_path(str(EXAMPLES / f"{name}.py"))
    return capsys.readouterr().out.splitlines()


@pytest.fixture
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_a_folder")
def test_the_examples_shoot_and_read_takes(capsys):
    shot = printed_by("shoot_takes", capsys)
    assert [line.split(",")[0] for line in shot] == ["take 1: good", "take 2: good", "take 3: good"]
    read = printed_by("read_takes", capsys)
    assert [line.split(",")[0] for line in read[:3]] == [f"row {n}: ideal-50 take {n}" for n in (1, 2, 3)]
    assert read[3] == "the ring went from 82.51° to 41.24° in 2.00 s"


def test_the_example_of_a_plan(capsys):
    lines = printed_by("plan_a_pull", capsys)
    assert lines[0].startswith("5.00 s: every limit is kept")
    assert "jerk" in lines[6]


def test_the_example_of_three_marks(capsys):
    lines = printed_by("three_marks", capsys)
    assert [line.split(":")[0] for line in lines[:3]] == ["Anna", "door", "window"]


def test_the_example_of_what_goes_wrong(capsys):
    beginnings = [line.split(":")[0] for line in printed_by("what_goes_wrong", capsys)]
    assert beginnings == ["can't be", "too fast for ring jerk; at least 0.78 s", "no unit"]


def test_every_example_is_run_here_and_is_short():
    here = Path(__file__).read_text(encoding="utf-8")
    examples = sorted(EXAMPLES.glob("*.py"))
    assert len(examples) >= 3
    for example in examples:
        assert f'"{example.stem}"' in here
        assert len(example.read_text(encoding="utf-8").splitlines()) <= 22


def test_points_are_degrees_where_they_are_numbers():
    plan = script.plan_pull(load_lens("ideal-50"), 80.0, "40deg", "24f", fps="24", t_stop=2.8)
    assert (plan.motion.start_deg, plan.motion.end_deg, plan.motion.duration_s) == (80.0, 40.0, 1.0)
    assert plan.conditions.t_stop == 2.8
    with pytest.raises(RequestError):
        script.plan_pull(load_lens("ideal-50"), 80.0, 400.0, 1.0)


def test_a_pull_that_is_too_fast_moves_nothing():
    plan = script.plan_pull(load_lens("ideal-50"), "0.6m", "4m", 0.05)
    with script.connect("sim", plan, fast=True) as unit:
        with pytest.raises(InfeasibleError):
            script.shoot_takes(unit, plan)
        assert not unit.refresh().referenced


def test_the_ring_stands_where_it_is_said_to():
    plan = script.plan_pull(load_lens("ideal-50"), "2m", "4m", 1.0)
    with script.connect("sim", plan, fast=True) as unit:
        takes = script.shoot_takes(unit, plan, 2, at="2m")
        assert [take.take for take in takes] == [1, 2]
        assert unit.status.ring_deg == pytest.approx(plan.motion.end_deg, abs=0.2)

# SPDX-License-Identifier: MIT
"""The words of `plan` and `lens check` on formats, macro lenses and thin depths of field."""

from __future__ import annotations

import dataclasses
import json

import pytest

from followfocus.cli import main
from followfocus.cli.plan import span_words
from followfocus.lens.map import LensMap, LensMark, load_lens, save_lens

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

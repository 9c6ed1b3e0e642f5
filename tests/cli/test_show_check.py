# SPDX-License-Identifier: MIT
"""`followfocus show check` as a person reads it: headings, what is fine, what isn't, what to do, and nothing twice."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.show.file import versions_folder

SAMPLE = (Path(__file__).parents[2] / "docs" / "samples" / "sample.ffshow").read_text(encoding="utf-8")
WHOLE, FAST = SAMPLE, SAMPLE.replace('"duration_s": 1.6', '"duration_s": 0.2')
BAD, TORN = SAMPLE.replace('"t_stop": 2.8', '"t_stop": -1'), SAMPLE[:2000]


def checked(folder: Path, text: str, *options: str) -> tuple[int, list[str]]:
    """Exit code, and the lines that were printed."""
    (folder / "s.ffshow").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(build_app(["show"]), ["show", "check", str(folder / "s.ffshow"), *options])
    return done.exit_code, done.stdout.splitlines()


def test_a_heading_for_the_file_each_lens_and_each_cue(tmp_path):
    code, lines = checked(tmp_path, WHOLE)
    assert code == 0
    assert lines[0] == "s.ffshow can be used, and nothing speaks against it."
    headings = [line for before, line in pairwise(lines) if not before]
    assert headings == [
        "The file", "Lens ideal-50", "Cue 1  Anna hears the bell  1.6 s", "Cue 2  back to Anna  1.6 s",
        "Cue 3  the letter  4 s",
    ]  # fmt: skip
    assert "  ✓ whole, of version 1: 1 lens, 2 pulls, 3 cues" in lines
    assert not [line for line in lines if "✗" in line or "True" in line or "False" in line]


def test_each_leg_s_share_of_the_duration_is_said_of_more_than_two_marks(tmp_path):
    """Nobody has typed it: a short leg between two far marks is over in an instant."""
    lines = checked(tmp_path, WHOLE)[1]
    legs = "  ✓ its legs share that by how far the ring turns: A → B 0.67 s, B → C 3.33 s"
    assert [line for line in lines if "legs" in line] == [legs]
    rings = [mark["ring_deg"] for mark in json.loads(WHOLE)["pulls"][1]["marks"]]
    travels = [abs(after - before) for before, after in pairwise(rings)]
    assert [round(4 * travel / sum(travels), 2) for travel in travels] == [0.67, 3.33]


def test_what_cannot_be_shot_stands_under_its_cue_with_what_to_do(tmp_path):
    code, lines = checked(tmp_path, FAST)
    assert code == 0
    assert "2 things to look at" in lines[0]
    at = lines.index("Cue 1  Anna hears the bell  0.2 s")
    assert lines[at + 1].startswith("  ✗ the ring's jerk")
    assert "0.58 s is the shortest" in lines[at + 1]
    assert lines[at + 2].strip().startswith("→ Give it that time")
    assert lines[lines.index("Cue 3  the letter  4 s") + 1].startswith("  ✓")
    told = json.loads("".join(checked(tmp_path, FAST, "--json")[1]))
    assert [words[:6] for words in told["warnings"]] == ["cue 1:", "cue 2:"]


@pytest.mark.parametrize(("text", "remedy"), [(BAD, "opens with what is left"), (TORN, "make it anew")])
def test_a_damaged_show_says_each_thing_once_and_what_is_left(tmp_path, text, remedy):
    code, lines = checked(tmp_path, text)
    assert code == 1
    found = [line for line in lines if line.startswith("  ")]
    assert len(found) == len(set(found))
    assert sum("-1" in line or "whole show" in line for line in found) == 1
    assert remedy in lines[-1]


def test_a_file_that_is_not_there_is_bad_input_unless_something_is_left_of_it(tmp_path):
    path = tmp_path / "s.ffshow"
    gone = CliRunner().invoke(build_app(["show"]), ["show", "check", str(path), "--json"])
    assert isinstance(gone.exception, FileError)
    assert (gone.exception.exit_code, gone.stdout) == (2, "")
    versions_folder(path).mkdir()
    (versions_folder(path) / "000001.ffshow").write_text(WHOLE, encoding="utf-8")
    left = CliRunner().invoke(build_app(["show"]), ["show", "check", str(path), "--json"])
    assert (left.exit_code, json.loads(left.stdout)["usable"]) == (1, False)


@pytest.mark.parametrize(("command", "how"), [("hand", "ride 5cm"), ("start", "REC + 3 s")])
def test_what_is_set_of_a_cue_is_told_to_scripts_as_the_cue_list_tells_it(tmp_path, command, how):
    show = tmp_path / "s.ffshow"
    show.write_text(WHOLE, encoding="utf-8")

    def told(*words: str) -> dict[str, object]:
        done = CliRunner().invoke(build_app(["show"]), ["show", *words, "--json"])
        assert done.exit_code == 0
        return json.loads(done.stdout)

    number = told("cues", str(show))["cues"][0]["number"]
    before = told(command, str(show), number)
    assert before == told("cues", str(show))["cues"][0]
    after = told(command, str(show), number, how)
    assert after == told("cues", str(show))["cues"][0] != before


def test_a_stop_that_the_lens_hasnt_got_is_refused_when_a_show_is_made_and_told_when_one_is_checked(tmp_path):
    path = tmp_path / "new.ffshow"
    done = CliRunner().invoke(build_app(["show"]), ["show", "new", str(path), "--lens", "ideal-50", "--stop", "1.3"])
    assert isinstance(done.exception, RequestError)
    assert "ideal-50 opens to T1.4, not to T1.3" in str(done.exception)
    assert not path.exists()
    lines = checked(tmp_path, SAMPLE.replace('"t_stop": 2.8', '"t_stop": 1.3'))[1]
    assert "  ✗ ideal-50 opens to T1.4, not to T1.3." in lines

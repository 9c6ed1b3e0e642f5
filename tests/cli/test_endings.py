# SPDX-License-Identifier: MIT
"""However a program ends that moves the ring, it is kept and told. A sample; `make campaign` tries all of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.campaigns.endings import GOTO, HOME, JOG, PULL, Case, tried
from followfocus.cli import build_app
from followfocus.errors import FileError
from followfocus.takes.log import TakeLog

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and ptys")
PULLED = (*PULL, "--takes", "2")
SAMPLE = (
    Case("pull", PULLED, "INT three times", 0.4),
    Case("pull", PULLED, "INT for three seconds", 0.3),
    Case("pull", PULLED, "HUP", 0.7),
    Case("pull", PULLED, "QUIT", 0.7),
    Case("pull", PULLED, "terminal gone", 0.3),
    Case("unit goto", GOTO, "TERM", 0.5, takes=False),
    Case("unit jog", JOG, "HUP", 0.5, takes=False),
    Case("unit goto", GOTO, "QUIT", 0.5, takes=False),
    Case("app", (), "INT", 0.5),
    Case("app", (), "QUIT", 0.5),
    Case("pull", PULLED, "killed", 0.6),
    Case("unit goto", GOTO, "killed", 0.5, takes=False),
    Case(HOME, ("unit", "home"), "killed", 0.5, takes=False),
    Case(HOME, ("unit", "home"), "TERM", 0.5, takes=False),
)


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: f"{case.name}, {case.ending}")
def test_it_is_kept_and_the_motor_stands(case: Case) -> None:
    ended = tried(case)
    assert not ended.wrong, ended.said
    if case.takes and case.ending != "terminal gone":
        assert ended.begun == 1
    if case.ending in ("INT three times", "INT for three seconds", "HUP", "QUIT", "TERM") and case.name != "app":
        assert ended.code == 1
        assert "The motor stands" in ended.said or "hangup" in ended.said


def test_takes_without_a_log_named_go_to_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    words = ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.5", "--fast", "--json"]
    assert CliRunner().invoke(build_app(["pull"]), [*words, "--no-log"]).exit_code == 0
    assert not (tmp_path / "followfocus" / "takes.db").exists()
    done = CliRunner().invoke(build_app(["pull"]), words)
    assert json.loads(done.stdout)["takes"][0]["verdict"] == "good"
    with TakeLog(tmp_path / "followfocus" / "takes.db") as log:
        assert [row.verdict for row in log.rows()] == ["good"]


def test_a_log_that_was_named_and_cannot_be_is_said_before_anything_moves(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("no folder")
    words = ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.5", "--fast"]
    done = CliRunner().invoke(build_app(["pull"]), [*words, "--log", str(tmp_path / "f" / "t.db")])
    assert isinstance(done.exception, FileError)
    assert [path.name for path in tmp_path.iterdir()] == ["f"]

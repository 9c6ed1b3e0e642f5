# SPDX-License-Identifier: MIT
"""A refusal comes before the work: one sentence, the right exit code, and nothing else on standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from tests.support.takes import a_take

PULL = ["ideal-50", "--from", "2m", "--to", "4m", "--duration", "2"]
SHOW = "docs/samples/sample.ffshow"


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("early") / "one.db"
    with TakeLog(path) as log:
        log.append(a_take(1), TakeContext(lens="ideal-50", plan_hash="ab12"))
    return path


def told(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output, and what is said beside it, the sentence of a refusal included."""
    done = CliRunner().invoke(build_app(list(words[:1])), list(words))
    if isinstance(done.exception, FollowFocusError):
        return done.exception.exit_code, done.stdout, done.stderr + str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["pull", *PULL, "--no-log", "--json", "--port", "/dev/nosuch"], 3, "There is no port /dev/nosuch"),
        (["pull", *PULL, "--json", "--log", SHOW], 2, "is not a take log"),
        (["pull", *PULL, "--log", "TMP/day3.ffshow"], 2, "is the name of a show, not of a take log"),
        (["rehearse", SHOW, "--no-log", "--json", "--port", "/dev/nosuch"], 3, "There is no port /dev/nosuch"),
        (["hand", "ideal-50", "--source", "keys", "--for", "-1"], 2, "--for -1: that is no time to run"),
        (["track", "ideal-50", "--to", "freed://127.0.0.1:4000", "--for", "0"], 2, "--for 0: that is no time to run"),
        (["look", *PULL, "-o", "TMP"], 2, "A name without an ending doesn't say what to write"),
        (["look", *PULL, "-o", "a.xyz"], 2, "The ending .xyz doesn't say what to write"),
        (["takes", "stats", "LOG", "--certificate", "a.txt"], 2, "can't be a report on paper"),
        (["takes", "stats", "LOG", "--json", "--certificate", "/nosuch/a.pdf"], 2, "there is no such folder"),
        (["takes", "stats", "LOG", "--certificate", "a.pdf", "--paper", "a9"], 2, "No paper size is called “a9”"),
        (["takes", "export", "LOG", "-o", "a.xyz"], 2, "Give a name that ends in .pdf, .csv, .json or .ale"),
        (["wheels", "learn", "nosuch"], 2, "“nosuch” is no wheel"),
        (["wheels", "learn", "hid"], 2, "needs no learning"),
        (["gui", "--screenshot", "/nosuch/a.png"], 2, "there is no such folder"),
        (["firmware", "flash", "--port", "/dev/nosuch"], 3, "There is no port /dev/nosuch"),
    ],
)  # fmt: skip
def test_it_is_said_before_the_work(words: list[str], code: int, sentence: str, log: Path, tmp_path: Path) -> None:
    named = [word.replace("TMP", str(tmp_path)).replace("LOG", str(log)) for word in words]
    ended, out, err = told(*named)
    assert ended == code, err
    assert not out or ("--json" in named and sentence in json.loads(out)["error"])
    assert not err.startswith("\n")
    assert sentence in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


def test_one_take_is_one(log: Path, tmp_path: Path) -> None:
    assert told("takes", "export", str(log), "-o", str(tmp_path / "t.csv"))[2].endswith(": 1 take\n")
    assert told("takes", "export", str(log), "-o", str(tmp_path / "t.ale"))[2].endswith(": 1 take\n")
    certified = told("takes", "stats", str(log), "--certificate", str(tmp_path / "c.pdf"))
    assert certified[2].endswith(": certificate of 1 take\n")

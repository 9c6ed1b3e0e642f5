# SPDX-License-Identifier: MIT
"""Numbers at the edge of what an option can hold: a sentence and exit code 2, or a result; never a traceback."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError

PLAN = ("plan", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "2")
PULL = ("pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.5", "--fast", "--no-log")
EDGES = ("nan", "inf", "-inf", "-1", "0", "1e308", "1e-320", "99999999999999999999", "1e999", "½", "\udcff")
OPTIONS = {
    PLAN: ("--duration", "--volts", "--friction", "--stop", "--coc", "--fps", "--focal", "--sharp-frame", "--long"),
    PULL: ("--volts", "--friction", "--at"),
    ("unit", "goto", "82.5deg", "--at", "82.5deg"): ("--speed",),
    ("unit", "home"): ("--travel",),
    ("takes", "list", "LOG"): ("--last",),
    ("takes", "stats", "LOG"): ("--last",),
}


def ends(words: Sequence[str]) -> int:
    """The exit code of a command, as `main` has it."""
    done = CliRunner().invoke(build_app(list(words[:1])), list(words))
    if isinstance(done.exception, FollowFocusError):
        return done.exception.exit_code
    assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
    return done.exit_code


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("edges") / "t.db"
    assert ends([*PULL[:-1], "--log", str(path)]) == 0
    return path


@pytest.mark.parametrize(
    ("command", "option"), [(command, option) for command, options in OPTIONS.items() for option in options]
)
def test_no_number_is_a_traceback(command: tuple[str, ...], option: str, log: Path) -> None:
    for edge in EDGES:
        words = [str(log) if word == "LOG" else word for word in command if word != option]
        if option == "--duration":
            words.remove("2")
        if option == "--sharp-frame":
            words = [*words[:-2]]
        assert ends([*words, f"{option}={edge}"]) in (0, 1, 2), (words, edge)


@pytest.mark.parametrize(
    "words",
    [
        [*PULL, "--volts", "1e308"],
        ["unit", "goto", "100deg", "--at", "82.5deg", "--speed", "1e308"],
        ["unit", "goto", "100deg", "--at", "82.5deg", "--speed", "99999999999999999999"],
        ["unit", "goto", "100deg", "--at", "82.5deg", "--speed", "1e-320"],
        ["unit", "home", "--travel", "1e308"],
        ["unit", "home", "--travel", "-300"],
    ],
)
def test_what_no_rig_can_is_refused(words: list[str]) -> None:
    assert ends(words) == 2


def test_a_timecode_below_one_frame_a_second_is_refused(tmp_path: Path) -> None:
    look = ["look", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.2", "-o", str(tmp_path / "o.csv")]
    assert ends([*look, "--fps", "½"]) == 2


def test_more_than_all_takes_are_all_takes(log: Path) -> None:
    for command, last in itertools.product(("list", "stats"), ("9223372036854775808", "99999999999999999999")):
        assert ends(["takes", command, str(log), "--last", last]) == 0

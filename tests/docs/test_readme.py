# SPDX-License-Identifier: MIT
"""Every command of the README runs as it is printed, in a copy of docs/samples, one after another as a reader would."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError

ROOT = Path(__file__).parents[2]

SAMPLES = ROOT / "docs" / "samples"
README = ROOT / "README.md"
NOW = {"pull": ["--fast"], "rehearse": ["--fast"], "replay": ["--fast"], "hand": ["--fast"]}
"""Options that spare the test real time, and leave the result as it is."""
SHORT = {
    "look": ["--size", "96x54", "--fps", "6"], "track": ["--for", "0.1"], "serve": ["--for", "0.1"],
    "remote": ["--for", "0.1", "--page", "127.0.0.1:0"],
}  # fmt: skip
"""Commands made short: those that end by Ctrl-C are ended, frames are few, and no fixed port is taken."""
WEAK = "--motor nema11"
"""The one command that shows a job fail: the motor is too weak, and the program says so."""
COMMANDS = re.findall(r"^ {4}(followfocus .*?)(?: +#.*)?$", README.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.fixture
def day3(tmp_path, monkeypatch) -> Path:
    """The folder that the README has a reader make."""
    folder = tmp_path / "day3"
    shutil.copytree(SAMPLES, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return folder


@contextmanager
def in_the_background(line: str) -> Iterator[None]:
    """`followfocus sim --pty unit &`, until it says where it is."""
    words = [sys.executable, "-m", "followfocus", *shlex.split(line.removesuffix("&"))[1:]]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as unit:
        try:
            assert unit.stdout is not None
            assert "unit" in unit.stdout.readline()
            yield
        finally:
            unit.terminate()


def ended(line: str) -> tuple[int, str]:
    """Exit code, and what was said."""
    words = shlex.split(line)[1:]
    faster = [] if "--port" in words else NOW.get(words[0], [])
    result = CliRunner().invoke(build_app(words[:1]), [*words, *faster, *SHORT.get(words[0], [])])
    error = result.exception
    if error is not None and not isinstance(error, FollowFocusError | SystemExit):
        raise error
    code = error.exit_code if isinstance(error, FollowFocusError) else result.exit_code
    return code, f"{result.output}{error or ''}"


def test_every_command_of_the_readme_runs_as_printed(day3):
    background = [line for line in COMMANDS if line.endswith("&")]
    played = [line for line in COMMANDS if not line.endswith("&") and not line.startswith("followfocus gui")]
    assert len(background) == 1
    assert len(played) >= 25
    with in_the_background(background[0]):
        for line in played:
            code, said = ended(line)
            assert code == (1 if WEAK in line else 0), f"{line}\n{said}"
    made = set(re.findall(r"(?:-o|--log|--certificate) (\S+)", " ".join(played)))
    assert len(made) >= 9
    assert not [name for name in made if not (day3 / name).stat().st_size]


def test_the_samples_need_nothing_that_is_not_there():
    told = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for path in SAMPLES.iterdir():
        assert path.name == "README.md" or f"`{path.name}`" in told
    for name in ("still.jpg", "depth.png"):
        assert (SAMPLES / name).read_bytes() == (ROOT / "docs" / "gallery" / name).read_bytes()

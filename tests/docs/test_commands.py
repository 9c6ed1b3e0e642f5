# SPDX-License-Identifier: MIT
"""Every command of the manual and every example of --help does what is printed, on files such as they name."""

from __future__ import annotations

import dataclasses
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from followfocus.cli import _COMMANDS, build_app
from followfocus.show.file import read_show, write_show
from followfocus.show.slate import Slate
from tests.docs.test_manual import PAGES, commands_in
from tests.docs.test_readme import NOW, SAMPLES, SHORT
from tests.support.program import ran

HERE = {
    "/dev/ttyUSB0": "sim", "midi:X-Touch": "file:wheel.csv", "hid": "file:wheel.csv", "keys": "file:wheel.csv",
    "still.png": "still.jpg", "DOOR=4m=door.png": "DOOR=4m=still.jpg",
    "0.0.0.0:53780": "127.0.0.1:0", "freed://192.168.1.20:40000": "freed://127.0.0.1:9",
    "opentrackio://": "opentrackio://127.0.0.1:9", "osc://": "osc://127.0.0.1:0", "…": "sim", "ROW": "12",
    "FILE.db": "day3.db", "LOG.db": "day3.db", "RESCUED.db": "takes.db", "FILE": "day3.ffshow",
}  # fmt: skip
"""Stand-ins for the hardware, the network and the pictures that a command names"""
NOT_HERE = re.compile(r"ltc:|mtc:|blackmagic:|wheels learn|firmware flash|unit home|unit clear")
"""They need cameras, cables, boards, switches and faults: other tests have them."""
IN_PART = {
    "followfocus plan --volts 14.4", "followfocus pull … --cue", "followfocus track", "followfocus takes list",
}  # fmt: skip
"""Quoted in a sentence"""
BRIEFLY = {**SHORT, "remote": ["--for", "0.1"], "hand": ["--for", "0.5", "--fast"], "unit jog": ["--for", "0.1"]}


def of_help(command: Any) -> Iterator[str]:
    """The examples of a command's help, and of those below it."""
    for line in (command.help or "").splitlines():
        if line.strip().startswith("followfocus "):
            yield line.strip()
    for inner in getattr(command, "commands", {}).values():
        yield from of_help(inner)


EXAMPLES = list(of_help(get_command(build_app(list(_COMMANDS)))))
MANUAL = [line for page in PAGES[1:] for line in commands_in(page)]
PRINTED = [line for line in dict.fromkeys((*EXAMPLES, *MANUAL)) if not NOT_HERE.search(line) and line not in IN_PART]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The third day of a shoot: the samples, a show of scene 27, and a log with twelve takes, the twelfth by hand."""
    folder = tmp_path_factory.mktemp("day3")
    shutil.copytree(SAMPLES, folder, dirs_exist_ok=True)
    show = read_show(folder / "sample.ffshow").show
    write_show(dataclasses.replace(show, slate=Slate("27")), folder / "fresh.ffshow")
    shutil.copy(folder / "fresh.ffshow", folder / "day3.ffshow")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
        for words in (
            "lens import clip.csv -o my-lens.json",
            "rehearse day3.ffshow --cue 1 --takes 11 --fast --log day3.db",
            "hand ideal-50 --source file:wheel.csv --record --for 6 --fast --log day3.db",
        ):
            done = ran(*words.split())
            assert done.returncode == 0, done.stderr.decode()
        shutil.copy("day3.db", "takes.db")
        shutil.copy("day3.db", "first.db")
        yield folder


@pytest.mark.parametrize("line", PRINTED)
def test_it_does_what_is_printed(line: str, day: Path) -> None:
    words = [HERE.get(word, word) for word in shlex.split(line)[1:]]
    short = BRIEFLY.get(" ".join(words[:2]), BRIEFLY.get(words[0], []))
    output = words[words.index("-o") + 1] if "-o" in words else None
    if output is not None:
        (day / output).unlink(missing_ok=True)  # another line's, of the same name
    shutil.copy("fresh.ffshow", "day3.ffshow")
    if "rehearse" in words and "--source" in words:  # the page has said it to the cue before
        assert ran(*shlex.split("show hand day3.ffshow 2 ride 5cm keep")).returncode == 0
    if "depth.exr" in words:
        words[words.index("depth.exr")] = "depth.png"
        words += ["--depth-kind", "metric"]
    help_only = "--help" in words
    done = ran(*words, *([] if help_only else [*NOW.get(words[0], []), *short]))
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout or done.stderr
    assert output is None or (day / output).stat().st_size > 0


def test_there_are_examples_and_pages() -> None:
    assert len(EXAMPLES) > 30
    assert len(PRINTED) > 60
    assert set(MANUAL) >= IN_PART

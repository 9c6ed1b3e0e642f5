# SPDX-License-Identifier: MIT
"""Every file that a command writes, on a disk that has no room: one sentence, exit code 2, nothing left of it."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.disks import Disk, small_disk
from tests.support.program import ran

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a disk of a few blocks in memory")
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
WAY = "--from 2m --to 4m --duration 0.5"
LOOK = f"look ideal-50 {WAY} --size 160x90 -o disk/made"
WRITES = (
    "show new disk/made.ffshow",
    "lens import clip.csv -o disk/made.json",
    f"plan ideal-50 {WAY} --plot disk/made.png",
    f"plan ideal-50 {WAY} --plot disk/made.pdf",
    f"plan ideal-50 {WAY} --plot disk/made.svg",
    *(f"takes export day.db -o disk/made.{ending}" for ending in ("pdf", "csv", "json", "ale")),
    "takes export day.db -o disk/made.csv --ves",
    *(f"takes export day.db -o disk/made.{ending} --track 1" for ending in ("csv", "json", "tsv", "jsonl", "chan")),
    *(f"takes export day.db -o disk/made.{ending} --plot 1" for ending in ("png", "pdf", "svg")),
    "takes fit day.db --track 1 -o disk/made.ffshow",
    *(f"{LOOK}.{ending}" for ending in ("gif", "mp4", "mov", "png", "####.png", "####.tif", "####.exr")),
    *(f"look ideal-50 {WAY} -o disk/made.{ending}" for ending in ("csv", "nk", "chan", "py", "setting", "md", "txt")),
)


@pytest.fixture(name="disk")
def _disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    monkeypatch.chdir(tmp_path)
    shutil.copy(SAMPLES / "clip.csv", tmp_path)
    with small_disk(tmp_path / "disk") as one:
        yield one


def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(disk: Disk) -> None:
    assert ran(*shlex.split(f"pull ideal-50 {WAY} --fast --log day.db")).returncode == 0
    disk.fill()
    before = sorted(disk.folder.iterdir())
    for words in WRITES:
        done = ran(*shlex.split(words))
        said = [line for line in done.stderr.decode().splitlines() if line.startswith("followfocus: ")]
        assert (done.returncode, len(said)) == (2, 1), (words, done.stderr)
        assert said[0].endswith("cannot be written: the disk is full."), words
        assert sorted(disk.folder.iterdir()) == before, words


def test_what_stood_there_stays_as_it_was(disk: Disk) -> None:
    assert ran(*shlex.split(f"pull ideal-50 {WAY} --fast --log day.db")).returncode == 0
    names = {word.partition("/")[2] for words in WRITES for word in words.split() if word.startswith("disk/")}
    for name in names:
        (disk.folder / name).write_text("kept")
    disk.fill()
    for words in WRITES:
        assert ran(*shlex.split(words)).returncode == 2, words
    assert {(disk.folder / name).read_text() for name in names} == {"kept"}

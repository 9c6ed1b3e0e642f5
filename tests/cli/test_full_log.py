# SPDX-License-Identifier: MIT
"""A log on a disk that is full: takes are played all the same, kept elsewhere, and brought back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, JobError
from followfocus.show.slate import Slate
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from tests.support.disks import Disk, small_disk
from tests.support.takes import a_take

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a disk of a few blocks in memory")
WAY = ("ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6", "--fast", "--json")


@pytest.fixture(name="disk")
def _disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    with small_disk(tmp_path / "disk") as one:
        yield one


def ran(*words: object) -> Result:
    return CliRunner().invoke(build_app([str(words[0])]), [str(word) for word in words])


@pytest.mark.parametrize("there", [False, True], ids=["a new log", "a log that is there"])
def test_a_take_is_not_refused_because_its_log_has_no_room(disk: Disk, tmp_path: Path, there: bool) -> None:
    log, rescued = disk.folder / "day.db", tmp_path / "home" / "followfocus" / "day-rescued.db"
    if there:
        with TakeLog(log) as kept:
            kept.append(a_take(4), TakeContext(slate=Slate("1", take=4)))
    disk.fill()
    result = ran("pull", *WAY, "--takes", 2, "--log", log)
    takes = json.loads(result.stdout)["takes"]
    assert [take["verdict"] for take in takes] == ["good", "good"]
    first = 5 if there else 1
    assert [take["take"] for take in takes] == [first, first + 1], "a full log can still be read"
    said = " ".join(result.stderr.split())
    assert said.count("Takes are kept here meanwhile and tried again.") == 1
    assert "A new take log begins" not in said
    assert isinstance(result.exception, JobError), "they are not where they were wanted"
    way = f"They are in {rescued} instead. Bring them back with: followfocus takes join {log} {rescued}"
    assert way in str(result.exception)
    disk.free()
    assert ran("takes", "join", log, rescued).exit_code == 0
    with TakeLog(log, create=False) as kept:
        assert [row.take for row in kept.rows()][-2:] == [first, first + 1]
        assert kept.checked().whole


def test_what_is_no_log_is_still_refused_before_anything_moves(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("this is no log")
    for log in (tmp_path / "x.db", tmp_path / "none" / "t.db"):
        result = ran("pull", *WAY, "--log", log)
        assert isinstance(result.exception, FileError)
        facts = json.loads(result.stdout)
        assert (facts["takes"], facts["error"]) == ([], str(result.exception))

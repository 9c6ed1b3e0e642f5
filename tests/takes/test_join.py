# SPDX-License-Identifier: MIT
"""Takes of another log brought into this one: whole, once, and in the row where they were put down as begun."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.show.slate import Slate
from followfocus.takes.context import TakeContext
from followfocus.takes.join import Joined, join_logs
from followfocus.takes.log import TakeLog
from tests.support.takes import a_take

ABOUT = TakeContext(production="Ünter 撮影", slate=Slate("27", 1, 1), plan_hash="abc", clip="A001.braw")


def logged(path: Path, *takes: int) -> Path:
    with TakeLog(path) as log:
        for take in takes:
            log.append(a_take(take), ABOUT.numbered(take))
    return path


def test_every_take_comes_over_as_it_was_kept_and_only_once(tmp_path: Path) -> None:
    path, other = logged(tmp_path / "day.db", 1, 2), logged(tmp_path / "rescued.db", 3, 4)
    with TakeLog(other) as log:
        log.set_note(2, "for Anna")
        before = [log.take(row) for row in (1, 2)]
    assert join_logs(path, other) == Joined(2, 0, 0)
    assert join_logs(path, other) == Joined(0, 2, 0), "again: nothing is twice"
    with TakeLog(path, create=False) as log:
        after = [log.take(row) for row in (3, 4)]
        assert log.checked().whole
        assert log.gaps() == []
        assert [row.take for row in log.rows()] == [1, 2, 3, 4]
    for then, now in zip(before, after, strict=True):
        assert dataclasses.replace(now.row, id=then.row.id) == then.row
        assert {name: trace.tolist() for name, trace in now.traces.items()} == {
            name: trace.tolist() for name, trace in then.traces.items()
        }


@pytest.mark.parametrize("unknown", [False, True], ids=["begun", "called unknown meanwhile"])
def test_a_take_that_was_put_down_as_begun_gets_its_ending(tmp_path: Path, unknown: bool) -> None:
    path, other = tmp_path / "day.db", tmp_path / "rescued.db"
    with TakeLog(path) as log:
        row = log.begin(ABOUT, 1)
        if unknown:
            log.reconcile(row, None)
        log.set_note(row, "what was that")
        logged_s = log.take(row).row.logged_utc_s
    with TakeLog(other) as log:
        log.append(dataclasses.replace(a_take(1), started_utc_s=logged_s + 0.1), ABOUT)
    assert join_logs(path, other) == Joined(1, 0, 0)
    with TakeLog(path, create=False) as log:
        (only,) = log.rows()
        assert (only.id, only.verdict, only.note, only.context) == (row, "good", "what was that", ABOUT)
        assert log.take(row).traces["actual"].size
        assert log.checked().whole


def test_an_older_take_of_that_number_is_left_open(tmp_path: Path) -> None:
    path, other = tmp_path / "day.db", tmp_path / "rescued.db"
    with TakeLog(path) as log:
        logged_s = log.take(log.begin(ABOUT, 1)).row.logged_utc_s
    with TakeLog(other) as log:
        log.append(dataclasses.replace(a_take(1), started_utc_s=logged_s + 60), ABOUT)
    join_logs(path, other)
    with TakeLog(path, create=False) as log:
        assert [row.verdict for row in log.rows()] == ["begun", "good"]


def test_what_is_damaged_stays_where_it_is_and_is_told(tmp_path: Path) -> None:
    path, other = logged(tmp_path / "day.db", 1), logged(tmp_path / "rescued.db", 2, 3)
    with sqlite3.connect(other) as raw:
        raw.execute("UPDATE documents SET facts = replace(facts, 'good', 'goop') WHERE take_id = 1")
    raw.close()
    result = CliRunner().invoke(build_app(["takes"]), ["takes", "join", str(path), str(other), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"joined": [{"log": str(other), "added": 1, "known": 0, "damaged": 1}]}
    said = " ".join(result.stderr.split())
    assert f"1 take of {other} is in {path} now." in said
    assert f"1 take of {other} stayed: damaged." in said
    with TakeLog(path, create=False) as log:
        assert [row.take for row in log.rows()] == [1, 3]


def test_a_log_is_not_joined_to_itself_nor_to_what_is_none(tmp_path: Path) -> None:
    path = logged(tmp_path / "day.db", 1)
    with pytest.raises(RequestError, match="are one log"):
        join_logs(path, tmp_path / "x" / ".." / "day.db")
    (tmp_path / "x.db").write_text("no log")
    with pytest.raises(FileError, match="not a take log"):
        join_logs(path, tmp_path / "x.db")
    with pytest.raises(FileError, match="There is no take log"):
        join_logs(path, tmp_path / "none.db")

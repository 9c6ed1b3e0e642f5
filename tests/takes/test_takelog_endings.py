# SPDX-License-Identifier: MIT
"""A take is in the log before GO: begun, then ended, or known not to be known."""

from __future__ import annotations

import json
import pickle
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import BEGUN, UNKNOWN
from followfocus.takes.seal import TABLES, whole
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit

Shot = tuple[Take, TakeContext]


@pytest.fixture(name="shot", scope="module")
def _shot() -> Shot:
    plan = make_plan(load_lens("ideal-50"), Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 3)
        return take, context_of(plan, unit.info, slate=Slate("27", setup=1, take=3), pull="A → B")


def _whole(log: TakeLog, row: int) -> bool:
    return all(whole(log._db, table, row) for table in TABLES)


def test_a_take_is_there_from_before_go_and_ends_in_its_row(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    with TakeLog(tmp_path / "t.db") as log:
        row = log.begin(context, planned=take.planned)
        begun = log.take(row)
        assert (begun.row.take, begun.row.shot, begun.row.verdict) == (3, "27A", BEGUN)
        assert not begun.row.ended
        assert begun.row.context == context
        assert len(begun.traces["planned"]) == len(take.planned)
        assert [open_take.id for open_take in log.open_takes()] == [row]
        assert log.last_take_of("27A") == 3
        assert _whole(log, row)
        log.close(row, take)
        ended = log.take(row)
        assert ended.row.ended
        assert ended.row.facts == json.loads(json.dumps(take.facts()))
        assert ended.row.landing_error_deg == take.landing_error_deg
        assert len(ended.traces["actual"]) == len(take.actual)
        assert not log.open_takes()
        assert _whole(log, row)
        assert log.count() == 1


def test_a_take_ends_once(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    with TakeLog(tmp_path / "t.db") as log:
        row = log.begin(context)
        log.close(row, take)
        with pytest.raises(RequestError, match="has its ending already"):
            log.close(row, replace(take, take=9))
        assert not log.reconcile(row, None)
        assert log.take(row).row.take == 3
        with pytest.raises(RequestError, match="no take in row 7"):
            log.close(7, take)
        with pytest.raises(RequestError, match="no take in row 7"):
            log.reconcile(7, None)


def test_what_a_unit_no_longer_knows_is_said_and_an_ending_that_comes_late_counts(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    with TakeLog(tmp_path / "t.db") as log:
        row = log.begin(context, 5)
        assert log.reconcile(row, None)
        asked = log.take(row).row
        assert (asked.take, asked.verdict, asked.reasons) == (5, UNKNOWN, ("not known how it ended",))
        assert not asked.ended
        assert not log.open_takes()
        assert _whole(log, row)
        log.close(row, take)
        assert log.take(row).row.verdict == "good"
        assert log.reconcile(log.begin(context), take)
        assert [(one.verdict, one.ended) for one in log.rows()] == [("good", True)] * 2


_KILLED = """
import os, pickle, signal, sys
from followfocus.takes.log import TakeLog
take, context = pickle.load(open(sys.argv[2], "rb"))
log = TakeLog(sys.argv[1])
log.begin(context, planned=take.planned, hurry=sys.argv[3] == "hurry")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("how", ["patient", "hurry"])
def test_a_take_that_was_begun_outlives_kill_minus_nine(tmp_path: Path, shot: Shot, how: str) -> None:
    (tmp_path / "shot.pickle").write_bytes(pickle.dumps(shot))
    command = [sys.executable, "-W", "ignore", "-c", _KILLED, str(tmp_path / "t.db"), str(tmp_path / "shot.pickle")]
    command.append(how)
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with TakeLog(tmp_path / "t.db") as log:
        (left,) = log.open_takes()
        assert (left.shot, left.take, left.context.unit_serial) == ("27A", 3, shot[1].unit_serial)


def test_the_keeper_begins_and_ends_in_one_row(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    keeper = TakeKeeper(tmp_path / "t.db")
    row = keeper.begin(context, planned=take.planned)
    assert row == 1
    assert keeper.keep(take, context, row) == 1
    with TakeLog(keeper.path) as log:
        assert [one.verdict for one in log.rows()] == ["good"]


def test_what_is_begun_in_a_hurry_is_written_at_once_and_on_disk_when_it_is_secured(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    keeper = TakeKeeper(tmp_path / "t.db")
    ahead = tmp_path / "t.db-wal"
    assert keeper.begin(context, planned=take.planned, hurry=True) == 1
    with TakeLog(keeper.path) as log:
        assert [row.verdict for row in log.rows()] == ["begun"]
    written = ahead.stat().st_size
    assert written
    assert keeper.secure() == 1
    assert not ahead.exists()  # shut: all of it is in the log itself
    assert keeper.keep(take, context, 1) == 1


def test_securing_commits_once_more_with_full_synchronisation(tmp_path: Path, shot: Shot) -> None:
    TakeLog(tmp_path / "t.db").shut()
    with TakeLog(tmp_path / "t.db") as log:
        log.begin(shot[1], hurry=True)
        assert log._db.execute("PRAGMA synchronous").fetchone() == (0,)
        written = (tmp_path / "t.db-wal").stat().st_size
        log.begin(shot[1], hurry=True)
        assert log._db.execute("PRAGMA synchronous").fetchone() == (1,)  # there is something older by now
        log.secure()
        assert log._db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert (tmp_path / "t.db-wal").stat().st_size > written


def test_another_program_that_writes_keeps_no_go_waiting_and_costs_no_entry(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    keeper = TakeKeeper(tmp_path / "t.db")
    with TakeLog(keeper.path) as other:
        other._db.execute("BEGIN IMMEDIATE")
        assert keeper.begin(context, planned=take.planned, hurry=True) is None
        assert "another program is writing" in keeper.trouble
        other._db.execute("COMMIT")
    assert keeper.secure() == 1
    assert not keeper.trouble
    assert keeper.keep(take, context, 1) == 1


def test_what_is_unsaved_comes_first_and_go_does_not_wait_for_it(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    keeper = TakeKeeper(tmp_path / "gone" / "t.db")
    assert keeper.keep(take, context) is None
    (tmp_path / "gone").mkdir()
    assert keeper.begin(context, 4, hurry=True) is None
    assert keeper.secure() == 2
    with TakeLog(keeper.path) as log:
        assert [(row.id, row.verdict) for row in log.rows()] == [(1, "good"), (2, "begun")]


def test_what_cannot_be_begun_is_kept_when_it_has_ended(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    keeper = TakeKeeper(tmp_path / "gone" / "t.db")
    assert keeper.begin(context) is None
    assert "no folder" in keeper.trouble
    assert keeper.keep(take, context, None) is None
    (tmp_path / "gone").mkdir()
    assert keeper.retry() == [1]
    assert not keeper.trouble


def test_a_begun_take_that_cannot_be_written_is_an_error(tmp_path: Path, shot: Shot) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        pages = log._db.execute("PRAGMA page_count").fetchone()[0]
        log._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(FileError, match="full"):
            _begin_many(log, shot)
        assert len(log.open_takes()) == log.count()


def _begin_many(log: TakeLog, shot: Shot) -> None:
    for _ in range(50):
        log.begin(shot[1], planned=shot[0].planned)


def _said(*args: object) -> str:
    return CliRunner().invoke(build_app(["takes"]), ["takes", *map(str, args)], env={"COLUMNS": "160"}).output


def test_lists_exports_and_statistics_say_it_in_plain_words(tmp_path: Path, shot: Shot) -> None:
    take, context = shot
    log_path, csv, pdf = tmp_path / "t.db", tmp_path / "t.csv", tmp_path / "t.pdf"
    with TakeLog(log_path) as log:
        log.append(take, context)
        log.begin(context, 4)
        log.reconcile(log.begin(context, 5), None)
    listed = _said("list", log_path)
    assert "begun, no ending yet" in listed
    assert "not known how it ended" in listed
    assert "begun" in _said("list", log_path, "--verdict", "begun")
    assert "not known how it ended" in _said("show", log_path, 3)
    assert "Left out, as it isn't in the log how they ended: rows 2 and 3." in _said("stats", log_path)
    _said("export", log_path, "-o", csv)
    assert "not known how it ended" in csv.read_text("utf-8")
    _said("export", log_path, "-o", pdf, "--report", "focus")
    assert pdf.read_bytes().startswith(b"%PDF")


def test_every_log_has_a_name_of_its_own(tmp_path: Path) -> None:
    names = []
    for name in ("a.db", "b.db"):
        TakeLog(tmp_path / name).shut()
        raw = sqlite3.connect(tmp_path / name)
        names += [name for (name,) in raw.execute("SELECT id FROM log")]
        raw.close()
    assert len(set(names)) == 2

# SPDX-License-Identifier: MIT
"""The take log: what was kept comes back, whoever else has the file open, and nothing else's file is touched."""

from __future__ import annotations

import json
import pickle
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.log import VERSION, TakeLog
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit


@pytest.fixture(name="take", scope="module")
def _take() -> Take:
    lens = load_lens("ideal-50")
    plan = make_plan(lens, Pull.between(Mark("A", 82.5), Mark("B", 41.25), 1.0))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        return shoot(unit, load(unit, plan), 1)


def test_a_take_comes_back_with_its_evidence(tmp_path: Path, take: Take) -> None:
    with TakeLog(tmp_path / "day.db") as log:
        row = log.append(take, "ideal-50")
    with TakeLog(tmp_path / "day.db") as log:
        kept = log.take(row)
        assert [logged.id for logged in log.rows()] == [row]
    assert kept.row.facts == json.loads(json.dumps(take.facts()))
    assert kept.row.lens == "ideal-50"
    assert kept.row.landing_error_deg == take.landing_error_deg
    for name, shot in (("planned", take.planned), ("actual", take.actual), ("witness", take.witness)):
        assert np.abs(kept.traces[name] - [[s.at_s, s.ring_deg] for s in shot]).max() <= 0.51e-9


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "day.db"
    TakeLog(path).shut()
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    raw.close()


def test_two_programs_may_write_at_once(tmp_path: Path, take: Take) -> None:
    with TakeLog(tmp_path / "day.db") as one, TakeLog(tmp_path / "day.db") as two:
        for _ in range(20):
            one.append(take, "one")
            two.append(take, "two")
        assert one.count() == 40


def test_a_newer_log_and_anothers_file_are_refused_untouched(tmp_path: Path) -> None:
    newer = tmp_path / "newer.db"
    TakeLog(newer).shut()
    raw = sqlite3.connect(newer)
    raw.execute(f"PRAGMA user_version = {VERSION + 1}")
    raw.close()
    with pytest.raises(FileError, match="Update followfocus"):
        TakeLog(newer)
    other = tmp_path / "other.db"
    raw = sqlite3.connect(other)
    raw.execute("CREATE TABLE bookmarks (url TEXT)")
    raw.close()
    before = other.read_bytes()
    with pytest.raises(FileError, match="another program"):
        TakeLog(other)
    assert other.read_bytes() == before
    text = tmp_path / "notes.db"
    text.write_text("not a database at all, but long enough to be looked at as one, whatever it is" * 20)
    with pytest.raises(FileError, match="not a take log"):
        TakeLog(text)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no take log"):
        TakeLog(tmp_path / "none.db", create=False)
    with pytest.raises(FileError, match="can't be used"):
        TakeLog(tmp_path / "no" / "folder.db")
    with TakeLog(tmp_path / "day.db") as log, pytest.raises(RequestError, match="no take in row 7"):
        log.take(7)


def test_a_full_disk_is_a_sentence_and_leaves_the_log_whole(tmp_path: Path, take: Take) -> None:
    with TakeLog(tmp_path / "day.db") as log:
        log.append(take)
        pages = log._db.execute("PRAGMA page_count").fetchone()[0]
        log._db.execute(f"PRAGMA max_page_count = {pages + 4}")
        kept: list[int] = []
        with pytest.raises(FileError, match="full"):
            kept.extend(log.append(take) for _ in range(50))
        assert log.count() == 1 + len(kept)


_WRITER = """
import pickle, sys
from followfocus.takes.log import TakeLog
take = pickle.load(open(sys.argv[2], "rb"))
with TakeLog(sys.argv[1]) as log:
    while True:
        print(log.append(take, "x"), flush=True)
"""


def test_what_was_reported_as_kept_survives_kill_minus_nine(tmp_path: Path, take: Take) -> None:
    path = tmp_path / "day.db"
    (tmp_path / "take.pickle").write_bytes(pickle.dumps(take))
    reported = 0
    for lines in (1, 7, 3, 12):
        command = [sys.executable, "-W", "ignore", "-c", _WRITER, str(path), str(tmp_path / "take.pickle")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(lines):
                reported = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            rest = writer.stdout.read().split()
            reported = int(rest[-1]) if rest and rest[-1].isdigit() else reported
    with TakeLog(path) as log:
        assert log._db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert max(take.id for take in log.rows()) >= reported


def test_the_commands_list_show_and_export(tmp_path: Path, take: Take) -> None:
    path = tmp_path / "день 27A.db"
    with TakeLog(path) as log:
        log.append(take, "ideal-50")
    run = CliRunner()
    listed = run.invoke(build_app(["takes"]), ["takes", "list", str(path), "--json"])
    assert json.loads(listed.stdout)["takes"][0]["verdict"] == "good"
    assert "good" in run.invoke(build_app(["takes"]), ["takes", "list", str(path)]).stdout
    shown = json.loads(run.invoke(build_app(["takes"]), ["takes", "show", str(path), "1", "--json"]).stdout)
    assert len(shown["traces"]["planned"]) == len(take.planned)
    for name in ("out.csv", "out.json"):
        assert (
            run.invoke(build_app(["takes"]), ["takes", "export", str(path), "-o", str(tmp_path / name)]).exit_code == 0
        )
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfrow,")
    refused = run.invoke(build_app(["takes"]), ["takes", "export", str(path), "-o", str(tmp_path / "out.doc")])
    assert isinstance(refused.exception, RequestError)

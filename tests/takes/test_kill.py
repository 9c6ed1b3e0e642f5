# SPDX-License-Identifier: MIT
"""Killed at two hundred moments while takes are kept and the show is edited: nothing that was reported is lost.

One process that has everything imported forks a writer again and again; the writer reports each thing when it is done,
and is killed after so many reports, in the middle of what it does next.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.file import read_show, write_show
from followfocus.show.journal import recover
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import context_of
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import open_unit
from tests.support.shows import LENS, full_show

KILLS = 200
STEP_S = 0.3
"""How much later each edit is than the one before, by the clock that the journal is told."""
MOST_LOST = 4
"""Edits that a second holds, and the one that was being made."""

_FORKER = """
import dataclasses, itertools, os, pickle, sys
from followfocus.show.journal import Journal, recover
from followfocus.show.file import read_show, write_show
from followfocus.takes.log import TakeLog

folder = sys.argv[1]
path, log = folder + "/day.ffshow", folder + "/day.db"
take, context = pickle.load(open(folder + "/take.pickle", "rb"))

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def work():
    show = (recover(path) or read_show(path)).show
    number = int(show.production)
    journal = Journal(path)
    with TakeLog(log) as opened:
        for count in itertools.count(1):
            number += 1
            show = dataclasses.replace(show, production=str(number))
            journal.note(show, count * STEP_S)
            say("edit", number)
            if count % 3 == 0:
                say("take", opened.append(take, context))
            if count % 7 == 0:
                write_show(show, path)
                journal.clear()
                say("saved", number)

for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        work()
    say("pid", child)
    os.waitpid(child, 0)
    say("over")
""".replace("STEP_S", str(STEP_S))


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    plan = make_plan(LENS, Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
        context = context_of(plan, unit.info)
    (tmp_path / "take.pickle").write_bytes(pickle.dumps((take, context)))
    import dataclasses

    write_show(dataclasses.replace(full_show(), production="0"), tmp_path / "day.ffshow")
    return tmp_path


@pytest.fixture(name="forker")
def _forker(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "ignore", "-c", _FORKER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.timeout(180)
def test_nothing_that_was_reported_is_lost(folder: Path, forker: subprocess.Popen[str]) -> None:
    chance = random.Random(27)
    rows = edits = 0
    for _ in range(KILLS):
        edited, kept = _run_and_kill(forker, chance.randint(1, 25))
        edits, rows = max(edits, edited), max(rows, kept)
        show = (recover(folder / "day.ffshow") or read_show(folder / "day.ffshow")).show
        read_show(folder / "day.ffshow")
        assert int(show.production) >= edits - MOST_LOST
        edits = int(show.production)
        with sqlite3.connect(folder / "day.db") as raw:
            assert raw.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            assert raw.execute("SELECT max(id), count(*) FROM takes").fetchone()[0] >= rows
            assert (
                raw.execute("SELECT count(*) FROM takes WHERE id NOT IN (SELECT take_id FROM traces)").fetchone()[0]
                == 0
            )
        raw.close()
    assert rows > KILLS
    assert not list(folder.rglob("*.tmp"))
    with TakeLog(folder / "day.db") as log:
        assert log.count() >= rows
        assert len(log.take(rows).traces["planned"]) == 101


def _run_and_kill(forker: subprocess.Popen[str], reports: int) -> tuple[int, int]:
    """Let a writer make so many reports, and kill it; the last edit and the last take that it reported."""
    assert forker.stdin is not None
    assert forker.stdout is not None
    forker.stdin.write("go\n")
    forker.stdin.flush()
    edit = take = pid = seen = 0
    while True:
        what, _, number = forker.stdout.readline().strip().partition(" ")
        if what == "over":
            return edit, take
        assert what, "the writer's parent has died"
        if what == "pid":
            pid = int(number)
        else:
            seen += 1
            edit, take = (int(number), take) if what != "take" else (edit, int(number))
        if pid and seen >= reports:
            os.kill(pid, signal.SIGKILL)
            pid = 0

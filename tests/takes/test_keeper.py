# SPDX-License-Identifier: MIT
"""A log that is moved, emptied or changed for another during the day: told at once, and no take is lost."""

from __future__ import annotations

import dataclasses
import json
import shutil
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import JobError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes import keeper as keeper_module
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.keeper import TakeKeeper, Unsaved
from followfocus.takes.log import TakeLog
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit

Shot = tuple[Take, TakeContext]


@pytest.fixture(name="shot", scope="module")
def _shot() -> Shot:
    plan = make_plan(load_lens("ideal-50"), Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        return shoot(unit, load(unit, plan), 1), context_of(plan, unit.info, slate=Slate("27", setup=1))


@pytest.fixture(name="kept")
def _kept(tmp_path: Path, shot: Shot) -> TakeKeeper:
    """A keeper whose log has two takes."""
    keeper = TakeKeeper(tmp_path / "t.db")
    assert [keeper.keep(*shot), keeper.keep(*shot)] == [1, 2]
    return keeper


def _aside(path: Path) -> Path:
    for part in path.parent.glob(f"{path.name}*"):
        part.rename(path.parent / f"aside-{part.name}")
    return path.parent / f"aside-{path.name}"


def test_a_log_that_is_moved_is_told_at_once_and_gets_its_takes_when_it_is_back(kept: TakeKeeper, shot: Shot) -> None:
    aside = _aside(kept.path)
    assert kept.begin(shot[1]) is None
    assert "is gone" in kept.trouble
    assert kept.keep(*shot) is None
    assert "is gone" in kept.trouble
    assert "1 take is kept here" in kept.trouble
    assert not kept.path.exists()
    aside.rename(kept.path)
    assert kept.keep(*shot) == 4
    assert not kept.trouble
    with TakeLog(kept.path) as log:
        assert log.count() == 4


def test_a_number_that_another_program_used_meanwhile_is_said_to_be_there_twice(kept: TakeKeeper, shot: Shot) -> None:
    aside = _aside(kept.path)
    assert kept.keep(*shot) is None
    aside.rename(kept.path)
    assert TakeKeeper(kept.path).keep(*shot) == 3
    assert kept.begin(shot[1], 2) == 5
    assert kept.trouble == "27A take 1 is in the log twice: another program kept one while this could not."
    assert kept.keep(shot[0], shot[1], 5) == 5
    assert "27A take 1 is in the log twice" in kept.trouble
    assert kept.keep(dataclasses.replace(shot[0], take=7), shot[1]) == 6
    assert not kept.trouble
    with TakeLog(kept.path) as log:
        assert [row.take for row in log.rows()] == [1, 1, 1, 1, 1, 7]


@pytest.mark.parametrize("how", ["emptied", "another", "older", "a folder"])
def test_what_stands_in_the_logs_place_is_not_taken_for_it(
    kept: TakeKeeper, shot: Shot, tmp_path: Path, how: str
) -> None:
    older = Path(shutil.copy(kept.path, tmp_path / "older.db"))
    assert kept.keep(*shot) == 3
    aside = _aside(kept.path)
    if how == "emptied":
        kept.path.write_bytes(b"")
    elif how == "another":
        with TakeLog(kept.path) as log:
            for _ in range(9):
                log.append(*shot)
    elif how == "older":
        shutil.copy(older, kept.path)
    else:
        kept.path.mkdir()
    before = kept.path.read_bytes() if kept.path.is_file() else b""
    assert kept.keep(*shot) is None
    said = {"emptied": "is empty", "another": "another take log", "older": "has lost takes", "a folder": "a folder"}
    assert said[how] in kept.trouble
    assert before == (kept.path.read_bytes() if kept.path.is_file() else b"")
    shutil.rmtree(kept.path) if how == "a folder" else kept.path.unlink()
    aside.rename(kept.path)
    assert kept.retry() == [4]


class Interrupted(TakeKeeper):
    """Another thread comes in just as a take is on disk, and before it is off the list."""

    others: list[threading.Thread]

    def _written(self, log: TakeLog, one: Unsaved) -> int:
        row = super()._written(log, one)
        if not self.others:
            self.others.append(threading.Thread(target=self.retry))
            self.others[0].start()
            self.others[0].join(0.3)  # without the lock it is done in that time, with it it waits
        return row


def test_two_threads_that_try_again_at_once_write_each_take_once(tmp_path: Path, shot: Shot) -> None:
    kept = Interrupted(tmp_path / "t.db")
    kept.others = [threading.current_thread()]
    assert kept.keep(*shot) == 1
    aside = _aside(kept.path)
    assert [kept.keep(*shot), kept.keep(*shot)] == [None, None]
    aside.rename(kept.path)
    kept.others.clear()
    kept.retry()
    kept.others[0].join(60.0)
    assert kept.unsaved == ()
    with TakeLog(kept.path) as log:
        assert log.last_row() == 3


def test_a_log_that_stands_by_is_the_one_that_is_written(kept: TakeKeeper, shot: Shot) -> None:
    kept.stand_by()
    row = kept.begin(shot[1], hurry=True)
    assert (row, kept.secure(), kept.keep(*shot, row)) == (3, 3, 3)
    with TakeLog(kept.path) as log:
        assert [one.verdict for one in log.rows()] == ["good"] * 3


@pytest.mark.parametrize("how", ["moved", "another"])
def test_a_log_that_goes_while_it_stands_by_is_told(kept: TakeKeeper, shot: Shot, how: str) -> None:
    kept.stand_by()
    aside = _aside(kept.path)
    if how == "another":
        with TakeLog(kept.path) as log:
            log.append(*shot)
    assert kept.begin(shot[1], hurry=True) is None
    assert {"moved": "is gone", "another": "another take log"}[how] in kept.trouble
    assert kept.keep(*shot) is None
    with TakeLog(aside) as log:
        assert log.count() == 2


def test_a_row_that_another_program_adds_while_a_log_stands_by_stays(kept: TakeKeeper, shot: Shot) -> None:
    kept.stand_by()
    with TakeLog(kept.path) as log:
        log.append(*shot)
    assert kept.begin(shot[1], hurry=True) == 4


def test_who_stands_by_opens_the_log_before_go(kept: TakeKeeper, shot: Shot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(keeper_module, "TakeLog", lambda path, **how: opened.append(path) or TakeLog(path, **how))
    kept.stand_by()
    assert opened == [kept.path]
    assert kept.begin(shot[1], hurry=True) == 3
    assert opened == [kept.path], "GO would have waited for it"
    kept.secure()


def test_no_log_begins_before_a_take_does(tmp_path: Path) -> None:
    TakeKeeper(tmp_path / "t.db").stand_by()
    assert not (tmp_path / "t.db").exists()


def test_a_row_that_was_ended_from_elsewhere_costs_no_take(kept: TakeKeeper, shot: Shot) -> None:
    row = kept.begin(shot[1])
    assert row == 3
    with TakeLog(kept.path) as log:
        log.close(row, shot[0])
    assert kept.keep(*shot, row) == 4


def _ran(*args: object) -> tuple[dict[str, list[dict[str, object]]], str]:
    done = CliRunner().invoke(build_app([str(args[0])]), [str(arg) for arg in args])
    said = str(done.exception) if isinstance(done.exception, JobError) else ""
    assert said or done.exit_code == 0, done.exception
    return json.loads(done.stdout), done.stderr + said


PULL = ("pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6", "--fast", "--json")


def test_pull_goes_on_counting_the_takes_of_its_slate(tmp_path: Path) -> None:
    log = tmp_path / "t.db"
    first, _ = _ran(*PULL, "--takes", 2, "--log", log)
    second, _ = _ran(*PULL, "--takes", 2, "--log", log)
    assert [take["take"] for take in first["takes"] + second["takes"]] == [1, 2, 3, 4]
    assert [take["take"] for take in _ran(*PULL)[0]["takes"]] == [1]


def test_pull_says_that_a_log_begins(tmp_path: Path) -> None:
    log = tmp_path / "t.db"
    assert f"A new take log begins: {log}." in _ran(*PULL, "--log", log)[1]
    assert "begins" not in _ran(*PULL, "--log", log)[1]


def test_rehearse_goes_on_counting_the_takes_of_its_slate(tmp_path: Path) -> None:
    show, log = tmp_path / "s.ffshow", tmp_path / "t.db"
    words = ("--lens", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6")
    CliRunner().invoke(build_app(["show"]), ["show", "new", str(show), *words])
    slates = []
    for _ in range(2):
        slates += [
            take["slate"] for take in _ran("rehearse", show, "--takes", 2, "--fast", "--log", log, "--json")[0]["takes"]
        ]
    assert slates == [f"1 take {number}" for number in (1, 2, 3, 4)]


def test_takes_that_the_log_cannot_have_are_in_another_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "t.db"
    real = keeper_module.TakeKeeper.keep

    def keep(self: TakeKeeper, take: Take, context: TakeContext, row: int | None, _clips: object) -> int | None:
        if take.take == 2:
            log.rename(tmp_path / "elsewhere.db")
        return real(self, take, context, row)

    monkeypatch.setattr(keeper_module.TakeKeeper, "keep", keep)
    facts, said = _ran(*PULL, "--takes", 3, "--log", log)
    assert len(facts["takes"]) == 3
    assert "is gone" in said
    assert f"They are in {tmp_path / 't-rescued.db'} instead. Bring them back" in said
    with TakeLog(tmp_path / "t-rescued.db", create=False) as rescued:
        assert [row.take for row in rescued.rows()] == [2, 3]
    assert not log.exists()


def _no_log_from_here(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is moved away as a take is to be kept, and beside it none can be begun."""
    real = keeper_module.TakeKeeper.keep

    def keep(self: TakeKeeper, take: Take, context: TakeContext, row: int | None, _clips: object) -> int | None:
        log.rename(log.with_name("elsewhere.db"))
        log.with_name("t-rescued.db").mkdir()
        return real(self, take, context, row)

    monkeypatch.setattr(keeper_module.TakeKeeper, "keep", keep)


def test_takes_that_no_log_can_have_are_said_to_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, home = tmp_path / "t.db", tmp_path / "no folder"
    home.write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    _no_log_from_here(log, monkeypatch)
    facts, said = _ran(*PULL, "--log", log)
    assert len(facts["takes"]) == 1
    *_, last = said.partition("Not in")
    assert "No log could be written for 1 take 1: what is told above is all there is." in last
    assert "tried again" not in last


def test_takes_that_the_log_s_folder_cannot_have_are_in_the_user_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a computer on which nothing has kept anything yet."""
    log, home = tmp_path / "t.db", tmp_path / "home" / ".local" / "share"
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    _no_log_from_here(log, monkeypatch)
    _, said = _ran(*PULL, "--log", log)
    rescue = home / "followfocus" / "t-rescued.db"
    assert f"It is in {rescue} instead." in said
    with TakeLog(rescue, create=False) as rescued:
        assert [row.take for row in rescued.rows()] == [1]

# SPDX-License-Identifier: MIT
"""The desk's show on disk: one writer, no name but the file's, and nothing written over that was not read."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from followfocus.errors import FileError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.file import read_show, write_show
from followfocus.show.journal import Journal, journal_path
from followfocus.show.lock import lock_path
from followfocus.show.show import Show
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import open_unit
from followfocus_gui.document import Document
from followfocus_gui.state import found_show
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.elsewhere import rescued_shows
from tests.support.shows import full_show

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and locks work differently there")


class Opened:
    """A document with what it says, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.desk = Desk(full_show())
        self.keeper = TakeKeeper(folder / "takes.db")
        self.document = Document(self.desk, folder, self.keeper)
        self.said: list[str] = []
        self.document.said.connect(self.said.append)
        self.document.warned.connect(self.said.append)

    def open(self, path: Path) -> str:
        return self.document.start(path)

    def edit(self, name: str) -> None:
        self.desk.edit(production=name)


@pytest.fixture(name="desks")
def _desks(qapp: QApplication, tmp_path: Path) -> Iterator[Callable[[], Opened]]:
    assert qapp is not None
    made: list[Opened] = []

    def make() -> Opened:
        made.append(Opened(tmp_path / f"data{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.document.close()


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "real" / "day.ffshow"
    path.parent.mkdir()
    write_show(named("as it was"), path)
    return path


def named(name: str) -> Show:
    return dataclasses.replace(full_show(), production=name)


def production(path: Path) -> str:
    return read_show(path).show.production


def test_a_show_reached_through_a_link_stays_one_and_has_one_writer(
    desks: Callable[[], Opened], path: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.ffshow"
    link.symlink_to("real/day.ffshow")
    first, second = desks(), desks()
    first.open(link)
    words = second.open(path)
    assert f"process {os.getpid()} on" in words
    assert "open to read only" in words
    for one, name in ((first, "first"), (second, "second"), (first, "again")):
        one.edit(name)
        assert one.document.save() is (one is first)
    assert link.is_symlink()
    assert production(path) == "again"
    first.document.close()
    assert not second.document.save()  # it was opened to read only
    assert second.document.save_as(tmp_path / "mine.ffshow")
    assert not second.document.locked_elsewhere


def test_a_lock_of_a_laptop_that_is_gone_is_taken_over_by_a_step_that_is_told(
    desks: Callable[[], Opened], path: Path
) -> None:
    lock_path(path).write_text("process 4711 on dead-laptop")
    one = desks()
    words = one.open(path)
    assert "process 4711 on dead-laptop" in words
    assert "take it over" in words
    assert one.document.locked_elsewhere
    one.edit("mine")
    assert not one.document.save()
    write_show(named("the laptop's last"), path)
    assert "Your edits are in" in one.document.take_over()
    assert not one.document.locked_elsewhere
    assert one.desk.show.production == "the laptop's last"
    one.edit("mine")
    assert one.document.save()
    assert production(path) == "mine"


def _locked_by_a_laptop(desks: Callable[[], Opened], path: Path) -> Opened:
    lock_path(path).write_text("process 4711 on dead-laptop")
    one = desks()
    one.open(path)
    return one


def test_edits_made_before_a_show_was_taken_over_go_on_in_it(desks: Callable[[], Opened], path: Path) -> None:
    one = _locked_by_a_laptop(desks, path)
    one.edit("mine")
    assert "Your edits go on." in one.document.take_over()
    assert one.desk.show.production == "mine"
    assert one.document.save()
    assert production(path) == "mine"


@pytest.mark.parametrize("how", ["file", "journal"])
def test_edits_made_before_a_show_was_taken_over_are_beside_what_the_other_has_written(
    how: str, desks: Callable[[], Opened], path: Path
) -> None:
    one = _locked_by_a_laptop(desks, path)
    one.edit("mine")
    if how == "file":
        write_show(named("theirs"), path)
    else:
        lock_path(path).unlink()
        _crashed(path, "theirs")
        lock_path(path).write_text("process 4711 on dead-laptop")
    beside = path.with_name("day-recovered.ffshow")
    assert f"Your edits are in {beside}." in one.document.take_over()
    assert production(beside) == "mine"
    assert one.desk.show.production == "theirs"


def test_nothing_is_taken_over_where_the_edits_have_no_place(
    desks: Callable[[], Opened], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _locked_by_a_laptop(desks, path)
    one.edit("mine")
    write_show(named("theirs"), path)

    def full(*_args: object) -> str:
        raise FileError("The disk is full.")

    monkeypatch.setattr(found_show, "write_show", full)
    with pytest.raises(FileError, match="not taken over"):
        one.document.take_over()
    assert one.desk.show.production == "mine"
    assert one.document.locked_elsewhere


def test_a_show_taken_over_unedited_leaves_nothing_beside_it(desks: Callable[[], Opened], path: Path) -> None:
    one = _locked_by_a_laptop(desks, path)
    assert one.document.take_over() == "The show is yours to write now."
    assert [each.name for each in path.parent.iterdir() if each.suffix == ".ffshow"] == ["day.ffshow"]


@pytest.mark.parametrize("lose", [False, True])
def test_edits_to_a_show_that_is_read_only_are_lost_only_where_someone_said_so(
    *, lose: bool, desks: Callable[[], Opened], path: Path, tmp_path: Path
) -> None:
    """Ended by the system, nobody is asked."""
    one = _locked_by_a_laptop(desks, path)
    one.edit("mine")
    one.document.close(lose=lose)
    rescued = tmp_path / "data0" / "day-rescued.ffshow"
    assert rescued.exists() is not lose
    if not lose:
        assert production(rescued) == "mine"
        assert f"Edits that a show could not have are in {rescued}." in rescued_shows(tmp_path / "data0")


def _note(one: Opened) -> None:
    """The half second after an edit is over."""
    one.document._beat.timeout.emit()


def _crash_and_start_again(one: Opened, folder: Path) -> str:
    """The program dies: the system lets its locks go, and nobody tidies up. What the next start tells."""
    kept = {path: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(".lock")}
    one.document.close(lose=True)
    for path, held in kept.items():
        path.write_bytes(held)
    return rescued_shows(folder)


@pytest.mark.parametrize("why", ["locked", "protected", "taken over"])
def test_edits_to_a_show_that_is_read_only_outlive_a_crash(
    why: str, desks: Callable[[], Opened], path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "locked":
        one = _locked_by_a_laptop(desks, path)
    else:
        if why == "protected":
            monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write anywhere
        one = desks()
        one.open(path)
    if why == "taken over":
        lock_path(path).write_text("process 9 on the-other-laptop")
    for name in ("mine", "mine again"):
        one.edit(name)
        _note(one)
        assert not one.document.save()
    folder = tmp_path / "data0"
    rescued = folder / "day-rescued.ffshow"
    assert not rescued.exists(), "it makes nothing to look at before it has to"
    assert f"are in {rescued}" in _crash_and_start_again(one, folder)
    assert production(rescued) == "mine again"
    assert production(path) == "as it was"
    assert not [each.name for each in folder.iterdir() if each.name.startswith(".day")]


def test_edits_that_the_journal_beside_the_show_cannot_have_outlive_a_crash(
    desks: Callable[[], Opened], path: Path, tmp_path: Path
) -> None:
    """A file that may be written in a folder that may not."""
    one = desks()
    one.open(path)
    journal_path(path).with_name(f"{journal_path(path).name}.new").mkdir()  # root may write anywhere
    one.edit("mine")
    _note(one)
    assert "mine" not in one.said
    assert "day-rescued.ffshow" in _crash_and_start_again(one, tmp_path / "data0")
    assert production(tmp_path / "data0" / "day-rescued.ffshow") == "mine"


def test_two_that_only_read_a_show_keep_their_edits_apart_and_neither_tells_of_the_others(
    desks: Callable[[], Opened], path: Path, tmp_path: Path
) -> None:
    one = _locked_by_a_laptop(desks, path)
    one.edit("mine")
    _note(one)
    other = Document(Desk(full_show()), tmp_path / "data0", one.keeper)
    assert "Edits" not in other.start(path)
    other._desk.edit(production="theirs")
    other._beat.timeout.emit()
    kept = sorted(each.name for each in (tmp_path / "data0").glob("*.journal"))
    assert kept == [".day-rescued-2.ffshow.journal", ".day-rescued.ffshow.journal"]
    other.close(lose=True)
    one.document.close(lose=True)
    assert not list((tmp_path / "data0").glob("*rescued*"))


def test_who_was_pushed_aside_writes_no_more(desks: Callable[[], Opened], path: Path) -> None:
    one = desks()
    one.open(path)
    lock_path(path).write_text("process 9 on the-other-laptop")
    one.edit("mine")
    assert not one.document.save()
    assert "was taken over by another followfocus" in one.said[-1]
    assert production(path) == "as it was"


def test_a_show_that_changed_on_disk_is_not_written_over(desks: Callable[[], Opened], path: Path) -> None:
    one = desks()
    one.open(path)
    write_show(named("theirs"), path)
    one.edit("mine")
    assert not one.document.save()
    assert "was changed by someone else" in one.said[-1]
    assert production(path) == "theirs"
    assert one.document.save_as(path)  # said so by a person
    assert production(path) == "mine"
    one.edit("mine again")
    assert one.document.save()


def test_a_show_that_is_gone_is_not_put_back_unasked(desks: Callable[[], Opened], path: Path) -> None:
    one = desks()
    one.open(path)
    path.unlink()
    one.edit("mine")
    assert not one.document.save()
    assert "is gone" in one.said[-1]
    assert not path.exists()
    assert one.document.save_as(path)


def test_trouble_with_saving_is_called_off_once_it_is_over(desks: Callable[[], Opened], path: Path) -> None:
    one = desks()
    one.open(path)
    aside = path.rename(path.with_suffix(".aside"))
    one.edit("mine")
    assert not one.document.save()
    assert "tried again" in one.said[-1]
    aside.rename(path)
    assert one.document.save()
    assert "is saved" in one.said[-1]
    told = len(one.said)
    one.edit("mine again")
    assert one.document.save()
    assert len(one.said) == told


def test_a_write_protected_show_opens_to_read_only(
    desks: Callable[[], Opened], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)  # root may write anywhere
    one = desks()
    one.open(path)
    one.edit("mine")
    assert not one.document.save()
    assert "write-protected" in one.said[-1]


def _crashed(path: Path, name: str) -> None:
    journal = Journal(path)
    journal.note(named(name), 0.0)
    journal.close()


def test_edits_of_a_crash_come_back_and_are_saved(desks: Callable[[], Opened], path: Path) -> None:
    _crashed(path, "not saved")
    one = desks()
    assert "are back" in one.open(path)
    assert one.desk.show.production == "not saved"
    assert one.document.save()
    assert production(path) == "not saved"


def test_edits_never_beat_a_file_that_was_saved_later_and_both_are_there(
    desks: Callable[[], Opened], path: Path
) -> None:
    _crashed(path, "not saved")
    write_show(named("saved later"), path)
    one = desks()
    words = one.open(path)
    beside = path.with_name("day-recovered.ffshow")
    assert one.desk.show.production == "saved later"
    assert str(beside) in words
    assert production(beside) == "not saved"
    one.document.close()
    again = desks()
    assert "recovered" not in again.open(path)
    assert not path.with_name("day-recovered-2.ffshow").exists()


def test_a_log_that_is_not_there_any_more_is_said_when_the_app_starts(
    desks: Callable[[], Opened], path: Path, tmp_path: Path
) -> None:
    one = desks()
    one.open(path)
    one.document.close()
    again = Opened(tmp_path / "data0")
    assert "There is no take log" in again.document.start(None)
    again.document.close()
    TakeLog(tmp_path / "data0" / "takes.db").shut()
    last = Opened(tmp_path / "data0")
    assert "take log" not in last.document.start(None)
    last.document.close()


def test_takes_that_the_log_could_not_have_are_in_another_when_the_app_ends(
    desks: Callable[[], Opened], tmp_path: Path
) -> None:
    plan = make_plan(load_lens("ideal-50"), Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
    one, folder = desks(), tmp_path / "data0"
    assert one.keeper.keep(take, TakeContext()) == 1
    (folder / "takes.db").rename(tmp_path / "elsewhere.db")
    assert one.keeper.keep(take, TakeContext()) is None
    one.document.close()
    assert not (folder / "takes.db").exists()
    with TakeLog(folder / "takes-rescued.db", create=False) as log:
        assert log.count() == 1

# SPDX-License-Identifier: MIT
"""A disk that is full, a real one: what the app keeps there waits, is said once, and finds another place at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from followfocus.show.file import read_show, write_show
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus_gui.state.elsewhere import RESCUED, bring_back
from followfocus_gui.state.window_memory import USUAL, WindowMemory
from tests.gui.test_document import Opened
from tests.support.disks import Disk, small_disk
from tests.support.shows import full_show
from tests.support.takes import a_take

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a disk of a few blocks in memory")
FULL = "the disk is full"


@pytest.fixture(name="disk")
def _disk(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    assert qapp is not None
    monkeypatch.setenv("HOME", str(tmp_path))
    with small_disk(tmp_path / "disk") as one:
        yield one


def opened(disk: Disk) -> Opened:
    """A show on the disk, open."""
    one = Opened(disk.folder / "data")
    write_show(full_show(), disk.folder / "data" / "day.ffshow")
    one.open(disk.folder / "data" / "day.ffshow")
    return one


def test_edits_wait_for_room_and_are_told_once(disk: Disk) -> None:
    one = opened(disk)
    disk.fill()
    for name in ("first", "second", "third"):
        one.edit(name)
        one.document._note()
        assert not one.document.save()
    assert len(one.said) == 2
    assert all(FULL in words for words in one.said), "the journal, and the file"
    assert FULL in one.document.unsaved()
    disk.free()
    assert one.document.save()
    assert read_show(disk.folder / "data" / "day.ffshow").show.production == "third"
    disk.fill()
    one.edit("fourth")
    assert not one.document.save()
    assert sum(FULL in words for words in one.said) == 3, "it is news again"
    disk.free()
    one.document.close()
    assert read_show(disk.folder / "data" / "day.ffshow").show.production == "fourth"


def test_takes_and_edits_that_find_no_room_as_the_app_ends_are_on_another_disk(disk: Disk, tmp_path: Path) -> None:
    one = opened(disk)
    assert one.keeper.keep(a_take(1), TakeContext()) == 1
    disk.fill()
    one.edit("the last edit")
    assert one.keeper.keep(a_take(2), TakeContext()) is None
    assert FULL in one.keeper.trouble
    one.document.close()
    assert read_show(tmp_path / "day-rescued.ffshow").show.production == "the last edit"
    with TakeLog(tmp_path / RESCUED, create=False) as log:
        assert [row.take for row in log.rows()] == [2]
    assert not (disk.folder / "data" / RESCUED).exists()
    again = Opened(disk.folder / "data")
    words, by_hand = again.document.start(None), f"followfocus takes join {one.keeper.path} {tmp_path / RESCUED}"
    assert f"Takes that the log could not have are in {tmp_path / RESCUED}." in words
    assert by_hand in words
    assert f"Edits that a show could not have are in {tmp_path / 'day-rescued.ffshow'}." in words
    assert FULL in words
    disk.free()
    again.document.close()
    third = Opened(disk.folder / "data")
    aside = tmp_path / "takes-rescued-joined.db"
    assert f"1 take that the log had no room for is in it now. {aside} can go." in third.document.start(None)
    with TakeLog(third.keeper.path, create=False) as log:
        assert [row.take for row in log.rows()] == [1, 2]
    third.document.close()
    fourth = Opened(disk.folder / "data")
    words = fourth.document.start(None)
    assert "take" not in words, "once"
    assert "Edits" not in words, "once"
    fourth.document.close()


def test_rescued_takes_wait_for_a_log_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with TakeLog(tmp_path / RESCUED) as log:
        log.append(a_take(2), TakeContext())
    keeper = TakeKeeper(tmp_path / "data" / "takes.db")
    assert bring_back(keeper, tmp_path).endswith("brings them back.")
    assert not keeper.path.exists()
    assert (tmp_path / RESCUED).exists()


def test_a_window_that_can_t_be_remembered_has_the_size_of_before(disk: Disk) -> None:
    memory = WindowMemory(disk.folder / "window.json")
    memory.keep((900, 700), maximised=False)
    disk.fill()
    memory.keep((1000, 800), maximised=True)
    kept = WindowMemory(disk.folder / "window.json")
    assert kept.size in ((900, 700), (1000, 800), USUAL)
    assert kept.size != USUAL

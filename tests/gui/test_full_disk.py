# SPDX-License-Identifier: MIT
"""A disk that is full, a real one: what the app keeps there waits, is said once, and finds another place at the end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from followfocus.show.file import read_show, write_show
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus_gui.state.elsewhere import RESCUED, rescued_words
from followfocus_gui.state.window_memory import USUAL, WindowMemory
from tests.gui.test_document import Opened
from tests.support.shows import full_show
from tests.support.takes import a_take

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a disk of a few blocks in memory")
FULL = "the disk is full"


class Disk:
    """A disk of one megabyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Nothing more goes on it."""
        handle = os.open(self._filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while os.write(handle, bytes(4096)):
                pass
        except OSError:
            pass
        finally:
            os.close(handle)

    def free(self) -> None:
        """There is room again."""
        self._filler.unlink()


@pytest.fixture(name="disk")
def _disk(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    assert qapp is not None
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("only root can make a disk")
    yield Disk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=True)


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
    assert rescued_words(disk.folder / "data") == (
        f"Takes that the log could not have are in {tmp_path / RESCUED}. "
        f"Edits that a show could not have are in {tmp_path / 'day-rescued.ffshow'}."
    )
    again = Opened(disk.folder / "data")
    assert str(tmp_path / RESCUED) in again.document.start(None)
    disk.free()
    again.document.close()


def test_a_window_that_can_t_be_remembered_has_the_size_of_before(disk: Disk) -> None:
    memory = WindowMemory(disk.folder / "window.json")
    memory.keep((900, 700), maximised=False)
    disk.fill()
    memory.keep((1000, 800), maximised=True)
    kept = WindowMemory(disk.folder / "window.json")
    assert kept.size in ((900, 700), (1000, 800), USUAL)
    assert kept.size != USUAL

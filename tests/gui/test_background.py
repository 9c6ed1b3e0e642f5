# SPDX-License-Identifier: MIT
"""Objects that a thread works for are deleted on the main thread: Qt hangs where the thread itself does it."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from followfocus_gui import background
from followfocus_gui.collecting import MainThreadCollector
from followfocus_gui.widgets.port_watch import PortWatch
from tests.gui.conftest import WAIT_MS, Opened

APP = Path(background.__file__).parent


class Working(QObject):
    """Works until it is told not to."""

    def __init__(self, end: threading.Event) -> None:
        super().__init__()
        self._end = end

    def work(self) -> None:
        self._end.wait()


def deleted_on(owner: QObject) -> list[str]:
    """The name of the thread that deletes it, once it has."""
    found: list[str] = []
    weakref.finalize(owner, lambda: found.append(threading.current_thread().name))
    return found


@pytest.mark.parametrize("by_collector", [False, True])
def test_the_last_to_hold_it_is_the_main_thread(qtbot: QtBot, by_collector: bool) -> None:
    end = threading.Event()
    owner = Working(end)
    found = deleted_on(owner)
    thread = background.in_background(owner.work, "worker")
    del owner
    assert not background.let_go()
    end.set()
    thread.join()
    assert found == []
    if by_collector:
        collector = MainThreadCollector()
        qtbot.waitUntil(lambda: found != [], timeout=WAIT_MS)
        collector.close()
    else:
        background.let_go()
    assert found == [threading.main_thread().name]


def test_ports_are_watched_like_that(qtbot: QtBot) -> None:
    looked, go_on = threading.Event(), threading.Event()

    def ports() -> tuple[()]:
        looked.set()
        go_on.wait()
        return ()

    watch = PortWatch(lambda: "", ports=ports)
    found = deleted_on(watch)
    watch.start()
    looked.wait()
    watch.close()
    del watch
    go_on.set()
    qtbot.waitUntil(lambda: [background.let_go()] and found != [], timeout=WAIT_MS)  # others may be at work still
    assert found == [threading.main_thread().name]


def test_a_closed_desk_leaves_nothing_at_work(
    open_desk: Callable[..., Opened], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_under_way", [])
    app = open_desk()
    app.until(lambda: app.window.rack.picture.shown is not None)
    assert not background.let_go()
    app.window.close()
    qtbot.waitUntil(background.let_go, timeout=WAIT_MS)  # a port that is being asked is let answer


def test_no_other_module_of_the_app_begins_a_thread() -> None:
    begun = [path.name for path in APP.rglob("*.py") if "threading.Thread(" in path.read_text(encoding="utf-8")]
    assert begun == ["background.py"]

# SPDX-License-Identifier: MIT
"""Cycles are collected from the event loop, and by nobody else while the app is open."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from followfocus_gui import background
from followfocus_gui.collecting import MainThreadCollector
from tests.gui.conftest import WAIT_MS


@pytest.fixture
def collector() -> Iterator[MainThreadCollector]:
    made = MainThreadCollector()
    yield made
    made.close()


def cycle() -> weakref.ref[QWidget]:
    """A widget that only the collector can free."""
    widget = QWidget()
    widget.itself = widget  # type: ignore[attr-defined]
    return weakref.ref(widget)


def allocate() -> None:
    """Enough for Python's collector to run a hundred times over."""
    kept = [[] for _ in range(200_000)]
    del kept


def test_no_thread_and_no_allocation_collects_a_widget(qtbot: QtBot, collector: MainThreadCollector) -> None:
    left = cycle()
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    allocate()
    assert left() is not None


def test_the_event_loop_does(qtbot: QtBot, collector: MainThreadCollector) -> None:
    left = cycle()
    kept = [[] for _ in range(5_000)]
    qtbot.waitUntil(lambda: left() is None, timeout=WAIT_MS)
    assert len(kept) == 5_000


def test_python_collects_again_when_the_last_is_closed(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_under_way", [])  # of the tests before
    one, two = MainThreadCollector(), MainThreadCollector()
    one.close()
    one.close()
    assert not gc.isenabled()
    two.close()
    assert gc.isenabled()

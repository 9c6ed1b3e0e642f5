"""A desk on a simulated unit, offscreen unless there is a display; every test closes what it opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus.messages import State
from followfocus.plan import rig_for
from followfocus.takes import Take
from followfocus_gui import theme
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.desk import Desk
from followfocus_gui.window import MOVING, DeskWindow

WAIT_MS = 30_000
Opened = tuple[DeskWindow, list[Take]]


@pytest.fixture(name="open_desk")
def _open_desk(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[], Opened]]:
    windows: list[DeskWindow] = []

    def opened() -> Opened:
        theme.apply(qapp, "dark")
        desk, kept = Desk.new(), []
        bridge = UnitBridge("sim", rig_for(desk.state.lens))
        window = DeskWindow(desk, bridge, lambda take, _lens: kept.append(take))
        windows.append(window)
        bridge.start()
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: window.unit_state() is State.IDLE, timeout=WAIT_MS)
        return window, kept

    yield opened
    for window in windows:
        window.stop()
        qtbot.waitUntil(lambda w=window: w.unit_state() not in MOVING, timeout=WAIT_MS)
        window.close()
        window.deleteLater()

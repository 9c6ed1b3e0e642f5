# SPDX-License-Identifier: MIT
"""Renders the window after a pull, for `--screenshot` and for the pictures in the README."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from followfocus.wire.messages import State
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.window import DeskWindow

GIVE_UP_MS = 60_000
SIZE = (1280, 800)
"""The window's where no screen is: what stands in for one is smaller than the desk"""


def after_a_pull(window: DeskWindow, bridge: UnitBridge, path: Path) -> None:
    """When the unit is there, shoot one take; then save the window to `path` and end the app (1 where that failed)."""
    if QGuiApplication.platformName() == "offscreen":
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.resize(*SIZE)

    def look() -> None:
        """Press what comes next, as soon as it can be pressed."""
        state = window.session.state
        if state in (State.IDLE, State.LOADED) and window.table.takes.rowCount() == 0:
            window.session.arm()
        elif state is State.ARMED:
            window.session.go()
        elif window.table.takes.rowCount() and (window.rack.picture.shown is not None or not window.rack.isVisible()):
            watch.stop()
            # What the take has changed is laid out and painted by then.
            QTimer.singleShot(200, save)

    watch = QTimer(window)
    watch.setInterval(50)
    watch.timeout.connect(look)
    watch.start()

    def save() -> None:
        code = 0 if window.save_picture(path) else 1
        window.close()
        QApplication.exit(code)

    def failed(*_: object) -> None:
        window.close()
        QApplication.exit(1)

    bridge.failed.connect(failed)
    bridge.refused.connect(failed)
    QTimer.singleShot(GIVE_UP_MS, failed)

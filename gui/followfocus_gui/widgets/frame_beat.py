# SPDX-License-Identifier: MIT
"""When the next frame is due: a hundred times a second while something changes, and at rest not at all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

FRAME_MS = 10


class FrameBeat(QTimer):
    """Calls for a frame after something stirred, and for the next ones as long as things run on by themselves."""

    def __init__(self, show: Callable[[], object], runs_on: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._show, self._runs_on, self._due, self._ended = show, runs_on, False, False
        self.timeout.connect(self._beat)

    def stir(self) -> None:
        """Something may be another than it is shown: the next frame looks, at rest at once."""
        self._due = not self._ended
        if self._due and not self.isActive():
            self.start(0)

    def end(self) -> None:
        """No frame any more."""
        self._ended = True
        self.stop()

    def _beat(self) -> None:
        # A frame's time from here on also where nothing runs on: what stirs within it is in the next one.
        self.setInterval(FRAME_MS)
        if self._due or self._runs_on():
            self._due = False  # before the frame: what stirs while it is shown asks for another
            self._show()
        else:
            self.stop()

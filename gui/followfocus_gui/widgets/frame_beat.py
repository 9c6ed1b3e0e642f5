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
        self._show, self._runs_on, self._ended = show, runs_on, False
        self.setInterval(FRAME_MS)
        self.timeout.connect(self._beat)

    def stir(self) -> None:
        """Something may be another than it is shown: the next frame looks."""
        if not self._ended and not self.isActive():
            self.start()

    def end(self) -> None:
        """No frame any more."""
        self._ended = True
        self.stop()

    def _beat(self) -> None:
        if not self._runs_on():
            self.stop()  # before the frame: what stirs while it is shown asks for another
        self._show()

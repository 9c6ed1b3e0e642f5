# SPDX-License-Identifier: MIT
"""Python's collector of reference cycles, on the main thread and between two events only.

Left to itself it runs wherever something is allocated: in a thread of the unit, or in the middle of a loop of Qt's over
all widgets that calls back into Python, as a change of style does. A closed dialog that is part of a cycle is deleted
there, and Qt allows that on the main thread alone, and never in such a loop: the program crashes, seldom and anywhere.
"""

from __future__ import annotations

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

from followfocus_gui import background

# Often enough that what a second of working leaves behind is small, seldom enough to cost nothing at rest.
LOOK_MS = 100


class MainThreadCollector(QObject):
    """Collects what Python would have collected, but from the event loop. While one is open, nothing else does."""

    _open: ClassVar[int] = 0

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        MainThreadCollector._open += 1
        gc.disable()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Let go of what threads worked for, and collect the oldest generation past Python's threshold, if one is."""
        background.let_go()
        grown = [limit > 0 and count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(grown):
            # The oldest that is due takes the younger ones with it, as Python's own would.
            gc.collect(max(generation for generation, due in enumerate(grown) if due))

    def close(self) -> None:
        """Give the collecting back to Python with the last one, unless a thread is still at work. Harmless twice."""
        if self._timer.isActive():
            self._timer.stop()
            MainThreadCollector._open -= 1
        if MainThreadCollector._open == 0 and background.let_go():
            gc.enable()

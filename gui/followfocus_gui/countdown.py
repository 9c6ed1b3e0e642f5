# SPDX-License-Identifier: MIT
"""The seconds to the start, as they are shown while a lead or a follow-on runs. The start itself is not made here."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from followfocus.clock import SystemClock

COUNT_MS = 100


class Countdown(QObject):
    """Counts down to a moment."""

    counted = Signal(float)
    """Seconds left; 0 when it is over or called off"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock, self._due_s = SystemClock(), 0.0
        self._timer = QTimer(self)
        # A coarse timer is off by up to 5 %: tenths of a second would be shown twice, or left out.
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(COUNT_MS)
        self._timer.timeout.connect(self._count)

    def start(self, seconds: float) -> None:
        """Count down from so many seconds."""
        self._due_s = self._clock.now() + seconds
        self._timer.start()
        self._count()

    def stop(self) -> None:
        """It is over."""
        if self._timer.isActive():
            self._timer.stop()
            self.counted.emit(0.0)

    def _count(self) -> None:
        left_s = self._due_s - self._clock.now()
        # Not nought: it is over when the stage says so, not when this clock has run out.
        if left_s > 0:
            self.counted.emit(left_s)

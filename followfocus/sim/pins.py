# SPDX-License-Identifier: MIT
"""The STEP and DIR pins: what the driver sees, and a logic analyser. Kept apart from the position that is counted."""

from __future__ import annotations

from collections.abc import Callable

PinListener = Callable[[int, str, int], None]
"""Called with tick, "STEP" or "DIR", and level: of STEP its rising edges only."""


class StepPins:
    """Both pins of one unit since power-on. DIR is low at first and after each reset; high counts upwards.

    `travelled` is what a driver has been told to turn: steps up minus steps down.
    """

    def __init__(self) -> None:
        self.travelled = 0
        self.listener: PinListener | None = None
        self._high = False

    @property
    def direction(self) -> int:
        """Where a step would go now: 1 or -1."""
        return 1 if self._high else -1

    def point(self, direction: int, tick: int) -> None:
        """Set DIR for the steps that follow."""
        high = direction > 0
        if high is not self._high:
            self._high = high
            self._tell(tick, "DIR", int(high))

    def pulse(self, tick: int) -> None:
        """One rising edge of STEP."""
        self.travelled += self.direction
        self._tell(tick, "STEP", 1)

    def _tell(self, tick: int, pin: str, level: int) -> None:
        if self.listener is not None:
            self.listener(tick, pin, level)

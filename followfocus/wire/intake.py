# SPDX-License-Identifier: MIT
"""How much a line may bring: a unit says some 3 kB a second, its line carries 25. More than that is not a unit."""

from __future__ import annotations

MOST_BYTES_S = 100_000
"""Four times what 250000 baud carry: a network may bunch, and a clock may be off."""
MOST_AT_ONCE = 2_000_000
"""Bytes that may have gathered somewhere while this computer was busy or asleep."""


class Intake:
    """An allowance of bytes that fills with time, so that a flood costs neither all the memory nor all the time."""

    def __init__(self) -> None:
        self._left = float(MOST_AT_ONCE)
        self._at_s: float | None = None

    def takes(self, count: int, now_s: float) -> bool:
        """Whether `count` more bytes may come in at `now_s`."""
        # A bucket that fills with time: a burst that gathered while
        # this computer slept is let in, a steady flood is not.
        since_s = 0.0 if self._at_s is None else now_s - self._at_s
        self._at_s = now_s
        self._left = min(MOST_AT_ONCE, self._left + since_s * MOST_BYTES_S) - count
        return self._left >= 0

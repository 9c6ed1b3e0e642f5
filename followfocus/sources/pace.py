# SPDX-License-Identifier: MIT
"""How much may come at once: a bucket that fills evenly and is drawn from."""

from __future__ import annotations

A_SECOND = 50.0
MOST_AT_ONCE = 50.0
"""More than any hand, and far less than a flood"""


class Pace:
    """Lets `at_once` through, and `a_second` in the long run. Time is an argument."""

    def __init__(self, a_second: float = A_SECOND, at_once: float = MOST_AT_ONCE) -> None:
        self._a_second, self._at_once = a_second, at_once
        self._left, self._at_s = at_once, 0.0

    def has(self, at_s: float) -> bool:
        """Whether one more may come now."""
        # Never below nought: events of several threads may come in a little out of order.
        gained = max(0.0, at_s - self._at_s) * self._a_second
        self._left, self._at_s = min(self._at_once, self._left + gained), max(at_s, self._at_s)
        return self._left >= 1.0

    def lets(self, at_s: float) -> bool:
        """The same; it is counted if so."""
        if not self.has(at_s):
            return False
        self._left -= 1.0
        return True

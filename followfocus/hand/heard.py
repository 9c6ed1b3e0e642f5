# SPDX-License-Identifier: MIT
"""Which wheels turned, and when: who must rest before it is heard again, and when a wheel's next word is overdue."""

from __future__ import annotations

from collections import deque

from followfocus.hand.events import WheelMotion

STILL_S = 0.3
"""How long a wheel must rest after STOP."""
GAPS, OVERDUE, MOST_OVERDUE_S = 4, 1.3, 0.05
"""A wheel silent for this many times its longest recent gap stands, and at the latest after 50 ms."""


class WheelsHeard:
    """The moments at which each wheel was last heard, by the host's clock, and the last gaps between words."""

    def __init__(self) -> None:
        self._at_s: dict[str, float] = {}
        self._barred: set[str] = set()
        self._gaps: deque[float] = deque(maxlen=GAPS)

    def hear(self, event: WheelMotion) -> bool:
        """Note a wheel's word; False where the wheel is barred and hasn't rested yet."""
        rested_s = event.at_s - self._at_s.get(event.source, float("-inf"))
        self._at_s[event.source] = event.at_s
        if event.source in self._barred and rested_s < STILL_S:
            return False
        self._barred.discard(event.source)
        # A rest is no gap between words: it would call a wheel that begins late before it was.
        self._gaps.append(rested_s if rested_s < STILL_S else 0.0)
        return True

    def forget(self, source: str) -> None:
        """A wheel that is gone."""
        self._at_s.pop(source, None)

    def bar(self, since_s: float) -> None:
        """Every wheel that was ever heard must rest, and after `since_s`, before it is heard again."""
        # Those that were ever heard: one that is new can't be turning since before the STOP.
        self._barred = set(self._at_s)
        # From the STOP on: a wheel that turns slowly, a click every half second, rests before each of its clicks.
        self._at_s = {source: max(at_s, since_s) for source, at_s in self._at_s.items()}

    def join(self, other: WheelsHeard) -> None:
        """Take over everything that was heard elsewhere meanwhile."""
        self._at_s |= other._at_s

    @property
    def overdue_s(self) -> float:
        """Without another word for so long, a wheel stands."""
        return min(OVERDUE * max(self._gaps, default=0.0), MOST_OVERDUE_S)

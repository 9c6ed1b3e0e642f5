# SPDX-License-Identifier: MIT
"""Smoothing a hand: the 1-euro filter for noisy controls, and a line through its clicks for a coarse wheel.

The 1-euro filter (Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
Interactive Systems", CHI 2012): a first-order low-pass whose cutoff rises with the speed, so that a resting hand is
calm and a turning one has no lag. Its speed is itself low-passed, at 3 Hz where the authors have 1 Hz: a slow hand is
heard of sooner. And a hand that turned a moment ago is no resting one: as it turns back, its speed is nothing for an
instant only, and a filter that closed then would smear the turn.

A wheel with clicks says its place exactly, but only as a click passes. Through the last of them runs a straight line
(least squares), and the wheel is taken to be where it was one click ago; never beyond the last one heard.
"""

from __future__ import annotations

import itertools
import math
from collections import deque

SPEED_CUTOFF_HZ = 3.0
OPEN_S = 0.3
"""How fast the filter closes again behind a hand that turned: to 1/e in this time."""
# As long as a hand keeps its speed; a longer line would cut its corners.
WINDOW_S = 0.1
LEAST_CLICKS, MOST_CLICKS = 3, 64
ENOUGH_CLICKS = 16
"""Clicks enough to tell the speed: a fine wheel needn't look back any longer"""
# So many clicks to a word, and the word says a speed; fewer, and each click is a place.
MANY = 8.0
STILL_S = 0.4
"""A wheel whose last click is longer ago than this begins anew."""


def _share(cutoff_hz: float, gap_s: float) -> float:
    """How much of the new value a first-order low-pass takes after a gap."""
    return 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cutoff_hz * gap_s))


class OneEuro:
    """The 1-euro filter; time is an argument, values as they come."""

    def __init__(self, cutoff_hz: float, beta: float) -> None:
        self._cutoff_hz, self._beta = cutoff_hz, beta
        self.begin(0.0)

    def begin(self, value: float) -> None:
        """Forget what was: the next value is filtered from this one on."""
        self._at_s, self._value, self._speed, self._turns = -math.inf, value, 0.0, 0.0

    def at(self, value: float, now_s: float) -> float:
        """The filtered value. A moment that is not later changes nothing."""
        gap_s = now_s - self._at_s
        if not math.isfinite(gap_s):
            # The first after a beginning: taken for one look of 10 ms, as the hand is asked at.
            gap_s = 0.01
        if gap_s <= 0:
            return self._value
        speed = (value - self._value) / gap_s
        # The speed first: it sets how much of the value is let through.
        self._speed += _share(SPEED_CUTOFF_HZ, gap_s) * (speed - self._speed)
        self._turns = max(abs(self._speed), self._turns * math.exp(-gap_s / OPEN_S))
        cutoff = self._cutoff_hz + self._beta * self._turns
        self._value += _share(cutoff, gap_s) * (value - self._value)
        self._at_s = now_s
        return self._value


class ClickLine:
    """The place of a wheel with clicks between them: one click behind, and so never past where the hand has been."""

    def __init__(self) -> None:
        self._clicks: deque[tuple[float, float]] = deque(maxlen=MOST_CLICKS)
        self._rest = 0.0
        self._size = math.inf

    def begin(self, place: float) -> None:
        """The wheel rests at `place` now."""
        self._clicks.clear()
        self._rest = place

    def click(self, place: float, at_s: float, size: float = math.inf) -> None:
        """The wheel clicked, and is at `place` now; one click of it is `size`, of which several may come at once."""
        self._size = size
        if self._clicks and (at_s - self._clicks[-1][0] > STILL_S or self._turns(place)):
            self.begin(self._clicks[-1][1])  # it starts, or turns: what was before says nothing of what comes
        self._clicks.append((at_s, place))

    @property
    def is_fine(self) -> bool:
        """Whether it says many clicks at a time: then it turns on until its next word is overdue.

        A wheel that says one click after the other may have stopped after any.
        """
        places = [place for _, place in self._clicks]
        way = math.fsum(abs(b - a) for a, b in itertools.pairwise(places))
        return len(places) > 1 and way >= MANY * self._size * (len(places) - 1)

    def _turns(self, place: float) -> bool:
        before = self._clicks[-2][1] if len(self._clicks) > 1 else self._rest
        return (place - self._clicks[-1][1]) * (self._clicks[-1][1] - before) < 0

    def at(self, now_s: float) -> float:
        """Where the wheel is by now."""
        if not self._clicks:
            return self._rest
        known = self._newest()
        (first_s, first), (last_s, last) = known[0], known[-1]
        if last_s <= first_s:
            return last
        mean_s = math.fsum(at_s for at_s, _ in known) / len(known)
        mean = math.fsum(place for _, place in known) / len(known)
        spread = math.fsum((at_s - mean_s) ** 2 for at_s, _ in known)
        slope = math.fsum((at_s - mean_s) * (place - mean) for at_s, place in known) / spread
        behind_s = (last_s - first_s) / (len(known) - 1)
        if slope:
            # Words of several clicks come rarer than its clicks: behind by the time of one click, not of one word.
            behind_s = min(behind_s, self._size / abs(slope))
        line = mean + slope * (now_s - behind_s - mean_s)
        # Never beyond what was heard: a wheel may have stopped at its last click.
        return min(max(line, min(first, last)), max(first, last))

    def _newest(self) -> list[tuple[float, float]]:
        """The clicks of the last tenth of a second, and at least three where there are."""
        last_s = self._clicks[-1][0]
        late = [click for click in self._clicks if click[0] > last_s - WINDOW_S]
        while len(late) > LEAST_CLICKS and abs(late[-1][1] - late[1][1]) >= ENOUGH_CLICKS * self._size:
            del late[0]
        return late if len(late) >= LEAST_CLICKS else list(self._clicks)[-LEAST_CLICKS:]

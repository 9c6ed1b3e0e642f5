# SPDX-License-Identifier: MIT
"""The ring at even times: a unit's telemetry comes when it comes, a feed wants one value a frame.

Both are on the unit's clock. A value between two telemetries is on the straight line between them, so a feed runs one
telemetry behind, and never guesses ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

LONGEST_GAP_S = 1.0
"""A gap longer than this is silence, not motion: nothing is made up to fill it."""


Timecode: TypeAlias = tuple[int, int, int, int]
"""Hours, minutes, seconds, frames."""


@dataclass(frozen=True, slots=True)
class RingAt:
    """Where the ring is: seconds of the unit's clock, ring degrees."""

    clock_s: float
    ring_deg: float


class EvenSamples:
    """Telemetry in, one `RingAt` per 1/`rate` s of the unit's clock out; of each instant exactly one."""

    def __init__(self, rate: Fraction) -> None:
        self.rate = rate
        self._last: RingAt | None = None
        self._next = 0

    def feed(self, now: RingAt) -> Iterator[RingAt]:
        """The samples that a telemetry completes, in order. A clock that went back (a reset unit) begins anew."""
        last, self._last = self._last, now
        if last is None or not 0 < now.clock_s - last.clock_s <= LONGEST_GAP_S:
            self._next = self._index_after(now.clock_s)
            return
        while (due_s := float(self._next / self.rate)) <= now.clock_s:
            share = (due_s - last.clock_s) / (now.clock_s - last.clock_s)
            yield RingAt(due_s, last.ring_deg + share * (now.ring_deg - last.ring_deg))
            self._next += 1

    def _index_after(self, clock_s: float) -> int:
        """The first sample after an instant; the one at it would need a telemetry before."""
        return int(Fraction(clock_s).limit_denominator(1_000_000) * self.rate) + 1

# SPDX-License-Identifier: MIT
"""The unit's clock against the host's, from the timestamps that come with every telemetry: collected here.

What they mean is `clockdrift.py`'s, what others are told of it `clockreading.py`'s. The answer to a question bounds the
drift from the other side than telemetry: it was stamped after the question left, which hardly any line holds up.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace

from followfocus.wire.clockdrift import Delays, Point
from followfocus.wire.clockreading import ClockReading, RoundTrip

# Some four of telemetry's timestamps, of which the quickest is kept.
STRETCH_S = 0.1
WINDOW_S = 30.0
"""Older samples say nothing of a clock that warms up."""
# The delays of the last second or two, as the line is now: copied at every timestamp, so no more than tell its habits.
RAW_KEPT = 64


@dataclass(slots=True)
class _Collected:
    """Delays as they come, for `Delays`."""

    least: deque[Point] = field(default_factory=deque)
    raw: deque[Point] = field(default_factory=lambda: deque(maxlen=RAW_KEPT))
    began_s: float = -math.inf

    def add(self, unit_s: float, late_s: float) -> None:
        self.raw.append((unit_s, late_s))
        if unit_s - self.began_s >= STRETCH_S:
            self.began_s = unit_s
            self.least.append((unit_s, late_s))
            while unit_s - self.least[0][0] > WINDOW_S:
                self.least.popleft()
        # A delay only ever adds, so of a stretch the least late says most.
        elif late_s < self.least[-1][1]:
            self.least[-1] = (unit_s, late_s)

    def frozen(self) -> Delays:
        return Delays(tuple(self.least), tuple(self.raw))


class ClockSync:
    """Timestamps of one boot in, readings out. `nominal_hz` is the tick rate that the unit claims.

    Only who holds the link's lock adds to it; `reading` is for any thread.
    """

    def __init__(self, nominal_hz: float) -> None:
        self._came, self._asked = _Collected(), _Collected()
        self._trips: deque[RoundTrip] = deque(maxlen=RAW_KEPT)
        self._reading = ClockReading(nominal_hz)

    @property
    def reading(self) -> ClockReading:
        """The clock's reading by now, frozen."""
        return self._reading

    def add(self, clock: int, received_s: float) -> None:
        """A message stamped `clock` ticks came in at `received_s`."""
        origin, (unit_s, host_s) = self._since_origin(clock, received_s)
        self._came.add(unit_s, host_s - unit_s)
        # One assignment: other threads have the old reading or the new, never half of one. It costs a copy at each
        # timestamp, some 45 a second; a lock instead would make a STOP wait for whoever reads.
        self._reading = replace(self._reading, came=self._came.frozen(), origin=origin)

    def add_round_trip(self, clock: int, sent_s: float, received_s: float, share_back: float) -> None:
        """The answer to a question was stamped `clock`; of the trip's time the way back took about `share_back`."""
        before, trip_s = self._reading, received_s - sent_s
        quicker = trip_s < before.least_trip_s
        self._trips.append(RoundTrip(clock, sent_s, received_s))
        origin, (unit_s, host_s) = self._since_origin(clock, sent_s)
        # Turned round: the question left before it was stamped, so on this side too a delay is never below zero.
        self._asked.add(unit_s, unit_s - host_s)
        self._reading = replace(
            before,
            asked=self._asked.frozen(),
            origin=origin,
            trips=tuple(self._trips),
            least_trip_s=trip_s if quicker else before.least_trip_s,
            way_back_s=trip_s * share_back if quicker else before.way_back_s,
        )

    def _since_origin(self, clock: int, host_s: float) -> tuple[Point, Point]:
        """The two clocks' zero, which the first timestamp sets, and this one since then."""
        unit_s = clock / self._reading.nominal_hz
        # Counted from the first timestamp, not from boot: a slope about a zero that is days away would drown in
        # rounding.
        origin = self._reading.origin or (unit_s, host_s)
        return origin, (unit_s - origin[0], host_s - origin[1])

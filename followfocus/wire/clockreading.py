# SPDX-License-Identifier: MIT
"""A reading of a unit's clock at one moment, as a frozen value: its rate, and when it stood where.

The link's thread goes on taking timestamps in while another reads, so nobody reads what is still being collected:
`ClockSync.reading` is one of these, and stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from followfocus.wire.clockdrift import FLOOR_S, Delays, Point

KNOWN = 1000e-6
"""A rate known to this share of itself is known: 2 ms on a 2 s pull."""
CRYSTAL = 100e-6
"""A rate this near nominal is left alone: the host's own clock is no better. Resonators are off by up to 5000e-6."""
MOST_OF_IT = 0.8
"""Two questions tell of a take if they span at least this share of it."""
STANDSTILL = -0.999
"""A drift at which the clock would as good as stand, or run backwards."""
LATELY = 16
"""Stretches that tell how late timestamps come: enough to have a quick one among them, and so few that a crystal which
is left alone is off by 0.16 ms in them."""

Seconds = tuple[float, float]
"""The least and the most that a length of time can have been."""

_NONE = Delays()


@dataclass(frozen=True, slots=True)
class ClockRate:
    """Ticks of the unit's clock per second of the host's, how far that may be wrong, and the seconds measured over."""

    hz: float
    within_hz: float
    span_s: float


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A question and its answer: the unit's clock was at `clock` at some moment between the two."""

    clock: int
    sent_s: float
    received_s: float


@dataclass(frozen=True)
class ClockReading:
    """The timestamps of one boot, as far as they have come. `nominal_hz` is the tick rate that the unit claims.

    `came` are the delays of what came in, `asked` those of questions on their way there, both since `origin` (seconds
    of the unit's clock, and of the host's); of the quickest answer's time `way_back_s` is taken for the way back.
    """

    nominal_hz: float
    came: Delays = _NONE
    asked: Delays = _NONE
    origin: Point | None = None
    trips: tuple[RoundTrip, ...] = ()
    least_trip_s: float = math.inf
    way_back_s: float = 0.0

    def estimate(self) -> ClockRate | None:
        """The rate however well it is known; None until about half a second of timestamps is here."""
        return self._measured

    # Made by who asks first and kept, since most readings are never asked, and some a dozen times. Two threads that ask
    # at once make the same of it: nothing here changes.
    @cached_property
    def _measured(self) -> ClockRate | None:
        came, asked = self.came.drifts(), self.asked.drifts()
        if came is None:
            return None
        # A question's delay is counted as unit less host, the other way round than telemetry's: so are its drifts.
        low, high = came if asked is None else _both(came, (-asked[1], -asked[0]))
        # A drift of `d` makes `1 + d` seconds of the host's for one that the unit claims, so its rate is divided by it.
        drift, within = (low + high) / 2, (high - low) / 2
        if drift <= STANDSTILL:
            return None
        hz = self.nominal_hz / (1.0 + drift)
        # The derivative of nominal/(1 + d) is −hz/(1 + d). The span leaves the last stretch out, as the drift did.
        return ClockRate(hz, within * hz / (1.0 + drift), self.came.least[-2][0] - self.came.least[0][0])

    def rate(self) -> ClockRate | None:
        """The measured rate; None until it is known to a thousandth."""
        found = self.estimate()
        return found if found is not None and found.within_hz <= KNOWN * found.hz else None

    def rate_over(self, start: int, end: int) -> ClockRate | None:
        """The rate while the unit's clock went from `start` to `end`, just now; None where nothing tells.

        What was measured over half a minute holds for a second within it, unless the questions that were asked then
        say otherwise: each was answered between its leaving and its answer, which leaves no doubt, and hardly later
        after it left than any before it, which leaves little. Against the first the long measure is wrong; against the
        second it isn't known which of them is.
        """
        long, trips = self.estimate(), self._trips_about(start, end)
        if trips is None:
            return long
        first, last = trips
        ticks, host_s = last.clock - first.clock, last.sent_s - first.sent_s
        # The answer's stamp lies between leaving and arrival at both ends: no delay, however long, breaks these bounds.
        sure = _rates(ticks, (last.sent_s - first.received_s, last.received_s - first.sent_s))
        if long is None:
            return _rate(sure, host_s)
        held = (long.hz - long.within_hz, long.hz + long.within_hz)
        if not _meet(held, sure):
            return _rate(sure, host_s)
        # The way there is short and much alike; how unlike it was before bounds it, if nothing else has changed.
        slack_s = self.asked.spread_s(self.nominal_hz / long.hz - 1.0, before_s=self._since(first.clock)) + FLOOR_S
        likely = _rates(ticks, (host_s - slack_s, host_s + slack_s))
        if long.within_hz <= KNOWN * long.hz and _meet(held, likely):
            return long
        return _rate((min(held[0], likely[0]), max(held[1], likely[1])), host_s)

    def _trips_about(self, start: int, end: int) -> tuple[RoundTrip, RoundTrip] | None:
        """The first question after `start` and the last one, if they span most of the time to `end`."""
        trips = [trip for trip in self.trips if trip.clock >= start]
        # Two questions close together bound a rate by their own
        # delays only: over a short part of a take that is no bound.
        if len(trips) < 2 or trips[-1].clock - trips[0].clock < MOST_OF_IT * (end - start):
            return None
        return trips[0], trips[-1]

    def _since(self, clock: int) -> float:
        # Seconds as the delays were kept: since the first timestamp.
        return clock / self.nominal_hz - (self.origin[0] if self.origin is not None else 0.0)

    def true_hz(self) -> float:
        """The tick rate to plan with: the measured one where it is known to be nearer than the nominal."""
        found = self.estimate()
        if found is None:
            return self.nominal_hz
        # A measure that is less sure than the crystal is exact would only make a good clock worse.
        off = abs(found.hz - self.nominal_hz)
        return found.hz if off > max(CRYSTAL * self.nominal_hz, found.within_hz) else self.nominal_hz

    def host_s(self, clock: int) -> float | None:
        """When the unit's clock stood at `clock`, in seconds of the host's; None before any timestamp."""
        if self.origin is None or not self.came.least:
            return None
        unit_s = clock / self.nominal_hz - self.origin[0]
        drift = self.nominal_hz / self.true_hz() - 1.0
        # The least late of the last stretches, each carried on to now, for the earliest arrival is the nearest to true.
        late_s = min(late_s + drift * (unit_s - at_s) for at_s, late_s in self.came.least[-LATELY:])
        return self.origin[1] + unit_s + late_s - self.way_back_s

    def clock_at(self, host_s: float) -> int | None:
        """The unit's clock at a moment of the host's, the inverse of `host_s`; None before any timestamp."""
        if self.origin is None:
            return None
        clock = round((host_s - self.origin[1] + self.origin[0]) * self.nominal_hz)
        for _ in range(3):  # what is left over shrinks by the clock's drift each time
            then_s = self.host_s(clock)
            if then_s is None:
                return None
            clock += round((host_s - then_s) * self.nominal_hz)
        return clock

    @property
    def way_there_s(self) -> float:
        """How long a command takes to the unit, at best; 0 before any answer."""
        return self.least_trip_s - self.way_back_s if math.isfinite(self.least_trip_s) else 0.0

    @property
    def error_s(self) -> float:
        """How far `host_s` may be off: how much of the quickest answer's time was the way back is a guess.

        inf before any answer.
        """
        return max(self.way_back_s, self.least_trip_s - self.way_back_s)


BootClock = Callable[[], ClockReading]
"""Gives the latest reading of one boot's clock, to any thread."""


def _rates(ticks: int, host_s: Seconds) -> tuple[float, float]:
    """The slowest and the fastest rate that fit a count of ticks in a span of time."""
    least_s, most_s = host_s
    return ticks / most_s if most_s > 0 else math.inf, ticks / least_s if least_s > 0 else math.inf


def _rate(rates: tuple[float, float], span_s: float) -> ClockRate | None:
    low, high = rates
    return ClockRate((low + high) / 2, (high - low) / 2, span_s) if math.isfinite(high) else None


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return max(one[0], other[0]) <= min(one[1], other[1])


def _both(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The part that two ranges share; all of both if they share none, since then the rate has changed between them."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    # Wider, not narrower: two measures that contradict each other are no reason to be surer.
    return (low, high) if low < high else (min(one[0], other[0]), max(one[1], other[1]))

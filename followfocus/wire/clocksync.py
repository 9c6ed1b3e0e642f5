# SPDX-License-Identifier: MIT
"""The unit's clock against the host's, from the timestamps that come with every telemetry.

A timestamp comes in late by an unknown delay, never early. Of each short stretch of time the least delayed is kept; the
true rate is the slope of a line that all of these lie just above. How far above is not known: a USB converter that
hands its bytes over every 16 ms can show the same delay for seconds and then one that is 4 ms longer. So a rate is
known only as far as the slopes go that fit the stretches nearly as narrowly as the narrowest, give or take the greatest
gap that this line leaves between one delay and the next. The answer to a question bounds it from the other side too: it
was stamped after the question left, which hardly any line holds up.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

STRETCH_S = 0.1
WINDOW_S = 30.0
"""Older samples say nothing of a clock that warms up."""
FEWEST_STRETCHES = 6
RAW_KEPT = 64

FLOOR_S = 100e-6
"""The share of any timestamp that is not trusted, however steady: scheduling, and bytes in bunches."""
SPREAD_SHARE, SPREAD_OF_FEW = 0.1, 4.0
"""The narrowest strip is narrower than the delays by such a share, the more so the fewer stretches there are."""
HICCUP = 3.0
"""A busy host is one in which all is late by so many times what half of all is late by."""
KNOWN = 1000e-6
"""A rate known to this share of itself is known: 2 ms on a 2 s pull."""
CRYSTAL = 100e-6
"""A rate this near nominal is left alone: the host's own clock is no better. Resonators are off by up to 5000e-6."""
MOST_OF_IT = 0.8
"""Two questions tell of a take if they span so much of it."""
STANDSTILL = -0.999
"""A drift at which the clock would as good as stand, or run backwards."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ClockRate:
    """Ticks of the unit's clock per second of the host's, how far that may be wrong, and the seconds measured over."""

    hz: float
    within_hz: float
    span_s: float


@dataclass(frozen=True, slots=True)
class _Trip:
    """A question and its answer: the unit's clock was at `clock` at some moment between the two."""

    clock: int
    sent_s: float
    received_s: float


Seconds = tuple[float, float]
"""The least and the most that a length of time can have been."""


@dataclass(slots=True)
class _Delays:
    """Delays seen from one side, by the unit's time: the least of every stretch, and the latest ones raw."""

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
        elif late_s < self.least[-1][1]:
            self.least[-1] = (unit_s, late_s)

    def drifts(self) -> tuple[float, float] | None:
        """The least and the greatest drift that fit; None while there is too little."""
        points = list(self.least)[:-1]  # the last stretch is still under way
        if len(points) < FEWEST_STRETCHES:
            return None
        steady = _steady_drift(points)
        delays = self._raw_delays(steady)
        usual_s = statistics.median(delays) - delays[0]
        # Delays are one-sided, so one late stretch at an end would tilt the strip: what stands alone is left out first.
        hull = _hull(_without_hiccups(points, steady, HICCUP * usual_s + FLOOR_S))
        span_s = points[-1][0] - points[0][0]
        best = _narrowest(hull)
        width_s = _width(hull, best)
        # A strip narrower than the true one may fit by chance; the gap is how far below a delay not seen yet may lie.
        allowed_s = width_s + self._gap_s(best) + max(FLOOR_S, (SPREAD_SHARE + SPREAD_OF_FEW / len(points)) * width_s)
        return _edge(hull, best, -FLOOR_S / span_s, allowed_s), _edge(hull, best, FLOOR_S / span_s, allowed_s)

    def _raw_delays(self, drift: float) -> list[float]:
        return sorted(late_s - drift * unit_s for unit_s, late_s in self.raw)

    def spread_s(self, drift: float, before_s: float) -> float:
        """Between the least and the greatest delay of those before a time, at this drift."""
        late = [late_s - drift * unit_s for unit_s, late_s in self.raw if unit_s < before_s]
        return max(late) - min(late) if late else math.inf

    def _gap_s(self, drift: float) -> float:
        """The greatest gap between one delay and the next longer one, in the lesser half of them."""
        delays = self._raw_delays(drift)
        return max((b - a for a, b in itertools.pairwise(delays[: len(delays) // 2 + 2])), default=0.0)


class ClockSync:
    """Timestamps in, rate and offset out. `nominal_hz` is the tick rate that the unit claims."""

    def __init__(self, nominal_hz: float) -> None:
        self.nominal_hz = nominal_hz
        self._came, self._asked = _Delays(), _Delays()
        self._origin: Point | None = None
        self._delay_s = 0.0
        self._least_trip_s = math.inf
        self._trips: deque[_Trip] = deque(maxlen=RAW_KEPT)
        self._estimate: ClockRate | None = None
        self._stale = False
        self.way_there_s = 0.0
        """How long a command takes to the unit, at best"""

    def add(self, clock: int, received_s: float) -> None:
        """A message stamped `clock` ticks came in at `received_s`."""
        unit_s, host_s = self._since_origin(clock, received_s)
        self._came.add(unit_s, host_s - unit_s)

    def add_round_trip(self, clock: int, sent_s: float, received_s: float, share_back: float) -> None:
        """The answer to a question was stamped `clock`; of the trip's time the way back took about `share_back`."""
        if received_s - sent_s < self._least_trip_s:
            self._least_trip_s = received_s - sent_s
            self._delay_s = self._least_trip_s * share_back
            self.way_there_s = self._least_trip_s - self._delay_s
        self._trips.append(_Trip(clock, sent_s, received_s))
        unit_s, host_s = self._since_origin(clock, sent_s)
        self._asked.add(unit_s, unit_s - host_s)

    def _since_origin(self, clock: int, host_s: float) -> Point:
        self._stale = True
        unit_s = clock / self.nominal_hz
        if self._origin is None:
            self._origin = (unit_s, host_s)
        return unit_s - self._origin[0], host_s - self._origin[1]

    def estimate(self) -> ClockRate | None:
        """The rate however well it is known; None until about half a second of timestamps is here."""
        if self._stale:
            self._estimate, self._stale = self._measured(), False
        return self._estimate

    def _measured(self) -> ClockRate | None:
        came, asked = self._came.drifts(), self._asked.drifts()
        if came is None:
            return None
        low, high = came if asked is None else _both(came, (-asked[1], -asked[0]))
        # A drift of `d` makes `1 + d` seconds of the host's for one that the unit claims, so its rate is divided by it.
        drift, within = (low + high) / 2, (high - low) / 2
        if drift <= STANDSTILL:
            return None
        hz = self.nominal_hz / (1.0 + drift)
        return ClockRate(hz, within * hz / (1.0 + drift), self._came.least[-2][0] - self._came.least[0][0])

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
        slack_s = self._asked.spread_s(self.nominal_hz / long.hz - 1.0, before_s=self._since(first.clock)) + FLOOR_S
        likely = _rates(ticks, (host_s - slack_s, host_s + slack_s))
        if long.within_hz <= KNOWN * long.hz and _meet(held, likely):
            return long
        return _rate((min(held[0], likely[0]), max(held[1], likely[1])), host_s)

    def _trips_about(self, start: int, end: int) -> tuple[_Trip, _Trip] | None:
        """The first question after `start` and the last one, if they span most of the time to `end`."""
        trips = [trip for trip in self._trips if trip.clock >= start]
        if len(trips) < 2 or trips[-1].clock - trips[0].clock < MOST_OF_IT * (end - start):
            return None
        return trips[0], trips[-1]

    def _since(self, clock: int) -> float:
        return clock / self.nominal_hz - (self._origin[0] if self._origin is not None else 0.0)

    def true_hz(self) -> float:
        """The tick rate to plan with: the measured one where it is known to be nearer than the nominal."""
        found = self.estimate()
        if found is None:
            return self.nominal_hz
        off = abs(found.hz - self.nominal_hz)
        return found.hz if off > max(CRYSTAL * self.nominal_hz, found.within_hz) else self.nominal_hz

    def host_s(self, clock: int) -> float | None:
        """When the unit's clock stood at `clock`, in seconds of the host's; None before any timestamp."""
        if self._origin is None or not self._came.least:
            return None
        unit_s = clock / self.nominal_hz - self._origin[0]
        drift = self.nominal_hz / self.true_hz() - 1.0
        late_s = min(late_s + drift * (unit_s - at_s) for at_s, late_s in list(self._came.least)[-16:])
        return self._origin[1] + unit_s + late_s - self._delay_s

    def clock_at(self, host_s: float) -> int | None:
        """The unit's clock at a moment of the host's, the inverse of `host_s`; None before any timestamp."""
        if self._origin is None:
            return None
        clock = round((host_s - self._origin[1] + self._origin[0]) * self.nominal_hz)
        for _ in range(3):  # what is left over shrinks by the clock's drift each time
            then_s = self.host_s(clock)
            if then_s is None:
                return None
            clock += round((host_s - then_s) * self.nominal_hz)
        return clock

    @property
    def error_s(self) -> float:
        """How far `host_s` may be off: how much of the quickest answer's time was the way back is a guess.

        inf before any answer.
        """
        return max(self._delay_s, self._least_trip_s - self._delay_s)


def _rates(ticks: int, host_s: Seconds) -> tuple[float, float]:
    """The slowest and the fastest rate that make so many ticks in such a time."""
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
    return (low, high) if low < high else (min(one[0], other[0]), max(one[1], other[1]))


def _steady_drift(points: Sequence[Point]) -> float:
    """The drift from each point to the one half the time later, in the middle: hiccups don't move it."""
    half = len(points) // 2
    return statistics.median((b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(points, points[half:], strict=False))


def _without_hiccups(points: Sequence[Point], drift: float, above_s: float) -> list[Point]:
    """The points but those of one or two stretches in which all was late by more than this: the host was busy."""
    late = [late_s - drift * unit_s for unit_s, late_s in points]
    before = [min(late[max(0, at - 2) : at], default=math.inf) for at in range(len(late))]
    after = [min(late[at + 1 : at + 3], default=math.inf) for at in range(len(late))]
    calm = [each <= max(pair) + above_s for each, *pair in zip(late, before, after, strict=True)]
    return [point for point, kept in zip(points, calm, strict=True) if kept]


def _hull(points: Sequence[Point]) -> list[Point]:
    """The points that touch a strip at any slope: the convex hull, by Andrew's chains. Times must rise."""

    def chain(way: int) -> list[Point]:
        kept: list[Point] = []
        for x, y in points:
            while len(kept) >= 2 and way * _turn(kept[-2], kept[-1], (x, y)) <= 0:
                kept.pop()
            kept.append((x, y))
        return kept

    return [*chain(1), *chain(-1)]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _width(hull: Sequence[Point], drift: float) -> float:
    """How high a strip of this slope is that holds all points."""
    rest = [late_s - drift * unit_s for unit_s, late_s in hull]
    return max(rest) - min(rest)


def _narrowest(hull: Sequence[Point]) -> float:
    """The slope of the narrowest strip: the width is convex in it, and the hull's own slopes bracket it."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(hull) if b[0] > a[0]]
    low, high = min(slopes), max(slopes)
    for _ in range(60):
        third = (high - low) / 3
        if _width(hull, low + third) <= _width(hull, high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2


def _edge(hull: Sequence[Point], best: float, step: float, allowed_s: float) -> float:
    """The last slope from `best` in the direction of `step` at which the strip is no higher than allowed."""
    while _width(hull, best + step) <= allowed_s:
        step *= 2
    inside = 0.0
    for _ in range(30):
        middle = (inside + step) / 2
        inside, step = (middle, step) if _width(hull, best + middle) <= allowed_s else (inside, middle)
    return best + inside

# SPDX-License-Identifier: MIT
"""By how much a unit's clock drifts from the host's, from how late its timestamps came in.

A timestamp comes in late by an unknown delay, never early. Of each short stretch of time the least delayed is kept; the
true rate is the slope of a line that all of these lie just above. How far above is not known: a USB converter that
hands its bytes over every 16 ms can show the same delay for seconds and then one that is 4 ms longer. So a rate is
known only as far as the slopes go that fit the stretches nearly as narrowly as the narrowest, give or take the greatest
gap that this line leaves between one delay and the next.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_STRETCHES = 6

FLOOR_S = 100e-6
"""The share of any timestamp that is not trusted, however steady: scheduling, and bytes in bunches."""
SPREAD_SHARE, SPREAD_OF_FEW = 0.1, 4.0
"""The narrowest strip is narrower than the delays by such a share, the more so the fewer stretches there are."""
HICCUP = 3.0
"""A stretch in which every delay is above this many times the median is a hiccup: the host was busy."""

Point = tuple[float, float]
"""A time by the unit's clock, and by how much it was late by the host's; seconds."""


@dataclass(frozen=True, slots=True)
class Delays:
    """Delays seen from one side, by the unit's time: the least of every stretch, and the latest ones raw."""

    least: tuple[Point, ...] = ()
    raw: tuple[Point, ...] = ()

    def drifts(self) -> tuple[float, float] | None:
        """The least and the greatest drift that fit; None while there is too little."""
        points = self.least[:-1]  # the last stretch is still under way
        if len(points) < FEWEST_STRETCHES:
            return None
        steady = _steady_drift(points)
        delays = self._raw_delays(steady)
        # How much later than its quickest this line usually is: a hiccup is measured by that, not by a fixed time,
        # since a network's usual delay would be a hiccup on a cable.
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
        # The slow half lies apart by accidents of this host, which tell nothing of a quicker one that may still come.
        return max((b - a for a, b in itertools.pairwise(delays[: len(delays) // 2 + 2])), default=0.0)


def _steady_drift(points: Sequence[Point]) -> float:
    """The drift from each point to the one half the time later, in the middle: hiccups don't move it."""
    # The median of slopes, as of Theil and Sen, but of far pairs alone: a hiccup spoils only the few that it is in, and
    # none is so short that its slope is noise.
    half = len(points) // 2
    return statistics.median((b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(points, points[half:], strict=False))


def _without_hiccups(points: Sequence[Point], drift: float, above_s: float) -> list[Point]:
    """The points but those of one or two stretches in which all was late by more than this: the host was busy."""
    late = [late_s - drift * unit_s for unit_s, late_s in points]
    # Two on each side, since a hiccup that straddles a border spoils two stretches; later than both sides, since a
    # drift that was guessed wrong makes all of one side early.
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
    # Where the second chain begins, the hull leaps back in time: that is no side of it.
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in itertools.pairwise(hull) if b[0] > a[0]]
    low, high = min(slopes), max(slopes)
    # Thirds, not Newton: the width is convex but all corners, where a slope says nothing of the next one.
    # Sixty rounds leave (2/3)⁶⁰ of the bracket, some 3·10⁻¹¹.
    for _ in range(60):
        third = (high - low) / 3
        if _width(hull, low + third) <= _width(hull, high - third):
            high -= third
        else:
            low += third
    return (low + high) / 2


def _edge(hull: Sequence[Point], best: float, step: float, allowed_s: float) -> float:
    """The last slope from `best` in the direction of `step` at which the strip is no higher than allowed."""
    # Beyond the edge first, by doubling, then halved back: how wide the range is may differ a thousandfold.
    while _width(hull, best + step) <= allowed_s:
        step *= 2
    inside = 0.0
    # Thirty halvings: to a billionth of the range.
    for _ in range(30):
        middle = (inside + step) / 2
        inside, step = (middle, step) if _width(hull, best + middle) <= allowed_s else (inside, middle)
    return best + inside

# SPDX-License-Identifier: MIT
"""The law between a lens's marks, chosen by what the marks themselves show.

A ring cut to `angle = a + b/(D − n)` is straight between marks in 1/(D − n). Many primes are; a zoom's focus group, a
ring with a cam, or distances that count from elsewhere are not. So three more laws stand by: with an offset m of the
scale's own, fitted to the marks; and in either, a monotone cubic through the marks instead of straight lines. Every
law goes exactly through every mark.

With six marks or more the laws are judged by leaving each inner mark out and predicting it from the others, and the
plain one stays unless another's worst miss is smaller. With fewer the plain one stays: on the measured lenses a law
fitted to three to five marks missed the rest by more as often as by less (docs/scales.md). Two or three show nothing.

A law is kept as points on a dense grid, straight between, so that ring → distance → ring comes out the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from followfocus.arrays import FloatArray, hermite, pchip_slopes

Rows = tuple[tuple[float, float], ...]
"""Marks: ring angle and distance, in order from infinity."""
_CHECKED_FROM, _JUDGED_FROM, _MOST_JUDGED = 4, 6, 24
_BETTER = 0.95
"""Another law's worst miss must be so much smaller."""
_WORTH = 0.005
"""The plain law stays where it misses no left-out mark by more than this share of the travel."""
_BETWEEN = 24
_NEAR_OFFSET = 0.9
"""How near to the nearest mark an offset may lie, from the image plane on: a scale never ends behind that."""


class Law(Enum):
    """How the scale goes between its marks."""

    PLAIN = "1/distance"
    OFFSET = "1/(distance − offset)"
    CURVE = "a monotone curve in 1/distance"
    OFFSET_CURVE = "a monotone curve in 1/(distance − offset)"


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A law between marks: ring angles and 1/(D − offset), both ascending, straight between the points.

    `worst_deg` is how far it misses a mark that it was made without, nan with too few marks to tell.
    """

    law: Law
    rings: FloatArray
    places: FloatArray
    offset_m: float
    worst_deg: float


# Every ring_deg and distance_m asks for its lens's scale; the marks of a LensMap never change, so they are the key.
@lru_cache(maxsize=512)
def scale_through(rows: Rows, offset_m: float) -> Scale:
    """The scale through the marks; `offset_m` is the plain law's, the lens's own."""
    travel = rows[-1][0] - rows[0][0]
    if len(rows) < _CHECKED_FROM:
        return made_by(Law.PLAIN, rows, offset_m)
    if len(rows) < _JUDGED_FROM:
        return made_by(Law.PLAIN, rows, offset_m, _worst_miss(Law.PLAIN, rows, offset_m))
    # The worst, not the mean: what counts on set is the one distance at which the scale lies most.
    misses = {law: _worst_miss(law, rows, offset_m) for law in Law}
    best = min(misses, key=lambda law: misses[law])
    if misses[Law.PLAIN] <= _WORTH * travel or misses[best] > _BETTER * misses[Law.PLAIN]:
        best = Law.PLAIN
    return made_by(best, rows, offset_m, misses[best])


def _worst_miss(law: Law, rows: Rows, offset_m: float) -> float:
    """The worst miss of an inner mark by the law through the others, degrees; of many marks some are judged."""
    inner = {int(i) for i in np.linspace(1, len(rows) - 2, min(len(rows) - 2, _MOST_JUDGED))}
    # Fitted to all marks once, the one that is left out among them: one number hardly leans on one mark of six.
    own = own_offset_m(law, rows, offset_m)
    return max(abs(_predicted(law, rows[:i] + rows[i + 1 :], rows[i], own)) for i in inner)


def _predicted(law: Law, rows: Rows, row: tuple[float, float], own_m: float) -> float:
    """How far the law with this offset through `rows` misses another mark, degrees."""
    scale = _through(law, rows, own_m)
    place = places_of(np.array([row[1]]), own_m)
    return float(np.interp(place[0], scale.places, scale.rings)) - row[0]


def own_offset_m(law: Law, rows: Rows, offset_m: float) -> float:
    """The offset that a law counts from: the lens's own, or the one fitted to the marks."""
    fitted = _fitted_offset(rows) if law in (Law.OFFSET, Law.OFFSET_CURVE) else None
    return offset_m if fitted is None else fitted


def made_by(law: Law, rows: Rows, offset_m: float, worst_deg: float = math.nan) -> Scale:
    """The scale by one law, whatever the marks show."""
    return _through(law, rows, own_offset_m(law, rows, offset_m), worst_deg)


def _through(law: Law, rows: Rows, own_m: float, worst_deg: float = math.nan) -> Scale:
    rings = np.array([ring for ring, _ in rows])
    places = places_of(np.array([distance for _, distance in rows]), own_m)
    if law in (Law.CURVE, Law.OFFSET_CURVE) and len(rows) > 2:
        rings, places = _curve(rings, places)
    return Scale(law, rings, places, own_m, worst_deg)


def places_of(distance_m: FloatArray, offset_m: float) -> FloatArray:
    """1/(D − offset), 0 at infinity; a distance inside the lens (D ≤ offset) is as near as can be: infinite."""
    with np.errstate(divide="ignore"):
        return np.where(distance_m > offset_m, 1.0 / np.maximum(distance_m - offset_m, 0.0), np.inf)


def _curve(rings: FloatArray, places: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The monotone cubic of Fritsch and Butland through the marks, on a dense grid that holds the marks themselves."""
    table = hermite(places, rings, pchip_slopes(places, rings))
    shares = np.linspace(0.0, 1.0, _BETWEEN, endpoint=False)
    steps = (np.diff(places)[:, None] * shares).ravel()
    number = np.repeat(np.arange(len(table)), _BETWEEN)
    made = sum(table[number, power] * steps**power for power in range(4))
    dense = np.concatenate([(places[:-1, None] + np.diff(places)[:, None] * shares).ravel(), places[-1:]])
    return np.concatenate([np.asarray(made), rings[-1:]]), dense


@lru_cache(maxsize=2048)
def _fitted_offset(rows: Rows) -> float | None:
    """The offset with which a + b/(D − m) comes nearest to the marks; None where the marks don't tell one."""
    if len(rows) < _CHECKED_FROM:
        return None
    rings = np.array([ring for ring, _ in rows])
    distances = np.array([distance for _, distance in rows])
    nearest = float(distances.min())
    # Looked up on a grid that closes in: the residual may have more than one valley, and has no slope at its ends.
    low, high = 0.0, _NEAR_OFFSET * nearest
    for _ in range(4):
        tried = np.linspace(low, high, 41)
        errors = [_residual(rings, places_of(distances, m)) for m in tried]
        best = int(np.argmin(errors))
        # The neighbours on both sides bracket the least, wherever between them it lies.
        # Two of forty intervals are left each time: after four rounds
        # the offset is known to 3 millionths of the nearest.
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
    return float(tried[best])


def _residual(rings: FloatArray, places: FloatArray) -> float:
    """Sum of squares that the best straight line leaves."""
    spread = places - places.mean()
    slope = float(spread @ rings) / float(spread @ spread)
    left = rings - rings.mean() - slope * spread
    return float(left @ left)


# ---------------------------------------------------------------- where the next mark belongs


def next_mark_m(rows: Rows, offset_m: float) -> tuple[float, float]:
    """The distance at which one more mark belongs, and how far the scale may be off there, degrees of ring.

    With two or three marks it is where laws through the same marks differ most: those above, and the plain one with
    offsets of a quarter and a half of the nearest distance, which is as far as real lenses were found to be. With more
    it is the widest gap on the ring: real scales have kinks, and a kink can't be seen from the marks beside it. Held
    against every other place for the mark on real lenses: `docs/scales.md`.
    """
    if len(rows) >= _CHECKED_FROM:
        return _widest_gap(rows, offset_m)
    scales = [made_by(law, rows, offset_m) for law in Law]
    scales += [made_by(Law.PLAIN, rows, share * rows[-1][1]) for share in (0.25, 0.5)]
    plain = scales[0]
    # Without the ends, which are marks: there all laws agree.
    places = np.linspace(plain.places[0], plain.places[-1], 401)[1:-1]
    distances = plain.offset_m + 1.0 / places
    rings = [np.interp(places_of(distances, scale.offset_m), scale.places, scale.rings) for scale in scales]
    apart = np.max(rings, axis=0) - np.min(rings, axis=0)
    widest = int(np.argmax(apart))
    return float(distances[widest]), float(apart[widest]) / 2.0


def _widest_gap(rows: Rows, offset_m: float) -> tuple[float, float]:
    """The middle, on the ring, of the widest gap, and what it may hide: as much of it as was missed of the others."""
    scale = scale_through(rows, offset_m)
    rings = np.array([ring for ring, _ in rows])
    missed = [abs(_predicted(scale.law, rows[:i] + rows[i + 1 :], rows[i], offset_m)) for i in range(1, len(rows) - 1)]
    # A miss grows with the gap that it was predicted over, so it is taken as a share of it.
    share = float(np.max(np.array(missed) / (rings[2:] - rings[:-2])))
    widest = int(np.argmax(np.diff(rings)))
    place = float(np.interp((rings[widest] + rings[widest + 1]) / 2, scale.rings, scale.places))
    return scale.offset_m + 1.0 / place, share * float(rings[widest + 1] - rings[widest])


def rows_of(marks: Sequence[tuple[float, float]]) -> Rows:
    """Marks as a key that a cache can hold."""
    return tuple((float(ring), float(distance)) for ring, distance in marks)

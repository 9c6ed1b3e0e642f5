# SPDX-License-Identifier: MIT
"""The aperture's shape, column by column: what a point out of focus looks like.

Every shape here is convex, so that each column of pixels through it is one upright run: a disc, a polygon of blades, an
anamorphic lens's upright oval, and the cat's eye that a lens barrel makes of any of them towards the frame's corners.
A run is the mean of the chords in its column, so its ends lie between pixels, and the runs' sum is the shape's area.
The coarser the ends are rounded, the more columns share a run and the fewer different ones there are to add up, which
is what a blur's time goes into; a small disc can't spare the precision.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from followfocus.arrays import FloatArray

Run: TypeAlias = tuple[float, float, tuple[int, ...]]
"""Where a run begins and ends, in pixels below the middle, and the columns (pixels to the right) that have it."""

_LOOKS = 16
_FINE_PX, _COARSE_PX = 3.0, 6.0


@dataclass(frozen=True, slots=True)
class Aperture:
    """The aperture: blades (0 is round), the lens's squeeze, and how much of it the barrel covers in the corners."""

    blades: int = 0
    squeeze: float = 1.0
    cat_eye: float = 0.0
    """Share of the disc's diameter by which the barrel's opening is off the aperture in the frame's corner, 0…1."""

    def runs(self, diameter_px: float, corner: tuple[float, float] = (0.0, 0.0), *, coarse: bool = False) -> Runs:
        """The runs of a disc `diameter_px` high; `corner` is the place in the frame, (±1, ±1) in its corners.

        A `coarse` one has fewer different runs, where it is large, round and whole: enlarged, that would be seen.
        """
        off = (round(self.cat_eye * corner[0] / math.sqrt(2), 3), round(self.cat_eye * corner[1] / math.sqrt(2), 3))
        return _runs(
            round(diameter_px * 50),
            self.blades,
            self.squeeze,
            off,
            coarse and off == (0.0, 0.0) and self._is_round(diameter_px),
        )

    def _is_round(self, diameter_px: float) -> bool:
        """Whether the disc has no corners and is large enough, its narrow side too, for ends in halves of a pixel."""
        return self.blades == 0 and diameter_px >= _COARSE_PX * max(self.squeeze, 1.0)


@dataclass(frozen=True, slots=True)
class Runs:
    """A shape as upright runs; `reach` is (columns, rows) from its middle, `area` the runs' lengths together."""

    runs: tuple[Run, ...]
    reach: tuple[int, int]
    area: float


@lru_cache(maxsize=4096)
def _runs(diameter_50: int, blades: int, squeeze: float, off: tuple[float, float], coarse: bool) -> Runs:
    diameter = diameter_50 / 50
    radius = diameter / 2
    widest = radius * (1.0 if blades == 0 else circumradius(blades)) / squeeze
    across = math.ceil(widest - 0.5 + 1e-9) if widest > 0.5 else 0
    x = (np.arange((2 * across + 1) * _LOOKS) + 0.5) / _LOOKS - (across + 0.5)
    low, high = _chords(x * squeeze, radius, blades)
    if off != (0.0, 0.0):
        low, high = _behind_the_barrel(x * squeeze, low, high, diameter, (off[0] * diameter, off[1] * diameter))
    length = np.maximum(high - low, 0.0).reshape(-1, _LOOKS)
    middle = ((high + low) / 2).reshape(-1, _LOOKS)
    lengths = length.mean(axis=1)
    # Weighted by the chords: at a column's edge only the part that is in the shape has a middle.
    middles = (middle * length).sum(axis=1) / np.maximum(length.sum(axis=1), 1e-12)
    low, high = middles - lengths / 2, middles + lengths / 2
    return _grouped(_in_halves(low, high) if coarse else _rounded(low, high, diameter), across)


def _grouped(ends: Sequence[tuple[float, float]], across: int) -> Runs:
    """Columns of the same run together, for they are added up once."""
    found: dict[tuple[float, float], list[int]] = {}
    for column, (begin, end) in enumerate(ends, start=-across):
        if end > begin:
            found.setdefault((begin, end), []).append(column)
    runs = tuple((begin, end, tuple(columns)) for (begin, end), columns in found.items())
    if not runs:
        return Runs(((-0.5, 0.5, (0,)),), (0, 1), 1.0)
    down = max(math.ceil(max(-begin, end) + 0.5) for begin, end, _ in runs)
    return Runs(runs, (across, down), sum((end - begin) * len(columns) for begin, end, columns in runs))


def _rounded(low: FloatArray, high: FloatArray, diameter: float) -> list[tuple[float, float]]:
    """The columns' ends in quarters of a pixel, or finer where the disc is small."""
    parts = 64 if diameter < 1.5 else 8 if diameter < _FINE_PX else 4
    return list(zip((np.rint(low * parts) / parts).tolist(), (np.rint(high * parts) / parts).tolist(), strict=True))


def _in_halves(low: FloatArray, high: FloatArray) -> list[tuple[float, float]]:
    """The columns' ends in halves of a pixel.

    What a column lacks by that, or has too much, its neighbour towards the middle makes up for: the area stays.
    """
    made, middle, lacking = [(0.0, 0.0)] * len(low), len(low) // 2, [0.0, 0.0]
    for side, columns in enumerate((range(middle), range(len(low) - 1, middle, -1))):
        for column in columns:
            made[column], lacking[side] = _half_ends(low[column], high[column], lacking[side])
    made[middle], _ = _half_ends(low[middle], high[middle], sum(lacking))
    return made


def _half_ends(low: float, high: float, lacking: float) -> tuple[tuple[float, float], float]:
    """A run's ends, made longer by what was lacking, in halves of a pixel; and what is lacking then."""
    begin, end = round(2 * low - lacking) / 2, round(2 * high + lacking) / 2
    return (begin, end), lacking + (high - low) - max(end - begin, 0.0)


def circumradius(blades: int) -> float:
    """Radius of the corners of a regular polygon whose area is that of a circle of radius 1."""
    return math.sqrt(2 * math.pi / (blades * math.sin(2 * math.pi / blades)))


def _chords(x: FloatArray, radius: float, blades: int) -> tuple[FloatArray, FloatArray]:
    """Lower and upper end of the shape at each `x`; where it has none, the lower end is above the upper."""
    if blades == 0:
        inside = np.abs(x) <= radius
        half = np.where(inside, np.sqrt(np.maximum(radius * radius - x * x, 0.0)), -1.0)
        return -half, half
    apothem = radius * circumradius(blades) * math.cos(math.pi / blades)
    low, high = np.full_like(x, -math.inf), np.full_like(x, math.inf)
    for blade in range(blades):
        angle = 2 * math.pi * (blade + 0.5) / blades + math.pi / 2
        cosine, sine = math.cos(angle), math.sin(angle)
        # An upright side bounds no chord from above or below: it only ends the columns.
        if abs(sine) < 1e-9:
            high = np.where(x * cosine > apothem, -math.inf, high)
        elif sine > 0:
            high = np.minimum(high, (apothem - x * cosine) / sine)
        else:
            low = np.maximum(low, (apothem - x * cosine) / sine)
    empty = high <= low
    return np.where(empty, 1.0, low), np.where(empty, -1.0, high)


def _behind_the_barrel(
    x: FloatArray, low: FloatArray, high: FloatArray, diameter: float, off: tuple[float, float]
) -> tuple[FloatArray, FloatArray]:
    """The part of the shape inside the barrel's round opening, a circle as large whose middle lies `off`."""
    left = x - off[0]
    half = np.sqrt(np.maximum(diameter * diameter / 4 - left * left, 0.0))
    inside = np.abs(left) <= diameter / 2
    low, high = np.maximum(low, off[1] - half), np.minimum(high, off[1] + half)
    return np.where(inside, low, 1.0), np.where(inside, high, -1.0)

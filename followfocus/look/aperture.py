# SPDX-License-Identifier: MIT
"""The aperture's shape, column by column: what a point out of focus looks like.

Every shape here is convex, so that each column of pixels through it is one upright run: a disc, a polygon of blades, an
anamorphic lens's upright oval, and the cat's eye that a lens barrel makes of any of them towards the frame's corners.
A run is the mean of the chords in its column, so its ends lie between pixels, and the runs' sum is the shape's area.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from followfocus.arrays import FloatArray

Run: TypeAlias = tuple[float, float, tuple[int, ...]]
"""Where a run begins and ends, in pixels below the middle, and the columns (pixels to the right) that have it."""

_LOOKS = 16
_FINE_PX = 3.0


@dataclass(frozen=True, slots=True)
class Aperture:
    """The aperture: blades (0 is round), the lens's squeeze, and how much of it the barrel covers in the corners."""

    blades: int = 0
    squeeze: float = 1.0
    cat_eye: float = 0.0
    """Share of the disc's diameter by which the barrel's opening is off the aperture in the frame's corner, 0…1."""

    def runs(self, diameter_px: float, corner: tuple[float, float] = (0.0, 0.0)) -> Runs:
        """The runs of a disc `diameter_px` high; `corner` is the place in the frame, (±1, ±1) in its corners."""
        off = (round(self.cat_eye * corner[0] / math.sqrt(2), 3), round(self.cat_eye * corner[1] / math.sqrt(2), 3))
        return _runs(round(diameter_px * 50), self.blades, self.squeeze, off)


@dataclass(frozen=True, slots=True)
class Runs:
    """A shape as upright runs; `reach` is (columns, rows) from its middle, `area` the runs' lengths together."""

    runs: tuple[Run, ...]
    reach: tuple[int, int]
    area: float


@lru_cache(maxsize=4096)
def _runs(diameter_50: int, blades: int, squeeze: float, off: tuple[float, float]) -> Runs:
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
    return _grouped(middles - lengths / 2, middles + lengths / 2, across, diameter)


def _grouped(low: FloatArray, high: FloatArray, across: int, diameter: float) -> Runs:
    """Columns of the same run together, ends in quarters of a pixel (eighths where the disc is small)."""
    # The coarser the ends, the more columns share a run, which is
    # added up once; a small disc can't spare the precision.
    parts = 8 if diameter < _FINE_PX else 4
    if diameter < 1.5:
        parts = 64
    begins, ends = np.rint(low * parts) / parts, np.rint(high * parts) / parts
    found: dict[tuple[float, float], list[int]] = {}
    for column, (begin, end) in enumerate(zip(begins.tolist(), ends.tolist(), strict=True), start=-across):
        if end > begin:
            found.setdefault((begin, end), []).append(column)
    runs = tuple((begin, end, tuple(columns)) for (begin, end), columns in found.items())
    if not runs:
        return Runs(((-0.5, 0.5, (0,)),), (0, 1), 1.0)
    down = max(math.ceil(max(-begin, end) + 0.5) for begin, end, _ in runs)
    return Runs(runs, (across, down), sum((end - begin) * len(columns) for begin, end, columns in runs))


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

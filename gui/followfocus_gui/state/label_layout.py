# SPDX-License-Identifier: MIT
"""Where labels go on the curve: beside what they name, never over the curve, never over each other. Pure arithmetic.

All lengths are pixels, y grows downwards. Every label tries a few thousand places. Those over the curve, a handle or
another label are out; of the others the one nearest to what it names wins. A label that has no place left is not shown:
words over words, or over the curve, would take more away than they say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from followfocus.arrays import FloatArray, ascending

CLEARANCE_PX = 5.0
"""Room between a label and the curve or another label."""
_STEP_X, _STEP_Y = 8.0, 4.0
_GRID = 4.0
"""Columns in which the curve is looked at."""
_FORBIDDEN, _OVER_LINE = 1e6, 25.0


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A rectangle: its left upper corner and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x behind it."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y below it."""
        return self.y + self.height

    def overlaps(self, other: LabelBox) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to be placed: its size, the point it belongs to, and on which side it would rather stand.

    `side` is +1 for right of the anchor, -1 for left, 0 for centred upon it.
    """

    width: float
    height: float
    anchor_x: float
    anchor_y: float
    side: int = 1


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Obstacles that labels keep clear of: a curve (x ascending, at least one point), boxes, upright lines."""

    curve_x: FloatArray
    curve_y: FloatArray
    boxes: tuple[LabelBox, ...] = ()
    upright_x: tuple[float, ...] = ()


def moved_apart(places: Sequence[float], apart: float) -> list[float]:
    """Places in a row, in their order and so far apart, each as near to its own as its neighbours leave room."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    placed = [places[i] for i in order]
    for _ in range(24):
        for a in range(len(placed) - 1):
            short = apart - (placed[a + 1] - placed[a])
            if short > 1e-6:
                placed[a] -= short / 2.0
                placed[a + 1] += short / 2.0
    found = dict(zip(order, placed, strict=True))
    return [found[index] for index in range(len(placed))]


def place_labels(wanted: Sequence[Wanted], bounds: LabelBox, obstacles: Obstacles) -> tuple[LabelBox | None, ...]:
    """A place for each label within `bounds`, in their order; earlier ones choose first. None where no room is left."""
    taken = list(obstacles.boxes)
    made = []
    for label in wanted:
        box = _best(label, bounds, obstacles, taken)
        if box is not None:
            taken.append(box)
        made.append(box)
    return tuple(made)


def _best(label: Wanted, bounds: LabelBox, obstacles: Obstacles, taken: Sequence[LabelBox]) -> LabelBox | None:
    if label.width > bounds.width or label.height > bounds.height:
        return None
    lefts = _steps(bounds.x, bounds.right - label.width, _STEP_X, _favourite_x(label))
    tops = _steps(bounds.y, bounds.bottom - label.height, _STEP_Y, label.anchor_y - label.height / 2)
    cost = _distance(label, lefts, tops)
    cost += _FORBIDDEN * _curve_overlap(label, lefts, tops, obstacles)
    for line in obstacles.upright_x:
        cost += _OVER_LINE * ((lefts < line + 2) & (lefts + label.width > line - 2))[:, None]
    for box in taken:
        cost += _FORBIDDEN * _box_overlap(label, lefts, tops, box)
    column, row = np.unravel_index(int(np.argmin(cost)), cost.shape)
    if cost[column, row] >= _FORBIDDEN:
        return None
    return LabelBox(float(lefts[column]), float(tops[row]), label.width, label.height)


def _favourite_x(label: Wanted) -> float:
    gap = CLEARANCE_PX
    return {1: label.anchor_x + gap, -1: label.anchor_x - gap - label.width}.get(
        label.side, label.anchor_x - label.width / 2
    )


def _steps(low: float, high: float, step: float, favourite: float) -> FloatArray:
    """Places from `low` to `high`, both of them and the favourite, or what is nearest to it, among them."""
    return ascending(np.append(np.arange(low, high, step), [high, min(max(favourite, low), high)]))


def _distance(label: Wanted, lefts: FloatArray, tops: FloatArray) -> FloatArray:
    """How far the label's favourite spot is from each place."""
    across = np.abs(lefts - _favourite_x(label))
    down = np.abs(tops - (label.anchor_y - label.height / 2))
    return np.asarray(across[:, None] + down[None, :])


def _curve_overlap(label: Wanted, lefts: FloatArray, tops: FloatArray, obstacles: Obstacles) -> FloatArray:
    """1 where the curve runs through a place, 0 where it doesn't."""
    x, y = obstacles.curve_x, obstacles.curve_y
    start = float(lefts[0]) - CLEARANCE_PX
    columns = start + _GRID * np.arange(math.ceil((lefts[-1] + label.width + CLEARANCE_PX - start) / _GRID) + 3)
    level = np.interp(columns, x, y)
    there = (columns >= x[0] - _GRID) & (columns <= x[-1] + _GRID)
    width = math.ceil((label.width + 2 * CLEARANCE_PX) / _GRID) + 1
    first = ((lefts - CLEARANCE_PX - start) // _GRID).astype(int)
    highest = sliding_window_view(np.where(there, level, np.inf), width).min(axis=1)[first] - CLEARANCE_PX
    lowest = sliding_window_view(np.where(there, level, -np.inf), width).max(axis=1)[first] + CLEARANCE_PX
    return np.asarray((tops < lowest[:, None]) & (tops + label.height > highest[:, None]), dtype=np.float64)


def _box_overlap(label: Wanted, lefts: FloatArray, tops: FloatArray, box: LabelBox) -> FloatArray:
    gap = CLEARANCE_PX
    across = (lefts < box.right + gap) & (lefts + label.width > box.x - gap)
    down = (tops < box.bottom + gap) & (tops + label.height > box.y - gap)
    return np.asarray(across[:, None] & down[None, :], dtype=np.float64)

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
import numpy.typing as npt

from followfocus.arrays import FloatArray, ascending

CLEARANCE_PX = 5.0
"""Room between a label and the curve or another label."""
EVERYWHERE = (-math.inf, math.inf)
_STEP_X, _STEP_Y = 8.0, 4.0
_GRID = 4.0
"""Columns in which the curve is looked at."""
_OVER_LINE = 25.0


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

    `side` is +1 for right of the anchor, -1 for left, 0 for centred upon it. Its middle stays between the two heights
    `within`, beyond which it would seem to name something else, and no further than `aside` to either side.
    """

    width: float
    height: float
    anchor_x: float
    anchor_y: float
    side: int = 1
    within: tuple[float, float] = EVERYWHERE
    aside: float = math.inf

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height."""
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Obstacles that labels keep clear of: a curve (x ascending, at least one point), boxes, upright lines."""

    curve_x: FloatArray
    curve_y: FloatArray
    boxes: tuple[LabelBox, ...] = ()
    upright_x: tuple[float, ...] = ()


def moved_apart(places: Sequence[float], apart: float) -> list[float]:
    """Places in a row, in their order and so far apart, each as near to its own as its neighbours leave room."""
    # Sorted here and put back at the end: marks may stand in any order along the ring.
    order = sorted(range(len(places)), key=lambda i: places[i])
    placed = [places[i] for i in order]
    # Pushed apart pair by pair until they stand: nine marks are settled long before.
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
    # Greedy, in the caller's order: the label that matters most comes first.
    taken, columns = list(obstacles.boxes), _Columns.of(bounds, obstacles)
    made = []
    for label in wanted:
        box = _best(label, bounds, obstacles, columns, taken)
        if box is not None:
            taken.append(box)
        made.append(box)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The curve in columns from a little left of the bounds on: its level there, infinite beside it."""

    start: float
    high: FloatArray
    low: FloatArray

    @classmethod
    def of(cls, bounds: LabelBox, obstacles: Obstacles) -> _Columns:
        """The curve's columns, the same for every label."""
        x, start = obstacles.curve_x, bounds.x - CLEARANCE_PX
        columns = start + _GRID * np.arange(math.ceil((bounds.width + 2 * CLEARANCE_PX) / _GRID) + 3)
        level = np.interp(columns, x, obstacles.curve_y)
        there = (columns >= x[0] - _GRID) & (columns <= x[-1] + _GRID)
        return cls(start, np.where(there, level, np.inf), np.where(there, level, -np.inf))

    @staticmethod
    def across(width: float) -> int:
        """How many columns something with its clearance stands over."""
        return math.ceil((width + 2 * CLEARANCE_PX) / _GRID) + 1


def _best(
    label: Wanted, bounds: LabelBox, obstacles: Obstacles, columns: _Columns, taken: Sequence[LabelBox]
) -> LabelBox | None:
    if label.width > bounds.width or label.height > bounds.height:
        return None
    middle = label.anchor_x - label.width / 2
    farthest = max(bounds.x, min(bounds.right - label.width, middle + label.aside))
    first = min(max(bounds.x, middle - label.aside), farthest)
    lowest, own = bounds.bottom - label.height, label.anchor_y - label.height / 2
    highest = min(max(bounds.y, label.within[0] - label.height / 2), lowest)
    lowest = max(min(lowest, label.within[1] - label.height / 2), highest)
    nearest = LabelBox(_clamped(_favourite_x(label), first, farthest), _clamped(own, highest, lowest), *label.size)
    # The place that is nearest to what the label names: if it is free, no other need be looked at.
    if _is_free(nearest, obstacles, columns, taken):
        return nearest
    lefts = _steps(first, farthest, _STEP_X, nearest.x)
    tops = _steps(highest, lowest, _STEP_Y, nearest.y)
    forbidden = _curve_overlap(label, lefts, tops, columns)
    for box in taken:
        _forbid(forbidden, label, lefts, tops, box)
    across, down = _distance(label, lefts, tops)
    for line in obstacles.upright_x:
        across += _OVER_LINE * ((lefts < line + 2) & (lefts + label.width > line - 2))
    cost = np.where(forbidden, math.inf, across[:, None] + down)
    column, row = np.unravel_index(int(np.argmin(cost)), cost.shape)
    # The best there is still covers something.
    if forbidden[column, row]:
        return None
    return LabelBox(float(lefts[column]), float(tops[row]), label.width, label.height)


def _is_free(at: LabelBox, obstacles: Obstacles, columns: _Columns, taken: Sequence[LabelBox]) -> bool:
    """Whether a place is over nothing at all."""
    if any(at.x < line + 2 and at.right > line - 2 for line in obstacles.upright_x):
        return False
    gap = CLEARANCE_PX
    about = LabelBox(at.x - gap, at.y - gap, at.width + 2 * gap, at.height + 2 * gap)
    if any(about.overlaps(box) for box in taken):
        return False
    first = int((at.x - gap - columns.start) // _GRID)
    below = slice(first, first + _Columns.across(at.width))
    return not (at.y < columns.low[below].max() + gap and at.bottom > columns.high[below].min() - gap)


def _clamped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _favourite_x(label: Wanted) -> float:
    gap = CLEARANCE_PX
    return {1: label.anchor_x + gap, -1: label.anchor_x - gap - label.width}.get(
        label.side, label.anchor_x - label.width / 2
    )


def _steps(low: float, high: float, step: float, favourite: float) -> FloatArray:
    """Places from `low` to `high`, both of them and the favourite among them, which lies between."""
    return ascending(np.append(np.arange(low, high, step), [high, favourite]))


def _distance(label: Wanted, lefts: FloatArray, tops: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far the label's favourite spot is from each place, across and down."""
    return np.abs(lefts - _favourite_x(label)), np.abs(tops - (label.anchor_y - label.height / 2))


def _curve_overlap(label: Wanted, lefts: FloatArray, tops: FloatArray, columns: _Columns) -> npt.NDArray[np.bool_]:
    """Whether the curve runs through a place."""
    width = _Columns.across(label.width)
    first = ((lefts - CLEARANCE_PX - columns.start) // _GRID).astype(int)
    there = slice(int(first[0]), int(first[-1]) + width)
    # The curve's highest and lowest point below each place, for all places at once.
    highest = _over(np.minimum, columns.high[there], width)[first - first[0]] - CLEARANCE_PX
    lowest = _over(np.maximum, columns.low[there], width)[first - first[0]] + CLEARANCE_PX
    return np.asarray((tops < lowest[:, None]) & (tops + label.height > highest[:, None]))


def _over(least: np.ufunc, values: FloatArray, width: int) -> FloatArray:
    """The least (or greatest) of each `width` values in a row: of twice as many in every round."""
    reach = 1
    while reach < width:
        on = min(reach, width - reach)
        values, reach = least(values[: len(values) - on], values[on:]), reach + on
    return values


def _forbid(
    forbidden: npt.NDArray[np.bool_], label: Wanted, lefts: FloatArray, tops: FloatArray, box: LabelBox
) -> None:
    """No place on a box, or nearer to it than the clearance."""
    gap = CLEARANCE_PX
    # Places ascend, so those on the box are one block.
    left, right = lefts.searchsorted(box.x - gap - label.width, "right"), lefts.searchsorted(box.right + gap)
    top, bottom = tops.searchsorted(box.y - gap - label.height, "right"), tops.searchsorted(box.bottom + gap)
    forbidden[left:right, top:bottom] = True

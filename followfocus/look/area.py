# SPDX-License-Identifier: MIT
"""Boxes of pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Area:
    """Pixels of one level of the frame; right and bottom are not included. May reach beyond the frame."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.bottom - self.top, self.right - self.left

    @property
    def empty(self) -> bool:
        """Whether nothing is in it."""
        return self.right <= self.left or self.bottom <= self.top

    @property
    def pixels(self) -> int:
        """How many are in it."""
        return 0 if self.empty else (self.bottom - self.top) * (self.right - self.left)

    def grown(self, across: int, down: int) -> Area:
        """Larger on every side."""
        return Area(self.left - across, self.top - down, self.right + across, self.bottom + down)

    def common(self, other: Area) -> Area:
        """The area that lies in both."""
        return Area(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def around(self, other: Area) -> Area:
        """The smallest area that holds both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def without(self, hole: Area) -> list[Area]:
        """The rest of it around an area in it: above, below, to the left and the right, as far as there is any."""
        rest = (
            Area(self.left, self.top, self.right, hole.top),
            Area(self.left, hole.bottom, self.right, self.bottom),
            Area(self.left, hole.top, hole.left, hole.bottom),
            Area(hole.right, hole.top, self.right, hole.bottom),
        )
        return [one for one in rest if not one.empty]

    def beside(self, other: Area) -> bool:
        """Whether the two make one area, touching along a whole side."""
        if (self.left, self.right) == (other.left, other.right):
            return self.bottom == other.top or other.bottom == self.top
        if (self.top, self.bottom) == (other.top, other.bottom):
            return self.right == other.left or other.right == self.left
        return False

    def inside(self, outer: Area) -> tuple[slice, slice]:
        """Rows and columns of this box in an array that holds `outer`."""
        rows = slice(self.top - outer.top, self.bottom - outer.top)
        return rows, slice(self.left - outer.left, self.right - outer.left)


def stretches(columns: NDArray[np.bool_], apart: int) -> list[tuple[int, int]]:
    """Where columns are true, as (first, after the last) from left to right; gaps below `apart` aren't worth a cut."""
    found: list[tuple[int, int]] = []
    places = np.flatnonzero(columns)
    if len(places):
        cuts = np.flatnonzero(np.diff(places) > apart)
        firsts, lasts = [places[0], *places[cuts + 1]], [*places[cuts], places[-1]]
        found = [(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]
    return found


def area_of(true: NDArray[np.bool_], box: Area) -> Area:
    """The smallest box in a box that holds all that is true."""
    columns = np.logical_or.reduce(true, axis=0).nonzero()[0]
    if not len(columns):
        return Area(box.left, box.top, box.left, box.top)
    rows = np.logical_or.reduce(true, axis=1).nonzero()[0]
    left, top = box.left + int(columns[0]), box.top + int(rows[0])
    return Area(left, top, box.left + int(columns[-1]) + 1, box.top + int(rows[-1]) + 1)

# SPDX-License-Identifier: MIT
"""Sheets of picture, each with its own disc, laid under each other from near to far, a band of rows at a time.

A sheet is blurred at the coarsest of four levels that its disc allows. Neighbours in depth that share a level are laid
under each other there and enlarged together, so that a frame is enlarged once or twice, whatever the number of its
sheets. Bands are independent of each other: they are drawn on as many threads as there are cores, in little memory.

Two rules say what shows where something nearer covers a share A of a pixel:

- over: the farther sheet's alpha, times 1 - A. For cut-out planes, whose edges have nothing to do with each other.
- joined: the farther sheet's alpha, at most 1 - A. For slices of one picture, which share out its pixels between them:
  where all are blurred alike their shares add up to 1 again, and nothing shines through between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from followfocus.look.ahead import on_all_cores
from followfocus.look.aperture import Aperture
from followfocus.look.blur import UNSEEN_PX, at_level, blurred, doubled, level_of
from followfocus.look.paint import Image32

_MARGIN = 2
_CELL = 48
_WHOLE = 0.9995
"""Covered as good as wholly."""
ALIGNED = 8
"""Bands and sheets begin at multiples of this many pixels, so that every level has whole ones."""


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

    def inside(self, outer: Area) -> tuple[slice, slice]:
        """Rows and columns of this box in an array that holds `outer`."""
        rows = slice(self.top - outer.top, self.bottom - outer.top)
        return rows, slice(self.left - outer.left, self.right - outer.left)


class Sheet(Protocol):
    """All things at one distance, at every level: premultiplied RGBA, (4, h, w), or opaque colours, (3, h, w)."""

    def filled(self, level: int, within: Area) -> Area:
        """The part of a box that may have something in it."""
        ...

    def window(self, level: int, box: Area) -> Image32:
        """Its pixels in a box, an array that may be shared and must not be written to."""
        ...


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """A sheet with the height of its disc in pixels of the full frame."""

    sheet: Sheet
    disc_px: float


@dataclass(frozen=True, slots=True)
class Stack:
    """Sheets from near to far, and how they are drawn: frame (width, height), aperture, rule, least disc at a level."""

    sheets: Sequence[PlacedSheet]
    frame: tuple[int, int]
    aperture: Aperture
    joined: bool = False
    least_px: float = 5.0

    def band(self, top: int, bottom: int) -> Image32:
        """Rows `top` (a multiple of 8) to `bottom` of the frame: (4, rows, width), premultiplied."""
        whole = Area(0, top, self.frame[0], bottom)
        front = np.zeros((4, *whole.shape), dtype=np.float32)
        across = self.aperture.squeeze  # an oval is narrower than high
        levels = [(level_of(placed.disc_px / across, self.least_px), placed) for placed in self.sheets]
        for level, group in groupby(levels, key=lambda pair: pair[0]):
            box = whole if level == 0 else _at(whole, level).grown(_MARGIN, _MARGIN)
            made = front if level == 0 else np.zeros((4, *box.shape), dtype=np.float32)
            for _, placed in group:
                self._lay_sheet(made, box, placed, level)
            if level:
                self._lay_enlarged(front, made, box, level, whole)
        if self.joined and front[3].min() < _WHOLE:
            # discs that differ from slice to slice leave a per cent here and there
            front[:3] *= 1 / np.maximum(front[3], np.float32(0.5))
        return front

    def _lay_sheet(self, made: Image32, box: Area, placed: PlacedSheet, level: int) -> None:
        # Near to far, so that what is hidden already is never blurred.
        seen = _uncovered(made, box)
        if seen.empty:
            return
        if placed.disc_px < UNSEEN_PX:
            cut = placed.sheet.filled(level, seen)
            if not cut.empty:
                rows, columns = cut.inside(box)
                self._lay_under(made[:, rows, columns], placed.sheet.window(level, cut))
            return
        disc = at_level(placed.disc_px, level)
        for cell, corner in self._cells(seen, level):
            runs = self.aperture.runs(disc, corner)
            across, down = runs.reach
            # What lies beside a cell reaches into it by the disc, and what is in it reaches out by as much.
            cut = placed.sheet.filled(level, cell.grown(across, down)).grown(across, down).common(cell)
            if cut.empty:
                continue
            rows, columns = cut.inside(box)
            window = placed.sheet.window(level, cut.grown(across, down))
            self._lay_under(made[:, rows, columns], blurred(window, runs, cut.shape))

    def _lay_enlarged(self, front: Image32, made: Image32, box: Area, level: int, whole: Area) -> None:
        """Lay what is in a level's picture under the band, at full size."""
        has = area_of(made[3] > 0, box)
        if has.empty:
            return
        # Enlarging looks at neighbours, so some nothing around it must come along or its edge would be hard.
        has = has.grown(_MARGIN, _MARGIN).common(box)
        rows, columns = has.inside(box)
        made = made[:, rows, columns]
        larger, at = _enlarged(made[:3] if made[3].min() >= _WHOLE else made, has, level, whole)
        if not at.empty:
            rows, columns = at.inside(whole)
            self._lay_under(front[:, rows, columns], larger)

    def _cells(self, box: Area, level: int) -> Iterator[tuple[Area, tuple[float, float]]]:
        """The box whole where every point has the same disc, else in cells, with where they lie in the frame."""
        if self.aperture.cat_eye == 0:
            yield box, (0.0, 0.0)
            return
        width, height = self.frame[0] / 2**level, self.frame[1] / 2**level
        for top in range(box.top, box.bottom, _CELL):
            for left in range(box.left, box.right, _CELL):
                cell = Area(left, top, min(left + _CELL, box.right), min(top + _CELL, box.bottom))
                yield cell, ((cell.left + cell.right) / width - 1, (cell.top + cell.bottom) / height - 1)

    def _lay_under(self, front: Image32, under: Image32) -> None:
        """Let a picture show where nothing nearer covers it, in place."""
        if not front[3].any():  # the nearest sheet of all, or of its level
            front[: len(under)] = under
            front[len(under) :] = 1
            return
        free = 1 - front[3]
        if len(under) == 3:
            front[3] = 1
        elif self.joined:
            # Slices of one thing share its edge: they add up to it, and neither shines through the other.
            np.minimum(free, under[3], out=free)
            free /= np.maximum(under[3], np.float32(1e-6))
        part = np.empty_like(free)
        for behind, shown in zip(under, front, strict=False):
            shown += np.multiply(behind, free, out=part)


def _uncovered(front: Image32, box: Area) -> Area:
    """The part of a box in which something farther may still be seen."""
    return area_of(front[3] < _WHOLE, box)


def area_of(true: NDArray[np.bool_], box: Area) -> Area:
    """The smallest box in a box that holds all that is true."""
    columns = np.flatnonzero(true.any(axis=0))
    if not len(columns):
        return Area(box.left, box.top, box.left, box.top)
    rows = np.flatnonzero(true.any(axis=1))
    left, top = box.left + int(columns[0]), box.top + int(rows[0])
    return Area(left, top, box.left + int(columns[-1]) + 1, box.top + int(rows[-1]) + 1)


def _at(box: Area, level: int) -> Area:
    """The same pixels at a level."""
    size = 2**level
    return Area(box.left // size, box.top // size, -(-box.right // size), -(-box.bottom // size))


def _enlarged(made: Image32, has: Area, level: int, whole: Area) -> tuple[Image32, Area]:
    """A box of a level at full size, as much as of it lies in the band, and where."""
    while level:
        made, level = doubled(made), level - 1
        has = Area(2 * has.left + 1, 2 * has.top + 1, 2 * has.right - 1, 2 * has.bottom - 1)
        want = (_at(whole, level).grown(_MARGIN, _MARGIN) if level else whole).common(has)
        rows, columns = want.inside(has)
        made, has = made[:, rows, columns], want
    return made, has


def in_bands(frame: tuple[int, int], draw: Callable[[int, int], None], *, threads: bool) -> None:
    """Call `draw(top, bottom)` for each band of a frame (width, height), one after another or on all cores."""
    width, height = frame
    rows = band_rows(height, width)
    bands = [(top, min(top + rows, height)) for top in range(0, height, rows)]
    if threads:
        on_all_cores(lambda band: draw(*band), bands)
        return
    for band in bands:
        draw(*band)


def band_rows(height: int, width: int) -> int:
    """Rows of a band: a multiple of 8, few enough to stay in a core's cache, many enough for the blur's reach."""
    fitting = max(64, min(192, 150_000 // width))
    bands = max(1, round(height / fitting))
    return -(-height // bands // ALIGNED) * ALIGNED

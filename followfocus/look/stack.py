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

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import numpy as np

from followfocus.look.ahead import on_all_cores
from followfocus.look.aperture import Aperture, Runs
from followfocus.look.area import Area, area_of
from followfocus.look.blur import UNSEEN_PX, at_level, blurred, doubled, level_of
from followfocus.look.front import WHOLE, Front
from followfocus.look.paint import Image32

_MARGIN = 2
_CELL = 48
_WORTH_A_CUT_PX = 20_000
"""Pixels that must be saved, beyond what each part takes along, where a picture is blurred in parts.

A part is some fifty more steps of the interpreter, for which threads wait on each other.
"""
_STEP_ROWS = 96
"""A sheet's outline is looked at in steps of so many rows."""
_TWO_BANDS_PX, _BAND_PX, _LEAST_ROWS = 1_000_000, 130_000, 64
"""Up to how many pixels a frame is two bands, and about how many the bands of a larger one have; the least rows."""
_ROW_WORK, _DISC_WORK = 0.5, 0.1
"""A row's own work, and a pixel of disc's, for each pixel that a slice has there: as measured, to a quarter or so."""
ALIGNED = 8
"""Bands and sheets begin at multiples of this many pixels, so that every level has whole ones."""


class Sheet(Protocol):
    """All things at one distance, at every level: premultiplied RGBA, (4, h, w), or opaque colours, (3, h, w)."""

    def filled(self, level: int, within: Area) -> Area:
        """The part of a box that may have something in it."""
        ...

    def window(self, level: int, box: Area) -> Image32:
        """Its pixels in a box: an array that may be shared or scratch, and must not be written to."""
        ...

    def dimmed(self, level: int, box: Area, by: float) -> tuple[Image32, float]:
        """The same to be divided by a number, and what of that is still to be done: `by`, or 1 where it is done."""
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
        front = Front(Area(0, top, self.frame[0], bottom), joined=self.joined)
        across = self.aperture.squeeze  # an oval is narrower than high
        levels = [(level_of(placed.disc_px / across, self.least_px), placed) for placed in self.sheets]
        for level, group in groupby(levels, key=lambda pair: pair[0]):
            seen = front.uncovered()
            if seen.empty:
                break
            if level == 0:
                self._lay_sheets(front, (placed for _, placed in group), level)
                continue
            # What something sharper hides is never blurred, whatever its level.
            made = Front(_at(seen, level).grown(_MARGIN, _MARGIN), joined=self.joined)
            self._lay_sheets(made, (placed for _, placed in group), level)
            _lay_enlarged(front, made, level)
        return front.filled_up()

    def bands(self) -> list[tuple[int, int]]:
        """The frame's bands, (top, bottom): of a picture's slices two that are about as much work."""
        found = frame_bands(self.frame)
        if not self.joined or len(found) != 2:
            return found
        width, height = self.frame
        work = np.full(height, width * _ROW_WORK)
        for placed in self.sheets:
            level = level_of(placed.disc_px, self.least_px)
            has = placed.sheet.filled(0, Area(0, 0, width, height))
            work[has.top : has.bottom] += (has.right - has.left) * (1 + placed.disc_px * _DISC_WORK) / 4**level
        sums = np.cumsum(work)
        middle = int(np.searchsorted(sums, sums[-1] / 2)) // ALIGNED * ALIGNED
        middle = min(max(middle, _LEAST_ROWS), found[-1][1] - _LEAST_ROWS)
        return [(0, middle), (middle, height)]

    def _lay_sheets(self, made: Front, sheets: Iterable[PlacedSheet], level: int) -> None:
        """Sheets of one level. Near to far, so that what is hidden already is never blurred."""
        for placed in sheets:
            seen = made.uncovered()
            if seen.empty:
                return
            if placed.disc_px < UNSEEN_PX:
                cut = placed.sheet.filled(level, seen)
                if not cut.empty:
                    made.lay_under(cut, placed.sheet.window(level, cut))
                continue
            disc = at_level(placed.disc_px, level)
            for cell, corner in self._cells(seen, level):
                _lay_blurred(made, cell, placed.sheet, level, self.aperture.runs(disc, corner, coarse=level == 0))

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


def _lay_blurred(made: Front, cell: Area, sheet: Sheet, level: int, runs: Runs) -> None:
    """Lay a sheet, blurred, under a cell of what is made."""
    across, down = runs.reach
    for cut in _reached(sheet, level, cell, across, down):
        # Each part takes a disc's width more than itself, so a cut must save more than that.
        for part in made.open_parts(cut, 4 * across + _WORTH_A_CUT_PX // cut.shape[0]):
            window, by = sheet.dimmed(level, part.grown(across, down), runs.area)
            made.lay_under(part, blurred(window, runs, by))


def _reached(sheet: Sheet, level: int, cell: Area, across: int, down: int) -> list[Area]:
    """Where in a cell a sheet's blur may be seen: one area, or several below each other where that saves pixels enough.

    Somebody who stands on a floor is one thing with a strip of it as wide as the frame.
    """

    def within(rows: Area) -> Area:
        # What lies beside them reaches into them by the disc, and what is in them reaches out by as much.
        return sheet.filled(level, rows.grown(across, down)).grown(across, down).common(rows)

    whole = within(cell)
    if whole.pixels < 2 * _WORTH_A_CUT_PX:
        return [] if whole.empty else [whole]
    found: list[Area] = []
    for top in range(whole.top, whole.bottom, _STEP_ROWS):
        step = within(Area(whole.left, top, whole.right, min(top + _STEP_ROWS, whole.bottom)))
        if step.empty:
            continue
        both = found[-1].around(step) if found else step
        if found and both.pixels - found[-1].pixels - step.pixels < _WORTH_A_CUT_PX:
            found[-1] = both
        else:
            found.append(step)
    return found


def _lay_enlarged(front: Front, made: Front, level: int) -> None:
    """Lay what is in a level's picture under the band, at full size."""
    has = area_of(made.pixels[3] > 0, made.box)
    if has.empty:
        return
    # Enlarging looks at neighbours, so some nothing around it must come along or its edge would be hard.
    has = has.grown(_MARGIN, _MARGIN).common(made.box)
    pixels = made.pixels[(slice(None), *has.inside(made.box))]
    opaque = pixels[3].min() >= WHOLE
    larger, at = _enlarged(pixels[:3] if opaque else pixels, has, level, front.uncovered())
    front.lay_under(at, larger)


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


def in_bands(bands: Iterable[tuple[int, int]], draw: Callable[[int, int], None], *, threads: bool) -> None:
    """Call `draw(top, bottom)` for each band of a frame, one after another or on all cores."""
    if threads:
        on_all_cores(lambda band: draw(*band), bands)
        return
    for band in bands:
        draw(*band)


def frame_bands(frame: tuple[int, int]) -> list[tuple[int, int]]:
    """The bands of a frame (width, height), (top, bottom) each."""
    width, height = frame
    rows = band_rows(height, width)
    return [(top, min(top + rows, height)) for top in range(0, height, rows)]


def band_rows(height: int, width: int) -> int:
    """Rows of a band: a multiple of 8, many enough for the blur's reach.

    Threads share the interpreter, so a few large steps are quicker than many small ones; but those of a large frame
    would take too much memory. Where there are several bands there are as many as two cores can share evenly.
    """
    many = height * width > _TWO_BANDS_PX
    bands = 2 * round(height * width / (2 * _BAND_PX)) if many else min(2, height // _LEAST_ROWS) or 1
    return -(-height // bands // ALIGNED) * ALIGNED

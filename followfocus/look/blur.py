# SPDX-License-Identifier: MIT
"""Blur by an aperture of any convex shape, at any of four resolutions.

A blurred pixel is the sum of one upright run of pixels per column of the aperture. Sums of 2, 4, 8 … rows are made
once, each run is put together from them, and columns of the same run share it: some twenty additions a pixel for a disc
of eight, all of them on whole rows. A large disc is blurred at a half, a quarter or an eighth of the size and enlarged.
The averages that this adds soften its edge; seven tenths of them are taken off the disc, so that its
plateau and its second moment are each right to 5 %.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from followfocus.look.aperture import Runs
from followfocus.look.paint import Image32
from followfocus.look.scratch import SCRATCH

_Term: TypeAlias = tuple[float, int]
"""A share of one row, or a power of two of whole rows, and the (first) row of the topmost pixel's."""
UNSEEN_PX = 0.3
"""A disc smaller than this leaves a pixel's value practically alone."""
_TAKEN_OFF = 0.7
LEVELS = 4
"""Full size, a half, a quarter, an eighth."""
_AT_ONCE_PX = 200_000
"""Small bands are added up together: fewer steps for the interpreter, and still in a core's cache."""


def level_of(disc_px: float, least_px: float) -> int:
    """The coarsest of the levels at which a disc is still `least_px` pixels across."""
    if disc_px < 2 * least_px:
        return 0
    return min(LEVELS - 1, int(math.log2(disc_px / least_px)))


def at_level(disc_px: float, level: int) -> float:
    """The disc to blur with at a level, in its pixels: most of the box and the tent that a level adds is taken off."""
    return math.sqrt(max(disc_px * disc_px - _TAKEN_OFF * 4 * (4**level - 1), 1.0)) / 2**level if level else disc_px


def blurred(window: Image32, runs: Runs, by: float = 1.0) -> Image32:
    """A picture (c, h, w) from a window that reaches `runs.reach` beyond it on each side, divided by a number.

    By `runs.area` they are means, else sums; a window may have been divided before. Scratch: good until the next one.
    """
    count, rows, width = window.shape
    across, down = runs.reach
    soft = SCRATCH.array("soft", window.shape)
    at_once = max(1, _AT_ONCE_PX // (rows * width))
    gathered = [(_terms(begin, end, down), columns) for begin, end, columns in runs.runs]
    for first in range(0, count, at_once):
        part = window[first : first + at_once]
        if by != 1:
            part = np.multiply(part, np.float32(1 / by), out=SCRATCH.array("rows 1", part.shape))
        _blur_rows(part.reshape(-1), width, gathered, runs.reach, soft[first : first + at_once].reshape(-1))
    return soft[:, : rows - 2 * down, : width - 2 * across]


def _blur_rows(
    rows: Image32,
    width: int,
    gathered: list[tuple[list[_Term], tuple[int, ...]]],
    reach: tuple[int, int],
    into: Image32,
) -> None:
    """Write the sums of all runs for rows `width` long, one after another in one dimension.

    Whole rows are added up, with what lies beside the picture in them: numpy is twice as quick where nothing is left
    out. Of each row the last 2 x `across` sums, and of each band the last 2 x `down` rows, are then of no use.
    """
    across, down = reach
    sums, fresh = _Sums(rows, width), True
    length = len(rows) - 2 * down * width
    made = into[: length - 2 * across]
    for terms, columns in gathered:
        run = sums.gathered(terms, length)
        moved = [run[across - column : across - column + len(made)] for column in columns]
        if fresh and len(moved) > 1:
            np.add(moved.pop(), moved.pop(), out=made)
        elif fresh:
            made[:] = moved.pop()
        fresh = False
        for one in moved:
            made += one


def _terms(begin: float, end: float, down: int) -> list[_Term]:
    """The sums of whole rows, and the shares of rows at its ends, that make up a run."""
    # what a point sends down and to the right, a pixel gathers from above and from the left
    low, high = down - end + 0.5, down - begin + 0.5
    first, last = math.ceil(low), math.floor(high)
    if last < first:
        return [(high - low, last)]
    terms: list[_Term] = []
    if first > low:
        terms.append((first - low, first - 1))
    if high > last:
        terms.append((high - last, last))
    count = 1
    while first < last:
        if (last - first) & count:
            terms.append((count, first))
            first += count
        count *= 2
    return terms


class _Sums:
    """Shares of rows that lie one after another in one dimension, and sums of 2, 4, 8 … rows, each made once.

    Running sums down the columns need one addition less per run, but are as slow to make as ten additions.
    """

    def __init__(self, rows: Image32, width: int) -> None:
        self._made: dict[float, Image32] = {1: rows}
        self._width = width

    def gathered(self, terms: list[_Term], length: int) -> Image32:
        """The terms' sum at the first `length` places; may be overwritten by the next one."""
        parts = [self._of(count)[first * self._width : first * self._width + length] for count, first in terms]
        if len(parts) == 1:
            return parts[0]
        run = SCRATCH.array("run", (length,))
        np.add(parts[0], parts[1], out=run)
        for part in parts[2:]:
            run += part
        return run

    def _of(self, count: float) -> Image32:
        found = self._made.get(count)
        if found is None:
            rows = self._made[1]
            found = self._made[count] = SCRATCH.array(f"rows {count:g}", rows.shape)
            if count < 1:
                np.multiply(rows, np.float32(count), out=found)
            else:
                half, step = self._of(count / 2), int(count) // 2 * self._width
                length = len(half) - (int(count) - 1) * self._width
                np.add(half[:length], half[step : step + length], out=found[:length])
        return found


def halved(picture: Image32) -> Image32:
    """The average of every 2 x 2 pixels of (c, h, w), h and w even."""
    rows = picture[:, ::2] + picture[:, 1::2]
    return np.asarray((rows[:, :, ::2] + rows[:, :, 1::2]) * np.float32(0.25))


def doubled(picture: Image32) -> Image32:
    """Twice the size, linear between pixels' middles, (c, 2h - 2, 2w - 2): the outermost half pixels are left out.

    Scratch: good until the next one; may be made from the last one.
    """
    count, height, width = picture.shape
    # Down first: whole rows cost less than every second pixel, so there should be fewer of the latter.
    # In the memory of a blur and its window, which are both done with by then.
    most, least = _quartered(picture)
    tall = SCRATCH.array("soft", (count, 2 * height - 2, width))
    np.add(most[:, :-1], least[:, 1:], out=tall[:, 0::2])
    np.add(most[:, 1:], least[:, :-1], out=tall[:, 1::2])
    # In one dimension; what the end of a row makes with the next one's begin is left out.
    most, least = _quartered(tall.reshape(-1))
    made = SCRATCH.array("window", (count, 2 * height - 2, 2 * width))
    row = made.reshape(-1)
    np.add(most[:-1], least[1:], out=row[0:-2:2])
    np.add(most[1:], least[:-1], out=row[1:-1:2])
    return made[:, :, : 2 * width - 2]


def _quartered(picture: Image32) -> tuple[Image32, Image32]:
    """Three quarters and one quarter of a picture; scratch."""
    least = np.multiply(picture, np.float32(0.25), out=SCRATCH.array("least", picture.shape))
    return np.subtract(picture, least, out=SCRATCH.array("most", picture.shape)), least

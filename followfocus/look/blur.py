# SPDX-License-Identifier: MIT
"""Blur by an aperture of any convex shape, at any of four resolutions.

A blurred pixel is the sum of one upright run of pixels per column of the aperture. Sums down the columns are made once,
each run is then a difference of two rows of sums, and columns of the same run share it: some twenty additions a pixel
for a disc of twenty, all of them on whole rows. A large disc is blurred at a half, a quarter or an eighth of the size
and enlarged. The averages that this adds soften its edge; seven tenths of them are taken off the disc, so that its
plateau and its second moment are each right to 5 %.
"""

from __future__ import annotations

import math

import numpy as np

from followfocus.look.aperture import Runs
from followfocus.look.paint import Image32

UNSEEN_PX = 0.3
"""A disc smaller than this leaves a pixel's value practically alone."""
_TAKEN_OFF = 0.7
LEVELS = 4
"""Full size, a half, a quarter, an eighth."""


def level_of(disc_px: float, least_px: float) -> int:
    """The coarsest of the levels at which a disc is still `least_px` pixels across."""
    if disc_px < 2 * least_px:
        return 0
    return min(LEVELS - 1, int(math.log2(disc_px / least_px)))


def at_level(disc_px: float, level: int) -> float:
    """The disc to blur with at a level, in its pixels: most of the box and the tent that a level adds is taken off."""
    return math.sqrt(max(disc_px * disc_px - _TAKEN_OFF * 4 * (4**level - 1), 1.0)) / 2**level if level else disc_px


def blurred(window: Image32, runs: Runs, shape: tuple[int, int]) -> Image32:
    """A picture (c, h, w) of this `shape` = (h, w), from a window that reaches `runs.reach` beyond it on each side."""
    height, width = shape
    across, down = runs.reach
    sums = _Sums(window)
    made = np.empty((window.shape[0], height, width), dtype=np.float32)
    run = np.empty((window.shape[0], height, window.shape[2]), dtype=np.float32)
    fresh = True
    for begin, end, columns in runs.runs:
        # what a point sends down and to the right, a pixel gathers from above and from the left
        np.subtract(sums.at(down - begin + 0.5, height), sums.at(down - end + 0.5, height), out=run)
        moved = [run[:, :, across - column : across - column + width] for column in columns]
        if fresh and len(moved) > 1:
            np.add(moved.pop(), moved.pop(), out=made)
        elif fresh:
            made[:] = moved.pop()
        fresh = False
        for one in moved:
            made += one
    made *= np.float32(1 / runs.area)
    return made


class _Sums:
    """Sums of all rows above a place, which may lie between two rows."""

    def __init__(self, window: Image32) -> None:
        count, rows, columns = window.shape
        self._window = window
        self._whole = np.empty((count, rows + 1, columns), dtype=np.float32)
        self._whole[:, 0] = 0
        for row in range(rows):
            np.add(self._whole[:, row], window[:, row], out=self._whole[:, row + 1])
        self._between: dict[float, Image32] = {}

    def at(self, row: float, count: int) -> Image32:
        """The sums above `row`, `row` + 1 …, `count` of them."""
        first = math.floor(row)
        part = row - first
        if part == 0:
            return self._whole[:, first : first + count]
        if part not in self._between:
            made = self._window * np.float32(part)
            made += self._whole[:, :-1]
            self._between[part] = made
        return self._between[part][:, first : first + count]


def halved(picture: Image32) -> Image32:
    """The average of every 2 x 2 pixels of (c, h, w), h and w even."""
    rows = picture[:, ::2] + picture[:, 1::2]
    return np.asarray((rows[:, :, ::2] + rows[:, :, 1::2]) * np.float32(0.25))


def doubled(picture: Image32) -> Image32:
    """Twice the size, linear between pixels' middles, (c, 2h - 2, 2w - 2): the outermost half pixels are left out."""
    return _doubled_down(_doubled_across(picture))


def _doubled_across(picture: Image32) -> Image32:
    count, height, width = picture.shape
    most, least = picture * np.float32(0.75), picture * np.float32(0.25)
    made = np.empty((count, height, 2 * width - 2), dtype=np.float32)
    np.add(most[:, :, :-1], least[:, :, 1:], out=made[:, :, 0::2])
    np.add(most[:, :, 1:], least[:, :, :-1], out=made[:, :, 1::2])
    return made


def _doubled_down(picture: Image32) -> Image32:
    count, height, width = picture.shape
    most, least = picture * np.float32(0.75), picture * np.float32(0.25)
    made = np.empty((count, 2 * height - 2, width), dtype=np.float32)
    np.add(most[:, :-1], least[:, 1:], out=made[:, 0::2])
    np.add(most[:, 1:], least[:, :-1], out=made[:, 1::2])
    return made

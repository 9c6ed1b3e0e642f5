# SPDX-License-Identifier: MIT
"""The background that a near thing hides, made up from its surroundings: filled from behind, never from the front.

Pull: in every 2 x 2 pixels, and again at half the size, only the farthest things are averaged. Push: a pixel takes what
was found at the finest size at which something clearly farther stands beside it. So a face's outline is continued by
the wall behind it, and the wall itself by nothing, for nothing is farther.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from followfocus.look.paint import Image32

_STRIP = 256
"""Rows that are halved at a time: an even number"""


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """The hidden background at half the size: colours (3, h, w), how far, and where there is anything, (h, w)."""

    colours: Image32
    depth: Image32
    there: NDArray[np.bool_]


def behind(colours: Image32, depth: Image32, apart: float, reach_px: float) -> Hidden:
    """The background that near things hide, at half size, as far in as `reach_px` pixels from their outlines.

    `depth` grows with distance (any measure of it); things are clearly apart from `apart` on.
    """
    steps = max(1, int(np.ceil(np.log2(max(2.0, reach_px)))))
    levels = [_Level(colours, depth, depth)]
    # Each level doubles the reach; under three pixels there is nothing beside anything.
    while len(levels) <= steps and min(levels[-1].far.shape) > 2:
        levels.append(levels[-1].pulled(apart))
    found = np.zeros((5, *levels[-1].far.shape), dtype=np.float32)
    for number in range(len(levels) - 1, 0, -1):
        level = levels.pop()
        if found.shape[1:] != level.far.shape:
            found = _enlarged(found, level.far.shape, apart)
        # what slants is farther apart in coarser pixels, and hides nothing
        beside = level.far - level.near > apart * max(1.0, 2.0 ** (number - 2))
        for band, own in zip(found, (*level.colours, level.far, np.float32(1)), strict=True):
            np.copyto(band, own, where=beside)
    there = (found[4] > 0) & (found[3] - level.near > apart)
    return Hidden(found[:3], found[3], there)


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The farthest things' colours and depth, and the nearest depth of all, per pixel of one size."""

    colours: Image32
    far: Image32
    near: Image32

    def pulled(self, apart: float) -> _Level:
        """The same at half the size; a strip of rows after another, to need little memory."""
        strips = [self._rows(top)._pulled(apart) for top in range(0, len(self.far), _STRIP)]
        return _Level(
            np.concatenate([strip.colours for strip in strips], axis=1),
            np.concatenate([strip.far for strip in strips]),
            np.concatenate([strip.near for strip in strips]),
        )

    def _rows(self, top: int) -> _Level:
        rows = slice(top, top + _STRIP)
        return _Level(self.colours[:, rows], self.far[rows], self.near[rows])

    def _pulled(self, apart: float) -> _Level:
        far, near = _quarters(self.far), _quarters(self.near)
        farthest = far.max(axis=0)
        counts = (far >= farthest - apart).astype(np.float32)
        share = counts / counts.sum(axis=0)
        colours = np.stack([(_quarters(band) * share).sum(axis=0) for band in self.colours])
        return _Level(colours, (far * share).sum(axis=0), near.min(axis=0))


def _quarters(band: Image32) -> Image32:
    """The four pixels of each 2 x 2, (4, ceil(h / 2), ceil(w / 2)); an odd edge is doubled."""
    rows, columns = band.shape
    if rows % 2 or columns % 2:
        band = np.pad(band, ((0, rows % 2), (0, columns % 2)), mode="edge")
    return np.stack([band[::2, ::2], band[1::2, ::2], band[::2, 1::2], band[1::2, 1::2]])


def _enlarged(found: Image32, shape: tuple[int, ...], apart: float) -> Image32:
    """Twice the size, linear between pixels that have the same thing in them, and never a blend of two."""
    made = np.empty((len(found), *shape), np.float32)
    for top in range(0, shape[0], _STRIP):
        strip = _doubled(found, 1, (top // 2, min((top + _STRIP) // 2, found.shape[1])), apart)
        strip = _doubled(strip, 2, (0, found.shape[2]), apart)
        into = made[:, top : top + _STRIP]
        into[:] = strip[:, : into.shape[1], : shape[1]]
    return made


def _doubled(found: Image32, axis: int, part: tuple[int, int], apart: float) -> Image32:
    """A part of an axis, from a pixel to before another, at twice the size."""
    at = np.arange(*part)
    own = np.take(found, at, axis)
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, found.shape[axis] - 1)
    pairs = [_blended(own, np.take(found, beside, axis), apart) for beside in (before, after)]
    return np.stack(pairs, axis=axis + 1).reshape(*own.shape[:axis], 2 * len(at), *own.shape[axis + 1 :])


def _blended(own: Image32, beside: Image32, apart: float) -> Image32:
    """Three quarters of a pixel's own and one of its neighbour's, where that is the same thing; else its own."""
    same = (own[4] > 0) & (beside[4] > 0) & (np.abs(own[3] - beside[3]) <= apart)
    made = np.where(same, np.float32(0.75) * own + np.float32(0.25) * beside, own)
    return np.where((own[4] == 0) & (beside[4] > 0), beside, made)

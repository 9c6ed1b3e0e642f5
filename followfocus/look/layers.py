# SPDX-License-Identifier: MIT
"""One plane of a drawn scene as a sheet: cropped to what is in it, at every level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import RequestError
from followfocus.look.area import Area, area_of
from followfocus.look.blur import LEVELS, halved
from followfocus.look.paint import Image32
from followfocus.look.planes import Drawn
from followfocus.look.stack import ALIGNED

Number = TypeVar("Number", bound=np.generic)
Held: TypeAlias = NDArray[np.float16 | np.float32]
_RAISED = np.float32(16)
"""Compact layers are kept so many times as bright: what is too dark for a 16-bit float is then black on any screen."""
_REBIASED = np.float32(2.0 ** (127 - 15)) / _RAISED
_TILE = 16
_BEYOND = 0.16
"""Share of the frame by which what its edge cuts goes on beyond it, so that a wide blur finds more of the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One plane: its picture at every level, (4 or 3, h, w), and the box that it fills at full size."""

    levels: tuple[Held, ...]
    """May be kept in 16-bit floats: half the memory, and a fortieth of a screen's code off at most."""

    box: Area
    extends: bool
    """An opaque backdrop goes on beyond its edges; everything else ends there."""

    tiles: NDArray[np.bool_]
    """Which squares of 16 pixels of the box have anything in them."""

    def _box(self, level: int) -> Area:
        size = 2**level
        return Area(self.box.left // size, self.box.top // size, self.box.right // size, self.box.bottom // size)

    def filled(self, level: int, within: Area) -> Area:
        """The part of a box that may have something in it."""
        if self.extends:
            return within
        box, size = self._box(level), _TILE // 2**level
        common = within.common(box)
        if common.empty:
            return common
        rows, columns = common.inside(box)
        tiles = Area(columns.start // size, rows.start // size, -(-columns.stop // size), -(-rows.stop // size))
        found = area_of(self.tiles[tiles.top : tiles.bottom, tiles.left : tiles.right], tiles)
        left, top = box.left + size * found.left, box.top + size * found.top
        return common.common(Area(left, top, box.left + size * found.right, box.top + size * found.bottom))

    def window(self, level: int, box: Area) -> Image32:
        """Its pixels in a box: nothing beyond its edges, or for a backdrop more of the same."""
        return _unpacked(cut_out(self.levels[level], self._box(level), box, extends=self.extends))

    def dimmed(self, level: int, box: Area, by: float) -> tuple[Image32, float]:
        """The same, and what it is still to be divided by: all of `by`."""
        return self.window(level, box), by


def cut_out(picture: NDArray[Number], has: Area, wanted: Area, *, extends: bool) -> NDArray[Number]:
    """The pixels of `wanted` from a picture (c, h, w) that holds `has`; zeros, or its edge, beyond it."""
    common = wanted.common(has)
    if common.empty:
        if extends:
            rows = np.clip(np.arange(wanted.top, wanted.bottom), has.top, has.bottom - 1) - has.top
            columns = np.clip(np.arange(wanted.left, wanted.right), has.left, has.right - 1) - has.left
            return np.asarray(picture[:, rows[:, None], columns[None, :]])
        return np.zeros((len(picture), *wanted.shape), dtype=picture.dtype)
    rows_, columns_ = common.inside(has)
    found = picture[:, rows_, columns_]
    if common == wanted:
        return found
    rows_, columns_ = common.inside(wanted)
    made = np.empty((len(picture), *wanted.shape), dtype=picture.dtype)
    made[:, rows_, columns_] = found
    if extends:
        go_on(made, rows_, columns_)
        return made
    for beyond in (
        made[:, : rows_.start],
        made[:, rows_.stop :],
        made[..., : columns_.start],
        made[..., columns_.stop :],
    ):
        beyond[:] = 0
    return made


def go_on(made: NDArray[Number], rows: slice, columns: slice) -> None:
    """Fill a picture (c, h, w) with more of the same beyond some rows and columns of it."""
    made[:, : rows.start, columns] = made[:, rows.start : rows.start + 1, columns]
    made[:, rows.stop :, columns] = made[:, rows.stop - 1 : rows.stop, columns]
    made[:, :, : columns.start] = made[:, :, columns.start : columns.start + 1]
    made[:, :, columns.stop :] = made[:, :, columns.stop - 1 : columns.stop]


def layer_of(picture: Drawn, name: str, frame: tuple[int, int], *, compact: bool = False) -> Layer:
    """Crop a plane to what is in it, put its channels first and make its levels; `compact` keeps them in 16 bits.

    RequestError for an empty one.
    """
    alpha = picture.rgba[..., 3]
    opaque = bool(np.all(alpha >= 0.999)) and picture.left <= 0 and picture.top <= 0
    # Only what fills the frame may go on beyond it: a picture that ends within it would be smeared to its edge.
    opaque = opaque and picture.left + alpha.shape[1] >= frame[0] and picture.top + alpha.shape[0] >= frame[1]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    if not len(rows):
        raise RequestError(f"The picture of {name} is empty: every pixel is transparent.", "Give another one.")
    (top, bottom), (left, right) = (rows[0], rows[-1] + 1), (columns[0], columns[-1] + 1)
    channels = np.moveaxis(picture.rgba[top:bottom, left:right, : 3 if opaque else 4], 2, 0)
    x, y = picture.left + int(left), picture.top + int(top)
    if not opaque:
        across, down = _goes_on(x, channels.shape[2], frame[0]), _goes_on(y, channels.shape[1], frame[1])
        channels = np.pad(channels, ((0, 0), down, across), mode="edge")
        x, y = x - across[0], y - down[0]
    return _levelled(channels, x, y, extends=opaque, compact=compact)


def _goes_on(start: int, length: int, frame: int) -> tuple[int, int]:
    """Pixels to add before and after along one axis, where the picture reaches the frame's edge."""
    reach = round(_BEYOND * frame)
    before = max(0, reach + start) if start <= 0 else 0
    after = max(0, frame + reach - start - length) if start + length >= frame else 0
    return before, after


def _levelled(channels: Image32, left: int, top: int, *, extends: bool, compact: bool) -> Layer:
    """The layer on a grid of 8 pixels, so that each level's pixels lie over whole ones of the next finer."""
    rows, columns = channels.shape[1:]
    before = top % ALIGNED, left % ALIGNED
    after = -(before[0] + rows) % ALIGNED, -(before[1] + columns) % ALIGNED
    pads = ((0, 0), (before[0], after[0]), (before[1], after[1]))
    full = np.pad(channels, pads, mode="edge") if extends else np.pad(channels, pads)
    levels = [np.ascontiguousarray(full)]
    for _ in range(LEVELS - 1):
        levels.append(halved(levels[-1]))
    held: tuple[Held, ...] = tuple(_packed(level) for level in levels) if compact else tuple(levels)
    box = Area(left - before[1], top - before[0], left + columns + after[1], top + rows + after[0])
    return Layer(held, box, extends, _tiles(levels[0][-1]))


def _packed(level: Image32) -> NDArray[np.float16]:
    """Colours in half the memory."""
    made = np.empty(level.shape, dtype=np.float16)
    for band, packed in zip(level, made, strict=True):  # one at a time, to need little memory
        raised = np.clip(band, 0, np.float32(np.finfo(np.float16).max) / _RAISED) * _RAISED
        packed[:] = np.where(raised < np.finfo(np.float16).tiny, 0, raised)
    return made


def _unpacked(held: Held) -> Image32:
    """The colours again, or those that were never packed themselves."""
    if held.dtype == np.float32:
        return np.asarray(held, dtype=np.float32)
    # By hand, exact for what `_packed` leaves: a tenth of the time that numpy's own conversion takes.
    bits = held.view(np.uint16).astype(np.uint32)
    bits <<= 13
    found = bits.view(np.float32)
    found *= _REBIASED
    return found


def _tiles(alpha: Image32) -> NDArray[np.bool_]:
    """Which squares of a picture have anything in them."""
    rows, columns = -(-alpha.shape[0] // _TILE), -(-alpha.shape[1] // _TILE)
    whole = np.zeros((rows * _TILE, columns * _TILE), np.bool_)
    whole[: alpha.shape[0], : alpha.shape[1]] = alpha > 0
    return np.asarray(whole.reshape(rows, _TILE, columns, _TILE).any(axis=(1, 3)))

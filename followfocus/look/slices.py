# SPDX-License-Identifier: MIT
"""A picture with its depth, ready to be cut into slices of one disc each.

Blur is linear in 1/distance, so depth is kept as one of 512 even steps of 1/distance from near to far, and for any
ring angle a table says which step goes into which slice. A pixel between two slices goes into both by its share, so
that discs change smoothly across a slanted wall and everything is shared out exactly once.

At every level a pixel has up to three things in it, in plies: the nearest that is seen, what else is seen beside it (at
an outline, where a coarse pixel covers both), and what is hidden behind. They never mix, so nothing bleeds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from followfocus.arrays import FloatArray
from followfocus.look.area import Area, area_of
from followfocus.look.behind import behind
from followfocus.look.blur import LEVELS
from followfocus.look.layers import Number, go_on
from followfocus.look.paint import Image32
from followfocus.look.scratch import SCRATCH
from followfocus.look.stack import ALIGNED, PlacedSheet

STEPS = 512
_NOTHING = STEPS
"""The depth step of an empty pixel."""
_TILE = 16
_STRIP = 256
"""Rows that are halved at a time, to need little memory."""
_APART = 6
"""Steps of depth from which two neighbours are two things and not one that slants."""
_FINEST_PX, _SHARE = 1.5, 0.25
"""Slices are so many pixels of disc apart, and where discs are large this share of them: nearer is no truer."""
_STEEP = 8.0
"""A pixel changes over from one slice to the next in an eighth of the way: what is in both is blurred twice."""
_FINEST_AT = 1280
"""Frames wider than this have as many pixels more: the same share of the width."""

Depths = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Ply:
    """One thing per pixel: premultiplied colours and alpha (4, h, w), and its step of depth (h, w).

    What is opaque all over has its colours alone, (3, h, w): a picture at full size is kept once.
    """

    rgba: Image32
    step: Depths
    hidden: bool = False
    """Hidden things are kept at half the size at most, for at full size they are half made up anyway."""

    def rows(self, top: int) -> Ply:
        """A strip of its rows."""
        return Ply(self.rgba[:, top : top + _STRIP], self.step[top : top + _STRIP], self.hidden)

    def alpha(self) -> Image32:
        """How much of each pixel it covers, (h, w); read-only."""
        return self.rgba[3] if len(self.rgba) == 4 else np.broadcast_to(np.float32(1), self.step.shape)

    def put(self, made: Image32, shares: Image32, box: Area, asked: Area) -> bool:
        """Write its part in a slice, colours times share, into a picture of a box: (4, h, w); nothing but in `asked`.

        Whether there is any; if not, nothing is written. More of the same beyond the edges.
        """
        inside, share = self._share(asked, shares)
        if share.max() <= 0:
            return False
        for beyond in box.without(asked):
            made[(slice(None), *beyond.inside(box))] = 0
        into = made[(slice(None), *asked.inside(box))]
        rows, columns = inside.inside(asked)
        seen = self.rgba[:, inside.top : inside.bottom, inside.left : inside.right]
        np.multiply(seen, share, out=into[: len(seen), rows, columns])
        if len(seen) == 3:
            into[3, rows, columns] = share
        go_on(into, rows, columns)
        return True

    def shared(self, shares: Image32, box: Area, *, half: bool) -> tuple[Area, Image32] | None:
        """Its part in a slice: a part of the box, and there colours times share, (4, h, w); None for nothing.

        More of the same beyond the edges; `half` where full size is asked of what is hidden.
        """
        if not (half and self.hidden):
            return self._cut(box, shares)
        found = self._cut(Area(box.left // 2, box.top // 2, -(-box.right // 2), -(-box.bottom // 2)), shares)
        if found is None:
            return None
        small, made = found[0], _twice(found[1])
        at = Area(2 * small.left, 2 * small.top, 2 * small.right, 2 * small.bottom)
        kept = at.common(box)
        return kept, made[(slice(None), *kept.inside(at))]

    def _cut(self, asked: Area, shares: Image32) -> tuple[Area, Image32] | None:
        """The smallest part of a box in which there is anything, and there colours times share."""
        inside, share = self._share(asked, shares)
        found = area_of(share > 0, inside)
        if found.empty:
            return None
        within = Area(
            asked.left if found.left == inside.left else found.left,
            asked.top if found.top == inside.top else found.top,
            asked.right if found.right == inside.right else found.right,
            asked.bottom if found.bottom == inside.bottom else found.bottom,
        )
        made = np.empty((4, *within.shape), np.float32)
        rows, columns = found.inside(within)
        seen = self.rgba[:, found.top : found.bottom, found.left : found.right]
        np.multiply(seen, share[found.inside(inside)], out=made[:, rows, columns])
        go_on(made, rows, columns)
        return within, made

    def _share(self, asked: Area, shares: Image32) -> tuple[Area, Image32]:
        """The part of a box that lies in the picture, its nearest pixel at least, and each pixel's share there."""
        height, width = self.step.shape
        left, top = min(max(asked.left, 0), width - 1), min(max(asked.top, 0), height - 1)
        inside = Area(left, top, max(min(asked.right, width), left + 1), max(min(asked.bottom, height), top + 1))
        return inside, shares.take(self.step[top : inside.bottom, left : inside.right])


class Sliced:
    """A picture (3, h, w) in linear light with 1/distance (h, w) in 1/m, at every level."""

    def __init__(self, colours: Image32, per_m: Image32, reach_px: float) -> None:
        self.near_per_m, self.far_per_m = float(per_m.max()), float(per_m.min())
        span = max(self.near_per_m - self.far_per_m, 1e-9)
        depth = ((np.float32(self.near_per_m) - per_m) * np.float32((STEPS - 1) / span)).astype(np.float32)
        self.size = colours.shape[2], colours.shape[1]
        rows, columns = -colours.shape[1] % ALIGNED, -colours.shape[2] % ALIGNED
        if rows or columns:
            colours = np.pad(colours, ((0, 0), (0, rows), (0, columns)), mode="edge")
            depth = np.pad(depth, ((0, rows), (0, columns)), mode="edge")
        self._box = Area(0, 0, colours.shape[2], colours.shape[1])
        seen = Ply(colours, np.rint(depth).astype(np.uint16))
        hidden = _hidden(colours, depth, reach_px)
        self.levels: list[tuple[Ply, ...]] = [(seen, *hidden), (*_split([seen]), *hidden)]
        for _ in range(LEVELS - 2):
            self.levels.append(_coarser(self.levels[-1]))
        self._tiles = [_tiles(seen, _TILE), *(_tiles(ply, _TILE // 2) for ply in hidden)]
        self.there = np.logical_or.reduce([(counts[1:] > counts[:-1]).any(axis=(1, 2)) for counts in self._tiles])

    def per_m(self) -> FloatArray:
        """1/distance of every step, near to far, (512,)."""
        return np.linspace(self.near_per_m, self.far_per_m, STEPS)

    def filled(self, level: int, within: Area, first: int, last: int) -> Area:
        """The part of a box that may have steps `first` to `last` in it; what touches the frame's edge goes on."""
        parts = [self._filled(counts, level, within, first, last) for counts in self._tiles]
        return reduce(Area.around, [part for part in parts if not part.empty] or [Area(0, 0, 0, 0)])

    def _filled(self, counts: Depths, level: int, within: Area, first: int, last: int) -> Area:
        """The same of what is seen, or of what is hidden, whose tiles are given."""
        size = _TILE // 2**level
        rows = slice(max(within.top // size, 0), max(-(-within.bottom // size), 1))
        columns = slice(max(within.left // size, 0), max(-(-within.right // size), 1))
        tiles = Area(columns.start, rows.start, columns.stop, rows.stop)
        found = area_of(counts[min(last + 1, STEPS), rows, columns] > counts[first, rows, columns], tiles)
        if found.empty:
            return Area(0, 0, 0, 0)
        width, height = self._box.right // 2**level, self._box.bottom // 2**level
        box = Area(
            within.left if found.left <= 0 else found.left * size,
            within.top if found.top <= 0 else found.top * size,
            within.right if found.right * size >= width else found.right * size,
            within.bottom if found.bottom * size >= height else found.bottom * size,
        )
        return box.common(within)

    def window(self, level: int, box: Area, shares: Image32) -> Image32:
        """A slice's share of a box: (4, h, w); `shares` says how much of each step belongs to it, (513,).

        Scratch: good until the next one.
        """
        made = SCRATCH.array("window", (4, *box.shape))
        steps = np.flatnonzero(shares[:STEPS])
        first, last = (int(steps[0]), int(steps[-1])) if len(steps) else (1, 0)
        first, last = _with_means(level, first, last)
        empty = True
        for ply in self.levels[level]:
            asked = self._filled(self._tiles[ply.hidden], level, box, first, last)
            if asked.empty:
                continue
            if empty and not ply.hidden:
                empty = not ply.put(made, shares, box, asked)
                continue
            found = ply.shared(shares, asked, half=level == 0)
            if found is None:
                continue
            if empty:
                made[:], empty = 0, False
            at, part = found
            there = made[(slice(None), *at.inside(box))]
            if ply.hidden:
                # what is hidden by a thing of the same slice stays so: one disc moves both
                part *= there[3] == 0
            there += part
        if empty:
            made[:] = 0
        return made

    def placed(self, discs_px: FloatArray, step_px: float = _FINEST_PX) -> list[PlacedSheet]:
        """The slices near to far for a signed disc per step of depth (monotone, in pixels of the full frame)."""
        used = np.flatnonzero(self.there)
        shown = discs_px[used]
        finest = step_px * max(1.0, self.size[0] / _FINEST_AT)
        middles = _middles(float(shown.min()), float(shown.max()), finest)
        placed = []
        for number, middle in enumerate(middles):
            before = middles[number - 1] if number else -math.inf
            after = middles[number + 1] if number + 1 < len(middles) else math.inf
            shares = _tent(discs_px, before, middle, after)
            steps = np.flatnonzero((shares[:STEPS] > 0) & self.there)
            if len(steps):
                slice_ = Slice(self, shares, int(steps[0]), int(steps[-1]))
                placed.append((int(steps[0]) + int(steps[-1]), PlacedSheet(slice_, abs(middle))))
        # By depth, near first: the discs go up with it or down, as their signs are given.
        return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The part of a picture whose disc is nearly the same, as a sheet."""

    of: Sliced
    shares: Image32
    first: int
    last: int

    def filled(self, level: int, within: Area) -> Area:
        """The part of a box that may have something in it."""
        return self.of.filled(level, within, *_with_means(level, self.first, self.last))

    def window(self, level: int, box: Area) -> Image32:
        """Its pixels in a box."""
        return self.of.window(level, box, self.shares)

    def dimmed(self, level: int, box: Area, by: float) -> tuple[Image32, float]:
        """The same, divided by a number: as easily as not."""
        return self.of.window(level, box, self.shares / np.float32(by)), 1.0


def _with_means(level: int, first: int, last: int) -> tuple[int, int]:
    """The steps to look for at a level: a coarse pixel's depth is a mean, which no pixel of full size may have."""
    return (max(0, first - _APART), last + _APART) if level else (first, last)


def _twice(picture: Image32) -> Image32:
    """Every pixel twice, across and down: what is half made up and will be blurred need not be smoothed.

    By hand, for numpy's own way takes twice as long and lets no other thread run.
    """
    count, height, width = picture.shape
    wide = np.empty((count, height, 2 * width), np.float32)
    wide[:, :, ::2] = wide[:, :, 1::2] = picture
    made = np.empty((count, height, 2, 2 * width), np.float32)
    made[:, :, 0] = made[:, :, 1] = wide
    return made.reshape(count, 2 * height, 2 * width)


def _middles(low: float, high: float, step_px: float) -> list[float]:
    """The slices' signed discs: from 0 outwards, farther and farther apart, to the ones that hold the ends."""
    found, at = [0.0], 0.0
    while at < high:
        # By shares from some size on: so small a part of a large disc is not seen.
        at += max(step_px, _SHARE * at)
        found.append(at)
    at = 0.0
    while at > low:
        at -= max(step_px, -_SHARE * at)
        found.insert(0, at)
    return found


def _tent(discs_px: FloatArray, before: float, middle: float, after: float) -> Image32:
    """Shares 1 at `middle`, falling to 0 at its neighbours, and none of what isn't there: (513,)."""
    rising = np.ones_like(discs_px) if math.isinf(before) else (discs_px - before) / (middle - before)
    falling = np.ones_like(discs_px) if math.isinf(after) else (after - discs_px) / (after - middle)
    own = 0.5 + _STEEP * (np.minimum(rising, falling) - 0.5)
    return np.append(np.clip(own, 0, 1), 0).astype(np.float32)


def _hidden(colours: Image32, depth: Image32, reach_px: float) -> tuple[Ply, ...]:
    found = behind(colours, depth, _APART, reach_px)
    if not found.there.any():
        return ()
    rgba = np.empty((4, *found.there.shape), np.float32)
    np.multiply(found.colours, found.there, out=rgba[:3])
    rgba[3] = found.there
    return (Ply(rgba, np.rint(np.where(found.there, found.depth, _NOTHING)).astype(np.uint16), hidden=True),)


def _coarser(plies: Sequence[Ply]) -> tuple[Ply, ...]:
    """The plies at half the size: of what is seen the nearest and the rest apart, and what is hidden."""
    seen = [ply for ply in plies if not ply.hidden]
    hidden = [ply for ply in plies if ply.hidden]
    return (*_split(seen), *_not_empty(map(_mean, hidden)))


def _split(seen: Sequence[Ply]) -> tuple[Ply, ...]:
    """The nearest things of each 2 x 2 pixels, and what is clearly farther, if anything is."""
    strips = [_split_strip([ply.rows(top) for ply in seen]) for top in range(0, len(seen[0].step), _STRIP)]
    return _not_empty(map(_joined, zip(*strips, strict=True)))


def _joined(strips: Sequence[Ply]) -> Ply:
    """Strips of rows as one again."""
    return Ply(np.concatenate([ply.rgba for ply in strips], axis=1), np.concatenate([ply.step for ply in strips]))


def _not_empty(plies: Iterable[Ply]) -> tuple[Ply, ...]:
    return tuple(ply for ply in plies if ply.alpha().any())


def _split_strip(seen: Sequence[Ply]) -> tuple[Ply, Ply]:
    steps = np.concatenate([_four(ply.step) for ply in seen]).astype(np.float32)
    weights = np.concatenate([_four(ply.alpha()) for ply in seen])
    there = weights > 0
    nearest = np.where(there, steps, np.inf).min(axis=0)
    farthest = np.where(there, steps, -np.inf).max(axis=0)
    # The middle between the two, so that neither takes the other's edge with it.
    limit = np.where(farthest - nearest > _APART, (nearest + farthest) / 2, np.inf)
    is_near = (steps <= limit).astype(np.float32)
    return _gathered(seen, steps, weights, is_near), _gathered(seen, steps, weights, 1 - is_near)


def _mean(ply: Ply) -> Ply:
    """Hidden things at half the size, whatever their depths."""
    steps, weights = _four(ply.step).astype(np.float32), _four(ply.rgba[3])
    return _gathered([ply], steps, weights, np.ones_like(weights), hidden=True)


def _gathered(plies: Sequence[Ply], steps: Image32, weights: Image32, chosen: Image32, *, hidden: bool = False) -> Ply:
    """The mean of the chosen of each 2 x 2 pixels; nothing where none is chosen."""
    weights = weights * chosen
    total = weights.sum(axis=0)
    step = np.where(total > 0, (steps * weights).sum(axis=0) / np.maximum(total, 1e-6), _NOTHING)
    quarter = chosen * np.float32(0.25)
    rgba = np.zeros((4, *total.shape), np.float32)
    for i, ply in enumerate(plies):
        for corner, share in zip(_corners(ply.rgba), quarter[4 * i : 4 * i + 4], strict=True):
            rgba[: len(corner)] += corner * share
            if len(corner) == 3:
                rgba[3] += share
    return Ply(rgba, np.rint(step).astype(np.uint16), hidden)


def _four(band: NDArray[np.float32] | Depths) -> NDArray[np.float32]:
    """The four pixels of each 2 x 2, (4, h / 2, w / 2)."""
    return np.stack(_corners(band))


def _corners(bands: NDArray[Number]) -> tuple[NDArray[Number], ...]:
    """The four pixels of each 2 x 2 apart, (…, h / 2, w / 2)."""
    return bands[..., ::2, ::2], bands[..., 1::2, ::2], bands[..., ::2, 1::2], bands[..., 1::2, 1::2]


def _tiles(ply: Ply, size: int) -> Depths:
    """How many steps of depth before each occur in which tile of `size` x `size` pixels: (513, rows, columns)."""
    rows, columns = -(-ply.step.shape[0] // size), -(-ply.step.shape[1] // size)
    found = np.zeros((STEPS, rows, columns), dtype=np.bool_)
    across = np.arange(ply.step.shape[1]) // size
    for row in range(rows):
        strip = slice(row * size, (row + 1) * size)
        there = ply.alpha()[strip] > 0
        tile = np.broadcast_to(across, there.shape)
        found[ply.step[strip][there], row, tile[there]] = True
    counts = np.zeros((STEPS + 1, rows, columns), dtype=np.uint16)
    np.cumsum(found, axis=0, out=counts[1:])
    return counts

# SPDX-License-Identifier: MIT
"""A small brush: shapes as signed distances, painted in linear light with soft edges, so that figures draw at any size.

Coordinates are frame heights: (0, 0) is the upper left corner of the frame, y = 1 its lower edge. A canvas reaches
`MARGIN` beyond the frame on each side, because a blurred picture shows what lies just outside of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image32: TypeAlias = NDArray[np.float32]
"""Linear light, float32."""
Field: TypeAlias = NDArray[np.float32] | NDArray[np.float64]
"""Anything worked out per pixel: distances, masks, factors."""

MARGIN = 0.14
"""Share of the frame's height that a canvas reaches beyond the frame."""
EYES = 0.42
"""Where the figures' eyes are, in frame heights from the top."""


def f32(values: Field) -> Image32:
    """The same values as float32."""
    return np.asarray(values, dtype=np.float32)


def srgb_to_linear(values: Image32) -> Image32:
    """Linear light from sRGB code values 0…1 (IEC 61966-2-1)."""
    low = values / np.float32(12.92)
    high = ((values + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return f32(np.where(values <= 0.04045, low, high))


def linear_to_srgb(values: Image32) -> Image32:
    """Code values of sRGB from linear light 0…1."""
    low = values * np.float32(12.92)
    high = np.float32(1.055) * np.maximum(values, 0) ** np.float32(1 / 2.4) - np.float32(0.055)
    return f32(np.where(values <= 0.0031308, low, high))


def linear_colour(text: str, gain: float = 1.0) -> Image32:
    """Linear colour of `rrggbb`, times a gain (light sources go above 1)."""
    codes = np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)], dtype=np.float32)
    return srgb_to_linear(codes) * np.float32(gain)


@dataclass(slots=True)
class Canvas:
    """A premultiplied linear RGBA picture being painted; `x` and `y` are the pixels' coordinates in frame heights."""

    aspect: float
    """Width of the frame in frame heights."""
    rgba: Image32
    x: Image32
    y: Image32
    unit_px: float

    def local(self, x: float, y: float, scale: float) -> Canvas:
        """The same pixels under a figure's own coordinates: its (0, 0) at (x, y), its unit `scale` as long."""
        moved = (self.x - np.float32(x)) / np.float32(scale), (self.y - np.float32(y)) / np.float32(scale)
        return Canvas(self.aspect, self.rgba, *moved, self.unit_px * scale)

    def part(self, left: float, top: float, right: float, bottom: float) -> Canvas:
        """The pixels within a box only, so that small things cost little; painting goes through to the whole."""
        # at least one row and column, for a band of the canvas may have none of the box
        columns = np.minimum(np.searchsorted(self.x[0], (left, right)), len(self.x[0]) - 1)
        rows = np.minimum(np.searchsorted(self.y[:, 0], (top, bottom)), len(self.y) - 1)
        cut = slice(int(rows[0]), int(rows[1]) + 1), slice(int(columns[0]), int(columns[1]) + 1)
        return Canvas(self.aspect, self.rgba[cut], self.x[cut], self.y[cut], self.unit_px)

    def rows(self, first: int, end: int) -> Canvas:
        """An empty canvas of some of its rows."""
        cut = slice(first, end)
        return Canvas(self.aspect, np.zeros_like(self.rgba[cut]), self.x[cut], self.y[cut], self.unit_px)

    @classmethod
    def for_frame(cls, width_px: int, height_px: int, scale: float = 1.0) -> Canvas:
        """An empty canvas for a frame of this size, margins added, on which a frame height is drawn `scale` as tall.

        Smaller figures stand on the frame's lower edge, larger ones keep their eyes where they are.
        """
        margin, unit = round(MARGIN * height_px), height_px * scale
        still = 1.0 if scale < 1 else EYES
        xs = (np.arange(-margin, width_px + margin, dtype=np.float32) + np.float32(0.5)) / np.float32(unit)
        ys = (np.arange(-margin, height_px + margin, dtype=np.float32) + np.float32(0.5)) / np.float32(unit)
        x, y = np.meshgrid(xs, ys + np.float32(still * (1 - 1 / scale)))
        return cls(width_px / unit, np.zeros((*x.shape, 4), np.float32), f32(x), f32(y), unit)

    @property
    def pixel(self) -> float:
        """One pixel in the canvas's units."""
        return 1.0 / self.unit_px

    def cover(self, distance: Field, soft: float = 0.0) -> Image32:
        """Coverage 0…1 of a shape given by its signed distance; `soft` widens its edge by so many units."""
        width = self.pixel + soft
        return f32(np.clip(0.5 - distance / width, 0, 1))

    def paint(self, mask: Field, paint: Field) -> None:
        """Lay a colour, or a picture of colours (h, w, 3), over the canvas where `mask` is."""
        cover = mask[..., None]
        self.rgba *= 1 - cover
        self.rgba[..., :3] += paint * cover
        self.rgba[..., 3:] += cover

    def tint(self, mask: Field, paint: Field) -> None:
        """Like `paint`, but only over things painted already: the outline stays."""
        cover = mask[..., None]
        alpha = self.rgba[..., 3:]
        self.rgba[..., :3] = self.rgba[..., :3] * (1 - cover) + paint * cover * alpha

    def light(self, mask: Field, gain: Field) -> None:
        """Add light of colour `gain` where `mask` is, on what is already there only."""
        self.rgba[..., :3] += mask[..., None] * gain * self.rgba[..., 3:]

    def shade(self, factor: Field) -> None:
        """Multiply the colours by a factor per pixel."""
        self.rgba[..., :3] *= factor[..., None]


def ellipse(c: Canvas, cx: float, cy: float, rx: float, ry: float) -> Image32:
    """Signed distance (near enough) to an ellipse."""
    a, b = (c.x - cx) / rx, (c.y - cy) / ry
    return f32((np.sqrt(a * a + b * b) - 1) * min(rx, ry))


def box(c: Canvas, left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Image32:
    """Signed distance to a box with round corners."""
    qx = np.abs(c.x - (left + right) / 2) - (right - left) / 2 + radius
    qy = np.abs(c.y - (top + bottom) / 2) - (bottom - top) / 2 + radius
    outside = np.hypot(np.maximum(qx, 0), np.maximum(qy, 0))
    return f32(outside + np.minimum(np.maximum(qx, qy), 0) - radius)


def segment(c: Canvas, ax: float, ay: float, bx: float, by: float) -> Image32:
    """Distance to a line from a to b."""
    dx, dy = bx - ax, by - ay
    along = np.clip(((c.x - ax) * dx + (c.y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
    return f32(np.hypot(c.x - ax - along * dx, c.y - ay - along * dy))


def join(a: Field, b: Field, round_: float) -> Image32:
    """Union of two shapes with a smooth fillet `round_` wide."""
    h = np.clip(0.5 + 0.5 * (b - a) / round_, 0, 1)
    return f32(b + (a - b) * h - round_ * h * (1 - h))


def smooth(edge0: float, edge1: float, value: Field) -> Image32:
    """0 below `edge0`, 1 above `edge1`, smoothstep between; the edges may be swapped."""
    t = np.clip((value - edge0) / (edge1 - edge0), 0, 1)
    return f32(t * t * (3 - 2 * t))


def strands(position: Field, per_height: float, seed: int) -> Image32:
    """Fine irregular lines -1…1: smooth noise along `position` (frame heights), for hair, grain and cloth."""
    rng = np.random.default_rng(seed)
    table = rng.uniform(-1, 1, 4096).astype(np.float32)
    at = position * per_height + 512
    cell = np.floor(at).astype(np.int64)
    part = (at - cell).astype(np.float32)
    part = part * part * (3 - 2 * part)
    return f32(table[cell % 4096] * (1 - part) + table[(cell + 1) % 4096] * part)


def mottle(c: Canvas, per_height: float, seed: int) -> Image32:
    """Smooth two-dimensional noise -1…1."""
    rng = np.random.default_rng(seed)
    table = rng.uniform(-1, 1, (256, 256)).astype(np.float32)
    fx, fy = (c.x + 8) * per_height, (c.y + 8) * per_height
    ix, iy = np.floor(fx).astype(np.int64), np.floor(fy).astype(np.int64)
    tx, ty = (fx - ix).astype(np.float32), (fy - iy).astype(np.float32)
    tx, ty = tx * tx * (3 - 2 * tx), ty * ty * (3 - 2 * ty)
    ix, iy, jx, jy = ix % 256, iy % 256, (ix + 1) % 256, (iy + 1) % 256
    top = table[iy, ix] * (1 - tx) + table[iy, jx] * tx
    low = table[jy, ix] * (1 - tx) + table[jy, jx] * tx
    return f32(top * (1 - ty) + low * ty)

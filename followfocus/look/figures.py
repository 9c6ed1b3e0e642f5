# SPDX-License-Identifier: MIT
"""The built-in figures: two people, a door, a night street of lights, charts. Each fills its part of the frame.

They are painted by `portraits.py`, `sets.py` and the charts here, at the frame's own resolution and with detail down to
the pixel, because a rack is judged by the detail that appears and goes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from followfocus.errors import RequestError
from followfocus.look.paint import Canvas, Image32, box, ellipse, linear_colour
from followfocus.look.portraits import paint_anna, paint_ben
from followfocus.look.sets import paint_door, paint_lights, paint_street

WORDS = {
    "anna": "anna", "woman": "anna", "girl": "anna", "mother": "anna", "she": "anna",
    "ben": "ben", "man": "ben", "boy": "ben", "father": "ben",
    "door": "door", "wall": "door",
    "chart": "chart", "star": "chart", "siemens": "chart", "focus": "chart",
    "edge": "edge", "dot": "dot", "point": "dot",
    "light": "lights", "bulb": "lights", "practical": "lights",
    "street": "street", "city": "street", "night": "street", "background": "street", "backdrop": "street",
}  # fmt: skip
"""Which figure a plane's name suggests, by a word in it; “woman” stands before “man”, which it contains."""


def paint_chart(c: Canvas) -> None:
    """A focus chart: a Siemens star of 36 pairs on a white card, line pairs, crosses, registration corners."""
    middle = c.aspect / 2
    c.paint(c.cover(box(c, middle - 0.46, 0.06, middle + 0.46, 0.94, 0.012)), linear_colour("d8d6d0"))
    radius = np.hypot(c.x - middle, c.y - 0.5)
    angle = np.arctan2(c.y - 0.5, c.x - middle)
    # distance to the nearest spoke's edge, so that spokes stay clean down to the pixel
    spoke = np.sin(angle * 36) / 36 * radius
    disc = c.cover((radius - 0.3).astype(np.float32))
    c.paint(disc * c.cover(spoke.astype(np.float32)), linear_colour("101010"))
    c.paint(c.cover((np.abs(radius - 0.3) - 0.003).astype(np.float32)), linear_colour("101010"))
    c.paint(c.cover((radius - 0.012).astype(np.float32)), linear_colour("c02018"))
    for i, pitch in enumerate((0.024, 0.016, 0.010, 0.006)):
        for side in (-1, 1):
            left = middle + side * 0.39
            top = 0.14 + i * 0.19
            stripes = np.abs(((c.y - top) / pitch) % 1 - 0.5) * pitch - pitch / 4
            area = c.cover(box(c, left - 0.04, top, left + 0.04, top + 0.15))
            c.paint(area * c.cover(stripes.astype(np.float32)), linear_colour("101010"))
    for x in (middle - 0.44, middle + 0.44):
        for y in (0.08, 0.92):
            c.paint(c.cover((ellipse(c, x, y, 0.01, 0.01)).astype(np.float32)), linear_colour("101010"))


def paint_edge(c: Canvas) -> None:
    """White from the middle of the frame to the right, one upright edge: for measuring a blur."""
    middle = c.aspect / 2
    c.paint(c.cover(middle - c.x), linear_colour("ffffff"))


def paint_dot(c: Canvas) -> None:
    """One bright pixel in the middle of the frame: its picture is the aperture."""
    row, column = c.rgba.shape[0] // 2, c.rgba.shape[1] // 2
    c.rgba[row, column] = (1.0, 1.0, 1.0, 1.0)


_PAINTERS: dict[str, Callable[[Canvas], None]] = {
    "anna": paint_anna,
    "ben": paint_ben,
    "door": paint_door,
    "street": paint_street,
    "lights": paint_lights,
    "chart": paint_chart,
    "edge": paint_edge,
    "dot": paint_dot,
}
NAMES = tuple(_PAINTERS)


CHARTS = ("chart", "edge", "dot")
"""Drawn to measure by, and so never scaled."""
_KEPT_PX = 200_000
_BANDED, _BAND_ROWS = 2_000_000, 192


def draw(name: str, width_px: int, height_px: int, scale: float = 1.0) -> Image32:
    """The figure for a frame of this size, margins (`paint.MARGIN`) included; premultiplied linear RGBA, read-only.

    `scale` is how large it is in the frame, 1 as it is composed. Small pictures are kept for the next who asks.
    """
    if name not in _PAINTERS:
        raise RequestError(f"There is no figure “{name}”.", f"Built in: {', '.join(NAMES)}.")
    if not math.isfinite(width_px / height_px):
        raise RequestError("A frame needs a height.")
    kept = width_px * height_px <= _KEPT_PX
    return (_drawn if kept else _drawn.__wrapped__)(name, width_px, height_px, round(scale, 4))


@lru_cache(maxsize=24)
def _drawn(name: str, width_px: int, height_px: int, scale: float) -> Image32:
    """Large pictures are painted in bands of rows, so that a brush's own fields don't take all memory."""
    paint, whole = _PAINTERS[name], Canvas.for_frame(width_px, height_px, scale)
    rows = len(whole.rgba)
    if name in CHARTS or whole.rgba.size < _BANDED:
        paint(whole)
    else:
        for top in range(0, rows, _BAND_ROWS):
            band = whole.rows(top, min(top + _BAND_ROWS + 1, rows))
            paint(band)
            whole.rgba[top : top + _BAND_ROWS] = band.rgba[:_BAND_ROWS]
    whole.rgba.flags.writeable = False
    return whole.rgba

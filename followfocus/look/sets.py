# SPDX-License-Identifier: MIT
"""The sets: a door in a brick wall under a lamp, a night street of lights, a string of bulbs."""

from __future__ import annotations

import numpy as np

from followfocus.look.paint import (
    Canvas,
    Field,
    Image32,
    box,
    ellipse,
    f32,
    linear_colour,
    mottle,
    segment,
    smooth,
    strands,
)


def _glow(c: Canvas, x: float, y: float, reach: float) -> Image32:
    """Light falling off with distance from a lamp."""
    squared = ((c.x - x) ** 2 + (c.y - y) ** 2) / (reach * reach)
    return f32(1 / (1 + squared))


def paint_door(whole: Canvas) -> None:
    """A panelled teal door with a brass 7 in a brick wall, right of the middle; left of the wall is open air."""
    right = whole.aspect
    left = right * 0.46
    c = whole.part(left - 0.01, -1.0, right + 1.0, 2.0)
    wall = (left - c.x).astype(np.float32)
    _bricks(c, wall)
    dx = left + (right - left) * 0.5
    frame = box(c, dx - 0.255, 0.06, dx + 0.255, 1.4, 0.004)
    c.paint(c.cover(frame), linear_colour("d8d2c4") * (0.8 + 0.1 * mottle(c, 90, 5))[..., None])
    c.paint(c.cover(np.abs(frame + 0.018) - 0.002), linear_colour("8f897c"))
    leaf = box(c, dx - 0.215, 0.10, dx + 0.215, 1.4, 0.002)
    grain = 1 + 0.10 * strands((c.x + 0.006 * mottle(c, 7, 6)).astype(np.float32), 240, 6) + 0.06 * mottle(c, 150, 7)
    c.paint(c.cover(leaf), linear_colour("1f6a6b") * grain[..., None].astype(np.float32))
    for top, low in ((0.15, 0.50), (0.60, 0.98)):
        for side in (-1, 1):
            x = dx + side * 0.098
            piece = c.part(x - 0.09, top - 0.012, x + 0.09, low + 0.012)
            _panel(piece, box(piece, x - 0.078, top, x + 0.078, low, 0.002))
    _brass(c, dx)
    lamp_x, lamp_y = left + 0.09, 0.22
    light = 0.16 + 1.15 * _glow(c, lamp_x + 0.03, lamp_y + 0.06, 0.42)
    c.rgba[..., :3] *= light[..., None] * linear_colour("ffdcae")
    _lamp(c, lamp_x, lamp_y)


def _bricks(c: Canvas, wall: Field) -> None:
    course, length = 0.048, 0.145
    row = np.floor(c.y / course)
    u = c.x / length + 0.5 * (row % 2)
    fx, fy = np.abs(u % 1 - 0.5), np.abs((c.y / course) % 1 - 0.5)
    joint = np.maximum((fx - 0.5) * length, (fy - 0.5) * course) + 0.0042
    each = np.random.default_rng(2).uniform(0.62, 1.15, 4096).astype(np.float32)
    tone = each[((np.floor(u) * 57 + row * 131).astype(np.int64)) % 4096]
    rough = 1 + 0.22 * mottle(c, 130, 8) + 0.18 * mottle(c, 320, 9)
    c.paint(c.cover(wall), linear_colour("8d867c") * (0.75 * rough)[..., None].astype(np.float32))
    c.tint(
        c.cover(joint.astype(np.float32)) * c.cover(wall),
        linear_colour("9c4f38") * (tone * rough)[..., None].astype(np.float32),
    )
    c.tint(smooth(0.02, 0.0, np.abs(wall)) * 0.5, linear_colour("201612"))


def _panel(c: Canvas, panel: Field) -> None:
    """A recessed panel: dark above and left, a light edge below and right."""
    edge = np.abs(panel) - 0.004
    side: Field = np.diff(panel, axis=1, append=panel[:, -1:]) + np.diff(panel, axis=0, append=panel[-1:])
    c.tint(c.cover(edge) * (side < 0) * 0.75, linear_colour("0a2526"))
    c.tint(c.cover(edge) * (side >= 0) * 0.65, linear_colour("5fb0ac"))
    inner = np.abs(panel + 0.022) - 0.0015
    c.tint(c.cover(inner) * 0.6, linear_colour("123f40"))


def _brass(whole: Canvas, dx: float) -> None:
    """The number, the letter box, the knob and its plate."""
    c = whole.part(dx - 0.22, 0.5, dx + 0.22, 0.85)
    brass = linear_colour("d9a441", 1.25)
    for offset, paint in ((0.003, linear_colour("0a2020")), (0.0, brass)):
        moved = c.local(dx + offset, 0.525 + offset, 1.0).part(-0.04, -0.02, 0.04, 0.08)
        seven = np.minimum(segment(moved, -0.026, 0, 0.026, 0), segment(moved, 0.026, 0, -0.008, 0.06))
        moved.paint(moved.cover(seven - 0.0055), paint)
    plate = box(c, dx + 0.172, 0.70, dx + 0.204, 0.82, 0.008)
    c.paint(c.cover(plate), brass * (0.8 + 0.3 * strands(c.y, 500, 4))[..., None])
    c.paint(c.cover(ellipse(c, dx + 0.188, 0.735, 0.021, 0.021)), brass * 0.7)
    c.paint(c.cover(ellipse(c, dx + 0.184, 0.730, 0.012, 0.012), 0.006), linear_colour("fff1c8", 1.5))
    c.paint(c.cover(ellipse(c, dx + 0.188, 0.79, 0.004, 0.004)), linear_colour("100c06"))
    c.paint(c.cover(box(c, dx + 0.186, 0.79, dx + 0.190, 0.805)), linear_colour("100c06"))
    slot = box(c, dx - 0.07, 0.625, dx + 0.07, 0.655, 0.004)
    c.paint(c.cover(slot), brass * 0.85)
    c.paint(c.cover(np.abs(slot + 0.005) - 0.0012), brass * 0.35)


def _lamp(whole: Canvas, x: float, y: float) -> None:
    c = whole.part(x - 0.08, y - 0.08, x + 0.05, y + 0.06)
    c.paint(c.cover(segment(c, x - 0.05, y - 0.03, x, y - 0.05) - 0.005), linear_colour("181410"))
    c.paint(c.cover(box(c, x - 0.03, y - 0.05, x + 0.03, y - 0.035, 0.004)), linear_colour("181410"))
    c.paint(c.cover(ellipse(c, x, y, 0.032, 0.042)), linear_colour("ffdf9c", 3.0))
    c.paint(c.cover(ellipse(c, x, y, 0.014, 0.022), 0.004), linear_colour("fff6dd", 6.0))
    for bar in (-0.018, 0.0, 0.018):
        c.paint(c.cover(segment(c, x + bar, y - 0.04, x + bar, y + 0.04) - 0.0012), linear_colour("181410"))


def _bulb(c: Canvas, x: float, y: float, radius: float, paint: Field) -> None:
    """A light, painted on its own few pixels."""
    reach = radius + 2 * c.pixel
    piece = c.part(x - reach, y - reach, x + reach, y + reach)
    piece.paint(piece.cover(ellipse(piece, x, y, radius, radius)), paint)


def paint_lights(c: Canvas) -> None:
    """A string of warm bulbs across the frame, on nothing: they hang before whatever is behind."""
    right = c.aspect
    xs = np.linspace(-0.12, right + 0.12, 30)
    ys = 0.16 + 0.16 * ((xs / right - 0.5) * 2) ** 2 * -1 + 0.12
    sag = 0.28 - 0.16 * ((c.x / right - 0.5) * 2) ** 2
    c.paint(c.cover((np.abs(c.y - sag) - 0.0018).astype(np.float32)), linear_colour("15120f"))
    for x, y in zip(xs, ys, strict=True):
        socket = c.part(x - 0.01, y - 0.01, x + 0.01, y + 0.02)
        socket.paint(socket.cover(box(socket, x - 0.005, y, x + 0.005, y + 0.014)), linear_colour("15120f"))
        _bulb(c, float(x), float(y) + 0.026, 0.013, linear_colour("ffc46b", 5.0))


_LAMPS = ("ffb45a", "ffd9a0", "ff8a3c", "fff2dc", "ff5a3a", "7fb8ff", "8dffc8", "ffe07a")


def paint_street(c: Canvas) -> None:
    """A night street far off: dusk above houses, lit windows, street lamps, cars. Opaque, for the backdrop."""
    right = c.aspect
    sky = smooth(-0.1, 0.75, c.y)[..., None]
    c.paint(np.ones_like(c.x), linear_colour("0b1428") * (1 - sky) + linear_colour("4a3140") * 0.8 * sky)
    rng = np.random.default_rng(12)
    x = -0.2
    while x < right + 0.2:
        width, top = rng.uniform(0.12, 0.24), rng.uniform(0.10, 0.42)
        house = c.part(x - 0.01, -1.0, x + width, 0.82)
        shape = box(house, x, top, x + width - 0.008, 1.4)
        house.paint(house.cover(shape), linear_colour("141420") * np.float32(rng.uniform(0.6, 1.6)))
        _windows(c, rng, x, top, width)
        x += width
    ground = smooth(0.74, 0.80, c.y)
    wet = linear_colour("0c0d12")[None, None] + 0.03 * np.maximum(0, strands(c.x, 60, 2))[..., None] * linear_colour(
        "ffb45a"
    )
    c.paint(ground, wet.astype(np.float32))
    for i in range(46):
        depth = rng.uniform(0, 1)
        size = 0.0035 + 0.006 * depth
        at = rng.uniform(-0.15, right + 0.15), rng.uniform(0.45, 0.76) if i % 3 else 0.30 + 0.2 * rng.uniform()
        paint = linear_colour(_LAMPS[int(rng.integers(len(_LAMPS)))], float(rng.uniform(5, 16)))
        _bulb(c, at[0], at[1], size, paint)
        _bulb(c, at[0], 1.56 - at[1], size * 0.8, paint * np.float32(0.12))


def _windows(c: Canvas, rng: np.random.Generator, x: float, top: float, width: float) -> None:
    columns, rows = int(width / 0.034), int((0.74 - top) / 0.05)
    for row in range(rows):
        for column in range(columns):
            if rng.uniform() > 0.34:
                continue
            left, up = x + 0.010 + column * 0.034, top + 0.018 + row * 0.05
            x0, x1 = np.searchsorted(c.x[0], (left, left + 0.018))
            y0, y1 = np.searchsorted(c.y[:, 0], (up, up + 0.026))
            tone = linear_colour(
                ("ffc680", "ffb060", "ffe2b0", "9fc0ff")[int(rng.integers(4))], float(rng.uniform(0.3, 1.6))
            )
            c.rgba[y0:y1, x0:x1, :3] = tone

# SPDX-License-Identifier: MIT
"""The gallery's photograph: a table at night with its depth, ray-traced here so that it is free for all.

`python docs/gallery/still_life.py` writes still.jpg (all in focus) and depth.png (16 bits, millimetres from the lens).
A ball at 0.9 m, a book and a ball at 1.6 m, a vase of balls at 2.6 m, a wall at 6 m with lamps before it; soft shadows
from a window on the left, one mirror bounce on what is glazed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float64]
Thing = tuple

FOLDER = Path(__file__).parent
SIZE, SAMPLES = (960, 540), 3
FOCAL_MM, WIDTH_MM = 50.0, 24.89
EYE = np.array([0.0, 0.30, 0.0])
WINDOW = np.array([-2.2, 2.4, 0.2])
RNG = np.random.default_rng(7)
# x, y, z, radius, colour, how much it mirrors, light of its own
BALLS = [
    (-0.105, 0.075, 0.90, 0.075, (0.75, 0.16, 0.06), 0.10, 0.0),
    (0.20, 0.06, 1.60, 0.06, (0.85, 0.66, 0.14), 0.06, 0.0),
    (0.33, 0.045, 1.66, 0.045, (0.16, 0.34, 0.55), 0.12, 0.0),
    (-0.20, 0.13, 2.60, 0.13, (0.62, 0.64, 0.60), 0.30, 0.0),
    (-0.20, 0.33, 2.60, 0.085, (0.30, 0.48, 0.26), 0.04, 0.0),
    (0.02, 0.07, 2.45, 0.07, (0.50, 0.18, 0.30), 0.10, 0.0),
]
BALLS += [
    (
        float(RNG.uniform(-1.6, 1.6)),
        float(RNG.uniform(0.25, 1.15)),
        5.5,
        float(RNG.uniform(0.012, 0.02)),
        [(1.0, 0.72, 0.36), (1.0, 0.86, 0.66), (0.55, 0.75, 1.0), (1.0, 0.5, 0.3)][int(RNG.integers(4))],
        0.0,
        float(RNG.uniform(6, 18)),
    )
    for _ in range(26)
]
# a book: left, bottom, near, right, top, far
BOXES = [
    ((0.08, 0.0, 1.72, 0.42, 0.045, 1.98), (0.10, 0.22, 0.20)),
    ((0.11, 0.045, 1.75, 0.40, 0.08, 1.96), (0.48, 0.12, 0.10)),
]
WALL_M, TABLE_END_M = 6.0, 3.4


def dot(a: Array, b: Array) -> Array:
    """Along the last axis, which stays."""
    return (a * b).sum(axis=-1, keepdims=True)


def ball_hits(origin: Array, way: Array, ball: Thing) -> Array:
    """Distance along rays, inf where they pass."""
    off = origin - np.array(ball[:3])
    b = dot(off, way)[..., 0]
    root = b * b - (dot(off, off)[..., 0] - ball[3] ** 2)
    t = -b - np.sqrt(np.maximum(root, 0))
    return np.where((root > 0) & (t > 1e-4), t, np.inf)


def box_hits(origin: Array, way: Array, box: Thing) -> Array:
    """Distance along rays into a box, inf where they pass."""
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (np.array(box[0][:3]) - origin) / way, (np.array(box[0][3:]) - origin) / way
    near, far = np.minimum(a, b).max(axis=-1), np.maximum(a, b).min(axis=-1)
    return np.where((near < far) & (near > 1e-4), near, np.inf)


def plane_hits(origin: Array, way: Array, axis: int, at: float) -> Array:
    """Distance to the table (y = 0) or to the wall."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (at - origin[..., axis]) / way[..., axis]
    return np.where(np.isfinite(t) & (t > 1e-4), t, np.inf)


def first_hit(origin: Array, way: Array) -> tuple[Array, Array]:
    """Distance, number of the thing, for all rays."""
    table = plane_hits(origin, way, 1, 0.0)
    table = np.where((origin + table[..., None] * way)[..., 2] < TABLE_END_M, table, np.inf)
    hits = [table, plane_hits(origin, way, 2, WALL_M)]
    hits += [box_hits(origin, way, box) for box in BOXES] + [ball_hits(origin, way, ball) for ball in BALLS]
    hits = np.stack(hits)
    return hits.min(axis=0), hits.argmin(axis=0)


def surface(point: Array, number: Array) -> tuple[Array, Array, Array, Array]:
    """Normal, colour, mirror and own light where rays hit."""
    normal, colour = np.zeros_like(point), np.zeros_like(point)
    mirror, glow = np.zeros(point.shape[:-1]), np.zeros(point.shape[:-1])
    on = number == 0
    normal[on], colour[on], mirror[on] = (0, 1, 0), wood(point[on]), 0.05
    on = number == 1
    normal[on], colour[on] = (0, 0, -1), paper(point[on])
    for i, (corners, tone) in enumerate(BOXES):
        on = number == 2 + i
        middle, half = (np.array(corners[3:]) + corners[:3]) / 2, (np.array(corners[3:]) - corners[:3]) / 2
        side = (point[on] - middle) / half
        most = np.abs(side) == np.abs(side).max(axis=-1, keepdims=True)
        normal[on] = np.sign(side) * most
        lines = 0.75 + 0.25 * np.sign(np.sin(point[on][:, :1] * 90 + point[on][:, 1:2] * 300))
        colour[on] = np.array(tone) * lines
    for i, ball in enumerate(BALLS):
        on = number == 2 + len(BOXES) + i
        normal[on] = (point[on] - np.array(ball[:3])) / ball[3]
        bands = 1 + 0.25 * np.sign(np.sin(normal[on][:, 1:2] * 14 + ball[0] * 9)) * (ball[6] == 0)
        colour[on], mirror[on], glow[on] = np.array(ball[4]) * bands, ball[5], ball[6]
    return normal, colour, mirror, glow


def wood(point: Array) -> Array:
    """Boards with grain."""
    x, z = point[:, 0], point[:, 2]
    board = np.floor(x / 0.16)
    grain = np.sin(260 * (x + 0.012 * np.sin(7 * z + 3 * board)) + 9 * board) * np.sin(37 * z + 5 * board)
    tone = 0.75 + 0.12 * grain + 0.10 * np.sin(board * 2.4)
    gap = np.abs((x / 0.16) % 1 - 0.5) > 0.485
    return np.array([0.42, 0.25, 0.13]) * (tone * np.where(gap, 0.3, 1.0))[:, None]


def paper(point: Array) -> Array:
    """A wall in a dark pattern."""
    wave = np.sin(point[:, 0] * 14) * np.sin(point[:, 1] * 14)
    return np.array([0.05, 0.07, 0.10]) * (1 + 0.5 * np.sign(wave))[:, None]


def light(origin: Array, way: Array, bounces: int = 1) -> tuple[Array, Array]:
    """The light along rays: (n, 3), and how far away in z."""
    t, number = first_hit(origin, way)
    far = np.where(np.isfinite(t), t, 50.0)
    point = origin + far[:, None] * way
    normal, colour, mirror, glow = surface(point, number)
    towards = WINDOW + RNG.uniform(-0.35, 0.35, point.shape) - point
    distance = np.linalg.norm(towards, axis=-1, keepdims=True)
    towards = towards / distance
    blocked, _ = first_hit(point + 1e-3 * normal, towards)
    lit = np.maximum(dot(normal, towards), 0) * (blocked[:, None] > distance) * 5.2 / distance**2
    made = colour * (lit * np.array([1.0, 0.93, 0.82]) + np.array([0.05, 0.065, 0.09])) + colour * glow[:, None]
    if bounces and (mirror > 0).any():
        on = mirror > 0
        back = way[on] - 2 * dot(way[on], normal[on]) * normal[on]
        fresnel = mirror[on] + (1 - mirror[on]) * (1 - np.clip(-dot(way[on], normal[on])[:, 0], 0, 1)) ** 5
        made[on] += fresnel[:, None] * light(point[on] + 1e-3 * normal[on], back, bounces - 1)[0]
    made[~np.isfinite(t)] = 0
    return made, point[:, 2]


def rays(x: Array, y: Array) -> tuple[Array, Array]:
    """Rays through places of the picture in pixels."""
    pitch = WIDTH_MM / FOCAL_MM / SIZE[0]
    way = np.stack([(x - SIZE[0] / 2) * pitch, -(y - SIZE[1] / 2) * pitch - 0.05, np.ones_like(x)], axis=-1)
    return np.broadcast_to(EYE, way.shape), way / np.linalg.norm(way, axis=-1, keepdims=True)


def main() -> None:
    """Write both files."""
    picture, depth = np.zeros((SIZE[1], SIZE[0], 3)), np.zeros((SIZE[1], SIZE[0]))
    for row in range(SIZE[1]):
        x = np.arange(SIZE[0], dtype=np.float64)
        for i in range(SAMPLES * SAMPLES):
            seen, _ = light(
                *rays(x + (i % SAMPLES + 0.5) / SAMPLES, np.full_like(x, row + (i // SAMPLES + 0.5) / SAMPLES))
            )
            picture[row] += seen / SAMPLES**2
        depth[row] = light(*rays(x + 0.5, np.full_like(x, row + 0.5)), bounces=0)[1]
    grain = picture + RNG.normal(0, 0.004, picture.shape)
    codes = np.clip(
        np.where(grain <= 0.0031308, 12.92 * grain, 1.055 * np.maximum(grain, 1e-9) ** (1 / 2.4) - 0.055), 0, 1
    )
    Image.fromarray((codes * 255 + 0.5).astype(np.uint8)).save(FOLDER / "still.jpg", quality=92)
    Image.fromarray(np.rint(depth * 1000).astype(np.uint16)).save(FOLDER / "depth.png", optimize=True)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""A small ray tracer through a thin lens to measure the renderer by: it knows nothing of discs, slices or fills.

Six scenes of cards, a slanted floor and balls. A pixel's light is the mean over 4,096 points of the aperture, spread
evenly (Vogel's spiral), of what the ray through that point and the pixel's place in the plane of focus meets first.
`python -m tests.look.tracer` writes the traced pictures anew (a few minutes).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FOCAL_M, F_NUMBER, WIDTH_MM = 0.050, 1.4, 24.89
SIZE = (240, 136)
RAYS = 4096
FOLDER = Path(__file__).parent.parent / "golden" / "traced"


@dataclass(frozen=True)
class Card:
    """An upright rectangle at one distance, or a leaning one: z = z0 + slope · y."""

    z0: float
    left: float
    right: float
    top: float
    bottom: float
    tone: tuple[float, float, float]
    pitch: float
    slope: float = 0.0
    lights: bool = False

    def hit(self, origin, direction):
        """Distance along each ray, inf where it passes."""
        # z = z0 + slope·y on the ray: oz + t·dz = z0 + slope·(oy + t·dy)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (self.z0 + self.slope * origin[1] - origin[2]) / (direction[2] - self.slope * direction[1])
            x, y = origin[0] + t * direction[0], origin[1] + t * direction[1]
            on = (t > 0) & (x >= self.left) & (x <= self.right) & (y >= self.top) & (y <= self.bottom)
        return np.where(on, t, np.inf)

    def colour(self, x, y, z):
        """Linear light at points of it, (3, …)."""
        wave = (
            0.5
            + 0.25 * np.sin(2 * math.pi * x / self.pitch)
            + 0.25 * np.cos(2 * math.pi * (y + 0.3 * x + 0.2 * z) / self.pitch)
        )
        made = np.stack([tone * (0.35 + 0.65 * wave) for tone in self.tone])
        if self.lights:
            dx, dy = (x + 9) % 0.5 - 0.25, (y + 9) % 0.5 - 0.25
            made = made + np.exp(-(dx * dx + dy * dy) / (2 * 0.02**2)) * np.array([6.0, 4.5, 2.5]).reshape(
                3, *[1] * np.ndim(x)
            )
        return made


@dataclass(frozen=True)
class Ball:
    """A sphere."""

    x: float
    y: float
    z: float
    radius: float
    tone: tuple[float, float, float]

    def hit(self, origin, direction):
        """Distance along each ray, inf where it passes."""
        ox, oy, oz = origin[0] - self.x, origin[1] - self.y, origin[2] - self.z
        a = direction[0] ** 2 + direction[1] ** 2 + direction[2] ** 2
        b = ox * direction[0] + oy * direction[1] + oz * direction[2]
        root = b * b - a * (ox * ox + oy * oy + oz * oz - self.radius**2)
        t = (-b - np.sqrt(np.maximum(root, 0))) / a
        return np.where((root > 0) & (t > 0), t, np.inf)

    def colour(self, x, y, z):
        """Linear light at points of it, (3, …)."""
        shade = 0.3 + 0.35 * (1 - (x - self.x) / self.radius) * 0.6 - 0.2 * (y - self.y) / self.radius
        return np.stack([tone * np.maximum(shade, 0.05) for tone in self.tone])


WALL = Card(6.0, -9, 9, -9, 9, (0.20, 0.32, 0.45), 0.3)
NIGHT = Card(9.0, -9, 9, -9, 9, (0.05, 0.06, 0.10), 0.9, lights=True)
FLOOR = Card(3.2, -9, 9, -0.5, 0.6, (0.42, 0.40, 0.30), 0.12, slope=-3.0)
NEAR = Card(1.6, -0.45, -0.05, -0.16, 0.5, (0.75, 0.22, 0.12), 0.07)
MIDDLE = Card(2.8, -0.15, 0.42, -0.22, 0.6, (0.25, 0.60, 0.22), 0.1)
FENCE = tuple(Card(1.4, x, x + 0.03, -0.6, 0.6, (0.55, 0.45, 0.12), 0.3) for x in (-0.32, -0.18, -0.04, 0.10, 0.24))
BALL = Ball(0.1, 0.0, 2.0, 0.16, (0.8, 0.75, 0.55))

SCENES = {
    "card-wall": ((NEAR, WALL), 6.0),
    "card-near": ((NEAR, WALL), 1.6),
    "floor": ((FLOOR, WALL), 3.0),
    "ball-night": ((BALL, NIGHT), 1.85),
    "three": ((NEAR, MIDDLE, WALL), 2.8),
    "fence": ((*FENCE, WALL), 6.0),
}
"""Scene by name: what is in it, and where the lens is focused (metres)."""


def places(focus_m):
    """Where each pixel's middle looks at, at distance 1: x and y, (h, w)."""
    image_m = FOCAL_M * focus_m / (focus_m - FOCAL_M)
    pitch = WIDTH_MM / 1000 / SIZE[0] / image_m
    x = (np.arange(SIZE[0]) + 0.5 - SIZE[0] / 2) * pitch
    y = (np.arange(SIZE[1]) + 0.5 - SIZE[1] / 2) * pitch
    return np.meshgrid(x, y)


def seen(things, origin, direction):
    """Light and distance z of what rays meet first: (3, n) and (n,)."""
    hits = np.stack([thing.hit(origin, direction) for thing in things])
    first = hits.argmin(axis=0)
    light, depth = np.zeros((3, *first.shape)), np.zeros(first.shape)
    for number, thing in enumerate(things):
        on = first == number
        if on.any():
            t = hits[number][on]
            point = [o[on] if np.ndim(o) else o + 0 * t for o in origin]
            point = [p + t * d[on] for p, d in zip(point, direction, strict=True)]
            light[:, on], depth[on] = thing.colour(*point), point[2]
    return light, depth


def pinhole(name):
    """The picture all in focus, (3, h, w), and its distances, (h, w)."""
    things, focus_m = SCENES[name]
    x, y = places(focus_m)
    zero = np.zeros_like(x)
    return seen(things, (zero, zero, zero), (x, y, np.ones_like(x)))


def photographed(name, across=4):
    """The picture all in focus as a camera takes it, each pixel the mean of 4 x 4 rays: soft outlines, (3, h, w)."""
    things, focus_m = SCENES[name]
    x, y = places(focus_m)
    pitch, one = x[0, 1] - x[0, 0], np.ones_like(x)
    made = np.zeros((3, *x.shape))
    for i in range(across):
        for j in range(across):
            way = x + ((i + 0.5) / across - 0.5) * pitch, y + ((j + 0.5) / across - 0.5) * pitch, one
            made += seen(things, (0 * x, 0 * x, 0 * x), way)[0]
    return made / across**2


def aperture():
    """Points of the aperture, evenly spread: x and y, (4096,)."""
    number = np.arange(RAYS) + 0.5
    radius, angle = FOCAL_M / (2 * F_NUMBER) * np.sqrt(number / RAYS), number * math.pi * (3 - math.sqrt(5))
    return radius * np.cos(angle), radius * np.sin(angle)


def traced(name, rows=None, columns=None):
    """Traced pixels (3, rows, columns); all of them, or those asked for."""
    things, focus_m = SCENES[name]
    x, y = places(focus_m)
    ax, ay = aperture()
    zero = np.zeros_like(ax)
    rows, columns = rows or range(SIZE[1]), columns or range(SIZE[0])
    made = np.zeros((3, len(rows), len(columns)))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            aim = x[row, column] * focus_m, y[row, column] * focus_m
            light, _ = seen(things, (ax, ay, zero), (aim[0] - ax, aim[1] - ay, zero + focus_m))
            made[:, i, j] = light.mean(axis=1)
    return made


def main() -> None:
    """Trace every scene into a file of 16-bit floats."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in SCENES:
        np.savez_compressed(FOLDER / f"{name}.npz", light=traced(name).astype(np.float16))


if __name__ == "__main__":
    main()

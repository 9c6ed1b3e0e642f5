# SPDX-License-Identifier: MIT
"""The people: head and shoulders, lit by a warm key from the left and a cool rim from behind right.

Each is painted in its own coordinates: (0, 0) is the middle of the face, one unit two and a half heads.
"""

from __future__ import annotations

import numpy as np

from followfocus.look.paint import (
    Canvas,
    Field,
    Image32,
    box,
    ellipse,
    f32,
    join,
    linear_colour,
    mottle,
    segment,
    smooth,
    strands,
)

_RIM = linear_colour("a9c8ff")


def _along(c: Canvas, ys: tuple[float, ...], values: tuple[float, ...]) -> Image32:
    """A width that changes with height, one value per row."""
    return f32(np.interp(c.y[:, :1], ys, values))


def _ball_light(c: Canvas, rx: float, ry: float, low: float = 0.26, high: float = 0.92) -> Image32:
    """Lambert's light on an ellipsoid at (0, 0), the key from upper left."""
    nx, ny = c.x / rx, c.y / ry
    nz = np.sqrt(np.maximum(0, 1 - nx * nx - ny * ny))
    return f32(low + high * np.maximum(0, -0.58 * nx - 0.32 * ny + 0.75 * nz))


def _rim_light(c: Canvas, strength: float) -> None:
    """Light from behind right on the outline: pixels with nothing a little to the right of them."""
    alpha = c.rgba[..., 3]
    edge = np.zeros_like(alpha)
    reach = max(2, round(0.012 * c.unit_px))
    for shift in range(1, reach + 1):
        edge[:, :-shift] += np.maximum(0, alpha[:, :-shift] - alpha[:, shift:])
    c.light(edge / np.float32(reach), _RIM * np.float32(strength))


def _eye(whole: Canvas, x: float, y: float, size: float, iris: str) -> None:
    c = whole.part(x - 1.8 * size, y - 1.6 * size, x + 1.8 * size, y + 1.2 * size)
    lid = np.maximum(
        ellipse(c, x, y + size * 0.20, size, size * 0.60), ellipse(c, x, y - size * 0.24, size * 1.2, size * 0.68)
    )
    c.tint(smooth(size * 0.35, -size * 0.1, lid) * 0.45, linear_colour("7a3f30"))
    white = c.cover(lid)
    c.tint(white, linear_colour("cfc4bd"))
    radius = np.hypot(c.x - x, c.y - y + size * 0.06).astype(np.float32)
    angle = np.arctan2(c.y - y, c.x - x)
    rays = 1 + 0.45 * strands((angle * size * 0.6).astype(np.float32), 26 / size, 3)
    c.tint(white * c.cover(radius - size * 0.43), linear_colour("15100c"))
    c.tint(white * c.cover(radius - size * 0.38), linear_colour(iris) * rays[..., None])
    c.tint(white * c.cover(radius - size * 0.17), linear_colour("050505"))
    c.tint(white * smooth(-size * 0.05, -size * 0.42, c.y - y) * 0.75, linear_colour("1a0f0b"))
    c.tint(
        c.cover(ellipse(c, x - size * 0.15, y - size * 0.19, size * 0.11, size * 0.11)), linear_colour("ffffff", 1.4)
    )
    line = np.abs(ellipse(c, x, y + size * 0.20, size * 1.03, size * 0.64)) - size * 0.06
    c.tint(c.cover(line) * (c.y < y - size * 0.02), linear_colour("140c0a"))
    crease = np.abs(ellipse(c, x, y + size * 0.10, size * 1.15, size * 0.86)) - size * 0.03
    c.tint(c.cover(crease, size * 0.05) * (c.y < y - size * 0.32) * 0.55, linear_colour("5a2a1e"))


def _lashes(whole: Canvas, x: float, y: float, size: float) -> None:
    c = whole.part(x - 1.8 * size, y - 1.6 * size, x + 1.8 * size, y + 1.2 * size)
    for i in range(11):
        share = i / 10 - 0.5
        root_x, root_y = x + share * size * 1.9, y - size * (0.44 - 1.35 * share * share)
        tip_x, tip_y = root_x + share * size * 0.4, root_y - size * 0.24
        c.tint(c.cover(segment(c, root_x, root_y, tip_x, tip_y) - size * 0.02), linear_colour("140c0a"))


def _brow(whole: Canvas, x: float, y: float, size: float, tone: str, thick: float = 1.0) -> None:
    c = whole.part(x - 1.5 * size, y - size, x + 1.5 * size, y + size)
    outward = (c.x - x) / size * np.sign(x)
    arch = c.y - (y - size * 0.10 + (outward - 0.05) ** 2 * size * 0.20)
    width = size * 0.15 * thick * (1 - 0.55 * smooth(0.0, 1.1, outward))
    shape = np.maximum(np.abs(arch) - width, np.abs(c.x - x) - size * 1.1).astype(np.float32)
    hair = 0.72 + 0.5 * strands((c.x * 0.8 + c.y * 0.6 * np.sign(x)).astype(np.float32), 520, 7)
    c.tint(c.cover(shape, size * 0.10) * np.clip(hair, 0, 1), linear_colour(tone))


def _mouth(whole: Canvas, x: float, y: float, size: float, tone: str) -> None:
    c = whole.part(x - 1.6 * size, y - size, x + 1.6 * size, y + 1.2 * size)
    across = np.abs(c.x - x) / size
    c = c.local(0, 0, 1)
    c.y = (c.y + 0.10 * size * (across**2)).astype(np.float32)
    bow = 0.20 * (1 - across**2) + 0.05 * smooth(0.0, 0.25, across) * smooth(0.7, 0.3, across)
    upper = np.maximum(y - c.y - bow * size, c.y - y)
    lower = np.maximum(c.y - y - 0.30 * size * np.sqrt(np.maximum(0, 1 - across**2)), y - c.y)
    inside = c.cover(((across - 1) * size).astype(np.float32))
    c.tint(inside * c.cover(upper.astype(np.float32), size * 0.05) * 0.9, linear_colour(tone) * np.float32(0.55))
    folds = 1 + 0.12 * strands((c.x + 0.2 * c.y).astype(np.float32), 330, 5)
    c.tint(inside * c.cover(lower.astype(np.float32), size * 0.07) * 0.9, linear_colour(tone) * folds[..., None])
    shine = np.hypot((c.x - x + size * 0.12) * 0.45, c.y - y - size * 0.15)
    c.light(smooth(size * 0.10, 0.0, shine) * inside, linear_colour("ffffff") * np.float32(0.14))
    line = np.abs(c.y - y - size * 0.03 * np.sin(across * 5)) - size * 0.022
    c.tint(inside * c.cover(line.astype(np.float32)), linear_colour("2a0e0c"))
    below = np.hypot((c.x - x) * 0.6, c.y - y - size * 0.52)
    c.shade((1 - 0.22 * smooth(size * 0.25, 0.0, below)).astype(np.float32))


def _nose(whole: Canvas, top: float, tip: float, width: float) -> None:
    c = whole.part(-4 * width, top - width, 4 * width, tip + 3 * width)
    side = (c.x - 0.1 * width) / width
    length = smooth(top - 0.5 * width, tip - width, c.y) * smooth(tip + 0.6 * width, tip, c.y)
    c.shade((1 - 0.34 * smooth(0.0, 0.5, side) * smooth(1.5, 0.6, side) * length).astype(np.float32))
    c.light(smooth(0.5, 0.0, np.abs(side + 0.28)) * length, linear_colour("ffe6cc") * np.float32(0.09))
    ball = np.hypot(c.x + 0.12 * width, c.y - tip + 0.25 * width)
    c.light(smooth(0.4 * width, 0.0, ball), linear_colour("fff2e2") * np.float32(0.16))
    for direction in (-1, 1):
        wing = np.hypot(c.x - direction * 0.78 * width, (c.y - tip - 0.05 * width))
        c.shade(
            (1 - 0.20 * smooth(0.45 * width, 0.1 * width, wing) * (1.3 if direction > 0 else 0.7)).astype(np.float32)
        )
        nostril = ellipse(c, direction * 0.42 * width, tip + 0.32 * width, 0.24 * width, 0.11 * width)
        c.tint(c.cover(nostril, 0.12 * width) * 0.85, linear_colour("2c0f0b"))
    under = np.hypot(c.x - 0.2 * width, (c.y - tip - 0.75 * width) * 1.6)
    c.shade((1 - 0.26 * smooth(width, 0.0, under)).astype(np.float32))


def _skin(c: Canvas, tone: str, seed: int, freckles: int) -> None:
    """Pores, a blush on the cheeks, freckles."""
    c.shade((1 + mottle(c, 300, seed) * 0.05 + mottle(c, 70, seed + 1) * 0.035).astype(np.float32))
    for side in (-1, 1):
        cheek = smooth(0.08, 0.0, np.hypot(c.x - side * 0.085, (c.y - 0.05) * 1.2))
        c.tint(cheek * 0.20, linear_colour("cf5a44"))
    rng = np.random.default_rng(seed)
    for _ in range(freckles):
        x, y = rng.normal(0, 0.055), 0.035 + rng.normal(0, 0.026)
        size = rng.uniform(0.0012, 0.0028)
        spot = c.part(x - 0.006, y - 0.006, x + 0.006, y + 0.006)
        spot.tint(spot.cover(ellipse(spot, x, y, size, size)) * np.float32(0.5), linear_colour(tone) * np.float32(0.4))


def _features(c: Canvas, tones: tuple[str, str, str, str], *, lashes: bool) -> None:
    """Eyes, brows, nose and mouth; tones of iris, brow, lips, and the skin."""
    iris, brow, lips, _ = tones
    for side in (-1, 1):
        socket = np.hypot(c.x - side * 0.060, (c.y + 0.03) * 1.5)
        c.shade((1 - (0.20 if side < 0 else 0.32) * smooth(0.058, 0.0, socket)).astype(np.float32))
        _eye(c, side * 0.060, -0.018, 0.031, iris)
        if lashes:
            _lashes(c, side * 0.060, -0.018, 0.031)
        _brow(c, side * 0.064, -0.066, 0.037, brow, 1.0 if lashes else 1.6)
    _nose(c, -0.03, 0.068, 0.027)
    _mouth(c, 0.0, 0.125, 0.045, lips)


def _knit(c: Canvas, shape: Field, tone: str, pitch: float, seed: int) -> None:
    """A knitted cloth over a shape: rows of little Vs, folds, and light from the left."""
    slant = np.abs((c.x / pitch) % 1 - 0.5)
    loops = np.sin((c.y / pitch + slant * 1.5) * 2 * np.pi) * 0.5 + 0.5
    gap = smooth(0.0, 0.16, (0.5 - slant).astype(np.float32)) * smooth(0.0, 0.10, slant.astype(np.float32))
    yarn = (0.40 + 0.60 * loops) * (0.45 + 0.55 * gap) * (1 + 0.2 * mottle(c, 300, seed))
    folds = 0.9 + 0.22 * mottle(c, 5, seed + 1) + 0.10 * strands((c.x * 1.2 - c.y * 0.4).astype(np.float32), 11, seed)
    light = 1.15 - 0.85 * smooth(-0.30, 0.34, c.x)
    c.paint(c.cover(shape), linear_colour(tone) * (yarn * folds * light)[..., None].astype(np.float32))


def _single_hairs(across: Field, seed: int) -> Image32:
    """Light and dark of locks and single hairs, by the coordinate across them."""
    fine = (
        0.30 * strands(across, 55, seed) + 0.28 * strands(across, 230, seed + 1) + 0.20 * strands(across, 640, seed + 2)
    )
    return f32(np.maximum(0.62 + fine, 0.06))


def _neck(c: Canvas, tone: str, width: float) -> None:
    neck = join(box(c, -width, 0.08, width, 0.34, 0.03), ellipse(c, 0, 0.385, 0.19, 0.09), 0.10)
    light = 0.85 - 0.55 * smooth(-width, width, c.x)
    shadow = 1 - 0.72 * smooth(0.33, 0.17, c.y + 0.25 * np.abs(c.x))
    c.paint(c.cover(neck), linear_colour(tone) * (light * shadow)[..., None].astype(np.float32))


def _anna_hair(c: Canvas, *, front: bool) -> None:
    wave = 0.011 * np.sin(c.y * 19 + 0.6) * smooth(0.0, 0.3, c.y)
    x = (c.x - wave).astype(np.float32)
    width = _along(c, (-0.28, 0.0, 0.15, 0.4, 0.8), (0.2, 0.2, 0.212, 0.245, 0.26))
    dome = ellipse(c, 0, -0.05, 0.2, 0.215)
    shape = np.where(c.y < -0.05, dome, np.abs(x) - width).astype(np.float32)
    if front:
        brow = 0.132 * np.sqrt(np.clip(1 - ((c.y[:, :1] + 0.02) / 0.165) ** 2, 0, 1))
        below = _along(c, (-0.02, 0.08, 0.2, 0.34, 0.5, 0.8), (0.132, 0.126, 0.108, 0.10, 0.115, 0.15))
        open_to = np.where(c.y[:, :1] < -0.185, -1.0, np.where(c.y[:, :1] < -0.02, brow, below)).astype(np.float32)
        shape = np.maximum(shape, open_to - np.abs(x - 0.012))
    spread = 1.0 / (0.55 + 0.9 * np.maximum(width, 0.05))
    across = (np.abs(x - 0.012) * spread * 0.5 + 0.05 * np.sign(x - 0.012)).astype(np.float32)
    hairs = _single_hairs(across, 31) * (1.25 - 0.95 * smooth(-0.2, 0.16, x)) * (1.0 if front else 0.42)
    crown = np.hypot(x * 0.9, c.y + 0.05)
    shine = smooth(0.045, 0.0, np.abs(crown - 0.165)) * smooth(0.05, -0.12, c.y) * smooth(0.12, -0.1, x)
    paint = (
        linear_colour("74331a") * hairs[..., None]
        + linear_colour("ffae6a") * (0.30 * shine * np.clip(strands(across, 260, 33), 0, 1))[..., None]
    )
    c.paint(c.cover(shape, 0.002), paint.astype(np.float32))


def paint_anna(whole: Canvas) -> None:
    """A woman with long auburn hair in a mustard sweater, left of the middle, cut by the lower edge of the frame."""
    c = whole.local(whole.aspect * 0.315, 0.445, 1.22).part(-0.5, -0.3, 0.5, 1.0)
    _anna_hair(c, front=False)
    _neck(c, "d9a07e", 0.066)
    body = join(ellipse(c, 0, 0.665, 0.40, 0.33), box(c, -0.42, 0.585, 0.42, 2.0, 0.12), 0.12)
    body = np.maximum(body, -ellipse(c, 0, 0.282, 0.118, 0.085)).astype(np.float32)
    _knit(c, body, "d29a2c", 0.0125, 11)
    collar = np.maximum(np.abs(ellipse(c, 0, 0.282, 0.126, 0.093)) - 0.013, 0.297 - c.y - 0.2 * np.abs(c.x)).astype(
        np.float32
    )
    ribs = 0.55 + 0.4 * np.sin(np.arctan2(c.y - 0.282, c.x) * 76)
    ribs = ribs * (1.1 - 0.75 * smooth(-0.15, 0.15, c.x))
    c.paint(c.cover(collar), linear_colour("c58d26") * ribs[..., None].astype(np.float32))
    face = c.part(-0.19, -0.26, 0.19, 0.26)
    outline = join(ellipse(face, 0, -0.035, 0.140, 0.165), ellipse(face, 0, 0.07, 0.100, 0.142), 0.06)
    behind = face.rgba.copy()
    face.paint(np.ones_like(face.x), linear_colour("e3ab8a") * _ball_light(face, 0.165, 0.245)[..., None])
    _skin(face, "e3ab8a", 21, 70)
    face.shade((1 - 0.45 * smooth(0.028, -0.03, face.y + 0.17 - 0.9 * np.abs(face.x - 0.012))).astype(np.float32))
    _features(face, ("5b8a66", "54281a", "b9564c", "e3ab8a"), lashes=True)
    outside = 1 - face.cover(outline)[..., None]
    face.rgba[:] = behind * outside + face.rgba * (1 - outside)
    _anna_hair(c, front=True)
    _rim_light(c, 0.34)


def _beard(c: Canvas, outline: Field) -> None:
    line = _along(c, (-0.2, -0.02, 0.04, 0.085, 0.094, 0.25), (0.5, 0.128, 0.105, 0.04, 0.0, 0.0))
    shape = np.maximum(line - np.abs(c.x), outline - 0.006)
    lips = ellipse(c, 0, 0.128, 0.046, 0.021)
    shape = np.maximum(shape, -lips).astype(np.float32)
    across = (np.abs(c.x) * 0.95 - 0.20 * c.y + 0.004 * mottle(c, 60, 6)).astype(np.float32)
    hairs = np.clip(0.80 + 0.35 * strands(across, 520, 8) + 0.3 * mottle(c, 330, 14), 0, 1) * c.cover(shape, 0.03)
    c.tint(hairs.astype(np.float32) * 0.93, linear_colour("33221a") * (_ball_light(c, 0.165, 0.25) * 1.1)[..., None])


def paint_ben(whole: Canvas) -> None:
    """A man with short dark hair and a beard in a navy coat, right of the middle."""
    c = whole.local(whole.aspect * 0.67, 0.45, 1.05).part(-0.52, -0.3, 0.52, 1.0)
    _neck(c, "b87f5b", 0.078)
    shirt = np.maximum(np.abs(c.x) - 0.125, np.maximum(0.285 - c.y, -ellipse(c, 0, 0.235, 0.105, 0.085))).astype(
        np.float32
    )
    c.paint(
        c.cover(shirt), linear_colour("c9c4b8") * (0.9 - 0.6 * smooth(-0.1, 0.12, c.x))[..., None].astype(np.float32)
    )
    weave = (
        1
        + 0.3 * np.sin((c.x + c.y) * 820) * np.sin((c.x - c.y) * 820)
        + 0.22 * mottle(c, 240, 3)
        + 0.15 * mottle(c, 6, 5)
    )
    cloth = linear_colour("2c3f60") * (weave * (1.25 - 0.95 * smooth(-0.32, 0.36, c.x)))[..., None].astype(np.float32)
    body = join(ellipse(c, 0, 0.66, 0.42, 0.36), box(c, -0.45, 0.62, 0.45, 2.0, 0.12), 0.12)
    vee = np.abs(c.x) - 0.14 + 0.30 * (c.y - 0.28)
    c.paint(c.cover(np.maximum(body, -vee).astype(np.float32)), cloth)
    for side in (-1, 1):
        reach = side * c.x
        lapel = np.maximum(vee * -1, np.maximum(reach * -1, vee - 0.085 + 0.05 * smooth(0.36, 0.42, c.y)))
        lapel = np.maximum(lapel, 0.27 - c.y).astype(np.float32)
        c.paint(c.cover(lapel) * c.cover(body - 0.012), cloth * np.float32(0.62 if side < 0 else 0.5))
    face = c.part(-0.19, -0.28, 0.19, 0.26)
    for side in (-1, 1):
        ear = ellipse(face, side * 0.142, 0.012, 0.020, 0.042)
        face.paint(face.cover(ear), linear_colour("b87a57") * np.float32(0.95 if side < 0 else 0.35))
    outline = join(ellipse(face, 0, -0.035, 0.142, 0.160), ellipse(face, 0, 0.075, 0.112, 0.137), 0.06)
    behind = face.rgba.copy()
    face.paint(np.ones_like(face.x), linear_colour("cf9673") * _ball_light(face, 0.165, 0.25)[..., None])
    _skin(face, "cf9673", 41, 12)
    _features(face, ("6a4b2c", "1e130d", "a06456", "cf9673"), lashes=False)
    _beard(face, outline)
    outside = 1 - face.cover(outline)[..., None]
    face.rgba[:] = behind * outside + face.rgba * (1 - outside)
    _ben_hair(c)
    _rim_light(c, 0.30)


def _ben_hair(c: Canvas) -> None:
    line = _along(c, (-0.3, -0.165, -0.14, -0.09, -0.02, 0.02), (-1, -0.03, 0.085, 0.118, 0.128, 0.136))
    shape = np.maximum(ellipse(c, -0.004, -0.075, 0.152, 0.150), c.y - 0.01)
    shape = np.maximum(shape, line - np.abs(c.x)) + 0.006 * strands((c.x * 2).astype(np.float32), 60, 12)
    across = (c.x * 0.9 + 0.6 * (c.y + 0.2) ** 2 + 0.012 * mottle(c, 22, 9)).astype(np.float32)
    light = 2.0 - 1.5 * smooth(-0.12, 0.1, c.x)
    c.paint(
        c.cover(shape.astype(np.float32), 0.003),
        linear_colour("2c1d14") * (_single_hairs(across, 51) * light)[..., None],
    )

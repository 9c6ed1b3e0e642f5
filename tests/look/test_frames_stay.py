# SPDX-License-Identifier: MIT
"""Rendered frames look as they did when people last looked at them: blur, outlines, walkers, corners, lights."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from followfocus.lens.map import load_lens
from followfocus.look.picture import PictureAsk, PictureRenderer, open_source
from followfocus.look.planes import Figure, Plane
from followfocus.look.render import Camera, Pixels, Renderer
from followfocus.plan.sharpness import SubjectTrack
from tests.look.test_look_picture import exr
from tests.support.golden import assert_looks_as_it_did, spots

FIFTY = load_lens("ideal-50")
SIZE = (320, 180)
WALK = SubjectTrack((0.0, 2.0), (3.2, 1.1))


def planes() -> list[Plane]:
    return [
        Plane("ANNA", 1.2, Figure("anna")), Plane("BEN", 2.5, Figure("ben")), Plane("lights", 5.0, Figure("lights")),
        Plane("street", 9.0, Figure("street")),
    ]  # fmt: skip


def staged(camera: Camera, focus_m: float) -> Callable[[Path], Pixels]:
    def draw(_folder: Path) -> Pixels:
        return Renderer(planes(), camera, SIZE).frame(camera.lens.ring_deg(focus_m))

    return draw


def walked(t: float, figure: str) -> Callable[[Path], Pixels]:
    def draw(_folder: Path) -> Pixels:
        made = [Plane("SHE", WALK, Figure(figure)), Plane("door", 4.0, Figure("door"))]
        return Renderer(made, Camera(FIFTY, 1.4), SIZE).frame(FIFTY.ring_deg(2.0), t)

    return draw


def own_picture(t_stop: float, focus_m: float, size: tuple[int, int] = SIZE, **more: bool) -> Callable[[Path], Pixels]:
    """A slanted floor with a post and a lamp on it, as a photo and its distances."""

    def draw(folder: Path) -> Pixels:
        rows, columns = np.indices((120, 200))
        floor_m = 1.0 + 7.0 * (1 - rows / 119)
        post, lamp = (abs(columns - 70) < 12) & (rows > 30), (rows - 25) ** 2 + (columns - 150) ** 2 < 20
        metres = np.where(post, 1.6, np.where(lamp, 6.0, floor_m)).astype(np.float32)
        codes = np.stack([70 + 60 * ((rows + columns) // 8 % 2), 90 + 0 * rows, 140 - rows], axis=2)
        codes = np.where(post[..., None], (180, 90, 40), np.where(lamp[..., None], (255, 250, 240), codes))
        Image.fromarray(codes.astype(np.uint8)).save(folder / "photo.png")
        source = open_source(PictureAsk(folder / "photo.png", exr(folder / "z.exr", {"Z": metres}), highlights=8.0))
        return PictureRenderer(source, Camera(FIFTY, t_stop), size, **more).frame(FIFTY.ring_deg(focus_m))

    return draw


FRAMES: dict[str, Callable[[Path], Pixels]] = {
    "near-sharp": staged(Camera(FIFTY, 1.4), 1.2),
    "far-sharp": staged(Camera(FIFTY, 1.4), 9.0),
    "stopped-down": staged(Camera(FIFTY, 8.0), 2.5),
    "bladed-breathing": staged(Camera(FIFTY, 2.0, blades=7, breathing_percent=6.0), 2.5),
    "anamorphic-cats-eyes": staged(Camera(dataclasses.replace(FIFTY, squeeze=2.0), 1.4, cat_eye=0.6), 1.2),
    "walker-far": walked(0.2, "anna"),
    "walker-near": walked(1.9, "ben"),
    "photo-near": own_picture(1.4, 1.6),
    "photo-far": own_picture(1.4, 6.0),
    "photo-draft": own_picture(2.0, 3.0, (1300, 732), draft=True),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_looks_as_it_did(name: str, tmp_path: Path) -> None:
    assert_looks_as_it_did(f"frame-{name}", spots(FRAMES[name](tmp_path) / 255, 4))

# SPDX-License-Identifier: MIT
"""The renderer against a ray tracer: six pictures with depth, each refocused, and what was traced through a lens."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.look.render import Camera, drawn_light
from followfocus.look.slices import Sliced
from followfocus.look.stack import Stack
from tests.look import tracer

FIFTY = load_lens("ideal-50")
CAMERA = Camera(FIFTY, tracer.F_NUMBER)
REACH_PX = 24


def refocused(light, depth_m, focus_m: float, size=tracer.SIZE, least_px: float = 5.0, step_px: float = 1.5):
    """A picture (3, h, w) with distances, focused elsewhere, and the largest disc in it."""
    sliced = Sliced(light.astype(np.float32), (1 / depth_m).astype(np.float32), REACH_PX)
    discs = CAMERA.signed_discs_px(FIFTY.ring_deg(focus_m), 1 / sliced.per_m(), size[0])
    stack = Stack(sliced.placed(discs, step_px), size, CAMERA.aperture, joined=True, least_px=least_px)
    return np.moveaxis(drawn_light(stack), 2, 0), float(np.abs(discs).max())


def psnr(made, truth) -> float:
    return float(-10 * np.log10(np.mean((np.clip(made, 0, 1) - np.clip(truth, 0, 1)) ** 2)))


def traced(name: str):
    with np.load(tracer.FOLDER / f"{name}.npz") as kept:
        return kept["light"].astype(np.float64)


def measured(name: str, least_px: float = 5.0, step_px: float = 1.5, light=None) -> float:
    """PSNR inside the frame: as near to its edge as half a disc, light comes from where the picture doesn't reach."""
    picture, depth = tracer.pinhole(name)
    given = picture if light is None else light
    made, disc = refocused(given, depth, tracer.SCENES[name][1], least_px=least_px, step_px=step_px)
    edge = round(disc / 2) + 1
    inside = slice(None), slice(edge, -edge), slice(edge, -edge)
    return psnr(made[inside], traced(name)[inside])


@pytest.mark.parametrize("name", tracer.SCENES)
def test_kept_pictures_are_what_the_tracer_makes(name: str):
    rows, columns = [17, 68, 101], [30, 104, 130, 171]
    made = tracer.traced(name, rows, columns)
    assert np.allclose(made, traced(name)[:, rows][:, :, columns], rtol=2e-3, atol=1e-3)


def test_the_renderer_is_the_traced_truth_to_40_db():
    found = {name: measured(name) for name in tracer.SCENES}
    assert np.mean(list(found.values())) > 46, found
    assert min(found.values()) > 40, found


def test_a_draft_is_hardly_worse():
    found = {name: measured(name, least_px=3.0) for name in tracer.SCENES}
    assert np.mean(list(found.values())) > 40, found
    assert min(found.values()) > 35, found


@pytest.mark.parametrize("name", tracer.SCENES)
def test_soft_outlines_of_a_photograph_make_no_rim(name: str):
    """Pixels that are half face, half wall belong to one of them by their depth; the truth here has hard outlines."""
    assert measured(name, light=tracer.photographed(name)) > 40


@pytest.mark.parametrize("focus_m", [1.6, 2.5, 6.0])
def test_no_foreground_colour_outside_its_blur(focus_m: float):
    """A red card before a wall without red: red reaches as far as the card's own disc, and not a pixel farther."""
    near, wall = 1.6, 6.0
    height, width = tracer.SIZE[1], tracer.SIZE[0]
    rows, columns = np.indices((height, width))
    card = (rows > 50) & (columns > 70) & (columns < 150)
    light = np.where(card, np.array([1.0, 0, 0])[:, None, None], np.array([0, 0.4, 0.6])[:, None, None])
    made, _ = refocused(light, np.where(card, near, wall), focus_m)
    disc = CAMERA.disc_px(FIFTY.ring_deg(focus_m), near, width)
    away = np.hypot(np.maximum(51 - rows, 0), np.maximum(np.maximum(71 - columns, columns - 149), 0))
    outside = away > disc / 2 + 1.5
    assert outside.sum() > 10_000
    assert made[0][outside].max() < 1e-3
    assert np.allclose(made[1][outside], 0.4, atol=2e-3)  # and the wall is as bright as without the card: no halo
    if focus_m == near:
        assert made[1:, card].max() < 1e-3  # nothing bleeds over a sharp foreground


def test_all_in_focus_is_the_picture_itself():
    light, depth = tracer.pinhole("three")
    sliced = Sliced(light.astype(np.float32), (1 / depth).astype(np.float32), REACH_PX)
    stack = Stack(sliced.placed(np.linspace(0, 1e-6, 512)), tracer.SIZE, CAMERA.aperture, joined=True)
    assert np.allclose(np.moveaxis(drawn_light(stack), 2, 0), light, atol=1e-5)


def test_one_disc_everywhere_shares_nothing_out_twice():
    """Slices of a grey picture that are blurred alike add up to grey again, however its depth jumps about."""
    rng = np.random.default_rng(3)
    depth = rng.uniform(1, 9, (136, 240))
    sliced = Sliced(np.full((3, 136, 240), 0.5, np.float32), (1 / depth).astype(np.float32), REACH_PX)
    stack = Stack(sliced.placed(np.linspace(5.0, 5.4, 512), 0.1), tracer.SIZE, CAMERA.aperture, joined=True)
    assert np.allclose(drawn_light(stack), 0.5, atol=0.01)

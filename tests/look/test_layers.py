# SPDX-License-Identifier: MIT
"""A plane as a sheet: what is cut out of it anywhere, how far it goes on, and that its levels lie over each other."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.look.area import Area
from followfocus.look.blur import LEVELS
from followfocus.look.layers import Layer, cut_out, layer_of
from followfocus.look.planes import Drawn, Plane, Still
from followfocus.look.render import Camera, Renderer
from followfocus.look.stack import ALIGNED

FRAME = (96, 64)
REACH = round(0.16 * 96), round(0.16 * 64)


@pytest.mark.parametrize("extends", [False, True])
@pytest.mark.parametrize("seed", range(30))
def test_what_is_cut_out_is_each_pixel_or_what_is_beyond_it(seed: int, extends: bool) -> None:
    rng = np.random.default_rng(seed)
    has = Area(*(int(n) for n in (rng.integers(-5, 3), rng.integers(-5, 3), rng.integers(4, 9), rng.integers(4, 9))))
    picture = rng.random((2, *has.shape)).astype(np.float32)
    left, top = (int(n) for n in rng.integers(-15, 15, 2))
    wanted = Area(left, top, left + int(rng.integers(1, 12)), top + int(rng.integers(1, 12)))
    found = cut_out(picture, has, wanted, extends=extends)
    assert found.shape == (2, *wanted.shape)
    for row in range(wanted.top, wanted.bottom):
        for column in range(wanted.left, wanted.right):
            inside = has.top <= row < has.bottom and has.left <= column < has.right
            y = min(max(row, has.top), has.bottom - 1) - has.top
            x = min(max(column, has.left), has.right - 1) - has.left
            expected = picture[:, y, x] if inside or extends else np.zeros(2)
            assert np.array_equal(found[:, row - wanted.top, column - wanted.left], expected)


def block(left: int, top: int, width: int, height: int, alpha: float = 1.0) -> Layer:
    """The layer of one even block in an otherwise empty picture of the frame."""
    rgba = np.zeros((FRAME[1], FRAME[0], 4), np.float32)
    rgba[top : top + height, left : left + width] = alpha
    return layer_of(Drawn(rgba, 0, 0), "it", FRAME)


def covered(layer: Layer, level: int = 0) -> Area:
    """The part of its box that is not empty."""
    there = layer.levels[level][3] > 0
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    box = layer._box(level)
    return Area(
        box.left + int(columns[0]), box.top + int(rows[0]), box.left + int(columns[-1]) + 1, box.top + int(rows[-1]) + 1
    )


def test_what_stands_free_is_cropped_to_itself_and_what_the_edge_cuts_goes_on() -> None:
    assert covered(block(20, 10, 30, 20)) == Area(20, 10, 50, 30)
    assert covered(block(0, 10, 30, 20)) == Area(-REACH[0], 10, 30, 30)
    assert covered(block(20, 0, 30, 20)) == Area(20, -REACH[1], 50, 20)
    assert covered(block(66, 10, 30, 20)) == Area(66, 10, 96 + REACH[0], 30)
    assert covered(block(20, 44, 30, 20)) == Area(20, 44, 50, 64 + REACH[1])
    assert covered(block(1, 1, 94, 62)) == Area(1, 1, 95, 63)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (3, 5), (20, 10), (61, 43)])
def test_each_level_lies_over_whole_pixels_of_the_finer_one(left: int, top: int) -> None:
    layer = block(left, top, 30, 20)
    assert len(layer.levels) == LEVELS
    assert all(side % ALIGNED == 0 for side in (layer.box.left, layer.box.top, layer.box.right, layer.box.bottom))
    for level in range(1, LEVELS):
        assert layer.levels[level].shape[1:] == layer._box(level).shape
        assert layer.levels[level].sum() * 4**level == pytest.approx(layer.levels[0].sum(), rel=1e-5)


@pytest.mark.parametrize(("alpha", "extends"), [(1.0, True), (0.9991, True), (0.99, False)])
def test_only_what_is_opaque_and_fills_the_frame_is_a_backdrop(alpha: float, extends: bool) -> None:
    layer = block(0, 0, *FRAME, alpha=alpha)
    assert (layer.extends, len(layer.levels[0])) == (extends, 3 if extends else 4)
    far = Area(500, 500, 504, 504)
    assert layer.filled(0, far) == far if extends else layer.filled(0, far).empty
    assert bool(layer.window(0, far).any()) is extends


@pytest.mark.parametrize(("left", "top"), [(1, 0), (0, 1), (-1, 0), (0, -1)])
def test_an_opaque_picture_that_leaves_a_line_of_the_frame_is_none(left: int, top: int) -> None:
    filled = np.ones((FRAME[1], FRAME[0], 4), np.float32)
    assert not layer_of(Drawn(filled, left, top), "it", FRAME).extends
    wider = np.ones((FRAME[1] + 1, FRAME[0] + 1, 4), np.float32)
    assert layer_of(Drawn(wider, min(left, 0), min(top, 0)), "it", FRAME).extends


def test_nothing_is_no_picture() -> None:
    with pytest.raises(RequestError, match="every pixel is transparent"):
        layer_of(Drawn(np.zeros((4, 4, 4), np.float32), 0, 0), "it", FRAME)


@pytest.mark.parametrize("level", range(LEVELS))
@pytest.mark.parametrize("seed", range(8))
def test_what_is_filled_of_a_box_leaves_nothing_out(seed: int, level: int) -> None:
    """A figure that is not a box: only the squares with something in them, and every pixel of it."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((FRAME[1], FRAME[0]))
    rgba = np.zeros((FRAME[1], FRAME[0], 4), np.float32)
    rgba[abs(x - 48) < y * rng.uniform(0.3, 0.7)] = 1
    layer = layer_of(Drawn(rgba, 0, 0), "it", FRAME)
    top = int(rng.integers(-2, 40)) >> level
    band = Area(-10, top, FRAME[0] + 10, top + (16 >> level))
    filled, there = layer.filled(level, band), layer.window(level, band)[3] > 0
    assert filled.common(band) == filled
    assert layer.window(level, filled)[3].any() == there.any()
    assert (layer.window(level, filled)[3] > 0).sum() == there.sum()
    assert (
        filled.empty
        or filled.right - filled.left <= (rgba[top << level : (top << level) + 32, :, 3].any(0).sum() + 48) >> level
    )


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_a_small_picture_that_is_enlarged_has_no_halo(grey: int) -> None:
    """A white square cut out of nothing, before a grey that fills the frame: no pixel is darker than both."""
    square = np.zeros((9, 9, 4), np.uint8)
    square[3:6, 3:6] = 255
    drawn = Still(square).drawn(640, 360).rgba
    assert (drawn[..., 3].min(), drawn[..., 3].max()) == (0, 1)
    assert (drawn[..., :3] >= 0).all()
    assert (drawn[..., :3] <= drawn[..., 3:]).all()
    lens = load_lens("ideal-50")
    planes = Plane("A", 2.0, Still(square)), Plane("B", 2.001, Still(np.full((36, 64, 3), grey, np.uint8)))
    frame = Renderer(planes, Camera(lens, 1.4), (640, 360)).frame(lens.ring_deg(2.0))
    assert frame.min() >= grey - 1
    assert np.abs(frame[:40].astype(int) - grey).max() <= 1
    opaque = np.dstack([np.where(square[..., :3] > 0, 255, 60), np.full((9, 9), 255)]).astype(np.uint8)
    found = Still(opaque).drawn(640, 360).rgba
    assert (found[..., 3] == 1).all()
    assert (found.min(), found.max()) >= (0, 1)
    assert found.max() <= 1

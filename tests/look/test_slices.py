# SPDX-License-Identifier: MIT
"""A picture cut into slices: whatever is in one is looked at, and hardly anything beside it."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from followfocus.look.area import Area
from followfocus.look.blur import LEVELS
from followfocus.look.footage import _linear
from followfocus.look.slices import _TILE, STEPS, Sliced

SHAPE = (64, 96)


def picture(seed: int) -> Sliced:
    """A few near things on a far wall, anywhere."""
    rng = np.random.default_rng(seed)
    per_m = np.full(SHAPE, 0.1, np.float32)
    for _ in range(3):
        top, left = rng.integers(0, SHAPE[0] - 8), rng.integers(0, SHAPE[1] - 8)
        per_m[top : top + 8, left : left + 8] = rng.uniform(0.3, 1.0)
    return Sliced(rng.random((3, *SHAPE)).astype(np.float32), per_m, 5.0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("level", range(LEVELS))
def test_what_is_at_some_steps_lies_in_the_part_that_is_looked_at(seed: int, level: int) -> None:
    sliced, rng = picture(seed), np.random.default_rng(seed + 100)
    height, width = SHAPE[0] // 2**level, SHAPE[1] // 2**level
    for _ in range(20):
        first, last = np.sort(rng.integers(0, STEPS, 2))
        left, right = np.sort(rng.integers(-4, width + 5, 2))
        top, bottom = np.sort(rng.integers(-4, height + 5, 2))
        within = Area(int(left), int(top), int(right), int(bottom))
        found = sliced.filled(level, within, int(first), int(last))
        if found.empty:
            found = Area(0, 0, 0, 0)
        else:
            assert found.common(within) == found
        seen = sliced.levels[0][0].step
        at = np.argwhere((seen >= first) & (seen <= last)) // 2**level
        for row, column in at:
            if within.top <= row < within.bottom and within.left <= column < within.right:
                assert found.top <= row < found.bottom
                assert found.left <= column < found.right


def test_a_part_is_no_larger_than_the_tiles_that_have_something() -> None:
    per_m = np.full((128, 192), 0.1, np.float32)
    per_m[40:44, 100:104] = 1.0
    sliced = Sliced(np.full((3, 128, 192), 0.5, np.float32), per_m, 5.0)
    for level in range(LEVELS):
        size = _TILE // 2**level
        whole = Area(0, 0, 192 // 2**level, 128 // 2**level)
        tile = Area(96 // _TILE * size, 32 // _TILE * size, (96 // _TILE + 1) * size, (32 // _TILE + 1) * size)
        assert sliced.filled(level, whole, 0, 3) == tile
        assert sliced.filled(level, whole, 4, STEPS - 8).empty


@pytest.mark.parametrize("sharp_step", [0.0, 150.0, 511.0])
def test_slices_lie_near_to_far_and_share_every_step_out_once(sharp_step: float) -> None:
    across = np.linspace(1.0, 0.1, SHAPE[1], dtype=np.float32)
    slanted = np.ascontiguousarray(np.broadcast_to(across, SHAPE))
    sliced = Sliced(np.full((3, *SHAPE), 0.5, np.float32), slanted, 5.0)
    discs = 0.1 * (np.arange(STEPS) - sharp_step)
    placed = sliced.placed(discs)
    slices = [each.sheet for each in placed]
    assert [each.first for each in slices] == sorted(each.first for each in slices)
    assert [each.last for each in slices] == sorted(each.last for each in slices)
    shared = np.sum([each.shares[:STEPS] for each in slices], axis=0)
    assert shared[sliced.there] == pytest.approx(1.0, abs=1e-5)
    for each in placed:
        middle = np.average(np.abs(discs), weights=each.sheet.shares[:STEPS])
        assert middle == pytest.approx(each.disc_px, abs=0.3 * each.disc_px + 1.0)


def test_a_large_picture_s_light_is_looked_up_in_little_more_memory_than_it_takes() -> None:
    codes = np.zeros((1080, 1920, 3), np.uint8)
    tracemalloc.start()
    try:
        light = _linear(codes, Path("picture.png"))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 1.3 * light.nbytes


def test_slicing_a_large_picture_takes_little_more_memory_than_the_slices() -> None:
    height, width = 1080, 1920
    per_m = np.linspace(0.1, 0.4, height, dtype=np.float32)[:, None].repeat(width, axis=1)
    per_m[300:, 700:1000] = 0.8
    colours = np.full((3, height, width), 0.3, np.float32)
    tracemalloc.start()
    try:
        Sliced(colours, per_m, 0.05 * width)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 90e6

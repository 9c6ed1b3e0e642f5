# SPDX-License-Identifier: MIT
"""A picture laid under others in pieces is what it is laid whole."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.look.area import Area
from followfocus.look.front import Front

BOX = Area(-3, 5, 37, 33)


def areas(rng: np.random.Generator, count: int) -> list[Area]:
    found = []
    for _ in range(count):
        left, right = np.sort(rng.choice(np.arange(BOX.left, BOX.right + 1), 2, replace=False))
        top, bottom = np.sort(rng.choice(np.arange(BOX.top, BOX.bottom + 1), 2, replace=False))
        found.append(Area(int(left), int(top), int(right), int(bottom)))
    return found


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_what_is_laid_in_pieces_is_what_is_laid_whole(seed: int, joined: bool) -> None:
    rng = np.random.default_rng(seed)
    made, whole = Front(BOX, joined=joined), np.zeros((4, *BOX.shape))
    for at in areas(rng, 9):
        alpha = rng.choice([0.0, 0.3, 1.0], at.shape)
        under = np.concatenate([rng.random((3, *at.shape)) * alpha, alpha[None]])
        made.lay_under(at, under.astype(np.float32))
        front = whole[(slice(None), *at.inside(BOX))]
        free = 1 - front[3]
        front += under * (np.minimum(free, alpha) / np.maximum(alpha, 1e-9) if joined else free)
    assert np.allclose(made.pixels, whole, atol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_an_area_is_a_part_of_it_and_the_rest_around_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for one, other in zip(areas(rng, 40), areas(rng, 40), strict=True):
        hole = one.common(other)
        if hole.empty:
            continue
        counted = np.zeros(BOX.shape, int)
        for part in (hole, *one.without(hole)):
            counted[part.inside(BOX)] += 1
        assert (counted[one.inside(BOX)] == 1).all()
        assert counted.sum() == one.shape[0] * one.shape[1]
        around = one.around(other)
        assert around.common(one) == one
        assert around.common(other) == other


def test_areas_that_touch_along_a_whole_side_make_one() -> None:
    one = Area(2, 3, 8, 9)
    for beside in (Area(8, 3, 9, 9), Area(0, 3, 2, 9), Area(2, 9, 8, 20), Area(2, 0, 8, 3)):
        assert one.beside(beside)
        assert beside.beside(one)
    for apart in (Area(9, 3, 10, 9), Area(8, 3, 9, 8), Area(2, 10, 8, 20), Area(3, 0, 8, 3), Area(8, 9, 9, 12)):
        assert not one.beside(apart)

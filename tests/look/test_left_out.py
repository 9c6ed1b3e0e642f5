# SPDX-License-Identifier: MIT
"""Whatever a blur leaves out to be quick can't be seen: hidden columns, and quarters of a pixel of a large disc."""

from __future__ import annotations

import math

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.look import stack
from followfocus.look.aperture import Aperture
from followfocus.look.area import Area, stretches
from followfocus.look.blur import blurred
from followfocus.look.layers import layer_of
from followfocus.look.planes import Drawn
from followfocus.look.render import Camera, alone
from followfocus.look.slices import Sliced
from followfocus.look.stack import PlacedSheet, Stack
from followfocus.look.tone import LightCodes


def test_columns_are_cut_where_it_is_worth_it() -> None:
    columns = np.isin(np.arange(40), [0, 1, 5, 20, 39])
    assert stretches(columns, 4) == [(0, 6), (20, 21), (39, 40)]
    assert stretches(columns, 40) == [(0, 40)]
    assert stretches(np.zeros(5, np.bool_), 1) == []
    assert stretches(np.ones(5, np.bool_), 1) == [(0, 5)]


def test_hidden_columns_are_not_blurred_and_nothing_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, frame = np.random.default_rng(5), (640, 120)
    post = np.zeros((120, 640, 4), np.float32)
    post[:, 200:430] = (0.2, 0.3, 0.1, 1.0)
    wall = np.dstack([rng.random((120, 640, 3), dtype=np.float32), np.ones((120, 640), np.float32)])
    near, far = (layer_of(Drawn(picture, 0, 0), "it", frame) for picture in (post, wall))
    made = Stack([PlacedSheet(near, 7.0), PlacedSheet(far, 9.3)], frame, Aperture())
    widths: list[int] = []

    def counted(window, runs, by):
        widths.append(window.shape[2])
        return blurred(window, runs, by)

    monkeypatch.setattr(stack, "blurred", counted)
    cut = alone(made, LightCodes.LIGHT)
    assert max(widths) < 300
    monkeypatch.setattr(stack.Front, "open_parts", lambda front, at, apart: [at])
    assert np.allclose(cut, alone(made, LightCodes.LIGHT), atol=1e-3)
    assert max(widths) > 600


def test_who_stands_on_a_floor_is_blurred_apart_from_it_and_nothing_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Feet and the floor at them are one slice: a box around both is mostly neither."""
    width, height = 800, 400
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    per_m = (0.1 + 0.8 * y / height).astype(np.float32)
    per_m[(abs(x - 300) < 30) & (y < 350)] = 0.8
    of = Sliced(np.random.default_rng(3).random((3, height, width), dtype=np.float32), per_m, 20.0)
    lens = load_lens("ideal-50")
    discs = Camera(lens, 4.0).signed_discs_px(lens.ring_deg(1.8), 1 / of.per_m(), width)
    made = Stack(of.placed(discs), (width, height), Aperture(), joined=True)
    pixels = [0]

    def counted(window, runs, by):
        pixels[-1] += window.shape[1] * window.shape[2]
        return blurred(window, runs, by)

    monkeypatch.setattr(stack, "blurred", counted)
    apart = alone(made, LightCodes.LIGHT)
    monkeypatch.setattr(stack, "_STEP_ROWS", height)
    pixels.append(0)
    assert np.allclose(apart, alone(made, LightCodes.LIGHT), atol=1e-3)
    assert pixels[0] < 0.95 * pixels[1]


def test_the_halves_of_a_picture_are_about_as_much_work() -> None:
    """A floor before a far wall: the wall is drawn once, the floor in many slices, so its half is the smaller."""
    width, height = 800, 400
    rows = np.maximum(np.arange(height, dtype=np.float32) - 200, 0) / 200
    per_m = np.repeat((0.05 + 0.8 * rows)[:, None], width, axis=1).astype(np.float32)
    of = Sliced(np.zeros((3, height, width), np.float32), per_m, 20.0)
    lens = load_lens("ideal-50")
    discs = Camera(lens, 4.0).signed_discs_px(lens.ring_deg(20.0), 1 / of.per_m(), width)
    (top, middle), (after, bottom) = Stack(of.placed(discs), (width, height), Aperture(), joined=True).bands()
    assert (top, after, bottom) == (0, middle, height)
    assert middle % 8 == 0
    assert 208 < middle <= height - 64


def test_nothing_is_blurred_where_all_is_covered() -> None:
    front = stack.Front(Area(0, 0, 50, 10), joined=False)
    front.pixels[3] = 1
    assert front.open_parts(Area(10, 0, 40, 10), 4) == []


@pytest.mark.parametrize("squeeze", [1.0, 1.33])
def test_a_coarse_disc_is_as_large_and_as_wide_and_cheaper(squeeze: float) -> None:
    fine_runs = coarse_runs = 0
    for diameter in np.arange(6.0 * squeeze, 10.0 * squeeze, 0.1):
        fine, coarse = (Aperture(0, squeeze).runs(float(diameter), coarse=way) for way in (False, True))
        fine_runs, coarse_runs = fine_runs + _work(fine.runs), coarse_runs + _work(coarse.runs)
        assert coarse.area == pytest.approx(math.pi * diameter**2 / 4 / squeeze, abs=0.7)
        for axis in (0, 1):
            assert _spread(coarse.runs)[axis] == pytest.approx(_spread(fine.runs)[axis], rel=0.06)
        assert all(begin == -end for begin, end, _ in coarse.runs)
        assert all(set(columns) == {-column for column in columns} for *_, columns in coarse.runs)
    assert coarse_runs < 0.75 * fine_runs


def test_small_and_narrow_discs_corners_and_cats_eyes_are_never_coarse() -> None:
    assert Aperture().runs(5.9, coarse=True) == Aperture().runs(5.9)
    assert Aperture(squeeze=2.0).runs(9.0, coarse=True) == Aperture(squeeze=2.0).runs(9.0)
    assert Aperture(5).runs(8.4, coarse=True) == Aperture(5).runs(8.4)
    eye = Aperture(cat_eye=0.5)
    assert eye.runs(8.4, (1.0, 1.0), coarse=True) == eye.runs(8.4, (1.0, 1.0))
    assert eye.runs(8.4, coarse=True) != eye.runs(8.4)


def _work(runs) -> int:
    """Different runs, and shares of rows at their ends."""
    return sum(1 + (2 if (end - 0.5) % 1 else 0) for _, end, _ in runs)


def _spread(runs) -> tuple[float, float]:
    """Root of the second moments across and down, in pixels."""
    whole = sum((end - begin) * len(columns) for begin, end, columns in runs)
    across = sum((end - begin) * sum(c * c for c in columns) for begin, end, columns in runs)
    down = sum((end**3 - begin**3) / 3 * len(columns) for begin, end, columns in runs)
    return math.sqrt(across / whole), math.sqrt(down / whole)

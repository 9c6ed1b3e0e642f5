# SPDX-License-Identifier: MIT
"""Arrays against numpy's and scipy's own: order, cubics through points, slopes that never overshoot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import CubicHermiteSpline, PchipInterpolator

from followfocus.arrays import ascending, hermite, parabola_slopes, pchip_slopes, places_in, within

thousandths = st.integers(-100_000, 100_000).map(lambda whole: whole / 1000)
rows = st.lists(st.tuples(st.integers(10, 10_000).map(lambda ms: ms / 1000), thousandths), min_size=2, max_size=12)


def points(row: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    gaps, values = np.array(row).T
    return np.cumsum(gaps), values


@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=20))
def test_ascending_is_every_value_once_in_order(values: list[float]) -> None:
    assert ascending(np.array(values)).tolist() == np.unique(values).tolist()


@given(rows, st.integers(0, 2**31))
def test_cubics_have_the_angles_and_speeds_that_they_were_given(row: list[tuple[float, float]], seed: int) -> None:
    knots, ring = points(row)
    slopes = np.random.default_rng(seed).uniform(-20, 20, len(knots))
    made = hermite(knots, ring, slopes)
    assert made.shape == (len(knots) - 1, 4)
    known = CubicHermiteSpline(knots, ring, slopes).c[::-1].T
    assert made == pytest.approx(known, rel=1e-6, abs=1e-6 * np.abs(known).max())


@given(rows)
def test_slopes_are_those_of_scipys_pchip(row: list[tuple[float, float]]) -> None:
    x, y = points(row)
    known = PchipInterpolator(x, y).derivative()(x)
    assert pchip_slopes(x, y) == pytest.approx(known, rel=1e-6, abs=1e-6 * max(1.0, np.abs(known).max()))


@pytest.mark.parametrize(
    ("y", "first"),
    [
        ([0.0, 1.0, 1.5], 1.25),
        ([0.0, 1.0, 3.0], 0.5),
        ([0.0, 1.0, 9.0], 0.0),
        ([0.0, 1.0, -9.0], 3.0),
        ([0.0, 1.0, 0.0], 2.0),
        ([0.0, -1.0, 9.0], -3.0),
        ([0.0, 0.0, 1.0], 0.0),
    ],
    ids=["falls off", "gathers", "would turn back", "limited", "turns", "limited the other way", "level"],
)
def test_the_slope_at_an_end_is_of_three_points_and_never_turns_the_curve_back(y: list[float], first: float) -> None:
    x = np.array([0.0, 1.0, 2.0])
    assert pchip_slopes(x, np.array(y))[0] == pytest.approx(first)
    assert pchip_slopes(x, np.array(y[::-1]))[-1] == pytest.approx(-first)


@given(rows)
def test_inner_slopes_are_those_of_the_parabola_through_three_points(row: list[tuple[float, float]]) -> None:
    x, y = points(row)
    found = parabola_slopes(x, y)
    for i in range(1, len(x) - 1):
        near = x[i - 1 : i + 2] - x[i]
        known = np.linalg.solve(np.vander(near, 3), y[i - 1 : i + 2])[1]
        assert found[i] == pytest.approx(known, rel=1e-6, abs=1e-6 * max(1.0, np.abs(y).max() / np.diff(near).min()))
    assert found[[0, -1]].tolist() == pchip_slopes(x, y)[[0, -1]].tolist()


def test_a_place_is_the_stretch_that_begins_there_and_beyond_the_ends_the_last() -> None:
    edges = np.array([0.0, 1.0, 3.0, 4.0])
    x = np.array([-9.0, 0.0, 0.5, 1.0, 2.9, 3.0, 3.5, 4.0, 9.0])
    assert places_in(edges, x).tolist() == [0, 0, 0, 1, 1, 2, 2, 2, 2]
    assert places_in(edges[:2], x).tolist() == [0] * len(x)
    assert places_in(edges[:1], x).tolist() == [0] * len(x)


def test_what_is_beyond_a_bound_is_the_bound() -> None:
    assert within(np.array([-2.0, -1.0, 0.0, 3.0, 4.0]), -1.0, 3.0).tolist() == [-1.0, -1.0, 0.0, 3.0, 3.0]

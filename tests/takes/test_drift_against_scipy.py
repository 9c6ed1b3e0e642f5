# SPDX-License-Identifier: MIT
"""A drift is the slope of Theil and Sen where Kendall's test says so: both pinned against scipy's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from followfocus.takes.robust import DRIFT_CHANCE, DRIFT_SIGMAS, LEAST_FOR_DRIFT, MOST_COUNTED, drift, least_score


def with_inversions(count: int, inversions: int) -> list[int]:
    """An order of so many values with so many pairs the wrong way round."""
    order: list[int] = []
    for value in range(count):
        back = min(len(order), inversions)
        order.insert(len(order) - back, value)
        inversions -= back
    return order


def chance(count: int, score: int) -> float:
    """How likely such a score, or a greater one either way, is in `count` values, by scipy's exact count."""
    inversions = (count * (count - 1) // 2 - score) // 2
    return float(stats.kendalltau(range(count), with_inversions(count, inversions), method="exact").pvalue)


@pytest.mark.parametrize("count", range(LEAST_FOR_DRIFT, 41))
def test_the_least_score_is_the_first_that_chance_rarely_reaches(count: int) -> None:
    least = least_score(count)
    assert chance(count, least) <= DRIFT_CHANCE + 1e-12
    assert chance(count, least - 2) > DRIFT_CHANCE


@pytest.mark.parametrize("count", [5, 6, 9, 20, 40])
def test_at_the_least_score_a_drift_is_one_and_just_below_it_none(count: int) -> None:
    most = count * (count - 1) // 2
    reached = with_inversions(count, (most - least_score(count)) // 2)
    missed = with_inversions(count, (most - least_score(count)) // 2 + 1)
    assert drift(np.array(reached, float)) == pytest.approx(stats.theilslopes(reached)[0])
    assert drift(-np.array(reached, float)) == pytest.approx(-stats.theilslopes(reached)[0])
    assert drift(np.array(missed, float)) == 0.0


@settings(max_examples=60)
@given(st.integers(MOST_COUNTED + 1, 200), st.integers(2, 40), st.floats(0.0, 0.6), st.integers(0, 2**32 - 1))
def test_of_many_values_with_ties_too(count: int, levels: int, slope: float, seed: int) -> None:
    made = np.random.default_rng(seed)
    values = np.floor(levels * (made.random(count) + slope * np.arange(count) / count))
    if len(np.unique(values)) == 1:
        assert drift(values) == 0.0
        return
    reached = beyond_chance(values)
    if math.isfinite(reached) and abs(reached) > 1e-6:
        assert drift(values) == (pytest.approx(stats.theilslopes(values)[0]) if reached > 0 else 0.0)


def beyond_chance(values: np.ndarray) -> float:
    """By how much Kendall's score of values with ties is beyond what chance reaches, by scipy's deviation of it."""
    sigmas = float(stats.norm.isf(stats.kendalltau(range(len(values)), values, method="asymptotic").pvalue / 2))
    score = abs(int(np.sign(values[None, :] - values[:, None])[np.triu_indices(len(values), 1)].sum()))
    return score - (DRIFT_SIGMAS * score / sigmas + 1.0) if sigmas else -1.0  # the 1: S goes in whole numbers


@pytest.mark.parametrize(("levels", "each"), [(7, 10), (10, 7), (20, 4)])
def test_with_ties_a_drift_ends_where_chance_begins(levels: int, each: int) -> None:
    """Neighbours are exchanged one by one, each a pair less, until it is none: there and one before, scipy agrees."""
    values, made = np.repeat(np.arange(levels, dtype=float), each), np.random.default_rng(levels)
    before = values.copy()
    while drift(values) != 0.0:
        before = values.copy()
        at = made.choice(np.flatnonzero(values[:-1] < values[1:]))
        values[[at, at + 1]] = values[[at + 1, at]]
    assert beyond_chance(before) >= 0.0 > beyond_chance(values)
    assert drift(before) == pytest.approx(stats.theilslopes(before)[0])


@pytest.mark.parametrize("count", [256, 257, 300, 511, 512, 513, 1000, 5000])
def test_a_long_series_has_the_slope_of_all_of_it(count: int) -> None:
    assert drift(0.25 * np.arange(count)) == pytest.approx(0.25)
    assert drift(-0.25 * np.arange(count) + 7.0) == pytest.approx(-0.25)
    assert drift(np.ones(count)) == 0.0

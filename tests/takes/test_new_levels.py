# SPDX-License-Identifier: MIT
"""From where on values stay elsewhere: found at the step itself, whatever came before, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.takes.robust import FEW, level_changes, new_levels

noise = st.integers(0, 2**32 - 1)


@given(st.integers(FEW, 60), st.data(), st.sampled_from([-9.0, -3.0, 3.0, 40.0]), noise)
def test_a_jump_is_found_where_it_is(count: int, data: st.DataObject, by: float, seed: int) -> None:
    at = data.draw(st.integers(2, count - 2))
    values = np.random.default_rng(seed).uniform(-0.05, 0.05, count) + by * (np.arange(count) >= at)
    assert new_levels(values, 1.0) == [at]
    assert level_changes(values, [at]) == pytest.approx([by], abs=0.11)


@given(st.integers(2, 20), st.integers(3, 20), st.integers(2, 20), st.sampled_from([5.0, -5.0]), noise)
def test_there_and_back_are_two(first: int, second: int, third: int, by: float, seed: int) -> None:
    values = np.repeat([0.0, by, 0.0], [first, second, third])
    values += np.random.default_rng(seed).uniform(-0.05, 0.05, len(values))
    if len(values) >= FEW:
        assert new_levels(values, 1.0) == [first, first + second]
        assert level_changes(values, [first, first + second]) == pytest.approx([by, -by], abs=0.11)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0.0, 0.0, 0.0, 0.9, 0.9, 0.9, 0.9], "within the floor"),
        ([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], "at the floor"),
        ([0.0, 0.0, 0.0, 0.25, 1.15, 1.15, 1.15], "beyond it by what came before; its own step is within"),
        ([0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0], "an odd one"),
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0], "the last, which nothing confirms"),
        ([5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "the first is the odd one"),
        ([0.0, 1.2, 2.4, 3.6, 4.8, 6.0, 7.2], "a drift"),
        ([0.0, 2.0, 3.0, 3.5, 3.75, 3.9, 3.95], "a warm-up"),
        ([0.0, 0.0, 5.0, 5.0, 5.0], "too few to tell"),
        ([1.0], "one alone"),
        ([], "none"),
    ],
)
def test_what_is_no_new_level(values: list[float], why: str) -> None:
    assert new_levels(np.array(values), 1.0) == [], why


def test_just_beyond_the_floor_is_one() -> None:
    assert new_levels(np.array([0.0, 0.0, 0.0, 1.01, 1.01, 1.01, 1.01]), 1.0) == [3]
    assert new_levels(np.array([0.0, 0.0, 0.0, 0.25, 1.35, 1.35, 1.35]), 1.0) == [4]


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_what_can_only_be_a_jump_is_found_among_few_too_and_at_the_last(at: int) -> None:
    values = 4.0 * (np.arange(5) >= at)
    assert new_levels(values, 1.0, lambda by: abs(by) == 4.0) == [at]
    assert new_levels(values, 1.0, lambda by: abs(by) == 3.0) == []


def test_in_noise_as_great_as_the_step_there_is_none() -> None:
    values = np.array([0.0, 3.0, -3.0, 2.0, -2.0, 3.0, 5.0, 8.0, 2.0, 7.0, 3.0, 8.0])
    assert new_levels(values, 1.0) == []

# SPDX-License-Identifier: MIT
"""From where on values stay elsewhere: found at the step itself, whatever came before, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.takes.robust import FEW, drift, level_changes, new_levels, odd_ones, off_a_drift

noise = st.integers(0, 2**32 - 1)


@given(st.integers(FEW, 60), st.data(), st.sampled_from([-9.0, -3.0, 3.0, 40.0]), noise)
def test_a_jump_is_found_where_it_is(count: int, data: st.DataObject, by: float, seed: int) -> None:
    at = data.draw(st.integers(2, count - 2))
    values = np.random.default_rng(seed).uniform(-0.05, 0.05, count) + by * (np.arange(count) >= at)
    assert new_levels(values, 1.0) == [at]
    assert level_changes(values, [at]) == pytest.approx([by], abs=0.11)


@given(st.integers(2, 20), st.integers(2, 20), st.integers(2, 20), st.sampled_from([5.0, -5.0]), noise)
def test_there_and_back_are_two(first: int, second: int, third: int, by: float, seed: int) -> None:
    values = np.repeat([0.0, by, 0.0], [first, second, third])
    values += np.random.default_rng(seed).uniform(-0.05, 0.05, len(values))
    if len(values) >= FEW:
        assert new_levels(values, 1.0) == [first, first + second]
        assert level_changes(values, [first, first + second]) == pytest.approx([by, -by], abs=0.11)


@pytest.mark.parametrize("length", [2, 3, 4])
@pytest.mark.parametrize("by", [5.0, -5.0])
def test_a_jump_that_comes_again_is_found_each_time(length: int, by: float) -> None:
    levels = np.repeat([0.0, by, 0.0, by, 0.0], [6, length, length, length, 6])
    values = levels + np.random.default_rng(7).uniform(-0.05, 0.05, len(levels))
    starts = [6 + length * number for number in range(4)]
    assert new_levels(values, 1.0) == starts
    assert level_changes(values, starts) == pytest.approx([by, -by, by, -by], abs=0.11)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0.0, 0.0, 0.0, 0.9, 0.9, 0.9, 0.9], "within the floor"),
        ([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0], "at the floor"),
        ([0.0, 0.0, 0.0, 0.25, 1.15, 1.15, 1.15], "beyond it by what came before; its own step is within"),
        ([0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0], "an odd one"),
        ([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 5.0], "the last, which nothing confirms"),
        ([5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "the first is the odd one"),
        ([0.0, 0.0, 0.0, 5.0, 10.0, 10.0, 10.0], "in two steps, of which neither stands out"),
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


eighths = st.lists(st.integers(-400, 400), min_size=3, max_size=30).map(lambda found: np.array(found) / 8.0)
"""Values that add up without rounding."""
steps = st.lists(st.tuples(st.integers(2, 6), st.integers(-40, 40)), min_size=1, max_size=5).map(
    lambda found: np.concatenate([np.full(length, float(level)) for length, level in found])
)


@given(eighths | steps, st.sampled_from([-1000.0, -40.0, 7.5, 1000.0]))
def test_what_is_found_does_not_hang_on_where_nought_is(values: np.ndarray, by: float) -> None:
    def jumps(off: float) -> bool:
        return abs(off) >= 8.0

    moved = values + by
    starts = new_levels(values, 1.0)
    assert new_levels(moved, 1.0) == starts == new_levels(-values, 1.0)
    assert new_levels(moved, 1.0, jumps) == new_levels(values, 1.0, jumps)
    assert (
        level_changes(moved, starts)
        == level_changes(values, starts)
        == [-one for one in level_changes(-values, starts)]
    )
    assert odd_ones(moved, 0.5) == odd_ones(values, 0.5) == odd_ones(-values, 0.5)
    assert drift(moved) == drift(values) == -drift(-values)
    assert off_a_drift(moved).tolist() == off_a_drift(values).tolist()


def test_a_step_of_its_own_is_told_from_two_before_and_one_after() -> None:
    """Three times as large as each of those, in six values and more."""
    for beside, found in ((0.99, True), (1.01, False)):
        for at, values in {
            3: [0.0, 0.0, beside, 3.0 + beside, 3.0 + beside, 3.0 + beside],  # right before
            4: [0.0, 0.0, beside, beside, 3.0 + beside, 3.0 + beside, 3.0 + beside],  # two before
            2: [0.0, 0.0, 3.0, 3.0 + beside, 3.0 + beside, 3.0 + beside],  # after
        }.items():
            assert (at in new_levels(np.array(values), 2.0)) is found
    # What lies further off says nothing.
    assert 5 in new_levels(np.array([0.0, 2.0, 2.0, 2.0, 2.0, 5.0, 5.0, 5.0]), 2.5)

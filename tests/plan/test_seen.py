# SPDX-License-Identifier: MIT
"""The duration that shows what is asked for: found, the shortest of those that do, and none where none does."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.plan.seen import checked_frame_s, checked_visible_s, duration_that_shows


@given(st.floats(0.1, 0.95), st.floats(0.0, 2.0), st.floats(0.06, 500.0))
def test_it_shows_what_was_asked(share: float, rest_s: float, commanded_s: float) -> None:
    found = duration_that_shows(lambda d: rest_s + share * d, rest_s + share * commanded_s, 600.0)
    assert found == pytest.approx(commanded_s, rel=1e-6, abs=1e-6)


@given(st.floats(0.2, 2.9))
def test_of_two_durations_that_show_the_same_it_is_the_shorter(commanded_s: float) -> None:
    # rises to 9 at 3 s, then falls: each lesser value is shown twice
    def shown(d: float) -> float:
        return 9.0 - (d - 3.0) ** 2

    assert duration_that_shows(shown, shown(commanded_s), 10.0) == pytest.approx(commanded_s, abs=1e-6)


def test_what_falls_as_the_duration_grows_is_found_too() -> None:
    assert duration_that_shows(lambda d: 12.0 / d, 4.0, 60.0) == pytest.approx(3.0, abs=1e-6)


@pytest.mark.parametrize(
    "shown",
    [
        lambda _d: None,
        lambda d: d / 100.0,
        lambda d: 2.0 + d,
        lambda d: 0.5 if d < 7.0 else 1.5,
        lambda d: d if d < 0.9 else None,
        lambda d: d if not 0.95 < d < 1.1 else None,
    ],
    ids=["never", "too little", "too much", "it jumps past", "it ends before", "not where it would be"],
)
def test_where_no_duration_shows_it_there_is_none(shown) -> None:
    assert duration_that_shows(shown, 1.0, 60.0) is None


def test_it_is_found_up_to_the_longest_and_no_further() -> None:
    assert duration_that_shows(lambda d: d, 59.99, 60.0) == pytest.approx(59.99)
    assert duration_that_shows(lambda d: d, 60.01, 60.0) is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, math.inf, math.nan])
def test_a_visible_duration_is_a_time(seconds: float) -> None:
    with pytest.raises(RequestError, match="must be more than 0 s"):
        checked_visible_s(seconds)


def test_the_least_visible_duration_is_one() -> None:
    assert checked_visible_s(1e-3) == 1e-3


def test_frames_count_from_the_first_after_go() -> None:
    assert checked_frame_s(1, Fraction(24)) == pytest.approx(1 / 24)
    assert checked_frame_s(48, Fraction(24000, 1001)) == pytest.approx(2.002)
    with pytest.raises(RequestError, match="not after GO"):
        checked_frame_s(0, Fraction(24))

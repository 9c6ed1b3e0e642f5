# SPDX-License-Identifier: MIT
"""How long GO took: an estimate with its uncertainty, never a zero that is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.unit.latency import GO_LEAD_S, GoSent, Latency, start_latency

GO = GoSent(10.0, 10.0015, 1.7e9)


def test_where_the_clocks_agree_their_word_counts() -> None:
    assert start_latency(GO, 10.0007, 0.0002) == Latency(pytest.approx(0.0007), 0.0002)


def test_clocks_that_are_hardly_known_are_held_to_what_is_certain() -> None:
    found = start_latency(GO, 10.0007, float("inf"))
    assert found == Latency(pytest.approx(0.0007), pytest.approx(0.0010))


@pytest.mark.parametrize("start_s", [None, 9.9996, 10.0, 10.5], ids=["unknown", "before GO", "at once", "too late"])
def test_where_they_say_what_cannot_be_only_the_bounds_are_told(start_s: float | None) -> None:
    found = start_latency(GO, start_s, 0.0001)
    half = (0.0015 + GO_LEAD_S) / 2
    assert found == Latency(pytest.approx(half), pytest.approx(half))


@given(st.floats(0.0005, 0.2), st.floats(0, 1), st.floats(-0.02, 0.02), st.floats(0.00001, 0.02))
def test_the_truth_is_always_within(trip_s: float, share: float, error_s: float, clock_error_s: float) -> None:
    truth_s = share * (trip_s + GO_LEAD_S)
    go = GoSent(0.0, trip_s, 0.0)
    found = start_latency(go, truth_s + error_s, max(clock_error_s, abs(error_s)))
    assert found.seconds > 0
    assert abs(found.seconds - truth_s) <= found.uncertainty_s + 1e-12

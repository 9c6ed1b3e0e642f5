# SPDX-License-Identifier: MIT
"""From a wheel's event to the pins, through all that the app has between: lag, ripple, overshoot; and a late line."""

from __future__ import annotations

import pytest

from tests.conformance.test_follow import assert_speed_is_continuous, path
from tests.conformance.units import SimulatedBench, running
from tests.support.followed import (
    START_DEG,
    Events,
    Followed,
    SlowLine,
    braked,
    client_of,
    follow,
    follow_by_hand,
    ready,
    swing,
    turn,
)


def followed(hand, duration_s: float, events: Events | None = None, counts: float = 0.0) -> Followed:
    with running(SimulatedBench()) as bench, client_of(bench) as unit:
        ready(unit)
        found = follow_by_hand(bench, unit, hand, duration_s, events, counts)
        assert found.position == unit.refresh().position
        return found


@pytest.mark.parametrize("events", [Events(100), Events(100, jitter_s=0.004), Events(30)], ids=["even", "jitter", "30"])
@pytest.mark.parametrize("deg_s", [20.0, 60.0])
def test_an_even_hand_turns_the_ring_evenly_however_often_it_speaks(deg_s: float, events: Events) -> None:
    found = followed(turn(deg_s), 1.2, events)
    assert found.lag_s() <= 0.008
    assert found.ripple() <= 0.03


@pytest.mark.parametrize("events", [Events(100), Events(100, jitter_s=0.004)], ids=["even", "jitter"])
@pytest.mark.parametrize(("deg", "hz", "most_deg"), [(15, 1.0, 0.6), (40, 0.5, 0.8)])
def test_a_swing_is_kept_to(deg: float, hz: float, most_deg: float, events: Events) -> None:
    found = followed(swing(deg, hz), 0.5 + 1 / hz, events)
    assert found.error_deg() <= most_deg
    assert found.ripple() <= 0.03


@pytest.mark.parametrize(("deg", "hz", "most"), [(15, 1.0, 0.12), (40, 0.5, 0.03)])
def test_a_swing_of_30_words_a_second_is_kept_to(deg: float, hz: float, most: float) -> None:
    assert followed(swing(deg, hz), 0.5 + 1 / hz, Events(30)).ripple() <= most


def test_a_slow_hand_is_answered_as_soon_as_it_has_passed_half_a_step() -> None:
    found = followed(turn(2.0), 0.5)
    assert found.first_step_late_s() <= 0.0125
    assert found.first_step_after_word_s() <= 0.003


def test_a_fine_wheel_without_ends_has_no_more_lag() -> None:
    found = followed(turn(60.0), 1.2, counts=64.0)
    assert found.lag_s() <= 0.008
    assert found.ripple() <= 0.03


@pytest.mark.parametrize("deg_s", [10.0, 20.0, 37.0])
def test_a_wheel_with_coarse_counts_turns_the_ring_evenly(deg_s: float) -> None:
    assert followed(turn(deg_s), 1.5, counts=64.0).ripple() <= 0.06


@pytest.mark.parametrize(("hz", "steps"), [(100, 0.5), (60, 1.0), (50, 1.0), (30, 1.0)])
def test_a_hand_that_brakes_is_overshot_by_little(hz: float, steps: float) -> None:
    worst = max(followed(braked(60, at_s), 1.1, Events(hz)).overshoot_steps() for at_s in (0.603, 0.613, 0.623))
    assert worst <= steps + 0.02


def test_a_late_stamp_makes_no_jump_and_passes_no_limit() -> None:
    with running(SimulatedBench()) as bench, client_of(bench, SlowLine(every_s=0.016, late_s=0.016)) as unit:
        ready(unit)
        unit.set_limits(0.0, START_DEG + 40.0)
        start = unit.status.position
        found = follow(bench, unit, turn(60.0), 1.0)
        assert_speed_is_continuous(bench.steps(), unit.config.accel)
        assert max(path(bench.steps(), start)) == round((START_DEG + 40.0) * unit.steps_per_deg)
        assert found.position == unit.refresh().position

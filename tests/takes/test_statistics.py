# SPDX-License-Identifier: MIT
"""The statistics of takes: no more alarms than chance lets them, and a word where takes are too few."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.take_statistics import drifting, found_in, noise, one_apart, share, slipped, warming
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.takes.power import FOUND, MOST_FALSE, power_words
from followfocus.takes.repeatability import Jump, Landing, repeatability
from followfocus.takes.robust import ODD_MADS, least_score, odd_ones, off_a_drift
from followfocus.takes.takes import Verdict

TRIALS = 200
BY_CHANCE = 0.035
"""Two standard deviations of a share of 5 % in so many trials."""


@pytest.mark.parametrize("count", [3, 4, 5, 6, 8, 12, 20])
def test_noise_raises_an_alarm_in_a_twentieth_at_most(count: int) -> None:
    assert share(noise, count, TRIALS, lambda found: found.alarmed) <= MOST_FALSE + BY_CHANCE


@pytest.mark.parametrize("count", [5, 8, 20])
def test_a_drift_and_an_odd_one_are_found_as_often_as_the_certificate_says(count: int) -> None:
    drift, odd = FOUND[count]
    assert share(drifting, count, TRIALS, lambda found: found.trend_deg != 0.0) >= drift - 0.1
    assert share(one_apart, count, TRIALS, lambda found: len(found.odd) == 1) >= odd - 0.1


@pytest.mark.parametrize("count", [3, 5, 20])
def test_a_slip_is_found_by_its_shape(count: int) -> None:
    assert share(slipped, count, 100, lambda found: [abs(jump.full_steps) for jump in found.jumps] == [4]) >= 0.95


@pytest.mark.parametrize("count", [8, 20, 50])
def test_a_smooth_warm_up_is_a_drift_and_no_jump(count: int) -> None:
    assert share(warming, count, 60, lambda found: bool(found.jumps)) <= 0.05
    assert share(warming, count, 60, lambda found: found.trend_deg != 0.0) >= 0.95


@pytest.mark.parametrize("count", [3, 4])
@pytest.mark.parametrize("by_deg", [0.3, 1.0])
def test_a_few_takes_in_a_row_are_too_few_to_tell(count: int, by_deg: float) -> None:
    found = found_in(np.arange(count) * by_deg)
    assert (found.alarmed, found.steady, found.too_few) == (False, False, True)
    assert f"{count} takes are too few to tell a drift from chance: it takes 5." in found.findings
    assert not any("Nothing drifts" in words for words in found.findings)


@pytest.mark.parametrize(("count", "by_deg"), [(5, 0.6), (5, 1.0), (6, 1.0), (8, 2.7)])
def test_five_in_a_row_drift_and_have_not_slipped(count: int, by_deg: float) -> None:
    found = found_in(np.arange(count) * by_deg)
    assert found.trend_deg == pytest.approx(by_deg)
    assert not found.jumps


def test_the_score_that_chance_does_not_reach_is_counted() -> None:
    """Of the 120 orders of five, only the two that rise or fall throughout have a score of 10."""
    assert [least_score(count) for count in (3, 4, 5, 6)] == [5, 8, 10, 13]


@pytest.mark.parametrize("count", [3, 4, 9])
@pytest.mark.parametrize("slope", [0.0, 0.5, -3.0])
def test_a_drift_taken_off_leaves_what_stands_off_it(count: int, slope: float) -> None:
    even = 2.0 + slope * np.arange(count)
    assert off_a_drift(even) == pytest.approx(np.zeros(count))
    for odd in range(1, count - 1):
        values = even.copy()
        values[odd] += 8.0
        off = off_a_drift(values)
        assert off[odd] == pytest.approx(8.0)
        assert off[1 : count - 1][np.arange(1, count - 1) != odd] == pytest.approx(
            [-4.0 if abs(at - odd) == 1 else 0.0 for at in range(1, count - 1) if at != odd]
        )
        assert (off[0], off[-1]) == (0.0, 0.0)


def test_ticks_and_microseconds_of_takes_from_several_loads_agree() -> None:
    """A resonator that is measured anew for each load: the same pull in other ticks, by one clock."""
    rates = [16.08e6, 16.0801e6, 16.0802e6]
    landings = [
        Landing(n, "x", 0.0, 1.0, round(1.5 * hz), 100, hz, "good", landed_by="witness")
        for n, hz in enumerate(rates, start=1)
    ]
    (found,) = repeatability(landings, DEFAULT_RIG)
    assert found.timing_spread_ticks == 300
    assert found.timing_spread_ms == pytest.approx(300 / 16.0801e6 * 1e3)
    (alike,) = repeatability([dataclasses.replace(one, last_edge_ticks=5) for one in landings], DEFAULT_RIG)
    assert alike.timing_spread_ms == 0.0


def test_the_power_is_in_words() -> None:
    assert power_words(2, 0.1, 0.04) == "2 takes can tell neither a drift nor an odd one."
    assert "is found in none of series" in power_words(3, 0.1, 0.04)
    words = power_words(25, 0.1, 0.04)
    assert "a drift of 0.60° over all of them is found in 99%" in words
    assert "chance alone raises an alarm in 5% at most" in words


def test_one_of_four_takes_that_stands_far_apart_is_named() -> None:
    """Four takes can raise no other alarm, so this one has all of the allowance for false ones."""
    assert odd_ones(np.array([0.0, 0.1, -0.1, 1.3]), 0.0) == [3]
    assert odd_ones(np.array([0.0, 0.1, -0.1, 1.1]), 0.0) == []


@pytest.mark.parametrize("moved", [{}, {"trend_deg": 0.1}, {"odd": (3,)}, {"jumps": (Jump(3, 0.1, 0, "27A take 3"),)}])
@pytest.mark.parametrize("missed", [False, True])
def test_whatever_moves_or_misses_is_an_alarm_and_nothing_else_is(moved: dict[str, object], missed: bool) -> None:
    still = found_in(np.zeros(8))
    assert not still.alarmed
    last = dataclasses.replace(still.landings[-1], verdict=(Verdict.MISSED if missed else Verdict.GOOD).value)
    found = dataclasses.replace(still, landings=(*still.landings[:-1], last), **moved)  # type: ignore[arg-type]
    assert bool(found.missed) is missed
    assert found.alarmed is (missed or bool(moved))
    assert found.steady is not found.alarmed


@pytest.mark.parametrize("count", ODD_MADS)
def test_chance_alone_makes_an_odd_one_as_rarely_as_is_said(count: int) -> None:
    """As docs/statistics.md has it, by a hundred thousand series: so to a twentieth of each bound."""
    values = np.random.default_rng(count).standard_normal((100_000, count))
    off = np.abs(values - np.median(values, axis=1, keepdims=True))
    share = {3: 0.04, 4: 0.04, 6: 0.01}.get(count, 0.015)
    reached = off.max(axis=1) / (1.4826 * np.median(off, axis=1))
    assert ODD_MADS[count] == pytest.approx(np.quantile(reached, 1.0 - share), rel=0.055)

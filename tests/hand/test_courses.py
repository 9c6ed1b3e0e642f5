# SPDX-License-Identifier: MIT
"""The course of a hand that speaks seldom: exact for a smooth one, calm for a noisy one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from followfocus.hand.courses import Course, Foreteller, cubic, parabola

GAP_S = 1 / 30


def polynomial(at_s: float) -> float:
    return 3.0 + 40.0 * at_s - 200.0 * at_s**2 + 1500.0 * at_s**3


def foretold(hand: Callable[[float], float], words: int, noise: float = 0.0, *, seldom: bool = True) -> list[Course]:
    """The courses after each word from the fourth on."""
    shakes = np.random.default_rng(4).normal(0.0, 1.0, words) * noise
    samples = [(i * GAP_S, hand(i * GAP_S) + float(shakes[i])) for i in range(words)]
    foreteller, found = Foreteller(), []
    for i in range(3, words):
        foreteller.held_against(GAP_S, samples[i][1] - samples[i - 1][1])
        found.append(foreteller.course(samples[i - 3 : i + 1], seldom=seldom))
    return found


def test_a_cubic_goes_through_its_samples_and_on() -> None:
    samples = [(at_s, polynomial(at_s)) for at_s in (0.0, 0.02, 0.05, 0.09)]
    course = cubic(samples)
    for at_s in (0.0, 0.05, 0.09, 0.12):
        assert polynomial(0.09) + course.way(at_s - 0.09) == pytest.approx(polynomial(at_s))
    assert parabola(*samples[-3:]).rate != pytest.approx(course.rate)


def test_a_smooth_hand_is_believed_to_be_one() -> None:
    course = foretold(lambda at_s: 15.0 * np.sin(2 * np.pi * at_s), 16)[-1]
    assert course.rate == pytest.approx(15.0 * 2 * np.pi * np.cos(np.pi), rel=0.01)


def test_a_hand_that_begins_to_brake_is_no_noisy_one() -> None:
    def brakes(at_s: float) -> float:
        return 60.0 * at_s - 300.0 * max(0.0, at_s - 10 * GAP_S) ** 2

    course = foretold(brakes, 13)[-1]
    assert course.rate == pytest.approx(60.0 - 600.0 * 2 * GAP_S, abs=5.0)
    assert course.bend < -500.0


@pytest.mark.parametrize("seldom", [True, False])
def test_noise_is_not_blown_up(seldom: bool) -> None:
    courses = foretold(lambda at_s: 20.0 * at_s, 400, noise=0.02, seldom=seldom)[50:]
    off = np.std([course.rate for course in courses])
    straight = 0.02 * np.sqrt(2) / GAP_S
    assert off < 1.3 * straight  # a parabola alone 1.8 times as much, a cubic 2.7
    assert np.std([course.bend for course in courses]) * GAP_S < straight

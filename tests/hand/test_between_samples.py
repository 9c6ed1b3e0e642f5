# SPDX-License-Identifier: MIT
"""Where a hand is between its samples."""

import pytest

from followfocus.hand.estimate import HandEstimator


def fed(hand, times):
    estimator = HandEstimator()
    for at_s in times:
        estimator.add(at_s, hand(at_s))
    return estimator


def brakes(at_s):
    """From 40 a second, slower by 600 a second every second."""
    return 40.0 * at_s - 300.0 * at_s**2


def test_a_hand_that_brakes_goes_on_along_its_parabola():
    estimator = fed(brakes, (0.0, 0.01, 0.02))
    line = estimator.between(0.03)
    assert (line.position, line.rate) == (pytest.approx(brakes(0.03)), pytest.approx(22.0))


def test_one_that_speaks_seldom_goes_on_along_its_course_whatever_it_does():
    def gains(at_s):
        return 40.0 * at_s + 300.0 * at_s**2 + 2000.0 * at_s**3

    line = fed(gains, (0.0, 0.03, 0.06, 0.09)).between(0.1)
    # the cubic to within what its own change of bend makes in 10 ms; led by half the time to the next word
    assert line.position == pytest.approx(gains(0.1), abs=2000.0 * 0.01**3 + 1e-9)
    bend = 600.0 + 12000.0 * 0.09
    assert line.rate == pytest.approx(40.0 + 600.0 * 0.09 + 6000.0 * 0.09**2 + bend * 0.015)


def test_to_rest_and_never_back():
    estimator = fed(brakes, (0.0, 0.03, 0.06))
    line = estimator.between(0.075)
    assert (line.position, line.rate) == (pytest.approx(brakes(1 / 15)), 0.0)


def test_an_even_hand_and_one_that_is_overdue_need_no_word():
    assert fed(lambda at_s: 20.0 * at_s, (0.0, 0.01, 0.02)).between(0.03) is None
    assert fed(brakes, (0.0, 0.01, 0.02)).between(0.036) is None
    assert HandEstimator().between(1.0) is None

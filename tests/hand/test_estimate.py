# SPDX-License-Identifier: MIT
"""The line that the unit is told to follow: right for an even hand, ahead of a faster one, never past a braking one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from followfocus.hand.estimate import MOST_LEAD_S, PAUSE_S, SELDOM_S, HandEstimator, HandLine
from followfocus.stage.by_hand import TICK_S

gaps = st.floats(0.004, 0.06)
speeds = st.floats(5.0, 600.0)
signs = st.sampled_from([1.0, -1.0])


def told(*samples: tuple[float, float]) -> HandLine:
    """The line after these samples."""
    estimator = HandEstimator()
    return [estimator.add(*sample) for sample in samples][-1]


def on_a_parabola(
    first_s: float, second_s: float, third_s: float, speed: float, bend: float
) -> list[tuple[float, float]]:
    """Three samples of a hand that has `speed` at the last of them and gains `bend` a second."""
    return [
        (at_s, speed * (at_s - third_s) + bend * (at_s - third_s) ** 2 / 2) for at_s in (first_s, second_s, third_s)
    ]


@given(st.lists(gaps, min_size=1, max_size=8), speeds, signs)
def test_an_even_hand_has_its_speed(between_s: list[float], speed: float, sign: float) -> None:
    estimator, at_s = HandEstimator(), 3.0
    line = estimator.add(at_s, 0.0)
    assert line == HandLine(3.0, 0.0, 0.0)
    for gap_s in between_s:
        at_s += gap_s
        line = estimator.add(at_s, sign * speed * (at_s - 3.0))
        assert (line.time_s, line.position) == (at_s, sign * speed * (at_s - 3.0))
        assert line.rate == pytest.approx(sign * speed, rel=1e-6)


@given(gaps, gaps, speeds, st.floats(1.0, 5000.0), signs)
def test_a_hand_that_gains_speed_is_led_by_a_part_of_the_time_to_the_next(
    one_s: float, other_s: float, speed: float, gain: float, sign: float
) -> None:
    samples = on_a_parabola(1.0, 1.0 + one_s, 1.0 + one_s + other_s, sign * speed, sign * gain)
    assume(all((b[1] - a[1]) * sign > 0 for a, b in itertools.pairwise(samples)))
    rate = told(*samples).rate * sign
    assert speed * (1 - 1e-6) <= rate <= (speed + gain * MOST_LEAD_S) * (1 + 1e-6)


def test_the_lead_in_numbers() -> None:
    # samples every 10 ms: 0.9 · (10 − 4) ms ahead; seldomer: 5 ms, as there are words in between
    assert told(*on_a_parabola(1.0, 1.01, 1.02, 100.0, 1000.0)).rate == pytest.approx(105.4)
    assert told(*on_a_parabola(1.0, 1.05, 1.1, 100.0, 1000.0)).rate == pytest.approx(105.0)
    # braking hardly, by the same lead; braking hard, no further than to where it comes to rest
    assert told(*on_a_parabola(1.0, 1.01, 1.02, 100.0, -1000.0)).rate == pytest.approx(94.6)
    assert told(*on_a_parabola(1.0, 1.014, 1.028, 10.0, -1000.0)).rate == pytest.approx(1.0)
    assert told(*on_a_parabola(1.0, 1.02, 1.04, 20.0, -1000.0)).rate == pytest.approx(15.0)
    assert told(*on_a_parabola(1.0, 1.02, 1.04, 10.0, -2000.0)).rate == 0.0


@given(gaps, gaps, speeds, st.floats(1.0, 20_000.0), signs)
def test_a_hand_that_brakes_is_not_sent_past_its_rest(
    one_s: float, other_s: float, speed: float, loss: float, sign: float
) -> None:
    rate = told(*on_a_parabola(1.0, 1.0 + one_s, 1.0 + one_s + other_s, sign * speed, -sign * loss)).rate * sign
    assert 0.0 <= rate <= speed * (1 + 1e-6)
    gap_s = (1.0 + one_s + other_s - 1.0) / 2  # as it is seen, to the last bit: there is a step at `SELDOM_S`
    until_s = max(0.0, gap_s - 0.004) if gap_s <= SELDOM_S else TICK_S
    assert rate * until_s <= speed * speed / (2 * loss) * (1 + 1e-6)


@given(gaps, gaps, speeds, speeds, signs)
def test_a_hand_that_turned_round_is_told_no_faster_than_it_was_seen(
    one_s: float, other_s: float, out: float, back: float, sign: float
) -> None:
    at, turn_s = sign * out * one_s, 1.0 + one_s
    rate = told((1.0, 0.0), (turn_s, at), (turn_s + other_s, at - sign * back * other_s)).rate * -sign
    assert 0.0 <= rate <= max(out, back) * (1 + 1e-9)


def test_a_sudden_turn_in_numbers() -> None:
    # 150 °/s, then 50 °/s back: the parabola alone would have it at 270 °/s
    assert told((1.0, 0.0), (1.01, 1.5), (1.02, 1.0)).rate == pytest.approx(-150.0)


whole = st.integers(-400, 400).map(lambda eighths: eighths / 8)
exact = st.integers(1, 15).map(lambda ticks: ticks / 256)  # sums of these are exact, wherever they begin


@given(exact, exact, whole, whole, whole, st.integers(0, 4000))
def test_it_matters_not_when_and_where_it_is_nor_which_way_round(
    one_s: float, other_s: float, a: float, b: float, c: float, later_s: int
) -> None:
    samples = [(1.0, a), (1.0 + one_s, b), (1.0 + one_s + other_s, c)]
    rate = told(*samples).rate
    assert told(*((at_s + later_s, at) for at_s, at in samples)).rate == rate
    assert told(*((at_s, at + 100.0) for at_s, at in samples)).rate == rate
    assert -told(*((at_s, -at) for at_s, at in samples)).rate == rate


@pytest.mark.parametrize("positions", [(1.0, 2.0, 2.0), (0.0, 3.0, 4.0), (0.0, 3.0, 3.5)])
def test_a_hand_that_came_to_rest_or_turned_is_held(positions: tuple[float, ...]) -> None:
    assert told(*((1.0 + i / 50, at) for i, at in enumerate(positions))).rate == 0.0


def test_after_a_pause_the_samples_before_say_nothing() -> None:
    assert told((1.0, 0.0), (1.0 + PAUSE_S - 1e-9, 7.0)).rate == pytest.approx(100.0)
    assert told((1.0, 0.0), (1.0 + PAUSE_S + 1e-6, 7.0)).rate == 0.0


@pytest.mark.parametrize("late_s", [1.02, 1.0, 0.5])
def test_a_sample_that_is_not_newer_takes_the_place_of_the_last(late_s: float) -> None:
    assert told((1.0, 0.0), (1.02, 1.0), (late_s, 2.0)) == HandLine(1.02, 2.0, pytest.approx(100.0))


def test_a_hand_that_said_nothing_while_it_stood_moved_since_it_would_have_spoken() -> None:
    # 30 words a second; the hand turns round so that two lie at one place, and the second is not said. Who asked 4 ms
    # before the next word was told that it stands there.
    estimator = HandEstimator()
    for at_s, at in ((0.967, 7.0), (1.0, 9.0), (1.033, 10.0)):
        estimator.add(at_s, at)
    for at_s in (1.076, 1.086, 1.095):
        assert estimator.add(at_s, 10.0, heard=False).rate == 0.0
    assert -60.0 < estimator.add(1.099, 9.0).rate < -25.0


def test_after_a_rest_the_first_word_is_of_what_was_turned_since_the_word_before_was_due() -> None:
    estimator = HandEstimator()
    for i in range(5):
        estimator.add(1.0 + i / 100, float(i))
    for i in range(30):
        estimator.add(1.05 + i / 25, 4.0, heard=False)
    assert estimator.add(1.05 + 29 / 25 + 0.001, 4.2).rate == pytest.approx(20.0)


def test_a_hand_that_stands_has_no_speed_though_a_filter_creeps_towards_its_place() -> None:
    estimator = HandEstimator()
    for i in range(5):
        estimator.add(1.0 + i / 100, 0.6 * i)
    for i in range(1, 10):
        assert estimator.add(1.05 + i / 100, 2.4 + 1e-4 * i, heard=False).rate == 0.0
        assert estimator.between(1.051 + i / 100) is None

# SPDX-License-Identifier: MIT
"""The simulated unit's follower alone: it comes to where the hand is, within its limits, and doesn't tremble."""

from __future__ import annotations

import itertools
import random

import pytest

from followfocus.sim.follow import SLOW_STEPS_S, Follower, HandPause, HandWord, makes_sense
from followfocus.sim.ramp import FULL_RANGE, RampRules
from followfocus.wire.messages import (
    FOLLOW_AGE_MAX,
    FOLLOW_RATE_MAX,
    FOLLOW_SILENCE_S,
    POSITION_FRACTION,
    RATE_FRACTION,
    Follow,
)

HZ = 16_000_000
ACCEL, MOST_HZ = 60_000.0, 8000.0
WORD_TICKS = HZ // 100


def rules(limits: tuple[int, int] = FULL_RANGE) -> RampRules:
    return RampRules(HZ, ACCEL, round(HZ / MOST_HZ), 320, limits)


class Followed:
    """A follower that hears a hand every 10 ms: the edges it makes."""

    def __init__(self, limits: tuple[int, int] = FULL_RANGE) -> None:
        self.follower, self.now = Follower(rules(limits), 0, 0, 1), 0
        self.edges: list[tuple[int, int]] = []

    def hear(self, position: float, rate: float = 0.0) -> None:
        """A word, and all that is done until the next."""
        self.follower.hear(HandWord(position, rate, self.now), self.now)
        self.now += WORD_TICKS
        while self.follower.next_tick is not None and self.follower.next_tick < self.now:
            tick = self.follower.next_tick
            self.follower.step()
            self.edges.append((tick, self.follower.position))

    def check(self) -> None:
        """No edge too soon, no step that isn't one, no speed that changes too fast."""
        for a, b in itertools.pairwise(self.edges):
            assert b[0] - a[0] >= HZ / MOST_HZ
            assert abs(b[1] - a[1]) == 1
        speeds = [(b[1] - a[1]) * HZ / (b[0] - a[0]) for a, b in itertools.pairwise(self.edges)]
        for a, b in itertools.pairwise(speeds):
            if a * b > 0 and min(abs(a), abs(b)) > SLOW_STEPS_S:
                assert abs(b * b - a * a) <= 4.1 * ACCEL + 2 * max(abs(a), abs(b)) ** 3 / HZ


@pytest.mark.parametrize("target", [0.4, -0.4, 0.6, -0.6, 7.3, 100.3, -250.2, 3000.0])
def test_it_comes_to_where_a_hand_rests_and_stays(target: float) -> None:
    ring = Followed()
    for _ in range(200):
        ring.hear(target)
    assert abs(ring.follower.position - target) <= 0.5625
    assert (ring.follower.next_tick, ring.follower.speed) == (None, 0.0)
    assert max((abs(position) for _, position in ring.edges), default=0) <= abs(target) + 1
    ring.check()


@pytest.mark.parametrize("rate", [40.0, -40.0, 150.0, 900.0, -3000.0])
def test_a_steady_hand_is_kept_up_with(rate: float) -> None:
    ring = Followed()
    for number in range(150):
        ring.hear(rate * number / 100, rate)
    hand = rate * ring.now / HZ
    assert abs(ring.follower.position - hand) <= 1.5
    late = [edge for edge in ring.edges if edge[0] > ring.now // 2]
    found = (late[-1][1] - late[0][1]) * HZ / (late[-1][0] - late[0][0])
    assert found == pytest.approx(rate, rel=0.03)
    ring.check()


@pytest.mark.parametrize("rate", [8.0, 12.5, 20.0])
def test_a_slow_hand_makes_each_step_as_it_passes_half_of_it(rate: float) -> None:
    ring = Followed()
    for number in range(100):
        ring.hear(rate * number / 100, rate)
    assert [position for _, position in ring.edges] == list(range(1, len(ring.edges) + 1))
    assert len(ring.edges) == round(rate)
    for tick, position in ring.edges:
        assert tick / HZ == pytest.approx((position - 0.5) / rate, abs=1e-3)


def test_a_hand_that_trembles_about_half_a_step_moves_nothing_twice() -> None:
    ring = Followed()
    for number in range(200):
        ring.hear(0.5 + 0.05 * (-1) ** number)
    assert [position for _, position in ring.edges] == [1]


def test_the_soft_limits_are_never_passed_and_are_stood_at() -> None:
    for direction in (1, -1):
        ring = Followed((-200, 200))
        for number in range(150):
            ring.hear(direction * 40.0 * number, direction * 4000.0)
        assert ring.follower.position == direction * 200
        assert ring.follower.next_tick is None
        ring.check()


@pytest.mark.parametrize("seed", range(15))
def test_whatever_a_hand_does_the_motor_keeps_its_limits(seed: int) -> None:
    chance, ring, position = random.Random(seed), Followed((-1500, 1500)), 0.0
    rate = 0.0
    for _ in range(300):
        rate = chance.choice([rate, rate, rate, 0.0, chance.uniform(-6000, 6000)])
        position += rate / 100
        ring.hear(position, rate)
    for _ in range(150):
        ring.hear(position)
    ring.check()
    assert all(-1500 <= place <= 1500 for _, place in ring.edges)
    assert ring.follower.position == pytest.approx(min(max(position, -1500), 1500), abs=0.6)


def test_a_hand_that_falls_silent_has_no_step_planned_past_its_time() -> None:
    follower = Follower(rules(), 0, 0, 1)
    follower.hear(HandWord(0.0, 2.0, 0), 0)  # the first half step would be in a quarter of a second
    assert follower.silence_tick == round(FOLLOW_SILENCE_S * HZ)
    assert (follower.next_tick is None) is (FOLLOW_SILENCE_S < 0.25)
    follower.hear(HandWord(0.0, 0.5 / FOLLOW_SILENCE_S * 1.1, 1000), 1000)
    assert follower.next_tick is not None
    assert follower.silence_tick == 1000 + round(FOLLOW_SILENCE_S * HZ)


def test_a_turn_leaves_the_driver_its_set_up_time_and_the_ring_a_slow_step() -> None:
    ring = Followed()
    for _ in range(60):
        ring.hear(5.0)
    last = ring.edges[-1][0]
    at = ring.now
    ring.hear(4.0)
    assert ring.edges[-1][1] == 4
    assert ring.edges[-1][0] >= at + 320
    assert ring.edges[-1][0] - last >= HZ / SLOW_STEPS_S


def test_a_word_is_in_fractions_and_as_old_as_it_says() -> None:
    word = HandWord.of(Follow(3 * POSITION_FRACTION, -5 * RATE_FRACTION, 1600), 100_000)
    assert word == HandWord(3.0, -5.0, 98_400)


@pytest.mark.parametrize(
    ("age", "rate", "sound"),
    [
        (0, 0, True), (FOLLOW_AGE_MAX, FOLLOW_RATE_MAX, True), (-FOLLOW_AGE_MAX, -FOLLOW_RATE_MAX, True),
        (FOLLOW_AGE_MAX + 1, 0, False), (-FOLLOW_AGE_MAX - 1, 0, False), (0, FOLLOW_RATE_MAX + 1, False),
        (0, -FOLLOW_RATE_MAX - 1, False),
    ],
)  # fmt: skip
def test_what_no_hand_says_makes_no_sense(age: int, rate: int, sound: bool) -> None:
    assert makes_sense(Follow(0, rate, age)) is sound


def test_the_first_word_and_one_after_a_silence_are_after_a_pause() -> None:
    pause, silence = HandPause(), round(FOLLOW_SILENCE_S * HZ)
    ticks = [5, 5 + silence - 1, 5 + 2 * silence - 1, 5 + 2 * silence, 10 + 3 * silence]
    assert [pause.over(tick, HZ) for tick in ticks] == [True, False, True, False, True]


@pytest.mark.parametrize("rate", [3.0, -11.0, 25.0])
def test_a_hand_that_is_slower_than_a_slow_step_is_followed_step_by_step_from_rest(rate: float) -> None:
    ring = Followed()
    for number in range(150):
        ring.hear(rate * number / 100, rate)
        assert ring.follower.speed == 0.0
    assert abs(ring.follower.position - rate * 1.5) <= 1.0

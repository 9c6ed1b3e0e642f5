# SPDX-License-Identifier: MIT
"""A hand is followed: smoothly, to rest, within the limits, and by nobody's leave but the hand's."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable

import pytest

from followfocus.wire.frames import STOP_BYTES
from followfocus.wire.messages import (
    FOLLOW_AGE_MAX,
    FOLLOW_RATE_MAX,
    Cause,
    Fault,
    Follow,
    Goto,
    Hold,
    Result,
    SetLimits,
    SetTelemetry,
    State,
    StopInput,
)
from tests.conformance.units import TICK_HZ, Bench, Step
from tests.conformance.wire import CONFIG, Host

PERIOD_S = 0.01
LAG_TICKS = TICK_HZ // 200
Hand = Callable[[float], float]


def word(position: float, rate: float = 0.0, age_ticks: int = -LAG_TICKS) -> Follow:
    return Follow(round(position * 256), round(rate * 16), age_ticks)


def say(host: Host, message: Follow) -> None:
    host.write(host.frame(message, seq=0))


def turn(host: Host, hand: Hand, duration_s: float) -> None:
    """The words of a hand, for so long; the last one is `duration_s` old at the end."""
    began_s = host.clock.now()
    while (at_s := host.clock.now() - began_s) < duration_s:
        rate = (hand(at_s + 1e-4) - hand(at_s - 1e-4)) / 2e-4
        say(host, word(hand(at_s), rate))
        host.pass_time(PERIOD_S)


def swing(steps: float, hz: float) -> Hand:
    return lambda t: steps * math.sin(2 * math.pi * hz * t)


def path(steps: list[Step], start: int = 0) -> list[int]:
    return list(itertools.accumulate((step.direction for step in steps), initial=start))


def speeds(steps: list[Step]) -> list[tuple[float, float]]:
    """Time and speed between each two edges, seconds and steps/s; a turn between them is a stop."""
    pairs = itertools.pairwise(steps)
    return [
        ((a.tick + b.tick) / 2 / TICK_HZ, b.direction * TICK_HZ / (b.tick - a.tick) * (a.direction == b.direction))
        for a, b in pairs
    ]


def assert_speed_is_continuous(steps: list[Step], accel: float) -> None:
    """Speed changes by no more than the acceleration times the time, and what can be had within one step at rest."""
    at_once = math.sqrt(2 * accel)
    for (before_s, before), (now_s, now) in itertools.pairwise(speeds(steps)):
        bound = 1.25 * accel * (now_s - before_s)
        turns = before == 0.0 or now == 0.0
        bound += at_once if turns or max(abs(before), abs(now)) <= at_once else 0.02 * max(abs(before), abs(now))
        assert abs(now - before) <= bound, f"{before:.0f} to {now:.0f} steps/s in {now_s - before_s:.4f} s"


def test_a_hand_is_followed_to_where_it_rests(host: Host, bench: Bench) -> None:
    host.ready()
    turn(host, swing(400, 1.0), 1.3)
    end = 400 * math.sin(2 * math.pi * 1.3)
    for _ in range(20):
        say(host, word(end))
        host.pass_time(PERIOD_S)
    assert host.state is State.MOVING
    rested = host.rests()
    assert (rested.before, rested.cause, rested.position) == (State.MOVING, Cause.DONE, round(end))
    positions = path(bench.steps())
    assert max(positions) == pytest.approx(400, abs=2)
    assert min(positions) == pytest.approx(-400, abs=2)
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)


@pytest.mark.parametrize("rate", [40, 150, 400, 1500])
def test_an_even_hand_is_followed_evenly(host: Host, bench: Bench, rate: int) -> None:
    host.ready()
    turn(host, lambda t: rate * t, 1.0)
    at = [step.tick for step in bench.steps()]
    gaps = [b - a for a, b in itertools.pairwise(at) if at[0] + 0.3 * TICK_HZ < a and b < at[0] + 0.9 * TICK_HZ]
    assert all(gap * rate == pytest.approx(TICK_HZ, rel=0.10) for gap in gaps)


def test_the_ring_sets_off_at_once_also_while_the_unit_is_telling_where_it_is(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(SetTelemetry(11))
    late_ms = []
    for number in range(24):  # at every moment of the 11 ms between two of the unit's words
        at, asked = number % 2, bench.tick()
        say(host, word(at))
        host.pass_time(0.0125)
        if number:
            late_ms.append(1000 * (bench.steps()[-1].tick - asked) / TICK_HZ)
    assert len(bench.steps()) == len(late_ms) == 23
    assert max(late_ms) <= 2.1  # 0.7 of it the word on the line


def test_a_word_that_comes_late_against_its_stamp_makes_no_jump_and_passes_no_limit(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(SetLimits(-400, 400))
    chance, coming, began_s = random.Random(1), 0.0, host.clock.now()
    for number in range(120):
        at_s = number * PERIOD_S
        rate = 900.0
        coming = max(coming, at_s + chance.uniform(0.0, 0.016))  # as held up on the way, and its age says nothing of it
        host.pass_time(max(0.0, coming - (host.clock.now() - began_s)))
        say(host, word(rate * at_s, rate))
    host.rests()
    assert max(path(bench.steps())) == 400
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)


def test_a_hand_that_ceases_in_motion_leaves_the_ring_slowing_down(host: Host, bench: Bench) -> None:
    host.ready()
    turn(host, lambda t: 1000 * t, 0.5)
    stopping = host.reaches(State.STOPPING)
    rested = host.reaches(State.IDLE)
    assert (stopping.cause, rested.cause) == (Cause.SILENCE, Cause.SILENCE)
    assert 0 <= (stopping.clock - bench.steps()[0].tick) / TICK_HZ < 0.7
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)


def test_no_step_passes_a_soft_limit_and_the_ring_brakes_before_it(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(SetLimits(-300, 300))
    turn(host, swing(900, 0.7), 1.6)
    positions = path(bench.steps())
    assert (min(positions), max(positions)) == (-300, 300)
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)


def test_a_hand_far_off_is_caught_up_with_and_not_passed(host: Host, bench: Bench) -> None:
    host.ready()
    for _ in range(80):
        say(host, word(3000.0))
        host.pass_time(PERIOD_S)
    positions = path(bench.steps())
    assert (max(positions), positions[-1]) == (3000, 3000)
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)


def test_stop_ends_it_and_only_a_new_following_begins_again(host: Host, bench: Bench) -> None:
    host.ready()
    turn(host, lambda t: 1000 * t, 0.3)
    stopped = host.stop()
    assert stopped.was is State.MOVING
    for number in range(40):  # the hand goes on as if nothing had been
        say(host, word(1000 * (0.3 + number * PERIOD_S), 1000))
        host.pass_time(PERIOD_S)
    rested = host.reaches(State.IDLE)
    assert rested.cause is Cause.STOP
    assert host.state is State.IDLE
    where = host.status().position
    host.pass_time(0.1)
    turn(host, lambda t: where + 100 * t, 0.3)
    assert host.state is State.MOVING
    assert host.status().position > where


def test_a_stop_while_the_ring_stands_between_two_steps(host: Host, bench: Bench) -> None:
    host.ready()
    turn(host, lambda t: 20 * t, 0.5)
    host.write(STOP_BYTES)
    assert host.rests().cause is Cause.STOP
    steps = len(bench.steps())
    turn(host, lambda t: 10 + 20 * t, 0.3)
    assert len(bench.steps()) == steps


def test_a_stop_button_ends_it_in_a_fault(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.STOP_BUTTON)
    turn(host, lambda t: 1000 * t, 0.3)
    bench.set_input("stop", 0)
    fault = host.reaches(State.FAULT)
    assert fault.fault is Fault.STOP_INPUT
    steps = len(bench.steps())
    host.pass_time(0.1)
    turn(host, lambda t: 1000 * t, 0.3)
    assert (len(bench.steps()), host.state) == (steps, State.FAULT)


@pytest.mark.parametrize(
    "nonsense",
    [
        Follow(256000, 0, FOLLOW_AGE_MAX + 1),
        Follow(256000, 0, -FOLLOW_AGE_MAX - 1),
        Follow(256000, FOLLOW_RATE_MAX + 1, 0),
    ],
)
def test_a_word_that_says_nothing_moves_nothing(host: Host, bench: Bench, nonsense: Follow) -> None:
    host.ready()
    for _ in range(5):
        say(host, nonsense)
        host.pass_time(PERIOD_S)
    assert (host.state, bench.steps()) == (State.IDLE, [])


def test_where_the_ring_may_not_move_no_hand_moves_it(host: Host, bench: Bench) -> None:
    host.hello()
    turn(host, lambda t: 100 * t, 0.1)
    assert (host.state, bench.steps()) == (State.UNREFERENCED, [])
    host.ready()
    host.ok(Hold(0))
    host.pass_time(0.1)
    turn(host, lambda t: 100 * t, 0.1)
    assert (host.state, bench.steps()) == (State.UNREFERENCED, [])


def test_a_numbered_one_is_no_command(host: Host) -> None:
    host.ready()
    host.refused(word(100), Result.UNKNOWN_TYPE)


def test_a_following_is_no_part_of_the_numbering(host: Host) -> None:
    """The repeat of a command is still known as one after a hand's words."""
    host.ready()
    frame = host.frame(Goto(50, 0), seq=9)
    host.ask_bytes(frame, 9)
    host.rests()
    say(host, word(50))
    host.pass_time(0.2)
    host.ok(Goto(0, 0))
    host.rests()
    frame = host.frame(Goto(40, 0), seq=200)
    host.ask_bytes(frame, 200)
    host.rests()
    say(host, word(40))
    host.ask_bytes(frame, 200)
    host.pass_time(0.2)
    assert host.status().position == 40


def test_goto_takes_the_ring_from_a_hand_without_a_jump(host: Host, bench: Bench) -> None:
    host.ready()
    turn(host, lambda t: 1500 * t, 0.4)
    host.ok(Goto(-200, 0))
    assert host.rests(alive=True).position == -200
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)


def test_a_goto_to_where_it_can_no_longer_stop_goes_past_and_comes_back(host: Host, bench: Bench) -> None:
    """The same rule chooses a go-to's slices: it never brakes harder than it may for a target, only for a limit."""
    host.ready()
    host.ok(Goto(6000, 0))
    host.pass_time(0.2)
    near = host.status().position + 10
    host.ok(Goto(near, 0))
    assert host.rests(alive=True).position == near
    assert max(path(bench.steps())) > near + 20
    assert_speed_is_continuous(bench.steps(), CONFIG.accel)

# SPDX-License-Identifier: MIT
"""Hand and plan together on a unit: no jump in speed, never past a soft limit, and the pins agree with the count."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator

import pytest

from followfocus.hand.blend import LET_GO_S, Together, blend_of
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.stage.together import TogetherEvidence, play_together
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import FOLLOW_SILENCE_S, Cause
from tests.conformance.test_follow import assert_speed_is_continuous, path
from tests.conformance.tools import need_board
from tests.conformance.units import Bench, BoardBench, SimulatedBench, running
from tests.support.followed import client_of, ready
from tests.support.hands import from_now

START_DEG, END_DEG, DURATION_S = 150.0, 190.0, 1.0
PULL = motion_of(Pull.between(Mark("A", START_DEG), Mark("B", END_DEG), DURATION_S, parse_easing("minjerk")))
Wheel = Callable[[float], float]


@pytest.fixture(params=["simulated", pytest.param("board", marks=pytest.mark.board)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    make: Callable[[], Bench] = SimulatedBench
    if request.param == "board":
        need_board()
        make = BoardBench
    with running(make()) as unit:
        yield unit


@pytest.fixture
def unit(bench: Bench) -> Iterator[FollowFocusUnit]:
    with client_of(bench) as client:
        ready(client)
        yield client


def play(bench: Bench, unit: FollowFocusUnit, mode: Together, wheel: Wheel, *, keep: bool = False) -> TogetherEvidence:
    """Played, and judged by the pins."""
    before, start = len(bench.steps()), unit.status.position
    found = play_together(unit, PULL, blend_of(mode, PULL, keep=keep), from_now(unit.clock, wheel))
    steps = bench.steps()[before:]
    assert_speed_is_continuous(steps, unit.config.accel)
    assert unit.refresh().position == path(steps, start)[-1]
    return found


def test_a_ride_is_added_and_let_go(bench: Bench, unit: FollowFocusUnit) -> None:
    found = play(bench, unit, Together.RIDE, lambda t: 6.0 * math.sin(math.pi * min(t, 0.9)) ** 2)
    assert (found.ended, found.ring.cause, found.trim_deg) == ("", Cause.DONE, 0.0)
    assert unit.status.ring_deg == pytest.approx(END_DEG, abs=0.05)
    off = [now.ring_deg - planned.ring_deg for now, planned in zip(found.wanted, found.plan, strict=True)]
    assert max(off) == pytest.approx(6.0, abs=0.3)
    assert found.silence_s < 0.02


def test_a_ride_may_stay_as_a_trim(bench: Bench, unit: FollowFocusUnit) -> None:
    found = play(bench, unit, Together.RIDE, lambda t: 4.0 * min(t, 0.5), keep=True)
    assert found.trim_deg == pytest.approx(2.0, abs=0.05)
    assert unit.status.ring_deg == pytest.approx(END_DEG + 2.0, abs=0.05)


def test_a_touch_takes_the_ring_without_a_jump(bench: Bench, unit: FollowFocusUnit) -> None:
    found = play(bench, unit, Together.TAKE_OVER, lambda t: -30.0 * max(0.0, min(t, 1.2) - 0.5))
    assert found.ring.cause is Cause.DONE
    assert found.trim_deg < -10.0
    assert unit.status.ring_deg == pytest.approx(END_DEG + found.trim_deg, abs=0.1)


def test_the_wheel_plays_the_pull_there_and_back_and_there(bench: Bench, unit: FollowFocusUnit) -> None:
    def wheel(t: float) -> float:
        return 25.0 * t if t < 1.0 else 25.0 - 15.0 * (t - 1.0) if t < 2.0 else 10.0 + 40.0 * (min(t, 3.0) - 2.0)

    found = play(bench, unit, Together.SCRUB, wheel)
    assert (found.ended, found.ring.cause, found.trim_deg) == ("", Cause.DONE, 0.0)
    assert unit.status.ring_deg == pytest.approx(END_DEG, abs=0.05)
    turns = [sample.ring_deg for sample in found.ring.samples]
    highest = turns.index(max(turns[: len(turns) // 2]))
    assert min(turns[highest:]) < max(turns[: len(turns) // 2]) - 5.0


def test_no_hand_leads_past_a_soft_limit(bench: Bench, unit: FollowFocusUnit) -> None:
    unit.set_limits(140.0, 185.0)
    before, start = len(bench.steps()), unit.status.position
    play(bench, unit, Together.RIDE, lambda t: 15.0 * min(1.0, t))
    highest = max(path(bench.steps()[before:], start))
    assert highest == round(185.0 * unit.steps_per_deg)


def test_where_it_ends_is_said_last_however_late(bench: Bench, unit: FollowFocusUnit) -> None:
    def dozes(t: float) -> float:
        if DURATION_S + LET_GO_S - 0.05 < t < DURATION_S + LET_GO_S - 0.03:
            unit.link.sleep(0.04)  # the computer was busy, and missed the last words
        return 6.0 * min(1.0, t)

    found = play_together(unit, PULL, blend_of(Together.RIDE, PULL), from_now(unit.clock, dozes))
    assert (found.ended, found.wanted[-1].ring_deg) == ("", END_DEG)
    assert found.silence_s < FOLLOW_SILENCE_S
    assert unit.status.ring_deg == pytest.approx(END_DEG, abs=0.05)


def test_a_host_that_falls_silent_is_told_of(bench: Bench, unit: FollowFocusUnit) -> None:
    def stalls(t: float) -> float:
        if 0.4 < t < 0.45:
            unit.link.sleep(0.3)  # the computer was busy
        return 0.0

    found = play_together(unit, PULL, blend_of(Together.RIDE, PULL), from_now(unit.clock, stalls))
    assert found.silence_s > 0.29
    assert found.ring.cause is Cause.SILENCE
    assert found.words.startswith("The computer was silent for 3")


def test_a_computer_that_slept_with_its_unit_is_not_said_to_have_been_silent(unit: FollowFocusUnit) -> None:
    """The host's clock alone has gone on, as when a machine with the simulated unit in it was put to sleep."""
    found = play_together(unit, PULL, blend_of(Together.RIDE, PULL), from_now(unit.clock))
    slept = dataclasses.replace(found, silence_s=120.0)
    assert not slept.was_silent
    assert "slowed down" not in slept.words


def test_stop_ends_it_and_is_evidence(bench: Bench, unit: FollowFocusUnit) -> None:
    def stopped(t: float) -> float:
        if t > 0.5:
            unit.stop(wait=False)
        return 0.0

    found = play_together(unit, PULL, blend_of(Together.RIDE, PULL), from_now(unit.clock, stopped))
    assert found.ring.cause is Cause.STOP
    assert found.words == "It ended early. It was stopped."
    where = unit.refresh().position
    unit.link.sleep(0.3)
    assert unit.refresh().position == where

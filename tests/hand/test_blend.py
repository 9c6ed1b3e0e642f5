# SPDX-License-Identifier: MIT
"""Hand and plan together: no jump in place or speed, and each mode does what it says."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import pytest

from followfocus.hand.blend import (
    LET_GO_S,
    RESTED_S,
    RIDE_DEG,
    Blend,
    Ride,
    RingLine,
    Scrub,
    TakeOver,
    blend_of,
    on_plan,
)
from followfocus.hand.blend import Together as Mode
from followfocus.hand.estimate import HandLine
from followfocus.hand.events import WheelPressed
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Mark, Pull

STEP_S = 0.001
Wheel = Callable[[float], float]


def motion(start: float = 100.0, end: float = 160.0, duration_s: float = 2.0) -> Motion:
    return motion_of(Pull.between(Mark("A", start), Mark("B", end), duration_s, parse_easing("minjerk")))


def line(wheel: Wheel, t: float) -> HandLine:
    return HandLine(t, wheel(t), (wheel(t + 1e-5) - wheel(t - 1e-5)) / 2e-5)


def played(blend: Blend, wheel: Wheel, seconds: float) -> list[RingLine]:
    return [blend.at(n * STEP_S, line(wheel, n * STEP_S)) for n in range(round(seconds / STEP_S))]


def swing(t: float) -> float:
    return 4.0 * (1.0 - math.cos(2 * math.pi * 0.7 * max(0.0, t - 0.4)))


def onward(t: float) -> float:
    """Turned to the end of a 60° pull, with a step back on the way."""
    return 60.0 * min(1.1, t / 3.0) + 3.0 * math.sin(2.0 * t) ** 2 * (t < 3.0)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("wheel", [swing, onward])
def test_neither_place_nor_speed_jumps(mode: Mode, wheel: Wheel) -> None:
    lines = played(blend_of(mode, motion()), wheel, 3.5)
    for before, now in itertools.pairwise(lines):
        moved = now.ring_deg - before.ring_deg
        assert abs(moved) < 0.4  # 400°/s: nothing here is as fast
        if wheel is swing:
            assert abs(now.speed_deg_s - before.speed_deg_s) < 3.0
            assert moved == pytest.approx(STEP_S * (now.speed_deg_s + before.speed_deg_s) / 2, abs=2e-3)


def test_a_resting_wheel_leaves_the_plan_alone() -> None:
    for mode in (Mode.RIDE, Mode.TAKE_OVER):
        blend, pull = blend_of(mode, motion()), motion()
        lines = played(blend, lambda _t: 0.0, 2.5)
        assert [each.ring_deg for each in lines[:2000]] == pytest.approx(
            [pull.ring_deg(n * STEP_S) for n in range(2000)]
        )
        assert blend.over(3.1, 3.1)
        assert blend.trim_deg == 0.0


def test_what_is_ridden_is_let_go_after_the_landing() -> None:
    ride = Ride(motion())
    lines = played(ride, lambda t: min(5.0, 10.0 * t), 2.0 + LET_GO_S + 0.1)
    assert lines[1000].ring_deg == pytest.approx(motion().ring_deg(1.0) + 5.0)
    assert lines[-1].ring_deg == pytest.approx(160.0)
    assert (ride.over(2.5, 9.0), ride.over(2.0 + LET_GO_S, 0.0), ride.trim_deg) == (False, True, 0.0)


def test_or_kept_as_the_marks_trim() -> None:
    ride = Ride(motion(), keep=True)
    lines = played(ride, lambda t: min(5.0, 10.0 * t), 2.4)
    assert (lines[-1].ring_deg, ride.trim_deg) == (pytest.approx(165.0), pytest.approx(5.0))
    assert (ride.over(2.2, 9.0), ride.over(2.3, 0.0)) == (False, True)


def test_a_ride_is_bounded() -> None:
    lines = played(Ride(motion()), lambda t: 100.0 * t, 1.0)
    assert all(abs(each.ring_deg - motion().ring_deg(n * STEP_S)) <= RIDE_DEG + 1e-9 for n, each in enumerate(lines))


def test_a_touch_takes_the_ring_and_keeps_it() -> None:
    over = TakeOver(motion())
    lines = played(over, lambda t: -20.0 * max(0.0, t - 1.0), 2.5)
    assert over.taken_s == pytest.approx(1.015, abs=0.002)
    assert lines[-1].speed_deg_s == pytest.approx(-20.0)
    assert over.trim_deg == pytest.approx(lines[-1].ring_deg - 160.0)
    assert (over.over(2.5, 0.1), over.over(2.5, RESTED_S)) == (False, True)


def test_the_wheel_turns_time_forwards_and_back() -> None:
    scrub, pull = Scrub(motion()), motion()
    assert scrub.at(0.1, HandLine(0.1, 30.0, 30.0)).ring_deg == pytest.approx(pull.ring_deg(1.0))
    assert scrub.at(0.2, HandLine(0.2, 30.0, 30.0)).speed_deg_s == pytest.approx(pull.speed_deg_s(1.0))
    assert scrub.at(0.3, HandLine(0.3, 15.0, -30.0)).speed_deg_s == pytest.approx(-pull.speed_deg_s(0.5))
    assert scrub.at(0.4, HandLine(0.4, -9.0, 0.0)).ring_deg == pull.start_deg
    assert not scrub.over(9.0, 9.0)
    assert scrub.at(0.5, HandLine(0.5, 61.0, 5.0)) == RingLine(pull.end_deg, 0.0)
    assert scrub.over(9.0, RESTED_S)


def test_a_pull_towards_infinity_is_scrubbed_by_turning_that_way() -> None:
    pull = motion(160.0, 100.0)
    assert Scrub(pull).at(0.1, HandLine(0.1, -30.0, -30.0)).ring_deg == pytest.approx(pull.ring_deg(1.0))


@pytest.mark.parametrize("t", [-1.0, 0.0, 2.0, 2.5])
def test_a_plan_rests_from_its_first_and_its_last_moment_on_whatever_its_curve(t: float) -> None:
    steep = motion_of(Pull.between(Mark("A", 100.0), Mark("B", 160.0), 2.0, parse_easing("linear")))
    assert on_plan(steep, t) == RingLine(100.0 if t <= 0.0 else 160.0, 0.0)
    assert on_plan(steep, 1.0) == RingLine(pytest.approx(130.0), pytest.approx(30.0))


def test_a_button_that_is_told_of_is_down_unless_it_is_said_to_be_up() -> None:
    assert WheelPressed(0.0, "wheel", "stop").down
    assert not WheelPressed(0.0, "wheel", "stop", False).down

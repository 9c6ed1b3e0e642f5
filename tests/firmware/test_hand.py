# SPDX-License-Identifier: MIT
"""A hand is followed as closely as benchmarks/hand.py says, from its event to the step edges: a short part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import Cause
from tests.conformance.tools import need_board
from tests.conformance.units import Bench, BoardBench, SimulatedBench, running
from tests.support.followed import (
    Events,
    Followed,
    Hand,
    SlowLine,
    braked,
    client_of,
    follow,
    ready,
    smooth,
    swing,
    turn,
)

Desk = tuple[Bench, FollowFocusUnit]
LAG_S, RIPPLE, OVERSHOOT_STEPS = 0.008, 0.03, 0.5


@pytest.fixture(params=["simulated", pytest.param("board", marks=pytest.mark.board)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    make: Callable[[], Bench] = SimulatedBench
    if request.param == "board":
        need_board()
        make = BoardBench
    with running(make()) as unit:
        yield unit


@pytest.fixture
def desk(bench: Bench) -> Iterator[Desk]:
    with client_of(bench) as unit:
        ready(unit)
        yield bench, unit


def after(desk: Desk, hand: Hand, duration_s: float, events: Events | None = None) -> Followed:
    """The hand followed; the pins must be where the unit says that it is."""
    bench, unit = desk
    followed = follow(bench, unit, hand, duration_s, events)
    assert unit.refresh().position == followed.position
    return followed


@pytest.mark.parametrize("jitter_s", [0.0, 0.004])
@pytest.mark.parametrize("deg_s", [2.0, 20.0, 60.0])
def test_an_even_hand(desk: Desk, deg_s: float, jitter_s: float) -> None:
    followed = after(desk, turn(deg_s), 0.9, Events(jitter_s=jitter_s))
    assert followed.lag_s() <= LAG_S
    assert followed.ripple() <= RIPPLE
    assert followed.first_step_after_word_s() <= 0.0025 or deg_s < 10.0  # a slow one: with the lag, 6 ms after the hand


@dataclass(frozen=True, slots=True)
class Swing:
    """A hand to and fro, and how far off the ring may be."""

    deg: float
    hz: float
    error_deg: float


@pytest.mark.parametrize("way", [Swing(15.0, 1.0, 0.7), Swing(40.0, 0.5, 1.0)], ids=["quick", "wide"])
def test_a_hand_to_and_fro(desk: Desk, way: Swing) -> None:
    followed = after(desk, swing(way.deg, way.hz), 0.3 + 1 / way.hz, Events(jitter_s=0.004))
    assert followed.lag_s() <= LAG_S
    assert followed.error_deg() <= way.error_deg


def test_a_hand_of_30_events_a_second(desk: Desk) -> None:
    assert after(desk, swing(15.0, 1.0), 1.3, Events(30.0)).ripple() <= 0.12


def test_a_wheel_with_clicks_is_as_smooth(desk: Desk) -> None:
    assert after(desk, turn(20.0), 0.9, Events(grain_deg=0.3)).ripple() <= 0.05


@pytest.mark.parametrize("speed", [60.0, 37.0])
def test_a_braked_stop_is_not_passed(desk: Desk, speed: float) -> None:
    followed = after(desk, braked(speed, 0.503), 0.9)
    assert followed.overshoot_steps() <= OVERSHOOT_STEPS
    assert followed.evidence.cause is Cause.DONE


def test_a_smooth_start_is_taken_up_at_once(desk: Desk) -> None:
    followed = after(desk, smooth(30.0, 0.5), 0.8)
    assert followed.first_step_late_s() <= 0.012
    assert followed.overshoot_steps() <= OVERSHOOT_STEPS


def test_a_line_of_16_ms_is_as_good(bench: Bench) -> None:
    with client_of(bench, SlowLine(0.016)) as unit:
        ready(unit)
        followed = after((bench, unit), turn(20.0), 0.9)
    assert followed.lag_s() <= LAG_S
    assert followed.ripple() <= RIPPLE

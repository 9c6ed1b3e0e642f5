# SPDX-License-Identifier: MIT
"""Ring angles and speeds as a unit counts them: what is rounded, what no ring and no motor does, where limits lie."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import pytest

from followfocus.errors import RequestError, UnitError
from followfocus.motion.limits import STANDARD
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.unit.moves import SPAN_TOLERANCE, KnownPosition, RingMoves, _rate
from followfocus.unit.settings import LOST_NAME
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Cause, State, StopInput
from tests.support.benches import VirtualBench

PER_DEG = DEFAULT_RIG.steps_per_deg


@pytest.fixture
def unit() -> Iterator[FollowFocusUnit]:
    with VirtualBench().unit as made:
        made.configure(DEFAULT_RIG, STANDARD)
        made.set_reference(100.0)
        made.set_limits(0.0, 300.0)
        yield made


@pytest.fixture
def moves(unit: FollowFocusUnit) -> RingMoves:
    return unit.moves


@pytest.mark.parametrize("ring_deg", [0.0, 100.0, 120.0, 119.98, 300.0, 7.777])
def test_a_move_ends_at_the_nearest_step(unit: FollowFocusUnit, ring_deg: float) -> None:
    status = unit.goto_deg(ring_deg)
    assert status.position == round(ring_deg * PER_DEG)
    assert status.ring_deg == pytest.approx(ring_deg, abs=0.5 / PER_DEG)
    assert (status.state, status.cause) == (State.IDLE, Cause.DONE)


@pytest.mark.parametrize("ring_deg", [math.nan, math.inf, -math.inf, 2**31 / PER_DEG])
def test_an_angle_that_no_step_is_at_is_refused_and_nothing_moves(unit: FollowFocusUnit, ring_deg: float) -> None:
    before = unit.refresh().position
    for ask in (unit.goto_deg, unit.head_for, unit.set_reference):
        with pytest.raises(RequestError, match="can't be reached"):
            ask(ring_deg)
    assert unit.refresh().position == before


@pytest.mark.parametrize(
    ("speed_deg_s", "words"),
    [
        (0.0, "moves nothing"), (-5.0, "moves nothing"), (math.nan, "moves nothing"), (math.inf, "moves nothing"),
        (2**31 / PER_DEG, "No unit turns"), (0.49 / PER_DEG, "less than a step a second"),
    ],
)  # fmt: skip
def test_a_speed_that_no_motor_turns_at_is_refused(unit: FollowFocusUnit, speed_deg_s: float, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        unit.goto_deg(120.0, speed_deg_s)
    assert unit.refresh().position == round(100.0 * PER_DEG)


@pytest.mark.parametrize(("steps_s", "rate"), [(0.5, 1), (1.0, 1), (1.6, 2), (300.4, 300), (300.6, 301)])
def test_a_speed_is_rounded_to_whole_steps_a_second_and_never_to_none(steps_s: float, rate: int) -> None:
    assert _rate(steps_s / PER_DEG, PER_DEG) == rate
    assert _rate(None, PER_DEG) == 0


@pytest.mark.parametrize("speed_deg_s", [20.0, 60.0])
def test_a_move_takes_the_time_that_its_speed_asks_for(unit: FollowFocusUnit, speed_deg_s: float) -> None:
    began_s = unit.clock.now()
    unit.goto_deg(160.0, speed_deg_s)
    assert unit.clock.now() - began_s == pytest.approx(60.0 / speed_deg_s, abs=0.15)


def test_how_long_a_move_may_take_is_its_way_its_ramps_and_a_second(moves: RingMoves, unit: FollowFocusUnit) -> None:
    accel, usual = unit.config.accel, unit.config.goto_rate
    assert moves._travel_s(1000, 500) == pytest.approx(1000 / 500 + 500 / accel + 1.0)
    assert moves._travel_s(-1000, 500) == moves._travel_s(1000, 500)
    assert moves._travel_s(1000, 0) == pytest.approx(1000 / usual + usual / accel + 1.0)
    top = unit.tick_hz / unit.config.min_interval_ticks
    assert moves._travel_s(1000, 10**7) == pytest.approx(1000 / top + top / accel + 1.0)


def test_soft_limits_are_both_included_and_in_order(unit: FollowFocusUnit) -> None:
    unit.set_limits(90.0, 110.0)
    assert unit.line.held.limits_steps == (round(90.0 * PER_DEG), round(110.0 * PER_DEG))
    for ring_deg in (90.0, 110.0):
        assert unit.goto_deg(ring_deg).position == round(ring_deg * PER_DEG)
    for ring_deg in (90.0 - 1 / PER_DEG, 110.0 + 1 / PER_DEG):
        with pytest.raises(UnitError, match="outside its soft limits"):
            unit.goto_deg(ring_deg)
    unit.goto_deg(100.0)
    unit.set_limits(100.0, 100.0)
    with pytest.raises(RequestError, match="leave no room"):
        unit.set_limits(100.1, 100.0)
    with pytest.raises(RequestError, match="leave no room"):
        unit.set_limits(math.nan, 100.0)


def test_what_was_kept_by_parking_is_in_degrees_and_confirmed_as_it_was(unit: FollowFocusUnit) -> None:
    assert unit.last_known() is None
    unit.goto_deg(130.0)
    unit.park()
    known = unit.last_known()
    assert isinstance(known, KnownPosition)
    assert (known.ring_deg, known.low_deg, known.high_deg) == pytest.approx((130.0, 0.0, 300.0), abs=1 / PER_DEG)
    status: UnitStatus = unit.confirm_position()
    assert status.ring_deg == pytest.approx(130.0, abs=1 / PER_DEG)
    assert unit.line.held.limits_steps == (0, round(300.0 * PER_DEG))


@pytest.mark.parametrize("speed_deg_s", [30.0, -30.0])
def test_a_jog_turns_the_way_of_its_sign_and_nought_ends_it(unit: FollowFocusUnit, speed_deg_s: float) -> None:
    for _ in range(4):
        unit.jog(speed_deg_s)
        unit.link.sleep(0.25)
    status = unit.refresh()
    assert status.speed_deg_s == pytest.approx(speed_deg_s, rel=0.02)
    assert (status.ring_deg or 0.0) - 100.0 == pytest.approx(speed_deg_s, rel=0.1)
    unit.jog(0.0)
    unit.link.sleep(0.3)
    assert unit.refresh().at_rest


def test_a_fault_that_is_none_has_nothing_to_clear(unit: FollowFocusUnit) -> None:
    with pytest.raises(UnitError, match="holds no fault"):
        unit.clear_fault()


@pytest.fixture
def homing() -> Iterator[FollowFocusUnit]:
    """A unit with a home switch, on a ring that turns 300° from stop to stop."""
    with VirtualBench(stops_deg=(0.0, 300.0)).unit as made:
        made.configure(DEFAULT_RIG, STANDARD)
        made.apply(dataclasses.replace(made.config, stop_input=StopInput.HOME_SWITCH))
        yield made


def stands_true(unit: FollowFocusUnit) -> bool:
    """Whether the ring is where the unit says, within lash and a step."""
    assert unit.witness is not None
    assert unit.status.ring_deg is not None
    return abs(unit.witness() - unit.status.ring_deg) <= DEFAULT_RIG.lash_deg + 1 / PER_DEG


@pytest.mark.parametrize("travel_deg", [None, 300.0])
def test_homing_counts_from_the_infinity_stop_and_keeps_off_both(
    homing: FollowFocusUnit, travel_deg: float | None
) -> None:
    found, backoff = homing.home(travel_deg), homing.config.home_backoff
    assert found.span_deg == pytest.approx(300.0, rel=SPAN_TOLERANCE)
    assert found.off_share == (0.0 if travel_deg is None else pytest.approx(found.span_deg / 300.0 - 1.0))
    limits = homing.line.held.limits_steps
    assert limits is not None
    assert (limits[0], limits[1] + backoff) == (backoff, round(found.span_deg * PER_DEG))
    assert homing.status.position == limits[1]
    assert stands_true(homing)
    for step in limits:
        assert homing.goto_deg(step / PER_DEG).position == step
        assert stands_true(homing)


@pytest.mark.parametrize(("lens_deg", "known"), [(298.0, False), (299.0, True), (301.0, True), (302.0, False)])
def test_a_travel_that_is_not_the_lenss_leaves_no_place(homing: FollowFocusUnit, lens_deg: float, known: bool) -> None:
    if known:
        homing.home(lens_deg)
    else:
        with pytest.raises(UnitError, match="from stop to stop, the lens says"):
            homing.home(lens_deg)
    assert homing.refresh().referenced is known


@pytest.mark.parametrize("travel_deg", [0.0, -300.0, math.inf, math.nan])
def test_a_travel_that_is_none_is_refused_before_anything_turns(homing: FollowFocusUnit, travel_deg: float) -> None:
    before = homing.refresh().position
    with pytest.raises(RequestError, match="is none"):
        homing.home(travel_deg)
    assert homing.refresh().position == before


def test_coming_to_rest_takes_the_highest_speed_over_the_acceleration_and_ten_seconds_at_most(
    moves: RingMoves, unit: FollowFocusUnit
) -> None:
    top = unit.tick_hz / unit.config.min_interval_ticks
    assert moves._slowing_s() == pytest.approx(top / unit.config.accel)
    unit.apply(dataclasses.replace(unit.config, accel=1))
    assert moves._slowing_s() == 10.0


def test_a_ring_that_still_turns_has_its_slowing_down_counted(moves: RingMoves, unit: FollowFocusUnit) -> None:
    unit.jog(-30.0)
    unit.link.sleep(0.3)
    assert unit.status.speed_deg_s == pytest.approx(-30.0, rel=0.02)
    speed = abs(unit.status.speed_deg_s) * PER_DEG
    assert moves._travel_s(1000, 500) == pytest.approx(1000 / 500 + (500 + speed) / unit.config.accel + 1.0)
    unit.stop()


def test_what_was_parked_goes_with_the_settings_that_it_was_counted_by(unit: FollowFocusUnit) -> None:
    """A unit that lost them goes by the factory's gears: by those the same count is another place."""
    unit.park()
    known = unit.last_known()
    assert known is not None
    assert known.ring_deg == pytest.approx(100.0, abs=0.1)
    unit.setup.apply(dataclasses.replace(unit.config, name=LOST_NAME))
    assert unit.last_known() is None
    with pytest.raises(UnitError, match="lost its settings"):
        unit.confirm_position()
    assert not unit.refresh().referenced

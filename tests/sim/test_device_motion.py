# SPDX-License-Identifier: MIT
"""Go-to and jog on the simulated unit: never too fast, never too hard, never past a limit, whatever is asked when."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Cause,
    Flag,
    Goto,
    Hold,
    Jog,
    Ping,
    Result,
    Segment,
    SetLimits,
    SetPosition,
    State,
    StateChanged,
    Stopped,
    TakeEnded,
)
from tests.sim.driver import HZ, Driver, steady

ACCEL, FASTEST = 40_000, 320


def speeds(edges: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """Mean speed between edges, steps/s signed, and the time of the middle, s."""
    return [((b - a) * HZ / (t1 - t0), (t0 + t1) / 2 / HZ) for (t0, a), (t1, b) in pairwise(edges)]


def check_edges(edges: list[tuple[int, int]], accel: float, turn_ticks: int = 640) -> None:
    """No step too soon after the last, none that asks for more than `accel`, gaps of rest left out."""
    assert all(b - a >= FASTEST for (a, _), (b, _) in pairwise(edges))
    for (t1, b), (t2, c), (_, a) in zip(edges[1:], edges[2:], edges, strict=False):
        if (b - a) != (c - b):
            assert t2 - t1 >= turn_ticks
    for (v0, m0), (v1, m1) in pairwise(speeds(edges)):
        if v0 * v1 > 0:
            # ticks are whole: the greatest error of a mean speed from rounding an edge up
            rounding = (v0 * v0 + v1 * v1) / HZ / (m1 - m0)
            assert abs(v1 - v0) / (m1 - m0) <= accel * 1.02 + 2 * rounding


def test_a_go_to_arrives_exactly_and_says_so():
    driver = Driver().ready()
    driver.does(Goto(3000, 0))
    driver.wait_for(State.IDLE)
    assert driver.edges()[-1][1] == 3000
    arrived = driver.events(StateChanged)[-1]
    assert (arrived.before, arrived.after, arrived.cause, arrived.position) == (
        State.MOVING,
        State.IDLE,
        Cause.DONE,
        3000,
    )
    check_edges(driver.edges(), ACCEL)
    assert max(speed for speed, _ in speeds(driver.edges())) == pytest.approx(6000, rel=0.01)


def test_a_go_to_takes_the_time_that_its_limits_ask_for():
    driver = Driver().ready()
    driver.does(Goto(-4000, 2000))
    driver.wait_for(State.IDLE)
    edges = driver.edges()
    assert (edges[-1][0] - edges[0][0]) / HZ == pytest.approx(4000 / 2000 + 2000 / ACCEL, rel=0.01)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5, 9, 50])
def test_short_moves_are_symmetrical(steps):
    driver = Driver().ready()
    driver.does(Goto(steps, 0))
    driver.wait_for(State.IDLE)
    ticks = [tick for tick, _ in driver.edges()]
    assert len(ticks) == steps
    gaps = [b - a for a, b in pairwise(ticks)]
    assert gaps[:-1] == pytest.approx(gaps[:-1][::-1], abs=2) or steps < 4
    check_edges(driver.edges(), ACCEL)


def test_going_where_it_stands_is_done_at_once():
    driver = Driver().ready(position=7)
    driver.does(Goto(7, 0))
    driver.wait(0.01)
    assert driver.changes()[-2:] == [(State.IDLE, State.MOVING), (State.MOVING, State.IDLE)]
    assert driver.events(StateChanged)[-1].cause is Cause.DONE
    assert not driver.edges()


@pytest.mark.parametrize("position", [-101, 1001, 2**31 - 1, -(2**31)])
def test_a_target_outside_the_limits_is_refused(position):
    driver = Driver().ready(limits=(-100, 1000))
    assert driver.result(Goto(position, 0)) is Result.OUTSIDE_LIMITS
    assert driver.unit.state is State.IDLE


def test_the_target_may_change_on_the_way_without_a_jump_in_speed():
    driver = Driver().ready()
    driver.does(Goto(5000, 0))
    for target in (5010, 4000, 4800, -300, -310, 200, 2500):
        driver.wait(0.09)
        driver.does(Goto(target, 0))
    driver.wait_for(State.IDLE)
    assert driver.unit.position == 2500
    check_edges(driver.edges(), ACCEL)


def test_a_knob_may_send_a_hundred_targets_a_second():
    driver = Driver().ready()
    target = 0
    for tick in range(300):
        target += (tick % 17) - 6
        driver.does(Goto(target, 0))
        driver.wait(0.01)
    driver.wait_for(State.IDLE)
    assert driver.unit.position == target
    check_edges(driver.edges(), ACCEL)


def test_a_slow_jog_that_is_repeated_still_turns():
    driver = Driver().ready()
    for _ in range(400):
        driver.does(Jog(3))
        driver.wait(0.01)
    assert driver.unit.position == pytest.approx(12, abs=1)


def test_a_slow_step_under_way_does_not_keep_a_fast_aim_waiting():
    driver = Driver().ready()
    driver.does(Jog(1))
    driver.wait(0.2)
    driver.does(Jog(5000))
    driver.wait(0.2)
    assert driver.unit.position > 300
    check_edges(driver.edges(), ACCEL)


def test_a_jog_runs_at_its_rate_until_told_otherwise():
    driver = Driver().ready()
    driver.does(Jog(-1500))
    driver.wait(0.24)
    assert driver.status().rate == pytest.approx(-1500, abs=2)
    driver.does(Jog(700))
    driver.wait(0.24)
    assert driver.status().rate == pytest.approx(700, abs=2)
    driver.does(Jog(0))
    driver.wait_for(State.IDLE)
    assert driver.events(StateChanged)[-1].cause is Cause.DONE
    check_edges(driver.edges(), ACCEL)


def test_a_jog_stands_at_the_limit():
    for rate, limit in ((4000, 1500), (-4000, -900)):
        driver = Driver().ready(limits=(-900, 1500))
        driver.does(Jog(rate))
        driver.wait_for(State.IDLE)
        assert driver.unit.position == limit
        assert driver.events(StateChanged)[-1].cause is Cause.SOFT_LIMIT
        check_edges(driver.edges(), ACCEL)
        driver.does(Jog(rate))
        driver.wait(0.1)
        assert (driver.unit.position, driver.unit.state) == (limit, State.IDLE)
        driver.does(Jog(-rate))
        driver.wait(0.1)
        assert abs(driver.unit.position - limit) > 100


def test_without_a_reference_a_jog_is_slow_and_without_limits():
    driver = Driver()
    driver.hello()
    driver.does(SetLimits(-5, 5), Hold(1), Jog(6000))
    driver.wait(1.0, ping_every_s=0.1)
    assert driver.unit.position == pytest.approx(800, abs=20)
    assert driver.result(Goto(0, 0)) is Result.NOT_REFERENCED
    driver.does(Jog(0))
    driver.wait_for(State.UNREFERENCED)


def test_jogging_nowhere_at_rest_is_nothing():
    driver = Driver().ready()
    driver.does(Jog(0))
    assert driver.unit.state is State.IDLE
    assert driver.changes() == [(State.UNREFERENCED, State.IDLE)]


def test_speed_is_held_to_the_shortest_interval():
    driver = Driver().ready(limits=(-(2**31), 2**31 - 1))
    driver.settings(min_interval_ticks=1000, accel=1_000_000)
    driver.does(Jog(2**31 - 1))
    driver.wait(0.2)
    assert min(b - a for (a, _), (b, _) in pairwise(driver.edges())) == 1000


@pytest.mark.parametrize("command", [Goto(90_000, 0), Jog(900)], ids=["goto", "jog"])
def test_silence_of_the_host_slows_down(command):
    driver = Driver().ready()
    driver.does(command)
    asked_s = driver.now_s
    driver.wait(2.0)
    assert driver.unit.state is State.IDLE
    stopping, stood = driver.events(StateChanged)[-2:]
    assert (stopping.after, stopping.cause, stood.cause) == (State.STOPPING, Cause.SILENCE, Cause.SILENCE)
    assert driver.unit.time_of(stopping.clock) - asked_s == pytest.approx(0.25, abs=0.005)
    check_edges(driver.edges(), ACCEL)


def test_any_valid_frame_keeps_a_jog_alive():
    driver = Driver().ready()
    driver.does(Jog(900))
    for _ in range(10):
        driver.wait(0.24)
        driver.does(Ping())
    assert driver.unit.state is State.MOVING


@pytest.mark.parametrize("rate", [30, 200, 6000])
def test_a_stop_slows_down_within_the_acceleration(rate):
    driver = Driver().ready()
    driver.does(Goto(50_000, rate))
    driver.wait(0.21)
    driver.send(STOP_BYTES)
    position = driver.unit.position
    driver.wait(0.3)
    assert driver.unit.state is State.IDLE
    assert driver.unit.position - position <= rate * rate / (2 * ACCEL) + 1
    check_edges(driver.edges(), ACCEL)
    [stopped] = driver.events(Stopped)
    assert (stopped.hard, stopped.was, stopped.position, stopped.position_known) == (0, State.MOVING, position, 1)


def test_a_second_stop_changes_nothing_and_a_hard_one_cuts():
    driver = Driver().ready()
    driver.settings(accel=5000)
    driver.does(Jog(4000))
    driver.wait(0.24)
    driver.does(Jog(4000))
    driver.wait(0.24)
    driver.does(Jog(4000))
    driver.wait(0.24)
    driver.does(Jog(4000))
    driver.send(STOP_BYTES)
    driver.wait(0.1)
    driver.send(STOP_BYTES)
    driver.wait(0.1)
    assert driver.unit.state is State.STOPPING
    check_edges(driver.edges(), 5000)
    driver.send(HARD_STOP_BYTES)
    edges = len(driver.edges())
    driver.wait(0.5)
    assert (driver.unit.state, len(driver.edges())) == (State.IDLE, edges)
    assert [event.was for event in driver.events(Stopped)] == [State.MOVING, State.STOPPING, State.STOPPING]


def test_a_stop_during_a_take_slows_down_from_its_speed():
    driver = Driver().ready()
    driver.play([steady(2000, 20_000)])
    driver.wait(0.5)
    driver.send(STOP_BYTES)
    position = driver.unit.position
    driver.wait(1.0)
    way = 8000 * 8000 / (2 * ACCEL)
    assert driver.unit.position - position == pytest.approx(way, abs=2)
    check_edges(driver.edges(), ACCEL)
    assert driver.events(TakeEnded)[-1].steps == len(driver.edges())


def test_a_stop_too_close_to_a_limit_is_made_harder_and_none_is_passed():
    driver = Driver().ready(limits=(0, 1000))
    driver.play([steady(1600, 1000)])
    driver.wait(0.095)
    driver.send(STOP_BYTES)
    driver.wait(0.5)
    assert 950 < driver.unit.position <= 1000
    assert driver.unit.state is State.LOADED


def test_a_stop_in_a_hold_takes_no_step():
    driver = Driver().ready()
    driver.play([steady(2000, 100), Segment(HZ, 0, 0), steady(2000, 100)])
    driver.wait(0.5)
    driver.send(STOP_BYTES)
    driver.wait(1.5)
    assert driver.unit.position == 100
    assert driver.unit.state is State.LOADED


def test_the_motor_is_energised_by_motion_and_released_by_hold():
    driver = Driver()
    driver.hello()
    assert not driver.status().flags & Flag.ENERGISED
    driver.does(SetPosition(5))
    assert driver.status().flags & Flag.ENERGISED
    driver.does(Hold(0))
    status = driver.status()
    assert (status.state, status.flags & (Flag.ENERGISED | Flag.REFERENCED)) == (State.UNREFERENCED, 0)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_sequence_of_aims_breaks_a_rule(data):
    accel = data.draw(st.sampled_from([500, 40_000, 2_000_000, 100_000_000]))
    driver = Driver().ready(limits=(-300, 700))
    driver.settings(accel=accel)
    for _ in range(data.draw(st.integers(1, 12))):
        aim = data.draw(
            st.one_of(
                st.builds(Goto, st.integers(-300, 700), st.integers(0, 60_000)),
                st.builds(Jog, st.integers(-60_000, 60_000)),
                st.sampled_from([STOP_BYTES, HARD_STOP_BYTES]),
            )
        )
        hard = aim == HARD_STOP_BYTES
        if isinstance(aim, bytes):
            driver.send(aim)
        else:
            driver.result(aim)
        if hard:  # from here on the edges before don't tell the speed any more
            check_edges(driver.edges(), accel)
            driver.unit.edges.clear()
        driver.wait(data.draw(st.floats(0.0001, 0.2)))
    driver.wait(sqrt(2 * 1000 / accel) * 3 + 1.0)
    assert driver.unit.state is not State.MOVING
    edges = driver.edges()
    assert all(-300 <= position <= 700 for _, position in edges)
    assert all(abs(b - a) == 1 for (_, a), (_, b) in pairwise(edges))
    check_edges(edges, accel)

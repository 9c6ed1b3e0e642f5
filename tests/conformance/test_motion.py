# SPDX-License-Identifier: MIT
"""Go-to, jog, homing, limits and silence: motion that the unit plans itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest

from followfocus.wire.messages import (
    Cause,
    ClearFault,
    Fault,
    Flag,
    Goto,
    Home,
    Homed,
    Jog,
    Result,
    SetLimits,
    SetPosition,
    State,
    StopInput,
)
from tests.conformance.units import TICK_HZ, Bench, Step
from tests.conformance.wire import CONFIG, Host

WINDOW = 16
ROUNDING = 1.1


def check_ramp(steps: Sequence[Step], rate: float, accel: float) -> None:
    """No stretch of steps is faster than `rate` or changes its speed quicker than `accel` allows."""
    ticks = [step.tick for step in steps]
    for earlier, later in pairwise(steps):
        assert later.tick - earlier.tick >= TICK_HZ / rate * 0.97 - 2, "a step came too soon"
    speeds, middles = [], []
    for first, last in zip(range(0, len(ticks) - WINDOW, WINDOW), range(WINDOW, len(ticks), WINDOW), strict=False):
        if len({step.direction for step in steps[first + 1 : last + 1]}) == 1:
            speeds.append(steps[last].direction * WINDOW * TICK_HZ / (ticks[last] - ticks[first]))
            middles.append((ticks[last] + ticks[first]) / 2 / TICK_HZ)
    for v0, v1, t0, t1 in zip(speeds, speeds[1:], middles, middles[1:], strict=False):
        # a window is as long as its slowest steps: half a window of slack on either side
        slack = (2 * accel * WINDOW) ** 0.5 * 0.25 if min(abs(v0), abs(v1)) ** 2 < 4 * accel * WINDOW else 0
        assert abs(v1 - v0) <= accel * (t1 - t0) * ROUNDING + slack, f"{v0:.0f} to {v1:.0f} steps/s"


def counted(steps: Sequence[Step]) -> int:
    """Where the steps lead."""
    return sum(step.direction for step in steps)


@pytest.mark.parametrize("target", [1, -1, 3, -40, 1500, -1500])
def test_a_goto_arrives(host: Host, bench: Bench, target: int) -> None:
    host.ready()
    host.ok(Goto(target, 0))
    ended = host.rests(alive=True)
    assert (ended.before, ended.after, ended.cause) == (State.MOVING, State.IDLE, Cause.DONE)
    assert ended.position == target
    assert host.status().position == target
    steps = bench.steps()
    assert len(steps) == abs(target)
    check_ramp(steps, CONFIG.goto_rate, CONFIG.accel)


def test_a_goto_to_where_it_stands_is_done_at_once(host: Host, bench: Bench) -> None:
    host.ready(50)
    host.ok(Goto(50, 0))
    host.until(lambda now: now.state is State.IDLE)
    assert bench.steps() == []


def test_a_goto_keeps_to_the_rate_asked_for(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(Goto(600, 3000))
    host.rests()
    check_ramp(bench.steps(), 3000, CONFIG.accel)
    ticks = [step.tick for step in bench.steps()]
    assert ticks[400] - ticks[200] == pytest.approx(200 * TICK_HZ / 3000, rel=0.02)


def test_no_rate_passes_the_shortest_interval(host: Host, bench: Bench) -> None:
    host.ready(min_interval_ticks=4000)
    host.ok(Goto(600, 1_000_000))
    host.rests()
    ticks = [step.tick for step in bench.steps()]
    assert min(b - a for a, b in pairwise(ticks)) >= 4000


def test_the_target_may_change_while_moving_without_a_jump_in_speed(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(Goto(3000, 0))
    host.pass_time(0.15)
    host.ok(Goto(2000, 0))
    host.pass_time(0.05)
    host.ok(Goto(-300, 0))
    ended = host.rests(alive=True)
    assert (ended.position, ended.cause) == (-300, Cause.DONE)
    assert counted(bench.steps()) in (-300, -299, -301)
    check_ramp(bench.steps(), CONFIG.goto_rate, CONFIG.accel)


def test_a_way_back_asked_for_in_slow_steps_brakes_first(host: Host, bench: Bench) -> None:
    """A step of 8 ms was taken for rest, whatever the acceleration: 120 steps/s stood at once."""
    host.ready(accel=1000, silence_ms=60_000)
    host.ok(Goto(60, 0))
    host.pass_time(0.3)
    while (now := host.status().position) < 54:
        host.pass_time(0.001)
    host.ok(Goto(-40, 0))
    assert now < 58, "the host was too slow to try this"
    assert host.rests(alive=True).position == -40
    assert max(accumulate(step.direction for step in bench.steps())) >= 59


def test_a_knob_sends_a_hundred_targets_a_second(host: Host, bench: Bench) -> None:
    host.ready()
    target = 0
    for index in range(40):
        target += 25 if index < 25 else -15
        host.ok(Goto(target, 0))
        host.pass_time(0.01)
    assert host.until(lambda now: now.state is State.IDLE).position == target
    check_ramp(bench.steps(), CONFIG.goto_rate, CONFIG.accel)


def test_a_jog_turns_until_told_to_rest(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(Jog(-2000))
    host.pass_time(0.3, alive=True)
    assert host.status().rate == pytest.approx(-2000, rel=0.03)
    host.ok(Jog(0))
    ended = host.rests()
    assert ended.cause is Cause.DONE
    steps = bench.steps()
    assert ended.position == -len(steps)
    check_ramp(steps, 2000, CONFIG.accel)


def test_a_jog_rests_at_the_soft_limit_and_no_step_passes_it(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(SetLimits(-100, 700))
    host.ok(Jog(8000))
    ended = host.rests(alive=True)
    assert (ended.position, ended.cause) == (700, Cause.SOFT_LIMIT)
    host.ok(Jog(8000))
    host.pass_time(0.05)
    assert host.status().position == 700
    host.events.clear()
    host.ok(Jog(-8000))
    ended = host.rests(alive=True)
    assert (ended.position, ended.cause) == (-100, Cause.SOFT_LIMIT)
    assert len(bench.steps()) == 700 + 800


def test_a_goto_outside_the_limits_is_refused(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(SetLimits(-100, 700))
    host.refused(Goto(701, 0), Result.OUTSIDE_LIMITS)
    host.refused(Goto(-101, 0), Result.OUTSIDE_LIMITS)
    host.ok(Goto(700, 0))
    host.refused(Goto(701, 0), Result.OUTSIDE_LIMITS)
    assert host.rests().position == 700


@pytest.mark.parametrize("move", [Jog(3000), Goto(30_000, 3000)])
def test_motion_stops_when_the_host_falls_silent(host: Host, bench: Bench, move: Jog | Goto) -> None:
    host.ready(silence_ms=150)
    host.ok(move)
    said = bench.tick()
    stopping = host.reaches(State.STOPPING)
    assert stopping.cause is Cause.SILENCE
    assert 0.135 * TICK_HZ <= stopping.clock - said <= 0.17 * TICK_HZ
    ended = host.rests()
    assert (ended.after, ended.cause) == (State.IDLE, Cause.SILENCE)
    assert ended.position == len(bench.steps())
    assert host.status().flags & Flag.REFERENCED


def test_motion_goes_on_while_the_host_is_there(host: Host) -> None:
    host.ready(silence_ms=150)
    host.ok(Goto(1500, 3000))
    ended = host.rests(alive=True)
    assert (ended.position, ended.cause) == (1500, Cause.DONE)


def home(host: Host, bench: Bench, low: int, high: int) -> None:
    """Plays the part of a ring with stops: moves the input as the steps pass them."""
    for sign, bound in ((-1, low), (1, high)):
        host.until(lambda now, sign=sign, bound=bound: sign * (now.position - bound) >= 0 and now.rate * sign > 0)
        bench.set_input("stop", 0)
        host.until(lambda now, sign=sign: now.rate * sign < 0)
        bench.set_input("stop", 1)


def test_homing_finds_both_stops_and_measures_between_them(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.HOME_SWITCH, home_backoff=40)
    host.ok(Home(20_000))
    home(host, bench, -150, 300)
    homed = host.event(Homed)
    assert host.rests().after is State.IDLE
    assert host.status().position == homed.span
    steps = bench.steps()
    turns = [i for i in range(1, len(steps)) if steps[i].direction * steps[i - 1].direction < 0]
    zero = counted(steps[: turns[0]]) + CONFIG.home_backoff + 24
    assert zero + homed.span == pytest.approx(counted(steps), abs=2)
    host.refused(Goto(-1, 0), Result.OUTSIDE_LIMITS)
    host.refused(Goto(homed.span + 1, 0), Result.OUTSIDE_LIMITS)
    host.ok(Goto(0, 0))
    assert host.rests(alive=True).position == 0


def test_a_speed_limit_below_a_step_a_second_holds(host: Host, bench: Bench) -> None:
    slowest = 2**24 - 1
    host.ready(min_interval_ticks=slowest, silence_ms=60_000)
    host.ok(Goto(2, 0))
    assert host.rests(8.0, alive=True).position == 2
    first, second = (step.tick for step in bench.steps())
    assert slowest - 3 <= second - first <= 1.1 * slowest


def test_homing_needs_an_input(host: Host) -> None:
    host.ready()
    host.refused(Home(1000), Result.NO_INPUT)
    host.ok(replace(CONFIG, stop_input=StopInput.STOP_BUTTON))
    host.refused(Home(1000), Result.NO_INPUT)


def test_a_search_without_an_end_is_a_fault(host: Host, bench: Bench) -> None:
    host.hello()
    host.ok(replace(CONFIG, stop_input=StopInput.HOME_SWITCH))
    host.ok(Home(200))
    fault = host.reaches(State.FAULT)
    assert fault.fault is Fault.HOME_NOT_FOUND
    assert 199 <= len(bench.steps()) <= 202
    host.refused(Home(200), Result.FAULT_LATCHED)
    host.ok(ClearFault())
    assert host.state is State.UNREFERENCED


def test_homing_falls_silent_too(host: Host) -> None:
    host.hello()
    host.ok(replace(CONFIG, stop_input=StopInput.HOME_SWITCH, silence_ms=100))
    host.ok(Home(20_000))
    ended = host.rests()
    assert (ended.after, ended.cause) == (State.UNREFERENCED, Cause.SILENCE)


def test_a_stall_outside_of_homing_is_a_fault_and_the_position_is_unknown(host: Host, bench: Bench) -> None:
    host.ready(stop_input=StopInput.HOME_SWITCH)
    host.ok(Goto(3000, 0))
    at = bench.set_input("stop", 0, bench.tick() + TICK_HZ // 20)
    fault = host.reaches(State.FAULT)
    assert fault.fault is Fault.STALL
    assert max(step.tick for step in bench.steps()) <= at + 8800  # 500 µs of filter, and a step
    assert not host.status().flags & Flag.REFERENCED
    bench.set_input("stop", 1)
    host.ok(ClearFault())
    assert host.state is State.UNREFERENCED


def test_the_first_motion_energises(host: Host) -> None:
    host.hello()
    host.ok(CONFIG)
    assert not host.status().flags & Flag.ENERGISED
    host.ok(Jog(500))
    assert host.status().flags & Flag.ENERGISED
    host.ok(Jog(0))
    host.rests()


def test_the_ring_may_turn_the_other_way(host: Host, bench: Bench) -> None:
    """`direction` -1 changes what DIR shows, never the position."""
    host.ready(direction=-1)
    host.ok(Goto(100, 0))
    assert host.rests().position == 100
    host.ok(SetPosition(0))
    assert len(bench.steps()) == 100

# SPDX-License-Identifier: MIT
"""A ring at rest stays, STOP stops it, a take's ends are told as they were: core and emulated board."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from followfocus.wire.frames import STOP_BYTES
from followfocus.wire.messages import (
    Arm,
    Cause,
    Fault,
    Follow,
    Go,
    Goto,
    Home,
    Homed,
    Jog,
    Message,
    ProfileData,
    SaveConfig,
    Segment,
    SetLimits,
    SetPosition,
    SetTelemetry,
    State,
    StopInput,
    Stopped,
    TakeEnded,
    TakeStarted,
)
from tests.conformance.pins import WatchedHost
from tests.conformance.tools import need_board
from tests.conformance.units import TICK_HZ, BoardBench, running
from tests.conformance.wire import Profile, dwell, even
from tests.firmware.core import CoreBench

Pinned = CoreBench | BoardBench
BYTE_TICKS = 640
STOP_TICKS = len(STOP_BYTES) * BYTE_TICKS


@pytest.fixture(params=["core", pytest.param("board", marks=pytest.mark.board)])
def bench(request: pytest.FixtureRequest) -> Iterator[Pinned]:
    if request.param == "board":
        need_board()
    with running(BoardBench() if request.param == "board" else CoreBench()) as unit:
        yield unit


@pytest.fixture
def host(bench: Pinned) -> Iterator[WatchedHost]:
    watched = WatchedHost(bench)
    yield watched
    watched.close()


def stop_before(host: WatchedHost, segments: tuple[Segment, ...], step: int, ticks: int) -> tuple[TakeEnded, int]:
    """Plays, STOP's last byte coming so long before a step is due: the take, and the steps made after that byte."""
    profile = Profile(0, segments)
    host.ok(SetPosition(0))
    host.pass_time(0.01)
    host.arm(profile)
    made = len(host.bench.steps())
    host.ok(Go(1, 16_000))
    told = host.event(TakeStarted).clock + profile.expand()[0][step].tick - ticks
    host.pass_time((told - STOP_TICKS - host.bench.tick()) / TICK_HZ)
    host.write(STOP_BYTES)
    ended = host.event(TakeEnded, 5.0, alive=True)
    host.until(lambda now: now.state is State.LOADED)
    return ended, sum(tick.tick > told for tick in host.bench.steps()[made:])


WAITS: dict[str, tuple[tuple[Segment, ...], int]] = {
    "a slow step, then 500 steps/s": ((even(5, 65_800), even(50, 32_000)), 4),
    "a hold of 1 s, then 480 steps/s": ((even(3, 60_000), dwell(16_000_000), even(50, 33_300)), 3),
    "a hold of 4.06 ms, then 10,000 steps/s": ((even(1, 60_000), dwell(65_000), even(300, 1600)), 1),
    "a hold reached at 1,000 steps/s": ((even(50, 16_000), dwell(8_000_000), even(5, 16_000)), 50),
    "the first step of all": ((dwell(100_000), even(300, 1600)), 0),
}


@pytest.mark.parametrize("before_ms", [3.5, 2.7, 1.5, 0.5])
@pytest.mark.parametrize("what", WAITS)
def test_a_stop_in_a_wait_ends_it_there(host: WatchedHost, what: str, before_ms: float) -> None:
    """It was 20,000 steps more, to the soft limit: the wait had been taken for a speed."""
    host.ready(accel=40_000, silence_ms=60_000)
    segments, step = WAITS[what]
    ended, more = stop_before(host, segments, step, round(before_ms * TICK_HZ / 1000))
    assert more <= 4
    assert ended.cause is Cause.STOP


def test_a_stop_just_before_a_hold_that_is_reached_at_speed_doesnt_move_after_it(host: WatchedHost) -> None:
    host.ready(accel=40_000, silence_ms=60_000)
    segments = (even(50, 16_000), dwell(8_000_000), even(5, 16_000))
    for before in (15_000, 10_500, 8_000):
        ended, more = stop_before(host, segments, 49, before)
        assert more <= 16
        assert ended.last_edge_clock - ended.start_clock < 80 * 16_000


def test_the_first_and_the_last_edge_are_told_after_a_hold_and_after_a_cut(host: WatchedHost) -> None:
    host.ready(silence_ms=60_000)
    ended = host.play(Profile(0, (dwell(150_000), even(20, 4000), dwell(300_000))))
    assert ended.first_edge_clock - ended.start_clock == 154_000
    assert ended.last_edge_clock - ended.start_clock == 150_000 + 20 * 4000
    host.ok(Goto(0, 0))
    host.until(lambda now: now.state is State.LOADED)
    made = len(host.bench.steps())
    host.arm(Profile(0, (dwell(150_000), even(400, 4000))))
    host.ok(Go(2, 16_000))
    host.pass_time(0.05)
    host.stop(hard=True)
    ended = host.event(TakeEnded)
    steps = host.bench.steps()[made:]
    assert ended.steps == len(steps)
    assert abs(ended.first_edge_clock - steps[0].tick) <= 3
    assert abs(ended.last_edge_clock - steps[-1].tick) <= 3


@pytest.mark.parametrize(
    "message", [Goto(500, 0), Jog(3000), Arm(7, 0), Follow(4000, 8000, -80_000)], ids=["goto", "jog", "arm", "hand"]
)
def test_what_a_stop_has_overtaken_starts_nothing(host: WatchedHost, bench: Pinned, message: Message) -> None:
    """It waited for the store: Stopped was told, and 500 steps were made after it."""
    host.ready(silence_ms=60_000)
    if isinstance(message, Arm):
        host.upload(Profile(0, (even(40, 1600),)))
    host.pass_time(0.1)
    first = 0 if isinstance(message, Follow) else None
    host.write(host.frame(SaveConfig()) + host.frame(message, first) + STOP_BYTES)
    host.event(Stopped)
    host.pass_time(0.6)
    assert host.state in (State.IDLE, State.LOADED)
    assert bench.steps() == []


@pytest.mark.parametrize("turns", [True, False], ids=["before a turn", "before its end"])
def test_a_stop_in_a_motion_that_slows_down_goes_on_evenly(host: WatchedHost, bench: Pinned, turns: bool) -> None:
    """It slowed down while that was worked out, and then went on at the speed that there had been before."""
    host.ready(accel=300_000, goto_rate=6000, silence_ms=60_000)
    for ms in range(9, 26):
        host.ok(Goto(0, 0))
        host.until(lambda now: now.state is State.IDLE)
        made = len(bench.steps())
        host.ok(Goto(100, 0))
        if turns:
            host.pass_time(0.012)
            host.ok(Goto(-60, 0))
        host.pass_time(ms / 1000)
        host.write(STOP_BYTES)
        stopped = bench.tick() + STOP_TICKS
        host.until(lambda now: now.state is State.IDLE)
        steps = bench.steps()[made:]
        assert len({step.direction for step in steps if step.tick > stopped}) < 2
        apart = [(two.tick, two.tick - one.tick) for one, two in itertools.pairwise(steps)]
        for (_, before), (tick, after) in itertools.pairwise(apart):
            assert tick < stopped + 48_000 or after > 0.87 * before, f"{ms} ms: {before}, then {after} ticks"


# Limits -----------------------------------------------------------------------------------------------------------


def test_a_jog_away_from_limits_that_lie_elsewhere_goes_nowhere(host: WatchedHost, bench: Pinned) -> None:
    host.ready(silence_ms=60_000)
    host.ok(SetLimits(5_000, 9_000))
    host.ok(Jog(-1000))
    assert host.rests().cause is Cause.SOFT_LIMIT
    assert bench.steps() == []
    host.ok(Jog(1000))
    host.pass_time(0.2)
    assert sum(step.direction for step in bench.steps()) > 50


def test_a_stop_on_the_way_into_the_limits_slows_down(host: WatchedHost, bench: Pinned) -> None:
    host.ready(accel=40_000, silence_ms=60_000, goto_rate=6000)
    host.ok(SetLimits(5_000, 9_000))
    host.ok(Goto(8_000, 0))
    host.pass_time(0.4)
    made = len(bench.steps())
    host.stop()
    assert host.rests().cause is Cause.STOP
    assert len(bench.steps()) - made > 6000**2 / (2 * 40_000) / 2


def test_home_with_less_room_than_two_back_offs_stands_within_its_limits() -> None:
    with running(CoreBench()) as bench:
        bench.core.set_stops(-20, 20)
        host = WatchedHost(bench)
        host.ready(stop_input=StopInput.HOME_SWITCH, home_backoff=32, silence_ms=60_000)
        host.ok(Home(500))
        homed = host.event(Homed, 5.0, alive=True)
        status = host.status()
        assert (status.state, status.position, homed.span) == (State.IDLE, 0, 0)
        host.close()


# Rates --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1, 3, 5, 17, 100])
def test_a_slow_jog_goes_at_its_rate(host: WatchedHost, bench: Pinned, rate: int) -> None:
    host.ready(accel=40_000, silence_ms=60_000)
    host.ok(Jog(rate))
    host.pass_time(max(0.2, 3.5 / rate))
    ticks = [step.tick for step in bench.steps()]
    assert len(ticks) >= 3
    assert all(abs(b - a - TICK_HZ / rate) < TICK_HZ / rate / 200 for a, b in itertools.pairwise(ticks[1:]))


@pytest.mark.parametrize(
    ("accel", "rate"), [(400_000, 50_000), (4_000_000, 10_000), (4_000_000, 50_000), (10**8, 50_000)]
)
def test_a_goto_arrives_whatever_acceleration_is_set(host: WatchedHost, accel: int, rate: int) -> None:
    host.ready(accel=accel, min_interval_ticks=160, silence_ms=60_000)
    for target in (20_000, 0, 7, -13):
        host.ok(Goto(target, rate))
        assert host.rests().cause is Cause.DONE
        assert host.status().position == target


def test_dir_is_set_up_after_a_new_aim_too(host: WatchedHost, bench: Pinned) -> None:
    """A slow step is given up for the new aim; DIR turns, and its time is kept all the same."""
    setup = 40_000
    host.ready(accel=4_000, dir_setup_ticks=setup, silence_ms=60_000)
    for target in (3, -3, 2, -4, 4, -2):
        host.ok(Goto(target, 0))
        host.pass_time(0.021)
    host.until(lambda now: now.state is State.IDLE)
    if isinstance(bench, CoreBench):
        edges = [(edge.tick, edge.pin) for edge in bench.core.edges() if edge.pin in (0, 1)]
    else:
        edges = [
            (tick, 0 if pin == "STEP" else 1)
            for tick, pin, level in bench.edges()
            if pin == "DIR" or (pin == "STEP" and level)
        ]
    waits = [after[0] - before[0] for before, after in itertools.pairwise(edges) if (before[1], after[1]) == (1, 0)]
    assert len(waits) >= 3
    assert min(waits) >= setup - 3


# Streams ------------------------------------------------------------------------------------------------------------


def test_a_stream_that_runs_dry_at_60_000_steps_a_second_never_passes_what_has_come(
    host: WatchedHost, bench: Pinned
) -> None:
    """It slowed down past the pull's end, held by the soft limits only."""
    host.ready(accel=40_000, min_interval_ticks=160, silence_ms=60_000)
    profile = Profile(0, (even(1, 20_000), *(even(60, 266) for _ in range(150))))
    host.arm(profile)
    host.ok(Go(1, 16_000))
    ended = host.event(TakeEnded, 5.0, alive=True)
    assert ended.cause is Cause.FAULT
    assert host.status().fault is Fault.UNDERRUN
    come = 1 + 60 * (host.capacity - 1)
    assert ended.position == len(bench.steps()) <= come
    assert ended.position > come - 400


@pytest.mark.parametrize("interval", [213, 178])
def test_no_piece_of_a_stream_is_lost_while_the_engine_is_busy(host: WatchedHost, interval: int) -> None:
    """A piece, with what the host may send behind it, fits the receive ring."""
    host.ready(min_interval_ticks=160, silence_ms=60_000)
    host.ok(SetTelemetry(50))
    profile = Profile(0, tuple(even(150, interval) for _ in range(host.capacity * 3)))
    host.upload(profile)
    host.ok(Arm(profile.id, 0))
    host.ok(Go(1, 16_000))
    wanted = host.capacity
    while wanted < len(profile.segments):
        piece = profile.segments[wanted : wanted + host.segments_a_frame]
        wanted = host.ack(ProfileData(wanted, piece)).detail  # an answer each time: nothing is sent twice
        host.pass_time(0.001)
    assert host.event(TakeEnded, 5.0, alive=True).cause is Cause.DONE


@pytest.mark.parametrize("before_ms", [2.5, 2.25, 2.0, 1.5, 0.8, 0.5])
def test_a_stop_before_a_steep_slowing_never_gathers_speed(host: WatchedHost, before_ms: float) -> None:
    """It went from 3,300 back to 8,500 steps/s: it slowed down from the speed that was there when that was planned."""
    host.ready(accel=4000, silence_ms=60_000)
    slowing = Segment(1600 << 8, 12, 68_266)
    stop_before(host, (even(60, 1600), slowing, even(200, 4800)), 60, round(before_ms * TICK_HZ / 1000))
    ticks = [step.tick for step in host.bench.steps()]
    apart = [after - before for before, after in itertools.pairwise(ticks)]
    assert all(after > 0.9 * before for before, after in itertools.pairwise(apart))
    host.rests()

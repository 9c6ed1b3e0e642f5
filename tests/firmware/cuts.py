# SPDX-License-Identifier: MIT
"""Cuts of every sort at every moment of takes, jogs and go-tos, for any unit behind the conformance suite's handles.

After each the unit has come to rest, and moves up five steps and back to one: three times the pins are where the
count says.
(The emulated board has the same in its own process, a hundred times faster: firmware/bench/cuts.mjs.)
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Arm,
    ClearFault,
    Disarm,
    Go,
    Goto,
    Jog,
    Message,
    ProfileData,
    Segment,
    SetLimits,
    Silence,
    State,
    StopInput,
)
from tests.conformance.pins import WatchedHost
from tests.conformance.units import TICK_HZ, Bench
from tests.conformance.wire import Profile, dwell, even

DELAY_TICKS = 40_000
NEAR_TICKS = 500
AIM_TICKS = TICK_HZ // 100
SILENCE_MS = 40
SETTINGS = {"accel": 300_000, "goto_rate": 20_000, "min_interval_ticks": 160, "stop_input": StopInput.STOP_BUTTON}

TAKES: dict[str, tuple[Segment, ...]] = {
    "a turn at 4,000 steps/s": (even(12, 4000), even(-12, 4640)),
    "a turn of slow steps": (even(2, 66_000), even(-2, 67_000)),
    "a turn at the fastest interval": (even(60, 160), even(-60, 800)),
    "a turn into a slow step": (even(8, 3000), even(-2, 70_000), even(-4, 3000)),
    "turns at each step": tuple(even(-1 if number % 2 else 1, 2500) for number in range(10)),
    "a turn in a hold": (even(8, 4000), dwell(70_000), even(-8, 4000), dwell(50_000), even(3, 4000)),
    "a hold, then fast": (even(1, 60_000), dwell(65_000), even(40, 1600)),
    "fast, then a hold": (even(40, 1600), dwell(100_000), even(4, 1600)),
    "slow, then fast": (even(2, 65_800), even(30, 2000)),
    "slow to fast in a segment": (Segment(60_000 * 256, 8, -256 * 7000), even(20, 4000)),
    "a record a step": tuple(even(1, 200 + number) for number in range(40)),
    "streamed": tuple(even(1 if number % 3 else -1, 2000) for number in range(110)),
}
AIMS: dict[str, tuple[Message, ...]] = {
    "jogs that reverse": tuple(Jog(rate) for rate in (380, 240, 100, -40, -180, -320, -460, -600)),
    "fast jogs that reverse": tuple(Jog(rate) for rate in (5000, -5000, 9000, -9000, 1, -3)),
    "targets followed": tuple(Goto(target, 0) for target in (5, 15, 22, 15, 3, -8, -14, -3)),
}
CUED = ("cued stop", "cued button", "disarm")
WAYS = ("stop", "hard stop", "button", "silence", "silence at once", *CUED, "bad segment")


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene to be played, and its end."""

    name: str
    accel: int
    end_ticks: int
    turns: tuple[int, ...]
    way: str
    act: Callable[[WatchedHost, Bench, int], None]


def _pass(host: WatchedHost, ticks: int) -> None:
    if ticks > 0:
        host.pass_time(ticks / TICK_HZ)


def _cut(host: WatchedHost, bench: Bench, way: str, tick: int, bad: bytes) -> None:
    """Ends what is under way at `tick` of the unit's clock, or as soon as it can."""
    if "button" in way:
        bench.set_input("stop", 0, tick)
        bench.set_input("stop", 1, max(tick, bench.tick()) + TICK_HZ // 1000)
        return
    if way.startswith("silence"):
        return
    _pass(host, tick - bench.tick())
    if way == "disarm":
        host.write(host.frame(Disarm()))
    else:
        host.write(bad if way == "bad segment" else HARD_STOP_BYTES if way == "hard stop" else STOP_BYTES)


def _settle(host: WatchedHost) -> None:
    """At rest, up five steps, back to one: the count is what the pins did, each time."""
    status = host.until(lambda now: now.state in (State.IDLE, State.LOADED, State.FAULT))
    host.check(status)
    if status.state is State.FAULT:
        host.pass_time(0.002)
        host.ok(ClearFault())
    for position in (5, 0):
        host.ok(Goto(position, 0))
        host.check(host.until(lambda now: now.state in (State.IDLE, State.LOADED)))


def _cut_take(segments: tuple[Segment, ...], way: str) -> Callable[[WatchedHost, Bench, int], None]:
    profile = Profile(0, segments)

    def act(host: WatchedHost, bench: Bench, moment: int) -> None:
        host.upload(profile)
        host.ok(Arm(profile.id, int(way in CUED)))
        if way in CUED:
            host.pass_time(0.002)
            edge = bench.set_input("cue", 0, bench.tick() + 800)
            bench.set_input("cue", 1, edge + TICK_HZ // 500)
            zero = edge + TICK_HZ // 1000
        elif way.startswith("silence"):
            host.ok(Go(1, max(0, SILENCE_MS * (TICK_HZ // 1000) - moment)))
            zero = 0
        else:
            host.ok(Go(1, DELAY_TICKS))
            zero = bench.tick() + DELAY_TICKS
        bad = host.frame(ProfileData(min(host.capacity, len(segments)), (even(1, 10),)))
        _cut(host, bench, way, zero + moment, bad)
        _pass(host, profile.expand()[1] + 2 * DELAY_TICKS + (SILENCE_MS * TICK_HZ // 1000 if zero == 0 else 0))
        if host.status().state is State.ARMED:  # disarmed too late, or not at all
            host.ok(Disarm())
        _settle(host)

    return act


def _cut_aims(aims: tuple[Message, ...], way: str) -> Callable[[WatchedHost, Bench, int], None]:
    def act(host: WatchedHost, bench: Bench, moment: int) -> None:
        begin = bench.tick()
        for number, aim in enumerate(aims):
            if moment // AIM_TICKS == number:
                _cut(host, bench, way, begin + moment, b"")
            _pass(host, begin + number * AIM_TICKS - bench.tick())
            host.write(host.frame(aim))
        _pass(host, AIM_TICKS)
        host.write(host.frame(Jog(0)))
        _pass(host, AIM_TICKS)
        _settle(host)

    return act


def scenes() -> Iterator[Scene]:
    """Everything that is played, ended in every way that fits."""
    for name, segments in TAKES.items():
        steps, end = Profile(0, segments).expand()
        turns = tuple(after.tick for before, after in itertools.pairwise(steps) if before.direction != after.direction)
        for way in WAYS:
            if (way == "bad segment") <= (name == "streamed"):
                yield Scene(f"{name}, {way}", 300_000, end, turns or (steps[0].tick,), way, _cut_take(segments, way))
    for name, aims in AIMS.items():
        accels = (4_000, 23_000) if name == "targets followed" else (60_000,)
        for accel in accels:
            for way in ("stop", "hard stop", "button", "new aim"):
                done = _cut_aims(aims, "stop" if way == "new aim" else way)
                yield Scene(f"{name} at {accel}, {way}", accel, len(aims) * AIM_TICKS, (), way, done)


def moment(scene: Scene, draw: random.Random) -> int:
    """When to cut, in ticks after time zero: half of them close to a turn, or the first step."""
    if scene.turns and draw.random() < 0.5:
        return draw.choice(scene.turns) + draw.randint(-NEAR_TICKS, NEAR_TICKS)
    return draw.randint(-3000, scene.end_ticks + 3000)


def play(scene: Scene, bench: Bench, cuts: int, draw: random.Random) -> None:
    """Cuts the scene so often on a fresh unit. Raises AssertionError where pins and count differ."""
    host = WatchedHost(bench)
    rule = Silence.STOP_AT_ONCE if scene.way == "silence at once" else Silence.SLOW_DOWN
    quiet = scene.way.startswith("silence")
    settings = SETTINGS | {"accel": scene.accel, "take_silence": rule, "silence_ms": SILENCE_MS if quiet else 60_000}
    host.ready(0, **settings)
    host.ok(SetLimits(-100_000, 100_000))
    host.pass_time(0.3)
    for _ in range(cuts):
        when = moment(scene, draw)
        try:
            scene.act(host, bench, when)
        except AssertionError as problem:
            raise AssertionError(f"{scene.name}, {when} ticks after time zero: {problem}") from problem

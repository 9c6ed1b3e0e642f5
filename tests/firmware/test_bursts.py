# SPDX-License-Identifier: MIT
"""Everything at once: orders and stops in one serial burst, in any order, while the unit does whatever it does.

Judged by the pins and by what was told: nothing moves once the last stop is answered and the ring stands, nothing is
armed after it, and the position told is the sum of the edges.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Arm,
    Disarm,
    Follow,
    GetStatus,
    Go,
    Goto,
    Hello,
    Hold,
    Home,
    Jog,
    Message,
    Ping,
    ProfileBegin,
    SaveConfig,
    SetLimits,
    State,
    StateChanged,
    StopInput,
    Stopped,
    Unload,
)
from tests.conformance.tools import need_board
from tests.conformance.units import TICK_HZ, Bench, BoardBench, SimulatedBench, running
from tests.conformance.wire import CONFIG, UNDER_WAY, Host, Profile, dwell, even, pull
from tests.firmware.allowed import ACTS_TICKS
from tests.firmware.core import CoreBench

ARMED_OR_MOVING = (State.ARMED, State.PLAYING, State.MOVING)
BYTE_TICKS = 640
PROFILES = (pull(), Profile(0, (even(60, 8000),)), Profile(0, (even(4, 66_000), dwell(90_000), even(40, 1600))))
UNITS: dict[str, tuple[Callable[[], Bench], int]] = {"core": (CoreBench, 150), "simulated": (SimulatedBench, 100)}


def bursts(unit: Callable[[], Bench], seeds: range) -> None:
    for seed in seeds:
        with running(unit()) as bench:
            burst(bench, random.Random(seed), f"burst {seed}")


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_moves_after_the_last_stop_of_a_burst(unit: str) -> None:
    bursts(UNITS[unit][0], range(UNITS[unit][1]))


@pytest.mark.board
def test_nothing_moves_on_the_board_after_the_last_stop_of_a_burst() -> None:
    need_board()
    bursts(BoardBench, range(15))


def burst(bench: Bench, draw: random.Random, which: str) -> None:
    host = Host(bench)
    sign = draw.choice((1, -1))
    accel = draw.choice((4000, 100_000, 3_000_000))
    host.ready(accel=accel, direction=sign, silence_ms=2000, stop_input=StopInput.HOME_SWITCH)
    host.upload(draw.choice(PROFILES))
    BEGINNINGS[draw.choice(list(BEGINNINGS))](host)
    host.pass_time(0.06 * draw.random())
    hard = draw.random() < 0.3
    said = b"".join(something(host, draw, sign) for _ in range(draw.randrange(1, 9)))
    said += HARD_STOP_BYTES if hard else STOP_BYTES
    acted = bench.tick() + BYTE_TICKS * len(said) + ACTS_TICKS
    host.write(said)
    host.pass_time(2.0)
    assert any(isinstance(event, Stopped) for event in host.events), which
    changes = [event for event in host.events if isinstance(event, StateChanged)]
    assert not any(event.clock > acted and event.after in ARMED_OR_MOVING for event in changes), f"{which}: {changes}"
    rests = [event.clock for event in changes if event.before in UNDER_WAY and event.after not in UNDER_WAY]
    if changes and changes[-1].after in UNDER_WAY:
        rests.append(acted + TICK_HZ)  # the word of its rest found no room
    late = [step for step in bench.steps() if step.tick > max([acted, *rests]) + ACTS_TICKS]
    assert late == [], which
    status = host.status()
    assert status.state not in (*ARMED_OR_MOVING, State.STOPPING), f"{which}: {status}"
    if not homed(said) and status.state is not State.UNREFERENCED:
        assert status.position == sign * sum(step.direction for step in bench.steps()), which


def homed(said: bytes) -> bool:
    """Home was said: where nought is has changed."""
    return any(len(run) > 3 and run[2] == Home.TYPE for run in said.split(b"\0"))


def ride(host: Host) -> None:
    host.pass_time(0.08)
    for at in range(5):
        host.write(host.frame(Follow(at * 2560, 16_000, -80_000), 0))
        host.pass_time(0.01)


BEGINNINGS: dict[str, Callable[[Host], object]] = {
    "loaded": lambda host: None,
    "armed": lambda host: host.ok(Arm(7, 0)),
    "waiting for the cue": lambda host: host.ok(Arm(7, 1)),
    "go, but not yet": lambda host: (host.ok(Arm(7, 0)), host.ok(Go(1, TICK_HZ))),
    "playing": lambda host: (host.ok(Arm(7, 0)), host.ok(Go(1, 0))),
    "approach": lambda host: host.ok(Goto(2000, 3000)),
    "jog": lambda host: host.ok(Jog(700)),
    "the motor off": lambda host: host.ok(Hold(0)),
    "homing": lambda host: (host.ok(Unload()), host.ok(Home(3000))),
    "a hand": ride,
}


def something(host: Host, draw: random.Random, sign: int) -> bytes:
    if draw.random() < 0.3:
        return draw.choice((STOP_BYTES, STOP_BYTES, HARD_STOP_BYTES, bytes(draw.randbytes(6)) + b"\0"))
    if draw.random() < 0.1:
        return host.frame(Follow(draw.choice((0, 2560)), draw.choice((0, 16_000)), -8000), 0)
    messages: tuple[Message, ...] = (
        Arm(7, 0), Arm(7, 1), Go(1, 0), Go(2, 1600), Go(3, 200_000), Goto(draw.choice((3, 50, 900)), 0),
        Goto(-50, 500), Jog(300), Jog(-6000), SetLimits(-3000, 3000), Disarm(), Unload(), Hold(0), Hold(1), Ping(),
        GetStatus(), Hello(5, 1, 0, 0), ProfileBegin(7, 0, 1, 1, 0, 0), Home(500), SaveConfig(),
        replace(CONFIG, accel=50_000, direction=sign),
    )  # fmt: skip
    return host.frame(draw.choice(messages))

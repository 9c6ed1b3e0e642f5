# SPDX-License-Identifier: MIT
"""The engine's model (engine_model.py) against the core and the simulated unit: the same programs, cut everywhere.

A tick of the model's timer is 2,048 of theirs. Each program is cut by HARD STOP between any two things that happen, and
close to each; then the ring goes back to one. Pins and count must agree with what the model has made by the cut's time.
(The emulated board does so in its own process: firmware/bench/cuts.mjs --short.)
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable
from itertools import pairwise

import pytest

from followfocus.wire.frames import HARD_STOP_BYTES
from followfocus.wire.messages import GetTake, Go, Goto, Segment, SetLimits, State, TakeEnded
from tests.conformance.pins import WatchedHost
from tests.conformance.tools import need_board
from tests.conformance.units import BOARD_HEX, FIRMWARE, TICK_HZ, Bench, SimulatedBench, running
from tests.conformance.wire import Profile, dwell, even
from tests.firmware.core import CoreBench
from tests.firmware.engine_model import KINDS, LEAD, TURN, Model, Step, programs

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
SCALE = 0x10000 // TURN
NEAR_TICKS = 300
A_ROUND_TICKS = 800
"""A cut is told by the main loop, which may come so much later."""
SAMPLE = 40
DELAY_TICKS = 40_000

UNITS: dict[str, Callable[[], Bench]] = {"core": CoreBench, "simulated": SimulatedBench}


def segments(program: str) -> tuple[Segment, ...]:
    kinds = [KINDS[letter] for letter in program]
    return tuple(
        even(kind.direction, kind.interval * SCALE) if isinstance(kind, Step) else dwell(kind.interval * SCALE)
        for kind in kinds
    )


def modelled(program: str) -> Model:
    """The program played out by the model."""
    model = Model(tuple(KINDS[letter] for letter in program)).armed(tuple(KINDS[k] for k in program), 0).launched()
    while model.rest is None or model.busy:
        *_, model = model.after()
    return model


def chosen() -> list[str]:
    everything = list(programs(3))
    return everything if FULL else random.Random(2).sample(everything, SAMPLE)


def cut_and_back(host: WatchedHost, bench: Bench, profile: Profile, after_ticks: int) -> TakeEnded:
    """The take, cut so long after time zero, and back to one: pins and count agree each time."""
    host.arm(profile)
    host.ok(Go(1, DELAY_TICKS))

    host.pass_time((DELAY_TICKS + after_ticks) / TICK_HZ)
    host.write(HARD_STOP_BYTES)
    host.check(host.until(lambda now: now.state in (State.IDLE, State.LOADED)))
    ended = host.ask(GetTake())
    assert isinstance(ended, TakeEnded), ended
    host.ok(Goto(0, 0))
    host.check(host.until(lambda now: now.state in (State.IDLE, State.LOADED)))
    return ended


def moments(edges: list[int]) -> list[int]:
    """Between all edges, and before the first."""
    return [
        moment
        for before, after in pairwise([0, *edges])
        for moment in {before + NEAR_TICKS, (before + after) // 2, after - NEAR_TICKS}
    ]


@pytest.mark.timeout(7200 if FULL else 300)
@pytest.mark.parametrize("unit", UNITS)
def test_short_programs_go_as_the_model_says(unit: str) -> None:
    cuts = 0
    with running(UNITS[unit]()) as bench:
        host = WatchedHost(bench)
        host.ready(0, accel=300_000, goto_rate=20_000, min_interval_ticks=160, silence_ms=60_000)
        host.ok(SetLimits(-100, 100))
        host.pass_time(0.3)
        for program in chosen():
            model = modelled(program)
            edges = [(tick - LEAD) * SCALE for tick, _ in model.edges]
            profile = Profile(0, segments(program))
            assert [step.tick for step in profile.expand()[0]] == edges
            for moment in moments(edges):
                ended = cut_and_back(host, bench, profile, moment)
                played_ticks = ended.end_clock - ended.start_clock
                fewest = sum(tick <= played_ticks - A_ROUND_TICKS for tick in edges)
                most = sum(tick <= played_ticks for tick in edges)
                assert fewest <= ended.steps <= most, f"{program}, cut {played_ticks} ticks after time zero"
                assert ended.position == sum(way for _, way in model.edges[: ended.steps])
                cuts += 1
    assert cuts > SAMPLE


@pytest.mark.board
@pytest.mark.timeout(7200 if FULL else 300)
def test_the_board_plays_the_same_programs() -> None:
    need_board()
    script, header = FIRMWARE / "bench" / "cuts.mjs", FIRMWARE / "src" / "messages.h"
    cuts = 20_000 if FULL else 240
    command = ["node", str(script), str(BOARD_HEX), str(header), "--short", "--cuts", str(cuts), "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in lines if line.get("wrong")] == []
    assert done.returncode == 0, done.stderr
    assert lines[-1]["cuts"] >= cuts

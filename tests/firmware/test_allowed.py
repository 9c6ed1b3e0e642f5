# SPDX-License-Identifier: MIT
"""Nothing moves that may not: random episodes on core, simulated unit and emulated board, judged by the pins.

A seeded sample; `FOLLOWFOCUS_CAMPAIGN=full` plays 1,000 episodes on each.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import sqrt

import pytest

from followfocus.wire.messages import (
    Cause,
    Fault,
    Flag,
    Jog,
    Message,
    ResetCause,
    SetLimits,
    SetPosition,
    State,
    StateChanged,
    StopInput,
    Telemetry,
)
from tests.conformance.tools import need_board
from tests.conformance.units import BOARD_HEX, TICK_HZ, Bench, BoardBench, SimulatedBench, Step, running
from tests.conformance.wire import CONFIG
from tests.firmware.allowed import MS, Account, Said, StopBytes, wrongs
from tests.firmware.core import CoreBench
from tests.firmware.episode import cut_short, play

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
ACTS = 40

UNITS: dict[str, tuple[Callable[[], Bench], int]] = {"core": (CoreBench, 12), "simulated": (SimulatedBench, 3)}


def judged(unit: Callable[[], Bench], episodes: int) -> None:
    judged_of(unit, range(1000 if FULL else episodes))


def judged_of(unit: Callable[[], Bench], seeds: Sequence[int]) -> None:
    moved = 0
    for seed in seeds:
        with running(unit()) as bench:
            account = play(bench, random.Random(seed), ACTS)
        assert wrongs(account) == [], f"episode {seed}"
        moved += bool(account.steps)
    # one in a few hundred is all refusals and resets
    assert moved >= 0.98 * len(seeds), "nothing moved: this has not tried what it says"


@pytest.mark.timeout(7200 if FULL else 300)
@pytest.mark.parametrize("unit", UNITS)
def test_nothing_moves_that_may_not(unit: str) -> None:
    judged(*UNITS[unit])


RESETS = (ResetCause.RESET_PIN, ResetCause.BROWN_OUT, ResetCause.WATCHDOG)


@pytest.mark.timeout(7200 if FULL else 300)
@pytest.mark.parametrize("unit", UNITS)
def test_after_a_reset_nothing_moves_and_nothing_is_known(unit: str) -> None:
    for seed in range(300 if FULL else 6):
        with running(UNITS[unit][0]()) as bench:
            cut_short(bench, random.Random(seed), RESETS[seed % 3])


@pytest.mark.board
@pytest.mark.timeout(7200 if FULL else 300)
def test_after_a_reset_nothing_moves_on_the_board() -> None:
    need_board()
    for seed in range(60 if FULL else 3):
        with running(BoardBench()) as bench:
            cut_short(bench, random.Random(seed), RESETS[seed % 3])


@pytest.mark.board
@pytest.mark.timeout(7200 if FULL else 300)
def test_nothing_moves_on_the_board_that_may_not() -> None:
    need_board()
    judged(BoardBench, 3)


@pytest.mark.board
def test_a_stop_on_the_board_amid_turns_and_at_the_end_of_a_motion() -> None:
    """34, 40021: a take that gathers speed; 8020: many turns; 40047: a go-to's first steps; others: its last."""
    need_board()
    judged_of(BoardBench, (34, 8020, 9012, 9023, 9036, 40021, 40047))


@pytest.mark.board
def test_a_stop_or_a_press_while_a_motion_is_planned_on_the_board_launches_nothing() -> None:
    """50211: STOP was seen, then the ring set off and went 12 steps; 50150: a press, and one step."""
    need_board()
    judged_of(BoardBench, (50211, 50150))


def test_what_found_no_room_on_the_line_is_seen_in_telemetry() -> None:
    """6237: a cue's take is stopped in its first millisecond, and neither its end nor the unit's rest gets through."""
    judged_of(CoreBench, (6237,))
    for extra in (None, Step(at_ms(900), 1)):
        account = a_jog(extra=extra)
        rest = account.events.pop()
        assert isinstance(rest, StateChanged)
        account.events.append(Telemetry(rest.clock, State.IDLE, Flag.REFERENCED, Fault.NONE, 250, 0, 92, 0, 0, 0))
        assert [wrong for wrong in wrongs(account) if "in IDLE" not in wrong] == []
        assert bool(wrongs(account)) == bool(extra)


def test_a_stream_that_runs_dry_and_is_then_stopped_hard() -> None:
    """810524: its slowing down is not off the profile, though the take ends by HARD STOP."""
    judged_of(SimulatedBench, (810524,))


def test_a_slow_jog_goes_on_while_a_hand_speaks_that_does_not_count() -> None:
    """40823: the first step of a jog at 3 steps/s, a third of a second later, with a hand's words the other way."""
    judged_of(CoreBench, (40823,))


def test_limits_that_come_in_with_a_last_step_hold_from_the_next() -> None:
    """50186: their last byte 17 µs before it."""
    judged_of(CoreBench, (50186,))


CLOCK_HIGH = {"32 bits of ticks": 0xFFC0, "32 bits of 256 ticks": 0xFFFFC0, "a day and more": 0x1500000}
"""The bits above the timer's 16, at first: the first two go round in a quarter of a second."""


def aged(bench: CoreBench | BoardBench, high: int) -> int:
    """A unit that has been on for so long already: by how much its clock is ahead of the bench's from now on."""
    ahead = (high << 16) - (bench.tick() >> 16 << 16)
    if isinstance(bench, CoreBench):
        bench.core.age(ahead)
        return 0
    found = re.search(r"0x0*80([0-9a-f]{4})\s+clock_high", BOARD_HEX.with_suffix(".map").read_text())
    assert found is not None
    bench.control.ask("sram", **{"from": int(found[1], 16), "put": high.to_bytes(4, "little").hex(), "bytes": 4})
    return ahead


def set_back(event: Message, by: int) -> Message:
    """The event with its clocks as the bench counts."""
    values = {name: getattr(event, name) for name in type(event).__slots__}
    return type(event)(**{name: at - by if at and name.endswith("clock") else at for name, at in values.items()})


@pytest.mark.parametrize("unit", ["core", pytest.param("board", marks=pytest.mark.board)])
@pytest.mark.parametrize("high", CLOCK_HIGH.values(), ids=CLOCK_HIGH)
def test_nothing_moves_that_may_not_when_the_clock_goes_round(unit: str, high: int) -> None:
    if unit == "board":
        need_board()
    for seed in range(8 if unit == "core" else 2):
        with running(CoreBench() if unit == "core" else BoardBench()) as bench:
            ahead = aged(bench, high)
            account = play(bench, random.Random(seed), ACTS)
            assert bench.tick() + ahead > high << 16
        account.events = [set_back(event, ahead) for event in account.events]
        assert wrongs(account) == [], f"episode {seed}"


def test_each_rule_shows_what_breaks_it() -> None:
    """The judge itself: a jog that was stopped, right as it is, and with one thing wrong at a time."""
    assert wrongs(a_jog()) == []
    for doctored, said in (
        (a_jog(extra=Step(at_ms(900), 1)), "in IDLE"),
        (a_jog(extra=Step(a_jog().steps[160].tick + 100, 1)), "ticks between two steps"),
        (a_jog(limits=(-10, 10)), "limits -10 … 10"),
        (a_jog(accel=100), "steps/s² allowed"),
        (a_jog(stopped_ms=100), "steps after the stop"),
        (a_jog(pressed_ms=100), "after the stop button"),
        (a_jog(heard_ms=-400), "after the last word"),
        (a_jog(way=-1), "nobody asked for that"),
    ):
        found = wrongs(doctored)
        assert any(said in wrong for wrong in found), f"{said}: {found[:3]}"


def at_ms(milliseconds: int) -> int:
    return milliseconds * MS + TICK_HZ


def a_jog(
    *, accel: int = 10_000, limits: tuple[int, int] = (-5000, 5000), extra: Step | None = None, stopped_ms: int = 500,
    pressed_ms: int | None = None, heard_ms: int = 500, way: int = 1,
) -> Account:  # fmt: skip
    """From rest to 500 steps/s at 10,000 steps/s², which a stop after half a second ends in 50 ms."""
    config = replace(CONFIG, accel=accel, stop_input=StopInput.STOP_BUTTON)
    times = [sqrt(2 * n / 10_000) for n in range(1, 13)]
    times += [times[-1] + n / 500 for n in range(1, 227)]
    times += [times[-1] + 0.05 - sqrt(max(0, 0.0025 - n / 5000)) for n in range(1, 12)]
    steps = [Step(at_ms(0) + round(time_s * TICK_HZ), way) for time_s in times]
    rest = steps[-1].tick + MS
    changes = [
        StateChanged(at_ms(-1), State.IDLE, State.MOVING, Cause.NONE, Fault.NONE, 0),
        StateChanged(at_ms(500), State.MOVING, State.STOPPING, Cause.STOP, Fault.NONE, 0),
        StateChanged(rest, State.STOPPING, State.IDLE, Cause.STOP, Fault.NONE, 0),
    ]
    said = [Said(0, SetLimits(*limits), accepted=True), Said(1, SetPosition(0), accepted=True)]
    said.append(Said(at_ms(-2), Jog(500), accepted=True))
    heard = [at_ms(heard_ms)] + ([at_ms(250), at_ms(0)] if heard_ms > 0 else [])
    steps = sorted([*steps, *([extra] if extra else [])], key=lambda step: step.tick)
    presses = [at_ms(pressed_ms)] if pressed_ms is not None else []
    return Account(config, said, heard, [StopBytes(at_ms(stopped_ms), hard=False)], presses, list(changes), steps)

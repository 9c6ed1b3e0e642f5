# SPDX-License-Identifier: MIT
"""How well the ATmega328P tells a cue's edge, on the emulated board, whatever else it does at that moment.

What is measured is at the pins: from the cue's edge to the first step's.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from followfocus.wire.messages import Arm, CueEdge, GetStatus, SetTelemetry, State, TakeStarted
from tests.conformance.tools import need_board
from tests.conformance.units import BoardBench, running
from tests.conformance.wire import Host, Profile, even

pytestmark = [pytest.mark.board, pytest.mark.timeout(300)]

BYTE_TICKS = 640
LEAD_TICKS = 16_000
FIRST_TICKS = 4000
TOLD_TICKS = 8
"""0.5 µs, as PROTOCOL.md promises of an edge that comes alone: a round of the loop that awaits the conversion's end."""
CROWDED_TICKS = 80
"""5 µs, either way: of one that comes less than 30 µs after another."""
PROFILE = Profile(0, (even(1, FIRST_TICKS), even(-1, 6000)))


@pytest.fixture
def board() -> Iterator[BoardBench]:
    need_board()
    with running(BoardBench()) as bench:
        yield bench


def ready(board: BoardBench, cue_edge: CueEdge = CueEdge.FALLING) -> Host:
    host = Host(board)
    host.ready(cue_edge=cue_edge)
    host.upload(PROFILE)
    return host


def arm(host: Host, board: BoardBench, free: int = 1) -> None:
    board.set_input("cue", free)
    host.ok(Arm(PROFILE.id, 1))
    host.pass_time(0.002)
    board.forget_edges()


def lateness(host: Host, board: BoardBench, at: int) -> int:
    """Of the first step at the pin, in ticks, against the cue's edge there; the unit says the same."""
    told = host.event(TakeStarted).clock
    host.pass_time(0.003)
    first = next(int(tick) for tick, pin, level in board.edges() if pin == "STEP" and level)
    assert first == told + LEAD_TICKS + FIRST_TICKS
    host.pass_time(0.005)
    return first - at - LEAD_TICKS - FIRST_TICKS


@pytest.mark.parametrize("cue_edge", [CueEdge.FALLING, CueEdge.RISING])
def test_a_byte_that_comes_in_just_then_moves_no_take(board: BoardBench, cue_edge: CueEdge) -> None:
    """The edge in every part of the receive interrupt, the longest there is."""
    host, active = ready(board, cue_edge), int(cue_edge is CueEdge.RISING)
    late = []
    for after_byte in range(-12, 88, 5):
        arm(host, board, 1 - active)
        at = board.set_input("cue", active, board.tick() + 4 * BYTE_TICKS + after_byte)
        host.write(host.frame(GetStatus()))
        late.append(lateness(host, board, at))
    assert max(late) - min(late) <= TOLD_TICKS
    assert min(late) >= 0


@pytest.mark.parametrize("cue_edge", [CueEdge.FALLING, CueEdge.RISING])
def test_a_busy_line_moves_no_take(board: BoardBench, cue_edge: CueEdge) -> None:
    """Bytes come in and go out as the edge comes."""
    host, active, draw = ready(board, cue_edge), int(cue_edge is CueEdge.RISING), random.Random(5)
    host.ok(SetTelemetry(5))
    late = []
    for _ in range(25):
        arm(host, board, 1 - active)
        at = board.set_input("cue", active, board.tick() + 400 + draw.randrange(20_000))
        host.write(host.frame(GetStatus()))
        late.append(lateness(host, board, at))
    assert max(late) - min(late) <= TOLD_TICKS
    assert min(late) >= 0


@pytest.mark.parametrize("apart_ticks", [4, 16, 40, 112, 250, 480, 3000])
def test_a_bouncing_button_counts_from_its_last_edge(board: BoardBench, apart_ticks: int) -> None:
    host = ready(board)
    host.ok(SetTelemetry(5))
    for shift in range(0, 40, 5):
        arm(host, board)
        start = board.tick() + 3 * BYTE_TICKS + shift
        for bounce in range(7):
            last = board.set_input("cue", bounce % 2, start + bounce * apart_ticks)
        host.write(host.frame(GetStatus()))
        late = lateness(host, board, last)
        assert abs(late) <= (TOLD_TICKS if apart_ticks >= 480 else CROWDED_TICKS)


@pytest.mark.parametrize("apart_ticks", [60, 112, 120, 260])
def test_noise_on_the_cue_leaves_time_to_be_stopped(board: BoardBench, apart_ticks: int) -> None:
    """Also where edges come as far apart as a conversion takes, or as those that are waited for."""
    host = ready(board)
    arm(host, board)
    start = board.tick() + 1000
    for move in range(320_000 // apart_ticks):
        board.set_input("cue", move % 2, start + move * apart_ticks)
    assert host.status().state is State.ARMED
    host.stop()
    assert board.tick() < start + 320_000, "the noise was over before"
    assert board.control.ask("clock")["resets"] == 0

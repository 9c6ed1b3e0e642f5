# SPDX-License-Identifier: MIT
"""How well the ATmega328P tells a cue's edge, on the emulated board: to the tick, whatever else it does then."""

from __future__ import annotations

import random

import pytest

from followfocus.wire.messages import Arm, CueEdge, GetStatus, GetTake, SetTelemetry, State, TakeEnded, TakeStarted
from tests.conformance.tools import need_board
from tests.conformance.units import BoardBench, running
from tests.conformance.wire import Host, Profile, even

pytestmark = [pytest.mark.board, pytest.mark.timeout(300)]

LEAD_TICKS = 16_000
FIRST_TICKS = 4000
EDGES = 40
FILTER_TICKS = 4000
GAP_TICKS = 320
"""20 µs: never a command, by PROTOCOL.md."""


@pytest.mark.parametrize("cue_edge", [CueEdge.FALLING, CueEdge.RISING])
def test_the_edge_is_told_to_the_tick_however_busy_the_line_is(cue_edge: CueEdge) -> None:
    need_board()
    draw, active = random.Random(5), int(cue_edge is CueEdge.RISING)
    with running(BoardBench()) as board:
        host = Host(board)
        host.ready(cue_edge=cue_edge)
        host.ok(SetTelemetry(5))
        profile = Profile(0, (even(1, FIRST_TICKS), even(-1, 6000)))
        host.upload(profile)
        for _ in range(EDGES):
            board.set_input("cue", 1 - active)
            host.ok(Arm(profile.id, 1))
            host.pass_time(0.002)
            board.forget_edges()
            at = board.set_input("cue", active, board.tick() + 400 + draw.randrange(20_000))
            host.write(host.frame(GetStatus()))  # bytes come in, and go out, as the edge comes
            assert host.event(TakeStarted).clock == at
            host.pass_time(0.01)
            ended = host.ask(GetTake())
            assert isinstance(ended, TakeEnded)
            assert ended.start_clock == at + LEAD_TICKS
            rises = [tick for tick, pin, level in board.edges() if pin == "STEP" and level]
            assert rises[0] == at + LEAD_TICKS + FIRST_TICKS


@pytest.mark.parametrize("bounce_ticks", [4, 40, 400, 3000])
def test_a_bouncing_button_counts_from_its_last_edge(bounce_ticks: int) -> None:
    need_board()
    with running(BoardBench()) as board:
        host = Host(board)
        host.ready(cue_edge=CueEdge.FALLING)
        profile = Profile(0, (even(1, FIRST_TICKS), even(-1, 6000)))
        host.upload(profile)
        host.ok(Arm(profile.id, 1))
        host.pass_time(0.002)
        first = board.tick() + 1000
        for bounce in range(7):
            last = board.set_input("cue", bounce % 2, first + bounce * bounce_ticks)
        assert host.event(TakeStarted).clock == last


def test_a_cue_that_was_held_has_to_be_free_for_the_filters_time() -> None:
    """Held since before arming, with two short gaps that end a filter's time apart: each is no release."""
    need_board()
    with running(BoardBench()) as board:
        host = Host(board)
        host.ready(cue_edge=CueEdge.FALLING)
        profile = Profile(0, (even(1, FIRST_TICKS), even(-1, 6000)))
        host.upload(profile)
        board.set_input("cue", 0)
        host.ok(Arm(profile.id, 1))
        start = board.tick() + 10_000
        for gap in range(40):
            board.set_input("cue", 1, start + gap * FILTER_TICKS)
            board.set_input("cue", 0, start + gap * FILTER_TICKS + GAP_TICKS)
        host.pass_time(0.02)
        assert host.status().state is State.ARMED
        board.set_input("cue", 1)
        host.pass_time(0.001)
        at = board.set_input("cue", 0, board.tick() + 1000)
        assert host.event(TakeStarted).clock == at


def test_noise_on_the_cue_takes_no_time_from_the_unit() -> None:
    """A wire that swings at 1 MHz, as no button does: armed it goes on telling its state, and starts nothing."""
    need_board()
    with running(BoardBench()) as board:
        host = Host(board)
        host.ready(cue_edge=CueEdge.FALLING)
        profile = Profile(0, (even(1, FIRST_TICKS), even(-1, 6000)))
        host.upload(profile)
        host.ok(Arm(profile.id, 1))
        start = board.tick() + 10_000
        for swing in range(4000):
            board.set_input("cue", swing % 2, start + swing * 8)
        host.pass_time(0.01)
        assert host.status().state is State.ARMED
        assert board.control.ask("clock")["resets"] == 0

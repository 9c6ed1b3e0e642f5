# SPDX-License-Identifier: MIT
"""The step engine's corners on the emulated board, all at the fastest interval that the hello promises.

A record a step, reversals at each, dwells of one tick, runs around 256 steps, every boundary of how a wait is cut into
compares: each edge in its place, none lost, none a timer wrap late.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from followfocus.wire.messages import Cause, Segment, SetTelemetry
from tests.conformance.tools import need_board
from tests.conformance.units import BoardBench, running
from tests.conformance.wire import Host, Profile, dwell, even

pytestmark = pytest.mark.board
FASTEST = 160
GRAIN = 3
"""Clock cycles: the emulator's own."""


def ramp(first_ticks: int, count: int, add: int) -> Segment:
    return Segment(first_ticks * 256, count, add)


CASES = {
    "a record a step": tuple(even(1, FASTEST) for _ in range(92)),
    "a dwell of one tick before each step": tuple(s for _ in range(46) for s in (dwell(1), even(1, FASTEST - 1))),
    "a reversal at each step": tuple(even(1 if number % 2 else -1, FASTEST) for number in range(92)),
    "a reversal every third step": tuple(even(3 if number % 2 else -3, FASTEST) for number in range(92)),
    "from beyond the timer's width to fast in one segment": (
        ramp(60_000, 1_000, -15_000),
        ramp(FASTEST, 3, 70_000 * 256),
        even(50, FASTEST),
    ),
    "runs around multiples of 256": tuple(
        even(count, FASTEST) for count in (255, 256, 257, -511, -512, -513, 30_000, 1, -3, 768)
    ),
    "long dwells after a fast step": tuple(
        s
        for number in range(23)
        for s in (even(2, FASTEST), dwell(70_000 + 1_000 * number), even(1, FASTEST), dwell(48_000 + number))
    ),
    "waits around 0xC000 ticks": tuple(
        s for ticks in range(48_780, 49_260, 20) for s in (dwell(ticks), even(1, FASTEST))
    ),
    "waits around each multiple of 0x8000 ticks": tuple(
        even(1, ticks + number - 8) for ticks in (0xC000, 0x10000, 0x18000, 0x20000) for number in range(16)
    ),
}


@pytest.fixture
def board() -> Iterator[BoardBench]:
    need_board()
    with running(BoardBench()) as bench:
        yield bench


@pytest.mark.parametrize("segments", CASES.values(), ids=CASES.keys())
def test_every_edge_in_its_place(board: BoardBench, segments: tuple[Segment, ...]) -> None:
    host = Host(board)
    host.ready(min_interval_ticks=1, dir_setup_ticks=0, silence_ms=60_000)
    host.ok(SetTelemetry(5))
    profile = Profile(0, segments)
    ended = host.play(profile)
    expected, end = profile.expand()
    steps = board.steps()
    assert (ended.cause, ended.steps, ended.position) == (Cause.DONE, len(expected), profile.end)
    assert ended.end_clock - ended.start_clock == end
    assert [step.direction for step in steps] == [step.direction for step in expected]
    late = [made.tick - ended.start_clock - step.tick for made, step in zip(steps, expected, strict=True)]
    assert max(map(abs, late)) <= GRAIN

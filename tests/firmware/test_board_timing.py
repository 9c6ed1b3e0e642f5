# SPDX-License-Identifier: MIT
"""Timing on the emulated board, by its own clock: what the unit is for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.tools import need_board
from tests.conformance.units import BOARD_HEX, BoardBench, running
from tests.firmware.jobs import JOBS, Job, Rig, clean_at

pytestmark = [pytest.mark.board, pytest.mark.timeout(600)]

TAKES = 10
WORST_STEP_US = 2.5
WORST_POSITION_STEPS = 0.51
WORST_DURATION_US = 5.0
SPREAD_CYCLES = 3
SEEN_LATE_CYCLES = 5
"""Of an instruction of 4 and an entry of 2, all but the first."""
SIXTY_THOUSAND_A_SECOND_TICKS = 266


@pytest.fixture
def rig() -> Iterator[Rig]:
    need_board()
    with running(BoardBench()) as board:
        yield Rig(board)


@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_step_of_ten_takes_is_where_the_curve_has_it(rig: Rig, job: Job, busy: bool) -> None:
    measured = rig.measure(job, TAKES, busy=busy)
    assert measured.worst_step_us <= WORST_STEP_US
    assert measured.worst_position_steps <= WORST_POSITION_STEPS
    assert measured.worst_duration_us <= WORST_DURATION_US
    assert measured.spread_cycles <= SPREAD_CYCLES
    assert rig.board.control.ask("clock")["overruns"] == 0
    if busy:
        assert measured.polls_a_s > 150


def test_sixty_thousand_steps_a_second_with_the_line_busy() -> None:
    need_board()
    assert clean_at(SIXTY_THOUSAND_A_SECOND_TICKS)


def test_the_emulators_own_timers_place_the_same_edges(rig: Rig) -> None:
    """The quick timers against avr8js's, which see a match only after what is under way then."""
    job = JOBS[2]
    quick = rig.play(rig.profile(job), 1).edges
    with running(BoardBench(BOARD_HEX, "--stock")) as board:
        slow_rig = Rig(board)
        stock = slow_rig.play(slow_rig.profile(job), 1).edges
    apart = (stock - stock[0]) - (quick - quick[0])
    assert len(stock) == job.steps
    assert max(apart) - min(apart) <= SEEN_LATE_CYCLES

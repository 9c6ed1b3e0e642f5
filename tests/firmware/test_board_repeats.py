"""Twenty takes on the emulated board: not a step and not a tick between them, by the board's own clock."""

from __future__ import annotations

import pytest

from tests.conformance.tools import need_board
from tests.conformance.units import BoardBench, running
from tests.firmware.jobs import Job, Rig

pytestmark = [pytest.mark.board, pytest.mark.timeout(600)]


def test_twenty_takes_are_alike_to_the_step_and_the_tick() -> None:
    need_board()
    job = Job("twenty", 1_600, 1.0)
    with running(BoardBench()) as board:
        rig = Rig(board)
        profile = rig.profile(job)
        takes = [rig.play(profile, number) for number in range(1, 21)]
    first = takes[0]
    assert all(len(take.edges) == job.steps for take in takes)
    assert all((take.edges == first.edges).all() for take in takes)
    assert {take.duration_ticks for take in takes} == {first.duration_ticks}

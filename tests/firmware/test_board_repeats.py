# SPDX-License-Identifier: MIT
"""Twenty takes on the emulated board: not a step and not a tick between them, by the board's own clock."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import context_of
from followfocus.takes.log import TakeLog
from followfocus.takes.repeatability import landing_of_row, repeatability
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from tests.conformance.tools import need_board
from tests.conformance.units import BoardBench, running

pytestmark = [pytest.mark.board, pytest.mark.timeout(600)]
TAKES = 20


def test_twenty_takes_are_alike_to_the_step_and_the_tick(tmp_path: Path) -> None:
    """Planned, loaded, shot and logged as on set; the step edges are those on the board's pin."""
    need_board()
    plan = make_plan(load_lens("ideal-50"), Pull.between(Mark("A", 60.0), Mark("B", 97.0), 1.0))
    edges = []
    with running(BoardBench()) as board, TakeLog(tmp_path / "t.db") as log:
        with FollowFocusUnit(Link(lambda _attempt: board.open_port(), board.clock)) as unit:
            ready(unit, plan, 60.0)
            loaded = load(unit, plan)
            context = context_of(plan, unit.info, pull="A → B")
            for number in range(1, TAKES + 1):
                unit.back_to_one()
                board.forget_edges()
                take = shoot(unit, loaded, number)
                edges.append(np.array([step.tick for step in board.steps()]) - take.start_clock)
                log.append(take, context)
        rows = log.rows()
    assert all(len(made) == plan.profile.steps for made in edges)
    assert all((made == edges[0]).all() for made in edges)
    (found,) = repeatability([landing_of_row(row) for row in rows], plan.rig)
    assert (found.takes, found.by, found.steady) == (TAKES, "counter", True)
    assert (found.count_spread_steps, found.landing_spread_deg) == (0, 0.0)
    assert (found.first_step_spread_ticks, found.timing_spread_ticks) == (0, 0)
    assert {landing.last_edge_ticks for landing in found.landings} == {int(edges[0][-1])}

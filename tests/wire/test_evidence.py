# SPDX-License-Identifier: MIT
"""The snapshot of a unit that everything is decided by: whether it rests, whether its ring is a real one."""

from __future__ import annotations

import pytest

from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import Board, Flag, ResetCause, State

TURNS = {State.MOVING, State.PLAYING, State.STOPPING}


@pytest.mark.parametrize("state", [None, *State])
def test_a_unit_rests_where_its_state_is_known_and_nothing_turns(state: State | None) -> None:
    assert UnitStatus(state=state).at_rest == (state is not None and state not in TURNS)


def test_a_count_is_a_place_only_where_the_unit_knows_it() -> None:
    known = UnitStatus(position=1200, flags=Flag.REFERENCED)
    assert (known.referenced, known.facts()["position"]) == (True, 1200)
    for flags in (Flag(0), *(one for one in Flag if one is not Flag.REFERENCED)):
        unknown = UnitStatus(position=1200, flags=flags)
        assert (unknown.referenced, unknown.facts()["position"]) == (False, None)


@pytest.mark.parametrize("board", Board)
def test_only_a_unit_without_a_real_ring_needs_nobody_to_look(board: Board) -> None:
    info = UnitInfo("p", "S", "", board, "1", "1.0", 16_000_000, 96, 253, 160, 1, ResetCause.POWER_ON)
    assert info.on_bench == (board in {Board.SIMULATED, Board.HOST_PROCESS})

# SPDX-License-Identifier: MIT
"""Words for how a unit stands."""

from __future__ import annotations

import pytest

from followfocus.lens.map import load_lens
from followfocus.show.show import new_show
from followfocus.stage.orders import ArmOrder, BackToOne
from followfocus.stage.sentences import standing, state_word
from followfocus.stage.state import Stage
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State

LENS = load_lens("ideal-50")


@pytest.mark.parametrize(
    ("connected", "state", "word"),
    [
        (False, None, "no unit"),
        (False, State.IDLE, "no unit"),
        (True, None, "no unit"),
        (True, State.IDLE, "ready"),
        (True, State.LOADED, "ready"),
        (True, State.ARMED, "armed"),
        (True, State.PLAYING, "playing"),
        (True, State.UNREFERENCED, "unreferenced"),
        (True, State.FAULT, "fault"),
    ],
)
def test_a_units_state_in_a_word(connected: bool, state: State | None, word: str) -> None:
    assert state_word(UnitStatus(connected=connected, state=state)) == word


@pytest.mark.parametrize("state", [State.MOVING, State.STOPPING, State.IDLE])
def test_what_the_ring_does_by_itself_is_not_loading(state: State) -> None:
    turning = Stage(new_show("ideal-50", LENS), unit=UnitStatus(connected=True, state=state))
    assert standing(turning) == ""
    assert standing(turning.but(under_way=ArmOrder(1, 0))) == "Loading.", "back to one, on the way to being armed"
    assert standing(turning.but(under_way=BackToOne(1, 0))) == ""

# SPDX-License-Identifier: MIT
"""Words for how a unit stands."""

from __future__ import annotations

import pytest

from followfocus.stage.sentences import state_word
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State


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

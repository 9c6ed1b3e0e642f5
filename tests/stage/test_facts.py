# SPDX-License-Identifier: MIT
"""Facts for phones and other programs: nothing of the desk's keyboard."""

from __future__ import annotations

import pytest

from followfocus.stage.facts import off_desk, stage_facts
from followfocus.stage.outside_desk import Outside
from followfocus.wire.messages import State
from tests.stage.scenarios import short
from tests.support.served import served

KEYS = ("Space", "Esc", "Return")


@pytest.mark.parametrize(("desk", "elsewhere"), [
    ("Return arms cue 1: A to B.", "The desk arms cue 1: A to B."),
    ("The ring stands on A. Return arms cue 2.", "The ring stands on A. The desk arms cue 2."),
    ("Cue 1: A to B in 3.00 s. Space is GO.", "Cue 1: A to B in 3.00 s."),
    ("A to B. Esc stops.", "A to B."),
    ("Cue 1 goes in 2 s. Esc stops the count.", "Cue 1 goes in 2 s."),
    ("Nothing moved: arm first (Return).", "Nothing moved: arm first."),
    ("Stopped.", "Stopped."),
])  # fmt: skip
def test_a_sentence_loses_the_desk_s_keys(desk: str, elsewhere: str) -> None:
    assert off_desk(desk) == elsewhere


def test_no_key_is_told_ready_armed_or_playing() -> None:
    said: list[str] = []
    with served(short(0.5)) as one:

        def note() -> None:
            said.append(str(stage_facts(one.serving.stage, Outside(), one.serving.now_s)["said"]))

        note()
        one.serving.changes.append(note)
        one.arm()
        note()
        assert one.serving.stage.state is State.ARMED
    assert any("A to B" in words for words in said)
    assert not [words for words in said if any(key in words for key in KEYS)]

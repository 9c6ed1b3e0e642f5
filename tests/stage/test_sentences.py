# SPDX-License-Identifier: MIT
"""Words for how a unit stands."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.show.cues import Standby
from followfocus.stage.events import Taken
from followfocus.stage.rehearsal import Rehearsal
from followfocus.stage.sentences import landing_words, state_word
from followfocus.stage.state import Stage
from followfocus.takes.takes import Verdict
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from tests.stage.scenarios import short


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


@pytest.fixture(name="taken", scope="module")
def _taken() -> Taken:
    """A take of the table's short pull."""
    show = short()
    with open_unit(fast=True, rig=show.unit.rig(show.lens(show.pulls[0].lens))) as unit:
        (taken,) = Rehearsal(unit, show).run(Standby(), 1)
    return taken


@pytest.mark.parametrize(
    ("verdict", "half_dof", "reasons", "words"),
    [
        (Verdict.GOOD, 0.004, (), "B sharp, dead on."), (Verdict.GOOD, 0.006, (), "B sharp, 1 % off."),
        (Verdict.GOOD, -0.21, (), "B sharp, 21 % off."), (Verdict.SOFT, 0.8, (), "B at the edge of sharp, 80 % off."),
        (Verdict.MISSED, 1.5, ("it slipped",), "B missed, 150 % off. It slipped."),
        (Verdict.MISSED, -1.5, ("one", "two"), "B missed, 150 % off. One; two."),
        (Verdict.MISSED, 1.5, (), "B missed, 150 % off."),
    ],
)  # fmt: skip
def test_on_whom_it_landed_and_how_far_off(
    taken: Taken, verdict: Verdict, half_dof: float, reasons: tuple[str, ...], words: str
) -> None:
    take = dataclasses.replace(taken.take, verdict=verdict, landing_error_half_dof=half_dof, reasons=reasons)
    said = landing_words(Stage(short()), dataclasses.replace(taken, take=take))
    assert said == f"{taken.context.slate}: {words}"


def test_of_two_marks_at_one_place_the_one_that_was_played_to_is_named(taken: Taken) -> None:
    show, (start, end) = short(), taken.context.marks
    pull = show.pulls[0]
    there_and_back = dataclasses.replace(pull, marks=(pull.marks[1], pull.marks[0], pull.marks[1]))
    stage = Stage(dataclasses.replace(show, pulls=(there_and_back, *show.pulls[1:])))
    context = dataclasses.replace(taken.context, marks=(end, start, dataclasses.replace(end, letter="C", name="C")))
    assert landing_words(stage, dataclasses.replace(taken, context=context)).endswith(": C sharp, dead on.")


@pytest.mark.parametrize(("part", "parts", "said"), [(1, 1, ""), (1, 2, ", part 1 of 2"), (3, 3, ", part 3 of 3")])
@pytest.mark.parametrize("rehearsed", [True, False])
def test_a_part_is_named_where_there_are_several(
    taken: Taken, part: int, parts: int, said: str, rehearsed: bool
) -> None:
    context = dataclasses.replace(taken.context, part=part, parts=parts)
    words = landing_words(Stage(short()), dataclasses.replace(taken, context=context, rehearsed=rehearsed))
    assert words.startswith(f"{'Rehearsal' if rehearsed else taken.context.slate}{said}: B sharp")


def test_a_stopped_take_says_when_and_where(taken: Taken) -> None:
    lens = short().lens(short().pulls[0].lens)
    stopped = dataclasses.replace(
        taken.take, verdict=Verdict.STOPPED, landing_error_half_dof=None, tick_hz=1000.0, last_edge_ticks=740,
        landed_deg=lens.ring_deg(3.0), position_known=True,
    )  # fmt: skip

    def said(**changes: object) -> str:
        take = dataclasses.replace(stopped, **changes)
        return landing_words(Stage(short()), dataclasses.replace(taken, take=take)).partition(": ")[2]

    assert said() == "stopped at 0.74 s, 3.00 m."
    assert said(position_known=False) == "stopped at 0.74 s."
    assert said(landed_deg=None, last_edge_ticks=None) == "stopped."
    assert said(landed_deg=-5.0) == "stopped at 0.74 s, ∞."
    for pressed in ("stopped", "stopped hard"):
        assert said(reasons=(pressed, "it was late")) == "stopped at 0.74 s, 3.00 m."
    assert said(reasons=("the computer was silent",)) == "stopped at 0.74 s, 3.00 m. The computer was silent."
    assert said(verdict=Verdict.FAULTED, reasons=("the driver was hot",)) == "faulted. The driver was hot."
    assert said(verdict=Verdict.FAULTED, reasons=()) == "faulted."

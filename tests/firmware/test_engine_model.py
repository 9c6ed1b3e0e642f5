# SPDX-License-Identifier: MIT
"""Every interleaving of the engine's interrupts and its main loop, over every short program: the contract holds.

A program is cut at every tick of every course that it can take, by the main loop and by STOP's receive interrupt, and
then played back to one. The same programs are played and cut on the core, the simulated unit and the emulated board
(test_short_programs.py).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from tests.firmware.engine_model import (
    HELD_UP,
    KINDS,
    LEAD,
    TURN,
    Fault,
    Model,
    Record,
    Rest,
    Step,
    programs,
)

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
ENOUGH_TICKS = 400
TOO_LONG = 13
"""Ticks that no interrupt may be held up, but that are less than half a turn."""


def records(program: str) -> tuple[Record, ...]:
    return tuple(KINDS[letter] for letter in program)


def planned(program: tuple[Record, ...], zero: int) -> list[tuple[int, int]]:
    """Where its edges belong."""
    tick, edges = zero, []
    for record in program:
        tick += record.interval
        if isinstance(record, Step):
            edges.append((tick, record.direction))
    return edges


def holds_still(model: Model) -> None:
    """Two turns of the timer on, nothing has happened to the pin."""
    for later in walk(model, 2 * TURN):
        assert later.edges == model.edges, "a step after the end"


def walk(model: Model, ticks: int) -> Iterator[Model]:
    """One course: interrupts are served as soon as may be."""
    for _ in range(ticks):
        *_, model = model.after()
        yield model


def agrees(model: Model, edges: list[tuple[int, int]]) -> None:
    """The invariants between any two instructions, and at rest."""
    made = list(model.edges)
    assert made == edges[: len(made)], "an edge where none belongs"
    if model.rest is not None:
        assert model.position == model.travelled, f"{model.rest.name}: the count is off"
        return
    uncounted = model.level if model.pin else 0
    assert model.position == model.travelled - uncounted, "the count is off"
    assert not model.moving or goes_on(model), "MOVING, and stands"


def goes_on(model: Model) -> bool:
    """A step has been made, and in the program no hold lies between it and the next."""
    made = len(model.edges) - model.pin
    after = [index for index, record in enumerate(model.program) if isinstance(record, Step)][made - 1 :]
    return made > 0 and len(after) > 1 and after[1] == after[0] + 1


def comes_back(model: Model) -> None:
    """Played back to one, one step at a time: pins and count are both there."""
    way = -1 if model.position > 0 else 1
    back = tuple(Step(way, 9) for _ in range(abs(model.position))) or (Step(1, 9), Step(-1, 9))
    gone = model.armed(back, model.position).launched()
    for _ in range(ENOUGH_TICKS):
        *_, gone = gone.after()
        if gone.rest is not None and not gone.busy:
            break
    assert gone.rest is Rest.DONE, f"back at one: {gone.rest}"
    assert gone.travelled == gone.position == 0, "back at one, and isn't"


def ends(program: str, fault: Fault = Fault.NONE, held_up: int = HELD_UP) -> int:
    """Walks every course of `program`, and cuts it everywhere; the number of different states met."""
    begun = Model(records(program), fault, held_up)
    launched = begun.armed(begun.program, 0).launched()
    edges = planned(begun.program, launched.base + LEAD)
    open_states, met, back = [launched], {launched}, set()
    while open_states:
        model = open_states.pop()
        found = [model.cut(), model.stopped()] if not model.busy and model.rest is None else []
        for cut in found:
            if cut.rest is None:
                continue
            agrees(cut, edges)
            left = (cut.now % TURN, cut.compare, cut.level, cut.position, cut.toggle, cut.sets_pin)
            if left not in back:
                back.add(left)
                holds_still(cut)
                comes_back(cut)
        if model.rest is not None and not model.busy:
            assert model.rest is Rest.DONE or held_up > HELD_UP, "late, with time enough"
            assert list(model.edges) == edges or model.rest is Rest.LATE, "not all was played"
            agrees(model, edges)
            continue
        if not model.busy:
            agrees(model, edges)
        assert model.now < ENOUGH_TICKS, "it never ends"
        for later in model.after():
            if later not in met:
                met.add(later)
                open_states.append(later)
    return len(met)


def test_the_contract_holds_in_every_course_of_every_short_program() -> None:
    everything = list(programs(3))
    short = list(programs(2))
    longer = everything[len(short) :]
    states = sum(ends(program) for program in short + (longer if FULL else random.Random(1).sample(longer, 30)))
    assert states > 2000


def test_a_step_that_comes_too_late_is_neither_made_nor_counted() -> None:
    for program in ("U", "UD", "dU", "UUD", "UhU", "DhU", "uu"):
        ends(program, held_up=TOO_LONG)


def shows(program: str, fault: Fault) -> bool:
    try:
        for held_up in (HELD_UP, TOO_LONG):
            ends(program, fault, held_up)
    except AssertionError:
        return True
    return False


BREAKS = {
    Fault.STALE_MATCH_COUNTS: ("U", "u"),
    Fault.DIRECTION_IS_TOGGLED: ("UD", "dU", "UUD"),
    Fault.LATE_STEP_COUNTS: ("dU", "UUD"),
    Fault.CUT_FORGETS_THE_PULSE: ("U", "uD"),
    Fault.PULSE_IN_EVERY_PART: ("uu", "UHU"),
    Fault.MOVING_IN_A_HOLD: ("UHU", "DhD"),
    Fault.MARGIN_IS_NOT_KEPT: ("UhU", "DhU"),
    Fault.COUNTED_WHEN_SCHEDULED: ("U",),
    Fault.CUT_LEAVES_THE_PULSE_ARMED: ("U", "D"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_each_clause_that_is_broken_shows(fault: Fault) -> None:
    for program in BREAKS[fault]:
        assert shows(program, fault), f"{fault.name} in {program}"


def test_every_clause_has_been_broken() -> None:
    assert set(BREAKS) == set(Fault) - {Fault.NONE}

# SPDX-License-Identifier: MIT
"""The cue input alone: one edge counts, the one that was asked for, once it was armed and seen at rest."""

from __future__ import annotations

import pytest

from followfocus.sim.inputs import CueInput
from followfocus.wire.messages import CueEdge


def settled(edge: CueEdge, *, armed_tick: int = 100) -> tuple[CueInput, bool]:
    """An armed input that was seen at rest, and the level that starts a take."""
    cue = CueInput()
    cue.arm(True, edge, armed_tick)
    starts = next(level for level in (False, True) if not _rests(edge, level))
    assert not cue.sees(not starts, 50)
    return cue, starts


def _rests(edge: CueEdge, level: bool) -> bool:
    cue = CueInput()
    cue.arm(True, edge, 0)
    cue.sees(level, 1)
    return cue.sees(not level, 2)


@pytest.mark.parametrize("edge", CueEdge)
def test_the_edge_that_was_asked_for_starts_a_take_and_the_way_back_does_not(edge: CueEdge) -> None:
    cue, starts = settled(edge)
    assert cue.sees(starts, 200)
    assert not cue.sees(not starts, 300)


def test_the_two_edges_are_opposite() -> None:
    assert settled(CueEdge.FALLING)[1] is not settled(CueEdge.RISING)[1]


@pytest.mark.parametrize(("tick", "counts"), [(99, False), (100, True), (101, True)])
def test_an_edge_from_before_it_was_armed_is_none(tick: int, counts: bool) -> None:
    cue, starts = settled(CueEdge.FALLING)
    assert cue.sees(starts, tick) is counts


@pytest.mark.parametrize("edge", CueEdge)
def test_an_input_that_was_never_armed_or_is_disarmed_starts_nothing(edge: CueEdge) -> None:
    cue, starts = settled(edge)
    cue.disarm()
    assert not cue.sees(starts, 200)
    never = CueInput()
    for level in (False, True, False, True):
        assert not never.sees(level, 1_000)
    silent = CueInput()
    silent.arm(False, edge, 0)
    for level in (False, True, False, True):
        assert not silent.sees(level, 1_000)


@pytest.mark.parametrize("edge", CueEdge)
def test_an_input_that_is_active_as_it_is_armed_must_rest_first(edge: CueEdge) -> None:
    cue, starts = settled(edge)
    cue.arm(True, edge, 400)
    assert not cue.sees(starts, 500)
    assert not cue.sees(not starts, 600)
    assert cue.sees(starts, 700)

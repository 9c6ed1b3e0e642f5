# SPDX-License-Identifier: MIT
"""The place of the ring is one lens's: with another one on the motor nothing drives by it, and it isn't shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from followfocus.show.show import ShowLens
from followfocus.stage import events, orders
from followfocus.stage.player import step
from followfocus.stage.run import Runner
from followfocus.stage.sentences import NOT_REFERENCED
from followfocus.stage.state import Stage
from followfocus.stage.stateline import state_line
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import Board, State
from tests.stage.scenarios import two_lenses


@dataclass
class Desk:
    """A stage on a unit that has a real ring on it, as far as anybody is told."""

    unit: FollowFocusUnit
    stage: Stage
    runner: Runner

    def tell(self, event: events.StageEvent) -> list[orders.Order]:
        """An event, and all that follows from it, each order carried out; the orders."""
        self.stage, due = step(self.stage, event)
        done = list(due)
        for order in due:
            self.tell(events.Heard(self.unit.refresh()))
            done += self.tell(self.runner.do(order, self.unit))
        self.stage, _ = step(self.stage, events.Heard(self.unit.refresh()))
        return done

    @property
    def moved(self) -> int:
        """Where the motor is by its count."""
        return self.unit.refresh().position


@pytest.fixture
def desk() -> Iterator[Desk]:
    show = two_lenses()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        assert unit.info is not None
        unit.info = dataclasses.replace(unit.info, board=Board.ATMEGA328P)
        made = Desk(unit, Stage(show), Runner())
        made.tell(events.Met(unit.info))
        unit.energise()
        made.tell(events.PositionSaid(82.5))
        assert made.stage.unit.ring_deg == pytest.approx(82.5, abs=0.1)
        yield made


def test_a_cue_on_another_lens_has_no_place_until_somebody_has_looked(desk: Desk) -> None:
    desk.tell(events.CueChosen(1))
    stood = desk.moved
    assert (state_line(desk.stage).word, desk.stage.unit.ring_deg) == ("WHERE?", None)
    for asked in (events.ArmAsked(), events.BackAsked(), events.SlipAsked(), events.RingAsked(20.0)):
        assert desk.tell(asked) == []
        assert desk.stage.note.words == NOT_REFERENCED
    assert desk.tell(events.RunAsked(events.TakeRun(2))) == []
    assert desk.moved == stood
    desk.tell(events.PositionSaid(40.0))
    assert desk.stage.unit.ring_deg == pytest.approx(40.0, abs=0.1)
    desk.tell(events.ArmAsked())
    assert desk.stage.state is State.ARMED


def test_back_on_the_first_lens_its_place_is_known_again(desk: Desk) -> None:
    desk.tell(events.CueChosen(1))
    desk.tell(events.CueChosen(0))
    assert desk.stage.unit.ring_deg == pytest.approx(82.5, abs=0.1)
    desk.tell(events.CueChosen(1))
    desk.tell(events.PositionSaid(40.0))
    desk.tell(events.CueChosen(0))
    assert state_line(desk.stage).word == "WHERE?", "it was said of the other one since"


def test_a_place_is_of_the_lens_that_it_was_said_for_also_where_the_cue_changes_meanwhile(desk: Desk) -> None:
    desk.stage, (order,) = step(desk.stage, events.PositionSaid(60.0))
    done = desk.runner.do(order, desk.unit)
    desk.stage, _ = step(desk.stage, events.CueChosen(1))
    desk.tell(done)
    assert state_line(desk.stage).word == "WHERE?"
    desk.tell(events.CueChosen(0))
    assert desk.stage.unit.ring_deg == pytest.approx(60.0, abs=0.1)


def test_what_is_armed_is_disarmed_and_not_armed_on_the_other_lens(desk: Desk) -> None:
    desk.tell(events.ArmAsked())
    stood = desk.moved
    done = desk.tell(events.CueChosen(1))
    assert [type(order) for order in done] == [orders.DisarmOrder]
    assert (state_line(desk.stage).word, desk.moved) == ("WHERE?", stood)


@pytest.mark.parametrize("armed", [False, True])
def test_another_show_on_another_lens_has_no_place_either(desk: Desk, armed: bool) -> None:
    if armed:
        desk.tell(events.ArmAsked())
    show = two_lenses()
    other = dataclasses.replace(show, lenses=show.lenses[1:], pulls=show.pulls[1:], cues=show.cues[1:])
    desk.tell(events.Edited(other, 0, turned=False))
    assert (state_line(desk.stage).word, desk.stage.unit.ring_deg) == ("WHERE?", None)


def test_a_serial_number_makes_another_lens_only_of_another_number(desk: Desk) -> None:
    def numbered(serial: str) -> None:
        show = desk.stage.show
        entry = ShowLens(show.lenses[0].id, dataclasses.replace(show.lenses[0].lens, serial=serial))
        desk.tell(events.Edited(show.with_lens(entry), 0, turned=False))

    numbered("4711")
    assert desk.stage.unit.ring_deg is not None
    desk.tell(events.PositionSaid(82.5))
    numbered("4712")
    assert desk.stage.unit.ring_deg is None


def test_a_unit_that_is_back_says_nothing_of_a_place_on_the_other_lens(desk: Desk) -> None:
    desk.tell(events.CueChosen(1))
    desk.tell(events.Gone("The unit is gone."))
    desk.tell(events.Returned(desk.unit.refresh()))
    assert "known" not in desk.stage.note.words
    assert state_line(desk.stage).word == "WHERE?"


def test_a_ring_on_a_bench_is_on_every_lens(desk: Desk) -> None:
    assert desk.stage.info is not None
    desk.stage = desk.stage.but(info=dataclasses.replace(desk.stage.info, board=Board.SIMULATED))
    desk.tell(events.CueChosen(1))
    desk.tell(events.ArmAsked())
    assert desk.stage.state is State.ARMED

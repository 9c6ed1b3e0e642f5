# SPDX-License-Identifier: MIT
"""Turns of the stage where one sign decides: whose failure it was, whose place is known, which lead is counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from followfocus.errors import LineError, UnitError
from followfocus.show.cues import Standby
from followfocus.stage import events, orders
from followfocus.stage.chains import load_chain, play, shoot_at
from followfocus.stage.events import Taken
from followfocus.stage.player import step
from followfocus.stage.rehearsal import Rehearsal
from followfocus.stage.shoot import to_the_end
from followfocus.stage.state import Stage
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import UnitInfo
from followfocus.wire.messages import State
from tests.stage.scenarios import holding, short, with_lead
from tests.stage.test_player import Model, model

ASKED = (orders.Ready, orders.LoadOrder)


@pytest.fixture(name="shot", scope="module")
def _shot() -> tuple[Taken, UnitInfo]:
    show = short()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        assert unit.info is not None
        (taken,) = Rehearsal(unit, show).run(Standby(), 1)
        return taken, unit.info


def kinds(m: Model) -> list[type[orders.Order]]:
    under_way = [] if m.stage.under_way is None else [m.stage.under_way]
    return [type(order) for order in (*under_way, *m.stage.queue)]


def test_a_failure_is_said_unless_a_stop_has_made_it_void(shot: tuple[Taken, UnitInfo]) -> None:
    m = model(short(), *shot)
    m.tell(events.ArmAsked())
    m.finish(well=False)
    assert m.stage.note.words.startswith("It won't")
    m = model(short(), *shot)
    m.tell(events.ArmAsked())
    old = m.stage.under_way
    assert old is not None
    m.stop()
    m.tell(events.Failed(old, "", UnitError("It won't.", "wont")))
    assert "It won't" not in m.stage.note.words


@pytest.mark.parametrize(("state", "known"), [(State.UNREFERENCED, False), (State.IDLE, True), (State.LOADED, True)])
def test_a_unit_that_is_back_knows_its_place_or_is_asked_for_it(
    shot: tuple[Taken, UnitInfo], state: State, known: bool
) -> None:
    m = model(short(), *shot)
    m.tell(events.Returned(dataclasses.replace(m.stage.unit, state=state)))
    assert ("position is known" in m.stage.note.words) is known
    assert m.stage.note.trouble is not known


@pytest.mark.parametrize("asked", [events.GoAsked(), events.ArmAsked()])
def test_after_a_restart_go_and_arm_tell_the_restart(shot: tuple[Taken, UnitInfo], asked: events.StageEvent) -> None:
    m = model(short(), *shot)
    m.tell(events.Heard(dataclasses.replace(m.stage.unit, state=State.UNREFERENCED, restarted=True)))
    m.tell(asked)
    assert "The unit restarted. Read the ring off the lens." in m.stage.note.words
    assert not kinds(m)


def test_what_is_loaded_is_loaded_again_only_where_somebody_has_looked(shot: tuple[Taken, UnitInfo]) -> None:
    stage = model(short(), *shot).stage
    prepared = stage.prepared()
    assert load_chain(stage.but(loaded=prepared.hash), prepared).queue == ()
    looked = load_chain(stage.but(loaded=prepared.hash, position_deg=12.0), prepared)
    assert [type(order) for order in looked.queue] == list(ASKED)
    assert looked.position_deg is None
    assert [type(order) for order in load_chain(stage, prepared).queue] == list(ASKED)


def leads(stage: Stage) -> list[float]:
    return [order.seconds for order in stage.queue if isinstance(order, orders.Wait)]


def test_a_lead_is_counted_before_the_first_part_only(shot: tuple[Taken, UnitInfo]) -> None:
    stage = model(with_lead(0.3), *shot).stage
    assert leads(play(stage, stage.prepared())) == [stage.show.cues[0].lead_s]
    show = dataclasses.replace(holding(), cues=(dataclasses.replace(holding().cues[0], lead_s=0.4),))
    second = model(show, *shot).stage.but(at=Standby(part=1))
    assert leads(play(second, second.prepared())) == []


@pytest.mark.parametrize("state", State)
def test_a_count_goes_on_for_as_long_as_the_unit_is_armed_and_no_longer(
    shot: tuple[Taken, UnitInfo], state: State
) -> None:
    m = model(with_lead(0.4), *shot)
    m.tell(events.ArmAsked())
    while m.stage.under_way is not None:
        m.finish()
    m.tell(events.GoAsked())
    assert isinstance(m.stage.waiting, orders.Wait)
    m.heard(State.ARMED)
    assert m.stage.waiting is not None
    given = len(m.given)
    m.heard(state)
    assert (m.stage.waiting is not None) is (state is State.ARMED)
    assert (m.stage.note.words, m.stage.note.trouble) == (
        ("", False) if state is State.ARMED else ("Count cut off. Arm again.", True)
    )
    if state is not State.ARMED:
        assert any(isinstance(order, orders.Cancel) for order in m.given[given:])
        m.finish()
        m.heard(State.ARMED)
        m.heard(State.LOADED)
        assert kinds(m) == []
        assert not any(isinstance(order, orders.Shoot) for order in m.given[given:])


def test_a_count_is_called_off_where_its_unit_is_gone(shot: tuple[Taken, UnitInfo]) -> None:
    m = model(with_lead(0.4), *shot)
    m.tell(events.ArmAsked())
    while m.stage.under_way is not None:
        m.finish()
    m.tell(events.GoAsked())
    waiting, given = m.stage.waiting, len(m.given)
    assert waiting is not None
    m.tell(events.Gone("Gone.", True))
    assert [order.wait for order in m.given[given:] if isinstance(order, orders.Cancel)] == [waiting.number]
    assert not any(isinstance(order, orders.Shoot) for order in m.given[given:])


def test_a_go_for_a_tick_waits_by_the_units_clock(shot: tuple[Taken, UnitInfo]) -> None:
    stage = model(short(), *shot).stage
    (wait,) = (o for o in shoot_at(stage, stage.prepared(), 10**9, 0.0).queue if isinstance(o, orders.Wait))
    assert wait.until_clock is not None
    assert 0 < 10**9 - wait.until_clock < shot[1].tick_hz


class Pressed:
    """A unit on which Ctrl-C comes so many times while its take is waited for."""

    def __init__(self, times: int) -> None:
        self.left, self.done = times, []

    def stop(self, *, wait: bool) -> None:
        self.done.append(("stop", wait))

    def hard_stop(self, *, wait: bool) -> None:
        self.done.append(("hard stop", wait))

    def wait_take(self, _progress: Callable[..., None] | None) -> str:
        if self.left:
            self.left -= 1
            raise KeyboardInterrupt
        return "evidence"


@pytest.mark.parametrize(
    ("times", "done"), [(0, []), (1, ["stop"]), (2, ["stop", "hard stop"]), (4, ["stop", *["hard stop"] * 3])]
)
def test_the_first_interrupt_slows_down_and_any_other_stops_hard(times: int, done: list[str]) -> None:
    unit = Pressed(times)
    evidence, interrupted = to_the_end(unit)
    assert evidence == "evidence"
    assert unit.done == [(what, False) for what in done]
    assert interrupted is (times > 0)


@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.parametrize("ask", [events.ArmAsked, events.BackAsked, events.SlipAsked], ids=lambda ask: ask.__name__)
def test_what_was_stopped_is_no_trouble_and_what_failed_is(
    shot: tuple[Taken, UnitInfo], ask: Callable[[], events.StageEvent], stopped: bool
) -> None:
    m = model(short(), *shot)
    m.tell(ask())
    order = m.stage.under_way
    assert order is not None
    m.tell(events.Failed(order, m.loaded, UnitError("It won't.", "wont"), stopped))
    assert not m.stage.busy
    assert (m.stage.note.words == "Stopped.", m.stage.note.trouble) == (stopped, not stopped)
    assert m.stage.ended is not None


@pytest.mark.parametrize("asked", [events.ArmAsked(), events.BackAsked()])
def test_without_a_unit_that_is_said(asked: events.StageEvent) -> None:
    stage, due = step(Stage(short()), asked)
    assert (stage.note.words, due) == ("There is no unit: check cable and power.", ())
    assert isinstance(stage.ended, LineError), "a command ends with 3"


@pytest.mark.parametrize("armed", [False, True])
@pytest.mark.parametrize("on", [False, True])
def test_who_asks_for_what_is_so_already_changes_nothing(shot: tuple[Taken, UnitInfo], armed: bool, on: bool) -> None:
    m = model(short(), *shot)
    if armed:
        m.tell(events.ArmAsked())
        while m.stage.busy:
            m.finish()
    assert (m.stage.state is State.ARMED) is armed
    before = m.stage
    m.tell(events.ArmAsked(on=on))
    if armed is on:
        assert m.stage == before
    elif on:
        assert orders.ArmOrder in kinds(m)
    else:
        assert kinds(m) == [orders.DisarmOrder]

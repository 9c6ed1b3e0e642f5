# SPDX-License-Identifier: MIT
"""STOP voids everything that was asked before it, wherever it waits; nothing moves and nothing arms after it."""

from __future__ import annotations

import dataclasses
import itertools
import threading
from collections.abc import Callable, Iterator
from types import CodeType

import pytest

from followfocus.errors import StoppedError
from followfocus.unit.connect import open_unit
from followfocus.unit.line import UnitEvent, UnitLine
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Cause, State, StopInput
from tests.support.benches import VirtualBench, a_plan
from tests.support.interleaved import meddling
from tests.unit.test_unit import simulated

MOMENTS = 20
"""How many statuses come while two moves are made, at least."""


@pytest.fixture
def bench() -> VirtualBench:
    return VirtualBench(stops_deg=(0.0, 300.0))


@pytest.fixture
def unit(bench: VirtualBench) -> Iterator[FollowFocusUnit]:
    with bench.unit as unit:
        unit.set_reference(200.0)
        unit.set_limits(0.0, 300.0)
        yield unit


def stop_when(unit: FollowFocusUnit, fits: Callable[[UnitStatus], bool], *, hard: bool = False) -> list[UnitStatus]:
    """Press STOP at the first status that fits; the list has that status then."""
    pressed: list[UnitStatus] = []

    def hear(event: UnitEvent) -> None:
        if isinstance(event, UnitStatus) and not pressed and fits(event):
            pressed.append(event)
            unit.hard_stop(wait=False) if hard else unit.stop(wait=False)

    unit.listen(hear)
    return pressed


def settled(unit: FollowFocusUnit) -> UnitStatus:
    """Where it stands two seconds later."""
    unit.link.sleep(2.0)
    return unit.refresh()


MOVES: dict[str, Callable[[FollowFocusUnit], object]] = {
    "goto": lambda unit: unit.goto_deg(20.0),
    "home": lambda unit: unit.home(300.0),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_stop_whose_rest_is_heard_in_the_same_look_is_a_stop(unit: FollowFocusUnit, move: str) -> None:
    """As on a busy computer, where who waits is woken once for both: the move has not failed by itself."""
    unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.HOME_SWITCH))
    looks = next(code for code in UnitLine.wait_until.__code__.co_consts if isinstance(code, CodeType))
    pressed: list[UnitStatus] = []

    def press() -> None:
        if not pressed and unit.status.state is State.MOVING:
            pressed.append(unit.status)
            unit.stop()  # as another thread does, to its end

    with meddling(press, looks), pytest.raises(StoppedError):
        MOVES[move](unit)
    assert pressed


@pytest.mark.parametrize("hard", [False, True])
def test_stop_in_the_last_degree_of_back_to_one_is_not_arrived(unit: FollowFocusUnit, hard: bool) -> None:
    unit.load(a_plan(60.0, 120.0).profile)
    start = a_plan(60.0, 120.0).profile.start
    pressed = stop_when(
        unit,
        lambda status: status.state is State.MOVING and abs(status.position - start) < unit.steps_per_deg,
        hard=hard,
    )
    with pytest.raises(StoppedError):
        unit.arm()
    assert pressed
    assert settled(unit).state is State.LOADED


def stopped_while_arming(moment: int) -> bool:
    """Load and arm, STOP at the unit's status number `moment`; whether that came before the arming was done."""
    bench = VirtualBench(stops_deg=(0.0, 300.0))
    with bench.unit as unit:
        unit.set_reference(80.0)
        unit.set_limits(0.0, 300.0)
        count = itertools.count(1)
        pressed = stop_when(unit, lambda _: next(count) == moment)
        try:
            unit.load(a_plan(60.0, 120.0).profile)
            unit.arm()
        except StoppedError:
            edges = len(simulated(bench).edges)
            assert settled(unit).state in (State.LOADED, State.IDLE)
            assert len(simulated(bench).edges) - edges <= unit.config.goto_rate**2 / (2 * unit.config.accel) + 2
            return True
        assert not pressed, "STOP came, and arming went on"
        return False


def test_stop_at_any_moment_of_arming_leaves_it_unarmed_and_standing() -> None:
    moment = 1
    while stopped_while_arming(moment):
        moment += 2
    assert moment >= MOMENTS


def test_what_was_asked_before_a_stop_is_not_begun_after_it(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    asked_at = unit.stops
    unit.stop()
    edges = len(simulated(bench).edges)
    with pytest.raises(StoppedError), unit.order(asked_at):
        unit.goto_deg(100.0)
    assert len(simulated(bench).edges) == edges
    with unit.order(unit.stops):
        assert unit.goto_deg(201.0).position == round(201.0 * unit.steps_per_deg)


def test_a_job_of_several_steps_is_one_order(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    def job() -> None:
        with unit.order():
            unit.goto_deg(190.0)
            unit.stop()
            unit.goto_deg(180.0)

    with pytest.raises(StoppedError):
        job()
    assert settled(unit).position == round(190.0 * unit.steps_per_deg)


def test_a_stop_between_go_and_the_unit_s_word_loses_no_take(unit: FollowFocusUnit) -> None:
    unit.load(a_plan(60.0, 120.0, 2.0).profile)
    unit.arm()
    stop_when(unit, lambda status: status.state is State.PLAYING)
    unit.go(7)
    evidence = unit.wait_take()
    assert (evidence.take, evidence.cause) == (7, Cause.STOP)
    assert evidence.end_clock > evidence.start_clock > 0


def test_a_wait_in_another_thread_ends_at_once() -> None:
    with open_unit("sim", stops_deg=(0.0, 300.0)) as unit:
        unit.set_reference(0.0)
        unit.set_limits(0.0, 300.0)
        moving = threading.Event()
        ended: list[BaseException] = []

        def hear(event: UnitEvent) -> None:
            if isinstance(event, UnitStatus) and event.state is State.MOVING:
                moving.set()

        def go() -> None:
            try:
                unit.goto_deg(300.0, 5.0)
            except StoppedError as error:
                ended.append(error)

        unit.listen(hear)
        thread = threading.Thread(target=go, name="mover")
        thread.start()
        assert moving.wait(60.0)
        assert unit.stop().at_rest
        thread.join(60.0)
        assert ended

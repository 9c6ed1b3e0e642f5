# SPDX-License-Identifier: MIT
"""Moves that a silence of the host ends: a moment of it costs nothing, after a sleep nothing goes on by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from followfocus.errors import FollowFocusError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.unit.line import UnitEvent
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Cause, State, StateChanged
from tests.support.benches import VirtualBench

TRAVEL = (0.0, 300.0)


def on_the_way(bench: VirtualBench, at_s: Callable[[float], None]) -> FollowFocusUnit:
    """A unit that is about to move for six seconds; `at_s` is called with the time at which it does."""
    bench.unit.connect()
    bench.unit.configure(DEFAULT_RIG)
    bench.unit.set_reference(0.0)
    bench.unit.set_limits(*TRAVEL)
    at_s(bench.clock.now())
    return bench.unit


def late_on_the_way() -> tuple[VirtualBench, FollowFocusUnit]:
    """The same, of whose computer nothing is heard for a third of a second on its way."""
    bench = VirtualBench(stops_deg=TRAVEL)

    def late(now_s: float) -> None:
        bench.cables[-1].unheard = (now_s + 2.0, now_s + 2.35)

    return bench, on_the_way(bench, late)


def test_a_move_that_a_busy_computer_was_late_for_goes_on() -> None:
    _bench, unit = late_on_the_way()
    stops: list[Cause] = []
    unit.listen(lambda e: stops.append(e.cause) if isinstance(e, StateChanged) else None)
    assert unit.goto_deg(200.0, 30.0).ring_deg == pytest.approx(200.0, abs=0.05)
    assert Cause.SILENCE in stops
    unit.close()


def test_a_move_that_a_computer_slept_through_does_not_go_on() -> None:
    """Nobody looks for the ring to turn when a lid is opened."""
    bench = VirtualBench(stops_deg=TRAVEL)
    unit = on_the_way(bench, lambda _: None)
    slept: list[float] = []

    def sleep(event: UnitEvent) -> None:
        if isinstance(event, UnitStatus) and event.speed_deg_s > 20.0 and not slept:
            slept.append(bench.clock.now())
            bench.clock.advance(60.0)

    unit.listen(sleep)
    with pytest.raises(FollowFocusError):
        unit.goto_deg(200.0, 30.0)
    assert slept
    bench.link.sleep(2.0)
    assert bench.plugged.unit is not None
    assert bench.plugged.unit.state is not State.MOVING
    assert (unit.status.ring_deg or 0.0) < 100.0
    unit.close()


def test_a_stop_while_the_computer_was_late_ends_the_move_for_good() -> None:
    """Whoever calls: a script's own thread too, which no order dates."""
    bench, unit = late_on_the_way()
    stood: list[int] = []

    def stop(event: UnitEvent) -> None:
        if isinstance(event, StateChanged) and event.cause is Cause.SILENCE and not stood:
            assert bench.plugged.unit is not None
            stood.append(bench.plugged.unit.position)
            unit.stop(wait=False)

    unit.listen(stop)
    with pytest.raises(FollowFocusError):
        unit.goto_deg(200.0, 30.0)
    bench.link.sleep(2.0)
    assert bench.plugged.unit is not None
    assert bench.plugged.unit.position == pytest.approx(stood[0], abs=20)  # the last steps of slowing down
    assert bench.plugged.unit.state is not State.MOVING
    unit.close()

# SPDX-License-Identifier: MIT
"""A unit that restarted between ARM and GO says so: whoever asks for GO hears that it restarted, and what to do."""

from __future__ import annotations

import pytest

from followfocus.errors import FollowFocusError, UnitError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.sim.device import SimulatedUnit
from followfocus.stage.sentences import RESTARTED, not_ready
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import ResetCause, State
from tests.support.benches import VirtualBench, a_plan

TRAVEL = (0.0, 300.0)


def armed(unit: FollowFocusUnit) -> None:
    unit.configure(DEFAULT_RIG)
    unit.set_reference(0.0)
    unit.set_limits(*TRAVEL)
    unit.load(a_plan().profile)
    unit.arm()


def go_is_refused(unit: FollowFocusUnit) -> None:
    """GO at once, then as often as one likes: nothing moves, and each time the restart is told."""
    with pytest.raises(FollowFocusError, match="the unit was reset"):
        unit.go(1)
    unit.link.sleep(1.0)  # it greets again
    with pytest.raises(UnitError, match="restarted and lost where the ring stands") as caught:
        unit.go(2)
    assert "back to one" in caught.value.remedy
    assert unit.refresh().state is State.UNREFERENCED
    assert not_ready(unit.status) == RESTARTED


def simulated(bench: VirtualBench) -> SimulatedUnit:
    assert bench.plugged.unit is not None
    return bench.plugged.unit


@pytest.mark.parametrize("cause", [ResetCause.BROWN_OUT, ResetCause.WATCHDOG, ResetCause.RESET_PIN])
def test_go_after_a_restart_is_refused_and_the_restart_told(cause: ResetCause) -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        armed(unit)
        bench.on_bench(lambda now: simulated(bench).reset(now, cause))
        go_is_refused(unit)
        unit.set_reference(0.0)
        assert not unit.status.restarted, "somebody has looked: what is refused now is refused for its own reason"


def test_a_restart_noticed_before_go_is_told_as_well() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        armed(unit)
        bench.on_bench(lambda now: simulated(bench).reset(now, ResetCause.BROWN_OUT))
        bench.link.sleep(1.0)
        assert not_ready(unit.status) == RESTARTED
        with pytest.raises(UnitError, match="restarted and lost where the ring stands"):
            unit.goto_deg(10.0)


@pytest.mark.parametrize("restarts", [False, True])
def test_nobody_is_told_after_a_gap_what_the_unit_did_before_it(restarts: bool) -> None:
    """It is greeted, and only its own next word says whether it is still armed: it may be another boot by then."""
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        armed(unit)
        told: list[UnitStatus] = []
        unit.listen(lambda event: told.append(event) if isinstance(event, UnitStatus) else None)
        bench.reachable = False
        bench.cut()
        bench.link.sleep(0.5)
        lost_s = unit.status.received_s
        told.clear()
        if restarts:
            simulated(bench).reset(bench.clock.now(), ResetCause.POWER_ON)
        bench.reachable = True
        bench.link.sleep(2.0)
        assert unit.status.connected
        assert [status for status in told if status.connected and status.received_s == lost_s] == []
        assert told[-1].state is (State.UNREFERENCED if restarts else State.ARMED)


def test_a_unit_that_never_knew_its_place_has_not_restarted() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit, pytest.raises(UnitError, match="doesn't know where the ring stands"):
        unit.goto_deg(10.0)

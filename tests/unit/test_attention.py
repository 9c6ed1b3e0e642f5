# SPDX-License-Identifier: MIT
"""How long the host goes on assuring a unit that it is there: as long as something moves for it, and no longer.

A unit that moves and isn't assured stops on its way. One that is assured for longer would go on for a host that has
long finished with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from followfocus.errors import FollowFocusError, UnitError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.unit.moves import FOLLOW_ATTENTION_S, JOG_ATTENTION_S
from followfocus.wire.messages import State
from followfocus.wire.outgoing import ATTENTION_EVERY_S, QUIET_S
from tests.support.benches import VirtualBench, a_plan

TRAVEL = (0.0, 300.0)
OFTEN_S = (ATTENTION_EVERY_S + QUIET_S) / 2
"""Between how often something is sent to a unit that is assured, and to one that isn't."""


@pytest.fixture
def bench() -> Iterator[VirtualBench]:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        unit.load(a_plan(60.0, 120.0, 3.0).profile)
        yield bench


def _assured_s(bench: VirtualBench) -> float:
    """For how long the unit is assured from now on, when nothing more is asked of it."""
    now_s = bench.clock.now()
    bench.link.sleep(20.0)
    sent = np.array([now_s, *(at_s for at_s, _ in bench.cables[-1].sent if at_s > now_s), bench.clock.now()])
    seldom = np.flatnonzero(np.diff(sent) > OFTEN_S)
    assert len(seldom), "assured to the end"
    return float(sent[seldom[0]] - now_s)


def _longest_silence_s(bench: VirtualBench, action: Callable[[], object]) -> float:
    """The longest time in which nothing was sent while something is done."""
    before_s = bench.clock.now()
    action()
    return float(np.diff([at_s for at_s, _ in bench.cables[-1].sent if at_s >= before_s]).max())


def _play(bench: VirtualBench) -> None:
    bench.unit.arm()
    bench.unit.go(1)
    bench.unit.wait_take()


def _stop_a_move(bench: VirtualBench) -> None:
    bench.unit.goto_deg(200.0, 20.0, wait=False)
    bench.link.sleep(0.5)
    bench.unit.stop()


def _stop_an_armed_unit(bench: VirtualBench) -> None:
    bench.unit.arm()
    bench.unit.stop()


def _go_unarmed(bench: VirtualBench) -> None:
    with pytest.raises(UnitError):
        bench.unit.go(1)


def _go_unheard(bench: VirtualBench) -> None:
    bench.unit.arm()
    bench.cables[-1].unheard = (bench.clock.now(), bench.clock.now() + 5.0)
    with pytest.raises(FollowFocusError):
        bench.unit.go(1)
    bench.link.sleep(5.0)  # till it has been greeted anew


@pytest.mark.parametrize(
    "action",
    [_play, lambda bench: bench.unit.goto_deg(90.0), _stop_a_move, _stop_an_armed_unit, _go_unarmed, _go_unheard],
    ids=["a take", "a move", "a stopped move", "a stop while armed", "a GO that is refused", "a GO that is lost"],
)
def test_nobody_is_assured_once_it_is_over(bench: VirtualBench, action: Callable[[VirtualBench], object]) -> None:
    action(bench)
    assert _assured_s(bench) <= ATTENTION_EVERY_S


@pytest.mark.parametrize(
    "action",
    [_play, lambda bench: bench.unit.goto_deg(0.0, 30.0)],
    ids=["a take", "a move"],
)
def test_a_unit_is_assured_all_the_way(bench: VirtualBench, action: Callable[[VirtualBench], object]) -> None:
    bench.unit.goto_deg(60.0)
    assert _longest_silence_s(bench, lambda: action(bench)) <= ATTENTION_EVERY_S + 0.01


def test_a_unit_is_assured_while_it_waits_for_its_cue(bench: VirtualBench) -> None:
    bench.unit.arm(cue=True)
    began_s = bench.clock.now()
    waits: list[float] = []

    def progress(elapsed_s: float, _status: object) -> None:
        waits.append(elapsed_s)
        if bench.clock.now() > began_s + 3.0 and bench.unit.status.state is State.ARMED:
            bench.unit.stop(wait=False)

    assert _longest_silence_s(bench, lambda: bench.unit.wait_take(progress)) <= ATTENTION_EVERY_S + 0.01
    assert set(waits) == {0.0}
    assert _assured_s(bench) <= ATTENTION_EVERY_S


def test_a_jog_is_assured_as_long_as_it_is_meant(bench: VirtualBench) -> None:
    bench.unit.jog(10.0)
    assert _assured_s(bench) == pytest.approx(JOG_ATTENTION_S, abs=ATTENTION_EVERY_S)
    assert bench.unit.refresh().at_rest


def test_a_knobs_move_is_assured_for_its_way(bench: VirtualBench) -> None:
    bench.unit.goto_deg(0.0)
    bench.unit.head_for(200.0, 20.0)
    # The way itself, starting and stopping, and a second to spare.
    assert _assured_s(bench) == pytest.approx(11.0, abs=0.5)
    assert bench.unit.refresh().ring_deg == pytest.approx(200.0, abs=0.05)
    bench.unit.head_for(200.5)
    assert _assured_s(bench) == pytest.approx(FOLLOW_ATTENTION_S, abs=ATTENTION_EVERY_S)


def test_a_move_that_is_not_waited_for_is_assured_for_its_way(bench: VirtualBench) -> None:
    bench.unit.goto_deg(0.0)
    bench.unit.goto_deg(200.0, 20.0, wait=False)
    assert _assured_s(bench) == pytest.approx(11.0, abs=0.5)
    assert bench.unit.refresh().ring_deg == pytest.approx(200.0, abs=0.05)

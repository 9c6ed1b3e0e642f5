# SPDX-License-Identifier: MIT
"""A wheel and an order within half a second of each other, in either order: the ring has one owner at a time, never
goes back to an old place, and after STOP stands until a new gesture.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from followfocus.stage.events import Noted, StageEvent
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.takes import Verdict
from followfocus.wire.messages import State
from followfocus_gui.hand import DeskHand
from tests.support.racing import RacingDesk

NEAR_DEG = 0.15
"""Half a mark's width: what a rounding to steps and a taking up of lash leave"""
GAPS_S = (0.0, 0.05, 0.45, 0.6)


@pytest.fixture
def desk(qapp: QCoreApplication, tmp_path: Path) -> Iterator[RacingDesk]:
    made = RacingDesk(tmp_path)
    yield made
    made.close()


def to_b(desk: RacingDesk) -> float:
    desk.player.go_to(1)
    return 120.0


def back_to_one(desk: RacingDesk) -> float:
    desk.player.back_to_one()
    return 60.0


def far_by_the_disk(desk: RacingDesk) -> float:
    desk.player.turn(250.0)
    return 250.0


ORDERS = [to_b, back_to_one, far_by_the_disk]


def test_the_desk_stands_ready(desk: RacingDesk) -> None:
    assert desk.player.state is State.IDLE
    assert desk.ring_deg == pytest.approx(100.0, abs=NEAR_DEG)


@pytest.mark.parametrize("gap_s", GAPS_S)
@pytest.mark.parametrize("order", ORDERS)
def test_a_wheel_after_an_order_takes_the_ring_where_that_has_brought_it(
    desk: RacingDesk, order: Callable[[RacingDesk], float], gap_s: float
) -> None:
    desk.turn(2.0)
    desk.wait(0.3)
    place = order(desk)
    desk.wait(3.0)
    assert desk.ring_deg == pytest.approx(place, abs=NEAR_DEG)
    desk.wait(gap_s)
    before = desk.edges
    desk.turn(3.0)
    desk.wait(1.5)
    path = desk.path(before)
    assert path[-1] == pytest.approx(place + 3.0, abs=NEAR_DEG)
    assert min(path) >= place - NEAR_DEG


@pytest.mark.parametrize("gap_s", GAPS_S)
@pytest.mark.parametrize("order", ORDERS)
def test_an_order_after_a_wheel_has_the_ring_and_keeps_it(
    desk: RacingDesk, order: Callable[[RacingDesk], float], gap_s: float
) -> None:
    desk.wait(0.2, turning_deg_s=20.0)
    desk.wait(gap_s)
    place = order(desk)
    desk.wait(4.0)
    assert desk.ring_deg == pytest.approx(place, abs=NEAR_DEG)
    before = desk.edges
    desk.wait(1.0)
    assert desk.edges == before
    assert desk.player.state in (State.IDLE, State.LOADED)


@pytest.mark.parametrize("order", [to_b, back_to_one])
def test_a_wheel_that_turns_through_an_order_goes_on_from_its_place(
    desk: RacingDesk, order: Callable[[RacingDesk], float]
) -> None:
    desk.wait(0.3, turning_deg_s=20.0)
    order(desk)
    before = desk.edges
    desk.wait(0.5, turning_deg_s=20.0)
    desk.wait(2.0)
    ends = desk.ring_deg
    low, high = min(desk.path(before)), max(desk.path(before))
    assert low >= 59.0
    assert high <= 135.0
    assert desk.player.state in (State.IDLE, State.LOADED)
    desk.wait(1.0)
    assert desk.ring_deg == ends


@pytest.mark.parametrize("gap_s", [0.0, 0.03, 0.1])
@pytest.mark.parametrize("hard", [False, True], ids=["soft", "hard"])
def test_after_stop_a_wheel_moves_nothing_before_it_has_rested(desk: RacingDesk, gap_s: float, hard: bool) -> None:
    desk.wait(0.3, turning_deg_s=30.0)
    desk.bridge.stop(hard=hard)
    desk.wait(gap_s)
    desk.wait(0.3, turning_deg_s=30.0)  # it turns on: by now the ring stands
    before = desk.edges
    desk.wait(0.5, turning_deg_s=30.0)
    assert desk.edges == before
    desk.wait(0.4)
    stands = desk.ring_deg
    desk.turn(2.0)
    desk.wait(1.0)
    assert desk.ring_deg == pytest.approx(stands + 2.0, abs=NEAR_DEG)


@pytest.mark.parametrize("gap_s", [0.0, 0.02, 0.05, 0.3])
def test_after_a_stop_at_rest_a_wheel_that_had_turned_must_rest_too(desk: RacingDesk, gap_s: float) -> None:
    desk.turn(2.0)
    desk.wait(0.1)
    desk.bridge.stop()
    before = desk.edges
    desk.wait(0.15, turning_deg_s=30.0)
    after = desk.edges
    desk.wait(gap_s)
    desk.wait(0.3)
    assert desk.edges == after
    assert after - before <= 3  # what slowing down takes
    assert desk.player.stage.queue == ()


@pytest.mark.parametrize("gap_s", [0.0, 0.01, 0.1])
def test_arm_while_a_wheel_turns_ends_armed_at_one_or_says_why_not(desk: RacingDesk, gap_s: float) -> None:
    desk.wait(0.3, turning_deg_s=20.0)
    desk.wait(gap_s)
    desk.player.arm()
    desk.wait(0.3, turning_deg_s=20.0)
    desk.wait(3.0)
    if desk.player.state is State.ARMED:
        assert desk.ring_deg == pytest.approx(60.0, abs=NEAR_DEG)
        before = desk.edges
        desk.wait(0.5, turning_deg_s=20.0)  # armed, the ring is the plan's
        desk.wait(0.5)
        assert desk.edges == before
        assert desk.player.state is State.ARMED
    else:
        assert desk.player.stage.note.words


def test_go_while_a_wheel_turns_plays_the_plan_alone(desk: RacingDesk) -> None:
    desk.player.arm()
    desk.wait(3.0)
    assert desk.player.state is State.ARMED
    desk.wait(0.2, turning_deg_s=20.0)
    before = desk.edges
    desk.turn(1.0)
    desk.player.go()
    desk.turn(1.0)
    desk.wait(6.0)
    path = desk.path(before)
    assert path[-1] == pytest.approx(120.0, abs=NEAR_DEG)
    assert path == sorted(path)
    assert len(desk.kept) == 1
    after = desk.edges
    desk.wait(1.0)
    assert desk.edges == after


FIRST = {
    "idle": lambda _desk: None,
    "loaded": lambda desk: (desk.player.back_to_one(), desk.wait(3.0)),
    "disarmed": lambda desk: (desk.player.arm(), desk.wait(3.0), desk.player.arm(), desk.wait(0.3)),
    "stopped": lambda desk: (desk.player.arm(), desk.wait(3.0), desk.bridge.stop(), desk.wait(0.6)),  # the wheel rests
    "shot": lambda desk: (desk.player.arm(), desk.wait(3.0), desk.player.go(), desk.wait(6.0)),
}


@pytest.mark.parametrize("state", FIRST)
def test_the_first_turn_after_each_change_of_state_moves_the_ring_by_what_it_says(desk: RacingDesk, state: str) -> None:
    desk.turn(1.0)
    desk.wait(1.0)
    FIRST[state](desk)
    stands = desk.ring_deg
    before = desk.edges
    desk.turn(2.0)
    desk.wait(1.0)
    path = desk.path(before)
    assert path[-1] == pytest.approx(stands + 2.0, abs=NEAR_DEG)
    assert min(path) >= stands - NEAR_DEG
    assert max(path) <= stands + 2.0 + NEAR_DEG


def test_a_hand_that_rests_does_not_end_its_recording(desk: RacingDesk) -> None:
    desk.player.record_hand()
    desk.wait(0.1)
    desk.wait(0.5, turning_deg_s=20.0)
    desk.wait(2.0)
    assert desk.bridge.drive.recording
    desk.wait(0.5, turning_deg_s=-20.0)
    desk.wait(0.3)
    desk.player.record_hand()
    desk.wait(0.5)
    (kept,) = desk.kept
    assert (kept.take.verdict, kept.take.reasons) == (Verdict.GOOD, ())
    assert kept.take.actual_s == pytest.approx(3.3, abs=0.2)
    assert kept.take.end_deg == pytest.approx(100.0, abs=NEAR_DEG)


@pytest.mark.parametrize("how", ["ride", "take over", "scrub"])
def test_stop_amid_a_take_with_a_wheel_stops_both(desk: RacingDesk, how: str) -> None:
    desk.player.edit(lambda: desk.desk.edit_cue(hand=how))
    desk.player.arm()
    desk.wait(3.0)
    assert desk.player.state is State.ARMED
    began_s, stopped = desk.now_s, []

    def meanwhile() -> None:
        desk.turn(0.5)
        if desk.now_s - began_s > 0.7 and not stopped:
            stopped.append(desk.edges)
            desk.bridge.stop()

    desk.meanwhile = meanwhile
    before = desk.edges
    desk.player.go()
    desk.wait(0.5, turning_deg_s=20.0)
    stands = desk.edges
    assert stopped
    assert stopped[0] > before
    desk.wait(1.0, turning_deg_s=20.0)  # it turns on, and moves nothing
    desk.wait(0.2)
    assert desk.edges == stands
    (kept,) = desk.kept
    assert kept.take.verdict is Verdict.STOPPED
    assert desk.player.state in (State.IDLE, State.LOADED)
    assert kept.take.landed_deg == pytest.approx(desk.ring_deg, abs=NEAR_DEG)
    assert 60.0 < desk.ring_deg < 119.0


@pytest.mark.parametrize("gap_s", [n / 100.0 for n in range(44, 66, 2)])
def test_armed_just_as_the_hand_lets_go_it_arms(desk: RacingDesk, gap_s: float) -> None:
    """In that moment the unit still says that it moves, though nobody turns any more."""
    desk.wait(0.2, turning_deg_s=20.0)
    desk.wait(gap_s)
    desk.player.arm()
    desk.wait(4.0)
    assert desk.player.state is State.ARMED, desk.player.line.words


def test_armed_before_it_is_heard_that_the_ring_stands_it_arms_when_it_is(desk: RacingDesk) -> None:
    """The unit's words reach the window a moment after the hand has let go on its own thread."""
    desk.wait(0.2, turning_deg_s=20.0)
    desk.wait(0.1)
    desk.bridge.blockSignals(True)
    desk.wait(0.8)
    assert not desk.bridge.drive.busy
    assert desk.player.state is State.MOVING, "as it was heard last"
    desk.player.arm()
    desk.bridge.blockSignals(False)
    assert not desk.player.line.trouble
    desk.bridge.statusChanged.emit(desk.unit.status)
    desk.wait(4.0)
    assert desk.player.state is State.ARMED, desk.player.line.words


def test_what_waits_for_a_ring_that_goes_on_moving_is_refused_aloud(desk: RacingDesk, tmp_path: Path) -> None:
    """ARM, pressed within a second of a hand whose ring doesn't stop: not forgotten without a word, nor done late."""
    stage = desk.player.stage
    moving = dataclasses.replace(stage, unit=dataclasses.replace(stage.unit, state=State.MOVING))
    stages, said, done = [moving], list[StageEvent](), list[str]()
    hand = DeskHand(
        desk.desk, desk.bridge, TakeKeeper(tmp_path / "hand.db"), lambda: stages[-1], said.append, desk.unit.clock
    )
    hand.let_go_then(lambda: done.append("armed"))
    desk.wait(0.5)
    hand.heard()
    assert said == []
    desk.wait(0.6)
    hand.heard()
    stages.append(stage)
    hand.heard()
    assert said == [Noted("Not done. The unit is moving.", trouble=True, passing=True)]
    assert done == []
    stages.append(moving)
    hand.let_go_then(lambda: done.append("armed"))
    stages.append(stage)
    hand.heard()
    assert done == ["armed"]

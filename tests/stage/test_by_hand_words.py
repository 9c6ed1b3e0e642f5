# SPDX-License-Identifier: MIT
"""A hand on the ring, by the clock: how often the unit is told, when it lets go, when a lag or deafness is said."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import pytest

from followfocus.errors import UnitError
from followfocus.hand.events import WheelTurned
from followfocus.plan.plan import rig_for
from followfocus.stage.by_hand import ready_by_hand
from followfocus.wire.frames import FrameReader
from followfocus.wire.messages import Board, Follow, State, StopInput
from tests.support.hands import HandBench


@pytest.fixture(name="hand")
def _hand() -> Iterator[HandBench]:
    bench = HandBench()
    yield bench
    bench.unit.close()


def told_s(hand: HandBench, since_s: float) -> list[float]:
    """When a word of the hand went out."""
    reader, found = FrameReader(), list[float]()
    for at_s, data in hand.bench.cables[-1].sent:
        found += [at_s for frame in reader.feed(data) if frame.type == Follow.TYPE and at_s >= since_s]
    return found


def turned(hand: HandBench, seconds: float) -> None:
    """The wheel turns at 20°/s."""
    hand.turn(lambda at_s: 20.0 * at_s, seconds)


def let_go_s(hand: HandBench, within_s: float) -> float | None:
    """The tick in which the hand lets go, seconds from now."""
    began_s = hand.now_s
    while hand.now_s < began_s + within_s:
        at_s = hand.now_s - began_s
        hand.by_hand.tick()
        if not hand.by_hand.active:
            return at_s
        hand.unit.link.sleep(0.01)
    return None


def test_a_hand_that_rests_has_the_ring_for_four_tenths_of_a_second_more(hand: HandBench) -> None:
    turned(hand, 0.5)
    at_s = let_go_s(hand, 2.0)
    assert at_s is not None
    assert 0.399 <= at_s < 0.431  # its last word is a tick or two after the wheel's


def test_a_hand_that_is_recorded_keeps_the_ring_however_long_it_rests(hand: HandBench) -> None:
    turned(hand, 0.5)
    hand.by_hand.holds = True
    assert let_go_s(hand, 5.0) is None
    hand.by_hand.holds = False
    assert let_go_s(hand, 1.0) == 0.0


def test_a_hand_at_rest_is_told_every_forty_milliseconds_and_no_oftener(hand: HandBench) -> None:
    turned(hand, 0.5)
    hand.by_hand.holds = True
    hand.wait(0.3)
    since_s = hand.now_s
    hand.wait(2.0)
    gaps = [after - before for before, after in itertools.pairwise(told_s(hand, since_s))]
    assert len(gaps) > 35
    assert all(0.0399 <= gap <= 0.0501 for gap in gaps)


def test_a_wheel_that_speaks_as_often_as_it_is_looked_at_is_told_once_each_time(hand: HandBench) -> None:
    turned(hand, 0.2)
    since_s = hand.now_s
    turned(hand, 1.0)
    assert 99 <= len(told_s(hand, since_s)) <= 101


@pytest.mark.parametrize("period_s", [0.03, 0.05])
def test_between_two_words_of_a_wheel_the_unit_is_told_where_it_goes(hand: HandBench, period_s: float) -> None:
    """A wheel that speaks seldom: the ring would go from word to word, and after 70 ms without any it would stop."""

    def turns(seconds: float) -> None:
        end_s = hand.now_s + seconds
        while hand.now_s < end_s:
            hand.say(WheelTurned(hand.now_s, "wheel", 20.0 * period_s))
            hand.wait(period_s)

    turns(0.5)
    since_s = hand.now_s
    turns(1.5)
    times = told_s(hand, since_s)
    assert max(after - before for before, after in itertools.pairwise(times)) <= 0.0401
    assert min(after - before for before, after in itertools.pairwise(times)) >= 0.0069
    assert hand.ended == []


@pytest.mark.parametrize(("for_s", "said"), [(0.0, False), (0.09, False), (0.11, True), (1.0, True)])
@pytest.mark.parametrize("behind_deg", [12.4, -12.4])
def test_a_ring_that_is_behind_for_a_tenth_of_a_second_is_said_to_be(
    hand: HandBench, monkeypatch: pytest.MonkeyPatch, for_s: float, said: bool, behind_deg: float
) -> None:
    turned(hand, 0.3)
    monkeypatch.setattr(type(hand.by_hand), "behind_deg", behind_deg)
    hand.by_hand._kept_up_s = hand.now_s - for_s
    words = "The ring is 12° behind the hand: the motor turns no faster."
    assert hand.by_hand.words == (words if said else "")


def test_a_unit_that_has_not_moved_for_three_tenths_of_a_second_is_deaf(
    hand: HandBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand.unit.link, "say", lambda _message: True)  # what it does not know, it does not hear
    hand.say(WheelTurned(hand.now_s, "wheel", 1.0))
    hand.wait(0.01)
    began_s, deaf_s = hand.now_s, None
    hand.unit.link.sleep(0.01)
    while deaf_s is None and hand.now_s < began_s + 1.0:
        hand.say(WheelTurned(hand.now_s, "wheel", 0.5))
        at_s = hand.now_s
        hand.by_hand.tick()
        deaf_s = at_s - began_s if hand.by_hand.is_deaf else None
        hand.unit.link.sleep(0.01)
    assert deaf_s == pytest.approx(0.3, abs=0.021)


def test_a_hand_may_turn_the_whole_lens_and_no_further(hand: HandBench) -> None:
    unit, travel_deg = hand.unit, hand.lens.travel_deg
    for end_deg in (0.0, travel_deg):
        unit.goto_deg(end_deg)
        with pytest.raises(UnitError):
            unit.goto_deg(end_deg + (0.2 if end_deg else -0.2))


def test_what_a_unit_must_have_before_a_hand_may_turn_it(hand: HandBench) -> None:
    rig = rig_for(hand.lens)
    unit = hand.unit
    assert unit.info is not None
    unit.release()
    unit.refresh()
    unit.info = dataclasses.replace(unit.info, board=Board.ATMEGA328P)
    with pytest.raises(UnitError):
        ready_by_hand(unit, hand.lens, rig)
    ready_by_hand(unit, hand.lens, rig, 30.0)
    assert unit.refresh().ring_deg == pytest.approx(30.0, abs=0.05)
    ready_by_hand(unit, hand.lens, rig)
    assert unit.refresh().ring_deg == pytest.approx(30.0, abs=0.05)
    unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.STOP_BUTTON))
    unit.goto_deg(90.0, 20.0, wait=False)
    unit.link.sleep(0.3)
    assert hand.bench.plugged.unit is not None
    hand.bench.on_bench(lambda now_s: hand.bench.plugged.unit.set_stop(True, now_s))
    unit.link.sleep(0.5)
    assert unit.refresh().state is State.FAULT
    with pytest.raises(UnitError, match=r"[Ss]top"):
        ready_by_hand(unit, hand.lens, rig, 30.0)

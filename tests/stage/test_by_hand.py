# SPDX-License-Identifier: MIT
"""The ring follows a hand on a simulated unit, and lets go of it: at rest, at STOP, without wheel or line."""

from collections.abc import Iterator

import numpy as np
import pytest

from followfocus.hand.events import WheelGone, WheelTurned
from followfocus.stage.by_hand import TICK_S, ByHand
from followfocus.unit.following import FollowEvidence, Following
from followfocus.wire.link import Link
from followfocus.wire.messages import Cause, State
from tests.support.hands import HandBench, there_and_back
from tests.support.interleaved import At, every_step, meddling


@pytest.fixture
def hand() -> Iterator[HandBench]:
    bench = HandBench()
    yield bench
    bench.unit.close()


def test_the_ring_goes_where_the_hand_goes_and_rests_with_it(hand: HandBench) -> None:
    hand.turn(there_and_back, 6.0)
    hand.wait(1.5)
    (found,) = hand.ended
    assert found.cause is Cause.DONE
    assert found.ring_deg == pytest.approx(100.0 + there_and_back(6.0), abs=0.03)
    assert hand.unit.status.state is State.IDLE
    rings = np.array([sample.ring_deg for sample in found.samples])
    times = np.array([sample.at_s for sample in found.samples])
    began = found.began_s
    wanted = np.array([100.0 + there_and_back(at_s) for at_s in times + began - 1000.0])
    assert len(rings) > 300
    assert np.ptp(rings) == pytest.approx(np.ptp(wanted), abs=0.5)


def test_a_hand_takes_the_ring_over_where_it_stands() -> None:
    for at_deg in (0.0, 0.5, 150.0):
        hand = HandBench(at_deg=at_deg)
        hand.say(WheelTurned(hand.now_s, "wheel", 5.0))
        hand.wait(1.5)
        assert hand.unit.refresh().ring_deg == pytest.approx(at_deg + 5.0, abs=0.05)
        hand.unit.close()


def test_it_may_be_taken_again(hand: HandBench) -> None:
    for _ in range(3):
        hand.turn(lambda at_s: 10.0 * at_s, 1.0)
        hand.wait(1.5)
    assert [round(found.ring_deg or 0.0) for found in hand.ended] == [110, 120, 130]


def test_a_wheel_that_rested_since_the_stop_is_heard_with_its_first_word(hand: HandBench) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.wait(1.5)
    before = hand.unit.refresh().ring_deg
    assert before is not None
    hand.unit.stop()
    hand.unit.link.sleep(0.5)  # and nobody has told the hand of it
    hand.say(WheelTurned(hand.now_s, "wheel", 10.0))
    hand.wait(1.5)
    assert hand.unit.refresh().ring_deg == pytest.approx(before + 10.0, abs=0.1)


def test_after_stop_a_wheel_that_still_turns_moves_nothing(hand: HandBench) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.unit.stop(wait=False)
    hand.by_hand.let_go()
    hand.turn(lambda at_s: 20.0 * at_s, 1.0)
    stands = hand.unit.refresh().ring_deg
    assert hand.ended[0].cause is Cause.STOP
    assert stands is not None
    assert stands < 112.0
    assert "still turns" in hand.by_hand.words
    hand.wait(0.5)
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.wait(1.5)
    assert hand.unit.status.ring_deg == pytest.approx(stands + 10.0, abs=0.1)


def test_a_wheel_that_is_unplugged_leaves_the_ring_where_it_is(hand: HandBench) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.say(WheelGone(hand.now_s, "wheel"))
    assert hand.by_hand.words == "wheel is gone: the ring stops where it is."
    hand.wait(1.5)
    assert hand.ended[0].cause is Cause.DONE
    assert hand.unit.status.ring_deg == pytest.approx(110.0, abs=0.3)


def test_a_hand_past_the_end_of_the_lens_leaves_the_ring_at_the_end(hand: HandBench) -> None:
    hand.turn(lambda at_s: 150.0 * at_s, 2.0)
    hand.wait(1.5)
    assert hand.unit.status.ring_deg == pytest.approx(300.0, abs=0.05)
    assert max(sample.ring_deg for sample in hand.ended[0].samples) <= 300.05


def test_a_hand_faster_than_the_motor_is_told_and_nothing_is_lost(hand: HandBench) -> None:
    heard: list[str] = []
    hand.say(WheelTurned(hand.now_s, "wheel", -90.0))
    hand.wait(0.05)
    for _ in range(90):
        hand.say(WheelTurned(hand.now_s, "wheel", 9.0 if len(heard) % 60 < 30 else -9.0))
        hand.wait(0.01)
        heard.append(hand.by_hand.words)
    assert any("behind the hand" in words for words in heard)
    hand.wait(2.5)
    assert hand.by_hand.words == ""
    wanted = hand.ended[0].hand[-1].position / hand.unit.steps_per_deg
    assert hand.unit.status.ring_deg == pytest.approx(wanted, abs=0.05)


def test_a_line_that_is_lost_ends_it(hand: HandBench) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.bench.reachable = False
    hand.bench.cut()
    hand.turn(lambda at_s: 20.0 * at_s, 0.3)
    assert hand.ended[0].lost
    assert not hand.by_hand.active


def test_a_ring_whose_place_is_not_known_is_not_turned() -> None:
    hand = HandBench()
    hand.unit.moves._setup.release()
    hand.unit.refresh()
    hand.say(WheelTurned(hand.now_s, "wheel", 5.0))
    hand.wait(0.2)
    assert not hand.by_hand.active
    assert hand.by_hand.trouble
    hand.unit.close()


def test_a_unit_whose_firmware_cannot_follow_goes_from_place_to_place(monkeypatch: pytest.MonkeyPatch) -> None:
    hand = HandBench()
    monkeypatch.setattr(hand.unit.link, "say", lambda _message: True)  # what it does not know, it does not hear
    hand.turn(lambda at_s: 10.0 * at_s, 1.0)
    hand.wait(1.5)
    assert "can't follow a hand" in hand.by_hand.words
    hand.turn(lambda at_s: 10.0 * at_s, 1.0)
    hand.wait(1.5)
    assert hand.unit.status.ring_deg == pytest.approx(110.0, abs=0.3)
    hand.unit.close()


def test_a_stop_that_nobody_told_the_hand_of_takes_the_ring_from_it(hand: HandBench) -> None:
    stands = hand.unit.refresh().ring_deg
    hand.say(WheelTurned(hand.now_s, "wheel", 5.0))
    hand.unit.stop(wait=False)
    hand.by_hand.tick()  # what was turned before the STOP is void
    assert not hand.by_hand.active
    hand.turn(lambda at_s: 20.0 * at_s, 0.2)
    assert "still turns" in hand.by_hand.words
    assert hand.unit.refresh().ring_deg == stands
    assert hand.ended == []


@pytest.mark.parametrize("in_a_pause", [False, True])
def test_a_stop_while_the_hand_is_about_to_get_the_ring_is_evidence_and_moves_nothing(in_a_pause: bool) -> None:
    hand = HandBench()
    if in_a_pause:  # the unit takes a hand anew only after one
        hand.turn(lambda at_s: 20.0 * at_s, 0.2)
        hand.by_hand.end()
    began: list[float] = []
    stands = hand.unit.refresh().ring_deg

    def stop(ring_deg: float) -> None:
        began.append(ring_deg)
        hand.unit.stop(wait=False)

    hand.by_hand._begins = stop
    hand.ended.clear()
    hand.say(WheelTurned(hand.now_s, "wheel", 5.0))
    hand.wait(0.3)
    (found,) = hand.ended
    assert (found.cause, found.hand, began) == (Cause.STOP, (), [stands])
    assert hand.unit.refresh().ring_deg == stands
    hand.unit.close()


def test_a_unit_that_would_not_follow_is_evidence(hand: HandBench) -> None:
    hand.unit.release()
    hand.say(WheelTurned(hand.now_s, "wheel", 5.0))
    hand.wait(0.1)
    (found,) = hand.ended
    assert (found.refused, found.cause) == ("The unit doesn't know where the ring stands.", Cause.NONE)


def test_a_computer_that_is_silent_while_the_hand_rests_is_told_apart_from_an_end(hand: HandBench) -> None:
    hand.by_hand.holds = True
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.wait(0.5)
    hand.unit.link.sleep(0.2)  # nothing ticks meanwhile
    hand.wait(0.1)
    (found,) = hand.ended
    assert (found.cause, found.let_go) == (Cause.DONE, True)
    hand.by_hand.holds = False
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.wait(1.5)
    assert [one.let_go for one in hand.ended] == [True, False]


def test_a_first_word_that_comes_while_the_hand_is_looked_at_is_not_forgotten(hand: HandBench) -> None:
    """A wheel speaks on its library's thread."""

    def at(number: int) -> At:
        by_hand = hand.by_hand
        speaks = At(number, lambda: hand.say(WheelTurned(hand.now_s, "wheel", 2.0)), by_hand._lock)
        with meddling(speaks, ByHand.tick.__code__):
            by_hand.tick()
        assert by_hand.busy == speaks.reached
        hand.wait(0.6)
        return speaks

    every_step(at)
    assert hand.unit.status.ring_deg == pytest.approx(100.0 + 2.0 * len(hand.ended), abs=0.05)


def test_where_the_ring_is_for_a_hand_can_be_asked_while_it_lets_go(hand: HandBench) -> None:
    def at(number: int) -> At:
        by_hand = hand.by_hand
        hand.turn(lambda at_s: 10.0 * at_s, 0.05)
        assert by_hand.active
        lets_go = At(number, lambda: setattr(by_hand, "_wanted", None))
        with meddling(lets_go, "stage/by_hand.py"):
            ring_deg = by_hand.ring_deg
        assert ring_deg == pytest.approx(hand.unit.status.ring_deg, abs=5.0)
        hand.wait(0.6)
        return lets_go

    every_step(at)


@pytest.mark.parametrize("last_counts", [-4.0, 0.5, 4.0])
def test_a_hand_s_last_word_that_is_lost_is_said_again(
    hand: HandBench, monkeypatch: pytest.MonkeyPatch, last_counts: float
) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    with monkeypatch.context() as lost:
        lost.setattr(Link, "say", lambda _link, _message: True)
        hand.say(WheelTurned(hand.now_s, "wheel", last_counts))
    hand.by_hand.end()
    (found,) = hand.ended
    wanted = hand.unit.status.ring_deg
    assert found.cause is Cause.DONE
    assert wanted == pytest.approx(found.hand[-1].position / hand.unit.steps_per_deg, abs=0.05)
    assert found.hand[-1].position != found.hand[-2].position


@pytest.mark.parametrize(("speeds", "kept_up"), [
    ([(0.0, 150.0)], True),  # 5° behind a hand that does 150°/s is the lag on purpose
    ([(0.0, 100.0)], False),
    ([(0.0, 150.0), (0.19, 0.0)], True),  # and it is still catching up
    ([(0.0, -150.0), (0.19, 5.0)], True),
    ([(0.0, 150.0), (0.21, 0.0)], False),  # a fifth of a second later it is not
    ([(0.0, 100.0), (0.1, 150.0), (0.29, 0.0)], True),  # the fastest of late counts, from when it was
    ([(0.0, 100.0), (0.1, 150.0), (0.31, 0.0)], False),
])  # fmt: skip
def test_a_ring_is_behind_by_what_the_hand_did_lately(
    hand: HandBench, monkeypatch: pytest.MonkeyPatch, speeds: list[tuple[float, float]], kept_up: bool
) -> None:
    monkeypatch.setattr(type(hand.by_hand), "behind_deg", 5.0)
    for at_s, deg_s in speeds:
        hand.by_hand._watch_lag(at_s, deg_s)
    assert (hand.by_hand._kept_up_s == speeds[-1][0]) == kept_up


def test_a_word_after_the_unit_let_go_by_itself_turns_the_ring(hand: HandBench) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.2)
    hand.wait(0.1)
    stands = hand.by_hand.ring_deg
    hand.unit.link.sleep(0.2)  # a busy computer: nothing ticks, and the unit lets go at rest
    hand.say(WheelTurned(hand.now_s, "wheel", 2.0))
    hand.wait(0.6)
    assert hand.unit.refresh().ring_deg == pytest.approx(stands + 2.0, abs=0.1)
    assert hand.ended[0].let_go


@pytest.mark.parametrize("silent_s", [0.05, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("apart_s", [0.0, 0.0005, 0.005])
def test_a_quick_turn_that_was_over_before_anybody_ticked_is_made_whole(
    hand: HandBench, apart_s: float, silent_s: float
) -> None:
    """As a drag on a busy computer, where the ring went as far as its first word, and stayed there."""
    for _ in range(10):
        hand.say(WheelTurned(hand.now_s, "disk", 4.0))
        hand.unit.link.sleep(apart_s)
    hand.unit.link.sleep(silent_s)
    hand.wait(1.0)
    assert hand.unit.refresh().ring_deg == pytest.approx(140.0, abs=0.1)


@pytest.mark.parametrize("silent_s", [0.08, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("ticks", [3, 4])
def test_a_smooth_turn_whose_unit_let_go_on_its_last_tenths_is_made_whole(
    hand: HandBench, ticks: int, silent_s: float
) -> None:
    """The unit had come to the last that it was told, which was not yet where the hand was."""
    hand.say(WheelTurned(hand.now_s, "disk", 4.0))
    hand.wait(ticks * TICK_S)
    hand.unit.link.sleep(silent_s)  # a busy computer: nothing ticks
    hand.wait(1.0)
    assert hand.ended[0].let_go
    assert hand.unit.refresh().ring_deg == pytest.approx(104.0, abs=0.05)


@pytest.mark.parametrize("silent_s", [0.075, 0.1, 0.3, 2.0])
def test_after_a_silence_in_motion_a_hand_that_still_turns_goes_on_from_where_the_ring_stands(
    hand: HandBench, silent_s: float
) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.3)
    hand.unit.link.sleep(silent_s)  # a busy computer: nothing ticks, and the unit slows down
    hand.wait(0.01)
    hand.unit.link.sleep(0.1)
    stands = hand.unit.refresh().ring_deg
    assert stands is not None
    hand.turn(lambda at_s: 20.0 * at_s, 0.5)
    hand.wait(1.0)
    assert hand.ended[0].cause is Cause.SILENCE
    assert hand.by_hand.words == ""
    # what was turned while the unit was silent is nobody's wish any more, what is turned from then on is
    assert hand.unit.status.ring_deg == pytest.approx(stands + 10.0, abs=2.5)


def test_a_word_while_the_ring_settles_turns_it_afterwards(hand: HandBench, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.2)
    close = Following.close

    def spoken_to(following: Following) -> FollowEvidence:
        found = close(following)
        if len(hand.ended) == 0:
            hand.say(WheelTurned(hand.now_s, "wheel", 2.0))
        return found

    monkeypatch.setattr(Following, "close", spoken_to)
    stands = hand.by_hand.ring_deg
    hand.wait(0.6)
    assert hand.ended
    hand.wait(0.6)
    assert hand.unit.refresh().ring_deg == pytest.approx(stands + 2.0, abs=0.3)


def test_a_word_while_an_order_ends_the_hand_moves_nothing(hand: HandBench, monkeypatch: pytest.MonkeyPatch) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.2)
    close = Following.close

    def spoken_to(following: Following) -> FollowEvidence:
        found = close(following)
        hand.say(WheelTurned(hand.now_s, "wheel", 2.0))
        return found

    monkeypatch.setattr(Following, "close", spoken_to)
    stands = hand.by_hand.ring_deg
    hand.by_hand.end()
    hand.wait(0.6)
    assert hand.unit.refresh().ring_deg == pytest.approx(stands, abs=0.3)


def test_what_turns_right_after_an_order_takes_the_ring_from_where_that_has_brought_it(hand: HandBench) -> None:
    hand.turn(lambda at_s: 20.0 * at_s, 0.25)
    for place in (60.0, 61.0):
        hand.by_hand.end()
        hand.unit.goto_deg(place)
        hand.say(WheelTurned(hand.now_s, "wheel", 2.0))
        hand.wait(0.2)
        assert hand.unit.status.ring_deg == pytest.approx(place + 2.0, abs=0.1)

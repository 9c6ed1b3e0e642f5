# SPDX-License-Identifier: MIT
"""A pull with a wheel: what is said of it, when a wheel that has the ring has come to rest, how often it is shown."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest

from followfocus.hand.blend import Ride, TakeOver, Together
from followfocus.show.cue_hand import CueHand
from followfocus.stage.shoot import load, ready
from followfocus.stage.together import STOPPED, TogetherEvidence, play_together
from followfocus.stage.with_hand import _part, _since_the_start, take_with_hand
from followfocus.takes.takes import Verdict
from followfocus.unit.following import FollowEvidence
from followfocus.wire.evidence import Sample
from followfocus.wire.messages import Cause, Fault
from tests.support.benches import VirtualBench, a_plan
from tests.support.hands import from_now

PLAN = a_plan(100.0, 130.0, 0.8)


@pytest.fixture(name="bench")
def _bench() -> Iterator[VirtualBench]:
    bench = VirtualBench(lens=PLAN.lens)
    with bench.unit as unit:
        ready(unit, PLAN, PLAN.motion.start_deg)
        yield bench


SLOWED = "The unit heard nothing for 70 ms and slowed down: the line lost words."


HELD_UP = "The computer was held up for 168 ms; the unit heard no silence."


@pytest.mark.parametrize(("cause", "silence_s", "trim_deg", "ended", "words"), [
    (Cause.DONE, 0.016, 0.0, "", "Played with the hand; no word was more than 16 ms apart."),
    (Cause.DONE, 0.016, 0.25, "", "Played with the hand, +0.25° off the plan; no word was more than 16 ms apart."),
    (Cause.DONE, 0.0699, -1.5, "", "Played with the hand, -1.50° off the plan; no word was more than 70 ms apart."),
    (Cause.DONE, 0.168, -1.5, "", f"Played with the hand, -1.50° off the plan. {HELD_UP}"),
    (Cause.STOP, 0.016, 0.25, STOPPED, "It ended early. It was stopped."),
    (Cause.SILENCE, 0.059, 0.0, "", SLOWED), (Cause.SILENCE, 0.059, 0.0, "No.", SLOWED),
    # Words 60 ms apart may be 70 ms apart at the unit, which is the longest that a line holds one of them up.
    (Cause.SILENCE, 0.061, 0.0, "", "The computer was silent for 61 ms, and the unit slowed down."),
    (Cause.SILENCE, 0.5, 0.0, "No.", "The computer was silent for 500 ms, and the unit slowed down."),
])  # fmt: skip
def test_how_it_went_in_a_sentence(cause: Cause, silence_s: float, trim_deg: float, ended: str, words: str) -> None:
    ring = FollowEvidence(cause, Fault.NONE, 0, None, 16e6, 0.0)
    found = TogetherEvidence((), (), (), ring, trim_deg, silence_s, ended)
    assert found.words == words
    assert found.was_silent is (cause is Cause.SILENCE)


@pytest.mark.parametrize(("silence_s", "words"), [
    (0.168, "The computer was silent for 168 ms, and the unit let go of the ring."),
    (0.05, "The unit heard nothing for 70 ms and let go of the ring: the line lost words."),
])  # fmt: skip
def test_a_unit_that_lets_go_of_a_ring_at_rest_has_heard_nothing(silence_s: float, words: str) -> None:
    """By its own word: it ends a following at rest only after a silence. After the last word it may."""
    ring = FollowEvidence(Cause.DONE, Fault.NONE, 0, None, 16e6, 0.0, let_go=True)
    found = TogetherEvidence((), (), (), ring, 0.0, silence_s, "The unit has let go of the hand.")
    assert (found.words, found.was_silent) == (words, True)
    assert not TogetherEvidence((), (), (), ring, 0.0, silence_s, "").was_silent


def test_a_computer_that_says_nothing_while_the_ring_rests_is_told_as_silent(bench: VirtualBench) -> None:
    began_s = bench.clock.now()

    def wheel(now_s: float) -> float:
        if 0.3 < now_s - began_s < 0.35:  # the wheel has the ring, and it stands
            bench.clock.advance(0.168)
        return 8.0 * min(now_s - began_s, 0.1)

    found = play_together(bench.unit, PLAN.motion, TakeOver(PLAN.motion), wheel)
    assert found.was_silent
    assert found.words.startswith("The computer was silent for 1")


def test_a_take_that_a_silence_ended_gives_one_reason(bench: VirtualBench) -> None:
    load(bench.unit, PLAN)
    bench.unit.arm()
    began_s = bench.clock.now()

    def wheel(now_s: float) -> float:
        if 0.3 < now_s - began_s < 0.35:
            bench.clock.advance(0.168)
        return 8.0 * (now_s - began_s)

    made, part = take_with_hand(bench.unit, PLAN, CueHand(Together.RIDE), wheel, take=1)
    assert (made.verdict, made.cause) == (Verdict.STOPPED, "silence")
    (reason,) = made.reasons
    assert reason.startswith("the computer was silent for 1")
    assert part.words.lower() == f"{reason}."


@pytest.mark.parametrize("sense", [1.0, -1.0])
@pytest.mark.parametrize(("swing_deg", "rests"), [(0.0, True), (0.015, True), (0.05, False)])
def test_a_wheel_that_trembles_by_its_own_noise_has_come_to_rest(
    bench: VirtualBench, sense: float, swing_deg: float, rests: bool
) -> None:
    """It takes the ring over, turns till 1.0 s and rests, or goes on to and fro a little for 3 s more."""
    flips = itertools.count()

    def wheel(t: float) -> float:
        away = swing_deg if next(flips) % 2 and t < 4.0 else 0.0
        return sense * (8.0 * min(t, 1.0) + (away if t >= 1.0 else 0.0))

    found = play_together(bench.unit, PLAN.motion, TakeOver(PLAN.motion), from_now(bench.clock, wheel))
    lasted_s = found.wheel[-1].at_s
    # 0.6 s after the last motion that is one.
    assert lasted_s == pytest.approx(1.6 if rests else 4.6, abs=0.05)
    assert found.ended == ""


def test_it_is_shown_every_twentieth_of_a_second_from_its_start(bench: VirtualBench) -> None:
    shown: list[float] = []
    found = play_together(
        bench.unit, PLAN.motion, Ride(PLAN.motion), from_now(bench.clock), lambda at_s, _status: shown.append(at_s)
    )
    assert shown[0] == pytest.approx(0.0, abs=0.005)
    assert all(0.0499 <= after - before < 0.0651 for before, after in itertools.pairwise(shown))
    assert shown[-1] == pytest.approx(found.wheel[-1].at_s, abs=0.07)


def test_plan_wheel_and_ring_are_told_by_one_clock(bench: VirtualBench) -> None:
    wheel = from_now(bench.clock, lambda t: 3.0 * math.sin(4.0 * min(t, 0.7)))
    found = play_together(bench.unit, PLAN.motion, Ride(PLAN.motion), wheel)
    times = [sample.at_s for sample in found.wheel]
    assert [sample.at_s for sample in found.plan] == [sample.at_s for sample in found.wanted] == times
    assert times[0] == pytest.approx(0.0, abs=0.005)
    assert (found.plan[0].ring_deg, found.plan[-1].ring_deg) == (PLAN.motion.start_deg, PLAN.motion.end_deg)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert found.silence_s == pytest.approx(max(gaps), abs=0.005)
    for plan, wheel, wanted in zip(found.plan, found.wheel, found.wanted, strict=True):
        if plan.at_s < PLAN.motion.duration_s:
            assert wanted.ring_deg == pytest.approx(plan.ring_deg + wheel.ring_deg, abs=0.15)
    assert found.wanted[-1].ring_deg == pytest.approx(PLAN.motion.end_deg, abs=1e-6)
    assert bench.unit.refresh().ring_deg == pytest.approx(PLAN.motion.end_deg, abs=0.05)


def ridden(*at_s: float) -> TogetherEvidence:
    """A ring that was heard at these seconds, its clock going by a hundred ticks from one word to the next."""
    samples = tuple(Sample(one, 10.0 * number) for number, one in enumerate(at_s))
    clocks = tuple(1000 + 100 * number for number in range(len(at_s)))
    ring = FollowEvidence(Cause.DONE, Fault.NONE, 0, None, 16e6, 0.0, samples=samples, clocks=clocks)
    return TogetherEvidence((), (), (), ring, 0.0, 0.0, "")


def test_the_next_cue_s_time_runs_from_the_last_word_of_the_ring() -> None:
    """A chain's hold is counted from there: from any word before it the next GO would come while the ring turns."""
    hand = CueHand(Together.RIDE)
    assert _part(hand, ridden(0.0, 0.1, 0.2, 0.3)).rested_clock == 1300
    assert _part(hand, ridden(0.0)).rested_clock == 1000
    assert _part(hand, ridden()).rested_clock is None


def test_a_ridden_take_begins_with_the_plan_and_not_before() -> None:
    ring = tuple(Sample(at_s, at_s) for at_s in (0.0, 0.25, 0.5, 0.75))
    assert [one.at_s for one in _since_the_start(ridden(-0.25), ring)] == [0.0, 0.25, 0.5]
    assert [one.at_s for one in _since_the_start(ridden(0.0), ring)] == [0.0, 0.25, 0.5, 0.75]
    assert _since_the_start(ridden(), ring) == ()

# SPDX-License-Identifier: MIT
"""Hands on a unit, word by word: what a hand does is sent, ended and told as it was, alone and beside a plan."""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Callable, Iterator

import pytest

from followfocus.errors import RequestError
from followfocus.hand.blend import Blend, Ride, TakeOver, Together
from followfocus.hand.events import WheelGone, WheelPlaced, WheelTurned
from followfocus.hand.hand import WheelHand
from followfocus.hand.turned import TurnedWheel
from followfocus.lens.map import load_lens
from followfocus.plan.plan import Conditions
from followfocus.show.cue_hand import CueHand
from followfocus.show.slate import Slate
from followfocus.stage import by_hand as hands
from followfocus.stage.hand_take import hand_context, hand_take, ring_trace
from followfocus.stage.shoot import load, ready
from followfocus.stage.together import play_together
from followfocus.stage.with_hand import take_with_hand
from followfocus.unit.following import FollowEvidence, Sent
from followfocus.wire.evidence import Sample, UnitInfo
from followfocus.wire.frames import FrameReader
from followfocus.wire.messages import Cause, Fault, Follow, decode_body
from tests.support.benches import BrokenCable, VirtualBench, a_plan
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.support.hands import DEGREES, HandBench, from_now

Row = tuple[Cell, ...]


def follow_words(cable: BrokenCable, since: int = 0) -> list[Row]:
    """Words to the unit about a hand, and when."""
    reader, rows = FrameReader(), list[Row]()
    for at_s, data in cable.sent[since:]:
        for frame in reader.feed(data):
            word = decode_body(frame.type, frame.body) if frame.type == Follow.TYPE else None
            if isinstance(word, Follow):
                rows.append(("word", at_s - 1000.0, word.position, word.rate, word.age))
    return rows


def ending(found: FollowEvidence) -> Row:
    """How a following was."""
    trace = sum((1 + index % 5) * sample.ring_deg for index, sample in enumerate(found.samples))
    return (
        "ended", found.cause.name, found.fault.name, found.position, found.ring_deg, found.began_s - 1000.0, found.lost,
        found.refused, found.let_go, len(found.hand), found.hand[-1].at_s if found.hand else None, len(found.samples),
        trace, found.clocks[-1] if found.clocks else None,
    )  # fmt: skip


class Walk:
    """A hand drawn from a seed on a unit, and the rows of what came of it."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.hand = HandBench()
        self.rows: list[Row] = []
        self._sent = self._ended = 0
        self._told: Row = ()

    def note(self, what: str) -> None:
        """Rows of all that was sent and ended since, and of how it stands."""
        hand, cable = self.hand.by_hand, self.hand.bench.cables[-1]
        self.rows += follow_words(cable, self._sent)
        self.rows += [ending(found) for found in self.hand.ended[self._ended :]]
        self._sent, self._ended = len(cable.sent), len(self.hand.ended)
        self.rows.append((
            what, self.hand.now_s - 1000.0, hand.active, hand.busy, hand.ring_deg, hand.behind_deg, hand.words,
            hand.trouble, self.hand.unit.status.position,
        ))  # fmt: skip

    def turns(self) -> None:
        """A run of words at a wheel's own pace, the unit ticked between them, now and then late."""
        draw, hand = self.draw, self.hand
        period_s = (0.004, 0.01, 0.017, 0.033, 0.09)[draw.randrange(5)]
        speed, bend = draw.uniform(-90.0, 90.0), draw.uniform(-200.0, 200.0)
        if draw.randrange(5) == 0:
            speed *= 8
        for number in range(draw.randrange(2, 14)):
            hand.say(WheelTurned(hand.now_s, ("wheel", "other")[draw.randrange(40) == 0], speed * period_s))
            speed += bend * period_s * math.sin(number)
            hand.wait(period_s * draw.uniform(0.7, 1.3))
        self.note("turned")

    def rests(self) -> None:
        """Nothing is turned, for a moment or for longer than a hand keeps the ring."""
        self.hand.wait((0.02, 0.15, 0.39, 0.41, 0.9)[self.draw.randrange(5)])
        self.note("rested")

    def meddles(self) -> None:
        """Something else happens to the ring or to the wheel."""
        draw, hand = self.draw, self.hand
        what = draw.randrange(9)
        if what == 0:
            hand.unit.stop(wait=False)
        elif what == 1:
            hand.unit.stop(wait=False)
            hand.by_hand.let_go()
        elif what == 2:
            hand.say(WheelGone(hand.now_s, "wheel"))
        elif what == 3:
            hand.by_hand.end()
            hand.unit.goto_deg(100.0 + draw.randrange(-30, 30))
        elif what == 4:
            hand.by_hand.holds = not hand.by_hand.holds
        elif what == 5:
            hand.unit.link.sleep((0.03, 0.075, 0.2)[draw.randrange(3)])  # nothing ticks meanwhile
        elif what == 6:
            hand.say(WheelPlaced(hand.now_s, "fader", draw.random()))
        elif what == 7:
            hand.by_hand.take_back(WheelHand(DEGREES, hand.lens.travel_deg))
        else:
            hand.say(WheelTurned(hand.now_s, "wheel", 3.0))
            hand.bench.cables[-1].unheard = (hand.now_s, hand.now_s + 0.05)
        self.note(f"meddled {what}")


@pytest.mark.parametrize("seed", range(4))
def test_what_a_hand_does_is_sent_as_it_was(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(28):
        (walk.turns, walk.turns, walk.rests, walk.meddles)[walk.draw.randrange(4)]()
    walk.hand.by_hand.end()
    walk.note("end")
    walk.hand.unit.close()
    assert_goes_as_it_did(f"by-hand-{seed}", walk.rows)


@pytest.mark.parametrize("since_s", [hands.TICK_S * 0.7 - 1e-6, hands.TICK_S * 0.7 + 1e-6, 0.0399, 0.0401])
def test_a_hand_at_rest_says_so_as_often_as_it_did(since_s: float) -> None:
    walk = Walk(1)
    hand = walk.hand
    for _ in range(4):
        hand.say(WheelTurned(hand.now_s, "wheel", 0.4))
        hand.by_hand.tick()
        hand.unit.link.sleep(since_s)
        hand.by_hand.tick()
        walk.note("ticked")
    hand.unit.close()
    assert_goes_as_it_did(f"told-again-{1e3 * since_s:.4f}", walk.rows)


# Beside a plan --------------------------------------------------------------------------------------------------------

PLAN = a_plan(100.0, 160.0, 1.2)


@pytest.fixture(name="bench")
def _bench() -> Iterator[VirtualBench]:
    bench = VirtualBench(lens=PLAN.lens)
    with bench.unit as unit:
        ready(unit, PLAN, PLAN.motion.start_deg)
        load(unit, PLAN)
        unit.arm()
        yield bench


def leading(t: float) -> float:
    """A wheel that waits, leads, and rests."""
    return 6.0 * math.sin(2.5 * min(max(t - 0.2, 0.0), 1.0))


def _silent(bench: VirtualBench, t: float) -> None:
    if 0.5 < t < 0.52:
        bench.clock.advance(0.09)


def _stops(bench: VirtualBench, t: float) -> None:
    if 0.5 < t < 0.52:
        bench.unit.stop(wait=False)


def _cut(bench: VirtualBench, t: float) -> None:
    if 0.5 < t < 0.52:
        bench.reachable = False
        bench.cut()


def _unplugged(_bench: VirtualBench, t: float) -> None:
    if t > 0.5:
        raise RequestError("The wheel was unplugged.")


TROUBLES: dict[str, Callable[[VirtualBench, float], None]] = {
    "none": lambda _bench, _t: None, "stop": _stops, "cut": _cut, "unplugged": _unplugged,
}  # fmt: skip


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("how", [Together.RIDE, Together.TAKE_OVER, Together.SCRUB])
def test_a_pull_with_a_wheel_is_played_as_it_was(bench: VirtualBench, how: Together, trouble: str) -> None:
    rows, shown = list[Row](), list[float]()

    def wheel(t: float) -> float:
        TROUBLES[trouble](bench, t)
        return 70.0 * math.sin(min(1.5 * t, math.pi / 2)) if how is Together.SCRUB else leading(t)

    since = len(bench.cables[-1].sent)
    cue = CueHand(how, keep=how is Together.RIDE)
    take, part = take_with_hand(
        bench.unit, PLAN, cue, from_now(bench.clock, wheel), take=3, progress=lambda at_s, _status: shown.append(at_s)
    )
    rows += follow_words(bench.cables[-1], since)[::4]
    rows += [("shown", len(shown), shown[0], shown[-1])]
    rows += [(key, repr(value)) for key, value in sorted(dataclasses.asdict(part).items()) if key != "words"]
    rows.append(("words", part.words, *take.reasons))
    rows.append((
        take.verdict.name, take.start_deg, take.end_deg, take.landed_deg, take.steps, take.planned_steps,
        take.planned_s, take.actual_s, take.half_dof_deg, take.cause, len(take.wheel), len(take.planned),
        len(take.actual),
    ))  # fmt: skip
    for trace in (take.planned, take.wheel, take.wanted, take.actual):
        rows += [(sample.at_s, sample.ring_deg) for sample in trace[:: max(1, len(trace) // 8)]]
    assert_goes_as_it_did(f"with-hand-{how.value.replace(' ', '-')}-{trouble}", rows)


@pytest.mark.parametrize("ahead_s", [None, 0.4, -0.4])
def test_a_pull_with_a_wheel_begins_when_its_tick_says(bench: VirtualBench, ahead_s: float | None) -> None:
    asked_s = bench.clock.now()
    due = None if ahead_s is None else bench.unit.link.session.sync.clock_at(asked_s + ahead_s)
    since = len(bench.cables[-1].sent)
    take_with_hand(bench.unit, PLAN, CueHand(Together.RIDE), from_now(bench.clock), take=1, at_clock=due)
    first_s = float(str(follow_words(bench.cables[-1], since)[0][1])) + 1000.0 - asked_s
    assert first_s == pytest.approx(max(0.0, ahead_s or 0.0), abs=0.03)


def test_a_computer_that_was_silent_says_for_how_long(bench: VirtualBench) -> None:
    bench.unit.disarm()
    bench.unit.refresh()

    def wheel(t: float) -> float:
        _silent(bench, t)
        return 0.0

    found = play_together(bench.unit, PLAN.motion, Ride(PLAN.motion), from_now(bench.clock, wheel))
    assert found.was_silent
    assert 0.09 <= found.silence_s < 0.13
    assert found.words == f"The computer was silent for {1e3 * found.silence_s:.0f} ms, and the unit slowed down."
    lossy = dataclasses.replace(found, silence_s=0.016)  # it spoke all the time
    assert lossy.words == "The unit heard nothing for 70 ms and slowed down: the line lost words."


@pytest.mark.parametrize("blend", [Ride(PLAN.motion, keep=True), TakeOver(PLAN.motion)])
def test_a_pull_that_is_left_off_its_plan_says_by_how_much(bench: VirtualBench, blend: Blend) -> None:
    bench.unit.disarm()
    bench.unit.refresh()
    found = play_together(bench.unit, PLAN.motion, blend, from_now(bench.clock, leading))
    assert found.words.startswith("Played with the hand")
    assert ("off the plan" in found.words) == bool(found.trim_deg)
    assert (f"{found.trim_deg:+.2f}° off the plan" in found.words) == bool(found.trim_deg)
    assert found.words.endswith(f"no word was more than {1e3 * found.silence_s:.0f} ms apart.")


def test_a_wheel_beside_a_plan_turns_as_it_did() -> None:
    turned, rows, now_s = TurnedWheel(WheelHand(DEGREES, 300.0), 50.0), list[Row](), 10.0
    for number in range(40):
        now_s += 0.012
        turned.hear(WheelTurned(now_s, "wheel", 1.5 * math.sin(number / 4)))
        rows.append((now_s, turned.deg(now_s + 0.004), turned.hand.owner))
    turned.hear(WheelGone(now_s, "other"))
    rows.append((turned.deg(now_s),))
    turned.hear(WheelGone(now_s, "wheel"))
    with pytest.raises(RequestError, match="wheel was unplugged"):
        turned.deg(now_s)
    free = TurnedWheel(WheelHand(DEGREES, 300.0), 0.0)
    free.hear(WheelGone(now_s, "fader"))
    with pytest.raises(RequestError, match="fader was unplugged"):
        free.deg(now_s)
    assert_goes_as_it_did("turned", rows)


# What a hand's take is made of ----------------------------------------------------------------------------------------

FOLLOWED = FollowEvidence(
    Cause.DONE, Fault.NONE, 2500, 108.25, 16e6, 77.0,
    hand=tuple(Sent(0.1 * number, 2300.0 + 30.0 * number, 300.0) for number in range(7)),
    samples=tuple(Sample(0.1 * number, 100.0 + (0.0, 1.0, 3.0, 2.0, 5.0, 8.0)[number]) for number in range(6)),
    clocks=(16_000_000, 17_600_000, 17_600_000, 20_800_000, 22_400_000, 24_000_001),
)  # fmt: skip
ENDINGS: dict[str, dict[str, object]] = {
    "done": {}, "unmoved": {"hand": (), "samples": (), "clocks": ()}, "unseen": {"samples": (), "clocks": ()},
    "nowhere": {"ring_deg": None}, "nothing": {"ring_deg": None, "hand": (), "samples": (), "clocks": ()},
    "refused": {"refused": "No."}, "lost": {"lost": "The line is lost."}, "fault": {"fault": Fault.STALL},
    "stop": {"cause": Cause.STOP}, "hard": {"cause": Cause.HARD_STOP}, "button": {"cause": Cause.STOP_INPUT},
    "silence": {"cause": Cause.SILENCE}, "let-go": {"let_go": True},
    "refused-lost": {"refused": "No.", "lost": "Gone."},
    "lost-fault": {"lost": "Gone.", "fault": Fault.STALL}, "fault-stop": {"fault": Fault.STALL, "cause": Cause.STOP},
    "stop-let-go": {"cause": Cause.STOP, "let_go": True}, "let-go-nowhere": {"let_go": True, "ring_deg": None},
}  # fmt: skip


def test_a_hands_take_is_made_of_what_it_was() -> None:
    lens, rows = load_lens("ideal-50"), list[Row]()
    unit = _a_unit()
    for name, changes in ENDINGS.items():
        found = dataclasses.replace(FOLLOWED, **changes)  # type: ignore[arg-type]
        take = hand_take(
            found, lens, Conditions(2.8), unit, take=4, steps_per_deg=23.0, started_utc_s=5.0, notes=("n",)
        )
        facts = dataclasses.asdict(dataclasses.replace(take, planned=(), actual=(), wheel=(), wanted=()))
        for key, value in facts.items():
            rows.append((name, key, value if isinstance(value, float) else repr(value)))
        rows.append((name, "traces", len(take.planned), len(take.actual), repr(ring_trace(found)[-1:])))
    assert_goes_as_it_did("hand-takes", rows)


@pytest.mark.parametrize(("start_deg", "place"), [(-5.0, 0.0), (0.0, 0.0), (77.0, 77.0), (400.0, None)])
def test_a_hands_take_is_put_down_where_it_begins(start_deg: float, place: float | None) -> None:
    lens = load_lens("ideal-50")
    context = hand_context(lens, start_deg, Conditions(2.8), PLAN.rig, _a_unit(), Slate())
    (mark,) = context.marks
    distance_m = lens.distance_m(lens.travel_deg if place is None else place)
    assert mark.distance_m == (distance_m if math.isfinite(distance_m) else None)
    assert (mark.ring_deg, context.steps_per_deg) == (start_deg, PLAN.rig.steps_per_deg)


def _a_unit() -> UnitInfo:
    bench = VirtualBench(lens=PLAN.lens)
    with bench.unit as unit:
        assert unit.info is not None
        return unit.info

# SPDX-License-Identifier: MIT
"""Hands of every kind on every kind of manners: wherever the ring was wanted, it is wanted still, and for as long."""

from __future__ import annotations

import math
import random

import pytest

from followfocus.hand.blend import Blend, Ride, Scrub, TakeOver
from followfocus.hand.courses import Foreteller
from followfocus.hand.estimate import HandEstimator, HandLine
from followfocus.hand.events import SourceEvent, WheelGone, WheelLeaned, WheelPlaced, WheelTurned
from followfocus.hand.hand import WheelHand
from followfocus.hand.manners import HandManners
from followfocus.hand.smoothing import ClickLine, OneEuro
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from tests.support.golden import Cell, assert_goes_as_it_did

TRAVEL_DEG = 300.0
MARKS_DEG = (100.0, 104.0, 210.0)
LOOK_S = 0.01
ALL_MANNERS = {
    "usual": HandManners(),
    "plain-back": HandManners(smoothing=False, direction=-1, turn_counts=300, dead_band=0.02, fine=0.1),
    "shaped": HandManners(
        low_deg=20, high_deg=240, curve=0.5, soft_end_deg=25, detent_deg=1.5, catch_deg=6, ratio=2, lean_deg_s=50
    ),
    "fine-wheel": HandManners(turn_counts=20_000, curve=-0.4, detent_deg=0.5, dead_band=0.005),
}


class Words:
    """The words of hands, drawn from a seed: runs of one wheel, rests between them, now and then something else."""

    def __init__(self, seed: int, counts: float) -> None:
        self._random, self._counts = random.Random(seed), counts
        self._share, self._way = 0.5, 0.0
        self.at_s = 1.0

    def run(self) -> list[SourceEvent]:
        """One run of one wheel, and the rest after it."""
        draw = self._random
        kind, gap_s = draw.randrange(11) - 1, (0.002, 0.008, 0.013, 0.033, 0.06)[draw.randrange(5)]
        said = [self._word(kind, gap_s) for _ in range(4 + draw.randrange(12))]
        if kind in (8, 9):
            said.append(WheelLeaned(self.at_s, "stick", 0.0))
        if draw.randrange(12) == 0:
            said.append(WheelGone(self.at_s, ("wheel", "fader", "stick")[draw.randrange(3)]))
        self.at_s += (0.03, 0.2, 0.45, 0.8)[draw.randrange(4)]
        return said

    def _word(self, kind: int, gap_s: float) -> SourceEvent:
        draw = self._random
        self.at_s += gap_s * (0.8 + 0.4 * draw.random())
        self._way = 0.9 * self._way + draw.random() - 0.5
        if kind < 5:
            return WheelTurned(self.at_s, "wheel", float(round(self._way * self._counts / 40)))
        if kind < 8:
            self._share = min(1.0, max(0.0, self._share + 0.06 * self._way))
            return WheelPlaced(self.at_s, "fader", self._share)
        return WheelLeaned(self.at_s, "stick", min(1.0, max(-1.0, 2 * self._way)))


@pytest.mark.parametrize("name", ALL_MANNERS)
def test_the_ring_is_wanted_where_it_was(name: str) -> None:
    manners, draw = ALL_MANNERS[name], random.Random(7)
    hand, estimator = WheelHand(manners, TRAVEL_DEG, MARKS_DEG), HandEstimator()
    words = Words(len(name), manners.turn_counts)
    rows: list[tuple[Cell, ...]] = []
    ring, now_s, said = 120.0, 1.0, ("", "")
    for _ in range(30):
        for event in words.run():
            while now_s + LOOK_S < event.at_s:
                now_s += LOOK_S
                wanted = hand.wanted(now_s)
                if wanted is not None:
                    ring = wanted.ring_deg
                    line = estimator.add(wanted.at_s, ring, heard=not wanted.rests)
                    rows.append(("asked", wanted.at_s, ring, wanted.rests, line.rate))
                else:
                    between = estimator.between(now_s)
                    if between:
                        rows.append(("led", now_s, between.position, between.rate))
            heard = hand.hear(event, ring)
            if heard is not None:
                ring = heard.ring_deg
                line = estimator.add(heard.at_s, ring)
                rows.append(("heard", heard.at_s, ring, line.position, line.rate))
            if (hand.owner, hand.words) != said:
                said = hand.owner, hand.words
                rows.append((*said, hand.thinned, hand.place, hand.turns_on(now_s)))
        what = draw.randrange(6)
        if what == 0:
            hand.let_go(now_s)
        elif what == 1:
            hand.shift(fine=not hand.is_fine)
        elif what == 2:
            ring = min(TRAVEL_DEG, ring + 30.0)  # somebody turned it meanwhile
    assert_goes_as_it_did(f"hand-{name}", rows)


def wheel_at(t: float) -> HandLine:
    """A hand beside a pull: it waits, leads, comes back beyond where it began, and turns on past the landing."""
    return HandLine(t, 25.0 * math.sin(1.9 * max(0.0, t - 0.3)), 47.5 * math.cos(1.9 * max(0.0, t - 0.3)) * (t > 0.3))


@pytest.mark.parametrize("ends", [(100.0, 160.0), (180.0, 120.0), (100.0, 100.5)])
def test_a_hand_and_a_plan_together_go_as_they_did(ends: tuple[float, float]) -> None:
    motion = motion_of(Pull.between(Mark("A", ends[0]), Mark("B", ends[1]), 2.0, parse_easing("minjerk")))
    blends: list[Blend] = [
        Ride(motion), Ride(motion, (-4.0, 9.0), keep=True), TakeOver(motion), Scrub(motion),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for number, blend in enumerate(blends):
        for step in range(90):
            t = step / 25
            line = blend.at(t, wheel_at(t))
            rows.append((number, t, line.ring_deg, line.speed_deg_s, blend.trim_deg, blend.over(t, 0.3 * (step % 4))))
    assert_goes_as_it_did(f"together-{ends[0]:g}-{ends[1]:g}", rows)


@pytest.mark.parametrize("period_s", [0.006, 0.014, 0.016, 0.033])
def test_a_course_is_foretold_as_it_was(period_s: float) -> None:
    draw, rows = random.Random(3), list[tuple[Cell, ...]]()
    estimator, foreteller, samples = HandEstimator(), Foreteller(), list[tuple[float, float]]()
    for step in range(120):
        at_s = 2.0 + step * period_s * (1.0 + 0.1 * draw.random())
        place = 30.0 * math.sin(5.0 * at_s) + 0.05 * draw.random()
        if samples:
            foreteller.held_against(at_s - samples[-1][0], place - samples[-1][1])
        samples = [*samples, (at_s, place)][-4:]
        if len(samples) > 2:
            course = foreteller.course(samples, seldom=period_s > 0.015)
            rows.append((course.rate, course.bend, course.jerk, course.way(0.02)))
        line = estimator.add(at_s, place, heard=step % 17 != 16)
        rows.append((line.time_s, line.position, line.rate))
        between = estimator.between(at_s + 0.6 * period_s)
        rows.append((between.position, between.rate) if between else ("nothing",))
    assert_goes_as_it_did(f"course-{period_s:g}", rows)


def test_filters_let_through_what_they_did() -> None:
    draw, rows = random.Random(5), list[tuple[Cell, ...]]()
    euro, quick, clicks = OneEuro(4.0, 60.0), OneEuro(1.0, 0.0), ClickLine()
    at_s, place = 1.0, 0.0
    for step in range(200):
        at_s += (0.003, 0.012, 0.05, 0.5)[min(3, int(draw.random() * 3.2))]
        place += round(4 * math.sin(step / 9)) + (step % 40 == 39) * 30
        clicks.click(place, at_s, (1.0, 0.1)[step // 100])
        looks = [clicks.at(at_s + late_s) for late_s in (0.0, 0.004, 0.02)]
        rows.append((at_s, euro.at(place, at_s), quick.at(place, at_s), *looks, clicks.is_fine))
    assert_goes_as_it_did("filters", rows)

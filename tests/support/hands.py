# SPDX-License-Identifier: MIT
"""Hands for tests: what a wheel does over time, as events, as a file, and on a simulated unit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path

from followfocus.clock import Clock
from followfocus.hand.events import SourceEvent, WheelTurned
from followfocus.hand.hand import WheelHand
from followfocus.hand.manners import HandManners
from followfocus.lens.map import load_lens
from followfocus.plan.plan import rig_for
from followfocus.stage.by_hand import TICK_S, ByHand, ready_by_hand
from followfocus.stage.together import Wheel
from followfocus.unit.following import FollowEvidence
from tests.support.benches import LENS, VirtualBench

PERIOD_S = 0.01
LONGEST_S = 30.0
"""No pull with a wheel takes so long here."""
DEGREES = HandManners(turn_counts=300.0)
"""A wheel whose counts are ring degrees."""


def there_and_back(at_s: float) -> float:
    """A hand of 6 s: 54° out and back, out again, at its own pace; then it rests."""
    at_s = min(at_s, 6.0)
    return 27.0 * (1.0 - math.cos(math.pi * at_s / 2.0)) + 0.4 * math.sin(math.pi * at_s) ** 2


def from_now(clock: Clock, wheel: Callable[[float], float] = lambda _t: 0.0) -> Wheel:
    """A wheel that turns as `wheel` from now on, for a pull that ends: one that doesn't fails, by that clock."""
    began_s = clock.now()

    def turned(now_s: float) -> float:
        assert now_s - began_s < LONGEST_S, "the pull goes on and on"
        return wheel(now_s - began_s)

    return turned


def turns(hand: Callable[[float], float], seconds: float, period_s: float = PERIOD_S) -> Iterable[tuple[float, float]]:
    """(Seconds, counts) of a wheel that follows `hand` in degrees."""
    before = hand(0.0)
    for index in range(1, round(seconds / period_s) + 1):
        at_s = index * period_s
        yield at_s, hand(at_s) - before
        before = hand(at_s)


def hand_file(path: Path, hand: Callable[[float], float] = there_and_back, seconds: float = 6.0) -> Path:
    """The hand as `--source file:` takes it, in counts of a wheel that has 128 to a turn of 300°."""
    lines = [f"{at_s:.3f},turn,{counts * 128 / 300:.6f}\n" for at_s, counts in turns(hand, seconds)]
    path.write_text("time_s,event,value\n" + "".join(lines), encoding="utf-8")
    return path


class HandBench:
    """A simulated unit with a hand on it, on a virtual clock."""

    def __init__(self, *faults: str, manners: HandManners = DEGREES, at_deg: float = 100.0) -> None:
        self.bench = VirtualBench(*faults)
        self.unit = self.bench.unit
        self.lens = load_lens(LENS)
        self.ended: list[FollowEvidence] = []
        self.unit.connect()
        ready_by_hand(self.unit, self.lens, rig_for(self.lens), at_deg)
        self.by_hand = ByHand(self.unit, WheelHand(manners, self.lens.travel_deg), self.ended.append)

    @property
    def now_s(self) -> float:
        return self.bench.clock.now()

    def wait(self, seconds: float) -> None:
        """Tick for so long, the wheel at rest."""
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            self.by_hand.tick()
            self.unit.link.sleep(min(TICK_S, end_s - self.now_s))

    def turn(self, hand: Callable[[float], float], seconds: float, source: str = "wheel") -> None:
        """Turn the wheel as `hand` goes."""
        began_s = self.now_s
        for at_s, counts in turns(hand, seconds):
            self.unit.link.sleep(began_s + at_s - self.now_s)
            self.say(WheelTurned(self.now_s, source, counts))
            self.by_hand.tick()

    def say(self, event: SourceEvent) -> None:
        self.by_hand.hear(event)

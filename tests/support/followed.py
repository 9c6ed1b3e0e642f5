# SPDX-License-Identifier: MIT
"""Hands for a unit to follow, and what its step edges made of them: lag, ripple, error, overshoot.

A hand is its ring angle over time. Its events go the product's own way: estimator, Following, line, unit; what is
measured are the STEP and DIR pins.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from followfocus.clock import Clock
from followfocus.hand.estimate import HandEstimator
from followfocus.hand.events import WheelPlaced, WheelTurned
from followfocus.hand.hand import WheelHand
from followfocus.hand.manners import HandManners
from followfocus.hand.smoothing import ClickLine
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.stage.by_hand import TICK_S, ByHand
from followfocus.unit.following import FollowEvidence
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from tests.conformance.units import TICK_HZ, Bench, Step, UnitPort

Hand = Callable[[float], float]
"""Ring degrees, relative to where it starts, at seconds since it began."""
START_DEG = 150.0
TRAVEL_DEG = 300.0
REST_S = 0.5
PHASE_S = 0.0037
"""The ticks of the app know nothing of when a wheel speaks"""
CLICK_S = 0.001
"""How exactly the time of a click is known"""
SETTLED_S = 0.3
"""The time left out at the beginning: the hand is there with its full speed at once."""


def turn(deg_s: float) -> Hand:
    """A hand at a constant speed."""
    return lambda t: deg_s * t


def swing(deg: float, hz: float) -> Hand:
    """A hand that goes to and fro."""
    return lambda t: deg * math.sin(2 * math.pi * hz * t)


def braked(deg_s: float, at_s: float, deg_s2: float = 600.0) -> Hand:
    """A hand at a constant speed that brakes to rest from `at_s` on."""
    stop_s = deg_s / deg_s2

    def where(t: float) -> float:
        after = min(max(t - at_s, 0.0), stop_s)
        return deg_s * min(t, at_s) + deg_s * after - deg_s2 * after * after / 2

    return where


def dead_stop(deg_s: float, at_s: float) -> Hand:
    """A hand that stands from one moment to the next."""
    return lambda t: deg_s * min(t, at_s)


def smooth(deg: float, duration_s: float) -> Hand:
    """A minimum jerk, and rest after it."""

    def where(t: float) -> float:
        u = min(max(t / duration_s, 0.0), 1.0)
        return deg * u**3 * (10 - 15 * u + 6 * u * u)

    return where


@dataclass(frozen=True, slots=True)
class Events:
    """When a hand speaks: so often, late by up to `jitter_s`; with `grain_deg` it is felt in steps of that."""

    hz: float = 100.0
    jitter_s: float = 0.0
    grain_deg: float = 0.0
    seed: int = 1

    def times(self, duration_s: float) -> Iterator[float]:
        """Seconds since the hand began."""
        chance = random.Random(self.seed)
        for number in range(round(duration_s * self.hz)):
            yield number / self.hz + chance.uniform(0.0, self.jitter_s)

    def felt(self, deg: float) -> float:
        """The wheel's report of a true angle."""
        return math.floor(deg / self.grain_deg + 0.5) * self.grain_deg if self.grain_deg else deg


@dataclass(frozen=True, slots=True)
class Followed:
    """The pins' record of a hand. Times are seconds since it began, angles degrees from where it began."""

    hand: Hand
    duration_s: float
    steps_per_deg: float
    edges: tuple[tuple[float, float], ...] = field(repr=False)
    """Time, and the angle half a step before where the edge leads: where the ring is just then"""
    position: int
    """Steps, by the pins, at the end"""
    evidence: FollowEvidence = field(repr=False)
    sent_s: tuple[float, ...] = field(repr=False)
    """When the hand said how it has turned. An absolute control's first word only takes hold of the ring."""

    def _within(self) -> list[tuple[float, float]]:
        return [(t, deg) for t, deg in self.edges if SETTLED_S <= t <= self.sent_s[-1]]

    def lag_s(self) -> float:
        """The shift at which the hand fits best."""
        edges = self._within()

        def misfit(lag_s: float) -> float:
            return sum((deg - self.hand(t - lag_s)) ** 2 for t, deg in edges)

        low, high = -0.02, 0.08
        for _ in range(60):
            a, b = low + (high - low) * 0.382, low + (high - low) * 0.618
            low, high = (low, b) if misfit(a) < misfit(b) else (a, high)
        return (low + high) / 2

    def error_deg(self) -> float:
        """The greatest distance between hand and ring."""
        return max(abs(deg - self.hand(t)) for t, deg in self._within())

    def ripple(self) -> float:
        """The rms of ring speed (step by step) less hand speed, over the rms of the hand's."""
        lag_s, edges = self.lag_s(), self._within()
        off = wanted = 0.0
        for (before_s, before), (now_s, now) in itertools.pairwise(edges):
            step_s = now_s - before_s
            hand = (self.hand(now_s - lag_s) - self.hand(before_s - lag_s)) / step_s
            off += step_s * ((now - before) / step_s - hand) ** 2
            wanted += step_s * hand**2
        return math.sqrt(off / wanted)

    def overshoot_steps(self) -> float:
        """How far the ring went beyond where the hand came to rest, steps."""
        end = self.hand(self.duration_s)
        return max(0.0, max(math.copysign(1.0, end) * (deg - end) for _, deg in self.edges) * self.steps_per_deg + 0.5)

    def first_step_late_s(self) -> float:
        """From the hand's passing half a step to the first edge."""
        return self.edges[0][0] - self._passed_s()

    def untold_s(self) -> float:
        """How much of that had passed before the hand said anything of it: until its next event."""
        return self._asks_s() - self._passed_s()

    def first_step_after_word_s(self) -> float:
        """From the word that asks for it to the first edge: the first that says that the hand has passed half a step.

        Below 0 where the words before it were enough to foretell it.
        """
        return self.edges[0][0] - self._asks_s()

    def _passed_s(self) -> float:
        passed_s = 0.0
        while abs(self.hand(passed_s)) * self.steps_per_deg < 0.5:
            passed_s += 1e-5
        return passed_s

    def _asks_s(self) -> float:
        return next(at_s for at_s in self.sent_s if abs(self.hand(at_s)) * self.steps_per_deg >= 0.5)


@dataclass(frozen=True, slots=True)
class SlowLine:
    """A line that hands over what the unit says every so often only, as an FTDI's 16 ms: 0 is a good one.

    What the host says comes late by up to `late_s`, each word by another time, though its stamp says nothing of it.
    """

    every_s: float = 0.0
    late_s: float = 0.0

    def around(self, port: UnitPort, clock: Clock) -> UnitPort:
        """The port behind that line."""
        port = _Late(port, clock, self.late_s) if self.late_s else port
        return _Bunching(port, clock, self.every_s) if self.every_s else port


class _Late:
    def __init__(self, port: UnitPort, clock: Clock, late_s: float) -> None:
        self.name = port.name
        self._port, self._clock, self._late_s = port, clock, late_s
        self._chance = random.Random(1)
        self._coming: list[tuple[float, bytes]] = []

    def read(self, timeout_s: float) -> bytes:
        end_s = self._clock.now() + timeout_s
        while True:
            while self._coming and self._coming[0][0] <= self._clock.now():
                self._port.write(self._coming.pop(0)[1])
            until_s = min(end_s, self._coming[0][0]) if self._coming else end_s
            data = self._port.read(max(0.0, until_s - self._clock.now()))
            if data or self._clock.now() >= end_s:
                return data

    def write(self, data: bytes) -> None:
        due_s = self._clock.now() + self._chance.uniform(0.0, self._late_s)
        before_s = self._coming[-1][0] if self._coming else due_s
        self._coming.append((max(due_s, before_s), data))

    def close(self) -> None:
        self._port.close()


class _Bunching:
    def __init__(self, port: UnitPort, clock: Clock, every_s: float) -> None:
        self.name = port.name
        self._port, self._clock, self._every_s = port, clock, every_s
        self._held = b""

    def read(self, timeout_s: float) -> bytes:
        end_s = self._clock.now() + timeout_s
        while True:
            due_s = (math.floor(self._clock.now() / self._every_s) + 1) * self._every_s
            while self._clock.now() < min(due_s, end_s):
                self._held += self._port.read(min(due_s, end_s) - self._clock.now())
            if self._clock.now() >= due_s and self._held:
                data, self._held = self._held, b""
                return data
            if self._clock.now() >= end_s:
                return b""

    def write(self, data: bytes) -> None:
        self._port.write(data)

    def close(self) -> None:
        self._port.close()


def client_of(bench: Bench, line: SlowLine | None = None) -> FollowFocusUnit:
    """The host's unit object on a bench, to be connected."""
    line = line or SlowLine()
    return FollowFocusUnit(Link(lambda _attempt: line.around(bench.open_port(), bench.clock), bench.clock))


def ready(unit: FollowFocusUnit) -> None:
    """The desk's own rig, in the middle of its ring."""
    unit.configure(DEFAULT_RIG)
    unit.set_reference(START_DEG)
    unit.set_limits(0.0, 300.0)


def follow(
    bench: Bench, unit: FollowFocusUnit, hand: Hand, duration_s: float, events: Events | None = None
) -> Followed:
    """Let `unit`, which is `ready` at its start, follow `hand`; the edges are those on the pins of `bench`."""
    events = events or Events()
    before = len(bench.steps())
    start = unit.status.position
    following, estimator = unit.follow(), HandEstimator()
    offset_s = bench.tick() / TICK_HZ - unit.clock.now()
    began_s = unit.clock.now()
    sent_s = []
    clicks, clicked_s = ClickLine(), 0.0
    clicks.begin(0.0)
    for at_s, speaks in _moments(events, duration_s):
        unit.link.sleep(max(0.0, began_s + at_s - unit.clock.now()))
        if not speaks:  # as stage/by_hand.py does it: between two samples the hand goes on along its course
            between = estimator.between(unit.clock.now())
            if between is not None and at_s - sent_s[-1] >= TICK_S * 0.7:
                following.send(between.position, between.rate, between.time_s)
            continue
        deg = hand(at_s)
        if events.grain_deg:  # as followfocus/hand does it: a wheel with clicks says its place as they pass
            while (clicked_s := clicked_s + CLICK_S) <= at_s:
                if events.felt(hand(clicked_s)) != events.felt(hand(clicked_s - CLICK_S)):
                    clicks.click(events.felt(hand(clicked_s)), clicked_s)
            clicked_s -= CLICK_S
            deg = clicks.at(at_s)
        line = estimator.add(began_s + at_s, start + deg * unit.steps_per_deg)
        following.send(line.position, line.rate, line.time_s)
        sent_s.append(at_s)
    evidence = following.close()
    steps = bench.steps()[before:]
    edges = tuple(_edges(steps, (began_s + offset_s) * TICK_HZ, unit.steps_per_deg))
    position = start + sum(step.direction for step in steps)
    return Followed(hand, duration_s, unit.steps_per_deg, edges, position, evidence, tuple(sent_s))


def follow_by_hand(
    bench: Bench,
    unit: FollowFocusUnit,
    hand: Hand,
    duration_s: float,
    events: Events | None = None,
    counts: float = 0.0,
) -> Followed:
    """The same through all that the app has between a wheel and the unit, with the manners that it begins with.

    The wheel is an absolute control, or with `counts` one without ends that has so many to a degree; it says something
    only where it has turned. Every 10 ms the hand is ticked.
    """
    events, before, start = events or Events(), len(bench.steps()), unit.status.position
    ended: list[FollowEvidence] = []
    stands_deg = unit.status.ring_deg or 0.0
    manners = HandManners(turn_counts=TRAVEL_DEG * (counts or 1.0))
    by_hand = ByHand(unit, WheelHand(manners, TRAVEL_DEG), ended.append)
    began_s = unit.clock.now()
    offset_s = bench.tick() / TICK_HZ - began_s
    sent_s, said, holds = [], 0.0, False
    for at_s, speaks in _moments(events, duration_s, REST_S):
        unit.link.sleep(max(0.0, began_s + at_s - unit.clock.now()))
        deg, now_s = hand(at_s), began_s + at_s
        if not speaks:
            by_hand.tick()
            continue
        turned = round(deg * counts) - round(said * counts)
        if turned:
            by_hand.hear(WheelTurned(now_s, "wheel", turned))
        elif not counts and (deg != said or not holds):
            by_hand.hear(WheelPlaced(now_s, "fader", (stands_deg + deg) / TRAVEL_DEG))
        if turned or holds:
            sent_s.append(at_s)
        said, holds = deg, not counts
        if by_hand.busy and not by_hand.active:
            by_hand.tick()  # the first word wakes who ticks
    by_hand.end()
    steps = bench.steps()[before:]
    edges = tuple(_edges(steps, (began_s + offset_s) * TICK_HZ, unit.steps_per_deg))
    position = start + sum(step.direction for step in steps)
    return Followed(hand, duration_s, unit.steps_per_deg, edges, position, ended[-1], tuple(sent_s))


def _moments(events: Events, duration_s: float, rest_s: float = 0.0) -> list[tuple[float, bool]]:
    """When the hand speaks, and when it is ticked, every 10 ms and still for `rest_s` after it: False."""
    ticks = [number * TICK_S + PHASE_S for number in range(round((duration_s + rest_s) / TICK_S))]
    return sorted([(at_s, True) for at_s in events.times(duration_s)] + [(at_s, False) for at_s in ticks])


def _edges(steps: list[Step], began_tick: float, steps_per_deg: float) -> Iterator[tuple[float, float]]:
    position = 0
    for step in steps:
        yield (step.tick - began_tick) / TICK_HZ, (position + step.direction / 2) / steps_per_deg
        position += step.direction

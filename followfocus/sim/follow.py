# SPDX-License-Identifier: MIT
"""Following a hand: step edges that keep to a line in time, with limited speed and acceleration.

The hand's newest word is a line: position and rate at a time. The ring is to turn at the line's rate, and faster or
slower by 40/s times how far it is off the line, but no faster towards it than it can still brake from. Below a speed
that can be had and lost within one step there is nothing to plan: each step is made alone, when the line passes half of
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, copysign, sqrt

from followfocus.sim.ramp import RampRules
from followfocus.wire.messages import (
    FOLLOW_AGE_MAX,
    FOLLOW_RATE_MAX,
    FOLLOW_SILENCE_S,
    POSITION_FRACTION,
    RATE_FRACTION,
    Follow,
)

REACH = 2**31 // POSITION_FRACTION
"""The farthest position that can be said in 1/256 steps."""
# As the firmware has it: how far the ring is off the line dies away with a time constant of 25 ms.
GAIN_PER_S = 40.0
BRAKE_SHARE = 0.75
"""How much of the acceleration is planned with for catching up with the hand; the rest is there to follow it."""
SLOW_STEPS_S = 256.0
"""Slow is below this, and below what one step can be made at from rest; single steps below three quarters of it."""
# A sixteenth more to turn back: a hand that trembles on a half step must not make the motor step to and fro.
HALF, HALF_BACK = 0.5, 0.5625
# Apart, so that a hand at just that speed doesn't go from single steps to a ramp and back at every step.
DOWN_SHARE, UP_SHARE = 0.75, 0.9375


@dataclass(frozen=True, slots=True)
class HandWord:
    """Where a hand is, in steps, at tick `at`, and its steps/s from then on."""

    position: float
    rate: float
    at: int

    @classmethod
    def of(cls, message: Follow, now: int) -> HandWord:
        """From the wire, the message having come at tick `now`."""
        return cls(message.position / POSITION_FRACTION, message.rate / RATE_FRACTION, now - message.age)


def makes_sense(word: Follow) -> bool:
    """The word is about the present, not held up on the way, and asks for a speed that a motor can have."""
    return abs(word.age) <= FOLLOW_AGE_MAX and abs(word.rate) <= FOLLOW_RATE_MAX


class HandPause:
    """Finds a hand's first word after a pause: a stopped ring must not start again in the middle of a turn."""

    def __init__(self) -> None:
        self._last: int | None = None

    def over(self, now: int, tick_hz: int) -> bool:
        """A word has come at tick `now`."""
        last, self._last = self._last, now
        return last is None or now - last >= FOLLOW_SILENCE_S * tick_hz


class Follower:
    """A motion after a hand, from rest at `position`. `next_tick` is the tick of the next edge; None: none is due."""

    def __init__(self, rules: RampRules, position: int, now: int, direction: int) -> None:
        self._rules = rules
        self.position = position
        self.speed = 0.0
        self.direction, self.direction_made = direction, direction or 1
        """The directions of the next step and of the last; before any, as a unit begins: towards the end of travel"""
        self.next_tick: int | None = None
        self.heard_tick = now
        self.anchor = now - rules.tick_hz  # the last edge
        self._next_speed = 0.0
        self._line = HandWord(position, 0.0, now)
        self._slow = min(SLOW_STEPS_S, sqrt(rules.accel), rules.tick_hz / rules.min_interval_ticks)

    @property
    def silence_tick(self) -> int:
        """When the hand counts as gone, if nothing more is heard of it."""
        return self.heard_tick + round(FOLLOW_SILENCE_S * self._rules.tick_hz)

    def hear(self, line: HandWord, now: int) -> None:
        """The hand's newest line."""
        self._line, self.heard_tick = line, now
        self._plan(now)

    def step(self) -> None:
        """Take the edge at `next_tick`."""
        assert self.next_tick is not None
        now = self.next_tick
        self.position += self.direction
        self.direction_made = self.direction
        self.speed, self.anchor = self._next_speed, now
        self._plan(now)

    # Planning ---------------------------------------------------------------------------------------------------------

    def _off(self, tick: int) -> float:
        """How far ahead of the ring the line is at `tick`, steps."""
        line = self._line
        return line.position + line.rate * (tick - line.at) / self._rules.tick_hz - self.position

    def _wanted(self, tick: int) -> float:
        """The speed to turn at, steps/s, its sign the direction."""
        off = self._off(tick)
        # Near the line in proportion, so that it closes in without ringing; far from it no faster than v² = 2as lets it
        # brake.
        towards = min(GAIN_PER_S * abs(off), sqrt(2 * BRAKE_SHARE * self._rules.accel * abs(off)))
        return self._line.rate + copysign(towards, off)

    def _room(self, direction: int) -> int:
        low, high = self._rules.limits
        return max(0, high - self.position if direction > 0 else self.position - low)

    def _plan(self, now: int) -> None:
        """Set `next_tick`, and the speed at it, for the step after the last edge."""
        if self.speed:
            self._plan_moving(now)
        if not self.speed:
            self._plan_alone(now)

    def _plan_moving(self, now: int) -> None:
        accel, before = self._rules.accel, self.speed**2
        room = self._room(self.direction)
        # What can be had within a step, and what can still stand before the limit.
        wanted = max(0.0, self._wanted(max(now, self.anchor)) * self.direction)
        after = min(before + 2 * accel, max(before - 2 * accel, wanted**2))
        after = min(after, 2 * accel * max(0, room - 1), (self._rules.tick_hz / self._rules.min_interval_ticks) ** 2)
        if room == 0 or (after < (DOWN_SHARE * self._slow) ** 2 and before <= accel + 1e-6):
            self.speed = 0.0
            return
        self._next_speed = sqrt(after)
        # Under even acceleration a step takes one over the mean of the speeds at both of its edges.
        mean = (self.speed + self._next_speed) / 2
        ticks = max(ceil(self._rules.tick_hz / mean), self._rules.min_interval_ticks)
        self.next_tick = max(self.anchor + ticks, now)

    def _half(self, sense: int) -> float:
        """How far off the line asks for a step: half of one, and a little more back, against a trembling ring."""
        return HALF if sense == self.direction_made else HALF_BACK

    def _plan_alone(self, now: int) -> None:
        """From rest: one step when the line has passed half of it, and no sooner than a slow step after the last."""
        rules, line = self._rules, self._line
        tick = now
        off = self._off(tick)
        sense = 1 if off > 0 else -1
        if abs(off) < self._half(sense):
            if line.rate == 0.0:
                self.next_tick = None
                return
            sense = 1 if line.rate > 0 else -1
            tick += ceil((sense * self._half(sense) - off) / line.rate * rules.tick_hz)
        if self._room(sense) == 0 or tick > self.silence_tick:
            self.next_tick = None
            return
        pause = rules.tick_hz / self._slow + (rules.dir_setup_ticks if sense != self.direction else 0)
        self.direction = sense
        self.next_tick = max(tick, ceil(self.anchor + pause), now + rules.dir_setup_ticks)
        wanted = self._wanted(self.next_tick) * sense
        self._next_speed = min(wanted, self._slow) if wanted > UP_SHARE * self._slow else 0.0

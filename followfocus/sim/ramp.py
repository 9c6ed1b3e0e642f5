# SPDX-License-Identifier: MIT
"""Go-to and jog: step edges with limited speed and acceleration, towards an aim that may change at any time.

Acceleration is bounded by a (steps/s²), so with v the speed at an edge, v² changes by at most 2a from edge to edge. A
ramp that must stand after n more steps may have v² = 2an at most: that is the whole planner, asked anew at every edge
and at every change of aim. Standing still takes less than half a step where v² <= a, and is done at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf, sqrt

FULL_RANGE = (-(2**31), 2**31 - 1)


@dataclass(frozen=True, slots=True)
class RampRules:
    """The limits of a ramp: acceleration in steps/s², ticks from step to step, ticks to turn round, soft limits."""

    tick_hz: int
    accel: float
    min_interval_ticks: int
    dir_setup_ticks: int
    limits: tuple[int, int]


class Ramp:
    """A motion from `position`, whose last edge was at tick `since` at `speed` steps/s (0: at rest) in `direction`.

    `next_tick` is the tick of the next edge, None at rest. `at_limit` says that the last rest was made by a soft limit.
    """

    def __init__(self, rules: RampRules, position: int, since: int, speed: float = 0.0, direction: int = 0) -> None:
        self._rules = rules
        self.position = position
        self.speed = speed
        self.direction = direction
        self.next_tick: int | None = None
        self.at_limit = False
        self._anchor = since  # the last edge, or when the ring began to move
        self._next_speed = 0.0
        self._target: int | None = None
        self._sense = 0
        self._cap = 0.0

    def aim_at(self, target: int, rate: float, now: int) -> None:
        """Go to `target` at up to `rate` steps/s."""
        self._target = target
        self._cap = self._held(rate)
        self._plan(now)

    def aim_rate(self, rate: float, now: int) -> None:
        """Turn at `rate` steps/s, its sign the direction; 0 slows to rest."""
        self._target = None
        self._sense = (rate > 0) - (rate < 0)
        self._cap = self._held(abs(rate))
        self._plan(now)

    def hold_back(self, tick: int) -> None:
        """The next step was due at `tick`: one that slows down makes it no sooner."""
        if self.next_tick is not None and self.next_tick < tick:
            self.next_tick = tick
            self._next_speed = min(self._next_speed, self._rules.tick_hz / (tick - self._anchor))

    def step(self) -> None:
        """Take the edge at `next_tick`."""
        assert self.next_tick is not None
        self.position += self.direction
        self.speed = self._next_speed
        self._anchor = self.next_tick
        self._plan(self.next_tick)

    def _held(self, rate: float) -> float:
        return min(rate, self._rules.tick_hz / self._rules.min_interval_ticks)

    def _wanted(self) -> tuple[int, float]:
        """The direction to move in (0: none) and how many steps off the place to stand is."""
        if self._target is None:
            return (self._sense, inf) if self._cap else (0, 0)
        distance = self._target - self.position
        return (distance > 0) - (distance < 0), abs(distance)

    def _room(self, direction: int) -> int:
        low, high = self._rules.limits
        return max(0, high - self.position if direction > 0 else self.position - low)

    def _plan(self, now: int) -> None:
        """Set `next_tick` and the speed at it from the present speed and the aim."""
        sense, distance = self._wanted()
        if self.speed and sense != self.direction and self._may_rest(now):
            self.speed = 0.0
            self._anchor = now
        if self.speed == 0.0:
            self._plan_from_rest(sense, distance, now)
            return
        room = self._room(self.direction)
        if room == 0:
            self._rest(at_limit=True)
            return
        steps = min(distance, room) if sense == self.direction else 0
        self._schedule(steps, room, now, 0)

    def _may_rest(self, now: int) -> bool:
        elapsed_ticks = now - self._anchor
        speed = min(self.speed, self._rules.tick_hz / elapsed_ticks) if elapsed_ticks > 0 else self.speed
        return speed * speed <= self._rules.accel

    def _plan_from_rest(self, sense: int, distance: float, now: int) -> None:
        if sense == 0:
            self._rest(at_limit=False)
            return
        room = self._room(sense)
        if room == 0:
            self._rest(at_limit=True)
            return
        if self.next_tick is None:
            self._anchor = now
        turning = self.direction == -sense
        if turning:
            self._anchor = now
        self.direction = sense
        self._schedule(min(distance, room), room, now, self._rules.dir_setup_ticks if turning else 0)

    def _rest(self, at_limit: bool) -> None:
        self.speed = 0.0
        self.next_tick = None
        self.at_limit = at_limit

    def _schedule(self, steps: float, room: int, now: int, setup_ticks: int) -> None:
        """Plan one step, `steps` before the place to stand, `room` before the soft limit."""
        accel, before = self._rules.accel, self.speed * self.speed
        after = min(before + 2 * accel, self._cap * self._cap, 2 * accel * max(0.0, steps - 1))
        after = max(after, before - 2 * accel)
        # What a take left may be too fast for the limit: then slow down harder than `accel`, so as to stand at it.
        after = max(0.0, min(after, max(2 * accel, before / room) * (room - 1)))
        ticks = ceil(self._seconds(self.speed, sqrt(after)) * self._rules.tick_hz)
        ticks = max(ticks, self._rules.min_interval_ticks + setup_ticks)
        self._next_speed = sqrt(after)
        if self._anchor + ticks < now:  # the aim changed in the middle of a slow step
            mean = self._rules.tick_hz / (now - self._anchor)
            self._next_speed = min(self._next_speed, sqrt(mean * mean + accel))  # mean was half a step ago
        self.next_tick = max(self._anchor + ticks, now)

    def _seconds(self, before: float, after: float) -> float:
        """Time of one step from speed `before` to `after`: accelerate and then cruise, or cruise and then brake."""
        accel = self._rules.accel
        if before == after == 0.0:
            # One step from rest to rest: half of it speeding up, half of it slowing down.
            return 2 / sqrt(accel)
        share = abs(after * after - before * before) / (2 * accel)
        # The whole step at an even acceleration.
        if share >= 1.0:
            return 2 / (before + after)
        return abs(after - before) / accel + (1 - share) / max(before, after)

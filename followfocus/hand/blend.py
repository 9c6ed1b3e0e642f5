# SPDX-License-Identifier: MIT
"""Hand and plan together: where the ring is to be while a pull plays and a wheel turns. Pure; time is an argument.

    ride       the wheel adds to the plan, within a bound; after the landing it is let go, or kept as the mark's trim
    take over  the plan plays until the wheel is touched; then the ring is the wheel's, at the plan's speed at first
    scrub      the wheel turns time: the planned path, as fast and as far as the wheel goes, forwards and back

Each gives a place and a speed, and none of them jumps in either: what the wheel adds comes in at the wheel's own speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from followfocus.hand.estimate import HandLine
from followfocus.motion.motion import Motion

RIDE_DEG = 15.0
"""How far the wheel may lead away from the plan, where a cue doesn't say."""
RIDE_WITHIN = (-RIDE_DEG, RIDE_DEG)
# Slow enough for the ring to glide back to the mark; at once it would snap.
LET_GO_S = 1.0
TOUCH_DEG = 0.3
"""A wheel that has turned so far has been touched."""
TAKE_UP_S = 0.3
"""How long the plan's speed takes to die away once the wheel has the ring."""
SLOWEST_SCRUB_DEG_S = 1.0


class Together(Enum):
    """The wheel's part while a pull plays; a cue says which."""

    RIDE = "ride"
    TAKE_OVER = "take over"
    SCRUB = "scrub"


@dataclass(frozen=True, slots=True)
class RingLine:
    """Where the ring is to be, and its speed then."""

    ring_deg: float
    speed_deg_s: float


class Blend(Protocol):
    """Hand and plan made one. Wheel angles are ring degrees from where the wheel was at the start."""

    trim_deg: float
    """How far off the plan the ring was left on purpose"""

    def at(self, t: float, wheel: HandLine, /) -> RingLine:
        """The ring at `t` seconds since the start; times must not decrease."""
        ...

    def over(self, t: float, rested_s: float, /) -> bool:
        """Nothing more comes; the wheel has rested for so long."""
        ...


RESTED_S = 0.6
"""A wheel that has the ring, and has rested so long after the pull's own time, is done."""


def on_plan(motion: Motion, t: float) -> RingLine:
    """The plan at `t`: at rest before and after it."""
    if t <= 0.0:
        return RingLine(motion.start_deg, 0.0)
    if t >= motion.duration_s:
        return RingLine(motion.end_deg, 0.0)
    return RingLine(motion.ring_deg(t), motion.speed_deg_s(t))


class Ride:
    """The wheel's turn is added, from `within_deg[0]` below 0 to `within_deg[1]` above it.

    After the landing it is let go in 1 s, or with `keep` kept. Either begins at the wheel's speed: a wheel that turns
    while the pull lands makes no jump.
    """

    def __init__(self, motion: Motion, within_deg: tuple[float, float] = RIDE_WITHIN, *, keep: bool = False) -> None:
        self.trim_deg = 0.0
        self._motion, self._within_deg, self._keep = motion, within_deg, keep
        self._landed: tuple[float, float] | None = None  # what was added, and its speed

    def at(self, t: float, wheel: HandLine, /) -> RingLine:
        """The ring at `t` seconds since the start."""
        plan = on_plan(self._motion, t)
        since_s = t - self._motion.duration_s
        if since_s < 0.0:
            offset, speed = self._added(wheel)
        else:
            # Once, at the first look after the landing: what the wheel does from then on is not the take's.
            self._landed = self._landed or self._added(wheel)
            offset, speed = (_dying if self._keep else _let_go)(*self._landed, since_s)
            self.trim_deg = offset if self._keep else 0.0
        return RingLine(plan.ring_deg + offset, plan.speed_deg_s + speed)

    def over(self, t: float, _rested_s: float, /) -> bool:
        """The plan has landed, and what was added is gone or kept."""
        return t >= self._motion.duration_s + (TAKE_UP_S if self._keep else LET_GO_S)

    def _added(self, wheel: HandLine) -> tuple[float, float]:
        least, most = self._within_deg
        # At its bound the wheel may turn on, but the ring doesn't: a speed without a way would overshoot.
        # Strictly: on the bound itself the ring stands already, and a speed would carry it past.
        inside = least < wheel.position < most
        return min(max(wheel.position, least), most), wheel.rate if inside else 0.0


def _dying(deg: float, deg_s: float, t: float) -> tuple[float, float]:
    """A place and speed that come to rest within TAKE_UP_S."""
    # The speed falls as (1 − t/T)², so that it comes to rest without a corner; the place is the integral of that.
    left = max(0.0, 1.0 - t / TAKE_UP_S)
    return deg + deg_s * TAKE_UP_S / 3.0 * (1.0 - left**3), deg_s * left * left


def _let_go(deg: float, deg_s: float, t: float) -> tuple[float, float]:
    """A place and speed that come to nothing within LET_GO_S: Hermite's cubic."""
    # Hermite's basis h00 and h10, towards 0 at speed 0: neither place nor speed jumps at either end.
    u = min(1.0, t / LET_GO_S)
    place = deg * (1.0 + u * u * (2.0 * u - 3.0)) + deg_s * LET_GO_S * u * (1.0 - u) ** 2
    return place, deg * 6.0 * u * (u - 1.0) / LET_GO_S + deg_s * (1.0 - u) * (1.0 - 3.0 * u)


class TakeOver:
    """The plan's until the wheel has turned by `TOUCH_DEG`, and then the wheel's."""

    def __init__(self, motion: Motion) -> None:
        self.trim_deg = 0.0
        self.taken_s: float | None = None
        """When the wheel took the ring, s since the start"""
        self._motion = motion
        self._ring_deg = self._wheel_deg = self._too_fast_deg_s = 0.0

    def at(self, t: float, wheel: HandLine, /) -> RingLine:
        """The ring at `t` seconds since the start."""
        plan = on_plan(self._motion, t)
        if self.taken_s is None and abs(wheel.position) >= TOUCH_DEG:
            self.taken_s = t
            self._ring_deg, self._wheel_deg = plan.ring_deg, wheel.position
            # What the plan was faster than the wheel dies away by itself, or taking over would be a jolt.
            self._too_fast_deg_s = plan.speed_deg_s - wheel.rate
        if self.taken_s is None:
            return plan
        from_deg = self._ring_deg + wheel.position - self._wheel_deg
        ring_deg, too_fast_deg_s = _dying(from_deg, self._too_fast_deg_s, t - self.taken_s)
        self.trim_deg = ring_deg - self._motion.end_deg
        return RingLine(ring_deg, wheel.rate + too_fast_deg_s)

    def over(self, t: float, rested_s: float, /) -> bool:
        """The plan has landed untouched, or the wheel rests after the plan's time."""
        # Untouched it is a plain pull; once touched the hand says when it is over, by resting.
        return t >= self._motion.duration_s and (self.taken_s is None or rested_s >= RESTED_S)


class Scrub:
    """The wheel turns time: a turn as long as the pull's travel is the pull's whole duration."""

    def __init__(self, motion: Motion) -> None:
        self.trim_deg = 0.0
        self._motion = motion
        travel_deg = abs(motion.end_deg - motion.start_deg)
        # A second to a degree of the wheel at most: on a pull that hardly moves, a touch would run through all of it.
        self._s_per_deg = 1.0 / max(SLOWEST_SCRUB_DEG_S, travel_deg / motion.duration_s)
        # The wheel goes the ring's way, not time's: a pull to infinity is scrubbed by turning to infinity.
        self._sense = 1.0 if motion.end_deg >= motion.start_deg else -1.0

    def at(self, _t: float, wheel: HandLine, /) -> RingLine:
        """The ring for the time that the wheel has turned to."""
        planned_s = self._sense * wheel.position * self._s_per_deg
        plan = on_plan(self._motion, planned_s)
        self.trim_deg = plan.ring_deg - self._motion.end_deg
        return RingLine(plan.ring_deg, plan.speed_deg_s * self._sense * wheel.rate * self._s_per_deg)

    def over(self, _t: float, rested_s: float, /) -> bool:
        """The wheel has come to the path's end, and rests there."""
        # Exactly: past the path's end time stands at its end, and there the ring is on the mark to the last digit.
        return rested_s >= RESTED_S and self.trim_deg == 0.0


def blend_of(
    together: Together, motion: Motion, within_deg: tuple[float, float] = RIDE_WITHIN, *, keep: bool = False
) -> Blend:
    """The blend that a cue asks for; `keep` is whether what was ridden, within `within_deg`, is kept as a trim."""
    if together is Together.RIDE:
        return Ride(motion, within_deg, keep=keep)
    return TakeOver(motion) if together is Together.TAKE_OVER else Scrub(motion)

# SPDX-License-Identifier: MIT
"""Lash take-up: the motor leads the ring by half the lash and by its own sag, so that the ring follows the plan.

Between motor and ring there is play, and under friction a stepper stands a little behind its field. Both make the ring
lag in the direction of motion, by the same amount both ways. So the motor leads by that amount while the ring turns one
way, and changes sides where the ring turns round: in the hold, or where it is short in the first moments of the next
leg, while the ring hardly moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from followfocus.arrays import FloatArray, ascending
from followfocus.lens.optics import rotor_sag_deg
from followfocus.motion.motion import MonotonePiece, Motion, Span
from followfocus.motion.motor import Rig

CHANGE_S = 0.2
"""The longest a change of sides takes."""
# A fifth of a leg: so far minimum jerk has gone less than a sixteenth of its way.
SHARE_OF_LEG = 0.2
LEAST_HOLD_S = 0.1
"""A shorter hold has no room for a change of sides, nor does the rotor come to rest in it."""
PEAK_SPEED, PEAK_ACCEL = 1.875, 5.7735026919
_PEAKS = (PEAK_SPEED, PEAK_ACCEL, 60.0)
"""Peak speed, acceleration and jerk of the minimum-jerk step in units of 1/T, 1/T², 1/T³."""


@dataclass(frozen=True, slots=True)
class Led:
    """A span with the motor ahead by `before_deg`, and from `at_s` on, over `over_s`, by `after_deg`."""

    span: Span
    before_deg: float
    after_deg: float
    at_s: float
    over_s: float

    @property
    def length_s(self) -> float:
        """As long as the span."""
        return self.span.length_s

    def derivative(self, t: FloatArray, order: int) -> FloatArray:
        """The span's, and the change of sides on top."""
        base = self.span.derivative(t, order)
        change = self.after_deg - self.before_deg
        if change == 0.0:
            return base + self.before_deg if order == 0 else base
        u = np.clip((t - self.at_s) / self.over_s, 0.0, 1.0)
        # The minimum-jerk step (Flash and Hogan 1985): it leaves and reaches rest without acceleration, so it adds no
        # corner to the span's own motion, wherever in it it lies.
        if order == 0:
            return base + self.before_deg + change * u**3 * (10 - 15 * u + 6 * u**2)
        shape = 30 * u**2 * (1 - u) ** 2 if order == 1 else 60 * u * (1 - u) * (1 - 2 * u)
        return base + change / self.over_s**order * shape

    def peak(self, order: int) -> float:
        """At most the span's and the change's together."""
        # The two need not peak together: their sum may make a pull longer than it had to be, never faster than it may.
        change = abs(self.after_deg - self.before_deg)
        return self.span.peak(order) + (change * _PEAKS[order - 1] / self.over_s**order if change else 0.0)

    def pieces(self) -> list[MonotonePiece]:
        """The span's: a change of sides goes the way the span goes, or turns a hold into a small move."""
        made = []
        for piece in self.span.pieces():
            ends = self.derivative(np.array([piece.start_s, piece.end_s]), 0)
            made.append(MonotonePiece(piece.start_s, piece.end_s, float(ends[0]), float(ends[1])))
        return made

    def looks_s(self) -> FloatArray:
        """The span's, and the change of sides."""
        change = self.at_s + self.over_s * np.linspace(0.0, 1.0, 65)
        return ascending(np.concatenate([self.span.looks_s(), np.clip(change, 0.0, self.length_s)]))


def lead_deg(rig: Rig) -> float:
    """How far the motor is ahead of the ring, in whole steps: half the lash, and half the rotor's sag.

    Of the sag anything from none to all is left at rest, so half is the best guess.
    """
    sag_deg = rotor_sag_deg(rig.friction_at_motor_nm / rig.running_torque_nm, rig.ring_deg_per_full_step)
    # Whole steps: a mark that lies on a step does so from either side.
    return round((rig.lash_deg + sag_deg) / 2 * rig.steps_per_deg) * rig.ring_deg_per_step


def motor_motion(motion: Motion, ahead_deg: float) -> Motion:
    """The motor's motion, in ring degrees, that takes the ring along `motion` when it lags by `ahead_deg`.

    A span that turns within itself (a recorded hand pull) is led one way throughout, the way it ends.
    """
    if ahead_deg == 0.0 or not motion.spans:
        return motion
    ways = _ways([_way(span) for span in motion.spans])
    side = ways[0]
    spans = []
    for span, own, coming in zip(motion.spans, ways, [*ways[1:], ways[-1]], strict=True):
        rests = _way(span) == 0
        # A hold changes sides for the leg that follows; one too short for it leaves that to the leg.
        wanted = (coming if span.length_s >= LEAST_HOLD_S else side) if rests else own
        over_s = change_s(span.length_s, rests=rests)
        # In a hold it ends with it: the lead stands as the next leg begins, and until then the ring rests as it came.
        # In a leg it comes first, while the ring hardly moves: later it would add to the leg's own peaks.
        at_s = span.length_s - over_s if rests else 0.0
        spans.append(Led(span, side * ahead_deg, wanted * ahead_deg, at_s, over_s))
        side = wanted
    return Motion(tuple(spans))


def change_s(length_s: float, *, rests: bool) -> float:
    """How long a change of sides takes within a rest or a leg of `length_s`."""
    return min(CHANGE_S, length_s * (1.0 if rests else SHARE_OF_LEG))


def _way(span: Span) -> int:
    """The direction in which a span ends, 0 where it rests."""
    for piece in reversed(span.pieces()):
        if piece.end_deg != piece.start_deg:
            return 1 if piece.end_deg > piece.start_deg else -1
    return 0


def _ways(own: list[int]) -> list[int]:
    """Each span's direction, that of a rest being the one before it; a rest at the beginning has the first one's."""
    first = next((way for way in own if way), 1)
    ways: list[int] = []
    for way in own:
        ways.append(way or (ways[-1] if ways else first))
    return ways

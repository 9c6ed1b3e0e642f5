# SPDX-License-Identifier: MIT
"""How a hand goes on until its next word: straight on, along a parabola, or, if it speaks seldom, along a cubic.

At thirty words a second a hand's speed changes by a third between two of them, so its course must be foretold, and the
finer curve foretells a smooth hand better. It foretells a noisy one worse: what trembles in the last four samples, as
of a wheel with coarse counts, the cubic blows up eightfold. So every sample is held against what each curve had
foretold of it. A curve that is farther off than the straight line again and again is believed the less.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HandSample = tuple[float, float]
"""Time in seconds, position"""
SAMPLES = 4
KEEPS = 0.8
"""How much of a doubt is left at the next sample"""
WORSE = {2: 2.25, 3: 4.0}
"""So much greater is the square of what a curve of this order is off than the straight line's, where it is doubted: of
pure noise 3.3 and 12, of a hand that begins to brake 1"""
MOST_DOUBT, NO_DOUBT = 0.4, 0.1
EXACT = 1e-12
"""Misses below this share of the way are rounding errors"""


@dataclass(frozen=True, slots=True)
class Course:
    """From the newest sample on: speed, its change a second, and the change of that."""

    rate: float
    bend: float = 0.0
    jerk: float = 0.0

    def way(self, after_s: float) -> float:
        """How far it goes in that time."""
        return after_s * (self.rate + after_s * (self.bend / 2.0 + after_s * self.jerk / 6.0))

    def towards(self, other: Course, share: float) -> Course:
        """A course between this one (share 0) and the other (share 1)."""
        return Course(self.rate + share * (other.rate - self.rate), self.bend + share * (other.bend - self.bend))


def straight(before: HandSample, now: HandSample) -> Course:
    """Through two samples."""
    return Course((now[1] - before[1]) / (now[0] - before[0]))


def parabola(first: HandSample, before: HandSample, now: HandSample) -> Course:
    """Through three."""
    # The slope between two samples is the speed half way between them, so it is carried on by half a gap.
    slope, slope_before = straight(before, now).rate, straight(first, before).rate
    bend = 2.0 * (slope - slope_before) / (now[0] - first[0])
    return Course(slope + bend * (now[0] - before[0]) / 2.0, bend)


def cubic(samples: Sequence[HandSample]) -> Course:
    """Through four (Newton's divided differences)."""
    oldest, first, before, now = samples
    bent = parabola(first, before, now)
    third = (bent.bend - parabola(oldest, first, before).bend) / 2.0 / (now[0] - oldest[0])
    step_s, two_s = now[0] - before[0], now[0] - first[0]
    # Newton's form, differentiated at the newest sample: the terms that vanish there are left out.
    return Course(bent.rate + third * step_s * two_s, bent.bend + 2.0 * third * (step_s + two_s), 6.0 * third)


class Foreteller:
    """A hand's course, foretold from its four newest samples and from how right each curve was so far. One a hand."""

    def __init__(self) -> None:
        self._doubts = dict.fromkeys(WORSE, 0.0)
        self._foretold: tuple[Course, ...] = ()

    def held_against(self, gap_s: float, way: float) -> None:
        """Hold the next sample against the courses foretold: it came `gap_s` later, and `way` farther on."""
        # Squares, as WORSE is of squares: noise adds by its variance.
        offs = [(way - course.way(gap_s)) ** 2 for course in self._foretold]
        for order, off in enumerate(offs[1:], 2):
            worse = off > WORSE[order] * offs[0] + EXACT * way * way
            self._doubts[order] = KEEPS * self._doubts[order] + (1.0 - KEEPS) * worse
        # Once only: what was foretold of this sample says nothing of the one after it.
        self._foretold = ()

    def course(self, samples: Sequence[HandSample], *, seldom: bool) -> Course:
        """The course from the newest of the last three or four samples on; the cubic is for those that come seldom."""
        line, bent = straight(*samples[-2:]), parabola(*samples[-3:])
        if len(samples) < SAMPLES:
            # Too few yet to have held a curve against.
            return bent
        # Parts of both, not one or the other: a curve that is dropped at once would be a jump in speed.
        course = line.towards(bent, self._trust(2))
        if not seldom:
            self._foretold = (line, bent)
            return course
        finest = cubic(samples)
        self._foretold = (line, bent, finest)
        return course.towards(finest, self._trust(3))

    def _trust(self, order: int) -> float:
        return max(0.0, min(1.0, (MOST_DOUBT - self._doubts[order]) / (MOST_DOUBT - NO_DOUBT)))

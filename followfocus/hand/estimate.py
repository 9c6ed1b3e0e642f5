# SPDX-License-Identifier: MIT
"""Where a hand is and how fast it turns, from the samples that it gives: what the unit is told to follow.

A hand's next samples lie on the line from its newest position at the rate given here. Where samples come often, the
rate is the slope at the newest of the parabola through the last three, turned on by its bend for a part of the time
until the next. A hand that brakes is not sent past where it would come to rest before the next sample tells, and one
that has turned round is not told to be faster than it was seen. Where samples come seldom, `courses` says how the hand
goes on, and `between`, asked every 10 ms, leads along that until the next.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from followfocus.hand.courses import SAMPLES, Course, Foreteller, HandSample, straight

SEEN_S = 0.004
"""How long after a sample the line is asked for on: less of the unit's lag than what it has in hand already."""
LEAD_SHARE, MOST_LEAD_S = 0.9, 0.012
SELDOM_S = 0.015
"""Samples that come farther apart than this come seldom"""
SELDOM_LEAD_S = 0.005
"""The lead of a word between two such samples: half the time until the next"""
OVERDUE = 1.4
"""A sample that is later than so many of the gaps before it is not on its way: the hand stands."""
PAUSE_S = 0.07
"""After such a pause the samples before say nothing any more: the unit has let go by then."""


@dataclass(frozen=True, slots=True)
class HandLine:
    """A hand at `time_s`, in the unit of its samples, and their change a second from then on."""

    time_s: float
    position: float
    rate: float


class HandEstimator:
    """Samples in (time in seconds, position in any unit), the line to follow out. Pure; one for each hand."""

    def __init__(self) -> None:
        self._samples: list[HandSample] = []
        self._foreteller = Foreteller()
        self._heard_s, self._gap_s = -math.inf, 0.0  # when it last spoke, and how long after the word before
        self._assumed = False  # the newest sample is none of the hand's own
        self._course: Course | None = None  # from the newest sample on, where there is anything to say until the next
        self._line: HandLine | None = None

    def add(self, time_s: float, position: float, *, heard: bool = True) -> HandLine:
        """Take a sample in. One that is not newer than the last takes its place.

        Not `heard` is one of a hand that said nothing, and so stands: it holds until the hand speaks again.
        """
        samples = self._samples
        if samples and time_s - samples[-1][0] > PAUSE_S:
            samples.clear()
        # Assumed again: the one before was a guess of the same, and two of them would seem a hand that stands for long.
        if samples and (self._assumed and not heard):
            samples.pop()
        elif self._assumed and samples:
            self._stood_until(time_s)
        if samples and time_s <= samples[-1][0]:
            time_s = samples.pop()[0]
        if heard:
            self._hear(time_s, position)
        self._assumed = not heard
        samples.append((time_s, position))
        # Four are enough for the finest curve; what is older says nothing of a hand.
        del samples[:-SAMPLES]
        self._course = None
        # One that stands has no speed, also where a filter still creeps towards its place.
        self._line = HandLine(time_s, position, self._rate() if heard else 0.0)
        return self._line

    def onward(self, now_s: float) -> HandLine | None:
        """The last line again, as it goes on to now; None before the first sample."""
        line = self._line
        return None if line is None else HandLine(now_s, line.position + line.rate * (now_s - line.time_s), line.rate)

    def between(self, now_s: float) -> HandLine | None:
        """A hand before its next sample, if it brakes or speaks seldom: on along its course, braking to rest at most.

        None where the last line still holds, and where the next sample is overdue.
        """
        course = self._course
        if course is None:
            return None
        last_s, last = self._samples[-1]
        age_s = now_s - last_s
        # Overdue, it has stopped, or is slow: to lead on would be to make something up.
        if not 0.0 < age_s <= OVERDUE * self._mean_gap_s:
            return None
        brakes = course.bend * course.rate < 0.0
        # A parabola turns back after its top; a hand that has come to rest does not.
        gone_s = min(age_s, -course.rate / course.bend) if brakes else age_s
        rate = _led(course.rate, course.bend, age_s + (SELDOM_LEAD_S if self._is_seldom else 0.0))
        return HandLine(now_s, last + course.way(gone_s), rate)

    # How it is done ---------------------------------------------------------------------------------------------------

    @property
    def _mean_gap_s(self) -> float:
        """The mean of the last two gaps between samples."""
        return (self._samples[-1][0] - self._samples[-3][0]) / 2.0

    @property
    def _is_seldom(self) -> bool:
        return self._mean_gap_s > SELDOM_S

    def _hear(self, time_s: float, position: float) -> None:
        if time_s - self._heard_s <= PAUSE_S:
            self._gap_s = time_s - self._heard_s
        self._heard_s = time_s
        if self._samples:
            before_s, before = self._samples[-1]
            self._foreteller.held_against(time_s - before_s, position - before)

    def _stood_until(self, time_s: float) -> None:
        """A hand that was taken to stand speaks at `time_s`.

        It has moved, but not since that was last assumed: it may have begun right after it would have spoken before.
        """
        assumed_s, place = self._samples.pop()
        # The sooner of the two: a hand that is taken to have begun too late would seem faster than it was.
        stood_s = min(assumed_s, time_s - self._gap_s)
        if self._samples and stood_s - self._samples[-1][0] > PAUSE_S:
            self._samples.clear()
        if not self._samples or stood_s > self._samples[-1][0]:
            self._samples.append((stood_s, place))

    def _rate(self) -> float:
        if len(self._samples) < 2:
            return 0.0
        slope = straight(*self._samples[-2:]).rate
        if len(self._samples) < 3:
            return slope
        seldom = self._is_seldom
        course = self._foreteller.course(self._samples, seldom=seldom)
        # A parabola may bend round before its last sample: the hand then rests as likely as it turns.
        if course.rate * slope <= 0.0:
            return 0.0  # it has come to rest, or turned round, since the sample before
        if seldom or course.bend * course.rate < 0.0:
            self._course = course
        return self._within(_led(course.rate, course.bend, SELDOM_LEAD_S)) if seldom else self._led_often(course)

    def _led_often(self, course: Course) -> float:
        rate, bend = course.rate, course.bend
        # What the unit asks for after the sample came is in its hands already; only the rest can still be led.
        until_s = max(0.0, self._mean_gap_s - SEEN_S)
        ahead = rate + bend * min(MOST_LEAD_S, LEAD_SHARE * until_s)
        if bend * rate < 0.0:
            # v²/2b is the way to rest: at the told rate no more than that may be gone until the next sample.
            return max(0.0, min(1.0, ahead / rate, -rate / (2.0 * bend * until_s))) * rate if until_s else rate
        return self._within(ahead)

    def _within(self, rate: float) -> float:
        """No more than was seen, where it turned round somewhere between two samples.

        The parabola takes a sudden turn for one that goes on gaining speed.
        """
        before, now = (straight(*pair).rate for pair in itertools.pairwise(self._samples[-3:]))
        if before * now >= 0.0:
            return rate
        most = max(abs(now), abs(before))
        return max(-most, min(most, rate))


def _led(rate: float, bend: float, by_s: float) -> float:
    """The rate so much later; a hand that brakes comes to rest and goes no farther."""
    led = rate + bend * by_s
    return led if led * rate > 0.0 else 0.0

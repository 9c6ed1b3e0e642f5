# SPDX-License-Identifier: MIT
"""Where a hand is and how fast it turns, from the samples that it gives: what the unit is told to follow.

A hand's next samples lie on the line from its newest position at the rate given here. The rate is the slope at the
newest sample of the parabola through the last three, turned on by its bend for a part of the time until the next. A
hand that brakes is not sent past where it would come to rest before the next sample tells, and one that has turned
round is not told to be faster than it was seen.
"""

from __future__ import annotations

from dataclasses import dataclass

SEEN_S = 0.004
"""How long after a sample the line is asked for on: less of the unit's lag than what it has in hand already."""
LEAD_SHARE, MOST_LEAD_S = 0.9, 0.012
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
        self._samples: list[tuple[float, float]] = []
        self._brakes = 0.0
        """The bend, where the hand brakes, and the rate at the newest sample"""
        self._rate_now = 0.0
        self._line: HandLine | None = None

    def add(self, time_s: float, position: float) -> HandLine:
        """Take a sample in. One that is not newer than the last takes its place."""
        samples = self._samples
        if samples and time_s - samples[-1][0] > PAUSE_S:
            samples.clear()
        if samples and time_s <= samples[-1][0]:
            time_s = samples.pop()[0]
        samples.append((time_s, position))
        del samples[:-3]
        self._brakes = self._rate_now = 0.0
        self._line = HandLine(time_s, position, self._rate())
        return self._line

    def onward(self, now_s: float) -> HandLine | None:
        """The last line again, as it goes on to now; None before the first sample."""
        line = self._line
        return None if line is None else HandLine(now_s, line.position + line.rate * (now_s - line.time_s), line.rate)

    def between(self, now_s: float) -> HandLine | None:
        """A hand that brakes, before its next sample: on along its parabola, to rest at most.

        None where the last line still holds, and where the next sample is overdue.
        """
        if not self._brakes or not self._samples:
            return None
        (first_s, _), (last_s, last) = self._samples[0], self._samples[-1]
        age_s = now_s - last_s
        # Half of what the last three span is the mean of their two gaps.
        if not 0.0 < age_s <= OVERDUE * (last_s - first_s) / 2.0:
            return None
        brakes_s = min(age_s, -self._rate_now / self._brakes)
        rate = self._rate_now + self._brakes * brakes_s
        return HandLine(now_s, last + (self._rate_now + rate) / 2.0 * brakes_s, rate)

    def _rate(self) -> float:
        if len(self._samples) < 2:
            return 0.0
        (before_s, before), (now_s, now) = self._samples[-2:]
        step_s = now_s - before_s
        slope = (now - before) / step_s
        if len(self._samples) < 3:
            return slope
        first_s, first = self._samples[0]
        # Twice the second divided difference: the parabola's second derivative.
        slope_before = (before - first) / (before_s - first_s)
        bend = 2.0 * (slope - slope_before) / (now_s - first_s)
        # A chord's slope is the parabola's at the chord's middle; half a step further is the newest sample.
        rate = slope + bend * step_s / 2.0
        if rate * slope <= 0.0:
            return 0.0  # it has come to rest, or turned round, since the sample before
        # The next sample is due a mean gap from now, and the line is asked for a little after this one.
        until_s = max(0.0, (now_s - first_s) / 2.0 - SEEN_S)
        ahead = rate + bend * min(MOST_LEAD_S, LEAD_SHARE * until_s)
        if bend * rate < 0.0:
            self._brakes, self._rate_now = bend, rate
            # At rate² / (2 · |bend|) from here it stands. So much slower that, gone until the next sample, it isn't
            # passed.
            return max(0.0, min(1.0, ahead / rate, -rate / (2.0 * bend * until_s))) * rate if until_s else rate
        if slope_before * slope < 0.0:
            # It turned round somewhere between two samples. The parabola takes a sudden turn for one that goes on
            # gaining speed: no more is believed than was seen, either way round.
            most = max(abs(slope), abs(slope_before))
            return max(-most, min(most, ahead))
        return ahead

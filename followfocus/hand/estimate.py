# SPDX-License-Identifier: MIT
"""Where a hand is and how fast it turns, from the samples that it gives: what the unit is told to follow.

A hand's next samples lie on the line from its newest position at the rate given here. The rate is the slope at the
newest sample of the parabola through the last three, turned on by its bend for as long as the line holds, 8 ms at 100
samples a second: without that a braked stop runs 2 steps over, and the ripple of a sine doubles.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST_LEAD_S, MOST_LEAD_S = 0.004, 0.015
LEAD_S, LEAD_SHARE = 0.005, 0.3
"""How far ahead of the newest sample the rate is meant: 8 ms where they come every 10 ms, 15 where every 33."""
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

    def add(self, time_s: float, position: float) -> HandLine:
        """Take a sample in. One that is not newer than the last takes its place."""
        samples = self._samples
        if samples and time_s - samples[-1][0] > PAUSE_S:
            samples.clear()
        if samples and time_s <= samples[-1][0]:
            time_s = samples.pop()[0]
        samples.append((time_s, position))
        del samples[:-3]
        return HandLine(time_s, position, self._rate())

    def _rate(self) -> float:
        if len(self._samples) < 2:
            return 0.0
        (before_s, before), (now_s, now) = self._samples[-2:]
        step_s = now_s - before_s
        slope = (now - before) / step_s
        if len(self._samples) < 3:
            return slope
        first_s, first = self._samples[0]
        bend = 2.0 * (slope - (before - first) / (before_s - first_s)) / (now_s - first_s)
        rate = slope + bend * step_s / 2.0
        ahead = rate + bend * _lead_s((now_s - first_s) / 2.0)
        return ahead if ahead * rate > 0.0 else 0.0


def _lead_s(period_s: float) -> float:
    return min(MOST_LEAD_S, max(LEAST_LEAD_S, LEAD_S + LEAD_SHARE * period_s))

# SPDX-License-Identifier: MIT
"""Ring angle over time, as an exact curve: made of a pull, or of the samples of a hand's pull.

A Motion is a row of spans without gaps: holds, single legs that follow their easing, and runs of polynomials.

Through a mark the ring does not stop. Its speed there is the harmonic mean of the neighbouring mean speeds, weighted as
by Fritsch and Butland (1984), its acceleration nought, and each leg is the quintic that joins these: minimum jerk when
both ends rest. A quintic between speeds v₀, v₁ ≥ 0 of at most twice the mean m never turns back, because its speed is
v₀(1 − s) + v₁ s + 30u²(1 − u)²(m − (v₀ + v₁)/2) with s = 3u² − 2u³. So a through mark is never overshot, and
acceleration never steps.
A mark where the direction turns is a stop in any case.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import overload

import numpy as np

from followfocus.arrays import FloatArray, parabola_slopes, places_in, within
from followfocus.errors import RequestError
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.spans import (
    Eased,
    HoldSpan,
    MonotonePiece,
    PolynomialRun,
    Span,
    Stretched,
    hermite,
    pchip_slopes,
    quintic,
)

__all__ = ["FloatArray", "MonotonePiece", "Motion", "Span", "motion_of"]


class Motion:
    """Ring angle over time from 0 to `duration_s`; outside it rests at its ends."""

    def __init__(self, spans: tuple[Span, ...]) -> None:
        """`spans` follow each other; an empty row is a motion that takes no time, at 0°."""
        self._spans = spans
        self._starts = np.concatenate([[0.0], np.cumsum([span.length_s for span in spans])])

    @property
    def spans(self) -> tuple[Span, ...]:
        """Its parts, in order."""
        return self._spans

    @property
    def duration_s(self) -> float:
        """From the start to the end, holds included."""
        return float(self._starts[-1])

    @property
    def start_deg(self) -> float:
        """Where the ring rests before."""
        return self.ring_deg(0.0)

    @property
    def end_deg(self) -> float:
        """Where it lands."""
        return self.ring_deg(self.duration_s)

    @overload
    def ring_deg(self, t: float) -> float: ...
    @overload
    def ring_deg(self, t: FloatArray) -> FloatArray: ...
    def ring_deg(self, t: float | FloatArray) -> float | FloatArray:
        """Ring degrees at times in seconds; same shape as `t`."""
        return self._at(t, 0)

    @overload
    def speed_deg_s(self, t: float) -> float: ...
    @overload
    def speed_deg_s(self, t: FloatArray) -> FloatArray: ...
    def speed_deg_s(self, t: float | FloatArray) -> float | FloatArray:
        """Ring speed; nought outside."""
        return self._at(t, 1)

    @overload
    def accel_deg_s2(self, t: float) -> float: ...
    @overload
    def accel_deg_s2(self, t: FloatArray) -> FloatArray: ...
    def accel_deg_s2(self, t: float | FloatArray) -> float | FloatArray:
        """Ring acceleration; nought outside."""
        return self._at(t, 2)

    def _at(self, t: float | FloatArray, order: int) -> float | FloatArray:
        given = np.asarray(t, dtype=np.float64)
        flat = within(given.ravel(), 0.0, self.duration_s)
        # One span is the usual case: a mask that is all true would cost a copy of it.
        made = self._spans[0].derivative(flat, order) if len(self._spans) == 1 else self._by_span(flat, order)
        if order:
            # Clipped to the ends it stands there, but an end's own derivative may be a step.
            made[(given.ravel() < 0.0) | (given.ravel() > self.duration_s)] = 0.0
        return float(made[0]) if given.ndim == 0 else made.reshape(given.shape)

    def _by_span(self, flat: FloatArray, order: int) -> FloatArray:
        made = np.zeros_like(flat)
        number = places_in(self._starts, flat)
        for index, span in enumerate(self._spans):
            here = number == index
            made[here] = span.derivative(np.minimum(flat[here] - self._starts[index], span.length_s), order)
        return made

    @cached_property
    def peak_speed(self) -> float:
        """Greatest ring speed, °/s."""
        return max((span.peak(1) for span in self._spans), default=0.0)

    @cached_property
    def peak_accel(self) -> float:
        """Greatest ring acceleration, °/s²; inf where the speed jumps."""
        return max((span.peak(2) for span in self._spans), default=0.0)

    @cached_property
    def peak_jerk(self) -> float:
        """Greatest jerk inside the spans, °/s³; inf where the acceleration jumps inside one."""
        return max((span.peak(3) for span in self._spans), default=0.0)

    def looks_s(self) -> FloatArray:
        """Times at which to look so as to see all that it does, both sides of every joint: ascending."""
        looks = []
        for start, end, span in zip(self._starts[:-1], self._starts[1:], self._spans, strict=True):
            looks.append(start + span.looks_s())
            # Just before the joint, since the joint itself is looked at as the next one's beginning.
            looks[-1][-1] = np.nextafter(end, start)
        return np.concatenate([*looks, self._starts[-1:]])

    @cached_property
    def pieces(self) -> tuple[MonotonePiece, ...]:
        """Stretches in which the ring turns one way or rests, in order and without gaps."""
        return tuple(
            MonotonePiece(start + p.start_s, start + p.end_s, p.start_deg, p.end_deg)
            for start, span in zip(self._starts, self._spans, strict=False)
            for p in span.pieces()
        )

    def stretched(self, factor: float) -> Motion:
        """The same path `factor` times as slow, holds included."""
        if not (math.isfinite(factor) and factor > 0):
            raise RequestError(f"A motion can't be stretched by {factor:g}.")
        return Motion(tuple(Stretched(span, factor) for span in self._spans))

    @classmethod
    def from_track(
        cls,
        times_s: FloatArray,
        ring_deg: FloatArray,
        smooth_s: float = 0.0,
        *,
        rest_ends: bool = False,
        rounds: bool = False,
    ) -> Motion:
        """A recorded pull: a monotone cubic through samples, which never leaves the span between two of them.

        `times_s` must rise; the motion starts at the first. `smooth_s`: half the width of a triangular window that
        takes encoder noise out first (the ends stay). Slopes after Fritsch and Butland (1984), as in PCHIP;
        `rest_ends` starts and lands with no speed, for a recording that was cut while the ring turned. `rounds`: a
        turn back may lie between two samples, a little past both, where a hand's is; a monotone cubic turns at a
        sample alone, up to three times as sharply.
        """
        times, ring = np.asarray(times_s, dtype=np.float64), np.asarray(ring_deg, dtype=np.float64)
        if times.ndim != 1 or times.shape != ring.shape or len(times) < 2:
            raise RequestError("A recorded pull needs at least two samples, each with a time and a ring angle.")
        if not (np.all(np.isfinite(times)) and np.all(np.isfinite(ring)) and np.all(np.diff(times) > 0)):
            raise RequestError("The times of a recorded pull must rise, and all its numbers be finite.")
        times = times - times[0]
        if not (math.isfinite(smooth_s) and smooth_s >= 0):
            raise RequestError(f"A recorded pull can't be smoothed over {smooth_s:g} s.", "Give 0 s or more.")
        if smooth_s > 0:
            ring = _smoothed(times, ring, smooth_s)
        slopes = parabola_slopes(times, ring) if rounds else pchip_slopes(times, ring)
        if rest_ends:
            # At rest at both ends, whatever the samples beside them say.
            slopes[[0, -1]] = 0.0
        return cls((PolynomialRun(times, hermite(times, ring, slopes)),))


def motion_of(pull: Pull) -> Motion:
    """The motion that a pull asks for. Its easings hold on legs between stops; through marks the quintic above does."""
    spans: list[Span] = []
    for first, last in pull.runs:
        if pull.marks[first].hold_s > 0:
            spans.append(HoldSpan(pull.marks[first].hold_s, pull.marks[first].ring_deg))
        spans.append(_run(pull.marks[first : last + 1], pull.legs[first:last]))
    return Motion(tuple(spans))


def _run(marks: tuple[Mark, ...], legs: tuple[Leg, ...]) -> Span:
    """From rest to rest: an eased leg, or quintics through the marks between."""
    if len(legs) == 1:
        return Eased(legs[0].duration_s, marks[0].ring_deg, marks[-1].ring_deg, legs[0].easing)
    knots = np.concatenate([[0.0], np.cumsum([leg.duration_s for leg in legs])])
    ring = np.array([mark.ring_deg for mark in marks])
    speeds = pchip_slopes(knots, ring)
    speeds[[0, -1]] = 0.0
    mean = np.diff(ring) / np.diff(knots)
    # The bound up to which a quintic never turns back (above). The weighted mean alone goes up to three times the
    # lesser.
    most = 2.0 * np.minimum(np.abs(mean[:-1]), np.abs(mean[1:]))
    speeds[1:-1] = np.clip(speeds[1:-1], -most, most)
    return PolynomialRun(knots, quintic(knots, ring, speeds))


def _smoothed(times: FloatArray, ring: FloatArray, width_s: float) -> FloatArray:
    """A triangular moving mean in time. The window narrows towards the ends: they stay, and what rises still does."""
    shares = np.linspace(-1.0, 1.0, 65)
    weights = 1.0 - np.abs(shares)
    # Never wider than to the nearer end: a window cut off there would pull the end's angle inwards.
    width = np.minimum(width_s, np.minimum(times - times[0], times[-1] - times))
    around = np.interp(times[:, None] + width[:, None] * shares, times, ring)
    return np.asarray(around @ (weights / weights.sum()))

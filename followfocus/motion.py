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

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, overload

import numpy as np
import numpy.typing as npt

from followfocus.easing import Easing
from followfocus.errors import RequestError
from followfocus.pull import Leg, Mark, Pull

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MonotonePiece:
    """A stretch of time in which the ring turns one way only, or rests (equal angles)."""

    start_s: float
    end_s: float
    start_deg: float
    end_deg: float


class Span(Protocol):
    """Part of a motion, in time from its own start."""

    @property
    def length_s(self) -> float:
        """How long it takes."""
        ...

    def derivative(self, t: FloatArray, order: int) -> FloatArray:
        """Ring degrees (order 0) or their derivative by seconds, at times from this span's start."""
        ...

    def peak(self, order: int) -> float:
        """Greatest absolute value of a derivative; inf where the one below it jumps inside the span."""
        ...

    def pieces(self) -> list[MonotonePiece]:
        """Stretches that turn one way or rest, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Hold:
    """The ring rests."""

    length_s: float
    ring_deg: float

    def derivative(self, t: FloatArray, order: int) -> FloatArray:
        """The resting angle; nought."""
        return np.full_like(t, 0.0 if order else self.ring_deg)

    def peak(self, _order: int) -> float:
        """Nothing moves."""
        return 0.0

    def pieces(self) -> list[MonotonePiece]:
        """One piece at rest."""
        return [MonotonePiece(0.0, self.length_s, self.ring_deg, self.ring_deg)]


@dataclass(frozen=True, slots=True)
class Eased:
    """One leg from rest to rest along its easing."""

    length_s: float
    start_deg: float
    end_deg: float
    easing: Easing

    def derivative(self, t: FloatArray, order: int) -> FloatArray:
        """The easing, scaled."""
        u, travel = t / self.length_s, self.end_deg - self.start_deg
        if order == 0:
            return self.start_deg + travel * self.easing.value(u)
        shape = self.easing.speed(u) if order == 1 else self.easing.accel(u)
        return travel / self.length_s**order * shape

    def peak(self, order: int) -> float:
        """The easing's factor times D/Tⁿ."""
        peaks = self.easing.peaks()
        factor = (peaks.speed, peaks.accel, peaks.jerk)[order - 1]
        return factor * abs(self.end_deg - self.start_deg) / self.length_s**order

    def pieces(self) -> list[MonotonePiece]:
        """One: easings never turn back."""
        return [MonotonePiece(0.0, self.length_s, self.start_deg, self.end_deg)]


class PolynomialRun:
    """Polynomials between knots, each monotone between its two; `table` has a row a piece, powers ascending."""

    def __init__(self, knots_s: FloatArray, table: FloatArray) -> None:
        self._knots, self._tables = knots_s, [table]
        for _ in range(3):
            powers = np.arange(1, self._tables[-1].shape[1])
            shorter = self._tables[-1][:, 1:] * powers
            self._tables.append(shorter if shorter.shape[1] else np.zeros((len(table), 1)))

    @property
    def length_s(self) -> float:
        """From the first knot to the last."""
        return float(self._knots[-1])

    def derivative(self, t: FloatArray, order: int) -> FloatArray:
        """The piece's polynomial or its derivative."""
        number = np.clip(np.searchsorted(self._knots, t, side="right") - 1, 0, len(self._knots) - 2)
        since, table = t - self._knots[number], self._tables[order]
        made = table[number, -1].copy()
        for power in range(table.shape[1] - 2, -1, -1):
            made *= since
            made += table[number, power]
        return np.asarray(made, dtype=np.float64)

    def peak(self, order: int) -> float:
        """Greatest value on each piece (at its ends and where its derivative is nought); inf over a jump below."""
        if order > 1 and not self._joins(order - 1):
            return math.inf
        fine = np.linspace(0.0, 1.0, 65)[None, :]
        starts, lengths = self._knots[:-1, None], np.diff(self._knots)[:, None]
        inside = np.minimum(starts + fine * lengths * (1.0 - 1e-12), self._knots[-1])
        return float(np.max(np.abs(self.derivative(inside.ravel(), order)), initial=0.0))

    def _joins(self, order: int) -> bool:
        table, lengths = self._tables[order], np.diff(self._knots)
        ends = np.sum(table * lengths[:, None] ** np.arange(table.shape[1]), axis=1)
        scale = float(np.max(np.abs(table[:, 0]), initial=1.0))
        return bool(np.all(np.abs(ends[:-1] - table[1:, 0]) < 1e-6 * scale))

    def pieces(self) -> list[MonotonePiece]:
        """Pieces between knots, neighbours that turn the same way joined."""
        angles = self.derivative(self._knots, 0)
        angles[-1] = float(np.polynomial.polynomial.polyval(self._knots[-1] - self._knots[-2], self._tables[0][-1]))
        turns = np.sign(np.diff(angles))
        made: list[MonotonePiece] = []
        start = 0
        for index in range(1, len(turns) + 1):
            if index == len(turns) or turns[index] != turns[start]:
                made.append(
                    MonotonePiece(
                        float(self._knots[start]), float(self._knots[index]), float(angles[start]), float(angles[index])
                    )
                )
                start = index
        return made


class Motion:
    """Ring angle over time from 0 to `duration_s`; outside it rests at its ends."""

    def __init__(self, spans: tuple[Span, ...]) -> None:
        """`spans` follow each other; an empty row is a motion that takes no time, at 0°."""
        self._spans = spans
        self._starts = np.concatenate([[0.0], np.cumsum([span.length_s for span in spans])])

    @property
    def spans(self) -> tuple[Span, ...]:
        """What it is made of, in order."""
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
        flat = np.clip(given.ravel(), 0.0, self.duration_s)
        made = np.zeros_like(flat)
        number = np.clip(np.searchsorted(self._starts, flat, side="right") - 1, 0, max(len(self._spans) - 1, 0))
        for index, span in enumerate(self._spans):
            here = number == index if len(self._spans) > 1 else slice(None)
            made[here] = span.derivative(np.minimum(flat[here] - self._starts[index], span.length_s), order)
        if order:
            made[(given.ravel() < 0.0) | (given.ravel() > self.duration_s)] = 0.0
        return float(made[0]) if given.ndim == 0 else made.reshape(given.shape)

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
    def from_track(cls, times_s: FloatArray, ring_deg: FloatArray, smooth_s: float = 0.0) -> Motion:
        """A recorded pull: a monotone cubic through samples, which never leaves the span between two of them.

        `times_s` must rise; the motion starts at the first. `smooth_s`: width of a triangular window that takes encoder
        noise out first (the ends stay). Slopes after Fritsch and Butland (1984), as in PCHIP.
        """
        times, ring = np.asarray(times_s, dtype=np.float64), np.asarray(ring_deg, dtype=np.float64)
        if times.ndim != 1 or times.shape != ring.shape or len(times) < 2:
            raise RequestError("A recorded pull needs at least two samples, each with a time and a ring angle.")
        if not (np.all(np.isfinite(times)) and np.all(np.isfinite(ring)) and np.all(np.diff(times) > 0)):
            raise RequestError("The times of a recorded pull must rise, and all its numbers be finite.")
        times = times - times[0]
        if smooth_s > 0:
            ring = _smoothed(times, ring, smooth_s)
        return cls((PolynomialRun(times, _hermite(times, ring, pchip_slopes(times, ring))),))


@dataclass(frozen=True, slots=True)
class Stretched:
    """A span played slower."""

    span: Span
    factor: float

    @property
    def length_s(self) -> float:
        """The span's, times the factor."""
        return self.span.length_s * self.factor

    def derivative(self, t: FloatArray, order: int) -> FloatArray:
        """The span's at its own time."""
        return self.span.derivative(t / self.factor, order) / self.factor**order

    def peak(self, order: int) -> float:
        """Less by the factor, to the derivative's power."""
        return self.span.peak(order) / self.factor**order

    def pieces(self) -> list[MonotonePiece]:
        """The span's, later."""
        k = self.factor
        return [MonotonePiece(p.start_s * k, p.end_s * k, p.start_deg, p.end_deg) for p in self.span.pieces()]


def motion_of(pull: Pull) -> Motion:
    """The motion that a pull asks for. Its easings hold on legs between stops; through marks the quintic above does."""
    spans: list[Span] = []
    first = 0
    for last in range(1, len(pull.marks)):
        if pull.marks[last].through and not _turns(pull.marks[last - 1 : last + 2]):
            continue
        if pull.marks[first].hold_s > 0:
            spans.append(Hold(pull.marks[first].hold_s, pull.marks[first].ring_deg))
        spans.append(_run(pull.marks[first : last + 1], pull.legs[first:last]))
        first = last
    return Motion(tuple(spans))


def _turns(marks: tuple[Mark, ...]) -> bool:
    before, at, after = (mark.ring_deg for mark in marks)
    return (at - before) * (after - at) < 0


def _run(marks: tuple[Mark, ...], legs: tuple[Leg, ...]) -> Span:
    """From rest to rest: an eased leg, or quintics through the marks between."""
    if len(legs) == 1:
        return Eased(legs[0].duration_s, marks[0].ring_deg, marks[-1].ring_deg, legs[0].easing)
    knots = np.concatenate([[0.0], np.cumsum([leg.duration_s for leg in legs])])
    ring = np.array([mark.ring_deg for mark in marks])
    speeds = pchip_slopes(knots, ring)
    speeds[[0, -1]] = 0.0
    mean = np.diff(ring) / np.diff(knots)
    most = 2.0 * np.minimum(np.abs(mean[:-1]), np.abs(mean[1:]))
    speeds[1:-1] = np.clip(speeds[1:-1], -most, most)
    return PolynomialRun(knots, _quintic(knots, ring, speeds))


def _quintic(knots: FloatArray, ring: FloatArray, speeds: FloatArray) -> FloatArray:
    """Coefficients of the quintics with given angles and speeds at the knots and no acceleration there."""
    h, v0, v1 = np.diff(knots), speeds[:-1], speeds[1:]
    travel = np.diff(ring)
    c3 = (10.0 * travel - (6.0 * v0 + 4.0 * v1) * h) / h**3
    c4 = (-15.0 * travel + (8.0 * v0 + 7.0 * v1) * h) / h**4
    c5 = (6.0 * travel - 3.0 * (v0 + v1) * h) / h**5
    return np.stack([ring[:-1], v0, np.zeros_like(h), c3, c4, c5], axis=1)


def _hermite(knots: FloatArray, ring: FloatArray, slopes: FloatArray) -> FloatArray:
    h, mean = np.diff(knots), np.diff(ring) / np.diff(knots)
    c2 = (3.0 * mean - 2.0 * slopes[:-1] - slopes[1:]) / h
    c3 = (slopes[:-1] + slopes[1:] - 2.0 * mean) / h**2
    return np.stack([ring[:-1], slopes[:-1], c2, c3], axis=1)


def pchip_slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    """Slopes at the points with which a cubic through them is monotone wherever they are.

    Weighted harmonic means inside, nought at an extremum (Fritsch and Butland 1984); limited slopes at the ends.
    """
    h, mean = np.diff(x), np.diff(y) / np.diff(x)
    if len(h) == 1:
        return np.array([mean[0], mean[0]])
    w1, w2 = 2.0 * h[1:] + h[:-1], h[1:] + 2.0 * h[:-1]
    same = mean[:-1] * mean[1:] > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(same, (w1 + w2) / (w1 / mean[:-1] + w2 / mean[1:]), 0.0)
    ends = [_end_slope(h[0], h[1], mean[0], mean[1]), _end_slope(h[-1], h[-2], mean[-1], mean[-2])]
    return np.concatenate([ends[:1], inner, ends[1:]])


def _end_slope(h0: float, h1: float, m0: float, m1: float) -> float:
    slope = ((2.0 * h0 + h1) * m0 - h0 * m1) / (h0 + h1)
    if slope * m0 <= 0:
        return 0.0
    if m0 * m1 <= 0 and abs(slope) > 3.0 * abs(m0):
        return 3.0 * m0
    return slope


def _smoothed(times: FloatArray, ring: FloatArray, width_s: float) -> FloatArray:
    """A triangular moving mean in time; both ends keep their values."""
    made = np.empty_like(ring)
    for index, (low, high) in enumerate(
        itertools.zip_longest(np.searchsorted(times, times - width_s), np.searchsorted(times, times + width_s, "right"))
    ):
        weights = width_s - np.abs(times[low:high] - times[index]) + 1e-12
        made[index] = np.average(ring[low:high], weights=weights)
    made[0], made[-1] = ring[0], ring[-1]
    return made

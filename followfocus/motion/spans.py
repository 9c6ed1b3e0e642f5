# SPDX-License-Identifier: MIT
"""The spans that a motion is made of: rests, eased legs, and runs of polynomials."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.arrays import hermite as hermite
from followfocus.arrays import pchip_slopes as pchip_slopes
from followfocus.motion.curves import looks_between
from followfocus.motion.easing import Easing


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

    def looks_s(self) -> FloatArray:
        """Times at which to look so as to see all that it does, its beginning and end among them: ascending."""
        ...


@dataclass(frozen=True, slots=True)
class HoldSpan:
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

    def looks_s(self) -> FloatArray:
        """Its two ends."""
        return np.array([0.0, self.length_s])


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

    def looks_s(self) -> FloatArray:
        """The easing's."""
        return self.easing.looks() * self.length_s


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
        # Horner, from the highest power down: powers of a long time would take each other's digits.
        made = table[number, -1].copy()
        for power in range(table.shape[1] - 2, -1, -1):
            made *= since
            made += table[number, power]
        return np.asarray(made, dtype=np.float64)

    def peak(self, order: int) -> float:
        """Greatest value on each piece (at its ends and where its derivative is nought); inf over a jump below."""
        # Where the derivative below jumps this one is infinite for an instant, which no piece shows by itself.
        if order > 1 and not self._joins(order - 1):
            return math.inf
        table, lengths = self._tables[order], np.diff(self._knots)
        at = np.stack([np.zeros_like(lengths), lengths, *self._turning(order)])
        powers = np.clip(at, 0.0, lengths)[..., None] ** np.arange(table.shape[1])
        return float(np.max(np.abs(np.sum(table * powers, axis=-1))))

    def _turning(self, order: int) -> list[FloatArray]:
        """Times in each piece at which a derivative may be greatest: the roots of the next one."""
        slope = np.polynomial.polynomial.polyder(self._tables[order], axis=1)
        if slope.shape[1] < 2:
            return []
        if slope.shape[1] == 2:
            with np.errstate(divide="ignore", invalid="ignore"):
                return [np.nan_to_num(-slope[:, 0] / slope[:, 1])]
        roots = np.zeros((slope.shape[1] - 1, len(slope)))
        for index, row in enumerate(slope):
            found = np.roots(row[::-1])
            # The real part of a complex root too: a look too many costs nothing, one too few would miss a peak.
            roots[: len(found), index] = found.real
        return list(roots)

    def _joins(self, order: int) -> bool:
        table, lengths = self._tables[order], np.diff(self._knots)
        ends = np.sum(table * lengths[:, None] ** np.arange(table.shape[1]), axis=1)
        scale = float(np.max(np.abs(table[:, 0]), initial=1.0))
        return bool(np.all(np.abs(ends[:-1] - table[1:, 0]) < 1e-6 * scale))

    def pieces(self) -> list[MonotonePiece]:
        """Pieces between knots, neighbours that turn the same way joined."""
        angles = self.derivative(self._knots, 0)
        # Looked up, the last knot would be the beginning of a piece that isn't there: its angle is the end of the last
        # one.
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

    def looks_s(self) -> FloatArray:
        """Both sides of every knot, and evenly between."""
        return looks_between(self._knots)


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

    def looks_s(self) -> FloatArray:
        """The span's, later."""
        return self.span.looks_s() * self.factor


def quintic(knots: FloatArray, ring: FloatArray, speeds: FloatArray) -> FloatArray:
    """Coefficients of the quintics with given angles and speeds at the knots and no acceleration there."""
    h, v0, v1 = np.diff(knots), speeds[:-1], speeds[1:]
    travel = np.diff(ring)
    # Six conditions for six coefficients: place, speed and no acceleration at either end, solved by hand.
    c3 = (10.0 * travel - (6.0 * v0 + 4.0 * v1) * h) / h**3
    c4 = (-15.0 * travel + (8.0 * v0 + 7.0 * v1) * h) / h**4
    c5 = (6.0 * travel - 3.0 * (v0 + v1) * h) / h**5
    return np.stack([ring[:-1], v0, np.zeros_like(h), c3, c4, c5], axis=1)

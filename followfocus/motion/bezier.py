# SPDX-License-Identifier: MIT
"""The cubic Bézier as an easing, as web pages and motion-control heads have it: two handles in time and travel."""

from __future__ import annotations

import functools
import math

import numpy as np

from followfocus.arrays import FloatArray, ascending
from followfocus.errors import RequestError
from followfocus.motion.curves import LOOKS, Easing, Peaks, canonical

_BESIDE = 1e-4
"""Where time stands still at an end, as with a handle on its corner or its edge, derivatives are taken beside it."""
_STEEPEST = 1e-9
"""Least dx/ds: where the curve is upright, its speed is a great number, not infinite."""
_STILL = 1e-6
_AT_REST = 1e-6


class BezierEasing(Easing):
    """A cubic Bézier from (0, 0) to (1, 1) with both handles in 0…1: time is monotone, nothing overshoots."""

    def __init__(self, x1: float, y1: float, x2: float, y2: float) -> None:
        for label, number in (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)):
            if not 0.0 <= number <= 1.0:
                trouble = "time turn back" if label[0] == "x" else "the ring overshoot"
                raise RequestError(
                    f"bezier: {label} is {number:g}, which would make {trouble}.", "Give handles between 0 and 1."
                )
        super().__init__(canonical("bezier", x1, y1, x2, y2))
        self.handles = (x1, y1, x2, y2)
        self._x, self._y = _derivatives(x1, x2), _derivatives(y1, y2)
        # Only at an end where time stands still: anywhere else the derivative at the end itself is exact.
        self._within = (_BESIDE if x1 < _STILL else 0.0, 1.0 - (_BESIDE if 1.0 - x2 < _STILL else 0.0))

    def _derivative(self, u: FloatArray, order: int) -> FloatArray:
        s = _parameter(self._x, u)
        if order == 0:
            return np.where(u <= 0.0, 0.0, np.where(u >= 1.0, 1.0, np.polyval(self._y[0], s)))
        return self._by_parameter(s, order)

    def _by_parameter(self, s: FloatArray, order: int) -> FloatArray:
        """dy/dx, d²y/dx² or d³y/dx³ at parameter s, by the chain rule."""
        # Handles on the diagonal draw a straight line, even where time and travel both stand still, as of (1, 1, 0, 0).
        if self.handles[0::2] == self.handles[1::2]:
            return np.full_like(s, 1.0 if order == 1 else 0.0)
        # With a handle on its end the curve has no direction there: dx/ds is 0, and every quotient below 0/0.
        s = np.clip(s, *self._within)
        x1, x2, x3 = (np.polyval(self._x[k], s) for k in (1, 2, 3))
        y1, y2, y3 = (np.polyval(self._y[k], s) for k in (1, 2, 3))
        x1 = np.maximum(x1, _STEEPEST)
        if order == 1:
            return np.asarray(y1 / x1)
        bend = y2 * x1 - y1 * x2
        if order == 2:
            return np.asarray(bend / x1**3)
        # (y″x′ − y′x″)/x′³ once more by the quotient rule, over x′ again.
        return np.asarray(((y3 * x1 - y1 * x3) * x1 - 3.0 * x2 * bend) / x1**5)

    def _inverse(self, share: FloatArray) -> FloatArray:
        """The time of the parameter at which the travel is done, so that even a curve that is upright has one."""
        # Through the parameter, not by halving time: both ways from it are plain polynomials.
        s = np.where(share <= 0.0, 0.0, np.where(share >= 1.0, 1.0, _parameter(self._y, share)))
        return np.asarray(np.polyval(self._x[0], s))

    def looks(self) -> FloatArray:
        """Evenly in the curve's own parameter, so closest where it is steep, and closer still towards both ends."""
        near = np.geomspace(1e-6, 1e-2, 41)
        s = ascending(np.concatenate([np.linspace(0.0, 1.0, LOOKS), near, 1.0 - near]))
        return ascending(np.clip(np.polyval(self._x[0], s), 0.0, 1.0))

    def jerk(self, u: FloatArray) -> FloatArray:
        """Third derivative by u, within 0…1."""
        return self._derivative(u, 3)

    @functools.cached_property
    def _peaks(self) -> Peaks:
        ends = self._end_slopes()
        # The ends apart: a limit that the grid only comes near to.
        speed = max(self._peak_of(1), *ends)
        # It starts or lands at speed: that is a step, and its acceleration without bound.
        if max(ends) > _AT_REST:
            return Peaks(speed, math.inf, math.inf)
        return Peaks(speed, self._peak_of(2), self._peak_of(3))

    def peaks(self) -> Peaks:
        """The factors, found numerically to 1e-9 of themselves; an upright curve's speed is great, not infinite."""
        return self._peaks

    def _end_slopes(self) -> tuple[float, float]:
        """dy/dx at the start and at the end: towards the nearest point of the polygon that is not the end itself."""
        x1, y1, x2, y2 = self.handles
        # A tangent is the direction to the first handle that isn't the end itself (de Casteljau).
        start = next((x, y) for x, y in ((x1, y1), (x2, y2), (1.0, 1.0)) if (x, y) != (0.0, 0.0))
        end = next((1.0 - x, 1.0 - y) for x, y in ((x2, y2), (x1, y1), (0.0, 0.0)) if (x, y) != (1.0, 1.0))
        return start[1] / max(start[0], _STEEPEST), end[1] / max(end[0], _STEEPEST)

    def _peak_of(self, order: int) -> float:
        """The greatest absolute value of a derivative: the best of a grid, narrowed by golden sections."""
        # Geometrically near the ends, where a handle close to its corner makes a peak of any narrowness.
        near = np.geomspace(1e-8, 0.01, 400)
        s = ascending(np.concatenate([np.linspace(0.0, 1.0, 2001), near, 1.0 - near]))
        on_grid = np.abs(self._by_parameter(s, order))
        best = int(np.argmax(on_grid))
        low, high = float(s[max(best - 1, 0)]), float(s[min(best + 1, len(s) - 1)])
        # 60 golden sections narrow the bracket by 10¹²: past what a double tells apart at a smooth top.
        share = (math.sqrt(5.0) - 1.0) / 2.0
        for _ in range(60):
            pair = np.array([high - share * (high - low), low + share * (high - low)])
            at_a, at_b = np.abs(self._by_parameter(pair, order))
            low, high = (low, float(pair[1])) if at_a > at_b else (float(pair[0]), high)
        return float(max(np.abs(self._by_parameter(np.array([low]), order))[0], on_grid[best]))


def _parameter(curve: tuple[FloatArray, ...], wanted: FloatArray) -> FloatArray:
    """The parameter at which a rising cubic has a value, by bisection that Newton finishes."""
    low, high = np.zeros_like(wanted), np.ones_like(wanted)
    s = wanted.copy()
    # Newton alone leaves the bracket where the curve is level, halving alone takes 53 rounds: each mends the other.
    for _ in range(60):
        off = np.polyval(curve[0], s) - wanted
        low, high = np.where(off > 0, low, s), np.where(off > 0, s, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            jump = s - off / np.polyval(curve[1], s)
        there = np.abs(off) < 1e-15
        s = np.where(there, s, np.where((jump > low) & (jump < high), jump, (low + high) / 2.0))
        if np.all(there | (high - low < 1e-15)):
            break
    return s


def _derivatives(first: float, second: float) -> tuple[FloatArray, ...]:
    """The cubic Bézier 0, first, second, 1 and its three derivatives, highest power first."""
    a, b, c = 1.0 + 3.0 * first - 3.0 * second, 3.0 * second - 6.0 * first, 3.0 * first
    rows = [a, b, c, 0.0], [3.0 * a, 2.0 * b, c], [6.0 * a, 2.0 * b], [6.0 * a]
    return tuple(np.array(row) for row in rows)

# SPDX-License-Identifier: MIT
"""The curves that easings are made of: from (0, 0) to (1, 1), never turning back, with the factors of their peaks.

Nearly all are piecewise polynomials and share one class, so their peaks are exact. `easing.py` names them.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

import numpy as np

from followfocus.arrays import FloatArray, places_in, within
from followfocus.errors import RequestError

# A shorter one is a step to any motor, and its acceleration a number that says nothing.
LEAST_RAMP = 1e-3
"""Shortest ramp of an S-curve, as a share of the pull."""
LOOKS = 193
"""Looks at a smooth curve that find its peaks to a few parts in ten thousand."""
LOOKS_A_PIECE = 17
_EPS = 1e-9


@dataclass(frozen=True, slots=True)
class Peaks:
    """Factors of peak speed (D/T), acceleration (D/T²) and jerk (D/T³); inf where the curve steps inside."""

    speed: float
    accel: float
    jerk: float


class Easing(ABC):
    """A curve from (0, 0) to (1, 1) that never turns back. `name` is text which `parse_easing` reads again."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Easing) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"parse_easing({self.name!r})"

    @overload
    def value(self, u: float) -> float: ...
    @overload
    def value(self, u: FloatArray) -> FloatArray: ...
    def value(self, u: float | FloatArray) -> float | FloatArray:
        """Share of the travel done at share `u` of the time; 0 before, 1 after. Same shape as `u`."""
        return self._shaped(u, 0)

    @overload
    def speed(self, u: float) -> float: ...
    @overload
    def speed(self, u: FloatArray) -> FloatArray: ...
    def speed(self, u: float | FloatArray) -> float | FloatArray:
        """First derivative by u; 0 outside 0…1."""
        return self._shaped(u, 1)

    @overload
    def accel(self, u: float) -> float: ...
    @overload
    def accel(self, u: FloatArray) -> FloatArray: ...
    def accel(self, u: float | FloatArray) -> float | FloatArray:
        """Second derivative by u; 0 outside 0…1."""
        return self._shaped(u, 2)

    @abstractmethod
    def peaks(self) -> Peaks:
        """The factors of this curve."""

    def looks(self) -> FloatArray:
        """Shares of the time at which to look so as to see all that the curve does: ascending, from 0 to 1."""
        return np.linspace(0.0, 1.0, LOOKS)

    @overload
    def reached(self, share: float) -> float: ...
    @overload
    def reached(self, share: FloatArray) -> FloatArray: ...
    def reached(self, share: float | FloatArray) -> float | FloatArray:
        """Share of the time at which a share of the travel is done. Same shape as `share`."""
        wanted = np.clip(np.asarray(share, dtype=np.float64), 0.0, 1.0)
        found = self._inverse(wanted)
        return float(found) if wanted.ndim == 0 else found

    def _inverse(self, share: FloatArray) -> FloatArray:
        low, high = np.zeros_like(share), np.ones_like(share)
        # Halved, not by Newton: a curve may stand still or upright. A double has no more than 53 halvings in it.
        for _ in range(60):
            middle = (low + high) / 2.0
            short = self._shaped(middle, 0) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return (low + high) / 2.0

    @property
    def end_step(self) -> bool:
        """Whether acceleration (or speed) jumps at the start or the end, which a stepper feels as a knock."""
        ends = np.array([0.0, 1.0])
        return bool(
            np.any(np.abs(self._derivative(ends, 1)) > _EPS) or np.any(np.abs(self._derivative(ends, 2)) > _EPS)
        )

    def _shaped(self, u: float | FloatArray, order: int) -> float | FloatArray:
        given = np.asarray(u, dtype=np.float64)
        inside = within(given, 0.0, 1.0)
        made = self._derivative(inside, order)
        if order:
            made = np.where((given < 0.0) | (given > 1.0), 0.0, made)
        return float(made) if given.ndim == 0 else made

    @abstractmethod
    def _derivative(self, u: FloatArray, order: int) -> FloatArray: ...


def canonical(name: str, *numbers: float) -> str:
    """The one text for an easing with parameters: shortest numbers that read back as the same.

    >>> canonical("scurve", 0.33, 1.0, 0.5)
    'scurve(0.33,1,0.5)'
    """
    return f"{name}({','.join(repr(float(number)).removesuffix('.0') for number in numbers)})"


class PiecewiseEasing(Easing):
    """Polynomials on pieces of 0…1, each in powers of the time since its piece began."""

    def __init__(self, name: str, breaks: list[float], pieces: list[list[float]]) -> None:
        """`breaks` has one entry more than `pieces`, whose coefficients ascend in power."""
        super().__init__(name)
        self._breaks = np.array(breaks)
        self._tables = [_table(pieces)]
        for _ in range(3):
            pieces = [[k * c for k, c in enumerate(piece)][1:] or [0.0] for piece in pieces]
            self._tables.append(_table(pieces))

    def _derivative(self, u: FloatArray, order: int) -> FloatArray:
        table = self._tables[order]
        # One piece is the usual case: its coefficients need not be laid out beside each point.
        number = places_in(self._breaks, u) if len(table) > 1 else 0
        since = u - self._breaks[number]
        made: FloatArray = np.empty_like(since)
        made[...] = table[number, -1]
        for power in range(table.shape[1] - 2, -1, -1):
            # Horner's scheme, for all pieces at once.
            made *= since
            made += table[number, power]
        return made

    @functools.cached_property
    def _peaks(self) -> Peaks:
        speed = self._peak_of(1)
        # A curve that begins or ends with a speed has an infinite acceleration there, whatever its pieces say.
        stands = max(abs(self._at_end(1)), abs(float(self._tables[1][0, 0]))) < _EPS
        accel = self._peak_of(2) if stands and self._joins(1) else math.inf
        # Inside the curve only: an acceleration that starts at once is `end_step`'s, and isn't counted here.
        jerk = self._peak_of(3) if math.isfinite(accel) and self._joins(2) else math.inf
        return Peaks(speed, accel, jerk)

    def peaks(self) -> Peaks:
        """The factors, from the roots of each piece's derivative."""
        return self._peaks

    def looks(self) -> FloatArray:
        """Every piece from its beginning to just before its end, however short: where it joins the next both sides."""
        return looks_between(self._breaks)

    def _at_end(self, order: int) -> float:
        return float(np.polyval(self._tables[order][-1][::-1], self._breaks[-1] - self._breaks[-2]))

    def _joins(self, order: int) -> bool:
        """Whether a derivative is continuous where pieces meet."""
        lengths = np.diff(self._breaks)
        table = self._tables[order]
        ends = [float(np.polyval(table[i][::-1], lengths[i])) for i in range(len(lengths) - 1)]
        # To a millionth: coefficients of several phases add up their roundings.
        return all(abs(end - table[i + 1, 0]) < 1e-6 for i, end in enumerate(ends))

    def _peak_of(self, order: int) -> float:
        best = 0.0
        for coefficients, length in zip(self._tables[order], np.diff(self._breaks), strict=True):
            slope = np.polyder(coefficients[::-1])
            roots = np.roots(slope) if np.any(slope) else np.array([])
            # A polynomial's extremes lie where its slope is 0, or at its ends.
            turning = [float(r.real) for r in roots if abs(r.imag) < _EPS and 0.0 < r.real < length]
            best = max(best, *(abs(float(np.polyval(coefficients[::-1], at))) for at in (0.0, length, *turning)))
        return best


def looks_between(knots: FloatArray) -> FloatArray:
    """Looks at a curve that may step at its knots: both sides of each, and evenly between."""
    share = np.diff(knots) / (knots[-1] - knots[0])
    counts = np.clip(np.rint(LOOKS * share), min(LOOKS_A_PIECE, 4 + 20 * LOOKS // len(share)), LOOKS).astype(int)
    # A knot belongs to the piece that begins there, so the end of the piece before is the number just below it.
    last = np.nextafter(knots[1:], knots[:-1])
    last[-1] = knots[-1]
    return np.concatenate([np.linspace(a, b, n) for a, b, n in zip(knots[:-1], last, counts, strict=True)])


def _table(pieces: list[list[float]]) -> FloatArray:
    width = max(len(piece) for piece in pieces)
    return np.array([piece + [0.0] * (width - len(piece)) for piece in pieces])


class WaveEasing(Easing):
    """Curves made of one sine wave: sine, (1 − cos πu)/2, and cycloidal, u − sin(2πu)/2π."""

    def __init__(self, name: str, derivatives: tuple[Callable[[FloatArray], FloatArray], ...], peaks: Peaks) -> None:
        super().__init__(name)
        self._derivatives, self._wave_peaks = derivatives, peaks

    def _derivative(self, u: FloatArray, order: int) -> FloatArray:
        return self._derivatives[order](u)

    def peaks(self) -> Peaks:
        """The factors in closed form."""
        return self._wave_peaks


def scurve(ramp_in: float, ramp_out: float, jerk_share: float, name: str | None = None) -> Easing:
    """Jerk-limited ramps at both ends and a steady middle.

    `ramp_in`, `ramp_out`: shares of the time spent speeding up and slowing down, together at most 1. `jerk_share`: the
    share of a ramp, at each of its ends, in which acceleration builds or fades; 0 gives a trapezoid, 0.5 no steady
    acceleration at all.
    Peaks: kv = 1/(1 − (in + out)/2), ka = kv/(r(1 − k)), kj = ka/(k·r) with the shorter ramp r.
    A symmetric S-curve with a jerk share of 0.5 or less is the quickest way within its own three peaks.
    """
    if not (ramp_in >= LEAST_RAMP and ramp_out >= LEAST_RAMP and ramp_in + ramp_out <= 1.0 + _EPS):
        raise RequestError(
            f"scurve: ramps of {ramp_in:g} and {ramp_out:g} don't fit into one pull.",
            f"Give shares from {LEAST_RAMP:g} that add up to at most 1, such as scurve(0.4,0.5,0.5).",
        )
    if not 0.0 <= jerk_share <= 0.5:
        raise RequestError(f"scurve: a jerk share of {jerk_share:g} is not between 0 and 0.5.", "0.5 is the softest.")
    jerk_share = jerk_share if jerk_share > _EPS else 0.0
    # The area under a trapezoid is 1, and jerk at both ends of a ramp leaves its area as it is.
    top = 1.0 / (1.0 - (ramp_in + ramp_out) / 2.0)
    phases = [*_ramp(ramp_in, jerk_share, top), (max(0.0, 1.0 - ramp_in - ramp_out), 0.0, 0.0)]
    phases += [(length, -accel, -jerk) for length, accel, jerk in _ramp(ramp_out, jerk_share, top)]
    breaks, pieces, position, speed = [0.0], [], 0.0, 0.0
    for length, accel, jerk in phases:
        if length <= 0.0:
            continue
        pieces.append([position, speed, accel / 2.0, jerk / 6.0])
        position += speed * length + accel * length**2 / 2.0 + jerk * length**3 / 6.0
        speed += accel * length + jerk * length**2 / 2.0
        breaks.append(breaks[-1] + length)
    # Lengths that add up to 1 miss it by a rounding, and the last piece would end short of the landing.
    breaks[-1] = 1.0
    return PiecewiseEasing(name or canonical("scurve", ramp_in, ramp_out, jerk_share), breaks, pieces)


def _ramp(share: float, jerk_share: float, top: float) -> list[tuple[float, float, float]]:
    """(length, acceleration at its start, jerk) of the phases that reach speed `top`."""
    # Speed gained is the area under a trapezoid of acceleration: accel · (share − rise).
    accel = top / (share * (1.0 - jerk_share))
    rise = jerk_share * share
    jerk = accel / rise if rise > 0 else 0.0
    steady = share - 2.0 * rise
    return [(rise, 0.0, jerk), (steady, accel, 0.0), (rise, accel, -jerk)]


def in_out(name: str, power: int) -> Easing:
    """Penner's in-out: half of u^n, then its mirror. Acceleration flips in the middle for powers above 2."""
    half = [0.0] * power + [2.0 ** (power - 1)]
    mirrored = [0.5] + [
        -(2.0 ** (power - 1)) * math.comb(power, k) * 0.5 ** (power - k) * (-1) ** k for k in range(1, power + 1)
    ]
    return PiecewiseEasing(name, [0.0, 0.5, 1.0], [half, mirrored])

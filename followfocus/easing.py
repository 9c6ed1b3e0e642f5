"""How a pull gathers and loses speed: curves from (0, 0) to (1, 1), with the exact factors of their peaks.

A pull of D degrees in T seconds has a peak speed of `peaks().speed · D/T`, acceleration `peaks().accel · D/T²` and jerk
`peaks().jerk · D/T³`. Nearly all curves are piecewise polynomials and share one class, so their peaks are exact.
Minimum jerk (Flash and Hogan 1985) is the default: hands on a follow focus move so.
"""

from __future__ import annotations

import difflib
import functools
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from followfocus.errors import RequestError

FloatArray = npt.NDArray[np.float64]
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

    @property
    def end_step(self) -> bool:
        """Whether acceleration (or speed) jumps at the start or the end, which a stepper feels as a knock."""
        ends = np.array([0.0, 1.0])
        return bool(
            np.any(np.abs(self._derivative(ends, 1)) > _EPS) or np.any(np.abs(self._derivative(ends, 2)) > _EPS)
        )

    def _shaped(self, u: float | FloatArray, order: int) -> float | FloatArray:
        given = np.asarray(u, dtype=np.float64)
        inside = np.clip(given, 0.0, 1.0)
        made = self._derivative(inside, order)
        if order:
            made = np.where((given < 0.0) | (given > 1.0), 0.0, made)
        return float(made) if given.ndim == 0 else made

    @abstractmethod
    def _derivative(self, u: FloatArray, order: int) -> FloatArray: ...


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
        number = np.clip(np.searchsorted(self._breaks, u, side="right") - 1, 0, len(self._breaks) - 2)
        since = u - self._breaks[number]
        table = self._tables[order]
        made: FloatArray = table[number, -1]
        for power in range(table.shape[1] - 2, -1, -1):
            made = made * since + table[number, power]
        return made

    @functools.cached_property
    def _peaks(self) -> Peaks:
        speed = self._peak_of(1)
        stands = max(abs(self._at_end(1)), abs(float(self._tables[1][0, 0]))) < _EPS
        accel = self._peak_of(2) if stands and self._joins(1) else math.inf
        jerk = self._peak_of(3) if math.isfinite(accel) and self._joins(2) else math.inf
        return Peaks(speed, accel, jerk)

    def peaks(self) -> Peaks:
        """The factors, from the roots of each piece's derivative."""
        return self._peaks

    def _at_end(self, order: int) -> float:
        return float(np.polyval(self._tables[order][-1][::-1], self._breaks[-1] - self._breaks[-2]))

    def _joins(self, order: int) -> bool:
        """Whether a derivative is continuous where pieces meet."""
        lengths = np.diff(self._breaks)
        table = self._tables[order]
        ends = [float(np.polyval(table[i][::-1], lengths[i])) for i in range(len(lengths) - 1)]
        return all(abs(end - table[i + 1, 0]) < 1e-6 for i, end in enumerate(ends))

    def _peak_of(self, order: int) -> float:
        best = 0.0
        for coefficients, length in zip(self._tables[order], np.diff(self._breaks), strict=True):
            slope = np.polyder(coefficients[::-1])
            roots = np.roots(slope) if np.any(slope) else np.array([])
            turning = [float(r.real) for r in roots if abs(r.imag) < _EPS and 0.0 < r.real < length]
            best = max(best, *(abs(float(np.polyval(coefficients[::-1], at))) for at in (0.0, length, *turning)))
        return best


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


class BezierEasing(Easing):
    """A cubic Bézier from (0, 0) to (1, 1) with both handles in 0…1: time is monotone, nothing overshoots."""

    def __init__(self, x1: float, y1: float, x2: float, y2: float) -> None:
        for label, number in (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)):
            if not 0.0 <= number <= 1.0:
                trouble = "time turn back" if label[0] == "x" else "the ring overshoot"
                raise RequestError(
                    f"bezier: {label} is {number:g}, which would make {trouble}.", "Give handles between 0 and 1."
                )
        super().__init__(f"bezier({x1:g},{y1:g},{x2:g},{y2:g})")
        self.handles = (x1, y1, x2, y2)
        self._x = _bernstein(x1, x2)
        self._y = _bernstein(y1, y2)

    def _parameter(self, u: FloatArray) -> FloatArray:
        """The curve's parameter s with x(s) = u, by bisection that Newton finishes."""
        low, high = np.zeros_like(u), np.ones_like(u)
        s = u.copy()
        for _ in range(60):
            off = np.polyval(self._x, s) - u
            low, high = np.where(off > 0, low, s), np.where(off > 0, s, high)
            slope = np.polyval(np.polyder(self._x), s)
            with np.errstate(divide="ignore", invalid="ignore"):
                jump = s - off / slope
            there = np.abs(off) < 1e-15
            s = np.where(there, s, np.where((jump > low) & (jump < high), jump, (low + high) / 2.0))
            if np.all(there | (high - low < 1e-15)):
                break
        return s

    def _derivative(self, u: FloatArray, order: int) -> FloatArray:
        s = self._parameter(u)
        if order == 0:
            return np.where(u <= 0.0, 0.0, np.where(u >= 1.0, 1.0, np.polyval(self._y, s)))
        s = np.clip(s, 1e-9, 1.0 - 1e-9)  # a handle on its corner makes x' = 0 there; the limit is taken beside it
        dx, dy = np.polyval(np.polyder(self._x), s), np.polyval(np.polyder(self._y), s)
        if order == 1:
            return np.asarray(dy / dx)
        ddx, ddy = np.polyval(np.polyder(self._x, 2), s), np.polyval(np.polyder(self._y, 2), s)
        return np.asarray((ddy * dx - dy * ddx) / dx**3)

    @functools.cached_property
    def _peaks(self) -> Peaks:
        u = np.unique(np.concatenate([np.linspace(0.0, 1.0, 4001), np.geomspace(1e-6, 0.01, 400)]))
        u = np.unique(np.concatenate([u, 1.0 - u]))
        speed = _refined_peak(lambda at: np.abs(self._derivative(at, 1)), u)
        starts = max(abs(float(self._derivative(np.array([end]), 1)[0])) for end in (0.0, 1.0))
        if starts > 1e-6:
            return Peaks(speed, math.inf, math.inf)
        accel = _refined_peak(lambda at: np.abs(self._derivative(at, 2)), u)
        jerk = float(np.max(np.abs(np.gradient(self._derivative(u, 2), u))))
        return Peaks(speed, accel, jerk)

    def peaks(self) -> Peaks:
        """The factors, found numerically (speed and acceleration to 1e-9; the jerk to a per mille)."""
        return self._peaks


def _bernstein(first: float, second: float) -> FloatArray:
    """Coefficients, highest power first, of the cubic Bézier 0, first, second, 1."""
    return np.array([1.0 + 3.0 * first - 3.0 * second, 3.0 * second - 6.0 * first, 3.0 * first, 0.0])


def _refined_peak(curve: Callable[[FloatArray], FloatArray], u: FloatArray) -> float:
    """The greatest value of `curve`, the grid's best narrowed by golden sections."""
    best = int(np.argmax(curve(u)))
    low, high = float(u[max(best - 1, 0)]), float(u[min(best + 1, len(u) - 1)])
    share = (math.sqrt(5.0) - 1.0) / 2.0
    for _ in range(60):
        a, b = high - share * (high - low), low + share * (high - low)
        at_a, at_b = curve(np.array([a, b]))
        low, high = (low, b) if at_a > at_b else (a, high)
    return float(max(curve(np.array([(low + high) / 2.0]))[0], curve(u)[best]))


def scurve(ramp_in: float, ramp_out: float, jerk_share: float, name: str | None = None) -> Easing:
    """Jerk-limited ramps at both ends and a steady middle.

    `ramp_in`, `ramp_out`: shares of the time spent speeding up and slowing down, together at most 1. `jerk_share`: the
    share of a ramp, at each of its ends, in which acceleration builds or fades; 0 gives a trapezoid, 0.5 no steady
    acceleration at all.
    Peaks: kv = 1/(1 − (in + out)/2), ka = kv/(r(1 − k)), kj = ka/(k·r) with the shorter ramp r.
    """
    if not (0.0 < ramp_in <= 1.0 and 0.0 < ramp_out <= 1.0 and ramp_in + ramp_out <= 1.0 + _EPS):
        raise RequestError(
            f"scurve: ramps of {ramp_in:g} and {ramp_out:g} don't fit into one pull.",
            "Give shares above 0 that add up to at most 1, such as scurve(0.4,0.5,0.5).",
        )
    if not 0.0 <= jerk_share <= 0.5:
        raise RequestError(f"scurve: a jerk share of {jerk_share:g} is not between 0 and 0.5.", "0.5 is the softest.")
    top = 1.0 / (1.0 - (ramp_in + ramp_out) / 2.0)
    phases = [*_ramp(ramp_in, jerk_share, top), (max(0.0, 1.0 - ramp_in - ramp_out), 0.0, 0.0)]
    phases += [(length, accel, jerk) for length, accel, jerk in _ramp_down(ramp_out, jerk_share, top)]
    breaks, pieces, position, speed = [0.0], [], 0.0, 0.0
    for length, accel, jerk in phases:
        if length <= _EPS:
            continue
        pieces.append([position, speed, accel / 2.0, jerk / 6.0])
        position += speed * length + accel * length**2 / 2.0 + jerk * length**3 / 6.0
        speed += accel * length + jerk * length**2 / 2.0
        breaks.append(breaks[-1] + length)
    breaks[-1] = 1.0
    return PiecewiseEasing(name or f"scurve({ramp_in:g},{ramp_out:g},{jerk_share:g})", breaks, pieces)


def _ramp(share: float, jerk_share: float, top: float) -> list[tuple[float, float, float]]:
    """(length, acceleration at its start, jerk) of the phases that reach speed `top`."""
    accel = top / (share * (1.0 - jerk_share))
    rise = jerk_share * share
    jerk = accel / rise if rise > 0 else 0.0
    steady = share - 2.0 * rise
    return [(rise, 0.0, jerk), (steady, accel, 0.0), (rise, accel, -jerk)]


def _ramp_down(share: float, jerk_share: float, top: float) -> list[tuple[float, float, float]]:
    return [(length, -accel, -jerk) for length, accel, jerk in _ramp(share, jerk_share, top)]


def _in_out(name: str, power: int) -> Easing:
    """Penner's in-out: half of u^n, then its mirror. Acceleration flips in the middle for powers above 2."""
    half = [0.0] * power + [2.0 ** (power - 1)]
    mirrored = [0.5] + [
        -(2.0 ** (power - 1)) * math.comb(power, k) * 0.5 ** (power - k) * (-1) ** k for k in range(1, power + 1)
    ]
    return PiecewiseEasing(name, [0.0, 0.5, 1.0], [half, mirrored])


_PI = math.pi
EASINGS: dict[str, Easing] = {
    easing.name: easing
    for easing in (
        PiecewiseEasing("linear", [0.0, 1.0], [[0.0, 1.0]]),
        WaveEasing(
            "sine",
            (
                lambda u: (1.0 - np.cos(_PI * u)) / 2.0,
                lambda u: _PI / 2.0 * np.sin(_PI * u),
                lambda u: _PI**2 / 2.0 * np.cos(_PI * u),
            ),
            Peaks(_PI / 2.0, _PI**2 / 2.0, _PI**3 / 2.0),
        ),
        PiecewiseEasing("smoothstep", [0.0, 1.0], [[0.0, 0.0, 3.0, -2.0]]),
        PiecewiseEasing("minjerk", [0.0, 1.0], [[0.0, 0.0, 0.0, 10.0, -15.0, 6.0]]),
        WaveEasing(
            "cycloidal",
            (
                lambda u: u - np.sin(2.0 * _PI * u) / (2.0 * _PI),
                lambda u: 1.0 - np.cos(2.0 * _PI * u),
                lambda u: 2.0 * _PI * np.sin(2.0 * _PI * u),
            ),
            Peaks(2.0, 2.0 * _PI, 4.0 * _PI**2),
        ),
        PiecewiseEasing("septic", [0.0, 1.0], [[0.0, 0.0, 0.0, 0.0, 35.0, -84.0, 70.0, -20.0]]),
        scurve(1.0 / 3.0, 1.0 / 3.0, 0.5, "scurve"),
        _in_out("quad_in_out", 2),
        _in_out("cubic_in_out", 3),
        _in_out("quint_in_out", 5),
    )
}
"""The easings without parameters by name; the last three are looks, which knock a stepper."""

_ALIASES = {"min_jerk": "minjerk", "minimum_jerk": "minjerk", "min-jerk": "minjerk", "cosine": "sine"}
_CALL = re.compile(r"(?P<name>[a-z_]+)\s*\((?P<numbers>[^()]*)\)")
_WANTED = {"bezier": 4, "scurve": 3, "trapezoid": 1}


def parse_easing(text: str) -> Easing:
    """The easing that `text` names: `minjerk`, `bezier(0.4,0,0.2,1)`, `scurve(0.3,0.5,0.5)`, `trapezoid(0.33)`, …

    Raises RequestError with near names.
    """
    tidy = text.strip().lower()
    tidy = _ALIASES.get(tidy, tidy)
    if tidy in EASINGS:
        return EASINGS[tidy]
    call = _CALL.fullmatch(tidy)
    if call and call["name"] in _WANTED:
        return _called(call["name"], call["numbers"])
    names = [*EASINGS, "bezier(x1,y1,x2,y2)", "scurve(in,out,jerk)", "trapezoid(r)"]
    near = difflib.get_close_matches(tidy, names, n=2, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(names)}."
    raise RequestError(f"No easing is called {text!r}.", hint)


def _called(name: str, numbers_text: str) -> Easing:
    try:
        numbers = [float(part) for part in numbers_text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != _WANTED[name] or not all(math.isfinite(number) for number in numbers):
        raise RequestError(f"{name} takes {_WANTED[name]} numbers, not ({numbers_text}).", "Separate them by commas.")
    if name == "bezier":
        return BezierEasing(*numbers)
    if name == "scurve":
        return scurve(numbers[0], numbers[1], numbers[2])
    return scurve(numbers[0], numbers[0], 0.0, f"trapezoid({numbers[0]:g})")


DEFAULT_EASING = EASINGS["minjerk"]

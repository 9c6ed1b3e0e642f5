# SPDX-License-Identifier: MIT
"""A shot by arithmetic of its own: rays through a thin lens, a ring by the textbook, minimum jerk.

Nothing of followfocus is asked for a figure that it is then judged by; only the lens file is made with its own class.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from followfocus.lens.map import LensMap, LensMark

INF = math.inf
FPS = 24
FOOT = 0.3048


@dataclass(frozen=True)
class Given:
    """A shot as the trade would note it: the lens in figures, the pull, and who is where. Metres, mm, seconds."""

    name: str
    focal: float | tuple[float, float]
    t_stop: float
    close: float
    start: tuple[str, Callable[[float], float]]
    end: tuple[str, Callable[[float], float]]
    duration: float
    format: str = "super35"
    size_mm: tuple[float, float] = (24.89, 18.66)
    coc: float = 0.025
    coc_word: str | None = None
    squeeze: float = 1.0
    transmission: float = 1.0
    offset: float | None = None
    pupil: float | None = None
    travel: float = 300.0
    long: str | None = None
    long_deg: float = 0.0
    more: dict[str, object] = field(default_factory=dict)
    planes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    # -- the lens and the motion, by the textbook -----------------------------------------------------------------

    def focal_at(self, t: float) -> float:
        if isinstance(self.focal, tuple):
            return self.focal[0] + (self.focal[1] - self.focal[0]) * min(max(t / self.duration, 0.0), 1.0)
        return self.focal

    def ring(self, metres: float) -> float:
        """A cine ring: straight in 1/(D - n) from infinity at 0° to close focus at the end of its travel."""
        n = self.offset or 0.0
        return self.travel * (self.close - n) / (metres - n) + self.long_deg

    def focus(self, ring: float) -> float:
        n, scale = self.offset or 0.0, ring - self.long_deg
        return INF if scale <= 1e-12 else n + self.travel * (self.close - n) / scale

    def ring_at(self, t: float) -> float:
        """Minimum jerk from one mark to the other, as Flash and Hogan have it."""
        u = min(max(t / self.duration, 0.0), 1.0)
        a, b = self.ring(self.start[1](0.0)), self.ring(self.end[1](self.duration))
        return a + (b - a) * (10 * u**3 - 15 * u**4 + 6 * u**5)

    # -- the picture, by rays --------------------------------------------------------------------------------------

    def disc_mm(self, focus: float, subject: float, t: float) -> float:
        """Diameter on the sensor, upright, signed: two rays from a point through the edges of the entrance pupil."""
        f = self.focal_at(t) / 1000
        n = self.offset_at(focus, f)
        behind = f if math.isinf(focus) else 1 / (1 / f - 1 / (focus - n))  # sensor behind the rear principal plane
        half_pupil = f / (self.t_stop * math.sqrt(self.transmission)) / 2
        gap = 0.0 if self.pupil is None else n - self.pupil
        if math.isinf(subject):
            height, slope = half_pupil, 0.0
        else:
            x = subject - n
            slope = half_pupil / (x + gap)
            height = slope * x
        return 2000 * (height + behind * (slope - height / f))

    def offset_at(self, focus: float, f: float) -> float:
        """Where the front principal plane lies: as given, else that of the thin lens that focuses there: s + s' = L."""
        if self.offset is not None:
            return self.offset
        if math.isinf(focus):
            return f
        low, high = f, 2 * f  # s' between infinity's and life-size
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if middle + 1 / (1 / f - 1 / middle) > focus else (low, middle)
        return low

    def circles(self, who: Callable[[float], float], t: float) -> float:
        return self.disc_mm(self.focus(self.ring_at(t)), who(t), t) / self.coc

    def depth(self, focus: float, t: float, allowed: float) -> tuple[float, float]:
        """Near and far limit, halved out of the rays."""
        far = INF
        if abs(self.disc_mm(focus, INF, t)) > allowed * (1 + 1e-9):
            low, high = focus, 1e9
            for _ in range(300):
                middle = (low + high) / 2
                low, high = (middle, high) if abs(self.disc_mm(focus, middle, t)) <= allowed else (low, middle)
            far = low
        low, high = self.nearest(focus, t), 1e9 if math.isinf(focus) else focus
        for _ in range(300):
            middle = (low + high) / 2
            low, high = (low, middle) if abs(self.disc_mm(focus, middle, t)) <= allowed else (middle, high)
        return high, far

    def nearest(self, focus: float, t: float) -> float:
        """Just before the lens and its pupil."""
        n = self.offset_at(focus, self.focal_at(t) / 1000)
        return max(n, n if self.pupil is None else self.pupil) + 1e-4

    def spans(self, who: Callable[[float], float]) -> list[tuple[float, float]]:
        """When somebody is within a circle of confusion, looked at every ten-thousandth and halved at the edges."""
        count = 10_000
        times = [self.duration * i / count for i in range(count + 1)]
        sharp = [abs(self.circles(who, t)) <= 1 + 1e-9 for t in times]
        found: list[tuple[float, float]] = []
        begun = 0.0 if sharp[0] else None
        for i in range(count):
            if sharp[i] != sharp[i + 1]:
                low, high = times[i], times[i + 1]
                for _ in range(60):
                    middle = (low + high) / 2
                    same = (abs(self.circles(who, middle)) <= 1 + 1e-9) == sharp[i]
                    low, high = (middle, high) if same else (low, middle)
                if begun is None:
                    begun = low
                else:
                    found.append((begun, low))
                    begun = None
        return found if begun is None else [*found, (begun, self.duration)]

    def worst(self, who: Callable[[float], float]) -> float:
        return max(abs(self.circles(who, self.duration * i / 4000)) for i in range(4001))


def at(metres: float) -> Callable[[float], float]:
    return lambda _t: metres


def walk(*places: tuple[float, float]) -> Callable[[float], float]:
    """Straight from place to place, (seconds, metres)."""

    def where(t: float) -> float:
        if t <= places[0][0]:
            return places[0][1]
        for (t0, d0), (t1, d1) in itertools.pairwise(places):
            if t <= t1:
                return d0 + (d1 - d0) * (t - t0) / (t1 - t0)
        return places[-1][1]

    return where


def lens_of(given: Given) -> LensMap:
    standing = given.focal_at(0.0)
    return LensMap(
        name=given.name, make="", model="", serial="", focal_length_mm=standing, t_stop=min(given.t_stop, 1.4),
        close_focus_m=given.close, travel_deg=given.travel, principal_offset_m=given.offset or 0.0,
        marks=(LensMark(0.0, INF), LensMark(given.travel, given.close)), transmission=given.transmission,
        squeeze=given.squeeze, entrance_pupil_m=given.pupil, **given.more,
    )  # fmt: skip


def number(value: object) -> float:
    return INF if value in (None, "inf") else float(value)  # type: ignore[arg-type]


def same(value: object, truth: float, rel: float = 1e-6) -> bool:
    found = number(value)
    return found == truth or math.isclose(found, truth, rel_tol=rel, abs_tol=1e-9)

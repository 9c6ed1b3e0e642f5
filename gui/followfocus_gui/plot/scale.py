# SPDX-License-Identifier: MIT
"""The curve's upright scale: ring angle, or distance on the lens's own kind of scale.

Distance is drawn by its reciprocal. So infinity has a place, even steps are even steps of blur, and a band of sharpness
is as wide at 1 m as at 10; the axis reads in metres or feet, as a lens does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.units import FOOT_M
from followfocus_gui.state.views import CurveView

LEAST_PX, TICK_APART_PX = 17.0, 5.0
"""Room between two figures of the distance axis in the least letters, and between two ticks"""
_METRES = (
    *(math.inf, 1.0, 2.0, 0.5, 4.0, 10.0, 3.0, 1.5, 0.7, 5.0, 6.0, 8.0, 0.4, 0.6, 0.8, 1.2, 2.5, 20.0, 15.0, 30.0),
    *(0.3, 0.9, 1.1, 1.3, 1.4, 1.6, 1.8, 3.5, 4.5, 7.0, 0.35, 0.45, 0.55, 0.65, 0.75, 1.7, 1.9, 2.2, 2.8, 12.0, 50.0),
)
_FEET = (
    *(math.inf, 3, 6, 2, 12, 30, 4, 8, 5, 10, 20, 15, 1.5, 7, 2.5, 50, 1, 3.5, 4.5, 9, 100, 1.25, 1.75, 2.25, 2.75),
    *(5.5, 6.5, 25, 40),
)


@dataclass(frozen=True, slots=True)
class Levels:
    """From ring degrees to what the plot draws upwards. Without a table that is the angle itself.

    `deg` ascends; `per_m` is the reciprocal of the distance at each. Beyond the table the line goes on straight, which
    on a lens's scale, nearly even in reciprocals, is nearly right.
    """

    deg: FloatArray | None = None
    per_m: FloatArray | None = None

    @classmethod
    def of(cls, view: CurveView) -> Levels:
        """The levels that a view asks for: the lens's own scale where it is given, else what the plan's samples say."""
        if not view.show_distance:
            return cls()
        given = len(view.scale_deg) >= 2
        deg, metres = (view.scale_deg, view.scale_m) if given else (view.ring_deg, view.distance_m)
        order = np.argsort(deg, kind="stable")
        ordered = deg[order]
        # np.interp needs angles that rise: a pull that rests or comes back has the same one twice.
        first = order[np.concatenate([[True], ordered[1:] != ordered[:-1]])]
        return cls(deg[first], 1.0 / metres[first])

    def at(self, ring_deg: FloatArray) -> FloatArray:
        """The levels of some ring angles."""
        if self.deg is None or self.per_m is None:
            return ring_deg
        made = np.interp(ring_deg, self.deg, self.per_m)
        if ring_deg.size and (ring_deg.min() < self.deg[0] or ring_deg.max() > self.deg[-1]) and len(self.deg) >= 2:
            for edge, inner, outside in ((0, 1, ring_deg < self.deg[0]), (-1, -2, ring_deg > self.deg[-1])):
                slope = (self.per_m[edge] - self.per_m[inner]) / (self.deg[edge] - self.deg[inner])
                made = np.where(outside, self.per_m[edge] + slope * (ring_deg - self.deg[edge]), made)
        return np.asarray(made)

    def one(self, ring_deg: float) -> float:
        """The level of one ring angle."""
        if self.deg is None or self.per_m is None:
            return ring_deg
        if self.deg[0] <= ring_deg <= self.deg[-1]:
            return float(np.interp(ring_deg, self.deg, self.per_m))
        return float(self.at(np.array([ring_deg]))[0])


@lru_cache(maxsize=16)  # an edit of the time leaves the scale as it is
def distance_ticks(
    low: float, high: float, size_px: float, *, imperial: bool, least_px: float = LEAST_PX
) -> tuple[float, ...]:
    """Reciprocals of the round distances between two levels (1/m), as many as have room on `size_px` pixels."""
    if not high > low:
        return ()
    made: list[float] = []
    # In the order of how much a figure tells: each takes its place only if the better ones leave room.
    for distance in _FEET if imperial else _METRES:
        level = 1.0 / (distance * (FOOT_M if imperial else 1.0))
        apart = min((abs(level - other) for other in made), default=math.inf) / (high - low) * size_px
        if low <= level <= high and apart >= least_px:
            made.append(level)
    return tuple(sorted(made))


def distance_word(level: float, *, imperial: bool) -> str:
    """A reciprocal as the distance it stands for: `∞`, `2.5`, `2'6"`."""
    # A reciprocal of nought, but for rounding.
    if abs(level) < 1e-9:
        return "∞"
    if not imperial:
        return f"{1.0 / level:.3g}"
    inches = round(12.0 / level / FOOT_M)
    return f"{inches // 12}'" + (f'{inches % 12}"' if inches % 12 else "")

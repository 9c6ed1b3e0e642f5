# SPDX-License-Identifier: MIT
"""A zoom that is moved during the shot: focal length over time, in `look` and all that is written of it.

Written `24..70` (evenly over the pull, standing while the ring holds), or with times in seconds after GO:
`24@0..50@1.5s..70@3s`. A clip's record of its focal lengths is one as well. The focus scale stays, as on a parfocal
zoom; so do the principal offset and the entrance pupil where the lens file gives them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.landing import positive
from followfocus.lens.subjects import TIMED, WALK, short, stops_of


@dataclass(frozen=True, slots=True)
class Zoom:
    """Focal lengths in mm at times in seconds after GO.

    Straight lines between the points; before the first and after the last the zoom stands. Times must rise.
    """

    times_s: tuple[float, ...]
    focals_mm: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse a zoom that cannot be."""
        if len(self.times_s) < 2 or len(self.times_s) != len(self.focals_mm):
            raise RequestError("A zoom's move needs at least two points, each a time and a focal length.")
        if not np.all(np.isfinite(self.times_s)) or np.any(np.diff(self.times_s) <= 0):
            raise RequestError("The times of a zoom's move must rise from point to point.")
        for focal_mm in self.focals_mm:
            positive(focal_mm, "focal length", "mm")

    def focal_mm(self, t: float | FloatArray) -> FloatArray:
        """Focal length in mm at `t` seconds (scalar or array)."""
        return np.asarray(np.interp(t, self.times_s, self.focals_mm), dtype=np.float64)

    def shifted(self, by_s: float) -> Zoom:
        """The same move on a clock that started `by_s` later."""
        return Zoom(tuple(t - by_s for t in self.times_s), self.focals_mm)

    def mirrored(self, over_s: float) -> Zoom:
        """The move back: as if `over_s` seconds ran backwards."""
        return Zoom(tuple(over_s - t for t in reversed(self.times_s)), self.focals_mm[::-1])

    def resting(self, rests: Sequence[tuple[float, float]]) -> Zoom:
        """The same move, standing still for each rest: (seconds of the move at which it comes, how many it lasts).

        Rests come in order, each longer than 0 s.
        """
        moments = sorted({*self.times_s, *(at_s for at_s, _ in rests)})
        points: list[tuple[float, float]] = []
        for t in moments:
            before_s = sum(rest_s for at_s, rest_s in rests if at_s < t)
            ends_s = [rest_s for at_s, rest_s in rests if at_s == t]
            points += [(t + before_s + rest_s, self.at_mm(t)) for rest_s in (0.0, *ends_s)]
        return Zoom(tuple(t for t, _ in points), tuple(focal for _, focal in points))

    def within(self, over_s: float) -> Zoom:
        """The move within the first `over_s` seconds of its clock; before and after it stands."""
        times = (0.0, *(t for t in self.times_s if 0.0 < t < over_s), over_s)
        return Zoom(times, tuple(map(self.at_mm, times)))

    def at_mm(self, t: float) -> float:
        """Focal length in mm at `t` seconds."""
        return float(self.focal_mm(t))

    @property
    def range_mm(self) -> tuple[float, float]:
        """The shortest and the longest focal length of the move."""
        return min(self.focals_mm), max(self.focals_mm)


def is_move(text: str) -> bool:
    """Whether a focal length as asked for is a move of the zoom, like `24..70`."""
    return WALK in text


def is_timed(text: str) -> bool:
    """Whether a move of the zoom says when it is where, like `24@0..70@1.5s`."""
    return TIMED in text


def zoom_words(zoom: Zoom) -> str:
    """A move as `parse_zoom` reads it.

    >>> zoom_words(Zoom((0.0, 1.5), (24.0, 70.0)))
    '24@0s..70@1.5s'
    """
    points = zip(zoom.times_s, zoom.focals_mm, strict=True)
    return WALK.join(f"{short(focal_mm)}{TIMED}{short(at_s)}s" for at_s, focal_mm in points)


def parse_zoom(text: str, duration_s: float, fps: Fraction | float = 24) -> Zoom:
    """A move of the zoom; one without times is spread evenly over `duration_s`, the pull's. Raises RequestError.

    Times may be in frames, at `fps`.

    >>> parse_zoom("24..70", 2.0)
    Zoom(times_s=(0.0, 2.0), focals_mm=(24.0, 70.0))
    """
    if not is_move(text):
        raise RequestError(f"“{text}” is no move of a zoom.", "Write it as 24..70, or 24@0..70@1.5s.")
    focals, times = stops_of(text, duration_s, "focal lengths", fps)
    return Zoom(times, tuple(_millimetres(focal, text) for focal in focals))


def _millimetres(text: str, whole: str) -> float:
    found = re.fullmatch(r"\s*(\d{1,4}(?:[.,]\d+)?)\s*(?:mm)?\s*", text)
    if found is None:
        raise RequestError(f"“{whole}” is no focal length.", "Write 35, a zoom's move as 24..70, or a clip's file.")
    return float(found[1].replace(",", "."))

# SPDX-License-Identifier: MIT
"""From the numbers in a depth map to distances: metric, inverse or relative, scaled by what is known of some points.

- metric: distances. 32-bit maps hold metres, whole numbers millimetres (as depth cameras and phones write them).
- inverse: 1/distance. 32-bit maps hold 1/m; else one known distance scales them.
- relative: 1/distance times something plus something, as networks that see depth in one photo write it; two known
  distances say what. Larger may be nearer or farther, the two points tell.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import FileError, RequestError
from followfocus.look.paint import Image32
from followfocus.units import parse_distance

KINDS = ("metric", "inverse", "relative")
NEAREST_M = 0.05
_LOOK_PX = 2
_AGREE = 1.05
"""Two points agree on a map's unit to this factor: nobody measures a face better with a tape."""


@dataclass(frozen=True, slots=True)
class Known:
    """A distance that is known: in metres, at a point of the picture (pixels) or for a value of the map."""

    distance_m: float
    at: tuple[float, float] | None = None
    value: float | None = None


def parse_known(text: str) -> Known:
    """`X,Y=DISTANCE` for a point in pixels from the upper left, or `VALUE=DISTANCE` for a number in the map."""
    where, equals, distance = text.partition("=")
    if not equals:
        raise RequestError(f"“{text}” is no known distance.", "Write X,Y=DISTANCE, like 412,220=2m, or VALUE=DISTANCE.")
    metres = parse_distance(distance.strip())
    point = picture_point(where)
    if point is not None:
        return Known(metres, at=point)
    try:
        return Known(metres, value=float(where))
    except ValueError:
        raise RequestError(
            f"“{where}” is neither a point nor a value.", "Write X,Y in pixels, or one number."
        ) from None


def picture_point(text: str) -> tuple[float, float] | None:
    """`412,220` as a point in pixels; None for anything else."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*,\s*(\d+(?:\.\d+)?)\s*", text)
    return (float(found[1]), float(found[2])) if found else None


def around(values: Image32, at: tuple[float, float], size: tuple[int, int]) -> float:
    """The median of a map around a point of a picture of this size (width, height). RequestError outside of it."""
    if not (0 <= at[0] < size[0] and 0 <= at[1] < size[1]):
        raise RequestError(
            f"The point {at[0]:g},{at[1]:g} is not in the picture, which is {size[0]} x {size[1]} pixels."
        )
    row, column = int(at[1] * values.shape[0] / size[1]), int(at[0] * values.shape[1] / size[0])
    near = values[
        max(0, row - _LOOK_PX) : row + _LOOK_PX + 1,
        max(0, column - _LOOK_PX) : column + _LOOK_PX + 1,
    ]
    known = near[np.isfinite(near)]
    if not len(known):
        raise RequestError(f"There is no depth at {at[0]:g},{at[1]:g}.", "Choose another point.")
    return float(np.median(known))


@dataclass(frozen=True, slots=True)
class DepthScale:
    """1/distance = `factor` × v + `plus`, where v is the map's number, or 1 over it with `reciprocal`."""

    factor: float
    plus: float = 0.0
    reciprocal: bool = False

    def per_m(self, values: Image32) -> Image32:
        """1/distance in 1/m of every pixel; what has no number is taken to be as far as the farthest that has one."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            v = 1 / values if self.reciprocal else values
            found = np.asarray(v * np.float32(self.factor) + np.float32(self.plus), dtype=np.float32)
        known = self._known(values) & np.isfinite(found)
        if not known.any():
            raise FileError("Not one number of the depth map is a distance.", remedy="Check --depth-kind.")
        least = float(max(found[known].min(), 0.0))
        return np.clip(np.where(known, found, np.float32(least)), 0.0, 1 / NEAREST_M)

    def unknown(self, values: Image32) -> float:
        """The share of a map's pixels that have no depth."""
        return 1 - float(self._known(values).mean())

    def _known(self, values: Image32) -> NDArray[np.bool_]:
        """Which numbers are depths: infinitely far is a distance too, nothing and less than nothing aren't."""
        return np.asarray(values > 0 if self.reciprocal else np.isfinite(values))


def depth_scale_of(
    values: Image32, whole: bool, kind: str | None, known: Sequence[Known], size: tuple[int, int]
) -> DepthScale:
    """How to read a map (h, w) of a picture of this size; `whole` tells that its numbers are whole ones.

    RequestError where the kind can't be told, or points are missing.
    """
    kind = _kind(kind, whole=whole, known=known)
    pairs = [(one.value if one.value is not None else around(values, one.at or (0, 0), size), one) for one in known]
    if kind == "metric":
        unit = 1000.0 if whole else 1.0
        if pairs:
            # The geometric mean: one point twice too far and one twice too near leave the scale alone.
            unit = math.exp(sum(math.log(_positive(v) / one.distance_m) for v, one in pairs) / len(pairs))
        return DepthScale(unit, reciprocal=True)
    if kind == "inverse":
        if not pairs:
            return DepthScale(1.0)
        return DepthScale(math.exp(-sum(math.log(_positive(v) * one.distance_m) for v, one in pairs) / len(pairs)))
    return _fitted(pairs)


def likeliest_kind(values: Image32, known: Sequence[Known], size: tuple[int, int]) -> str:
    """The kind of a map's numbers, by two known distances: distances, 1 over them, or any line through 1/distance."""
    numbers = [one.value if one.value is not None else around(values, one.at or (0, 0), size) for one in known]
    if min(numbers) > 0:
        for kind, units in (
            ("metric", [number / one.distance_m for number, one in zip(numbers, known, strict=True)]),
            ("inverse", [number * one.distance_m for number, one in zip(numbers, known, strict=True)]),
        ):
            if max(units) < _AGREE * min(units):
                return kind
    return "relative"


def _kind(kind: str | None, *, whole: bool, known: Sequence[Known]) -> str:
    if kind is not None and kind not in KINDS:
        raise RequestError(f"There is no kind of depth “{kind}”.", f"Known: {', '.join(KINDS)}.")
    found = kind or ("relative" if len(known) >= 2 else None if whole else "metric")
    if found is None:
        raise RequestError(
            "What the whole numbers of this depth map mean can't be told from them.",
            "Give --depth-kind metric for millimetres, or two known distances: --depth-at X,Y=2m --depth-at X,Y=6m.",
        )
    if found == "relative" and len(known) < 2:
        raise RequestError("A relative depth map takes two known distances.", "Give --depth-at X,Y=DISTANCE twice.")
    if found == "inverse" and whole and not known:
        raise RequestError("Inverse depth in whole numbers takes one known distance.", "Give --depth-at X,Y=DISTANCE.")
    return found


def _positive(value: float) -> float:
    if not value > 0:
        raise RequestError(f"The depth map has {value:g} at a point of known distance, which is no distance.")
    return value


def _fitted(pairs: Sequence[tuple[float, Known]]) -> DepthScale:
    """The line through the points' values and 1/distances, by least squares."""
    v = np.array([value for value, _ in pairs])
    per_m = np.array([1 / one.distance_m for _, one in pairs])
    if np.ptp(v) <= 1e-9 * max(1.0, float(np.abs(v).max())) or np.ptp(per_m) == 0:
        raise RequestError(
            "The known distances don't differ, or the depth map has the same number at each.",
            "Choose one point near and one far.",
        )
    factor, plus = np.polyfit(v, per_m, 1)
    return DepthScale(float(factor), float(plus))

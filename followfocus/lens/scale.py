# SPDX-License-Identifier: MIT
"""How much of a lens's scale is measured and how much is worked out, in figures and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from followfocus.lens.map import LensMap, LensMark, piecewise
from followfocus.lens.typos import reciprocal
from followfocus.units import FOOT_M, System, format_distance

ENGRAVED_M = (20.0, 10.0, 8.0, 5.0, 3.0, 2.0, 1.5, 1.2, 1.0, 0.85, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25)
"""Distances that barrels carry, in metres"""
ENGRAVED_FT = (60.0, 30.0, 20.0, 15.0, 10.0, 8.0, 6.0, 5.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.75, 1.5, 1.25, 1.0)


@dataclass(frozen=True, slots=True)
class ScaleFacts:
    """A lens's scale. `measured_deg` is the span of ring between the farthest and the nearest measured mark.

    `marks_deg` are the measured marks' ring angles; `agree` is the share of the travel to which each of them is
    predicted by its neighbours, None where fewer than three are measured.
    """

    measured_deg: tuple[float, float] | None
    marks_deg: tuple[float, ...]
    agree: float | None

    @property
    def measured(self) -> bool:
        """Two marks at least were measured: between them the scale is known."""
        return self.measured_deg is not None


def scale_facts(lens: LensMap) -> ScaleFacts:
    """The measured part of a lens's scale. Two points alone, infinity and close focus, are a law and no measurement."""
    finite = [mark for mark in lens.marks if math.isfinite(mark.distance_m)]
    if lens.ideal or len(finite) < 2:
        return ScaleFacts(None, (), None)
    return ScaleFacts(
        (finite[0].ring_deg, finite[-1].ring_deg),
        tuple(mark.ring_deg for mark in finite),
        _agreement(lens.marks, lens.travel_deg, lens.principal_offset_m),
    )


def _agreement(marks: Sequence[LensMark], travel_deg: float, offset_m: float) -> float | None:
    """The largest miss of a mark by the line through its neighbours, as a share of the travel."""
    if len(marks) < 4:
        return None
    places = np.array([reciprocal(mark.distance_m, offset_m) for mark in marks])
    rings = np.array([mark.ring_deg for mark in marks])
    misses = [
        abs(float(piecewise(places[i : i + 1], np.delete(places, i), np.delete(rings, i))[0]) - rings[i])
        for i in range(1, len(marks) - 1)
    ]
    return float(max(misses)) / travel_deg


def scale_words(lens: LensMap, system: System = "metric") -> tuple[str, str]:
    """(what is measured, what is worked out), the second empty where the whole ring is measured."""
    facts = scale_facts(lens)
    if facts.measured_deg is None:
        return "", "worked out on the 1/distance law, not measured"
    far_m, near_m = (lens.distance_m(deg) for deg in facts.measured_deg)
    agree = "" if facts.agree is None else f"; they agree to {facts.agree * 100:.2g} % of the turn"
    measured = f"{len(facts.marks_deg)} marks measured, {_m(far_m, system)} to {_m(near_m, system)}{agree}"
    closest_m = lens.distance_m(lens.travel_deg)
    if facts.measured_deg[1] >= lens.travel_deg - 0.5:
        return measured, ""
    return measured, f"{_m(near_m, system)} to {_m(closest_m, system)}: worked out, not measured"


def _m(metres: float, system: System) -> str:
    return format_distance(metres, system)


def ring_ticks(lens: LensMap, *, imperial: bool = False) -> tuple[tuple[float, str], ...]:
    """(ring degrees, text) of the distances that a barrel would carry, from infinity to close focus."""
    made = [(0.0, "∞")] if math.isinf(lens.distance_m(0.0)) else []
    nearest_m, farthest_m = lens.distance_m(lens.travel_deg), lens.distance_m(0.0)
    for value in ENGRAVED_FT if imperial else ENGRAVED_M:
        metres = value * FOOT_M if imperial else value
        if nearest_m <= metres <= farthest_m:
            made.append((lens.ring_deg(metres), f"{value:g}"))
    return tuple(made)

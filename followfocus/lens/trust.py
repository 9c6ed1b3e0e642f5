# SPDX-License-Identifier: MIT
"""How far a scale can be trusted between its marks, and where one more mark would say most."""

from __future__ import annotations

import math
from dataclasses import dataclass

from followfocus.lens.law import Law, Rows, next_mark_m, scale_through
from followfocus.units import format_distance

_FEW = 4
DOUBTFUL = 0.02
"""A scale that misses left-out marks by more than this share of the travel needs another mark."""


@dataclass(frozen=True, slots=True)
class ScaleTrust:
    """The trust in a scale. `worst_deg` is its worst miss of a mark that it was made without, nan with under four.

    One more mark belongs at `next_m`, by `next_mark_m`; the scale may be off by `doubt_deg` there.
    """

    law: Law
    marks: int
    worst_deg: float
    next_m: float
    doubt_deg: float
    travel_deg: float

    @property
    def words(self) -> str:
        """One sentence: how far it is verified."""
        place = format_distance(self.next_m)
        if math.isnan(self.worst_deg):
            count = "Two marks" if self.marks == 2 else f"{self.marks} marks"
            return (
                f"{count} don't verify a scale: it may be off by some {self.doubt_deg:z.0f}° of ring between them, a "
                f"zoom's by more. Put the next mark at {place}."
            )
        return (
            f"The scale goes by {self.law.value} between {self.marks} marks; made without one of them it misses that "
            f"mark by {self.worst_deg:z.1f}° of ring at worst. The widest gap on the ring is around {place}."
        )

    @property
    def doubtful(self) -> bool:
        """Whether a person should know before a pull."""
        return self.marks < _FEW or self.worst_deg > DOUBTFUL * self.travel_deg


def trust_of(rows: Rows, offset_m: float, travel_deg: float) -> ScaleTrust:
    """The trust in the scale through these marks."""
    scale = scale_through(rows, offset_m)
    next_m, doubt_deg = next_mark_m(rows, offset_m)
    return ScaleTrust(scale.law, len(rows), scale.worst_deg, next_m, doubt_deg, travel_deg)

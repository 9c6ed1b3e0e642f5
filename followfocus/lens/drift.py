# SPDX-License-Identifier: MIT
"""A lens that is off today: cold or heat moves its glass, and the scale no longer agrees with the tape.

`2cm` is an AC's word for everything: at every distance, what is sharp lies 2 cm farther than the scale says. `2cm@3m`
was measured, at 3 m on the scale; what heat does to a lens shifts its image plane, which is the same few degrees of
ring at every distance and many centimetres far out, so that is how it is carried on.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.trims import parse_trim, show_trim
from followfocus.units import format_distance, parse_distance


@dataclass(frozen=True, slots=True)
class Drift:
    """How much longer a lens is than its scale, metres; measured at `at_m` on the scale, or everywhere. With a note."""

    long_m: float = 0.0
    at_m: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.long_m) and abs(self.long_m) < 1.0):
            raise RequestError(f"A lens can't be off by {self.long_m:g} m.", "Map it anew.")
        if self.at_m is not None and not (math.isfinite(self.at_m) and self.at_m > 0):
            raise RequestError("A lens is measured at a distance above 0 m, and not at infinity.")

    @property
    def words(self) -> str:
        """In words; empty where it is not off."""
        if not self.long_m:
            return self.note
        where = "everywhere" if self.at_m is None else f"at {format_distance(self.at_m)}"
        said = f"{show_trim(self.long_m, imperial=False)} {where}"
        return f"{said} ({self.note})" if self.note else said


NO_DRIFT = Drift()


def parse_drift(text: str) -> Drift:
    """`2cm`, `-1in`, `+2cm@3m`, and behind a comma a note: `2cm@3m, -10 °C`. Raises RequestError.

    >>> parse_drift("2cm@3m, cold")
    Drift(long_m=0.02, at_m=3.0, note='cold')
    """
    said, _, note = text.partition(", ")
    amount, _, where = said.partition("@")
    return Drift(parse_trim(amount), parse_distance(where) if where.strip() else None, note.strip())


def off_scale_words(lens: LensMap) -> str:
    """How far a lens is off its scale today, for the paper of its takes; empty where it is not."""
    said = (
        show_trim(lens.off_m, imperial=False) if lens.off_m else "",
        f"{lens.off_deg:+z.2f}°" if lens.off_deg else "",
    )
    words = ", ".join(filter(None, said))
    return f"off its scale by {words}" if words else ""


def drifted(lens: LensMap, drift: Drift) -> LensMap:
    """The lens as it is today: the same ring, other distances. Raises RequestError where it can't be measured there."""
    if not drift.long_m:
        return lens
    if drift.at_m is None:
        return dataclasses.replace(lens, off_m=drift.long_m, close_focus_m=lens.close_focus_m + drift.long_m)
    meant, found = (float(lens.ring_deg(np.array([m]))[0]) for m in (drift.at_m, drift.at_m + drift.long_m))
    moved = dataclasses.replace(lens, off_deg=meant - found)
    return dataclasses.replace(moved, close_focus_m=moved.distance_m(lens.travel_deg))

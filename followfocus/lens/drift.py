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
from followfocus.lens.subjects import short
from followfocus.lens.trims import parse_trim, show_trim
from followfocus.units import FOOT_M, INCH_M, format_distance, parse_distance


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

    def typed(self, *, imperial: bool = False) -> str:
        """As `parse_drift` reads it, to the last tenth of a millimetre; empty where it is not off.

        >>> Drift(0.02, 3.0, "cold").typed(), Drift(-0.0254, 3.048).typed(imperial=True)
        ('+2cm@3m, cold', '-1in@10ft')
        """
        if not self.long_m:
            return ""
        small, small_m, large, large_m = ("in", INCH_M, "ft", FOOT_M) if imperial else ("cm", 0.01, "m", 1.0)
        where = "" if self.at_m is None else f"@{short(self.at_m / large_m)}{large}"
        sign = "+" if self.long_m > 0 else "-"
        note = f", {self.note}" if self.note else ""
        return f"{sign}{short(abs(self.long_m) / small_m)}{small}{where}{note}"


NO_DRIFT = Drift()


def parse_drift(text: str, *, imperial: bool = False) -> Drift:
    """`2cm`, `-1in`, `+2cm@3m`, and behind a comma a note: `2cm@3m, -10 °C`. Raises RequestError.

    Without units they are centimetres and metres, or inches and feet where the tape is imperial.

    >>> parse_drift("2cm@3m, cold")
    Drift(long_m=0.02, at_m=3.0, note='cold')
    """
    said, _, note = text.partition(", ")
    amount, _, where = said.partition("@")
    at_m = parse_distance(where, "ft" if imperial else "m") if where.strip() else None
    return Drift(parse_trim(amount, imperial=imperial), at_m, note.strip())


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

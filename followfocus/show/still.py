# SPDX-License-Identifier: MIT
"""A picture of one's own that a pull is looked at on: its files, and the points in it whose distance is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import RequestError

MOST_SPOTS = 2


@dataclass(frozen=True, slots=True)
class KnownSpot:
    """A point of the 16:9 frame that the picture fills, in shares from its upper left corner, and how far away it is.

    Raises RequestError for a point outside of it, and for what is no distance.
    """

    across: float
    down: float
    distance_m: float

    def __post_init__(self) -> None:
        if not (0 <= self.across <= 1 and 0 <= self.down <= 1):
            raise RequestError(
                f"The point {self.across:g}, {self.down:g} is not in the picture.", "Click inside of it."
            )
        if not (math.isfinite(self.distance_m) and self.distance_m > 0):
            raise RequestError("A depth map is scaled by distances above 0 m, and not by infinity.")


@dataclass(frozen=True, slots=True)
class OwnStill:
    """A picture and its depth map, in files; two known points at most say what the map's numbers mean."""

    picture: Path
    depth: Path
    known: tuple[KnownSpot, ...] = ()

    def __post_init__(self) -> None:
        if len(self.known) > MOST_SPOTS:
            raise RequestError(f"A depth map is scaled by {MOST_SPOTS} points, not by {len(self.known)}.")

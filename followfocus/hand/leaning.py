# SPDX-License-Identifier: MIT
"""A ring or stick that springs back: held off its middle it asks for a speed, not for a place."""

from __future__ import annotations

import math

from followfocus.hand.manners import HandManners

MOST_GAP_S = 0.1
"""After a longer silence of whoever asks, the ring goes on from there and makes nothing up."""


class Leaning:
    """The lean of the wheel that has the ring, and how far the ring has gone by it."""

    def __init__(self) -> None:
        self._share = 0.0
        self._at_s = -math.inf

    @property
    def held(self) -> bool:
        """It is held off its middle now."""
        return self._share != 0.0

    def let_go(self) -> None:
        """It is in its middle again, or has the ring no more."""
        self._share = 0.0

    def begin(self) -> None:
        """From now on, wherever the ring was by then."""
        self._at_s = -math.inf

    def lean(self, lean: float, manners: HandManners, gear: float) -> None:
        """It is held at `lean`, -1 … 1: nothing within the dead band, and finer near the middle."""
        away = max(0.0, min(abs(lean), 1.0) - manners.dead_band) / (1.0 - manners.dead_band)
        # Squared: a thumb that trembles near the middle asks for little, and the end still is the greatest speed.
        self._share = math.copysign(away**2, lean) * gear

    def turned_deg(self, now_s: float, lean_deg_s: float) -> float:
        """How far the ring goes by it from when this was last asked to `now_s`, the end's speed being `lean_deg_s`."""
        gap_s = min(now_s - self._at_s, MOST_GAP_S) if self._at_s > -math.inf else 0.0
        self._at_s = max(self._at_s, now_s)
        return self._share * lean_deg_s * max(gap_s, 0.0)

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
        """The wheel is held off its middle."""
        return self._share != 0.0

    def let_go(self) -> None:
        """The wheel is back in its middle, or has lost the ring."""
        self._share = 0.0

    def begin(self) -> None:
        """Count from the next call on, wherever the ring is by then."""
        self._at_s = -math.inf

    def lean(self, lean: float, manners: HandManners, gear: float) -> None:
        """The wheel is held at `lean`, -1 … 1: nothing within the dead band, and finer near the middle."""
        away = max(0.0, min(abs(lean), 1.0) - manners.dead_band) / (1.0 - manners.dead_band)
        # Squared: a thumb that trembles near the middle asks for little, and the end still is the greatest speed.
        self._share = math.copysign(away**2, lean) * gear

    def turned_deg(self, now_s: float, lean_deg_s: float) -> float:
        """The ring's way since the last call, up to `now_s`; at full lean its speed is `lean_deg_s`."""
        # A computer that slept must not wake up and drive on for all that time.
        gap_s = min(now_s - self._at_s, MOST_GAP_S) if self._at_s > -math.inf else 0.0
        self._at_s = max(self._at_s, now_s)
        return self._share * lean_deg_s * max(gap_s, 0.0)

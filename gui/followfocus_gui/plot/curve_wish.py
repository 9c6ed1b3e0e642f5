# SPDX-License-Identifier: MIT
"""Wishes of a hand or a key about the curve, in the pull's own terms."""

from __future__ import annotations

from dataclasses import dataclass

Handles = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CurveWish:
    """One of the four: the cursor or the duration in seconds, Bézier handles, or (index of the hold, its seconds)."""

    cursor_s: float | None = None
    duration_s: float | None = None
    handles: Handles | None = None
    hold: tuple[int, float] | None = None

# SPDX-License-Identifier: MIT
"""A pull asked for by what is seen of it: the duration that shows it, where that is more than a division."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from followfocus.errors import RequestError

_SHORTEST_TRIED_S, _TRIED = 0.05, 97


def checked_visible_s(visible_s: float) -> float:
    """A visible duration as asked for; RequestError where it is none."""
    if not (math.isfinite(visible_s) and visible_s > 0):
        raise RequestError(f"A visible duration must be more than 0 s, not {visible_s:g}.")
    return visible_s


def checked_frame_s(frame: int, fps: Fraction) -> float:
    """When a frame that is asked for is taken, seconds from GO; RequestError where it isn't after GO."""
    if frame < 1:
        raise RequestError(f"Frame {frame} is not after GO; frames count from 0 at GO.", "Ask for a later frame.")
    return float(frame / fps)


def duration_that_shows(shown: Callable[[float], float | None], wanted_s: float, longest_s: float) -> float | None:
    """The shortest commanded duration whose `shown` seconds are `wanted_s`, where they don't simply scale with it.

    `shown` tells for a commanded duration when what is asked for happens, None where it never does. Brackets are
    searched for on a grid of durations up to `longest_s` and halved. None where no duration does it.
    """
    before: tuple[float, float] | None = None
    for tried_s in np.geomspace(_SHORTEST_TRIED_S, longest_s, _TRIED):
        seen = shown(float(tried_s))
        now = None if seen is None else (float(tried_s), seen - wanted_s)
        if before is not None and now is not None and before[1] * now[1] <= 0:
            found = _halved(shown, wanted_s, before, now)
            if found is not None:
                return found
        before = now
    return None


def _halved(
    shown: Callable[[float], float | None], wanted_s: float, low: tuple[float, float], high: tuple[float, float]
) -> float | None:
    """The duration between two whose visible part is `wanted_s`; None where it only jumps past it."""
    for _ in range(60):
        middle_s = (low[0] + high[0]) / 2
        seen = shown(middle_s)
        if seen is None:
            return None
        if abs(seen - wanted_s) < 1e-9 * wanted_s:
            return middle_s
        middle = middle_s, seen - wanted_s
        low, high = (middle, high) if middle[1] * high[1] <= 0 else (low, middle)
    return high[0] if abs(high[1]) < 1e-7 else None

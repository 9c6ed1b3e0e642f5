# SPDX-License-Identifier: MIT
"""The trace of a take under way: grows by a point at a time and never costs more to draw than a few hundred points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from followfocus.arrays import FloatArray

MOST_POINTS = 2048
"""A plot is some hundred pixels wide: beyond this, every second point goes and half as many are kept from then on."""
SILENT_S, SILENT_DEG = 0.5, 0.2
"""Between two readings that are further apart in time and in angle nobody knows the ring's way"""


class Trace:
    """Times and ring angles in fixed arrays. A take of any length keeps 1024 to 2048 points, and always the newest."""

    def __init__(self) -> None:
        self._t, self._deg = np.empty(MOST_POINTS + 1), np.empty(MOST_POINTS + 1)
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self._kept, self._stride, self._since = 0, 1, 0

    def append(self, t_s: float, ring_deg: float) -> None:
        """One more point; the newest stands behind the kept ones until it is kept itself or the next one comes."""
        self._t[self._kept], self._deg[self._kept] = t_s, ring_deg
        self._since += 1
        if self._since >= self._stride:
            self._since = 0
            self._kept += 1
            if self._kept == MOST_POINTS:
                self._thin()

    def _thin(self) -> None:
        self._kept = MOST_POINTS // 2
        # A copy: source and target overlap. The odd ones, so that the newest of all stays.
        self._t[: self._kept] = self._t[1:MOST_POINTS:2].copy()
        self._deg[: self._kept] = self._deg[1:MOST_POINTS:2].copy()
        self._stride *= 2

    def __len__(self) -> int:
        return self._kept + (1 if self._since else 0)

    def known(self, part: slice) -> Iterator[slice]:
        """The pieces of a part between which the unit was not heard while the ring turned, in order."""
        times_s, ring_deg = self.times_s[part], self.ring_deg[part]
        silent = (np.diff(times_s) > SILENT_S * self._stride) & (np.abs(np.diff(ring_deg)) > SILENT_DEG)
        starts = [part.start, *(part.start + 1 + np.flatnonzero(silent)).tolist(), part.start + len(times_s)]
        return (slice(*ends) for ends in itertools.pairwise(starts))

    @property
    def times_s(self) -> FloatArray:
        """Seconds from GO, as a view that the next append may change."""
        return self._t[: len(self)]

    @property
    def ring_deg(self) -> FloatArray:
        """Ring angles, as a view that the next append may change."""
        return self._deg[: len(self)]

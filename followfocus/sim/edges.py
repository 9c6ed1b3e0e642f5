# SPDX-License-Identifier: MIT
"""The log of step edges: what a logic analyser on the STEP and DIR pins would show."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator


class EdgeLog:
    """Step edges as (tick, position), the newest `limit` to twice as many; `listener` is called with each."""

    def __init__(self, limit: int = 500_000) -> None:
        self.listener: Callable[[int, int], None] | None = None
        self._limit = limit
        self._ticks = array("q")
        self._positions = array("q")

    def append(self, tick: int, position: int) -> None:
        """Note an edge."""
        self._ticks.append(tick)
        self._positions.append(position)
        # Cut by half at a time: to drop one at each edge would move half a million every time.
        if len(self._ticks) > 2 * self._limit:
            del self._ticks[: -self._limit], self._positions[: -self._limit]
        if self.listener is not None:
            self.listener(tick, position)

    def clear(self) -> None:
        """Forget all edges."""
        del self._ticks[:], self._positions[:]

    def __len__(self) -> int:
        return len(self._ticks)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._ticks, self._positions, strict=True)

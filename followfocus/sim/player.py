# SPDX-License-Identifier: MIT
"""Plays a profile: turns segments into step edges at exact ticks, by integer additions only, as the firmware does."""

from __future__ import annotations

from enum import Enum, auto

from followfocus.sim.profile import ProfileMemory
from followfocus.wire.messages import TICK_FRACTION


class Next(Enum):
    """The next step of a profile that is being played."""

    EDGE = auto()
    END = auto()
    DRY = auto()


class Player:
    """The step edges of `memory`, time zero at `start_tick`.

    `next` says what comes and `next_tick` when; `step()` takes an edge. After END or DRY nothing more comes, but DRY is
    asked again by `refill()`, since segments may have arrived in the meantime.
    """

    def __init__(self, memory: ProfileMemory, start_tick: int) -> None:
        self._memory = memory
        self._start = start_tick
        self._time = 0  # 1/256 tick since time zero, of the last edge, or of the end of the last dwell
        self._interval = 0
        self._add = 0
        self._left = 0
        self.direction = 0
        self.interval = 0  # what led to the last edge, in 1/256 tick; 0 before the first and in a dwell
        self.moving = 0  # direction of the last edge
        self.next = Next.EDGE
        self.next_tick = start_tick
        self._load()

    def step(self) -> None:
        """Take the edge at `next_tick`."""
        self._time += self._interval
        self.interval = self._interval
        self.moving = self.direction
        self._interval += self._add
        self._left -= 1
        if self._left:
            self.next_tick = self._start + (self._time + self._interval) // TICK_FRACTION
        else:
            self._load()

    @property
    def due_interval(self) -> int:
        """The time to the next edge, in 1/256 ticks."""
        return self._interval

    @property
    def left_after(self) -> int:
        """Steps of the present segment after the next edge."""
        return self._left - 1

    def refill(self) -> bool:
        """Look again for segments after DRY: whether there are any."""
        self._load()
        return self.next is not Next.DRY

    def _load(self) -> None:
        while True:
            segment = self._memory.next_segment()
            if segment is None:
                self.next = Next.END if self._memory.all_played else Next.DRY
                self.next_tick = self._start + self._time // TICK_FRACTION
                return
            if segment.count:
                break
            self._time += segment.interval * TICK_FRACTION
            self.interval = 0
        self._interval, self._add, self._left = segment.interval, segment.add, abs(segment.count)
        self.direction = 1 if segment.count > 0 else -1
        self.next = Next.EDGE
        self.next_tick = self._start + (self._time + self._interval) // TICK_FRACTION

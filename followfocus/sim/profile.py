# SPDX-License-Identifier: MIT
"""The unit's memory for a profile: what is taken in, checked on arrival, and handed to the player.

Written from firmware/PROTOCOL.md alone, sharing no code with the planner, so that each checks the other. Times inside a
profile are integers in 1/256 tick.
"""

from __future__ import annotations

import zlib
from collections import deque
from dataclasses import dataclass

from followfocus.wire.messages import SEGMENT, TICK_FRACTION, ProfileBegin, Result, Segment

LONGEST_INTERVAL = 2**32 - 1
LARGEST_ADD = 2**30 - 1
"""The firmware keeps the class of a queue entry in the bits above."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a profile: soft limits in steps, ticks from step to step, extra ticks where it turns round."""

    minimum: int
    maximum: int
    min_interval_ticks: int
    dir_setup_ticks: int


class SegmentChecker:
    """Follows a profile segment by segment and says what is wrong with the next one."""

    def __init__(self, start: int, bounds: Bounds) -> None:
        self._bounds = bounds
        self._position = start
        self._direction = 0
        self._gap = 0  # time since the last step, or since time zero
        self.reach = (start, start)

    def check(self, segment: Segment) -> Result:
        """OK, and the segment is taken as the next one; else the reason, and nothing has changed."""
        if segment.count == 0:
            return self._check_dwell(segment)
        steps = abs(segment.count)
        last = segment.interval + (steps - 1) * segment.add
        if segment.interval < 1 or not 1 <= last <= LONGEST_INTERVAL or (steps > 1 and abs(segment.add) > LARGEST_ADD):
            return Result.BAD_VALUE
        shortest = self._bounds.min_interval_ticks * TICK_FRACTION
        # Intervals change by the same from step to step, so the shortest lies at an end: the first, judged with what
        # was waited before it, the second, or the last. No step needs to be looked at between them.
        first_gap = self._gap + segment.interval
        if first_gap < shortest or (steps > 1 and min(segment.interval + segment.add, last) < shortest):
            return Result.TOO_FAST
        direction = 1 if segment.count > 0 else -1
        if direction == -self._direction and first_gap < shortest + self._bounds.dir_setup_ticks * TICK_FRACTION:
            return Result.REVERSAL_TOO_CLOSE
        end = self._position + segment.count
        if not self._bounds.minimum <= end <= self._bounds.maximum:
            return Result.OUTSIDE_LIMITS
        self._position, self._direction, self._gap = end, direction, 0
        self.reach = (min(self.reach[0], end), max(self.reach[1], end))
        return Result.OK

    def _check_dwell(self, segment: Segment) -> Result:
        if segment.add != 0 or segment.interval == 0:
            return Result.BAD_VALUE
        self._gap += segment.interval * TICK_FRACTION
        return Result.OK


def _time_of(segment: Segment) -> int:
    steps = abs(segment.count)
    if not steps:
        return segment.interval * TICK_FRACTION
    return steps * segment.interval + segment.add * (steps * (steps - 1) // 2)


class ProfileMemory:
    """One profile on the unit: its announcement and the segments that are here.

    A profile that fits `capacity` stays whole; a longer one is a queue whose places are freed as they are played.
    """

    def __init__(self, begin: ProfileBegin, capacity: int, bounds: Bounds) -> None:
        self.begin = begin
        self.wanted_offset = 0
        self.streamed = begin.total > capacity
        self.spoiled = False
        self._capacity = capacity
        self._checker = SegmentChecker(begin.start, bounds)
        self._segments: deque[Segment] = deque()
        self._crc = 0
        self._played = 0
        self._time = 0

    @property
    def duration(self) -> int | None:
        """Time from zero to the end in 1/256 tick; None until every segment has come."""
        return self._time if self.complete else None

    @property
    def complete(self) -> bool:
        """Every segment of the profile has come."""
        return self.wanted_offset == self.begin.total

    @property
    def head_here(self) -> bool:
        """Enough is here to arm."""
        return self.wanted_offset >= self.begin.head

    @property
    def starved(self) -> bool:
        """The last segment that is here has been handed out, and others should follow."""
        return self.streamed and not self._segments and not self.complete

    @property
    def reach(self) -> tuple[int, int]:
        """The lowest and highest position of all that has come."""
        return self._checker.reach

    @property
    def free_segments(self) -> int:
        """Places left in the memory."""
        return self._capacity - len(self._segments)

    def take(self, offset: int, segments: tuple[Segment, ...]) -> tuple[Result, int]:
        """Take in `segments`: the result, and its detail. A bad segment or CRC leaves the profile `spoiled`."""
        # Also a piece that is here already: its answer was lost, and the detail says where to go on.
        if offset != self.wanted_offset:
            return Result.WRONG_OFFSET, self.wanted_offset
        # More than was announced is damage that passed its CRC: nothing of such a profile can be believed.
        if offset + len(segments) > self.begin.total:
            self.spoiled = True
            return Result.BAD_VALUE, self.begin.total
        if len(segments) > self.free_segments:
            return Result.BUFFER_FULL, self.wanted_offset
        result = self._take_in(segments)
        self.spoiled = result is not Result.OK
        return result, self.wanted_offset

    def _take_in(self, segments: tuple[Segment, ...]) -> Result:
        for segment in segments:
            result = self._checker.check(segment)
            if result is not Result.OK:
                return result
            self._segments.append(segment)
            self._time += _time_of(segment)
            self._crc = zlib.crc32(SEGMENT.pack(segment.interval, segment.count, segment.add), self._crc)
            self.wanted_offset += 1
            # The head has a CRC of its own: a stream is armed before its end is here, and must not be armed on damage.
            if self.wanted_offset == self.begin.head and self._crc != self.begin.head_crc:
                return Result.CRC_MISMATCH
        if self.complete and self._crc != self.begin.total_crc:
            return Result.CRC_MISMATCH
        return Result.OK

    def rewind(self) -> None:
        """Play from the first segment again; only for a profile that is here as a whole."""
        self._played = 0

    def next_segment(self) -> Segment | None:
        """The next segment to play, None where none is here (the end, or a queue that ran dry)."""
        if self.streamed:
            if not self._segments:
                return None
            self._played += 1
            return self._segments.popleft()
        if self._played >= len(self._segments):
            return None
        self._played += 1
        return self._segments[self._played - 1]

    @property
    def all_played(self) -> bool:
        """Every segment has been handed out."""
        return self._played == self.begin.total

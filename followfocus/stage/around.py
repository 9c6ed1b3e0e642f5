# SPDX-License-Identifier: MIT
"""The world outside during a take, for its entry in the log: the timecode as it began, the clips that ran in it.

Looked at twice: as GO leaves, so that a program that dies leaves what was known by then, and as the take is closed,
when its true start is known and the camera has named its clip.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from followfocus.takes.context import TakeContext
from followfocus.takes.late_clips import LookClips
from followfocus.unit.unit import FollowFocusUnit

_NEAR_S = 1.0
"""No take begins so long before its GO"""


class Around(Protocol):
    """The outside as it is known at one moment: a value that doesn't change."""

    def timecode(self, now_s: float) -> tuple[str, str]:
        """The timecode at a moment, and its source; two empty texts where none ran."""
        ...

    def label_fps(self, source: str) -> str:
        """The rate at which a timecode's source counts; empty where none of that name has been heard."""
        ...

    def clips(self, from_s: float, until_s: float) -> str:
        """The camera's clips that ran between two moments; empty for none."""
        ...


class NothingAround:
    """Where nobody listens to anything."""

    def timecode(self, _now_s: float) -> tuple[str, str]:
        """None runs."""
        return "", ""

    def label_fps(self, _source: str) -> str:
        """None runs."""
        return ""

    def clips(self, _from_s: float, _until_s: float) -> str:
        """None runs."""
        return ""


LookAround = Callable[[], Around]
"""How it is outside now; from any thread"""


def nothing_around() -> Around:
    """Where nobody listens to anything."""
    return NothingAround()


@dataclass(frozen=True, slots=True)
class SeenAround:
    """The outside as it was seen when GO left for a take; `from_s` is when it was to begin, by the host's clock."""

    unit: FollowFocusUnit
    look: LookAround
    first: Around
    from_s: float

    @classmethod
    def at_go(cls, unit: FollowFocusUnit, look: LookAround, at_clock: int | None) -> SeenAround:
        """Look around now, for a take that begins at once or at a tick of the unit's clock."""
        due_s = None if at_clock is None else unit.link.session.sync.host_s(at_clock)
        return cls(unit, look, look(), unit.clock.now() if due_s is None else due_s)

    def begun(self, context: TakeContext) -> TakeContext:
        """The entry as far as it is known before the take begins."""
        return self._seen(context, self.first, self.from_s, self.from_s)

    def ended(self, context: TakeContext, start_clock: int) -> TakeContext:
        """The entry of a take that is over; `start_clock` is the unit's clock as it began, 0 where it never did."""
        began_s, now_s = self._span(start_clock)
        return self._seen(context, self.look(), began_s, now_s)

    def clips(self, start_clock: int) -> LookClips:
        """The clips of a take that is over now, as they are known whenever that is asked: names may come late."""
        span = self._span(start_clock)
        return lambda: self.look().clips(*span)

    def _span(self, start_clock: int) -> tuple[float, float]:
        """When the take began, and now."""
        now_s = self.unit.clock.now()
        began_s = self.unit.link.session.sync.host_s(start_clock) if start_clock else None
        # A unit that was reset in the take counts from another zero.
        if began_s is None or not self.from_s - _NEAR_S <= began_s <= now_s:
            began_s = self.from_s
        return began_s, now_s

    def _seen(self, context: TakeContext, now: Around, began_s: float, ended_s: float) -> TakeContext:
        # By the line of before GO: a timecode that jumps in the take has another one by its end. A label that GO was
        # counted to is the take's to the letter.
        label, source = self.first.timecode(began_s)
        if context.timecode:
            label, source = context.timecode, context.started_by
        fps = self.first.label_fps(source) if label else ""
        return dataclasses.replace(context, timecode=label, timecode_fps=fps, clip=now.clips(began_s, ended_s))

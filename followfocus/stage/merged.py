# SPDX-License-Identifier: MIT
"""A flood of news as one line that says how many: in the log, and where a person reads what came.

That is what is refused, and what a machine says by itself: a camera whose REC flaps, a timecode that is scrubbed.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from followfocus.clock import utc_timestamp
from followfocus.sources.events import OutsideAsked, SourceKind, Want
from followfocus.stage.outside import AskOutcome
from followfocus.takes.diary import DiaryLine

MERGE_S = 1.0
"""News that come again from one source within so long are counted, and are one line at the end"""
LONGEST_S = 64.0
"""While it goes on, each of these lines is twice as long in coming as the one before, up to this"""
MOST_MERGED = 100
LOOKED_BACK = 10
"""Lines among which the same is looked for"""
_MACHINES = tuple(kind.value for kind in (SourceKind.CAMERA, SourceKind.LTC, SourceKind.MTC))
_FIGURES = re.compile(r"\d+")

Key = tuple[str, str, str]


class MergedLines:
    """Merges events into lines for the log. `later` calls after so many seconds; all on one thread."""

    def __init__(self, later: Callable[..., object], wrote: Callable[[DiaryLine], object]) -> None:
        self._later, self._wrote = later, wrote
        self._waiting: dict[Key, DiaryLine | None] = {}

    def note(self, outcome: AskOutcome) -> None:
        """Something came: it is written at once, unless the like of it was a moment ago and may come in a flood."""
        line = outcome.noted(utc_timestamp())
        if not floods(outcome):
            self._wrote(line)
            return
        key = _key(line, any_words=len(self._waiting) >= MOST_MERGED)  # what is refused may be anybody's text
        if key not in self._waiting:
            self._waiting[key] = None
            self._wrote(line)
            self._later(MERGE_S, self._due, key, MERGE_S)
            return
        waiting = self._waiting[key]
        # The newest words: where a timecode has jumped to last. The first time: it is since then.
        first_s, times = (line.utc_s, 0) if waiting is None else (waiting.utc_s, waiting.times)
        self._waiting[key] = dataclasses.replace(line, utc_s=first_s, times=times + 1)

    def flush(self) -> None:
        """Write what is still held back."""
        held, self._waiting = self._waiting, {}
        for line in held.values():
            if line is not None:
                self._wrote(line)

    def _due(self, key: Key, waited_s: float) -> None:
        line = self._waiting.pop(key, None)
        if line is None:
            return
        self._waiting[key] = None
        self._wrote(line)
        longer_s = min(2 * waited_s, LONGEST_S)
        self._later(longer_s, self._due, key, longer_s)


def floods(outcome: AskOutcome) -> bool:
    """Whether it is counted where it comes again: what a person was let in to do did something, but for STOP again."""
    event = outcome.event
    stops = isinstance(event, OutsideAsked) and event.what is Want.STOP
    return stops or not outcome.passed or event.source.kind.value in _MACHINES


def with_line(lines: Sequence[DiaryLine], line: DiaryLine, *, counted: bool) -> list[DiaryLine]:
    """The lines and one more, the newest last; with `counted` it becomes one with its like of a moment ago."""
    same = [one for one in lines[-LOOKED_BACK:] if _key(one) == _key(line) and one.passed == line.passed]
    if not (counted and same):
        return [*lines, line]
    kept = [one for one in lines if one is not same[-1]]
    return [*kept, dataclasses.replace(line, times=same[-1].times + line.times)]


def _key(line: DiaryLine, *, any_words: bool = False) -> Key:
    """The part by which news are alike; of a machine's sentences not the figures, such as a label."""
    kind, words = line.source.partition(" ")[0], "" if any_words else line.words
    return kind, line.asked, _FIGURES.sub("#", words) if kind in _MACHINES else words

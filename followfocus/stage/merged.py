# SPDX-License-Identifier: MIT
"""Refusals that come in a flood, as one line that says how many: in the log, and where a person reads what came."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from followfocus.clock import utc_timestamp
from followfocus.stage.outside import AskOutcome
from followfocus.takes.diary import DiaryLine

MERGE_S = 1.0
"""Refusals of the same kind from one source are one line in the log for so long, however many come"""
MOST_MERGED = 100
LOOKED_BACK = 10
"""Lines among which the same refusal is looked for"""


class MergedLines:
    """Merges events into lines for the log. `later` calls after so many seconds; all on one thread."""

    def __init__(self, later: Callable[..., object], wrote: Callable[[DiaryLine], object]) -> None:
        self._later, self._wrote = later, wrote
        self._waiting: dict[tuple[str, str, str], DiaryLine] = {}

    def note(self, outcome: AskOutcome) -> None:
        """Something came: what was let in is written at once, what was refused with what is like it."""
        line = outcome.noted(utc_timestamp())
        if outcome.passed:
            self._wrote(line)
            return
        words = line.words if len(self._waiting) < MOST_MERGED else ""  # what is refused may be anybody's text
        key = (outcome.event.source.kind.value, line.asked, words)
        waiting = self._waiting.get(key)
        self._waiting[key] = line if waiting is None else dataclasses.replace(waiting, times=waiting.times + 1)
        if waiting is None:
            self._later(MERGE_S, self._write, key)

    def flush(self) -> None:
        """Write what is still held back."""
        # A copy: each that is written goes out of the table.
        for key in tuple(self._waiting):
            self._write(key)

    def _write(self, key: tuple[str, str, str]) -> None:
        line = self._waiting.pop(key, None)
        if line is not None:
            self._wrote(line)


def with_line(lines: Sequence[DiaryLine], line: DiaryLine) -> list[DiaryLine]:
    """The lines and one more, the newest last; the same refusal a moment ago becomes one with it."""
    same = [
        one
        for one in lines[-LOOKED_BACK:]
        if not one.passed and (one.source, one.asked, one.words) == (line.source, line.asked, line.words)
    ]
    # What was let in did something, each time: only refusals say the same once more.
    if line.passed or not same:
        return [*lines, line]
    kept = [one for one in lines if one is not same[-1]]
    return [*kept, dataclasses.replace(line, times=same[-1].times + line.times)]

# SPDX-License-Identifier: MIT
"""The takes of the log, newest first, read page by page; those that fit what is searched for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.show.show import MOST_MARKS
from followfocus.takes.keeper import Unsaved
from followfocus.takes.log import TakeLog, TakeQuery, TakeRow
from followfocus.takes.whole import Outcome, WholeTake, whole_takes
from followfocus_gui.state.take_lines import line_of, unsaved_line
from followfocus_gui.state.views import CompareTake, TakeLine

PAGE = 50

STEPS_OF_PLAY = 2.0
"""A reading is rounded to a step, and so is what it is held against"""


class TakePages:
    """A log's takes up to now, and before them those that could not be kept yet. An unreadable log is an empty one.

    Parts of one take are one line, wherever they are. `unsaved` tells what waits for the log, oldest first.
    """

    def __init__(self, path: Path, unsaved: Callable[[], Sequence[Unsaved]] = tuple) -> None:
        self._path, self._unsaved = path, unsaved
        self._search = ""
        self._before: int | None = None
        """The lowest row that was told"""
        self._holding = False
        self.at_end = False
        """The last page has been read."""

    def start(self, search: str = "", *, holding: bool = False) -> None:
        """Begin anew, with what is searched for. `holding`: the newest take waits for GO in its hold."""
        self._search, self._holding = search.strip(), holding
        self._before, self.at_end = None, False

    def next_page(self) -> list[TakeLine]:
        """The takes that follow; none at the end."""
        if self.at_end:
            return []
        self.at_end = True
        with self._log() as log:
            # Opened for each page and closed again: a log that is held open can't be moved or backed up.
            return list(self._lines(log))

    def _lines(self, log: TakeLog | None) -> Iterator[TakeLine]:
        """The takes of the next rows that fit, each with all its parts: some may not fit, or lie beyond the page."""
        query = TakeQuery(text=self._search or None, newest_first=True, before=self._before, limit=PAGE)
        found = {} if log is None else {row.id: row for row in log.rows(query)}
        self.at_end = len(found) < PAGE
        last = 0 if log is None else log.last_row()
        waiting = _waiting(log, self._unsaved(), last)
        held = max((last, *waiting)) if self._holding else None
        newest = self._before is None and not self._search
        found |= {number: row for number, row in waiting.items() if number in found or (newest and number > last)}
        for number in sorted(found, reverse=True):
            if self._before is None or number < self._before:
                take = _take_of(log, found[number], held, waiting)
                self._before = take.parts[0].id
                yield unsaved_line(take) if any(row.id in waiting for row in take.parts) else line_of(take)

    def count(self) -> int:
        """How many rows the whole log has."""
        with self._log() as log:
            return 0 if log is None else log.count()

    @contextlib.contextmanager
    def _log(self) -> Iterator[TakeLog | None]:
        """The log, or None where there is none to read."""
        with contextlib.ExitStack() as stack:
            log = None
            with contextlib.suppress(FollowFocusError):
                if stat_of(self._path) is not None:
                    log = stack.enter_context(TakeLog(self._path, create=False))
            yield log


def _waiting(log: TakeLog | None, unsaved: Sequence[Unsaved], last: int) -> dict[int, TakeRow]:
    """The rows that wait for the log, by number: that in which it was begun, else one after the log's `last`."""
    found: dict[int, TakeRow] = {}
    for one in unsaved:
        begun = one.row is not None and (log is None or _is_begun(log, one.row))
        number = one.row if begun and one.row is not None else max((last, *found)) + 1
        found[number] = one.as_row(number)
    return found


def _is_begun(log: TakeLog, number: int) -> bool:
    """Whether a row of the log has no ending: else it is another take's."""
    return any(not row.ended for row in log.rows(TakeQuery(after=number - 1, before=number + 1)))


def _take_of(log: TakeLog | None, row: TakeRow, held: int | None, waiting: dict[int, TakeRow]) -> WholeTake:
    """The whole take that a row is a part of: the parts of one stand beside each other in the log."""
    parts = min(row.context.parts, MOST_MARKS)
    if parts <= 1:
        return WholeTake((row,))
    query = TakeQuery(newest_first=True, before=row.id + parts, after=row.id - parts)
    around = {} if log is None else {near.id: near for near in log.rows(query)}
    around |= {number: near for number, near in waiting.items() if abs(number - row.id) < parts}
    takes = whole_takes((around[number] for number in sorted(around, reverse=True)), held)
    return next(take for take in takes if row.id in [part.id for part in take.parts])


def traces_of(path: Path, lines: Sequence[TakeLine]) -> tuple[CompareTake, ...]:
    """The traces of some takes, the parts of each one after the other; those without any are left out.

    Raises FileError, RequestError.
    """
    made = []
    with TakeLog(path, create=False) as log:
        for line in lines:
            trace = _trace(log, line)
            if trace is not None:
                made.append(trace)
    return tuple(made)


def _trace(log: TakeLog, line: TakeLine) -> CompareTake | None:
    parts, start_s, with_hand, half_dof_deg, step_deg = [], 0.0, False, 0.0, 0.0
    for number in line.rows:
        logged = log.take(number)
        traces, half_dof_deg = logged.traces, logged.row.context.half_dof_deg or half_dof_deg
        steps_per_deg = logged.row.context.steps_per_deg
        step_deg = max(step_deg, 1.0 / steps_per_deg if steps_per_deg else 0.0)
        actual, planned = traces.get("actual"), traces.get("planned")
        if actual is None or planned is None or not len(actual) or not len(planned):
            continue
        times = actual[:, 0]
        wanted = traces.get("wanted")
        with_hand = with_hand or wanted is not None
        meant = planned if wanted is None or not len(wanted) else wanted
        both = [np.interp(times, trace[:, 0], trace[:, 1]) for trace in (planned, meant)]
        parts.append((times + start_s, both[0], actual[:, 1], both[1]))
        # Parts are laid end to end by their plans, without the wait for GO between them, as the curve draws them.
        start_s += float(planned[-1, 0])
    if not parts:
        return None
    times, planned_deg, actual_deg, wanted_deg = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    return CompareTake(
        line.title, times, planned_deg, actual_deg, line.off_words, line.words, half_dof_deg,
        wanted_deg if with_hand else None, STEPS_OF_PLAY * step_deg, line.outcome,
    )  # fmt: skip


def whole_take(path: Path, line: TakeLine) -> WholeTake | None:
    """A line's take with everything that the log has of it; None for one that is not in it."""
    if not line.rows:
        return None
    with TakeLog(path, create=False) as log:
        parts = tuple(log.take(row).row for row in line.rows)
    return WholeTake(parts, holding=line.outcome is Outcome.HOLDING)

# SPDX-License-Identifier: MIT
"""The takes of the log, newest first, read page by page; those that fit what is searched for."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.takes.log import TakeLog, TakeQuery, TakeRow
from followfocus.takes.whole import WholeTake, whole_takes
from followfocus_gui.state.take_lines import line_of
from followfocus_gui.state.views import CompareTake, TakeLine

PAGE = 50

STEPS_OF_PLAY = 2.0
"""A reading is rounded to a step, and so is what it is held against"""


class TakePages:
    """A log's takes up to now. An unreadable log is an empty one. Parts of one take are one line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._search = ""
        self._before: int | None = None
        self._carried: tuple[TakeRow, ...] = ()
        self._holding = False
        self.at_end = False
        """The last page has been read."""

    def start(self, search: str = "", *, holding: bool = False) -> None:
        """Begin anew, with what is searched for. `holding`: the newest take waits for GO in its hold."""
        self._search, self._holding = search.strip(), holding
        self._before, self._carried, self.at_end = None, (), False

    def next_page(self) -> list[TakeLine]:
        """The takes that follow; none at the end."""
        if self.at_end:
            return []
        rows: list[TakeRow] = []
        with self._log() as log:
            # Opened for each page and closed again: a log that is held open can't be moved or backed up.
            rows = log.rows(self._query(PAGE)) if log is not None else []
        self.at_end = len(rows) < PAGE
        # Only of the whole log's first page is the first row the newest take.
        newest = rows[0] if rows and self._before is None and not self._search else None
        takes = list(whole_takes((*self._carried, *rows), newest if self._holding else None))
        self._before = rows[-1].id if rows else self._before
        kept = takes if self.at_end else takes[:-1]  # the last may go on in the next page
        # A take of several parts may be cut by the page's end: its parts are read on with the next one.
        self._carried = () if self.at_end or not takes else tuple(reversed(takes[-1].parts))
        return [line_of(take) for take in kept]

    def count(self) -> int:
        """How many rows the whole log has."""
        with self._log() as log:
            return 0 if log is None else log.count()

    def _query(self, limit: int) -> TakeQuery:
        text = self._search or None
        return TakeQuery(text=text, newest_first=True, before=self._before, limit=limit)

    @contextlib.contextmanager
    def _log(self) -> Iterator[TakeLog | None]:
        """The log, or None where there is none to read."""
        with contextlib.ExitStack() as stack:
            log = None
            with contextlib.suppress(FollowFocusError):
                if stat_of(self._path) is not None:
                    log = stack.enter_context(TakeLog(self._path, create=False))
            yield log


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
        return WholeTake(tuple(log.take(row).row for row in line.rows))

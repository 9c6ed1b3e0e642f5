# SPDX-License-Identifier: MIT
"""The takes that the log held already, read page by page for the table."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.takes.log import TakeLog, TakeQuery, TakeRow
from followfocus_gui.state.take_lines import landing_words, timing_words
from followfocus_gui.state.views import CompareTake, TakeLine


class OlderTakes:
    """A log's rows up to the last one at the time, newest first. An unreadable log is an empty one."""

    def __init__(self, path: Path) -> None:
        self._path, self._last = path, 0
        try:
            if stat_of(path) is not None:
                with TakeLog(path, create=False) as log:
                    newest = log.rows(TakeQuery(newest_first=True, limit=1))
                    self._last = newest[0].id if newest else 0
        except FollowFocusError:
            self._last = 0

    def count(self) -> int:
        """How many. Rows are never removed, so their numbers have no gaps."""
        return self._last

    def page(self, offset: int, limit: int) -> list[TakeLine]:
        """So many from there."""
        with TakeLog(self._path, create=False) as log:
            rows = log.rows(TakeQuery(newest_first=True, limit=limit, before=self._last - offset + 1))
        return [_line(row) for row in rows]


def _line(row: TakeRow) -> TakeLine:
    duration_s = row.context.duration_s
    return TakeLine(
        slate=f"{row.shot or row.lens} take {row.take}",
        pull=row.pull if duration_s is None else f"{row.pull}  {duration_s:.3g} s",
        landing=landing_words(row.landing_error_deg, row.landing_error_half_dof),
        timing=timing_words(row.duration_error_ms),
        verdict=row.verdict_words,
        word=row.word,
        note=row.note,
        row=row.id,
        tip="; ".join(row.reasons),
    )


def traces_of(path: Path, rows: list[int]) -> tuple[CompareTake, ...]:
    """The traces of some takes, for comparing. Raises FileError, RequestError."""
    made = []
    with TakeLog(path, create=False) as log:
        for number in rows:
            take = log.take(number)
            actual, planned = take.traces.get("actual"), take.traces.get("planned")
            if actual is None or planned is None or not len(actual) or not len(planned):
                continue
            line, times = _line(take.row), actual[:, 0]
            made.append(
                CompareTake(
                    line.slate, times, np.interp(times, planned[:, 0], planned[:, 1]), actual[:, 1], line.landing,
                    line.timing, line.verdict,
                )
            )  # fmt: skip
    return tuple(made)

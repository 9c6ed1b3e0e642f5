# SPDX-License-Identifier: MIT
"""The number of the next take: never one that the log has of the same shot, camera and production."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.show.show import Show
from followfocus.show.slate import MOST_TAKES
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog, TakeQuery
from followfocus.takes.takes import REHEARSAL

LOOKED_AT = 500
"""How many takes of a shot are looked at, the newest: no shot has more."""


def show_counted_on(show: Show, path: Path) -> Show:
    """The show, its next take counted on from the log at `path`; unchanged where that can't be read."""
    slate = show.slate
    about = TakeContext(production=show.production, camera=show.camera, slate=slate)
    try:
        if stat_of(path) is None:
            return show
        with TakeLog(path, create=False) as log:
            rows = log.rows(TakeQuery(shot=slate.shot, rehearsals=False, newest_first=True, limit=LOOKED_AT))
    except FollowFocusError:
        return show
    following = max((row.take for row in rows if row.context.same_shot(about)), default=0) + 1
    if following <= slate.take:
        return show
    return dataclasses.replace(show, slate=dataclasses.replace(slate, take=following))


class TakeNumbers:
    """Numbers that other programs took from a log while this one counts: one that is used is not used again.

    Own takes share theirs as they like: parts of a pull and cues of a list are one take to the slate.
    """

    def __init__(self) -> None:
        self._since: int | None = None
        self._own: set[int] = set()

    def seen(self, last_row: int) -> None:
        """The log has so many rows as it is first looked at: the slate was counted on from these."""
        self._since = last_row if self._since is None else self._since

    def own(self, row: int) -> None:
        """A row of this program's own."""
        self._own.add(row)

    def free(self, log: TakeLog, context: TakeContext, asked: int) -> int:
        """The number for a take that `asked` was meant for: that, or the one after all that others have used."""
        others = self._others(log, context, asked)
        following = max(others, default=0) + 1
        return asked if asked not in others or following > MOST_TAKES else following

    def taken(self, log: TakeLog, context: TakeContext, number: int) -> bool:
        """Whether another program has used that number."""
        return number in self._others(log, context, number)

    def _others(self, log: TakeLog, context: TakeContext, lowest: int) -> set[int]:
        """The numbers from `lowest` on that other programs have used for the shot; none for a rehearsal."""
        if lowest == REHEARSAL or self._since is None:
            return set()
        # From that number on: own takes of before are none of these, however many there are. GO waits for this.
        rows = log.each(TakeQuery(shot=context.slate.shot, after=self._since, from_take=lowest))
        return {row.take for row in rows if row.id not in self._own and row.context.same_shot(context)}

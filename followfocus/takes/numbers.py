# SPDX-License-Identifier: MIT
"""The number of the next take: never one that the log has of the same shot of the same production."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.show.show import Show
from followfocus.takes.log import TakeLog, TakeQuery

LOOKED_AT = 500
"""How many takes of a shot are looked at, the newest: no shot has more."""


def show_counted_on(show: Show, path: Path) -> Show:
    """The show, its next take counted on from the log at `path`; unchanged where that can't be read."""
    slate = show.slate
    try:
        if stat_of(path) is None:
            return show
        with TakeLog(path, create=False) as log:
            rows = log.rows(TakeQuery(shot=slate.shot, rehearsals=False, newest_first=True, limit=LOOKED_AT))
    except FollowFocusError:
        return show
    taken = [row.take for row in rows if (row.context.production, row.scene) == (show.production, slate.scene)]
    following = max(taken, default=0) + 1
    if following <= slate.take:
        return show
    return dataclasses.replace(show, slate=dataclasses.replace(slate, take=following))

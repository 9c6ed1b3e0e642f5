# SPDX-License-Identifier: MIT
"""Clips that a camera names once their take is over: some name one half a second after REC, and a pull is shorter."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable

from followfocus.errors import FileError
from followfocus.takes.log import TakeLog, name_clips

LookClips = Callable[[], str]
"""The clips of a take as they are known by now; from any thread."""
_TAKES = 4
"""Takes that are looked after: no camera is later than that"""


class LateClips:
    """The latest takes, by their rows, and which of their clips the log has."""

    def __init__(self) -> None:
        self._takes: deque[tuple[int, str, LookClips]] = deque(maxlen=_TAKES)

    def watch(self, row: int, logged: str, look: LookClips) -> None:
        """A take is kept, with the clips that were named by then."""
        self._takes.append((row, logged, look))

    def write(self, opened: Callable[[], TakeLog]) -> None:
        """Write into their rows the clips that were named since; where that can't be, the next time."""
        found = [(row, logged, look(), look) for row, logged, look in self._takes]
        if not any(_names(now) > _names(logged) for _, logged, now, _ in found):
            return
        with contextlib.suppress(FileError), opened() as log:
            for place, (row, logged, now, look) in enumerate(found):
                if _names(now) > _names(logged):
                    name_clips(log, row, now)
                    self._takes[place] = row, now, look


def _names(clips: str) -> set[str]:
    return set(filter(None, clips.split(", ")))

# SPDX-License-Identifier: MIT
"""Lines for the log, gathered in the loop and written beside it: no disk keeps STOP waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from followfocus.errors import FileError
from followfocus.takes.diary import DiaryLine, write_diary

WRITE_EVERY_S = 1.0
MOST_LINES = 10_000
"""Lines that wait for a disk; the oldest goes when there are more"""


class Diarist:
    """Takes lines on the loop's thread. `trouble` hears why they can't be written: they wait and are tried again."""

    def __init__(self, path: Path, loop: asyncio.AbstractEventLoop, trouble: Callable[[str], object]) -> None:
        self._path, self._loop, self._trouble = path, loop, trouble
        self._lines: list[DiaryLine] = []
        self._due = False

    def note(self, line: DiaryLine) -> None:
        """One more line."""
        self._lines.append(line)
        del self._lines[:-MOST_LINES]
        # One write for all that comes within a second: each opens the log and waits for the disk.
        if not self._due:
            self._due = True
            self._loop.call_later(WRITE_EVERY_S, self._begin)

    def flush(self) -> None:
        """Write what there is, waiting for it: at the end, on any thread. Raises FileError."""
        lines, self._lines = self._lines, []
        if lines:
            write_diary(self._path, lines)

    def _begin(self) -> None:
        # Kept, since the loop itself holds its tasks but weakly: one that nobody keeps may be collected half done.
        self._writing = self._loop.create_task(self._write())

    async def _write(self) -> None:
        lines, self._lines, self._due = self._lines, [], False
        try:
            await asyncio.to_thread(write_diary, self._path, lines)
        except FileError as error:
            # In front of what has come meanwhile: the diary stays in the order in which things happened.
            self._lines = [*lines, *self._lines]
            self._trouble(str(error))

"""Takes on their way to a log that may be out of reach: a full disk costs no take, and is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from followfocus.errors import FileError
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.takes.takes import Take


class TakeKeeper:
    """Keeps takes in a log that may be out of reach: what can't be written is held, and tried again in order.

    `keep` returns only when the take is on disk or known not to be; then `trouble` is the sentence and `unsaved` holds
    it. `wrote` is called with each take and its row as it comes to be on disk.
    """

    def __init__(self, path: str | Path, wrote: Callable[[Take, int], object] | None = None) -> None:
        self.path = Path(path)
        self.trouble = ""
        self._wrote = wrote
        self._unsaved: list[tuple[Take, TakeContext]] = []

    @property
    def unsaved(self) -> tuple[tuple[Take, TakeContext], ...]:
        """The takes that are not in the log yet, oldest first."""
        return tuple(self._unsaved)

    def keep(self, take: Take, context: TakeContext) -> int | None:
        """Keep a take, and those before it that could not be; its row, None while it is unsaved."""
        self._unsaved.append((take, context))
        rows = self.retry()
        return rows[-1] if rows and not self._unsaved else None

    def retry(self) -> list[int]:
        """Try again what is unsaved; the rows of those that are on disk now."""
        rows: list[int] = []
        if not self._unsaved:
            return rows
        try:
            with TakeLog(self.path) as log:
                while self._unsaved:
                    rows.append(log.append(*self._unsaved[0]))
                    take, _ = self._unsaved.pop(0)
                    if self._wrote is not None:
                        self._wrote(take, rows[-1])
            self.trouble = ""
        except FileError as error:
            count = len(self._unsaved)
            self.trouble = f"{error} {count} take{'s are' if count > 1 else ' is'} kept here and tried again."
        return rows

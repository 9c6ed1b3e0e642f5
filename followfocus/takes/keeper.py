"""Takes on their way to a log that may be out of reach: a full disk costs no take, and is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import FileError
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.takes.takes import Take
from followfocus.wire.evidence import Sample


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A take that is not in the log yet. `row` is where it was put down as begun, None where it wasn't."""

    take: Take
    context: TakeContext
    row: int | None = None


class TakeKeeper:
    """Keeps takes in a log that may be out of reach: what can't be written is held, and tried again in order.

    `begin` puts down that a take begins, `keep` how it ended. They return only when that is on disk or known not to be;
    then `trouble` is the sentence, and the keeper holds the take. `wrote` is called with each take and its row as it
    comes to be on disk.
    """

    def __init__(self, path: str | Path, wrote: Callable[[Take, int], object] | None = None) -> None:
        self.path = Path(path)
        self.trouble = ""
        self._wrote = wrote
        self._unsaved: list[Unsaved] = []

    @property
    def unsaved(self) -> tuple[Unsaved, ...]:
        """The takes that are not in the log yet, oldest first."""
        return tuple(self._unsaved)

    def begin(self, context: TakeContext, take: int | None = None, planned: Sequence[Sample] = ()) -> int | None:
        """Put down that a take begins; its row for `keep`, None where that can't be written just now.

        What could not be kept before is tried again first, so that rows stay in the order of the takes.
        """
        self.retry()
        try:
            with TakeLog(self.path) as log:
                return log.begin(context, take, planned)
        except FileError as error:
            self.trouble = f"{error} The take is kept here when it has ended."
        return None

    def keep(self, take: Take, context: TakeContext, row: int | None = None) -> int | None:
        """Keep a take, and those before it that could not be; its row, None while it is unsaved.

        `row` is what `begin` gave for it.
        """
        self._unsaved.append(Unsaved(take, context, row))
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
                    rows.append(_written(log, self._unsaved[0]))
                    kept = self._unsaved.pop(0)
                    if self._wrote is not None:
                        self._wrote(kept.take, rows[-1])
            self.trouble = ""
        except FileError as error:
            count = len(self._unsaved)
            self.trouble = f"{error} {count} take{'s are' if count > 1 else ' is'} kept here and tried again."
        return rows


def _written(log: TakeLog, one: Unsaved) -> int:
    """Close the row that it has, or append it; its row."""
    if one.row is None:
        return log.append(one.take, one.context)
    log.close(one.row, one.take)
    return one.row

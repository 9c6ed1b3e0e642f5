# SPDX-License-Identifier: MIT
"""Takes on their way to a log that may be out of reach: a full disk costs no take, and is said.

The keeper knows its log again: by the log's own name and its last row. A log that was moved away, emptied, unmounted or
changed for another one is told at once, the takes wait here, and no new log begins at row 1 in its place.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from followfocus.errors import FileError, RequestError
from followfocus.files import stat_of
from followfocus.takes.context import TakeContext
from followfocus.takes.late_clips import LateClips, LookClips
from followfocus.takes.log import TakeLog
from followfocus.takes.numbers import TakeNumbers
from followfocus.takes.rows import TakeRow
from followfocus.takes.takes import Take
from followfocus.wire.evidence import Sample

CallArgs = ParamSpec("CallArgs")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A take that is not in the log yet. `row` is where it was put down as begun, None where it wasn't."""

    take: Take
    context: TakeContext
    row: int | None = None

    def as_row(self, number: int) -> TakeRow:
        """The row that a log would have of it, by that number."""
        take, context = self.take, self.context
        begun_s = take.started_utc_s
        return TakeRow(
            number, begun_s or 0.0, begun_s, take.take, context.lens, context.slate.scene, context.slate.shot,
            context.pull, context.plan_hash, take.verdict.value, "", "", take.landing_error_deg,
            take.landing_error_half_dof, take.duration_error_ms, take.start_latency_ms, take.facts(), context,
        )  # fmt: skip


def _alone(
    method: Callable[Concatenate[TakeKeeper, CallArgs], Answer],
) -> Callable[Concatenate[TakeKeeper, CallArgs], Answer]:
    """One thread at a time: the one that plays keeps takes, and the app's own tries again what it can before it ends.

    Both at once would write one take twice, and take another off the list that was never written.
    """

    @functools.wraps(method)
    def guarded(keeper: TakeKeeper, /, *given: CallArgs.args, **named: CallArgs.kwargs) -> Answer:
        with keeper.lock:
            return method(keeper, *given, **named)

    return guarded


class TakeKeeper:
    """Keeps takes in a log that may be out of reach: what can't be written is held, and tried again in order.

    `stand_by` opens the log, `begin` puts down that a take begins, `keep` how it ended. The last two return only when
    that is on disk or known not to be; then `trouble` is the sentence, and the keeper holds the take. Where GO waits,
    `begin` hurries: what it writes then outlives the program, and `secure` after GO has it on disk. `wrote` is called
    with each take and its row as it comes to be on disk. `number` is that of the take that was begun last: another than
    was asked for where another program has kept one under that meanwhile. A take that could not be put down when it
    began keeps the number that was called out; where the log has that by then, `trouble` says so once. Without
    `numbers` none is compared. `fault` is why the log took nothing when it was last tried.
    """

    def __init__(
        self, path: str | Path, wrote: Callable[[Take, int], object] | None = None, *, numbers: bool = True
    ) -> None:
        self.path = Path(path)
        self.trouble = self.fault = ""
        self.number: int | None = None
        # Reentrant: keep tries again what is unsaved and secure may begin anew, each guarded by itself.
        self.lock = threading.RLock()
        self._wrote = wrote
        self._numbers = TakeNumbers() if numbers else None
        self._unsaved: list[Unsaved] = []
        self._twice: list[str] = []
        self._hurried: TakeLog | None = None
        self._ready: _ReadyLog | None = None
        self._beginning: tuple[TakeContext, int | None, Sequence[Sample]] | None = None
        self._begun: int | None = None
        self._known, self._last_row = "", 0
        self._late = LateClips()
        self._look()

    @property
    def unsaved(self) -> tuple[Unsaved, ...]:
        """The takes that are not in the log yet, oldest first."""
        return tuple(self._unsaved)

    @_alone
    def stand_by(self) -> None:
        """A take may begin at any moment: have the log open, so that GO needn't wait for it. Troubles are `begin`'s.

        Where there is no log yet, one begins with the take.
        """
        self._stand_down()
        self._late.write(self._log)
        with contextlib.suppress(FileError):
            if self._known:
                self._ready = _ReadyLog(self._log(), _marks(self.path))

    @_alone
    def begin(
        self, context: TakeContext, take: int | None = None, planned: Sequence[Sample] = (), *, hurry: bool = False
    ) -> int | None:
        """Put down that a take begins; its row for `keep`, None where that can't be written just now.

        What could not be kept before is tried again first, so that rows stay in the order of the takes. In a `hurry`,
        where GO waits, nothing else is waited for: `secure` does the rest, and what could not be done.
        """
        ready, self._ready = self._ready, None
        self._let_go()
        self._beginning, self._begun = (context, take, planned), None
        self.number = None
        if hurry and self._unsaved:
            self._ready = ready
            return None
        self._tried_again()  # and no more, for GO may wait
        try:
            self._begun = self._put_down(ready, hurry=hurry)
        except FileError as error:
            self.trouble = f"{error} The take is kept here when it has ended."
        return self._begun

    @_alone
    def secure(self) -> int | None:
        """GO is out: have on disk what was begun in a hurry, or begin it now where that could not be. Its row."""
        if self._begun is None and self._beginning is not None:
            self.trouble = ""
            return self.begin(*self._beginning)
        try:
            if self._hurried is not None:
                self._hurried.secure()
        except FileError as error:
            self.trouble = f"{error} The take is kept here when it has ended."
        finally:
            self._let_go()
        return self._begun

    def _put_down(self, ready: _ReadyLog | None, *, hurry: bool) -> int:
        """The row of what begins. Raises FileError."""
        assert self._beginning is not None
        log = self._still(ready) or self._log()
        try:
            row = self._last_row = log.begin(*self._beginning, hurry=hurry, numbered=self._numbered)
            self._own(row)
            self._hurried = log if hurry else None
        finally:
            if self._hurried is None:  # shutting it would wait for the disk
                log.shut()
        return row

    def _numbered(self, log: TakeLog, context: TakeContext, asked: int) -> int:
        self.number = asked if self._numbers is None else self._numbers.free(log, context, asked)
        return self.number

    def _own(self, row: int) -> None:
        if self._numbers is not None:
            self._numbers.own(row)

    def _still(self, ready: _ReadyLog | None) -> TakeLog | None:
        """The log that stands ready, if what has its place since is still the same, untouched."""
        if ready is None:
            return None
        if ready.marks is not None and ready.marks == _marks(self.path):
            return ready.log
        ready.log.shut()
        return None

    def _let_go(self) -> None:
        hurried, self._hurried = self._hurried, None
        if hurried is not None:
            hurried.shut()

    def _stand_down(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            ready.log.shut()

    @_alone
    def keep(
        self, take: Take, context: TakeContext, row: int | None = None, clips: LookClips | None = None
    ) -> int | None:
        """Keep a take, and those before it that could not be; its row, None while it is unsaved.

        `row` is what `begin` gave for it. By `clips`, those that are named only now come into the row as well: when the
        unit is armed again, when the next take is kept, and before the program ends.
        """
        self._unsaved.append(Unsaved(take, context, row))
        rows = self.retry()
        if not self._unsaved:
            self._twice.clear()
        kept = rows[-1] if rows and not self._unsaved else None
        if kept is not None and clips is not None:
            self._late.watch(kept, context.clip, clips)
        return kept

    @_alone
    def retry(self) -> list[int]:
        """Try again what is unsaved, and name the clips that have a name by now; the rows that are on disk now.

        Nothing stands by then.
        """
        rows = self._tried_again()
        self._late.write(self._log)
        return rows

    def _tried_again(self) -> list[int]:
        rows: list[int] = []
        self._stand_down()
        if not self._unsaved:
            return rows
        try:
            with self._log() as log:
                while self._unsaved:
                    rows.append(self._written(log, self._unsaved[0]))
                    kept = self._unsaved.pop(0)
                    if self._wrote is not None:
                        self._wrote(kept.take, rows[-1])
            self.trouble = " ".join(self._twice)
        except FileError as error:
            count, self.fault = len(self._unsaved), str(error)
            self.trouble = f"{error} {count} take{'s are' if count > 1 else ' is'} kept here and tried again."
        return rows

    @_alone
    def rescue(self, path: Path) -> None:
        """Write what is unsaved into another log, before the program ends. Raises FileError."""
        with TakeLog(path) as log:
            while self._unsaved:
                log.append(self._unsaved[0].take, self._unsaved[0].context)
                self._unsaved.pop(0)

    def _written(self, log: TakeLog, one: Unsaved) -> int:
        """Close a take's row, or append one where it has none or that is closed already; the row's number."""
        row = one.row
        if row is None or not _closed(log, one):
            twice = self._twice_words(log, one)
            row = log.append(one.take, one.context)
            self._twice += filter(None, [twice])
        self._last_row = max(self._last_row, row)
        self._own(row)
        return row

    def _twice_words(self, log: TakeLog, one: Unsaved) -> str:
        """A sentence where the log has the number of a take that was played without it; empty else."""
        number = one.take.take
        if self._numbers is None or not self._numbers.taken(log, one.context, number):
            return ""
        return (
            f"{one.context.numbered(number).slate} is in the log twice: another program kept one while this could not."
        )

    # Knowing the log again ----------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Remember the log that is there already; a fault in it is told when a take is to go there."""
        try:
            if stat_of(self.path) is not None:
                self._log().shut()
            elif self._numbers is not None:
                self._numbers.seen(0)
        except FileError:
            return

    def _log(self) -> TakeLog:
        """The log, if it is still the same one. Raises FileError where it isn't."""
        if self._known and stat_of(self.path) is None:
            raise FileError(
                f"The take log {self.path} is gone: moved, deleted, or its disk is no longer there.",
                (),
                "Bring it back; no new one is begun in its place.",
            )
        log = TakeLog(self.path, create=not self._known)
        try:
            self._recognise(log)
        except BaseException:
            log.shut()
            raise
        return log

    def _recognise(self, log: TakeLog) -> None:
        name, last_row = log.name, log.last_row()
        if self._known and name != self._known:
            raise FileError(
                f"{self.path} is another take log than it was: that one is no longer there.", (), "Bring it back."
            )
        if last_row < self._last_row:
            raise FileError(
                f"The take log {self.path} has lost takes: its last row was {self._last_row}, and is {last_row} now.",
                (),
                "Bring back the file that was there; this one looks like an older copy.",
            )
        self._known, self._last_row = name, last_row
        if self._numbers is not None:
            self._numbers.seen(last_row)


@dataclass(frozen=True, slots=True)
class _ReadyLog:
    """A log that is open for a take to come, and what its file looked like then."""

    log: TakeLog
    marks: tuple[int, ...] | None


def _marks(path: Path) -> tuple[int, ...] | None:
    """The marks of a file, which change when it is written or replaced; None where there is none."""
    found = stat_of(path)
    return None if found is None else (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _closed(log: TakeLog, one: Unsaved) -> bool:
    """End a take's row; False where it has none, or its ending from elsewhere. Raises FileError."""
    if one.row is None:
        return False
    try:
        log.close(one.row, one.take, one.context)
    except FileError:
        raise
    except RequestError:
        return False
    return True

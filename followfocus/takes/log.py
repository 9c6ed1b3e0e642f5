# SPDX-License-Identifier: MIT
"""The take log: every take with its evidence in one SQLite file, on disk before the next take can arm.

Write-ahead logging lets one program write while others read; full synchronisation makes a take that was reported as
kept survive a power cut. Rows are in the order in which they were kept, whatever the clock did meanwhile. What is
listed and filtered by is in a narrow table; facts, context and traces are in tables of their own, and listing never
reads a trace (`schema` has the format, `rows` what comes out, `seal` the checksums).
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from followfocus.arrays import FloatArray
from followfocus.clock import utc_timestamp
from followfocus.errors import RequestError
from followfocus.takes.check import Checked, check_log, gaps_in
from followfocus.takes.context import TakeContext
from followfocus.takes.durability import Durability
from followfocus.takes.reading import SELECT, row_of, unpacked
from followfocus.takes.rows import (
    BEGUN,
    UNKNOWN,
    WORDS,
    LoggedTake,
    TakeQuery,
    TakeRow,
    facts_without_ending,
)
from followfocus.takes.schema import VERSION, folded, log_errors, names_folded, opened, storable
from followfocus.takes.seal import seal, whole
from followfocus.takes.takes import Take
from followfocus.takes.traces import pack
from followfocus.wire.evidence import Sample

__all__ = ["VERSION", "WORDS", "FloatArray", "LoggedTake", "TakeLog", "TakeQuery", "TakeRow"]

_GREATEST_ROW = 2**63 - 1
"""Beyond it a row's number is itself damaged."""


class TakeLog:
    """An open log. `begin` without hurry, `secure`, `close` and `append` return when what they write is on disk."""

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        """Open `path`, and bring it up to date; with `create` make it where there is none.

        Without `create` a log that can't be written, on a locked card say, is opened to read. Raises FileError.
        """
        self.path = Path(path)
        self._db = opened(self.path, create=create)
        self._durability = Durability(self._db, self.path)

    # Writing ------------------------------------------------------------------------------------------------------

    def begin(
        self,
        context: TakeContext,
        take: int | None = None,
        planned: Sequence[Sample] = (),
        *,
        hurry: bool = False,
        numbered: Callable[[TakeLog, TakeContext, int], int] = lambda _log, _context, asked: asked,
    ) -> int:
        """Put down that a take begins, before GO; its row's number, for `close`.

        `take` is its number where that isn't the slate's, `planned` where the ring is to be. `numbered` gives it
        another by what the log has, if need be: no other program writes to it meanwhile. Raises FileError.

        In a `hurry` it waits neither for the disk nor for another program: what is written then outlives this program,
        and a power cut once `secure` has returned.
        """
        if hurry:
            self._durability.hurry()
        with log_errors(self.path), self._transaction():
            asked = context.slate.take if take is None else take
            number = numbered(self, context, asked)
            context = context if number == asked else context.numbered(number)
            begun = {"logged_utc_s": utc_timestamp(), "take": number, "verdict": BEGUN}
            row = self._insert("takes", {**_of_context(context, number), **begun})
            self._insert("documents", {
                "take_id": row, "facts": _json(facts_without_ending(number, BEGUN)), "context": _json(context.facts()),
            })  # fmt: skip
            self._insert("traces", {"take_id": row, "packed": pack({"planned": planned})})
            seal(self._db, row)
        return row

    def secure(self) -> None:
        """Have what was begun in a hurry on the disk when this returns. Raises FileError."""
        self._durability.wait()
        with log_errors(self.path), self._transaction():
            # A change that changes nothing: all that was written before it goes to the disk with it.
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self, row: int, take: Take, context: TakeContext | None = None) -> None:
        """Write how a take that `begin` put down has ended, also where that was called unknown meanwhile.

        `context` is its entry by now, None for as it was put down. Raises RequestError where the row has its ending
        already, FileError where it can't be written: the take is the caller's to hold (see `keeper`).
        """
        with log_errors(self.path), self._transaction():
            if self._verdict(row) not in (BEGUN, UNKNOWN):
                raise RequestError(f"The take in row {row} of {self.path} has its ending already.", "Append it anew.")
            self._end(row, take, context)

    def reconcile(self, row: int, take: Take | None) -> bool:
        """End a take that was found begun: with what its unit still knows of it, or as not known how it ended.

        False where it had its ending by then, from another program. Raises as `close`.
        """
        with log_errors(self.path), self._transaction():
            if self._verdict(row) != BEGUN:
                return False
            if take is not None:
                self._end(row, take, None)
                return True
            number = self._db.execute("SELECT take FROM takes WHERE id = ?", (row,)).fetchone()[0]
            self._db.execute("UPDATE takes SET verdict = ? WHERE id = ?", (UNKNOWN, row))
            facts = _json(facts_without_ending(number, UNKNOWN)), row
            self._db.execute("UPDATE documents SET facts = ? WHERE take_id = ?", facts)
            seal(self._db, row, "takes", "documents")
        return True

    def append(self, take: Take, context: TakeContext | str = "") -> int:
        """Keep a take that wasn't put down before; its row's number. A text as context is the lens's name.

        Raises FileError where it can't be kept: the take is the caller's to hold (see `keeper`).
        """
        known = TakeContext(lens=context) if isinstance(context, str) else context
        with log_errors(self.path), self._transaction():
            about = {**_of_context(known, take.take), **_of_take(take), "logged_utc_s": utc_timestamp()}
            row = self._insert("takes", about)
            self._insert("documents", {"take_id": row, "facts": _json(take.facts()), "context": _json(known.facts())})
            self._insert("traces", {"take_id": row, "packed": _packed(take)})
            seal(self._db, row)
        return row

    def _end(self, row: int, take: Take, context: TakeContext | None) -> None:
        """The ending of a row that has none."""
        values = _of_take(take) if context is None else {**_of_context(context, take.take), **_of_take(take)}
        names = ", ".join(f"{name} = ?" for name in values)
        self._db.execute(f"UPDATE takes SET {names} WHERE id = ?", (*values.values(), row))
        about = "UPDATE documents SET facts = ?, context = coalesce(?, context) WHERE take_id = ?"
        self._db.execute(about, (_json(take.facts()), None if context is None else _json(context.facts()), row))
        self._db.execute("UPDATE traces SET packed = ? WHERE take_id = ?", (_packed(take), row))
        seal(self._db, row)

    def _insert(self, table: str, values: dict[str, object]) -> int:
        """A new row; its number."""
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})"
        row = self._db.execute(statement, tuple(values.values())).lastrowid
        assert row is not None
        return row

    def _verdict(self, row: int) -> str:
        self._check(row)
        found = self._db.execute("SELECT verdict FROM takes WHERE id = ?", (row,)).fetchone()
        if found is None:
            raise self._missing(row)
        return str(found[0])

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All tables or none."""
        # The lock at once: a reader that wants to write later is
        # refused without waiting if another has written meanwhile.
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            # SQLite has rolled back by itself on a full disk or a failed read, and to ask again would hide why.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def set_word(self, row: int, word: str) -> None:
        """The crew's word for a take: "circled", "ng", "buzzed", or none. Raises RequestError."""
        if word not in WORDS:
            raise RequestError(f"“{word}” isn't a word for a take.", f"Known: {', '.join(filter(None, WORDS))}.")
        self._change(row, word=word)

    def set_note(self, row: int, note: str) -> None:
        """Write a note beside a take. Raises RequestError."""
        kept = storable(note)
        self._change(row, note=kept, note_folded=folded(kept))

    def _change(self, row: int, **values: str) -> None:
        """A damaged row takes the change and stays known as damaged."""
        with log_errors(self.path), self._transaction():
            self._verdict(row)
            was_whole = whole(self._db, "takes", row)
            names = ", ".join(f"{name} = ?" for name in values)
            self._db.execute(f"UPDATE takes SET {names} WHERE id = ?", (*values.values(), row))
            if was_whole:
                seal(self._db, row, "takes")

    # Reading ------------------------------------------------------------------------------------------------------

    def rows(self, query: TakeQuery = TakeQuery()) -> list[TakeRow]:
        """The takes that fit, without their traces, in the order they were kept or newest first."""
        return list(self.each(query))

    def each(self, query: TakeQuery = TakeQuery()) -> Iterator[TakeRow]:
        """The same, one after the other, so that a long log needs no more memory than a short one."""
        where, values = query.where()
        order = "DESC" if query.newest_first else "ASC"
        limit = -1 if query.limit is None else min(query.limit, _GREATEST_ROW)
        statement = f"{SELECT}{where} ORDER BY id {order} LIMIT ? OFFSET ?"
        with log_errors(self.path):
            found = self._db.execute(statement, (*values, limit, query.offset))
            for record in found:
                yield row_of(record)

    def open_takes(self) -> list[TakeRow]:
        """The takes that have begun and have no ending: of a program that died, or of one that is playing."""
        return self.rows(TakeQuery(verdict=BEGUN))

    def count(self, query: TakeQuery = TakeQuery()) -> int:
        """How many takes fit."""
        where, values = query.where()
        with log_errors(self.path):
            found = self._db.execute(f"SELECT count(*) FROM takes{where}", values).fetchone()[0]
        return int(found)

    def take(self, number: int) -> LoggedTake:
        """The take in row `number`, with its traces.

        Raises RequestError where there is none.
        """
        self._check(number)
        with log_errors(self.path):
            record = self._db.execute(f"{SELECT} WHERE id = ?", (number,)).fetchone()
            if record is None:
                raise self._missing(number)
            damaged = not whole(self._db, "traces", number)
        row, traces = row_of(record), self.traces(number)
        damaged = row.damaged or damaged or traces is None
        return LoggedTake(dataclasses.replace(row, damaged=damaged), traces or {})

    def traces(self, number: int) -> dict[str, FloatArray] | None:
        """All that is kept of the ring's way in row `number`, by name, whole or not; None where it can't be read."""
        with log_errors(self.path):
            return unpacked(self._db.execute("SELECT packed FROM traces WHERE take_id = ?", (number,)).fetchone())

    def gaps(self) -> list[int]:
        """Rows that were written and are not there: a log never loses one by itself."""
        with log_errors(self.path):
            return gaps_in(self._db)

    def checked(self) -> Checked:
        """Everything in the log against its checksums."""
        with log_errors(self.path):
            return check_log(self._db)

    @property
    def name(self) -> str:
        """The log's own id: it stays the same wherever the file goes."""
        with log_errors(self.path):
            found = self._db.execute("SELECT id FROM log").fetchone()
        return str(found[0]) if found else ""

    def last_row(self) -> int:
        """The newest row, 0 in a log without takes."""
        with log_errors(self.path):
            return int(self._db.execute("SELECT coalesce(max(id), 0) FROM takes").fetchone()[0])

    def last_take_of(self, shot: str) -> int:
        """The highest take number of a shot, 0 where there is none."""
        with log_errors(self.path):
            found = self._db.execute("SELECT max(take) FROM takes WHERE shot = ?", (storable(shot),)).fetchone()[0]
        return int(found or 0)

    def _check(self, row: int) -> None:
        """Raise RequestError for a number that SQLite couldn't even look for."""
        if not 0 < row <= _GREATEST_ROW:
            raise self._missing(row)

    def _missing(self, row: int) -> RequestError:
        return RequestError(f"{self.path} has no take in row {row}.", "takes list shows the rows.")

    def shut(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> TakeLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()


# What goes into the columns -------------------------------------------------------------------------------------------


def name_clips(log: TakeLog, row: int, clips: str) -> None:
    """Write which clips ran in a take, where that is known only once its row is closed. Raises as `close`.

    A damaged row stays as it is.
    """
    context = dataclasses.replace(log.take(row).row.context, clip=clips)
    with log_errors(log.path), log._transaction():
        if whole(log._db, "documents", row):
            told = _json(context.facts()), row
            log._db.execute("UPDATE documents SET context = ? WHERE take_id = ?", told)
            seal(log._db, row, "documents")


def _of_context(context: TakeContext, take: int) -> dict[str, object]:
    """The columns that say what is shot."""
    return {
        "lens": storable(context.lens),
        "scene": storable(context.slate.scene),
        "shot": storable(context.slate.shot),
        "pull": storable(context.pull),
        "plan_hash": context.plan_hash,
        "names_folded": names_folded(context, context.slate.shot, take),
    }


def _of_take(take: Take) -> dict[str, object]:
    """The columns that say how it went."""
    return {
        "started_utc_s": take.started_utc_s,
        "take": take.take,
        "verdict": take.verdict.value,
        "landing_error_deg": take.landing_error_deg,
        "landing_error_half_dof": take.landing_error_half_dof,
        "duration_error_ms": take.duration_error_ms,
        "start_latency_ms": take.start_latency_ms,
    }


def _json(facts: dict[str, object]) -> str:
    return storable(json.dumps(facts, ensure_ascii=False))


def _packed(take: Take) -> bytes:
    traces = {"planned": take.planned, "actual": take.actual, "witness": take.witness}
    if take.wanted:
        traces |= {"wheel": take.wheel, "wanted": take.wanted}
    return pack(traces)

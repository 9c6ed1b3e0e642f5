"""The take log: every take with its evidence in one SQLite file, on disk before the next take can arm.

Write-ahead logging lets one program write while others read; full synchronisation makes a take that was reported as
kept survive a power cut. Rows are in the order in which they were kept, whatever the clock did meanwhile. What is
listed and filtered by is in a narrow table; facts, context and traces are in tables of their own, and listing never
reads a trace (`takeschema` has the format, `takerows` what comes out).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from followfocus.clock import utc_timestamp
from followfocus.errors import FileError, RequestError
from followfocus.takes.context import TakeContext
from followfocus.takes.rows import COLUMNS, LoggedTake, TakeQuery, TakeRow, row_of
from followfocus.takes.schema import VERSION, folded, log_errors, names_folded, opened, storable
from followfocus.takes.takes import Take
from followfocus.takes.traces import FloatArray, pack, unpack

__all__ = ["VERSION", "WORDS", "FloatArray", "LoggedTake", "TakeLog", "TakeQuery", "TakeRow"]

WORDS = ("", "circled", "ng", "buzzed")
"""The crew's word for a take, beside the verdict of the figures."""
_SELECT = f"SELECT {', '.join(COLUMNS)}, facts, context FROM takes LEFT JOIN documents ON take_id = id"  # noqa: S608
_GREATEST_ROW = 2**63 - 1


class TakeLog:
    """An open log. `append` returns when the take is on disk."""

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        """Open `path`, and bring it up to date; with `create` make it where there is none.

        Without `create` a log that can't be written, on a locked card say, is opened to read. Raises FileError.
        """
        self.path = Path(path)
        if not create and not self.path.exists():
            raise FileError(f"There is no take log {self.path}.", (), "pull --log FILE.db writes one.")
        self._db = opened(self.path, create=create)

    # Writing ------------------------------------------------------------------------------------------------------

    def append(self, take: Take, context: TakeContext | str = "") -> int:
        """Keep a take; its row's number. A text as context is the lens's name.

        Raises FileError where it can't be kept: the take is the caller's to hold (see `takekeeper`).
        """
        known = TakeContext(lens=context) if isinstance(context, str) else context
        values = {
            "logged_utc_s": utc_timestamp(),
            "started_utc_s": take.started_utc_s,
            "take": take.take,
            "lens": storable(known.lens),
            "scene": storable(known.slate.scene),
            "shot": storable(known.slate.shot),
            "pull": storable(known.pull),
            "plan_hash": known.plan_hash,
            "verdict": take.verdict.value,
            "landing_error_deg": take.landing_error_deg,
            "landing_error_half_dof": take.landing_error_half_dof,
            "duration_error_ms": take.duration_error_ms,
            "start_latency_ms": take.start_latency_ms,
            "names_folded": names_folded(known, known.slate.shot, take.take),
        }
        facts, about = (storable(json.dumps(said, ensure_ascii=False)) for said in (take.facts(), known.facts()))
        packed = pack({"planned": take.planned, "actual": take.actual, "witness": take.witness})
        marks = ", ".join("?" * len(values))
        with log_errors(self.path), self._transaction():
            cursor = self._db.execute(
                f"INSERT INTO takes ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - our words
                tuple(values.values()),
            )
            row = cursor.lastrowid
            self._db.execute("INSERT INTO documents (take_id, facts, context) VALUES (?, ?, ?)", (row, facts, about))
            self._db.execute("INSERT INTO traces (take_id, packed) VALUES (?, ?)", (row, packed))
        assert row is not None
        return row

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All tables or none."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def set_word(self, row: int, word: str) -> None:
        """The crew's word for a take: "circled", "ng", "buzzed", or none. Raises RequestError."""
        if word not in WORDS:
            raise RequestError(f"“{word}” is no word for a take.", f"Known: {', '.join(filter(None, WORDS))}.")
        self._change(row, "UPDATE takes SET word = ? WHERE id = ?", word)

    def set_note(self, row: int, note: str) -> None:
        """What was written beside a take. Raises RequestError."""
        kept = storable(note)
        self._change(row, "UPDATE takes SET note = ?, note_folded = ? WHERE id = ?", kept, folded(kept))

    def _change(self, row: int, statement: str, *values: str) -> None:
        self._check(row)
        with log_errors(self.path):
            changed = self._db.execute(statement, (*values, row)).rowcount
        if not changed:
            raise self._missing(row)

    # Reading ------------------------------------------------------------------------------------------------------

    def rows(self, query: TakeQuery = TakeQuery()) -> list[TakeRow]:  # noqa: B008 - frozen
        """The takes that fit, without their traces, in the order they were kept or newest first."""
        return list(self.each(query))

    def each(self, query: TakeQuery = TakeQuery()) -> Iterator[TakeRow]:  # noqa: B008 - frozen
        """The same, one after the other, so that a long log needs no more memory than a short one."""
        where, values = query.where()
        order = "DESC" if query.newest_first else "ASC"
        limit = -1 if query.limit is None else query.limit
        statement = f"{_SELECT}{where} ORDER BY id {order} LIMIT ? OFFSET ?"
        with log_errors(self.path):
            found = self._db.execute(statement, (*values, limit, query.offset))
            for *columns, facts, context in found:
                yield row_of(columns, facts, context)

    def count(self, query: TakeQuery = TakeQuery()) -> int:  # noqa: B008 - frozen
        """How many takes fit."""
        where, values = query.where()
        with log_errors(self.path):
            found = self._db.execute(f"SELECT count(*) FROM takes{where}", values).fetchone()[0]  # noqa: S608
        return int(found)

    def take(self, number: int) -> LoggedTake:
        """The take in row `number`, with its traces.

        Raises RequestError where there is none, FileError where its traces can't be read.
        """
        self._check(number)
        with log_errors(self.path):
            row = self._db.execute(f"{_SELECT} WHERE id = ?", (number,)).fetchone()
            packed = self._db.execute("SELECT packed FROM traces WHERE take_id = ?", (number,)).fetchone()
        if row is None:
            raise self._missing(number)
        try:
            traces = unpack(packed[0]) if packed else {}
        except ValueError as error:
            raise FileError(f"{self.path} is damaged at the traces of row {number}.", (), "The others read.") from error
        *columns, facts, context = row
        return LoggedTake(row_of(columns, facts, context), traces)

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

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> TakeLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

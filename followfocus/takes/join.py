# SPDX-License-Identifier: MIT
"""Takes of another log brought into this one: those that were saved elsewhere while this had no room, above all.

A take is copied as it stands, with all that was kept of it. One that is here already is left alone, and one that was
put down here as begun, and never closed, gets its ending. A take that is damaged there stays there.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import RequestError
from followfocus.files import real
from followfocus.takes.rows import BEGUN, UNKNOWN
from followfocus.takes.schema import log_errors, opened
from followfocus.takes.seal import TABLES, TAKE_COLUMNS, seal, whole

_NEAR_S = 10.0
"""A take's row is put down at most so long before it starts, or after"""
_OWN = ("id", "logged_utc_s", "word", "note", "note_folded")
"""A row that is here already keeps these: the crew may have said something of it"""


@dataclass(frozen=True, slots=True)
class Joined:
    """How many takes were brought over, were there already, and had to stay as they are damaged."""

    added: int = 0
    known: int = 0
    damaged: int = 0


def join_logs(path: Path, other: Path) -> Joined:
    """Bring the takes of the log `other` into the one at `path`, all or none. Raises FileError, RequestError."""
    if real(path) == real(other):
        raise RequestError(f"{path} and {other} are one log.", "Give the one that has the takes to bring over.")
    with log_errors(other), closing(opened(other, create=False)) as source:
        ids = [row for (row,) in source.execute("SELECT id FROM takes ORDER BY id")]
        sound = [row for row in ids if all(whole(source, table, row) for table in TABLES)]
        takes = [_whole_take(source, row) for row in sound]
    with log_errors(path), closing(opened(path, create=True)) as db:
        db.execute("BEGIN IMMEDIATE")
        added = sum(_brought(db, take) for take in takes)
        db.execute("COMMIT")
    return Joined(added, len(takes) - added, len(ids) - len(takes))


@dataclass(frozen=True, slots=True)
class _Whole:
    """Everything that a log has of a take."""

    columns: dict[str, object]
    facts: object
    context: object
    packed: object


def _whole_take(db: sqlite3.Connection, row: int) -> _Whole:
    columns = db.execute(f"SELECT {', '.join(TAKE_COLUMNS)} FROM takes WHERE id = ?", (row,)).fetchone()
    facts, context = db.execute("SELECT facts, context FROM documents WHERE take_id = ?", (row,)).fetchone()
    (packed,) = db.execute("SELECT packed FROM traces WHERE take_id = ?", (row,)).fetchone()
    return _Whole(dict(zip(TAKE_COLUMNS, columns, strict=True)), facts, context, packed)


def _brought(db: sqlite3.Connection, take: _Whole) -> bool:
    """Whether a take had to be brought over."""
    known = "SELECT 1 FROM takes JOIN documents ON take_id = id WHERE take = ? AND facts = ? AND context = ?"
    if db.execute(known, (take.columns["take"], take.facts, take.context)).fetchone():
        return False
    row = _begun(db, take)
    row = _new(db, take) if row is None else _closed(db, take, row)
    seal(db, row)
    return True


def _begun(db: sqlite3.Connection, take: _Whole) -> int | None:
    """The row that was put down here as this take began."""
    columns = take.columns
    found = db.execute(
        "SELECT id FROM takes WHERE verdict IN (?, ?) AND take = ? AND shot = ? AND plan_hash = ?"
        " AND abs(logged_utc_s - ?) < ? ORDER BY id DESC",
        (BEGUN, UNKNOWN, *(columns[name] for name in ("take", "shot", "plan_hash", "started_utc_s")), _NEAR_S),
    ).fetchone()
    return None if found is None else int(found[0])


def _new(db: sqlite3.Connection, take: _Whole) -> int:
    names = [name for name in TAKE_COLUMNS if name != "id"]
    marks = ", ".join("?" * len(names))
    values = tuple(take.columns[name] for name in names)
    row = db.execute(f"INSERT INTO takes ({', '.join(names)}) VALUES ({marks})", values).lastrowid
    assert row is not None
    db.execute("INSERT INTO documents (take_id, facts, context) VALUES (?, ?, ?)", (row, take.facts, take.context))
    db.execute("INSERT INTO traces (take_id, packed) VALUES (?, ?)", (row, take.packed))
    return row


def _closed(db: sqlite3.Connection, take: _Whole, row: int) -> int:
    names = [name for name in TAKE_COLUMNS if name not in _OWN]
    values = tuple(take.columns[name] for name in names)
    db.execute(f"UPDATE takes SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?", (*values, row))
    db.execute("UPDATE documents SET facts = ?, context = ? WHERE take_id = ?", (take.facts, take.context, row))
    db.execute("UPDATE traces SET packed = ? WHERE take_id = ?", (take.packed, row))
    return row

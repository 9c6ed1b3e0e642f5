# SPDX-License-Identifier: MIT
"""Checksums over what the log keeps of a take, so that a bit that flips on a card is told with the take.

Each of a take's three rows carries its own: the narrow row that is listed, the documents, the traces. So a list can be
checked without reading a trace. A checksum is made of what SQLite gives back, not of what it was given. CRC-32 finds
every flipped bit, and every run of them up to 32; of greater damage one in four thousand million goes unseen.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence

TAKE_COLUMNS = (
    "id", "logged_utc_s", "started_utc_s", "take", "lens", "scene", "shot", "pull", "plan_hash", "verdict", "word",
    "note", "landing_error_deg", "landing_error_half_dof", "duration_error_ms", "start_latency_ms", "names_folded",
    "note_folded",
)  # fmt: skip
DOCUMENT_COLUMNS = ("take_id", "facts", "context")
_SEALED = {
    "takes": TAKE_COLUMNS,
    "documents": DOCUMENT_COLUMNS,
    "traces": ("take_id", "packed"),
}
TABLES = tuple(_SEALED)


def sealed_text(raw: bytes) -> str:
    """Text as it is kept, damaged bytes as half characters: nothing is lost, and nothing raises."""
    return raw.decode("utf-8", "surrogateescape")


def checksum(values: Sequence[object]) -> int:
    """CRC-32 over values as SQLite gives them, each with its kind and length.

    >>> checksum([1, 2.5, "27A", None, b"x"]) == checksum([1, 2.5, "27", "A", None, b"x"])
    False
    """
    found = 0
    for value in values:
        kind, raw = _raw(value)
        found = zlib.crc32(raw, zlib.crc32(f"{kind}{len(raw)}:".encode(), found))
    return found


def _raw(value: object) -> tuple[str, bytes]:
    if isinstance(value, str):
        return "text", value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes):
        return "blob", value
    return type(value).__name__, repr(value).encode()


def seal(db: sqlite3.Connection, row: int, *tables: str) -> None:
    """Write the checksums of a take's rows, in all tables or those named, as they stand in the file."""
    for table in tables or TABLES:
        _seal_where(db, table, f" WHERE {_SEALED[table][0]} = ?", (row,))


def seal_all(db: sqlite3.Connection) -> None:
    """Write the checksums of every take: where a log without any is brought up to date."""
    for table in TABLES:
        _seal_where(db, table, "", ())


def _seal_where(db: sqlite3.Connection, table: str, where: str, values: tuple[object, ...]) -> None:
    columns = _SEALED[table]
    found = db.execute(f"SELECT {', '.join(columns)} FROM {table}{where}", values)
    sums = [(checksum(row), row[0]) for row in found]
    db.executemany(f"UPDATE {table} SET checksum = ? WHERE {columns[0]} = ?", sums)


def whole(db: sqlite3.Connection, table: str, row: int) -> bool:
    """Whether a take's row in a table is there and is what was written."""
    columns = _SEALED[table]
    found = db.execute(f"{_sealed(table)} WHERE {columns[0]} = ?", (row,)).fetchone()
    return found is not None and found[0] == checksum(found[1:])


def damaged_rows(db: sqlite3.Connection, table: str, rows: Sequence[int]) -> list[int]:
    """The rows of a table that are not what was written, and those of `rows` that it hasn't."""
    there, damaged = set[int](), []
    for found in db.execute(_sealed(table)):
        there.add(found[1])
        if found[0] != checksum(found[1:]):
            damaged.append(found[1])
    known = set(rows)
    return sorted({*damaged, *(known - there), *(there - known)})


def _sealed(table: str) -> str:
    return f"SELECT checksum, {', '.join(_SEALED[table])} FROM {table}"

# SPDX-License-Identifier: MIT
"""A whole log against its checksums: which takes are damaged, at what, and whether the file hangs together."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from followfocus.takes.seal import TABLES, damaged_rows

PARTS = {"takes": "what is listed", "documents": "facts and what was shot with", "traces": "the curve"}
_MOST_WORDS, _GREATEST_LISTED = 10, 10_000_000


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of checking a log.

    `damaged` has each damaged row with the parts of it, as words; `file` what SQLite says of the file itself.
    `older_rows` is up to which row the takes came from a log without checksums: what befell them before isn't known.
    """

    takes: int
    damaged: dict[int, tuple[str, ...]]
    file: tuple[str, ...]
    older_rows: int

    @property
    def whole(self) -> bool:
        """Nothing is damaged."""
        return not self.damaged and not self.file


def check_log(db: sqlite3.Connection) -> Checked:
    """Check everything that an open log holds. Raises sqlite3.Error where the file can't be read to its end."""
    damaged: dict[int, list[str]] = {}
    rows = [row for (row,) in db.execute("SELECT id FROM takes ORDER BY id")]
    for table in TABLES:
        for row in damaged_rows(db, table, rows):
            damaged.setdefault(row, []).append(PARTS[table])
    words = [str(said) for (said,) in db.execute(f"PRAGMA integrity_check({_MOST_WORDS})")]
    older = db.execute("SELECT older_rows FROM log").fetchone()
    return Checked(
        len(rows),
        {row: tuple(damaged[row]) for row in sorted(damaged)},
        () if words == ["ok"] else tuple(words),
        older[0] if older else 0,
    )


def gaps_in(db: sqlite3.Connection) -> list[int]:
    """Rows that were written and are not there."""
    # By all three tables: where the newest row of one was lost,
    # its documents or its trace still have the number.
    there, last = db.execute(
        "SELECT (SELECT count(*) FROM takes), max(coalesce((SELECT max(id) FROM takes), 0), "
        "coalesce((SELECT max(take_id) FROM documents), 0), coalesce((SELECT max(take_id) FROM traces), 0))"
    ).fetchone()
    if there == last or not 0 < last <= _GREATEST_LISTED:
        return []
    found = {row for (row,) in db.execute("SELECT id FROM takes")}
    return [row for row in range(1, last + 1) if row not in found]

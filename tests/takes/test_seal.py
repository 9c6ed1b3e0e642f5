# SPDX-License-Identifier: MIT
"""Checksums of a take's rows: each damaged one, each that is gone and each that is nobody's is named by its take."""

from __future__ import annotations

import itertools
import sqlite3

import pytest

from followfocus.takes.seal import _SEALED, TABLES, checksum, damaged_rows, seal, seal_all, whole

ROWS = (3, 4, 9)


@pytest.fixture(name="db")
def _db() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:")
    for table in TABLES:
        columns = _SEALED[table]
        made.execute(f"CREATE TABLE {table} (checksum, {', '.join(columns)})")
        for row in ROWS:
            values = [row, *(f"{name} {row}" for name in columns[1:])]
            made.execute(f"INSERT INTO {table} VALUES (NULL{', ?' * len(values)})", values)
    seal_all(made)
    return made


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_whole_as_it_was_sealed(db: sqlite3.Connection, table: str) -> None:
    assert damaged_rows(db, table, ROWS) == []
    assert [whole(db, table, row) for row in (*ROWS, 5)] == [True, True, True, False]


@pytest.mark.parametrize(("table", "row"), list(itertools.product(TABLES, ROWS)))
def test_a_row_that_changed_in_any_cell_is_named(db: sqlite3.Connection, table: str, row: int) -> None:
    key, *columns = _SEALED[table]
    for column in columns:
        (before,) = db.execute(f"SELECT {column} FROM {table} WHERE {key} = ?", (row,)).fetchone()
        db.execute(f"UPDATE {table} SET {column} = 'x' WHERE {key} = ?", (row,))
        assert damaged_rows(db, table, ROWS) == [row]
        assert [one for one in ROWS if not whole(db, table, one)] == [row]
        db.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (before, row))
    db.execute(f"UPDATE {table} SET {columns[0]} = 'y' WHERE {key} = ?", (row,))
    seal(db, row, *(other for other in TABLES if other != table))
    assert damaged_rows(db, table, ROWS) == [row]
    seal(db, row, table)
    assert damaged_rows(db, table, ROWS) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_gone_or_nobody_s_is_named(db: sqlite3.Connection, table: str) -> None:
    db.execute(f"DELETE FROM {table} WHERE {_SEALED[table][0]} = 4")
    assert damaged_rows(db, table, ROWS) == [4]
    assert damaged_rows(db, table, (3, 4)) == [4, 9]
    assert damaged_rows(db, table, ()) == [3, 9]


def test_a_checksum_is_of_every_value_with_its_kind() -> None:
    values = [1, 1.0, "1", b"1", None, "", b"", "11", "\udcff"]
    sums = [checksum(list(pair)) for pair in itertools.product(values, repeat=2)]
    assert len(set(sums)) == len(sums)
    assert checksum(["a", "b"]) != checksum(["ab"])
    assert checksum([]) == 0

# SPDX-License-Identifier: MIT
"""The diary of the outside, kept in the take log beside the takes: from where, the request, and its answer.

A table of its own, made when the first is written. Logs of this version without it, and programs that don't know it,
are as good as with it: no take depends on it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from followfocus.takes.schema import log_errors, opened, storable

_TABLE = """
    CREATE TABLE IF NOT EXISTS diary (
        id INTEGER PRIMARY KEY,
        utc_s REAL NOT NULL,
        source TEXT NOT NULL,
        asked TEXT NOT NULL,
        passed INTEGER NOT NULL,
        words TEXT NOT NULL,
        times INTEGER NOT NULL DEFAULT 1
    ) STRICT
"""


LATEST_S = 70.0
"""A line that counts how often the same came may be put down so long after its time"""
OF_ITSELF = "word"
"""Nothing was asked for: a source has said something of itself."""


@dataclass(frozen=True, slots=True)
class DiaryLine:
    """One thing from outside. `times` is how often the same came in a row and was refused; `utc_s` is its first."""

    utc_s: float
    source: str
    asked: str
    words: str = ""
    passed: bool = True
    times: int = 1

    @property
    def said(self) -> str:
        """For a person: who asked for what, and what became of it. What a source says of itself names it already."""
        return self.words if self.asked == OF_ITSELF else f"{self.source}: {self.asked}: {self.words}"

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {
            "utc_s": self.utc_s, "source": self.source, "asked": self.asked, "passed": self.passed,
            "words": self.words, "times": self.times,
        }  # fmt: skip


def write_diary(path: Path, happened: Iterable[DiaryLine]) -> None:
    """Put them down, in their order; on disk when this returns. Raises FileError."""
    db = opened(path, create=True)
    try:
        with log_errors(path):
            db.execute("BEGIN IMMEDIATE")
            db.execute(_TABLE)
            db.executemany(
                "INSERT INTO diary (utc_s, source, asked, passed, words, times) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (one.utc_s, storable(one.source), storable(one.asked), int(one.passed), storable(one.words),
                     one.times)
                    for one in happened
                ],
            )  # fmt: skip
            db.execute("COMMIT")
    finally:
        db.close()


def read_diary(path: Path) -> list[DiaryLine]:
    """All of a log, oldest first, by the computer's clock and, where that was set back, in the order of the writing.

    None where nothing came from outside. Raises FileError.
    """
    db = opened(path, create=False)
    try:
        with log_errors(path):
            there = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'diary'").fetchone()[0]
            if not there:
                return []
            found = db.execute("SELECT utc_s, source, asked, passed, words, times FROM diary ORDER BY id")
            return _as_it_came(
                DiaryLine(utc, source, asked, words, bool(passed), n) for utc, source, asked, passed, words, n in found
            )
    finally:
        db.close()


def _as_it_came(lines: Iterable[DiaryLine]) -> list[DiaryLine]:
    by_one_setting: list[list[DiaryLine]] = [[]]
    newest_s = -math.inf
    for line in lines:
        # Later than any line may be: the clock was set back, and what comes now comes after all that is there.
        if line.utc_s < newest_s - LATEST_S:
            by_one_setting.append([])
            newest_s = line.utc_s
        newest_s = max(newest_s, line.utc_s)
        by_one_setting[-1].append(line)
    return [line for lines in by_one_setting for line in sorted(lines, key=lambda one: one.utc_s)]

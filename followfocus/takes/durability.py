# SPDX-License-Identifier: MIT
"""How long the take log waits for the disk and for other programs: to the end as a rule, hardly at all before GO."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from followfocus.files import stat_of
from followfocus.takes.schema import BUSY_MS

HURRY_MS = 2
"""How long a hurried entry waits for another program that is writing"""
CHECKPOINT_PAGES = 1000
"""SQLite's own measure"""


class Durability:
    """An open log's settings for what a write waits for. In a hurry it never puts at risk what was kept before."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._ahead = db, path.with_name(f"{path.name}-wal")

    def hurry(self) -> None:
        """Wait for as little as may be: what is written next may be lost in a power cut, and nothing older."""
        self._set(self._least_synchronous(), HURRY_MS, 0)

    def wait(self) -> None:
        """Let the next writes return only once they are on the disk."""
        self._set("FULL", BUSY_MS, CHECKPOINT_PAGES)

    def _least_synchronous(self) -> str:
        """SQLite's `synchronous` for a hurry."""
        ahead = stat_of(self._ahead)
        if ahead is None:
            return "FULL"  # no write-ahead logging here
        return "NORMAL" if ahead.st_size else "OFF"  # a write-ahead log that is begun anew has nothing older in it

    def _set(self, synchronous: str, busy_ms: int, checkpoint_pages: int) -> None:
        self._db.execute(f"PRAGMA synchronous = {synchronous}")
        self._db.execute(f"PRAGMA busy_timeout = {busy_ms}")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")

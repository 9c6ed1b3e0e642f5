"""The take log: every take with its evidence in one SQLite file, on disk before the next take can arm.

Write-ahead logging lets one program write while others read. `user_version` counts the format; older files are brought
up to date by the migrations below, in order, in one transaction. A newer file, or another program's, is refused.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from followfocus.clock import utc_timestamp
from followfocus.errors import FileError, RequestError
from followfocus.evidence import Sample
from followfocus.takes import Take

APPLICATION_ID = 0x66664C47  # "ffLG"
BUSY_MS = 5_000
FloatArray = npt.NDArray[np.float64]

_MIGRATIONS = (
    """
    CREATE TABLE takes (
        id INTEGER PRIMARY KEY,
        logged_utc_s REAL NOT NULL,
        take INTEGER NOT NULL,
        lens TEXT NOT NULL,
        verdict TEXT NOT NULL,
        landing_error_deg REAL,
        landing_error_half_dof REAL,
        duration_error_ms REAL,
        start_latency_ms REAL,
        facts TEXT NOT NULL,
        traces BLOB NOT NULL,
        note TEXT NOT NULL DEFAULT ''
    ) STRICT;
    """,
)
VERSION = len(_MIGRATIONS)


@dataclass(frozen=True, slots=True)
class LoggedTake:
    """A row of the log. `facts` is what `pull --json` said of the take; traces are (seconds, ring degrees)."""

    id: int
    logged_utc_s: float
    take: int
    lens: str
    verdict: str
    landing_error_deg: float | None
    landing_error_half_dof: float | None
    duration_error_ms: float | None
    start_latency_ms: float | None
    facts: dict[str, object]
    traces: dict[str, FloatArray]
    note: str


class TakeLog:
    """An open log. `append` returns when the take is on disk."""

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        """Open `path`; with `create` make it where there is none. Raises FileError."""
        self.path = Path(path)
        if not create and not self.path.exists():
            raise FileError(f"There is no take log {self.path}.", (), "pull --log FILE.db writes one.")
        with self._as_errors():
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            self._db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            self._prepare()

    def _prepare(self) -> None:
        owner = self._db.execute("PRAGMA application_id").fetchone()[0]
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if owner != APPLICATION_ID and tables:
            raise FileError(f"{self.path} is another program's file, not a take log.", (), "Give another name.")
        if version > VERSION:
            raise FileError(
                f"{self.path} is a take log of version {version}; this program knows {VERSION}.",
                (),
                "Update followfocus.",
            )
        if version == VERSION:
            return
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("BEGIN IMMEDIATE")  # two programs may open a new log at once: the second finds it made
        for number in range(self._db.execute("PRAGMA user_version").fetchone()[0], VERSION):
            self._db.execute(_MIGRATIONS[number])
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")
        self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _as_errors(self) -> Iterator[None]:
        """SQLite's complaints as sentences."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            words = str(error)
            if "not a database" in words:
                raise FileError(f"{self.path} is not a take log.", (), "Give another name.") from error
            remedy = "Free some space." if "full" in words else "Check folder and rights, or give another name."
            raise FileError(f"The take log {self.path} can't be used: {words}.", (), remedy) from error

    def append(self, take: Take, lens: str = "") -> int:
        """Keep a take; its row's number. Raises FileError where it can't be kept: the take is the caller's to hold."""
        row = (
            utc_timestamp(),
            take.take,
            lens,
            take.verdict.value,
            take.landing_error_deg,
            take.landing_error_half_dof,
            take.duration_error_ms,
            take.start_latency_ms,
            json.dumps(take.facts(), ensure_ascii=False),
            _packed({"planned": take.planned, "actual": take.actual, "witness": take.witness}),
        )
        columns = (
            "logged_utc_s, take, lens, verdict, landing_error_deg, landing_error_half_dof, duration_error_ms, "
            "start_latency_ms, facts, traces"
        )
        with self._as_errors():
            marks = ", ".join("?" * len(row))
            cursor = self._db.execute(f"INSERT INTO takes ({columns}) VALUES ({marks})", row)  # noqa: S608 - our words
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def takes(self) -> Iterator[LoggedTake]:
        """All takes in the order they were kept, without their traces."""
        with self._as_errors():
            for row in self._db.execute("SELECT * FROM takes ORDER BY id"):
                yield _logged(row, with_traces=False)

    def take(self, number: int) -> LoggedTake:
        """The take in row `number`, with its traces. Raises RequestError."""
        with self._as_errors():
            row = self._db.execute("SELECT * FROM takes WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise RequestError(f"{self.path} has no take in row {number}.", "takes list shows the rows.")
        return _logged(row, with_traces=True)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> TakeLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _logged(row: tuple[object, ...], *, with_traces: bool) -> LoggedTake:
    facts, traces = row[9], row[10]
    assert isinstance(facts, str)
    assert isinstance(traces, bytes)
    unpacked = _unpacked(traces) if with_traces else {}
    return LoggedTake(*row[:9], json.loads(facts), unpacked, row[11])  # type: ignore[call-arg,arg-type]


def _packed(traces: dict[str, tuple[Sample, ...]]) -> bytes:
    """Traces as compressed rows of little-endian doubles, each with its name and length before it."""
    parts = []
    for name, samples in traces.items():
        values = np.array([(sample.at_s, sample.ring_deg) for sample in samples], dtype="<f8").reshape(-1, 2)
        parts.append(f"{name} {len(values)}\n".encode() + values.tobytes())
    return zlib.compress(b"".join(parts), 6)


def _unpacked(blob: bytes) -> dict[str, FloatArray]:
    data, made = zlib.decompress(blob), {}
    while data:
        head, _, data = data.partition(b"\n")
        name, count = head.decode().split()
        size = 16 * int(count)
        made[name] = np.frombuffer(data[:size], dtype="<f8").reshape(-1, 2).astype(np.float64)
        data = data[size:]
    return made

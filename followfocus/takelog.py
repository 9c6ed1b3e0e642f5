"""The take log: every take with its evidence in one SQLite file, on disk before the next take can arm.

Write-ahead logging lets one program write while others read; full synchronisation makes a take that was reported as
kept survive a power cut. `user_version` counts the format; older files are brought up to date by the migrations below,
in order, in one transaction. A newer file, or another program's, is refused. Rows are in the order in which they were
kept, whatever the clock did meanwhile. What is filtered by is in columns with an index, the rest is JSON, and the
traces are in a table of their own, which listing never reads.
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
from followfocus.takecontext import TakeContext, context_from, timecode_of
from followfocus.takes import Take

APPLICATION_ID = 0x66664C47  # "ffLG"
BUSY_MS = 5_000
WORDS = ("", "circled", "ng", "buzzed")
"""The crew's word for a take, beside the verdict of the figures."""
FloatArray = npt.NDArray[np.float64]

_VERSION_1 = """
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
"""
_VERSION_2 = """
    CREATE TABLE traces (take_id INTEGER PRIMARY KEY REFERENCES takes (id), packed BLOB NOT NULL) STRICT;
    INSERT INTO traces SELECT id, traces FROM takes;
    ALTER TABLE takes DROP COLUMN traces;
    ALTER TABLE takes ADD COLUMN scene TEXT NOT NULL DEFAULT '';
    ALTER TABLE takes ADD COLUMN shot TEXT NOT NULL DEFAULT '';
    ALTER TABLE takes ADD COLUMN pull TEXT NOT NULL DEFAULT '';
    ALTER TABLE takes ADD COLUMN plan_hash TEXT NOT NULL DEFAULT '';
    ALTER TABLE takes ADD COLUMN started_utc_s REAL;
    ALTER TABLE takes ADD COLUMN word TEXT NOT NULL DEFAULT '';
    ALTER TABLE takes ADD COLUMN context TEXT NOT NULL DEFAULT '{}';
    UPDATE takes SET started_utc_s = json_extract(facts, '$.started_utc_s');
    UPDATE takes SET context = json_object('lens', lens);
    CREATE INDEX takes_by_scene ON takes (scene, id);
    CREATE INDEX takes_by_shot ON takes (shot, id);
    CREATE INDEX takes_by_pull ON takes (pull, id);
    CREATE INDEX takes_by_lens ON takes (lens, id);
    CREATE INDEX takes_by_verdict ON takes (verdict, id);
    CREATE INDEX takes_by_word ON takes (word, id);
    CREATE INDEX takes_by_plan ON takes (plan_hash, id);
"""
_MIGRATIONS = (_VERSION_1, _VERSION_2)
VERSION = len(_MIGRATIONS)
_COLUMNS = (
    "id, logged_utc_s, started_utc_s, take, lens, scene, shot, pull, plan_hash, verdict, word, note, "
    "landing_error_deg, landing_error_half_dof, duration_error_ms, start_latency_ms, facts, context"
)


@dataclass(frozen=True, slots=True)
class TakeQuery:
    """Which takes: every field that is not None must fit; `text` is looked for in notes, pulls, scenes and lenses."""

    scene: str | None = None
    shot: str | None = None
    pull: str | None = None
    lens: str | None = None
    verdict: str | None = None
    word: str | None = None
    plan_hash: str | None = None
    since_utc_s: float | None = None
    until_utc_s: float | None = None
    text: str | None = None
    before: int | None = None
    """Only rows with a lower number: how a long list is read page by page at the same cost"""
    newest_first: bool = False
    limit: int | None = None
    offset: int = 0

    def where(self) -> tuple[str, list[object]]:
        """The WHERE clause and its values."""
        terms, values = [], []
        for column in ("scene", "shot", "pull", "lens", "verdict", "word", "plan_hash"):
            wanted = getattr(self, column)
            if wanted is not None:
                terms.append(f"{column} = ?")
                values.append(wanted)
        if self.since_utc_s is not None:
            terms.append("logged_utc_s >= ?")
            values.append(self.since_utc_s)
        if self.before is not None:
            terms.append("id < ?")
            values.append(self.before)
        if self.until_utc_s is not None:
            terms.append("logged_utc_s < ?")
            values.append(self.until_utc_s)
        if self.text is not None:
            terms.append("(note || ' ' || pull || ' ' || shot || ' ' || lens) LIKE ? ESCAPE '\\'")
            escaped = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            values.append(f"%{escaped}%")
        return (" WHERE " + " AND ".join(terms) if terms else ""), values


@dataclass(frozen=True, slots=True)
class TakeRow:
    """A row of the log without its traces. `facts` is what `pull --json` said of the take, `context` what was shot."""

    id: int
    logged_utc_s: float
    started_utc_s: float | None
    take: int
    lens: str
    scene: str
    shot: str
    pull: str
    plan_hash: str
    verdict: str
    word: str
    note: str
    landing_error_deg: float | None
    landing_error_half_dof: float | None
    duration_error_ms: float | None
    start_latency_ms: float | None
    facts: dict[str, object]
    context: TakeContext

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the verdict is what it is, a sentence each."""
        said = self.facts.get("reasons")
        return tuple(map(str, said)) if isinstance(said, list) else ()

    @property
    def timecode(self) -> str:
        """The host's UTC time of day at the start, as timecode in the take's frame rate; empty where unknown."""
        return timecode_of(self.started_utc_s, self.context.fps)


@dataclass(frozen=True, slots=True)
class LoggedTake:
    """A row with its traces: name → rows of (seconds, ring degrees)."""

    row: TakeRow
    traces: dict[str, FloatArray]


class TakeLog:
    """An open log. `append` returns when the take is on disk."""

    def __init__(self, path: str | Path, *, create: bool = True) -> None:
        """Open `path`; with `create` make it where there is none. Raises FileError."""
        self.path = Path(path)
        if not create and not self.path.exists():
            raise FileError(f"There is no take log {self.path}.", (), "pull --log FILE.db writes one.")
        with self._as_errors():
            self._db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            try:
                self._db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
                self._prepare()
                self._db.execute("PRAGMA synchronous = FULL")
            except BaseException:
                self._db.close()
                raise

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
            for statement in filter(str.strip, _MIGRATIONS[number].split(";")):
                self._db.execute(statement)
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
            "lens": known.lens,
            "scene": known.slate.scene,
            "shot": known.slate.shot,
            "pull": known.pull,
            "plan_hash": known.plan_hash,
            "verdict": take.verdict.value,
            "landing_error_deg": take.landing_error_deg,
            "landing_error_half_dof": take.landing_error_half_dof,
            "duration_error_ms": take.duration_error_ms,
            "start_latency_ms": take.start_latency_ms,
            "facts": json.dumps(take.facts(), ensure_ascii=False),
            "context": json.dumps(known.facts(), ensure_ascii=False),
        }
        packed = _packed({"planned": take.planned, "actual": take.actual, "witness": take.witness})
        marks = ", ".join("?" * len(values))
        with self._as_errors(), self._transaction():
            cursor = self._db.execute(
                f"INSERT INTO takes ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - our words
                tuple(values.values()),
            )
            self._db.execute("INSERT INTO traces (take_id, packed) VALUES (?, ?)", (cursor.lastrowid, packed))
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """Both tables or none."""
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
        self._change(row, "UPDATE takes SET note = ? WHERE id = ?", note)

    def _change(self, row: int, statement: str, value: str) -> None:
        with self._as_errors():
            changed = self._db.execute(statement, (value, row)).rowcount
        if not changed:
            raise self._missing(row)

    # Reading ------------------------------------------------------------------------------------------------------

    def rows(self, query: TakeQuery = TakeQuery()) -> list[TakeRow]:  # noqa: B008 - frozen
        """The takes that fit, without their traces, in the order they were kept or newest first."""
        where, values = query.where()
        order = "DESC" if query.newest_first else "ASC"
        limit = -1 if query.limit is None else query.limit
        statement = f"SELECT {_COLUMNS} FROM takes{where} ORDER BY id {order} LIMIT ? OFFSET ?"  # noqa: S608
        with self._as_errors():
            return [_row(row) for row in self._db.execute(statement, (*values, limit, query.offset))]

    def count(self, query: TakeQuery = TakeQuery()) -> int:  # noqa: B008 - frozen
        """How many takes fit."""
        where, values = query.where()
        with self._as_errors():
            found = self._db.execute(f"SELECT count(*) FROM takes{where}", values).fetchone()[0]  # noqa: S608
        return int(found)

    def take(self, number: int) -> LoggedTake:
        """The take in row `number`, with its traces. Raises RequestError."""
        with self._as_errors():
            row = self._db.execute(f"SELECT {_COLUMNS} FROM takes WHERE id = ?", (number,)).fetchone()  # noqa: S608
            packed = self._db.execute("SELECT packed FROM traces WHERE take_id = ?", (number,)).fetchone()
        if row is None:
            raise self._missing(number)
        return LoggedTake(_row(row), _unpacked(packed[0]) if packed else {})

    def last_take_of(self, shot: str) -> int:
        """The highest take number of a shot, 0 where there is none."""
        with self._as_errors():
            found = self._db.execute("SELECT max(take) FROM takes WHERE shot = ?", (shot,)).fetchone()[0]
        return int(found or 0)

    def _missing(self, row: int) -> RequestError:
        return RequestError(f"{self.path} has no take in row {row}.", "takes list shows the rows.")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> TakeLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _row(row: tuple[object, ...]) -> TakeRow:
    facts, context = row[16], row[17]
    assert isinstance(facts, str)
    assert isinstance(context, str)
    return TakeRow(*row[:16], json.loads(facts), context_from(json.loads(context)))  # type: ignore[call-arg,arg-type]


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

# SPDX-License-Identifier: MIT
"""The take log's format: its tables in every version, how a file is opened and brought up to date, and its errors.

`takes` holds what is listed and filtered by and is narrow, so that even a filter without an index reads little;
`documents` holds the rest of each take as JSON, `traces` its traces. `user_version` counts the format. Older files are
brought up to date in one transaction; newer ones, and other programs', are refused and left as they are.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from followfocus.errors import FileError
from followfocus.files import is_file, is_folder, refuse_no_file, shown_path, stat_of
from followfocus.takes.context import TakeContext, context_from
from followfocus.takes.seal import seal_all, sealed_text

APPLICATION_ID = 0x66664C47  # "ffLG"
BUSY_MS = 5_000

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
    UPDATE takes SET started_utc_s = json_extract(facts, '$.started_utc_s') WHERE json_valid(facts);
    UPDATE takes SET context = json_object('lens', lens);
"""
# What is listed leaves what is long: a search of 100,000 takes read 250 MB before, and reads a tenth of it since.
_VERSION_3 = """
    CREATE TABLE documents (
        take_id INTEGER PRIMARY KEY REFERENCES takes (id),
        facts TEXT NOT NULL,
        context TEXT NOT NULL
    ) STRICT;
    INSERT INTO documents SELECT id, facts, context FROM takes;
    CREATE TABLE narrow (
        id INTEGER PRIMARY KEY,
        logged_utc_s REAL NOT NULL,
        started_utc_s REAL,
        take INTEGER NOT NULL,
        lens TEXT NOT NULL,
        scene TEXT NOT NULL,
        shot TEXT NOT NULL,
        pull TEXT NOT NULL,
        plan_hash TEXT NOT NULL,
        verdict TEXT NOT NULL,
        word TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT '',
        landing_error_deg REAL,
        landing_error_half_dof REAL,
        duration_error_ms REAL,
        start_latency_ms REAL,
        names_folded TEXT NOT NULL,
        note_folded TEXT NOT NULL DEFAULT ''
    ) STRICT;
    INSERT INTO narrow SELECT id, logged_utc_s, started_utc_s, take, lens, scene, shot, pull, plan_hash, verdict, word,
        note, landing_error_deg, landing_error_half_dof, duration_error_ms, start_latency_ms,
        names_folded(context, shot, take), folded(note) FROM takes;
    DROP TABLE takes;
    ALTER TABLE narrow RENAME TO takes;
    CREATE INDEX takes_by_scene ON takes (scene, id);
    CREATE INDEX takes_by_shot ON takes (shot, id);
    CREATE INDEX takes_by_pull ON takes (pull, id);
    CREATE INDEX takes_by_lens ON takes (lens, id);
    CREATE INDEX takes_by_verdict ON takes (verdict, id);
    CREATE INDEX takes_by_word ON takes (word, id);
    CREATE INDEX takes_by_plan ON takes (plan_hash, id);
"""
# What is kept can be damaged unseen: every row has a checksum since (`seal`), and the log a name of its own.
_VERSION_4 = """
    ALTER TABLE takes ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE traces ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE log (id TEXT NOT NULL, older_rows INTEGER NOT NULL) STRICT;
    INSERT INTO log SELECT lower(hex(randomblob(16))), coalesce(max(id), 0) FROM takes;
"""
_MIGRATIONS = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4)
VERSION = len(_MIGRATIONS)


# Text ---------------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """Text as it is searched: without case and accents, and one spelling for what looks alike, in every script.

    >>> folded("Straße"), folded("ＧＯ"), folded("İstanbul'da Şahin, Łódź")
    ('strasse', 'go', "istanbul'da sahin, lodz")
    """
    apart = unicodedata.normalize("NFKD", folded_with_accents(text)).translate(_LETTERS)
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", apart))


_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
"""Their spelling on a keyboard that lacks them; no rule takes them apart"""


def folded_with_accents(text: str) -> str:
    """The same with its accents, as logs of before are folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def storable(text: str) -> str:
    """The text with half characters, such as half an emoji, as “?”: SQLite takes no others, and no take may wait."""
    return text.encode("utf-8", "replace").decode("utf-8")


def slate_words(shot: str, take: int) -> str:
    """A take as it is called; number 0 is a rehearsal.

    >>> slate_words("27A", 4), slate_words("27A", 0)
    ('27A take 4', '27A rehearsal')
    """
    return f"{shot} take {take}".strip() if take else f"{shot} rehearsal".strip()


def names_folded(context: TakeContext, shot: str, take: int) -> str:
    """Every name that a take can be found by, a line each, folded."""
    slate = slate_words(shot, take) if shot else ""
    names = (slate, context.slate.scene if shot else "", context.pull, context.cue, context.lens, context.lens_serial)
    where = (context.production, context.show, context.camera, context.first_ac, context.unit)
    marks = (mark.name for mark in context.marks)
    return folded(storable("\n".join(dict.fromkeys(filter(None, (*names, *where, *marks))))))


def _names_of_json(context: str, shot: str, take: int) -> str:
    """The same for a context as the log keeps it; for one that can't be read, the slate."""
    try:
        known = context_from(json.loads(context))
    except ValueError:
        known = TakeContext()
    return names_folded(known, shot, take)


# Opening ------------------------------------------------------------------------------------------------------------


def opened(path: Path, *, create: bool) -> sqlite3.Connection:
    """A connection to the log at `path`, up to date; one to read only where nothing there can be written.

    With `create` one is made where there is none, and must be writable. Raises FileError.
    """
    if create:
        refuse_no_file(path)
    else:
        _refuse_nothing(path)
    with log_errors(path):
        try:
            return _prepared(path, _connected(path, "rwc" if create else "rw"), create=create)
        except sqlite3.OperationalError as error:
            if create or _code(error) not in _TAKES_NOTHING or not is_file(path):
                raise
        beside = path.with_name(f"{path.name}-wal")
        if is_file(beside) and beside.stat().st_size:
            raise FileError(
                f"{path} can't be written, and its newest takes are still in {beside.name}.",
                (),
                "Copy both files into a folder that can be written, and open it there.",
            )
        # Write-ahead logging needs a file beside it even to read, unless SQLite is told that nobody writes.
        return _prepared(path, _connected(path, "ro&immutable=1"), create=False, write=False)


_TAKES_NOTHING = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
"""A locked card, and a full one, on which there is no room for the file that SQLite wants beside a log"""


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    # Transactions begin and end where we say. A take is begun by the thread that plays and may be closed by another:
    # not at once, for the keeper has a lock.
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _refuse_nothing(path: Path) -> None:
    """Raise FileError where there is no log to open."""
    found = stat_of(path)
    if found is None:
        raise FileError(f"There is no take log {shown_path(path)}.", (), "pull --log FILE.db writes one.")
    refuse_no_file(path)
    if not found.st_size:
        raise FileError(f"{shown_path(path)} is empty: not a take log.", (), "pull --log FILE.db writes one.")


def _prepared(path: Path, db: sqlite3.Connection, *, create: bool, write: bool = True) -> sqlite3.Connection:
    """The connection when the file is known to be ours and up to date; closed where it is not."""
    try:
        db.text_factory = sealed_text
        db.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        # A page that is damaged is told when it is read, not when its neighbours have been overwritten by it.
        db.execute("PRAGMA cell_size_check = ON")
        version = _checked_version(path, db)
        if version != VERSION and not write:
            raise FileError(
                f"{path} is a take log of version {version}, which can't be brought up to date where it is.",
                (),
                "Copy it into a folder that can be written, and open it there.",
            )
        if not version and not create:
            raise FileError(f"{path} holds no takes, and is no take log.", (), "pull --log FILE.db writes one.")
        if version != VERSION:
            _migrate(path, db)
        db.execute("PRAGMA synchronous = FULL")
    except BaseException:
        db.close()
        raise
    return db


def _checked_version(path: Path, db: sqlite3.Connection) -> int:
    """The format's version, 0 for an empty file; looked at in one moment, since another program may just make it."""
    inside = db.in_transaction
    if not inside:
        db.execute("BEGIN")
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not inside:
        db.execute("COMMIT")
    if owner != APPLICATION_ID and (tables or owner or version):
        raise FileError(f"{path} is another program's file, not a take log.", (), "Give another name.")
    if version > VERSION:
        raise FileError(
            f"{path} is a take log of version {version}; this program knows {VERSION}.", (), "Update followfocus."
        )
    return version


def _migrate(path: Path, db: sqlite3.Connection) -> None:
    """Bring the file up to date in one transaction; of two programs that want to, the second finds it done."""
    _log_ahead(db)
    db.create_function("folded", 1, folded, deterministic=True)
    db.create_function("names_folded", 3, _names_of_json, deterministic=True)
    db.execute("BEGIN IMMEDIATE")
    for number in range(_checked_version(path, db), VERSION):
        for statement in filter(str.strip, _MIGRATIONS[number].split(";")):
            db.execute(statement)
    seal_all(db)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
    _log_ahead(db)


def _log_ahead(db: sqlite3.Connection) -> None:
    """Write-ahead logging, unless another program has the file open just now: takes are as safe without.

    SQLite does not wait for the lock that this needs; whoever holds it is about to do the same.
    """
    try:
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if _code(error) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise


# Errors -------------------------------------------------------------------------------------------------------------


_FULL, _BUSY = _WAITS = ("the disk is full", "another program is writing to it")
_DAMAGE = (
    "it is damaged",
    "Keep a copy of it, save with “sqlite3 FILE .recover” what can be read, and log to another file.",
)


class LogDamagedError(FileError):
    """The file doesn't hang together: SQLite can't read it to its end."""


class LogWaitsError(FileError):
    """The log takes nothing just now, and will once there is room or another program is done: takes can wait for it."""


@contextlib.contextmanager
def log_errors(path: Path) -> Iterator[None]:
    """SQLite's complaints about the log as a FileError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        if _code(error) == sqlite3.SQLITE_NOTADB:
            raise FileError(f"{path} is not a take log.", (), "Give another name.") from error
        what, remedy = _why(path, error)
        kind = LogWaitsError if what in _WAITS else FileError
        kind = LogDamagedError if _code(error) == sqlite3.SQLITE_CORRUPT else kind
        raise kind(f"The take log {path} can't be used: {what}.", (), remedy) from error
    except UnicodeDecodeError as error:  # of SQLite's own complaint, which quotes what is damaged
        what, remedy = _DAMAGE
        raise LogDamagedError(f"The take log {path} can't be used: {what}.", (), remedy) from error


def _why(path: Path, error: sqlite3.Error) -> tuple[str, str]:
    """The fault and its remedy."""
    if not is_folder(path.parent):
        return f"there is no folder {path.parent}", "Make the folder, or give another name."
    full, busy = (_FULL, "Free some space."), (_BUSY, "Try again when that is done.")
    if _code(error) in _TAKES_NOTHING and not shutil.disk_usage(path.parent).free:
        return full
    return {
        sqlite3.SQLITE_FULL: full,
        sqlite3.SQLITE_BUSY: busy,
        sqlite3.SQLITE_LOCKED: busy,
        sqlite3.SQLITE_READONLY: ("it can't be written", "Check the rights of file and folder, or give another name."),
        sqlite3.SQLITE_CANTOPEN: (
            "it can't be opened or made there",
            "Check the rights of file and folder, or give another name.",
        ),
        sqlite3.SQLITE_CORRUPT: _DAMAGE,
        sqlite3.SQLITE_IOERR: ("the disk doesn't take or give what it should", "Check the disk and its free space."),
    }.get(_code(error), (str(error), "Check the file and its folder, or give another name."))


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where the complaint isn't SQLite's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF

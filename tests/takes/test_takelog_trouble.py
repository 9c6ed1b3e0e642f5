# SPDX-License-Identifier: MIT
"""The take log in trouble: old, damaged, locked, crowded, and with every text that people type."""

from __future__ import annotations

import os
import pickle
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import VERSION, TakeLog, TakeQuery
from followfocus.takes.rows import DAMAGED
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit

GOLDEN = Path(__file__).parent.parent / "golden"
HALF_AN_EMOJI = "\ud83c"


@pytest.fixture(name="shot", scope="module")
def _shot() -> tuple[Take, TakeContext]:
    plan = make_plan(load_lens("ideal-50"), Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
        return take, context_of(plan, unit.info, production="Ünter 撮影 🎬", slate=Slate("27", setup=1), pull="A → B")


# Old logs -----------------------------------------------------------------------------------------------------------


def _schema(path: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(path) as raw:
        found = raw.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    raw.close()
    return found


@pytest.mark.parametrize("version", range(1, VERSION))
def test_a_log_of_every_version_comes_over_whole(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    shutil.copy(GOLDEN / f"takelog-v{version}.db", path)
    raw = sqlite3.connect(path)
    before = raw.execute("SELECT id, take, lens, verdict, note, landing_error_deg FROM takes ORDER BY id").fetchall()
    raw.close()
    assert before
    with TakeLog(path) as log:
        after = [(r.id, r.take, r.lens, r.verdict, r.note, r.landing_error_deg) for r in log.rows()]
        assert after == before
        for row in log.rows():
            assert row.facts["take"] == row.take
            assert DAMAGED not in row.reasons
            assert len(log.take(row.id).traces["planned"]) > 20
            if row.note:
                assert row.id in [found.id for found in log.rows(TakeQuery(text=row.note.upper()))]
    TakeLog(tmp_path / "new.db").shut()
    assert _schema(path) == _schema(tmp_path / "new.db")
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    raw.close()


def test_a_log_that_cannot_be_brought_up_to_date_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    shutil.copy(GOLDEN / "takelog-v2.db", path)
    raw = sqlite3.connect(path)
    raw.execute("DROP TABLE traces")
    raw.execute("ALTER TABLE takes DROP COLUMN started_utc_s")
    raw.commit()
    raw.close()
    before = _schema(path)
    with pytest.raises(FileError, match="can't be used"):
        TakeLog(path)
    assert _schema(path) == before


# Damage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    "UPDATE documents SET facts = 'half a docu' WHERE take_id = 2",
    "UPDATE documents SET context = '[1, 2]' WHERE take_id = 2",
    "UPDATE documents SET context = '{\"slate\": {\"scene\": \"27\", \"setup\": -3}}' WHERE take_id = 2",
    "UPDATE documents SET context = '{\"marks\": [7]}' WHERE take_id = 2",
    "DELETE FROM documents WHERE take_id = 2",
])  # fmt: skip
def test_one_damaged_take_hides_no_other(tmp_path: Path, shot: tuple[Take, TakeContext], change: str) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        for _ in range(3):
            log.append(*shot)
        log._db.execute(change)
        rows = log.rows()
        assert [row.id for row in rows] == [1, 2, 3]
        assert DAMAGED in rows[1].reasons
        assert (rows[1].take, rows[1].shot, rows[1].verdict) == (1, "27A", shot[0].verdict.value)
        assert rows[0].context == rows[2].context == shot[1]


def test_a_take_from_a_newer_program_shows_what_is_known(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        log.append(*shot)
        log._db.execute("UPDATE documents SET context = json_set(context, '$.slate.roll', 'A001', '$.zoom', 3)")
        assert log.rows()[0].context == shot[1]


def test_damaged_traces_are_said_and_the_rest_reads(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        log.append(*shot)
        log.append(*shot)
        log._db.execute("UPDATE traces SET packed = x'02789c0001' WHERE take_id = 1")
        first = log.take(1)
        assert first.row.damaged
        assert not first.traces
        assert len(log.take(2).traces["planned"]) > 20
        assert len(log.rows()) == 2


def test_a_damaged_file_is_a_sentence_with_the_way_to_save_it(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    path = tmp_path / "t.db"
    with TakeLog(path) as log:
        for _ in range(30):
            log.append(*shot)
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + random.Random(1).randbytes(len(whole) - 4096))
    with pytest.raises(FileError) as raised, TakeLog(path) as log:
        log.rows()
    assert "damaged" in str(raised.value)
    assert "recover" in raised.value.remedy


@pytest.mark.parametrize(("name", "word"), [("", "is a folder"), ("none/t.db", "there is no folder")])
def test_a_place_where_no_log_can_be_is_named(tmp_path: Path, name: str, word: str) -> None:
    with pytest.raises(FileError, match=word):
        TakeLog(tmp_path / name)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_a_row_that_no_log_has_is_said(tmp_path: Path, number: int) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        for ask in (log.take, lambda row: log.set_note(row, "x")):
            with pytest.raises(RequestError, match="no take in row"):
                ask(number)


# Locked -------------------------------------------------------------------------------------------------------------

_IMPORTS = """
import os, sys
from followfocus.errors import FileError
from followfocus.takes.log import TakeLog
"""
_ANOTHER = """
if os.geteuid() == 0:  # root may write anywhere
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
"""
_NO_ROOM = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
"""
_READER = """
try:
    with TakeLog(sys.argv[1], create=False) as log:
        print(len(log.rows()), len(log.take(1).traces["planned"]))
        try:
            log.set_note(1, "x")
        except FileError as error:
            print(error.message)
except FileError as error:
    print(error)
try:
    TakeLog(sys.argv[1])
except FileError as error:
    print(error.message)
"""


@pytest.fixture(name="locked")
def _locked() -> Iterator[Path]:
    """A folder that the reader may look into, not write to."""
    if not hasattr(os, "geteuid"):
        pytest.skip("rights work differently here")
    folder = Path(tempfile.mkdtemp())
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _read_by(path: Path, reader: str) -> list[str]:
    """The takes as a reader who can't write sees them."""
    command = [sys.executable, "-W", "ignore", "-c", f"{_IMPORTS}{reader}{_READER}", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout.splitlines()


def test_a_log_on_a_locked_card_can_be_read(locked: Path, shot: tuple[Take, TakeContext]) -> None:
    path = locked / "day.db"
    with TakeLog(path) as log:
        log.append(*shot)
    path.chmod(0o444)
    locked.chmod(0o555)
    listed, note, create = _read_by(path, _ANOTHER)
    assert listed.split() == ["1", str(len(shot[0].planned))]
    assert "can't be written" in note
    assert "can't be written" in create or "can't be opened" in create


def test_a_locked_log_whose_newest_takes_lie_beside_it_is_not_read_without_them(
    locked: Path, shot: tuple[Take, TakeContext]
) -> None:
    path = locked / "day.db"
    log = TakeLog(path)
    log.append(*shot)
    for name in ("day.db", "day.db-wal"):
        shutil.copy(path.with_name(name), locked / f"card-{name}")
        (locked / f"card-{name}").chmod(0o444)
    log.shut()
    locked.chmod(0o555)
    assert "newest takes are still in card-day.db-wal" in _read_by(locked / "card-day.db", _ANOTHER)[0]


def test_a_log_on_a_full_card_can_be_read(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    path = tmp_path / "day.db"
    with TakeLog(path) as log:
        log.append(*shot)
    listed, note, create = _read_by(path, _NO_ROOM)
    assert listed.split() == ["1", str(len(shot[0].planned))]
    assert "can't be used" in note
    assert "can't be used" in create


# Crowded ------------------------------------------------------------------------------------------------------------

_CROWD = """
import pickle, sys
from followfocus.takes.log import TakeLog
take, context = pickle.load(open(sys.argv[2], "rb"))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(5):
    with TakeLog(sys.argv[1]) as log:
        log.append(take, context)
"""


def test_four_programs_make_and_fill_one_log(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    (tmp_path / "shot.pickle").write_bytes(pickle.dumps(shot))
    for name in ("a.db", "b.db", "c.db"):
        path = tmp_path / name
        if name == "c.db":
            shutil.copy(GOLDEN / "takelog-v1.db", path)  # all four want to bring it up to date
        command = [sys.executable, "-W", "ignore", "-c", _CROWD, str(path), str(tmp_path / "shot.pickle")]
        crowd = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        for one in crowd:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in crowd:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        assert [one.communicate()[1] for one in crowd] == [""] * 4
        with TakeLog(path) as log:
            assert log.count() == 20 + (3 if name == "c.db" else 0)


# Text ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "asked"), [
    ("Ünter den Linden", "ünter"),
    ("u\u0308nter", "ÜNTER"),
    ("Straße", "STRASSE"),
    ("Набережная", "набер"),
    ("撮影 🎬", "影 🎬"),
    ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("50% – Anna_Lena", "a_l"),
])  # fmt: skip
def test_text_is_found_in_every_script_and_case(
    tmp_path: Path, shot: tuple[Take, TakeContext], said: str, asked: str
) -> None:
    take, context = shot[0], replace(shot[1], production="")
    with TakeLog(tmp_path / "t.db") as log:
        log.append(take, context)
        noted, named = log.append(take, context), log.append(take, replace(context, pull=said))
        log.set_note(noted, said)
        assert [row.id for row in log.rows(TakeQuery(text=asked))] == [noted, named]


def test_takes_are_found_by_slate_and_mark(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    take, context = shot
    with TakeLog(tmp_path / "t.db") as log:
        log.append(take, replace(context, slate=Slate("88")))
        row = log.append(replace(take, take=4), replace(context, slate=Slate("27", setup=1, take=4)))
        for asked in ("27a", "27a take 4"):
            assert [found.id for found in log.rows(TakeQuery(text=asked))] == [row]
        assert log.count(TakeQuery(text=context.marks[0].name)) == 2


def test_half_an_emoji_holds_up_no_take(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    take, context = shot
    keeper = TakeKeeper(tmp_path / "t.db")
    marks = tuple(replace(mark, name=f"Anna {HALF_AN_EMOJI}") for mark in context.marks)
    slate = Slate(f"27{HALF_AN_EMOJI}", setup=1)
    assert keeper.keep(take, replace(context, pull=f"pull {HALF_AN_EMOJI}", marks=marks, slate=slate)) == 1
    assert keeper.keep(take, context) == 2
    with TakeLog(tmp_path / "t.db") as log:
        log.set_note(1, f"good {HALF_AN_EMOJI}")
        row = log.take(1).row
        assert (row.pull, row.note, row.context.marks[0].name) == ("pull ?", "good ?", "Anna ?")
        assert log.count(TakeQuery(text=HALF_AN_EMOJI)) == 1 or log.count(TakeQuery(text="?")) == 1

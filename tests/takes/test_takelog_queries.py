# SPDX-License-Identifier: MIT
"""The log's second format: old logs come over whole, what is asked for is found fast, no take is lost on the way."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import Conditions, make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes import log as takelog
from followfocus.takes.context import TakeContext, context_from, context_of, plan_hash, timecode_of
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import VERSION, TakeLog, TakeQuery
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit

GOLDEN = Path(__file__).parent.parent / "golden" / "takelog-v1.db"
LENS = load_lens("ideal-50")
PLAN = make_plan(LENS, Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6), Conditions(1.4, fps=Fraction(24000, 1001)))


@pytest.fixture(name="shot", scope="module")
def _shot() -> tuple[Take, TakeContext]:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        ready(unit, PLAN)
        take = shoot(unit, load(unit, PLAN), 1)
        context = context_of(PLAN, unit.info, production="Ünter 撮影 🎬", slate=Slate("27", setup=1), pull="A → B")
    return take, context


def test_a_log_of_version_1_comes_over_whole(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    shutil.copy(GOLDEN, path)
    with TakeLog(path) as log:
        rows = log.rows()
        assert [(row.id, row.take, row.lens, row.verdict) for row in rows] == [
            (n, n, "ideal-50", "good") for n in (1, 2, 3)
        ]
        assert rows[1].note == "geht schon ✓ 撮影"
        assert rows[0].started_utc_s == rows[0].facts["started_utc_s"]
        assert rows[0].context.lens == "ideal-50"
        traces = log.take(2).traces
        assert len(traces["planned"]) == 101
        assert len(traces["actual"]) > 20
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone()[0] == VERSION
    assert raw.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    raw.close()


def test_a_context_comes_back(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    take, context = shot
    with TakeLog(tmp_path / "t.db") as log:
        row = log.rows(TakeQuery(limit=1)) or [log.take(log.append(take, context)).row]
    assert row[0].context == context
    assert row[0].shot == "27A"
    assert context.plan_hash == plan_hash(PLAN)
    assert context.marks[1].distance_m == pytest.approx(4.0)
    assert context.unit_serial == "SIM00001"
    assert context_from({**context.facts(), "from a newer program": 1}) == context


def test_filters_find_what_fits(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    take, context = shot
    with TakeLog(tmp_path / "t.db") as log:
        for number in range(1, 11):
            scene = "28" if number > 6 else "../../x"
            log.append(replace(take, take=number), replace(context, slate=Slate(scene, take=number)))
        log.set_word(3, "circled")
        log.set_note(4, "50% – Anna_Lena im Gegenlicht")
        assert [row.id for row in log.rows(TakeQuery(scene="28"))] == [7, 8, 9, 10]
        assert [row.id for row in log.rows(TakeQuery(word="circled"))] == [3]
        assert [row.id for row in log.rows(TakeQuery(text="Anna_"))] == [4]
        assert [row.id for row in log.rows(TakeQuery(text="0%"))] == [4]
        assert log.rows(TakeQuery(text="100%")) == []
        assert [row.id for row in log.rows(TakeQuery(newest_first=True, limit=3, offset=1))] == [9, 8, 7]
        assert log.count(TakeQuery(scene="../../x")) == 6
        assert log.last_take_of("28") == 10
        assert log.last_take_of("29") == 0
        with pytest.raises(RequestError, match="a word"):
            log.set_word(1, "splendid")
        with pytest.raises(RequestError, match="row 99"):
            log.set_note(99, "")


def test_a_clock_that_jumps_back_changes_no_order(
    tmp_path: Path, shot: tuple[Take, TakeContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([7200.0, 3600.0, 3660.0])
    monkeypatch.setattr(takelog, "utc_timestamp", lambda: next(clock))
    with TakeLog(tmp_path / "t.db") as log:
        rows = [log.append(*shot) for _ in range(3)]
        assert [row.id for row in log.rows()] == rows
        assert [row.id for row in log.rows(TakeQuery(newest_first=True))] == rows[::-1]


@pytest.mark.parametrize("query", [
    TakeQuery(scene="1"), TakeQuery(shot="1"), TakeQuery(pull="x"), TakeQuery(lens="x"), TakeQuery(verdict="good"),
    TakeQuery(word="ng"), TakeQuery(plan_hash="x"),
])  # fmt: skip
def test_every_filter_has_its_index_and_listing_reads_no_trace(tmp_path: Path, query: TakeQuery) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        said: list[str] = []
        log._db.set_trace_callback(said.append)
        log.rows(replace(query, newest_first=True, limit=50))
        log._db.set_trace_callback(None)
        plan = " ".join(str(row[3]) for row in log._db.execute(f"EXPLAIN QUERY PLAN {said[-1]}"))
    assert "USING INDEX" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
    assert "traces" not in said[-1]


def test_appending_writes_as_few_pages_late_as_early(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    path = tmp_path / "t.db"

    def grown(takes: int) -> float:
        """Bytes that the write-ahead log grows by a take."""
        before = wal.stat().st_size
        for _ in range(takes):
            log.append(*shot)
        return (wal.stat().st_size - before) / takes

    with TakeLog(path) as log:
        log._db.execute("PRAGMA wal_autocheckpoint = 0")
        wal = path.with_name("t.db-wal")
        log.append(*shot)
        early = grown(20)
        log._db.execute("PRAGMA synchronous = OFF")
        grown(1500)
        late = grown(20)
    assert late < 1.5 * early


def test_what_cannot_be_written_is_held_and_written_later(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    folder = tmp_path / "not there yet"
    written: list[int] = []
    keeper = TakeKeeper(folder / "t.db", lambda _take, row: written.append(row))
    assert keeper.keep(*shot) is None
    assert keeper.keep(*shot) is None
    assert len(keeper.unsaved) == 2
    assert "2 takes are kept" in keeper.trouble
    folder.mkdir()
    assert keeper.keep(*shot) == 3
    assert not keeper.unsaved
    assert not keeper.trouble
    assert written == [1, 2, 3]


@pytest.mark.parametrize("name", ["a folder", "a text.db"])
def test_what_is_no_log_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a text.db").write_text("Dear diary, " * 400)
    with pytest.raises(FileError):
        TakeLog(tmp_path / name)
    assert (tmp_path / "a text.db").read_text().startswith("Dear diary")


@pytest.mark.parametrize(
    ("note", "sought"),
    [
        ("İstanbul'da gece", "istanbul"), ("İSTANBUL", "i̇stanbul"), ("Şahin waits", "sahin"), ("şahin", "ŞAHİN"),
        ("ISPARTA", "ısparta"), ("Łódź", "lodz"), ("Ærø", "aero"), ("Ёлка", "елка"), ("Überfahrt", "uberfahrt"),
        ("STRASSE", "straße"), ("café", "cafe\u0301"), ("की", "की"),
    ],
)  # fmt: skip
def test_search_finds_what_any_keyboard_writes(
    tmp_path: Path, shot: tuple[Take, TakeContext], note: str, sought: str
) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        log.set_note(log.append(*shot), note)
        assert log.count(TakeQuery(text=sought)) == 1
        assert log.count(TakeQuery(text=f"{sought}x")) == 0


def test_search_finds_what_was_folded_before_in_its_own_spelling(
    tmp_path: Path, shot: tuple[Take, TakeContext]
) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        log.append(*shot)
    raw = sqlite3.connect(tmp_path / "t.db")
    raw.execute("UPDATE takes SET note_folded = 'şahin waits'")
    raw.commit()
    raw.close()
    with TakeLog(tmp_path / "t.db") as log:
        assert log.count(TakeQuery(text="Şahin")) == 1


def test_only_the_mark_that_was_trimmed_is_told_as_trimmed() -> None:
    trimmed = context_of(PLAN, trims={PLAN.pull.marks[1].ring_deg: 0.25, 12.0: 3.0})
    assert [mark.trim_m for mark in trimmed.marks] == [0.0, 0.25]
    assert [mark.trim_m for mark in context_of(PLAN).marks] == [0.0, 0.0]


def test_timecode_is_the_clocks() -> None:
    noon = 12 * 3600 + 34 * 60 + 56.5
    assert timecode_of(noon, "24") == "12:34:56:12"
    assert timecode_of(noon, "24000/1001") == "12:34:11:05"  # 1 in 1001 frames fewer than 24 a second, since midnight
    assert timecode_of(noon, "30000/1001").startswith("12:34:56;")
    assert timecode_of(noon, "24", -8 * 3600) == "04:34:56:12"
    assert timecode_of(None, "24") == ""


@given(st.floats(0, 4e9), st.sampled_from(["24", "25", "30000/1001", "60000/1001", "48"]))
def test_every_moment_has_a_timecode_of_its_second(utc_s: float, fps: str) -> None:
    text = timecode_of(utc_s, fps)
    shown = sum(
        int(part) * unit for part, unit in zip(text.replace(";", ":").split(":")[:3], (3600, 60, 1), strict=True)
    )
    seconds = {int((utc_s + within) % 86_400) for within in (0.0, 5e-6)}  # a frame may be a few µs early
    assert min(abs(shown - second) for second in seconds) <= (0 if ";" not in text else 1)


def test_marking_and_filtering_by_command(tmp_path: Path, shot: tuple[Take, TakeContext]) -> None:
    path = tmp_path / "t.db"
    with TakeLog(path) as log:
        for _ in range(3):
            log.append(*shot)
    run, app = CliRunner(), build_app(["takes"])
    assert run.invoke(app, ["takes", "mark", str(path), "2", "circled", "--note", "die ist's"]).exit_code == 0
    found = json.loads(run.invoke(app, ["takes", "list", str(path), "--word", "circled", "--json"]).stdout)["takes"]
    assert [(take["row"], take["note"], take["shot"]) for take in found] == [(2, "die ist's", "27A")]
    last = json.loads(run.invoke(app, ["takes", "list", str(path), "--last", "2", "--json"]).stdout)["takes"]
    assert [take["row"] for take in last] == [2, 3]


def test_takes_are_read_in_a_narrow_terminal_as_they_were_written(
    tmp_path: Path, shot: tuple[Take, TakeContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path, note = tmp_path / "t.db", "[/b] :smile: [red]x"
    with TakeLog(path) as log:
        for _ in range(2):
            log.append(*shot)
        log.set_note(2, note)
    run, app = CliRunner(), build_app(["takes"])
    listed = run.invoke(app, ["takes", "list", str(path)]).stdout
    lines = listed.splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in listed
    for word in ("row", "landing", "27A", "+0.00 ms", "good", "A → B", ":smile:", "[/b]"):
        assert word in listed
    shown = run.invoke(app, ["takes", "show", str(path), "2"]).stdout
    assert f"note        {note}" in shown
    assert "slate       27A take 1" in shown
    assert "A 2.00 m / 6'6 1/2\" at 82.50°" in shown
    assert "of half the depth of field, as the ring was seen" in shown
    on_the_board = run.invoke(app, ["takes", "list", str(path), "--shot", "27A", "--json"]).stdout
    assert len(json.loads(on_the_board)["takes"]) == 2
    nothing = run.invoke(app, ["takes", "list", str(path), "--scene", "99"])
    assert (nothing.stdout, nothing.exit_code) == ("", 0)
    assert "no such take" in nothing.stderr

# SPDX-License-Identifier: MIT
"""A log that is not what was written says so with the take: lists, exports, statistics, and a check of the whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, JobError
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.check import Checked
from followfocus.takes.context import context_of
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import DAMAGED
from followfocus.unit.connect import open_unit

GOLDEN = Path(__file__).parent.parent / "golden"
TAKES = 3


@pytest.fixture(name="sound", scope="module")
def _sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with three takes of one pull."""
    path = tmp_path_factory.mktemp("log") / "t.db"
    plan = make_plan(load_lens("ideal-50"), Pull.between(Mark("A", 82.5), Mark("B", 41.25), 0.6))
    with open_unit(fast=True, rig=plan.rig) as unit, TakeLog(path) as log:
        ready(unit, plan)
        loaded = load(unit, plan)
        for number in range(1, TAKES + 1):
            slate = Slate("27", setup=1, take=number)
            log.append(shoot(unit, loaded, number), context_of(plan, unit.info, slate=slate, pull="A → B"))
    return path


@pytest.fixture(name="path")
def _path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "t.db"))


def harm(path: Path, *statements: str) -> None:
    """Do to the file what no program of ours does."""
    with TakeLog(path) as log:
        for statement in statements:
            log._db.execute(statement)


def run(*args: object) -> tuple[int, str, str]:
    """Exit code and both outputs of `followfocus takes …`."""
    done = CliRunner().invoke(build_app(["takes"]), ["takes", *map(str, args)], env={"COLUMNS": "160"})
    assert done.exception is None or isinstance(done.exception, (SystemExit, FileError, JobError)), done.exception
    return done.exit_code, done.stdout, done.stderr + str(done.exception or "")


@pytest.mark.parametrize(("change", "part"), [
    ("UPDATE takes SET landing_error_deg = landing_error_deg + 1e-12 WHERE id = 2", "what is listed"),
    ("UPDATE takes SET verdict = 'soft' WHERE id = 2", "what is listed"),
    ("UPDATE takes SET names_folded = 'x' WHERE id = 2", "what is listed"),
    ("UPDATE takes SET logged_utc_s = 1e300, started_utc_s = 1e300 WHERE id = 2", "what is listed"),
    ("UPDATE takes SET lens = CAST(x'ff41fe' AS TEXT) WHERE id = 2", "what is listed"),
    ("UPDATE documents SET facts = replace(facts, 'good', 'gooe') WHERE take_id = 2", "facts and what was shot with"),
    ("UPDATE documents SET context = replace(context, '\"24\"', '\"2t\"') WHERE take_id = 2", "facts"),
    ("UPDATE documents SET context = CAST(x'7bff7d' AS TEXT) WHERE take_id = 2", "facts and what was shot with"),
    ("DELETE FROM documents WHERE take_id = 2", "facts and what was shot with"),
    ("UPDATE traces SET packed = CAST(packed || x'00' AS BLOB) WHERE take_id = 2", "the curve"),
    ("DELETE FROM traces WHERE take_id = 2", "the curve"),
])  # fmt: skip
def test_damage_is_told_with_the_take(path: Path, change: str, part: str) -> None:
    assert run("verify", path)[:2] == (0, f"{path}: {TAKES} takes, all as they were written.\n")
    harm(path, change)
    code, words, _ = run("verify", path)
    assert code == 1
    assert part in words
    facts = json.loads(run("verify", path, "--json")[1])
    assert [found["row"] for found in facts["damaged"]] == [2]
    assert not facts["whole"]
    shown = json.loads(run("show", path, 2, "--json")[1])
    assert shown["damaged"] is True
    assert DAMAGED in shown["reasons"]
    assert DAMAGED in run("show", path, 2)[1]
    assert "damaged" not in json.loads(run("show", path, 1, "--json")[1])
    if part != "the curve":  # a list reads no curve
        code, listed, said = run("list", path)
        assert code == 0
        assert "good, damaged" in listed or "soft, damaged" in listed
        assert "damaged at row 2" in said


def test_a_log_that_is_whole_has_nothing_against_it(path: Path) -> None:
    with TakeLog(path) as log:
        assert log.checked() == Checked(TAKES, {}, (), 0)
        assert log.checked().whole
    harm(path, "DELETE FROM traces WHERE take_id = 3", "UPDATE takes SET note = 'x' WHERE id IN (1, 3)")
    with TakeLog(path) as log:
        found = log.checked()
    assert found == Checked(TAKES, {1: ("what is listed",), 3: ("what is listed", "the curve")}, (), 0)
    assert list(found.damaged) == [1, 3]
    assert not found.whole
    assert not Checked(TAKES, {}, ("a page is never used",), 0).whole


def test_what_is_made_of_a_damaged_take_says_so(path: Path, tmp_path: Path) -> None:
    harm(path, "UPDATE takes SET landing_error_deg = 9 WHERE id = 2")
    out = tmp_path / "out.csv"
    assert "damaged at row 2" in run("export", path, "-o", out)[2]
    assert [DAMAGED in line for line in out.read_text("utf-8-sig").splitlines()] == [False, False, True, False]
    for report in ("camera", "focus"):
        assert run("export", path, "-o", tmp_path / "out.pdf", "--report", report)[0] == 0
    for option in ("--track", "--plot"):
        made = tmp_path / f"one{option}.png"
        _, _, said = run("export", path, "-o", made if option == "--plot" else out, option, 2)
        assert "damaged at row 2: nothing is written of it" in said
        assert not made.exists()
    said = run("stats", path)[1]
    assert "Left out, as the log is damaged there: row 2." in said
    assert "2 takes" in said


def test_a_mark_or_a_note_does_not_make_a_damaged_take_whole(path: Path) -> None:
    harm(path, "UPDATE takes SET landing_error_deg = 9 WHERE id = 2")
    assert run("mark", path, 2, "circled", "--note", "die ist's")[0] == 0
    assert run("mark", path, 1, "circled", "--note", "die auch")[0] == 0
    shown = json.loads(run("show", path, 2, "--json")[1])
    assert (shown["note"], shown["damaged"]) == ("die ist's", True)
    assert [found["row"] for found in json.loads(run("verify", path, "--json")[1])["damaged"]] == [2]


def test_a_row_that_is_gone_is_missed(path: Path) -> None:
    harm(path, "DELETE FROM takes WHERE id = 3", "DELETE FROM documents WHERE take_id = 3")
    assert "row 3 is gone" in run("list", path)[2]
    code, words, _ = run("verify", path)
    assert code == 1
    assert "row 3 is gone" in words


def test_an_index_that_lies_is_found(path: Path) -> None:
    harm(path, "PRAGMA writable_schema = ON",
         "UPDATE sqlite_master SET sql = replace(sql, '(verdict, id)', '(word, id)') WHERE name = 'takes_by_verdict'",
         )  # fmt: skip
    code, words, said = run("verify", path)
    assert code == 1
    assert "takes_by_verdict" in words + said


def test_a_file_that_does_not_hang_together_fails_the_check(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[2 * 4096 : 6 * 4096] = bytes(4 * 4096)
    path.write_bytes(raw)
    code, words, said = run("verify", path)
    assert code == 1
    assert "Traceback" not in words + said


def test_a_damaged_table_of_contents_is_a_sentence(path: Path) -> None:
    raw = path.read_bytes()
    at = raw.index(b"CREATE TABLE documents")
    path.write_bytes(raw[: at + 7] + b"\xa0\xfc" + raw[at + 9 :])
    for words in (("list",), ("verify",), ("stats",), ("show", 1)):
        code, _, said = run(words[0], path, *words[1:])
        assert code in (1, 2)
        assert "it is damaged" in said


@pytest.fixture(name="old", params=[1, 2, 3])
def _old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(GOLDEN / f"takelog-v{request.param}.db", tmp_path / "old.db"))


def test_of_an_older_log_it_is_said_since_when_damage_can_be_seen(old: Path) -> None:
    code, words, _ = run("verify", old)
    assert code == 0
    with TakeLog(old) as log:
        assert f"Up to row {log.count()} the takes came from a log without checksums" in words
    harm(old, "UPDATE takes SET take = 9 WHERE id = 1")
    assert run("verify", old)[0] == 1

# SPDX-License-Identifier: MIT
"""Reports that leave set: the camera report, the focus log, spreadsheets and JSON, the certificate, and plots."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import shutil
import subprocess
import unicodedata
from datetime import UTC
from pathlib import Path

import pytest
from reportlab.platypus import Table
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.paper.page import INK, MARGIN, MISSING, SIZES, Head, drawable, fonts, markup, style, write_pdf
from followfocus.paper.page import words as paragraph
from followfocus.paper.pdf import _block, _table_style, camera_report, focus_log
from followfocus.paper.report import csv_of, json_of, mark_words, report_csv, take_facts
from followfocus.show.cues import Standby, with_trim
from followfocus.show.show import ShowMark, new_show
from followfocus.show.slate import Slate
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import open_unit
from tests.support.shows import LENS

NOTE = "撮影 OK 🎬 – Öz’ün notu, هذا جيد, and a long one that has to be wrapped more than once in its narrow column"


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three takes of a pull, one of them trimmed, circled and with a note."""
    path = tmp_path_factory.mktemp("day") / "day.db"
    show = new_show("Überfahrt", LENS)
    marks = (ShowMark(LENS.ring_deg(1.2), "Anna"), ShowMark(LENS.ring_deg(4.0), "=door"))
    show = show.with_pull(dataclasses.replace(show.pulls[0], marks=marks, duration_s=0.8, name="to the door"))
    show = dataclasses.replace(show, slate=Slate("../../x", 1), camera="B", first_ac="M. Okafor")
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit, TakeLog(path) as log:
        list(Rehearsal(unit, with_trim(show, Standby(), 1, 0.05), log.append).run(Standby(), 1))
        show = dataclasses.replace(show, slate=show.slate.next_take())
        list(Rehearsal(unit, show, log.append).run(Standby(), 2))
        log.set_word(2, "circled")
        log.set_word(3, "ng")
        log.set_note(2, NOTE)
    return path


def text_of(pdf: Path) -> str:
    """The text of a PDF, where pdftotext is there."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_camera_report_says_everything_of_a_take(log: Path, tmp_path: Path, paper: str) -> None:
    pdf = tmp_path / "report.pdf"
    with TakeLog(log) as opened:
        assert camera_report(pdf, opened.rows(), paper) == 1
    said = " ".join(text_of(pdf).split())
    for words in ("Camera report", "Überfahrt", "M. Okafor", "../../xA", "to the door", "A Anna 1.20 m / 3'11\"",
                  "T1.4", "good", "circled", "Öz’ün notu", "3 takes of 1 shot:", "1 circled"):  # fmt: skip
        assert words in said, words


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_focus_log_has_a_block_a_take(log: Path, tmp_path: Path, paper: str) -> None:
    pdf = tmp_path / "focus.pdf"
    with TakeLog(log) as opened:
        assert focus_log(pdf, opened.rows(), lambda row: opened.take(row).traces, paper) == 1
    said = " ".join(text_of(pdf).split())
    for words in ("Focus log", "+5.0 cm", "137.50°", "SIM00001", "difference, at most", "× ½ DOF", "../../xA take 3"):
        assert words in said, words


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_block_is_as_wide_as_the_head_of_its_page(log: Path, paper: str) -> None:
    wide, high = SIZES[paper][0] - 2 * MARGIN, SIZES[paper][1]
    with TakeLog(log) as opened:
        row = opened.rows()[0]
        (block,) = _block(row, opened.take(row.id).traces, UTC, (wide, high))
    for part in block._content:
        assert part.wrap(wide, high)[0] == pytest.approx(wide)


def test_five_hundred_takes_fill_pages_and_lose_none(log: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "long.pdf"
    with TakeLog(log) as opened:
        row = opened.rows()[1]
    rows = [dataclasses.replace(row, id=n, take=n) for n in range(1, 501)]
    pages = camera_report(pdf, rows, "a4")
    assert 20 < pages < 100
    said = text_of(pdf)
    assert f"{pages} / {pages}" in said
    assert said.count("shot") >= pages
    assert said.count("to the door") == 500


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_no_note_and_no_name_is_too_long_for_paper(log: Path, tmp_path: Path, paper: str) -> None:
    with TakeLog(log) as opened:
        row, traces = opened.rows()[0], opened.take(1).traces
    slate = Slate("INT. KITCHEN 27", system="british", slate=412)
    context = dataclasses.replace(
        row.context, pull="p" * 999, lens="l" * 999, production="Überfahrt " * 40, first_ac="田中 さくら", slate=slate,
        marks=tuple(dataclasses.replace(mark, name="m " * 500) for mark in row.context.marks),
    )  # fmt: skip
    rows = [
        dataclasses.replace(row, id=n, note=note, context=context, shot=slate.shot, scene=slate.scene, pull="p" * 2000)
        for n, note in enumerate(("two\nlines", "long note " * 600, "x" * 5000, "short"), start=1)
    ]
    pdf = tmp_path / "r.pdf"
    assert camera_report(pdf, rows, paper) <= 4
    said = " ".join(text_of(pdf).split())
    assert said.count("long note") > 100
    assert "KITCHEN" in said
    assert "two lines" in said
    assert focus_log(pdf, rows, lambda _row: traces, paper) <= 4
    assert "KITCHEN" in text_of(pdf)


def test_a_frame_rate_below_one_has_no_timecode_and_every_export(log: Path) -> None:
    with TakeLog(log) as opened:
        row = opened.rows()[0]
    slow = dataclasses.replace(row, context=dataclasses.replace(row.context, fps="1/3"))
    assert slow.timecode == ""
    assert "1/3" in report_csv([slow])


def test_an_empty_report_is_refused(log: Path, tmp_path: Path) -> None:
    for words, what in ((["--word", "cirlced"], "a word of a take"), (["--scene", "99"], "nothing is written")):
        with pytest.raises(RequestError, match=what):
            _run("export", str(log), "-o", str(tmp_path / "x.pdf"), *words)
    with pytest.raises(RequestError, match="a verdict of a take"):
        _run("list", str(log), "--verdict", "splendid")
    assert not list(tmp_path.iterdir())


def test_glyphs_that_are_missing_are_seen_to_be() -> None:
    assert drawable("Öz ∞ ½ Привет") == "Öz ∞ ½ Привет"
    assert drawable("a🎬b\u200d") == f"a{MISSING}b"
    shown = markup("撮影 <b> 촬영 🎬", "Plain")
    assert "HeiseiKakuGo" in shown
    assert "HYGothic" in shown
    assert "&lt;b&gt;" in shown
    assert MISSING in shown


def test_what_is_read_from_right_to_left_is_drawn_so() -> None:
    assert drawable("דנה") == "הנד"
    assert drawable("27A " + "שלום") == "27A " + "םולש"
    joined = drawable("سمير")  # seen, meem, yeh, reh: joined letters have code points of their own
    assert [unicodedata.name(c).split(" LETTER ")[1] for c in joined] == [
        "REH FINAL FORM", "YEH MEDIAL FORM", "MEEM MEDIAL FORM", "SEEN INITIAL FORM",
    ]  # fmt: skip
    lines = paragraph("خالد يخرج من الباب قبل الكلمة بنصف ثانية", style(10))
    _, one = lines.wrap(500.0, 100.0)
    _, three = lines.wrap(90.0, 100.0)
    assert three == pytest.approx(3 * one)


def test_spreadsheets_get_text_as_text(log: Path) -> None:
    with TakeLog(log) as opened:
        rows = opened.rows()
    text = report_csv(rows)
    assert text.startswith("\ufeffrow,production,camera")
    assert "\r\n" in text
    read = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line["circled"] for line in read] == ["", "yes", ""]
    assert read[1]["note"] == NOTE
    assert read[0]["marks"].startswith("A Anna 1.20 m / 3'11\" | B =door 4.05 m")
    assert read[0]["trims_cm"] == "B +5.0"
    assert float(read[0]["to_m"]) == pytest.approx(4.05)
    risky = "".join(csv_of([{"name": '=HYPERLINK("x")', "n": -1.5, "at": "@sum", "plus": "+49"}]))
    assert '"\'=HYPERLINK(""x"")",-1.5,\'@sum,\'+49' in risky


def test_json_is_one_document_with_everything(log: Path) -> None:
    with TakeLog(log) as opened:
        document = json.loads("".join(json_of(opened.rows(), 0.0)))
    assert (document["format"], document["version"], document["made_utc"]) == (
        "followfocus-report", 1, "1970-01-01T00:00:00.000Z",
    )  # fmt: skip
    take = document["takes"][0]
    assert take["shot"] == "../../xA"
    assert take["context"]["marks"][1]["trim_m"] == 0.05
    assert take["evidence"]["verdict"] == "good"
    assert list(take_facts_keys(log)) == [name for name in take if name not in ("context", "evidence")]


def take_facts_keys(log: Path) -> list[str]:
    with TakeLog(log) as opened:
        return list(take_facts(opened.rows()[0]))


def test_the_columns_stay_as_they_are(log: Path) -> None:
    golden = Path(__file__).parent.parent / "golden" / "report-columns.txt"
    assert ",".join(take_facts_keys(log)) == golden.read_text("utf-8").strip()


def test_a_takes_facts_are_those_of_its_row(log: Path) -> None:
    with TakeLog(log) as opened:
        row = opened.rows()[0]
    facts = take_facts(row)
    first, last = row.context.marks[0], row.context.marks[-1]
    assert (facts["from_m"], facts["from_deg"]) == (first.distance_m, first.ring_deg)
    assert (facts["to_m"], facts["to_deg"]) == (last.distance_m, last.ring_deg)
    assert facts["part"] == ""
    bare = dataclasses.replace(row, context=dataclasses.replace(row.context, marks=(), part=2, parts=3))
    found = take_facts(bare)
    assert [found[name] for name in ("from_m", "to_m", "from_deg", "to_deg", "marks")] == [None] * 4 + [""]
    assert found["part"] == "2 of 3"


@pytest.mark.parametrize(("offset_h", "words", "day"), [(0, "UTC+00:00", "1970-01-01"), (-8, "UTC-08:00", "1969-12-31"),
                                                        (5.5, "UTC+05:30", "1970-01-01")])  # fmt: skip
def test_a_take_has_the_sets_time_and_day_whether_it_began_or_was_only_logged(
    log: Path, offset_h: float, words: str, day: str
) -> None:
    with TakeLog(log) as opened:
        row = opened.rows()[0]
    context = dataclasses.replace(row.context, utc_offset_s=round(offset_h * 3600))
    noon = dataclasses.replace(row, context=context, started_utc_s=12 * 3600.0, logged_utc_s=12 * 3600.0 + 60)
    for one in (noon, dataclasses.replace(noon, started_utc_s=None)):
        facts = take_facts(one)
        assert facts["utc_offset"] == words
        assert str(facts["shoot_day"]) == day
    assert str(take_facts(noon)["start_local"]).endswith(words.removeprefix("UTC"))
    assert take_facts(dataclasses.replace(noon, started_utc_s=None))["start_local"] == ""
    late = dataclasses.replace(noon, started_utc_s=11 * 3600.0, logged_utc_s=200_000.0)
    assert str(take_facts(late)["shoot_day"]) == str(
        take_facts(dataclasses.replace(noon, started_utc_s=11 * 3600.0))["shoot_day"]
    )


def test_marks_read_in_both_units() -> None:
    assert mark_words("B", "B", None) == "B ∞"
    assert mark_words("A", "Anna", 1.8285) == "A Anna 1.83 m / 6'0\""


def _run(*words: str) -> str:
    result = CliRunner().invoke(build_app(["takes"]), ["takes", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_the_commands_write_every_kind(log: Path, tmp_path: Path) -> None:
    for name, options in (
        ("camera.pdf", []), ("focus.pdf", ["--report", "focus", "--paper", "letter"]), ("takes.csv", []),
        ("takes.json", ["--word", "circled"]), ("take.png", ["--plot", "2"]), ("take.svg", ["--plot", "1"]),
        ("track.csv", ["--track", "1"]), ("track.json", ["--track", "1"]),
    ):  # fmt: skip
        _run("export", str(log), "-o", str(tmp_path / name), *options)
        assert (tmp_path / name).stat().st_size > 200
    assert len(json.loads((tmp_path / "takes.json").read_text("utf-8"))["takes"]) == 1
    _run("stats", str(log), "--last", "2", "--certificate", str(tmp_path / "certificate.pdf"))
    assert "2 takes of one pull" in text_of(tmp_path / "certificate.pdf")


def test_what_cannot_be_written_is_said(log: Path, tmp_path: Path) -> None:
    for words, what in (
        (["-o", str(tmp_path / "x.doc")], "csv, .json or .pdf"),
        (["-o", str(tmp_path / "x.pdf"), "--paper", "a5"], "No paper size"),
        (["-o", str(tmp_path / "x.pdf"), "--report", "lunch"], "no report"),
        (["-o", str(tmp_path / "x.pdf"), "--track", "1"], "written as .csv"),
        (["-o", str(tmp_path / "x.csv"), "--track", "1", "--plot", "1"], "two files"),
        (["-o", str(tmp_path / "x.csv"), "--track", "99"], "no take in row 99"),
    ):  # fmt: skip
        with pytest.raises(RequestError, match=what):
            _run("export", str(log), *words)
    with pytest.raises(FileError, match="cannot be written"):
        _run("export", str(log), "-o", str(tmp_path / "not there" / "x.pdf"))
    assert not list(tmp_path.iterdir())
    with pytest.raises(RequestError, match="one plan"):
        _run("stats", str(log), "--certificate", str(tmp_path / "c.pdf"))


def ends_of_lines(pdf: Path) -> dict[str, float]:
    """Each word of a PDF and where it ends, in points from the left."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    return {word: float(end) for end, word in re.findall(r'xMax="([0-9.]+)"[^>]*>([^<]+)</word>', told)}


@pytest.mark.parametrize(("paper", "wide", "width"), [
    ("a4", False, 595.3), ("a4", True, 841.9), ("letter", False, 612.0), ("letter", True, 792.0),
])  # fmt: skip
def test_the_head_s_right_column_ends_at_the_margin(tmp_path: Path, paper: str, wide: bool, width: float) -> None:
    pdf = tmp_path / "head.pdf"
    right = ("first", "a second that is longer", "and a third that goes on for a good while yet")
    write_pdf(pdf, Head("Title", ("left", "side"), right), [paragraph("story")], paper, wide=wide)
    ends = ends_of_lines(pdf)
    for last in ("first", "longer", "yet"):
        assert ends[last] == pytest.approx(width - MARGIN, abs=0.5)
    assert ends["left"] < width / 4


def test_the_report_s_head_row_stands_out_over_its_whole_width() -> None:
    table = Table([["x"] * 11 for _ in range(4)])
    table.setStyle(_table_style([], [1, 2, 3], []))
    _, bold = fonts()
    head, *rows = table._cellStyles
    assert [(cell.fontname, cell.fontsize, cell.color) for cell in head] == [(bold, 7, INK)] * 11
    assert not any(cell.fontname == bold for row in rows for cell in row)
    assert [(first, last) for _, first, last, *_ in table._bkgrndcmds] == [((0, 0), (-1, 0))]
    assert [(first, last) for _, first, last, *_ in table._linecmds] == [((0, n), (-1, n)) for n in range(4)]
    for row in table._cellStyles:
        assert [cell.alignment for cell in row] == ["LEFT", "CENTER", *["LEFT"] * 9]
        assert {(cell.valign, cell.leftPadding, cell.rightPadding) for cell in row} == {("MIDDLE", 3, 3)}
        assert {(cell.topPadding, cell.bottomPadding) for cell in row} == {(2, 2)}

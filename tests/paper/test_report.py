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
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table
from typer.testing import CliRunner

from followfocus.arrays import FloatArray
from followfocus.cli import build_app
from followfocus.errors import FileError, JobError, RequestError
from followfocus.paper import page
from followfocus.paper.file import write_report
from followfocus.paper.focus_log import CURVE_POINTS, LEAST_SEEN_DEG, TakeBlock, curve, focus_log, take_figures
from followfocus.paper.ink import Ink, set_in
from followfocus.paper.page import INK, MARGIN, SIZES, Head, fonts, in_order, legend, markup, style, write_pdf
from followfocus.paper.page import words as paragraph
from followfocus.paper.pdf import _columns_style, camera_report, head_of
from followfocus.paper.plots import plot_take
from followfocus.paper.report import csv_of, json_of, mark_words, take_facts
from followfocus.show.cues import Standby, with_trim
from followfocus.show.show import ShowMark, new_show
from followfocus.show.slate import Slate
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.typefaces import MISSING
from followfocus.unit.connect import open_unit
from tests.support.shows import LENS

NOTE = "撮影 OK 🎬 – Öz’ün notu, هذا جيد, and a long one that has to be wrapped more than once in its narrow column"


READERS = "Chinese, Japanese and Korean are drawn by the reader's own fonts"


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
                  "T1.4", "good", "circled", "Öz’ün notu", "3 takes of 1 shot: 3 good. 1 circled, 1 NG."):  # fmt: skip
        assert words in said, words


def test_a_take_of_two_parts_is_one_take_and_a_half_inch_is_told(tmp_path: Path) -> None:
    show = new_show("Hands", LENS)
    places = ((0.8, False), (1.5, True), (3.0, False))
    marks = tuple(ShowMark(LENS.ring_deg(at), str(at), hold_for_go=holds) for at, holds in places)
    show = show.with_pull(dataclasses.replace(show.pulls[0], marks=marks, duration_s=2.0))
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit, TakeLog(tmp_path / "day.db") as log:
        list(Rehearsal(unit, show, log.append).run(Standby(), 1))
        assert len(log.rows()) == 2
        camera_report(tmp_path / "report.pdf", log.rows())
    said = " ".join(text_of(tmp_path / "report.pdf").split())
    assert "1 take of 1 shot: 1 good. None circled." in said
    assert "0.80 m / 2'7 1/2\"" in said


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
        block = TakeBlock(row, lambda _row: opened.take(row.id).traces, UTC, (wide, high))
        seen = Ruled()
        block.draw(seen, 0.0, 0.0)
    assert seen.boxes == [pytest.approx(wide)]
    assert max(seen.reached) == pytest.approx(wide - 2 * mm - 6, abs=0.1)


class Ruled(Ink):
    """Draws, and notes how wide its boxes are and how far to the right its lines reach."""

    def __init__(self) -> None:
        super().__init__()
        self.boxes, self.reached = list[float](), list[float]()
        self.on(Canvas(io.BytesIO()))

    def box(self, x: float, y: float, width: float, height: float, colour: Color) -> None:
        self.boxes.append(x + width)
        super().box(x, y, width, height, colour)

    def curve(self, points: FloatArray, colour: Color, thick: float) -> None:
        self.reached.append(float(points[:, 0].max()))
        super().curve(points, colour, thick)


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
    assert "1/3" in "".join(csv_of([take_facts(slow)]))


def test_an_empty_report_is_refused(log: Path, tmp_path: Path) -> None:
    for words, what in ((["--word", "cirlced"], "a word of a take"), (["--scene", "99"], "nothing is written")):
        with pytest.raises(RequestError, match=what):
            _run("export", str(log), "-o", str(tmp_path / "x.pdf"), *words)
    with pytest.raises(RequestError, match="a verdict of a take"):
        _run("list", str(log), "--verdict", "splendid")
    assert not list(tmp_path.iterdir())


def test_glyphs_that_are_missing_are_seen_to_be() -> None:
    assert fonts()[0] == "Plain"
    assert markup("Öz ∞ ½ Привет", "Plain") == "Öz ∞ ½ Привет"
    assert markup("a🎬b\u200d", "Plain") == f"a{MISSING}b"
    shown = markup("撮影 <b> 촬영 🎬", "Plain")
    assert "HeiseiKakuGo" in shown
    assert "HYGothic" in shown
    assert "&lt;b&gt;" in shown
    assert MISSING in shown


def test_what_is_read_from_right_to_left_is_drawn_so() -> None:
    assert in_order("דנה") == "הנד"
    assert in_order("27A " + "שלום") == "27A " + "םולש"
    joined = in_order("سمير")  # seen, meem, yeh, reh: joined letters have code points of their own
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
    text = "".join(csv_of(map(take_facts, rows)))
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
        (["-o", str(tmp_path / "x.doc")], ".pdf, .csv, .json or .ale"),
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
    head = Table([["x"] * 11])
    head.setStyle(_columns_style())
    _, bold = fonts()
    assert [(cell.fontname, cell.fontsize, cell.color) for cell in head._cellStyles[0]] == [(bold, 7, INK)] * 11
    assert [(first, last) for _, first, last, *_ in head._bkgrndcmds] == [((0, 0), (-1, 0))]
    assert [(first, last) for _, first, last, *_ in head._linecmds] == [((0, 0), (-1, 0))]
    assert [cell.alignment for cell in head._cellStyles[0]] == ["LEFT", "CENTER", *["LEFT"] * 9]


@pytest.fixture(name="other_font")
def _other_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer with a font beside DejaVu: STIX, which has ⌖."""
    found = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"
    page._other_font.cache_clear()
    set_in.cache_clear()
    monkeypatch.setattr(page, "other_files", lambda: (found.with_name("gone.ttf"), found))
    yield
    page._other_font.cache_clear()


def test_a_letter_of_another_font_is_put_into_the_page(other_font: None, tmp_path: Path) -> None:
    plain, _ = fonts()
    assert markup("a⌖b", plain) == 'a<font name="STIXGeneral">⌖</font>b'
    assert legend(["a⌖b", "Öz"]) == ""
    write_pdf(tmp_path / "x.pdf", Head("x", (), ()), [paragraph("a⌖b")])
    assert b"+STIXGeneral" in (tmp_path / "x.pdf").read_bytes()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Öz, Ωμέγα, هذا", ""),
        ("撮影", READERS),
        ("ไทย", f"{MISSING} is a sign that no font here has"),
        (
            "撮影 ไทย",
            "Chinese, Japanese and Korean are drawn by the reader's own fonts · ▯ is a sign that no font here has",
        ),
    ],
)
def test_a_page_says_which_letters_it_cannot_show_by_itself(
    typed: str, words: str, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page._other_font.cache_clear()
    monkeypatch.setattr(page, "other_files", tuple)
    assert legend([typed, "Anna"]) == words
    with TakeLog(log) as opened:
        row = dataclasses.replace(opened.rows()[0], note=typed)
    camera_report(tmp_path / "r.pdf", [row])
    said = text_of(tmp_path / "r.pdf")
    assert all(part in said for part in words.split(MISSING))
    page._other_font.cache_clear()


@pytest.mark.parametrize("kind", ["camera", "focus"])
def test_the_bar_goes_on_while_the_pages_are_laid_out(kind: str, log: Path, tmp_path: Path) -> None:
    told = list[float]()
    with TakeLog(log) as opened:
        row = opened.rows()[0]
        rows = [dataclasses.replace(row, take=n) for n in range(60)]
        write_report(tmp_path / "r.pdf", opened, rows, kind, "a4", 0.0, told.append)
    assert sum(told) == pytest.approx(60)
    assert len(told) >= 6


@pytest.mark.parametrize("kind", ["camera", "focus"])
def test_a_long_report_is_made_take_by_take(kind: str, log: Path, tmp_path: Path) -> None:
    """Neither the curves nor the words of a long day are all held at once, and how far it is is told as it goes."""
    read, told = list[int](), list[tuple[int, float]]()
    with TakeLog(log) as opened:
        row, traces = opened.rows()[0], opened.take(1).traces
    rows = [dataclasses.replace(row, id=n, take=n) for n in range(1, 61)]

    def curve_of(number: int) -> dict[str, FloatArray]:
        read.append(number)
        return traces

    def step(share: float) -> None:
        told.append((len(read), share))

    if kind == "camera":
        camera_report(tmp_path / "r.pdf", rows, step=step)
        assert [share for _, share in told] == [1.0] * 60
    else:
        focus_log(tmp_path / "r.pdf", rows, curve_of, step=step)
        assert told == [(n, 1.0) for n in range(1, 61)]


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("A Anna 1.20 m / 3'11\" → ½", 200.0, True), ("Überfahrt", 200.0, True), ("Anna to the door", 40.0, False),
        ("撮影", 200.0, False), ("דלת", 200.0, False), ("two  spaces", 200.0, False), ("soft\xadhyphen", 200.0, False),
        ("a\u202eb", 200.0, False), ("", 200.0, False), ("a\nb", 200.0, False),
    ],
)  # fmt: skip
def test_only_a_line_of_the_page_s_own_font_is_drawn_without_a_paragraph(text: str, width: float, line: bool) -> None:
    set_so = set_in(width, text)
    assert (set_so.paragraph is None) == line
    assert set_so.height == paragraph(text, style()).wrap(width, 1e6)[1]


@pytest.mark.parametrize(
    ("off_deg", "words"), [(0.0004, "as planned, to 0.001°"), (0.02, "difference, at most 0.020°")]
)
def test_a_difference_that_is_none_is_said_and_not_magnified(off_deg: float, words: str) -> None:
    planned = np.column_stack([np.linspace(0.0, 1.0, 20), np.linspace(10.0, 60.0, 20)])
    drawn = curve({"planned": planned, "actual": planned + np.array([0.0, off_deg])})
    assert words in [said.text for said in drawn.said]
    assert len(drawn.strokes) == (4 if off_deg > LEAST_SEEN_DEG else 3)


@pytest.mark.parametrize(
    ("traces", "words", "lines"),
    [
        ({}, "The log has no curve of this take.", 0),
        ({"planned": np.empty((0, 2)), "actual": np.array([[0.0, 5.0]])}, "The log has no curve of this take.", 0),
        ({"actual": np.array([[0.0, 5.0], [2.0, 9.0]])}, "as it ran; no plan was kept", 1),
        ({"planned": np.array([[0.0, 5.0], [2.0, 9.0]])}, "9.0°", 1),
    ],
)
def test_a_take_without_curves_says_so(traces: dict[str, FloatArray], words: str, lines: int) -> None:
    drawn = curve(traces)
    assert words in [said.text for said in drawn.said]
    assert len(drawn.strokes) == lines


def test_what_is_not_known_of_a_take_leaves_no_gap(log: Path) -> None:
    with TakeLog(log) as opened:
        row = opened.rows()[0]
    bare = dataclasses.replace(row, context=TakeContext(), plan_hash="", landing_error_deg=None, duration_error_ms=None)
    assert list(filter(None, take_figures(bare))) == ["lens not known", "no landing"]
    head = head_of("Camera report", [bare], 0.0, None)
    assert head.left == ("Camera – · 1st AC – · 24 fps", "Lenses –")
    assert head.right[1] == "unit – · firmware –"


@pytest.mark.parametrize("kind", ["camera", "focus"])
def test_a_report_of_no_takes_is_refused(kind: str, log: Path, tmp_path: Path) -> None:
    with TakeLog(log) as opened, pytest.raises(RequestError, match="There is no take yet: nothing is written"):
        write_report(tmp_path / "r.pdf", opened, [], kind, "a4", 0.0)
    assert not (tmp_path / "r.pdf").exists()


def test_a_long_curve_is_drawn_with_few_points_and_its_peak() -> None:
    t = np.linspace(0.0, 1.0, 1003)
    planned = np.column_stack([t, 10.0 + 50.0 * t])
    off = np.where(np.arange(1003) == 517, -0.5, 0.01 * np.sin(40 * t))
    drawn = curve({"planned": planned, "actual": planned + np.column_stack([0.0 * t, off])})
    curves = [stroke.points for stroke in drawn.strokes]
    assert [len(points) <= CURVE_POINTS + 3 for points in curves] == [True] * 4
    flat = curves[3]
    assert flat[np.argmin(flat[:, 1]), 0] == pytest.approx(12 * mm + 517 / 1002 * (60 * mm - 6), abs=0.1)
    assert (curves[0][0, 0], curves[0][-1, 0]) == pytest.approx((12 * mm, 72 * mm - 6))


def test_a_plot_of_any_script_is_drawn_without_a_warning(tmp_path: Path) -> None:
    """A letter that the font has not would be a warning on the user's terminal, and a box of its own in the picture."""
    t = np.linspace(0.0, 1.0, 20)
    trace = {"planned": np.column_stack([t, t]), "actual": np.column_stack([t, t])}
    plot_take(trace, tmp_path / "x.svg", "撮影 🎬 هذا جيد take 3")
    assert (tmp_path / "x.svg").stat().st_size > 1000


@pytest.mark.parametrize("kind", ["camera", "focus"])
def test_ctrl_c_while_pages_are_laid_out_leaves_what_was_there(
    kind: str, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(page, "_draw_head", cut_off)
    (tmp_path / "r.pdf").write_bytes(b"before")
    words = ["takes", "export", str(log), "-o", str(tmp_path / "r.pdf"), "--report", kind]
    run = CliRunner().invoke(build_app(["takes"]), words)
    assert isinstance(run.exception, JobError)
    assert str(run.exception) == f"Interrupted: nothing is written to {tmp_path / 'r.pdf'}."
    assert (tmp_path / "r.pdf").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["r.pdf"]

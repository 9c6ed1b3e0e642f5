# SPDX-License-Identifier: MIT
"""Reports of much: a take taller than a page, a hundred thousand takes, another country's spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import io
import os
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.paper.file import write_report
from followfocus.paper.focus_log import focus_log
from followfocus.paper.page import MARGIN, SIZES, Head, fonts, words, write_pdf
from followfocus.paper.pdf import camera_report
from followfocus.show.slate import Slate
from followfocus.spreadsheet import SEMICOLON
from followfocus.takes.context import LoggedMark, TakeContext
from followfocus.takes.log import TakeLog, TakeRow
from tests.support.takes import a_take


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes of scenes that a spreadsheet would take for something else."""
    path = tmp_path_factory.mktemp("day") / "day.db"
    marks = (LoggedMark("A", "Anna", 82.5, 2.0), LoggedMark("B", "Bo", 41.25, 4.0, 0.05))
    with TakeLog(path) as log:
        for number, scene in enumerate(("27", "007", "27.10", "1E5", "1/2"), start=1):
            context = TakeContext(slate=Slate(scene), lens="ideal-50", part=1 + number % 3, parts=3, marks=marks)
            log.append(a_take(number), dataclasses.replace(context, duration_s=2.5, utc_offset_s=-8 * 3600))
    return path


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout


def tall(row: TakeRow, count: int) -> TakeRow:
    marks = tuple(LoggedMark(f"M{n}", f"no{n:03}", float(n), 2.0 + n) for n in range(count))
    return dataclasses.replace(row, context=dataclasses.replace(row.context, marks=marks), note="n " * 900)


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_take_taller_than_a_page_goes_on_over_it(log: Path, tmp_path: Path, paper: str) -> None:
    with TakeLog(log) as opened:
        row, traces = opened.rows()[0], opened.take(1).traces
    pdf = tmp_path / "tall.pdf"
    pages = focus_log(pdf, [row, tall(row, 150), row], lambda _row: traces, paper)
    assert 3 <= pages <= 8
    assert 1 <= camera_report(tmp_path / "c.pdf", [tall(row, 150)] * 3, paper) <= 3
    if shutil.which("pdftotext"):
        said = text_of(pdf)
        assert all(f"no{n:03}" in said for n in range(150))


def test_the_camera_report_names_its_day_and_zone(log: Path, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    pdf = tmp_path / "c.pdf"
    with TakeLog(log) as opened:
        camera_report(pdf, opened.rows(), made_utc_s=1.7e9)
    said = " ".join(text_of(pdf).split())
    assert "shoot day 2023-11-14 · times UTC-08:00" in said
    assert "14:13:20:00" in said
    assert "made 2023-11-14 14:13 UTC-08:00" in said


def test_text_stays_text_in_a_spreadsheet(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "takes.csv"
    run = CliRunner().invoke(build_app(["takes"]), ["takes", "export", str(log), "-o", str(path), "--csv", "semicolon"])
    assert run.exit_code == 0, run.output
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
    assert [row["scene"] for row in rows] == ["27", "'007", "'27.10", "'1E5", "'1/2"]
    assert rows[0]["part"] == "2 of 3"
    assert (rows[0]["duration_s"], rows[0]["to_m"], rows[0]["trims_cm"]) == ("2,5", "4", "B +5.0")
    assert rows[0]["start_timecode"] == "14:13:20:00"


class Streamed:
    """So many rows, of which no more than a few can be held at once: each says that it is gone."""

    def __init__(self, row: TakeRow, count: int) -> None:
        self.row, self.count = row, count

    def __iter__(self) -> Iterator[TakeRow]:
        for number in range(1, self.count + 1):
            yield dataclasses.replace(self.row, id=number, note=f"note {number} " * 20)


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_long_log_is_exported_in_the_memory_of_a_short_one(log: Path, tmp_path: Path, ending: str) -> None:
    many = 100_000 if os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full" else 600
    with TakeLog(log) as opened:
        row = opened.rows()[0]
        peaks = []
        for count in (many // 10, many):
            tracemalloc.start()
            path = tmp_path / f"takes{ending}"
            write_report(path, opened, Streamed(row, count), "camera", "a4", 0.0, style=SEMICOLON)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert path.read_text("utf-8").count("note 60 ") == 20
    assert peaks[1] < 1.5 * peaks[0] + path.stat().st_size / 5


def test_the_log_gives_its_takes_one_by_one(log: Path) -> None:
    with TakeLog(log) as opened:
        each = opened.each()
        assert next(each).scene == "27"
        opened.set_note(5, "written while it is read")
        assert [row.scene for row in each] == ["007", "27.10", "1E5", "1/2"]


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_long_title_leaves_room_for_what_stands_beside_it(tmp_path: Path, paper: str) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    pdf = tmp_path / "long.pdf"
    write_pdf(pdf, Head("W" * 400, ("V" * 400,), ("M" * 400,)), [words("a")], paper)
    said, (plain, bold) = text_of(pdf), fonts()
    took = [
        stringWidth(letter * said.count(letter) + "…", font, size)
        for letter, font, size in (("W", bold, 15), ("V", plain, 8), ("M", plain, 8))
    ]
    room = SIZES[paper][0] - 2 * MARGIN
    assert max(took[:2]) + took[2] <= room
    assert min(took) > 0.3 * room

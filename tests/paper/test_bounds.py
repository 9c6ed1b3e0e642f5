# SPDX-License-Identifier: MIT
"""Paper on both sides of its bounds: how many findings, how long a line, which report, how round a scale."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace

import pytest
from reportlab.platypus import Paragraph, Spacer

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.paper import certificate, file, lists, page, strips
from followfocus.paper.page import Head, words, write_pdf
from followfocus.spreadsheet import SEMICOLON
from followfocus.takes.repeatability import landing_of_row, repeatability
from tests.paper.test_pages_stay import drawn, rows, traces

HEAD = Head("Title", ("left",), ("right",))


@pytest.mark.parametrize(
    ("count", "shown", "last"), [(7, 7, "six"), (8, 8, "six"), (9, 8, "2 more"), (30, 8, "23 more")]
)
def test_a_certificate_has_room_for_eight_findings(count: int, shown: int, last: str) -> None:
    taken = [row for row in rows() if row.landing_error_deg is not None]
    (plain,) = repeatability([landing_of_row(row) for row in taken], DEFAULT_RIG)
    found = SimpleNamespace(findings=[f"finding {number}" for number in range(count)], steady=plain.steady)
    said = [one for one in certificate._findings(found) if isinstance(one, Paragraph)]  # type: ignore[arg-type]
    texts = [one.getPlainText() for one in said]
    assert len(texts) == shown
    assert last in texts[-1] or texts[-1] == f"finding {count - 1}"


@pytest.mark.parametrize(("length", "shown"), [(239, 239), (240, 240), (241, 240), (900, 240)])
def test_a_line_of_a_certificate_is_cut_at_its_end(length: int, shown: int) -> None:
    found = certificate._cut("x" * length)
    assert len(found) == shown
    assert found.endswith("…") is (length > 240)


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [
        (None, 2, "–"), ("x", 2, "–"), (0.0, 4, "0"), (9e-10, 4, "0"), (1.1e-9, 4, "0.0000"), (-0.5, 1, "−0.5"),
        (-0.04, 1, "0.0"), (12.346, 2, "12.35"), (3, 0, "3"), (-1e-10, 2, "0"),
    ],
)  # fmt: skip
def test_a_figure_is_told_with_its_digits_or_as_nothing(value: object, digits: int, told: str) -> None:
    assert certificate._number(value, digits) == told


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"),
     (111, "111th"), (113, "113th"), (122, "122nd"), (100, "100th"), (110, "110th")],
)  # fmt: skip
def test_takes_are_counted_as_people_count(number: int, told: str) -> None:
    assert strips._nth(number) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(1.0, 1.0), (1.01, 2.0), (2.0, 2.0), (2.1, 5.0), (5.1, 10.0), (10.0, 10.0), (0.0021, 0.005), (0.3, 0.5),
     (0.1 + 0.2 - 0.1, 0.2), (2e-7, 2e-7), (3e5, 5e5)],
)  # fmt: skip
def test_a_scale_goes_by_round_steps(value: float, told: float) -> None:
    assert strips._round_up(value) == pytest.approx(told, rel=1e-12)


class Log:
    """A log that has the curves of its takes."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def traces(self, number: int) -> dict[str, FloatArray]:
        self.asked.append(number)
        return traces(number)


@pytest.mark.parametrize(("report", "curves"), [("camera", 0), ("focus", 3)])
def test_each_report_on_paper_is_its_own(tmp_path: Path, report: str, curves: int) -> None:
    log, steps, path = Log(), list[float](), tmp_path / f"{report}.PDF"
    file.write_report(path, log, rows()[:3], report, "a4", 1e9, steps.append, zone=UTC)  # type: ignore[arg-type]
    assert len(log.asked) == curves
    assert sum(steps) == pytest.approx(3.0)
    assert len(drawn(path)) > 50


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_table_holds_every_take_and_each_is_a_step(tmp_path: Path, ending: str) -> None:
    steps, path = list[float](), tmp_path / f"takes{ending}"
    file.write_report(path, Log(), rows(), "camera", "a4", 1e9, steps.append, style=SEMICOLON, zone=UTC)  # type: ignore[arg-type]
    assert sum(steps) == pytest.approx(len(rows()))
    text = path.read_text("utf-8-sig")
    assert len(json.loads(text)["takes"]) == len(rows()) if ending == ".json" else text.count(";") > 50
    with pytest.raises(RequestError, match="exported as"):
        file.write_report(tmp_path / "takes.xls", Log(), rows(), "camera", "a4", 1e9)  # type: ignore[arg-type]


@pytest.mark.parametrize(("height", "pages"), [(100.0, 1), (2_000.0, 3)])
@pytest.mark.parametrize("wide", [False, True])
def test_a_story_has_as_many_pages_as_it_takes(tmp_path: Path, height: float, pages: int, wide: bool) -> None:
    texts = map(str, range(int(height // 50)))  # the same words again are the same paragraph
    story = [flowable for text in texts for flowable in (words(text, page.style(8)), Spacer(0, 40))]
    found = write_pdf(tmp_path / "a.pdf", HEAD, story, wide=wide)
    assert found >= pages
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page\n") in (0, found)
    box = b"841.8898 595.2756" if wide else b"595.2756 841.8898"
    assert box in (tmp_path / "a.pdf").read_bytes()


@pytest.mark.parametrize("marks", [0, 1, 2, 3])
def test_the_report_for_effects_says_where_focus_begins_and_ends(marks: int) -> None:
    row = rows()[0]
    some = tuple(dataclasses.replace(row.context.marks[0], distance_m=2.0 + number) for number in range(marks))
    row = dataclasses.replace(row, context=dataclasses.replace(row.context, marks=some, timecode="10:00:00:00"))
    head, told = list(lists.crif_rows([row], "day", lists.Filled(), UTC))
    said = dict(zip(map(str, head), map(str, told), strict=True))
    ends = [lists._distance(mark.distance_m) for mark in (some[:1] + some[-1:])]
    cells = [str(cell) for cell in lists._ale_row(row)]
    ale = dict(zip(lists.ALE_COLUMNS, cells, strict=True))
    assert [ale["Focus from"], ale["Focus to"]] == (ends or ["", ""])
    assert [said["tkFocus from"], said["tkFocus to"]] == (ends or ["", ""])

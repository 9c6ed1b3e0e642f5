# SPDX-License-Identifier: MIT
"""Every form that leaves set, of days good and odd: strips, certificates, lists, tracks as they were, cell by cell."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String

from followfocus.errors import FollowFocusError
from followfocus.lens.map import load_lens
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.paper import (
    certificate,
    file,
    focus_log,
    focus_track,
    lists,
    page,
    pdf,
    plots,
    report,
    strips,
    track_files,
)
from followfocus.show.slate import Slate
from followfocus.takes.log import LoggedTake, TakeRow
from followfocus.takes.repeatability import landing_of_row, repeatability
from tests.paper.test_pages_stay import CONTEXT, drawn, rows, traces
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
LENS = load_lens("ideal-50")
PARTS = (file, plots, report)


# ---------------------------------------------------------------- strips


def shapes(drawing: Drawing) -> list[Row]:
    """The drawing, a shape a row."""
    made: list[Row] = [("size", float(drawing.width), float(drawing.height))]
    for one in drawing.contents:
        if isinstance(one, Circle):
            made.append(("circle", one.cx, one.cy, one.r, str(one.fillColor), one.strokeWidth))
        elif isinstance(one, Line):
            made.append(("line", one.x1, one.y1, one.x2, one.y2, one.strokeWidth, str(one.strokeDashArray)))
        elif isinstance(one, Rect):
            made.append(("box", one.x, one.y, one.width, one.height, str(one.fillColor)))
        elif isinstance(one, String):
            made.append(("words", one.x, one.y, one.text, one.fontSize, one.textAnchor))
    return made


def test_strips_are_drawn_as_they_were() -> None:
    draw, told = random.Random(31), list[Row]()
    for count in (0, 1, 2, 3, 12, 101, 599, 600, 601, 1500):
        values: list[float | None] = [draw.gauss(0.02, 0.03) for _ in range(count)]
        for at in range(0, count, 7):
            values[at] = None
        ringed, where = frozenset(range(0, count, 5)), tuple(range(3, count, max(1, count // 4)))
        made = shapes(strips.strip(strips.Strip(f"of {count}", values, 0.05, ringed, where, "°"), 400.0))
        told += made if count < 20 else [row for row in made if row[0] != "circle"] + made[::97]
    for alike in ([0.1, 0.1, 0.1], [0.1, 0.1 + 1e-10], [0.1, 0.1 + 1e-6], [-0.3, -0.3], [None, None], [5.0, -700.0]):
        told += shapes(strips.strip(strips.Strip("alike", alike, 0.01, unit="µs"), 300.0))
    assert_goes_as_it_did("strips", told)


# ---------------------------------------------------------------- pages


def day(number: int) -> list[TakeRow]:
    """Days of their own: one take, many, takes that jump, takes that nothing is known of."""
    some = rows()
    if number == 0:
        return some[:1]
    if number == 1:
        return [dataclasses.replace(one, landing_error_deg=0.1 if i < 4 else 2.0) for i, one in enumerate(some)]
    if number == 2:
        bare = dataclasses.replace(
            CONTEXT, production="", lens="", t_stop=None, half_dof_deg=None, end_mm_per_deg=None, duration_s=None,
            marks=(), board="simulated", steps_per_deg=None, microsteps=None, pull="", lens_serial="", unit="",
        )  # fmt: skip
        return [dataclasses.replace(one, context=bare, started_utc_s=None, note="", shot="") for one in some]
    return [dataclasses.replace(some[i % 8], id=i + 1, take=i + 1, started_utc_s=1e9 + 4000.0 * i) for i in range(70)]


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_pages_of_odd_days(number: int, paper: str, tmp_path: Path) -> None:
    taken = [row for row in day(number) if row.landing_error_deg is not None]
    (found, *_) = repeatability([landing_of_row(row) for row in taken], DEFAULT_RIG)
    told: list[Row] = []
    pages: list[Callable[[Path], object]] = [
        lambda path: certificate.write_certificate(path, found, taken, paper),
        lambda path: pdf.camera_report(path, day(number), paper, 1e9, UTC),
        lambda path: focus_log.focus_log(path, day(number)[:2], traces, paper, 1e9, UTC),
    ]
    for make in pages:
        path = tmp_path / f"{len(told)}.pdf"
        make(path)
        lines = drawn(path)
        told.append(("page", len(lines)))
        told += [(line,) for line in lines if any(mark in line for mark in (" Tm", "Tj", " re", " l ", " c "))][:320]
    assert_goes_as_it_did(f"page-{number}-{paper}", told)
    facts = certificate.certificate_facts(found, taken)
    assert_goes_as_it_did(f"facts-{number}", [(name, str(value)[:300]) for name, value in facts.items()])


def test_what_cannot_be_certified_is_told() -> None:
    taken = [row for row in rows() if row.landing_error_deg is not None]
    found = repeatability([landing_of_row(row) for row in taken], DEFAULT_RIG)
    other = [dataclasses.replace(row, plan_hash="other", id=row.id + 100) for row in taken]
    two = repeatability([landing_of_row(row) for row in (*taken, *other)], DEFAULT_RIG)
    for made, words in (([], "nothing to certify"), (two, "these takes have 2")):
        with pytest.raises(FollowFocusError, match=words):
            certificate.certify(Path("c.pdf"), made, taken)
    for path, paper, words in (("c.txt", "a4", "can't be a report"), ("c.pdf", "a5", "No paper size")):
        with pytest.raises(FollowFocusError, match=words):
            certificate.certify(Path(path), found, taken, paper)


@pytest.fixture(name="dejavu_alone")
def _dejavu_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A computer with no other font: what another one brings is its own."""
    page._other_font.cache_clear()
    monkeypatch.setattr(page, "other_files", tuple)
    yield
    page._other_font.cache_clear()


def test_letters_of_every_script_are_shown_or_stand_for_themselves(dejavu_alone: None) -> None:
    plain, bold = page.fonts()
    texts = (
        "Anna & <Ben>", "a\tb\nc", "日本語 한국어", "שלום Anna", "مرحبا", "😀 x", "e\u0301 \u200d\ufe0f!", "",
        "\u2fff\u3000\u9fff\ua000\uff00\uac00",
    )  # fmt: skip
    told: list[Row] = [(page.markup(text, plain), page.markup(text, bold), page.in_order(text)) for text in texts]
    told += [(page.cut("abcdef", most),) for most in (1, 5, 6, 7)]
    assert_goes_as_it_did("scripts", [tuple(str(c).encode("unicode_escape").decode() for c in row) for row in told])


# ---------------------------------------------------------------- lists and tracks


def odd_rows() -> list[TakeRow]:
    """The day's takes, each with something else missing or strange."""
    made = [dataclasses.replace(row, facts=row.facts | {"actual_s": 1.6}) for row in rows()]
    changes: list[dict[str, object]] = [
        {"clip": "A001C002_260301.mov"}, {"clip": "clip"}, {"timecode": "10:00:00:00"}, {"lens_serial": ""},
        {"marks": ()},
        {"focal_length_mm": 40.0, "t_stop": None}, {"started_by": "a phone"}, {"utc_offset_s": -28_800},
    ]  # fmt: skip
    contexts = [dataclasses.replace(row.context, **change) for row, change in zip(made, changes, strict=True)]  # type: ignore[arg-type]
    return [dataclasses.replace(row, context=context) for row, context in zip(made, contexts, strict=True)]


def test_lists_for_other_trades() -> None:
    told: list[Row] = [(line,) for line in lists.ale_of(odd_rows()).split("\r\n")]
    long = dataclasses.replace(odd_rows()[0], facts={"actual_s": "x"})
    short = dataclasses.replace(odd_rows()[1], facts={"actual_s": 1e-9})
    exact = dataclasses.replace(odd_rows()[1], facts={"actual_s": 2.0})
    told += [(line,) for line in lists.ale_of([long, short, exact]).split("\r\n")[9:]]
    for filled in (lists.Filled(), lists.Filled("2nd", 4, "-3", "1.4 m", "ND6")):
        told += [tuple(str(cell) for cell in row) for row in lists.crif_rows(odd_rows(), "day", filled, UTC)]
    for none in ([], [dataclasses.replace(odd_rows()[0], facts={})]):
        with pytest.raises(FollowFocusError, match="start and an end"):
            lists.ale_of(none)
    mixed = [
        odd_rows()[0],
        dataclasses.replace(odd_rows()[1], context=dataclasses.replace(odd_rows()[1].context, fps="25")),
    ]
    with pytest.raises(FollowFocusError, match="one rate"):
        lists.ale_of(mixed)
    assert_goes_as_it_did("lists", told)


def test_tracks_in_every_form() -> None:
    told: list[Row] = []
    for number, row in enumerate(odd_rows()):
        at_s = np.linspace(0.0, 0.3, 12)
        ring = {
            "actual": np.column_stack([at_s, np.linspace(-1.0, 301.0, 12)]),
            "planned": np.column_stack([at_s, 150 * at_s]),
        }
        if number % 3 == 1:
            del ring["actual"]
        slate = Slate("27", 1) if number else Slate("28", 2)
        context = dataclasses.replace(row.context, slate=slate, camera=("A", "b cam", "", "7")[number % 4])
        take = LoggedTake(dataclasses.replace(row, context=context, scene=("27", "12034B", "x")[number % 3]), ring)
        track = focus_track.focus_track(take, LENS)
        told.append((track.slate, track.by, track.fps, track.frame_width_mm, len(track.frames), str(track.marks)))
        told += [
            (frame.timecode, frame.seconds, frame.ring_deg, min(frame.distance_m, 1e9), *frame.blur_mm)
            for frame in track.frames
        ]
        told += [
            (line,)
            for line in track_files.dcs_table(track, LENS, take.row).replace("\r", "").split("\n")
            if "CREATOR" not in line
        ]
        told += [(line.strip(),) for line in track_files.chan_lines(track, LENS)]
        samples = list(track_files.opentrackio_lines(track, LENS, take.row))[:2]
        told += [(re.sub('"urn:uuid:[^"]*"', '"ours"', line)[:400],) for line in samples]
        told.append((json.dumps(json.loads(focus_track.track_json(track))["frames"][-1]),))
    assert_goes_as_it_did("tracks", told)
    assert all(part.__doc__ for part in PARTS)

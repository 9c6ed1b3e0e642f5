# SPDX-License-Identifier: MIT
"""The certificate: its figures, and one page whatever is on it, on both papers, in every script."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.graphics.shapes import Circle, Drawing, Line, String

from followfocus.errors import RequestError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.paper import certificate
from followfocus.paper.certificate import _landings, _times, certificate_facts, taken_rows, write_certificate
from followfocus.paper.page import in_order
from followfocus.paper.strips import Strip, strip
from followfocus.show.slate import Slate
from followfocus.takes.context import LoggedMark, TakeContext
from followfocus.takes.log import TakeRow
from followfocus.takes.repeatability import Repeatability, landing_of_row, repeatability

RIG = DEFAULT_RIG
STEP = RIG.ring_deg_per_step
CYCLE_DEG = 4 * RIG.ring_deg_per_full_step
SCRIPTS = "Überfahrt Привет Ελλάδα שלום سلام आना 横断 드라마 ไทย 🎬👩‍🎤 \u202e a\u0301 \x07<b>&amp;"
CONTEXT = TakeContext(
    production="Die Überfahrt", slate=Slate("27", 1), pull="Anna to door", lens="SP 40", lens_serial="4711", t_stop=2.0,
    coc_mm=0.025, marks=(LoggedMark("A", "Anna", 82.5, 1.2), LoggedMark("B", "door", 20.6, 4.0)), easing="minjerk",
    duration_s=1.6, plan_hash="ab12", steps_per_deg=RIG.steps_per_deg, microsteps=16, half_dof_deg=1.5,
    end_mm_per_deg=100.0, unit="cam A", unit_serial="FF000007", board="atmega328p", firmware="0.1.0",
)  # fmt: skip


def rows(errors: list[float | None], context: TakeContext = CONTEXT, by: str = "counter") -> list[TakeRow]:
    facts = {"last_edge_ticks": 25_600_000, "first_edge_ticks": 900, "steps": 1427, "tick_hz": 16e6, "landed_by": by}
    return [
        TakeRow(
            number, 1e9 + 60 * number, 1e9 + 60 * number, number, context.lens, context.slate.scene, context.slate.shot,
            context.pull, context.plan_hash, "good", "", "", error, None, 0.0, 20.0, {**facts, "counter_deg": error},
            dataclasses.replace(context, slate=dataclasses.replace(context.slate, take=number)),
        )
        for number, error in enumerate(errors, start=1)
    ]  # fmt: skip


def found_in(taken: list[TakeRow]) -> Repeatability:
    (found,) = repeatability([landing_of_row(row) for row in taken], RIG)
    return found


def drawn(path: Path, taken: list[TakeRow], paper: str = "a4") -> bytes:
    """The PDF, which has one page."""
    write_certificate(path, found_in(taken), taken, paper)
    pdf = path.read_bytes()
    assert re.findall(rb"/Count (\d+)", pdf) == [b"1"]
    return pdf


def page(path: Path, taken: list[TakeRow], paper: str = "a4") -> str:
    """The text of the page, where pdftotext is there."""
    drawn(path, taken, paper)
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    made = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return re.sub(r"\s+", " ", made.stdout)


def test_the_figures_are_the_log_s() -> None:
    taken = rows([0.0, 2 * STEP, None, STEP])
    facts = certificate_facts(found_in(taken), taken)
    assert facts["landing_spread_steps"] == pytest.approx(2.0)
    assert facts["landing_spread_mm"] == pytest.approx(2 * STEP * 100.0)
    assert facts["landing_spread_half_dof"] == pytest.approx(2 * STEP / 1.5)
    assert (facts["timing_spread_ticks"], facts["timing_spread_us"]) == (0, 0.0)
    assert (facts["takes"], facts["left_out"], facts["rows"]) == (3, 1, [1, 4])
    assert (facts["lens"], facts["lens_serial"], facts["unit_serial"]) == ("SP 40", "4711", "FF000007")
    assert facts["marks"] == ["A Anna 1.20 m / 3'11\"", "B door 4.00 m / 13'1 1/2\""]
    assert [row.id for row in taken_rows(found_in(taken), taken)] == [1, 2, 4]


def test_the_page_says_what_was_measured_and_what_was_not(tmp_path: Path) -> None:
    text = page(tmp_path / "c.pdf", rows([0.0] * 20))
    for words in (
        "Certificate of repeatability", "20 takes of one pull", "0 steps", "0 ticks", "0 mm", "SP 40", "serial 4711",
        "FF000007", "firmware 0.1.0", "Not measured: what happens between", "A slip between motor and ring would not",
        "Nothing drifts", "1st AC",
    ):  # fmt: skip
        assert words in text
    assert "simulated" not in text
    seen = page(tmp_path / "s.pdf", rows([0.0] * 20, dataclasses.replace(CONTEXT, board="simulated"), "witness"))
    assert "Made on the simulated unit" in seen
    assert "It says nothing of any real motor or lens" in seen
    assert "Not measured: what happens between" not in seen


def test_a_slip_is_named_with_its_take(tmp_path: Path) -> None:
    text = page(tmp_path / "c.pdf", rows([0.0] * 12 + [-CYCLE_DEG] * 5, by="witness"))
    assert "From 27A take 13 on, all land −2.769° away: the motor has slipped by 4 full steps." in text
    assert "from the 13th take on" in text


@pytest.mark.parametrize(("paper", "size"), [("a4", b"595.2756 841.8898"), ("letter", b"612 792")])
def test_it_is_one_page_whatever_is_on_it(paper: str, size: bytes, tmp_path: Path) -> None:
    marks = tuple(LoggedMark("ABCDEFGHI"[n], SCRIPTS * 3, 30.0 * n, None) for n in range(9))
    context = dataclasses.replace(
        CONTEXT, production=SCRIPTS * 5, pull=SCRIPTS * 5, lens=SCRIPTS * 5, unit=SCRIPTS, marks=marks,
        end_mm_per_deg=None,
    )  # fmt: skip
    slips = [n // 5 % 2 * CYCLE_DEG for n in range(400)]
    assert b"/MediaBox [ 0 0 " + size in drawn(tmp_path / "c.pdf", rows(slips, context), paper)
    text = page(tmp_path / "c.pdf", rows(slips, context), paper)
    assert "more findings are left out here" in text
    assert "– mm" in text


def test_a_log_from_before_makes_a_page_of_what_it_has(tmp_path: Path) -> None:
    bare = [dataclasses.replace(row, facts={}) for row in rows([0.01, 0.0], TakeContext(lens="ideal-50"))]
    text = page(tmp_path / "c.pdf", bare)
    for words in ("2 takes of one pull", "– ticks", "– µs", "– mm", "not known"):
        assert words in text


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=40), st.lists(st.none() | st.floats(-400, 400), min_size=1, max_size=12))
def test_any_text_and_any_landings_are_drawn(tmp_path: Path, text: str, errors: list[float | None]) -> None:
    context = dataclasses.replace(CONTEXT, production=text, pull=text, lens=text, lens_serial=text, unit_serial=text)
    drawn(tmp_path / "c.pdf", rows([0.0, *errors], context))


def test_another_paper_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="No paper size"):
        page(tmp_path / "c.pdf", rows([0.0]), "a5")
    assert not list(tmp_path.iterdir())


def dots(drawing: Drawing) -> list[Circle]:
    return [shape for shape in drawing.contents if isinstance(shape, Circle) and shape.fillColor is not None]


def test_a_strip_has_a_dot_a_take_where_it_belongs() -> None:
    drawing = strip(Strip("x", [0.0, 1.0, None, -1.0], least=1.0, ringed=frozenset({1}), lines=(3,)), 300.0)
    xs, ys = [dot.cx for dot in dots(drawing)], [dot.cy for dot in dots(drawing)]
    assert len(xs) == 3
    assert xs == sorted(xs)
    assert ys[1] - ys[0] == pytest.approx(ys[0] - ys[2])
    assert len([shape for shape in drawing.contents if isinstance(shape, Circle)]) == 4
    (dashed,) = [shape for shape in drawing.contents if isinstance(shape, Line) and shape.strokeDashArray]
    assert xs[1] < dashed.x1 < xs[2]


@pytest.mark.parametrize(("values", "said"), [
    ([None, None], "None of these takes has this figure: there is nothing to draw."),
    ([0.5], "One take has this figure: there is no other to compare it with."),
    ([0.25, None, 0.25], "All 2 takes lie on one line: they do not differ."),
    ([-9.0, -9.0, -9.003], "All 3 takes lie on one line: they differ by 0.003 µs at most."),
    ([0.0, 1.0], ""),
])  # fmt: skip
def test_a_strip_says_in_words_when_there_is_nothing_to_see(values, said) -> None:
    drawing = strip(Strip("x", values, least=1.0, unit="µs"), 520.0)
    words = [shape for shape in drawing.contents if isinstance(shape, String) and shape.text.endswith(".")]
    assert [shape.text for shape in words] == ([said] if said else [])
    for text in words:
        assert all(not text.y - 1 < dot.cy < text.y + 7 for dot in dots(drawing)), "clear of the dots"
        assert all(not text.y < line.y1 < text.y + 5 for line in drawing.contents if isinstance(line, Line))


def test_very_many_takes_keep_their_extremes() -> None:
    values = [0.0] * 50_000
    values[31_234] = 9.0
    drawing = strip(Strip("x", values, least=1.0), 300.0)
    assert len(dots(drawing)) <= 700
    heights = sorted({round(dot.cy, 3) for dot in dots(drawing)})
    assert len(heights) == 2


@pytest.mark.parametrize("takes", [1, 2, 10, 100, 240, 600])
@pytest.mark.parametrize("width", [300.0, 520.0])
def test_each_take_s_dot_is_seen_beside_its_neighbours_and_the_lines(takes: int, width: float) -> None:
    """A dot is no wider than its place, as far as paper can show one at all; no line hides it."""
    drawing = strip(Strip("x", [0.1 * (index % 7) for index in range(takes)], 1.0, lines=(takes // 2,)), width)
    apart = min((two.cx - one.cx for one, two in itertools.pairwise(dots(drawing))), default=width)
    (size,) = {2 * dot.r for dot in dots(drawing)}
    assert 1.4 <= size <= 3.4
    assert size <= max(apart, 1.4)
    assert all(line.strokeWidth < 1.0 for line in drawing.contents if isinstance(line, Line))


def untimed(row: TakeRow, **facts: object) -> TakeRow:
    return dataclasses.replace(row, facts={**row.facts, **facts})


def test_times_are_microseconds_from_their_median_and_what_is_not_known_has_no_dot() -> None:
    taken = rows([0.0] * 5)
    ticks = (25_600_000, 25_600_016, 25_599_968, None, 25_600_160)
    timed = [untimed(row, last_edge_ticks=at) for row, at in zip(taken, ticks, strict=True)]
    assert _times(found_in(timed)).values == pytest.approx([-1.0, 0.0, -3.0, None, 9.0], abs=1e-6)
    for unknown in ({"last_edge_ticks": None}, {"tick_hz": math.nan}):
        assert _times(found_in([untimed(row, **unknown) for row in taken])).values == [None] * 5


def test_landings_are_in_steps_and_a_line_stands_where_the_level_jumps() -> None:
    level = [0.0, STEP, -STEP, 0.0, 0.0]
    jumped = _landings(found_in(rows([*level, *[CYCLE_DEG] * 6])))
    assert jumped.values == pytest.approx([0.0, 1.0, -1.0, 0.0, 0.0, *[CYCLE_DEG / STEP] * 6], abs=1e-6)
    assert jumped.lines == (5,)
    assert jumped.ringed == frozenset()
    odd = _landings(found_in(rows([0.0, STEP, 0.0, -STEP, 0.0, 40 * STEP, 0.0, STEP, 0.0, -STEP])))
    assert odd.ringed == {5}


def test_names_read_from_the_right_turn_no_distance_beside_them() -> None:
    marks = (LoggedMark("A", "דלת", 10.0, 2.05), LoggedMark("B", "وليد", 20.0, 1.55))
    said = certificate._pull_words({"duration_s": None, "t_stop": None}, marks)
    drawn_so = in_order(said)
    assert [drawn_so.index(part) for part in ("A ", "2.05 m", " to B ", "1.55 m")] == sorted(
        drawn_so.index(part) for part in ("A ", "2.05 m", " to B ", "1.55 m")
    )


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-10-25T02:10+02:00", "2026-10-25T02:10+02:00", "2026-10-25 02:10 UTC+02:00"),
        ("2026-10-25T01:10+02:00", "2026-10-25T02:40+02:00", "2026-10-25 01:10 – 02:40 UTC+02:00"),
        ("2026-10-24T23:10+02:00", "2026-10-25T00:40+02:00", "2026-10-24 23:10 – 2026-10-25 00:40 UTC+02:00"),
        ("2026-10-25T02:50+02:00", "2026-10-25T02:05+01:00", "2026-10-25 02:50 UTC+02:00 – 02:05 UTC+01:00"),
        ("2026-10-25T02:10+02:00", "2026-10-25T02:10+01:00", "2026-10-25 02:10 UTC+02:00 – 02:10 UTC+01:00"),
    ],
)
def test_the_night_on_which_the_clocks_change_has_two_offsets(first: str, last: str, words: str) -> None:
    assert certificate._days({"first_local": first, "last_local": last}) == words


def test_one_take_is_told_as_one() -> None:
    assert certificate._which(1, 7, 7) == "1 that landed, row 7 of the log"
    assert certificate._which(3, 7, 12) == "3 that landed, rows 7 to 12 of the log"
    assert certificate._lie_within(0, 1) == "there is one landing"
    assert [certificate._lie_within(steps, 2) for steps in (0, 1)] == [
        "the landings lie within 0 motor steps", "the landings lie within 1 motor step",
    ]  # fmt: skip

# SPDX-License-Identifier: MIT
"""The camera report on paper, and what it has in common with the focus log."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from followfocus.arrays import FloatArray
from followfocus.names import counted, in_line
from followfocus.paper.ink import Circled, Ink, Inked, Piece, Row, Stacked, set_in
from followfocus.paper.page import (
    INK,
    LINE,
    SHADE,
    Head,
    cut,
    fonts,
    legend,
    style,
    words,
    write_pdf,
)
from followfocus.paper.report import CREW_WORDS, mark_words
from followfocus.takes.log import TakeRow
from followfocus.takes.settime import clock_words, day_words, local_time, offset_words
from followfocus.takes.whole import WholeTake, outcome_of, whole_takes

Traces = Callable[[int], dict[str, FloatArray]]
Advance = Callable[[float], object]
SHORT_NOTE, MOST_NAME, MOST_NOTE = 50, 120, 1500
"""Characters: of a note beside its take, of any name, and of a note at all (a spreadsheet has the whole of it)"""
MOST_MARKS = 12
"""The most marks of a take in the camera report: a take is one line of a table, and a line stays on its page"""


def camera_report(
    path: Path,
    rows: Sequence[TakeRow],
    paper: str = "a4",
    made_utc_s: float = 0.0,
    zone: tzinfo | None = None,
    step: Advance = lambda _share: None,
) -> int:
    """Every take in order, a line each, the circled ones circled; how many pages. Times are the set's, or in `zone`.

    `step` is told how much of a take more is on its page.
    """
    widths = [w * mm for w in _WIDTHS[paper.lower() == "letter"]]
    ink = Ink()
    story: list[Flowable] = []
    for row, after in itertools.zip_longest(rows, rows[1:]):
        make = functools.partial(_Line, row, after, widths, zone)
        story.append(Inked(ink, sum(widths), make, lambda: step(1.0)))
    story += [Spacer(0, 5 * mm), words(_totals(rows), style(8, faint=True))]
    columns = Table([list(_HEADINGS)], colWidths=widths)
    columns.setStyle(_columns_style())
    return write_pdf(path, head_of("Camera report", rows, made_utc_s, zone, columns), story, paper, wide=True)


class _Line:
    """A take of the report, below it what is too long to stand in it; the one `after` it may be of another shot."""

    def __init__(self, row: TakeRow, after: TakeRow | None, widths: Sequence[float], zone: tzinfo | None) -> None:
        lefts = itertools.accumulate(widths, initial=_SIDE)
        self._wide = sum(widths)
        cells = Row(tuple(zip(lefts, _line(row, widths, zone), strict=False)), _ABOVE, middle=True)
        note = [set_in(self._wide - 2 * _SIDE, cut(row.note, MOST_NOTE))] if len(row.note) > SHORT_NOTE else []
        self._parts = Stacked([cells, *(Row(((_SIDE, words),), _ABOVE, middle=True, least=OVER_ALL) for words in note)])
        self._last = after is not None and _shot_and_lens(row) != _shot_and_lens(after)
        self.height = self._parts.height

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """Its cells, and the line below it, which is heavy where another shot follows."""
        self._parts.draw(ink, x, top)
        ends = (x, top - self.height), (x + self._wide, top - self.height)
        ink.caps(round_ends=True)
        ink.line(*ends, LINE, 0.3)
        if self._last:
            ink.line(*ends, INK, 1.2)


def _shot_and_lens(row: TakeRow) -> tuple[str, str]:
    return row.shot, row.context.lens


_HEADINGS = ("shot", "take", "lens", "stop", "pull", "marks", "time", "start", "½ DOF off", "verdict", "note")
_WIDTHS = ((24, 13, 32, 12, 26, 58, 14, 24, 20, 19, 29), (23, 13, 31, 12, 25, 55, 14, 24, 20, 19, 17))


def _line(row: TakeRow, widths: Sequence[float], zone: tzinfo | None) -> Iterator[Piece]:
    """The parts in its cells, from left to right."""
    context = row.context
    part = f" {context.part}/{context.parts}" if context.parts > 1 else ""
    room = [width - 2 * _SIDE for width in widths]
    names = [mark_words(mark.letter, in_line(cut(mark.name, SHORT_NOTE)), mark.distance_m) for mark in context.marks]
    if len(names) > MOST_MARKS:
        names = [*names[: MOST_MARKS - 2], f"… {len(names) - MOST_MARKS + 1} more, see the focus log …", names[-1]]
    yield set_in(room[0], cut(shot_of(row), MOST_NAME), style(9, bold=True))
    yield Circled(room[1], f"{row.take}{part}", row.word)
    yield set_in(room[2], cut(f"{context.lens} {context.lens_serial}".strip(), MOST_NAME))
    yield set_in(room[3], "" if context.t_stop is None else f"T{context.t_stop:.3g}")
    yield set_in(room[4], cut(context.pull, MOST_NAME))
    yield Stacked([set_in(room[5], name, style(7)) for name in names])
    yield set_in(room[6], "" if context.duration_s is None else f"{context.duration_s:.3g} s")
    yield set_in(room[7], start_words(row, zone))
    yield set_in(room[8], half_dof_words(row))
    yield set_in(room[9], ", ".join(filter(None, (row.verdict_words, CREW_WORDS[row.word]))))
    yield set_in(room[10], row.note if len(row.note) <= SHORT_NOTE else "below")


def shot_of(row: TakeRow) -> str:
    """The board's text; a running slate doesn't name the scene, so the scene stands beside it."""
    if row.shot and row.context.slate.system == "british":
        return f"{row.shot} ({row.scene})"
    return row.shot or row.scene


def half_dof_words(row: TakeRow) -> str:
    """How far off it landed, in half depths of field."""
    if row.landing_error_half_dof is None:
        return "–"
    return f"{row.landing_error_half_dof:+z.2f}".replace("-", "−")


OVER_ALL = 12.0
"""A line over the whole width is so high at least"""
_SIDE, _ABOVE = 3.0, 2.0
"""Room in a cell at its sides, and above and below"""
_CELLS: tuple[tuple[object, ...], ...] = (
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("ALIGN", (1, 0), (1, -1), "CENTER"),
    ("LEFTPADDING", (0, 0), (-1, -1), _SIDE),
    ("RIGHTPADDING", (0, 0), (-1, -1), _SIDE),
    ("TOPPADDING", (0, 0), (-1, -1), _ABOVE),
    ("BOTTOMPADDING", (0, 0), (-1, -1), _ABOVE),
)


def _columns_style() -> TableStyle:
    """The row of headings, which stands out over its whole width."""
    _, bold = fonts()
    return TableStyle([
        *_CELLS, ("FONT", (0, 0), (-1, 0), bold, 7), ("TEXTCOLOR", (0, 0), (-1, 0), INK),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, 0), 0.3, LINE),
    ])  # fmt: skip


def _moment(row: TakeRow, zone: tzinfo | None) -> datetime | None:
    """When a take began, or was kept where it never did."""
    return local_time(row.at_utc_s, row.context.utc_offset_s, zone)


def start_words(row: TakeRow, zone: tzinfo | None) -> str:
    """A take's start as timecode, or the time of day in another zone; nothing where it isn't known."""
    started = local_time(row.started_utc_s, row.context.utc_offset_s, zone)
    if started is None:
        return "–"
    return row.timecode or f"{started:%H:%M:%S}" if zone is None else f"{started:%H:%M:%S}"


def _totals(rows: Sequence[TakeRow]) -> str:
    """How the takes went, each counted once, however many parts it has, and what the crew said of them."""
    takes = list(whole_takes(reversed(rows)))
    verdicts = Counter(map(_went, takes))
    said = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    words_of = Counter(next((row.word for row in take.parts if row.word), "") for take in takes)
    shots = len({row.shot for row in rows})
    crew = [f"{words_of['circled'] or 'None'} circled"]
    crew += [f"{words_of[word]} {CREW_WORDS[word]}" for word in ("ng", "buzzed") if words_of[word]]
    return f"{counted(len(takes), 'take')} of {counted(shots, 'shot')}: {said}. {', '.join(crew)}."


def _went(take: WholeTake) -> str:
    """The verdict of the part that decides a take."""
    deciding = (row for row in reversed(take.parts) if outcome_of(row.verdict) is take.outcome)
    return next((row.verdict_words for row in deciding), take.outcome.value)


def _typed(row: TakeRow) -> str:
    """Everything of a take that people wrote."""
    context = row.context
    names = (mark.name for mark in context.marks)
    return "".join((
        row.note, row.shot, row.scene, context.pull, context.lens, context.production, context.camera,
        context.first_ac, *names,
    ))  # fmt: skip


def head_of(
    title: str, rows: Sequence[TakeRow], made_utc_s: float, zone: tzinfo | None, columns: Flowable | None = None
) -> Head:
    """The facts that all takes share; of others, the first."""
    contexts = [row.context for row in rows]
    moments = [moment for row in rows if (moment := _moment(row, zone)) is not None]
    made = local_time(made_utc_s, contexts[-1].utc_offset_s if contexts else None, zone)
    span = f"shoot day {day_words(moments)} · times {clock_words(moments)}" if moments else ""

    def all_of(name: str) -> str:
        found = dict.fromkeys(cut(str(getattr(context, name)), MOST_NAME) for context in contexts)
        return ", ".join(filter(None, found))

    return Head(
        " · ".join(filter(None, (title, all_of("production")))),
        (
            f"Camera {all_of('camera') or '–'} · 1st AC {all_of('first_ac') or '–'} · {all_of('fps')} fps",
            f"Lenses {all_of('lens') or '–'}",
        ),
        (
            span,
            f"unit {all_of('unit_serial') or '–'} · firmware {all_of('firmware') or '–'}",
            "" if made is None else f"made {made:%Y-%m-%d %H:%M} {offset_words(made)}",
        ),
        columns,
        legend(_typed(row) for row in rows),
    )

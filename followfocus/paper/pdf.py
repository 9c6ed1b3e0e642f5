# SPDX-License-Identifier: MIT
"""The camera report and the focus log on paper."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from reportlab.graphics.shapes import Drawing, Line, PolyLine, String
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table, TableStyle

from followfocus.arrays import FloatArray
from followfocus.names import counted, in_line
from followfocus.paper.focus_track import mark_name
from followfocus.paper.page import (
    FAINT,
    HEAD,
    INK,
    LINE,
    MARGIN,
    SHADE,
    SIZES,
    Circled,
    Head,
    Reached,
    SettledTable,
    cut,
    fonts,
    in_order,
    legend,
    markup,
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
AT_ONCE = 24
"""Takes in a table: what a table costs at a page's end grows with its lines"""
SHORT_NOTE, MOST_NAME, MOST_NOTE = 50, 120, 1500
"""Characters: of a note beside its take, of any name, and of a note at all (a spreadsheet has the whole of it)"""
CURVE_POINTS = 50
"""A curve is 54 mm wide: more points than one a millimetre cost time and are not seen"""
LEAST_SEEN_DEG = 0.001
"""A smaller difference between plan and take is said in words: magnified it would look like one"""
NO_CURVE = "The log has no curve of this take."
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

    `step` is told how much of a take more is done.
    """
    widths = [w * mm for w in _WIDTHS[paper.lower() == "letter"]]
    story: list[Flowable] = []
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        story += [_table(some, rows[first + AT_ONCE :][:1], widths, zone), _reached(step, len(some))]
        step(len(some) / 2)
    story += [Spacer(0, 5 * mm), words(_totals(rows), style(8, faint=True))]
    columns = Table([list(_HEADINGS)], colWidths=widths)
    columns.setStyle(_columns_style())
    return write_pdf(path, _head("Camera report", rows, made_utc_s, zone, columns), story, paper, wide=True)


def _reached(step: Advance, takes: int, height: float = 0.0) -> Reached:
    return Reached(lambda: step(takes / 2), height)


def _table(rows: Sequence[TakeRow], after: Sequence[TakeRow], widths: Sequence[float], zone: tzinfo | None) -> Table:
    """Some takes of the report, and the one `after` them, which may be of another shot."""
    lines: list[list[object]] = []
    notes: list[int] = []
    ends: list[int] = []
    for row in rows:
        lines.append(_line(row, zone))
        if len(row.note) > SHORT_NOTE:
            notes.append(len(lines))
            lines.append([words(cut(row.note, MOST_NOTE)), *[""] * (len(_HEADINGS) - 1)])
        ends.append(len(lines) - 1)
    table = Table(lines, colWidths=widths)
    table.setStyle(_table_style([*rows, *after], ends, notes))
    return table


_HEADINGS = ("shot", "take", "lens", "stop", "pull", "marks", "time", "start", "½ DOF off", "verdict", "note")
_WIDTHS = ((24, 13, 32, 12, 26, 58, 14, 24, 20, 19, 29), (23, 13, 31, 12, 25, 55, 14, 24, 20, 19, 17))


def _line(row: TakeRow, zone: tzinfo | None) -> list[object]:
    context = row.context
    plain, _ = fonts()
    names = [mark_words(mark.letter, in_line(cut(mark.name, SHORT_NOTE)), mark.distance_m) for mark in context.marks]
    if len(names) > MOST_MARKS:
        names = [*names[: MOST_MARKS - 2], f"… {len(names) - MOST_MARKS + 1} more, see the focus log …", names[-1]]
    marks = "<br/>".join(markup(in_order(name), plain) for name in names)
    part = f" {context.part}/{context.parts}" if context.parts > 1 else ""
    stop = "" if context.t_stop is None else f"T{context.t_stop:.3g}"
    return [
        words(cut(_shot(row), MOST_NAME), style(9, bold=True)),
        Circled(f"{row.take}{part}", circled=row.word == "circled", struck=row.word == "ng"),
        words(cut(f"{context.lens} {context.lens_serial}".strip(), MOST_NAME)),
        words(stop),
        words(cut(context.pull, MOST_NAME)),
        Paragraph(marks, style(7)),
        words("" if context.duration_s is None else f"{context.duration_s:.3g} s"),
        words(_start(row, zone)),
        words(_landing(row)),
        words(", ".join(filter(None, (row.verdict_words, CREW_WORDS[row.word])))),
        words(row.note if len(row.note) <= SHORT_NOTE else "below"),
    ]


def _shot(row: TakeRow) -> str:
    """The board's text; a running slate doesn't name the scene, so the scene stands beside it."""
    if row.shot and row.context.slate.system == "british":
        return f"{row.shot} ({row.scene})"
    return row.shot or row.scene


def _landing(row: TakeRow) -> str:
    if row.landing_error_half_dof is None:
        return "–"
    return f"{row.landing_error_half_dof:+z.2f}".replace("-", "−")


_CELLS: tuple[tuple[object, ...], ...] = (
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("ALIGN", (1, 0), (1, -1), "CENTER"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
)


def _columns_style() -> TableStyle:
    """The row of headings, which stands out over its whole width."""
    _, bold = fonts()
    return TableStyle([
        *_CELLS, ("FONT", (0, 0), (-1, 0), bold, 7), ("TEXTCOLOR", (0, 0), (-1, 0), INK),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, 0), 0.3, LINE),
    ])  # fmt: skip


def _table_style(rows: Sequence[TakeRow], ends: Sequence[int], notes: Sequence[int]) -> TableStyle:
    """`ends` are the last lines of the takes, `notes` the lines that are a note over the whole width."""
    commands: list[tuple[object, ...]] = [
        *_CELLS,
        *(("LINEBELOW", (0, end), (-1, end), 0.3, LINE) for end in ends),
        *(("SPAN", (0, note), (-1, note)) for note in notes),
        *(("NOSPLIT", (0, note - 1), (-1, note)) for note in notes),
    ]
    for end, (before, after) in zip(ends, itertools.pairwise(rows), strict=False):
        if (before.shot, before.context.lens) != (after.shot, after.context.lens):
            commands.append(("LINEBELOW", (0, end), (-1, end), 1.2, INK))
    return TableStyle(commands)


def _moment(row: TakeRow, zone: tzinfo | None) -> datetime | None:
    """When a take began, or was kept where it never did."""
    return local_time(row.at_utc_s, row.context.utc_offset_s, zone)


def _start(row: TakeRow, zone: tzinfo | None) -> str:
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


def _head(
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


# The focus log ----------------------------------------------------------------------------------------------------


def focus_log(
    path: Path,
    rows: Sequence[TakeRow],
    traces: Traces,
    paper: str = "a4",
    made_utc_s: float = 0.0,
    zone: tzinfo | None = None,
    step: Advance = lambda _share: None,
) -> int:
    """A block a take: marks in both units and ring angle, trims, landing and timing, and the curve; pages written."""
    story: list[Flowable] = []
    page = SIZES.get(paper.lower(), SIZES["a4"])
    room = page[0] - 2 * MARGIN, page[1] - 2 * MARGIN - HEAD
    for row in rows:
        story += [*_block(row, traces(row.id), zone, room), _reached(step, 1, 3.5 * mm)]
        step(0.5)
    return write_pdf(path, _head("Focus log", rows, made_utc_s, zone), story, paper)


def _block(
    row: TakeRow, traces: dict[str, FloatArray], zone: tzinfo | None, room: tuple[float, float]
) -> list[Flowable]:
    """A take as wide as the room, on one page; a taller one has its curve above its marks, and breaks between them."""
    context, (wide, high) = row.context, room
    title = f"{cut(_shot(row), MOST_NAME)}  take {row.take}" + (
        f" · part {context.part} of {context.parts}" if context.parts > 1 else ""
    )
    said = (_start(row, zone), in_line(cut(context.pull, MOST_NAME)), row.verdict_words, CREW_WORDS[row.word])
    line = [
        Circled(str(row.take), circled=row.word == "circled", struck=row.word == "ng", size=10),
        words(title, style(10, bold=True)),
        words(" · ".join(filter(None, said)), style(8, align=2)),
    ]
    head = SettledTable([line], colWidths=[11 * mm, 85 * mm, wide - 96 * mm], hAlign="LEFT")
    head.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("BACKGROUND", (0, 0), (-1, -1), SHADE)]))
    body = SettledTable([[_marks_table(row), _curve(traces)]], colWidths=[wide - 74 * mm, 74 * mm], hAlign="LEFT")
    body.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    if head.wrap(*room)[1] + body.wrap(*room)[1] <= high:
        return [KeepTogether([head, body])]
    return [KeepTogether([head, _curve(traces)]), _marks_table(row)]


def _marks_table(row: TakeRow) -> Table:
    context = row.context
    lines: list[list[object]] = [[words(t, style(7, faint=True)) for t in ("mark", "distance", "ring", "trim")]]
    for mark in context.marks:
        name = mark_name(mark.letter, in_line(cut(mark.name, SHORT_NOTE)))
        distance = mark_words("", "", mark.distance_m)
        trim = f"{mark.trim_m * 100:+z.1f} cm" if mark.trim_m else "–"
        lines.append([words(name), words(distance), words(f"{mark.ring_deg:z.2f}°"), words(trim)])
    lines.append([words(" · ".join(filter(None, _figures(row))), style(7)), "", "", ""])
    faults = cut("; ".join(row.reasons), MOST_NOTE)
    below = (faults, cut(row.note, MOST_NOTE))
    lines += [[words(text, style(8, bold=text == faults)), "", "", ""] for text in below if text]
    table = SettledTable(lines, colWidths=[37 * mm, 36 * mm, 18 * mm, 17 * mm], repeatRows=1, hAlign="LEFT")
    first = len(context.marks) + 1
    spans = [("SPAN", (0, n), (-1, n)) for n in range(first, len(lines))]
    table.setStyle(
        TableStyle([
            *spans, ("LINEBELOW", (0, 0), (-1, 0), 0.3, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ])
    )  # fmt: skip
    return table


def _figures(row: TakeRow) -> Iterator[str]:
    """The figures of a take beside its marks; empty where they are not known."""
    context = row.context
    serial = f" #{context.lens_serial}" if context.lens_serial else ""
    stop = "" if context.t_stop is None else f" at T{context.t_stop:.3g}"
    off = f", {context.lens_off}" if context.lens_off else ""
    yield f"{in_line(context.lens) or 'lens not known'}{serial}{stop}{off}"
    yield "" if context.duration_s is None else f"{context.duration_s:.3f} s {context.easing}"
    error = row.landing_error_deg
    yield "no landing" if error is None else f"landed {error:+z.3f}°, {_landing(row)} × ½ DOF".replace("-", "−")
    yield "" if row.duration_error_ms is None else f"{row.duration_error_ms:+z.3f} ms".replace("-", "−")
    yield f"unit {context.unit_serial} {context.firmware}".rstrip() if context.unit_serial else ""
    yield f"plan {row.plan_hash[:8]}" if row.plan_hash else ""


def _kept(values: FloatArray) -> NDArray[np.intp]:
    """The points of a curve that are drawn: its ends, and of every few the one farthest from zero."""
    few = -(-len(values) // CURVE_POINTS)
    if few == 1:
        return np.arange(len(values))
    whole = len(values) - len(values) % few
    farthest = np.abs(values[:whole].reshape(-1, few)).argmax(axis=1) + np.arange(0, whole, few)
    return np.unique(np.concatenate([[0], farthest, [len(values) - 1]]))


def _drawn(trace: FloatArray | None) -> FloatArray | None:
    """A curve; None where there are no two points of it."""
    return None if trace is None or len(trace) < 2 else trace


def _curve(traces: dict[str, FloatArray]) -> Drawing:
    """Planned and actual ring angle over time, and below their difference, magnified; figures beside and below."""
    plain, _ = fonts()
    width, high, low, foot, gutter = 72 * mm, 24 * mm, 8 * mm, 4 * mm, 12 * mm
    drawing = Drawing(width, high + low + foot)
    planned, actual = (_drawn(traces.get(name)) for name in ("planned", "actual"))
    drawn = actual if planned is None else planned
    if drawn is None:
        drawing.add(String(gutter, high, NO_CURVE, fontName=plain, fontSize=7, fillColor=FAINT))
        return drawing
    end = float(drawn[-1, 0]) or 1.0
    bottom, top = float(drawn[:, 1].min()), float(drawn[:, 1].max())
    room = (top - bottom) or 1.0

    def line(t: FloatArray, share: FloatArray, base: float, height: float) -> list[float]:
        kept = _kept(share)
        x = gutter + np.clip(t[kept] / end, 0.0, 1.02) * (width - gutter - 6)
        return np.column_stack([x, base + share[kept] * height]).ravel().tolist()

    def say(x: float, y: float, text: str, anchor: str = "end") -> None:
        drawing.add(String(x, y, text, fontName=plain, fontSize=6, textAnchor=anchor, fillColor=FAINT))

    upper = low + foot + 2
    for trace, colour, thick in ((planned, FAINT, 2.2), (actual, INK, 0.7)):
        if trace is not None:
            share = (trace[:, 1] - bottom) / room
            drawing.add(PolyLine(line(trace[:, 0], share, upper, high - 6), strokeColor=colour, strokeWidth=thick))
    say(gutter - 3, upper + high - 8, f"{top:z.1f}°")
    say(gutter - 3, upper - 1, f"{bottom:z.1f}°")
    say(width - 4, 1, f"{end:.2f} s")
    if planned is None:
        say(gutter, 1, "as it ran; no plan was kept", "start")
    elif actual is not None:
        off = actual[:, 1] - np.interp(actual[:, 0], planned[:, 0], planned[:, 1])
        most = float(np.abs(off).max())
        drawing.add(Line(gutter, foot + low / 2, width - 6, foot + low / 2, strokeColor=LINE, strokeWidth=0.3))
        if most < LEAST_SEEN_DEG:
            say(gutter, 1, f"as planned, to {LEAST_SEEN_DEG:g}°", "start")
            return drawing
        flat = line(actual[:, 0], off / most / 2, foot + low / 2, low - 2)
        drawing.add(PolyLine(flat, strokeColor=INK, strokeWidth=0.6))
        say(gutter, 1, f"difference, at most {most:z.3f}°", "start")
    return drawing

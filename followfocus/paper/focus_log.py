# SPDX-License-Identifier: MIT
"""The focus log on paper: a block a take, with its marks, its figures and its curve."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from followfocus.arrays import FloatArray
from followfocus.names import in_line
from followfocus.paper.focus_track import mark_name
from followfocus.paper.ink import Circled, Ink, Inked, Piece, Row, Stacked, set_in
from followfocus.paper.page import FAINT, HEAD, INK, LINE, MARGIN, SHADE, SIZES, cut, fonts, style, write_pdf
from followfocus.paper.pdf import (
    MOST_NAME,
    MOST_NOTE,
    OVER_ALL,
    SHORT_NOTE,
    Advance,
    Traces,
    half_dof_words,
    head_of,
    shot_of,
    start_words,
)
from followfocus.paper.report import CREW_WORDS, mark_words
from followfocus.takes.context import LoggedMark
from followfocus.takes.log import TakeRow

CURVE_POINTS = 50
"""A curve is 54 mm wide: more points than one a millimetre cost time and are not seen"""
LEAST_SEEN_DEG = 0.001
"""A smaller difference between plan and take is said in words: magnified it would look like one"""
NO_CURVE = "The log has no curve of this take."
_COLUMNS = (37 * mm, 36 * mm, 18 * mm, 17 * mm)
_MARKS_WIDE, _CURVE_WIDE, _CURVE_HIGH = sum(_COLUMNS), 74 * mm, 36 * mm
_PAD, _SIDE, _IN = 3.0, 6.0, 3.0
"""Room in a cell above and below, at its sides, and before a mark's"""
_APART = 3.5 * mm


def focus_log(
    path: Path,
    rows: Sequence[TakeRow],
    traces: Traces,
    paper: str = "a4",
    made_utc_s: float = 0.0,
    zone: tzinfo | None = None,
    step: Advance = lambda _share: None,
) -> int:
    """A block a take: marks in both units and ring angle, trims, landing and timing, and the curve; pages written.

    `step` is told how much of a take more is on its page.
    """
    ink, page = Ink(), SIZES.get(paper.lower(), SIZES["a4"])
    room = page[0] - 2 * MARGIN, page[1] - 2 * MARGIN - HEAD
    story: list[Flowable] = []
    for row in rows:
        make = functools.partial(TakeBlock, row, traces, zone, room)
        story += [Breaking(ink, room[0], make, lambda: step(1.0)), Spacer(0, _APART)]
    return write_pdf(path, head_of("Focus log", rows, made_utc_s, zone), story, paper)


class TakeBlock:
    """A take in the room of a page: the marks, and the curve at their side."""

    def __init__(self, row: TakeRow, traces: Traces, zone: tzinfo | None, room: tuple[float, float]) -> None:
        self._wide, self._page = room
        self._head, self._marks, self._curve = _Head(row, zone, self._wide), _marks(row), _Curve(row.id, traces)
        self.height = self._head.height + max(self._marks.height, self._curve.height) + 2 * _PAD

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """All of it."""
        self._head.draw(ink, x, top)
        below = top - self._head.height - _PAD
        self._marks.draw(ink, x, below)
        self._curve.draw(ink, x + self._wide - _CURVE_WIDE, below)

    def parted(self, high: float) -> tuple[Piece, Piece] | None:
        """A take taller than a page has its curve above its marks, and breaks between them."""
        above = Stacked((self._head, self._curve))
        return None if self.height <= self._page or above.height > high else (above, self._marks)


class Breaking(Inked):
    """A part of the story that goes on over the page where its part can be parted."""

    def split(self, _width: float, high: float) -> list[Flowable]:
        """As much as has its place there, and the rest; nothing where it goes to the next page as it is."""
        assert self.part is not None
        parts = self.part.parted(high) if isinstance(self.part, (TakeBlock, Marks)) else None
        if parts is None:
            return []
        first, rest = parts
        return [
            Inked(self.ink, self.wide, lambda: first, lambda: None),
            Breaking(self.ink, self.wide, lambda: rest, self.then),
        ]


class _Head:
    """The shaded line above a take: its number, its slate, and how it went."""

    def __init__(self, row: TakeRow, zone: tzinfo | None, wide: float) -> None:
        context, self._wide = row.context, wide
        part = f" · part {context.part} of {context.parts}" if context.parts > 1 else ""
        said = (start_words(row, zone), in_line(cut(context.pull, MOST_NAME)), row.verdict_words, CREW_WORDS[row.word])
        number, title = 11 * mm, 85 * mm
        cells: tuple[tuple[float, Piece], ...] = (
            (_SIDE, Circled(number - 2 * _SIDE, str(row.take), row.word, 10)),
            (number + _SIDE, set_in(
                title - 2 * _SIDE, f"{cut(shot_of(row), MOST_NAME)}  take {row.take}{part}", style(10, bold=True)
            )),
            (number + title + _SIDE, set_in(
                wide - number - title - 2 * _SIDE, " · ".join(filter(None, said)), style(8, align=2)
            )),
        )  # fmt: skip
        self._cells = Row(cells, _PAD, middle=True)
        self.height = self._cells.height

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """The shade, and the words on it."""
        ink.box(x, top - self.height, self._wide, self.height, SHADE)
        self._cells.draw(ink, x, top)


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a take under their headings, and what is said of it below them: a row each."""

    headings: Row
    rows: Sequence[Row]

    @property
    def height(self) -> float:
        """Of all rows."""
        return self.headings.height + sum(row.height for row in self.rows)

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """Every row, and the line below the headings."""
        Stacked((self.headings, *self.rows)).draw(ink, x, top)
        under = top - self.headings.height
        ink.caps(round_ends=True)
        ink.line((x, under), (x + _MARKS_WIDE, under), LINE, 0.3)
        ink.caps(round_ends=False)

    def parted(self, high: float) -> tuple[Marks, Marks] | None:
        """As many rows as have room in so much, and the others, under the same headings."""
        reached = itertools.accumulate((row.height for row in self.rows), initial=self.headings.height)
        count = sum(depth <= high for depth in reached) - 1
        return (Marks(self.headings, self.rows[:count]), Marks(self.headings, self.rows[count:])) if count > 0 else None


def _marks(row: TakeRow) -> Marks:
    lines = [_cells(*_mark_cells(mark)) for mark in row.context.marks]
    lines.append(_over_all(" · ".join(filter(None, take_figures(row))), style(7)))
    faults = cut("; ".join(row.reasons), MOST_NOTE)
    below = (faults, cut(row.note, MOST_NOTE))
    lines += [_over_all(text, style(8, bold=text == faults)) for text in below if text]
    return Marks(_headings(), lines)


@functools.cache
def _headings() -> Row:
    return _cells("mark", "distance", "ring", "trim", how=style(7, faint=True))


def _mark_cells(mark: LoggedMark) -> tuple[str, ...]:
    name = mark_name(mark.letter, in_line(cut(mark.name, SHORT_NOTE)))
    trim = f"{mark.trim_m * 100:+z.1f} cm" if mark.trim_m else "–"
    return name, mark_words("", "", mark.distance_m), f"{mark.ring_deg:z.2f}°", trim


def _cells(*texts: str, how: ParagraphStyle | None = None) -> Row:
    lefts = itertools.accumulate(_COLUMNS, initial=_IN)
    made = (set_in(wide - _IN - _SIDE, text, how) for wide, text in zip(_COLUMNS, texts, strict=True))
    return Row(tuple(zip(lefts, made, strict=False)), 1.0)


def _over_all(text: str, how: ParagraphStyle) -> Row:
    return Row(((_IN, set_in(_MARKS_WIDE - _IN - _SIDE, text, how)),), 1.0, least=OVER_ALL)


def take_figures(row: TakeRow) -> Iterator[str]:
    """The figures of a take beside its marks; empty where they are not known."""
    context = row.context
    serial = f" #{context.lens_serial}" if context.lens_serial else ""
    stop = "" if context.t_stop is None else f" at T{context.t_stop:.3g}"
    off = f", {context.lens_off}" if context.lens_off else ""
    yield f"{in_line(context.lens) or 'lens not known'}{serial}{stop}{off}"
    yield "" if context.duration_s is None else f"{context.duration_s:.3f} s {context.easing}"
    error = row.landing_error_deg
    yield "no landing" if error is None else f"landed {error:+z.3f}°, {half_dof_words(row)} × ½ DOF".replace("-", "−")
    yield "" if row.duration_error_ms is None else f"{row.duration_error_ms:+z.3f} ms".replace("-", "−")
    yield f"unit {context.unit_serial} {context.firmware}".rstrip() if context.unit_serial else ""
    yield f"plan {row.plan_hash[:8]}" if row.plan_hash else ""
    yield f"clip {in_line(cut(context.clip, MOST_NAME))}" if context.clip else ""


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


class _Curve:
    """The curve of a take, which is read from the log only when it is drawn."""

    height = _CURVE_HIGH

    def __init__(self, row: int, traces: Traces) -> None:
        self._row, self._traces = row, traces

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """The lines, and the words at them."""
        drawn, bottom = curve(self._traces(self._row)), top - self.height
        plain, _ = fonts()
        for stroke in drawn.strokes:
            ink.curve(stroke.points + np.array([x, bottom]), stroke.colour, stroke.thick)
        for said in drawn.said:
            ink.text((x + said.x, bottom + said.y), said.text, plain, said.size, FAINT, said.anchor)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points, from the curve's lower left corner."""

    points: FloatArray
    colour: Color
    thick: float


@dataclass(frozen=True, slots=True)
class Caption:
    """Words at a curve: where they start, or end."""

    x: float
    y: float
    text: str
    anchor: str = "end"
    size: float = 6


@dataclass(slots=True)
class Curve:
    """The lines and the words that show a take."""

    strokes: list[Stroke] = field(default_factory=list)
    said: list[Caption] = field(default_factory=list)


def curve(traces: dict[str, FloatArray]) -> Curve:
    """Planned and actual ring angle over time, and below their difference, magnified; figures beside and below."""
    width, high, low, foot, gutter = 72 * mm, 24 * mm, 8 * mm, 4 * mm, 12 * mm
    planned, actual = (_drawn(traces.get(name)) for name in ("planned", "actual"))
    drawn = actual if planned is None else planned
    if drawn is None:
        return Curve(said=[Caption(gutter, high, NO_CURVE, "", 7)])
    made = Curve()
    end = float(drawn[-1, 0]) or 1.0
    bottom, top = float(drawn[:, 1].min()), float(drawn[:, 1].max())
    room = (top - bottom) or 1.0

    def line(t: FloatArray, share: FloatArray, base: float, height: float) -> FloatArray:
        kept = _kept(share)
        x = gutter + np.clip(t[kept] / end, 0.0, 1.02) * (width - gutter - 6)
        return np.column_stack([x, base + share[kept] * height])

    upper = low + foot + 2
    for trace, colour, thick in ((planned, FAINT, 2.2), (actual, INK, 0.7)):
        if trace is not None:
            share = (trace[:, 1] - bottom) / room
            made.strokes.append(Stroke(line(trace[:, 0], share, upper, high - 6), colour, thick))
    made.said += [
        Caption(gutter - 3, upper + high - 8, f"{top:z.1f}°"), Caption(gutter - 3, upper - 1, f"{bottom:z.1f}°"),
        Caption(width - 4, 1, f"{end:.2f} s"),
    ]  # fmt: skip
    if planned is None:
        made.said.append(Caption(gutter, 1, "as it ran; no plan was kept", ""))
    elif actual is not None:
        off = actual[:, 1] - np.interp(actual[:, 0], planned[:, 0], planned[:, 1])
        most = float(np.abs(off).max())
        level = foot + low / 2
        made.strokes.append(Stroke(np.array([(gutter, level), (width - 6, level)]), LINE, 0.3))
        if most < LEAST_SEEN_DEG:
            made.said.append(Caption(gutter, 1, f"as planned, to {LEAST_SEEN_DEG:g}°", ""))
            return made
        made.strokes.append(Stroke(line(actual[:, 0], off / most / 2, level, low - 2), INK, 0.6))
        made.said.append(Caption(gutter, 1, f"difference, at most {most:z.3f}°", ""))
    return made

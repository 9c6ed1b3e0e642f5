# SPDX-License-Identifier: MIT
"""A strip for paper: one figure of each take as a dot, from left to right, with a scale that is round."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib.units import mm

from followfocus.paper.page import FAINT, INK, LINE, SHADE, fonts

HEIGHT = 21 * mm
LEFT, RIGHT = 16 * mm, 2 * mm
TITLE, FOOT = 20.0, 9.0
APART = 80.0
EXACT = 1e-9
"""Takes that differ by less are alike: it is what arithmetic leaves over."""
MOST_DOTS = 600
"""More takes than these are shown by the least and the greatest of neighbours."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip of `values` by take (None where there is none), at least `least` either side of 0.

    `ringed` takes get a ring, and a dashed line stands before each take in `lines`. `unit` is what the values are in.
    """

    title: str
    values: Sequence[float | None]
    least: float
    ringed: frozenset[int] = frozenset()
    lines: tuple[int, ...] = ()
    unit: str = ""


def strip(what: Strip, width: float) -> Drawing:
    """Draw it, `width` points wide."""
    drawing = Drawing(width, HEIGHT + TITLE + FOOT)
    known = [value for value in what.values if value is not None]
    low, high = _scale(known, what.least)
    room: float = width - LEFT - RIGHT
    count = max(1, len(what.values))

    def x_of(index: float) -> float:
        return float(LEFT + room * (index + 0.5) / count)

    def y_of(value: float) -> float:
        return float(FOOT + HEIGHT * (value - low) / (high - low))

    _frame(drawing, what, width)
    for value in sorted({low, 0.0, high}):
        _level(drawing, y_of(value), f"{value:+zg}".replace("-", "−") if value else "0", width)
    named = -APART
    for start in what.lines:
        x = x_of(start - 0.5)
        drawing.add(Line(x, FOOT, x, FOOT + HEIGHT, strokeColor=INK, strokeWidth=0.6, strokeDashArray=[2, 2]))
        if x - named >= APART:
            named = x
            drawing.add(_text(min(x, width - APART), FOOT + HEIGHT + 3, f"from the {_nth(start + 1)} take on", INK))
    radius = min(1.7, max(0.7, room / count * 0.4))
    if said := _nothing_to_see(known, what.unit, 2 * radius / HEIGHT * (high - low)):
        low_dots = bool(known) and y_of(known[0]) < FOOT + 0.4 * HEIGHT
        words = _text(LEFT + room / 2, FOOT + (0.7 if low_dots or not known else 0.16) * HEIGHT, said, INK)
        words.textAnchor = "middle"
        drawing.add(words)
    for index, value in _thinned(what.values):
        drawing.add(Circle(x_of(index), y_of(value), radius, fillColor=INK, strokeColor=None))
        if index in what.ringed:
            ring = Circle(x_of(index), y_of(value), radius + 2.5, fillColor=None, strokeColor=INK, strokeWidth=0.9)
            drawing.add(ring)
    return drawing


def _nothing_to_see(known: Sequence[float], unit: str, dot: float) -> str:
    """The words on a strip whose dots show no difference; empty where they do. `dot` is the height of one."""
    if not known:
        return "None of these takes has this figure: there is nothing to draw."
    if len(known) == 1:
        return "One take has this figure: there is no other to compare it with."
    apart = max(known) - min(known)
    if apart >= dot:
        return ""
    differ = f"they differ by {_small(apart)} {unit}".rstrip() + " at most" if apart > EXACT else "they do not differ"
    return f"All {len(known)} takes lie on one line: {differ}."


def _small(figure: float) -> str:
    """A small figure in plain digits, or that it is less than what could matter.

    >>> _small(0.034), _small(3e-5)
    ('0.03', 'less than 0.001')
    """
    return f"{figure:.1g}" if figure >= 0.001 else "less than 0.001"


def _frame(drawing: Drawing, what: Strip, width: float) -> None:
    plain, _ = fonts()
    drawing.add(Rect(LEFT, FOOT, width - LEFT - RIGHT, HEIGHT, fillColor=SHADE, strokeColor=None))
    drawing.add(String(0, FOOT + HEIGHT + TITLE - 7, what.title, fontName=plain, fontSize=8.5, fillColor=INK))
    drawing.add(_text(LEFT, 0, "1st take", FAINT))
    last = _text(width - RIGHT, 0, f"{_nth(len(what.values))}", FAINT)
    last.textAnchor = "end"
    drawing.add(last)


def _level(drawing: Drawing, y: float, label: str, width: float) -> None:
    drawing.add(Line(LEFT, y, width - RIGHT, y, strokeColor=LINE, strokeWidth=0.4))
    text = _text(LEFT - 4, y - 2.5, label, FAINT)
    text.textAnchor = "end"
    drawing.add(text)


def _text(x: float, y: float, text: str, colour: object) -> String:
    plain, _ = fonts()
    return String(x, y, text, fontName=plain, fontSize=7, fillColor=colour)


def _scale(known: Sequence[float], least: float) -> tuple[float, float]:
    """Round ends that hold all values, at least `least` either side of 0."""
    low, high = min([-least, *known]), max([least, *known])
    step = _round_up((high - low) / 8.0)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 … upward."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(share * power for share in (1.0, 2.0, 5.0, 10.0) if share * power >= value * (1 - 1e-9))


def _thinned(values: Sequence[float | None]) -> list[tuple[int, float]]:
    """Every value with its index; of very many, the least and the greatest of each run of neighbours."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) <= MOST_DOTS:
        return known
    size = math.ceil(2 * len(known) / MOST_DOTS)
    runs = [known[start : start + size] for start in range(0, len(known), size)]
    return [pick(run, key=lambda pair: pair[1]) for run in runs for pick in (min, max)]


def _nth(number: int) -> str:
    """1st, 2nd, 3rd, 4th … 11th."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"

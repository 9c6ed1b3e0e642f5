# SPDX-License-Identifier: MIT
"""The axes of the curve's two plots: where figures stand, what they say, and how they are drawn, in pixels.

Drawn here and not by a plotting library, for at a drag the axes are drawn anew sixty times a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from followfocus_gui.plot.figures import put_figure
from followfocus_gui.plot.layout import Panel
from followfocus_gui.plot.scale import LEAST_PX, TICK_APART_PX, distance_ticks, distance_word
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.scale import letters
from followfocus_gui.widgets.theme import colour

FIGURE_PX = 13
LEFT_PX, FOOT_PX = 60, 20
"""Room for figures and title left of a plot, and for the seconds below"""
TICK_PX, SMALL_PX = 5.0, 3.0
LEAST_ACROSS_PX = 80.0
"""Room between two figures of the axis below"""
LEAST_UP_PX = (26.0, 20.0, 15.0)
"""Room between two figures of an even axis left; the less, where there would be a single figure, which says no size"""
_TITLE_PX = 18.0
_ROUND = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class AxisKind:
    """How the upright axis is read: degrees, or distances of a lens; and its title."""

    title: str
    distance: bool = False
    imperial: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick at a value and its words; none for a small tick between two figures."""

    at: float
    words: str = ""


def round_step(span: float, most: float) -> float:
    """The least of 1, 2, 5, 10, 20 … that divides a span into at most so many parts.

    >>> round_step(2.2, 8)
    0.5
    """
    least = span / max(most, 1.0)
    power = 10.0 ** math.floor(math.log10(least))
    # The 1e-9 lets a step through that is exactly the least, but for rounding.
    return next(step * power for step in _ROUND if step * power >= least * (1 - 1e-9))


def even_figures(low: float, high: float, size_px: float, least_px: float, unit: str = "") -> tuple[Tick, ...]:
    """Round figures over a range, at least so far apart, with a small tick half way to the next (a fifth, for 5s)."""
    if not (high > low and size_px > 0 and math.isfinite(high - low)):
        return ()
    step = round_step(high - low, size_px / least_px)
    # Fifths of 5 and halves of 1 and 2 are round figures themselves.
    parts = 5 if round(step / 10.0 ** math.floor(math.log10(step) + 1e-9)) == 5 else 2
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step * parts - 1e-9), math.floor(high / step * parts + 1e-9)
    return tuple(
        Tick(n * step / parts, f"{n // parts * step:z.{places}f}{unit}" if n % parts == 0 else "")
        for n in range(first, last + 1)
    )


def upright_figures(panel: Panel, scale: AxisKind) -> tuple[Tick, ...]:
    """The figures left of a plot."""
    if not scale.distance:
        return _off_figures(panel)
    wanted = panel.low, panel.high, panel.area.height()
    least_px = LEAST_PX * letters(FIGURE_PX) / FIGURE_PX
    figures = distance_ticks(*wanted, imperial=scale.imperial, least_px=least_px)
    ticks = distance_ticks(*wanted, imperial=scale.imperial, least_px=TICK_APART_PX)
    return (
        *(Tick(level, distance_word(level, imperial=scale.imperial)) for level in figures),
        *(Tick(level) for level in sorted(set(ticks) - set(figures))),
    )


def _off_figures(panel: Panel) -> tuple[Tick, ...]:
    """Even figures, closer to each other where there would be a single one."""
    found: tuple[Tick, ...] = ()
    for least_px in LEAST_UP_PX:
        found = even_figures(panel.low, panel.high, panel.area.height(), letters(least_px))
        if sum(tick.words != "" for tick in found) > 1:
            break
    return found


def draw_upright(painter: QPainter, panel: Panel, scale: AxisKind) -> None:
    """The axis left of a plot: line, ticks, figures, and the title from below to above."""
    area, left, title = panel.area, letters(LEFT_PX), letters(_TITLE_PX)
    places = [(panel.y(figure.at), figure.words) for figure in upright_figures(panel, scale)]
    x = area.left()
    _draw_lines(
        painter,
        QLineF(x, area.top(), x, area.bottom()),
        (QLineF(x - (TICK_PX if words else SMALL_PX), y, x, y) for y, words in places),
    )
    height = painter.fontMetrics().height()
    for y, words in places:
        # A figure at the very end may stand out a little; more of it would run into the other plot.
        if words and area.top() - height / 4 <= y <= area.bottom() + height / 4:
            box = QRectF(x - left + title, y - height / 2, left - title - TICK_PX - 3, height)
            put_figure(painter, box, words, letters(FIGURE_PX), right=True)
    painter.save()
    painter.translate(QPointF(x - left, area.center().y()))
    painter.rotate(-90)
    painter.drawText(QRectF(-letters(60), 0, letters(120), title), Qt.AlignmentFlag.AlignCenter, scale.title)
    painter.restore()


def draw_seconds(painter: QPainter, panel: Panel) -> None:
    """The axis below a plot: seconds, said at every figure, so that no line goes to a title."""
    area = panel.area
    figures = even_figures(panel.start_s, panel.end_s, area.width(), letters(LEAST_ACROSS_PX), " s")
    places = [(panel.x(figure.at), figure.words) for figure in figures]
    y = area.bottom()
    _draw_lines(
        painter,
        QLineF(area.left(), y, area.right(), y),
        (QLineF(x, y, x, y + (TICK_PX if words else SMALL_PX)) for x, words in places),
    )
    for x, words in places:
        if words:
            room = QRectF(x - letters(40), y + TICK_PX, letters(80), letters(FOOT_PX) - TICK_PX)
            put_figure(painter, room, words, letters(FIGURE_PX))


def _draw_lines(painter: QPainter, axis: QLineF, ticks: Iterable[QLineF]) -> None:
    """The line of an axis and its ticks; what is written after it is in the text's colour."""
    painter.setPen(QPen(colour("outline"), 1))
    painter.drawLines([axis, *ticks])
    painter.setFont(theme.figure_font(letters(FIGURE_PX)))
    painter.setPen(colour("text"))

# SPDX-License-Identifier: MIT
"""Everything painted under and over the curve's lines: bands, hatching, labels, handles, time cursor.

All of it knows only pixels and the theme, so text and hatching keep their size whatever the axes say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF

from followfocus_gui.plot.figures import put_figure
from followfocus_gui.state.label_layout import LabelBox
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.lettering import metrics
from followfocus_gui.widgets.scale import letters
from followfocus_gui.widgets.theme import colour

LABEL_PX = 13
PADDING_X, PADDING_Y = 6.0, 2.0
GRIP = QRectF(-8, -19, 16, 38)
"""A handle on an upright line, around its place on it."""
OFFERED = QRectF(-7, -11, 14, 22)
"""A handle for a hold that is not there yet."""
KNOB = QRectF(-9, -9, 18, 18)
FLAG_PX, FLAG_TALL_PX = 8.0, 12.0
"""Half as wide as the cursor's flag, and as tall"""


class Part(Enum):
    """The parts that can be taken hold of."""

    END = "duration"
    HOLD = "hold"
    IN = "ease in"
    OUT = "ease out"
    CURSOR = "time"


@dataclass(frozen=True, slots=True)
class Handle:
    """Something to drag, at a place in pixels. `offered` ones would change the kind of the easing."""

    part: Part
    x: float
    y: float
    index: int = 0
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Words in a box; `tone` names the theme's colour of its edge, without one they are bold on the ground."""

    text: str
    box: LabelBox
    tone: str


@dataclass(frozen=True, slots=True)
class PlotPicture:
    """Everything that is painted beside the lines, in the widget's pixels."""

    size: tuple[float, float] = (0.0, 0.0)
    bands: tuple[tuple[QRectF, str], ...] = ()
    hatched: tuple[QRectF, ...] = ()
    over: tuple[QPolygonF, ...] = ()
    """The speed's line where a limit binds."""
    upright: tuple[tuple[QLineF, str], ...] = ()
    """Dotted lines and their tones: the moments of sharpness, the limit."""
    ends: tuple[tuple[QLineF, str], ...] = ()
    """Solid lines: the end of the pull, the end of each hold."""
    arms: tuple[QLineF, ...] = ()
    handles: tuple[Handle, ...] = ()
    labels: tuple[Label, ...] = ()


def label_size(text: str, *, bold: bool = False) -> tuple[float, float]:
    """Width and height of a label with its padding, pixels."""
    size = metrics(letters(LABEL_PX), bold=bold)
    return size.horizontalAdvance(text) + 2 * PADDING_X, size.height() + 2 * PADDING_Y


def shape_of(handle: Handle) -> QRectF:
    """The area of a handle."""
    if handle.part in (Part.IN, Part.OUT):
        return KNOB.translated(handle.x, handle.y)
    return (OFFERED if handle.offered else GRIP).translated(handle.x, handle.y)


def draw_under(painter: QPainter, picture: PlotPicture) -> None:
    """Below the lines: bands of sharpness, hatching where a limit binds, dotted moments on both."""
    for area, tone in picture.bands:
        painter.fillRect(area, colour(tone, 46))
    for area in picture.hatched:
        painter.fillRect(area, colour("bad", 40))
        painter.fillRect(area, QBrush(colour("bad", 150), Qt.BrushStyle.BDiagPattern))
    for line, tone in picture.upright:
        painter.setPen(QPen(colour(tone), 1.5, Qt.PenStyle.DotLine))
        painter.drawLine(line)


def draw_over(painter: QPainter, picture: PlotPicture) -> None:
    """Above the lines: the ends of pull and holds, handles, and labels on their own ground, which nothing strikes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour("bad"), 3))
    for line_over in picture.over:
        painter.drawPolyline(line_over)
    for line, tone in picture.ends:
        painter.setPen(QPen(colour(tone), 2))
        painter.drawLine(line)
    painter.setPen(QPen(colour("accent"), 1.5, Qt.PenStyle.DotLine))
    painter.drawLines(list(picture.arms))
    for handle in picture.handles:
        _draw_handle(painter, handle)
    for label in picture.labels:
        _draw_label(painter, label)


def _draw_label(painter: QPainter, label: Label) -> None:
    box = label.box
    area = QRectF(box.x, box.y, box.width, box.height)
    if label.tone:
        painter.setPen(QPen(colour(label.tone), 1))
        painter.setBrush(colour("panel", 235))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    else:
        painter.fillRect(area, colour("panel", 235))
    painter.setPen(colour("text"))
    painter.setFont(theme.figure_font(letters(LABEL_PX), bold=not label.tone))
    put_figure(painter, area, label.text, letters(LABEL_PX), bold=not label.tone)


def _draw_handle(painter: QPainter, handle: Handle) -> None:
    """A knob on an arm, or a grip with two arrowheads on an upright line; hollow where it is an offer."""
    tone = "warn" if handle.part is Part.HOLD else "accent"
    painter.setPen(QPen(colour(tone), 2))
    at, shape = QPointF(handle.x, handle.y), shape_of(handle)
    if handle.part in (Part.IN, Part.OUT):
        painter.setBrush(colour("panel") if handle.offered else colour(tone))
        painter.drawEllipse(shape)
        return
    painter.setBrush(colour("panel") if handle.offered else colour("raised"))
    painter.drawRoundedRect(shape, 6, 6)
    painter.setBrush(colour(tone))
    painter.setPen(Qt.PenStyle.NoPen)
    # what is not there yet can only be drawn out to the right
    for side in (1,) if handle.offered else (-1, 1):
        start = -2.5 if handle.offered else 1.5
        tip, back = at + QPointF((start + 4) * side + (1 if handle.offered else 0), 0), at + QPointF(start * side, 0)
        painter.drawPolygon(QPolygonF([tip, back + QPointF(0, -6), back + QPointF(0, 6)]))


@dataclass(frozen=True, slots=True)
class Cursor:
    """The time cursor: an upright line through all plots with a flag to take it by, its tip at `flag_y`."""

    x: float
    top: float
    bottom: float
    flag_y: float

    def bounds(self) -> QRectF:
        """The line and the flag's width beside it."""
        half = FLAG_PX + 1
        return QRectF(self.x - half, self.top - 1, 2 * half, self.bottom - self.top + 2)

    def draw(self, painter: QPainter) -> None:
        """A line and a flag."""
        painter.setPen(QPen(colour("text"), 1))
        painter.drawLine(QPointF(self.x, self.top), QPointF(self.x, self.bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("text"))
        tip = QPointF(self.x, self.flag_y)
        painter.drawPolygon(
            QPolygonF([tip, tip + QPointF(FLAG_PX, FLAG_TALL_PX), tip + QPointF(-FLAG_PX, FLAG_TALL_PX)])
        )

# SPDX-License-Identifier: MIT
"""Items under and over the curve, painted in the scene's pixels: bands, hatching, labels, handles, time cursor.

pyqtgraph draws the lines and axes. These items know only pixels and the theme, so text and hatching keep their size
whatever the axes say, and a moving cursor makes no more be drawn again than two strips of a few pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from followfocus_gui.state.label_layout import LabelBox
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.theme import colour

LABEL_PX = 14
PADDING_X, PADDING_Y = 6.0, 2.0
GRIP = QRectF(-8, -19, 16, 38)
"""A handle on an upright line, around its place on it."""
OFFERED = QRectF(-7, -11, 14, 22)
"""A handle for a hold that is not there yet."""
KNOB = QRectF(-9, -9, 18, 18)


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
    """Words in a box; `tone` names the theme's colour of its edge."""

    text: str
    box: LabelBox
    tone: str


@dataclass(frozen=True, slots=True)
class PlotPicture:
    """Everything that is painted beside the lines, in the scene's pixels."""

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


def label_size(text: str) -> tuple[float, float]:
    """Width and height of a label with its padding, pixels."""
    metrics = QFontMetricsF(theme.figure_font(LABEL_PX))
    return metrics.horizontalAdvance(text) + 2 * PADDING_X, metrics.height() + 2 * PADDING_Y


def shape_of(handle: Handle) -> QRectF:
    """The area of a handle."""
    if handle.part in (Part.IN, Part.OUT):
        return KNOB.translated(handle.x, handle.y)
    return (OFFERED if handle.offered else GRIP).translated(handle.x, handle.y)


class _Layer(QGraphicsItem):
    """One item as large as the scene, that paints a PlotPicture and is kept as a pixmap until the picture changes."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.picture = PlotPicture()

    def show_picture(self, picture: PlotPicture) -> None:
        """Paint this from now on."""
        if picture.size != self.picture.size:
            self.prepareGeometryChange()
        self.picture = picture
        self.update()

    def boundingRect(self) -> QRectF:
        """All of the scene."""
        return QRectF(0, 0, *self.picture.size)


class UnderLayer(_Layer):
    """Below the lines: bands of sharpness, hatching where a limit binds, dotted moments."""

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Bands first, so that hatching and moments are seen on them."""
        for area, tone in self.picture.bands:
            painter.fillRect(area, colour(tone, 46))
        for area in self.picture.hatched:
            painter.fillRect(area, colour("bad", 40))
            painter.fillRect(area, QBrush(colour("bad", 150), Qt.BrushStyle.BDiagPattern))
        for line, tone in self.picture.upright:
            painter.setPen(QPen(colour(tone), 1.5, Qt.PenStyle.DotLine))
            painter.drawLine(line)


class OverLayer(_Layer):
    """Above the lines: the ends of pull and holds, handles, and labels on their own ground."""

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Labels last: nothing strikes them through."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("bad"), 3))
        for line_over in self.picture.over:
            painter.drawPolyline(line_over)
        for line, tone in self.picture.ends:
            painter.setPen(QPen(colour(tone), 2))
            painter.drawLine(line)
        painter.setPen(QPen(colour("accent"), 1.5, Qt.PenStyle.DotLine))
        painter.drawLines(list(self.picture.arms))
        for handle in self.picture.handles:
            _draw_handle(painter, handle)
        painter.setFont(theme.figure_font(LABEL_PX))
        for label in self.picture.labels:
            _draw_label(painter, label)


def _draw_label(painter: QPainter, label: Label) -> None:
    box = label.box
    area = QRectF(box.x, box.y, box.width, box.height)
    painter.setPen(QPen(colour(label.tone), 1))
    painter.setBrush(colour("panel", 235))
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(colour("text"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, label.text)


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


class CursorItem(QGraphicsItem):
    """The time cursor: an upright line through all plots with a flag to take it by. Its place is its position's x."""

    _HALF = 8.0

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(75)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._top, self._bottom, self._flag = 0.0, 0.0, 0.0

    def set_span(self, top: float, bottom: float, flag_y: float) -> None:
        """From where to where the line goes, and where its flag is (its tip, pointing up)."""
        if (top, bottom, flag_y) != (self._top, self._bottom, self._flag):
            self.prepareGeometryChange()
            self._top, self._bottom, self._flag = top, bottom, flag_y

    def boundingRect(self) -> QRectF:
        """The line and the flag's width beside it."""
        return QRectF(-self._HALF - 1, self._top - 1, 2 * self._HALF + 2, self._bottom - self._top + 2)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """A line and a flag."""
        painter.setPen(QPen(colour("text"), 1))
        painter.drawLine(QPointF(0, self._top), QPointF(0, self._bottom))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("text"))
        tip, half = QPointF(0, self._flag), self._HALF
        painter.drawPolygon(QPolygonF([tip, tip + QPointF(half, 12), tip + QPointF(-half, 12)]))

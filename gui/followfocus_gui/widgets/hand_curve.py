# SPDX-License-Identifier: MIT
"""The curve that a wheel's settings give its turn: the ring over the wheel's way, and where both are now.

Across is the wheel, from one end of its way to the other; up is the ring, infinity below. The thin line is a wheel
without settings. Detents are lines across, the part of the lens that the wheel covers is what the curve spans.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from followfocus.hand.shape import Shape
from followfocus_gui.widgets.lettering import paint_text
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.theme import colour

POINTS = 240
EDGE_PX = 10.0
WORDS_PX, LINE_PX = 50, 22
"""Room for the words at the axes"""
DOT_PX = 6.0


class HandCurve(QWidget):
    """The curve of one wheel on one lens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handCurve")
        self.setAccessibleName("Ring over wheel")
        measured(self.setMinimumSize, 220, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._shape, self._travel_deg = Shape(0.0, 300.0), 300.0
        self._ring_deg: float | None = None

    def sizeHint(self) -> QSize:
        """Large enough to see a detent."""
        return QSize(420, 320)

    def set_shape(self, shape: Shape, travel_deg: float) -> None:
        """Show what settings make of the wheel on a lens with this travel."""
        if (shape, travel_deg) != (self._shape, self._travel_deg):
            self._shape, self._travel_deg = shape, travel_deg
            self.update()

    def set_ring(self, ring_deg: float | None) -> None:
        """Show where the ring is; None: that is not known."""
        if ring_deg != self._ring_deg:
            self._ring_deg = ring_deg
            self.update()

    @property
    def shape(self) -> Shape:
        """The curve that is shown."""
        return self._shape

    def point(self, place: float, ring_deg: float) -> QPointF:
        """Where a place of the wheel and a ring angle lie on screen."""
        area = self._area()
        share = ring_deg / self._travel_deg if self._travel_deg else 0.0
        return QPointF(area.left() + place * area.width(), area.bottom() - share * area.height())

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(px(WORDS_PX), EDGE_PX, -EDGE_PX, -px(LINE_PX))

    def _name_axes(self, painter: QPainter) -> None:
        """Which end of the ring is up, and that the wheel goes across."""
        area, line = self._area(), float(px(LINE_PX))
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
        for top, words in ((area.top(), "close"), (area.center().y() - line / 2, "ring"), (area.bottom() - line, "∞")):
            paint_text(painter, QRectF(0, top, area.left() - px(8), line), words, "faint", 13, flags=right)
        below = QRectF(area.left(), area.bottom() + 2, area.width(), line - 2)
        paint_text(painter, below, "wheel", "faint", 13, flags=middle)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame, detents, the plain line, the curve, the ring now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = self._shape
        self._name_axes(painter)
        painter.setPen(QPen(colour("edge"), 1.0))
        painter.drawRect(QRectF(self.point(0.0, self._travel_deg), self.point(1.0, 0.0)))
        if shape.detent_deg:
            painter.setPen(QPen(colour("edge"), 1.0, Qt.PenStyle.DashLine))
            for mark in shape.detents_deg:
                painter.drawLine(self.point(0.0, mark), self.point(1.0, mark))
        ends = (shape.low_deg, shape.high_deg)[:: shape.direction]
        painter.setPen(QPen(colour("edge"), 1.0))
        painter.drawLine(self.point(0.0, ends[0]), self.point(1.0, ends[1]))
        painter.setPen(QPen(colour("text"), 2.0))
        places = [i / POINTS for i in range(POINTS + 1)]
        painter.drawPolyline(QPolygonF([self.point(place, shape.ring_deg(place)) for place in places]))
        if self._ring_deg is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("needle"))
            painter.drawEllipse(self.point(shape.place(self._ring_deg), self._ring_deg), DOT_PX, DOT_PX)
        painter.end()

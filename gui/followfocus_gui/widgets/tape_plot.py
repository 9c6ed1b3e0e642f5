# SPDX-License-Identifier: MIT
"""Marks of a tape map over the ring, and the law through them: drawn anew with each mark, so the fit is seen to grow.

Across is the ring in degrees, up is 1/distance, labelled with distances: there the law is a straight line.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from followfocus.lens.scale import ENGRAVED_FT, ENGRAVED_M
from followfocus.lens.tape import TapeMap
from followfocus.lens.typos import TOLERANCE
from followfocus.units import FOOT_M
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import colour, figure_font

LEFT_PX, RIGHT_PX, TOP_PX, BOTTOM_PX = 52.0, 18.0, 12.0, 30.0
LABEL_PX = 20.0


class TapePlot(QWidget):
    """The marks, the line, and where the ring stands now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tapePlot")
        self.setAccessibleName("Marks over the ring, and the scale through them")
        measured(self.setMinimumSize, 240, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._map = TapeMap()
        self._ring_deg: float | None = None
        self._imperial = False

    def sizeHint(self) -> QSize:
        """Room for a straight line."""
        return QSize(px(560), px(300))

    def show_map(self, tape: TapeMap, *, imperial: bool) -> None:
        """Draw these marks."""
        self._map, self._imperial = tape, imperial
        self.update()

    def show_ring(self, ring_deg: float | None) -> None:
        """Where the ring stands."""
        if ring_deg != self._ring_deg:
            self._ring_deg = ring_deg
            self.update()

    def _highest(self) -> float:
        """The largest 1/distance that is drawn."""
        nearest = [1.0 / mark.distance_m for mark in self._map.marks]
        if self._map.line() is not None:
            close_m = self._map.fit_m(self._map.base.travel_deg)
            nearest.append(1.0 / close_m if math.isfinite(close_m) and close_m > 0.05 else 0.0)
        return max([1.0, *nearest]) * 1.12

    def _place(self, ring_deg: float, metres: float) -> QPointF:
        box, top = self._box(), self._highest()
        up = 0.0 if math.isinf(metres) else min(1.0 / metres, top) / top
        return QPointF(
            box.left() + box.width() * ring_deg / self._map.base.travel_deg, box.bottom() - box.height() * up
        )

    def _box(self) -> QRectF:
        left, right, top, foot = letters(LEFT_PX), px(RIGHT_PX), px(TOP_PX), letters(BOTTOM_PX)
        return QRectF(left, top, self.width() - left - right, self.height() - top - foot)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Axes, the law, the marks, the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._axes(painter)
        if self._map.line() is not None:
            self._law(painter)
        if self._ring_deg is not None:
            self._ring(painter, self._ring_deg)
        self._marks(painter)
        painter.end()

    def _axes(self, painter: QPainter) -> None:
        box, travel = self._box(), self._map.base.travel_deg
        painter.setPen(QPen(colour("outline"), 1.2))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.drawLine(box.bottomLeft(), box.topLeft())
        painter.setFont(figure_font(letters(13)))
        last = math.inf
        for value in ("∞", *(ENGRAVED_FT if self._imperial else ENGRAVED_M)):
            metres = math.inf if isinstance(value, str) else value * (FOOT_M if self._imperial else 1.0)
            y = self._place(0.0, metres).y()
            if y < box.top() or last - y < letters(LABEL_PX):
                continue
            last = y
            text = value if isinstance(value, str) else f"{value:g}"
            painter.setPen(colour("faint"))
            painter.drawText(QRectF(0, y - letters(10), box.left() - px(8), letters(20)), _RIGHT, text)
            painter.setPen(QPen(colour("edge"), 1.0))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        painter.setPen(colour("faint"))
        for degrees in np.linspace(0.0, travel, 5):
            x = self._place(float(degrees), math.inf).x()
            room = QRectF(x - letters(30), box.bottom() + px(5), letters(60), letters(20))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, f"{degrees:z.0f}°")

    def _law(self, painter: QPainter) -> None:
        """Solid between the marks, dashed where it is worked out."""
        travel, marks = self._map.base.travel_deg, self._map.marks
        ends = (0.0, marks[0].ring_deg, marks[-1].ring_deg, travel)
        for number, (start, end) in enumerate(itertools.pairwise(ends)):
            style = Qt.PenStyle.SolidLine if number == 1 else Qt.PenStyle.DashLine
            painter.setPen(QPen(colour("good" if number == 1 else "warn"), 3.0 if number == 1 else 2.0, style))
            rings = np.linspace(start, end, 24)
            points = [self._place(float(ring), self._map.fit_m(float(ring))) for ring in rings]
            painter.drawPolyline(points)

    def _ring(self, painter: QPainter, ring_deg: float) -> None:
        x, box = self._place(ring_deg, math.inf).x(), self._box()
        painter.setPen(QPen(colour("needle"), 2.0))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _marks(self, painter: QPainter) -> None:
        half = letters(10)
        limit_deg = TOLERANCE * self._map.base.travel_deg
        for one in self._map.shown():
            wrong = one.off_deg is not None and abs(one.off_deg) > limit_deg
            place = self._place(one.mark.ring_deg, one.mark.distance_m)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("bad" if wrong else "accent"))
            painter.drawEllipse(place, half, half)
            painter.setPen(colour("window"))
            painter.setFont(figure_font(letters(13), bold=True))
            painter.drawText(
                QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half), Qt.AlignmentFlag.AlignCenter, one.letter
            )


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

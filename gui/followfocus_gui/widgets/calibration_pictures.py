# SPDX-License-Identifier: MIT
"""Pictures of the calibration's steps: the lens from the front, the motor at its side."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from followfocus.unit.calibration import Step
from followfocus_gui.widgets.theme import colour, figure_font

_ENDS = {Step.INFINITY: -150.0, Step.CLOSE_FOCUS: 150.0}


class CalibrationPicture(QWidget):
    """A lens ring with its stops, the motor's gear on it, and what matters in this step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(360, 260)
        self._step = Step.INFINITY
        self._share = 0.0

    def sizeHint(self) -> QSize:
        """Large enough to be read at arm's length."""
        return QSize(460, 320)

    def show_step(self, step: Step, share: float = 0.0) -> None:
        """The picture of a step; `share` is how far the ring has turned of its travel."""
        self._step, self._share = step, share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring, the gear, and the step's own mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour("panel"))
        size = min(self.width() * 0.62, self.height() * 0.92)
        centre = QPointF(self.width() * 0.40, self.height() / 2.0)
        radius = size / 2.0
        self._ring(painter, centre, radius)
        small = radius * 0.36
        gear = QPointF(centre.x() + radius + small * 0.92, centre.y())
        self._gear(painter, gear, small, 14)
        if self._step is Step.GEAR:
            self._teeth(painter, centre, radius, gear, small)
        elif self._step is Step.LASH:
            self._lash(painter, centre, radius)
        elif self._step is Step.LENS:
            self._scale(painter, centre, radius)
        else:
            self._arrow(painter, centre, radius, towards=_ENDS[self._step])
        painter.end()

    def _ring(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        painter.setPen(QPen(colour("outline"), 2.0))
        painter.setBrush(colour("raised"))
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(colour("window"))
        painter.drawEllipse(centre, radius * 0.68, radius * 0.68)
        painter.setPen(QPen(colour("accent"), 2.0))
        painter.setBrush(colour("panel"))
        painter.drawEllipse(centre, radius * 0.52, radius * 0.52)
        for angle, word in ((-150.0, "∞"), (150.0, "close")):
            chosen = _ENDS.get(self._step) == angle
            painter.setPen(QPen(colour("accent" if chosen else "text"), 6.0 if chosen else 3.0))
            painter.drawLine(_at(centre, radius * 0.68, angle), _at(centre, radius * 1.02, angle))
            painter.setFont(figure_font(18, bold=chosen))
            painter.setPen(colour("text"))
            where = _at(centre, radius * 0.84, angle * 0.84)
            painter.drawText(QRectF(where.x() - 40, where.y() - 14, 80, 28), Qt.AlignmentFlag.AlignCenter, word)
        needle = -150.0 + 300.0 * self._share
        painter.setPen(QPen(colour("needle"), 5.0))
        painter.drawLine(_at(centre, radius * 0.70, needle), _at(centre, radius * 0.98, needle))

    def _gear(self, painter: QPainter, centre: QPointF, radius: float, teeth: int) -> None:
        points = []
        for tooth in range(teeth * 4):
            reach = radius if tooth % 4 in (0, 1) else radius * 0.82
            points.append(_at(centre, reach, 360.0 * tooth / (teeth * 4) + 360.0 * self._share * 2.6))
        painter.setPen(QPen(colour("text"), 2.0))
        painter.setBrush(colour("outline"))
        painter.drawPolygon(QPolygonF(points))
        painter.setBrush(colour("panel"))
        painter.drawEllipse(centre, radius * 0.22, radius * 0.22)

    def _arrow(self, painter: QPainter, centre: QPointF, radius: float, *, towards: float) -> None:
        painter.setPen(QPen(colour("accent"), 5.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        reach = radius * 0.60
        box = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
        sign = math.copysign(1.0, towards)
        painter.drawArc(box, round((90 - sign * 20) * 16), round(-sign * 100 * 16))
        tip, angle = _at(centre, reach, sign * 120), sign * 120
        back = angle - sign * 14
        painter.setBrush(colour("accent"))
        painter.drawPolygon(QPolygonF([tip, _at(centre, reach * 1.12, back), _at(centre, reach * 0.88, back)]))

    def _teeth(self, painter: QPainter, centre: QPointF, radius: float, gear: QPointF, small: float) -> None:
        painter.setFont(figure_font(20, bold=True))
        painter.setPen(colour("accent"))
        box = QRectF(gear.x() - small, gear.y() + small, 2 * small, 30)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "teeth ?")
        painter.drawText(
            QRectF(centre.x() - radius / 2, centre.y() - 16, radius, 32), Qt.AlignmentFlag.AlignCenter, "↻ ?"
        )

    def _lash(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        """Two teeth with the play between them, large, where the lens would be."""
        painter.setPen(QPen(colour("text"), 3.0))
        painter.setBrush(colour("raised"))
        wide, high = radius * 0.20, radius * 0.34
        for offset, name in ((-0.24, "outline"), (0.24, "outline")):
            painter.setBrush(colour(name))
            x = centre.x() + offset * radius
            painter.drawRect(QRectF(x - wide / 2, centre.y() - high, wide, high))
        painter.setBrush(colour("accent"))
        x = centre.x() - 0.24 * radius + wide / 2 + 2
        painter.drawRect(QRectF(x, centre.y() - high * 0.4, wide, high))
        painter.setPen(QPen(colour("warn"), 3.0))
        left = x + wide
        right = centre.x() + 0.24 * radius - wide / 2
        painter.drawLine(QPointF(left, centre.y() + high * 0.9), QPointF(right, centre.y() + high * 0.9))
        painter.setFont(figure_font(18, bold=True))
        painter.drawText(
            QRectF(centre.x() - radius / 2, centre.y() + high, radius, 28),
            Qt.AlignmentFlag.AlignCenter,
            "play",
        )

    def _scale(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        painter.setFont(figure_font(16))
        painter.setPen(colour("text"))
        for angle, word in ((-110.0, "3"), (-60.0, "2"), (0.0, "1.2"), (60.0, "0.8"), (110.0, "0.6")):
            painter.drawLine(_at(centre, radius * 0.94, angle), _at(centre, radius * 1.0, angle))
            where = _at(centre, radius * 0.82, angle)
            painter.drawText(QRectF(where.x() - 24, where.y() - 12, 48, 24), Qt.AlignmentFlag.AlignCenter, word)


def _at(centre: QPointF, radius: float, degrees: float) -> QPointF:
    """Clockwise from the top."""
    angle = math.radians(degrees)
    return QPointF(centre.x() + radius * math.sin(angle), centre.y() - radius * math.cos(angle))

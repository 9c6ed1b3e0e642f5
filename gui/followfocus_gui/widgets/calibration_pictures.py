# SPDX-License-Identifier: MIT
"""The ring from the front, live: how far it has turned from the far stop, both stops, the motor's gear at its side."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.theme import colour, figure_font

FAR_AT, CLOSE_AT = -150.0, 150.0
"""Where the stops are drawn, degrees clockwise from the top"""
RING_TEETH, MOTOR_TEETH = 60, 20
WAY, WAY_WIDE, HUB = 0.76, 0.11, 0.43
"""Where the way that was turned is drawn, and the hub: shares of the ring's radius, the width one of the way's"""


@dataclass(frozen=True, slots=True)
class RingPicture:
    """The drawn ring: degrees turned since the far stop (None before it is found), of how many, and what is found."""

    turned_deg: float | None = None
    travel_deg: float = 300.0
    far_found: bool = False
    close_found: bool = False
    teeth: int = 50
    teeth_known: bool = False


class CalibrationPicture(QWidget):
    """A lens ring with its stops, and the motor's gear on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calibrationPicture")
        self.setAccessibleName("The ring, live")
        measured(self.setMinimumSize, 200, 150)
        self._shown = RingPicture()

    def sizeHint(self) -> QSize:
        """Large enough to be read at arm's length."""
        return QSize(580, 240)

    @property
    def shown(self) -> RingPicture:
        """The picture that is drawn now."""
        return self._shown

    @property
    def ring(self) -> tuple[QPointF, float]:
        """The ring's centre and radius as it is drawn."""
        radius = min(self.width() / 2.9, self.height() / 2.12)
        return QPointF(radius * 1.12 + max(0.0, (self.width() - radius * 3.0) / 3), self.height() / 2.0), radius

    def show_ring(self, shown: RingPicture) -> None:
        """Draw it anew, if it is another picture."""
        if shown != self._shown:
            self._shown = shown
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring, the way it has turned, the stops, the gear."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        centre, radius = self.ring
        self._wheel(painter, centre, radius, RING_TEETH, self._turned(), "edge")
        painter.setBrush(colour("window"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(centre, radius * 0.86, radius * 0.86)
        self._way(painter, centre, radius * WAY)
        self._stops(painter, centre, radius)
        self._needle(painter, centre, radius)
        self._hub(painter, centre, radius)
        self._motor(painter, centre, radius)
        painter.end()

    def _turned(self) -> float:
        return self._shown.turned_deg or 0.0

    def _angle(self) -> float:
        """Where the needle points; the travel is spread between the stops as they are drawn."""
        share = self._turned() / self._shown.travel_deg
        return FAR_AT + (CLOSE_AT - FAR_AT) * min(max(share, -0.12), 1.12)

    def _way(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for tone, end in (("raised", CLOSE_AT), ("accent", self._angle())):
            if tone == "accent" and not self._shown.far_found:
                continue
            pen = QPen(colour(tone), radius * WAY_WIDE)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawArc(box, round((90 - FAR_AT) * 16), round(-(end - FAR_AT) * 16))

    def _stops(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        painter.setFont(figure_font(max(12, int(radius / 14)), bold=True))
        for at, found, word, side in (
            (FAR_AT, self._shown.far_found, "far", 1), (CLOSE_AT, self._shown.close_found, "close", -1),
        ):  # fmt: skip
            tone = colour("good" if found else "faint")
            style = Qt.PenStyle.SolidLine if found else Qt.PenStyle.DashLine
            painter.setPen(QPen(tone, max(3.0, radius / 45), style))
            painter.drawLine(_at(centre, radius * 0.66, at), _at(centre, radius * 0.88, at))
            place = _at(centre, radius * 0.56, at + side * 22)
            words = word if found else f"{word} ?"
            # The tick right before its word: as far apart as the box is wide it would lie under the way.
            sign = 15.0 if found else 0.0
            wide = painter.fontMetrics().horizontalAdvance(words) + sign
            text = QRectF(place.x() - wide / 2 + sign, place.y() - 12, wide - sign + 1, 24)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, words)
            if found:
                draw_list_sign(painter, "tick", QRectF(text.left() - sign, text.top() + 6, 12, 12), tone)

    def _needle(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        if not self._shown.far_found:
            return
        angle = self._angle()
        tip, left = _at(centre, radius * 0.84, angle), _at(centre, radius * 0.56, angle - 6)
        right = _at(centre, radius * 0.56, angle + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("needle"))
        painter.drawPolygon(QPolygonF([tip, left, right]))

    def _hub(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        painter.setPen(QPen(colour("edge"), 1.2))
        painter.setBrush(colour("panel"))
        painter.drawEllipse(centre, radius * HUB, radius * HUB)
        known = self._shown.far_found and self._shown.turned_deg is not None
        painter.setPen(colour("text"))
        painter.setFont(figure_font(max(20, int(radius / 4.2)), bold=True))
        box = QRectF(centre.x() - radius * 0.42, centre.y() - radius * 0.24, radius * 0.84, radius * 0.30)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{abs(round(self._turned())):d}°" if known else "– –")
        painter.setFont(figure_font(max(12, int(radius / 15))))
        painter.setPen(colour("faint"))
        box = QRectF(centre.x() - radius * 0.42, centre.y() + radius * 0.06, radius * 0.84, radius * 0.16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "turned so far" if known else "not known")

    def _motor(self, painter: QPainter, centre: QPointF, radius: float) -> None:
        small = radius * 0.38
        place = QPointF(centre.x() + radius + small * 0.94, centre.y())
        self._wheel(painter, place, small, MOTOR_TEETH, -self._turned() * RING_TEETH / MOTOR_TEETH, "text")
        painter.setBrush(colour("window"))
        painter.setPen(QPen(colour("text"), 1.6))
        painter.drawEllipse(place, small * 0.22, small * 0.22)
        painter.setFont(figure_font(max(12, int(radius / 15))))
        painter.setPen(colour("text"))
        words = f"{self._shown.teeth} teeth{'' if self._shown.teeth_known else ' ?'}"
        painter.drawText(QRectF(place.x() - 60, place.y() + small + 4, 120, 24), Qt.AlignmentFlag.AlignCenter, words)

    @staticmethod
    def _wheel(painter: QPainter, centre: QPointF, radius: float, teeth: int, turned_deg: float, tone: str) -> None:
        points = []
        for corner in range(teeth * 4):
            reach = radius if corner % 4 in (0, 1) else radius * 0.965
            points.append(_at(centre, reach, 360.0 * corner / (teeth * 4) + turned_deg))
        painter.setPen(QPen(colour("outline" if tone == "edge" else tone), 1.6))
        painter.setBrush(colour("raised"))
        painter.drawPolygon(QPolygonF(points))


def _at(centre: QPointF, radius: float, degrees: float) -> QPointF:
    """Clockwise from the top."""
    angle = math.radians(degrees)
    return QPointF(centre.x() + radius * math.sin(angle), centre.y() - radius * math.cos(angle))

# SPDX-License-Identifier: MIT
"""Signs as drawn shapes, never glyphs: they look alike on every machine, and need no colour to be told apart."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF

from followfocus.takes.whole import Outcome

OUTCOME_SIGNS: dict[Outcome, tuple[str, str]] = {
    Outcome.SHARP: ("tick", "good"),
    Outcome.EDGE: ("triangle", "warn"),
    Outcome.MISSED: ("cross", "bad"),
    Outcome.STOPPED: ("square", "faint"),
    Outcome.FAULT: ("octagon", "bad"),
    Outcome.LOST: ("plug", "bad"),
    Outcome.REFUSED: ("struck ring", "faint"),
    Outcome.HOLDING: ("bars", "hold"),
    Outcome.UNKNOWN: ("ring", "warn"),
    Outcome.RUNNING: ("arrow", "plan"),
}
"""For each outcome the shape, and the colour by name"""


def draw_list_sign(painter: QPainter, name: str, box: QRectF, tone: QColor) -> None:
    """Draw a sign into a box, as large as fits."""
    side = min(box.width(), box.height())
    place = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tone, max(2.0, side / 8), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _SHAPES[name](painter, place, tone)
    painter.restore()


def _at(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.top() + y * box.height())


def _poly(painter: QPainter, box: QRectF, points: tuple[tuple[float, float], ...]) -> None:
    painter.drawPolygon(QPolygonF([_at(box, x, y) for x, y in points]))


def _filled(painter: QPainter, tone: QColor) -> None:
    painter.setBrush(QBrush(tone))
    painter.setPen(Qt.PenStyle.NoPen)


def _tick(painter: QPainter, box: QRectF, _tone: QColor) -> None:
    painter.drawPolyline(QPolygonF([_at(box, 0.12, 0.55), _at(box, 0.40, 0.82), _at(box, 0.90, 0.20)]))


def _cross(painter: QPainter, box: QRectF, _tone: QColor) -> None:
    painter.drawLine(_at(box, 0.18, 0.18), _at(box, 0.82, 0.82))
    painter.drawLine(_at(box, 0.82, 0.18), _at(box, 0.18, 0.82))


def _triangle(painter: QPainter, box: QRectF, tone: QColor) -> None:
    path = QPainterPath()
    path.addPolygon(QPolygonF([_at(box, 0.5, 0.06), _at(box, 0.98, 0.92), _at(box, 0.02, 0.92)]))
    path.closeSubpath()
    bar = QPainterPath()
    bar.addRect(QRectF(_at(box, 0.44, 0.36), _at(box, 0.56, 0.64)))
    dot = QPainterPath()
    dot.addRect(QRectF(_at(box, 0.44, 0.70), _at(box, 0.56, 0.81)))
    painter.fillPath(path.subtracted(bar).subtracted(dot), tone)


def _square(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    _poly(painter, box, ((0.18, 0.18), (0.82, 0.18), (0.82, 0.82), (0.18, 0.82)))


def _octagon(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    corners = (math.pi / 8 + i * math.pi / 4 for i in range(8))
    _poly(painter, box, tuple((0.5 + 0.5 * math.cos(a), 0.5 + 0.5 * math.sin(a)) for a in corners))


def _plug(painter: QPainter, box: QRectF, _tone: QColor) -> None:
    painter.drawLine(_at(box, 0.02, 0.5), _at(box, 0.32, 0.5))
    painter.drawLine(_at(box, 0.68, 0.5), _at(box, 0.98, 0.5))
    painter.drawLine(_at(box, 0.32, 0.25), _at(box, 0.32, 0.75))
    painter.drawLine(_at(box, 0.68, 0.25), _at(box, 0.68, 0.75))


def _ring(painter: QPainter, box: QRectF, _tone: QColor) -> None:
    painter.drawEllipse(box.center(), box.width() * 0.38, box.height() * 0.38)


def _struck(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _ring(painter, box, tone)
    painter.drawLine(_at(box, 0.12, 0.88), _at(box, 0.88, 0.12))


def _bars(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    _poly(painter, box, ((0.2, 0.12), (0.42, 0.12), (0.42, 0.88), (0.2, 0.88)))
    _poly(painter, box, ((0.58, 0.12), (0.8, 0.12), (0.8, 0.88), (0.58, 0.88)))


def _arrow(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    _poly(painter, box, ((0.2, 0.08), (0.92, 0.5), (0.2, 0.92)))


def _diamond(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    _poly(painter, box, ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)))


def _star_points(box: QRectF) -> QPolygonF:
    points = []
    for i in range(10):
        reach, angle = (0.5 if i % 2 == 0 else 0.21), -math.pi / 2 + i * math.pi / 5
        points.append(_at(box, 0.5 + reach * math.cos(angle), 0.53 + reach * math.sin(angle)))
    return QPolygonF(points)


def _star(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    painter.drawPolygon(_star_points(box))


def _hollow_star(painter: QPainter, box: QRectF, tone: QColor) -> None:
    painter.setPen(QPen(tone, 1.6))
    painter.drawPolygon(_star_points(box))


def _dots(painter: QPainter, box: QRectF, tone: QColor) -> None:
    _filled(painter, tone)
    for x in (0.32, 0.68):
        for y in (0.14, 0.5, 0.86):
            painter.drawEllipse(_at(box, x, y), box.width() * 0.09, box.width() * 0.09)


_SHAPES = {
    "tick": _tick,
    "cross": _cross,
    "triangle": _triangle,
    "square": _square,
    "octagon": _octagon,
    "plug": _plug,
    "ring": _ring,
    "struck ring": _struck,
    "bars": _bars,
    "arrow": _arrow,
    "diamond": _diamond,
    "star": _star,
    "hollow star": _hollow_star,
    "dots": _dots,
}

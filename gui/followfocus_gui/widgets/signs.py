# SPDX-License-Identifier: MIT
"""Signs as drawn shapes: the same on every machine, whatever letters it has. Each fills a square about a point."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

Draw = Callable[[QPainter, float, QColor], None]


def draw_sign(painter: QPainter, name: str, centre: QPointF, size: float, tone: QColor) -> None:
    """Draw a sign `size` points high about a point, in a colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    pen = QPen(tone, max(1.5, size * 0.13))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _SIGNS[name](painter, size / 2.0, tone)
    painter.restore()


def sign_icon(name: str, size: int, tone: QColor) -> QIcon:
    """A sign as an icon for a button."""
    picture = QPixmap(QSize(size * 2, size * 2))
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_sign(painter, name, QPointF(size / 2.0, size / 2.0), size * 0.86, tone)
    painter.end()
    return QIcon(picture)


def _filled(painter: QPainter, tone: QColor, *points: tuple[float, float]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def _lines(painter: QPainter, *points: tuple[float, float]) -> None:
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _ring(painter: QPainter, r: float, _tone: QColor) -> None:
    painter.drawEllipse(QPointF(0, 0), r * 0.8, r * 0.8)


def _diamond(painter: QPainter, r: float, tone: QColor) -> None:
    _filled(painter, tone, (0, -r), (r, 0), (0, r), (-r, 0))


def _triangle(painter: QPainter, r: float, tone: QColor) -> None:
    _filled(painter, tone, (-r * 0.75, -r), (r * 0.95, 0), (-r * 0.75, r))


def _down(painter: QPainter, r: float, tone: QColor) -> None:
    _filled(painter, tone, (-r, -r * 0.6), (r, -r * 0.6), (0, r * 0.7))


def _bars(painter: QPainter, r: float, tone: QColor) -> None:
    for x in (-r * 0.7, r * 0.2):
        painter.fillRect(QRectF(x, -r * 0.9, r * 0.5, r * 1.8), tone)


def _tick(painter: QPainter, r: float, _tone: QColor) -> None:
    _lines(painter, (-r * 0.85, r * 0.05), (-r * 0.25, r * 0.65), (r * 0.85, -r * 0.65))


def _cross(painter: QPainter, r: float, _tone: QColor) -> None:
    _lines(painter, (-r * 0.65, -r * 0.65), (r * 0.65, r * 0.65))
    _lines(painter, (-r * 0.65, r * 0.65), (r * 0.65, -r * 0.65))


def _warning(painter: QPainter, r: float, tone: QColor) -> None:
    """A triangle with a mark cut out of it, so that the mark has the colour of what is below."""
    shape = QPainterPath()  # odd and even: what lies inside twice is a hole
    shape.addPolygon(QPolygonF([QPointF(0, -r), QPointF(r, r * 0.85), QPointF(-r, r * 0.85), QPointF(0, -r)]))
    shape.addRect(QRectF(-r * 0.11, -r * 0.4, r * 0.22, r * 0.65))
    shape.addRect(QRectF(-r * 0.11, r * 0.42, r * 0.22, r * 0.2))
    painter.fillPath(shape, tone)


def _octagon(painter: QPainter, r: float, tone: QColor) -> None:
    corners = [math.radians(22.5 + 45.0 * i) for i in range(8)]
    _filled(painter, tone, *((r * math.cos(a), r * math.sin(a)) for a in corners))


def _struck(painter: QPainter, r: float, _tone: QColor) -> None:
    painter.drawEllipse(QPointF(0, 0), r * 0.8, r * 0.8)
    _lines(painter, (r * 0.55, -r * 0.55), (-r * 0.55, r * 0.55))


def _square(painter: QPainter, r: float, tone: QColor) -> None:
    painter.fillRect(QRectF(-r * 0.7, -r * 0.7, r * 1.4, r * 1.4), tone)


def _lock(painter: QPainter, r: float, tone: QColor) -> None:
    painter.drawArc(QRectF(-r * 0.45, -r * 0.9, r * 0.9, r * 1.1), 0, 180 * 16)
    painter.fillRect(QRectF(-r * 0.75, -r * 0.25, r * 1.5, r * 1.15), tone)


def _plus(painter: QPainter, r: float, _tone: QColor) -> None:
    _lines(painter, (-r * 0.8, 0), (r * 0.8, 0))
    _lines(painter, (0, -r * 0.8), (0, r * 0.8))


def _minus(painter: QPainter, r: float, _tone: QColor) -> None:
    _lines(painter, (-r * 0.8, 0), (r * 0.8, 0))


def _menu(painter: QPainter, r: float, _tone: QColor) -> None:
    for y in (-r * 0.6, 0.0, r * 0.6):
        _lines(painter, (-r * 0.9, y), (r * 0.9, y))


_SIGNS: dict[str, Draw] = {
    "ring": _ring,
    "diamond": _diamond,
    "triangle": _triangle,
    "down": _down,
    "bars": _bars,
    "tick": _tick,
    "cross": _cross,
    "warning": _warning,
    "octagon": _octagon,
    "struck": _struck,
    "square": _square,
    "lock": _lock,
    "plus": _plus,
    "minus": _minus,
    "menu": _menu,
}
NAMES = tuple(_SIGNS)

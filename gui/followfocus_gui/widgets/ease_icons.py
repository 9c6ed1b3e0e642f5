# SPDX-License-Identifier: MIT
"""Easings drawn as the ring's speed, small on a button and in a list, large in the panel of all of them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from followfocus_gui.state.ease_names import speed_curve
from followfocus_gui.widgets.theme import colour

HIGHEST = 2.25
"""Times the mean speed: no everyday ease is quicker in its middle"""


def draw_ease(painter: QPainter, easing: str, box: QRectF, tone: QColor, *, width: float = 2.0) -> None:
    """The speed over the time, filled below."""
    points = _outline(easing, box.left(), box.top(), box.width(), box.height())
    fill = QColor(tone)
    fill.setAlpha(60)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPolygon(points)
    pen = QPen(tone, width)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(points)
    painter.restore()


@lru_cache(maxsize=256)
def _outline(easing: str, left: float, top: float, width: float, height: float) -> QPolygonF:
    times, speeds = speed_curve(easing)
    points = [QPointF(left, top + height)]
    ends = [(0.0, speeds[0]), *zip(times, speeds, strict=True), (1.0, speeds[-1])]
    for at, speed in ends if speeds[0] > 0.5 else ends[1:-1]:
        up = min(max(float(speed), 0.0), HIGHEST) / HIGHEST
        points.append(QPointF(left + width * float(at), top + height * (1.0 - up)))
    points.append(QPointF(left + width, top + height))
    return QPolygonF(points)


def ease_icon(easing: str, size: QSize, ratio: float) -> QIcon:
    """The same as an icon, in the theme's colours."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_ease(painter, easing, QRectF(2, 2, size.width() - 4, size.height() - 4), colour("text"))
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon

# SPDX-License-Identifier: MIT
"""How the marking disk is drawn: where everything lies on it, and the pencil, scale, needle and hub.

From the rim inwards: the scale with stops and soft limits, the white disk with pencil marks, the hub with the state.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from followfocus_gui.state.views import RingView
from followfocus_gui.widgets.theme import colour, figure_font

SPREAD_DEG = 318.0
"""The most of the circle that the travel takes; a longer throw is drawn to fit."""
RIM, SCALE_TEXT, DISK, HUB = 0.97, 0.885, 0.80, 0.42
TRACKS = (0.70, 0.595, 0.50)
"""Radii of the marks' letters, as shares of the disk's: neighbours that would overlap step inwards."""


@dataclass(frozen=True, slots=True)
class DiskPlace:
    """Where things lie on a disk of a size in pixels; ring angles run clockwise, infinity on the left."""

    width: float
    height: float
    travel_deg: float = 300.0

    @property
    def radius(self) -> float:
        """Pixels from the centre to the rim."""
        return min(self.width, self.height) / 2.0 - 2.0

    @property
    def centre(self) -> QPointF:
        """The middle of the disk."""
        return QPointF(self.width / 2.0, self.height / 2.0)

    @property
    def screen_per_deg(self) -> float:
        """Degrees on screen for a degree of the ring."""
        return min(1.0, SPREAD_DEG / max(self.travel_deg, 1e-9))

    @property
    def bubble(self) -> float:
        """Pixels from the middle of a mark's letter to its edge."""
        return max(11.0, self.radius * 0.062)

    def point(self, ring_deg: float, share: float) -> QPointF:
        """Where a ring angle lies on screen, at a share of the radius."""
        # Clockwise from the top: half the travel is straight up.
        angle = math.radians((ring_deg - self.travel_deg / 2.0) * self.screen_per_deg)
        reach, centre = share * self.radius, self.centre
        return QPointF(centre.x() + reach * math.sin(angle), centre.y() - reach * math.cos(angle))

    def hand_deg(self, position: QPointF) -> float:
        """Degrees on screen, clockwise from the top, of a point under the hand."""
        centre = self.centre
        return math.degrees(math.atan2(position.x() - centre.x(), centre.y() - position.y()))

    def sector(self, start_deg: float, end_deg: float, inner: float, outer: float) -> QPolygonF:
        """A piece of a ring between two angles, as a polygon with a corner every two degrees."""
        count = max(2, int(abs(end_deg - start_deg) / 2.0) + 2)
        angles = [start_deg + (end_deg - start_deg) * i / (count - 1) for i in range(count)]
        rim = [self.point(angle, outer) for angle in angles]
        return QPolygonF(rim + [self.point(angle, inner) for angle in reversed(angles)])

    def spots(self, view: RingView) -> list[QPointF]:
        """Where each mark's letter stands."""
        placed: dict[int, QPointF] = {}
        for index in sorted(range(len(view.marks)), key=lambda i: view.marks[i].ring_deg):
            options = [self.point(view.marks[index].ring_deg, track) for track in TRACKS]
            clear = [spot for spot in options if all(_apart(spot, p) > 2.1 * self.bubble for p in placed.values())]
            placed[index] = (clear or options)[0]
        return [placed[index] for index in range(len(view.marks))]

    def mark_at(self, view: RingView, position: QPointF, least_px: float) -> int | None:
        """The mark whose letter is under a point, or nearer than `least_px`."""
        near = [(_apart(position, spot), index) for index, spot in enumerate(self.spots(view))]
        best = min(near, default=(math.inf, -1))
        return best[1] if best[0] <= max(least_px, self.bubble) else None

    def holds(self, box: QRectF) -> bool:
        """Whether a box lies wholly on the white, between hub and scale."""
        corners = box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()
        reaches = [_apart(corner, self.centre) for corner in corners]
        return max(reaches) < DISK * self.radius and min(reaches) > HUB * self.radius


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())


class DiskPainter:
    """Paints one view with a painter: `still` what stays, `moving` what a frame changes."""

    def __init__(self, painter: QPainter, place: DiskPlace, view: RingView, needle_deg: float | None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter, self._place, self._view, self._needle_deg = painter, place, view, needle_deg

    def still(self) -> None:
        """The disk, its scale and its limits."""
        painter, radius, centre = self._painter, self._place.radius, self._place.centre
        painter.setPen(QPen(colour("outline"), 1))
        painter.setBrush(colour("panel"))
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(colour("disk"))
        painter.drawEllipse(centre, DISK * radius, DISK * radius)
        self._draw_scale()
        self._draw_limits()

    def moving(self, *, focused: bool) -> None:
        """Wedge, marks, needle and hub."""
        self._draw_wedge()
        self._draw_marks()
        self._draw_names()
        self._draw_needle()
        self._draw_hub(focused=focused)

    def _draw_scale(self) -> None:
        painter, view = self._painter, self._view
        font = figure_font(max(11, round(self._place.radius * 0.062)))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        taken: list[QRectF] = []
        for ring_deg, text, major in sorted(view.scale, key=lambda entry: not entry[2]):
            painter.setPen(QPen(colour("text" if major else "faint"), 2 if major else 1))
            painter.drawLine(
                self._place.point(ring_deg, DISK + 0.005),
                self._place.point(ring_deg, DISK + (0.035 if major else 0.02)),
            )
            box = metrics.boundingRect(text).adjusted(-4, -2, 4, 2)
            box.moveCenter(self._place.point(ring_deg, SCALE_TEXT + 0.02))
            if text and not any(box.intersects(other) for other in taken):
                taken.append(box)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_limits(self) -> None:
        """Hard stops as bars across the rim, what lies beyond a soft limit hatched."""
        painter, view = self._painter, self._view
        if view.stops:
            painter.setPen(QPen(colour("text"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for ring_deg in (0.0, view.travel_deg):
                painter.drawLine(self._place.point(ring_deg, HUB + 0.02), self._place.point(ring_deg, DISK + 0.035))
        low, high = view.soft_limits
        for start, end in ((0.0, low), (high, view.travel_deg)):
            if end - start > 1e-6:
                painter.setPen(Qt.PenStyle.NoPen)
                brush = colour("bad", 150)
                painter.setBrush(brush)
                painter.drawPolygon(self._place.sector(start, end, HUB + 0.02, DISK))
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                painter.drawPolygon(self._place.sector(start, end, HUB + 0.02, DISK))

    def _draw_wedge(self) -> None:
        painter, view = self._painter, self._view
        if self._needle_deg is None or view.half_dof_deg <= 0:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("plan", 120))
        low = max(0.0, self._needle_deg - view.half_dof_deg)
        high = min(view.travel_deg, self._needle_deg + view.half_dof_deg)
        painter.drawPolygon(self._place.sector(low, high, HUB, DISK))

    def _draw_marks(self) -> None:
        painter, view = self._painter, self._view
        bubble = self._place.bubble
        for mark, spot in zip(view.marks, self._place.spots(view), strict=True):
            pen = QPen(colour("pencil"), 3 if mark.selected else 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(self._place.point(mark.ring_deg, HUB + 0.03), self._place.point(mark.ring_deg, DISK))
            painter.setBrush(colour("pencil") if mark.selected or mark.sharp else colour("disk"))
            if mark.locked:
                painter.drawRect(QRectF(spot.x() - bubble, spot.y() - bubble, 2 * bubble, 2 * bubble))
            else:
                painter.drawEllipse(spot, bubble, bubble)
            painter.setPen(colour("disk") if mark.selected or mark.sharp else colour("pencil"))
            painter.setFont(figure_font(round(bubble * 1.25), bold=True))
            box = QRectF(spot.x() - bubble, spot.y() - bubble, 2 * bubble, 2 * bubble)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.letter)

    def _draw_names(self) -> None:
        """Names beside their letters, on the side that has room; one that would cover a mark is left out."""
        painter, view = self._painter, self._view
        bubble = self._place.bubble
        painter.setFont(figure_font(round(bubble * 1.05)))
        metrics = QFontMetricsF(painter.font())
        spots = self._place.spots(view)
        taken = [QRectF(p.x() - bubble, p.y() - bubble, 2 * bubble, 2 * bubble) for p in spots]
        for mark, spot in zip(view.marks, spots, strict=True):
            width = metrics.horizontalAdvance(mark.name) + 6
            for left in (spot.x() - bubble - width - 2, spot.x() + bubble + 2):
                box = QRectF(left, spot.y() - metrics.height() / 2, width, metrics.height())
                if mark.name and self._place.holds(box) and not any(box.intersects(other) for other in taken):
                    taken.append(box)
                    painter.setPen(colour("pencil"))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.name)
                    break

    def _draw_needle(self) -> None:
        painter, view = self._painter, self._view
        if view.landing_deg is not None:
            painter.setPen(QPen(colour("good"), 3))
            painter.drawLine(
                self._place.point(view.landing_deg, DISK - 0.06), self._place.point(view.landing_deg, DISK)
            )
        if view.target_deg is not None and self._needle_deg is not None:
            painter.setPen(QPen(colour("needle", 130), 2, Qt.PenStyle.DashLine))
            painter.drawLine(self._place.point(view.target_deg, HUB), self._place.point(view.target_deg, RIM))
        if self._needle_deg is None:
            return
        painter.setPen(QPen(colour("needle"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._place.point(self._needle_deg, HUB), self._place.point(self._needle_deg, DISK + 0.03))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("needle"))
        half = 0.022 * 360 / (2 * math.pi * RIM) / self._place.screen_per_deg
        tip = [
            self._place.point(self._needle_deg, DISK + 0.015),
            self._place.point(self._needle_deg - 2 * half, DISK - 0.075),
            self._place.point(self._needle_deg + 2 * half, DISK - 0.075),
        ]
        painter.drawPolygon(QPolygonF(tip))

    def _draw_hub(self, *, focused: bool) -> None:
        painter, view = self._painter, self._view
        radius, centre = self._place.radius * HUB, self._place.centre
        painter.setPen(QPen(colour("accent" if focused else "outline"), 2))
        painter.setBrush(colour("raised"))
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(colour("text" if view.enabled else "faint"))
        painter.setFont(figure_font(_fitting(view.state_word, 1.7 * radius, round(radius * 0.26)), bold=True))
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawText(box.adjusted(0, 0, 0, -radius * 0.25), Qt.AlignmentFlag.AlignCenter, view.state_word)
        if self._needle_deg is not None:
            painter.setFont(figure_font(round(radius * 0.24)))
            painter.setPen(colour("faint"))
            painter.drawText(
                box.adjusted(0, radius * 0.55, 0, 0), Qt.AlignmentFlag.AlignCenter, f"{self._needle_deg:.1f}°"
            )


def _fitting(text: str, width: float, size_px: int) -> int:
    """The largest font size up to `size_px` at which `text` is no wider than `width`."""
    while size_px > 9 and QFontMetricsF(figure_font(size_px, bold=True)).horizontalAdvance(text) > width:
        size_px -= 1
    return size_px

# SPDX-License-Identifier: MIT
"""How the marking disk is drawn: where everything lies on it, and the track, scale, pencil, needle and hub.

From the rim inwards: the track with the marks' tabs, the scale, the white disk with pencil lines, the hub.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from followfocus_gui.state.label_layout import moved_apart
from followfocus_gui.state.views import MarkView, RingView
from followfocus_gui.widgets.lettering import elided, fitting, metrics
from followfocus_gui.widgets.theme import colour, figure_font

SPREAD_DEG = 318.0
"""The most of the circle that the travel takes; a longer throw is drawn to fit."""
HUB = 0.42
TRACK_WIDE = 0.10
LINE, SHORT_LINE = 0.035, 0.02
"""Lines of the scale, as shares of the radius"""
SMALL_PX = 110
"""A smaller disk has only the major distances engraved, and its parts further apart: letters don't shrink with it"""


@dataclass(frozen=True, slots=True)
class DiskPlace:
    """Where things lie on a disk of a size in pixels; ring angles run clockwise, infinity on the left."""

    width: float
    height: float
    travel_deg: float = 300.0

    @property
    def radius(self) -> float:
        """Pixels from the centre to the rim."""
        return min(self.width, self.height) / 2.0 - 3.0

    @property
    def small(self) -> bool:
        """There is room for the major distances only."""
        return self.radius < SMALL_PX

    @property
    def track(self) -> float:
        """The middle of the track with the marks' tabs, as a share of the radius."""
        return 0.94 if self.small else 0.92

    @property
    def scale(self) -> float:
        """The middle of the scale's figures, between the white disk and the tabs."""
        return 0.765 if self.small else 0.795

    @property
    def disk(self) -> float:
        """The rim of the white disk."""
        return 0.65 if self.small else 0.69

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
        """Pixels from the middle of a mark's tab to its edge."""
        return max(8.0, self.radius * 0.078)

    def point(self, ring_deg: float, share: float) -> QPointF:
        """Where a ring angle lies on screen, at a share of the radius."""
        # Clockwise from the top: half the travel is straight up.
        angle = math.radians((ring_deg - self.travel_deg / 2.0) * self.screen_per_deg)
        reach, centre = share * self.radius, self.centre
        return QPointF(centre.x() + reach * math.sin(angle), centre.y() - reach * math.cos(angle))

    def figure_at(self, ring_deg: float, width: float, height: float) -> QPointF:
        """The middle of a figure of the scale: clear of its line, which beside it would be read as a minus."""
        out = self.point(ring_deg, 1.0) - self.centre
        # Along the line, from the figure's middle to its edge.
        reach = self.radius / 2.0 * min(width / max(abs(out.x()), 1e-9), height / max(abs(out.y()), 1e-9))
        return self.point(ring_deg, max(self.scale, self.disk + LINE + reach / self.radius))

    def hand_deg(self, position: QPointF) -> float:
        """Degrees on screen, clockwise from the top, of a point under the hand."""
        centre = self.centre
        return math.degrees(math.atan2(position.x() - centre.x(), centre.y() - position.y()))

    def reach(self, position: QPointF) -> float:
        """How far from the centre a point is, as a share of the radius."""
        return _apart(position, self.centre) / self.radius

    def sector(self, start_deg: float, end_deg: float, inner: float, outer: float) -> QPolygonF:
        """A piece of a ring between two angles, as a polygon with a corner every two degrees."""
        count = max(2, int(abs(end_deg - start_deg) / 2.0) + 2)
        angles = [start_deg + (end_deg - start_deg) * i / (count - 1) for i in range(count)]
        rim = [self.point(angle, outer) for angle in angles]
        return QPolygonF(rim + [self.point(angle, inner) for angle in reversed(angles)])

    def tabs_deg(self, view: RingView) -> list[float]:
        """The ring angle at which each mark's tab stands: its own, or as near as its neighbours leave room."""
        apart = math.degrees(2.1 * self.bubble / (self.track * self.radius)) / self.screen_per_deg
        return moved_apart([mark.ring_deg for mark in view.marks], apart)

    def spots(self, view: RingView) -> list[QPointF]:
        """Where each mark's tab stands on the track."""
        return [self.point(ring_deg, self.track) for ring_deg in self.tabs_deg(view)]

    def mark_at(self, view: RingView, position: QPointF, least_px: float) -> int | None:
        """The mark whose tab is under a point, or nearer than `least_px`; never on the white disk or its scale."""
        if self.reach(position) < self.scale + 0.03:
            return None
        near = [(_apart(position, spot), index) for index, spot in enumerate(self.spots(view))]
        best = min(near, default=(math.inf, -1))
        return best[1] if best[0] <= max(least_px, self.bubble) else None


def _apart(one: QPointF, other: QPointF) -> float:
    return math.hypot(one.x() - other.x(), one.y() - other.y())


def _reaches(box: QRectF, spot: QPointF, reach: float) -> bool:
    """Whether a disc about a spot reaches into a box."""
    inside = QPointF(
        min(max(spot.x(), box.left()), box.right()),
        min(max(spot.y(), box.top()), box.bottom()),
    )
    return _apart(inside, spot) < reach


@dataclass(frozen=True, slots=True)
class ScaleFigure:
    """A figure of the scale, and the room that it takes."""

    text: str
    box: QRectF
    major: bool


def figure_px(place: DiskPlace) -> int:
    """Letters of the scale's figures."""
    return max(11, round(place.radius * 0.092))


def figures(place: DiskPlace, view: RingView) -> list[ScaleFigure]:
    """The figures that have room, the major ones first: none over another, none half under a mark's tab."""
    kept: list[ScaleFigure] = []
    spots = place.spots(view)
    for ring_deg, text, major in sorted(view.scale, key=lambda entry: not entry[2]):
        if not text or (place.small and not major):
            continue
        box = metrics(figure_px(place), bold=major).boundingRect(text).adjusted(-2, -1, 2, 1)
        box.moveCenter(place.figure_at(ring_deg, box.width(), box.height()))
        # Half a figure beside a tab could be read for another: the line alone, then.
        covered = any(_reaches(box, spot, place.bubble + 2.0) for spot in spots)
        if not covered and not any(box.intersects(other.box) for other in kept):
            kept.append(ScaleFigure(text, box, major))
    return kept


@dataclass(frozen=True, slots=True)
class Hand:
    """The hand on the disk: the gear it turns in, and the mark it has taken hold of."""

    gear: str = "coarse"
    gripped: int | None = None


class DiskPainter:
    """Paints one view with a painter: `still` what stays, `moving` what a frame changes."""

    def __init__(self, painter: QPainter, place: DiskPlace, view: RingView, hand: Hand | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter, self._place, self._view = painter, place, view
        self._hand = Hand() if hand is None else hand
        self._needle_deg = view.needle_deg
        self._low = "" if view.enabled else "low"

    def still(self) -> None:
        """The track, the disk, its scale and its limits."""
        painter, place = self._painter, self._place
        radius, centre = place.radius, place.centre
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("raised"))
        travel = self._view.travel_deg
        painter.drawPolygon(self._place.sector(0.0, travel, place.track - TRACK_WIDE / 2, place.track + TRACK_WIDE / 2))
        painter.setBrush(colour(f"disk{self._low}"))
        painter.drawEllipse(centre, self._place.disk * radius, self._place.disk * radius)
        self._draw_scale()
        self._draw_limits()

    def moving(self, *, focused: bool) -> None:
        """Marks, sharp range, needle and hub, and the mark in the hand."""
        self._draw_marks()
        self._draw_wedge()
        self._draw_needle()
        if self._hand.gripped is not None:
            self._draw_tab(self._view.marks[self._hand.gripped], self._spot(self._hand.gripped), grown=True)
        self._draw_hub(focused=focused)

    def _spot(self, index: int) -> QPointF:
        return self._place.spots(self._view)[index]

    def _draw_scale(self) -> None:
        painter, view, place = self._painter, self._view, self._place
        for ring_deg, _, major in view.scale:
            painter.setPen(QPen(colour("text" if major else "faint"), 2 if major else 1))
            line = LINE if major else SHORT_LINE
            painter.drawLine(place.point(ring_deg, place.disk + 0.005), place.point(ring_deg, place.disk + line))
        for figure in figures(place, view):
            painter.setPen(colour("text" if figure.major else "faint"))
            painter.setFont(figure_font(figure_px(place), bold=figure.major))
            painter.drawText(figure.box.adjusted(-6, -4, 6, 4), Qt.AlignmentFlag.AlignCenter, figure.text)

    def _draw_limits(self) -> None:
        """Hard stops as bars across the disk, what lies beyond a soft limit hatched."""
        painter, view = self._painter, self._view
        if view.stops:
            painter.setPen(QPen(colour("engraving" if view.enabled else "faint"), 4))
            for ring_deg in (0.0, view.travel_deg):
                painter.drawLine(self._place.point(ring_deg, HUB + 0.02), self._place.point(ring_deg, self._place.disk))
        low, high = view.soft_limits
        for start, end in ((0.0, low), (high, view.travel_deg)):
            if end - start > 1e-6:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour("bad", 150))
                painter.drawPolygon(self._place.sector(start, end, HUB + 0.02, self._place.disk))
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                painter.drawPolygon(self._place.sector(start, end, HUB + 0.02, self._place.disk))

    def _draw_marks(self) -> None:
        """A pencil line on the disk for each mark, and its tab on the track."""
        painter, view = self._painter, self._view
        for mark, spot in zip(view.marks, self._place.spots(view), strict=True):
            pen = QPen(colour("pencil" if view.enabled else "faint"), 4 if mark.selected else 2.5)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(
                self._place.point(mark.ring_deg, HUB + 0.08), self._place.point(mark.ring_deg, self._place.disk - 0.02)
            )
            painter.setPen(QPen(colour("outline"), 1))
            painter.drawLine(self._place.point(mark.ring_deg, self._place.disk + 0.04), spot)
            self._draw_tab(mark, spot, grown=False)

    def _draw_tab(self, mark: MarkView, spot: QPointF, *, grown: bool) -> None:
        painter = self._painter
        reach = self._place.bubble * (1.5 if grown else 1.0)
        chosen = mark.selected and self._view.enabled
        painter.setPen(QPen(colour("text"), 2 if chosen else 1.5))
        painter.setBrush(colour("accent" if chosen else "raised"))
        box = QRectF(spot.x() - reach, spot.y() - reach, 2 * reach, 2 * reach)
        if mark.locked:
            painter.drawRoundedRect(box, 3, 3)
        else:
            painter.drawEllipse(box)
        painter.setPen(colour("window" if chosen else "text"))
        painter.setFont(figure_font(round(reach * 1.2), bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.letter)

    def _draw_wedge(self) -> None:
        """The sharp range about the needle, at the disk's edge."""
        painter, view = self._painter, self._view
        if self._needle_deg is None or view.half_dof_deg <= 0:
            return
        low = max(0.0, self._needle_deg - view.half_dof_deg)
        high = min(view.travel_deg, self._needle_deg + view.half_dof_deg)
        painter.setPen(QPen(colour("good"), 1.5))
        painter.setBrush(colour("good", 90))
        painter.drawPolygon(self._place.sector(low, high, self._place.disk - 0.06, self._place.disk + 0.02))

    def _draw_needle(self) -> None:
        painter, view = self._painter, self._view
        if view.landing_deg is not None:
            painter.setPen(QPen(colour("good"), 3))
            painter.drawLine(
                self._place.point(view.landing_deg, HUB + 0.04), self._place.point(view.landing_deg, self._place.disk)
            )
        if self._needle_deg is None:
            return
        tone = colour(f"needle{self._low}")
        if view.target_deg is not None:
            painter.setPen(QPen(tone, 2, Qt.PenStyle.DashLine))
            painter.drawLine(
                self._place.point(view.target_deg, HUB), self._place.point(view.target_deg, self._place.disk + 0.03)
            )
        half = 4.2 / self._place.screen_per_deg
        tip = [
            self._place.point(self._needle_deg, self._place.disk - 0.01),
            self._place.point(self._needle_deg - half, HUB + 0.05),
            self._place.point(self._needle_deg + half, HUB + 0.05),
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawPolygon(QPolygonF(tip))

    def _draw_hub(self, *, focused: bool) -> None:
        painter, view = self._painter, self._view
        radius, centre = self._place.radius * HUB, self._place.centre
        painter.setPen(QPen(colour("accent" if focused else "edge"), 2))
        painter.setBrush(colour("window"))
        painter.drawEllipse(centre, radius, radius)
        gripped = self._hand.gripped
        deg = self._needle_deg if gripped is None else view.marks[gripped].ring_deg
        above = "– –" if deg is None else f"{deg:z.1f}°"
        below = f"of {view.travel_deg:z.0f}°" if gripped is None else f"mark {view.marks[gripped].letter}"
        self._hub_line(above, centre.y() - radius * 0.32, round(radius * 0.40), "text", bold=True)
        self._hub_line(below, centre.y() + radius * 0.06, round(radius * 0.25), "faint", bold=False)
        self._draw_pill(self._hand.gear if view.enabled else "locked", centre, radius)

    def _hub_line(self, text: str, middle_y: float, size_px: int, tone: str, *, bold: bool) -> None:
        radius, centre = self._place.radius * HUB, self._place.centre
        size = fitting((text,), round(1.7 * radius), max(11, size_px), bold=bold)
        self._painter.setFont(figure_font(size, bold=bold))
        self._painter.setPen(colour(tone))
        box = QRectF(centre.x() - radius, middle_y - size, 2 * radius, 2 * size)
        self._painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_pill(self, word: str, centre: QPointF, radius: float) -> None:
        """The gear that the hand turns in, or that nothing can be turned."""
        painter, size = self._painter, max(11, round(radius * 0.22))
        room = QRectF(centre.x() - radius * 0.62, centre.y() + radius * 0.34, radius * 1.24, size * 1.7)
        painter.setPen(QPen(colour("outline"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        painter.setPen(colour("text" if word != "locked" else "faint"))
        painter.setFont(figure_font(size))
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, elided(word, room.width() - 8, size))

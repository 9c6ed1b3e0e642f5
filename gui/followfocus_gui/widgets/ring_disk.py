"""The marking disk: the white disk of a follow focus, with the lens's scale around it and the marks in pencil on it.

From the rim inwards: the scale with stops and soft limits, the white disk with pencil marks, the hub with the state.
The scale is drawn once per view into a picture; the needle and what moves with it are drawn over it at every frame.
Dragging turns the ring by as much as the hand turns, wherever it took hold, so a touch never makes the motor jump.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from followfocus_gui.state.views import RingView
from followfocus_gui.widgets.theme import colour, figure_font

SPREAD_DEG = 318.0
"""The most of the circle that the travel takes; a longer throw is drawn to fit."""
RIM, SCALE_TEXT, DISK, HUB = 0.97, 0.885, 0.80, 0.42
STEP_DEG, FINE_STEP_DEG = 1.0, 0.1
FINE = 0.1
GRAB_PX = 24.0


class RingDisk(QWidget):
    """The disk as a control: shows a RingView, says what the hand wants."""

    targetRequested = Signal(float, bool)
    markDragged = Signal(int, float)
    markSelected = Signal(int)
    markDoubleClicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ringDisk")
        self.setAccessibleName("Marking disk")
        self.setAccessibleDescription("Drag, turn the wheel or use the arrow keys to turn the ring; Shift is fine.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(180, 180)
        self._view: RingView | None = None
        self._needle_deg: float | None = None
        self._still: QPixmap | None = None
        self._grabbed_mark: int | None = None
        self._grab_angle: float | None = None
        self._wanted_deg = 0.0

    def sizeHint(self) -> QSize:
        """A disk that is readable at arm's length."""
        return QSize(420, 420)

    # What is shown ------------------------------------------------------------------------------------------------

    def set_view(self, view: RingView) -> None:
        """Show `view`; the still picture is drawn anew only where something of it changed."""
        before = self._view
        self._view = view
        self._needle_deg = view.needle_deg
        if before is None or self._still_part(before) != self._still_part(view):
            self._still = None
        self.update()

    @staticmethod
    def _still_part(view: RingView) -> tuple[object, ...]:
        return (view.scale, view.travel_deg, view.soft_limits, view.stops)

    # Geometry ------------------------------------------------------------------------------------------------

    def _radius(self) -> float:
        return min(self.width(), self.height()) / 2.0 - 2.0

    def _centre(self) -> QPointF:
        return QPointF(self.width() / 2.0, self.height() / 2.0)

    def _screen_per_deg(self) -> float:
        travel = self._view.travel_deg if self._view else 300.0
        return min(1.0, SPREAD_DEG / max(travel, 1e-9))

    def _angle(self, ring_deg: float) -> float:
        """Clockwise from the top, radians: infinity on the left, close focus on the right."""
        travel = self._view.travel_deg if self._view else 300.0
        return math.radians((ring_deg - travel / 2.0) * self._screen_per_deg())

    def point(self, ring_deg: float, radius: float) -> QPointF:
        """Where a ring angle lies on screen, at a share `radius` of the disk's radius."""
        angle, reach = self._angle(ring_deg), radius * self._radius()
        centre = self._centre()
        return QPointF(centre.x() + reach * math.sin(angle), centre.y() - reach * math.cos(angle))

    def _mouse_angle(self, position: QPointF) -> float:
        centre = self._centre()
        return math.degrees(math.atan2(position.x() - centre.x(), centre.y() - position.y()))

    # Drawing ------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The still picture, then marks, wedge, needle and state."""
        if self._view is None:
            return
        if self._still is None:
            self._still = self._draw_still(self._view)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_wedge(painter, self._view)
        self._draw_marks(painter, self._view)
        self._draw_needle(painter, self._view)
        self._draw_hub(painter, self._view)
        painter.end()

    def _draw_still(self, view: RingView) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius, centre = self._radius(), self._centre()
        painter.setPen(QPen(colour("outline"), 1))
        painter.setBrush(colour("panel"))
        painter.drawEllipse(centre, radius, radius)
        painter.setBrush(colour("disk"))
        painter.drawEllipse(centre, DISK * radius, DISK * radius)
        self._draw_scale(painter, view)
        self._draw_limits(painter, view)
        painter.end()
        return picture

    def _draw_scale(self, painter: QPainter, view: RingView) -> None:
        font = figure_font(max(11, round(self._radius() * 0.062)))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        taken: list[QRectF] = []
        for ring_deg, text, major in sorted(view.scale, key=lambda entry: not entry[2]):
            painter.setPen(QPen(colour("text" if major else "faint"), 2 if major else 1))
            painter.drawLine(
                self.point(ring_deg, DISK + 0.005), self.point(ring_deg, DISK + (0.035 if major else 0.02))
            )
            box = metrics.boundingRect(text).adjusted(-4, -2, 4, 2)
            box.moveCenter(self.point(ring_deg, SCALE_TEXT + 0.02))
            if text and not any(box.intersects(other) for other in taken):
                taken.append(box)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_limits(self, painter: QPainter, view: RingView) -> None:
        """Hard stops as bars across the rim, what lies beyond a soft limit hatched."""
        if view.stops:
            painter.setPen(QPen(colour("text"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            for ring_deg in (0.0, view.travel_deg):
                painter.drawLine(self.point(ring_deg, HUB + 0.02), self.point(ring_deg, DISK + 0.035))
        low, high = view.soft_limits
        for start, end in ((0.0, low), (high, view.travel_deg)):
            if end - start > 1e-6:
                painter.setPen(Qt.PenStyle.NoPen)
                brush = colour("bad", 150)
                painter.setBrush(brush)
                painter.drawPolygon(self._sector(start, end, HUB + 0.02, DISK))
                painter.setBrush(Qt.BrushStyle.BDiagPattern)
                painter.drawPolygon(self._sector(start, end, HUB + 0.02, DISK))

    def _sector(self, start_deg: float, end_deg: float, inner: float, outer: float) -> QPolygonF:
        count = max(2, int(abs(end_deg - start_deg) / 2.0) + 2)
        angles = [start_deg + (end_deg - start_deg) * i / (count - 1) for i in range(count)]
        rim = [self.point(angle, outer) for angle in angles]
        return QPolygonF(rim + [self.point(angle, inner) for angle in reversed(angles)])

    def _draw_wedge(self, painter: QPainter, view: RingView) -> None:
        if self._needle_deg is None or view.half_dof_deg <= 0:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("wedge", 170))
        low = max(0.0, self._needle_deg - view.half_dof_deg)
        high = min(view.travel_deg, self._needle_deg + view.half_dof_deg)
        painter.drawPolygon(self._sector(low, high, HUB, DISK))

    def _mark_tracks(self, view: RingView) -> list[float]:
        """The radius of each mark's letter: neighbours that would overlap step inwards, in turns."""
        bubble = self._bubble()
        order = sorted(range(len(view.marks)), key=lambda i: view.marks[i].ring_deg)
        radii = [0.0] * len(view.marks)
        tracks = (0.70, 0.595, 0.50)
        placed: list[QPointF] = []
        for index in order:
            ring_deg = view.marks[index].ring_deg
            options = [(self.point(ring_deg, track), track) for track in tracks]
            clear = [
                (point, track)
                for point, track in options
                if all(math.hypot(point.x() - p.x(), point.y() - p.y()) > 2.1 * bubble for p in placed)
            ]
            point, track = (clear or options)[0]
            placed.append(point)
            radii[index] = track
        return radii

    def _bubble(self) -> float:
        return max(11.0, self._radius() * 0.062)

    def _draw_marks(self, painter: QPainter, view: RingView) -> None:
        bubble = self._bubble()
        for mark, track in zip(view.marks, self._mark_tracks(view), strict=True):
            pen = QPen(colour("pencil"), 3 if mark.selected else 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(self.point(mark.ring_deg, HUB + 0.03), self.point(mark.ring_deg, DISK))
            spot = self.point(mark.ring_deg, track)
            painter.setBrush(colour("pencil") if mark.selected or mark.sharp else colour("disk"))
            if mark.locked:
                painter.drawRect(QRectF(spot.x() - bubble, spot.y() - bubble, 2 * bubble, 2 * bubble))
            else:
                painter.drawEllipse(spot, bubble, bubble)
            painter.setPen(colour("disk") if mark.selected or mark.sharp else colour("pencil"))
            painter.setFont(figure_font(round(bubble * 1.25), bold=True))
            box = QRectF(spot.x() - bubble, spot.y() - bubble, 2 * bubble, 2 * bubble)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.letter)
        self._draw_names(painter, view)

    def _draw_names(self, painter: QPainter, view: RingView) -> None:
        """Names beside their letters, on the side that has room; one that would cover a mark is left out."""
        bubble = self._bubble()
        painter.setFont(figure_font(round(bubble * 1.05)))
        metrics = QFontMetricsF(painter.font())
        spots = [self.point(m.ring_deg, t) for m, t in zip(view.marks, self._mark_tracks(view), strict=True)]
        taken = [QRectF(p.x() - bubble, p.y() - bubble, 2 * bubble, 2 * bubble) for p in spots]
        for mark, spot in zip(view.marks, spots, strict=True):
            width = metrics.horizontalAdvance(mark.name) + 6
            for left in (spot.x() - bubble - width - 2, spot.x() + bubble + 2):
                box = QRectF(left, spot.y() - metrics.height() / 2, width, metrics.height())
                if mark.name and self._on_disk(box) and not any(box.intersects(other) for other in taken):
                    taken.append(box)
                    painter.setPen(colour("pencil"))
                    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.name)
                    break

    def _on_disk(self, box: QRectF) -> bool:
        centre, radius = self._centre(), self._radius()
        reaches = [math.hypot(p.x() - centre.x(), p.y() - centre.y()) for p in _corners(box)]
        return max(reaches) < DISK * radius and min(reaches) > HUB * radius

    def _draw_needle(self, painter: QPainter, view: RingView) -> None:
        if view.landing_deg is not None:
            painter.setPen(QPen(colour("good"), 3))
            painter.drawLine(self.point(view.landing_deg, DISK - 0.06), self.point(view.landing_deg, DISK))
        if view.target_deg is not None and self._needle_deg is not None:
            painter.setPen(QPen(colour("needle", 130), 2, Qt.PenStyle.DashLine))
            painter.drawLine(self.point(view.target_deg, HUB), self.point(view.target_deg, RIM))
        if self._needle_deg is None:
            return
        painter.setPen(QPen(colour("needle"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self.point(self._needle_deg, HUB), self.point(self._needle_deg, DISK + 0.03))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("needle"))
        half = 0.022 * 360 / (2 * math.pi * RIM) / self._screen_per_deg()
        tip = [
            self.point(self._needle_deg, DISK + 0.015),
            self.point(self._needle_deg - 2 * half, DISK - 0.075),
            self.point(self._needle_deg + 2 * half, DISK - 0.075),
        ]
        painter.drawPolygon(QPolygonF(tip))

    def _draw_hub(self, painter: QPainter, view: RingView) -> None:
        radius, centre = self._radius() * HUB, self._centre()
        painter.setPen(QPen(colour("accent" if self.hasFocus() else "outline"), 2))
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

    # The hand ------------------------------------------------------------------------------------------------

    def _mark_at(self, position: QPointF) -> int | None:
        if self._view is None:
            return None
        reach = max(GRAB_PX, self._bubble())
        near = [
            (math.hypot(position.x() - p.x(), position.y() - p.y()), index)
            for index, p in enumerate(
                self.point(m.ring_deg, t) for m, t in zip(self._view.marks, self._mark_tracks(self._view), strict=True)
            )
        ]
        best = min(near, default=(math.inf, -1))
        return best[1] if best[0] <= reach else None

    def _start(self) -> float:
        view = self._view
        if view is None:
            return 0.0
        if view.target_deg is not None:
            return view.target_deg
        return self._needle_deg if self._needle_deg is not None else 0.0

    def _ask(self, ring_deg: float, *, fine: bool) -> None:
        view = self._view
        if view is None or not view.enabled:
            return
        low, high = view.soft_limits
        self._wanted_deg = min(max(ring_deg, low), high)
        self.targetRequested.emit(self._wanted_deg, fine)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a mark's letter, or of the ring anywhere else."""
        if event.button() != Qt.MouseButton.LeftButton or self._view is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._grab_angle = self._mouse_angle(event.position())
        self._grabbed_mark = self._mark_at(event.position())
        if self._grabbed_mark is not None:
            self._wanted_deg = self._view.marks[self._grabbed_mark].ring_deg
            self.markSelected.emit(self._grabbed_mark)
        else:
            self._wanted_deg = self._start()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn by as much as the hand turned; a tenth of it with Shift."""
        if self._grab_angle is None or self._view is None:
            return
        angle = self._mouse_angle(event.position())
        turned = (angle - self._grab_angle + 180.0) % 360.0 - 180.0
        self._grab_angle = angle
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        wanted = self._wanted_deg + turned / self._screen_per_deg() * (FINE if fine else 1.0)
        if self._grabbed_mark is None:
            self._ask(wanted, fine=fine)
        elif not self._view.marks[self._grabbed_mark].locked:
            self._wanted_deg = min(max(wanted, self._view.soft_limits[0]), self._view.soft_limits[1])
            self.markDragged.emit(self._grabbed_mark, self._wanted_deg)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go."""
        self._grab_angle = None
        self._grabbed_mark = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A mark's letter: go there."""
        mark = self._mark_at(event.position())
        if mark is not None:
            self.markDoubleClicked.emit(mark)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """One notch is a degree, with Shift a tenth."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / 120.0
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._ask(self._start() + notches * (FINE_STEP_DEG if fine else STEP_DEG), fine=fine)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows turn by a degree, with Shift by a tenth; Page Up and Down by ten; Home and End go to the limits."""
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = FINE_STEP_DEG if fine else STEP_DEG
        key = Qt.Key
        turns = {
            key.Key_Right: step,
            key.Key_Up: step,
            key.Key_Left: -step,
            key.Key_Down: -step,
            key.Key_PageUp: 10.0,
            key.Key_PageDown: -10.0,
        }
        pressed = key(event.key())
        if pressed in turns:
            self._ask(self._start() + turns[pressed], fine=fine)
        elif pressed in (key.Key_Home, key.Key_End) and self._view is not None:
            self._ask(self._view.soft_limits[0 if pressed == key.Key_Home else 1], fine=False)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The still picture is of another size now."""
        self._still = None
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._still = None
            self.update()
        super().changeEvent(event)


def _corners(box: QRectF) -> tuple[QPointF, ...]:
    return box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()


def _fitting(text: str, width: float, size_px: int) -> int:
    """The largest font size up to `size_px` at which `text` is no wider than `width`."""
    while size_px > 9 and QFontMetricsF(figure_font(size_px, bold=True)).horizontalAdvance(text) > width:
        size_px -= 1
    return size_px

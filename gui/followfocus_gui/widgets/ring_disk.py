# SPDX-License-Identifier: MIT
"""The marking disk: the white disk of a follow focus, with the lens's scale around it and the marks in pencil on it.

The scale is drawn once per view into a picture; the needle and what moves with it are drawn over it at every frame.
Dragging turns the ring by as much as the hand turns, wherever it took hold, so a touch never makes the motor jump.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from followfocus_gui.state.views import RingView
from followfocus_gui.widgets.disk_painter import DiskPainter, DiskPlace

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

    @property
    def _place(self) -> DiskPlace:
        travel_deg = self._view.travel_deg if self._view else 300.0
        return DiskPlace(self.width(), self.height(), travel_deg)

    def point(self, ring_deg: float, radius: float) -> QPointF:
        """Where a ring angle lies on screen, at a share `radius` of the disk's radius."""
        return self._place.point(ring_deg, radius)

    # Drawing ------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The still picture, then marks, wedge, needle and state."""
        if self._view is None:
            return
        if self._still is None:
            self._still = self._draw_still(self._view)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        DiskPainter(painter, self._place, self._view, self._needle_deg).moving(focused=self.hasFocus())
        painter.end()

    def _draw_still(self, view: RingView) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        DiskPainter(painter, self._place, view, None).still()
        painter.end()
        return picture

    # The hand ------------------------------------------------------------------------------------------------

    def _mark_at(self, position: QPointF) -> int | None:
        return None if self._view is None else self._place.mark_at(self._view, position, GRAB_PX)

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
        self._grab_angle = self._place.hand_deg(event.position())
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
        angle = self._place.hand_deg(event.position())
        turned = (angle - self._grab_angle + 180.0) % 360.0 - 180.0
        self._grab_angle = angle
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        wanted = self._wanted_deg + turned / self._place.screen_per_deg * (FINE if fine else 1.0)
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

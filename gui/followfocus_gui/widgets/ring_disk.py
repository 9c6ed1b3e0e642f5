# SPDX-License-Identifier: MIT
"""The marking disk: the white disk of a follow focus, with the lens's scale around it and the marks in pencil on it.

Track and scale are drawn once per view into a picture; marks, needle and what moves with it over it at every frame.
On the white disk a drag turns the ring, always, by as much as the hand turns, so a touch never makes the motor jump.
Marks are tabs on the outer track: a tap chooses one, and only a hold takes it along.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, QTimer, Signal
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
from followfocus_gui.widgets.disk_painter import DiskPainter, DiskPlace, Hand

STEP_DEG, FINE_STEP_DEG = 1.0, 0.1
COARSE_NOTCH_DEG, FINE_NOTCH_DEG = 5.0, 0.1
FAST_NOTCHES_S = 7.0
"""From this many notches a second on the wheel turns coarsely"""
RESTED_MS = 400
"""After such a rest the wheel begins anew, finely"""
FINE = 0.1
GRAB_PX = 22.0
GRIP_MS = 300
SLACK_PX = 7.0
"""How far a finger may slip while it holds a tab"""


class RingDisk(QWidget):
    """The disk as a control: shows a RingView, says what the hand wants."""

    targetRequested = Signal(float, bool)
    turned = Signal(float)
    """How far the hand has turned it, ring degrees: just before the target that this makes is told"""
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
        self.setMinimumSize(120, 120)
        self._view: RingView | None = None
        self._still: QPixmap | None = None
        self._tapped: int | None = None
        """The tab under the press; dragged only once it has been held"""
        self._pressed_at = QPointF()
        self._hand = Hand()
        self._grab_angle: float | None = None
        self._wanted_deg = 0.0
        self._wheel_ms = -RESTED_MS
        self._turning = False
        """The wheel goes on from what it wanted last"""
        self._grip = QTimer(self)
        self._grip.setSingleShot(True)
        self._grip.setInterval(GRIP_MS)
        self._grip.timeout.connect(self._take_grip)

    def sizeHint(self) -> QSize:
        """A disk that is readable at arm's length."""
        return QSize(420, 420)

    # What is shown ------------------------------------------------------------------------------------------------

    def set_view(self, view: RingView) -> None:
        """Show `view`; the still picture is drawn anew only where something of it changed."""
        before = self._view
        if view == before:
            return
        self._view = view
        if before is None or self._still_part(before) != self._still_part(view):
            self._still = None
        self.update()

    @staticmethod
    def _still_part(view: RingView) -> tuple[object, ...]:
        marks = tuple(mark.ring_deg for mark in view.marks)  # a figure gives way to a mark's tab
        return (view.scale, view.travel_deg, view.soft_limits, view.stops, view.enabled, marks)

    @property
    def needle_deg(self) -> float | None:
        """Where the needle is shown; None where it isn't."""
        return self._view.needle_deg if self._view is not None else None

    @property
    def gear(self) -> str:
        """How far a turn of the wheel goes now: coarse or fine."""
        return self._hand.gear

    def _set_hand(self, hand: Hand) -> None:
        if hand != self._hand:
            self._hand = hand
            self.update()

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
        DiskPainter(painter, self._place, self._view, self._hand).moving(focused=self.hasFocus())
        painter.end()

    def _draw_still(self, view: RingView) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        DiskPainter(painter, self._place, view).still()
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
        return view.needle_deg if view.needle_deg is not None else 0.0

    def _ask(self, ring_deg: float, way_deg: float = 0.0, *, fine: bool) -> None:
        view = self._view
        if view is None:
            return
        self.turned.emit(way_deg)  # also in a pull: it may be one that the hand plays in
        if not view.enabled:
            return
        low, high = view.soft_limits
        self._wanted_deg = min(max(ring_deg, low), high)
        self.targetRequested.emit(self._wanted_deg, fine)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the ring, or lay a finger on a mark's tab."""
        if event.button() != Qt.MouseButton.LeftButton or self._view is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed_at = event.position()
        self._tapped = self._mark_at(event.position())
        if self._tapped is not None:
            self._grip.start()
            return
        self._grab_angle = self._place.hand_deg(event.position())
        self._wanted_deg, self._turning = self._start(), False

    def _take_grip(self) -> None:
        """The tab was held: from here on it goes along."""
        view, mark = self._view, self._tapped
        if view is None or mark is None or mark >= len(view.marks) or view.marks[mark].locked:
            return
        self.markSelected.emit(mark)
        self._grab_angle = self._place.hand_deg(self._pressed_at)
        self._wanted_deg = view.marks[mark].ring_deg
        self._set_hand(replace(self._hand, gripped=mark))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn by as much as the hand turned; a tenth of it with Shift."""
        if self._view is None:
            return
        if self._grab_angle is None:
            slipped = event.position() - self._pressed_at
            if self._tapped is not None and slipped.manhattanLength() > SLACK_PX:
                self._grip.stop()
                self._tapped = None
            return
        angle = self._place.hand_deg(event.position())
        turned = (angle - self._grab_angle + 180.0) % 360.0 - 180.0
        self._grab_angle = angle
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._set_hand(replace(self._hand, gear="fine" if fine else "coarse"))
        way = turned / self._place.screen_per_deg * (FINE if fine else 1.0)
        wanted = self._wanted_deg + way
        gripped = self._hand.gripped
        if gripped is None:
            self._ask(wanted, way, fine=fine)
        elif gripped < len(self._view.marks):
            low, high = self._view.soft_limits
            self._wanted_deg = min(max(wanted, low), high)
            self.markDragged.emit(gripped, self._wanted_deg)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let go; a tab that was only tapped is chosen."""
        if self._tapped is not None and self._hand.gripped is None:
            self.markSelected.emit(self._tapped)
        self.let_go()

    def let_go(self) -> None:
        """The hand turns nothing more before it has taken hold anew: after STOP a drag that goes on is no wish."""
        self._grip.stop()
        self._tapped = self._grab_angle = None
        self._set_hand(replace(self._hand, gripped=None))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A mark's letter: go there."""
        mark = self._mark_at(event.position())
        if mark is not None:
            self.markDoubleClicked.emit(mark)
        else:
            self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turned fast a notch is five degrees, slowly or with Shift a tenth."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / 120.0
        passed_ms, self._wheel_ms = event.timestamp() - self._wheel_ms, event.timestamp()
        fast = 0 < passed_ms < RESTED_MS and abs(notches) * 1000.0 / passed_ms >= FAST_NOTCHES_S
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier) or not fast
        self._set_hand(replace(self._hand, gear="fine" if fine else "coarse"))
        # Notches that come faster than the ring is told anew add up.
        start = self._wanted_deg if self._turning and passed_ms < RESTED_MS else self._start()
        self._turning = self._view is not None and self._view.enabled
        way = notches * (FINE_NOTCH_DEG if fine else COARSE_NOTCH_DEG)
        self._ask(start + way, way, fine=fine)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows turn by a degree, with Shift by a tenth; Page Up and Down by ten; Home and End go to the limits."""
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._set_hand(replace(self._hand, gear="fine" if fine else "coarse"))
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
            self._ask(self._start() + turns[pressed], turns[pressed], fine=fine)
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

# SPDX-License-Identifier: MIT
"""The hand on the curve: which handle a finger or the mouse takes, and where it drags it.

Every handle is taken within 22 px of it, however small it is drawn; anywhere else on the plots is the time cursor, so
that scrubbing needs no aim. Qt makes mouse events of touches that nobody takes, so one path serves both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from followfocus_gui.plot.items import GRIP, Handle, Part
from followfocus_gui.widgets.theme import TOUCH_PX

_SHAPES = {
    Part.END: Qt.CursorShape.SizeHorCursor,
    Part.HOLD: Qt.CursorShape.SizeHorCursor,
    Part.IN: Qt.CursorShape.OpenHandCursor,
    Part.OUT: Qt.CursorShape.OpenHandCursor,
    Part.CURSOR: Qt.CursorShape.ArrowCursor,
}


@dataclass(frozen=True, slots=True)
class Reach:
    """The reach of a hand: the handles, the area where an end line is taken at any height, and where one scrubs."""

    handles: tuple[Handle, ...]
    upper: QRectF
    plots: QRectF


def taken(at: QPointF, reach: Reach) -> Handle | None:
    """The handle that a press at this point takes; None outside of the plots.

    Knobs come before grips, grips before the end's line, so that what is small is never covered by what is large.
    """
    half = TOUCH_PX / 2
    knobs = [h for h in reach.handles if h.part in (Part.IN, Part.OUT)]
    grips = [h for h in reach.handles if h.part in (Part.HOLD, Part.END)]
    for handles, across, down in ((knobs, half, half), (grips, half, half + GRIP.height() / 2)):
        near = [h for h in handles if abs(h.x - at.x()) <= across and abs(h.y - at.y()) <= down]
        if near:
            return min(near, key=lambda h: abs(h.x - at.x()) + abs(h.y - at.y()))
    for handle in grips:
        on_line = abs(handle.x - at.x()) <= half and reach.upper.top() <= at.y() <= reach.upper.bottom()
        if handle.part is Part.END and on_line:
            return handle
    return Handle(Part.CURSOR, at.x(), at.y()) if reach.plots.contains(at) else None


class Hands(QObject):
    """Turns presses, moves and releases on a viewport into grabs, drags and drops of handles."""

    grabbed = Signal(object)
    dragged = Signal(object, QPointF)
    """(the Handle, where it is dragged to, in pixels; where it was taken off its middle is allowed for)"""
    dropped = Signal(object)

    def __init__(self, viewport: QWidget, reach: Callable[[], Reach], parent: QObject) -> None:
        super().__init__(parent)
        self._viewport, self._reach = viewport, reach
        self._held: Handle | None = None
        self._off = QPointF()
        viewport.installEventFilter(self)

    @property
    def held(self) -> Handle | None:
        """The part in the hand, as it was when it was taken."""
        return self._held

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the left button's events; leave all others."""
        if watched is not self._viewport or not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        # Qt makes a double click of the second of two quick presses: to a hand it is another press.
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            return self._press(event)
        if kind is QEvent.Type.MouseMove:
            return self._move(event)
        return self._release(event) if kind is QEvent.Type.MouseButtonRelease else False

    def _press(self, event: QMouseEvent) -> bool:
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        handle = taken(event.position(), self._reach())
        if handle is None:
            return False
        self._held = handle
        # A handle must not leap to the finger that took it a few pixels off: what is dragged keeps its distance.
        self._off = QPointF(handle.x, handle.y) - event.position()
        self.grabbed.emit(handle)
        if handle.part is Part.CURSOR:
            self.dragged.emit(handle, event.position())
        return True

    def _move(self, event: QMouseEvent) -> bool:
        if self._held is not None:
            self.dragged.emit(self._held, event.position() + self._off)
            return True
        handle = taken(event.position(), self._reach())
        self._viewport.setCursor(_SHAPES[handle.part] if handle is not None else Qt.CursorShape.ArrowCursor)
        return True

    def _release(self, event: QMouseEvent) -> bool:
        held, self._held = self._held, None
        if held is None or event.button() is not Qt.MouseButton.LeftButton:
            return False
        self.dropped.emit(held)
        return True

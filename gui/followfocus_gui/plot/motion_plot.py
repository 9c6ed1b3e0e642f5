# SPDX-License-Identifier: MIT
"""The curve of a pull: ring angle (or distance) over time above, speed below, and each subject's band of sharpness.

Here is what the curve says and hears; `canvas` draws it. Showing is never commanding: only a hand or a key makes
a signal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from followfocus.arrays import FloatArray
from followfocus_gui.plot.canvas import PlotCanvas
from followfocus_gui.plot.curve_drags import asked_by_drag
from followfocus_gui.plot.curve_keys import asked_by_key
from followfocus_gui.plot.curve_wish import CurveWish
from followfocus_gui.plot.hands import Hands
from followfocus_gui.plot.items import Handle, Part, PlotPicture
from followfocus_gui.plot.layout import Panel, hold_mark
from followfocus_gui.plot.remarks import RemarkLine
from followfocus_gui.state.views import CurveView, Remark, moment
from followfocus_gui.widgets.parts import Words
from followfocus_gui.widgets.scale import px
from followfocus_gui.widgets.theme import colour

_NOTHING: FloatArray = np.empty(0)
FOOT_FROM_PX = 220
"""From this height on words stand below the curve"""


class MotionPlot(QWidget):
    """Plan and take over time, with handles for duration, easing and holds, and a time cursor."""

    durationDragged = Signal(float)
    """The new duration, seconds, at every move of the hand."""
    handlesDragged = Signal(float, float, float, float)
    """Bézier handles x1, y1, x2, y2, shares of time and travel, at every move."""
    holdDragged = Signal(int, float)
    """(index of the mark, new length in seconds), when the hand lets go."""
    cursorMoved = Signal(float)
    """Seconds from GO, within the pull, at every move."""
    dragStarted = Signal()
    dragEnded = Signal()
    """Around all moves of one hold of the hand, so that they can be one step of undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve")
        self.setAccessibleName("Curve of the pull")
        self.setAccessibleDescription("Left and right move the time, up and down the duration; Shift is fine.")
        self.setMinimumSize(200, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._off_words, self._all = "", False
        self._stretched_s: float | None = None
        self._canvas = PlotCanvas(self)
        self._hands = Hands(self._canvas, self._canvas.reach, self)
        self._hands.grabbed.connect(self._grab)
        self._hands.dragged.connect(self._drag)
        self._hands.dropped.connect(self._drop)
        self._build()

    def _build(self) -> None:
        self._words = RemarkLine(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(0)
        layout.addWidget(self._canvas, 1)
        layout.addWidget(self._words)
        self._why = Words("", self, px=13)
        self._why.setObjectName("curveNothing")
        self._why.setWordWrap(True)
        self._why.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._why.setMargin(4)
        self._why.hide()
        layout.addWidget(self._why, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In little height the curve has all the room."""
        super().resizeEvent(event)
        self._show_foot()

    def _show_foot(self) -> None:
        self._words.setVisible(self.height() >= px(FOOT_FROM_PX) and self._why.isHidden())

    def show_all(self, *, on: bool) -> None:
        """Show the bands of all subjects, or of the first and the last alone."""
        self._all = on
        self._show_again()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._canvas.paint_theme()
            self._show_again()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Another screen has other pixels."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._canvas.paint_theme()
        return super().event(event)

    # Showing -----------------------------------------------------------------------------------------------------

    def set_view(self, view: CurveView) -> None:
        """Show a plan. A difference to another plan than this is cleared; the take's trace stays."""
        before = self._canvas.view
        # A take is off by so much from one plan only; a change of units or theme leaves it standing.
        if before is not None and not view.same_pull(before):
            self._forget_difference()
        self._show(view)

    def show_nothing(self, words: str) -> None:
        """There is no plan, and why: no axes, no curve that was once."""
        self._canvas.hide()
        self._why.setText(words)
        self._why.show()
        self._show_foot()

    def _show(self, view: CurveView) -> None:
        self._why.hide()
        self._canvas.show()
        bands = tuple(band for band in view.bands if band.main or self._all)
        distance = "feet" if view.imperial else "metres"
        unit = distance if view.show_distance else "ring °"
        below = "off by °" if self._canvas.has_difference else "°/s"
        self._canvas.show_view(view, bands, unit, below)
        off = Remark(self._off_words)
        remarks = [remark for remark in (off, *view.remarks) if remark.words] or [Remark(view.aside)]
        self._words.say(*remarks)
        self._show_foot()

    def _show_again(self) -> None:
        if self._canvas.view is not None:
            self._show(self._canvas.view)

    def set_cursor(self, t_s: float) -> None:
        """Put the time cursor at `t_s` without announcing it."""
        self._canvas.set_cursor(float(t_s))

    @property
    def picture(self) -> PlotPicture:
        """Everything painted beside the lines now: labels, bands, handles."""
        return self._canvas.picture

    @property
    def upper_panel(self) -> Panel:
        """Where the upper plot is, and what its edges mean."""
        return self._canvas.upper

    @property
    def pad(self) -> QWidget:
        """The widget that takes presses and touches; its pixels are those of `picture`."""
        return self._canvas

    # The take ----------------------------------------------------------------------------------------------------

    def append_actual(self, t_s: float, ring_deg: float) -> None:
        """One more reading of where the ring is, `t_s` after the take began."""
        self._canvas.append_actual(t_s, ring_deg)

    def clear_actual(self) -> None:
        """Forget the last take's trace, and what it was off by."""
        self._canvas.clear_actual()
        self.clear_difference()

    def show_difference(
        self,
        times_s: FloatArray,
        planned_deg: FloatArray,
        actual_deg: FloatArray,
        starts_s: Sequence[float] = (0.0,),
    ) -> None:
        """After a take: what it was off by, in ring degrees, in the place of the speed and on a scale of its own.

        Times are moments of the axis, seconds, all three of one length; nothing to compare shows nothing. `starts_s`
        are the moments at which its parts begin.
        """
        if not len(times_s):
            self.clear_difference()
            return
        times, off = np.asarray(times_s, dtype=np.float64), np.asarray(actual_deg - planned_deg, dtype=np.float64)
        self._canvas.set_difference(times, off)
        self._off_words = _difference_words(times, off, self._canvas.view, starts_s)
        self._show_again()

    def clear_difference(self) -> None:
        """Back to the speed."""
        if self._canvas.has_difference:
            self._forget_difference()
            self._show_again()

    def _forget_difference(self) -> None:
        self._off_words = ""
        self._canvas.set_difference(_NOTHING, _NOTHING)

    # The hand ----------------------------------------------------------------------------------------------------

    def _grab(self, handle: Handle) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if handle.part is Part.END:
            self._canvas.freeze()
        self.dragStarted.emit()

    def _drag(self, handle: Handle, to: QPointF) -> None:
        canvas, upper = self._canvas, self._canvas.upper
        if canvas.view is not None:
            to_s, level = upper.time_s(to.x()), upper.level(to.y())
            self._ask(asked_by_drag(handle, to_s, level, canvas.view, canvas.levels, canvas.ease_handles()))

    def _drop(self, handle: Handle) -> None:
        self._canvas.thaw()
        length_s, self._stretched_s = self._stretched_s, None
        if length_s is not None and self._canvas.view is not None:
            mark = hold_mark(self._canvas.view, handle.index)
            # Before it is asked for: the plan's own hold is drawn as soon as there is an answer.
            self._canvas.stretch_hold(handle.index, None)
            if mark is not None:
                self.holdDragged.emit(mark, length_s)
        self.dragEnded.emit()
        self._show_again()

    def _scrub(self, t_s: float) -> None:
        view = self._canvas.view
        if view is not None:
            at_s = min(max(t_s, 0.0), view.duration_s)
            self._canvas.set_cursor(at_s)
            self.cursorMoved.emit(at_s)

    # The keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the time by a frame, up and down the duration by a tenth; Shift by a hundredth.

        I makes the start softer and O the landing; with Shift harder.
        """
        shift, keypad = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier
        others = event.modifiers() & ~(shift | keypad)
        # With Ctrl or Alt it is another key's job; Shift and the keypad only say how fine.
        if others or not self._key(Qt.Key(event.key()), fine=bool(event.modifiers() & shift)):
            super().keyPressEvent(event)

    def _key(self, key: Qt.Key, *, fine: bool) -> bool:
        view, canvas = self._canvas.view, self._canvas
        asked = None if view is None else asked_by_key(key, view, canvas.cursor_s, canvas.ease_handles(), fine=fine)
        self._ask(asked)
        return asked is not None

    def _ask(self, wish: CurveWish | None) -> None:
        if wish is None:
            return
        if wish.cursor_s is not None:
            self._scrub(wish.cursor_s)
        elif wish.duration_s is not None:
            self.durationDragged.emit(wish.duration_s)
        elif wish.handles is not None:
            self.handlesDragged.emit(*wish.handles)
        elif wish.hold is not None:
            self._stretched_s = wish.hold[1]  # shown at every move, asked for when the hand lets go
            self._canvas.stretch_hold(*wish.hold)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """A frame shows that the keys are here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys are elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame of the focus, in the margin that is kept for it."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
            painter.end()


def _difference_words(
    times_s: FloatArray, off_deg: FloatArray, view: CurveView | None, starts_s: Sequence[float]
) -> str:
    """How far the ring was from the plan at worst, and when."""
    at = int(np.argmax(np.abs(off_deg)))
    worst, at_s = float(abs(off_deg[at])), float(times_s[at])
    when = moment(at_s, max(start_s for start_s in (0.0, *starts_s) if start_s <= at_s))
    if view is not None and view.half_dof_deg > 0:
        share = max(1, math.ceil(100 * worst / view.half_dof_deg))  # rounded up, as where takes are compared
        return f"The ring kept to {share} % of the sharp half, worst at {when}."
    return f"The ring kept to {worst:.2g}°, worst at {when}."

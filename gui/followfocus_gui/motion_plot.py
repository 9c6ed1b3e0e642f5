"""The curve of a pull: ring angle (or distance) over time above, speed below, and each subject's band of sharpness.

pyqtgraph draws lines and axes; what has words or can be dragged is painted in pixels over and under them
(`plot_items`, placed by `plot_layout`). Showing is never commanding: only a hand or a key makes a signal.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from followfocus_gui import theme
from followfocus_gui.plot_hands import Hands, Reach
from followfocus_gui.plot_items import CursorItem, Handle, OverLayer, Part, Picture, UnderLayer
from followfocus_gui.plot_layout import Asked, Panel, hold_mark, lay_out, offered_handles
from followfocus_gui.plot_scale import LevelAxis, Levels, TimeAxis
from followfocus_gui.plot_trace import Trace
from followfocus_gui.theme import colour
from followfocus_gui.views import BandView, CurveView, FloatArray

AXIS_PX = 13
PLAN_PX, LINE_PX = 4, 2
"""Seen from an arm's length. Antialiased, a frame of a take costs 3 ms so, 2 ms with single pixels."""
ROOM = 1.1
"""How much longer than the pull the time axis is."""
LEAST_S = 0.05
CURSOR_STEP_S, CURSOR_FINE_S = 1 / 24, 0.01
DURATION_STEP_S, DURATION_FINE_S = 0.1, 0.01
LEAST_OFF_DEG = 0.005
"""The difference's scale is never finer than this: a step of the motor should not look like a miss."""


class MotionPlot(QWidget):
    """Plan and take over time, with handles for duration, easing and holds, and a time cursor."""

    durationDragged = Signal(float)  # noqa: N815 - Qt's spelling
    """The new duration, seconds, at every move of the hand."""
    handlesDragged = Signal(float, float, float, float)  # noqa: N815
    """Bézier handles x1, y1, x2, y2, shares of time and travel, at every move."""
    holdDragged = Signal(int, float)  # noqa: N815
    """(index of the mark, new length in seconds), when the hand lets go."""
    cursorMoved = Signal(float)  # noqa: N815
    """Seconds from GO, within the pull, at every move."""
    dragStarted = Signal()  # noqa: N815
    dragEnded = Signal()  # noqa: N815
    """Around all moves of one hold of the hand, so that they can be one step of undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve")
        self.setAccessibleName(self.tr("Curve of the pull"))
        self.setAccessibleDescription(self.tr("Left and right move the time, up and down the duration; Shift is fine."))
        self.setMinimumSize(260, 200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._view: CurveView | None = None
        self._levels = Levels()
        self._trace = Trace()
        self._off: tuple[FloatArray, FloatArray] | None = None
        self._off_words = ""
        self._cursor_s = 0.0
        self._frozen: tuple[float, float] | None = None
        self._hold_drag: tuple[int, float] | None = None
        self._ranges = {"upper": (0.0, 1.0), "lower": (0.0, 1.0)}
        self._build()
        self._paint_theme()

    # Building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._graphics = pg.GraphicsLayoutWidget(parent=self)
        self._graphics.setFrameShape(self._graphics.Shape.NoFrame)
        self._graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._graphics.ci.layout.setContentsMargins(2, 4, 4, 0)
        self._graphics.ci.layout.setSpacing(2)
        self._level_axis, self._speed_axis, self._time_axis = LevelAxis(), pg.AxisItem("left"), TimeAxis()
        self._upper = self._plot(0, {"left": self._level_axis})
        self._lower = self._plot(1, {"left": self._speed_axis, "bottom": self._time_axis})
        self._graphics.ci.layout.setRowStretchFactor(0, 3)
        self._graphics.ci.layout.setRowStretchFactor(1, 1)
        self._upper.hideAxis("bottom")
        self._plan, self._actual = _line(self._upper), _line(self._upper)
        self._speed, self._over = _line(self._lower), _line(self._lower)
        self._over.opts["connect"] = "finite"
        self._difference = _line(self._lower)
        self._under, self._above, self._cursor = UnderLayer(-10.0), OverLayer(80.0), CursorItem()
        for item in (self._under, self._above, self._cursor):
            self._graphics.scene().addItem(item)
        for plot in (self._upper, self._lower):
            plot.getViewBox().sigResized.connect(self._lay_out)
        self._hands = Hands(self._graphics.viewport(), self._reach, self)
        self._hands.grabbed.connect(self._grab)
        self._hands.dragged.connect(self._drag)
        self._hands.dropped.connect(self._drop)
        self._build_foot()

    def _build_foot(self) -> None:
        layout, foot = QVBoxLayout(self), QHBoxLayout()
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        self._words = QLabel(self)
        self._words.setObjectName("curveWords")
        self._words.setAccessibleName(self.tr("What to know of this pull"))
        self._words.setWordWrap(True)
        self._words.setMargin(4)
        self._words.setFont(theme.figure_font(14))
        self._words.setMinimumHeight(26)
        self._others = QToolButton(self)
        self._others.setObjectName("allSubjects")
        self._others.setText(self.tr("all subjects"))
        self._others.setAccessibleName(self.tr("Show the bands of all subjects"))
        self._others.setCheckable(True)
        self._others.hide()
        self._others.toggled.connect(self._show_again)
        foot.addWidget(self._words, 1)
        foot.addWidget(self._others)
        layout.addWidget(self._graphics, 1)
        layout.addLayout(foot)

    def _plot(self, row: int, axes: dict[str, pg.AxisItem]) -> pg.PlotItem:
        plot = self._graphics.addPlot(row=row, col=0, axisItems=axes)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getViewBox().disableAutoRange()
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setTickFont(theme.figure_font(AXIS_PX))
            axis.enableAutoSIPrefix(enable=False)
        plot.getAxis("left").setWidth(66)
        return plot

    def _paint_theme(self) -> None:
        self._graphics.setBackground(colour("panel"))
        for plot in (self._upper, self._lower):
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(colour("outline")))
                axis.setTextPen(pg.mkPen(colour("text")))
        self._pen_plan()
        self._speed.setPen(pg.mkPen(colour("plan"), width=LINE_PX))
        self._over.setPen(pg.mkPen(colour("bad"), width=3))
        self._actual.setPen(pg.mkPen(colour("actual"), width=LINE_PX))
        self._difference.setPen(pg.mkPen(colour("actual"), width=LINE_PX))
        for item in (self._under, self._above, self._cursor):
            item.update()

    def _pen_plan(self) -> None:
        """Wide, so that it is seen under a take; and paler then, so that the take is seen on it."""
        self._plan.setPen(pg.mkPen(colour("plan", 110 if len(self._trace) else 255), width=PLAN_PX))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_theme()
            self._show_again()
        super().changeEvent(event)

    # Showing -----------------------------------------------------------------------------------------------------

    def set_view(self, view: CurveView) -> None:
        """Show a plan. A difference to another plan than this is cleared; the take's trace stays."""
        if self._view is not None and not _same_pull(self._view, view):
            self.clear_difference()
        self._view, self._levels = view, Levels.of(view)
        self._others.setVisible(any(not band.main for band in view.bands))
        self._plan.setData(view.times_s, self._levels.at(view.ring_deg))
        self._speed.setData(view.times_s, view.speed_deg_s)
        self._over.setData(view.times_s, _only(view.times_s, view.speed_deg_s, view.binding_spans))
        self._level_axis.set_kind(distance=view.show_distance, imperial=view.imperial)
        unit = self.tr("feet") if view.imperial else self.tr("metres")
        _title(self._upper, unit if view.show_distance else self.tr("ring °"))
        self._show_lower()
        self._scale_upper()
        self._draw_actual()
        self._lay_out()

    def _show_again(self) -> None:
        if self._view is not None:
            self.set_view(self._view)

    def _bands(self) -> tuple[BandView, ...]:
        """The bands that are shown, in the pull's order."""
        if self._view is None:
            return ()
        return tuple(band for band in self._view.bands if band.main or self._others.isChecked())

    def set_all_subjects(self, shown: bool) -> None:
        """Show every subject's band, or the first and the last one's only."""
        self._others.setChecked(shown)

    def _scale_upper(self) -> None:
        view = self._view
        assert view is not None
        edges = [deg for band in self._bands() for deg in (band.near_deg, band.far_deg)]
        seen = self._levels.at(np.array([*edges, view.ring_deg.min(), view.ring_deg.max()]))
        low, high = float(seen.min()), float(seen.max())
        room = 0.06 * (high - low) or 1.0
        self._ranges["upper"] = low - room, high + room
        start, end = self._frozen or (-0.02 * view.duration_s, max(view.duration_s, 1e-3) * ROOM)
        for plot, key in ((self._upper, "upper"), (self._lower, "lower")):
            plot.getViewBox().setRange(xRange=(start, end), yRange=self._ranges[key], padding=0)

    def _show_lower(self) -> None:
        """Speed while a pull is being set up, the difference after a take; one scale at a time."""
        view, off = self._view, self._off
        assert view is not None
        self._difference.setVisible(off is not None)
        self._speed.setVisible(off is None)
        self._over.setVisible(off is None)
        if off is None:
            limit = view.speed_limit_deg_s if math.isfinite(view.speed_limit_deg_s) else 0.0
            self._ranges["lower"] = 0.0, max(float(np.max(view.speed_deg_s, initial=0.0)), limit, 1e-3) * 1.15
            _title(self._lower, self.tr("°/s"))
        else:
            worst = max(float(np.max(np.abs(off[1]), initial=0.0)), LEAST_OFF_DEG) * 1.15
            self._ranges["lower"] = -worst, worst
            _title(self._lower, self.tr("off by °"))
        self._words.setText("  ".join(filter(None, (self._off_words, view.words))))

    # The take ----------------------------------------------------------------------------------------------------

    def append_actual(self, t_s: float, ring_deg: float) -> None:
        """One more reading of where the ring is, `t_s` after the take began."""
        self._trace.append(t_s, ring_deg)
        if len(self._trace) == 1:
            self._pen_plan()
        self._draw_actual()

    def clear_actual(self) -> None:
        """Forget the last take's trace, and what it was off by."""
        self._trace.clear()
        self._actual.setData([], [])
        self._pen_plan()
        self.clear_difference()

    def _draw_actual(self) -> None:
        if self._view is not None and len(self._trace):
            self._actual.setData(self._trace.times_s, self._levels.at(self._trace.ring_deg))

    def show_difference(self, times_s: FloatArray, planned_deg: FloatArray, actual_deg: FloatArray) -> None:
        """After a take: what it was off by, in ring degrees, in the place of the speed and on a scale of its own.

        Times are seconds from GO, all three of one length; nothing to compare shows nothing.
        """
        if not len(times_s):
            self.clear_difference()
            return
        off = np.asarray(actual_deg - planned_deg, dtype=np.float64)
        self._off = np.asarray(times_s, dtype=np.float64), off
        self._off_words = self._difference_words(self._off[0], off)
        self._difference.setData(*self._off)
        self._show_again()

    def clear_difference(self) -> None:
        """Back to the speed."""
        if self._off is not None:
            self._off, self._off_words = None, ""
            self._difference.setData([], [])
            self._show_again()

    def _difference_words(self, times_s: FloatArray, off: FloatArray) -> str:
        at = int(np.argmax(np.abs(off)))
        worst = float(abs(off[at]))
        words = self.tr("Largest difference {0}°, at {1} s").format(f"{worst:.2g}", f"{times_s[at]:.2f}")
        half = self._view.half_dof_deg if self._view is not None else 0.0
        if half > 0:
            words += self.tr(" ({0} % of half the depth of field)").format(f"{100 * worst / half:.0f}")
        return words + "."

    def set_cursor(self, t_s: float) -> None:
        """Put the time cursor at `t_s` without announcing it."""
        self._cursor_s = float(t_s)
        self._place_cursor()

    # Laying out --------------------------------------------------------------------------------------------------

    def _panel(self, plot: pg.PlotItem, key: str) -> Panel:
        """Where a plot is on the scene, and what its edges mean."""
        (start, end), (low, high) = plot.getViewBox().viewRange()[0], self._ranges[key]
        return Panel(plot.getViewBox().sceneBoundingRect(), start, end, low, high)

    def _holds(self) -> tuple[tuple[float, float], ...]:
        """The holds, the dragged one as long as the hand says."""
        holds = list(self._view.holds) if self._view is not None else []
        if self._hold_drag is not None and self._hold_drag[0] < len(holds):
            index, length = self._hold_drag
            holds[index] = holds[index][0], length
        return tuple(holds)

    def _handles(self) -> tuple[float, float, float, float] | None:
        view = self._view
        if view is None or view.handles is not None or not view.can_ease:
            return view.handles if view is not None else None
        return offered_handles(view.times_s, view.ring_deg)

    def _lay_out(self) -> None:
        view = self._view
        upper, lower = self._panel(self._upper, "upper"), self._panel(self._lower, "lower")
        if view is None or upper.area.width() < 2 or upper.area.height() < 2:
            return
        asked = Asked(view, self._levels, self._bands(), self._handles(), self._holds(), self._off is None)
        scene = self._graphics.viewport().size()
        picture = lay_out(asked, upper, lower, (scene.width(), scene.height()))
        self._under.show_picture(picture)
        self._above.show_picture(picture)
        self._place_cursor()

    def _place_cursor(self) -> None:
        upper, lower = self._panel(self._upper, "upper"), self._panel(self._lower, "lower")
        x = upper.x(self._cursor_s)
        self._cursor.setVisible(upper.area.left() <= x <= upper.area.right())
        self._cursor.set_span(upper.area.top(), lower.area.bottom(), upper.area.bottom() - 12)
        self._cursor.setPos(x, 0.0)

    @property
    def picture(self) -> Picture:
        """What is painted beside the lines now, for those who look after it: labels, bands, handles."""
        return self._above.picture

    @property
    def words(self) -> str:
        """What is written below the plots."""
        return self._words.text()

    # The hand ----------------------------------------------------------------------------------------------------

    def _reach(self) -> Reach:
        upper, lower = self._upper.getViewBox().sceneBoundingRect(), self._lower.getViewBox().sceneBoundingRect()
        return Reach(self.picture.handles, upper, QRectF(upper).united(lower).adjusted(-10, 0, 10, 0))

    def _grab(self, handle: Handle) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._view is not None and handle.part is Part.END:
            # the axis must not grow under the finger that drags it
            start, end = self._upper.getViewBox().viewRange()[0]
            self._frozen = start, end
        self.dragStarted.emit()

    def _drag(self, handle: Handle, to: QPointF) -> None:
        view = self._view
        if view is None:
            return
        upper = self._panel(self._upper, "upper")
        at_s = upper.time_s(to.x())
        if handle.part is Part.END:
            self.durationDragged.emit(max(LEAST_S, at_s))
        elif handle.part is Part.CURSOR:
            self._scrub(at_s)
        elif handle.part is Part.HOLD:
            start = view.holds[handle.index][0]
            self._hold_drag = handle.index, max(0.0, at_s - start)
            self._lay_out()
        else:
            self._drag_knob(handle, at_s / view.duration_s, upper.level(to.y()))

    def _drag_knob(self, handle: Handle, share_t: float, level: float) -> None:
        shown, view = self._handles(), self._view
        if shown is None or view is None:
            return
        first, last = (float(v) for v in self._levels.at(view.ring_deg[[0, -1]]))
        share_level = (level - first) / ((last - first) or 1.0)
        new = min(max(share_t, 0.0), 1.0), min(max(share_level, 0.0), 1.0)
        self.handlesDragged.emit(*(new + shown[2:] if handle.part is Part.IN else shown[:2] + new))

    def _drop(self, _handle: Handle) -> None:
        self._frozen = None
        if self._hold_drag is not None and self._view is not None:
            (index, length), self._hold_drag = self._hold_drag, None
            mark = hold_mark(self._view, index)
            if mark is not None:
                self.holdDragged.emit(mark, length)
        self.dragEnded.emit()
        self._show_again()

    def _scrub(self, t_s: float) -> None:
        if self._view is not None:
            self.set_cursor(min(max(t_s, 0.0), self._view.duration_s))
            self.cursorMoved.emit(self._cursor_s)

    # The keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Left and right move the time by a frame, up and down the duration by a tenth; Shift by a hundredth."""
        view = self._view
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        key, step = event.key(), CURSOR_FINE_S if fine else CURSOR_STEP_S
        longer = DURATION_FINE_S if fine else DURATION_STEP_S
        if view is None or event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._scrub(self._cursor_s + (step if key == Qt.Key.Key_Right else -step))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._scrub(view.duration_s if key == Qt.Key.Key_End else 0.0)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            change = longer if key == Qt.Key.Key_Up else -longer
            self.durationDragged.emit(max(LEAST_S, round(view.duration_s + change, 6)))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """A frame shows that the keys are here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keys are elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The frame of the focus, in the margin that is kept for it."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(colour("accent"), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
            painter.end()


def _line(plot: pg.PlotItem) -> pg.PlotCurveItem:
    """A line without the points, downsampling and clipping that a PlotDataItem carries along."""
    line = pg.PlotCurveItem(antialias=True)
    plot.addItem(line)
    return line


def _title(plot: pg.PlotItem, text: str) -> None:
    if plot.getAxis("left").labelText != text:
        plot.setLabel("left", text, **{"font-size": f"{AXIS_PX}px"})


def _only(times_s: FloatArray, values: FloatArray, spans: tuple[tuple[float, float], ...]) -> FloatArray:
    """The values inside some spans of time, gaps elsewhere."""
    inside = np.zeros(len(times_s), dtype=bool)
    for start, end in spans:
        inside |= (times_s >= start) & (times_s <= end)
    return np.where(inside, values, np.nan)


def _same_pull(old: CurveView, new: CurveView) -> bool:
    """Whether two views show the same movement, whatever else they show of it."""
    return np.array_equal(old.times_s, new.times_s) and np.array_equal(old.ring_deg, new.ring_deg)

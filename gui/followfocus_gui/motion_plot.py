"""The curve of a pull: ring angle (or distance) over time above, speed below, and each subject's band of sharpness.

Pens are one pixel wide, which pyqtgraph draws three times faster than two. The actual position is drawn over the plan
during a take; its arrays grow in place, so a long take costs no more per point than a short one.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from followfocus_gui.theme import colour
from followfocus_gui.views import BandView, CurveView, FloatArray

_ROOM = 4096


class MotionPlot(QWidget):
    """Plan and take over time, with handles for duration, easing and holds."""

    durationDragged = Signal(float)  # noqa: N815 - Qt's spelling
    handlesDragged = Signal(float, float, float, float)  # noqa: N815
    holdDragged = Signal(int, float)  # noqa: N815
    cursorMoved = Signal(float)  # noqa: N815

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curve")
        self.setAccessibleName(self.tr("Curve of the pull"))
        self.setMinimumSize(260, 200)
        self._view: CurveView | None = None
        self._actual_t, self._actual_deg, self._actual_n = np.empty(_ROOM), np.empty(_ROOM), 0
        self._quiet = False
        self._build()
        self._paint_theme()

    # Building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._words = QLabel(self)
        self._words.setObjectName("curveWords")
        self._words.setWordWrap(True)
        self._graphics = pg.GraphicsLayoutWidget(parent=self)
        self._graphics.setFrameShape(self._graphics.Shape.NoFrame)
        layout.addWidget(self._graphics, 1)
        layout.addWidget(self._words)
        self._upper: pg.PlotItem = self._graphics.addPlot(row=0, col=0)
        self._lower: pg.PlotItem = self._graphics.addPlot(row=1, col=0)
        self._graphics.ci.layout.setRowStretchFactor(0, 3)
        self._graphics.ci.layout.setRowStretchFactor(1, 1)
        self._lower.setXLink(self._upper)
        for plot in (self._upper, self._lower):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.getAxis("left").setWidth(58)
        self._upper.getAxis("bottom").setStyle(showValues=False)
        self._lower.setLabel("bottom", self.tr("seconds"))
        self._plan = self._upper.plot()
        self._speed = self._lower.plot()
        self._actual = self._upper.plot()
        self._difference = self._lower.plot()
        self._limit_line = pg.InfiniteLine(angle=0)
        self._lower.addItem(self._limit_line)
        self._bands: list[pg.LinearRegionItem] = []
        self._binding: list[pg.LinearRegionItem] = []
        self._moments: list[pg.InfiniteLine] = []
        self._hold_ends: list[pg.InfiniteLine] = []
        self._build_handles()

    def _build_handles(self) -> None:
        self._end = pg.InfiniteLine(angle=90, movable=True)
        self._end.sigPositionChanged.connect(self._end_moved)
        self._cursor = pg.InfiniteLine(angle=90, movable=True)
        self._cursor.sigPositionChanged.connect(self._cursor_moved)
        self._in = pg.TargetItem(size=16, movable=True)
        self._out = pg.TargetItem(size=16, movable=True)
        self._arms = self._upper.plot(connect="pairs")
        for handle in (self._in, self._out):
            handle.sigPositionChanged.connect(self._handle_moved)
        for item in (self._end, self._cursor, self._in, self._out):
            self._upper.addItem(item)

    def _paint_theme(self) -> None:
        self._graphics.setBackground(colour("panel"))
        self._words.setMargin(4)
        for plot in (self._upper, self._lower):
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(colour("outline")))
                axis.setTextPen(pg.mkPen(colour("faint")))
        self._plan.setPen(pg.mkPen(colour("plan")))
        self._speed.setPen(pg.mkPen(colour("plan")))
        self._actual.setPen(pg.mkPen(colour("actual")))
        self._difference.setPen(pg.mkPen(colour("actual")))
        self._limit_line.setPen(pg.mkPen(colour("bad"), style=Qt.PenStyle.DashLine))
        self._end.setPen(pg.mkPen(colour("accent")))
        self._end.setHoverPen(pg.mkPen(colour("accent"), width=3))
        self._cursor.setPen(pg.mkPen(colour("text")))
        self._arms.setPen(pg.mkPen(colour("accent"), style=Qt.PenStyle.DotLine))
        for handle in (self._in, self._out):
            handle.setPen(pg.mkPen(colour("accent")))
            handle.setBrush(pg.mkBrush(colour("panel")))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_theme()
            if self._view is not None:
                self.set_view(self._view)
        super().changeEvent(event)

    # Showing -----------------------------------------------------------------------------------------------------

    def set_view(self, view: CurveView) -> None:
        """Show a plan; signals stay silent, so showing is never commanding."""
        self._quiet = True
        self._view = view
        level = self._levels(view.ring_deg, view)
        self._plan.setData(view.times_s, level)
        self._speed.setData(view.times_s, view.speed_deg_s)
        self._upper.setLabel("left", self.tr("metres") if view.show_distance else self.tr("ring °"))
        self._lower.setLabel("left", self.tr("°/s"))
        self._upper.getViewBox().invertY(view.show_distance)
        self._upper.setXRange(0.0, max(view.duration_s, 1e-3) * 1.06, padding=0.01)
        self._limit_line.setVisible(math.isfinite(view.speed_limit_deg_s))
        if math.isfinite(view.speed_limit_deg_s):
            self._limit_line.setValue(view.speed_limit_deg_s)
        self._end.setValue(view.duration_s)
        self._words.setText(view.words)
        self._words.setVisible(bool(view.words))
        self._show_bands(view)
        self._show_binding(view)
        self._show_holds(view)
        self._show_handles(view)
        self._draw_actual()
        self._quiet = False

    def _levels(self, ring_deg: FloatArray, view: CurveView) -> FloatArray:
        """What is drawn upwards: the ring angle, or the distance that the plan's samples say it is."""
        if not view.show_distance:
            return ring_deg
        order = np.argsort(view.ring_deg)
        return np.interp(ring_deg, view.ring_deg[order], view.distance_m[order])

    def _replace(self, plot: pg.PlotItem, old: list[pg.GraphicsObject], new: list[pg.GraphicsObject]) -> None:
        for item in old:
            plot.removeItem(item)
        old[:] = new
        for item in new:
            plot.addItem(item)

    def _show_bands(self, view: CurveView) -> None:
        bands, moments = [], []
        for number, band in enumerate(view.bands):
            low, high = np.sort(self._levels(np.array([band.far_deg, band.near_deg]), view))
            tone = colour("good" if number else "accent", 46)
            region = pg.LinearRegionItem((low, high), orientation="horizontal", movable=False, brush=tone)
            region.setZValue(-20)
            bands.append(region)
            moments += self._moments_of(band, colour("good" if number else "accent"))
        self._replace(self._upper, self._bands, bands)
        self._replace(self._upper, self._moments, moments)

    def _moments_of(self, band: BandView, tone: QColor) -> list[pg.InfiniteLine]:
        """When a subject goes soft and becomes sharp, as lines with words on them."""
        made = []
        for moment_s, word in ((band.soft_s, self.tr("soft")), (band.sharp_s, self.tr("sharp"))):
            if moment_s is not None:
                options = {"position": 0.06 if word == self.tr("soft") else 0.94, "color": tone, "movable": False}
                made.append(
                    pg.InfiniteLine(
                        moment_s,
                        angle=90,
                        pen=pg.mkPen(tone, style=Qt.PenStyle.DotLine),
                        label=f"{band.letter} {word} {moment_s:.2f} s",
                        labelOpts=options,
                    )
                )
        return made

    def _show_binding(self, view: CurveView) -> None:
        spans = [
            pg.LinearRegionItem(span, orientation="vertical", movable=False, brush=colour("bad", 70))
            for span in view.binding_spans
        ]
        self._replace(self._lower, self._binding, spans)

    def _show_holds(self, view: CurveView) -> None:
        """The end of each hold as a line to drag."""
        lines = []
        for number, (start_s, length_s) in enumerate(view.holds):
            line = pg.InfiniteLine(start_s + length_s, angle=90, movable=True, pen=pg.mkPen(colour("warn")))
            line.sigPositionChangeFinished.connect(
                lambda moved, n=number, at=start_s: self.holdDragged.emit(n, max(0.0, moved.value() - at))
            )
            lines.append(line)
        self._replace(self._upper, self._hold_ends, lines)

    def _show_handles(self, view: CurveView) -> None:
        shown = view.handles is not None
        for item in (self._in, self._out, self._arms):
            item.setVisible(shown)
        if view.handles is None:
            return
        x1, y1, x2, y2 = view.handles
        start, end = (float(v) for v in self._levels(view.ring_deg[[0, -1]], view))
        first = (x1 * view.duration_s, start + y1 * (end - start))
        second = (x2 * view.duration_s, start + y2 * (end - start))
        self._in.setPos(*first)
        self._out.setPos(*second)
        self._arms.setData(
            [0.0, first[0], view.duration_s, second[0]], [start, first[1], end, second[1]], connect="pairs"
        )

    # The take ----------------------------------------------------------------------------------------------------

    def append_actual(self, t_s: float, ring_deg: float) -> None:
        """One more reading of where the ring is, `t_s` after the take began."""
        if self._actual_n == len(self._actual_t):
            self._actual_t = np.concatenate([self._actual_t, np.empty_like(self._actual_t)])
            self._actual_deg = np.concatenate([self._actual_deg, np.empty_like(self._actual_deg)])
        self._actual_t[self._actual_n], self._actual_deg[self._actual_n] = t_s, ring_deg
        self._actual_n += 1
        self._draw_actual()

    def clear_actual(self) -> None:
        """Forget the last take's trace."""
        self._actual_n = 0
        self._actual.setData([], [])
        self._difference.setData([], [])

    def show_difference(self, times_s: FloatArray, planned_deg: FloatArray, actual_deg: FloatArray) -> None:
        """After a take: what it was off by, in ring degrees, drawn large enough to see below the speed."""
        off = actual_deg - planned_deg
        worst = float(np.max(np.abs(off), initial=0.0))
        room = float(np.max(self._view.speed_deg_s, initial=1.0)) if self._view is not None else 1.0
        self._difference.setData(times_s, off * (room / 4.0 / worst) if worst > 0 else off)
        self._words.setText(self.tr("Off by at most {0}° during the take.").format(f"{worst:.3f}"))
        self._words.setVisible(True)

    def _draw_actual(self) -> None:
        if self._view is not None:
            seen = slice(0, self._actual_n)
            self._actual.setData(self._actual_t[seen], self._levels(self._actual_deg[seen], self._view))

    def set_cursor(self, t_s: float) -> None:
        """Put the time cursor at `t_s` without announcing it."""
        self._quiet = True
        self._cursor.setValue(t_s)
        self._quiet = False

    # The hand ----------------------------------------------------------------------------------------------------

    def _end_moved(self) -> None:
        if not self._quiet:
            self.durationDragged.emit(max(0.05, float(self._end.value())))

    def _cursor_moved(self) -> None:
        if not self._quiet and self._view is not None:
            self.cursorMoved.emit(min(max(float(self._cursor.value()), 0.0), self._view.duration_s))

    def _handle_moved(self) -> None:
        view = self._view
        if self._quiet or view is None:
            return
        start, end = (float(v) for v in self._levels(view.ring_deg[[0, -1]], view))
        reach = (end - start) or 1.0
        shares = []
        for handle in (self._in, self._out):
            position = handle.pos()
            shares += [position.x() / max(view.duration_s, 1e-9), (position.y() - start) / reach]
        self.handlesDragged.emit(*(min(max(share, 0.0), 1.0) for share in shares))

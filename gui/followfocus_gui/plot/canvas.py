# SPDX-License-Identifier: MIT
"""The two plots of a pull and what is painted with them: position above, speed or a take's difference below.

pyqtgraph draws lines and axes; what has words or can be dragged is painted in pixels over and under them
(`plot_items`, placed by `plot_layout`). The canvas shows and knows where things are; it never speaks.
"""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget

from followfocus.arrays import FloatArray
from followfocus_gui.plot.hands import Reach
from followfocus_gui.plot.items import CursorItem, OverLayer, PlotPicture, UnderLayer
from followfocus_gui.plot.layout import Asked, Panel, lay_out, offered_handles
from followfocus_gui.plot.scale import LevelAxis, Levels, TimeAxis
from followfocus_gui.state.trace import Trace
from followfocus_gui.state.views import BandView, CurveView
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.theme import colour

AXIS_PX = 13
PLAN_PX, LINE_PX = 4, 2
"""Seen from an arm's length. Antialiased, a frame of a take costs 3 ms so, 2 ms with single pixels."""
ROOM = 1.1
"""How much longer than the pull the time axis is."""
LEAST_OFF_DEG = 0.005
"""The difference's scale is never finer than this: a step of the motor should not look like a miss."""


class PlotCanvas(pg.GraphicsLayoutWidget):
    """Lines, axes and everything painted with them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self.view: CurveView | None = None
        self.levels = Levels()
        self._bands: tuple[BandView, ...] = ()
        self._trace = Trace()
        self._off: tuple[FloatArray, FloatArray] | None = None
        self._cursor_s = 0.0
        self._frozen: tuple[float, float] | None = None
        self._stretched: tuple[int, float] | None = None
        self._position, self._motion = (0.0, 1.0), (0.0, 1.0)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ci.layout.setContentsMargins(2, 4, 4, 0)
        self.ci.layout.setSpacing(2)
        self._build()
        self.paint_theme()

    def _build(self) -> None:
        self._level_axis = LevelAxis()
        self._upper = self._plot(0, {"left": self._level_axis})
        self._lower = self._plot(1, {"left": pg.AxisItem("left"), "bottom": TimeAxis()})
        self._upper.hideAxis("bottom")
        self.ci.layout.setRowStretchFactor(0, 3)
        self.ci.layout.setRowStretchFactor(1, 1)
        self._plan, self._actual = _line(self._upper), _line(self._upper)
        self._speed, self._difference = _line(self._lower), _line(self._lower)
        self._under, self._above, self._cursor = UnderLayer(-10.0), OverLayer(80.0), CursorItem()
        for item in (self._under, self._above, self._cursor):
            self.scene().addItem(item)
        for plot in (self._upper, self._lower):
            plot.getViewBox().sigResized.connect(self.lay_out)

    def _plot(self, row: int, axes: dict[str, pg.AxisItem]) -> pg.PlotItem:
        plot = self.addPlot(row=row, col=0, axisItems=axes)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getViewBox().disableAutoRange()
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setTickFont(theme.figure_font(AXIS_PX))
            axis.setStyle(maxTickLevel=1)
            axis.setTickDensity(0.7)
        for side in (
            "left",
            "bottom",
            "right",
            "top",
        ):  # also those that are hidden: they would write their labels anew
            plot.getAxis(side).enableAutoSIPrefix(enable=False)
        plot.getAxis("left").setWidth(66)
        return plot

    def paint_theme(self) -> None:
        """Every colour afresh."""
        self.setBackground(colour("panel"))
        for plot in (self._upper, self._lower):
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(colour("outline")))
                axis.setTextPen(pg.mkPen(colour("text")))
        self._pen_plan()
        self._speed.setPen(pg.mkPen(colour("plan"), width=LINE_PX * self._pixel()))
        self._actual.setPen(pg.mkPen(colour("actual"), width=LINE_PX * self._pixel()))
        self._difference.setPen(pg.mkPen(colour("actual"), width=LINE_PX * self._pixel()))
        for item in (self._under, self._above, self._cursor):
            item.update()

    def _pixel(self) -> float:
        """Pens of pyqtgraph are as wide as the screen's own pixels: at 200 % that is half of what is meant."""
        return float(self.devicePixelRatioF())

    def _pen_plan(self) -> None:
        """Wide, so that it is seen under a take; and paler then, so that the take is seen on it."""
        self._plan.setPen(pg.mkPen(colour("plan", 110 if len(self._trace) else 255), width=PLAN_PX * self._pixel()))

    # Showing -----------------------------------------------------------------------------------------------------

    def show_view(self, view: CurveView, bands: tuple[BandView, ...], unit: str, below: str) -> None:
        """Show a plan with these bands; `unit` and `below` name what is drawn upwards in the two plots."""
        self.view, self.levels, self._bands = view, Levels.of(view), bands
        self._plan.setData(view.times_s, self.levels.at(view.ring_deg))
        self._speed.setData(view.times_s, view.speed_deg_s)
        self._level_axis.set_kind(distance=view.show_distance, imperial=view.imperial)
        _title(self._upper, unit)
        _title(self._lower, below)
        self._speed.setVisible(self._off is None)
        self._difference.setVisible(self._off is not None)
        self._position, self._motion = self._position_range(view), self._motion_range(view)
        self._set_ranges(view)
        self._draw_actual()
        self.lay_out()

    def _position_range(self, view: CurveView) -> tuple[float, float]:
        edges = [deg for band in self._bands for deg in (band.near_deg, band.far_deg)]
        seen = self.levels.at(np.array([*edges, view.ring_deg.min(), view.ring_deg.max()]))
        low, high = float(seen.min()), float(seen.max())
        room = 0.06 * (high - low) or 1.0
        return low - room, high + room

    def _motion_range(self, view: CurveView) -> tuple[float, float]:
        """Speed from zero up; a difference to both sides, on a scale of its own."""
        if self._off is not None:
            worst = max(float(np.max(np.abs(self._off[1]))), LEAST_OFF_DEG) * 1.15
            return -worst, worst
        limit = view.speed_limit_deg_s if math.isfinite(view.speed_limit_deg_s) else 0.0
        return 0.0, max(float(np.max(view.speed_deg_s, initial=0.0)), limit, 1e-3) * 1.15

    def _set_ranges(self, view: CurveView) -> None:
        across = self._frozen or (-0.02 * view.duration_s, max(view.duration_s, 1e-3) * ROOM)
        for plot, up in ((self._upper, self._position), (self._lower, self._motion)):
            plot.getViewBox().setRange(xRange=across, yRange=up, padding=0)
        self.scene().prepareForPaint()  # now; pyqtgraph would only while it paints, and then all is painted again

    def set_difference(self, times_s: FloatArray, off_deg: FloatArray) -> None:
        """Show what a take was off by in place of the speed, from the next `show_view` on; empty is none."""
        self._off = (times_s, off_deg) if len(times_s) else None
        self._difference.setData(times_s, off_deg)

    @property
    def has_difference(self) -> bool:
        """Whether a difference stands in the place of the speed."""
        return self._off is not None

    # The take ----------------------------------------------------------------------------------------------------

    def append_actual(self, t_s: float, ring_deg: float) -> None:
        """One more reading."""
        self._trace.append(t_s, ring_deg)
        if len(self._trace) == 1:
            self._pen_plan()
        self._draw_actual()

    def clear_actual(self) -> None:
        """No trace."""
        self._trace.clear()
        self._actual.setData([], [])
        self._pen_plan()

    def _draw_actual(self) -> None:
        if self.view is not None and len(self._trace):
            self._actual.setData(self._trace.times_s, self.levels.at(self._trace.ring_deg))

    # Under the hand ----------------------------------------------------------------------------------------------

    def freeze(self) -> None:
        """Keep the time axis as it is until `thaw`: it must not grow under the finger that drags its end."""
        start, end = self._upper.getViewBox().viewRange()[0]
        self._frozen = start, end

    def thaw(self) -> None:
        """Let the time axis fit the pull again, from the next `show_view` on."""
        self._frozen = None

    def stretch_hold(self, index: int, length_s: float | None) -> None:
        """Show one hold as long as the hand says; None shows the plan's own."""
        self._stretched = None if length_s is None else (index, length_s)
        self.lay_out()

    def set_cursor(self, t_s: float) -> None:
        """Put the time cursor there."""
        self._cursor_s = t_s
        self._place_cursor()

    @property
    def cursor_s(self) -> float:
        """Where the time cursor is."""
        return self._cursor_s

    def ease_handles(self) -> tuple[float, float, float, float] | None:
        """The Bézier handles that are shown, the easing's own or offered ones."""
        view = self.view
        if view is None or view.handles is not None or not view.can_ease:
            return None if view is None else view.handles
        return offered_handles(view.times_s, view.ring_deg)

    @property
    def upper(self) -> Panel:
        """Where the upper plot is, and what its edges mean."""
        return _panel(self._upper, self._position)

    @property
    def picture(self) -> PlotPicture:
        """Everything painted beside the lines."""
        return self._above.picture

    def reach(self) -> Reach:
        """The parts a hand can take now."""
        upper, lower = self._upper.getViewBox().sceneBoundingRect(), self._lower.getViewBox().sceneBoundingRect()
        return Reach(self.picture.handles, upper, QRectF(upper).united(lower).adjusted(-10, 0, 10, 0))

    # Laying out --------------------------------------------------------------------------------------------------

    def _holds(self, view: CurveView) -> tuple[tuple[float, float], ...]:
        """The holds, the one in the hand as long as the hand says."""
        holds = list(view.holds)
        if self._stretched is not None and self._stretched[0] < len(holds):
            index, length = self._stretched
            holds[index] = holds[index][0], length
        return tuple(holds)

    def lay_out(self) -> None:
        """Bands, handles and labels to where the plots are now."""
        view, upper = self.view, self.upper
        if view is None or upper.area.width() < 2 or upper.area.height() < 2:
            return
        asked = Asked(view, self.levels, self._bands, self.ease_handles(), self._holds(view), self._off is None)
        size = self.viewport().size()
        picture = lay_out(asked, upper, _panel(self._lower, self._motion), (size.width(), size.height()))
        self._under.show_picture(picture)
        self._above.show_picture(picture)
        self._place_cursor()

    def _place_cursor(self) -> None:
        upper, foot = self.upper, self._lower.getViewBox().sceneBoundingRect().bottom()
        x = upper.x(self._cursor_s)
        self._cursor.setVisible(bool(upper.area.left() <= x <= upper.area.right()))
        self._cursor.set_span(upper.area.top(), foot, upper.area.bottom() - 12)
        self._cursor.setPos(x, 0.0)


def _panel(plot: pg.PlotItem, up: tuple[float, float]) -> Panel:
    start, end = plot.getViewBox().viewRange()[0]
    return Panel(plot.getViewBox().sceneBoundingRect(), start, end, *up)


def _line(plot: pg.PlotItem) -> pg.PlotCurveItem:
    """A line without the points, downsampling and clipping that a PlotDataItem carries along."""
    line = pg.PlotCurveItem(antialias=True)
    plot.addItem(line)
    return line


def _title(plot: pg.PlotItem, text: str) -> None:
    if plot.getAxis("left").labelText != text:
        plot.setLabel("left", text, **{"font-size": f"{AXIS_PX}px", "color": colour("text").name()})

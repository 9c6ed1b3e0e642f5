# SPDX-License-Identifier: MIT
"""The two plots of a pull and what is painted with them: position above, speed or a take's difference below.

Everything that follows from the plan is kept in two layers, under and over what moves: the take's trace and the time
cursor. So a reading of a take paints a strip, and an edit paints everything once. The canvas shows and knows where
things are (`layout` places them); it never speaks.
"""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from followfocus.arrays import FloatArray
from followfocus_gui.plot.axes import FOOT_PX, LEFT_PX, AxisKind, draw_seconds, draw_upright
from followfocus_gui.plot.curve_drags import offered_handles
from followfocus_gui.plot.hands import Reach
from followfocus_gui.plot.items import FLAG_TALL_PX, Cursor, PlotPicture, draw_over, draw_under
from followfocus_gui.plot.kept import KeptLayer
from followfocus_gui.plot.layout import Asked, Panel, lay_out
from followfocus_gui.plot.lines import polygon, thinned
from followfocus_gui.plot.scale import Levels
from followfocus_gui.state.trace import Trace
from followfocus_gui.state.views import BandView, CurveView
from followfocus_gui.widgets.scale import letters
from followfocus_gui.widgets.theme import colour

PLAN_PX, LINE_PX = 4, 2
"""Seen from an arm's length"""
ROOM = 1.1
"""How much longer than the pull the time axis is."""
LEAST_OFF_DEG = 0.005
"""The difference's scale is never finer than this, nor than the sharp half: a step should not look like a miss."""
EDGE_PX = 4
GAP_PX = 6
"""Between the plots"""
UPPER_SHARE = 0.75


class PlotCanvas(QWidget):
    """Lines, axes and everything painted with them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.view: CurveView | None = None
        self.levels = Levels()
        self.picture = PlotPicture()
        """Everything painted beside the lines"""
        self._bands: tuple[BandView, ...] = ()
        self._trace = Trace()
        self._off: tuple[FloatArray, FloatArray] | None = None
        self._cursor_s = 0.0
        self._frozen: tuple[float, float] | None = None
        self._stretched: tuple[int, float] | None = None
        self._across, self._position, self._motion = (0.0, 1.0), (0.0, 1.0), (0.0, 1.0)
        self._upright, self._below = AxisKind(""), AxisKind("")
        self._under = KeptLayer(self, self._paint_under, ground=True)
        self._above = KeptLayer(self, lambda painter: draw_over(painter, self.picture), ground=False)
        self._cursor = Cursor(0.0, 0.0, 0.0, 0.0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # All of it is painted here: Qt need not clear what lies behind at every strip.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    def paint_theme(self) -> None:
        """Every colour afresh."""
        self._paint_anew()

    # Showing -----------------------------------------------------------------------------------------------------

    def show_view(self, view: CurveView, bands: tuple[BandView, ...], unit: str, below: str) -> None:
        """Show a plan with these bands; `unit` and `below` name what is drawn upwards in the two plots."""
        self.view, self.levels, self._bands = view, Levels.of(view), bands
        self._upright, self._below = AxisKind(unit, view.show_distance, view.imperial), AxisKind(below)
        # A little before nought, so that the line of the start is seen as a line.
        self._across = self._frozen or (-0.02 * view.duration_s, max(view.duration_s, 1e-3) * ROOM)
        self._position, self._motion = self._position_range(view), self._motion_range(view)
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
            worst = max(float(np.max(np.abs(self._off[1]))), view.half_dof_deg, LEAST_OFF_DEG) * 1.15
            return -worst, worst
        limit = view.speed_limit_deg_s if math.isfinite(view.speed_limit_deg_s) else 0.0
        return 0.0, max(float(np.max(view.speed_deg_s, initial=0.0)), limit, 1e-3) * 1.15

    def set_difference(self, times_s: FloatArray, off_deg: FloatArray) -> None:
        """Show a take's error in place of the speed, from the next `show_view` on; empty arrays for none."""
        self._off = (times_s, off_deg) if len(times_s) else None

    @property
    def has_difference(self) -> bool:
        """Whether a difference stands in the place of the speed."""
        return self._off is not None

    # The take ----------------------------------------------------------------------------------------------------

    def append_actual(self, t_s: float, ring_deg: float) -> None:
        """One more reading."""
        before = self._trace.times_s[-2:].tolist()  # the newest may yet give way to this one
        count = len(self._trace)
        self._trace.append(t_s, ring_deg)
        if not count:
            self._paint_anew()  # the plan is paler under a take
        elif len(self._trace) < count:
            self.update()
        else:
            self.update(self._strip(before[0], t_s))

    def clear_actual(self) -> None:
        """No trace."""
        if len(self._trace):
            self._trace.clear()
            self._paint_anew()

    @property
    def actual(self) -> tuple[FloatArray, FloatArray]:
        """The trace as it is drawn: seconds and levels."""
        return self._trace.times_s, self.levels.at(self._trace.ring_deg)

    def _strip(self, start_s: float, end_s: float) -> QRect:
        """All that is painted anew where the trace goes on from one moment to another."""
        upper = self.upper
        left, right = (upper.x(min(max(t, upper.start_s), upper.end_s)) for t in (start_s, end_s))
        return QRectF(left - 4, upper.area.top(), right - left + 8, upper.area.height()).toAlignedRect()

    # Under the hand ----------------------------------------------------------------------------------------------

    def freeze(self) -> None:
        """Keep the time axis as it is until `thaw`: it must not grow under the finger that drags its end."""
        self._frozen = self._across

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

    def reach(self) -> Reach:
        """The parts a hand can take now."""
        upper, lower = self.upper.area, self.speed_panel.area
        return Reach(self.picture.handles, upper, upper.united(lower).adjusted(-10, 0, 10, 0))

    # Laying out --------------------------------------------------------------------------------------------------

    @property
    def upper(self) -> Panel:
        """Where the upper plot is, and what its edges mean."""
        return Panel(self._areas()[0], *self._across, *self._position)

    @property
    def speed_panel(self) -> Panel:
        """The same for the lower plot."""
        return Panel(self._areas()[1], *self._across, *self._motion)

    def _areas(self) -> tuple[QRectF, QRectF]:
        left, top = EDGE_PX + letters(LEFT_PX), EDGE_PX
        width = max(0, self.width() - left - EDGE_PX)
        height = max(0, self.height() - top - GAP_PX - letters(FOOT_PX))
        high = round(height * UPPER_SHARE)
        return QRectF(left, top, width, high), QRectF(left, top + high + GAP_PX, width, height - high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other places."""
        super().resizeEvent(event)
        self.lay_out()

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
        self.picture = lay_out(asked, upper, self.speed_panel, (self.width(), self.height()))
        self._place_cursor()
        self._paint_anew()

    def _place_cursor(self) -> None:
        upper = self.upper
        before, area = self._cursor, upper.area
        foot, flag_y = self.speed_panel.area.bottom(), area.bottom() - FLAG_TALL_PX
        self._cursor = Cursor(upper.x(self._cursor_s), area.top(), foot, flag_y)
        if self._cursor != before:
            # Where it was and where it is: only these two strips are painted.
            for cursor in (before, self._cursor):
                self.update(cursor.bounds().toAlignedRect())

    # Painting ----------------------------------------------------------------------------------------------------

    def _paint_anew(self) -> None:
        self._under.forget()
        self._above.forget()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plan under and over the trace and the time cursor."""
        painter = QPainter(self)
        self._under.show(painter)
        if self.view is not None:
            self._paint_trace(painter, event.rect())
            area = self.upper.area
            if area.left() <= self._cursor.x <= area.right():
                self._cursor.draw(painter)
        self._above.show(painter)
        painter.end()

    def _paint_under(self, painter: QPainter) -> None:
        """The ground, the axes, and the lines on their bands."""
        upper, lower, view = self.upper, self.speed_panel, self.view
        painter.fillRect(self.rect(), colour("panel"))
        if view is None:
            return
        draw_upright(painter, upper, self._upright)
        draw_upright(painter, lower, self._below)
        draw_seconds(painter, lower)
        draw_under(painter, self.picture)
        # paler under a take, so that the take is seen on it
        plan = colour("plan", 110 if len(self._trace) else 255)
        _draw_line(painter, upper, view.times_s, self.levels.at(view.ring_deg), plan, PLAN_PX)
        if self._off is None:
            _draw_line(painter, lower, view.times_s, view.speed_deg_s, colour("plan"), LINE_PX)
        else:
            _draw_line(painter, lower, *self._off, colour("actual"), LINE_PX)

    def _paint_trace(self, painter: QPainter, within: QRect) -> None:
        """As much of the trace as the strip that is painted needs."""
        upper, times = self.upper, self._trace.times_s
        edges = [upper.time_s(x) for x in (within.left() - LINE_PX, within.right() + LINE_PX)]
        first, last = np.searchsorted(times, edges)
        # One point beyond either edge: the line has to come into the strip from somewhere.
        for part in self._trace.known(slice(max(int(first) - 1, 0), int(last) + 1)):
            if len(times[part]) > 1:
                levels = self.levels.at(self._trace.ring_deg[part])
                _draw_line(painter, upper, times[part], levels, colour("actual"), LINE_PX)


def _draw_line(
    painter: QPainter, panel: Panel, times_s: FloatArray, levels: FloatArray, tone: QColor, width_px: float
) -> None:
    """A line of samples, within its plot."""
    x, y = thinned(*panel.points(times_s, levels))
    painter.save()
    painter.setClipRect(panel.area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tone, width_px))
    painter.drawPolyline(polygon(x, y))
    painter.restore()

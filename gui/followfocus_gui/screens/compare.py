# SPDX-License-Identifier: MIT
"""Takes over each other: what each was off by, of the sharp half, the ring below, and their figures in a table.

The sharp half is the scale, and its edges are drawn: noise of a step looks as small as it is.

The table is the legend too: each line's dash pattern stands before its take, so that nobody has to tell colours apart,
and the chosen row's line is drawn thicker.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from followfocus_gui.plot.time_axis import TimeAxis
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.state.views import CompareTake
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.list_signs import OUTCOME_SIGNS, draw_list_sign
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import TOUCH_PX, colour, written

AXIS_PX = 13
AFTER_TAKE_PX = 28
"""Room behind a take's name, or the two columns read as one sentence"""
LOW_ROW_PX = 34
MOST_ROWS, MOST_LOW_ROWS = 4, 3
MOST_PX = 16_777_215.0
SAMPLE = QSize(64, 20)
PATTERNS: tuple[tuple[float, ...], ...] = ((), (6, 3), (1, 2.5), (8, 3, 1, 3), (10, 3, 1, 3, 1, 3), (3, 3))
"""Dashes and gaps in line widths; none is a solid line."""
TONES = ("plan", "actual", "good", "warn", "text", "bad")
LEAST_OFF_DEG = 0.5
"""Without a depth of field the scale is never finer than this"""
EDGE = "edge of sharp"
VERDICT = 3
"""The column"""


class TakeCompare(Screen):
    """Several takes of one pull, compared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "takeCompare", "Takes compared", "Up and down choose a take: its line is the thick one.", parent
        )
        self._takes: tuple[CompareTake, ...] = ()
        self._in_shares = False
        """Percent of the sharp half are drawn, not degrees"""
        self._lines: list[tuple[pg.PlotCurveItem, pg.PlotCurveItem]] = []
        self._words = QLabel(self)
        self._words.setObjectName("compareWords")
        self._words.setAccessibleName("How the takes differ")
        self._words.setWordWrap(True)
        written(self._words, 15)
        self._row_px = TOUCH_PX
        self._build_plots()
        self._build_table()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._graphics, 1)
        layout.addWidget(self.table)
        layout.addWidget(self._words)
        self._paint_theme()
        self.set_takes(())

    def _build_plots(self) -> None:
        self._graphics = pg.GraphicsLayoutWidget(parent=self)
        self._graphics.setFrameShape(self._graphics.Shape.NoFrame)
        self._graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        measured(self._graphics.setMinimumHeight, 100)
        # Of itself it wants to stay as high as it has ever been, and the table below would be scrolled out of sight.
        self._graphics.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._off = self._graphics.addPlot(row=0, col=0, axisItems={"bottom": TimeAxis()})
        self._ring = self._graphics.addPlot(row=1, col=0, axisItems={"bottom": TimeAxis()})
        self._graphics.ci.layout.setRowStretchFactor(0, 3)
        self._graphics.ci.layout.setRowStretchFactor(1, 2)
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self._off.addItem(self._zero)
        self._sharp = pg.LinearRegionItem((-100.0, 100.0), orientation="horizontal", movable=False)
        self._sharp.setZValue(-10)
        self._off.addItem(self._sharp)
        self._edge = pg.InfLineLabel(self._sharp.lines[1], EDGE, position=1.0, anchors=[(1.0, 0.0), (1.0, 0.0)])
        for plot, title in ((self._off, ""), (self._ring, "ring °")):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.getViewBox().disableAutoRange()
            for side in ("left", "bottom"):
                plot.getAxis(side).enableAutoSIPrefix(enable=False)
            self._title_axis(plot, title)
        self._off.getAxis("bottom").setStyle(showValues=False)

    @staticmethod
    def _title_axis(plot: pg.PlotItem, title: str) -> None:
        """Name what is drawn upwards, in letters of the present scale."""
        size = letters(AXIS_PX)
        for side in ("left", "bottom"):
            plot.getAxis(side).setTickFont(theme.figure_font(size))
        plot.setLabel("left", title, **{"font-size": f"{size}px", "color": colour("text").name()})
        plot.getAxis("left").setWidth(letters(64))

    def fit(self, room: Room) -> None:
        """On a low screen the ring's own curves go, for they lie over each other, and the rows are lower."""
        self._row_px = LOW_ROW_PX if room.low else TOUCH_PX
        layout = self._graphics.ci.layout
        layout.setRowStretchFactor(1, 0 if room.low else 2)
        layout.setRowMaximumHeight(1, 0 if room.low else MOST_PX)
        self._ring.setVisible(not room.low)
        shown, hidden = (self._off, self._ring) if room.low else (self._ring, self._off)
        shown.getAxis("bottom").setStyle(showValues=True)
        hidden.getAxis("bottom").setStyle(showValues=False)
        measured(self.table.verticalHeader().setDefaultSectionSize, self._row_px)
        self._title_axis(self._ring, "ring °")
        self._edge.textItem.setFont(theme.figure_font(letters(AXIS_PX)))
        self._scale()
        self._fill()
        self._repen()

    def _build_table(self) -> None:
        self.table = QTableWidget(0, 4, self)
        self.table.setTabKeyNavigation(False)
        self.table.setObjectName("compareTable")
        self.table.setAccessibleName("Figures of the compared takes")
        self.table.setHorizontalHeaderLabels(["take", "farthest off", "landing", "verdict"])
        self.table.setIconSize(SAMPLE)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.table.itemSelectionChanged.connect(self._repen)

    def first_field(self) -> QWidget:
        """The takes: a plot is only looked at."""
        return self.table

    # Showing -----------------------------------------------------------------------------------------------------

    def set_takes(self, takes: Sequence[CompareTake], play_deg: float = 0.0) -> None:
        """Compare these, in their order; a take without samples has its figures only. `play_deg` is the gear's."""
        self._takes = tuple(dataclasses.replace(take, play_deg=max(take.play_deg, play_deg)) for take in takes)
        self._in_shares = all(take.half_dof_deg > 0 for take in self._takes if len(take.times_s))
        for off, ring in self._lines:
            self._off.removeItem(off)
            self._ring.removeItem(ring)
        self._lines = [self._draw(take) for take in self._takes]
        self._scale()
        self._fill()
        self._words.setText(compare_words(self._takes))
        self._repen()

    def _draw(self, take: CompareTake) -> tuple[pg.PlotCurveItem, pg.PlotCurveItem]:
        by = 100.0 / take.half_dof_deg if self._in_shares and take.half_dof_deg else 1.0
        off = pg.PlotCurveItem(take.times_s, (take.actual_deg - take.planned_deg) * by, antialias=True)
        ring = pg.PlotCurveItem(take.times_s, take.actual_deg, antialias=True)
        self._off.addItem(off)
        self._ring.addItem(ring)
        return off, ring

    def _scale(self) -> None:
        seen = [take for take in self._takes if len(take.times_s)]
        end_s = max((float(take.times_s[-1]) for take in seen), default=1.0) or 1.0
        worst = self._farthest(seen) * 1.2
        rings = np.concatenate([take.actual_deg for take in seen]) if seen else np.array([0.0, 1.0])
        room = 0.05 * float(np.ptp(rings)) or 1.0
        across = -0.02 * end_s, 1.02 * end_s
        self._off.getViewBox().setRange(xRange=across, yRange=(-worst, worst), padding=0)
        self._ring.getViewBox().setRange(
            xRange=across, yRange=(float(rings.min()) - room, float(rings.max()) + room), padding=0
        )

    def _farthest(self, seen: Sequence[CompareTake]) -> float:
        """The farthest that must have room; the sharp half has, wherever it is known."""
        in_shares = self._in_shares and bool(seen)
        self._sharp.setVisible(in_shares)
        self._title_axis(self._off, "off, % of sharp" if in_shares else "off by °")
        if not in_shares:
            return max([LEAST_OFF_DEG, *(abs(largest(take)[0]) for take in seen)])
        return max([100.0, *(100.0 * abs(largest(take)[0]) / take.half_dof_deg for take in seen)])

    def _fill(self) -> None:
        self.table.setRowCount(len(self._takes))
        for row, take in enumerate(self._takes):
            for column, text in enumerate((take.title, off_words(take), take.landing or "–", take.verdict)):
                self.table.setItem(row, column, QTableWidgetItem(text))
        header, rows = (
            self.table.horizontalHeader().sizeHint().height(),
            min(len(self._takes), MOST_ROWS if self._row_px > LOW_ROW_PX else MOST_LOW_ROWS),
        )
        self.table.setFixedHeight(header + px(self._row_px) * max(rows, 1) + 4)

    @property
    def words(self) -> str:
        """The comparison in a sentence."""
        return self._words.text()

    @property
    def off_range(self) -> tuple[float, float]:
        """The least and the most that the upper plot has room for: percent of the sharp half, or degrees."""
        low, high = self._off.getViewBox().viewRange()[1]
        return low, high

    @property
    def traces(self) -> tuple[tuple[pg.PlotCurveItem, pg.PlotCurveItem], ...]:
        """For each take its lines: the difference and the ring angle."""
        return tuple(self._lines)

    # Pens --------------------------------------------------------------------------------------------------------

    def _repen(self) -> None:
        """Pens by pattern and colour; the chosen take's is thicker and in front."""
        chosen = self.table.currentRow() if self.table.selectedItems() else -1
        for row, lines in enumerate(self._lines):
            for line in lines:
                line.setPen(pen_of(row, (4.0 if row == chosen else 2.0) * self.devicePixelRatioF()))
                line.setZValue(10 if row == chosen else 0)
            item = self.table.item(row, 0)
            if item is not None:
                sample = sample_of(row, self.devicePixelRatioF())
                item.setIcon(_untinted(sample))
            self._sign_verdict(row)
        self.table.setColumnWidth(0, self.table.sizeHintForColumn(0) + px(AFTER_TAKE_PX))

    def _sign_verdict(self, row: int) -> None:
        """Sign and colour of how the take ended, as in the list of takes."""
        item, outcome = self.table.item(row, VERDICT), self._takes[row].outcome
        if item is not None and outcome is not None:
            sign, tone = OUTCOME_SIGNS[outcome]
            item.setIcon(_untinted(sign_of(sign, tone, self.devicePixelRatioF())))
            item.setForeground(colour(tone))

    def _paint_theme(self) -> None:
        self._graphics.setBackground(colour("panel"))
        self._zero.setPen(pg.mkPen(colour("outline"), width=2))
        self._sharp.setBrush(pg.mkBrush(colour("good", 30)))
        for edge in self._sharp.lines:
            edge.setPen(pg.mkPen(colour("good"), width=1.5, style=Qt.PenStyle.DashLine))
        self._edge.setColor(colour("good"))
        for plot in (self._off, self._ring):
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(pg.mkPen(colour("outline")))
                plot.getAxis(side).setTextPen(pg.mkPen(colour("text")))
        self._repen()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_theme()


def largest(take: CompareTake) -> tuple[float, float]:
    """The difference that is largest, degrees with its sign, and when; zeros without samples."""
    if not len(take.times_s):
        return 0.0, 0.0
    off = take.actual_deg - take.planned_deg
    at = int(np.argmax(np.abs(off)))
    return float(off[at]), float(take.times_s[at])


def same(take: CompareTake) -> bool:
    """Whether all that it was off by is play of the gear, or a step's rounding: nobody can tell it from the plan."""
    return abs(largest(take)[0]) <= take.play_deg


def compare_words(takes: Sequence[CompareTake]) -> str:
    """The comparison in a sentence."""
    seen = [take for take in takes if len(take.times_s)]
    if not takes:
        return "Choose takes in the table to lay them over each other."
    if not seen:
        return "None of these takes has a trace to draw."
    worst = max(seen, key=lambda take: abs(largest(take)[0]))
    if all(map(same, seen)):
        who = "The ring kept to its plan" if len(seen) == 1 else "All are the same"
        most = f"to {share_words(worst)} of the sharp half" if worst.half_dof_deg else f"{worst.play_deg:.2g}°"
        return f"{who} within the play, {most}."
    off, at_s = largest(worst)
    if not worst.half_dof_deg:
        return f"{worst.title} was farthest off: {abs(off):.2g}°, at {at_s:.2f} s."
    if len(seen) == 1:
        return f"The ring kept to {share_words(worst)} of the sharp half."
    return f"All kept to {share_words(worst)} of the sharp half; {worst.title} was farthest off, at {at_s:.2f} s."


def off_words(take: CompareTake) -> str:
    """How far a take was off at most, in degrees and of the sharp half, and when."""
    if not len(take.times_s):
        return "–"
    off, at_s = largest(take)
    if same(take):
        return "within the play"
    words = f"{'−' if off < 0 else '+'}{abs(off):z.3f}° at {at_s:.2f} s"
    return f"{words}, {share_words(take)}" if take.half_dof_deg else words


def share_words(take: CompareTake) -> str:
    """The largest difference as a share of half the depth of field, rounded up."""
    return f"{max(1, math.ceil(100.0 * abs(largest(take)[0]) / take.half_dof_deg))} %"


def pen_of(number: int, width: float) -> QPen:
    """The pen of the take at a place in the list: a pattern and a colour of its own."""
    pen = pg.mkPen(colour(TONES[number % len(TONES)]), width=width)
    pattern = PATTERNS[number % len(PATTERNS)]
    if pattern:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([length * 2.0 / width for length in pattern])
    return QPen(pen)


def _untinted(picture: QPixmap) -> QIcon:
    """An icon that a chosen row doesn't tint."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def sign_of(sign: str, tone: str, ratio: float) -> QPixmap:
    """The sign of how a take ended, for the table."""
    side = SAMPLE.height()
    picture = QPixmap(QSize(side, side) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_list_sign(painter, sign, QRectF(3, 3, side - 6, side - 6), colour(tone))
    painter.end()
    return picture


def sample_of(number: int, ratio: float) -> QPixmap:
    """A piece of a take's line, for the table."""
    picture = QPixmap(SAMPLE * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(colour("panel"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = pen_of(number, 3.0)
    pen.setCosmetic(False)
    painter.setPen(pen)
    painter.drawLine(QPointF(2, SAMPLE.height() / 2), QPointF(SAMPLE.width() - 2, SAMPLE.height() / 2))
    painter.end()
    return picture

# SPDX-License-Identifier: MIT
"""Takes over each other: what each was off by, magnified, the ring below, and their figures in a table.

The table is the legend too: each line's dash pattern stands before its take, so that nobody has to tell colours apart,
and the chosen row's line is drawn thicker.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
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
from followfocus_gui.widgets.theme import TOUCH_PX, colour

AXIS_PX = 13
LOW_ROW_PX = 34
MOST_ROWS, MOST_LOW_ROWS = 4, 3
MOST_PX = 16_777_215.0
SAMPLE = QSize(64, 20)
PATTERNS: tuple[tuple[float, ...], ...] = ((), (6, 3), (1, 2.5), (8, 3, 1, 3), (10, 3, 1, 3, 1, 3), (3, 3))
"""Dashes and gaps in line widths; none is a solid line."""
TONES = ("plan", "actual", "good", "warn", "text", "bad")
LEAST_OFF_DEG = 0.005


class TakeCompare(Screen):
    """Several takes of one pull, compared."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "takeCompare", "Takes compared", "Up and down choose a take: its line is the thick one.", parent
        )
        self._takes: tuple[CompareTake, ...] = ()
        self._lines: list[tuple[pg.PlotCurveItem, pg.PlotCurveItem]] = []
        self._words = QLabel(self)
        self._words.setObjectName("compareWords")
        self._words.setAccessibleName("How the takes differ")
        self._words.setWordWrap(True)
        self._words.setFont(theme.figure_font(15))
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
        self._graphics.setMinimumHeight(100)
        # Of itself it wants to stay as high as it has ever been, and the table below would be scrolled out of sight.
        self._graphics.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._off = self._graphics.addPlot(row=0, col=0, axisItems={"bottom": TimeAxis()})
        self._ring = self._graphics.addPlot(row=1, col=0, axisItems={"bottom": TimeAxis()})
        self._graphics.ci.layout.setRowStretchFactor(0, 3)
        self._graphics.ci.layout.setRowStretchFactor(1, 2)
        self._zero = pg.InfiniteLine(0.0, angle=0)
        self._off.addItem(self._zero)
        for plot, title in ((self._off, "off by °"), (self._ring, "ring °")):
            plot.setMenuEnabled(False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.getViewBox().disableAutoRange()
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.enableAutoSIPrefix(enable=False)
                axis.setTickFont(theme.figure_font(AXIS_PX))
            plot.setLabel("left", title, **{"font-size": f"{AXIS_PX}px", "color": colour("text").name()})
            plot.getAxis("left").setWidth(70)
        self._off.getAxis("bottom").setStyle(showValues=False)

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
        self.table.verticalHeader().setDefaultSectionSize(self._row_px)
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
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.itemSelectionChanged.connect(self._repen)

    # Showing -----------------------------------------------------------------------------------------------------

    def set_takes(self, takes: Sequence[CompareTake]) -> None:
        """Compare these, in their order; a take without samples has its figures only."""
        self._takes = tuple(takes)
        for off, ring in self._lines:
            self._off.removeItem(off)
            self._ring.removeItem(ring)
        self._lines = [self._draw(take) for take in self._takes]
        self._scale()
        self._fill()
        self._words.setText(compare_words(self._takes))
        self._repen()

    def _draw(self, take: CompareTake) -> tuple[pg.PlotCurveItem, pg.PlotCurveItem]:
        off = pg.PlotCurveItem(take.times_s, take.actual_deg - take.planned_deg, antialias=True)
        ring = pg.PlotCurveItem(take.times_s, take.actual_deg, antialias=True)
        self._off.addItem(off)
        self._ring.addItem(ring)
        return off, ring

    def _scale(self) -> None:
        seen = [take for take in self._takes if len(take.times_s)]
        end_s = max((float(take.times_s[-1]) for take in seen), default=1.0) or 1.0
        worst = max([LEAST_OFF_DEG, *(abs(largest(take)[0]) for take in seen)]) * 1.1
        rings = np.concatenate([take.actual_deg for take in seen]) if seen else np.array([0.0, 1.0])
        room = 0.05 * float(np.ptp(rings)) or 1.0
        across = -0.02 * end_s, 1.02 * end_s
        self._off.getViewBox().setRange(xRange=across, yRange=(-worst, worst), padding=0)
        self._ring.getViewBox().setRange(
            xRange=across, yRange=(float(rings.min()) - room, float(rings.max()) + room), padding=0
        )

    def _fill(self) -> None:
        self.table.setRowCount(len(self._takes))
        for row, take in enumerate(self._takes):
            for column, text in enumerate((take.title, off_words(take), take.landing or "–", take.verdict)):
                self.table.setItem(row, column, QTableWidgetItem(text))
        header, rows = (
            self.table.horizontalHeader().sizeHint().height(),
            min(len(self._takes), MOST_ROWS if self._row_px > LOW_ROW_PX else MOST_LOW_ROWS),
        )
        self.table.setFixedHeight(header + self._row_px * max(rows, 1) + 4)

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
                icon = QIcon(sample)
                # a chosen row would tint it
                icon.addPixmap(sample, QIcon.Mode.Selected)
                item.setIcon(icon)

    def _paint_theme(self) -> None:
        self._graphics.setBackground(colour("panel"))
        self._zero.setPen(pg.mkPen(colour("outline"), width=2))
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


def compare_words(takes: Sequence[CompareTake]) -> str:
    """The comparison in a sentence."""
    seen = [take for take in takes if len(take.times_s)]
    if not takes:
        return "Choose takes in the table to lay them over each other."
    if not seen:
        return "None of these takes has a trace to draw."
    worst = max(seen, key=lambda take: abs(largest(take)[0]))
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

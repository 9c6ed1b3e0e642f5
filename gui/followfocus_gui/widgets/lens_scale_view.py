# SPDX-License-Identifier: MIT
"""A lens's scale as it lies on the barrel: the measured part solid, the rest worked out, the ring where it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from followfocus.lens.map import LensMap
from followfocus.lens.scale import ring_ticks, scale_facts
from followfocus_gui.widgets.scale import letters, measured, px, ratio
from followfocus_gui.widgets.theme import colour, figure_font

EDGE_PX, BAR_PX, LOW_BAR_PX = 10.0, 58.0, 46.0
GAP_PX = 6.0


class LensScaleView(QWidget):
    """The scale of a lens, from infinity at the left to close focus at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lensScale")
        self.setAccessibleName("Scale of the lens")
        self.set_low(low=False)
        self._lens: LensMap | None = None
        self._ring_deg: float | None = None
        self._ring_words = ""
        self._imperial = False

    def set_low(self, *, low: bool) -> None:
        """A lower barrel, for a low screen."""
        self._bar_px = LOW_BAR_PX if low else BAR_PX
        measured(self.setMinimumSize, 280, 30 + self._bar_px + 18)

    def sizeHint(self) -> QSize:
        """Wide, and as high as its three rows."""
        return QSize(px(600), self.minimumHeight())

    def show_lens(self, lens: LensMap | None, *, imperial: bool) -> None:
        """Draw a lens."""
        self._lens, self._imperial = lens, imperial
        self.update()

    def show_ring(self, ring_deg: float | None, words: str) -> None:
        """The ring's place on it, with its distance; None hides it."""
        if (ring_deg, words) != (self._ring_deg, self._ring_words):
            self._ring_deg, self._ring_words = ring_deg, words
            self.update()

    def x_of(self, ring_deg: float) -> float:
        """Where a ring angle lies, pixels from the left."""
        travel = 1.0 if self._lens is None else self._lens.travel_deg
        return EDGE_PX + (self.width() - 2 * EDGE_PX) * min(max(ring_deg / travel, 0.0), 1.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring above, the barrel, the marks below."""
        lens = self._lens
        if lens is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(EDGE_PX, px(30), self.width() - 2 * EDGE_PX, px(self._bar_px))
        self._barrel(painter, bar, lens)
        self._ticks(painter, bar, lens)
        self._marks(painter, bar, lens)
        if self._ring_deg is not None:
            self._ring(painter, bar, self._ring_deg)
        painter.end()

    def _barrel(self, painter: QPainter, bar: QRectF, lens: LensMap) -> None:
        known = scale_facts(lens).measured_deg
        painter.setPen(QPen(colour("edge"), 1.0))
        painter.setBrush(colour("window"))
        painter.drawRoundedRect(bar, 6, 6)
        if known is not None:
            left, right = self.x_of(known[0]), self.x_of(known[1])
            painter.fillRect(QRectF(left, bar.top() + 1, right - left, bar.height() - 2), colour("bandB"))

    def _ticks(self, painter: QPainter, bar: QRectF, lens: LensMap) -> None:
        """Every distance has its tick; its number where there is room, plain ones before those between."""
        font, metrics = figure_font(letters(15), bold=True), QFontMetricsF(figure_font(letters(15), bold=True))
        taken: list[tuple[float, float]] = []
        ticks = ring_ticks(lens, imperial=self._imperial)
        for ring_deg, text in sorted(ticks, key=lambda tick: (len(tick[1].replace(".", "")), -tick[0])):
            x, wide = self.x_of(ring_deg), metrics.horizontalAdvance(text)
            left = min(max(x - wide / 2, bar.left() + 4), bar.right() - wide - 4)
            painter.setPen(QPen(colour("text"), 1.6))
            painter.drawLine(QPointF(x, bar.bottom() - px(13)), QPointF(x, bar.bottom() - 1))
            if any(left < end + GAP_PX and left + wide > start - GAP_PX for start, end in taken):
                continue
            taken.append((left, left + wide))
            painter.setFont(font)
            painter.drawText(
                QRectF(left, bar.top() + px(4), wide + 1, letters(24)), Qt.AlignmentFlag.AlignVCenter, text
            )

    def _marks(self, painter: QPainter, bar: QRectF, lens: LensMap) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("good"))
        for ring_deg in scale_facts(lens).marks_deg:
            painter.drawEllipse(QPointF(self.x_of(ring_deg), bar.bottom() + px(12)), 3.6 * ratio(), 3.6 * ratio())

    def _ring(self, painter: QPainter, bar: QRectF, ring_deg: float) -> None:
        x = self.x_of(ring_deg)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("needle"))
        top = bar.top() - 2
        painter.drawPolygon(QPolygonF([QPointF(x - 8, top - 13), QPointF(x + 8, top - 13), QPointF(x, top)]))
        painter.setFont(figure_font(letters(14)))
        painter.setPen(colour("text"))
        wide = QFontMetricsF(figure_font(letters(14))).horizontalAdvance(self._ring_words)
        left = x + 13 if x + 13 + wide <= self.width() else x - 13 - wide
        painter.drawText(
            QRectF(left, top - letters(17), wide + 2, letters(19)),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self._ring_words,
        )

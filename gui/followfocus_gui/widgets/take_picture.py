# SPDX-License-Identifier: MIT
"""The chosen take as a small curve: planned, what it did, and where it stopped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from followfocus_gui.state.label_layout import moved_apart
from followfocus_gui.state.views import CompareTake
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import colour, figure_font

LegendLine = tuple[str, str, Qt.PenStyle]
"""A line of the legend: colour, words, how it is drawn"""
_SOLID, _DASHED = Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine
LINES: tuple[LegendLine, ...] = (("plan", "planned", _SOLID), ("actual", "what it did", _SOLID))
HAND_LINE: LegendLine = ("text", "with the hand", _DASHED)
LEFT_PX, BOTTOM_PX, RIGHT_PX = 56.0, 26.0, 130.0
WIDER_PX = (180.0, 240.0)
"""Right of the curve, where a remark is long and the picture low"""
WORDS_PX = 15.0
"""From one mark's distance to the next, however near they are to each other"""


@dataclass(frozen=True, slots=True)
class TakePicture:
    """A drawn take: the traces, the distances of the marks as words by ring angle, when it stopped, and a remark."""

    take: CompareTake
    marks: tuple[tuple[float, str], ...] = ()
    half_dof_deg: float = 0.0
    stopped_s: float | None = None
    remark: str = ""


class TakeCurve(QWidget):
    """The picture, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("takeCurve")
        self.setAccessibleName("The chosen take")
        measured(self.setMinimumHeight, 110)
        self._shown: TakePicture | None = None
        self._words = "Choose a take to see it."

    def sizeHint(self) -> QSize:
        """As wide as the list."""
        return QSize(px(560), px(150))

    @property
    def shown(self) -> TakePicture | None:
        """The take that is drawn now."""
        return self._shown

    def show_take(self, picture: TakePicture | None, words: str = "Choose a take to see it.") -> None:
        """Draw a take; without one, say why."""
        self._shown, self._words = picture, words
        self.setAccessibleName(words if picture is None else f"{picture.take.title}: {picture.remark}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bands, plan, take."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        if self._shown is None:
            painter.setPen(colour("faint"))
            painter.setFont(figure_font(letters(14)))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        else:
            self._draw(painter, self._shown)
        painter.end()

    def _right_px(self, shown: TakePicture) -> int:
        """The room right of the curve: as wide as the remark needs in the height there is."""
        metrics = QFontMetrics(figure_font(letters(13)))
        high = self.height() - 10 - letters(BOTTOM_PX) - letters(4 + 20 * (2 if shown.take.wanted_deg is None else 3))
        for wide in (RIGHT_PX, *WIDER_PX):
            room = QRect(0, 0, letters(wide) - px(18), 1000)
            if metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), remark_words(shown.remark)).height() <= high:
                return letters(wide)
        return letters(WIDER_PX[-1])

    def _draw(self, painter: QPainter, shown: TakePicture) -> None:
        take = shown.take
        left, right, foot = letters(LEFT_PX), self._right_px(shown), letters(BOTTOM_PX)
        box = QRectF(left, 10, self.width() - left - right, self.height() - 10 - foot)
        meant_deg = take.planned_deg if take.wanted_deg is None else take.wanted_deg
        rings = np.concatenate([take.planned_deg, meant_deg, take.actual_deg, [deg for deg, _ in shown.marks]])
        low, high = float(rings.min()), float(rings.max())
        room = max((high - low) * 0.12, shown.half_dof_deg * 1.4, 0.5)
        low, high = low - room, high + room
        end_s = max(float(take.times_s[-1]), 0.1)

        def at(t_s: float, ring_deg: float) -> QPointF:
            up = (ring_deg - low) / (high - low)
            return QPointF(box.left() + box.width() * t_s / end_s, box.bottom() - box.height() * up)

        for (ring_deg, _), band in zip(shown.marks, ("bandA", "bandB", "bandC") * 4, strict=False):
            top, bottom = at(0, ring_deg + shown.half_dof_deg).y(), at(0, ring_deg - shown.half_dof_deg).y()
            painter.fillRect(QRectF(box.left(), top, box.width(), max(bottom - top, 2.0)), colour(band))
        painter.setPen(colour("text"))
        painter.setFont(figure_font(letters(13)))
        for (_, words), y in zip(
            shown.marks, moved_apart([at(0, deg).y() for deg, _ in shown.marks], letters(WORDS_PX)), strict=True
        ):
            painter.drawText(QRectF(0, y - letters(10), left - px(8), letters(20)), _RIGHT, words)
        curves = [("plan", take.planned_deg, 2.0, _SOLID), ("actual", take.actual_deg, 3.0, _SOLID)]
        if take.wanted_deg is not None:
            curves.append(("text", take.wanted_deg, 1.4, _DASHED))
        for tone, rings_deg, width, style in curves:
            painter.setPen(QPen(colour(tone), width, style))
            painter.drawPolyline(QPolygonF([at(t, d) for t, d in zip(take.times_s, rings_deg, strict=True)]))
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(letters(12)))
        for share in (0.0, 0.5, 1.0):
            place = QRectF(box.left() + box.width() * share - letters(30), box.bottom() + 4, letters(60), letters(18))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{end_s * share:.2g} s" if share else "0")
        if shown.stopped_s is not None:
            self._stop(painter, box, at(shown.stopped_s, low).x(), shown.stopped_s)
        lines = LINES if take.wanted_deg is None else (*LINES, HAND_LINE)
        self._legend(
            painter, QRectF(box.right() + px(12), box.top(), right - px(18), box.height()), lines, shown.remark
        )

    @staticmethod
    def _stop(painter: QPainter, box: QRectF, x: float, stopped_s: float) -> None:
        painter.setPen(QPen(colour("faint"), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(colour("text"))
        painter.setFont(figure_font(letters(12), bold=True))
        painter.drawText(
            QRectF(x - letters(130), box.top(), letters(126), letters(18)), _RIGHT, f"stopped at {stopped_s:.2f} s"
        )

    @staticmethod
    def _legend(painter: QPainter, box: QRectF, lines: tuple[LegendLine, ...], remark: str) -> None:
        painter.setFont(figure_font(letters(13)))
        for number, (tone, words, style) in enumerate(lines):
            y = box.top() + letters(8 + number * 20)
            painter.setPen(QPen(colour(tone), 3, style))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.left() + px(22), y))
            painter.setPen(colour("text"))
            painter.drawText(
                QRectF(box.left() + px(28), y - letters(10), box.width() - px(28), letters(20)),
                Qt.AlignmentFlag.AlignVCenter,
                words,
            )
        painter.setPen(colour("faint"))
        rest = QRectF(box.left(), box.top() + letters(4 + 20 * len(lines)), box.width(), box.height() - letters(40))
        painter.drawText(rest, int(Qt.TextFlag.TextWordWrap), remark_words(remark))


def remark_words(remark: str) -> str:
    """The remark, no figure on another line than its unit."""
    return remark.replace(" %", "\u00a0%")


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

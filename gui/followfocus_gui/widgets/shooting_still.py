# SPDX-License-Identifier: MIT
"""The still part of the shooting view while a take runs: slate, lens's scale with the marks, times, last take."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from followfocus_gui.state.grid import Box, Shooting
from followfocus_gui.state.shooting import ShootView
from followfocus_gui.widgets.lettering import LEAST_PX, elided, in_rows, metrics, shortened, width_of
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import colour, figure_font

WAY_BACK = "F11 or two taps: the desk"
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignVCenter


def rect_of(box: Box) -> QRectF:
    """A box as Qt has it."""
    return QRectF(box.x, box.y, box.width, box.height)


@dataclass(frozen=True, slots=True)
class ShootingGeometry:
    """Where ring angles and times lie in the view, in its pixels."""

    places: Shooting
    view: ShootView

    @property
    def bar(self) -> QRectF:
        """The strip with the engraving."""
        box = rect_of(self.places.scale)
        return QRectF(box.left(), box.top() + box.height() * 0.36, box.width(), box.height() * 0.34)

    def x(self, ring_deg: float) -> float:
        """Where a ring angle lies along the strip, infinity on the left."""
        bar, view = self.bar, self.view
        share = (ring_deg - view.low_deg) / max(view.high_deg - view.low_deg, 1e-9)
        return bar.left() + 12 + (bar.width() - 24) * min(max(share, 0.0), 1.0)

    @property
    def time_bar(self) -> QRectF:
        """The bar that fills as a take runs."""
        box = rect_of(self.places.time)
        left = box.width() * 0.215
        return QRectF(box.left() + left, box.top() + box.height() * 0.2, box.width() - left - 8, box.height() * 0.28)


class StillPainter:
    """Draws it, with a painter, in letters of a size in pixels."""

    def __init__(self, painter: QPainter, geometry: ShootingGeometry, size_px: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter, self._geometry, self._view, self._size = painter, geometry, geometry.view, size_px

    def draw(self) -> None:
        """Paint the whole still part."""
        places = self._geometry.places
        self._slate(rect_of(places.slate))
        self._scale()
        self._ticks()
        self._last(rect_of(places.last))

    def _slate(self, box: QRectF) -> None:
        painter = self._painter
        view, size = self._view, self._size
        painter.setPen(colour("text"))
        painter.setFont(figure_font(size, bold=True))
        slate = self._fitting(view.slate, box.width() * 0.4, size, bold=True)
        lens = self._fitting(view.lens, box.width() * 0.4, size)
        painter.drawText(box, LEFT | MIDDLE, slate)
        left = width_of(slate, size, bold=True) + 2 * size
        right = width_of(lens, size) + size
        painter.setFont(figure_font(size))
        room = box.adjusted(left, 0, -right, 0)
        cue = elided(view.cue, room.width(), size)
        painter.drawText(room, LEFT | MIDDLE, cue)
        painter.setPen(colour("faint"))
        room.setLeft(room.left() + width_of(cue, size) + 2 * size)
        if room.width() > 6 * size:
            painter.drawText(room, LEFT | MIDDLE, elided(view.then, room.width(), size))
        painter.drawText(box, RIGHT | MIDDLE, lens)

    def _scale(self) -> None:
        painter = self._painter
        bar, view = self._geometry.bar, self._view
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawRoundedRect(bar, 8, 8)
        for mark in view.marks:
            low, high = self._geometry.x(mark.low_deg), self._geometry.x(mark.high_deg)
            painter.fillRect(QRectF(low, bar.top() + 1, max(3.0, high - low), bar.height() - 2), colour("bandB"))
        taken: list[QRectF] = []
        for ring_deg, text, major in sorted(view.scale, key=lambda entry: not entry[2]):
            size, x = round(self._size * (0.95 if major else 0.8)), self._geometry.x(ring_deg)
            painter.setPen(QPen(colour("text" if major else "faint"), 2 if major else 1))
            tall = bar.height() * (0.26 if major else 0.15)
            painter.drawLine(QPointF(x, bar.bottom() - tall), QPointF(x, bar.bottom()))
            wide = width_of(text, size, bold=major) + 10
            room = QRectF(x - wide / 2, bar.top(), wide, bar.height() * 0.7)
            if not any(room.intersects(other) for other in taken):
                taken.append(room)
                painter.setFont(figure_font(size, bold=major))
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        self._marks()

    def _marks(self) -> None:
        """Letters above the strip, names beside them where there is room."""
        painter = self._painter
        bar, reach = self._geometry.bar, self._size * 0.85
        marks = sorted(self._view.marks, key=lambda mark: mark.ring_deg)
        middle, size, taken = bar.top() - reach - 8, round(self._size * 0.9), bar.left()
        for place, mark in enumerate(marks):
            x = self._geometry.x(mark.ring_deg)
            painter.setPen(QPen(colour("text"), 2))
            painter.setBrush(colour("window"))
            painter.drawLine(QPointF(x, middle + reach), QPointF(x, bar.top()))
            painter.drawEllipse(QPointF(x, middle), reach, reach)
            painter.setFont(figure_font(round(reach * 1.15), bold=True))
            letter = QRectF(x - reach, middle - reach, 2 * reach, 2 * reach)
            painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, mark.letter)
            end = self._geometry.x(marks[place + 1].ring_deg) - reach if place + 1 < len(marks) else bar.right()
            room = QRectF(x + reach + 8, middle - reach, max(0.0, end - x - reach - 12), 2 * reach)
            before = QRectF(taken + 8, middle - reach, max(0.0, x - reach - taken - 16), 2 * reach)
            side = LEFT
            if room.width() < min(width_of(mark.name, size), before.width()):
                room, side = before, RIGHT
            taken = x + reach
            if room.width() > 3 * size:
                shown = elided(mark.name, room.width(), size)
                painter.setFont(figure_font(size))
                painter.drawText(room, side | MIDDLE, shown)
                taken += 0.0 if side == RIGHT else 8 + width_of(shown, size)

    def _ticks(self) -> None:
        """When who is soft and sharp, below the time bar; labels that would lie on another are left out."""
        painter = self._painter
        bar, view, size = self._geometry.time_bar, self._view, round(self._size * 0.85)
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(size))
        taken: list[QRectF] = []
        for at_s, whole in (*view.ticks[-1:], *view.ticks[:-1]):  # the landing before all others
            words = self._fitting(whole, bar.width() / 2 - 8, size)
            x = bar.left() + bar.width() * at_s / max(view.whole_s, 1e-9)
            wide = width_of(words, size) + 8
            left = min(max(bar.left() - 8, x - wide / 2), bar.right() - wide)
            room = QRectF(left, bar.bottom() + 6, wide, size * 1.5)
            if not any(room.adjusted(-8, 0, 8, 0).intersects(other) for other in taken):
                taken.append(room)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _last(self, box: QRectF) -> None:
        """The last take, and the way back."""
        painter = self._painter
        view, size, small = self._view, self._size, round(self._size * 0.72)
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        upper = QRectF(box.left() + 16, box.top() + 8, box.width() - 32, box.height() * 0.4)
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(small))
        painter.drawText(upper, LEFT | MIDDLE, "last take")
        if width_of(WAY_BACK, small) + width_of("last take", small) + 20 < upper.width():
            painter.drawText(upper, RIGHT | MIDDLE, WAY_BACK)
        lower = QRectF(upper.left(), upper.bottom(), upper.width(), box.height() * 0.45)
        left = 0.0
        if view.last:
            sign, tone = ("tick", "good") if view.last_good else ("warning", "warn")
            draw_sign(painter, sign, QPointF(lower.left() + size * 0.5, lower.center().y()), size * 0.9, colour(tone))
            left = size * 1.5
        self._last_words(view.last or "None here yet.", lower.adjusted(left, 0, 0, 0))

    def _last_words(self, words: str, room: QRectF) -> None:
        """How the last take went: whole, in smaller letters or on two lines where it is long."""
        painter, size = self._painter, self._size
        rows: tuple[str, ...] = (self._fitting(words, room.width(), size),)
        while not rows[0].endswith(words[-1:]) and size > LEAST_PX:
            size -= 1
            rows = (self._fitting(words, room.width(), size),)
        if not rows[0].endswith(words[-1:]):
            rows = in_rows(words, room.width(), size, self._view.names)
        high = metrics(size).height()
        painter.setPen(colour("text"))
        painter.setFont(figure_font(size))
        top = room.center().y() - high * len(rows) / 2
        for number, row in enumerate(rows):
            painter.drawText(QRectF(room.left(), top + number * high, room.width(), high), LEFT | MIDDLE, row)

    def _fitting(self, words: str, room: float, size: int, *, bold: bool = False) -> str:
        """The words, their names no longer than there is room for."""
        return shortened(words, self._view.names, room, metrics(size, bold=bold))

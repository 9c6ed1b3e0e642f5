# SPDX-License-Identifier: MIT
"""The shooting view: distance, sharp range, the lens's scale with the pull on it, and the time. Nothing to set.

It lies over the desk; state line, GO and STOP stay where they are. What stays in a take is drawn once into a picture.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from followfocus_gui.state.grid import Box, Shooting
from followfocus_gui.state.shooting import ShootView
from followfocus_gui.state.views import SharpView
from followfocus_gui.widgets.lettering import LONGEST, elided, fitting, width_of
from followfocus_gui.widgets.readouts import DistanceReadout, draw_bar
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import colour, figure_font

WAY_BACK = "F11 or two taps: the desk"
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MIDDLE = Qt.AlignmentFlag.AlignVCenter


def rect_of(box: Box) -> QRectF:
    """A box as Qt has it."""
    return QRectF(box.x, box.y, box.width, box.height)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a frame changes. `clock` is the large time with the words after it."""

    ring_deg: float | None = None
    at_s: float = 0.0
    clock: tuple[str, str] = ("", "")
    sharp: SharpView | None = None


class ShootingView(QWidget):
    """The view, over the desk."""

    left = Signal()
    """Two taps: back to the desk"""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shooting")
        self.setAccessibleName("Shooting view")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # nothing below it is drawn
        self.distance = DistanceReadout(self, framed=False)
        self.distance.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view, self._now = ShootView(), Moment()
        self._places: Shooting | None = None
        self._still: QPixmap | None = None
        self._size, self._imperial = 20, False
        self.hide()

    def place(self, places: Shooting, body_px: int) -> None:
        """Another size of the window."""
        self._places, self._size = places, round(body_px * 1.35)
        box = places.distance
        self.distance.setGeometry(box.x, box.y, box.width, box.height)
        self.distance.set_size(round(box.height * 0.95))
        self._still = None
        self.update()

    def set_imperial(self, imperial: bool) -> None:
        """Distances are in feet and inches, or in metres."""
        self._imperial = imperial
        self.distance.set_imperial(imperial)

    def set_view(self, view: ShootView) -> None:
        """Show what stands by."""
        if view != self._view:
            self._view, self._still = view, None
            self.update()

    def set_now(self, **changes: object) -> None:
        """Show another moment."""
        now = dataclasses.replace(self._now, **changes)  # type: ignore[arg-type]
        if now == self._now:
            return
        self._now = now
        if self._places is not None:  # only where a frame changes something
            for box in (self._places.sharp, self._places.scale, self._places.time):
                self.update(rect_of(box).toAlignedRect())

    # Drawing ------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The still picture, then needle, bar and times."""
        if self._places is None:
            return
        if self._still is None:
            self._still = self._draw_still(self._places)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_sharp(painter, self._places.sharp)
        self._draw_needle(painter)
        self._draw_time(painter)
        painter.end()

    def _draw_still(self, places: Shooting) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour("window"))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_slate(painter, rect_of(places.slate))
        self._draw_scale(painter)
        self._draw_ticks(painter)
        self._draw_last(painter, rect_of(places.last))
        painter.end()
        return picture

    def _draw_slate(self, painter: QPainter, box: QRectF) -> None:
        view, size = self._view, self._size
        painter.setPen(colour("text"))
        painter.setFont(figure_font(size, bold=True))
        painter.drawText(box, LEFT | MIDDLE, view.slate)
        left = width_of(view.slate, size, bold=True) + 2 * size
        right = width_of(view.lens, size) + size
        painter.setFont(figure_font(size))
        room = box.adjusted(left, 0, -right, 0)
        painter.drawText(room, LEFT | MIDDLE, elided(view.cue, room.width(), size))
        painter.setPen(colour("faint"))
        painter.drawText(box, RIGHT | MIDDLE, view.lens)

    def _bar(self) -> QRectF:
        """The strip with the engraving."""
        assert self._places is not None
        box = rect_of(self._places.scale)
        return QRectF(box.left(), box.top() + box.height() * 0.36, box.width(), box.height() * 0.34)

    def _x(self, ring_deg: float) -> float:
        """Where a ring angle lies along the strip, infinity on the left."""
        bar, view = self._bar(), self._view
        share = (ring_deg - view.low_deg) / max(view.high_deg - view.low_deg, 1e-9)
        return bar.left() + 12 + (bar.width() - 24) * min(max(share, 0.0), 1.0)

    def _draw_scale(self, painter: QPainter) -> None:
        bar, view = self._bar(), self._view
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawRoundedRect(bar, 8, 8)
        for mark in view.marks:
            low, high = self._x(mark.low_deg), self._x(mark.high_deg)
            painter.fillRect(QRectF(low, bar.top() + 1, max(3.0, high - low), bar.height() - 2), colour("bandB"))
        taken: list[QRectF] = []
        for ring_deg, text, major in sorted(view.scale, key=lambda entry: not entry[2]):
            size, x = round(self._size * (0.95 if major else 0.8)), self._x(ring_deg)
            painter.setPen(QPen(colour("text" if major else "faint"), 2 if major else 1))
            tall = bar.height() * (0.26 if major else 0.15)
            painter.drawLine(QPointF(x, bar.bottom() - tall), QPointF(x, bar.bottom()))
            wide = width_of(text, size, bold=major) + 10
            room = QRectF(x - wide / 2, bar.top(), wide, bar.height() * 0.7)
            if not any(room.intersects(other) for other in taken):
                taken.append(room)
                painter.setFont(figure_font(size, bold=major))
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        self._draw_marks(painter)

    def _draw_marks(self, painter: QPainter) -> None:
        """Letters above the strip, names beside them where there is room."""
        bar, reach = self._bar(), self._size * 0.85
        marks = sorted(self._view.marks, key=lambda mark: mark.ring_deg)
        middle = bar.top() - reach - 8
        for place, mark in enumerate(marks):
            x = self._x(mark.ring_deg)
            painter.setPen(QPen(colour("text"), 2))
            painter.setBrush(colour("window"))
            painter.drawLine(QPointF(x, middle + reach), QPointF(x, bar.top()))
            painter.drawEllipse(QPointF(x, middle), reach, reach)
            painter.setFont(figure_font(round(reach * 1.15), bold=True))
            letter = QRectF(x - reach, middle - reach, 2 * reach, 2 * reach)
            painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, mark.letter)
            end = self._x(marks[place + 1].ring_deg) - reach if place + 1 < len(marks) else bar.right()
            room = QRectF(x + reach + 8, middle - reach, max(0.0, end - x - reach - 12), 2 * reach)
            size = round(self._size * 0.9)
            if room.width() > 3 * size:
                painter.setFont(figure_font(size))
                painter.drawText(room, LEFT | MIDDLE, elided(mark.name, room.width(), size))

    def _draw_needle(self, painter: QPainter) -> None:
        """Where the ring is, and how far it has come of the pull."""
        deg, marks, bar = self._now.ring_deg, self._view.marks, self._bar()
        below = bar.bottom() + bar.height() * 0.24
        if len(marks) >= 2:
            painter.setPen(QPen(colour("outline"), 4))
            painter.drawLine(QPointF(self._x(marks[0].ring_deg), below), QPointF(self._x(marks[-1].ring_deg), below))
        if deg is None:
            return
        x = self._x(deg)
        if marks:
            painter.setPen(QPen(colour("actual"), 4))
            painter.drawLine(QPointF(self._x(marks[0].ring_deg), below), QPointF(x, below))
        painter.setPen(QPen(colour("window"), 1.5))
        painter.setBrush(colour("needle"))
        half, top = self._size * 0.62, bar.bottom() - bar.height() * 0.22
        painter.drawPolygon(QPolygonF([
            QPointF(x, top), QPointF(x + half, below + half * 0.5), QPointF(x - half, below + half * 0.5)
        ]))  # fmt: skip

    def _draw_sharp(self, painter: QPainter, box: Box) -> None:
        sharp = self._now.sharp
        if sharp is None:
            return
        unit = "" if self._imperial else " m"
        far = sharp.far.removesuffix(" m")
        room, high = rect_of(box), box.height
        size = fitting(LONGEST[self._imperial], box.width - 8, round(high * 0.19), bold=True)
        small = max(12, round(self._size * 0.9))
        for word, text, share in (("sharp from", f"{sharp.near}{unit}", 0.06), ("to", f"{far}{unit}", 0.44)):
            top = room.top() + high * share
            painter.setFont(figure_font(small))
            painter.setPen(colour("faint"))
            painter.drawText(QRectF(room.left(), top, room.width(), small * 1.5), LEFT | MIDDLE, word)
            painter.setFont(figure_font(size, bold=True))
            painter.setPen(colour("text"))
            painter.drawText(QRectF(room.left(), top + small * 1.3, room.width(), size * 1.3), LEFT | MIDDLE, text)
        draw_bar(painter, QRectF(room.left() + 2, room.top() + high * 0.84, room.width() * 0.7, 24.0), sharp.share)

    def _time_bar(self) -> QRectF:
        assert self._places is not None
        box = rect_of(self._places.time)
        left = box.width() * 0.215
        return QRectF(box.left() + left, box.top() + box.height() * 0.2, box.width() - left - 8, box.height() * 0.28)

    def _draw_ticks(self, painter: QPainter) -> None:
        """When who is soft and sharp, below the time bar; labels that would lie on each other are left out."""
        bar, view, size = self._time_bar(), self._view, round(self._size * 0.85)
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawRoundedRect(bar, 4, 4)
        end = bar.left() - width_of("sharp", size)
        for at_s, words in view.ticks:
            x = bar.left() + bar.width() * at_s / max(view.whole_s, 1e-9)
            wide = width_of(words, size) + 8
            left = min(max(bar.left() - 8, x - wide / 2), bar.right() - wide)
            if left < end + 8:
                continue
            end = left + wide
            painter.setPen(colour("faint"))
            painter.setFont(figure_font(size))
            painter.drawText(QRectF(left, bar.bottom() + 6, wide, size * 1.5), Qt.AlignmentFlag.AlignCenter, words)

    def _draw_time(self, painter: QPainter) -> None:
        assert self._places is not None
        bar, view, now = self._time_bar(), self._view, self._now
        share = min(max(now.at_s / view.whole_s, 0.0), 1.0) if view.whole_s else 0.0
        if share > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("play"))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 4, 4)
        painter.setPen(QPen(colour("text"), 2))
        for at_s, _words in view.ticks:
            x = bar.left() + bar.width() * at_s / max(view.whole_s, 1e-9)
            painter.drawLine(QPointF(x, bar.top() - 4), QPointF(x, bar.bottom() + 4))
        box = rect_of(self._places.time)
        text, after = now.clock
        small = round(self._size * 0.9)
        room = bar.left() - box.left() - 16
        size = fitting(
            (text or "0.00",), round(room - width_of(after, small) - 12), round(box.height() * 0.62), bold=True
        )
        painter.setFont(figure_font(size, bold=True))
        middle = QRectF(box.left(), bar.center().y() - size, room, 2 * size)
        painter.drawText(middle, LEFT | MIDDLE, text)
        painter.setFont(figure_font(small))
        painter.setPen(colour("faint"))
        painter.drawText(middle.adjusted(width_of(text, size, bold=True) + 12, 0, 0, 0), LEFT | MIDDLE, after)

    def _draw_last(self, painter: QPainter, box: QRectF) -> None:
        """The last take, and the way back."""
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
        words = view.last or "The first take lands here."
        left = 0.0
        if view.last:
            sign, tone = ("tick", "good") if view.last_good else ("warning", "warn")
            draw_sign(painter, sign, QPointF(lower.left() + size * 0.5, lower.center().y()), size * 0.9, colour(tone))
            left = size * 1.5
        painter.setPen(colour("text"))
        painter.setFont(figure_font(size))
        room = lower.adjusted(left, 0, 0, 0)
        painter.drawText(room, LEFT | MIDDLE, elided(words, room.width(), size))

    # The way back -------------------------------------------------------------------------------------------------

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Two taps: the desk."""
        self.left.emit()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._still = None
            self.update()
        super().changeEvent(event)

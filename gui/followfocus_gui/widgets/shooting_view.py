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

from followfocus_gui.state.grid import Shooting
from followfocus_gui.state.shooting import ShootView
from followfocus_gui.state.views import SharpView
from followfocus_gui.widgets.lettering import LONGEST, fitting, width_of
from followfocus_gui.widgets.readouts import DistanceReadout, draw_bar
from followfocus_gui.widgets.shooting_still import LEFT, MIDDLE, ShootingGeometry, StillPainter, rect_of
from followfocus_gui.widgets.theme import colour, figure_font


@dataclass(frozen=True, slots=True)
class Moment:
    """The changes from frame to frame. `clock` is the large time with the words after it."""

    ring_deg: float | None = None
    at_s: float = 0.0
    clock: tuple[str, str] = ("", "")
    sharp: SharpView | None = None


def _sharp_bar(places: Shooting) -> QRectF:
    """The bar below the sharp range, and below the picture where that is beside it."""
    room, picture = rect_of(places.sharp), rect_of(places.picture)
    top = min(room.top() + room.height() * 0.84, room.bottom() - 32.0)  # above the marks' letters in the lowest window
    wide = picture.right() - room.left() if picture.bottom() < top else room.width() * 0.95
    return QRectF(room.left() + 2, top, wide - 4, 24.0)


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
            boxes = (rect_of(box) for box in (self._places.sharp, self._places.scale, self._places.time))
            for room in (*boxes, _sharp_bar(self._places)):
                self.update(room.toAlignedRect())

    # Drawing ------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The still picture, then needle, bar and times."""
        if self._places is None:
            return
        if self._still is None:
            self._still = self._draw_still(self._places)
        painter, geometry = QPainter(self), ShootingGeometry(self._places, self._view)
        painter.drawPixmap(0, 0, self._still)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_sharp(painter, self._places)
        self._draw_needle(painter, geometry)
        self._draw_time(painter, geometry)
        painter.end()

    def _draw_still(self, places: Shooting) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour("window"))
        painter = QPainter(picture)
        StillPainter(painter, ShootingGeometry(places, self._view), self._size).draw()
        painter.end()
        return picture

    def _draw_needle(self, painter: QPainter, geometry: ShootingGeometry) -> None:
        """Where the ring is, and how far it has come of the pull."""
        deg, marks, bar = self._now.ring_deg, self._view.marks, geometry.bar
        below = bar.bottom() + bar.height() * 0.24
        if len(marks) >= 2:
            painter.setPen(QPen(colour("outline"), 4))
            painter.drawLine(
                QPointF(geometry.x(marks[0].ring_deg), below), QPointF(geometry.x(marks[-1].ring_deg), below)
            )
        if deg is None:
            return
        x = geometry.x(deg)
        if marks:
            painter.setPen(QPen(colour("actual"), 4))
            painter.drawLine(QPointF(geometry.x(marks[0].ring_deg), below), QPointF(x, below))
        painter.setPen(QPen(colour("window"), 1.5))
        painter.setBrush(colour("needle"))
        half, top = self._size * 0.62, bar.bottom() - bar.height() * 0.22
        painter.drawPolygon(QPolygonF([
            QPointF(x, top), QPointF(x + half, below + half * 0.5), QPointF(x - half, below + half * 0.5)
        ]))  # fmt: skip

    def _draw_sharp(self, painter: QPainter, places: Shooting) -> None:
        sharp, box = self._now.sharp, places.sharp
        if sharp is None:
            return
        near, far = (self._measured(text) for text in (sharp.near, sharp.far))
        room, high = rect_of(box), box.height
        small = max(12, round(self._size * 0.9))
        beside = width_of("sharp from", small) + small * 0.6
        line = (_sharp_bar(places).top() - room.top()) / 2
        size = fitting(
            LONGEST[self._imperial], round(room.width() - beside), round(min(line * 0.8, high * 0.3)), bold=True
        )
        for number, (word, text) in enumerate((("sharp from", near), ("to", far))):
            row = QRectF(room.left(), room.top() + line * number, room.width(), line)
            painter.setFont(figure_font(small))
            painter.setPen(colour("faint"))
            painter.drawText(row, LEFT | MIDDLE, word)
            painter.setFont(figure_font(size, bold=True))
            painter.setPen(colour("text"))
            painter.drawText(row.adjusted(beside, 0, 0, 0), LEFT | MIDDLE, text)
        draw_bar(painter, _sharp_bar(places), sharp.share)

    def _measured(self, text: str) -> str:
        """A limit of the sharp range with its unit; ∞ has none."""
        bare = text.removesuffix(" m")
        return bare if self._imperial or bare == "∞" or bare.endswith("mm") else f"{bare} m"

    def _draw_time(self, painter: QPainter, geometry: ShootingGeometry) -> None:
        bar, view, now = geometry.time_bar, self._view, self._now
        share = min(max(now.at_s / view.whole_s, 0.0), 1.0) if view.whole_s else 0.0
        if share > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("play"))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 4, 4)
        painter.setPen(QPen(colour("text"), 2))
        for at_s, _words in view.ticks:
            x = bar.left() + bar.width() * at_s / max(view.whole_s, 1e-9)
            painter.drawLine(QPointF(x, bar.top() - 4), QPointF(x, bar.bottom() + 4))
        box = rect_of(geometry.places.time)
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

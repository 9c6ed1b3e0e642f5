# SPDX-License-Identifier: MIT
"""The picture in the rack view: what is asked for, what comes back, and the words over it.

Below, over the picture's foot, stands what its files lack: a part of the picture or of its depth map that says nothing.
"""

from __future__ import annotations

import weakref

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from followfocus_gui.widgets import theme
from followfocus_gui.widgets.lettering import in_rows, paint_text
from followfocus_gui.widgets.rack_worker import NOTE, PictureSpot, RackScene, RackWorker, Wish
from followfocus_gui.widgets.scale import letters
from followfocus_gui.widgets.theme import colour

LEAST_PICTURE = QSize(96, 54)
SETTLE_MS = 60
"""How long a resize must rest before a sharper picture is asked for; until then the one that is there is stretched."""
REST_MS = 250
"""How long ring and time must rest before an own picture is drawn as fine as it is shown."""
NOTE_PX, NOTE_LEADING = 12, 1.35
CALLED = "Picture of the rack"


def _at_night() -> bool:
    return theme.current() == "red"


class RackPicture(QWidget):
    """The picture alone, as large as it fits."""

    spotted = Signal(float, float)
    """A point was clicked while the picture is shown plain, in shares of the frame"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rackPicture")
        self.setAccessibleName(CALLED)
        self.setMinimumSize(LEAST_PICTURE)
        self._scene: RackScene | None = None
        self._ring_deg, self._time_s = 0.0, 0.0
        self._image: QImage | None = None
        self._shown: Wish | None = None
        self._trouble = ""
        self.frames = 0
        """Pictures shown so far."""
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._ask_final)
        self.worker = RackWorker()
        self.worker.drawn.connect(self._take)
        self.worker.failed.connect(self._fail)
        # the thread must not outlive the widget, however the widget goes: by Qt, by Python, with the interpreter
        self.destroyed.connect(self.worker.end)
        weakref.finalize(self, self.worker.end)

    # What is asked for -------------------------------------------------------------------------------------------

    def set_scene(self, scene: RackScene | None) -> None:
        """Another scene, or None for nothing to show."""
        if scene == self._scene:
            return
        self._scene, self._trouble = scene, ""
        if scene is None:
            self._image = None
            self._tell()
        self._ask()
        self.update()

    def set_ring(self, ring_deg: float, time_s: float) -> None:
        """Another moment of the same scene."""
        if (ring_deg, time_s) != (self._ring_deg, self._time_s):
            self._ring_deg, self._time_s = ring_deg, time_s
            self._ask()

    def _ask(self) -> None:
        if self._scene is None or not self.isVisible():
            return
        size = self._frame().size() * self.devicePixelRatioF()
        self.worker.ask(Wish(self._scene, self._ring_deg, self._time_s, size, _at_night()))
        if self._scene.own is None or self._scene.plain:
            self._rest.stop()
        else:
            self._rest.start()

    def _ask_final(self) -> None:
        """Nothing has moved for a while: the own picture as fine as it is shown."""
        if self._scene is not None and self.isVisible():
            size = self._frame().size() * self.devicePixelRatioF()
            self.worker.ask(Wish(self._scene, self._ring_deg, self._time_s, size, _at_night(), final=True))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """In a picture of one's own: how far away is what was clicked?"""
        frame, own = self._frame(), None if self._scene is None else self._scene.own
        if own is None or event.button() != Qt.MouseButton.LeftButton or not frame.contains(event.position().toPoint()):
            super().mousePressEvent(event)
            return
        at = event.position() - frame.topLeft()
        across, down = at.x() / frame.width(), at.y() / frame.height()
        if self._scene is not None and self._scene.plain:
            self.spotted.emit(across, down)
        else:
            self.worker.measure(PictureSpot(own, across, down))

    # What comes back ---------------------------------------------------------------------------------------------

    def _take(self, image: QImage, wish: Wish) -> None:
        if self._scene is None or wish.red is not _at_night():
            return  # asked for before the theme was changed
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._image, self._shown, self._trouble = image, wish, ""
        self._tell()
        self.frames += 1
        self.update()

    def _fail(self, words: str, wish: Wish) -> None:
        if wish.scene == self._scene:
            self._image, self._trouble = None, words
            self._tell()
            self.update()

    @property
    def note(self) -> str:
        """The gaps in the shown picture's files, in words; empty where they lack nothing."""
        return "" if self._image is None else self._image.text(NOTE)

    def _tell(self) -> None:
        """The whole note in the tip, and to whoever listens."""
        if self.toolTip() != self.note:
            self.setToolTip(self.note)
            self.setAccessibleName(f"{CALLED}. {self.note}" if self.note else CALLED)

    @property
    def shown(self) -> Wish | None:
        """The request that the shown picture answers; None without one."""
        return self._shown if self._image is not None else None

    @property
    def message(self) -> str:
        """The words instead of a picture, or over one that is out of date; empty while the picture holds."""
        if self._scene is None:
            return "The rack, as the camera will see it.\nSet two marks."
        if self._trouble:
            return self._trouble
        if self._image is None:
            return "The rack, as the camera will see it …"
        return "preparing …" if self._shown is None or self._shown.scene != self._scene else ""

    # Drawing -----------------------------------------------------------------------------------------------------

    def _frame(self) -> QRect:
        """The largest 16:9 that fits, at the top."""
        size = QSize(16, 9).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, and words over it where it is missing or being made."""
        painter = QPainter(self)
        frame = self._frame()
        if self._image is not None:
            if self._image.deviceIndependentSize().toSize() == frame.size():
                painter.drawImage(frame.topLeft(), self._image)
            else:
                painter.drawImage(frame, self._image)
        else:
            painter.fillRect(frame, colour("panel"))
        if self.message:
            self._write(painter, frame)
        elif self.note:
            self._write_note(painter, frame)
        painter.setPen(QPen(colour("outline")))
        painter.drawRect(frame.adjusted(0, 0, -1, -1))
        painter.end()

    def _write(self, painter: QPainter, frame: QRect) -> None:
        painter.setFont(theme.figure_font(letters(15)))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = frame.adjusted(16, 8, -16, -8)
        words = painter.boundingRect(room, int(flags), self.message)
        painter.fillRect(words.adjusted(-8, -4, 8, 4), colour("panel", 215))
        painter.setPen(colour("text"))
        painter.drawText(room, int(flags), self.message)

    def _write_note(self, painter: QPainter, frame: QRect) -> None:
        """Two rows at most along the foot of the picture."""
        high = letters(NOTE_PX) * NOTE_LEADING
        room = frame.width() - 16.0
        rows = in_rows(self.note, room, letters(NOTE_PX))
        top = frame.bottom() - 3 - len(rows) * high
        painter.fillRect(QRectF(frame.left(), top - 3, frame.width(), len(rows) * high + 7), colour("panel", 215))
        for number, row in enumerate(rows):
            paint_text(painter, QRectF(frame.left() + 8, top + number * high, room, high), row, "text", NOTE_PX)

    def sizeHint(self) -> QSize:
        """Large enough to see who is sharp."""
        return QSize(384, 216)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A picture of the new size, once the size rests."""
        super().resizeEvent(event)
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask again for what was wanted while nobody looked."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is rendered for a picture that is not seen."""
        self._settle.stop()
        self._rest.stop()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """A new theme may want the picture in red; no other is seen meanwhile, for it would blind."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            if self._shown is not None and self._shown.red is not _at_night():
                self._image = None
                self._tell()
            self._ask()

# SPDX-License-Identifier: MIT
"""The rack as the camera will see it: a picture that follows the time cursor, the hand and the take.

Asking for a picture costs the window's thread some microseconds; it is rendered elsewhere (`rack_worker`) and shown
when it is there. What is asked for meanwhile replaces what was asked for before, so the picture is never behind by more
than one frame, whatever the machine manages.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from followfocus.errors import RequestError
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.zoom import Zoom
from followfocus.show.still import KnownSpot
from followfocus_gui.widgets import file_names, theme
from followfocus_gui.widgets.moments import Moments
from followfocus_gui.widgets.rack_own import OwnStill, own_of
from followfocus_gui.widgets.rack_scale import ScaleRow
from followfocus_gui.widgets.rack_worker import PictureSpot, RackScene, RackWorker, Wish
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import TOUCH_PX, colour

CHOOSE, FIGURES = "own picture", "figures"
KINDS = "Pictures and depth maps (*.png *.jpg *.jpeg *.tif *.tiff *.exr);;Everything (*)"
__all__ = ["RackPicture", "RackScene", "RackView"]

BESIDE_FROM = 2.4
LEAST_PICTURE = QSize(96, 54)
SETTLE_MS = 60
"""How long a resize must rest before a sharper picture is asked for; until then the one that is there is stretched."""
REST_MS = 250
"""How long ring and time must rest before an own picture is drawn as fine as it is shown."""


class RackView(QWidget):
    """The picture of the rack, and the moments of sharpness below it in words.

    A picture of one's own with its depth map may stand in for the figures: chosen, or dropped here.
    """

    distanceChosen = Signal(float)
    """A point of the own picture was clicked: how far away it is, metres."""
    refused = Signal(str)
    """Why files, or a point, can't be used."""
    ownChanged = Signal(object)
    """Another OwnStill was chosen or scaled, or None for the figures"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rackView")
        self.setAccessibleName("The rack, as the camera will see it")
        self.picture, self._wanted = RackPicture(self), True
        self._words = Moments(self)
        self._scene: RackScene | None = None
        self._own: OwnStill | None = None
        self._choose = QPushButton(_below_another(CHOOSE), self)
        self._choose.setObjectName("ownPicture")
        self._choose.setAccessibleName("The rack on a picture of your own")
        self._choose.setToolTip(
            "A picture and its depth map: metres, or whole millimetres. Then click in it to set the chosen mark."
        )
        self._choose.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        measured(self._choose.setMinimumSize, TOUCH_PX, TOUCH_PX)
        self._choose.clicked.connect(self._choose_own)
        self._scale = QPushButton("scale …", self)
        self._scale.setObjectName("scaleDepth")
        self._scale.setAccessibleName("Scale the depth map by two points of known distance")
        self._scale.setToolTip(
            "Two clicks give a depth map without metres its distances: a point, how far it is; twice."
        )
        self._scale.setCheckable(True)
        self._scale.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        measured(self._scale.setMinimumSize, TOUCH_PX, TOUCH_PX)
        self._scale.hide()
        self._scaling = ScaleRow(self._scale, self)
        self._scaling.switched.connect(self._show_scene)
        self._scaling.scaled.connect(self._rescale)
        self._scaling.refused.connect(self.refused)
        self.picture.spotted.connect(self._scaling.clicked)
        self.picture.worker.measured.connect(self.distanceChosen)
        self.picture.worker.unmeasured.connect(self.refused)
        self.setAcceptDrops(True)
        self._below = below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self._words, 1, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._scale, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self._scaling)
        layout.addLayout(below)
        layout.addStretch(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words stand right below the picture; in a low and wide room beside it, or it would be a stamp."""
        super().resizeEvent(event)
        wide, high = self.width(), self.height()
        beside = wide > BESIDE_FROM * high
        self._layout.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )  # fmt: skip
        self._layout.setStretchFactor(self._below, int(beside))
        self._layout.setSpacing(px(12 if beside else 4))
        most = QSize(high * 16 // 9, high) if beside else QSize(wide, -(-wide * 9 // 16))
        self.picture.setMaximumSize(most.expandedTo(LEAST_PICTURE))

    def set_scene(
        self,
        lens: LensMap,
        t_stop: float,
        marks: Sequence[tuple[str, float]],
        *,
        breathing_percent: float = 0.0,
        film: Format = SUPER_35,
        zoom: Zoom | None = None,
    ) -> None:
        """Show this lens at this stop, with a figure at each mark's distance: (name, metres), ∞ allowed.

        A `zoom` that is moved has the lens at its shortest.

        The same scene again changes nothing. Fewer than two marks, or a stop the lens has not, are said in words.
        """
        self._scene = RackScene(lens, t_stop, tuple(marks), breathing_percent, film, zoom)
        self._show_scene()

    def _show_scene(self) -> None:
        if self._scene is not None:
            plain = self._own is not None and self._scaling.on
            self.picture.set_scene(replace(self._scene, own=self._own, plain=plain))

    # A picture of one's own -------------------------------------------------------------------------------------

    @property
    def own(self) -> OwnStill | None:
        """The picture that stands in for the figures."""
        return self._own

    def set_own(self, paths: Sequence[Path]) -> None:
        """Show the rack on a picture of one's own, of these files; none brings the figures back."""
        try:
            own = own_of(paths) if paths else None
        except RequestError as error:
            self.refused.emit(str(error))
            return
        self.show_own(own)
        self.ownChanged.emit(own)

    def show_own(self, own: OwnStill | None) -> None:
        """Show the rack on this picture, as the show has it; None for the figures."""
        if own == self._own:
            return
        self._own = own
        self._scaling.end()
        self._scale.setVisible(own is not None)
        self._choose.setText(_below_another(CHOOSE if own is None else FIGURES))
        self._show_scene()

    def _rescale(self, known: tuple[KnownSpot, ...]) -> None:
        if self._own is not None:
            own = replace(self._own, known=known)
            self.show_own(own)
            self.ownChanged.emit(own)

    def _choose_own(self) -> None:
        if self._own is not None:
            self.set_own(())
            return
        names = file_names.names_to_open(self, "A picture and its depth map", "", KINDS)
        if names:
            self.set_own([Path(name) for name in names])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped here."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture and its depth map, or a picture that has one beside it."""
        self.set_own([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def set_ring(self, ring_deg: float, time_s: float = 0.0) -> None:
        """Show the picture with the ring here, so many seconds into the pull; returns at once."""
        self.picture.set_ring(ring_deg, time_s)

    def show_words(self, *, shown: bool) -> None:
        """Show or hide the lines below the picture, and the button for one's own."""
        self._wanted = shown
        self._choose.setVisible(shown)
        self._words.setVisible(shown)

    def set_words(self, lines: Sequence[tuple[str, str]]) -> None:
        """The lines below the picture, who and when: ("A Anna", "soft 0.39 s")."""
        self._words.show_lines(tuple(lines))
        self.picture.setAccessibleDescription(", ".join(map(" ".join, lines)))


def _below_another(words: str) -> str:
    """Word below word: as high as the lines beside it, and no wider than it must be."""
    return words.replace(" ", "\n")


def _at_night() -> bool:
    return theme.current() == "red"


class RackPicture(QWidget):
    """The picture alone, as large as it fits."""

    spotted = Signal(float, float)
    """A point was clicked while the picture is shown plain, in shares of the frame"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rackPicture")
        self.setAccessibleName("Picture of the rack")
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
        self.frames += 1
        self.update()

    def _fail(self, words: str, wish: Wish) -> None:
        if wish.scene == self._scene:
            self._image, self._trouble = None, words
            self.update()

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
            self._ask()

# SPDX-License-Identifier: MIT
"""The rack as the camera will see it: a picture that follows the time cursor, the hand and the take.

Asking for a picture costs the window's thread some microseconds; it is rendered elsewhere (`rack_worker`) and shown
when it is there. What is asked for meanwhile replaces what was asked for before, so the picture is never behind by more
than one frame, whatever the machine manages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from followfocus.errors import RequestError
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.zoom import Zoom
from followfocus.show.still import KnownSpot
from followfocus_gui.widgets import file_names
from followfocus_gui.widgets.moments import Moments
from followfocus_gui.widgets.rack_own import OwnStill, own_of
from followfocus_gui.widgets.rack_picture import LEAST_PICTURE, RackPicture
from followfocus_gui.widgets.rack_scale import ScaleRow
from followfocus_gui.widgets.rack_worker import RackScene
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.theme import TOUCH_PX, set_flag

CHOOSE, FIGURES = "own picture", "figures"
KINDS = "Pictures and depth maps (*.png *.jpg *.jpeg *.tif *.tiff *.exr);;Everything (*)"
__all__ = ["RackPicture", "RackScene", "RackView"]

BESIDE_FROM = 2.4


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
        self._locked = ""
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

    def set_imperial(self, *, imperial: bool) -> None:
        """A bare number for a known point is in feet, or in metres."""
        self._scaling.imperial = imperial

    def _rescale(self, known: tuple[KnownSpot, ...]) -> None:
        if self._own is not None:
            own = replace(self._own, known=known)
            self.show_own(own)
            self.ownChanged.emit(own)

    def set_locked(self, why: str) -> None:
        """Nothing can be chosen now, and why: a dialog would lie between the finger and STOP. Empty frees it."""
        self._locked = why
        for each in (self._choose, self._scale):
            set_flag(each, "dim", on=bool(why))

    def _choose_own(self) -> None:
        if self._locked:
            self.refused.emit(self._locked)
            return
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

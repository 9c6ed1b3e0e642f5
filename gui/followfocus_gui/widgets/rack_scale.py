# SPDX-License-Identifier: MIT
"""A depth map without metres gets them by two clicks: a point, its distance, and the same once more."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from followfocus.errors import FollowFocusError
from followfocus.show.still import MOST_SPOTS, KnownSpot
from followfocus.units import parse_distance
from followfocus_gui.widgets.parts import Words, line
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.theme import TOUCH_PX

FIRST, SECOND = "Click a point whose distance you know.", "Now a second one, much nearer or farther."
HOW_FAR = "How far away is that? Return keeps it."


class ScaleRow(QWidget):
    """The next step, and the field for the distance of the point that was clicked. Hidden while it is off."""

    scaled = Signal(object)
    """The known points, a tuple of one or two"""
    switched = Signal(bool)
    """The next clicks are for the scale (True), or no longer (False)"""
    refused = Signal(str)

    def __init__(self, switch: QPushButton, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._switch, self._known = switch, list[KnownSpot]()
        self._spot: tuple[float, float] | None = None
        self.imperial = False
        """A bare number is in feet"""
        self.words = Words("", self, px=14)
        self.words.setObjectName("scaleWords")
        self.words.setWordWrap(True)
        self.field = line(self, "scaleDistance", "Distance of the point that was clicked", "", "2.4m, 8ft")
        measured(self.field.setMaximumWidth, 140)
        measured(self.field.setMinimumHeight, TOUCH_PX)
        self.field.returnPressed.connect(self._keep)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.field)
        switch.toggled.connect(self._turn)
        self.hide()

    @property
    def on(self) -> bool:
        """Whether clicks are for this."""
        return self._switch.isChecked()

    def end(self) -> None:
        """Off, and what was clicked is forgotten."""
        self._known.clear()
        self._switch.setChecked(False)

    def _turn(self, on: bool) -> None:
        self._spot = None
        self.setVisible(on)
        self._say()
        self.switched.emit(on)
        if not on and self._known:
            known = tuple(self._known)
            self._known.clear()
            self.scaled.emit(known)

    def clicked(self, across: float, down: float) -> None:
        """A point of the frame was clicked, in shares of it."""
        self._spot = across, down
        self._say()
        self.field.setFocus()

    def _say(self) -> None:
        self.words.setText(HOW_FAR if self._spot is not None else SECOND if self._known else FIRST)
        self.field.setVisible(self._spot is not None)
        self.field.clear()

    def _keep(self) -> None:
        if self._spot is None:
            return
        try:
            self._known.append(
                KnownSpot(*self._spot, parse_distance(self.field.text(), "ft" if self.imperial else "m"))
            )
        except FollowFocusError as error:
            self.refused.emit(str(error))
            return
        self._spot = None
        self._say()
        if len(self._known) == MOST_SPOTS:
            self._switch.setChecked(False)

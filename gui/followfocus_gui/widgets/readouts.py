# SPDX-License-Identifier: MIT
"""The line that is read at arm's length: slate, distance, depth of field, time, and what the unit is doing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from followfocus_gui.widgets.theme import colour, figure_font

STATE_SIGNS = {
    "ready": "◔",
    "armed": "◆",
    "playing": "▶",
    "moving": "↻",
    "stopping": "▼",
    "fault": "✖",
    "unreferenced": "?",
    "no unit": "—",
}
"""A shape for each state, so that it is never told by colour alone."""


class Readouts(QWidget):
    """The top line. Clicking the distance switches between metres and feet and inches."""

    unitsToggled = Signal()
    slatePressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(14)
        self._slate = QPushButton("", self)
        self._slate.setObjectName("slate")
        self._slate.setAccessibleName("Slate and take; press to change")
        self._slate.setFlat(True)
        self._slate.setFont(figure_font(20))
        self._slate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slate.clicked.connect(lambda _checked: self.slatePressed.emit())
        self._distance = QPushButton("–", self)
        self._distance.setObjectName("distanceReadout")
        self._distance.setAccessibleName("Focus distance; press for the other units")
        self._distance.setFlat(True)
        self._distance.setFont(figure_font(42, bold=True))
        self._distance.setMinimumWidth(190)
        self._distance.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._distance.clicked.connect(lambda _checked: self.unitsToggled.emit())
        self._depth = self._label("depthReadout", "Depth of field", 18)
        self._time = self._label("timeReadout", "Time in the pull", 22)
        self._state = self._label("stateReadout", "State of the unit", 20)
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._state.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        for widget in (self._slate, self._distance, self._depth, self._time, self._state):
            layout.addWidget(widget)

    def _label(self, name: str, says: str, size_px: int) -> QLabel:
        label = QLabel("", self)
        label.setObjectName(name)
        label.setAccessibleName(says)
        label.setFont(figure_font(size_px))
        return label

    def set_slate(self, text: str) -> None:
        """The slate and the take that comes next."""
        self._slate.setText(text)

    def set_compact(self, compact: bool) -> None:
        """On a small screen the depth of field gives way."""
        self._depth.setVisible(not compact)
        self._distance.setFont(figure_font(30 if compact else 42, bold=True))
        self._distance.setMinimumWidth(140 if compact else 190)

    def set_distance(self, text: str, other: str) -> None:
        """The distance in the chosen units, and in the others for the tool tip."""
        if text != self._distance.text():
            self._distance.setText(text)
            self._distance.setToolTip(other)

    def set_depth(self, text: str) -> None:
        """From where to where it is sharp."""
        self._depth.setText(text)

    def set_time(self, text: str) -> None:
        """Time in the pull, or a countdown."""
        self._time.setText(text)

    def set_state(self, word: str, *, trouble: bool = False) -> None:
        """The unit's state as shape and word."""
        sign = STATE_SIGNS.get(word, "•")
        self._state.setText(f"{sign} {word.upper()}")
        self._state.setProperty("trouble", trouble)
        self._repaint_state()

    def _repaint_state(self) -> None:
        tone = "bad" if self._state.property("trouble") else "text"
        palette = self._state.palette()
        palette.setColor(self._state.foregroundRole(), colour(tone))
        self._state.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_state"):
            self._repaint_state()
        super().changeEvent(event)

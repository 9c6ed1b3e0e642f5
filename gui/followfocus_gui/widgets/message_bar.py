# SPDX-License-Identifier: MIT
"""The line that says what just happened: words and a sign, and where there is one the button that mends it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from followfocus.units import parse_distance
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.theme import TOUCH_PX, colour, figure_font

MOST_CHARACTERS = 400
"""The number of characters that fit; the tip has all of it"""


class MessageBar(QWidget):
    """One sentence. Trouble has a sign before it and can be copied with its details."""

    clearFault = Signal()
    positionSaid = Signal(float)
    """The distance at which someone says that the ring stands, metres"""
    calibrate = Signal()
    detailsWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details = ""
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        self._words = QLabel(self)
        self._words.setObjectName("message")
        self._words.setAccessibleName("What just happened")
        self._words.setWordWrap(True)
        self._words.setFont(figure_font(15))
        self._words.setMinimumHeight(TOUCH_PX)
        self._words.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(self._words, 1)
        self._position = NumberField(parse_distance, lambda metres: f"{metres:g} m", step=0.1, parent=self)
        self._position.setObjectName("positionNow")
        self._position.setAccessibleName("Distance at which the ring stands now")
        self._position.setPlaceholderText("it stands at …")
        self._position.setFixedWidth(130)
        self._position.valueEdited.connect(self._say_position)
        self._position.refused.connect(lambda words: self.say(words, trouble=True))
        line.addWidget(self._position)
        self._calibrate = self._button("calibrateNow", "Calibrate …", self.calibrate.emit)
        self._clear = self._button("clearFault", "Clear the fault", self.clearFault.emit)
        self._copy = self._button("copyDetails", "Copy details", self._copy_details)
        for widget in (self._calibrate, self._clear, self._copy):
            line.addWidget(widget)
        self.offer(fault=False, position=False)
        self._copy.hide()

    def _button(self, name: str, text: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.clicked.connect(lambda _checked: action())
        return button

    def say(self, words: str, *, trouble: bool, details: str = "") -> None:
        """Show a sentence; `details` are what "Copy details" puts on the clipboard."""
        self._details = details
        shown = words if len(words) <= MOST_CHARACTERS else f"{words[:MOST_CHARACTERS]}…"
        self._words.setText(f"⚠ {shown}" if trouble and words else shown)
        self._words.setToolTip(words if shown != words else "")
        self._words.setProperty("trouble", trouble)
        self._copy.setVisible(trouble and bool(details))
        self._paint()

    def text(self) -> str:
        """The message on show."""
        return self._words.text()

    def offer(self, *, fault: bool, position: bool) -> None:
        """Show the ways out of a fault, and of a ring of which nobody knows where it stands."""
        self._clear.setVisible(fault)
        self._position.setVisible(position)
        self._calibrate.setVisible(position)

    def _say_position(self, distance_m: float) -> None:
        """Said once: the same distance can be said again after the next reset."""
        self._position.set_value(None)
        self.positionSaid.emit(distance_m)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._words.text()}\n\n{self._details}")
        self._copy.setText("Copied")

    def _paint(self) -> None:
        self._copy.setText("Copy details")
        palette = self._words.palette()
        palette.setColor(self._words.foregroundRole(), colour("warn" if self._words.property("trouble") else "text"))
        self._words.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_words"):
            self._paint()
        super().changeEvent(event)

# SPDX-License-Identifier: MIT
"""Back to one, rehearse, arm, GO, STOP: large, apart, and each saying in its tip what it will do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from followfocus.wire.messages import State
from followfocus_gui.widgets.theme import figure_font, set_flag


class Transport(QWidget):
    """The five buttons that move the ring."""

    backToOne = Signal()
    rehearse = Signal()
    arm = Signal()
    go = Signal()
    stop = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        texts = (
            ("backToOne", "BACK TO ONE", "Go to the first mark, in the direction of the pull", 3),
            ("rehearse", "REHEARSE", "Play the pull at once, then return", 3),
            ("arm", "ARM", "Load the pull and make it ready for GO", 3),
            ("go", "GO", "Start the armed pull (Space)", 5),
            ("stop", "STOP", "Stop the ring, whatever it does (Esc)", 5),
        )
        self._counting = False
        self._buttons: dict[str, QPushButton] = {}
        for name, text, tip, share in texts:
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            button.setMinimumHeight(64)
            button.setFont(figure_font(20, bold=True))
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._pressed(name))
            self._buttons[name] = button
            layout.addWidget(button, share)

    def _pressed(self, name: str) -> Callable[[], None]:
        signal: SignalInstance = getattr(self, name)
        return signal.emit

    def show_state(self, state: State | None, *, busy: bool) -> None:
        """Enable the buttons that make sense now; STOP always does."""
        rests = state in (State.IDLE, State.LOADED) and not busy
        for name in ("backToOne", "rehearse"):
            self._buttons[name].setEnabled(rests)
        self._buttons["arm"].setEnabled(rests or state is State.ARMED)
        self._buttons["arm"].setText("DISARM" if state is State.ARMED else "ARM")
        # Filled with its colour while a press would start the pull, or has; else only framed in it.
        set_flag(self._buttons["go"], "lit", on=state in (State.ARMED, State.PLAYING))
        if not self._counting:
            self._buttons["go"].setText("GO  ◆" if state is State.ARMED else "GO")

    def set_compact(self, compact: bool) -> None:
        """On a small screen smaller words, so that none is cut."""
        for button in self._buttons.values():
            button.setFont(figure_font(13 if compact else 20, bold=True))

    def count(self, left_s: float) -> None:
        """The seconds of the lead, on the button that started it; 0 when it is over."""
        self._counting = left_s > 0
        if self._counting:
            self._buttons["go"].setText(f"GO in {left_s:.1f}")

# SPDX-License-Identifier: MIT
"""A question before the window closes. It lies on the state line, so that nothing moves and STOP stays live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from followfocus_gui.widgets.parts import Words
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.theme import TOUCH_PX


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the words on its two buttons: to leave everything as it is, and to go on."""

    words: str
    stay: str
    go: str


class QuestionBand(QFrame):
    """One question at a time. Leaving everything as it is has the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("closeQuestion")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self._act: Callable[[], object] = lambda: None
        self._words = Words("", self, px=15, elides=True)
        self._stay, self._go = QPushButton(self), QPushButton(self)
        row = QHBoxLayout(self)
        measured(row.setContentsMargins, 14, 0, 0, 0)
        measured(row.setSpacing, 8)
        row.addWidget(self._words, 1)
        for button, name, act in ((self._stay, "keepPlaying", self.keep), (self._go, "stopAndClose", self._go_on)):
            button.setObjectName(name)
            button.setAccessibleName("Keep everything as it is" if button is self._stay else "Go on and close")
            measured(button.setMinimumHeight, TOUCH_PX)
            button.clicked.connect(lambda _checked, a=act: a())
            row.addWidget(button)
        self.hide()

    @property
    def open(self) -> bool:
        """Something is asked."""
        return not self.isHidden()

    def text(self) -> str:
        """The question."""
        return self._words.text()

    def ask(self, question: Question, act: Callable[[], object]) -> None:
        """Ask; `act` is what is done if it is to go on."""
        self._act = act
        self._words.setText(question.words)
        self.setAccessibleName(question.words)
        for button, words in ((self._stay, question.stay), (self._go, question.go)):
            button.setText(words)
            button.setAccessibleName(words)
        self.show()
        self.raise_()
        self._stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep(self) -> None:
        """Leave everything as it is."""
        self.hide()

    def enter(self, focus: QWidget) -> None:
        """Return: the button that Tab has reached, else everything stays."""
        if focus is self._go:
            self._go_on()
        else:
            self.keep()

    def _go_on(self) -> None:
        self.hide()
        self._act()

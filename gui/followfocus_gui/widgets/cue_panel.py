# SPDX-License-Identifier: MIT
"""The shooting order with its buttons: the list, what follows a take, and words on everything that is pressed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from followfocus_gui.state.views import CueLine
from followfocus_gui.widgets.cue_list import CueList
from followfocus_gui.widgets.parts import Chooser, Words, button
from followfocus_gui.widgets.scale import measured, px

MODES = {"repeat": "same again", "list": "next cue", "pingpong": "there and back"}
EMPTY = "One pull so far. Add cue makes it a list."
HELP = "Drag the dots. Type in a cell. Right-click for more."
NARROW_PX, WIDE_PX, LOW_PX = 520, 660, 330


class CuePanel(QWidget):
    """The list, its buttons, and what follows a take: the same cue again, the next, or there and back."""

    chosen = Signal(int)
    modeChosen = Signal(str)
    addRequested = Signal()
    returnRequested = Signal()
    removeRequested = Signal()
    typed = Signal(int, int, str)
    """(cue, column, what was typed)"""
    moved = Signal(int, int)
    easePicked = Signal(int, str)

    def __init__(self, parent: QWidget | None = None, *, name: str = "") -> None:
        """`name` goes before its controls' names, where another panel has the plain ones."""
        super().__init__(parent)
        self._name = name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        measured(column.setSpacing, 4)
        column.addLayout(self._head())
        self.list = CueList(self)
        self.list.chosen.connect(self.chosen)
        self.list.moved.connect(self.moved)
        self.list.easePicked.connect(self.easePicked)
        self.list.cue_model.typed.connect(self.typed)
        column.addWidget(self.list, 1)
        self._foot = Words("", self, px=13, tone="faint")
        self._foot.setWordWrap(True)
        self._last = last = QHBoxLayout()
        measured(last.setSpacing, 6)
        last.addWidget(self._foot, 1)
        column.addLayout(last)
        self._place_mode(low=False)

    def _head(self) -> QHBoxLayout:
        self._first = row = QHBoxLayout()
        measured(row.setSpacing, 6)
        self._title, self._count = Words("Shooting order", self, px=17, bold=True), Words("", self, tone="faint")
        row.addWidget(self._title)
        row.addWidget(self._count)
        row.addStretch(1)
        self._after = Words("after a take", self, tone="faint")
        self._mode = Chooser(self)
        self._mode.setObjectName(f"{self._name}cueMode")
        self._mode.setAccessibleName("After a take")
        self._mode.setToolTip("After a take: the same cue again, the next one, or the way back")
        for mode, words in MODES.items():
            self._mode.addItem(words, mode)
        self._mode.activated.connect(lambda _i: self.modeChosen.emit(self._mode.currentData()))
        self._buttons = [
            button(self, f"{self._name}{name}", text, says, signal.emit)
            for name, text, says, signal in (
                ("returnCue", "Way back", "Add the way back as a cue", self.returnRequested),
                ("removeCue", "Remove", "Remove the cue that stands by", self.removeRequested),
                ("addCue", "+ Add cue", "Add a cue like the one that stands by", self.addRequested),
            )
        ]
        for each in self._buttons:
            row.addWidget(each)
        return row

    def set_cues(self, cues: tuple[CueLine, ...], mode: str) -> None:
        """Show the list without announcing anything."""
        self.list.show_lines(cues)
        self._count.setText(f"{len(cues)} cue{'' if len(cues) == 1 else 's'}")
        self._foot.setText(EMPTY if len(cues) == 1 else HELP)
        self._mode.setCurrentIndex(list(MODES).index(mode))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for the title, the buttons stay."""
        super().resizeEvent(event)
        narrow = self.width() < px(NARROW_PX)
        for widget in (self._title, self._count):
            widget.setVisible(not narrow)
        self._place_mode(low=self.height() < px(LOW_PX))
        self._buttons[0].setText("Back" if narrow else "Way back")
        self._buttons[2].setText("+ Add" if narrow else "+ Add cue")

    def _place_mode(self, *, low: bool) -> None:
        """Below the list it is chosen what follows a take; where every row counts, beside the buttons."""
        self._foot.setVisible(not low)
        self._after.setVisible(not low or self.width() >= px(WIDE_PX))
        if low:
            self._first.insertWidget(3, self._after)
            self._first.insertWidget(4, self._mode)
        else:
            self._last.addWidget(self._after)
            self._last.addWidget(self._mode)

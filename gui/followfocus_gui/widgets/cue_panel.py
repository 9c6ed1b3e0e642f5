# SPDX-License-Identifier: MIT
"""The cue list: pulls in shooting order, the one that stands by marked, and what GO goes on to."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from followfocus_gui.state.views import CueLine
from followfocus_gui.widgets.theme import TOUCH_PX

MODES = ("repeat", "list", "pingpong")


class CuePanel(QWidget):
    """The list, its buttons, and what follows a take: the same cue again, the next, or there and back."""

    chosen = Signal(int)
    modeChosen = Signal(str)
    addRequested = Signal()
    returnRequested = Signal()
    removeRequested = Signal()
    editRequested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._list = self._table()
        column.addWidget(self._list, 1)
        row = QHBoxLayout()
        row.setSpacing(4)
        self._mode = QComboBox(self)
        self._mode.setObjectName("cueMode")
        self._mode.setAccessibleName("After a take")
        for mode, words in zip(MODES, ("same again", "next cue", "there and back"), strict=True):
            self._mode.addItem(words, mode)
        self._mode.activated.connect(lambda _i: self.modeChosen.emit(self._mode.currentData()))
        row.addWidget(self._mode, 1)
        for name, text, says, signal in (
            ("addCue", "+", "Add a cue like this one", self.addRequested),
            ("returnCue", "⟲", "Add the way back as a cue", self.returnRequested),
            ("removeCue", "−", "Remove this cue", self.removeRequested),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setAccessibleName(says)
            button.setToolTip(says)
            button.setMinimumWidth(TOUCH_PX)
            button.clicked.connect(lambda _checked, s=signal: s.emit())
            row.addWidget(button)
        column.addLayout(row)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self)
        table.setObjectName("cues")
        table.setAccessibleName("Cue list")
        table.setTabKeyNavigation(False)  # Tab leaves the list; up and down move in it
        table.setHorizontalHeaderLabels(["cue", "name", "pull", "then"])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(30)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.cellClicked.connect(lambda row, _column: self.chosen.emit(row))
        table.cellDoubleClicked.connect(lambda row, _column: self.editRequested.emit(row))
        return table

    def set_cues(self, cues: tuple[CueLine, ...], mode: str) -> None:
        """Show the list without announcing anything."""
        self._list.setRowCount(len(cues))
        for row, cue in enumerate(cues):
            sign = "▶ " if cue.standing_by else ""
            for column, text in enumerate((sign + cue.number, cue.name, cue.pull, cue.follows)):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self._list.setItem(row, column, item)
            if cue.standing_by:
                self._list.selectRow(row)
        self._mode.setCurrentIndex(MODES.index(mode))

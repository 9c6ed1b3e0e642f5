# SPDX-License-Identifier: MIT
"""The takes, newest on top: those of this session, and below them what the log already held, read page by page."""

from __future__ import annotations

import dataclasses
from typing import Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from followfocus_gui.state.views import TakeLine

Index = QModelIndex | QPersistentModelIndex
PAGE = 50
NOTE_COLUMN = 6
WORD_SIGNS = {"": "", "circled": "◯ circled", "ng": "╳ NG", "buzzed": "∿ buzzed"}
"""The crew's word for a take, as sign and word."""


class Older(Protocol):
    """Takes that were there before, newest first."""

    def count(self) -> int:
        """How many."""
        ...

    def page(self, offset: int, limit: int) -> list[TakeLine]:
        """So many from there."""
        ...


class TakeModel(QAbstractTableModel):
    """Lines of words; the last column, the note, can be written in."""

    noteWritten = Signal(int, str)
    """(the log's row, the note)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fresh: list[TakeLine] = []
        self._older: Older | None = None
        self._older_count = 0
        self._pages: dict[int, list[TakeLine]] = {}
        self._heads = (
            "slate", "pull", "landing", "timing", "verdict",
            "word", "note",
        )  # fmt: skip

    def set_older(self, older: Older | None) -> None:
        """Show these below the takes of this session."""
        self.beginResetModel()
        self._older, self._pages = older, {}
        self._older_count = older.count() if older is not None else 0
        self.endResetModel()

    def add(self, line: TakeLine) -> None:
        """A take has ended."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._fresh.insert(0, line)
        self.endInsertRows()

    def line(self, row: int) -> TakeLine:
        """The line at a row of the table."""
        if row < len(self._fresh):
            return self._fresh[row]
        at = row - len(self._fresh)
        if at // PAGE not in self._pages:
            if len(self._pages) > 20:
                self._pages.pop(next(iter(self._pages)))
            assert self._older is not None
            self._pages[at // PAGE] = self._older.page(at // PAGE * PAGE, PAGE)
        return self._pages[at // PAGE][at % PAGE]

    def change(self, row: int, *, word: str | None = None, note: str | None = None) -> None:
        """Show another word or note for a take."""
        line = self.line(row)
        changed = dataclasses.replace(
            line, word=line.word if word is None else word, note=line.note if note is None else note
        )
        if row < len(self._fresh):
            self._fresh[row] = changed
        else:
            at = row - len(self._fresh)
            self._pages[at // PAGE][at % PAGE] = changed
        self.dataChanged.emit(self.index(row, 0), self.index(row, NOTE_COLUMN))

    def rowCount(self, _parent: Index = QModelIndex()) -> int:
        """How many takes there are."""
        return len(self._fresh) + self._older_count

    def columnCount(self, _parent: Index = QModelIndex()) -> int:
        """Slate, pull, landing, timing, verdict, word, note."""
        return len(self._heads)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The columns' names."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._heads[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Notes of takes that are in the log can be written."""
        flags = super().flags(index)
        if index.column() == NOTE_COLUMN and self.line(index.row()).row is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """A cell's words; the reasons behind a verdict as its tip."""
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.line(index.row()).tip or None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return None
        line = self.line(index.row())
        words = (line.slate, line.pull, line.landing, line.timing, line.verdict, WORD_SIGNS[line.word], line.note)
        return words[index.column()]

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A note was written."""
        line = self.line(index.row())
        if role != Qt.ItemDataRole.EditRole or line.row is None:
            return False
        self.change(index.row(), note=str(value).strip())
        self.noteWritten.emit(line.row, str(value).strip())
        return True


class TakeTable(QTableView):
    """The table; a double click anywhere but in the note circles the take."""

    circled = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabKeyNavigation(False)
        self.setObjectName("takes")
        self.setAccessibleName("Takes")
        self.takes = TakeModel(self)
        self.setModel(self.takes)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(30)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for column, width in enumerate((130, 130, 190, 90, 80, 90)):
            self.setColumnWidth(column, width)
        self.setMinimumHeight(96)
        self.doubleClicked.connect(self._double_clicked)

    def chosen(self) -> list[int]:
        """The rows that are chosen, the top one first; the newest take where none is."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return rows or ([0] if self.takes.rowCount() else [])

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() != NOTE_COLUMN:
            self.circled.emit(index.row())

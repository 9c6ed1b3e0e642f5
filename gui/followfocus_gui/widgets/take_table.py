# SPDX-License-Identifier: MIT
"""The takes, newest first, a card each: sign, slate, verdict, dot from dead on to the edge of sharp, note.

The log is read page by page as far as one looks. Choosing a take tells which; words and notes go through the keyboard,
a menu, or the buttons of the screen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets.flick import flicks
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.shelf_lists import Index
from followfocus_gui.widgets.take_cards import (
    COLUMNS,
    DOT,
    LINE,
    NOTE,
    SHOT,
    SIGN,
    TAKE,
    VERDICT,
    WORD_SIGNS,
    TakeDelegate,
    column_widths,
)
from followfocus_gui.widgets.theme import TOUCH_PX, colour

WORDS_MENU = (("circled", "Circle\tC"), ("ng", "No good\tG"), ("buzzed", "Buzzed"))
HEADS = ("", "shot", "take", "verdict", "landing", "note")


class Pages(Protocol):
    """Takes, newest first."""

    at_end: bool

    def start(self, search: str = "", *, holding: bool = False) -> None:
        """Begin anew."""
        ...

    def next_page(self) -> list[TakeLine]:
        """The next page of takes."""
        ...


class TakeModel(QAbstractTableModel):
    """Lines of takes; the note can be written in."""

    noteWritten = Signal(int, str)
    """(the log's row, the note)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: Pages | None = None
        self._lines: list[TakeLine] = []
        self._search = ""
        self._holding = False

    # What is shown ------------------------------------------------------------------------------------------------

    def set_pages(self, pages: Pages | None) -> None:
        """Show the takes of a log."""
        self._pages = pages
        self.refresh()

    def search(self, text: str) -> None:
        """Show those that fit."""
        self._search = text
        self.refresh()

    def set_holding(self, *, on: bool) -> None:
        """The newest take waits for GO in its hold, or does no more."""
        if on != self._holding:
            self._holding = on
            self.refresh()

    def refresh(self) -> None:
        """Read anew, as far as was read."""
        wanted = len(self._lines)
        self.beginResetModel()
        self._lines = []
        if self._pages is not None:
            self._pages.start(self._search, holding=self._holding)
            self._read()
            while len(self._lines) < wanted and self._read():
                pass
        self.endResetModel()

    def _read(self) -> bool:
        assert self._pages is not None
        lines = self._pages.next_page()
        self._lines += lines
        return bool(lines)

    @property
    def complete(self) -> bool:
        """Every take that fits is here."""
        return self._pages is None or self._pages.at_end

    def canFetchMore(self, _parent: Index = QModelIndex()) -> bool:
        """There is a further page."""
        return not self.complete

    def fetchMore(self, _parent: Index = QModelIndex()) -> None:
        """Read it."""
        assert self._pages is not None
        lines = self._pages.next_page()
        if lines:
            first = self.rowCount()
            self.beginInsertRows(QModelIndex(), first, first + len(lines) - 1)
            self._lines += lines
            self.endInsertRows()

    def line(self, row: int) -> TakeLine:
        """The line at a row of the table."""
        return self._lines[row]

    def rowCount(self, _parent: Index = QModelIndex()) -> int:
        """How many takes there are so far."""
        return len(self._lines)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:
        """Sign, shot, take, verdict, dot, note."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """The columns' names, each over its words."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == TAKE:
            return Qt.AlignmentFlag.AlignCenter
        return HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Notes of takes that are in the log can be written."""
        flags = super().flags(index)
        if index.column() == NOTE and self.line(index.row()).row is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's words; the line for who paints it; the reasons behind a verdict as the tip."""
        line = self.line(index.row())
        if role == LINE:
            return line
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (f"{line.title}: {line.words}", line.pull, line.tip, line.note))) or None
        if role == Qt.ItemDataRole.EditRole:
            return line.note if index.column() == NOTE else None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        words = " · ".join(filter(None, (WORD_SIGNS[line.word], line.note)))
        return {SIGN: line.outcome.value, SHOT: line.shot, TAKE: line.number, VERDICT: line.words,
                DOT: line.off_words, NOTE: words}[index.column()]  # fmt: skip

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A note was written."""
        line = self.line(index.row())
        if role != Qt.ItemDataRole.EditRole or line.row is None:
            return False
        note = str(value).strip()
        self.change(index.row(), note=note)
        self.noteWritten.emit(line.row, note)
        return True

    def change(self, row: int, *, word: str | None = None, note: str | None = None) -> None:
        """Show another word or note for a take."""
        line = self._lines[row]
        self._lines[row] = dataclasses.replace(
            line, word=line.word if word is None else word, note=line.note if note is None else note
        )
        self.dataChanged.emit(self.index(row, 0), self.index(row, NOTE))


class TakeTable(QTableView):
    """The list; `compact` is for the desk, without a column of verdicts."""

    circled = Signal(int)
    worded = Signal(int, str)
    """(row, the crew's word)"""
    takeChosen = Signal(object)
    """The TakeLine that was chosen, None for none"""
    compareAsked = Signal()
    certificateAsked = Signal()

    def __init__(self, parent: QWidget | None = None, *, compact: bool = True, name: str = "takes") -> None:
        super().__init__(parent)
        self._compact, self._empty = compact, ""
        self.setTabKeyNavigation(False)
        self.setObjectName(name)
        self.setAccessibleName("Takes")
        self.takes = TakeModel(self)
        self.setModel(self.takes)
        self.setItemDelegate(TakeDelegate(self, compact=compact))
        self.setProperty("part", "cards")
        self.verticalHeader().hide()
        measured(self.verticalHeader().setDefaultSectionSize, TOUCH_PX)
        self.horizontalHeader().setVisible(not compact)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)  # a press would choose every take
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(1)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        flicks(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setColumnHidden(VERDICT, compact)
        self.doubleClicked.connect(self._double_clicked)
        self.selectionModel().selectionChanged.connect(lambda _new, _old: self.takeChosen.emit(self.chosen_line()))

    def chosen(self) -> list[int]:
        """The rows that are chosen, the top one first; the newest take where none is."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return rows or ([0] if self.takes.rowCount() else [])

    def chosen_line(self) -> TakeLine | None:
        """The take that is chosen, where it is one."""
        rows = self.selectionModel().selectedRows()
        return self.takes.line(rows[0].row()) if len(rows) == 1 else None

    def write_note(self) -> None:
        """Write the chosen take's note."""
        rows = self.chosen()
        if rows:
            self.edit(self.takes.index(rows[0], NOTE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cards; while there are none, the words on what will come."""
        super().paintEvent(event)
        if self._compact and not self.takes.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(colour("faint"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(8, 0, -8, 0), flags, self._empty)
            painter.end()

    def say_none(self, words: str) -> None:
        """In place of takes, where there are none."""
        if words != self._empty:
            self._empty = words
            self.viewport().update()

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() != NOTE:
            self.circled.emit(index.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the width as they need it."""
        super().resizeEvent(event)
        for column, width in column_widths(self.viewport().width(), compact=self._compact).items():
            self.setColumnWidth(column, width)

    # Menu and keys ------------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the actions on a take."""
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if index.isValid() and index.row() not in self.chosen():
            self.selectRow(index.row())
        self.open_menu(event.globalPos())

    def open_menu(self, at: QPoint) -> None:
        """The menu of the chosen takes."""
        rows = self.chosen()
        if not rows:
            return
        menu = self.menu(rows)
        menu.exec(at)
        menu.deleteLater()

    def menu(self, rows: Sequence[int]) -> QMenu:
        """The actions on these rows."""
        menu = QMenu(self)
        menu.setObjectName("takeMenu")
        word = self.takes.line(rows[0]).word
        for key, text in WORDS_MENU:
            action = menu.addAction(text)
            action.setObjectName(f"take_{key}")
            action.setCheckable(True)
            action.setChecked(word == key)
            action.triggered.connect(lambda _checked, k=key: self._say_word(rows, k))
        menu.addSeparator()
        for key, text, act in (
            ("note", "Note …", self.write_note),
            ("compare", "Compare\tK", self.compareAsked.emit),
            ("certificate", "Certificate …", self.certificateAsked.emit),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"take_{key}")
            action.triggered.connect(lambda _checked, a=act: a())
        return menu

    def _say_word(self, rows: Sequence[int], word: str) -> None:
        for row in rows:
            self.worded.emit(row, word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The menu key opens the menu where the take is; Delete is no word for a take."""
        rows = self.chosen()
        if event.key() == Qt.Key.Key_Menu and rows:
            self.open_menu(self.viewport().mapToGlobal(self.visualRect(self.takes.index(rows[0], SHOT)).bottomLeft()))
            return
        super().keyPressEvent(event)

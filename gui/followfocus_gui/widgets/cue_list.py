# SPDX-License-Identifier: MIT
"""The cue list as a shooting order: number, name, what starts it, pull, time, ease, then, hand, note.

Typed in place, dragged by its dots. What stands by has a bar and a word; what goes by itself is amber.
"""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from followfocus.show.cue_hand import NO_HAND
from followfocus.show.cue_start import ON_GO
from followfocus_gui.state.cue_lines import EASE, HAND, HANDS, NAME, NOTE, NUMBER, PULL, START, STARTS, THEN, TIME
from followfocus_gui.state.ease_names import EASES
from followfocus_gui.state.views import CueLine
from followfocus_gui.widgets.ease_icons import draw_ease, ease_icon
from followfocus_gui.widgets.lettering import paint_text, width_of
from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.scale import letters, measured, px, ratio
from followfocus_gui.widgets.shelf_lists import Index, paint_card
from followfocus_gui.widgets.theme import TOUCH_PX, colour

LINE = Qt.ItemDataRole.UserRole
HEADS = ("cue", "name", "starts on", "pull", "time", "ease", "then", "hand", "note")
TYPED = (NUMBER, NAME, START, TIME, THEN, HAND, NOTE)
ROW_PX, DOTS_PX = 58, 26
FULL_PX, LEAST_PX = 740, 600
"""The widths from which every column has all its room, and from which each has some"""


class CueModel(QAbstractTableModel):
    """The lines; what is typed into a cell is told, and shown when it has been taken."""

    typed = Signal(int, int, str)
    """(row, column, what was typed)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[CueLine, ...] = ()

    def show_lines(self, lines: tuple[CueLine, ...]) -> None:
        """Show these; a cell that is being typed in stays where the list is as long as before."""
        if len(lines) != len(self._lines):
            self.beginResetModel()
            self._lines = lines
            self.endResetModel()
        elif lines != self._lines:
            self._lines = lines
            self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, NOTE))

    def line(self, row: int) -> CueLine:
        """The line at a row."""
        return self._lines[row]

    def rowCount(self, _parent: Index = QModelIndex()) -> int:
        """How many cues."""
        return len(self._lines)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:
        """Number, name, start, pull, time, ease, then, hand, note."""
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """The columns' names."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everything but the pull and the ease is typed."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in TYPED else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell's words; the line for who paints it."""
        line, column = self._lines[index.row()], index.column()
        if role == LINE:
            return line
        words = (
            line.number, line.name, line.start, line.pull, line.time, line.ease, line.follows, line.hand, line.note,
        )[column]  # fmt: skip
        if role == Qt.ItemDataRole.ToolTipRole:
            what = line.note if column == NAME and line.note else words
            return f"{words}\n{what}" if what != words else words
        return words if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole) else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Something was typed; whether it is taken is said by who takes it."""
        before = str(self.data(index, Qt.ItemDataRole.EditRole))
        if role == Qt.ItemDataRole.EditRole and str(value).strip() != before:
            self.typed.emit(index.row(), index.column(), str(value).strip())
        return False


class CueDelegate(QStyledItemDelegate):
    """Paints a row cell by cell, the card under all of them with each."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The table says how high."""
        return QSize(40, px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A cell."""
        line: CueLine = index.data(LINE)
        state, rect = option.state, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect)
        card = QRectF(1, rect.top() + 3, self._table.viewport().width() - 3, rect.height() - 6)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        paint_card(painter, card, chosen=line.standing_by, hovered=hovered)
        cell = rect.adjusted(6, 3, -4, -3)
        if index.column() == NUMBER:
            draw_list_sign(
                painter, "dots", QRectF(cell.left() + 2, cell.center().y() - px(10), px(16), px(20)), colour("faint")
            )
            paint_text(painter, cell.adjusted(px(DOTS_PX - 2), 0, 0, 0), line.number, "text", px=18, bold=True)
        elif index.column() == NAME:
            self._name(painter, cell, line)
        elif index.column() == START:
            self._start(painter, cell, line.start)
        elif index.column() == PULL:
            paint_text(painter, cell, line.pull, "text", px=14)
        elif index.column() == TIME:
            paint_text(painter, cell, line.time, "text", px=15, bold=True)
        elif index.column() == EASE:
            box = QRectF(cell.left() + 2, cell.top() + px(6), min(px(46), cell.width() - 4), cell.height() * 0.40)
            draw_ease(painter, line.easing, box, colour("text"), width=1.6)
            below = QRectF(cell.left(), cell.bottom() - letters(19), cell.width(), letters(18))
            paint_text(painter, below, line.ease, "faint", px=13)
        elif index.column() == HAND:
            paint_text(painter, cell, line.hand, "faint" if line.hand == "none" else "text", px=14)
        elif index.column() == NOTE:
            paint_text(painter, cell, line.note, "text", px=14)
        else:
            paint_text(painter, cell, line.follows, "warn" if line.goes_by_itself else "text", px=14)
        painter.restore()

    def _start(self, painter: QPainter, cell: QRectF, start: str) -> None:
        """Paint the cue's starts, a line for each; amber where it goes by itself."""
        lines, high = start.split(", "), letters(16)
        top = cell.center().y() - high * len(lines) / 2
        for number, words in enumerate(lines):
            ink = "faint" if words == ON_GO else "text" if words.startswith("cut") else "warn"
            paint_text(painter, QRectF(cell.left(), top + number * high, cell.width(), high), words, ink, px=14)

    def _name(self, painter: QPainter, cell: QRectF, line: CueLine) -> None:
        below = "stands by" if line.standing_by else "next" if line.following else ""
        note = line.note if self._table.isColumnHidden(NOTE) else ""
        top = cell if not below and not note else QRectF(cell.left(), cell.top() + px(3), cell.width(), letters(21))
        paint_text(painter, top, line.name, "text", px=15, bold=line.standing_by)
        if not below and not note:
            return
        foot = QRectF(cell.left(), cell.bottom() - letters(20), cell.width(), letters(18))
        if line.standing_by:
            draw_list_sign(
                painter, "arrow", QRectF(foot.left(), foot.center().y() - px(6), px(12), px(12)), colour("accent")
            )
            foot.adjust(px(17), 0, 0, 0)
        paint_text(painter, foot, below, "accent" if line.standing_by else "text", px=13, bold=True)
        if note:
            foot.adjust(width_of(f"{below}  ", letters(13), bold=True) if below else 0, 0, 0, 0)
            paint_text(painter, foot, note, "faint", px=13)


class CueList(QTableView):
    """The list; the dots at the left of a row drag it, Alt with up and down move it, a click on an ease offers all."""

    chosen = Signal(int)
    moved = Signal(int, int)
    """(from, to)"""
    easePicked = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cues")
        self.setAccessibleName("Cue list")
        self.setProperty("part", "cards")
        self.setTabKeyNavigation(False)  # Tab leaves the list; up and down move in it
        self.cue_model = CueModel(self)
        self.setModel(self.cue_model)
        self.setItemDelegate(CueDelegate(self))
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        measured(self.verticalHeader().setDefaultSectionSize, ROW_PX)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.clicked.connect(self._clicked)
        self._typing: int | None = None
        """A column that is typed in, where it has no room else"""
        self._dragged: int | None = None
        self._drop_at: int | None = None

    def show_lines(self, lines: tuple[CueLine, ...]) -> None:
        """Show these, without announcing anything; the row that stands by has the cursor."""
        self.cue_model.show_lines(lines)
        self._share_out()
        here = next((row for row, line in enumerate(lines) if line.standing_by), 0)
        if self.state() != QAbstractItemView.State.EditingState and self.currentIndex().row() != here:
            self.setCurrentIndex(self.cue_model.index(here, NAME))

    def _clicked(self, index: QModelIndex) -> None:
        """The row that stands by is typed in; another one stands by."""
        line = self.cue_model.line(index.row())
        if index.column() == EASE:
            self.offer(self.ease_menu(index.row()), index)
        elif index.column() == HAND:
            self.offer(self.hand_menu(index.row()), index)
        elif index.column() == START:
            self.offer(self.start_menu(index.row()), index)
        elif line.standing_by and index.column() in TYPED:
            self.edit(index)
        else:
            self.chosen.emit(index.row())

    def offer(self, menu: QMenu, index: Index) -> None:
        """A menu under a cell."""
        menu.exec(self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))
        menu.deleteLater()

    def hand_menu(self, row: int) -> QMenu:
        """The menu of what a wheel may do in a row's cue; another bound is typed."""
        return self._menu_of(HANDS, "handMenu", row, HAND)

    def start_menu(self, row: int) -> QMenu:
        """The menu of what starts a row's cue; a timecode or another hold is typed."""
        menu = self._menu_of(STARTS, "startMenu", row, START)
        menu.addAction("a timecode, or another hold: type it").triggered.connect(lambda: self.type_in(row, START))
        return menu

    def _menu_of(self, choices: dict[str, str], name: str, row: int, column: int) -> QMenu:
        """A menu whose choices are as good as typed into a cell."""
        menu = QMenu(self)
        menu.setObjectName(name)
        for words, says in choices.items():
            action = menu.addAction(f"{words}: {says}")
            action.triggered.connect(lambda _checked, w=words: self.cue_model.typed.emit(row, column, w))
        return menu

    def type_in(self, row: int, column: int) -> None:
        """Begin to type a row's start or note, where the list is narrow too."""
        self._typing = column
        self._share_out()
        self.edit(self.cue_model.index(row, column))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Typed, or not: a column that was there for that goes."""
        super().closeEditor(editor, hint)
        self._typing = None
        self._share_out()

    def ease_menu(self, row: int) -> QMenu:
        """The menu of eases of a row."""
        menu = QMenu(self)
        menu.setObjectName("easeMenu")
        now = self.cue_model.line(row).easing
        for ease in EASES:
            action = menu.addAction(ease_icon(ease.easing, QSize(px(40), px(24)), self.devicePixelRatioF()), ease.name)
            action.setToolTip(f"{ease.words} ({ease.easing})")
            action.setCheckable(True)
            action.setChecked(ease.easing == now)
            action.triggered.connect(lambda _checked, e=ease.easing: self.easePicked.emit(row, e))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Everything of a cue that is chosen from a list, on a narrow screen too."""
        index = self.currentIndex()
        if event.reason() != QContextMenuEvent.Reason.Keyboard:
            index = self.indexAt(event.pos())
        if index.isValid():
            self.offer(self.row_menu(index.row()), index)

    def row_menu(self, row: int) -> QMenu:
        """A row's start, its ease and its hand, each as a menu, and its note."""
        menu = QMenu(self)
        menu.setObjectName("cueMenu")
        for title, inner in (
            ("Starts on", self.start_menu(row)), ("Ease", self.ease_menu(row)), ("Hand", self.hand_menu(row))
        ):  # fmt: skip
            inner.setTitle(title)
            inner.setParent(menu, inner.windowFlags())
            menu.addMenu(inner)
        menu.addAction("Note …").triggered.connect(lambda: self.type_in(row, NOTE))
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The name takes what the others leave."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        """Room for the columns. Start and note have some where there is much, or where one is said or typed."""
        wide = self.viewport().width() / ratio()
        lines = [self.cue_model.line(row) for row in range(self.cue_model.rowCount())]
        starts = self._typing == START or any(line.start != ON_GO for line in lines)
        hands = any(line.hand != NO_HAND for line in lines)
        fixed = {NUMBER: 74, START: 100, PULL: 112, TIME: 78, EASE: 92, THEN: 112, HAND: 104, NOTE: 0}
        if wide < FULL_PX + fixed[START] and not starts:
            fixed[START] = 0
        room = wide - fixed[START]
        if room < FULL_PX:
            fixed |= {NUMBER: 66, PULL: 92, TIME: 74, EASE: 84, THEN: 104, HAND: 56 if hands else 0}
        if room < LEAST_PX:
            fixed |= {EASE: 0, THEN: 92, HAND: 0}
        if self._typing == NOTE:
            fixed |= {NOTE: fixed[PULL] + fixed[EASE] + fixed[HAND], PULL: 0, EASE: 0, HAND: 0}
        elif wide > FULL_PX + 240:
            fixed |= {NOTE: 180}
        for column, width in fixed.items():
            self.setColumnHidden(column, width == 0)
            self.setColumnWidth(column, px(width))
        self.setColumnWidth(NAME, max(60, self.viewport().width() - sum(map(px, fixed.values()))))

    # Dragging -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On the dots, or beside them within a finger's width, a drag begins."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.position().x() < px(TOUCH_PX) and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = index.row()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A line shows where the row would go."""
        if self._dragged is None:
            super().mouseMoveEvent(event)
            return
        top = event.position().y() + self.verticalOffset()
        self._drop_at = min(max(round(top / px(ROW_PX)), 0), self.cue_model.rowCount())
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The row goes there."""
        dragged, drop_at = self._dragged, self._drop_at
        self._dragged = self._drop_at = None
        if dragged is None:
            super().mouseReleaseEvent(event)
            return
        self.unsetCursor()
        self.viewport().update()
        if drop_at is None and event.position().x() > px(DOTS_PX + 4):
            self._clicked(self.indexAt(event.position().toPoint()))  # the number beside the dots was meant
            return
        if drop_at is None:
            self.chosen.emit(dragged)
            return
        to = drop_at - (drop_at > dragged)
        if to != dragged:
            self.moved.emit(dragged, to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with up and down moves the row; letters begin to type in the cell."""
        row, alt = self.currentIndex().row(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if alt and by and 0 <= row + by < self.cue_model.rowCount():
            self.moved.emit(row, row + by)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, and the line of a drag."""
        super().paintEvent(event)
        if self._drop_at is None:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(colour("accent"), 3.0))
        y = float(self._drop_at * px(ROW_PX) - self.verticalOffset())
        painter.drawLine(QPointF(2, y), QPointF(self.viewport().width() - 2, y))
        painter.end()

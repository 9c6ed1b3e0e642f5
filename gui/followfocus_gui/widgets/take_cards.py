# SPDX-License-Identifier: MIT
"""How a take is painted: a card across its columns, the sign in the outcome's colour, a dot for where it landed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets.lettering import elided, paint_text, width_of
from followfocus_gui.widgets.list_signs import OUTCOME_SIGNS, draw_list_sign
from followfocus_gui.widgets.scale import letters, px
from followfocus_gui.widgets.shelf_lists import Index, paint_card
from followfocus_gui.widgets.theme import colour, figure_font

SIGN, SHOT, TAKE, VERDICT, DOT, NOTE = COLUMNS = range(6)
LINE = Qt.ItemDataRole.UserRole
PERCENT_PX = 48


class TakeDelegate(QStyledItemDelegate):
    """Paints a row cell by cell, the card under all of them once, with the first."""

    def __init__(self, table: QTableView, *, compact: bool) -> None:
        super().__init__(table)
        self._table, self._compact = table, compact

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The table says how high."""
        return QSize(40, px(36))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A cell."""
        line: TakeLine = index.data(LINE)
        state, rect = option.state, QRectF(option.rect)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(rect)
        wide = float(self._table.viewport().width())
        box = QRectF(1.0, rect.top() + 2, wide - 3.0, rect.height() - 4)
        paint_card(painter, box, chosen=chosen, hovered=False, ground="window" if not self._compact else "panel")
        cell = rect.adjusted(px(6), 2, -4, -2)
        sign, tone = OUTCOME_SIGNS[line.outcome]
        if index.column() == SIGN:
            draw_list_sign(painter, sign, cell.adjusted(px(8), px(7), -2, -px(7)), colour(tone))
        elif index.column() == SHOT:
            paint_text(painter, cell, line.shot, "text", px=14, bold=not self._compact)
        elif index.column() == TAKE:
            self._number(painter, cell, line)
        elif index.column() == VERDICT:
            self._say_verdict(painter, cell, index)
        elif index.column() == DOT:
            if line.off is not None:
                self._dot(painter, cell, line, tone)
            elif self._compact:
                self._say_outcome(painter, cell, index)
            else:
                self._say_verdict(painter, cell, index)  # goes on from the cell before
        elif self._compact and line.off is None and not index.data():
            self._say_outcome(painter, cell, index)  # goes on from the cell before
        else:
            paint_text(painter, cell, _note_words(line, str(index.data()), cell.width()), "faint", px=13)
        painter.restore()

    def _say_verdict(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        """In words, over the room of the dot too for what landed nowhere."""
        verdict, dot = (index.model().index(index.row(), column) for column in (VERDICT, DOT))
        line: TakeLine = index.data(LINE)
        room = QRectF(self._table.visualRect(verdict))
        if line.off is None:
            room = room.united(QRectF(self._table.visualRect(dot)))
        words = QRectF(room.left() + px(6), cell.top(), room.width() - px(6) - 4, cell.height())
        paint_text(painter, words, line.words, OUTCOME_SIGNS[line.outcome][1], px=14)

    def _say_outcome(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        """In words, for what landed nowhere: over the room of dot and note, where there is no note."""
        dot, note = (index.model().index(index.row(), column) for column in (DOT, NOTE))
        room = QRectF(self._table.visualRect(dot))
        if not note.data():
            room = room.united(QRectF(self._table.visualRect(note)))
        line: TakeLine = index.data(LINE)
        words = QRectF(room.left() + px(6), cell.top(), room.width() - px(6) - 4, cell.height())
        paint_text(painter, words, line.words, "faint", px=13)

    def _number(self, painter: QPainter, cell: QRectF, line: TakeLine) -> None:
        """The take's number, ringed where it is circled, struck through where it is no good."""
        text = "reh." if self._compact and line.number == "rehearsal" else line.number
        size = letters(15 if len(text) < 4 else 13)
        painter.setFont(figure_font(size, bold=True))
        painter.setPen(colour("text"))
        shown = elided(text, cell.width(), size, bold=True)
        if line.word == "circled":
            painter.setPen(QPen(colour("text"), 1.8))
            radius = min(cell.height() / 2 - 1, px(15))
            wide = max(radius, painter.fontMetrics().horizontalAdvance(shown) / 2 + 5)
            painter.drawEllipse(QPointF(cell.center()), wide, radius)
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, shown)
        if line.word == "ng":
            painter.setPen(QPen(colour("bad"), 2.0))
            painter.drawLine(QPointF(cell.left() + 4, cell.bottom() - 7), QPointF(cell.right() - 4, cell.top() + 7))

    def _dot(self, painter: QPainter, cell: QRectF, line: TakeLine, tone: str) -> None:
        """Where it landed between dead on and the edge of sharp on either side."""
        assert line.off is not None
        left, right, middle = cell.left() + px(4), cell.right() - letters(PERCENT_PX) - px(6), cell.center().y()
        painter.setPen(QPen(colour("outline"), 1.6))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        for x in (left, right):
            painter.drawLine(QPointF(x, middle - px(5)), QPointF(x, middle + px(5)))
        centre = (left + right) / 2
        painter.drawLine(QPointF(centre, middle - px(3)), QPointF(centre, middle + px(3)))
        share = min(max(line.off, -1.0), 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone))
        painter.drawEllipse(QPointF(centre + share * (right - centre), middle), px(5), px(5))
        room = QRectF(cell.right() - letters(PERCENT_PX), cell.top(), letters(PERCENT_PX), cell.height())
        paint_text(painter, room, line.off_words, "text", px=13)


def _note_words(line: TakeLine, whole: str, room: float) -> str:
    """The crew's word and the note; where both have no room the note alone, if the number shows the word."""
    shown = line.note and line.word in ("circled", "ng")
    return line.note if shown and width_of(whole, letters(13)) > room else whole

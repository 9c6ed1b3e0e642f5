# SPDX-License-Identifier: MIT
"""How a take is painted: a card across its columns, the sign in the outcome's colour, a dot for where it landed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from followfocus.takes.whole import Outcome
from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets.lettering import elided, paint_text
from followfocus_gui.widgets.list_signs import OUTCOME_SIGNS, draw_list_sign
from followfocus_gui.widgets.shelf_lists import Index, paint_card
from followfocus_gui.widgets.theme import colour, figure_font

SIGN, SHOT, TAKE, VERDICT, DOT, NOTE = COLUMNS = range(6)
LINE = Qt.ItemDataRole.UserRole
PERCENT_PX = 52


class TakeDelegate(QStyledItemDelegate):
    """Paints a row cell by cell, the card under all of them once, with the first."""

    def __init__(self, table: QTableView, *, compact: bool) -> None:
        super().__init__(table)
        self._table, self._compact = table, compact

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """The table says how high."""
        return QSize(40, 36)

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
        cell = rect.adjusted(4, 2, -4, -2)
        sign, tone = OUTCOME_SIGNS[line.outcome]
        if index.column() == SIGN:
            draw_list_sign(painter, sign, cell.adjusted(8, 7, -2, -7), colour(tone))
        elif index.column() == SHOT:
            paint_text(painter, cell, line.shot, "text", px=14, bold=not self._compact)
        elif index.column() == TAKE:
            self._number(painter, cell, line)
        elif index.column() == VERDICT:
            paint_text(painter, cell, line.words, tone, px=14, bold=line.outcome is not Outcome.SHARP)
        elif index.column() == DOT:
            self._dot(painter, cell, line, tone)
        else:
            paint_text(painter, cell, str(index.data()), "faint", px=13)
        painter.restore()

    def _number(self, painter: QPainter, cell: QRectF, line: TakeLine) -> None:
        """The take's number, ringed where it is circled, struck through where it is no good."""
        text = "reh." if self._compact and line.number == "rehearsal" else line.number
        painter.setFont(figure_font(15 if len(text) < 4 else 13, bold=True))
        painter.setPen(colour("text"))
        shown = elided(text, cell.width(), 15 if len(text) < 4 else 13, bold=True)
        if line.word == "circled":
            painter.setPen(QPen(colour("text"), 1.8))
            radius = min(cell.height() / 2 - 1, 15.0)
            wide = max(radius, painter.fontMetrics().horizontalAdvance(shown) / 2 + 5)
            painter.drawEllipse(QPointF(cell.center()), wide, radius)
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, shown)
        if line.word == "ng":
            painter.setPen(QPen(colour("bad"), 2.0))
            painter.drawLine(QPointF(cell.left() + 4, cell.bottom() - 7), QPointF(cell.right() - 4, cell.top() + 7))

    def _dot(self, painter: QPainter, cell: QRectF, line: TakeLine, tone: str) -> None:
        """Where it landed between dead on and the edge of sharp on either side; words where it didn't land."""
        if line.off is None:
            if self._compact:
                paint_text(painter, cell, line.words, "faint", px=13)
            return
        left, right, middle = cell.left() + 4, cell.right() - PERCENT_PX - 6, cell.center().y()
        painter.setPen(QPen(colour("outline"), 1.6))
        painter.drawLine(QPointF(left, middle), QPointF(right, middle))
        for x in (left, right):
            painter.drawLine(QPointF(x, middle - 5), QPointF(x, middle + 5))
        centre = (left + right) / 2
        painter.drawLine(QPointF(centre, middle - 3), QPointF(centre, middle + 3))
        share = min(max(line.off, -1.0), 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(tone))
        painter.drawEllipse(QPointF(centre + share * (right - centre), middle), 5.0, 5.0)
        room = QRectF(cell.right() - PERCENT_PX, cell.top(), PERCENT_PX, cell.height())
        paint_text(painter, room, line.off_words, "text", px=13)

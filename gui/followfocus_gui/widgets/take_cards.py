# SPDX-License-Identifier: MIT
"""How a take is painted: a card across its columns, the sign in the outcome's colour, a dot for where it landed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets.lettering import (
    LEAST_OF_NAME,
    elided,
    fitting,
    longest,
    metrics,
    paint_text,
    shortened,
    width_of,
)
from followfocus_gui.widgets.list_signs import OUTCOME_SIGNS, draw_list_sign
from followfocus_gui.widgets.scale import letters, px
from followfocus_gui.widgets.shelf_lists import Index, paint_card
from followfocus_gui.widgets.theme import colour, figure_font

SIGN, SHOT, TAKE, VERDICT, DOT, NOTE = COLUMNS = range(6)
LINE = Qt.ItemDataRole.UserRole
PERCENT_PX = 48
WORD_SIGNS = {"": "", "circled": "circled", "ng": "no good", "buzzed": "buzzed"}
"""The crew's word for a take, as it is read"""


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
        elif index.column() == VERDICT or (index.column() == DOT and line.off is None and not self._compact):
            self._say_verdict(painter, cell, index)  # over the dot's cell too, where there is none
        elif index.column() == DOT:
            if line.off is not None:
                self._dot(painter, cell, line, tone)
            else:
                self._say_outcome(painter, cell, index)
        else:
            if self._compact and line.off is None:
                cell.setLeft(max(cell.left(), self._say_outcome(painter, cell, index)))  # goes on from the cell before
            paint_text(painter, cell, _note_words(line, str(index.data()), cell.width()), "faint", px=13)
        painter.restore()

    def _say_verdict(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        """In words, over the room of the dot too for what landed nowhere."""
        line: TakeLine = index.data(LINE)
        room = self._room(cell, index, VERDICT, *((DOT,) if line.off is None else ()))
        _say(painter, room, line, OUTCOME_SIGNS[line.outcome][1], 14)

    def _say_outcome(self, painter: QPainter, cell: QRectF, index: Index) -> float:
        """In words, for what landed nowhere: over the room of dot and note, where there is no note, or not enough of
        the dot's. Where a note may begin after them.
        """
        line: TakeLine = index.data(LINE)
        room = self._room(cell, index, DOT)
        if not index.sibling(index.row(), NOTE).data() or width_of(_least(line), letters(13)) > room.width():
            room = self._room(cell, index, DOT, NOTE)
        return _say(painter, room, line, "faint", 13) + px(10)

    def _room(self, cell: QRectF, index: Index, *columns: int) -> QRectF:
        """The room of words over some columns, as high as a cell."""
        boxes = [QRectF(self._table.visualRect(index.sibling(index.row(), column))) for column in columns]
        left, right = boxes[0].left() + px(6), boxes[-1].right() - 4
        return QRectF(left, cell.top(), right - left, cell.height())

    def _number(self, painter: QPainter, cell: QRectF, line: TakeLine) -> None:
        """The take's number, ringed if it is circled, struck through if no good, over a wave if buzzed."""
        text = "reh." if self._compact and line.number == "rehearsal" else line.number
        size = fitting((text,), int(cell.width()), letters(15 if len(text) < 4 else 13), bold=True)
        painter.setFont(figure_font(size, bold=True))
        painter.setPen(colour("text"))
        shown = elided(text, cell.width(), size, bold=True)
        if line.word == "circled":
            painter.setPen(QPen(colour("text"), 1.8))
            radius = min(cell.height() / 2 - 1, px(15))
            wide = max(radius, painter.fontMetrics().horizontalAdvance(shown) / 2 + 5)
            painter.drawEllipse(QPointF(cell.center()), wide, radius)
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, shown)
        if line.word == "buzzed":
            painter.setPen(QPen(colour("warn"), 2.0))
            painter.drawPolyline(_wave(cell.center().x(), cell.bottom() - 4, px(4)))
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
        size = fitting((line.off_words,), int(room.width()), letters(13))
        painter.setFont(figure_font(size))
        painter.setPen(colour("text"))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, line.off_words)


def _say(painter: QPainter, room: QRectF, line: TakeLine, tone: str, size: float) -> float:
    """How a take went: a mark's name gives way, then the letters, never the verdict. Where the words end."""
    size_px = fitting((_least(line),), int(room.width()), letters(size))
    words = shortened(line.words, (line.where,), room.width(), metrics(size_px))
    painter.setFont(figure_font(size_px))
    painter.setPen(colour(tone))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
    return room.left() + width_of(words, size_px)


def _least(line: TakeLine) -> str:
    """As short as the words can become."""
    return line.words.replace(line.where, f"{line.where[:LEAST_OF_NAME]}…") if line.where else line.words


def _wave(middle: float, base: float, step: float) -> QPolygonF:
    """A line that hunts up and down, as focus does that was buzzed."""
    return QPolygonF([QPointF(middle + (i - 2) * step, base - (i % 2) * step) for i in range(5)])


def _note_words(line: TakeLine, whole: str, room: float) -> str:
    """The crew's word and the note; where both have no room the note alone, for the number shows the word."""
    return line.note if width_of(whole, letters(13)) > room else whole


def column_widths(wide: int, *, compact: bool) -> dict[int, int]:
    """The columns of a table so wide. The crew's word is always whole: the line of the landing gives way, the shot."""
    narrow = compact or wide < px(520)
    found = {
        SIGN: px(34), SHOT: px(52 if narrow else 66), TAKE: px(40 if compact else 84),
        VERDICT: px(0 if compact else 128), DOT: px(124 if narrow else 152),
    }  # fmt: skip
    least = math.ceil(longest(WORD_SIGNS.values(), letters(13))) + px(6) + 5
    note = wide - sum(found.values())
    for column, keeps in ((DOT, letters(PERCENT_PX) + px(56)), (SHOT, px(40))):
        gives = min(max(0, least - note), max(0, found[column] - keeps))
        found[column] -= gives
        note += gives
    return found | {NOTE: max(least, note)}

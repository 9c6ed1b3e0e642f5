# SPDX-License-Identifier: MIT
"""The shelf's two lists: its headings with their counts, and the lenses as cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from followfocus.lens.shelf import Group, ShelfLens
from followfocus_gui.widgets.flick import flicks
from followfocus_gui.widgets.lettering import paint_text, width_of
from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.parts import LOUD, QUIET
from followfocus_gui.widgets.scale import letters, px
from followfocus_gui.widgets.theme import colour, figure_font

Index = QModelIndex | QPersistentModelIndex
LENS, FAVOURITE, IN_USE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
CARD_PX, HEAD_PX = 70, 44


def paint_card(painter: QPainter, box: QRectF, *, chosen: bool, hovered: bool, ground: str = "window") -> None:
    """The ground of a card: tinted, with a bar at the left and framed where it is chosen."""
    fill = "sel" if chosen else "raised" if hovered else ground
    painter.setPen(QPen(colour("accent" if chosen else "edge"), 1.6 if chosen else 1.0))
    painter.setBrush(colour(fill))
    painter.drawRoundedRect(box, 7, 7)
    if chosen:
        painter.fillRect(QRectF(box.left(), box.top() + 4, 4, box.height() - 8), colour("accent"))


class _CardDelegate(QStyledItemDelegate):
    """A lens: a star, its title, whose it is, and what its scale is worth."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One height for all."""
        return QSize(px(160), px(CARD_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The card."""
        lens: ShelfLens = index.data(LENS)
        state = option.state
        rect = option.rect
        box = QRectF(rect).adjusted(2, 3, -2, -3)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_card(painter, box, chosen=chosen, hovered=hovered)
        star = QRectF(box.left() + px(10), box.center().y() - px(10), px(20), px(20))
        kept = bool(index.data(FAVOURITE))
        draw_list_sign(painter, "star" if kept else "hollow star", star, colour("warn" if kept else "faint"))
        words = box.adjusted(px(37), px(7), -px(8), -px(7))
        paint_text(
            painter, QRectF(words.left(), words.top(), words.width(), letters(22)), lens.title, "text", 15, bold=chosen
        )
        badge = self._badge(painter, words, index, lens)
        under = QRectF(words.left(), words.bottom() - letters(21), words.width() - badge - 8, letters(21))
        paint_text(painter, under, lens.under, "faint", 11.5)
        painter.restore()

    def _badge(self, painter: QPainter, words: QRectF, index: Index, lens: ShelfLens) -> float:
        in_use = bool(index.data(IN_USE))
        text, tone = ("in use", "good") if in_use else (lens.kind, "bad" if lens.lens is None else "faint")
        wide = width_of(text, letters(11.5), bold=in_use) + px(14)
        box = QRectF(words.right() - wide, words.bottom() - letters(20), wide, letters(20))
        painter.setPen(QPen(colour(tone), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, letters(10), letters(10))
        painter.setFont(figure_font(letters(11.5), bold=in_use))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return wide


class LensCards(QListWidget):
    """Lenses as cards; choosing one shows it, Return or a double click uses it."""

    chosen = Signal(object)
    """The ShelfLens"""
    used = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flicks(self)
        self.setObjectName("lensList")
        self.setAccessibleName("Lenses")
        self.setProperty("part", "cards")
        self.setItemDelegate(_CardDelegate(self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(self._choose)
        self.itemDoubleClicked.connect(lambda _item: self.used.emit())

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(LENS))

    def show_lenses(
        self, lenses: Sequence[ShelfLens], favourites: Sequence[str], in_use: str, selected: str
    ) -> ShelfLens | None:
        """Show these; the one that is chosen then: `selected` where it is among them, else the first."""
        self.blockSignals(QUIET)
        self.clear()
        for lens in lenses:
            item = QListWidgetItem(lens.title)
            item.setData(LENS, lens)
            item.setData(FAVOURITE, lens.name in favourites)
            item.setData(IN_USE, lens.name == in_use)
            item.setToolTip(f"{lens.title}\n{lens.under}" + (f"\n{lens.trouble}" if lens.trouble else ""))
            self.addItem(item)
        names = [lens.name for lens in lenses]
        row = names.index(selected) if selected in names else 0 if names else -1
        self.setCurrentRow(row)
        self.blockSignals(LOUD)
        return lenses[row] if row >= 0 else None

    def move_choice(self, by: int) -> None:
        """Up or down, from wherever the focus is."""
        if self.count():
            self.setCurrentRow(min(max(self.currentRow() + by, 0), self.count() - 1))


class _HeadDelegate(QStyledItemDelegate):
    """A heading: its name, and how many lenses are under it."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One height for all."""
        return QSize(px(120), px(HEAD_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The row."""
        group: Group = index.data(LENS)
        state, rect = option.state, option.rect
        box = QRectF(rect).adjusted(2, 2, -2, -2)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            paint_card(painter, box, chosen=chosen, hovered=not chosen, ground="panel")
        painter.setFont(figure_font(letters(14), bold=chosen))
        painter.setPen(colour("faint"))
        count = str(len(group.lenses))
        painter.drawText(
            box.adjusted(0, 0, -px(10), 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count
        )
        room = box.adjusted(px(14), 0, -px(16) - width_of(count, letters(14), bold=chosen), 0)
        paint_text(painter, room, group.name, "text", 14, bold=chosen)
        painter.restore()


class ShelfHeads(QListWidget):
    """The headings of the shelf; a change of the choice is told by the heading's name."""

    headChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flicks(self)
        self.setObjectName("lensGroups")
        self.setAccessibleName("Groups of lenses")
        self.setProperty("part", "cards")
        self.setItemDelegate(_HeadDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.currentItemChanged.connect(self._choose)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.headChosen.emit(item.data(LENS).name)

    def show_groups(self, groups: Sequence[Group], selected: str) -> None:
        """Show these without announcing a choice."""
        self.blockSignals(QUIET)
        self.clear()
        for group in groups:
            item = QListWidgetItem(group.name)
            item.setData(LENS, group)
            self.addItem(item)
            if group.name == selected:
                self.setCurrentItem(item)
        self.blockSignals(LOUD)

# SPDX-License-Identifier: MIT
"""Small parts that every screen is made of: panels, buttons, words that elide, a column that reads like a table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from followfocus_gui.widgets.lettering import shortened
from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import BODY_PX, TOUCH_PX, colour, written

QUIET, LOUD = True, False
"""For `blockSignals`: what comes from outside is shown without being announced."""


class PanelBox(QFrame):
    """A framed part of a screen. `tone` frames it in a colour: good, warn or bad."""

    def __init__(self, parent: QWidget | None = None, name: str = "") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("part", "panel")

    def set_tone(self, tone: str) -> None:
        """Frame it anew."""
        retoned(self, tone)


class Words(QLabel):
    """A label; `px` is the size of its letters, `tone` a colour by name.

    One that `elides` has one line and asks for no room: where it has too little its names give way, then its end; the
    whole is in the tip.
    """

    names: tuple[str, ...] = ()
    """The names in the words"""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        px: float = BODY_PX,
        bold: bool = False,
        tone: str = "",
        elides: bool = False,
    ) -> None:
        super().__init__("", parent)
        self.elides = elides
        written(self, px, bold=bold)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        if elides:
            self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Another colour."""
        retoned(self, tone)

    def setText(self, text: str) -> None:
        """Show other words."""
        if self.elides and text != self.text():
            self.setAccessibleName(text)
            self.setToolTip(text)
        super().setText(text)

    def shown(self) -> str:
        """As much of the words as there is room for."""
        if not self.elides:
            return self.text()
        return shortened(self.text(), self.names, self._room().width(), self.fontMetrics())

    def _room(self) -> QRect:
        return self.contentsRect().adjusted(self.margin(), 0, -self.margin(), 0)

    def minimumSizeHint(self) -> QSize:
        """Any width will do for words that elide."""
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self.elides else hint

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, or as much of them as there is room for."""
        if not self.elides:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self._room(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.shown())
        painter.end()


class WordButton(QPushButton):
    """A button that is never narrower than its words, whatever the style sheet says of all buttons."""

    def setText(self, text: str) -> None:
        """Other words, other width."""
        super().setText(text)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Only a shown button has its style."""
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Other letters, other width."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def _fit(self) -> None:
        bold = self.font()
        bold.setBold(True)  # as one that is down is
        down = QFontMetrics(bold).horizontalAdvance(self.text()) + 2 * px(10) + 8 if self.isCheckable() else 0
        self.setMinimumWidth(max(self.sizeHint().width(), down))


def button(
    parent: QWidget, name: str, text: str, says: str, act: Callable[[], object], *, weight: str = ""
) -> QPushButton:
    """A button that says in its tip what it will do; `weight` "main" is the one that a screen is about."""
    made = WordButton(text, parent)
    as_button(made, name, says, weight=weight)
    made.clicked.connect(lambda _checked: act())
    return made


def as_button(made: WordButton, name: str, says: str, *, weight: str = "") -> None:
    """Name a button, and give it its looks and a finger's room."""
    made.setObjectName(name)
    made.setAccessibleName(says)
    made.setToolTip(says)
    made.setAutoDefault(False)
    measured(made.setMinimumHeight, TOUCH_PX)
    made.setProperty("weight", weight)
    if weight == "main":
        written(made, BODY_PX + 4, bold=True)


def line(parent: QWidget, name: str, says: str, text: str = "", hint: str = "") -> QLineEdit:
    """A field of one line."""
    made = QLineEdit(text, parent)
    made.setObjectName(name)
    made.setAccessibleName(says)
    made.setPlaceholderText(hint)
    written(made, BODY_PX + 2)
    return made


class Chooser(QComboBox):
    """A list to choose from; the triangle at its right is drawn as all signs are, for a style sheet has none."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and the triangle."""
        super().paintEvent(event)
        painter = QPainter(self)
        place = QPointF(self.width() - px(18), self.height() / 2)
        draw_sign(painter, "down", place, px(11), colour("text" if self.isEnabled() else "faint"))
        painter.end()


class Tickbox(QCheckBox):
    """A box to tick, and its words; the tick is drawn: a box that is only filled says nothing to eyes used to red."""

    def _tone(self) -> str:
        return "text" if self.isEnabled() else "faint"

    def paintEvent(self, event: QPaintEvent) -> None:
        """The box, and the tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self)
        edge = box.height() * 0.2
        painter = QPainter(self)
        draw_list_sign(painter, "tick", QRectF(box).adjusted(edge, edge, -edge, -edge), colour(self._tone()))
        painter.end()


def retoned(widget: QWidget, tone: str) -> None:
    """Give a widget another colour of the style sheet's. Qt takes its font off on the way; it is put back."""
    if widget.property("tone") == tone:
        return
    font = widget.font()
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.setFont(font)

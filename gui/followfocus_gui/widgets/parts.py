# SPDX-License-Identifier: MIT
"""Small parts that every screen is made of: panels, buttons, words that elide, a column that reads like a table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from followfocus_gui.widgets.theme import BODY_PX, TOUCH_PX, figure_font

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
    """A label; `px` is the size of its letters, `tone` a colour by name."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        px: int = BODY_PX + 1,
        bold: bool = False,
        tone: str = "",
    ) -> None:
        super().__init__(text, parent)
        self.setFont(figure_font(px, bold=bold))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)

    def set_tone(self, tone: str) -> None:
        """Another colour."""
        retoned(self, tone)


class Elided(Words):
    """Words of one line that end in … where there is no room; the whole is in the tip."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        px: int = BODY_PX + 1,
        bold: bool = False,
        tone: str = "",
    ) -> None:
        super().__init__("", parent, px=px, bold=bold, tone=tone)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_words(text)

    @property
    def whole(self) -> str:
        """The words as they were given."""
        return self._whole

    def set_words(self, text: str) -> None:
        """Show other words."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 0))
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As much as fits."""
        super().resizeEvent(event)
        self._fit()


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
        self.setMinimumWidth(self.sizeHint().width())


def button(
    parent: QWidget, name: str, text: str, says: str, act: Callable[[], object], *, weight: str = ""
) -> QPushButton:
    """A button that says in its tip what it will do; `weight` "main" is the one that a screen is about."""
    made = WordButton(text, parent)
    made.setObjectName(name)
    made.setAccessibleName(says)
    made.setToolTip(says)
    made.setAutoDefault(False)
    made.setMinimumHeight(TOUCH_PX)
    made.setProperty("weight", weight)
    if weight == "main":
        made.setFont(figure_font(BODY_PX + 4, bold=True))
    made.clicked.connect(lambda _checked: act())
    return made


def line(parent: QWidget, name: str, says: str, text: str = "", hint: str = "") -> QLineEdit:
    """A field of one line."""
    made = QLineEdit(text, parent)
    made.setObjectName(name)
    made.setAccessibleName(says)
    made.setPlaceholderText(hint)
    made.setFont(figure_font(BODY_PX + 2))
    return made


def retoned(widget: QWidget, tone: str) -> None:
    """Give a widget another colour of the style sheet's. Qt takes its font off on the way; it is put back."""
    if widget.property("tone") == tone:
        return
    font = widget.font()
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.setFont(font)

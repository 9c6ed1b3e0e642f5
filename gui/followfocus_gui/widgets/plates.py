# SPDX-License-Identifier: MIT
"""Two lines on a button: what is in use, and below it a word more. Names end in an ellipsis, whole in the tip."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from followfocus_gui.widgets.lettering import elided
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import colour, figure_font


class Plate(QPushButton):
    """A button with a name and a word below it; `sign` stands in place of both."""

    def __init__(self, name: str, says: str, parent: QWidget | None = None, *, sign: str = "") -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(says)
        self.setToolTip(says)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._says, self._sign = says, sign
        self._below, self._size, self._trouble = "", 15, False

    def set_size(self, size_px: int) -> None:
        """Letters of this size."""
        self._size = size_px
        self.update()

    def set_words(self, text: str, below: str = "", *, trouble: bool = False) -> None:
        """Name, and the word below it."""
        if (text, below, trouble) == (self.text(), self._below, self._trouble):
            return
        self.setText(text)
        self._below, self._trouble = below, trouble
        self.setToolTip(f"{text} {below}\n{self._says}".strip())
        self.setAccessibleDescription(f"{text} {below}".strip())
        self.update()

    def below(self) -> str:
        """The word below the name."""
        return self._below

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = colour("raised")
        if self.isDown() or self.underMouse():
            tone = tone.lighter(118)
        painter.setPen(QPen(colour("outline"), 1))
        painter.setBrush(tone)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        if self._sign:
            draw_sign(painter, self._sign, QPointF(self.rect().center()), self._size * 1.4, colour("text"))
        else:
            self._write(painter)
        painter.end()

    def _write(self, painter: QPainter) -> None:
        room, small = self.width() - 14, max(11, self._size - 2)
        middle = self.height() / 2.0
        painter.setPen(colour("warn" if self._trouble else "text"))
        painter.setFont(figure_font(self._size, bold=True))
        upper = QRectF(7, middle - self._size * 1.35, room, self._size * 1.35)
        lower = QRectF(7, middle, room, self._size * 1.35)
        if not self._below:
            upper = QRectF(7, 0, room, self.height())
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, elided(self.text(), room, self._size, bold=True))
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(small))
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, elided(self._below, room, small))

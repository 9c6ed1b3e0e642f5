# SPDX-License-Identifier: MIT
"""The line below the curve: whole sentences only. Those that have no room are counted, and a press turns to them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from followfocus_gui.state.views import Remark
from followfocus_gui.widgets.parts import Words
from followfocus_gui.widgets.scale import measured


class RemarkLine(Words):
    """One line of remarks. The tip has all of them, with their figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._said: tuple[Remark, ...] = ()
        self._first = 0
        super().__init__("", parent, px=13, elides=True)
        self.setObjectName("curveWords")
        self.setAccessibleName("What to know of this pull")
        self.setMargin(4)
        measured(self.setMinimumHeight, 26)

    def say(self, *remarks: Remark) -> None:
        """Show other remarks, from the first on."""
        if remarks == self._said:
            return
        self._said, self._first = remarks, 0
        self.setText("  ".join(remark.words for remark in remarks))
        self.setToolTip("\n".join(remark.whole or remark.words for remark in remarks))

    def shown(self) -> str:
        """As many sentences as there is room for, and how many more there are."""
        return self._fitting()[0]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Turn to the sentences that had no room."""
        if event.button() is Qt.MouseButton.LeftButton and self._said:
            self._first = (self._first + self._fitting()[1]) % len(self._said)
            self.update()

    def _fitting(self) -> tuple[str, int]:
        """The line, and how many sentences are in it."""
        turned = (*self._said[self._first :], *self._said[: self._first])
        line, count = "", len(turned)
        while count:
            more = f"  +{len(turned) - count}" if count < len(turned) else ""
            line = "  ".join(remark.words for remark in turned[:count]) + more
            if count == 1 or self.fontMetrics().horizontalAdvance(line) <= self._room().width():
                break
            count -= 1
        return line, count

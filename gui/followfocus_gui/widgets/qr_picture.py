# SPDX-License-Identifier: MIT
"""A QR code as a picture: squares as large as fit, dark on light whatever the theme, for phones read no other."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from followfocus_gui.widgets.scale import measured

QUIET = 4
"""Modules of light around it, as the standard asks for"""
SIDE_PX = 160


class QrPicture(QWidget):
    """Shows rows of modules, True where dark; nothing while there are none."""

    def __init__(self, name: str, says: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(says)
        self._rows: tuple[tuple[bool, ...], ...] = ()
        measured(self.setFixedSize, SIDE_PX, SIDE_PX)
        self.hide()

    def set_rows(self, rows: tuple[tuple[bool, ...], ...]) -> None:
        """Show this code."""
        if rows != self._rows:
            self._rows = rows
            self.setVisible(bool(rows))
            self.update()

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(SIDE_PX, SIDE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The lighter of the theme's two colours is the paper."""
        if not self._rows:
            return
        palette = self.palette()
        colours = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
        ink, paper = sorted(colours, key=lambda colour: colour.lightnessF())
        painter = QPainter(self)
        painter.fillRect(self.rect(), paper)
        count = len(self._rows) + 2 * QUIET
        side = min(self.width(), self.height()) // count
        left, top = (self.width() - side * count) // 2, (self.height() - side * count) // 2
        for y, row in enumerate(self._rows, QUIET):
            for x, dark in enumerate(row, QUIET):
                if dark:
                    painter.fillRect(QRectF(left + x * side, top + y * side, side, side), ink)
        painter.end()

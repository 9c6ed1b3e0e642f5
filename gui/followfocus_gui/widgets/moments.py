# SPDX-License-Identifier: MIT
"""When the subjects are sharp, a line each: a long name ends in an ellipsis, the time never does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from followfocus_gui.widgets.lettering import elided, paint_text, width_of
from followfocus_gui.widgets.scale import letters

SIZE, LEADING = 14, 1.35


class Moments(QWidget):
    """Lines of who and when, such as "A Anna" and "soft 0.39 s"; two lines have room, whatever is in them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rackWords")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("When the subjects are sharp")
        self.lines: tuple[tuple[str, str], ...] = ()

    def show_lines(self, lines: tuple[tuple[str, str], ...]) -> None:
        """Show other lines; the same again changes nothing."""
        if lines == self.lines:
            return
        self.lines = lines
        self.setAccessibleName(f"When the subjects are sharp: {', '.join(map(' '.join, lines))}")
        # The names alone: only they can be shortened, and at a drag they stay.
        names = "\n".join(who for who, _ in lines)
        if names != self.toolTip():
            self.setToolTip(names)
        self.update()

    def shown(self) -> list[str]:
        """Each line as there is room for it."""
        size = letters(SIZE)
        made = []
        for who, when in self.lines:
            room = self.width() - width_of(f" {when}", size, bold=True)
            made.append(f"{elided(who, room, size, bold=True)} {when}")
        return made

    def sizeHint(self) -> QSize:
        """Two lines, always: what comes and goes moves nothing."""
        return QSize(60, round(2 * letters(SIZE) * LEADING))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The lines."""
        painter = QPainter(self)
        high = letters(SIZE) * LEADING
        for number, line in enumerate(self.shown()):
            paint_text(painter, QRectF(0, number * high, self.width(), high), line, "text", SIZE, bold=True)
        painter.end()

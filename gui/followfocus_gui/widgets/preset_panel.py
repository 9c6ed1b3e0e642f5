# SPDX-License-Identifier: MIT
"""A choice of three in plain words, with a picture of what is chosen: motor, supply, gear."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QPushButton, QVBoxLayout, QWidget

from followfocus.motion.presets import Preset
from followfocus_gui.widgets.lettering import paint_text
from followfocus_gui.widgets.parts import PanelBox, Words
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.theme import TOUCH_PX, colour

BUTTON_PX = 50


class PresetPanel(PanelBox):
    """The picture, the title, and a button a preset; a value that is none of them has a button of its own."""

    picked = Signal(str)

    def __init__(self, kind: str, title: str, presets: Sequence[Preset], parent: QWidget | None = None) -> None:
        super().__init__(parent, f"{kind}Presets")
        self._presets = tuple(presets)
        self._column = outer = QVBoxLayout(self)
        measured(outer.setSpacing, 6)
        outer.addWidget(Words(title, self, px=16, bold=True))
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        measured(self._sides.setSpacing, 6)
        outer.addLayout(self._sides, 1)
        self.picture = PartPicture(kind, self)
        self._sides.addWidget(self.picture, 1)
        column = QVBoxLayout()
        measured(column.setSpacing, 6)
        self._sides.addLayout(column, 0)
        self._group = QButtonGroup(self)
        for number, preset in enumerate(self._presets):
            button = PresetButton(f"{kind}_{number}", preset.title, preset.words, self)
            button.clicked.connect(lambda _checked, v=preset.value: self.picked.emit(v))
            self._group.addButton(button, number)
            column.addWidget(button)
        self._other = PresetButton(f"{kind}_other", "other", "set under Advanced", self)
        self._group.addButton(self._other, len(self._presets))
        column.addWidget(self._other)

    def chosen(self) -> QWidget | None:
        """The button of the preset that is chosen."""
        return self._group.checkedButton()

    def set_low(self, *, low: bool) -> None:
        """On a low screen the picture makes room for the words."""
        self.picture.setVisible(not low)
        measured(self._column.setContentsMargins, 14, 6 if low else 10, 14, 6 if low else 12)
        for button in self._group.buttons():
            assert isinstance(button, PresetButton)
            button.set_high(TOUCH_PX if low else BUTTON_PX)

    def set_flat(self, *, flat: bool) -> None:
        """The picture beside the buttons, or above them."""
        way = QBoxLayout.Direction.LeftToRight if flat else QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(way)
        self._sides.setStretch(1, 2 if flat else 0)

    def show_value(self, value: str, words: str) -> None:
        """Check the preset of a value, or the one for all others with its words."""
        values = [preset.value for preset in self._presets]
        known = value in values
        self._group.button(values.index(value) if known else len(values)).setChecked(True)
        self._other.setVisible(not known)
        if not known:
            self._other.set_words("other", words)
        size = values.index(value) if known else 1
        self.picture.show_size(size, words)


class PresetButton(QPushButton):
    """Two lines: the preset's name, and its use."""

    def __init__(self, name: str, title: str, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("weight", "choice")
        self.set_high(BUTTON_PX)
        self._title = self._words = ""
        self.set_words(title, words)

    def set_high(self, high_px: int) -> None:
        """Make the panel this high at least."""
        self._high_px = high_px
        measured(self.setMinimumHeight, high_px)
        self.updateGeometry()

    def set_words(self, title: str, words: str) -> None:
        """Say it."""
        self._title, self._words = title, words
        self.setAccessibleName(f"{title}: {words}")
        self.setToolTip(self.accessibleName())
        self.update()

    def sizeHint(self) -> QSize:
        """Room for both lines."""
        return QSize(px(170), px(self._high_px + 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The two lines, the second smaller; what has no room ends in …."""
        super().paintEvent(event)
        painter = QPainter(self)
        for size, bold, tone, text, top in (
            (15, self.isChecked(), "text", self._title, 0.10), (13, False, "faint", self._words, 0.52),
        ):  # fmt: skip
            box = QRectF(px(14), self.height() * top, self.width() - px(24), self.height() * 0.40)
            paint_text(painter, box, text, tone, size, bold=bold)
        painter.end()


class PartPicture(QWidget):
    """A motor, a battery or a gear, in three sizes."""

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._size = kind, 1
        measured(self.setMinimumHeight, 84)

    def show_size(self, size: int, words: str) -> None:
        """Another size; `words` is what it is."""
        self._size = size
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = min(self.height() * 0.92, self.width() * 0.6) * (0.74, 0.87, 1.0)[self._size]
        centre = QPointF(self.width() / 2, self.height() / 2)
        painter.setPen(QPen(colour("text"), 2.0))
        painter.setBrush(colour("raised"))
        {"motor": self._motor, "supply": self._supply, "gear": self._gear}[self._kind](painter, centre, side)
        painter.end()

    @staticmethod
    def _motor(painter: QPainter, centre: QPointF, side: float) -> None:
        box = QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side)
        painter.drawRoundedRect(box, side * 0.12, side * 0.12)
        painter.setBrush(colour("window"))
        painter.drawEllipse(centre, side * 0.30, side * 0.30)
        painter.setBrush(colour("text"))
        painter.drawEllipse(centre, side * 0.07, side * 0.07)
        for x in (-0.38, 0.38):
            for y in (-0.38, 0.38):
                painter.drawEllipse(QPointF(centre.x() + x * side, centre.y() + y * side), side * 0.035, side * 0.035)

    @staticmethod
    def _supply(painter: QPainter, centre: QPointF, side: float) -> None:
        box = QRectF(centre.x() - side * 0.42, centre.y() - side * 0.34, side * 0.84, side * 0.76)
        for x in (-0.22, 0.22):
            painter.drawRect(
                QRectF(centre.x() + x * side - side * 0.08, box.top() - side * 0.1, side * 0.16, side * 0.1)
            )
        painter.drawRoundedRect(box, side * 0.08, side * 0.08)
        bolt = ((0.05, -0.22), (-0.16, 0.08), (-0.02, 0.08), (-0.07, 0.34), (0.17, -0.02), (0.02, -0.02))
        painter.setBrush(colour("warn"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPolygon(QPolygonF([QPointF(centre.x() + x * side, centre.y() + y * side) for x, y in bolt]))

    @staticmethod
    def _gear(painter: QPainter, centre: QPointF, side: float) -> None:
        points, teeth = [], 22
        for corner in range(teeth * 4):
            reach = side * (0.5 if corner % 4 in (0, 1) else 0.44)
            angle = 2 * math.pi * corner / (teeth * 4)
            points.append(QPointF(centre.x() + reach * math.cos(angle), centre.y() + reach * math.sin(angle)))
        painter.drawPolygon(QPolygonF(points))
        painter.setBrush(colour("window"))
        painter.drawEllipse(centre, side * 0.12, side * 0.12)

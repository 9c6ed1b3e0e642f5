# SPDX-License-Identifier: MIT
"""Tabs of a small screen: one part of the desk at a time has the room beside the disk."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from followfocus_gui.widgets.scale import measured

TABS = ("Curve", "Picture", "Takes", "Cues", "Marks")


class Tabs(QWidget):
    """Buttons of which one is down."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabs")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 6)
        self._group = QButtonGroup(self)
        for name in TABS:
            button = QPushButton(name, self)
            button.setObjectName(f"tab{name}")
            button.setAccessibleName(f"Show: {name}")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked, word=name: self.choose(word))
            self._group.addButton(button)
            row.addWidget(button, 1)
        self._group.buttons()[0].setChecked(True)
        self.current = TABS[0]

    def choose(self, name: str) -> None:
        """Show another part."""
        self.current = name
        for button in self._group.buttons():
            button.setChecked(button.text() == name)
        self.chosen.emit(name)

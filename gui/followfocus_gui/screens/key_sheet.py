# SPDX-License-Identifier: MIT
"""All keys on one sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from followfocus_gui.keys import key_sheet
from followfocus_gui.screens.host import Screen
from followfocus_gui.widgets.parts import PanelBox, Words

COLUMNS = 3


class KeySheet(Screen):
    """Every key with what it does, in groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "keySheet", "Keys", "Three are enough to begin with: Return arms, Space goes, Esc stops.", parent
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        panel = PanelBox(self)
        column.addWidget(panel)
        grid = QGridLayout(panel)
        grid.setContentsMargins(18, 12, 18, 12)
        grid.setHorizontalSpacing(18)
        for number, (title, rows) in enumerate(key_sheet()):
            grid.addWidget(self._group(title, rows, panel), number // COLUMNS, number % COLUMNS)

    def _group(self, title: str, rows: tuple[tuple[str, str], ...], panel: QWidget) -> QWidget:
        box = QWidget(panel)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Words(title, box, px=17, bold=True), 0, 0, 1, 2)
        for line, (key, does) in enumerate(rows, start=1):
            grid.addWidget(Words(key, box, px=14, bold=True), line, 0)
            words = Words(does, box, px=14)
            words.setWordWrap(True)
            grid.addWidget(words, line, 1)
        grid.setRowStretch(len(rows) + 1, 1)
        return box

    def first_field(self) -> QWidget | None:
        """Nothing here is typed or pressed."""
        return self

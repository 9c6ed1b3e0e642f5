# SPDX-License-Identifier: MIT
"""All keys on one sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus_gui.keys import key_sheet
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.widgets.parts import PanelBox, Words
from followfocus_gui.widgets.theme import figure_font

KeyRows = tuple[tuple[str, str], ...]

COLUMNS = ("The pull", "The ring"), ("Marks", "Time"), ("Takes and cues", "The show")
"""Which groups stand below each other"""


class KeySheet(Screen):
    """Every key with what it does, in groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("keySheet", "Keys", "To begin with: Return arms, Space goes, Esc stops.", parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        panel = PanelBox(self)
        column.addWidget(panel)
        row = QHBoxLayout(panel)
        row.setContentsMargins(18, 6, 18, 6)
        row.setSpacing(18)
        groups = dict(key_sheet())
        self._grids = [self._column(names, groups, panel) for names in COLUMNS]
        for grid in self._grids:
            row.addLayout(grid, 1)

    def fit(self, room: Room) -> None:
        """Closer lines on a low screen, and smaller letters."""
        for grid in self._grids:
            grid.setVerticalSpacing(0 if room.low else 3)
        for words in self.findChildren(Words):
            title = words.property("title")
            words.setFont(
                figure_font((14 if title else 13) if room.low else (17 if title else 14), bold=words.font().bold())
            )

    def _column(self, names: tuple[str, ...], groups: dict[str, KeyRows], panel: QWidget) -> QGridLayout:
        """Groups below each other, their keys in line."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        for name in names:
            title = Words(name, panel, px=17, bold=True)
            title.setProperty("title", 1)
            grid.addWidget(title, grid.rowCount(), 0, 1, 2)
            for key, does in groups[name]:
                line = grid.rowCount()
                grid.addWidget(Words(key, panel, px=14, bold=True), line, 0, Qt.AlignmentFlag.AlignTop)
                words = Words(does, panel, px=14)
                words.setWordWrap(True)
                grid.addWidget(words, line, 1)
        grid.setRowStretch(grid.rowCount(), 1)
        return grid

    def first_field(self) -> QWidget | None:
        """Nothing here is typed or pressed."""
        return self

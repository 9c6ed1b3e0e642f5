# SPDX-License-Identifier: MIT
"""All keys on one sheet."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus_gui.keys import key_sheet
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.widgets.parts import PanelBox, Words
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.theme import written

KeyRows = tuple[tuple[str, str], ...]

COLUMNS = ("The pull", "The show"), ("Marks", "Time"), ("The ring", "Takes and cues")
"""Which groups stand below each other"""
TWO_COLUMNS = ("The pull", "The show", "The ring"), ("Marks", "Time", "Takes and cues")
"""The same on an upright screen, as many lines in each"""
LOW, UPRIGHT, NARROW, USUAL = (14, 13, 1, 6), (18, 15, 6, 22), (14, 12, 8, 18), (17, 14, 6, 18)
"""Letters of a title and of a line, room between two lines and above a title, in points"""


class KeySheet(Screen):
    """Every key with what it does, in groups."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("keySheet", "Keys", "To begin with: Return arms, Space goes, Esc stops.", parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._gaps: list[QWidget] = []
        self._upright = False
        self._panel = PanelBox(self)
        self._row = self._fill(self._panel, COLUMNS)
        column.addWidget(self._panel)

    def _fill(self, panel: QWidget, columns: tuple[tuple[str, ...], ...]) -> QHBoxLayout:
        """The groups, in columns."""
        row = QHBoxLayout(panel)
        measured(row.setContentsMargins, 18, 8, 18, 8)
        measured(row.setSpacing, 28)
        groups = dict(key_sheet())
        self._gaps.clear()
        self._grids = [self._column(names, groups, panel) for names in columns]
        for grid in self._grids:
            row.addLayout(grid, 1)
        return row

    def fit(self, room: Room) -> None:
        """Closer lines on a low screen, and smaller letters; larger ones where there is room for them.

        Two columns on an upright one.
        """
        self._turn(upright=room.upright)
        title_px, line_px, apart, above = (
            LOW if room.low else UPRIGHT if room.upright else NARROW if room.narrow else USUAL
        )
        large = min(1.35, max(1.0, min(room.height / 538.0, room.width / 1256.0)))
        for grid in self._grids:
            measured(grid.setVerticalSpacing, apart * large)
        for gap in self._gaps:
            measured(gap.setFixedHeight, max(1.0, above - apart) * large)
        for words in self.findChildren(Words):
            size = title_px if words.property("title") else line_px
            written(words, size * large, bold=words.font().bold())
        # At once: a layout that is worked out later shows scroll bars for a frame.
        for layout in (*self._grids, self._row, self.layout()):
            if layout is not None:
                layout.activate()

    def _turn(self, *, upright: bool) -> None:
        if upright == self._upright:
            return
        before, self._panel, self._upright = self._panel, PanelBox(self), upright
        self._row = self._fill(self._panel, TWO_COLUMNS if upright else COLUMNS)
        own = self.layout()
        assert own is not None
        own.replaceWidget(before, self._panel)
        before.setParent(None)
        before.deleteLater()

    def _column(self, names: tuple[str, ...], groups: dict[str, KeyRows], panel: QWidget) -> QGridLayout:
        """Groups below each other, their keys in line."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setColumnStretch(1, 1)
        line = 0
        for name in names:
            if line:  # not the title's own margins: Qt takes those away as it first draws it with a style sheet
                self._gaps.append(QWidget(panel))
                grid.addWidget(self._gaps[-1], line, 0)
                line += 1
            title = Words(name, panel, px=18, bold=True)
            title.setProperty("title", 1)
            grid.addWidget(title, line, 0, 1, 2)
            for key, does in groups[name]:
                line += 1
                grid.addWidget(Words(key, panel, px=15, bold=True), line, 0, Qt.AlignmentFlag.AlignTop)
                words = Words(does, panel, px=15, tone="faint")
                words.setWordWrap(True)
                grid.addWidget(words, line, 1)
            line += 1
        grid.setRowStretch(line, 1)
        return grid

    def first_field(self) -> QWidget | None:
        """Nothing here is typed or pressed."""
        return self

# SPDX-License-Identifier: MIT
"""Cues and takes side by side: the shooting order, and what came of it. A take that is chosen is drawn below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.state.take_story import TakeStory
from followfocus_gui.state.views import CueLine, TakeLine
from followfocus_gui.widgets.cue_panel import CuePanel
from followfocus_gui.widgets.parts import PanelBox, Words, button, line
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.take_picture import TakeCurve, TakePicture
from followfocus_gui.widgets.take_table import Pages, TakeTable

WORD_OF = {"takeCircle": "circled", "takeNg": "ng", "takeBuzzed": "buzzed"}
HINT = "Type in a cell; choose a take to see it."


class CuesScreen(Screen):
    """The list of cues and the list of takes. `story` tells a take's story."""

    worded = Signal(int, str)
    """(the log's row, the crew's word)"""
    compareAsked = Signal(object)
    """The TakeLines to compare"""
    certificateAsked = Signal(int)

    def __init__(
        self, pages: Pages, story: Callable[[TakeLine], TakeStory], none_yet: str, parent: QWidget | None = None
    ) -> None:
        """`none_yet` stands in the place of takes where there are none."""
        super().__init__("cuesScreen", "Cues and takes are open", HINT, parent)
        self._story, self._none_yet = story, none_yet
        self._worded: dict[str, QPushButton] = {}
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 8)
        self._lists = left, right = PanelBox(self), PanelBox(self)
        self._room = Room()
        row.addWidget(self._tabs())
        row.addWidget(left, 11)
        row.addWidget(right, 10)
        self.cues = CuePanel(left)
        column = QVBoxLayout(left)
        measured(column.setContentsMargins, 8, 6, 8, 8)
        column.addWidget(self.cues)
        self._build_takes(right)
        self.table.takes.set_pages(pages)
        self.table.takes.modelReset.connect(self._count)
        self.table.takes.rowsInserted.connect(self._count)
        self._count()

    def _tabs(self) -> QWidget:
        """Which list is shown, where only one has room."""
        self._side = QWidget(self)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        self._choices = QButtonGroup(self)
        for number, name in enumerate(("Cues", "Takes")):
            choice = button(self._side, f"cuesTab{name}", name, f"Show: {name}", self._arrange, weight="choice")
            choice.setCheckable(True)
            choice.setChecked(number == 0)
            self._choices.addButton(choice, number)
            column.addWidget(choice)
        column.addStretch(1)
        return self._side

    def _build_takes(self, panel: PanelBox) -> None:
        column = QVBoxLayout(panel)
        measured(column.setContentsMargins, 8, 6, 8, 8)
        measured(column.setSpacing, 6)
        head = QHBoxLayout()
        self._number = Words("", panel, tone="faint")
        self._number.setObjectName("takeCount")
        self.search = line(panel, "takeSearch", "Filter the takes as you type", hint="filter: slate, name, note")
        self.search.setClearButtonEnabled(True)
        self._compare = button(
            panel, "compareTakes", "Compare", "Lay the chosen takes over each other (K)", self.ask_compare
        )
        head.addWidget(Words("Takes", panel, px=17, bold=True))
        head.addWidget(self._number)
        head.addWidget(self.search, 1)
        head.addWidget(self._compare)
        column.addLayout(head)
        self.table = table = TakeTable(panel, compact=False, name="allTakes")
        self.search.textChanged.connect(table.takes.search)
        column.addWidget(table, 3)
        self._title = Words("", panel, px=14, bold=True, elides=True)
        self._title.setObjectName("takeTitle")
        column.addWidget(self._title)
        self.picture = TakeCurve(panel)
        column.addWidget(self.picture, 2)
        column.addLayout(self._word_buttons(panel))
        table.takeChosen.connect(self._look)
        table.circled.connect(lambda at: self._word(at, "circled"))
        table.worded.connect(self._word)
        table.compareAsked.connect(self.ask_compare)
        table.certificateAsked.connect(self._ask_certificate)

    def _word_buttons(self, panel: PanelBox) -> QHBoxLayout:
        row = QHBoxLayout()
        measured(row.setSpacing, 6)
        for name, text, says, act in (
            ("takeCircle", "Circle", "Circle the chosen take, or take it off (C)", lambda: self.mark_chosen("circled")),
            ("takeNg", "No good", "Call the chosen take no good (G)", lambda: self.mark_chosen("ng")),
            ("takeBuzzed", "Buzzed", "The focus was buzzed in this take", lambda: self.mark_chosen("buzzed")),
            ("takeNote", "Note …", "Write a note beside the take", self.table.write_note),
            ("takeCertificate", "Certificate …", "How alike this pull's takes are, on paper", self._ask_certificate),
        ):
            made = button(panel, name, text, says, act)
            word = WORD_OF.get(name)
            if word is not None:
                made.setCheckable(True)
                made.setProperty("weight", "choice")
                self._worded[word] = made
            row.addWidget(made)
        return row

    def fit(self, room: Room) -> None:
        """Side by side; on an upright screen one above the other, on a narrow one one at a time."""
        self._room = room
        way = QBoxLayout.Direction.TopToBottom if room.upright else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self.picture.setVisible(not room.low)
        self._arrange()

    def _arrange(self) -> None:
        one = self._room.narrow and not self._room.upright
        self._side.setVisible(one)
        for number, panel in enumerate(self._lists):
            panel.setVisible(not one or number == self._choices.checkedId())

    def first_field(self) -> QWidget:
        """The cue that stands by."""
        return self.cues.list

    # Showing ------------------------------------------------------------------------------------------------------

    def show_cues(self, cues: tuple[CueLine, ...], mode: str) -> None:
        """Show the list of cues."""
        self.cues.set_cues(cues, mode)

    def _count(self, *_: object) -> None:
        model = self.table.takes
        count, more = model.rowCount(), "" if model.complete else " and more"
        found = " found" if self.search.text().strip() else ""
        self._number.setText(f"{count}{more}{found}" if count else ("none found" if found else ""))
        if not count:
            self._title.setText("")
            self.picture.show_take(None, self._none_yet if not found else "No take fits.")
        elif self.table.chosen_line() is None:
            self.table.selectRow(0)

    def _look(self, chosen: object) -> None:
        self._show_word()
        rows = len(self.table.selectionModel().selectedRows())
        self._compare.setText(f"Compare {rows}" if rows > 1 else "Compare")
        if not isinstance(chosen, TakeLine):
            return
        story = self._story(chosen)
        self._title.names = story.names
        self._title.setText(story.title)
        if story.trace is None:
            self.picture.show_take(None, story.remark or "No trace of it was kept.")
            return
        self.picture.show_take(TakePicture(story.trace, story.marks, story.half_dof_deg, story.stopped_s, story.remark))

    # Asking -------------------------------------------------------------------------------------------------------

    def mark_chosen(self, word: str) -> None:
        """Say the crew's word for the chosen takes."""
        for row in self.table.chosen():
            self._word(row, word)

    def _word(self, row: int, word: str) -> None:
        """The crew's word for a take; the same word again takes it off."""
        take = self.table.takes.line(row)
        if take.row is None:
            self.say("This take is not in the log yet, so it can't be marked.")
            self._show_word()
            return
        wanted = "" if take.word == word else word
        for number in take.rows:
            self.worded.emit(number, wanted)
        self.table.takes.change(row, word=wanted)
        self._show_word()

    def _show_word(self) -> None:
        """The word that the chosen take has is down."""
        line = self.table.chosen_line()
        for word, each in self._worded.items():
            each.setChecked(line is not None and line.word == word)

    def ask_compare(self) -> None:
        """Ask for the chosen takes over each other; with one or none chosen the newest few."""
        rows = self.table.chosen()
        if len(rows) < 2:
            rows = list(range(min(4, self.table.takes.rowCount())))
        self.compareAsked.emit([self.table.takes.line(row) for row in rows])

    def _ask_certificate(self) -> None:
        rows = self.table.chosen()
        number = self.table.takes.line(rows[0]).row if rows else None
        if number is None:
            self.say("There is no take in the log yet to certify.")
        else:
            self.certificateAsked.emit(number)

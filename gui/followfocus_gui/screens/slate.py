# SPDX-License-Identifier: MIT
"""The slate: scene, shot and take, large; − take +; production, camera and crew folded below.

What is written is taken when the field is left. What can't be is said, and the slate in force stands beside it.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from followfocus.errors import FollowFocusError
from followfocus.show.show import Show
from followfocus.show.slate import KINDS, SYSTEMS
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.state.slate_form import shot_after_scene, show_with_slate, texts_of
from followfocus_gui.widgets.parts import LOUD, QUIET, Chooser, PanelBox, Tickbox, Words, button, line
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.theme import set_flag, written

HINT = "Return takes what you write."
LARGE_PX = 34


class SlateScreen(Screen):
    """Production, camera and slate of a show."""

    given = Signal(object)
    """The changed Show"""

    def __init__(self, show: Show, parent: QWidget | None = None) -> None:
        super().__init__("slateScreen", "The slate is open", HINT, parent)
        self._made = show
        self._fields: dict[str, QLineEdit | QComboBox | QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        measured(column.setSpacing, 8)
        column.addWidget(self._board())
        self._rest = self._folded()
        column.addWidget(self._rest)
        column.addStretch(1)
        self._asked: bool | None = None
        """The rest was unfolded (True) or folded (False) by hand; None for neither"""
        self._rest.hide()
        self._fill()

    def fit(self, room: Room) -> None:
        """The rest stands open where there is room for it, until it is folded by hand."""
        large = min(1.5, max(1.0, room.height / 480.0))
        for name in ("scene", "shot", "take"):
            written(self._fields[name], LARGE_PX * large / 1.15, bold=True)
            measured(self._fields[name].setMinimumHeight, 72 * large)
        written(self._next, 20 * large / 1.15, bold=True)
        if self._asked is None:
            self._unfold(on=not room.low)

    # Building -----------------------------------------------------------------------------------------------------

    def _board(self) -> PanelBox:
        panel = PanelBox(self, "slateBoard")
        column = QVBoxLayout(panel)
        measured(column.setContentsMargins, 20, 14, 20, 14)
        measured(column.setSpacing, 10)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        for place, (name, title, says, share) in enumerate((
            ("scene", "Scene", "Scene", 3), ("shot", "Shot", "Shot as on the board", 4),
            ("take", "Take", "Next take", 2),
        )):  # fmt: skip
            grid.addWidget(Words(title, panel, px=15, tone="faint"), 0, place)
            grid.addWidget(self._line(name, says, panel, large=True), 1, place)
            grid.setColumnStretch(place, share)
        row = QHBoxLayout()
        less = button(panel, "takeLess", "−", "One take less", lambda: self.count(-1))
        more = button(panel, "takeMore", "+", "One take more", lambda: self.count(1))
        for each in (less, more):
            written(each, LARGE_PX - 6, bold=True)
            each.setProperty("weight", "large")
            row.addWidget(each)
        grid.addLayout(row, 1, 3)
        column.addLayout(grid)
        foot = QHBoxLayout()
        self._next = Words("", panel, px=20, bold=True)
        self._next.setObjectName("slateNext")
        self._next.setWordWrap(True)
        foot.addWidget(self._next, 1)
        foot.addWidget(button(panel, "slateNextSetup", "Next setup", "The next letter, take 1", self.next_setup))
        self._more = button(panel, "slateMore", "More", "Production, camera and crew", self.toggle_rest)
        self._more.setCheckable(True)
        foot.addWidget(self._more)
        column.addLayout(foot)
        scene = self._fields["scene"]
        assert isinstance(scene, QLineEdit)
        scene.textEdited.connect(self._scene_written)
        return panel

    def _folded(self) -> PanelBox:
        panel = PanelBox(self, "slateRest")
        grid = QGridLayout(panel)
        measured(grid.setContentsMargins, 20, 14, 20, 14)
        grid.setHorizontalSpacing(14)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        kinds = {kind: kind if kind else "plain" for kind in KINDS}
        parts = (
            ("Production", self._line("production", "Production", panel)),
            ("Camera", self._line("camera", "Camera", panel)),
            ("1st AC", self._line("firstAc", "1st AC", panel)),
            ("Frames a second", self._line("fps", "Frames a second", panel)),
            ("Slating", self._choice("slateSystem", "Slating", {s: s for s in SYSTEMS}, panel)),
            ("Kind", self._choice("slateKind", "Kind", kinds, panel)),
        )
        for number, (words, field) in enumerate(parts):
            grid.addWidget(Words(words, panel, tone="faint"), number // 2, 2 * (number % 2))
            grid.addWidget(field, number // 2, 2 * (number % 2) + 1)
        mos = Tickbox("MOS (without sound)", panel)
        mos.setObjectName("mos")
        mos.setAccessibleName(mos.text())
        mos.toggled.connect(self._written)
        self._fields["mos"] = mos
        grid.addWidget(mos, len(parts) // 2, 1)
        return panel

    def _line(self, name: str, says: str, panel: QWidget, *, large: bool = False) -> QLineEdit:
        field = line(panel, name, says)
        if large:
            written(field, LARGE_PX, bold=True)
            field.setProperty("weight", "large")
        field.editingFinished.connect(self._written)
        field.textEdited.connect(lambda _text: self._judge())
        field.returnPressed.connect(self._return)
        self._fields[name] = field
        return field

    def _choice(self, name: str, says: str, words: dict[str, str], panel: QWidget) -> QComboBox:
        box = Chooser(panel)
        box.setObjectName(name)
        box.setAccessibleName(says)
        for key, text in words.items():
            box.addItem(text, key)
        chosen = self._system_chosen if name == "slateSystem" else self._written
        box.currentIndexChanged.connect(lambda _i: chosen())
        self._fields[name] = box
        return box

    def first_field(self) -> QWidget:
        """The scene."""
        return self._fields["scene"]

    # What is written ----------------------------------------------------------------------------------------------

    def show_made(self) -> Show:
        """The show with what is written. Raises FollowFocusError."""
        return show_with_slate(self._made, self._texts())

    def _texts(self) -> dict[str, str]:
        made = {}
        for name, field in self._fields.items():
            if isinstance(field, QComboBox):
                made[name] = str(field.currentData())
            elif isinstance(field, QCheckBox):
                made[name] = "1" if field.isChecked() else ""
            else:
                made[name] = field.text()
        return made

    def _fill(self) -> None:
        """Show the slate that is in force, without announcing it."""
        for name, text in texts_of(self._made).items():
            field = self._fields[name]
            field.blockSignals(QUIET)
            if isinstance(field, QComboBox):
                field.setCurrentIndex(field.findData(text))
            elif isinstance(field, QCheckBox):
                field.setChecked(bool(text))
            elif field.text() != text:
                field.setText(text)
            field.blockSignals(LOUD)
        self._judge()

    def _judge(self) -> None:
        """Say the next take as it is called out, or what is wrong and what is in force."""
        wrong = ""
        try:
            self._next.setText(f"Next: {self.show_made().slate!s}")
        except FollowFocusError as error:
            wrong = str(error)
            self._next.setText(f"{wrong} In force: {self._made.slate!s}")
        self._next.set_tone("warn" if wrong else "")
        set_flag(self._fields["shot"], "wrong", on=bool(wrong))

    def _written(self) -> None:
        """Take over what is written, if it can be."""
        try:
            made = self.show_made()
        except FollowFocusError:
            self._judge()
            return
        if made != self._made:
            self._made = made
            self.given.emit(made)
        self._judge()

    def _return(self) -> None:
        """Return takes what is written, and goes back to the desk where it could be."""
        self._written()
        if not self._fields["shot"].property("wrong"):
            QTimer.singleShot(0, self.close)

    def _scene_written(self, text: str) -> None:
        shot = shot_after_scene(text, self._texts()["slateSystem"])
        if shot is not None:
            for name, words in (("shot", shot), ("take", "1")):
                field = self._fields[name]
                assert isinstance(field, QLineEdit)
                field.setText(words)
        self._judge()

    def _system_chosen(self) -> None:
        """The board is written anew, as the other system does."""
        shot = self._fields["shot"]
        assert isinstance(shot, QLineEdit)
        shot.setText(dataclasses.replace(self._made.slate, system=self._texts()["slateSystem"]).name)
        self._written()

    def count(self, by: int) -> None:
        """One take more or less."""
        take = self._fields["take"]
        assert isinstance(take, QLineEdit)
        number = int(take.text()) if take.text().strip().isdecimal() else self._made.slate.take
        take.setText(str(max(1, number + by)))
        self._written()

    def next_setup(self) -> None:
        """The next letter, take 1."""
        self._made = dataclasses.replace(self._made, slate=self._made.slate.next_setup())
        self.given.emit(self._made)
        self._fill()

    def toggle_rest(self) -> None:
        """Show production, camera and crew, or fold them."""
        self._asked = self._rest.isHidden()
        self._unfold(on=self._asked)

    def _unfold(self, *, on: bool) -> None:
        self._rest.setVisible(on)
        self._more.setChecked(on)

    def may_close(self) -> bool:
        """Take in every field that can be read; the screen may always close."""
        self._written()
        return True

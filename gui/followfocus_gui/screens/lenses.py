# SPDX-License-Identifier: MIT
"""The lens library: headings, lenses, and the chosen lens whole. Searching selects what it shows.

Up, down and Return choose from wherever the focus is; nothing changes in the show until a lens is used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap, save_lens
from followfocus.lens.shelf import LensShelf, ShelfLens, found, groups
from followfocus.units import format_distance
from followfocus.wire.evidence import UnitStatus
from followfocus_gui import background
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.screens.lens_page import LensPage
from followfocus_gui.state.holds import NOTHING, Holds
from followfocus_gui.state.lens_import import import_words, read_lens
from followfocus_gui.widgets import file_names
from followfocus_gui.widgets.parts import LOUD, QUIET, PanelBox, Words, button, line
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.shelf_lists import LensCards, ShelfHeads

HINT = "Up, down and Return choose a lens."


class LensScreen(Screen):
    """The library. `holds` says what is known of a lens's calibration on this desk: (a line, the sentence)."""

    lensChosen = Signal(object)
    """The LensMap that the show goes on with"""
    mapAsked = Signal(object)
    """Map a lens from a tape: the LensMap to correct, None for a new one"""
    calibrateAsked = Signal()
    _imported = Signal(object, str)

    def __init__(
        self,
        lens: LensMap,
        shelf: LensShelf,
        holds: Callable[[LensMap], tuple[str, Holds]],
        *,
        imperial: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("lensScreen", "Lenses are open", HINT, parent)
        self._in_use, self._shelf, self._holds, self._imperial = lens, shelf, holds, imperial
        self._lenses, self._kept = shelf.lenses(), shelf.kept()
        self._shown: ShelfLens | None = None
        self._head, self._status = "All lenses", UnitStatus()
        self._build()
        self._imported.connect(self._take_import)
        self._fill(self._own_name())

    # Building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 8)
        self._left, self._middle = PanelBox(self), PanelBox(self)
        self._columns = lists = QHBoxLayout()
        measured(lists.setSpacing, 8)
        lists.addWidget(self._left, 20)
        lists.addWidget(self._middle, 26)
        row.addLayout(lists, 46)
        self._build_left()
        column = QVBoxLayout(self._middle)
        measured(column.setContentsMargins, 8, 10, 8, 8)
        self._count = Words("", self._middle, tone="faint")
        self._count.setObjectName("lensCount")
        self.cards = LensCards(self._middle)
        column.addWidget(self._count)
        column.addWidget(self.cards, 1)
        self.search.installEventFilter(UpAndDown(self.cards.move_choice, self.search))
        self.cards.chosen.connect(self._look)
        self.cards.used.connect(self.use)
        self.page = page = LensPage(self)  # after the lists: Tab goes from one to the next as they were made
        row.addWidget(page, 54)
        keeps = page.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)  # the lists stay where they are while nothing is found
        page.setSizePolicy(keeps)
        page.useAsked.connect(self.use)
        page.favouriteAsked.connect(self.toggle_favourite)
        page.correctAsked.connect(lambda: self.mapAsked.emit(None if self._shown is None else self._shown.lens))
        page.exportAsked.connect(self.choose_export)
        page.calibrateAsked.connect(self.calibrateAsked)

    def _build_left(self) -> None:
        column = QVBoxLayout(self._left)
        measured(column.setContentsMargins, 8, 8, 8, 8)
        measured(column.setSpacing, 6)
        self.search = line(self._left, "lensSearch", "Search lenses", hint="search lenses")
        self.search.textChanged.connect(self._seek)
        self.search.returnPressed.connect(self.use)
        self.heads = ShelfHeads(self._left)
        self.heads.headChosen.connect(self._choose_head)
        column.addWidget(self.search)
        column.addWidget(self.heads, 1)
        column.addWidget(
            button(
                self._left, "mapLens", "Map from a tape …", "Map my lens from a tape",
                lambda: self.mapAsked.emit(None),
            )
        )  # fmt: skip
        column.addWidget(
            button(self._left, "importLens", "Import …", "Read a lens from a file or a clip", self.choose_import)
        )

    def fit(self, room: Room) -> None:
        """Three columns; on an upright screen the lens stands below the lists, on a low one its small print goes."""
        way = QBoxLayout.Direction.TopToBottom if room.upright else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self._row.setStretch(0, 50 if room.narrow else 46)
        self._row.setStretch(1, 50 if room.narrow else 54)
        self._columns.setStretch(0, 17 if room.narrow else 20)
        self._columns.setStretch(1, 31 if room.narrow else 26)
        self.page.set_low(low=room.low)

    def first_field(self) -> QWidget:
        """Searching comes first."""
        return self.search

    # What is shown ------------------------------------------------------------------------------------------------

    @property
    def shown(self) -> ShelfLens | None:
        """The lens that is looked at."""
        return self._shown

    def _own_name(self) -> str:
        """The name on the shelf of the lens in use."""
        same = [lens for lens in self._lenses if lens.lens == self._in_use]
        known = same or [lens for lens in self._lenses if lens.lens is not None and lens.name == self._in_use.name]
        return known[0].name if known else ""

    def _is_used(self, lens: ShelfLens) -> bool:
        return lens.lens == self._in_use

    def _seek(self) -> None:
        """Search for what is typed now; the words of the last search go."""
        if self.hint != HINT:
            self.say(HINT)
        self._fill()

    def _fill(self, selected: str = "") -> None:
        """The headings and the lenses under the chosen one; while something is searched for, over all."""
        mine, makes = groups(self._lenses, self._kept)
        every, search = (*mine, *makes), self.search.text().strip()
        self._head = "All lenses" if search or self._head not in [g.name for g in every] else self._head
        self.heads.show_groups(every, self._head)
        lenses = next(group.lenses for group in every if group.name == self._head)
        lenses = found(lenses, search) if search else lenses
        wanted = selected or (self._own_name() if self._shown is None else self._shown.name)
        in_use = next((lens.name for lens in self._lenses if self._is_used(lens)), "")
        chosen = self.cards.show_lenses(lenses, self._kept.favourites, in_use, wanted)
        self._count.setText(count_words(len(lenses), search, self._head))
        self.page.setVisible(chosen is not None)
        self._shown = None
        if chosen is not None:
            self._look(chosen)

    def _choose_head(self, name: str) -> None:
        self._head = name
        self.search.blockSignals(QUIET)
        self.search.clear()
        self.search.blockSignals(LOUD)
        self._fill()

    def _look(self, lens: ShelfLens) -> None:
        self._shown = lens
        self.page.show_lens(
            lens, in_use=self._is_used(lens), favourite=lens.name in self._kept.favourites, imperial=self._imperial
        )
        self.page.show_here(*(("", NOTHING) if lens.lens is None else self._holds(lens.lens)))
        self.show_status(self._status)

    def show_status(self, status: UnitStatus) -> None:
        """Where the ring stands, on the scale of the lens that is on it."""
        self._status, ring_deg = status, status.ring_deg
        lens = None if self._shown is None else self._shown.lens
        if ring_deg is None or lens is None or lens != self._in_use:
            self.page.scale.show_ring(None, "")
            return
        metres = lens.distance_m(ring_deg)
        words = format_distance(metres, "imperial" if self._imperial else "metric")
        self.page.scale.show_ring(ring_deg, f"the ring, {words}")

    # What is done -------------------------------------------------------------------------------------------------

    def enter(self) -> bool:
        """Return uses the lens that is looked at."""
        self.use()
        return True

    def use(self) -> None:
        """The show goes on with this lens; a second time goes back to the desk."""
        shown = self._shown
        if shown is None:
            self.say(f"No lens matches “{self.search.text().strip()}”. Map yours from a tape.")
            return
        if shown.lens is None:
            return
        if self._is_used(shown):
            QTimer.singleShot(0, self.close)
            return
        self.lensChosen.emit(shown.lens)

    def taken(self, lens: LensMap) -> None:
        """The show is on this lens now."""
        self._in_use = lens
        name = "" if self._shown is None else self._shown.name
        self._keep(self._kept.used_now(name))
        self._fill(name)

    def toggle_favourite(self) -> None:
        """Among the favourites, or no more."""
        if self._shown is not None:
            self._keep(self._kept.toggled(self._shown.name))
            self._fill(self._shown.name)

    def _keep(self, kept: object) -> None:
        self._kept = kept  # type: ignore[assignment]
        try:
            self._shelf.keep(self._kept)
        except FollowFocusError as error:
            self.say(str(error))

    def choose_export(self) -> None:
        """Choose a name, and write the lens there."""
        if self._shown is None or self._shown.lens is None:
            return
        suggested = str(Path.home() / f"{self._shown.name}.json")
        name = file_names.name_to_save(self, "Write the lens", suggested, "Lens files (*.json)")
        if name:
            self.export(Path(name))

    def export(self, path: Path) -> None:
        """Write the lens that is looked at."""
        assert self._shown is not None
        assert self._shown.lens is not None
        self.say(lens_written(self._shown.lens, path))

    def choose_import(self) -> None:
        """Choose files to read a lens from."""
        names = file_names.names_to_open(
            self, "Read a lens", str(Path.home()), "Lens files and clips (*.json *.csv *.txt *.ale)"
        )
        if names:
            self.read([Path(name) for name in names])

    def read(self, files: list[Path]) -> None:
        """Read a lens on a thread of its own; a clip of an hour takes some seconds."""
        self.say(f"Reading {files[0].name} …")

        def job() -> None:
            try:
                lens, words = read_lens(files)
                words = f"{words} Kept as {self._shelf.save(lens)}."
            except FollowFocusError as error:
                self._imported.emit(None, import_words(error))
            else:
                self._imported.emit(lens, words)

        background.in_background(job, "lens import")

    def _take_import(self, lens: object, words: str) -> None:
        self.say(words)
        if isinstance(lens, LensMap):
            self._lenses = self._shelf.lenses()
            self._head = "My own"
            self._fill(next((one.name for one in self._lenses if one.lens == lens), ""))


class UpAndDown(QObject):
    """Up and down move the choice in a list while the field that searches it has the focus."""

    def __init__(self, move: Callable[[int], object], field: QWidget) -> None:
        super().__init__(field)
        self._move = move

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes these two keys, and no other."""
        by = 0
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if by:
            self._move(by)
        return bool(by) or super().eventFilter(watched, event)


def lens_written(lens: LensMap, path: Path) -> str:
    """The words once a lens is written there, or why it isn't."""
    try:
        save_lens(lens, path)
    except FollowFocusError as error:
        return str(error)
    return f"{path.name} is written."


def count_words(count: int, search: str, head: str) -> str:
    """How many lenses are shown, and why these."""
    lenses = f"{count} lens{'' if count == 1 else 'es'}"
    if search:
        return f"{lenses} match{'es' if count == 1 else ''} “{search}”" if count else "None. Map yours from a tape."
    return {"Favourites": f"{lenses}", "Last used": f"{lenses}, the newest first"}.get(head, lenses)

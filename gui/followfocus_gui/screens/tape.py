# SPDX-License-Identifier: MIT
"""A lens mapped from a tape: turn the ring to what the tape reads, type the distance, Return. A, B, C … follow.

The fit is drawn as it grows, and a mark that was misread is named at once. The same screen corrects a lens's marks.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.lens.shelf import LensShelf
from followfocus.lens.tape import TapeMap
from followfocus.units import Bare, format_distance, parse_angle, parse_distance, parse_number, parse_stop
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.widgets.jog_row import ArrowKeys, JogRow
from followfocus_gui.widgets.parts import PanelBox, Words, button, line
from followfocus_gui.widgets.tape_plot import TapePlot
from followfocus_gui.widgets.theme import set_flag

HINT = "Turn to the tape's mark, type it, Return."
TYPED_COLUMN = 2


class TapeScreen(Screen):
    """Marks put one after the other; nothing changes in the show until the lens is kept and used."""

    turned = Signal(float)
    """The ring is to turn, degrees a second; 0 ends it"""
    lensMade = Signal(object)
    """The LensMap, kept as one's own already"""

    def __init__(
        self, lens: LensMap | None, shelf: LensShelf, *, imperial: bool = False, parent: QWidget | None = None
    ) -> None:
        title = "Mapping a lens" if lens is None else "Correcting a lens"
        super().__init__("tapeScreen", title, HINT, parent)
        self._shelf, self._imperial, self._new = shelf, imperial, lens is None
        self._bare: Bare = "ft" if imperial else "m"
        self._map = TapeMap() if lens is None else TapeMap.of(lens)
        self._undo: list[TapeMap] = []
        self._ring_deg: float | None = None
        self._filling = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._left, self._right = PanelBox(self), PanelBox(self)
        row.addWidget(self._left, 5)
        row.addWidget(self._right, 4)
        self._build_left()
        self._build_right()
        self._arrows = ArrowKeys(self.jogs, self)
        self._show()

    # Building -----------------------------------------------------------------------------------------------------

    def _build_left(self) -> None:
        column = QVBoxLayout(self._left)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        top = QHBoxLayout()
        self._here = Words("– –", self._left, px=26, bold=True)
        self._here.setObjectName("tapeRing")
        self._distance = line(self._left, "tapeDistance", "The distance that is sharp here", hint="1.2m   6'2\"   inf")
        self._distance.returnPressed.connect(self.put)
        self._put = button(
            self._left, "tapePut", "Mark A here", "Put a mark where the ring stands", self.put, weight="main"
        )
        top.addWidget(Words("ring", self._left, tone="faint"))
        top.addWidget(self._here)
        top.addSpacing(12)
        top.addWidget(self._distance, 2)
        top.addWidget(self._put, 1)
        self.plot = TapePlot(self._left)
        self._words = Words("", self._left, px=15, bold=True)
        self._words.setObjectName("tapeWords")
        self._words.setWordWrap(True)
        self.jogs = JogRow(self._left)
        self.jogs.turned.connect(self.turned)
        column.addLayout(top)
        column.addWidget(self.plot, 1)
        column.addWidget(self._words)
        column.addWidget(self.jogs)

    def _build_right(self) -> None:
        column = QVBoxLayout(self._right)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        base, grid = self._map.base, QGridLayout()
        self._name = line(self._right, "tapeName", "Name of the lens", "" if self._new else base.name, "Cooke S4 40 T2")
        self._focal = line(self._right, "tapeFocal", "Focal length", f"{base.focal_length_mm:g}")
        self._stop = line(self._right, "tapeStop", "Widest stop", f"T{base.t_stop:g}")
        self._travel = line(self._right, "tapeTravel", "How far its ring turns, degrees", f"{base.travel_deg:g}°")
        self._serial = line(self._right, "tapeSerial", "Serial number", base.serial, "serial number")
        for number, (words, field) in enumerate((
            ("Name", self._name), ("Serial", self._serial), ("Focal, mm", self._focal), ("Stop", self._stop),
            ("Turns", self._travel),
        )):  # fmt: skip
            at, place = (number, 0) if number < 2 else (2, 2 * (number - 2))
            grid.addWidget(Words(words, self._right, tone="faint"), at, place)
            grid.addWidget(field, at, place + 1, 1, 5 if number < 2 else 1)
            field.editingFinished.connect(self._describe)
        column.addLayout(grid)
        self.marks = self._table()
        column.addWidget(self.marks, 1)
        row = QHBoxLayout()
        row.addWidget(button(self._right, "tapeDrop", "Remove mark", "Take the chosen mark away", self.drop))
        row.addWidget(button(self._right, "tapeUndo", "Undo", "Take the last mark back", self.undo))
        self._keep = button(
            self._right, "tapeKeep", "Keep and use", "Keep it as my own lens and use it", self.keep, weight="main"
        )
        row.addStretch(1)
        row.addWidget(self._keep, 1)
        column.addLayout(row)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self._right)
        table.setObjectName("tapeMarks")
        table.setAccessibleName("Marks; a distance can be typed anew")
        table.setHorizontalHeaderLabels(["mark", "ring", "distance", "off"])
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(34)
        table.setShowGrid(False)
        table.setMinimumHeight(80)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # what is left, never more
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.cellChanged.connect(self._typed)
        return table

    def fit(self, room: Room) -> None:
        """Everything lower on a low screen."""
        self.jogs.set_low(low=room.low)
        for panel in (self._left, self._right):
            layout = panel.layout()
            assert layout is not None
            layout.setContentsMargins(*((12, 6, 12, 6) if room.low else (16, 12, 16, 12)))
            layout.setSpacing(4 if room.low else 8)

    def first_field(self) -> QWidget:
        """The distance is what is typed again and again."""
        return self._distance

    # Showing ------------------------------------------------------------------------------------------------------

    @property
    def tape(self) -> TapeMap:
        """The marks as they are now."""
        return self._map

    def show_ring(self, ring_deg: float | None) -> None:
        """Where the ring stands; None while that is not known."""
        self._ring_deg = ring_deg
        self._here.setText("– –" if ring_deg is None else f"{ring_deg:z.1f}°")
        self.plot.show_ring(ring_deg)

    def _show(self) -> None:
        shown = self._map.shown()
        self._put.setText(f"Mark {chr(ord('A') + len(shown)) if len(shown) < 26 else ''} here".replace("  ", " "))
        self.plot.show_map(self._map, imperial=self._imperial)
        self._words.setText(self._map.words())
        self._words.set_tone("warn" if "read it again" in self._map.words() else "")
        self._keep.setEnabled(len(shown) > 1)
        self._filling = True
        self.marks.setRowCount(len(shown))
        for row, one in enumerate(shown):
            off = "" if one.off_deg is None else signed(one.off_deg)
            texts = (one.letter, f"{one.mark.ring_deg:z.1f}°", self._text(one.mark.distance_m), off)
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                typed = Qt.ItemFlag.ItemIsEditable if column == TYPED_COLUMN else Qt.ItemFlag.NoItemFlags
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | typed)
                self.marks.setItem(row, column, item)
        self._filling = False

    def _text(self, metres: float) -> str:
        return format_distance(metres, "imperial" if self._imperial else "metric", 0.5)

    # Doing --------------------------------------------------------------------------------------------------------

    def _change(self, made: object) -> bool:
        """Go over to other marks, or say why not; what was typed stays where it is refused."""
        try:
            changed: TapeMap = made()  # type: ignore[operator]
        except FollowFocusError as error:
            self.say(str(error))
            return False
        if changed != self._map:
            self._undo.append(self._map)
            self._map = changed
        self.say(HINT)
        self._show()
        return True

    def put(self) -> None:
        """A mark where the ring stands, at the distance typed."""
        ring_deg = self._ring_deg
        if ring_deg is None:
            self.say("Where the ring stands isn't known: connect a unit and calibrate first.")
            return
        text, bare = self._distance.text(), self._bare
        at = min(max(ring_deg, 0.0), self._map.base.travel_deg)
        done = self._change(lambda: self._map.put(at, parse_distance(text, bare)))
        set_flag(self._distance, "wrong", on=not done)
        if done:
            self._distance.clear()
        self._distance.setFocus()

    def _typed(self, row: int, column: int) -> None:
        item = self.marks.item(row, column)
        if self._filling or item is None:
            return
        text, bare = item.text(), self._bare
        if not self._change(lambda: self._map.change(row, parse_distance(text, bare))):
            words = self.hint
            self._show()
            self.say(words)

    def drop(self) -> None:
        """The chosen mark goes; the last one where none is chosen."""
        rows = self.marks.selectionModel().selectedRows()
        row = rows[0].row() if rows else len(self._map.marks) - 1
        if row >= 0:
            self._change(lambda: self._map.without(row))

    def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            self._map = self._undo.pop()
            self._show()

    def _describe(self) -> bool:
        """Take over what is written about the lens."""
        return self._change(self._described)

    def _described(self) -> TapeMap:
        return self._map.about(
            name=self._name.text() or ("my lens" if self._new else self._map.base.name),
            focal_length_mm=parse_number(self._focal.text().removesuffix("mm").strip()),
            t_stop=parse_stop(self._stop.text()),
            serial=self._serial.text(),
            travel_deg=parse_angle(self._travel.text()),
        )

    def keep(self) -> None:
        """Keep the lens as one's own, and use it."""
        if self._new and not self._name.text().strip():
            self.say("Give the lens a name, such as Cooke S4 40.")
            self._name.setFocus()
            return
        if not self._describe():
            return
        try:
            lens = self._map.lens()
            self._shelf.save(lens)
        except FollowFocusError as error:
            self.say(str(error))
            return
        self.lensMade.emit(lens)
        QTimer.singleShot(0, self.close)

    def may_close(self) -> bool:
        """Nothing turns on after the screen is gone."""
        if self.jogs.turning:
            self.jogs.end()
        return True


def signed(degrees: float) -> str:
    """Degrees with their sign, a real minus, and no sign at nought.

    >>> signed(0.76), signed(-0.471), signed(-0.001)
    ('+0.76°', '−0.47°', '0.00°')
    """
    words = f"{abs(degrees):z.2f}°"
    return words if words == "0.00°" else f"{'+' if degrees > 0 else '−'}{words}"

# SPDX-License-Identifier: MIT
"""Parts of the screen that maps a lens: what is written about the lens, and the table of its marks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHeaderView, QSizePolicy, QTableWidget, QTableWidgetItem, QWidget

from followfocus.lens.map import LensMap
from followfocus.lens.tape import TapeMap
from followfocus.units import parse_angle, parse_number, parse_stop
from followfocus_gui.widgets.parts import WordButton, Words, as_button, line
from followfocus_gui.widgets.scale import measured
from followfocus_gui.widgets.theme import TOUCH_PX

TYPED_COLUMN = 2
KEEP, ANYWAY = "Keep and use", "Keep anyway"
SECOND_PRESS_MS = 500
"""A second press sooner than this is the first one's double"""


class TapeFields(QGridLayout):
    """Name, serial number, focal length, stop and travel of a lens, to be typed."""

    edited = Signal()
    """Something was entered"""

    def __init__(self, panel: QWidget, base: LensMap, *, new: bool) -> None:
        super().__init__()
        self._new = new
        self.name = line(panel, "tapeName", "Name of the lens", "" if new else base.name, "Cooke S4 40 T2")
        self._serial = line(panel, "tapeSerial", "Serial number", base.serial, "serial number")
        self._focal = line(panel, "tapeFocal", "Focal length", f"{base.focal_length_mm:g}")
        self._stop = line(panel, "tapeStop", "Widest stop", f"T{base.t_stop:g}")
        self._travel = line(panel, "tapeTravel", "How far its ring turns, degrees", f"{base.travel_deg:g}°")
        measured(self._travel.setMinimumWidth, 70)
        for number, (words, field) in enumerate((
            ("Name", self.name), ("Serial", self._serial), ("Focal, mm", self._focal), ("Stop", self._stop),
            ("Turns", self._travel),
        )):  # fmt: skip
            at, place = (number, 0) if number < 2 else (2, 2 * (number - 2))
            self.addWidget(Words(words, panel, tone="faint"), at, place)
            self.addWidget(field, at, place + 1, 1, 5 if number < 2 else 1)
            field.editingFinished.connect(self.edited)

    @property
    def is_named(self) -> bool:
        """A lens that was there before may keep its name."""
        return not self._new or bool(self.name.text().strip())

    def about(self, tape: TapeMap) -> TapeMap:
        """The map with what is written here. Raises RequestError for what can't be read."""
        return tape.about(
            name=self.name.text() or ("my lens" if self._new else tape.base.name),
            focal_length_mm=parse_number(self._focal.text().removesuffix("mm").strip()),
            t_stop=parse_stop(self._stop.text()),
            serial=self._serial.text(),
            travel_deg=parse_angle(self._travel.text()),
        )


class TapeMarks(QTableWidget):
    """A row a mark: letter, ring angle, distance, which can be typed anew, and how far off the others it is."""

    typed = Signal(int, str)
    """A row's distance was typed anew"""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(0, 4, panel)
        self._filling = False
        self.setObjectName("tapeMarks")
        self.setAccessibleName("Marks; a distance can be typed anew")
        self.setHorizontalHeaderLabels(["mark", "ring", "distance", "off"])
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        measured(self.verticalHeader().setDefaultSectionSize, TOUCH_PX)
        self.setShowGrid(False)
        measured(self.setMinimumHeight, 80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # what is left, never more
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionsClickable(False)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.cellChanged.connect(self._changed)

    def show_marks(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """Show other marks, as texts."""
        self._filling = True
        self.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                typed = Qt.ItemFlag.ItemIsEditable if column == TYPED_COLUMN else Qt.ItemFlag.NoItemFlags
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | typed)
                self.setItem(row, column, item)
        self._filling = False

    def chosen(self) -> int | None:
        """The chosen row."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def _changed(self, row: int, column: int) -> None:
        item = self.item(row, column)
        if not self._filling and item is not None:
            self.typed.emit(row, item.text())


class KeepButton(WordButton):
    """Keeps a lens; one with marks in doubt when it is asked for again, which is no double press."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(KEEP, panel)
        as_button(self, "tapeKeep", "Keep it as my own lens and use it", weight="main")
        self._warned_of: TapeMap | None = None
        self.settling = QTimer(self)
        self.settling.setSingleShot(True)

    def show_lens(self, tape: TapeMap) -> None:
        """Say what a press will do with these marks."""
        self.setText(ANYWAY if tape == self._warned_of else KEEP)

    def warning(self, tape: TapeMap) -> str:
        """The warning that a press brings; empty for one that keeps these marks."""
        doubted = tape.doubted()
        if doubted and tape != self._warned_of:
            self._warned_of = tape
            self.settling.start(SECOND_PRESS_MS)
            self.show_lens(tape)
        letters = ", ".join(one.letter for one in doubted)
        return f"{letters} off the others: read again. {ANYWAY} takes it as it is." if self.settling.isActive() else ""


def signed(degrees: float) -> str:
    """Degrees with their sign, a real minus, and no sign at nought.

    >>> signed(0.76), signed(-0.471), signed(-0.001)
    ('+0.76°', '−0.47°', '0.00°')
    """
    words = f"{abs(degrees):z.2f}°"
    return words if words == "0.00°" else f"{'+' if degrees > 0 else '−'}{words}"

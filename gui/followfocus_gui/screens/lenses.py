# SPDX-License-Identifier: MIT
"""The lens library: search, look, use, import, and put marks on a map where the ring stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.units import format_distance, parse_distance
from followfocus_gui.state.lens_library import LensLibrary, MapEdit, import_words
from followfocus_gui.widgets.theme import figure_font

FEET_COLUMN = 2
TYPED_COLUMNS = (1, FEET_COLUMN)
"""Metres and feet"""


class LensDialog(QDialog):
    """The library. Nothing changes in the show until "Use this lens"."""

    lensChosen = Signal(object)
    """The LensMap"""
    _imported = Signal(object, str)

    def __init__(self, lens: LensMap, library: LensLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lensDialog")
        self.setWindowTitle("Lenses")
        self.setAccessibleName("Lens library")
        self.resize(880, 560)
        self._library, self._edit = library, MapEdit(lens)
        self._ring_deg: float | None = None
        self._quiet = False
        layout = QHBoxLayout(self)
        layout.addLayout(self._left(), 2)
        layout.addLayout(self._right(), 5)
        self._imported.connect(self._take_import)
        self._fill()
        self._show()

    # Building -----------------------------------------------------------------------------------------------------

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self._search = QLineEdit(self)
        self._search.setObjectName("lensSearch")
        self._search.setAccessibleName("Search lenses")
        self._search.setPlaceholderText("search")
        self._search.textChanged.connect(lambda _text: self._fill())
        self._list = QListWidget(self)
        self._list.setObjectName("lensList")
        self._list.setAccessibleName("Lenses")
        self._list.setFont(figure_font(16))
        self._list.currentTextChanged.connect(self._look)
        column.addWidget(self._search)
        column.addWidget(self._list, 1)
        column.addWidget(self._button("importLens", "Import …", self.choose_import))
        self._busy = QProgressBar(self)
        self._busy.setRange(0, 0)
        self._busy.setAccessibleName("Reading")
        self._busy.hide()
        column.addWidget(self._busy)
        return column

    def _right(self) -> QGridLayout:
        grid = QGridLayout()
        self._facts = QLabel(self)
        self._facts.setObjectName("lensFacts")
        self._facts.setWordWrap(True)
        self._facts.setFont(figure_font(16))
        self._doubts = QLabel(self)
        self._doubts.setObjectName("lensDoubts")
        self._doubts.setWordWrap(True)
        self._marks = QTableWidget(0, 4, self)
        self._marks.setObjectName("lensMarks")
        self._marks.setAccessibleName("Marks of the lens; a distance can be typed anew")
        self._marks.setHorizontalHeaderLabels(["ring °", "metres", "feet", "label"])
        self._marks.setTabKeyNavigation(False)
        self._marks.verticalHeader().hide()
        self._marks.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._marks.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._marks.cellChanged.connect(self._typed)
        self._here = QLineEdit(self)
        self._here.setObjectName("lensMarkHere")
        self._here.setAccessibleName("Distance of a mark where the ring stands")
        self._here.setPlaceholderText("the ring stands at …  1.2m, 6'2\"")
        self._here.returnPressed.connect(self.put_here)
        self._serial = QLineEdit(self)
        self._serial.setObjectName("lensSerial")
        self._serial.setAccessibleName("Serial number")
        self._serial.setPlaceholderText("serial number")
        grid.addWidget(self._facts, 0, 0, 1, 4)
        grid.addWidget(self._marks, 1, 0, 1, 4)
        grid.addWidget(self._doubts, 2, 0, 1, 4)
        grid.addWidget(self._here, 3, 0, 1, 2)
        grid.addWidget(self._button("putMark", "Mark here", self.put_here), 3, 2)
        grid.addWidget(self._button("dropMark", "Remove mark", self.drop), 3, 3)
        grid.addWidget(self._serial, 4, 0)
        grid.addWidget(self._button("undoMap", "Undo", self.undo), 4, 1)
        grid.addWidget(self._button("saveLens", "Save as my own", self.save), 4, 2)
        self._use = self._button("useLens", "Use this lens", self.use)
        grid.addWidget(self._use, 4, 3)
        return grid

    def _button(self, name: str, words: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        return button

    # What is shown ------------------------------------------------------------------------------------------------

    @property
    def lens(self) -> LensMap:
        """The lens that is looked at, with its edits."""
        return self._edit.lens

    def set_ring(self, ring_deg: float | None) -> None:
        """Where the ring stands, for marks that are put there; None while that is not known."""
        self._ring_deg = ring_deg

    def _fill(self) -> None:
        self._quiet = True
        self._list.clear()
        self._list.addItems(self._library.names(self._search.text()))
        self._quiet = False

    def _look(self, name: str) -> None:
        if self._quiet or not name:
            return
        try:
            self._edit = MapEdit(self._library.load(name))
        except FollowFocusError as error:
            self._doubt(str(error))
            return
        self._show()

    def _show(self) -> None:
        lens = self._edit.lens
        name = f"{lens.make} {lens.model}".strip() or lens.name
        glass = f"{lens.focal_length_mm:g} mm T{lens.t_stop:g}"
        ring = f"close focus {format_distance(lens.close_focus_m)} · throw {lens.travel_deg:g}°"
        self._facts.setText(f"{name} · {glass} · {ring}" + (f" · serial {lens.serial}" if lens.serial else ""))
        self._serial.setText(lens.serial)
        self._quiet = True
        self._marks.setRowCount(len(lens.marks))
        for row, mark in enumerate(lens.marks):
            texts = (
                f"{mark.ring_deg:.2f}", format_distance(mark.distance_m),
                format_distance(mark.distance_m, "imperial", 0.5), mark.label,
            )  # fmt: skip
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                editable = Qt.ItemFlag.ItemIsEditable if column in TYPED_COLUMNS else Qt.ItemFlag.NoItemFlags
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | editable)
                self._marks.setItem(row, column, item)
        self._quiet = False
        self._doubt("\n".join(lens.warnings()))

    def _doubt(self, words: str) -> None:
        self._doubts.setText(f"⚠ {words}" if words else "")

    # What is done -------------------------------------------------------------------------------------------------

    def _change(self, change: Callable[[], object]) -> None:
        try:
            change()
        except FollowFocusError as error:
            self._show()
            self._doubt(str(error))
            return
        self._show()

    def _typed(self, row: int, column: int) -> None:
        if self._quiet or column not in TYPED_COLUMNS:
            return
        item = self._marks.item(row, column)
        text = "" if item is None else item.text()
        self._change(lambda: self._edit.change(row, parse_distance(text, "ft" if column == FEET_COLUMN else "m")))

    def put_here(self) -> None:
        """A mark where the ring stands, at the distance typed."""
        ring_deg = self._ring_deg
        if ring_deg is None:
            self._doubt("Where the ring stands is not known: connect a unit and calibrate.")
            return
        text = self._here.text()
        self._change(lambda: self._edit.put(min(max(ring_deg, 0.0), self.lens.travel_deg), parse_distance(text)))

    def drop(self) -> None:
        """The chosen mark goes."""
        rows = self._marks.selectionModel().selectedRows()
        if rows:
            self._change(lambda: self._edit.remove(rows[0].row()))

    def undo(self) -> None:
        """Take the last change of the map back."""
        self._edit.undo()
        self._show()

    def _with_serial(self) -> None:
        if self._serial.text().strip() != self.lens.serial:
            self._edit.rename(self.lens.name, self._serial.text())

    def save(self) -> None:
        """Keep the map as one's own lens."""

        def keep() -> None:
            self._with_serial()
            name = self._library.save(self.lens)
            self._fill()
            self._facts.setToolTip(f"kept as {name}")

        self._change(keep)

    def use(self) -> None:
        """The show goes on with this lens."""

        def give() -> None:
            self._with_serial()
            self.lensChosen.emit(self.lens)
            self.close()

        self._change(give)

    def choose_import(self) -> None:
        """Choose files to read a lens from."""
        names, _ = QFileDialog.getOpenFileNames(
            self, "Read a lens", str(Path.home()), "Lens files and clips (*.json *.csv *.txt *.ale)"
        )
        if names:
            self.read([Path(name) for name in names])

    def read(self, files: list[Path]) -> None:
        """Read a lens on a thread of its own; a clip of an hour takes some seconds."""
        self._busy.show()

        def job() -> None:
            try:
                lens, words = self._library.read(files)
            except FollowFocusError as error:
                self._imported.emit(None, import_words(error))
            else:
                self._imported.emit(lens, words)

        threading.Thread(target=job, name="lens import", daemon=True).start()

    def _take_import(self, lens: object, words: str) -> None:
        self._busy.hide()
        if isinstance(lens, LensMap):
            self._edit = MapEdit(lens)
            self._show()
            self._facts.setText(f"{words}\n{self._facts.text()}")
        else:
            self._doubt(words)

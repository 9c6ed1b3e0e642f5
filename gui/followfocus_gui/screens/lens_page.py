# SPDX-License-Identifier: MIT
"""One lens of the shelf, whole: its scale, where it is from, whether its calibration holds, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus.lens.map import LensMap
from followfocus.lens.scale import scale_words
from followfocus.lens.shelf import ShelfLens
from followfocus.units import format_distance
from followfocus_gui.state.holds import Holds
from followfocus_gui.widgets.lens_scale_view import LensScaleView
from followfocus_gui.widgets.parts import PanelBox, Words, button
from followfocus_gui.widgets.scale import measured


class HoldsBox(PanelBox):
    """The sentence on the calibration, and the way to it."""

    asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "lensHolds")
        row = QHBoxLayout(self)
        measured(row.setContentsMargins, 14, 6, 8, 6)
        column = QVBoxLayout()
        column.setSpacing(0)
        self._words = Words("", self, px=15, bold=True, elides=True)
        self._why = Words("", self, px=13, tone="faint", elides=True)
        self._words.setObjectName("lensHoldsWords")
        column.addWidget(self._words)
        column.addWidget(self._why)
        row.addLayout(column, 1)
        self._offer = button(self, "lensCalibrate", "", "Calibrate this lens", self.asked.emit)
        row.addWidget(self._offer)

    def show_it(self, holds: Holds) -> None:
        """Say it."""
        self._words.setText(holds.words)
        self._why.setText(holds.why)
        self._offer.setText(holds.offer)
        self._offer.setVisible(bool(holds.offer))
        self.set_tone(holds.tone)


class LensPage(PanelBox):
    """The right part of the lens screen."""

    useAsked = Signal()
    favouriteAsked = Signal()
    correctAsked = Signal()
    exportAsked = Signal()
    calibrateAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "lensPage")
        self._column = column = QVBoxLayout(self)
        self._title = Words("", self, px=20, bold=True, elides=True)
        self._facts = Words("", self, px=14, tone="faint", elides=True)
        self._facts.setObjectName("lensFacts")
        self.scale = LensScaleView(self)
        column.addWidget(self._title)
        column.addWidget(self._facts)
        column.addWidget(self.scale)
        column.addLayout(self._measured_row())
        column.addLayout(self._table())
        column.addStretch(1)
        self.holds = HoldsBox(self)
        self.holds.asked.connect(self.calibrateAsked)
        column.addWidget(self.holds)
        column.addLayout(self._buttons())

    def _measured_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        measured(row.setSpacing, 16)
        self._measured, self._rest = Words("", self, px=13, tone="good"), Words("", self, px=13, tone="warn")
        self._measured.setObjectName("lensMeasured")
        self._rest.setObjectName("lensWorkedOut")
        row.addWidget(self._measured)
        row.addStretch(1)
        row.addWidget(self._rest)
        return row

    def _table(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._lines: dict[str, Words] = {}
        self._names: dict[str, Words] = {}
        for number, name in enumerate(("Scale", "Far end", "From", "Here")):
            self._names[name] = Words(name, self, tone="faint")
            grid.addWidget(self._names[name], number, 0, Qt.AlignmentFlag.AlignTop)
            self._lines[name] = Words("", self, elides=name != "From")
            self._lines[name].setWordWrap(name == "From")  # where a scale comes from is told whole
            self._lines[name].setObjectName(f"lens{name.replace(' ', '')}")
            grid.addWidget(self._lines[name], number, 1)
        return grid

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        measured(row.setSpacing, 8)
        self._favourite = button(
            self, "lensFavourite", "Favourite", "Among the favourites, or no more", self.favouriteAsked.emit
        )
        self._favourite.setCheckable(True)
        self._favourite.setProperty("weight", "choice")
        self._correct = button(
            self, "correctMark", "Correct a mark", "Put marks anew, or correct them", self.correctAsked.emit
        )
        self._export = button(self, "exportLens", "Export …", "Write the lens into a file", self.exportAsked.emit)
        self._use = button(
            self, "useLens", "Use this lens", "The show goes on with it", self.useAsked.emit, weight="main"
        )
        for each in (self._favourite, self._correct, self._export):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self._use, 2)
        return row

    def set_low(self, *, low: bool) -> None:
        """On a low screen what the other lines say already goes."""
        for name in ("Far end", "From"):
            self._names[name].setVisible(not low)
            self._lines[name].setVisible(not low)
        self._facts.setVisible(not low)
        self.scale.set_low(low=low)
        measured(self._column.setContentsMargins, 18, 6 if low else 12, 18, 8)
        measured(self._column.setSpacing, 2 if low else 5)

    def show_lens(self, shelf: ShelfLens, *, in_use: bool, favourite: bool, imperial: bool) -> None:
        """Show a lens; one that can't be used says why."""
        lens = shelf.lens
        make = "" if lens is None or lens.ideal else lens.make
        self._title.setText(f"{make} {shelf.title}".strip())
        self._facts.setText(shelf.trouble.replace("\n", " ") if lens is None else facts_of(lens, imperial=imperial))
        self.scale.show_lens(lens, imperial=imperial)
        measured, rest = ("", "") if lens is None else scale_words(lens, "imperial" if imperial else "metric")
        self._measured.setText(measured.split(";")[0].split(",")[0])
        self._rest.setText(rest if measured else "")  # nothing measured: the line below says so
        self._lines["Scale"].setText(measured or rest)
        self._lines["Far end"].setText("" if lens is None else far_end(lens, imperial=imperial))
        self._lines["From"].setText("" if lens is None else " ".join((lens.source or "not said", *lens.calibration)))
        self._favourite.setChecked(favourite)
        for each in (self._correct, self._export):
            each.setEnabled(lens is not None)
        self._use.setEnabled(lens is not None and not in_use)
        self._use.setText("In use" if in_use else "Use this lens")

    def show_here(self, words: str, holds: Holds) -> None:
        """Show how the lens stands on this desk."""
        self._lines["Here"].setText(words)
        self.holds.show_it(holds)


def facts_of(lens: LensMap, *, imperial: bool) -> str:
    """Close focus, how far the ring turns, its gear."""
    close = format_distance(lens.close_focus_m, "imperial" if imperial else "metric")
    gear = f"gear {lens.gear_teeth} teeth, {lens.gear_module_mm:g}"
    return f"close focus {close}   ·   turns {lens.travel_deg:g}°   ·   {gear}"


def far_end(lens: LensMap, *, imperial: bool) -> str:
    """Where infinity lies."""
    if lens.distance_m(0.0) == float("inf"):
        return "∞ at its stop" if lens.has_stops else "∞ at 0°; the ring has no stops"
    far = format_distance(lens.distance_m(0.0), "imperial" if imperial else "metric")
    return f"{far} at 0°, nothing farther"

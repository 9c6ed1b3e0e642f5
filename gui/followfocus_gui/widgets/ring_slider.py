# SPDX-License-Identifier: MIT
"""The ring as a slider, and as a distance that is typed: the two ways to turn it that need no aim."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from followfocus.units import format_distance, parse_distance
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.theme import TOUCH_PX

PER_DEG = 100


class RingSlider(QWidget):
    """From infinity on the left to close focus on the right."""

    targetRequested = Signal(float)
    """Ring degrees"""
    distanceTyped = Signal(float)
    """Metres"""
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._slider = QSlider(Qt.Orientation.Horizontal, self)
        self._slider.setObjectName("ringSlider")
        self._slider.setAccessibleName("Ring, from infinity to close focus")
        self._slider.setMinimumHeight(TOUCH_PX)
        self._slider.setPageStep(10 * PER_DEG)
        self._slider.setSingleStep(PER_DEG)
        self._slider.valueChanged.connect(lambda value: self.targetRequested.emit(value / PER_DEG))
        self._field = NumberField(parse_distance, format_distance, step=0.01, parent=self)
        self._field.setObjectName("goToDistance")
        self._field.setAccessibleName("Go to a distance")
        self._field.setPlaceholderText("go to …")
        self._field.setFixedWidth(104)
        self._field.valueEdited.connect(self.distanceTyped)
        self._field.refused.connect(self.refused)
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)

    def show_ring(self, ring_deg: float | None, travel_deg: float, *, enabled: bool) -> None:
        """Show where the ring is, unless the hand is on the slider; showing is not asking."""
        self._slider.setEnabled(enabled)
        with QSignalBlocker(self._slider):
            self._slider.setRange(0, round(travel_deg * PER_DEG))
            if ring_deg is not None and not self._slider.isSliderDown():
                self._slider.setValue(round(ring_deg * PER_DEG))

# SPDX-License-Identifier: MIT
"""Edits of marks by hand, as signals, and how distances, trims and waits are read and shown."""

from __future__ import annotations

import math
from fractions import Fraction

from PySide6.QtCore import QObject, Signal

from followfocus.lens.trims import parse_trim, show_trim
from followfocus.units import format_distance, parse_distance, parse_duration


class MarkEdits(QObject):
    """The wishes about marks, by their index, and the units they are written in."""

    setMark = Signal(int)
    goToMark = Signal(int)
    picked = Signal(int)
    nameEdited = Signal(int, str)
    distanceEdited = Signal(int, float)
    nudged = Signal(int, float)
    lockToggled = Signal(int, bool)
    trimEdited = Signal(int, float)
    waitEdited = Signal(int, object)
    """(index, seconds; None holds for GO)"""
    addRequested = Signal()
    removeRequested = Signal()
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.imperial = False
        self.fps = Fraction(24)
        """Frames in a wait (`12f`) are of this rate"""

    def read_distance(self, text: str) -> float:
        """Metres of what was written; a number without a unit is in the unit that is shown. Raises RequestError."""
        return parse_distance(text, "ft" if self.imperial else "m")

    def show_distance(self, metres: float) -> str:
        """A distance as the cards show it."""
        return format_distance(metres, "imperial" if self.imperial else "metric", 0.5)

    def read_trim(self, text: str) -> float:
        """Metres of a trim as it was written, read in the same way."""
        return parse_trim(text, imperial=self.imperial)

    def show_trim(self, metres: float) -> str:
        """A trim as its field shows it."""
        return show_trim(metres, imperial=self.imperial)

    def trim_step_m(self) -> float:
        """A step of the trim: a centimetre, or half an inch."""
        return 0.0127 if self.imperial else 0.01

    def read_wait(self, text: str) -> float:
        """Seconds of a wait as it was written; infinite holds for GO. Raises RequestError."""
        tidy = text.strip().lower().removeprefix("hold").strip()
        if tidy in ("go", "for go"):
            return math.inf
        return 0.0 if tidy in ("", "none") else parse_duration(tidy, self.fps, what="wait")

    @staticmethod
    def show_wait(wait_s: float) -> str:
        """A wait as its field shows it."""
        if math.isinf(wait_s):
            return "for GO"
        return f"{wait_s:g} s" if wait_s else "none"

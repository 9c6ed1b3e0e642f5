# SPDX-License-Identifier: MIT
"""The marks in a row: set, go to, name, distance, nudge, lock, trim and wait. With two marks it is at its simplest."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from followfocus.errors import RequestError
from followfocus.lens.trims import parse_trim, show_trim
from followfocus.units import format_distance, parse_distance, parse_duration
from followfocus_gui.state.views import MarkView
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.theme import TOUCH_PX, figure_font

MOST_WHOLE = 3
"""So many marks are shown with everything; of more, only the chosen one"""


class MarkCard(QFrame):
    """One mark. Its big button sets it where the ring stands; the arrow beside it goes there."""

    def __init__(self, index: int, strip: MarkStrip) -> None:
        super().__init__(strip)
        self._index, self._strip = index, strip
        letter = chr(ord("A") + index)
        self.setObjectName(f"card{letter}")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        grid = QGridLayout(self)
        grid.setContentsMargins(6, 6, 6, 6)
        grid.setSpacing(4)
        self._set = self._button(f"mark{letter}", letter, f"Set mark {letter} here", strip.setMark)
        self._set.setMinimumWidth(TOUCH_PX + 12)
        self._go = self._button(f"goTo{letter}", "→", f"Go to mark {letter}", strip.goToMark)
        self._name = self._name_field(letter)
        self._distance = self._distance_field(letter)
        self._less = self._nudge_button(letter, "−", -1.0)
        self._more = self._nudge_button(letter, "+", 1.0)
        self._lock = self._lock_button(letter)
        self._trim = self._trim_field(letter)
        self._wait = self._wait_field(letter)
        self._pick = self._button(f"pick{letter}", "", f"Look at mark {letter}", strip.picked)
        for column, widget in enumerate((self._set, self._name, self._distance, self._go)):
            grid.addWidget(widget, 0, column)
        self._grid = grid
        self._detail = QWidget(self)
        row = QHBoxLayout(self._detail)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self._less, self._more, self._trim, self._wait, self._lock):
            row.addWidget(widget)
        row.addStretch(1)
        grid.addWidget(self._detail, 1, 0, 1, 4)
        grid.setColumnStretch(1, 1)

    def _button(self, name: str, text: str, says: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(says)
        button.setToolTip(says)
        button.clicked.connect(lambda _checked: signal.emit(self._index))
        return button

    def _name_field(self, letter: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName(f"name{letter}")
        field.setAccessibleName(f"Name of mark {letter}")
        field.setPlaceholderText("who or what")
        field.setToolTip("Who or what stands here; of somebody who walks the way, such as ANNA=3m..2m")
        field.setMinimumWidth(70)
        field.editingFinished.connect(self._name_given)
        return field

    def _name_given(self) -> None:
        if self._name.isModified():
            self._name.setModified(False)
            self._strip.nameEdited.emit(self._index, self._name.text().strip())

    def _distance_field(self, letter: str) -> NumberField:
        field = NumberField(self._strip.read_distance, self._strip.show_distance, step=0.01, parent=self)
        field.setObjectName(f"distance{letter}")
        field.setAccessibleName(f"Distance of mark {letter}")
        field.setFixedWidth(104)
        field.valueEdited.connect(partial(self._strip.distanceEdited.emit, self._index))
        field.refused.connect(self._strip.refused)
        return field

    def _nudge_button(self, letter: str, sign: str, by: float) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setObjectName(f"nudge{letter}{'Less' if by < 0 else 'More'}")
        button.setAccessibleName(f"Nudge mark {letter} by a centimetre or half an inch")
        button.setAutoRepeat(True)
        button.setFixedSize(TOUCH_PX, TOUCH_PX)
        button.clicked.connect(lambda _checked: self._strip.nudged.emit(self._index, by * self._strip.nudge_m()))
        return button

    def _lock_button(self, letter: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"lock{letter}")
        button.setAccessibleName(f"Lock mark {letter}")
        button.setCheckable(True)
        button.setMinimumSize(TOUCH_PX + 14, TOUCH_PX)
        button.clicked.connect(lambda checked: self._strip.lockToggled.emit(self._index, checked))
        return button

    def _trim_field(self, letter: str) -> NumberField:
        field = NumberField(self._strip.read_trim, self._show_trim, step=0.01, parent=self)
        field.setObjectName(f"trim{letter}")
        field.setAccessibleName(f"Trim of mark {letter} for the next takes")
        field.setToolTip("Trim: moves the mark for the next takes without touching it, such as +5cm or -2in")
        field.setFixedWidth(92)
        field.valueEdited.connect(partial(self._strip.trimEdited.emit, self._index))
        field.refused.connect(self._strip.refused)
        return field

    def _show_trim(self, metres: float) -> str:
        return f"trim {self._strip.show_trim(metres)}"

    def _wait_field(self, letter: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName(f"wait{letter}")
        field.setAccessibleName(f"Wait at mark {letter}, seconds")
        field.setToolTip("Hold here for so long")
        field.setFixedWidth(92)
        field.editingFinished.connect(self._wait_given)
        return field

    def _wait_given(self) -> None:
        if not self._wait.isModified():
            return
        self._wait.setModified(False)
        text = self._wait.text().strip().lower().removeprefix("hold").strip()
        self._strip.emit_wait(self._index, text)

    def _wait_text(self, wait_s: float | None) -> str:
        return "hold GO" if wait_s is None else f"hold {wait_s:g} s"

    def leave(self) -> None:
        """The mark is gone: what was being typed for it is for nobody."""
        for field in (self._name, self._distance, self._trim, self._wait):
            field.blockSignals(True)  # noqa: FBT003 - Qt's
        self.hide()
        self.setEnabled(False)
        self.deleteLater()

    def set_small(self, small: bool) -> None:
        """Among many marks only the chosen one shows everything; the others their letter and distance."""
        for widget in (self._name, self._distance, self._go):
            widget.setVisible(not small)
        self._pick.setVisible(small)
        if small:
            self._grid.addWidget(self._pick, 1, 0)
            self._grid.removeWidget(self._detail)
        else:
            self._grid.removeWidget(self._pick)
            self._grid.addWidget(self._detail, 1, 0, 1, 4)

    def set_compact(self, compact: bool) -> None:
        """Letter, name and distance large enough for arm's length, where there is room."""
        self._set.setFont(figure_font(13 if compact else 20, bold=True))
        self._name.setFont(figure_font(13 if compact else 16))
        for widget, large in ((self._distance, 17), (self._pick, 15)):
            widget.setFont(figure_font(13 if compact else large, bold=True))

    def show_mark(self, mark: MarkView, *, detailed: bool, waits: bool, small: bool) -> None:
        """Show a mark without announcing it."""
        self.set_small(small)
        self._pick.setText(self._strip.show_distance(mark.distance_m))
        if not (self._name.hasFocus() and self._name.isModified()):
            self._name.setText(mark.words)
        self._distance.set_format(self._strip.read_distance, self._strip.show_distance)
        self._distance.set_value(mark.distance_m)
        self._trim.set_value(mark.trim_m)
        self._lock.setChecked(mark.locked)
        self._lock.setText("locked" if mark.locked else "lock")
        if not (self._wait.hasFocus() and self._wait.isModified()):
            self._wait.setText(self._wait_text(mark.wait_s))
        for widget in (self._set, self._name, self._distance, self._less, self._more):
            widget.setEnabled(not mark.locked)
        self._wait.setVisible(waits)
        self._detail.setVisible(detailed)


class MarkStrip(QWidget):
    """All marks of the pull, and the button that adds one."""

    setMark = Signal(int)
    goToMark = Signal(int)
    picked = Signal(int)
    nameEdited = Signal(int, str)
    distanceEdited = Signal(int, float)
    nudged = Signal(int, float)
    lockToggled = Signal(int, bool)
    trimEdited = Signal(int, float)
    waitEdited = Signal(int, object)
    addRequested = Signal()
    removeRequested = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._imperial = self._compact = False
        self._fps = Fraction(24)
        self._cards: list[MarkCard] = []
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._add = QPushButton("+ mark", self)
        self._add.setObjectName("addMark")
        self._add.setAccessibleName("Add a mark where the ring stands")
        self._add.clicked.connect(lambda _checked: self.addRequested.emit())
        self._remove = QPushButton("− mark", self)
        self._remove.setObjectName("removeMark")
        self._remove.setAccessibleName("Remove the last mark")
        self._remove.clicked.connect(lambda _checked: self.removeRequested.emit())
        self._layout.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)

    def set_imperial(self, imperial: bool) -> None:
        """Show distances in feet and inches, or in metres."""
        self._imperial = imperial

    def set_fps(self, fps: Fraction) -> None:
        """Frames in a wait (`12f`) are of this rate."""
        self._fps = fps

    def read_distance(self, text: str) -> float:
        """Metres of what was written; a number without a unit is in the unit that is shown. Raises RequestError."""
        return parse_distance(text, "ft" if self._imperial else "m")

    def read_trim(self, text: str) -> float:
        """Metres of a trim as it was written, read in the same way."""
        return parse_trim(text, imperial=self._imperial)

    def show_distance(self, metres: float) -> str:
        """A distance as the strip shows it."""
        return format_distance(metres, "imperial" if self._imperial else "metric", 0.5)

    def nudge_m(self) -> float:
        """The length of a nudge: a centimetre, or half an inch."""
        return 0.0127 if self._imperial else 0.01

    def show_trim(self, metres: float) -> str:
        """A trim as the field shows it."""
        return show_trim(metres, imperial=self._imperial)

    def emit_wait(self, index: int, text: str) -> None:
        """Announce what was written as a wait: None holds for GO."""
        try:
            wait_s = None if text == "go" else parse_duration(text or "0", self._fps)
        except RequestError as error:
            self.refused.emit(str(error))
            return
        self.waitEdited.emit(index, wait_s)

    def set_compact(self, compact: bool) -> None:
        """On a small screen the second row of the cards gives way."""
        self._compact = compact
        for card in self._cards:
            card.set_compact(compact)

    def set_marks(self, marks: tuple[MarkView, ...]) -> None:
        """Show the marks; cards are made and dropped as their number changes."""
        while len(self._cards) < len(marks):
            card = MarkCard(len(self._cards), self)
            card.set_compact(self._compact)
            self._layout.insertWidget(len(self._cards), card, 1)
            self._cards.append(card)
        while len(self._cards) > len(marks):
            self._cards.pop().leave()
        many = len(marks) > MOST_WHOLE
        for index, (card, mark) in enumerate(zip(self._cards, marks, strict=True)):
            detailed = not self._compact and (not many or mark.selected)
            small = many and not mark.selected
            card.show_mark(mark, detailed=detailed, waits=0 < index < len(marks) - 1, small=small)
            self._layout.setStretch(index, 0 if small else 1)
        self._remove.setEnabled(len(marks) > 2)
        self._add.setEnabled(len(marks) < 9)

# SPDX-License-Identifier: MIT
"""The tools of the chosen mark: set here, go to, trim, wait, lock, remove. One row a mark, and one is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStackedWidget, QToolButton, QWidget

from followfocus_gui.state.lock import ARMED
from followfocus_gui.state.views import MarkView
from followfocus_gui.widgets.lettering import elided
from followfocus_gui.widgets.mark_edits import MarkEdits
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.signs import draw_sign, sign_icon
from followfocus_gui.widgets.theme import TOUCH_PX, colour, figure_font

WHILE_ARMED = "Marks, time and ease are locked while armed. Trim with  ,  and  .  and it is armed again."


class ToolRow(QWidget):
    """The tools of one mark."""

    def __init__(self, index: int, edits: MarkEdits, parent: QWidget) -> None:
        super().__init__(parent)
        self._index, self._edits, self._size = index, edits, 0
        self._letter = letter = chr(ord("A") + index)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 6)
        self._here = self._button(f"setHere{letter}", "Set here", lambda: edits.setMark.emit(index))
        self._go = self._button(f"goTo{letter}", "Go to", lambda: edits.goToMark.emit(index))
        self._trim = self._field("trim", f"Trim of mark {letter} for the next takes", 0.01)
        self._trim.setToolTip("Trim: moves the mark for the next takes without touching it, such as +5cm or -2in")
        self._trim.valueEdited.connect(partial(edits.trimEdited.emit, index))
        self._wait = self._field("wait", f"Wait at mark {letter}, seconds, or GO", 0.1)
        self._wait.setToolTip("Hold here for so long: 1.5, 12f, or GO to hold for the next GO")
        self._wait.valueEdited.connect(self._wait_given)
        self._trim_word, self._wait_word = QLabel("trim", self), QLabel("wait", self)
        self._less, self._more = self._step("Less", -1), self._step("More", 1)
        self._lock = self._button(f"lock{letter}", "Lock", self._lock_pressed)
        self._lock.setCheckable(True)
        self._drop = self._button(f"remove{letter}", "Remove", edits.removeRequested.emit)
        self._who = QLabel(letter, self)
        self._who.setAccessibleName(f"Tools for mark {letter}")
        self._who.setToolTip(f"Tools for mark {letter}")
        self._who.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for words in (self._trim_word, self._wait_word):
            words.setProperty("tone", "faint")
        for widget in (
            self._who, self._here, self._go, self._trim_word, self._less, self._trim, self._more, self._wait_word,
            self._wait, self._lock, self._drop,
        ):  # fmt: skip
            row.addWidget(widget)
        row.addStretch(1)

    def _button(self, name: str, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(f"{text}: mark {self._letter}")
        button.clicked.connect(lambda _checked: act())
        return button

    def _field(self, kind: str, says: str, step: float) -> NumberField:
        read, show = (
            (self._edits.read_trim, self._edits.show_trim)
            if kind == "trim"
            else (self._edits.read_wait, self._edits.show_wait)
        )
        field = NumberField(read, show, step=step, parent=self)
        field.setObjectName(f"{kind}{self._letter}")
        field.setAccessibleName(says)
        field.refused.connect(self._edits.refused)
        return field

    def _step(self, word: str, sign: int) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"nudge{self._letter}{word}")
        button.setAccessibleName(f"Trim mark {self._letter} {word.lower()}")
        button.setAutoRepeat(True)
        measured(button.setFixedWidth, TOUCH_PX)
        button.clicked.connect(lambda _checked: self._step_trim(sign))
        return button

    def _step_trim(self, sign: int) -> None:
        trim_m = (self._trim.value() or 0.0) + sign * self._edits.trim_step_m()
        self._edits.trimEdited.emit(self._index, 0.0 if abs(trim_m) < 1e-9 else trim_m)

    def _lock_pressed(self) -> None:
        self._edits.lockToggled.emit(self._index, self._lock.isChecked())

    def _wait_given(self, wait_s: float) -> None:
        self._edits.waitEdited.emit(self._index, None if math.isinf(wait_s) else wait_s)

    def leave(self) -> None:
        """The mark is gone: what was being typed for it is for nobody."""
        for field in (self._trim, self._wait):
            field.blockSignals(True)  # noqa: FBT003 - Qt's
        self.hide()
        self.setEnabled(False)
        self.deleteLater()

    def draw_signs(self) -> None:
        """The signs on the buttons, in the theme's colours."""
        for button, sign in ((self._lock, "lock"), (self._less, "minus"), (self._more, "plus")):
            button.setIcon(sign_icon(sign, self._size, colour("text")))

    def show_mark(self, mark: MarkView, *, inner: bool, last: bool, size_px: int) -> None:
        """Show a mark's trim, wait and lock; only an inner mark can wait, only the last go."""
        self._trim.set_format(self._edits.read_trim, self._edits.show_trim)
        self._trim.set_value(mark.trim_m)
        self._wait.set_format(self._edits.read_wait, self._edits.show_wait)
        self._wait.set_value(math.inf if mark.wait_s is None else mark.wait_s)
        self._lock.setChecked(mark.locked)
        self._lock.setText("Locked" if mark.locked else "Lock")
        self.set_size(size_px)
        self._here.setEnabled(not mark.locked)
        self._wait.setVisible(inner)
        self._wait_word.setVisible(inner)
        self._drop.setVisible(last)
        self._drop.setEnabled(not mark.locked)

    def set_size(self, size_px: int) -> None:
        """Letters and signs of this size; nothing is drawn anew where it is the same."""
        if size_px == self._size:
            return
        self._size = size_px
        self.draw_signs()
        self._who.setFont(figure_font(round(size_px * 1.2), bold=True))
        self._who.setFixedWidth(px(22))
        for field, text in ((self._trim, "+99.9 cm"), (self._wait, "hold 99.9 s")):
            field.setFont(figure_font(size_px, bold=True))
            field.setFixedWidth(round(field.fontMetrics().horizontalAdvance(text)) + px(22))


class MarkTools(QStackedWidget):
    """The rows, and in their place a word while nothing can be changed."""

    def __init__(self, edits: MarkEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tools")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._edits, self._size = edits, 15
        self._rows: list[ToolRow] = []
        self._locked_word = LockedWord(self)
        self.addWidget(self._locked_word)
        self._locked, self._chosen = False, 0

    def set_size(self, size_px: int) -> None:
        """Letters of this size."""
        self._size = size_px
        self._locked_word.set_size(size_px)
        for row in self._rows:
            row.set_size(size_px)

    def set_locked(self, why: str) -> None:
        """Lock the marks' tools, and say why; or free them."""
        if why:
            self._locked_word.say(WHILE_ARMED if why == ARMED else why)
        if bool(why) != self._locked:
            self._locked = bool(why)
            self._turn()

    def set_marks(self, marks: tuple[MarkView, ...]) -> None:
        """Show the tools of the chosen mark."""
        while len(self._rows) < len(marks):
            row = ToolRow(len(self._rows), self._edits, self)
            self.addWidget(row)
            self._rows.append(row)
        while len(self._rows) > len(marks):
            row = self._rows.pop()
            self.removeWidget(row)
            row.leave()
        for index, (row, mark) in enumerate(zip(self._rows, marks, strict=True)):
            last = index == len(marks) - 1 and len(marks) > 2
            row.show_mark(mark, inner=0 < index < len(marks) - 1, last=last, size_px=self._size)
        self._chosen = next((i for i, mark in enumerate(marks) if mark.selected), 0)
        self._turn()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours: the signs on the buttons are drawn anew."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_rows"):
            for row in self._rows:
                row.draw_signs()

    def _turn(self) -> None:
        self.setCurrentWidget(self._locked_word if self._locked or not self._rows else self._rows[self._chosen])


class LockedWord(QWidget):
    """Why there are no tools now."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words, self._size = "", 15

    def say(self, words: str) -> None:
        """Why it is."""
        self._words = words
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def set_size(self, size_px: int) -> None:
        """Letters of this size."""
        self._size = size_px
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A lock and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("edge"), 1))
        painter.setBrush(colour("panel"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        middle = self.rect().toRectF().center()
        middle.setX(20.0)
        draw_sign(painter, "lock", middle, self._size, colour("faint"))
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(self._size))
        room = self.rect().toRectF().adjusted(38, 0, -8, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, elided(self._words, room.width(), self._size))
        painter.end()

# SPDX-License-Identifier: MIT
"""A field for a distance, a time or an angle: takes sums (`6'2" + 3in`, `1s+12f`), says at once what it can't read.

The field holds text; its value changes only when Enter, a step or leaving the field gives one that can be read. While
what is typed can't be, the frame is dashed and the value in force stands beside it; given so, it is refused and gone.
A value that comes from outside is shown without being announced, so showing is never commanding.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from followfocus.errors import RequestError
from followfocus_gui.widgets.theme import set_flag

Parse = Callable[[str], float]
ShowText = Callable[[float], str]


class NumberField(QLineEdit):
    """A line that reads its text through `parse` and shows its value through `show`.

    `step` is what the wheel and the arrow keys add, a tenth of it with Shift; `check` refuses a value by RequestError.
    """

    valueEdited = Signal(float)
    refused = Signal(str)
    """Why what was typed isn't taken; empty when it isn't asked for any more"""

    def __init__(
        self,
        parse: Parse,
        show: ShowText,
        *,
        step: float,
        check: Callable[[float], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._parse, self._show, self._step, self._check = parse, show, step, check
        self._value: float | None = None
        self._beside: QLabel | None = None
        self.was_refused = False
        """The last entry couldn't be taken"""
        self._by_press = False
        """The press that is held has brought the focus"""
        self._tip = ""
        """The tip while nothing is wrong"""
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.editingFinished.connect(self._take_text)
        self.textEdited.connect(self._judge)

    def value(self) -> float | None:
        """The last value that was shown or taken."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show `value` without announcing it; leaves alone what is being typed."""
        self._value = value
        if not (self.hasFocus() and self.isModified()):
            self._restore()

    def set_format(self, parse: Parse, show: ShowText) -> None:
        """Read and show in another way (metres, feet and inches), keeping the value and what is being typed."""
        self._parse, self._show = parse, show
        self.set_value(self._value)

    def _restore(self) -> None:
        text = "" if self._value is None else self._show(self._value)
        if text != self.text():
            self.setText(text)
        self.setModified(False)
        self._mark_wrong("")

    def _mark_wrong(self, words: str) -> None:
        """Frame and tip while what is typed can't be read, and beside it the value that is in force."""
        if not words and not self.property("wrong") and self._beside is None:
            return
        if not self.property("wrong"):
            self._tip = self.toolTip()
        set_flag(self, "wrong", on=bool(words))
        self.setToolTip(words or self._tip)
        if self._beside is not None:
            self._beside.deleteLater()
            self._beside = None
        if words and self._value is not None and self.isVisible():
            self._beside = _label_above(self, f"in force: {self._show(self._value)}")

    def _read(self) -> float:
        value = self._parse(self.text())
        if self._check is not None:
            self._check(value)
        return value

    def _judge(self) -> None:
        """Colour and word while typing; nothing is taken yet."""
        try:
            self._read()
        except RequestError as error:
            self._mark_wrong(str(error))
        else:
            self._mark_wrong("")

    def _take_text(self) -> None:
        before, self.was_refused = self.was_refused, False
        if not self.isModified():
            if before:
                self.refused.emit("")
            return
        try:
            value = self._read()
        except RequestError as error:
            self.was_refused = True
            self._restore()
            self.selectAll()  # what is typed next replaces what is in force
            force = f" In force: {self._show(self._value)}." if self._value is not None else ""
            self.refused.emit(f"{error.message}{force} {error.remedy}".strip())
            return
        if before and value == self._value:
            self.refused.emit("")  # what is in force is given again: nothing is edited, and nothing refused any more
        self._give(value)

    def _give(self, value: float) -> None:
        changed = value != self._value
        self._value = value
        self._restore()
        if changed:
            self.valueEdited.emit(value)

    def step_by(self, steps: float) -> None:
        """Add `steps` steps to the value; a sum that is refused says why and changes nothing."""
        if self._value is None:
            return
        value = self._value + steps * self._step
        try:
            if self._check is not None:
                self._check(value)
        except RequestError as error:
            self.refused.emit(str(error))
            return
        self._give(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down step, Escape gives the text back."""
        fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        if event.key() == Qt.Key.Key_Up:
            self.step_by(fine)
        elif event.key() == Qt.Key.Key_Down:
            self.step_by(-fine)
        elif event.key() == Qt.Key.Key_Escape:
            self._restore()
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel steps only where the field has the focus, so that scrolling past changes nothing."""
        if not self.hasFocus():
            event.ignore()
            return
        fine = 0.1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self.step_by(fine * event.angleDelta().y() / 120.0)
        event.accept()

    def hideEvent(self, event: QHideEvent) -> None:
        """The complaint beside the field goes with it."""
        super().hideEvent(event)
        self._mark_wrong("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces: the whole text is selected."""
        super().focusInEvent(event)
        self.selectAll()
        self._by_press = event.reason() == Qt.FocusReason.MouseFocusReason

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A press that brings the focus puts the caret somewhere: `3` typed into `2 s` would make it 32 s."""
        super().mouseReleaseEvent(event)
        if self._by_press and not self.hasSelectedText():
            self.selectAll()
        self._by_press = False


def _label_above(field: QWidget, words: str) -> QLabel:
    """A word over the window, above a field or below it, that moves nothing."""
    label = QLabel(words, field.window())
    label.setObjectName("inForce")
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    label.adjustSize()
    corner = field.mapTo(field.window(), QPoint(0, -label.height() - 2))
    if corner.y() < 0:
        corner = field.mapTo(field.window(), QPoint(0, field.height() + 2))
    corner.setX(max(0, min(corner.x(), field.window().width() - label.width())))
    label.move(corner)
    label.show()
    return label

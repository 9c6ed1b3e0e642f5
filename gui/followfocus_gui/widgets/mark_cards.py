# SPDX-License-Identifier: MIT
"""The marks as cards: letter, name, distance, and from where to where each is sharp. The name elides, never a distance.

Every mark has one card and its own tools (`mark_tools.py`); the chosen one's are shown.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from followfocus_gui.state.views import MarkView
from followfocus_gui.widgets.lettering import LONGEST, fitting, width_of
from followfocus_gui.widgets.mark_edits import MarkEdits
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import colour, figure_font, set_flag

WIDE_FROM = 200
"""A card that is as wide has letter, name and distance side by side"""
LETTER_FROM, LETTER_WIDE = 160, 44
"""From this width on the letter is a button, with a finger's room beside the distance. On a narrower card it only names
the mark: who would set one of nine with a thumb sets its neighbour; the tools set the mark that is chosen.
"""
GAP, ADD_WIDE, ADD_NARROW, MOST_WIDE = 8, 110, 44, 440
MOST_MARKS = 9
USUAL = {False: "99.99 m", True: "100'11 1/2\""}
LEAST_FAR_PX = 9
"""The longest distances of a usual pull, and the letters of the farthest on nine narrow cards"""


class LetterButton(QPushButton):
    """The mark's letter on a disc: pressed, the mark is set where the ring stands."""

    def __init__(self, letter: str, parent: QWidget) -> None:
        super().__init__(letter, parent)
        self.setObjectName(f"mark{letter}")
        self.setAccessibleName(f"Set mark {letter} where the ring stands")
        self.setToolTip(self.accessibleName())
        self.setProperty("bare", 1)
        self.chosen = self.locked = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A disc; a square for a locked mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = min(self.width(), self.height(), 34) - 4.0
        box = QRectF((self.width() - edge) / 2.0, (self.height() - edge) / 2.0, edge, edge)
        tone = colour("accent" if self.chosen else "raised")
        painter.setBrush(tone.lighter(125) if self.isDown() or self.underMouse() else tone)
        painter.setPen(QPen(colour("outline"), 1))
        if self.locked:
            painter.drawRoundedRect(box, 4, 4)
        else:
            painter.drawEllipse(box)
        painter.setPen(colour("window" if self.chosen else "text"))
        painter.setFont(figure_font(max(12, round(edge * 0.55)), bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class NameField(QLineEdit):
    """A name: while nobody types in it, what doesn't fit ends in an ellipsis."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a label while nobody types, else a field."""
        if self.hasFocus():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(colour("text" if self.text() else "faint"))
        words = self.text() or self.placeholderText()
        room = self.rect().adjusted(3, 0, -2, 0)
        words = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        painter.end()


class MarkCard(QWidget):
    """One mark: letter, name, distance. A press anywhere on it chooses the mark."""

    def __init__(self, index: int, edits: MarkEdits, parent: QWidget) -> None:
        super().__init__(parent)
        self._index, self._edits = index, edits
        self._view: MarkView | None = None
        self._shown: tuple[object, ...] = ()
        self._beside: tuple[str, ...] = ()
        letter = chr(ord("A") + index)
        self._size, self._wide, self._back, self._stacked = 15, True, False, False
        self._set = LetterButton(letter, self)
        self._set.clicked.connect(lambda _checked: edits.setMark.emit(index))
        self._name = NameField(self)
        self._name.setObjectName(f"name{letter}")
        self._name.setAccessibleName(f"Name of mark {letter}")
        self._name.setPlaceholderText("who?")
        self._name.setProperty("bare", 1)
        self._name.setTextMargins(0, 0, 0, 0)
        self._name.editingFinished.connect(self._name_given)
        self._distance = NumberField(edits.read_distance, edits.show_distance, step=0.01, parent=self)
        self._distance.setObjectName(f"distance{letter}")
        self._distance.setAccessibleName(f"Distance of mark {letter}")
        self._distance.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._distance.setProperty("bare", 1)
        self._distance.valueEdited.connect(partial(edits.distanceEdited.emit, index))
        self._distance.refused.connect(edits.refused)
        self._set.setCursor(Qt.CursorShape.ArrowCursor)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        for field in (self._name, self._distance):
            field.installEventFilter(self)
            # Until it has the focus the card takes its presses: the field's own letters are no finger's room.
            field.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def _name_given(self) -> None:
        if self._name.isModified():
            self._name.setModified(False)
            self._edits.nameEdited.emit(self._index, self._name.text().strip())

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """A field of the card was taken: that chooses its mark. While it has the focus, presses in it are its own."""
        if event.type() == QEvent.Type.MouseButtonPress and self._view is not None and not self._view.selected:
            self._edits.picked.emit(self._index)
        if isinstance(watched, QLineEdit) and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            left = event.type() == QEvent.Type.FocusOut
            watched.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, left)
        return False

    def _field_at(self, at: QPointF) -> QLineEdit:
        """The field that a press is for: the distance's half of a wide card, but where the name's words stand."""
        if not self._wide:
            return self._name if at.y() < self._distance.y() else self._distance
        words = self._name.x() + width_of(self._name.text(), max(12, self._size))
        named = at.x() < self._distance.x() or (self._stacked and at.x() < words and at.y() < self._distance.y())
        return self._name if named else self._distance

    def leave(self) -> None:
        """The mark is gone: what was being typed for it is for nobody."""
        for field in (self._name, self._distance):
            field.blockSignals(True)  # noqa: FBT003 - Qt's
        self.hide()
        self.setEnabled(False)
        self.deleteLater()

    def show_mark(
        self, mark: MarkView, size_px: int, *, steps_back: bool, stacked: bool, beside: tuple[str, ...] = ()
    ) -> None:
        """Show a mark without announcing it; the same again changes nothing. `stacked`: the name has a line alone.

        `beside` are the distances of all the cards.
        """
        shown = (mark, size_px, steps_back, stacked, self._edits.imperial, beside)
        # What was typed and refused by the desk isn't in force, though nothing else has changed.
        named = self._name.isModified() or self._name.text() == mark.words
        placed = self._distance.value() == mark.distance_m and not self._distance.isModified()
        if shown == self._shown and named and placed:
            return
        self._shown, self._beside = shown, beside
        self._view, self._size, self._back, self._stacked = mark, size_px, steps_back, stacked
        if not (self._name.hasFocus() and self._name.isModified()):
            self._name.setText(mark.words)
            self._name.setCursorPosition(0)
            self._name.setToolTip(mark.words)
        self._distance.set_format(self._edits.read_distance, self._edits.show_distance)
        self._distance.set_value(mark.distance_m)
        self._set.chosen, self._set.locked = mark.selected and not steps_back, mark.locked
        self._set.setEnabled(not mark.locked)
        self._distance.setEnabled(not mark.locked)
        set_flag(self._name, "chosen", on=mark.selected)
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Letter, name and distance in a row where there is room, else the distance below."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        width, height = self.width(), self.height()
        self._wide = width >= WIDE_FROM
        self._set.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, width < LETTER_FROM)
        size = distance_px(self._edits.imperial, width, self._size)
        if self._wide:
            room = distance_room(self._edits.imperial, width, size)
            top = 4 if not self._stacked else height // 2
            self._set.setGeometry(6, 0, LETTER_WIDE, height)
            self._distance.setGeometry(width - room - 8, top, room, height - top - (1 if self._stacked else 4))
            half = height // 2 if self._stacked or self._range_px() else height
            wide = width - 60 if self._stacked else width - room - 64
            self._name.setGeometry(52, 2, max(20, wide), half - 2)
        else:
            # Nine on a narrow desk: for a mark beyond 100 m, which is none of a usual pull, all are written smaller.
            texts = (USUAL[self._edits.imperial], *self._beside)
            top, pressed = round(height * 0.48), width >= LETTER_FROM
            letter, left = (LETTER_WIDE, LETTER_WIDE) if pressed else (34, 2)
            size = fitting(texts, width - left - 12, round(self._size * 1.2), bold=True, least_px=LEAST_FAR_PX)
            self._set.setGeometry(0, 0, letter, height if pressed else top + 2)
            self._name.setGeometry(letter, 2, max(10, width - letter - 4), top)
            self._distance.setGeometry(left, top, width - left - 4, height - top - 2)
        for field, font in (
            (self._distance, figure_font(size, bold=True)), (self._name, figure_font(max(12, self._size)))
        ):  # fmt: skip
            if field.font() != font:
                field.setFont(font)

    def _range_room(self) -> float:
        """Between the letter and the distance as it is now."""
        size = distance_px(self._edits.imperial, self.width(), self._size)
        return self.width() - 72 - width_of(self._distance.text(), size, bold=True)

    def _range_px(self) -> int:
        """Letters of the range of sharpness; 0 where it has no room: never a part of it."""
        words = self._view.sharp_words if self._view is not None and self._wide else ""
        room = self._range_room()
        small = fitting((words,), int(room), max(11, self._size - 3))
        return small if words and width_of(words, small) <= room else 0

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground and frame; chosen it is tinted, with a bar at its left."""
        view = self._view
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = view is not None and view.selected
        loud = chosen and not self._back
        edge = "accent" if loud else "edge" if self._back else "outline"
        painter.setPen(QPen(colour(edge), 2 if loud else 1))
        tone = colour("sel" if loud else "panel")
        painter.setBrush(tone.lighter(115) if self.underMouse() and not chosen else tone)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        if chosen:
            painter.fillRect(QRectF(2, 8, 4, self.height() - 16), colour("accent" if loud else "outline"))
        small = self._range_px()
        if view is not None and small:
            painter.setFont(figure_font(small))
            painter.setPen(colour("faint"))
            box = QRectF(55, self.height() * 0.5, self._range_room(), self.height() * 0.44)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, view.sharp_words)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose this mark, and write in the field that is meant."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        was_chosen = self._view is not None and self._view.selected
        self._edits.picked.emit(self._index)
        field = self._field_at(event.position())
        # Of nine narrow cards a thumb may meet the wrong one: the first press only chooses.
        if field.isEnabled() and (was_chosen or self.width() >= LETTER_FROM):
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            field.setCursorPosition(field.cursorPositionAt(field.mapFrom(self, event.position().toPoint())))
            if field is self._distance:
                field.selectAll()  # typing replaces


class AddButton(QPushButton):
    """A card that is not there yet: pressed, a mark is added where the ring stands."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("addMark")
        self.setAccessibleName("Add a mark where the ring stands")
        self.setToolTip(self.accessibleName())
        self._size = 15

    def set_next(self, letter: str, size_px: int) -> None:
        """The mark it would add."""
        if size_px != self._size:
            self._size = size_px
            self.update()
        self.setText(f"add {letter}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A dashed frame with a plus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("outline"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(colour("raised") if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        tone = colour("text" if self.isEnabled() else "faint")
        words = self.text() if self.width() >= ADD_WIDE - 10 else ""
        wide = width_of(words, self._size) if words else -10.0
        centre = QPointF(self.rect().center())
        draw_sign(painter, "plus", QPointF(centre.x() - wide / 2.0 - 5, centre.y()), self._size * 0.85, tone)
        painter.setPen(tone)
        painter.setFont(figure_font(self._size))
        box = QRectF(centre.x() - wide / 2.0 + 8, 0, wide + 20, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


def distance_px(imperial: bool, width: int, size_px: int) -> int:
    """Letters of the distance on a wide card, by the longest that there is: no card's change with what is on it."""
    return fitting(LONGEST[imperial], round(width * 0.46), round(size_px * 1.45), bold=True)


def distance_room(imperial: bool, width: int, size_px: int) -> int:
    """The room of a distance in letters of this size."""
    return min(round(max(width_of(text, size_px, bold=True) for text in LONGEST[imperial])) + 14, width // 2 + 8)


class MarkStrip(QWidget):
    """All marks of the pull as cards, and the card that adds one."""

    toolsWanted = Signal()
    """The tools of the chosen mark, where they have no row of their own"""

    def __init__(self, edits: MarkEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("marks")
        self._edits, self._size, self._shares, self._locked = edits, 15, False, False
        self._cards: list[MarkCard] = []
        self._marks: tuple[MarkView, ...] = ()
        self._add = AddButton(self)
        self._add.clicked.connect(lambda _checked: edits.addRequested.emit())
        self._tools = QPushButton("", self)
        self._tools.setObjectName("markTools")
        self._tools.setCheckable(True)
        self._tools.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tools.clicked.connect(lambda _checked: self.toolsWanted.emit())

    def set_form(self, size_px: int, *, shares_row: bool) -> None:
        """Letters of this size; `shares_row`: the tools are shown on demand, in the row of time and ease."""
        self._size, self._shares = size_px, shares_row
        self._show()

    def set_tools_open(self, is_open: bool) -> None:
        """Show the tools as open, or as folded."""
        self._tools.setChecked(is_open)

    def set_locked(self, why: str) -> None:
        """Lights down: nothing can be added or changed now, and the chosen mark steps back."""
        if bool(why) != self._locked:
            self._locked = bool(why)
            self._show()

    def set_marks(self, marks: tuple[MarkView, ...]) -> None:
        """Show the marks; cards are made and dropped as their number changes."""
        while len(self._cards) < len(marks):
            card = MarkCard(len(self._cards), self._edits, self)
            card.show()
            self._cards.append(card)
        while len(self._cards) > len(marks):
            self._cards.pop().leave()
        self._marks = marks
        self._show()

    def _show(self) -> None:
        self._arrange()
        stacked, beside = self._stacks(), tuple(self._edits.show_distance(mark.distance_m) for mark in self._marks)
        for card, mark in zip(self._cards, self._marks, strict=True):
            card.show_mark(mark, self._size, steps_back=self._locked, stacked=stacked, beside=beside)
        count = len(self._marks)
        self._add.set_next(chr(ord("A") + count), self._size)
        chosen = next((mark.letter for mark in self._marks if mark.selected), "A")
        self._tools.setText(f"Tools for {chosen}")
        self._tools.setAccessibleName(f"Tools for mark {chosen}")
        self._tools.setVisible(self._shares and not self._locked)
        self._add.setVisible(count < MOST_MARKS and not self._locked)

    def _stacks(self) -> bool:
        """A name that is too long to stand beside its distance: then all have a line of their own."""
        width = min((card.width() for card in self._cards), default=0)
        size = distance_px(self._edits.imperial, width, self._size)
        room = width - distance_room(self._edits.imperial, width, size) - 72
        return any(width_of(mark.words, max(12, self._size)) > room for mark in self._marks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The cards share the row."""
        super().resizeEvent(event)
        self._show()

    def _arrange(self) -> None:
        count, height, right = len(self._marks), self.height(), self.width()
        if not count:
            return
        if self._shares:
            wide = round(width_of("Tools for A", self._size)) + 24
            self._tools.setGeometry(right - wide, 0, wide, height)
            right -= wide + GAP
        add = 0 if count >= MOST_MARKS else (ADD_WIDE if count < 4 else ADD_NARROW)
        room = right - (add + GAP if add else 0)
        # The chosen one gets a little more, for its name.
        each = min((room - (count - 1) * GAP) / count, MOST_WIDE if self._size > 18 else MOST_WIDE * 0.68)
        x = 0.0
        for card in self._cards:
            card.setGeometry(QRect(round(x), 0, round(x + each) - round(x), height))
            x += each + GAP
        self._add.setGeometry(round(x), 0, add, height)

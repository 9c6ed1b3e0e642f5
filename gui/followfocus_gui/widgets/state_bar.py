# SPDX-License-Identifier: MIT
"""The state line: sign and word on the left, one sentence, and on the right what mends it. Its place never changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from followfocus.stage.stateline import Mend, Sign, StateLine
from followfocus.units import parse_distance
from followfocus_gui.state.loudness import WORDS, Tone, tone_of
from followfocus_gui.widgets.lettering import (
    LEAST_PX,
    LONGEST,
    PADDING_PX,
    in_box,
    longest,
    metrics,
    most_rows,
    shortened,
    width_of,
)
from followfocus_gui.widgets.number_field import NumberField, Parse, ShowText
from followfocus_gui.widgets.scale import letters, px
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import colour, figure_font

PLACE_HINT = "distance …"
EMPTY = StateLine("NO UNIT", Sign.STRUCK, "")


class StateBar(QWidget):
    """One line about how things stand, and the one button that mends it."""

    clearFault = Signal()
    positionSaid = Signal(float)
    """The distance at which someone says that the ring stands, metres"""
    calibrate = Signal()
    findUnit = Signal()
    done = Signal()
    """The open screen may close"""
    offered = Signal()
    """The offer beside a sentence was taken"""
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAccessibleName("How things stand")
        self._line, self._offer = EMPTY, ""
        self._details: Callable[[], str] | None = None
        self._aside = ""
        self._word_px, self._text_px = 18, 15
        self._leave = self._brief = ""
        self._names: tuple[str, ...] = ()
        self._position = NumberField(parse_distance, lambda metres: f"{metres:g} m", step=0.1, parent=self)
        self._position.setObjectName("positionNow")
        self._position.setAccessibleName("Distance at which the ring stands now")
        self._position.setPlaceholderText(PLACE_HINT)
        self._position.valueEdited.connect(self._say_position)
        self._position.refused.connect(self.refused)
        self._calibrate = self._button("calibrateNow", "Calibrate", self.calibrate.emit)
        self._clear = self._button("clearFault", "Clear", self.clearFault.emit)
        self._find = self._button("findUnit", "Find unit", self.findUnit.emit)
        self._take = self._button("takeOffer", "", self.offered.emit)
        self._copy = self._button("copyDetails", "Details", self._copy_details)
        self._copy.setToolTip("Copy the sentence with all its figures")
        self._done = self._button("screenDone", "Done", self.done.emit)
        self._at_right = (self._done, self._copy, self._take, self._find, self._clear, self._calibrate, self._position)
        self._arrange()

    def _button(self, name: str, text: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _checked: action())
        return button

    def place_field(self) -> NumberField | None:
        """The field that asks where the ring stands; None while nobody need say it."""
        return self._position if self._position.isVisible() else None

    def set_format(self, parse: Parse, show: ShowText) -> None:
        """Read the place of the ring, and show it, in metres or in feet and inches."""
        self._position.set_format(parse, show)

    # What is shown ------------------------------------------------------------------------------------------------

    @property
    def line(self) -> StateLine:
        """The state line that is shown."""
        return self._line

    def text(self) -> str:
        """The sentence."""
        return self._line.words

    def aside(self) -> str:
        """The words at its right."""
        return self._aside

    def show_line(
        self,
        line: StateLine,
        *,
        details: Callable[[], str] | None = None,
        offer: str = "",
        leave: str = "",
        brief: str = "",
        names: tuple[str, ...] = (),
    ) -> None:
        """Show how things stand. `details` tells, whenever it is asked, what "Details" copies; `offer` is the one thing
        that mends it, `leave` what closes the open screen, empty without one; `brief` stands in for a sentence that has
        no room, and in one that has little its `names` give way.
        """
        self._brief, self._names, self._details = brief, names, details
        if "\n" in f"{line.words}{line.aside}":  # what mends a file stands in a line of its own: here there is one
            line = dataclasses.replace(line, words=" ".join(line.words.split()), aside=" ".join(line.aside.split()))
        if (line, offer, leave) == (self._line, self._offer, self._leave):
            return
        if line.mend is not Mend.PLACE and self._line.mend is Mend.PLACE:
            self._position.set_value(None)
        self._line, self._offer, self._leave = line, offer, leave
        self._aside = line.aside.strip()
        self.setToolTip(self._whole())
        self.setAccessibleDescription(self._whole())
        self._arrange()

    def set_aside(self, text: str) -> None:
        """Something else beside the sentence, as often as a take runs on."""
        if text != self._aside:
            self._aside = text
            self.update()

    def set_sizes(self, word_px: int, text_px: int) -> None:
        """Letters of these sizes."""
        self._word_px, self._text_px = word_px, text_px
        self._arrange()

    def _arrange(self) -> None:
        mend = self._line.mend
        self._clear.setVisible(mend is Mend.CLEAR)
        self._position.setVisible(mend is Mend.PLACE)
        self._calibrate.setVisible(mend is Mend.PLACE and not self._leave)
        self._find.setVisible(mend is Mend.FIND and not self._leave)
        self._done.setText(self._leave)
        self._done.setAccessibleName(self._leave or "Done")
        self._done.setVisible(bool(self._leave))
        self._take.setText(self._offer)
        self._take.setAccessibleName(self._offer or "What mends it")
        self._take.setVisible(bool(self._offer))
        self._copy.setText("Details")
        self._copy.setVisible(self._line.trouble and self._details is not None and mend is Mend.NONE)
        right = self.width()
        for widget in self._at_right:
            if not widget.isHidden():
                wide = _wide(widget)
                right -= wide
                widget.setGeometry(right, 0, wide, self.height())
                right -= 8
        self._right = right
        self.update()

    def _say_position(self, distance_m: float) -> None:
        """Said once: the same distance can be said again after the next reset."""
        self._position.set_value(None)
        self.positionSaid.emit(distance_m)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._with_details(self._line.words))
        self._copy.setText("Copied")

    def _with_details(self, words: str) -> str:
        """The words, and what there is to tell of them at this moment."""
        return words if self._details is None else f"{words}\n\n{self._details()}"

    def event(self, event: QEvent) -> bool:
        """A tip is made when it is asked for: what it tells would be old by then."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self._with_details(self._whole()))
        return super().event(event)

    def _whole(self) -> str:
        return f"{self._line.word}: {self._line.words} {self._line.aside}".strip()

    # Drawing ------------------------------------------------------------------------------------------------------

    def chip_width(self) -> int:
        """How wide the state's word stands: the longest word's, in every state."""
        return round(longest(WORDS, self._word_px, bold=True) + self._word_px * 0.75 + 44)

    def shown(self) -> str:
        """As much of the sentence as there is room for."""
        return " ".join(self._rows()[0]).removesuffix(self.below()).rstrip()

    def _rows(self) -> tuple[tuple[str, ...], int]:
        """The sentence on one line; smaller and on as many as there is height for where that hasn't the room.

        What stands beside it goes below it where it is a sentence too. And the size of the letters.
        """
        words, room, size = self._line.words, self.words_room(), self._text_px
        if self._brief and width_of(words, size) > room:
            words = self._brief
        below = self.below()
        if not below and (width_of(words, size) <= room or most_rows(self.height(), self._small_px()) == 1):
            return (shortened(words, self._names, room, metrics(size)),), size
        # Two sentences stand better each on its line than in larger letters.
        size = self._small_px() if below else size
        return in_box(filter(None, (words, below)), room, self.height(), size, self._names)

    def _small_px(self) -> int:
        return max(LEAST_PX, round(self._text_px * 0.8))

    def below(self) -> str:
        """The words beside the sentence, where they are one themselves and have their room only below the first."""
        whole = max(0.0, self._right - self.chip_width() - 14)
        beside = not self._aside.endswith(".") or self.words_room() < whole
        return "" if beside or most_rows(self.height(), self._small_px()) == 1 else self._aside

    def words_room(self) -> float:
        """How much room the sentence has: where both don't fit, what stands beside it goes."""
        whole = max(0.0, self._right - self.chip_width() - 14)
        aside = width_of(self._aside, self._text_px - 1) + 20 if self._aside else 0.0
        fits = width_of(self._line.words, self._text_px) + aside <= whole
        return whole - aside if fits else whole

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame, chip with sign and word, sentence, aside."""
        tone, chip = tone_of(self._line.word), self.chip_width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The line's frame ends before the button that mends things.
        _draw_frame(painter, tone, QRectF(0, 0, self._right, self.height()), chip)
        middle, sign = self.height() / 2.0, self._word_px * 0.95
        draw_sign(painter, self._line.sign.value, QPointF(16 + sign / 2.0, middle), sign, colour(tone.ink))
        painter.setPen(colour(tone.ink))
        painter.setFont(figure_font(self._word_px, bold=True))
        left = 16 + sign + 10
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 0, chip - left, self.height()), flags, self._line.word)
        self._write_words(painter, chip)
        painter.end()

    def _write_words(self, painter: QPainter, chip: int) -> None:
        room = self.words_room()
        painter.setPen(colour("warn" if self._line.trouble else "text"))
        rows, size = self._rows()
        painter.setFont(figure_font(size))
        flags, high = Qt.AlignmentFlag.AlignVCenter, min(metrics(size).height(), self.height() / len(rows))
        top = (self.height() - high * len(rows)) / 2.0
        for number, words in enumerate(rows):
            painter.drawText(QRectF(chip + 14, top + number * high, room, high), flags, words)
        start = chip + 14 + room
        if self._aside and not self.below() and start + 10 < self._right:
            painter.setPen(colour("faint"))
            painter.setFont(figure_font(self._text_px - 1))
            box = QRectF(start, 0, self._right - start - 10, self.height())
            painter.drawText(box, flags | Qt.AlignmentFlag.AlignRight, self._aside)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button that mends things keeps to the right."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def _draw_frame(painter: QPainter, tone: Tone, line: QRectF, chip: int) -> None:
    """The frame of the line, and the ground that the state's word stands on."""
    loud = tone.ground != "raised"
    painter.setPen(QPen(colour(tone.frame), 2 if loud else 1))
    painter.setBrush(colour("shade"))
    painter.drawRoundedRect(line.adjusted(1, 1, -1, -1), 8, 8)
    painter.setPen(QPen(colour(tone.frame if loud else "outline"), 1))
    painter.setBrush(colour(tone.ground))
    painter.drawRoundedRect(QRectF(0.5, 0.5, chip - 1, line.height() - 1), 8, 8)


def _wide(widget: QWidget) -> int:
    """Room for a button's words, or for the longest distance."""
    if isinstance(widget, QPushButton):
        return round(width_of(widget.text(), letters(15))) + px(32)
    return round(longest((*LONGEST[False], *LONGEST[True], PLACE_HINT), letters(13))) + px(PADDING_PX)

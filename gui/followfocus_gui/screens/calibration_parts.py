# SPDX-License-Identifier: MIT
"""The parts of the calibration's screen: its three steps on top, and beside the ring what to do and what is known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus_gui.state.calibrating import PAGES, Calibrating, CalibrationPage, Fact
from followfocus_gui.widgets.jog_row import JogRow
from followfocus_gui.widgets.lettering import paint_text, width_of
from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.parts import Words, button, line
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import TOUCH_PX, colour, figure_font

NAMES = {CalibrationPage.FAR: "Far stop", CalibrationPage.CLOSE: "Close stop", CalibrationPage.PLAY: "Check the play"}
FACT_SIGNS = {True: ("tick", "good"), False: ("triangle", "warn"), None: ("ring", "faint")}
CARD_PX, LOW_CARD_PX = 58, 38
MOST_NOTE = 120
"""Letters of a note."""


class StepCards(QWidget):
    """The three steps: which are done, and which is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("calibrationSteps")
        self.set_low(low=False)
        self._now: Calibrating | None = None

    def set_low(self, *, low: bool) -> None:
        """Two lines a card, or one."""
        self._low = low
        measured(self.setFixedHeight, LOW_CARD_PX if low else CARD_PX)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(800, self.height())

    def show_it(self, now: Calibrating) -> None:
        """Mark the step that is now."""
        self._now = now
        number = min(PAGES.index(now.page) + 1, 3)
        self.setAccessibleName(f"Step {number} of 3: {NAMES.get(now.page, 'keep it')}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Three cards."""
        if self._now is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (self.width() - 24) / 3
        for number, page in enumerate(NAMES):
            self._card(painter, QRectF(number * (wide + 12) + 1, 1, wide - 2, self.height() - 2), number, page)
        painter.end()

    def _card(self, painter: QPainter, box: QRectF, number: int, page: CalibrationPage) -> None:
        assert self._now is not None
        done, here = PAGES.index(page) < PAGES.index(self._now.page), page is self._now.page
        painter.setPen(QPen(colour("accent" if here else "edge"), 2.0 if here else 1.0))
        painter.setBrush(colour("sel" if here else "window"))
        painter.drawRoundedRect(box, 7, 7)
        half = min(px(17), box.height() / 2 - 4)
        disc = QRectF(box.left() + px(15), box.center().y() - half, 2 * half, 2 * half)
        painter.setPen(QPen(colour("good" if done else "accent" if here else "faint"), 1.8))
        painter.setBrush(colour("accent") if here else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc)
        if done:
            draw_list_sign(painter, "tick", disc.adjusted(px(8), px(8), -px(8), -px(8)), colour("good"))
        else:
            painter.setPen(colour("window" if here else "faint"))
            painter.setFont(figure_font(letters(16), bold=True))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(number + 1))
        name = QRectF(box.left() + px(62), box.top(), box.width() - px(70), box.height())
        below = name.adjusted(0, box.height() * 0.48, 0, -3)
        if not self._low:
            name.adjust(0, 3, 0, -box.height() * 0.45)
        else:  # beside the name
            below = name.adjusted(width_of(NAMES[page], letters(16), bold=True) + px(12), 0, 0, 0)
        paint_text(painter, name, NAMES[page], "text", 16, bold=here)
        paint_text(painter, below, self._now.stage_words(page), "good" if done else "faint", 13)


class WordsColumn(QWidget):
    """The next thing to do, the arrows, the facts so far, and the buttons."""

    backAsked = Signal()
    cancelAsked = Signal()
    goAsked = Signal()
    otherAsked = Signal()

    def __init__(self, serial: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low = False
        self._column = column = QVBoxLayout(self)
        measured(column.setContentsMargins, 0, 6, 0, 0)
        self._title, self._help = Words("", self, px=20, bold=True), Words("", self, px=14)
        self._title.setObjectName("calibrationStep")
        self._help.setObjectName("calibrationWords")
        for each in (self._title, self._help):
            each.setWordWrap(True)
            column.addWidget(each)
        self._trouble = Words("", self, px=14, bold=True, tone="warn")
        self._trouble.setObjectName("calibrationTrouble")
        self._trouble.setWordWrap(True)
        column.addWidget(self._trouble)
        self.jogs = JogRow(self)
        column.addWidget(self.jogs)
        hint = "serial number, if it has one"
        self.serial = line(self, "calibrationSerial", "Serial number of the lens", serial, hint)
        self.serial.returnPressed.connect(self.goAsked)
        hint = "what it may depend on: 12 °C, night, with the 1.4 extender"
        self.note = line(self, "calibrationNote", "Note of the calibration, such as the temperature", "", hint)
        self.note.setMaxLength(MOST_NOTE)
        self.note.returnPressed.connect(self.goAsked)
        self._fields = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._fields.addWidget(self.serial, 2)
        self._fields.addWidget(self.note, 3)
        column.addLayout(self._fields)
        column.addLayout(self._facts_grid())
        column.addStretch(1)
        column.addLayout(self._buttons())

    def _facts_grid(self) -> QGridLayout:
        self._grid = grid = QGridLayout()
        grid.setColumnStretch(2, 1)
        measured(grid.setHorizontalSpacing, 12)
        self._facts = []
        for row in range(4):
            sign, name, words = FactSign(self), Words("", self, tone="faint"), Words("", self, elides=True)
            words.setObjectName(f"calibrationFact{row}")
            for place, widget in enumerate((sign, name, words)):
                grid.addWidget(widget, row, place)
            self._facts.append((sign, name, words))
        return grid

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        measured(row.setSpacing, 8)
        self._back = button(self, "calibrationBack", "Back", "The step before", self.backAsked.emit)
        self._cancel = button(
            self, "calibrationCancel", "Cancel", "Leave everything as it was before", self.cancelAsked.emit
        )
        self._other = button(self, "calibrationMore", "", "", self.otherAsked.emit)
        self.go = button(self, "calibrationNext", "", "Go on", self.goAsked.emit, weight="main")
        measured(self.go.setMinimumHeight, 56)
        for each, share in ((self._back, 1), (self._cancel, 1), (self._other, 2), (self.go, 4)):
            row.addWidget(each, share)
        return row

    def set_low(self, *, low: bool) -> None:
        """Everything lower: the fields side by side, and of help and trouble only the one that is needed."""
        self._low = low
        measured(self._column.setSpacing, 3 if low else 8)
        measured(self._grid.setVerticalSpacing, 0 if low else 6)
        self._fields.setDirection(QBoxLayout.Direction.LeftToRight if low else QBoxLayout.Direction.TopToBottom)
        self.jogs.set_low(low=low)
        measured(self.go.setMinimumHeight, TOUCH_PX if low else 56)
        self._show_help()

    def _show_help(self) -> None:
        self._help.setVisible(not (self._low and self._trouble.text()))

    def show_it(self, now: Calibrating, *, busy: bool, trouble: str = "") -> None:
        """Show a step."""
        self._title.setText(now.title())
        self._help.setText(now.help())
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self._show_help()
        self.jogs.setVisible(now.page in (CalibrationPage.FAR, CalibrationPage.CLOSE))
        for field in (self.serial, self.note):
            field.setVisible(now.page is CalibrationPage.KEEP)
        self.go.setText("One moment …" if busy else now.go_words())
        self.go.setEnabled(not busy)
        self._back.setEnabled(not busy and now.page is not CalibrationPage.FAR)
        other = self._other_words(now)
        self._other.setText(other)
        self._other.setAccessibleName(other)
        self._other.setVisible(bool(other))
        self._other.setEnabled(not busy)

    @staticmethod
    def _other_words(now: Calibrating) -> str:
        if now.page is CalibrationPage.PLAY:
            return "← a little"
        differs = now.gear is not None and not now.gear.fits
        if now.page is CalibrationPage.KEEP and differs:
            return "Use the gear found" if now.as_set else "Keep the gear as set"
        return ""

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show the facts so far: a sign, a name, words."""
        for (sign, name, words), fact in zip(self._facts, facts, strict=True):
            sign.show_it(*FACT_SIGNS[fact.right])
            name.setText(fact.what)
            words.setText(fact.words)


class FactSign(QWidget):
    """A sign of the height of a line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        measured(self.setFixedSize, 20, 22)
        self._shown = ("tick", "good")

    def show_it(self, name: str, tone: str) -> None:
        """Another sign."""
        if (name, tone) != self._shown:
            self._shown = (name, tone)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign."""
        painter = QPainter(self)
        draw_list_sign(painter, self._shown[0], QRectF(px(2), px(3), px(15), px(15)), colour(self._shown[1]))
        painter.end()

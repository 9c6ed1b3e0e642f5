# SPDX-License-Identifier: MIT
"""All eases, each drawn as the ring's speed over this pull, with what it does to it in figures; stop and lead below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from followfocus.units import parse_duration, parse_stop
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.state.conditions import conditions_of
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.ease_facts import EaseFacts
from followfocus_gui.state.ease_names import MY_OWN
from followfocus_gui.widgets import lettering
from followfocus_gui.widgets.ease_buttons import key_of
from followfocus_gui.widgets.ease_icons import draw_ease
from followfocus_gui.widgets.lettering import fitting, paint_text, width_of
from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.number_field import NumberField
from followfocus_gui.widgets.parts import PanelBox, Words, button, line
from followfocus_gui.widgets.pull_editor import show_stop
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import BODY_PX, HINT_PX, colour, figure_font, written

COLUMNS = 4
FIGURES_PX = 11.5
SMALL_PX, LEAST_CURVE = 290, 20
OWN = "My own, by its handles"
HINT = "Drawn as the ring's speed, for there they differ."


def fullest(wordings: Sequence[str], room: float) -> str:
    """The first of the wordings that has room in the least letters; the last of them where none has."""
    return next((words for words in wordings if width_of(words, HINT_PX) <= room), wordings[-1])


class EaseCard(QPushButton):
    """An ease, large: its name, peak, picture, what it does, and its figures."""

    def __init__(self, facts: EaseFacts, parent: QWidget) -> None:
        super().__init__(parent)
        self.facts = facts
        self.setObjectName(f"card_{key_of(facts.ease)}")
        self.setAccessibleName(f"{facts.ease.name}: {facts.ease.words}. {facts.words}")
        self.setToolTip(f"{facts.ease.easing}: {facts.words}   {facts.peak}".strip())
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setProperty("weight", "choice")
        measured(self.setMinimumSize, 190, 130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """A quarter of the screen."""
        return QSize(300, 190)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The card."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(px(13), px(8), -px(11), -px(8))
        facts = self.facts
        tone = "text" if facts.feasible else "warn"
        top = QRectF(box.left(), box.top(), box.width(), letters(23))
        small = facts.least if self._small() else facts.peak
        self._write_name(painter, top, small)
        paint_text(painter, top, small, "faint" if facts.feasible else "warn", 14, flags=Qt.AlignmentFlag.AlignRight)
        draw_ease(
            painter, facts.ease.easing, self.picture(box), colour("accent" if self.isChecked() else "text"), width=2.6
        )
        paint_text(
            painter,
            QRectF(box.left(), box.bottom() - letters(39), box.width(), letters(19)),
            facts.ease.words,
            "text",
            13,
        )
        figures = facts.edges if self._small() else facts.words
        foot = QRectF(box.left(), box.bottom() - letters(19), box.width(), letters(19))
        if not facts.feasible:
            at = foot.left() if self._small() else box.right() - width_of(small, letters(14)) - px(22)
            sign = QRectF(at, (foot if self._small() else top).center().y() - px(7), px(14), px(14))
            draw_list_sign(painter, "triangle", sign, colour("warn"))
            foot.adjust(px(17) if self._small() else 0, 0, 0, 0)
        if width_of(figures, letters(FIGURES_PX)) > foot.width():
            figures = fullest(facts.narrow_edges, foot.width())
        size = fitting((figures,), int(foot.width()), letters(FIGURES_PX))
        painter.setFont(figure_font(size))
        painter.setPen(colour(tone))
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, lettering.elided(figures, foot.width(), size))
        painter.end()

    @staticmethod
    def picture(box: QRectF) -> QRectF:
        """Where the ease is drawn: below its name; on a low card between name and figure, and never on words."""
        room = QRectF(box.left(), box.top() + letters(28), box.width(), box.height() - letters(70))
        if room.height() >= letters(LEAST_CURVE):
            return room
        return QRectF(box.left() + box.width() * 0.38, box.top(), box.width() * 0.28, letters(23))

    def _write_name(self, painter: QPainter, top: QRectF, beside: str) -> None:
        """The ease's name, in smaller letters where the figure beside it is long."""
        room = top.width() - width_of(beside, letters(14)) - px(8) - (0 if self.facts.feasible else px(22))
        painter.setFont(figure_font(fitting((self.facts.ease.name,), int(room), letters(17), bold=True), bold=True))
        painter.setPen(colour("text"))
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, self.facts.ease.name)

    def _small(self) -> bool:
        """A card too narrow for all its figures has the least time in the place of the peak, which is in the tip."""
        room = self.width() - px(24)
        return self.width() < letters(SMALL_PX) / 1.15 or width_of(self.facts.words, letters(FIGURES_PX)) > room


class EaseScreen(Screen):
    """The eases; choosing one takes it and goes back to the desk."""

    easingChosen = Signal(str)
    stopChanged = Signal(float)
    leadChanged = Signal(float)
    conditionGiven = Signal(str, str)
    """A condition of the shot by its name (format, focal, off), and what was written"""

    def __init__(self, desk: Desk, facts: Sequence[EaseFacts], parent: QWidget | None = None) -> None:
        super().__init__("easeScreen", "Eases are open", HINT, parent)
        self._fps = desk.show.fps
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        measured(column.setSpacing, 8)
        grid = QGridLayout()
        measured(grid.setSpacing, 8)
        self._grid, self.cards = grid, [EaseCard(each, self) for each in facts]
        for number, card in enumerate(self.cards):
            card.setChecked(card.facts.ease.easing == desk.pull.easing)
            card.clicked.connect(lambda _checked, e=card.facts.ease.easing: self._choose(e))
            grid.addWidget(card, number // COLUMNS, number % COLUMNS)
        column.addLayout(grid, 1)
        column.addWidget(self._foot(desk))

    def _foot(self, desk: Desk) -> PanelBox:
        panel = PanelBox(self)
        panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(panel)
        measured(row.setContentsMargins, 16, 8, 16, 8)
        measured(row.setSpacing, 12)
        stop = NumberField(parse_stop, show_stop, step=0.1, parent=panel)
        lead = NumberField(self._read_lead, lambda lead_s: f"{lead_s:g} s", step=0.1, parent=panel)
        self._add_number(row, stop, ("Stop", "Stop of the lens"), self.stopChanged, lambda: desk.pull.t_stop)
        self._add_number(row, lead, ("Lead", "Lead before the start"), self.leadChanged, lambda: desk.cue.lead_s)
        for name, words, told in conditions_of(desk):
            given = line(panel, f"ease{name.title()}", words, told)
            measured(given.setMaximumWidth, 150)
            given.setCursorPosition(0)
            given.editingFinished.connect(partial(self._condition, desk, name, given))
            row.addWidget(Words(words, panel, tone="faint"))
            row.addWidget(given)
        row.addStretch(1)
        self._own = button(panel, "easeOwn", OWN, "Draw an ease on the curve", lambda: self._choose(MY_OWN.easing))
        row.addWidget(self._own)
        return panel

    def _add_number(
        self,
        row: QHBoxLayout,
        field: NumberField,
        named: tuple[str, str],
        changed: SignalInstance,
        in_force: Callable[[], float],
    ) -> None:
        """A stop or a lead, by its words and its accessible name."""
        words, says = named
        field.set_value(in_force())
        field.setObjectName(f"ease{words}")
        field.setAccessibleName(says)
        written(field, BODY_PX + 2)
        measured(field.setMaximumWidth, 130)
        field.refused.connect(lambda refusal: self.say(refusal or HINT))
        field.valueEdited.connect(partial(self._give, field, changed, in_force))
        row.addWidget(Words(words, row.parentWidget(), tone="faint"))
        row.addWidget(field)

    def fit(self, room: Room) -> None:
        """Four beside each other, or two on an upright screen."""
        columns = 2 if room.upright else COLUMNS
        self._own.setText("My own" if room.upright else OWN)
        for number, card in enumerate(self.cards):
            self._grid.addWidget(card, number // columns, number % columns)

    def first_field(self) -> QWidget | None:
        """The ease of the pull."""
        return next((card for card in self.cards if card.isChecked()), self.cards[0])

    def _choose(self, easing: str) -> None:
        self.easingChosen.emit(easing)
        QTimer.singleShot(0, self.close)

    def _read_lead(self, text: str) -> float:
        return parse_duration(text.strip() or "0", self._fps)

    def _give(self, field: NumberField, changed: SignalInstance, in_force: Callable[[], float], value: float) -> None:
        """Announce a stop or a lead, and show what is in force then; what was refused before is over."""
        self.say(HINT)
        changed.emit(value)
        field.set_value(in_force())

    def _condition(self, desk: Desk, name: str, given: QLineEdit) -> None:
        """Announce a condition as it was written; what stands in the field then is in force."""
        if not given.isModified():
            return
        given.setModified(False)
        self.say(HINT)
        self.conditionGiven.emit(name, given.text())
        given.setText(next(told for what, _, told in conditions_of(desk) if what == name))
        given.setCursorPosition(0)

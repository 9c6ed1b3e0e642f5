# SPDX-License-Identifier: MIT
"""Duration, register and easing of a pull: one row of controls, each showing what it will do."""

from __future__ import annotations

import math
from fractions import Fraction

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from followfocus.errors import RequestError
from followfocus.motion.pull import REGISTERS
from followfocus.units import parse_duration, parse_stop
from followfocus_gui.widgets.ease_buttons import EaseRow
from followfocus_gui.widgets.lettering import PADDING_PX, width_of
from followfocus_gui.widgets.number_field import NumberField, Parse, ShowText
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import set_flag, written

NARROW_PX, WIDE_PX = 840, 1160
"""Below the first everything is closer; from the second on there is room for stop, lead and the fastest time too"""
LEAST_TIME = 9
"""The letters of the longest time, an hour to a millisecond, on the narrowest desk"""


class PullEditor(QWidget):
    """The editor of everything between the marks: time, easing, stop, lead."""

    durationChanged = Signal(float)
    registerChosen = Signal(str)
    easingChosen = Signal(str)
    fastestRequested = Signal()
    leadChanged = Signal(float)
    easesAsked = Signal()
    """All eases are to be seen"""
    stopChanged = Signal(float)
    """The lens's T-stop"""
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fps, self._most = Fraction(24), 16
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        measured(layout.setSpacing, 6)
        self._duration = self._duration_field()
        layout.addWidget(self._duration)
        self._registers = QButtonGroup(self)
        self._registers.setExclusive(False)
        for name, duration_s in REGISTERS.items():
            layout.addWidget(self._register_button(name, duration_s))
        self._fastest = self._plain_button("fastest", "Fastest", self.fastestRequested)
        layout.addWidget(self._fastest)
        layout.addSpacing(8)
        self._row = EaseRow(self)
        self._row.easingChosen.connect(self.easingChosen)
        self._row.moreAsked.connect(self.easesAsked)
        layout.addWidget(self._row)
        layout.addStretch(1)
        self._stop = self._small_field("tStop", "Stop of the lens", parse_stop, show_stop, self.stopChanged)
        self._lead = self._small_field("lead", "Lead before the start", self._read_lead, _show_lead, self.leadChanged)
        layout.addWidget(self._stop)
        layout.addWidget(self._lead)

    def _duration_field(self) -> NumberField:
        field = NumberField(self._read_duration, self._show_duration, step=0.1, check=_check_duration, parent=self)
        field.setObjectName("durationS")
        field.setAccessibleName("Duration of the pull")
        field.setToolTip(
            "How long the ring turns in all. Of several legs each has its share by travel; holds come on top"
        )
        field.setPlaceholderText("2 s")
        measured(field.setFixedWidth, 110)
        field.valueEdited.connect(self.durationChanged)
        field.refused.connect(self.refused)
        return field

    def _small_field(self, name: str, says: str, parse: Parse, show: ShowText, signal: SignalInstance) -> NumberField:
        field = NumberField(parse, show, step=0.1, parent=self)
        field.setObjectName(name)
        field.setAccessibleName(says)
        field.setToolTip(says)
        measured(field.setFixedWidth, 104)
        field.valueEdited.connect(signal)
        field.refused.connect(self.refused)
        return field

    def _read_lead(self, text: str) -> float:
        tidy = text.lower().removeprefix("lead").strip()
        return parse_duration(tidy or "0", self._fps)

    def _read_duration(self, text: str) -> float:
        return parse_duration(text, self._fps)

    @staticmethod
    def _show_duration(value: float) -> str:
        return f"{value:.3f}".rstrip("0").rstrip(".") + " s"

    def _register_button(self, name: str, duration_s: float) -> QPushButton:
        button = QPushButton(f"{name}\n{duration_s:g} s", self)
        button.setObjectName(f"register_{name}")
        button.setAccessibleName(f"{name}: {duration_s:g} s")
        button.setToolTip(button.accessibleName())
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)  # its words are never cut
        button.clicked.connect(lambda _checked, word=name: self.registerChosen.emit(word))
        self._registers.addButton(button)
        button.setProperty("duration_s", duration_s)
        return button

    def _plain_button(self, name: str, text: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.clicked.connect(lambda _checked: signal.emit())
        return button

    def repaint_icons(self) -> None:
        """Draw the eases in the colours of the theme."""
        self._row.update()

    # Showing -----------------------------------------------------------------------------------------------------

    def set_fps(self, fps: Fraction) -> None:
        """Frames in the duration field (`1s+12f`) are of this rate."""
        self._fps = fps

    def set_compact(self, compact: bool) -> None:
        """On a small screen the duration is smaller; else it is for arm's length."""
        self._most = 15 if compact else 16
        self._fit_duration()

    def _fit_duration(self) -> None:
        """A time that is longer than its field is written smaller: its first figure is never cut."""
        words, room = self._duration.text(), self._duration.width() - px(PADDING_PX)
        sizes = range(self._most, LEAST_TIME, -1)
        size = next((size for size in sizes if width_of(words, letters(size), bold=True) <= room), LEAST_TIME)
        if self._duration.font().pixelSize() != letters(size):
            written(self._duration, size, bold=True)

    def set_locked(self, why: str) -> None:
        """Lights down: nothing can be changed now. A press still says why."""
        buttons = [*self._registers.buttons(), self._fastest, *self._row.findChildren(QPushButton)]
        for widget in (self._duration, self._stop, self._lead, *buttons):
            set_flag(widget, "dim", on=bool(why))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for everything, stop and lead are with all eases, and F is the fastest."""
        super().resizeEvent(event)
        self._set_narrow(self.width() < px(NARROW_PX))
        for widget in (self._stop, self._lead, self._fastest):
            widget.setVisible(self.width() >= px(WIDE_PX))

    def _set_narrow(self, narrow: bool) -> None:
        own = self.layout()
        assert own is not None
        measured(self._duration.setFixedWidth, 92 if narrow else 110)
        self._row.set_narrow(narrow)
        measured(own.setSpacing, 4 if narrow else 6)
        own.invalidate()  # Qt has laid it out already for this size, as it was
        own.setGeometry(self.rect())
        self._fit_duration()

    def focus_duration(self) -> None:
        """Type a duration now."""
        self._duration.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._duration.selectAll()

    def set_conditions(self, t_stop: float, lead_s: float) -> None:
        """Show stop and lead without announcing them."""
        self._stop.set_value(t_stop)
        self._lead.set_value(lead_s)

    def set_pull(self, duration_s: float, easing: str) -> None:
        """Show a pull's duration and easing without announcing them."""
        self._duration.set_value(duration_s)
        self._fit_duration()
        for button in self._registers.buttons():
            button.setChecked(math.isclose(duration_s, float(button.property("duration_s"))))
        self._row.show_easing(easing)


def _check_duration(value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise RequestError("A pull needs a time above 0.", "Give seconds or frames, such as 2s or 1s+12f.")


def show_stop(t_stop: float) -> str:
    """A stop as its field shows it."""
    return f"T{t_stop:.3g}"


def _show_lead(lead_s: float) -> str:
    return "no lead" if lead_s == 0 else f"lead {lead_s:g} s"

# SPDX-License-Identifier: MIT
"""The unit's settings that nobody needs on a shooting day, folded under Advanced."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from followfocus.motion.limits import RING_LIMITS
from followfocus.motion.motor import MOTORS
from followfocus.motion.presets import motor_title
from followfocus.show.show import LINK_LOSS, ShowUnit
from followfocus.wire.messages import StopInput
from followfocus_gui.state.unit_form import Manners
from followfocus_gui.widgets.parts import LOUD, QUIET, Chooser, PanelBox, Words, button, line
from followfocus_gui.widgets.scale import measured

MICROSTEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_LOSSES = dict(zip(LINK_LOSS, ("finishes the take", "slows down and stops", "stops at once"), strict=True))
_INPUTS = {
    StopInput.NONE.name: "nothing",
    StopInput.STOP_BUTTON.name: "a stop button that closes",
    StopInput.STOP_BUTTON_NC.name: "a stop button that opens: a broken wire stops too",
    StopInput.HOME_SWITCH.name: "a home switch or stall output",
}


class UnitAdvanced(PanelBox):
    """Named fields in two columns; every change is told, and the screen says what it makes of it."""

    changed = Signal()
    storeAsked = Signal()
    wipeAsked = Signal()

    def __init__(self, unit: ShowUnit, parent: QWidget | None = None) -> None:
        super().__init__(parent, "unitAdvanced")
        column = QVBoxLayout(self)
        measured(column.setContentsMargins, 16, 12, 16, 12)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        for place in (1, 3):
            self._grid.setColumnStretch(place, 1)
        column.addLayout(self._grid)
        self._fields: dict[str, QLineEdit | QComboBox] = {}
        self._build(unit)
        self._buttons = QHBoxLayout()
        store = button(self, "storeSettings", "Store on the unit", "Keep these on the unit", self.storeAsked.emit)
        self._wipe = button(self, "factoryReset", "Factory settings …", "Wipe the unit's settings", self._ask_wipe)
        self._question = Words("Wipe the unit's settings?", self, bold=True)
        self._stay = button(self, "factoryKeep", "Keep", "Leave the unit's settings", self._end_wipe)
        self._really = button(self, "factoryWipe", "Wipe", "Wipe the unit's settings now", self._do_wipe)
        for widget in (store, self._wipe, self._question, self._stay, self._really):
            self._buttons.addWidget(widget)
        self._buttons.addStretch(1)
        column.addLayout(self._buttons)
        self._end_wipe()

    def _build(self, unit: ShowUnit) -> None:
        current = "" if unit.drive_current_a is None else f"{unit.drive_current_a:g}"
        limits = {n: f"{n}: {kept.speed_deg_s:g}°/s, {kept.accel_deg_s2:g}°/s²" for n, kept in RING_LIMITS.items()}
        self._choice("motor", "Motor", {name: motor_title(name) for name in MOTORS}, unit.motor)
        self._line("volts", "Supply, volts", f"{unit.volts:g}")
        self._line("current", "Motor current, A", current, "the usual for this motor")
        self._choice("microsteps", "Microsteps", {str(n): str(n) for n in MICROSTEPS}, str(unit.microsteps))
        self._line("motorTeeth", "Teeth of the motor's gear", str(unit.motor_teeth))
        self._choice("direction", "Direction", {"1": "as it is", "-1": "the other way round"}, str(unit.direction))
        self._line("lash", "Play, ring degrees", f"{unit.lash_deg:g}")
        self._choice("ringLimits", "Ring limits", limits, unit.limits)
        self._choice("linkLoss", "When the cable is lost it", _LOSSES, unit.link_loss)
        self._choice("stopInput", "On the stop input", _INPUTS, StopInput.NONE.name)
        self._line("armedSilence", "Armed, alone, disarms after, s", "", "known once a unit is connected")
        for name in ("stopInput", "armedSilence"):
            self._fields[name].setEnabled(False)

    def _put(self, name: str, says: str, field: QLineEdit | QComboBox) -> None:
        number = len(self._fields)
        self._grid.addWidget(Words(says, self, tone="faint"), number // 2, 2 * (number % 2))
        self._grid.addWidget(field, number // 2, 2 * (number % 2) + 1)
        field.setObjectName(name)
        field.setAccessibleName(says)
        self._fields[name] = field

    def _line(self, name: str, says: str, text: str, hint: str = "") -> None:
        field = line(self, name, says, text, hint)
        field.editingFinished.connect(self.changed)
        self._put(name, says, field)

    def _choice(self, name: str, says: str, words: dict[str, str], chosen: str) -> None:
        box = Chooser(self)
        for key, text in words.items():
            box.addItem(text, key)
        box.setCurrentIndex(list(words).index(chosen))
        box.currentIndexChanged.connect(self.changed)
        self._put(name, says, box)

    # What is written ----------------------------------------------------------------------------------------------

    def texts(self) -> dict[str, str]:
        """The text of each field; of a choice its key."""
        return {
            name: str(field.currentData()) if isinstance(field, QComboBox) else field.text()
            for name, field in self._fields.items()
        }

    def set_text(self, name: str, text: str) -> None:
        """Write into a field, or choose; told as a change."""
        field = self._fields[name]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(text))
        else:
            field.setText(text)
            self.changed.emit()

    def learn(self, manners: Manners) -> None:
        """The unit has told its own settings; nothing is announced."""
        inputs, silence = self._fields["stopInput"], self._fields["armedSilence"]
        assert isinstance(inputs, QComboBox)
        assert isinstance(silence, QLineEdit)
        inputs.blockSignals(QUIET)
        inputs.setCurrentIndex(inputs.findData(manners.stop_input.name))
        inputs.blockSignals(LOUD)
        silence.setText(str(manners.safety.armed_silence_s))
        for field in (inputs, silence):
            field.setEnabled(True)

    # Wiping -------------------------------------------------------------------------------------------------------

    def _ask_wipe(self) -> None:
        self._wipe.hide()
        for widget in (self._question, self._stay, self._really):
            widget.show()
        self._stay.setFocus()

    def _end_wipe(self) -> None:
        self._wipe.show()
        for widget in (self._question, self._stay, self._really):
            widget.hide()

    def _do_wipe(self) -> None:
        self._end_wipe()
        self.wipeAsked.emit()

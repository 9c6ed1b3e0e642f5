# SPDX-License-Identifier: MIT
"""Unit settings: motor, gearing, limits, what a take does when the line falls silent, and who the unit is."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget

from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.motion.limits import RING_LIMITS
from followfocus.motion.motor import MOTORS
from followfocus.show.show import LINK_LOSS, ShowUnit
from followfocus.unit.settings import silence_words
from followfocus.unit.unit import FollowFocusUnit
from followfocus.units import parse_number
from followfocus.wire.evidence import UnitInfo
from followfocus.wire.messages import Safety, StopInput
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.form import Form

MICROSTEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class UnitDialog(Form):
    """The settings that the show keeps for its unit; the unit gets them when the next pull is loaded."""

    applied = Signal(object)
    """The changed ShowUnit"""

    def __init__(
        self, bridge: UnitBridge, unit: ShowUnit, lens: LensMap, info: UnitInfo | None, parent: QWidget | None = None
    ) -> None:
        super().__init__("unitDialog", "", parent)
        self.setWindowTitle("Unit settings")
        self._bridge, self._unit, self._gear = bridge, unit, lens
        who = QLabel(self._who(info), self)
        who.setObjectName("unitWho")
        who.setWordWrap(True)
        self.form.addRow(who)
        motors = {name: f"{name}  ({motor.frame})" for name, motor in MOTORS.items()}
        self._motor = self.choice("motor", "Motor", motors, unit.motor)
        self._volts = self.field("volts", "Supply, volts", f"{unit.volts:g}")
        current = "" if unit.drive_current_a is None else f"{unit.drive_current_a:g}"
        self._current = self.field("current", "Motor current, A rms", current)
        self._current.setPlaceholderText("empty: the usual for this motor")
        steps = {str(n): str(n) for n in MICROSTEPS}
        self._microsteps = self.choice("microsteps", "Microsteps", steps, str(unit.microsteps))
        self._teeth = self.field("motorTeeth", "Teeth of the motor's gear", str(unit.motor_teeth))
        ways = {"1": "as it is", "-1": "the other way round"}
        self._direction = self.choice("direction", "Direction", ways, str(unit.direction))
        self._lash = self.field("lash", "Lash, ring degrees", f"{unit.lash_deg:g}")
        limits = {
            name: f"{name}: {kept.speed_deg_s:g}°/s, {kept.accel_deg_s2:g}°/s²" for name, kept in RING_LIMITS.items()
        }
        self._limits = self.choice("ringLimits", "Ring limits", limits, unit.limits)
        losses = dict(
            zip(
                LINK_LOSS,
                ("finishes the take", "slows down and stops", "stops at once"),
                strict=True,
            )
        )
        self._loss = self.choice("linkLoss", "When the link is lost, it", losses, unit.link_loss)
        self._manners: tuple[StopInput, Safety] | None = None
        inputs = {
            StopInput.NONE.name: "nothing",
            StopInput.STOP_BUTTON.name: "a stop button that closes",
            StopInput.STOP_BUTTON_NC.name: "a stop button that opens: a broken wire stops too",
            StopInput.HOME_SWITCH.name: "a home switch or stall output",
        }
        self._stop_input = self.choice("stopInput", "On the stop input", inputs, StopInput.NONE.name)
        self._silence = self.field("armedSilence", "Armed and left alone, it disarms after, s", "")
        self._silence.setPlaceholderText("known once a unit is connected")
        for field in (self._stop_input, self._silence):
            field.setEnabled(False)
        self._asked = Job("reading the unit's settings", lambda unit: (unit.config.stop_input, unit.safety))
        bridge.finished.connect(self._learn)
        if info is not None:
            bridge.ask(self._asked)
        self.form.addRow(self._unit_buttons())
        self.finish()

    def _who(self, info: UnitInfo | None) -> str:
        if info is None:
            return "No unit is connected: the settings are kept in the show."
        name = info.name or "a unit without a name"
        versions = f"firmware {info.firmware} · protocol {info.protocol}"
        return f"{name} · serial {info.serial} · {versions} · {info.port}"

    def _learn(self, job: Job, answer: object) -> None:
        """The unit has told its own settings."""
        if job is not self._asked or not isinstance(answer, tuple):
            return
        stop_input, safety = self._manners = answer
        self._stop_input.setCurrentIndex(self._stop_input.findData(stop_input.name))
        self._silence.setText(str(safety.armed_silence_s))
        for field in (self._stop_input, self._silence):
            field.setEnabled(True)

    def _manners_made(self) -> tuple[StopInput, Safety] | None:
        """The unit's own settings as written; None where there is no unit. Raises RequestError."""
        if self._manners is None:
            return None
        silence_s = round(_number(self._silence, 0, 65_535))
        return StopInput[self._stop_input.currentData()], dataclasses.replace(
            self._manners[1], armed_silence_s=silence_s
        )

    def _unit_buttons(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        for name, words, act in (
            ("storeSettings", "Store on the unit", self._store),
            ("factoryReset", "Factory settings …", self._factory),
        ):
            button = QPushButton(words, box)
            button.setObjectName(name)
            button.setAccessibleName(words)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked, a=act: a())
            row.addWidget(button)
        return box

    def unit_made(self) -> ShowUnit:
        """The settings as written. Raises RequestError."""
        current = self._current.text().strip()
        made = dataclasses.replace(
            self._unit,
            motor=self._motor.currentData(),
            volts=_number(self._volts, 1.0, 60.0),
            drive_current_a=_number(self._current, 0.05, 10.0) if current else None,
            microsteps=int(self._microsteps.currentData()),
            motor_teeth=round(_number(self._teeth, 8, 400)),
            direction=int(self._direction.currentData()),
            lash_deg=_number(self._lash, 0.0, 20.0),
            limits=self._limits.currentData(),
            link_loss=self._loss.currentData(),
        )
        made.rig(self._gear)
        return made

    def summary(self) -> str:
        """A sentence on the gearing."""
        rig, manners = self.unit_made().rig(self._gear), self._manners_made()
        words = f"{rig.steps_per_deg:.2f} steps per ring degree, {rig.ring_deg_per_step:.4f}° a step."
        return words if manners is None else f"{words} Armed and left alone, {silence_words(manners[1])}."

    def give(self) -> None:
        """Emit the changed settings; what is the unit's own goes to it at once."""
        self.applied.emit(self.unit_made())
        made = self._manners_made()
        if made is not None and made != self._manners:
            stop_input, safety = self._manners = made
            self._bridge.ask(Job("unit settings", lambda unit: _set_manners(unit, stop_input, safety)))

    def _store(self) -> None:
        if self.try_give():
            self._bridge.ask(Job("store settings", lambda unit: unit.save_config()))

    def _factory(self) -> None:
        answer = QMessageBox.question(self, "Factory settings", "Forget everything that is stored on the unit?")
        if answer == QMessageBox.StandardButton.Yes:
            self._bridge.ask(Job("factory settings", lambda unit: unit.factory_reset()))


def _set_manners(unit: FollowFocusUnit, stop_input: StopInput, safety: Safety) -> None:
    unit.apply(dataclasses.replace(unit.config, stop_input=stop_input))
    unit.apply_safety(safety)


def _number(field: QLineEdit, least: float, most: float) -> float:
    """The number in a field, within bounds. Raises RequestError."""
    try:
        value = parse_number(field.text())
    except RequestError as error:
        raise RequestError(f"{field.accessibleName()}: {error}") from None
    if not least <= value <= most:
        raise RequestError(f"{field.accessibleName()}: give {least:g} to {most:g}.")
    return value

# SPDX-License-Identifier: MIT
"""The unit: motor, supply and gear as pictures with plain presets, and what follows from them; the rest under Advanced.

Every choice is taken at once, and can be undone on the desk. “Turn a quarter” checks gear and direction.
"""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.motion.presets import GEAR_PRESETS, MOTOR_PRESETS, SUPPLY_PRESETS, motor_title
from followfocus.show.show import ShowUnit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitInfo
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.screens.quarter import QuarterRow
from followfocus_gui.screens.unit_advanced import UnitAdvanced
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.unit_form import Manners, follows_words, manners_of, unit_of
from followfocus_gui.widgets.parts import PanelBox, Words, button
from followfocus_gui.widgets.preset_panel import PresetPanel
from followfocus_gui.widgets.scale import measured

HINT = "What you choose is taken at once."


class UnitScreen(Screen):
    """The settings that the show keeps for its unit; the unit gets them when the next pull is loaded."""

    applied = Signal(object)
    """The changed ShowUnit"""

    def __init__(
        self, bridge: UnitBridge, unit: ShowUnit, lens: LensMap, info: UnitInfo | None, parent: QWidget | None = None
    ) -> None:
        super().__init__("unitScreen", "The unit's settings are open", HINT, parent)
        self._bridge, self._unit, self._lens = bridge, unit, lens
        self._manners: Manners | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        measured(column.setSpacing, 8)
        self._presets = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        measured(row.setSpacing, 8)
        self.motor = PresetPanel("motor", "This motor", MOTOR_PRESETS, self)
        self.supply = PresetPanel("supply", "This supply", SUPPLY_PRESETS, self)
        self.gear = PresetPanel("gear", "This gear on the motor", GEAR_PRESETS, self)
        self.advanced = UnitAdvanced(unit, self)
        for panel, field in ((self.motor, "motor"), (self.supply, "volts"), (self.gear, "motorTeeth")):
            panel.picked.connect(lambda value, name=field: self.advanced.set_text(name, value))
            row.addWidget(panel, 1)
        column.addLayout(row, 1)
        column.addWidget(self._outcome(info))
        self.quarter = QuarterRow(bridge, lambda: self._unit.rig(self._lens), lens, self)
        self.quarter.found.connect(self._take_quarter)
        column.addWidget(self.quarter)
        column.addWidget(self.advanced)
        self.advanced.hide()
        self.advanced.changed.connect(self._changed)
        self.advanced.storeAsked.connect(lambda: bridge.ask(Job("store settings", lambda u: u.save_config())))
        self.advanced.wipeAsked.connect(lambda: bridge.ask(Job("factory settings", lambda u: u.factory_reset())))
        self._asked = Job("reading the unit's settings", lambda u: Manners(u.config.stop_input, u.safety))
        bridge.finished.connect(self._learn)
        if info is not None:
            bridge.ask(self._asked)
        self._show()

    def _outcome(self, info: UnitInfo | None) -> PanelBox:
        panel = PanelBox(self, "unitOutcome")
        row = QHBoxLayout(panel)
        measured(row.setContentsMargins, 16, 8, 8, 8)
        column = QVBoxLayout()
        measured(column.setSpacing, 2)
        self._words, self._fine = Words("", panel, px=16, bold=True), Words("", panel, px=12, tone="faint", elides=True)
        self._words.setObjectName("unitFollows")
        self._words.setWordWrap(True)
        self._who = Words(who_words(info), panel, px=13, tone="faint", elides=True)
        self._who.setObjectName("unitWho")
        for widget in (self._words, self._fine, self._who):
            column.addWidget(widget)
        row.addLayout(column, 1)
        self._more = button(
            panel, "unitMore", "Advanced", "Show the finer settings, or hide them", self.toggle_advanced
        )
        self._more.setCheckable(True)
        row.addWidget(self._more)
        return panel

    def fit(self, room: Room) -> None:
        """On a low screen the pictures go, and who the unit is; on an upright one the three stand one below another."""
        way = QBoxLayout.Direction.TopToBottom if room.upright else QBoxLayout.Direction.LeftToRight
        self._presets.setDirection(way)
        for panel in (self.motor, self.supply, self.gear):
            panel.set_low(low=room.low)
            panel.set_flat(flat=room.upright)
        self._who.setVisible(not room.low)

    def first_field(self) -> QWidget | None:
        """The motor that is chosen."""
        return self.motor.chosen()

    def toggle_advanced(self) -> None:
        """Show the finer settings, or hide them."""
        self.advanced.setVisible(self.advanced.isHidden())
        self._more.setChecked(not self.advanced.isHidden())

    # What is written ----------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        """A field says something else: take it over, or say what is wrong and leave what is in force."""
        texts = self.advanced.texts()
        try:
            made = unit_of(self._unit, texts, self._lens)
            manners = None if self._manners is None else manners_of(self._manners, texts)
        except FollowFocusError as error:
            self.say(f"{error} The setting before stays in force.")
            return
        self.say(HINT)
        if made != self._unit:
            self._unit = made
            self.applied.emit(made)
        if manners is not None and manners != self._manners:
            self._manners = kept = manners
            self._bridge.ask(Job("unit settings", lambda unit: _set_manners(unit, kept)))
        self._show()

    def _show(self) -> None:
        unit = self._unit
        self.motor.show_value(unit.motor, motor_title(unit.motor))
        self.supply.show_value(f"{unit.volts:g}", f"{unit.volts:g} V")
        self.gear.show_value(str(unit.motor_teeth), f"{unit.motor_teeth} teeth")
        words, fine = follows_words(unit, self._lens, self._manners)
        self._words.setText(words)
        self._words.set_tone("warn" if words.startswith("Too weak") else "")
        self._fine.setText(fine)

    def _learn(self, job: Job, answer: object) -> None:
        """The unit has told its own settings."""
        if job is self._asked and isinstance(answer, Manners):
            self._manners = answer
            self.advanced.learn(answer)
            self._show()

    def _take_quarter(self, teeth: int, direction: int) -> None:
        """A quarter turn has shown another gear or direction, and it is to be used."""
        self.advanced.set_text("direction", str(direction * self._lens.direction))
        self.advanced.set_text("motorTeeth", str(teeth))

    def may_close(self) -> bool:
        """The unit is heard no more here."""
        self._bridge.finished.disconnect(self._learn)
        self.quarter.leave()
        return True


def who_words(info: UnitInfo | None) -> str:
    """The unit's name, serial number and version, in words."""
    if info is None:
        return "No unit is connected: the settings are kept in the show."
    name = info.name or "a unit without a name"
    return f"{name} · serial {info.serial} · firmware {info.firmware} · protocol {info.protocol} · {info.port}"


def _set_manners(unit: FollowFocusUnit, manners: Manners) -> None:
    unit.apply(dataclasses.replace(unit.config, stop_input=manners.stop_input))
    unit.apply_safety(manners.safety)

# SPDX-License-Identifier: MIT
"""A unit's settings from this host: gearing and limits for a rig, applied, kept, and given again after a reset."""

from __future__ import annotations

import dataclasses

from followfocus.errors import LineError, UnitError
from followfocus.motion.limits import RingLimits
from followfocus.motion.motor import Rig
from followfocus.unit.armed import ArmedWatch
from followfocus.unit.line import UnitLine
from followfocus.unit.settings import FACTORY_NAME, LOST_NAME, config_for, gearing_of, steps_per_deg
from followfocus.wire.events import ResetNoticed
from followfocus.wire.evidence import UnitInfo
from followfocus.wire.link import Told
from followfocus.wire.messages import Config, FactoryReset, Flag, GetConfig, GetSafety, Hold, Safety, SaveConfig

LOST = "The unit has lost its stored settings; a stop button does nothing now. Set it up again, and store that."


class UnitSetup:
    """The settings of the unit on `line`; `lash_deg` is its rig's, which the unit itself need not know."""

    def __init__(self, line: UnitLine) -> None:
        self.lash_deg = 0.0
        self._line = line
        self._config: Config | None = None
        self._safety: Safety | None = None
        self._stale = False
        line.first.append(self._hear)
        line.armed = ArmedWatch(lambda: self._safety)

    @property
    def config(self) -> Config:
        """Its settings."""
        if self._config is None:
            raise LineError("The unit is not connected.", "Connect it first.")
        return self._config

    @property
    def safety(self) -> Safety:
        """How long it stays armed in silence, and how long its motor settles."""
        if self._safety is None:
            raise LineError("The unit is not connected.", "Connect it first.")
        return self._safety

    def configure(self, rig: Rig, limits: RingLimits, info: UnitInfo) -> None:
        """Set gearing and motion limits for a rig; other gears than before make the position unknown."""
        self.lash_deg = rig.lash_deg
        self.apply(config_for(self.config, rig, limits, info))

    def apply(self, config: Config) -> None:
        """Set the settings, until power-off unless saved. Other gears than before make the position unknown."""
        if config == self.config and not self._stale:
            return
        regeared = gearing_of(config) != gearing_of(self.config)
        self._line.tell(config)
        # Read back: on other gears than it was told every angle would be another one, and nothing else would show it.
        if self._line.ask(GetConfig(), Config) != config:
            raise UnitError("The unit has not taken the settings it was given.", "settings", "Set them again.")
        # Only once it was read back: what is kept here is what the unit goes by.
        self._config = config
        self._stale = False
        self._line.keeper.steps_per_deg = steps_per_deg(config)
        self._line.held.forget_profile()
        # The count stands for other angles now. Letting go makes the
        # place unknown, so that nobody drives by the old one.
        if regeared:
            self.release()

    def apply_safety(self, safety: Safety) -> None:
        """Set how the unit behaves, until power-off unless saved."""
        self._line.tell(safety)
        self._safety = safety

    def save_config(self) -> None:
        """Keep the settings through power-off."""
        self._line.tell(SaveConfig())

    def set_up_anew(self) -> None:
        """Somebody has set the unit up: what it had lost is made good with the next saving."""
        if self.lost:
            self.apply(dataclasses.replace(self.config, name=FACTORY_NAME))

    @property
    def lost(self) -> bool:
        """It had saved settings, which are not whole any more, and goes by the factory's."""
        return self.config.name == LOST_NAME

    def factory_reset(self) -> None:
        """Built-in settings again, kept; the position is unknown afterwards."""
        self._line.tell(FactoryReset())
        # Read back, not assumed: which settings are built in, the firmware knows.
        self.learn()
        self.release()

    def release(self) -> None:
        """Let go of the ring; the position is unknown afterwards."""
        self._line.tell(Hold(0))
        self._line.held.forget_profile()
        self._line.refresh()

    def energise(self) -> bool:
        """Have the motor hold the ring, and wait until it has settled; whether it was off.

        Then it may have turned the ring, uncounted, by up to two full steps: look where it stands only now.
        """
        if Flag.ENERGISED in self._line.refresh().flags:
            return False
        self._line.tell(Hold(1))
        self._line.refresh()
        return True

    @property
    def jump_words(self) -> str:
        """A sentence on how far the ring may jump as the motor takes hold."""
        jump_deg = 2 * self.config.microsteps / self._line.keeper.steps_per_deg
        return f"It has taken hold of the ring just now, and may have turned it by up to {jump_deg:z.1f}°."

    def learn(self) -> None:
        """Ask the unit for its settings."""
        self._safety = self._line.ask(GetSafety(), Safety)
        self._config = self._line.ask(GetConfig(), Config)
        self._line.keeper.steps_per_deg = steps_per_deg(self._config)

    def restore(self) -> None:
        """Give the unit its settings again after a reset: it came back with those that it had saved."""
        # It came back with what it had saved, which another program may have set: compared first, and set only where it
        # differs.
        if self._stale:
            wanted, safety = self.config, self.safety
            self.learn()
            self._stale = False
            self.apply(wanted)
            if safety != self.safety:
                self.apply_safety(safety)

    def _hear(self, told: Told) -> None:
        if isinstance(told, ResetNoticed):
            self._stale = True

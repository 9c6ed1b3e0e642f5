# SPDX-License-Identifier: MIT
"""The bench around a simulated unit: its pins, the motor and ring on them, what moves the inputs, and a hand.

It outlives the unit's resets. Times are the unit's ticks since its last one; motor and ring have seconds of their own.
"""

from __future__ import annotations

from followfocus.sim.edges import EdgeLog
from followfocus.sim.mechanics import Mechanics
from followfocus.sim.oscillator import Oscillator
from followfocus.sim.pins import StepPins
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import Config, Message, SetPosition, StopInput


class Bench:
    """A unit's wiring. `plug` wires it to a unit that has just started."""

    def __init__(self, mechanics: Mechanics, oscillator: Oscillator) -> None:
        self.mechanics = mechanics
        self.oscillator = oscillator
        self.pins = StepPins()
        self.edges = EdgeLog()
        self.stop_low = False
        self.cue_low = False
        self._hand_is_free = True

    def plug(self, unit: UnitState) -> None:
        """A unit has started: the motor is off, and nobody has said yet where the ring stands."""
        self._unit = unit
        self._hand_is_free = True
        self.pins.point(-1, 0)
        self.energise(on=False)
        self.gear()

    @property
    def now_s(self) -> float:
        """The time of motor and ring, s."""
        return self.oscillator.since_power_on(self._unit.now)

    # Motor and ring ---------------------------------------------------------------------------------------------------

    def edge(self, tick: int) -> None:
        """The driver turns as the pins say, whatever is counted."""
        self._hand_is_free = False
        direction = self.pins.direction * self._unit.config.direction
        self.mechanics.step(self.oscillator.since_power_on(tick), direction)
        self.edges.append(tick, self._unit.position)

    def energise(self, *, on: bool) -> None:
        """The motor's current."""
        self.mechanics.energise(self.now_s, on=on)

    def gear(self) -> None:
        """The bench is built as the unit is configured: its driver's microsteps and the gears' teeth."""
        config = self._unit.config
        self.mechanics.gear(config.microsteps, config.motor_teeth, config.lens_teeth, self.now_s)

    def lend_a_hand(self, command: Message) -> None:
        """Put the ring by hand where the first position is named: there is nobody else at this bench.

        A motor that is off has been turned with the ring, and jumps to its field afterwards. One that holds has been
        swung onto the ring where that stands.
        """
        if not self._hand_is_free:
            return
        self._hand_is_free = False
        if not isinstance(command, SetPosition):
            return
        ring_deg = command.position * _ring_deg_per_step(self._unit.config)
        if self._unit.motor.on:
            self.mechanics.mesh(ring_deg, self.now_s)
        else:
            self.mechanics.place(ring_deg, self.now_s)

    # Inputs -----------------------------------------------------------------------------------------------------------

    def blocked(self, tick: int) -> bool:
        """Whether the stall output, or a hand on the stop input, pulls the pin low."""
        self.mechanics.run_to(self.oscillator.since_power_on(tick))
        return self.stop_low or self.mechanics.blocked

    def watch_inputs(self) -> None:
        """The level that the stop input has now."""
        unit = self._unit
        low = self.stop_low
        if unit.config.stop_input is StopInput.HOME_SWITCH:
            low = self.blocked(unit.now)
        unit.inputs.stop.move(low, unit.now)

    def move_cue(self, low: bool) -> None:
        """The cue input's level from now on."""
        self.cue_low = low
        self._unit.inputs.cue.move(low, self._unit.now)


def _ring_deg_per_step(config: Config) -> float:
    return 360.0 * config.motor_teeth / (config.full_steps_per_turn * config.microsteps * config.lens_teeth)

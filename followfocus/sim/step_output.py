# SPDX-License-Identifier: MIT
"""Where the simulated unit's steps go out: the pins, the count, and the switch that a step may reach."""

from __future__ import annotations

from collections.abc import Callable

from followfocus.sim.pins import StepPins
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import StopInput


class StepOutput:
    """Makes the steps of whatever moves. `edge(tick)` is called after each, `blocked(tick)` asks the home switch."""

    def __init__(
        self, unit: UnitState, pins: StepPins, edge: Callable[[int], None], blocked: Callable[[int], bool]
    ) -> None:
        self._unit, self._pins, self._edge, self._blocked = unit, pins, edge, blocked
        self.direction = 0
        """The level at DIR, as a direction of counting; 0 before anything was planned."""

    def point(self, direction: int) -> None:
        """DIR for the step that is planned next: it must have stood for a while when that comes."""
        self.direction = direction
        self._pins.point(direction * self._unit.config.direction, self._unit.now)

    def step(self, direction: int) -> None:
        """One step, counted and made."""
        unit = self._unit
        # Counted before the pulse: who listens to the pin finds the place that it leads to.
        unit.position += direction
        self._pins.pulse(unit.now)
        self._edge(unit.now)
        if unit.config.stop_input is StopInput.HOME_SWITCH:
            unit.inputs.stop.move(self._blocked(unit.now), unit.now)

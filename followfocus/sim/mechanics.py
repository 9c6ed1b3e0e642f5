# SPDX-License-Identifier: MIT
"""The mechanics behind the simulated unit: the seam between its electronics and the physical model."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from followfocus.errors import RequestError
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.sim.stepper import Stepper


class Mechanics(Protocol):
    """A motor and the ring on it. Times are seconds that only grow; a step is one microstep of the driver."""

    @property
    def ring_deg(self) -> float:
        """The true angle of the ring, degrees."""
        ...

    @property
    def blocked(self) -> bool:
        """The ring presses on a hard stop, or the motor just lost steps: what a stall output shows."""
        ...

    def step(self, time_s: float, direction: int) -> None:
        """One step edge: the field turns by one microstep, 1 toward higher ring angles, -1 toward lower."""
        ...

    def run_to(self, time_s: float) -> None:
        """Let time pass to `time_s` without a step."""
        ...

    def energise(self, time_s: float, *, on: bool) -> None:
        """Switch the motor's current."""
        ...

    def place(self, ring_deg: float, time_s: float) -> None:
        """A hand turns the ring to `ring_deg`, and the released motor with it."""
        ...

    def mesh(self, ring_deg: float, time_s: float) -> None:
        """The motor that holds is swung onto the ring, which stands at `ring_deg`."""
        ...

    def power_on(self, time_s: float) -> None:
        """The driver starts again, with its field where it always starts."""
        ...

    def gear(self, microsteps: int, motor_teeth: int, lens_teeth: int, time_s: float) -> None:
        """The bench is rebuilt with this driver setting and these gears; the ring stays where it is."""
        ...

    def weaken(self, share: float) -> None:
        """Only this share of the motor's torque is left."""
        ...

    def slip(self, time_s: float, cycles: int = 1) -> None:
        """Something makes the motor lose electrical cycles (four full steps each)."""
        ...


class StepperRing:
    """The stepper model behind a unit: a rig whose ring starts at `start_deg`, between `stops_deg` if there are any."""

    def __init__(
        self, rig: Rig = DEFAULT_RIG, stops_deg: tuple[float, float] | None = None, start_deg: float = 0.0
    ) -> None:
        self._stops_deg = stops_deg
        self._base_s = 0.0
        self._torque = 1.0
        self._stepper = Stepper(rig, stops_deg, start_deg)

    @property
    def stepper(self) -> Stepper:
        """The model itself, for load angle and lost steps; another one after `place` and `gear`."""
        return self._stepper

    @property
    def ring_deg(self) -> float:
        """The true angle of the ring, degrees."""
        return self._stepper.ring_deg

    @property
    def blocked(self) -> bool:
        """The ring touches a stop, or steps were lost within the last 50 ms."""
        return self._stepper.contact != 0 or self._stepper.stalled

    def step(self, time_s: float, direction: int) -> None:
        """One step edge."""
        self._stepper.step(time_s - self._base_s, direction)

    def run_to(self, time_s: float) -> None:
        """Compute the motion up to `time_s`."""
        self._stepper.advance(time_s - self._base_s)

    def energise(self, time_s: float, *, on: bool) -> None:
        """Switch the motor's current; switching on what is on changes nothing."""
        if on == self._stepper.energised:
            return
        self.run_to(time_s)
        if on:
            self._stepper.energise()
        else:
            self._stepper.release()

    def place(self, ring_deg: float, time_s: float) -> None:
        """Turn ring and released motor by hand to `ring_deg`, or as near as the stops let it."""
        self.run_to(time_s)
        self._stepper.turn_to(self._within(ring_deg))

    def mesh(self, ring_deg: float, time_s: float) -> None:
        """Put the motor onto the ring at `ring_deg`, or as near as the stops let it."""
        self._rebuild(self._stepper.rig, self._within(ring_deg), time_s)

    def power_on(self, time_s: float) -> None:
        """Start the driver again."""
        self.run_to(time_s)
        self._stepper.restart_driver()

    def gear(self, microsteps: int, motor_teeth: int, lens_teeth: int, time_s: float) -> None:
        """Rebuild the rig; settings that no rig can have leave it as it is."""
        old = self._stepper.rig
        try:
            rig = replace(old, microsteps=microsteps, motor_teeth=motor_teeth, lens_teeth=lens_teeth)
        except RequestError:
            return
        if rig != old:
            self.run_to(time_s)
            self._rebuild(rig, self._within(self.ring_deg), time_s)

    def weaken(self, share: float) -> None:
        """Leave only this share of the motor's torque."""
        self._torque = self._stepper.torque_scale = share

    def slip(self, time_s: float, cycles: int = 1) -> None:
        """Lose electrical cycles."""
        self.run_to(time_s)
        self._stepper.slip(cycles)

    def _within(self, ring_deg: float) -> float:
        low, high = self._stops_deg or (ring_deg, ring_deg)
        return min(max(ring_deg, low), high)

    def _rebuild(self, rig: Rig, ring_deg: float, time_s: float) -> None:
        energised = self._stepper.energised
        self._base_s = time_s
        self._stepper = Stepper(rig, self._stops_deg, ring_deg)
        self._stepper.torque_scale = self._torque
        if not energised:
            self._stepper.release()


class RigidRing:
    """A ring that follows every step exactly, between hard stops at `stops_deg` if there are any. Costs no time."""

    def __init__(self, ring_deg_per_step: float, stops_deg: tuple[float, float] | None = None) -> None:
        self._per_step = ring_deg_per_step
        self._stops = stops_deg
        self._deg = 0.0
        self._blocked = False

    @property
    def ring_deg(self) -> float:
        """The angle of the ring, degrees."""
        return self._deg

    @property
    def blocked(self) -> bool:
        """The last step ran into a stop."""
        return self._blocked

    def step(self, time_s: float, direction: int) -> None:
        """Turn by one step, or stand at a stop."""
        wanted = self._deg + direction * self._per_step
        low, high = self._stops or (wanted, wanted)
        self._deg = min(max(wanted, low), high)
        self._blocked = self._deg != wanted

    def run_to(self, time_s: float) -> None:
        """Nothing moves without a step."""

    def energise(self, time_s: float, *, on: bool) -> None:
        """The ring stays where it is."""

    def place(self, ring_deg: float, time_s: float) -> None:
        """Stand at `ring_deg`."""
        self._deg = ring_deg
        self._blocked = False

    def mesh(self, ring_deg: float, time_s: float) -> None:
        """Stand at `ring_deg`."""
        self.place(ring_deg, time_s)

    def power_on(self, time_s: float) -> None:
        """The ring stays where it is."""

    def gear(self, microsteps: int, motor_teeth: int, lens_teeth: int, time_s: float) -> None:
        """Turn by what these gears make of a step of a 200-step motor."""
        self._per_step = 360.0 * motor_teeth / (200 * microsteps * lens_teeth)

    def weaken(self, share: float) -> None:
        """A rigid ring follows all the same."""

    def slip(self, time_s: float, cycles: int = 1) -> None:
        """Fall behind by four full steps of sixteen microsteps a cycle."""
        self._deg -= 64 * cycles * self._per_step

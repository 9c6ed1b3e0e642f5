# SPDX-License-Identifier: MIT
"""The motor's current: on, off, and the time that the rotor is given after it came on."""

from __future__ import annotations

from typing import Protocol


class MotorSwitch(Protocol):
    """Switches the motor's current."""

    def __call__(self, *, on: bool) -> None:
        """Switch it on or off."""
        ...


class MotorCurrent:
    """The motor's hold on the ring. Switched on again, the rotor jumps to the field and needs time to settle."""

    def __init__(self, switch: MotorSwitch) -> None:
        self.on = False
        self.settled_tick = 0
        self._switch = switch

    def hold(self, now: int, settle_ticks: int) -> None:
        """Switch it on; where it is on already nothing changes."""
        if not self.on:
            self.on = True
            self.settled_tick = now + settle_ticks
        self._switch(on=True)

    def release(self) -> None:
        """Switch it off."""
        self.on = False
        self.settled_tick = 0
        self._switch(on=False)

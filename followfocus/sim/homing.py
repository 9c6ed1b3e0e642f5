# SPDX-License-Identifier: MIT
"""The search for both stops of a ring by one input: down to it, off it, up to it, off it."""

from __future__ import annotations

from enum import Enum, auto


class HomingPhase(Enum):
    """How far the search has come."""

    DOWN = auto()
    OFF_LOW = auto()
    UP = auto()
    OFF_HIGH = auto()


class Homing:
    """One homing: where each phase goes, and which level of the input ends it."""

    def __init__(self, max_steps: int, backoff: int) -> None:
        self.phase = HomingPhase.DOWN
        self._max_steps = max_steps
        self._backoff = backoff
        # Standing at the lower stop already is having found it; the upper one must be seen inactive first.
        self._released = True

    @property
    def searching(self) -> bool:
        """A phase that must end at the input; if it ends by itself there is no stop."""
        return self.phase in (HomingPhase.DOWN, HomingPhase.UP)

    @property
    def at_lower_stop(self) -> bool:
        """Moving off the lower stop, which will be zero."""
        return self.phase is HomingPhase.OFF_LOW

    def sees(self, active: bool) -> bool:
        """Take notice of the input: True where that ends a search."""
        if not active:
            self._released = True
            return False
        return self.searching and self._released

    def back_off(self) -> None:
        """The stop was found: next, move off it."""
        self.phase = HomingPhase.OFF_LOW if self.phase is HomingPhase.DOWN else HomingPhase.OFF_HIGH
        self._released = False

    def search_up(self) -> None:
        """The lower stop is behind: next, the upper one."""
        self.phase = HomingPhase.UP

    def target(self, position: int) -> int:
        """Where the present phase goes from `position`."""
        return {
            HomingPhase.DOWN: position - self._max_steps,
            HomingPhase.OFF_LOW: position + self._backoff,
            HomingPhase.UP: position + self._max_steps,
            HomingPhase.OFF_HIGH: position - self._backoff,
        }[self.phase]

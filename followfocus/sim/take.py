# SPDX-License-Identifier: MIT
"""The take under way on the simulated unit: told, started, played to its end or handed to a ramp, and summed up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from followfocus.sim.player import Next, Player
from followfocus.sim.profile import ProfileMemory
from followfocus.sim.step_output import StepOutput
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import TICK_FRACTION, Cause, Source, TakeEnded, TakeStarted

DRY_SOON_MS = 3
"""A stream that will have run dry by then is slowed down now."""


class Played(Enum):
    """How a profile stands after the edge that was due."""

    ON = auto()
    DRY = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Carried:
    """Where a take left off: its last edge, the speed at it in steps/s, and the direction; and when its next was due.

    None where that was to turn the ring, or there was none.
    """

    since: int
    speed: float
    direction: int
    due: int | None = None


class TakeUnderWay:
    """Take `number` of the profile in memory, time zero at `start_clock`, and what TakeEnded will tell of it."""

    def __init__(self, unit: UnitState, output: StepOutput, number: int, source: Source, start_clock: int) -> None:
        assert unit.profile is not None
        self._unit, self._output, self._profile = unit, output, unit.profile
        self._number, self._source, self._start_clock = number, source, start_clock
        self._player: Player | None = None
        self._told = False
        self._first_edge = self._last_edge = self._steps = 0

    @property
    def profile(self) -> ProfileMemory:
        """The profile that is played."""
        return self._profile

    @property
    def next_tick(self) -> int:
        """When the take starts or the next edge is due; it means nothing once it has been handed over."""
        return self._start_clock if self._player is None else self._player.next_tick

    @property
    def end_tick(self) -> int | None:
        """When it will have been played; None while that isn't known."""
        if self._player is None:
            return self._start_clock
        duration = self._profile.duration
        return None if duration is None else self._start_clock + duration // TICK_FRACTION

    @property
    def rate(self) -> int:
        """Present speed, steps/s, signed."""
        player = self._player
        if player is None or not player.interval:
            return 0
        return player.moving * (self._unit.tick_hz * TICK_FRACTION // player.interval)

    def tell_start(self, clock: int) -> None:
        """TakeStarted, once."""
        if not self._told:
            self._told = True
            self._unit.emit(TakeStarted(self._number, self._source, clock))

    def start(self) -> None:
        """Time zero."""
        self.tell_start(self._start_clock)
        self._profile.rewind()
        self._player = Player(self._profile, self._start_clock)
        self._point()

    def play(self) -> Played:
        """Do what `next_tick` announced: start, make an edge, or end where there is none."""
        player = self._player
        if player is None:
            self.start()
            return Played.ON
        if player.next is Next.EDGE:
            direction = player.direction
            player.step()
            self.step(direction)
            self._point()
            return Played.DRY if self._dry_soon(player) else Played.ON
        if player.next is Next.DRY:
            if not player.refill():
                return Played.DRY
            self._point()
            return Played.ON
        return Played.ENDED

    def step(self, direction: int) -> None:
        """One step of this take, also of the ramp that brings it to rest."""
        now = self._unit.now
        self._first_edge = self._first_edge or now
        self._last_edge = now
        self._steps += 1
        self._output.step(direction)

    def hand_over(self) -> Carried | None:
        """Play no further: what a ramp goes on from; None where the ring stands."""
        player, self._player = self._player, None
        if player is None or not player.interval:
            return None
        goes_on = player.next is Next.EDGE and player.direction == player.moving
        speed = self._unit.tick_hz * TICK_FRACTION / player.interval
        return Carried(self._last_edge, speed, player.moving, player.next_tick if goes_on else None)

    def ended(self, cause: Cause) -> TakeEnded:
        """The sum of it, at rest."""
        unit = self._unit
        self.tell_start(self._start_clock)
        times = (self._start_clock, self._first_edge, self._last_edge, unit.now)
        return TakeEnded(self._number, cause, int(unit.referenced), *times, self._steps, unit.position)

    def _point(self) -> None:
        if self._player is not None and self._player.next is Next.EDGE:
            self._output.point(self._player.direction)

    def _dry_soon(self, player: Player) -> bool:
        """The last segment that is here is nearly played, and there is just time to slow down within it."""
        if not self._profile.starved or player.next is not Next.EDGE:
            return False
        # Before it is dry, not when: to slow down takes steps, and there would be none left to time the first of them
        # by.
        soon = DRY_SOON_MS * self._unit.tick_hz // 1000 * TICK_FRACTION
        interval, left = player.due_interval, player.left_after
        return interval < soon and interval * left < soon

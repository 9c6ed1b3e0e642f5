# SPDX-License-Identifier: MIT
"""The simulated unit's takes: the one under way, if there is one, and what GetTake tells of the last."""

from __future__ import annotations

from followfocus.sim.inputs import CUE_LEAD_TICKS
from followfocus.sim.step_output import StepOutput
from followfocus.sim.take import TakeUnderWay
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import Cause, Source, TakeEnded


class Takes:
    """One take at a time, numbered by the host or, by a cue, on from the last."""

    def __init__(self, unit: UnitState, output: StepOutput) -> None:
        self._unit, self._output = unit, output
        self.under_way: TakeUnderWay | None = None
        self.last: TakeEnded | None = None
        self.last_number = 0

    @property
    def next_tick(self) -> int | None:
        """When the take under way starts or its next edge is due."""
        return None if self.under_way is None else self.under_way.next_tick

    @property
    def end_tick(self) -> int | None:
        """When it will have been played; None while that isn't known."""
        return None if self.under_way is None else self.under_way.end_tick

    def begin(self, number: int, source: Source, start_clock: int) -> TakeUnderWay:
        """A take of the profile in memory; time zero is at `start_clock`."""
        self.last_number = number
        self.under_way = TakeUnderWay(self._unit, self._output, number, source, start_clock)
        return self.under_way

    def begin_by_cue(self, edge_tick: int) -> TakeUnderWay:
        """The same from a fixed lead after the cue's edge: the filter's time is within it, so it is never too late."""
        return self.begin((self.last_number + 1) & 0xFFFF, Source.CUE, edge_tick + CUE_LEAD_TICKS)

    def end(self, cause: Cause) -> None:
        """End the take, if there is one: tell it, and keep it to be asked for. A stream can't be played again."""
        take, self.under_way = self.under_way, None
        if take is None:
            return
        self.last = take.ended(cause)
        self._unit.emit(self.last)
        if take.profile.streamed:
            self._unit.profile = None

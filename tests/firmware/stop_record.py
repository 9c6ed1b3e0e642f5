# SPDX-License-Identifier: MIT
"""A case for the oracle: the edges added up, and what follows from the words to the unit of when it has to act."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from followfocus.wire.messages import Ack, Arm, Goto, Message, Result, State, StateChanged, StopInput
from tests.conformance.units import TICK_HZ
from tests.firmware.rig import MS
from tests.firmware.stop_play import ARMED_SILENCE_S, LOST, PRESSES, SILENCE_MS, Case

ACTS = 2 * MS
"""A stop acts so soon after its last byte."""
MEAN = 2 * MS
"""The rest of a motion's last 2 ms may go at its mean speed."""
UNDER_WAY_STEPS = 2
"""The step that is due, and one more, are as they were planned before a slowing down begins."""
FILTER = 8000
"""A level counts after 250 µs, and at the latest after 500."""
FASTEST = 160
NEVER = 1 << 60
UNDER_WAY = (State.MOVING, State.PLAYING, State.STOPPING)

M = TypeVar("M", bound=Message)


class Made(NamedTuple):
    """A step at the pins: its direction is DIR's, and `at` the position after it."""

    tick: int
    way: int
    at: int


@dataclass(frozen=True, slots=True)
class Slack:
    """The slack of a unit's build beside the rules: ticks that an edge is seen late, and that planning takes."""

    edge: int = 0
    told: int = 0
    """Ticks between a clock that is told and the count beside it."""
    planning: int = 0
    runs_dry: bool = False
    """At the highest level it may not keep up with a motion of its own: INTERNAL or LATE_STEP, as PROTOCOL.md says."""
    gathers: float = 0.0
    """By which part a speed may rise when it goes over to a slowing down that was planned ahead."""


class Record:
    """A case, with the pins added up."""

    def __init__(self, case: Case, slack: Slack) -> None:
        self.case, self.slack = case, slack
        self.accel = case.level.accel
        self.events = [one.message for one in case.heard if one.seq == 0]
        self.answers = {one.seq: one.message for one in case.heard if one.seq}

    @cached_property
    def all_steps(self) -> list[Made]:
        """Every step since power-on, or since the reset."""
        way, at, found = -1, 0, []
        for edge in self.case.edges:
            if edge.pin == "DIR":
                way = 1 if edge.level else -1
            elif edge.pin == "STEP":
                at += way * self.case.config.direction
                found.append(Made(edge.tick, way, at))
        return found

    @cached_property
    def steps(self) -> list[Made]:
        """Those of the act."""
        return [step for step in self.all_steps if step.tick > self.case.begun]

    @cached_property
    def acted(self) -> int:
        """When what ends it counts at the latest, but for the time that it may take to act."""
        case = self.case
        if case.way in PRESSES:
            return case.ended + FILTER
        if case.way in LOST:
            return case.ended + self.silence
        return case.ended

    @property
    def silence(self) -> int:
        """Ticks of silence that are noticed; an armed unit waits longer, as it is set."""
        waits = self.before_end is State.ARMED and not any(
            isinstance(event, StateChanged) and event.after is State.PLAYING for event in self.events
        )
        return ARMED_SILENCE_S * TICK_HZ if waits else SILENCE_MS * MS

    @cached_property
    def before_end(self) -> State:
        """The state at the last word, as told by the changes."""
        changes = [event for event in self.events if isinstance(event, StateChanged)]
        known = [event.after for event in changes if event.clock <= self.case.ended]
        if known:
            return known[-1]
        return changes[0].before if changes else State.IDLE

    @cached_property
    def again(self) -> int:
        """When it began what came in behind the stop, and was taken; else never."""
        for tick, seq, message in self.case.orders:
            answer = self.answers.get(seq)
            taken = isinstance(answer, Ack) and answer.result is Result.OK
            if tick > self.case.ended and isinstance(message, Goto | Arm) and taken:
                changes = [event for event in self.events if isinstance(event, StateChanged) and event.clock >= tick]
                return next((one.clock for one in changes if one.after in (State.MOVING, State.ARMED)), tick)
        return NEVER

    @cached_property
    def after(self) -> list[Made]:
        """The steps after the stop, up to what was asked for after it."""
        return [step for step in self.steps if self.acted < step.tick < self.again]

    @cached_property
    def speed(self) -> float:
        """The highest speed from just before the stop until it has to act."""
        ticks = [step.tick for step in self.steps]
        until = self.acted + ACTS + self.slack.planning
        first = max(1, bisect.bisect_right(ticks, self.acted))
        last = bisect.bisect_right(ticks, until)
        return max(
            (TICK_HZ / (ticks[n] - ticks[n - 1]) for n in range(first - 1, last + 1) if 0 < n < len(ticks)), default=0.0
        )

    def answers_of(self, kind: type[M]) -> list[M]:
        """The answers of a kind, in their order."""
        return [one.message for one in self.case.heard if one.seq and isinstance(one.message, kind)]

    def place(self, tick: int) -> int:
        """Where the pins had moved the ring by then."""
        at = bisect.bisect_right(self.all_steps, tick, key=lambda step: step.tick)
        return self.all_steps[at - 1].at if at else 0

    @property
    def slows_down(self) -> bool:
        """It was told to slow down, not to stand at once."""
        return self.case.way not in ("hard stop", "reset", *PRESSES) and not self.cut_by_silence

    @property
    def cut_by_silence(self) -> bool:
        return self.case.way == LOST[1] and bool(self.case.act.planned)


def homes(case: Case) -> bool:
    """It looks for the stops: at one it stands at once, and elsewhere one is a stall."""
    return case.config.stop_input is StopInput.HOME_SWITCH

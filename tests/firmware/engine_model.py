# SPDX-License-Identifier: MIT
"""The engine's contract (firmware/DESIGN.md) as a small machine that can be tried out: timer, interrupts, main loop.

The timer wraps after 32 ticks instead of 65,536, and everything else is in proportion: half a turn, the fast limit, the
margin of a compare. Each register write takes a tick of its own, the timer matches in between, and an interrupt may be
held up for a while. `Model.after()` gives every state that may follow; whoever calls it walks through all of them.

`fault` breaks one clause of the contract, so that it can be seen that this is noticed. `held_up` is how many ticks an
interrupt may wait: more than HELD_UP is against the contract, and must end in LATE and not in a wrong count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import product
from typing import NamedTuple

TURN, HALF, FAST_LIMIT = 32, 16, 24
MARGIN = 3
"""Ticks from looking at the timer to the pin being ready."""
HELD_UP = 2
"""Ticks that a compare interrupt may wait for others, by contract."""
LEAD = 6
"""Ticks from the launch to time zero."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step in `direction`, `interval` ticks after what was before it."""

    direction: int
    interval: int


@dataclass(frozen=True, slots=True)
class Dwell:
    """A hold of so many ticks."""

    interval: int


Record = Step | Dwell
KINDS: dict[str, Record] = {
    "U": Step(1, 9),
    "D": Step(-1, 20),
    "u": Step(1, 45),
    "d": Step(-1, 27),
    "h": Dwell(6),
    "H": Dwell(70),
}
"""Every kind of record, by the letter that names it in a program such as `UUhd`: fast and slow, short and long."""


class Goal(Enum):
    """The aim of the last part of a wait."""

    STEP = auto()
    LOOK = auto()
    END = auto()


class Rest(Enum):
    """Why the engine stands."""

    ARMED = auto()
    DONE = auto()
    CUT = auto()
    LATE = auto()


class Fault(Enum):
    """A clause of the contract that is broken."""

    NONE = auto()
    STALE_MATCH_COUNTS = auto()
    DIRECTION_IS_TOGGLED = auto()
    LATE_STEP_COUNTS = auto()
    CUT_FORGETS_THE_PULSE = auto()
    PULSE_IN_EVERY_PART = auto()
    MOVING_IN_A_HOLD = auto()
    MARGIN_IS_NOT_KEPT = auto()
    COUNTED_WHEN_SCHEDULED = auto()
    CUT_LEAVES_THE_PULSE_ARMED = auto()


def programs(longest: int) -> Iterator[str]:
    """All programs of up to so many records that have a step, as letters of KINDS."""
    for length in range(1, longest + 1):
        for letters in product(KINDS, repeat=length):
            if any(isinstance(KINDS[letter], Step) for letter in letters):
                yield "".join(letters)


class Model(NamedTuple):
    """All that the chip and the program hold at one moment; what the pins have done is `edges`."""

    program: tuple[Record, ...]
    fault: Fault = Fault.NONE
    held_up: int = HELD_UP
    # The chip
    now: int = 0
    compare: int = 0
    matched: bool = False
    sets_pin: bool = False
    pin: bool = False
    level: int = -1
    interrupt: bool = False
    waited: int = 0
    edges: tuple[tuple[int, int], ...] = ()
    # The engine
    rest: Rest | None = Rest.ARMED
    read: int = 0
    loaded: Step | None = None
    special: bool = True
    goal: Goal = Goal.END
    hold: int = 0
    parts: int = 0
    wait: int = 0
    base: int = 0
    due: Step | None = None
    stands: bool = True
    moved: bool = False
    scheduled: int = 0
    toggle: tuple[int, bool] = (-1, False)  # only of DIRECTION_IS_TOGGLED: what was loaded last, and a turn to come
    # What is in hand: micro-operations, one a tick
    todo: tuple[str, ...] = ()

    # What a reader is told --------------------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        """The count: the position after the step that is due, less that step, its direction read off the pin."""
        if self.due is None or self.fault is Fault.COUNTED_WHEN_SCHEDULED:
            return self.scheduled
        return self.scheduled - self.level

    @property
    def travelled(self) -> int:
        """The steps that the driver has been told to turn."""
        return sum(direction for _, direction in self.edges)

    @property
    def moving(self) -> bool:
        """A step has been made, and no hold lies between it and the one that is due."""
        held = self.stands and self.fault is not Fault.MOVING_IN_A_HOLD
        return self.rest is None and self.due is not None and self.moved and not held

    @property
    def busy(self) -> bool:
        """Interrupts are off: something is being done that nothing comes between."""
        return bool(self.todo)

    # Time -------------------------------------------------------------------------------------------------------------

    def after(self) -> Iterator[Model]:
        """Every state that may be next, a tick later."""
        if self.todo:
            yield getattr(self, "_" + self.todo[0])(self._replace(todo=self.todo[1:]))._tick()
        elif self.matched and self.interrupt:
            if self.waited < self.held_up:
                yield self._replace(waited=self.waited + 1)._tick()
            yield self._replace(matched=False, waited=0)._served()._tick()
        else:
            yield self._tick()

    def _tick(self) -> Model:
        now = self.now + 1
        if now % TURN != self.compare:
            return self._replace(now=now)
        if not self.sets_pin or self.pin:
            return self._replace(now=now, matched=True)
        return self._replace(now=now, matched=True, pin=True, edges=(*self.edges, (now, self.level)))

    # The main loop's calls --------------------------------------------------------------------------------------------

    def armed(self, program: tuple[Record, ...], position: int) -> Model:
        """At rest, with this to play from `position`."""
        assert self.rest is not None
        ready = self._replace(
            toggle=(self.toggle[0], False),
            program=program,
            read=0,
            loaded=None,
            special=True,
            hold=0,
            moved=False,
            due=None,
        )
        return ready._replace(rest=Rest.ARMED, scheduled=position, parts=0, todo=(), base=self.now)

    def launched(self) -> Model:
        """Time zero LEAD ticks on: the first goal's compares are written, interrupts off."""
        planned, ticks = self._replace(rest=None, interrupt=True, base=self.now)._planned()
        return planned._scheduled(ticks + LEAD)

    def cut(self) -> Model:
        """No edge after this; a pulse that has begun is counted."""
        if self.rest is not None:
            return self
        done = self
        if self.pin and self.fault is not Fault.CUT_FORGETS_THE_PULSE:
            done = done._counted()
        armed = self.fault is Fault.CUT_LEAVES_THE_PULSE_ARMED
        return done._replace(rest=Rest.CUT, sets_pin=armed and self.sets_pin, pin=False, interrupt=False, todo=())

    def stopped(self) -> Model:
        """STOP's receive interrupt: whoever stands, stays."""
        return self if self.moving else self.cut()

    # Planning ---------------------------------------------------------------------------------------------------------

    def _counted(self) -> Model:
        return self._replace(due=None, moved=True)

    def _planned(self) -> tuple[Model, int]:
        """The goal that comes next, and the ticks to it from `base`."""
        ticks = self.hold
        model = self._replace(stands=ticks != 0 or not self.moved, hold=0)
        while model.loaded is None:
            record = model.program[model.read] if model.read < len(model.program) else None
            if record is None:
                return model._replace(goal=Goal.END), ticks
            if isinstance(record, Step):
                model = model._taken(record)
                break
            ticks += record.interval
            model = model._replace(read=model.read + 1, stands=True)
            if ticks >= 2 * HALF:
                return model._replace(hold=HALF, goal=Goal.LOOK), ticks - HALF
        step = model.loaded
        assert step is not None
        model = model._replace(loaded=None, goal=Goal.STEP, due=step, scheduled=model.scheduled + step.direction)
        return model, ticks + step.interval

    def _scheduled(self, ticks: int) -> Model:
        """The compares to a goal `ticks` after `base` are begun; DIR shows a step's direction from here on."""
        model = self._directed() if self.goal is Goal.STEP else self
        halves = ticks // HALF
        wait = ticks % HALF + (HALF if halves else 0)
        if halves < 2:
            return model._replace(wait=wait, parts=0)._approach()
        return model._replace(wait=wait, parts=halves - 1)._part()

    def _directed(self) -> Model:
        assert self.due is not None
        if self.fault is not Fault.DIRECTION_IS_TOGGLED:
            return self._replace(level=self.due.direction)
        towards, turning = self.toggle
        return self._replace(level=-self.level if turning else self.level, toggle=(towards, False))

    def _taken(self, step: Step) -> Model:
        """The record at `read` is at hand."""
        towards, turning = self.toggle
        toggle = (step.direction, turning != (step.direction != towards))
        return self._replace(loaded=step, read=self.read + 1, toggle=toggle)

    def _part(self) -> Model:
        sets_pin = self.sets_pin or self.fault is Fault.PULSE_IN_EVERY_PART
        return self._replace(sets_pin=sets_pin, todo=self._writes("write_half"))

    def _approach(self) -> Model:
        return self._replace(todo=self._writes("write_wait", "check"))

    def _writes(self, write: str, *then: str) -> tuple[str, ...]:
        """A match from before the compare was written is forgotten after it is written."""
        if self.fault is Fault.STALE_MATCH_COUNTS:
            return ("forget_match", write, *then)
        return (write, "forget_match", *then)

    # Micro-operations: each takes a tick, interrupts off --------------------------------------------------------------

    @staticmethod
    def _write_half(model: Model) -> Model:
        return model._replace(compare=(model.base + HALF) % TURN)

    @staticmethod
    def _write_wait(model: Model) -> Model:
        return model._replace(compare=(model.base + model.wait) % TURN)

    @staticmethod
    def _forget_match(model: Model) -> Model:
        return model._replace(matched=False)

    @staticmethod
    def _check(model: Model) -> Model:
        """The compare lies ahead for certain, or it is not made."""
        margin = 0 if model.fault is Fault.MARGIN_IS_NOT_KEPT else MARGIN
        if model.now - model.base + margin >= model.wait:
            return model._late() if model.goal is Goal.STEP else model._replace(rest=Rest.DONE, interrupt=False)
        return model._replace(todo=("arm_pin",)) if model.goal is Goal.STEP else model

    @staticmethod
    def _arm_pin(model: Model) -> Model:
        return model._replace(sets_pin=True)._looked_ahead()

    @staticmethod
    def _fast_check(model: Model) -> Model:
        """The next fast step's compare has been written: is it still ahead?"""
        ahead = model.wait - (model.now - model.base)
        if ahead <= MARGIN - 1:
            return model._replace(pin=False, sets_pin=False)._late()
        return model._replace(pin=False)._looked_ahead()

    def _late(self) -> Model:
        """The step that came too close stays due: not made, not counted."""
        due = None if self.fault is Fault.LATE_STEP_COUNTS else self.due
        return self._replace(rest=Rest.LATE, due=due, interrupt=False, todo=())

    def _looked_ahead(self) -> Model:
        """The run that goes on after the step that is due is at hand, or the compare is not the fast path's."""
        model = self
        if model.loaded is None and model.read < len(model.program):
            record = model.program[model.read]
            if isinstance(record, Step):
                model = model._taken(record)
        fast = model.loaded is not None and model.loaded.interval < FAST_LIMIT
        return model._replace(special=not fast)

    # Compare interrupt ------------------------------------------------------------------------------------------------

    def _served(self) -> Model:
        base = self._base()
        if self.parts:
            left = self._replace(parts=self.parts - 1, base=base)
            return left._part() if left.parts else left._approach()
        if self.goal is Goal.END:
            return self._replace(rest=Rest.DONE, interrupt=False)
        made = self._counted() if self.goal is Goal.STEP else self
        if self.goal is Goal.STEP and not self.special:
            return made._replace(base=base)._fast()
        planned, ticks = made._replace(pin=False, sets_pin=False, base=base)._planned()
        if planned.goal is Goal.END and ticks == 0:
            return planned._replace(rest=Rest.DONE, interrupt=False)
        return planned._scheduled(ticks)

    def _base(self) -> int:
        """The time of the compare that is being served, which is less than a turn ago."""
        return self.now - (self.now - self.compare) % TURN

    def _fast(self) -> Model:
        """The next step is due at once: the pin stays set by compares."""
        step = self.loaded
        assert step is not None
        model = self._replace(loaded=None, due=step, stands=False, scheduled=self.scheduled + step.direction)
        return model._directed()._replace(wait=step.interval, todo=("write_wait", "fast_check"))

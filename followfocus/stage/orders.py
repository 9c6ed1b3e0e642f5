# SPDX-License-Identifier: MIT
"""The player's orders to whoever has the unit: frozen, each with its number and the epoch it was asked in.

STOP begins a new epoch. An order of an epoch that is over is void wherever it waits: it is not begun, what it has begun
ends with the slowing down, and nothing that was to come of it follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.plan.plan import Plan
from followfocus.show.cue_hand import CueHand
from followfocus.takes.context import TakeContext
from followfocus.units import System
from followfocus.wire.messages import Silence


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to do on the unit. Numbers count up; `epoch` is how many STOPs had been given when it was asked."""

    number: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Ready(Order):
    """Set the unit up for a plan's rig and lens, and for what a take does when the line falls silent.

    `at_deg` is where the ring stands, if someone has looked; `seen_now`, and the motor may only now take hold of it
    and turn it: then it has to be looked at again. `first` makes ready what was just connected: a unit that doesn't
    know its position is then left alone, for the crew to say.
    """

    plan: Plan
    silence: Silence
    at_deg: float | None = None
    seen_now: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class LoadOrder(Order):
    """Compile the plan for the unit's own clock and put it into the unit's memory."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class BackToOne(Order):
    """To the start of what is loaded, arriving in the direction of the pull."""


@dataclass(frozen=True, slots=True)
class ToAngle(Order):
    """Turn the ring to an angle, at the configured speed."""

    ring_deg: float


@dataclass(frozen=True, slots=True)
class ArmOrder(Order):
    """Back to one where that is not done, and ready for GO."""


@dataclass(frozen=True, slots=True)
class DisarmOrder(Order):
    """From armed back to loaded."""


AHEAD_S = 0.15
"""A GO for a tick of the unit's clock leaves so long before it; the unit then waits it out by its own clock.

The take is put down in the log first: the machine may be busy, and the disk slow.
"""


@dataclass(frozen=True, slots=True)
class Wait(Order):
    """Let time pass: so many seconds, or until `AHEAD_S` before a tick of the unit's clock."""

    seconds: float = 0.0
    until_clock: int | None = None


@dataclass(frozen=True, slots=True)
class Shoot(Order):
    """GO, wait for the end, and keep the take, begun before GO and closed after it.

    `at_clock` is the tick of the unit's clock at which it is to start; None is at once. `cued` arms for an edge on the
    cue input instead. `counts` False is a rehearsal, which has no number. With `hand` it is
    streamed, and a wheel plays together with it.
    """

    take: int
    context: TakeContext
    at_clock: int | None = None
    cued: bool = False
    counts: bool = True
    hand: CueHand | None = None


@dataclass(frozen=True, slots=True)
class CheckSlip(Order):
    """Back to A, and see whether the motor has slipped; what the ring must read there is told in the show's units."""

    plan: Plan
    system: System = "metric"


@dataclass(frozen=True, slots=True)
class ClearFaultOrder(Order):
    """Leave FAULT."""


@dataclass(frozen=True, slots=True)
class Cancel(Order):
    """Wait no longer: the wait of that number, and nothing else, is over. Done at once, past everything that queues."""

    wait: int


AT_ONCE = (Cancel,)
"""Orders that don't queue."""

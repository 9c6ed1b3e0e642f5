# SPDX-License-Identifier: MIT
"""A pull on a unit that lies, in virtual time: what the host says came of it, beside what truly did."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from followfocus.clock import VirtualClock
from followfocus.errors import FollowFocusError
from followfocus.plan.plan import Plan
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.ports import SimPort
from followfocus.takes.takes import Verdict, judge
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link, Port
from tests.support.benches import a_plan
from tests.support.liars import LIES, Hung, LyingPort, Middle

LONGEST_S = 30.0
START_DEG, END_DEG, PULL_S = 60.0, 75.0, 0.4


@dataclass(frozen=True)
class Outcome:
    """The end of one attempt. `code` is the exit code that the command line would end with; `took_s` virtual."""

    lie: str
    phase: str
    code: int
    words: str
    took_s: float
    played: bool
    turning: bool
    traceback: str = ""
    hung: bool = False

    @property
    def wrong(self) -> str:
        """The fault in it, in words; "" where there is none."""
        if self.traceback:
            return f"a traceback: {self.traceback}"
        if self.hung or self.took_s > LONGEST_S:
            return f"no end after {self.took_s:.0f} s"
        if self.code not in (0, 1, 3):
            return f"exit code {self.code}"
        if self.code and not (self.words and self.words.isprintable()):
            return f"no sentence: {self.words!r}"
        if self.code == 0 and not self.played:
            return "a good take that never was"
        return "the motor turns after all is over" if self.turning else ""


@functools.cache
def _plan() -> Plan:
    return a_plan(START_DEG, END_DEG, PULL_S)


def attempt(lie: str, phase: str, seed: int = 0) -> Outcome:
    """Connect, set up, move, load, shoot one take and move once more, with the lie told from `phase` on."""
    clock = VirtualClock(100.0)
    device = SimulatedUnit(mechanics=RigidRing(_plan().rig.ring_deg_per_step))
    middle = Middle(LIES[lie], phase, seed)

    def opener(_attempt: int) -> Port:
        return LyingPort(SimPort(device, clock), middle)

    unit = FollowFocusUnit(Link(opener, clock, nonce=seed + 1))
    traceback, hung = "", False
    try:
        code, words = _pull(unit)
    except FollowFocusError as error:
        code, words = error.exit_code, str(error)
    except Hung:
        code, words, hung = -1, "", True
    except Exception as error:  # noqa: BLE001 - that there is none is what is tried
        code, words, traceback = -1, "", _where(error)
    took_s = clock.now() - 100.0
    device.advance(clock.now() + 3.0)
    edges = len(device.edges)
    device.advance(clock.now() + 4.0)
    return Outcome(lie, phase, code, words, took_s, _played(device), len(device.edges) > edges, traceback, hung)


def _pull(unit: FollowFocusUnit) -> tuple[int, str]:
    plan = _plan()
    with unit:
        assert unit.info is not None
        unit.configure(plan.rig, plan.limits)
        unit.last_known()
        unit.set_reference(START_DEG - 5)
        unit.set_limits(0.0, plan.lens.travel_deg)
        unit.goto_deg(START_DEG - 1)
        unit.measure_clock(0.8)
        loaded = plan.at_clock(unit.tick_hz)
        unit.load(loaded.profile)
        take = judge(unit.play(1), loaded, unit.info)
        if take.verdict is Verdict.LOST:
            return 3, "; ".join(take.reasons)
        if not take.verdict.usable:
            return 1, "; ".join(take.reasons)
        unit.goto_deg(START_DEG)
        return 0, ""


def _played(device: SimulatedUnit) -> bool:
    """Whether the pull was truly played: its last step stands in the log of edges, after its first."""
    profile = _plan().profile
    positions = [position for _, position in device.edges]
    return profile.end in positions and profile.start in positions


def _where(error: BaseException) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = "" if at is None else f" at {at.tb_frame.f_code.co_filename.rpartition('/')[2]}:{at.tb_lineno}"
    return f"{type(error).__name__}: {error}{place}"

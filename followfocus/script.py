# SPDX-License-Identifier: MIT
"""The functions for scripts: plan from two points, connect, shoot takes, read a log.

`import followfocus` gives these together with the types that they hand out. Errors are those of `errors.py`:
RequestError for what can't be, JobError and UnitError for what the unit can't or won't do, LineError for the line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from followfocus.lens.map import LensMap, parse_point
from followfocus.motion.easing import parse_easing
from followfocus.motion.pull import REGISTERS, Mark, Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import context_of
from followfocus.takes.log import TakeLog, TakeQuery, TakeRow
from followfocus.takes.takes import Take
from followfocus.unit.connect import SIM, open_unit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.units import parse_duration, parse_fps

RingPoint = str | float
"""`1.2m`, `4'6"`, `inf`, `84.5deg` or a mark's label; a number is degrees of the ring."""


def plan_pull(
    lens: LensMap,
    start: RingPoint,
    end: RingPoint,
    duration: str | float,
    *,
    ease: str = "minjerk",
    t_stop: float | None = None,
    fps: str = "24",
) -> Plan:
    """Plan a pull from one point to another: what can be said of it before it is shot.

    `duration` is seconds, or as the command line takes it: `48f`, `1s+12f`, `snap`. `t_stop` is the lens's widest if
    not given. A pull that is too fast is planned all the same: `plan.feasibility` says so, and its `refuse()` raises.
    Raises RequestError for points off the lens's travel and for words that can't be read.
    """
    rate = parse_fps(fps)
    pull = Pull.between(
        Mark("A", _ring_deg(lens, start)), Mark("B", _ring_deg(lens, end)), _seconds(duration, fps), parse_easing(ease)
    )
    return make_plan(lens, pull, Conditions(lens.t_stop if t_stop is None else t_stop, fps=rate))


def _ring_deg(lens: LensMap, point: RingPoint) -> float:
    return parse_point(lens, point) if isinstance(point, str) else lens.checked_ring_deg(float(point))


def _seconds(duration: str | float, fps: str) -> float:
    if not isinstance(duration, str):
        return float(duration)
    word = duration.strip().lower()
    return REGISTERS[word] if word in REGISTERS else parse_duration(duration, parse_fps(fps))


def connect(
    port: str = SIM, plan: Plan | None = None, *, fast: bool = False
) -> AbstractContextManager[FollowFocusUnit]:
    """The unit on a port, connected as the `with` begins and closed as it ends.

    `port` is a serial device, a pty, a URL, or `sim`: then motor, gears and the lens's stops are those of `plan`, and
    with `fast` it runs in virtual time, as fast as the machine goes and with the same result. Raises LineError,
    NoUnitError, VersionError.
    """
    if plan is None:
        return open_unit(port, fast=fast)
    stops = (0.0, plan.lens.travel_deg) if plan.lens.has_stops else None
    return open_unit(port, rig=plan.rig, fast=fast, stops_deg=stops)


def shoot_takes(
    unit: FollowFocusUnit, plan: Plan, takes: int = 1, *, at: RingPoint | None = None, log: str | Path | None = None
) -> list[Take]:
    """Shoot takes of a plan, numbered from 1, each kept in `log` before the next one starts.

    `at` is where the ring stands now, if someone has looked. A take that was stopped, faulted, lost or refused is the
    last one. Raises InfeasibleError before anything moves, UnitError where the unit refuses or doesn't know where its
    ring is, FileError for the log.
    """
    assert unit.info is not None
    plan = plan.on_unit(unit.info.fastest_interval_ticks)
    plan.feasibility.refuse()
    shot: list[Take] = []
    with _opened(log) as book:
        ready(unit, plan, None if at is None else _ring_deg(plan.lens, at))
        loaded = load(unit, plan)
        for number in range(1, takes + 1):
            take = shoot(unit, loaded, number)
            shot.append(take)
            if book is not None:
                book.append(take, context_of(loaded, unit.info, slate=Slate(take=number), pull="A → B"))
            if not take.lets_go_on:
                break
    return shot


@contextlib.contextmanager
def _opened(log: str | Path | None) -> Iterator[TakeLog | None]:
    if log is None:
        yield None
        return
    with TakeLog(log) as book:
        yield book


def read_takes(log: str | Path, query: TakeQuery | None = None) -> list[TakeRow]:
    """The takes in a log that fit `query`, or all of them, in the order in which they were shot. Raises FileError."""
    with TakeLog(log, create=False) as book:
        return book.rows(query or TakeQuery())

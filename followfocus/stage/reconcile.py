# SPDX-License-Identifier: MIT
"""Takes that were begun and whose end nobody wrote, because the program or its machine went: asked of the unit again.

A unit keeps the evidence of its last take until the next one or until it is switched off. What fits is closed with
that; of what doesn't, the log says that nobody knows how it ended. And where the unit has played the take that would be
next, and the log has none such, that is said: its row went with the power, or it was shot without this log.
"""

from __future__ import annotations

from pathlib import Path

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.lens.optics import LandingGrade, landing_verdict
from followfocus.takes.context import BY_HAND, WITH_HAND
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import TakeQuery, TakeRow
from followfocus.takes.schema import slate_words
from followfocus.takes.takes import FAULT_OF, Take, Verdict
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import Cause, Fault, GetTake, State, TakeEnded

EARLIEST_S, LATEST_S = -5.0, 30.0
"""A take starts so long after it was put down: GO comes at once, the clocks of two machines are set alike to this"""
BY_UNIT = "the program ended in the take; its end was asked of the unit afterwards, without a trace"


_LOOKED_AT = 500
"""Among so many takes, the newest, one of this unit's is looked for"""


def reconcile(unit: FollowFocusUnit, path: Path) -> tuple[str, ...]:
    """Close what is open in the log at `path` of takes on this unit; a sentence for each. Nothing moves.

    A take that still runs is left open. Raises FileError where the log can't be read or written, LineError.
    """
    assert unit.info is not None
    # A take that still runs has an end that will be told: by whoever waits for it, or at the next start.
    if stat_of(path) is None or unit.status.state in (State.PLAYING, State.STOPPING):
        return ()
    with TakeLog(path) as log:
        open_takes = [row for row in log.open_takes() if row.context.unit_serial in ("", unit.info.serial)]
        ended = _last_take(unit)
        said, heard = [], False
        for row in open_takes:
            # Only the last that was begun can be the one that the unit remembers: it keeps a single take.
            take = by_the_unit(row, ended, unit) if row is open_takes[-1] else None
            heard = heard or take is not None
            if log.reconcile(row.id, take):
                said.append(_words(row, take))
        # Also beside a take that was left open: that may be an older one than the unit remembers.
        missing = "" if ended is None or heard else _not_here(log, ended, unit)
    return (*said, missing) if missing else tuple(said)


def _not_here(log: TakeLog, ended: TakeEnded, unit: FollowFocusUnit) -> str:
    """The sentence for a take that the unit played after the log's last and the log lacks; empty where there is none.

    GO waits for no disk: a power cut in the moment after it can take the row along.
    """
    assert unit.info is not None
    # The last of this unit's: another one may have played in the same log since.
    newest = log.each(TakeQuery(newest_first=True, limit=_LOOKED_AT))
    last = next((row for row in newest if row.context.unit_serial == unit.info.serial), None)
    if last is None or ended.cause is Cause.NONE:
        return ""
    # By number and by time: an older take of that number may be what the unit remembers from another slate.
    if ended.take != last.take + 1 or _started_utc_s(ended, unit) <= last.logged_utc_s:
        return ""
    name = slate_words(last.context.slate.shot, ended.take)
    return (
        f"The unit has played a take after the last one in {log.path}, perhaps {name}. It was shot without this log, or"
        " the power went just as it began."
    )


def _started_utc_s(ended: TakeEnded, unit: FollowFocusUnit) -> float:
    return utc_timestamp() - (unit.status.clock - ended.start_clock) / unit.tick_hz


def _last_take(unit: FollowFocusUnit) -> TakeEnded | None:
    try:
        return unit.line.ask(GetTake(), TakeEnded)
    except FollowFocusError:
        return None


def by_the_unit(row: TakeRow, ended: TakeEnded | None, unit: FollowFocusUnit) -> Take | None:
    """The row's take by the unit's word; None where the unit's last take is another, or had no end."""
    # What was played with a hand is no take to the unit: its last one is older, and may have the same number.
    if row.context.easing.startswith((BY_HAND, WITH_HAND)):
        return None
    if ended is None or ended.take != row.take or ended.cause is Cause.NONE:
        return None
    started_utc_s = _started_utc_s(ended, unit)
    # A number comes again with the next slate, so the same one may be another take: its time must fit, too.
    if not EARLIEST_S <= started_utc_s - row.logged_utc_s <= LATEST_S:
        return None
    return _judged(row, ended, started_utc_s, unit)


def _judged(row: TakeRow, ended: TakeEnded, started_utc_s: float, unit: FollowFocusUnit) -> Take:
    """The take of what the unit keeps and of what was put down before GO: by its count alone."""
    context = row.context
    per_deg, half_dof = context.steps_per_deg or unit.steps_per_deg, context.half_dof_deg
    known = bool(ended.position_known)
    counter_deg = ended.position / per_deg if known else None
    end_deg = context.marks[-1].ring_deg if context.marks else None
    error_deg = None
    if ended.cause is Cause.DONE and counter_deg is not None and end_deg is not None:
        error_deg = counter_deg - end_deg
    landing = None if error_deg is None or not half_dof else landing_verdict(error_deg, half_dof)
    return Take(
        take=row.take,
        verdict=_verdict(ended, landing),
        reasons=(BY_UNIT,),
        landing_error_deg=error_deg,
        landing_error_half_dof=None if error_deg is None or not half_dof else error_deg / half_dof,
        duration_error_ms=None,
        start_latency_ms=None,
        clean=landing is LandingGrade.CLEAN,
        start_deg=context.marks[0].ring_deg if context.marks else 0.0,
        end_deg=end_deg or 0.0,
        landed_deg=counter_deg,
        landed_by="counter",
        counter_deg=counter_deg,
        half_dof_deg=half_dof or 0.0,
        planned_s=context.duration_s or 0.0,
        actual_s=(ended.last_edge_clock - ended.start_clock) / unit.tick_hz if ended.steps else None,
        steps=ended.steps,
        # What was planned went with the program: only its duration and its marks were put down.
        planned_steps=0,
        position_known=known,
        started_utc_s=started_utc_s,
        start_clock=ended.start_clock,
        first_edge_ticks=ended.first_edge_clock - ended.start_clock if ended.steps else None,
        last_edge_ticks=ended.last_edge_clock - ended.start_clock if ended.steps else None,
        tick_hz=unit.tick_hz,
        cause=ended.cause.name.lower(),
        fault=FAULT_OF.get(ended.cause, Fault.NONE).name.lower(),
        source="host",
        unit_serial=context.unit_serial,
    )


def _verdict(ended: TakeEnded, landing: LandingGrade | None) -> Verdict:
    if ended.cause in (Cause.STOP, Cause.HARD_STOP, Cause.STOP_INPUT):
        return Verdict.STOPPED
    if ended.cause is not Cause.DONE or landing is None:
        return Verdict.FAULTED
    return {LandingGrade.FAIL: Verdict.MISSED, LandingGrade.WARN: Verdict.SOFT}.get(landing, Verdict.GOOD)


def _words(row: TakeRow, take: Take | None) -> str:
    name = slate_words(row.context.slate.shot, row.take)
    if take is None:
        # Whoever began it may play it still, on a simulated unit of its own, and writes the end where it comes.
        return f"{name} has no end in the log: not known how it ended, unless another program still plays it."
    return f"{name} was begun when a program ended. Its unit says: {take.verdict.value}."

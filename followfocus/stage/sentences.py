# SPDX-License-Identifier: MIT
"""The one sentence that says how things stand, made of the stage as it is now: it can't be left over from before."""

from __future__ import annotations

from followfocus.show.cues import parts, standing_cue
from followfocus.stage import orders
from followfocus.stage.state import Stage
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State

NOT_REFERENCED = "Where the ring stands is not known: look at it and say it, or calibrate."

_DOING: dict[type[orders.Order], str] = {
    orders.Ready: "getting ready",
    orders.LoadOrder: "loading",
    orders.ArmOrder: "arming",
    orders.DisarmOrder: "disarming",
    orders.BackToOne: "back to one",
    orders.ToAngle: "turning the ring",
    orders.Wait: "waiting",
    orders.Shoot: "take",
    orders.CheckSlip: "slip check",
    orders.ClearFaultOrder: "clearing the fault",
}


def doing(stage: Stage) -> str:
    """The work under way, in a word; empty for none."""
    if stage.run is not None and not stage.run.counts:
        return "rehearsal"
    order = stage.under_way or next(iter(stage.queue), None)
    return "" if order is None else _DOING.get(type(order), "")


def state_word(status: UnitStatus) -> str:
    """The unit's state in a word."""
    if not status.connected or status.state is None:
        return "no unit"
    return {State.LOADED: "ready", State.IDLE: "ready"}.get(status.state, status.state.name.lower())


def sentence(stage: Stage) -> str:
    """How things stand: what was said last of what was asked for, and what is so now."""
    return " ".join(filter(None, (stage.note.words, standing(stage))))


def standing(stage: Stage) -> str:
    """How things stand, whatever was said; empty while the unit is at rest and nothing is to come."""
    state, waiting = stage.state, stage.waiting
    if state is State.ARMED:
        return _armed(stage, waiting)
    if state is State.PLAYING:
        return f"Cue {_number(stage)} plays."
    if state in (State.MOVING, State.STOPPING) and not stage.busy:
        return ""
    order = stage.under_way
    if order is not None and order.epoch != stage.epoch:
        return ""  # it was stopped, and only has to find out
    loads = isinstance(order, orders.LoadOrder | orders.ArmOrder) or (
        isinstance(order, orders.Ready) and not order.first
    )
    return "Loading." if loads else ""


def _armed(stage: Stage, waiting: orders.Wait | None) -> str:
    if waiting is not None and waiting.until_clock is not None and not waiting.seconds:
        follow_s = _follow_s(stage)
        return f"Cue {_number(stage)} goes in {follow_s:g} s." if follow_s is not None else ""
    if waiting is not None:
        return f"GO in {waiting.seconds:g} s."
    if stage.busy:
        return ""
    count = len(parts(stage.show, stage.at))
    if stage.at.part > 0:
        return f"Holding. GO goes on ({stage.at.part + 1} of {count})."
    return "Armed. Space is GO."


def _follow_s(stage: Stage) -> float | None:
    """The follow-on that runs: it is the cue's before the one that stands by."""
    before = stage.at.cue - 1
    return stage.show.cues[before].follow_s if 0 <= before < len(stage.show.cues) else None


def _number(stage: Stage) -> str:
    return standing_cue(stage.show, stage.at).number

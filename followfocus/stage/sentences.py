# SPDX-License-Identifier: MIT
"""Words for the job under way and how it ended, made of the stage as it is now."""

from __future__ import annotations

from followfocus.show.cues import standing_pull
from followfocus.stage import orders
from followfocus.stage.events import Taken
from followfocus.stage.state import Stage
from followfocus.takes.takes import Take, Verdict
from followfocus.units import format_distance
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Cause, Fault, State
from followfocus.wire.refusals import fault_words

_NO_UNIT = "no unit"
NOT_REFERENCED = "Read the ring off the lens and type it, or calibrate."
RESTARTED = "The unit restarted. Read the ring off the lens."

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


_DOING_WORDS: dict[type[orders.Order], str] = {
    orders.Ready: "Loading the pull.",
    orders.LoadOrder: "Loading the pull.",
    orders.ArmOrder: "Loading the pull.",
    orders.DisarmOrder: "Disarming.",
    orders.BackToOne: "Going back to one.",
    orders.CheckSlip: "Looking whether the motor has slipped.",
    orders.ClearFaultOrder: "Clearing the fault.",
}


def doing_words(stage: Stage) -> str:
    """The work under way, as a sentence; empty for none."""
    if stage.run is not None and not stage.run.counts:
        return "Rehearsing."
    order = stage.under_way or next(iter(stage.queue), None)
    last = stage.queue[-1] if stage.queue else order
    if isinstance(last, orders.BackToOne | orders.CheckSlip):
        order = last
    return "" if order is None else _DOING_WORDS.get(type(order), "")


def under_way_words(stage: Stage) -> str:
    """A sentence on the motion or job that takes no GO beside it; empty while the ring stands and nothing is done."""
    shot = stage.under_way
    if stage.plays or (isinstance(shot, orders.Shoot) and not shot.cued):
        return "A take is under way already." if stage.run is None or stage.run.counts else "Rehearsing."
    if isinstance(shot, orders.Shoot):
        return "The take waits for its cue already."
    return "The ring still turns." if stage.state in (State.MOVING, State.STOPPING) else ""


def short_fault(fault: Fault) -> str:
    """A fault as a sentence short enough to be read at once."""
    words = fault_words(fault).split(":")[0]
    return f"{words[:1].upper()}{words[1:]}."


def landing_words(stage: Stage, taken: Taken) -> str:
    """How a take ended, as a sentence: where it stopped, or on whom it landed and how far off."""
    take, context = taken.take, taken.context
    imperial = stage.show.preferences.units == "imperial"
    name = "Rehearsal" if taken.rehearsed else str(context.slate)
    part = f", part {context.part} of {context.parts}" if context.parts > 1 else ""
    if taken.hand is not None and (take.verdict.usable or take.cause == Cause.SILENCE.name.lower()):
        return f"{name}{part}: {taken.hand.words}"
    if take.landing_error_half_dof is not None and context.marks:
        # By the order in which they were played: two marks may be at one place.
        end = context.marks[-1]
        return f"{name}{part}: {_landed_words(take, end.name or end.letter)}"
    reasons = "; ".join(take.reasons)
    lens = standing_pull(stage.show, stage.at).lens
    where = ""
    if take.landed_deg is not None and take.position_known:
        metres = stage.show.lens(lens).distance_m(min(max(take.landed_deg, 0.0), stage.show.lens(lens).travel_deg))
        where = f", {format_distance(metres, 'imperial' if imperial else 'metric')}"
    at = f" at {take.last_edge_ticks / take.tick_hz:.2f} s" if take.last_edge_ticks is not None else ""
    if take.verdict is Verdict.STOPPED:
        # Nobody pressed STOP where it says something else: why is to be read here too.
        why = "" if take.reasons[:1] in (("stopped",), ("stopped hard",)) else reasons
        return f"{name}{part}: stopped{at}{where}.{f' {why[:1].upper()}{why[1:]}.' if why else ''}"
    return f"{name}{part}: {take.verdict.value}. {reasons[:1].upper()}{reasons[1:]}{'.' if reasons else ''}".strip()


def _landed_words(take: Take, name: str) -> str:
    share = abs(take.landing_error_half_dof or 0.0) * 100.0
    off = "dead on" if share < 0.5 else f"{share:.0f} % off"
    if take.verdict is Verdict.GOOD:
        return f"{name} sharp, {off}."
    if take.verdict is Verdict.SOFT:
        return f"{name} at the edge of sharp, {off}."
    reasons = "; ".join(take.reasons)
    return f"{name} {take.verdict.value}, {off}. {reasons[:1].upper()}{reasons[1:]}{'.' if reasons else ''}".strip()


def doing(stage: Stage) -> str:
    """The work under way, in a word; empty for none."""
    if stage.run is not None and not stage.run.counts:
        return "rehearsal"
    order = stage.under_way or next(iter(stage.queue), None)
    return "" if order is None else _DOING.get(type(order), "")


def state_word(status: UnitStatus) -> str:
    """The unit's state in a word."""
    if not status.connected or status.state is None:
        return _NO_UNIT
    return {State.LOADED: "ready", State.IDLE: "ready"}.get(status.state, status.state.name.lower())


def not_ready(status: UnitStatus) -> str:
    """Why a unit that isn't at hand can begin nothing, as a sentence."""
    if status.restarted:
        return RESTARTED
    word = state_word(status)
    return "There is no unit: check cable and power." if word == _NO_UNIT else f"The unit is {word}."

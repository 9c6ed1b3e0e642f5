# SPDX-License-Identifier: MIT
"""Prepares the standby: a plan for each part, and its entry for the log. Nothing is planned twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isfinite

from followfocus.errors import FollowFocusError, InfeasibleError
from followfocus.lens.map import LensMap
from followfocus.lens.subjects import Subject
from followfocus.lens.zoom import Zoom, zoom_words
from followfocus.motion.bounds import rounded_up
from followfocus.motion.limits import RingLimits, slower_by
from followfocus.motion.motor import Rig
from followfocus.motion.pull import Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus.show.cue_hand import CueHand
from followfocus.show.cues import Standby, parts, standing_cue, standing_pull
from followfocus.show.show import Show, ShowCue, ShowLens, ShowMark, ShowPull, new_show
from followfocus.takes.context import WITH_HAND, TakeContext, context_of, plan_hash
from followfocus.wire.evidence import UnitInfo

KEPT_PLANS = 32


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared standby: its plan, and its entry for the log."""

    at: Standby
    plan: Plan
    context: TakeContext
    hand: CueHand | None = None
    """The wheel's part meanwhile"""

    @property
    def hash(self) -> str:
        """The same for the same pull on the same gearing: by it the player knows what is on the unit."""
        return self.context.plan_hash

    def started(self, by: str, timecode: str) -> Prepared:
        """The same, with who started it, and the timecode that it was counted to."""
        if not (by or timecode):
            return self
        return dataclasses.replace(self, context=dataclasses.replace(self.context, started_by=by, timecode=timecode))


@lru_cache(maxsize=KEPT_PLANS)
def planned(
    lens: LensMap,
    part: Pull,
    conditions: Conditions,
    rig: Rig,
    limits: RingLimits,
    subjects: tuple[Subject, ...] = (),
    fastest: int | None = None,
    zoom: Zoom | None = None,
) -> Plan:
    """The plan of one part, made once. Raises RequestError."""
    return make_plan(lens, part, conditions, rig, limits, subjects=subjects, fastest_interval_ticks=fastest, zoom=zoom)


def plan_part(show: Show, pull: ShowPull, part: Pull, *, back: bool = False, fastest: int | None = None) -> Plan:
    """The plan of one part of a pull, or of its way back, with the show's lens, stop, rig and limits.

    `fastest` is the unit's least step interval in ticks, where one has said so.
    """
    lens = show.lens(pull.lens)
    seen = pull.seen(part, lens, back=back)
    lens, zoom = pull.zoomed(part, lens, back=back)
    conditions = Conditions(pull.t_stop, pull.coc_mm, show.film, show.fps)
    rig, limits = show.unit.rig(lens), show.unit.ring_limits
    return planned(lens, part, conditions, rig, limits, seen, fastest, zoom)


def prepare(show: Show, at: Standby, unit: UnitInfo | None = None, given: Plan | None = None) -> Prepared:
    """Plan what stands by, or take the plan that is `given` for it.

    Raises RequestError, or InfeasibleError where a limit forbids it.
    """
    cue, pull, played = standing_cue(show, at), standing_pull(show, at), parts(show, at)
    plan = given or plan_part(show, pull, played[at.part], back=cue.back != at.turned)
    # A plan made elsewhere was judged there, and says itself what it was planned for.
    if given is None:
        plan = plan if unit is None else plan.on_unit(unit.fastest_interval_ticks)
        if not plan.feasibility.feasible:
            # All parts, not this one: the shortest time that is said is shared among them.
            every = [plan_part(show, pull, part, back=cue.back != at.turned) for part in played]
            raise _refusal("This pull", pull, every)
    context = context_of(
        plan, unit, trims=pull.trims(plan.lens), production=show.production, camera=show.camera,
        first_ac=show.first_ac, slate=show.slate,
        cue=cue.number, pull=pull.name or " → ".join(mark.name for mark in plan.pull.marks),
        part=at.part + 1, parts=len(played),
    )  # fmt: skip
    if cue.wheel is not None:
        context = dataclasses.replace(context, easing=f"{WITH_HAND}: {cue.wheel.how.value}")
    return Prepared(at, plan, context, cue.wheel)


def least_duration_s(pull: ShowPull, plans: Sequence[Plan]) -> float:
    """The shortest time that a pull can be given: it is shared among its ways. Holds aside; inf if none works."""
    # A pull's time is shared among its ways in fixed parts, so the part that needs most slows all of them.
    return pull.duration_s * max(slower_by(plan.pull, plan.rig, plan.limits) for plan in plans)


def objection(pull: ShowPull, plans: Sequence[Plan]) -> str:
    """Why a pull is forbidden, and how short it could be, without a full stop; empty where it is allowed."""
    found = next((plan.feasibility for plan in plans if not plan.feasibility.feasible), None)
    if found is None:
        return ""
    # Of one way its own words give the figure already; of several only the whole pull's can be typed in.
    if len(pull.marks) == 2:
        return found.words
    least_s = least_duration_s(pull, plans)
    return f"{found.reason}; {f'{rounded_up(least_s)} s is the shortest' if isfinite(least_s) else 'no duration works'}"


def check_cues(show: Show, cues: Iterable[ShowCue]) -> None:
    """Raise InfeasibleError for the first cue that can't be done: before the first of them is played."""
    for cue in cues:
        pull = show.pull(cue.pull)
        plans = [plan_part(show, pull, part, back=cue.back) for part in show.parts(cue)]
        if not all(plan.feasibility.feasible for plan in plans):
            raise _refusal(f"Cue {cue.number}", pull, plans)


def _refusal(what: str, pull: ShowPull, plans: Sequence[Plan]) -> InfeasibleError:
    least_s = least_duration_s(pull, plans)
    binding = next((plan.feasibility.binding for plan in plans if not plan.feasibility.feasible), "")
    words = f"{what} can't be done: {objection(pull, plans)}."
    return InfeasibleError(words, binding or "", least_s if isfinite(least_s) else None)


def ready_plan(show: Show, at: Standby) -> Plan:
    """A plan on the lens, rig and limits of what stands by, shootable or not: to make a unit ready with."""
    pull = standing_pull(show, at)
    try:
        return plan_part(show, pull, parts(show, at)[0], back=standing_cue(show, at).back != at.turned)
    except FollowFocusError:
        # Any pull on this lens will do: a unit is made ready by the rig, the limits and the travel alone.
        plain = replace(new_show("", show.lens(pull.lens)).pulls[0], lens=pull.lens)
        return plan_part(show, plain, plain.parts(show.lens(pull.lens))[0])


def show_of(plan: Plan) -> Show:
    """A show of one cue, the plan's pull: what the command `pull` plays."""
    show = new_show("", plan.lens)
    marks = tuple(ShowMark(mark.ring_deg, mark.name) for mark in plan.pull.marks)
    pull = ShowPull(
        show.pulls[0].id, show.pulls[0].lens, marks, plan.pull.duration_s, t_stop=plan.conditions.t_stop,
        coc_mm=plan.conditions.coc_mm, zoom="" if plan.zoom is None else zoom_words(plan.zoom),
    )  # fmt: skip
    show = show.with_film(plan.conditions.film)
    return show.with_lens(ShowLens(pull.lens, plan.lens)).with_pull(pull)


def hash_of(plan: Plan | None) -> str:
    """The hash of a plan; empty for none."""
    return "" if plan is None else plan_hash(plan)

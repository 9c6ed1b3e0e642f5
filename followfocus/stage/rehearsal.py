"""Cues played on a unit, take after take: what the command `rehearse` does.

Everything of the next play is planned and compiled before GO of this one, so that at the landing it only has to be sent
(ten bytes a segment; the unit takes a profile at rest only). A take is handed to `keep` before the next one is armed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from followfocus.errors import JobError
from followfocus.motion.pull import Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus.show.cues import After, Standby, landed, parts, standing_cue, standing_pull
from followfocus.show.show import Show
from followfocus.stage.shoot import load, ready, shoot
from followfocus.stage.slipcheck import check_for_slip
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Take
from followfocus.unit.unit import FollowFocusUnit, Progress
from followfocus.wire.evidence import UnitInfo
from followfocus.wire.messages import State


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared standby: its plan, and its entry for the log."""

    at: Standby
    plan: Plan
    context: TakeContext


@dataclass(frozen=True, slots=True)
class Played:
    """A take of a cue, and how long after the last landing it began (by the unit's clock; None for the first)."""

    take: Take
    context: TakeContext
    after_landing_s: float | None = None


def plan_part(show: Show, pull_id: str, part: Pull) -> Plan:
    """The plan of one part of a pull of the show, with its lens, stop, rig and limits."""
    pull = show.pull(pull_id)
    lens = show.lens(pull.lens)
    conditions = Conditions(pull.t_stop, coc_mm=pull.coc_mm, fps=show.fps)
    return make_plan(lens, part, conditions, show.unit.rig(lens), show.unit.ring_limits)


def prepare(show: Show, at: Standby, unit: UnitInfo | None = None) -> Prepared:
    """Plan what stands by. Raises RequestError, or InfeasibleError where a limit forbids it."""
    cue, played = standing_cue(show, at), parts(show, at)
    plan = plan_part(show, cue.pull, played[at.part])
    if unit is not None:
        plan = plan.on_unit(unit.fastest_interval_ticks)
    plan.feasibility.refuse()
    pull = standing_pull(show, at)
    context = context_of(
        plan, unit, trims=pull.trims(plan.lens), production=show.production, camera=show.camera,
        first_ac=show.first_ac, slate=show.slate,
        cue=cue.number, pull=pull.name or " → ".join(mark.name for mark in plan.pull.marks),
        part=at.part + 1, parts=len(played),
    )  # fmt: skip
    return Prepared(at, plan, context)


class Rehearsal:
    """Plays cues on one unit. `keep` gets each take with its context before anything else is armed.

    With `check_slips` the ring goes back to A before each next take, and its place is compared with the count; each
    verdict goes to `tell`, and a motor that has slipped ends the run.
    """

    def __init__(
        self,
        unit: FollowFocusUnit,
        show: Show,
        keep: Callable[[Take, TakeContext], object] = lambda _take, _context: None,
        progress: Callable[[Prepared], AbstractContextManager[Progress | None]] = lambda _prepared: nullcontext(),
        at_deg: float | None = None,
        *,
        check_slips: bool = False,
        tell: Callable[[SlipVerdict], object] = lambda _verdict: None,
    ) -> None:
        self._unit, self._keep, self._progress, self._at_deg = unit, keep, progress, at_deg
        self._check_slips, self._tell = check_slips, tell
        self.show = show
        self._loaded: tuple[Plan, Plan] | None = None
        self._landing: int | None = None
        self._prepared: dict[Standby, Prepared] = {}

    def _prepare(self, at: Standby) -> Prepared:
        """Planned once, so that what comes again is known to be loaded already."""
        if at not in self._prepared:
            self._prepared[at] = prepare(self.show, at, self._unit.info)
        return self._prepared[at]

    def play(self, prepared: Prepared, follow_s: float | None = None) -> Played:
        """Back to one, arm, GO (`follow_s` after the last landing, if given), wait for the end, keep."""
        plan = self._stand_by(prepared.plan)
        waited_s = self._wait(follow_s)
        context = dataclasses.replace(prepared.context, slate=self.show.slate)
        with self._progress(prepared) as progress:
            take = shoot(self._unit, plan, self.show.slate.take, progress)
        self._landing = None if take.last_edge_ticks is None else take.start_clock + take.last_edge_ticks
        self._keep(take, context)
        began = None if waited_s is None else (take.start_clock - waited_s) / take.tick_hz
        return Played(take, context, began)

    def run(self, at: Standby, takes: int, after: After = After.REPEAT) -> Iterator[Played]:
        """So many takes from what stands by, or with After.LIST the list to its end so many times.

        Ends early with the first take that was not played to its end, and with JobError where the motor has slipped or
        the next cue is on another lens.
        The slate counts up after each take; a cue of several parts, and a list, is one take of the camera's.
        """
        first, done = at, 0
        follow_s: float | None = None
        following = self._prepare(at)
        while done < takes:
            prepared = following
            then = landed(self.show, prepared.at, after)
            goes_on = then is not None and (then.part > 0 or after is After.LIST)
            following = self._prepare(first if then is None else then)
            played = self.play(prepared, follow_s)
            yield played
            if not played.take.lets_go_on:
                return
            cue = standing_cue(self.show, prepared.at)
            follow_s = cue.follow_s if goes_on and following.at.part == 0 else None
            if not goes_on:
                done += 1
                self.show = dataclasses.replace(self.show, slate=self.show.slate.next_take())
                if self._check_slips and done < takes:
                    self._check(following.plan)
            if done < takes and following.plan.lens != prepared.plan.lens:
                cue = standing_cue(self.show, following.at)
                remedy = f"Change the lens, then go on at cue {cue.number}."
                raise JobError(f"Cue {cue.number} is on {following.plan.lens.name}.", remedy)

    def _check(self, plan: Plan) -> None:
        """Say whether the motor has slipped; touching the stop takes the pull out of the unit. Raises JobError."""
        found = check_for_slip(self._unit, plan)
        if self._unit.status.state is not State.LOADED:
            self._loaded = None
        self._tell(found)
        if found.slipped:
            raise JobError(found.words)

    def _stand_by(self, plan: Plan) -> Plan:
        """Ready, load, and go back to one, where that is not done."""
        if self._loaded is None or self._loaded[0] is not plan:
            ready(self._unit, plan, self._at_deg if self._loaded is None else None)
            self._loaded = plan, load(self._unit, plan)
        self._unit.back_to_one()
        return self._loaded[1]

    def _wait(self, follow_s: float | None) -> int | None:
        """Wait until so long after the last landing, by the unit's clock; that landing's tick."""
        landing = self._landing
        if landing is not None and follow_s is not None:
            since_s = (self._unit.refresh().clock - landing) / self._unit.tick_hz
            if follow_s > since_s:
                self._unit.link.sleep(follow_s - since_s)
        return landing

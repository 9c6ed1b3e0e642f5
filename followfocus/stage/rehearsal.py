# SPDX-License-Identifier: MIT
"""Cues played without anybody at the keys, as `pull` and `rehearse` do: the player, pumped on a unit in one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

from followfocus.plan.plan import Plan
from followfocus.show.cues import After, Standby
from followfocus.show.show import Show
from followfocus.stage import events, orders
from followfocus.stage.events import Taken, TakeRun
from followfocus.stage.player import step
from followfocus.stage.run import Keeper, NoKeeper, Runner
from followfocus.stage.state import Stage
from followfocus.stage.with_hand import WheelOf, no_wheel
from followfocus.takes.context import TakeContext
from followfocus.takes.late_clips import LookClips
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Take
from followfocus.unit.unit import FollowFocusUnit, Progress

Watch = Callable[[orders.Shoot], AbstractContextManager[Progress | None]]


class HandedTo(NoKeeper):
    """A keeper that hands each take on when it is over, to a function."""

    def __init__(self, keep: Callable[[Take, TakeContext], object]) -> None:
        self._keep = keep

    def keep(
        self, take: Take, context: TakeContext, _row: int | None = None, _clips: LookClips | None = None
    ) -> int | None:
        """Hand it on."""
        self._keep(take, context)
        return None


class Rehearsal:
    """Plays cues on one unit. Every take is kept before anything else is armed.

    `keep` is a keeper, or a function that is handed each take with its context. `at_deg` is where the ring stands, if
    someone has looked. With `check_slips` the ring goes back to A before each next take, and its place is compared with
    the count; each verdict goes to `tell`, and a motor that has slipped ends the run. `given` is a plan made elsewhere
    for the show's one cue; `cued` starts each take by the unit's cue input. `wheel` opens the
    wheel for cues that a hand plays in.
    """

    def __init__(
        self,
        unit: FollowFocusUnit,
        show: Show,
        keep: Keeper | Callable[[Take, TakeContext], object] | None = None,
        progress: Watch = lambda _order: nullcontext(),
        at_deg: float | None = None,
        *,
        check_slips: bool = False,
        tell: Callable[[SlipVerdict], object] = lambda _verdict: None,
        given: Plan | None = None,
        cued: bool = False,
        wheel: WheelOf = no_wheel,
    ) -> None:
        self._unit, self._tell = unit, tell
        self._check_slips, self._cued = check_slips, cued
        self.runner = Runner(HandedTo(keep) if callable(keep) else keep, progress, wheel)
        self.stage = Stage(show, given=given, position_deg=at_deg, info=unit.info, unit=unit.status, unattended=True)

    @property
    def show(self) -> Show:
        """The show, its slate counted on."""
        return self.stage.show

    def run(self, at: Standby, takes: int, after: After = After.REPEAT) -> Iterator[Taken]:
        """Play `takes` takes of the pull that stands by, or with After.LIST the list to its end as many times.

        Ends early with the first take that was not played to its end or was stopped. Raises what kept it from going on
        else: RequestError and InfeasibleError, UnitError and LineError; JobError where the motor has slipped or the
        next cue is on another lens.
        """
        self.stage = self.stage.but(at=at, after=after)
        run = TakeRun(takes, check_slips=self._check_slips, cued=self._cued, first=at)
        for outcome in self._pump(events.RunAsked(run)):
            answer = outcome.answer if isinstance(outcome, events.Done) else None
            if isinstance(answer, Taken):
                yield answer
            elif isinstance(answer, SlipVerdict):
                self._tell(answer)
        if self.stage.ended is not None:
            raise self.stage.ended

    def _pump(self, asked: events.StageEvent) -> Iterator[events.Done | events.Failed]:
        """Hand events to the player and carry its orders out, until there are none."""
        due = self._step(asked)
        while due:
            # The last: what comes before it is done at once, a cancelled wait, and in one thread no wait is under way.
            outcome = self.runner.do(due[-1], self._unit)
            # A STOP on another thread while the order was carried out:
            # the player hears of it before of what became of that.
            if self.runner.epoch != self.stage.epoch:
                self._step(events.StopGiven(self.runner.epoch))
            due = self._step(outcome)
            yield outcome

    def _step(self, event: events.StageEvent) -> tuple[orders.Order, ...]:
        self.stage, due = step(self.stage.but(unit=self._unit.status), event)
        return due

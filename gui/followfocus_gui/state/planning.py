# SPDX-License-Identifier: MIT
"""The plans of a cue, kept: an edit that is taken back, and a needle that only passes, cost no planning."""

from __future__ import annotations

from dataclasses import dataclass, field

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.plan.plan import Plan
from followfocus.show.show import Show, ShowPull
from followfocus.stage.prepare import objection, plan_part

KEPT_PLANS = 8


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan for each part of a cue; or none. In `words` why there is none, or what forbids it."""

    plans: tuple[Plan, ...] = ()
    words: str = ""

    @property
    def trouble(self) -> str:
        """Why the cue can't be shot as it is; empty if it can."""
        words = self.words
        return f"{words[:1].upper()}{words[1:]}." if self.plans and words else words


@dataclass(slots=True)
class PlanShelf:
    """The plans that were made last, each with what it was made of."""

    _kept: list[tuple[tuple[object, ...], Planned]] = field(default_factory=list)

    def planned(self, show: Show, pull: ShowPull, lens: LensMap, *, back: bool, fastest: int | None) -> Planned:
        """The plans of a pull in a show; `fastest` is the unit's least step interval, ticks, where one has said so."""
        # All that a plan is made of, and nothing else of the show: a name or a note makes no new plan.
        key = (pull, back, lens, show.unit, show.fps, show.film, fastest)
        for known, planned in self._kept:
            if known == key:
                return planned
        made = _planned(show, pull, lens, back=back, fastest=fastest)
        # The newest first: a hand that drags back and forth finds what it just left.
        self._kept = [(key, made), *self._kept[: KEPT_PLANS - 1]]
        return made


def _planned(show: Show, pull: ShowPull, lens: LensMap, *, back: bool, fastest: int | None) -> Planned:
    try:
        parts = pull.parts(lens, back=back)
        plans = tuple(plan_part(show, pull, part, back=back, fastest=fastest) for part in parts)
        return Planned(plans, objection(pull, plans))
    except FollowFocusError as error:
        return Planned(words=str(error))

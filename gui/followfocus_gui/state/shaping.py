# SPDX-License-Identifier: MIT
"""How long the pull takes, as it is asked for: by the field's words, by its limits, by a drag at the curve's end."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence

from followfocus.errors import FollowFocusError, RequestError
from followfocus.motion.limits import shortest, stretch_to_fit
from followfocus.motion.pull import REGISTERS, Pull
from followfocus.plan.plan import Plan
from followfocus_gui.state.desk import Desk

LEAST_S = 0.05


def drag_duration(desk: Desk, whole_s: float) -> None:
    """The end of the curve was dragged: the legs get what the holds leave."""
    # Holds keep their length: the end is dragged to say how quick the pull is, not how long somebody waits.
    holds_s = sum(plan.motion.duration_s - _legs_s(plan.pull) for plan in desk.plans())
    desk.edit_pull(duration_s=max(LEAST_S, round(whole_s - holds_s, 2)))


def rush(desk: Desk, register: str) -> None:
    """The duration that the field's word means; a snap is as fast as this lens and motor can where 0.4 s isn't."""
    tried = trial(desk)
    tried.edit_pull(duration_s=REGISTERS[register])
    # Of the three words only this one asks for more than a lens may give.
    if register == "snap" and not all(plan.feasibility.feasible for plan in tried.plans()):
        with contextlib.suppress(FollowFocusError):
            stretch(tried)
    desk.edit_pull(duration_s=tried.pull.duration_s)


def fastest(desk: Desk) -> None:
    """The shortest duration that every limit allows. Raises RequestError where nothing can be planned."""
    _reshape(desk, lambda pull, plan: shortest(pull, plan.rig, plan.limits))


def stretch(desk: Desk) -> None:
    """Only as slow as the limits ask. Raises RequestError where nothing can be planned."""
    _reshape(desk, lambda pull, plan: stretch_to_fit(pull, plan.rig, plan.limits))


def trial(desk: Desk) -> Desk:
    """A desk in the same state, to try an edit on. The plans that there are serve both."""
    return Desk(desk.state, shelf=desk.shelf, fastest_interval_ticks=desk.fastest_interval_ticks)


def _reshape(desk: Desk, change: Callable[[Pull, Plan], Pull]) -> None:
    plans = desk.plans()
    if not plans:
        raise RequestError(desk.trouble(), "")
    made = [change(plan.pull, plan) for plan in plans]
    duration_s = desk.pull.duration_s * _slowest(made, plans)
    # Rounded up to a millisecond: what is typed again from the screen must still be allowed.
    desk.edit_pull(duration_s=math.ceil(duration_s * 1000.0 - 1e-6) / 1000.0)


def _legs_s(pull: Pull) -> float:
    return sum(leg.duration_s for leg in pull.legs)


def _slowest(made: Sequence[Pull], plans: Sequence[Plan]) -> float:
    """How many times as long the whole must be: one duration, shared by travel, so the neediest leg decides."""
    return max(
        new.duration_s / old.duration_s
        for pull, plan in zip(made, plans, strict=True)
        for new, old in zip(pull.legs, plan.pull.legs, strict=True)
    )

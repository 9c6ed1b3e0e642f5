# SPDX-License-Identifier: MIT
"""A cue that a wheel plays together with the plan: what makes a take of it, like any other.

A take with a hand has no landing error, as it landed where the hand wanted it; what was planned, what the wheel did,
and where the ring went are kept apart in it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from followfocus.clock import utc_timestamp
from followfocus.errors import RequestError
from followfocus.hand.blend import blend_of
from followfocus.plan.plan import Plan
from followfocus.show.cue_hand import CueHand
from followfocus.stage.events import HandPart
from followfocus.stage.hand_take import hand_take
from followfocus.stage.together import STOPPED, TogetherEvidence, Wheel, play_together
from followfocus.takes.takes import Take, Verdict
from followfocus.unit.playing import Progress
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import Sample

WheelOf = Callable[[FollowFocusUnit, Plan], AbstractContextManager[Wheel]]
"""Opens the wheel for one take of a plan on a unit. Raises RequestError where there is none."""


def no_wheel(_unit: FollowFocusUnit, _plan: Plan) -> AbstractContextManager[Wheel]:
    """Where nobody has a wheel."""
    raise RequestError("This cue is played with a wheel, and there is none here.", "Set its hand to none, or use one.")


def take_with_hand(
    unit: FollowFocusUnit,
    plan: Plan,
    hand: CueHand,
    wheel: Wheel,
    *,
    take: int,
    at_clock: int | None = None,
    progress: Progress | None = None,
) -> tuple[Take, HandPart]:
    """Play what is armed together with the wheel, at once or at a tick of the unit's clock; the take.

    Raises UnitError, LineError or StoppedError where it can't begin; nothing has moved then.
    """
    assert unit.info is not None
    unit.disarm()  # a hand is followed from rest; the plan's steps stay loaded, and are not played
    # The state after the disarming, not the one last heard: a following may only begin from rest.
    unit.refresh()
    due_s = None if at_clock is None else unit.link.session.sync.host_s(at_clock)
    if due_s is not None:
        unit.link.sleep(max(0.0, due_s - unit.clock.now()))
    began_utc_s, motion = utc_timestamp(), plan.motion
    blend = blend_of(hand.how, motion, hand.within_deg(plan.lens, motion.end_deg), keep=hand.keep)
    found = play_together(unit, motion, blend, wheel, progress)
    made = hand_take(
        found.ring, plan.lens, plan.conditions, unit.info, take=take, steps_per_deg=unit.steps_per_deg,
        started_utc_s=began_utc_s,
    )  # fmt: skip
    made = replace(made, reasons=_reasons(found, made.reasons))
    if found.ended and made.verdict is Verdict.GOOD:
        made = replace(made, verdict=Verdict.STOPPED)
    made = replace(
        made, planned=found.plan, planned_s=motion.duration_s, planned_steps=plan.profile.steps, wheel=found.wheel,
        wanted=found.wanted, end_deg=motion.end_deg, half_dof_deg=plan.half_dof_deg,
        actual=_since_the_start(found, made.actual),
    )  # fmt: skip
    return made, _part(hand, found)


def _reasons(found: TogetherEvidence, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Why it ended early: the unit's own reasons, and what is known here. Of a silence both would say the same."""
    if not found.ended or found.ended == STOPPED:
        return reasons
    if found.was_silent:
        return (f"{found.words[0].lower()}{found.words[1:].rstrip('.')}",)
    return (*reasons, found.ended.rstrip("."))


def _since_the_start(found: TogetherEvidence, ring: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """The ring by the unit's clock, its times from the plan's start on."""
    if not found.ring.samples:
        return ()
    first_s = found.ring.samples[0].at_s
    return tuple(replace(sample, at_s=sample.at_s + first_s) for sample in ring if sample.at_s + first_s >= 0.0)


def _part(hand: CueHand, found: TogetherEvidence) -> HandPart:
    clocks = found.ring.clocks
    return HandPart(
        hand.how.value, hand.keep, found.trim_deg, found.silence_s, found.ended, found.words,
        clocks[-1] if clocks else None,
    )  # fmt: skip

# SPDX-License-Identifier: MIT
"""Chains of orders: ready, load, arm, lead, GO, at the end of the stage's queue."""

from __future__ import annotations

import contextlib

from followfocus.errors import FollowFocusError, RequestError
from followfocus.show.cues import Standby, landed, standing_cue
from followfocus.stage import orders
from followfocus.stage.prepare import Prepared
from followfocus.stage.state import Stage


def load_chain(stage: Stage, prepared: Prepared) -> Stage:
    """Ready and loaded, where that is not done."""
    # A place that someone has said is told to the unit even where the plan is there: it moves the whole count.
    if prepared.hash == stage.loaded and stage.position_deg is None:
        return stage
    stage = stage.asked(orders.Ready, prepared.plan, stage.silence, stage.position_deg)
    # Told once: said again later it would be a place that the ring has left since.
    return stage.but(position_deg=None).asked(orders.LoadOrder, prepared.plan)


def stand_by(stage: Stage) -> Stage:
    """Load and arm what stands by. Raises RequestError where its wheel is missing: at GO it would be too late."""
    prepared = stage.prepared()
    if prepared.hand is not None and not stage.has_wheel:
        cue = standing_cue(stage.show, stage.at)
        raise RequestError(
            f"Cue {cue.number} is played with a wheel ({cue.hand}), and there is none here.",
            "Play it in the app, or set its hand to none.",
        )
    plan_ahead(stage)
    return load_chain(stage, prepared).asked(orders.ArmOrder)


def plan_ahead(stage: Stage) -> None:
    """Plan what comes after it before its GO, so that at the landing it only has to be sent."""
    # What can't be planned is said when it stands by: here it would spoil the take that is about to run.
    with contextlib.suppress(FollowFocusError):
        then = landed(stage.show, stage.at, stage.after)
        stage.prepared(Standby() if then is None else then)


def shoot_chain(stage: Stage, prepared: Prepared, at_clock: int | None = None) -> Stage:
    """GO for what is armed."""
    run, take = stage.run, stage.show.slate.take
    cued, counts = (run.cued, run.counts) if run is not None else (False, True)
    return stage.but(playing=prepared).asked(
        orders.Shoot, take, prepared.context, at_clock, cued, counts, prepared.hand
    )


def shoot_at(stage: Stage, prepared: Prepared, at_clock: int, in_s: float) -> Stage:
    """GO for what is armed at a tick of the unit's clock, `in_s` from now: it leaves just before, the unit waits."""
    tick_hz = stage.info.tick_hz if stage.info is not None else 0.0
    until = at_clock - round(orders.AHEAD_S * tick_hz)
    return shoot_chain(stage.asked(orders.Wait, seconds=in_s, until_clock=until), prepared, at_clock)


def play(stage: Stage, prepared: Prepared) -> Stage:
    """The whole of it: load, arm, lead, GO."""
    plan_ahead(stage)
    stage = load_chain(stage, prepared)
    # Armed by the take's own order, which arms for the cue: armed here, the unit would wait for GO alone.
    if stage.run is not None and stage.run.cued:
        return shoot_chain(stage, prepared)
    stage = stage.asked(orders.ArmOrder)
    # The lead is the cue's: its later parts follow from within a take that already runs.
    lead_s = standing_cue(stage.show, prepared.at).lead_s if prepared.at.part == 0 else 0.0
    return shoot_chain(stage.asked(orders.Wait, seconds=lead_s) if lead_s > 0 else stage, prepared)

# SPDX-License-Identifier: MIT
"""A plan on a unit: made ready, loaded for the unit's own clock, and shot. What the commands and the desk app share."""

from __future__ import annotations

from dataclasses import replace

from followfocus.plan.plan import Plan
from followfocus.takes.takes import Take, judge
from followfocus.unit.unit import FollowFocusUnit, Progress
from followfocus.wire.evidence import TakeEvidence
from followfocus.wire.messages import Silence, State
from followfocus.wire.refusals import faulted, unplaced

# Where the clock was measured before, nothing is asked: only the first load after connecting takes so long.
CLOCK_MEASURE_S = 1.0


def ready(unit: FollowFocusUnit, plan: Plan, at_deg: float | None = None, silence: Silence | None = None) -> None:
    """Set up the unit for the plan's rig and lens. `at_deg` is where the ring stands, if someone has looked since the
    motor holds it (`take_hold`).

    `silence` is what a take does when the line falls silent (None: as the unit is set). The soft limits are the lens's
    travel and the motor's lead over the ring, which at the ends is play.
    Raises UnitError where the unit doesn't know its position, nobody said it, and there is a real ring on it.
    """
    status = unit.status
    if status.state is State.FAULT:
        raise faulted(status.fault)
    # Before the place: other gears than before make it unknown again.
    unit.configure(plan.rig, plan.limits)
    if silence is not None and unit.config.take_silence is not silence:
        unit.apply(replace(unit.config, take_silence=silence))
    place_ring(unit, at_deg)
    # Last: limits are counted from the place that was just said.
    unit.set_limits(-plan.lead_deg, plan.lens.travel_deg + plan.lead_deg)


def place_ring(unit: FollowFocusUnit, at_deg: float | None) -> None:
    """Tell the unit where its ring stands, where somebody has looked; None: it knows, or it is one on a bench.

    Raises UnitError where it doesn't, nobody said it, and there is a real ring on it.
    """
    if at_deg is None and not unit.status.referenced:
        if unit.has_real_ring:
            raise unplaced(restarted=unit.status.restarted)
        at_deg = 0.0
    if at_deg is not None:
        unit.set_reference(at_deg)


def take_hold(unit: FollowFocusUnit, plan: Plan) -> bool:
    """Set up the unit for the plan's rig and have the motor hold the ring, so that someone can look where it stands.

    Whether it was off: then it may just have turned the ring, and what was seen before is not so any more.
    """
    unit.configure(plan.rig, plan.limits)
    return unit.energise()


def load(unit: FollowFocusUnit, plan: Plan) -> Plan:
    """Load the plan, compiled for the unit's clock as measured by then; the plan as loaded."""
    # Before it is compiled: step times are the unit's own ticks, and a resonator may be off by half a per cent.
    unit.measure_clock(CLOCK_MEASURE_S)
    loaded = plan.at_clock(unit.tick_hz)
    unit.load(loaded.profile)
    return loaded


def shoot(unit: FollowFocusUnit, plan: Plan, take: int, progress: Progress | None = None, *, cue: bool = False) -> Take:
    """Back to one, arm, GO (or wait for the cue), wait for the end: the take with its verdict.

    `plan` is what `load` returned. KeyboardInterrupt while the take runs stops the motor and ends in a take that was
    stopped, or that had landed just then, and says so (`Take.interrupted`); another one stops it hard.
    """
    assert unit.info is not None
    unit.arm(cue=cue)
    if not cue:
        unit.go(take)
    evidence, interrupted = to_the_end(unit, progress)
    return replace(judge(evidence, plan, unit.info), interrupted=interrupted)


def to_the_end(unit: FollowFocusUnit, progress: Progress | None = None) -> tuple[TakeEvidence, bool]:
    """Wait for the end of a take; whether KeyboardInterrupt came meanwhile, once or many times.

    The first stops the motor, any other stops it hard, and each is waited out: evidence is never left behind.
    """
    times = 0
    while True:
        try:
            if times:
                (unit.stop if times == 1 else unit.hard_stop)(wait=False)
            return unit.wait_take(progress), times > 0
        except KeyboardInterrupt:
            times += 1

# SPDX-License-Identifier: MIT
"""Judges by a unit's own word whether the plan was kept: the pull, every step, every time. Pure; says where it wasn't.

A landing within the depth of field is not enough for a good take: the profile that was armed must be this plan's, all
its steps made, the count at its end, and the first edge, the last edge and the end within a millisecond of the plan, by
the unit's own clock, and that clock itself must be near the rate that was planned for. A unit makes every edge on its
tick, so none of these is ever off by a little.
"""

from __future__ import annotations

from collections.abc import Iterator

from followfocus.plan.plan import Plan
from followfocus.steps.profile import StepProfile
from followfocus.wire.evidence import TakeEvidence

TIME_TOLERANCE_MS = 1.0
"""How far the first edge, the last edge and the end may be off; half a frame at 60 fps is 8 ms."""
CLOCK_TOLERANCE = 0.02
"""How far the unit's clock may be off in the take, by this computer's; a resonator's 0.5 % are planned for."""
STEP_TOLERANCE = 0
"""How far the steps made, and the count at the end, may be off: a unit counts every step it makes."""


def not_kept(evidence: TakeEvidence, plan: Plan) -> list[str]:
    """How a take that the unit calls done differs from its plan, as clauses; empty if it doesn't."""
    profile = plan.profile
    return [*_profile(evidence, profile), *_steps(evidence, plan), *_times(evidence, profile), *_clock(evidence)]


def late_ms(evidence: TakeEvidence, profile: StepProfile) -> float:
    """How much later than planned the last edge came, by the unit's clock at the rate that was planned for."""
    edges = profile.edge_ticks()
    planned = int(edges[-1]) if len(edges) else 0
    return (evidence.last_edge_clock - evidence.start_clock - planned) / evidence.tick_hz * 1e3


def _profile(evidence: TakeEvidence, profile: StepProfile) -> Iterator[str]:
    if evidence.profile_id is None:
        yield "it is not known which pull was armed for it"
    elif evidence.profile_id != profile.id:
        yield "another pull was armed for it than this one"


def _steps(evidence: TakeEvidence, plan: Plan) -> Iterator[str]:
    planned = plan.profile
    if abs(evidence.steps - planned.steps) > STEP_TOLERANCE:
        yield f"{evidence.steps} steps were made of {planned.steps}"
    off = evidence.position - planned.end
    if abs(off) > STEP_TOLERANCE:
        yield f"the unit's count ends {off * plan.rig.ring_deg_per_step:+z.2f}° from where the pull ends"


def _times(evidence: TakeEvidence, profile: StepProfile) -> Iterator[str]:
    edges = profile.edge_ticks()
    if len(edges) and evidence.steps:
        if not evidence.start_clock <= evidence.first_edge_clock <= evidence.last_edge_clock <= evidence.end_clock:
            yield "the times that the unit gives of it contradict each other"
        first = evidence.first_edge_clock - evidence.start_clock - int(edges[0])
        yield from _off("the first step came", first / evidence.tick_hz * 1e3)
        yield from _off("the last step came", late_ms(evidence, profile))
    end = evidence.end_clock - evidence.start_clock - profile.total_ticks
    yield from _off("it ended", end / evidence.tick_hz * 1e3)


def _clock(evidence: TakeEvidence) -> Iterator[str]:
    if evidence.host_hz is None or evidence.host_within_hz is None:
        return
    off = evidence.host_hz / evidence.tick_hz - 1.0
    if abs(off) - evidence.host_within_hz / evidence.tick_hz > CLOCK_TOLERANCE:
        yield f"the unit's clock ran {abs(off):.1%} {'fast' if off > 0 else 'slow'} in it, so its times aren't true"


def _off(what: str, by_ms: float) -> Iterator[str]:
    if abs(by_ms) >= TIME_TOLERANCE_MS:
        yield f"{what} {abs(by_ms):.1f} ms {'late' if by_ms > 0 else 'early'}"

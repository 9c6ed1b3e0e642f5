# SPDX-License-Identifier: MIT
"""A take: its plan, the evidence, and the verdict. Pure: evidence in, judgement out.

The landing is judged by the witness (where the ring truly stood) if there is one, else by the unit's step count, in
half depths of field: clean to ¼, noted from ½ on (soft), missed from 1. Errors are signed, actual minus planned; a
landing error above 0 lies toward close focus, a duration error above 0 is late. A take that did not keep all that was
planned (kept.py) is faulted, wherever it landed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from followfocus.lens.optics import LandingGrade, landing_verdict
from followfocus.plan.plan import Plan
from followfocus.takes.kept import not_kept
from followfocus.takes.timing import NOT_TIMED, Timing, timing_of
from followfocus.wire.evidence import Sample, TakeEvidence, UnitInfo
from followfocus.wire.messages import Cause, Fault
from followfocus.wire.refusals import fault_words

TRACE_POINTS = 101
REHEARSAL = 0
"""The number of what is no take: a rehearsal."""
FULL_STEPS_A_SLIP = 4
FAULT_OF = {Cause.STOP_INPUT: Fault.STOP_INPUT}
"""Where the word of the fault itself was lost."""


class Verdict(Enum):
    """How a take went, by the unit's and the ring's evidence; circled and NG are the crew's words, not ours."""

    GOOD = "good"
    SOFT = "soft"
    MISSED = "missed"
    STOPPED = "stopped"
    FAULTED = "faulted"
    LOST = "lost"
    REFUSED = "refused"

    @property
    def usable(self) -> bool:
        """The pull was played to its end and landed within the depth of field."""
        return self in (Verdict.GOOD, Verdict.SOFT)


@dataclass(frozen=True, slots=True)
class Take:
    """One take with its evidence. Figures that a stopped or lost take lacks are None; `clean` is a landing ≤ ¼."""

    take: int
    verdict: Verdict
    reasons: tuple[str, ...]
    landing_error_deg: float | None
    landing_error_half_dof: float | None
    duration_error_ms: float | None
    start_latency_ms: float | None
    clean: bool
    start_deg: float
    end_deg: float
    landed_deg: float | None
    landed_by: str
    counter_deg: float | None
    half_dof_deg: float
    planned_s: float
    actual_s: float | None
    steps: int
    planned_steps: int
    position_known: bool
    started_utc_s: float | None
    start_clock: int
    first_edge_ticks: int | None
    last_edge_ticks: int | None
    tick_hz: float
    cause: str
    fault: str
    source: str
    unit_serial: str
    start_latency_uncertainty_ms: float | None = None
    """How far `start_latency_ms` may be off."""
    timing: Timing = NOT_TIMED
    interrupted: bool = False
    """Ctrl-C came while it ran, if too late to stop it: no other take may follow"""
    planned: tuple[Sample, ...] = field(default=(), repr=False)
    actual: tuple[Sample, ...] = field(default=(), repr=False)
    witness: tuple[Sample, ...] = field(default=(), repr=False)
    wheel: tuple[Sample, ...] = field(default=(), repr=False)
    """Of a take with a hand: how far the wheel was turned, ring degrees from where it was at the start"""
    wanted: tuple[Sample, ...] = field(default=(), repr=False)
    """Where plan and hand together wanted the ring"""

    @property
    def lets_go_on(self) -> bool:
        """Whether another take may follow by itself: it was played to its end, and nobody wanted it to stop."""
        return (self.verdict.usable or self.verdict is Verdict.MISSED) and not self.interrupted

    def facts(self) -> dict[str, object]:
        """For `pull --json`: everything but the traces."""
        return {
            "take": self.take,
            "verdict": self.verdict.value,
            "reasons": list(self.reasons),
            "landing_error_deg": self.landing_error_deg,
            "landing_error_half_dof": self.landing_error_half_dof,
            "duration_error_ms": self.duration_error_ms,
            "duration_clock": "unit",
            "host_s": self.timing.host_s,
            "host_duration_error_ms": self.timing.host_late_ms,
            "host_within_ms": self.timing.host_within_ms,
            "host_tick_hz": self.timing.host_hz,
            "timing": self.timing.words,
            "start_latency_ms": self.start_latency_ms,
            "start_latency_uncertainty_ms": self.start_latency_uncertainty_ms,
            "clean": self.clean,
            "landed_deg": self.landed_deg,
            "landed_by": self.landed_by,
            "counter_deg": self.counter_deg,
            "actual_s": self.actual_s,
            "steps": self.steps,
            "position_known": self.position_known,
            "started_utc_s": self.started_utc_s,
            "start_clock": self.start_clock,
            "first_edge_ticks": self.first_edge_ticks,
            "last_edge_ticks": self.last_edge_ticks,
            "tick_hz": self.tick_hz,
            "cause": self.cause,
            "fault": self.fault,
            "source": self.source,
        }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e3


def judge(evidence: TakeEvidence, plan: Plan, unit: UnitInfo) -> Take:
    """The take that `evidence` makes of `plan`."""
    counter_deg = _by_count(evidence, plan)
    landed_deg = evidence.witness_deg if evidence.witness_deg is not None else counter_deg
    error_deg = None
    if evidence.cause is Cause.DONE and landed_deg is not None:
        error_deg = landed_deg - plan.motion.end_deg
    verdict, reasons = _verdict(evidence, plan, error_deg)
    timing = timing_of(evidence, plan)
    reasons += timing.reasons
    if evidence.gap and not (evidence.lost or evidence.reset):
        reasons.append("the link was lost on the way and came back; the unit played on")
    return Take(
        take=evidence.take,
        verdict=verdict,
        reasons=tuple(reasons),
        landing_error_deg=error_deg,
        landing_error_half_dof=None if error_deg is None else error_deg / plan.half_dof_deg,
        duration_error_ms=timing.late_ms,
        start_latency_ms=_ms(evidence.start_latency_s),
        start_latency_uncertainty_ms=_ms(evidence.start_latency_uncertainty_s),
        clean=error_deg is not None and landing_verdict(error_deg, plan.half_dof_deg) is LandingGrade.CLEAN,
        start_deg=plan.motion.start_deg,
        end_deg=plan.motion.end_deg,
        landed_deg=landed_deg,
        landed_by="witness" if evidence.witness_deg is not None else "counter",
        counter_deg=counter_deg,
        half_dof_deg=plan.half_dof_deg,
        planned_s=plan.motion.duration_s,
        actual_s=timing.actual_s,
        steps=evidence.steps,
        planned_steps=plan.profile.steps,
        position_known=evidence.position_known,
        started_utc_s=evidence.started_utc_s,
        start_clock=evidence.start_clock,
        first_edge_ticks=evidence.first_edge_clock - evidence.start_clock if evidence.steps else None,
        last_edge_ticks=evidence.last_edge_clock - evidence.start_clock if evidence.steps else None,
        tick_hz=evidence.tick_hz,
        cause=evidence.cause.name.lower(),
        fault=evidence.fault.name.lower(),
        source=evidence.source.name.lower(),
        unit_serial=unit.serial,
        timing=timing,
        planned=planned_trace(plan),
        actual=_with_ends(evidence, plan),
        witness=evidence.witness_samples,
    )


def _verdict(evidence: TakeEvidence, plan: Plan, error_deg: float | None) -> tuple[Verdict, list[str]]:
    # What makes the unit's word doubtful goes before what the
    # word says: a unit that was reset knows nothing of the take.
    if evidence.reset:
        begun = evidence.start_clock or evidence.started_utc_s is not None
        when = "during the take" if begun else "before it said that the take had begun"
        return Verdict.FAULTED, [f"the unit was reset {when}; its position is unknown"]
    if evidence.refused:
        return Verdict.REFUSED, [f"GO was refused and nothing moved: {evidence.refused.rstrip('.')}"]
    if evidence.doubt:
        return Verdict.FAULTED, [evidence.doubt]
    if evidence.lost:
        return Verdict.LOST, [evidence.lost.rstrip(".")]
    if evidence.cause is Cause.NONE and not evidence.start_clock:
        if evidence.started_utc_s is not None:
            return Verdict.FAULTED, ["the unit took GO, but never said that it started"]
        return Verdict.STOPPED, ["stopped before it began: nothing moved"]
    if evidence.cause in (Cause.STOP, Cause.HARD_STOP):
        return Verdict.STOPPED, ["stopped hard" if evidence.cause is Cause.HARD_STOP else "stopped"]
    if evidence.cause is Cause.SILENCE:
        return Verdict.FAULTED, ["the unit did not hear from the host and slowed down, as it is set to"]
    if evidence.cause is Cause.NONE:
        return Verdict.FAULTED, ["the unit never said how it ended"]
    if evidence.cause is Cause.SOFT_LIMIT:
        return Verdict.FAULTED, ["a soft limit was reached"]
    if evidence.cause is not Cause.DONE:
        return Verdict.FAULTED, [fault_words(evidence.fault or FAULT_OF.get(evidence.cause, Fault.NONE))]
    if not evidence.position_known or error_deg is None:
        return Verdict.FAULTED, ["the position is unknown after the take"]
    return _landing(evidence, plan, error_deg)


def _landing(evidence: TakeEvidence, plan: Plan, error_deg: float) -> tuple[Verdict, list[str]]:
    broken = not_kept(evidence, plan)
    if broken:
        return Verdict.FAULTED, broken
    reasons = _slip(evidence, plan)
    share = abs(error_deg) / plan.half_dof_deg
    landing = landing_verdict(error_deg, plan.half_dof_deg)
    if landing is LandingGrade.FAIL:
        return Verdict.MISSED, [f"landed {share:.1f} half depths of field off: out of focus", *reasons]
    if landing is LandingGrade.WARN:
        return Verdict.SOFT, [f"landed {share:.2f} half depths of field off", *reasons]
    return Verdict.GOOD, reasons


def _slip(evidence: TakeEvidence, plan: Plan) -> list[str]:
    """The motor slips by whole electrical cycles; half of one is beyond any lash or lag."""
    counter_deg = _by_count(evidence, plan)
    if evidence.witness_deg is None or counter_deg is None:
        return []
    cycle_deg = FULL_STEPS_A_SLIP * plan.rig.ring_deg_per_full_step
    behind_deg = evidence.witness_deg - counter_deg
    if abs(behind_deg) < cycle_deg / 2:
        return []
    lost = FULL_STEPS_A_SLIP * round(abs(behind_deg) / cycle_deg)
    return [f"the motor has lost steps: the ring stands {behind_deg:+z.2f}° from the count, about {lost} full steps"]


def _by_count(evidence: TakeEvidence, plan: Plan) -> float | None:
    """Where the ring should stand after the take by the step count, the motor's lead at the landing taken off."""
    if evidence.ring_deg is None:
        return None
    return evidence.ring_deg - (plan.motor_motion.end_deg - plan.motion.end_deg)


def planned_trace(plan: Plan) -> tuple[Sample, ...]:
    """Where the ring is to be, from time zero to the planned end."""
    times = np.linspace(0.0, plan.motion.duration_s, TRACE_POINTS)
    return tuple(Sample(float(t), float(deg)) for t, deg in zip(times, plan.motion.ring_deg(times), strict=True))


def _with_ends(evidence: TakeEvidence, plan: Plan) -> tuple[Sample, ...]:
    """The ring by the step count, the motor's lead taken off, from time zero to the known end."""
    trace = list(evidence.samples)
    if evidence.start_clock:
        trace.insert(0, Sample(0.0, plan.profile.start * plan.rig.ring_deg_per_step))
    if evidence.cause is not Cause.NONE and evidence.ring_deg is not None:
        end_s = (evidence.end_clock - evidence.start_clock) / evidence.tick_hz
        trace = [sample for sample in trace if sample.at_s < end_s]
        trace.append(Sample(end_s, evidence.ring_deg))
    times = np.array([sample.at_s for sample in trace])
    leads = plan.motor_motion.ring_deg(times) - plan.motion.ring_deg(times)
    return tuple(Sample(sample.at_s, sample.ring_deg - float(lead)) for sample, lead in zip(trace, leads, strict=True))


@dataclass(frozen=True, slots=True)
class Spread:
    """How alike takes are: greatest less least of landing (ring degrees) and duration (ms), over those that landed."""

    takes: int
    landing_deg: float
    duration_ms: float


def spread(takes: Sequence[Take]) -> Spread | None:
    """The spread over all takes that landed; None for fewer than two."""
    landed = [take for take in takes if take.landing_error_deg is not None and take.duration_error_ms is not None]
    if len(landed) < 2:
        return None
    errors = [take.landing_error_deg or 0.0 for take in landed]
    durations = [take.duration_error_ms or 0.0 for take in landed]
    return Spread(len(landed), max(errors) - min(errors), max(durations) - min(durations))

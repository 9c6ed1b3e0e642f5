# SPDX-License-Identifier: MIT
"""A hand's take is a take: what the hand wanted, what the ring did by the unit's own clock, and how it ended.

There is no plan that it could land on, so it has no landing error: `planned` is the hand, `actual` the ring.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from followfocus.clock import utc_offset_s
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.optics import half_dof_deg
from followfocus.motion.motor import Rig
from followfocus.plan.plan import Conditions
from followfocus.show.slate import Slate
from followfocus.takes.context import BY_HAND, LoggedMark, TakeContext
from followfocus.takes.takes import Take, Verdict
from followfocus.unit.following import FollowEvidence
from followfocus.wire.evidence import Sample, UnitInfo
from followfocus.wire.messages import Cause, Fault
from followfocus.wire.refusals import fault_words

UNPLUGGED = "the wheel was unplugged: the ring stopped where it was"
LET_GO = "the computer was silent for too long while the hand rested, and the unit let go of it"
FELL_SILENT = "the unit heard nothing for too long, and slowed the ring to a stop"


def hand_take(
    found: FollowEvidence,
    lens: LensMap,
    conditions: Conditions,
    unit: UnitInfo,
    *,
    take: int,
    steps_per_deg: float,
    started_utc_s: float | None = None,
    notes: Sequence[str] = (),
) -> Take:
    """The take that a following makes. `notes` are further reasons, such as that the wheel was unplugged."""
    hand = tuple(Sample(sent.at_s, sent.position / steps_per_deg) for sent in found.hand)
    ring = ring_trace(found)
    verdict, reasons = _verdict(found)
    stands_deg = found.ring_deg or 0.0
    start_deg = ring[0].ring_deg if ring else hand[0].ring_deg if hand else stands_deg
    end_deg = found.ring_deg if found.ring_deg is not None else ring[-1].ring_deg if ring else start_deg
    half = _half_dof_deg(lens, conditions, lens.distance_m(end_deg)) or 0.0
    length_s = ring[-1].at_s if ring else 0.0
    return Take(
        take=take, verdict=verdict, reasons=(*reasons, *notes), landing_error_deg=None, landing_error_half_dof=None,
        duration_error_ms=None, start_latency_ms=None, clean=False, start_deg=start_deg, end_deg=end_deg,
        landed_deg=found.ring_deg, landed_by="counter", counter_deg=found.ring_deg, half_dof_deg=half,
        planned_s=hand[-1].at_s if hand else 0.0, actual_s=length_s, steps=_steps(ring, steps_per_deg),
        planned_steps=_steps(hand, steps_per_deg), position_known=found.ring_deg is not None,
        started_utc_s=started_utc_s, start_clock=found.clocks[0] if found.clocks else 0, first_edge_ticks=None,
        last_edge_ticks=None, tick_hz=found.tick_hz, cause=found.cause.name.lower(), fault=found.fault.name.lower(),
        source="host", unit_serial=unit.serial, planned=hand, actual=ring,
    )  # fmt: skip


def ring_trace(found: FollowEvidence) -> tuple[Sample, ...]:
    """Where the ring was, in seconds of the unit's clock since its first sample: rising."""
    trace: list[Sample] = []
    for sample, clock in zip(found.samples, found.clocks, strict=True):
        at_s = (clock - found.clocks[0]) / found.tick_hz
        if not trace or at_s > trace[-1].at_s:
            trace.append(Sample(at_s, sample.ring_deg))
    return tuple(trace)


def hand_context(
    lens: LensMap, start_deg: float, conditions: Conditions, rig: Rig, unit: UnitInfo, slate: Slate
) -> TakeContext:
    """The entry of a hand's take for the log, put down as it begins: its one mark is where it does."""
    distance_m = lens.distance_m(min(max(start_deg, 0.0), lens.travel_deg))
    start = LoggedMark("A", "", start_deg, distance_m if math.isfinite(distance_m) else None)
    return TakeContext(
        slate=slate, pull=BY_HAND, lens=lens.name, lens_serial=lens.serial, focal_length_mm=lens.focal_length_mm,
        t_stop=conditions.t_stop, coc_mm=conditions.coc_mm, fps=str(conditions.fps), marks=(start,), easing=BY_HAND,
        steps_per_deg=rig.steps_per_deg, microsteps=rig.microsteps,
        half_dof_deg=_half_dof_deg(lens, conditions, distance_m),
        unit=unit.name, unit_serial=unit.serial, board=unit.board.name.lower(), firmware=unit.firmware,
        port=unit.port, utc_offset_s=utc_offset_s(),
    )  # fmt: skip


def _half_dof_deg(lens: LensMap, conditions: Conditions, distance_m: float) -> float | None:
    """Half the depth of field in ring degrees; None nearer than it can be worked out, where a hand may go as well."""
    try:
        return half_dof_deg(lens, conditions.t_stop, conditions.coc_mm, distance_m)
    except RequestError:
        return None


def _verdict(found: FollowEvidence) -> tuple[Verdict, list[str]]:
    if found.refused:
        return Verdict.REFUSED, [f"the unit would not follow, and nothing moved: {found.refused}"]
    if found.lost:
        return Verdict.LOST, [found.lost]
    if found.fault is not Fault.NONE:
        return Verdict.FAULTED, [fault_words(found.fault)]
    if found.cause in (Cause.STOP, Cause.HARD_STOP):
        return Verdict.STOPPED, ["stopped hard" if found.cause is Cause.HARD_STOP else "stopped"]
    if found.cause is Cause.STOP_INPUT:
        return Verdict.FAULTED, ["the stop button was pressed"]
    if found.cause is Cause.SILENCE:
        return Verdict.STOPPED, [FELL_SILENT]
    if found.let_go:
        return Verdict.STOPPED, [LET_GO]
    if found.ring_deg is None:
        return Verdict.FAULTED, ["the position is unknown after the take"]
    return Verdict.GOOD, []


def _steps(trace: Sequence[Sample], steps_per_deg: float) -> int:
    """Steps turned in all, both ways counted, as well as the samples tell."""
    way = math.fsum(abs(b.ring_deg - a.ring_deg) for a, b in itertools.pairwise(trace))
    return round(way * steps_per_deg)

# SPDX-License-Identifier: MIT
"""A landing: the part of a take that is compared with other takes, from a unit or from the take log."""

from __future__ import annotations

import math
from dataclasses import dataclass

from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeRow
from followfocus.takes.takes import Take

WELL_KNOWN = 100e-6


@dataclass(frozen=True, slots=True)
class Landing:
    """How a take landed. Errors as in `Take`; ticks from time zero by the unit's clock, which ran at `tick_hz`.

    `label` is how the crew calls the take (empty: by `number`). `half_dof_deg` is infinite and the gearing 0 where the
    log doesn't hold them. Only takes of the same `group` can be compared.
    """

    number: int
    plan_hash: str
    landing_error_deg: float | None
    half_dof_deg: float
    last_edge_ticks: int | None
    steps: int
    tick_hz: float
    verdict: str
    start_latency_ms: float | None = None
    landed_by: str = "counter"
    first_edge_ticks: int | None = None
    duration_error_ms: float | None = None
    host_hz: float | None = None
    """The rate of the unit's clock as measured by the take's end, where that is well known"""
    counter_deg: float | None = None
    behind_deg: float | None = None
    """Where the ring was seen, less where the unit's count had it"""
    at_utc_s: float | None = None
    label: str = ""
    unit_serial: str = ""
    lens: str = ""
    step_deg: float = 0.0
    full_step_deg: float = 0.0

    @property
    def group(self) -> tuple[str, str, str, str]:
        """Takes can be compared if these agree: plan, lens, unit, and how the landing was measured."""
        return self.plan_hash, self.lens, self.unit_serial, self.landed_by

    @property
    def landing_error_half_dof(self) -> float | None:
        """The landing error in half depths of field; None where one of them isn't known."""
        if self.landing_error_deg is None or math.isinf(self.half_dof_deg):
            return None
        return self.landing_error_deg / self.half_dof_deg

    @property
    def name(self) -> str:
        """How the take is called in a sentence."""
        return self.label or f"take {self.number}"


def landing_of(number: int, take: Take, context: TakeContext) -> Landing:
    """A take as the statistics see it."""
    return Landing(
        number=number,
        plan_hash=context.plan_hash,
        landing_error_deg=take.landing_error_deg,
        half_dof_deg=take.half_dof_deg,
        last_edge_ticks=take.last_edge_ticks,
        steps=take.steps,
        tick_hz=take.tick_hz,
        verdict=take.verdict.value,
        start_latency_ms=take.start_latency_ms,
        landed_by=take.landed_by,
        first_edge_ticks=take.first_edge_ticks,
        duration_error_ms=take.duration_error_ms,
        host_hz=_well_known(take.timing.host_hz, take.timing.host_within_ms, take.timing.host_s),
        counter_deg=take.counter_deg,
        behind_deg=_behind_deg(take.landed_by, take.landed_deg, take.counter_deg),
        at_utc_s=take.started_utc_s,
        label=str(context.slate),
        unit_serial=context.unit_serial,
        lens=_lens(context),
        step_deg=_step_deg(context),
        full_step_deg=_step_deg(context) * (context.microsteps or 0),
    )


def landing_of_row(row: TakeRow) -> Landing:
    """A row of the take log, its number the row's."""
    facts, context = row.facts, row.context
    return Landing(
        number=row.id,
        plan_hash=row.plan_hash,
        landing_error_deg=row.landing_error_deg,
        half_dof_deg=_half_dof_deg(row),
        last_edge_ticks=_int(facts.get("last_edge_ticks")),
        steps=_int(facts.get("steps")) or 0,
        tick_hz=_float(facts.get("tick_hz")) or math.nan,
        verdict=row.verdict,
        start_latency_ms=row.start_latency_ms,
        landed_by=str(facts.get("landed_by", "counter")),
        first_edge_ticks=_int(facts.get("first_edge_ticks")),
        duration_error_ms=row.duration_error_ms,
        host_hz=_well_known(*(_float(facts.get(key)) for key in ("host_tick_hz", "host_within_ms", "host_s"))),
        counter_deg=_float(facts.get("counter_deg")),
        behind_deg=_behind_deg(
            facts.get("landed_by"), _float(facts.get("landed_deg")), _float(facts.get("counter_deg"))
        ),
        at_utc_s=row.started_utc_s,
        label=str(context.slate) if row.shot else "",
        unit_serial=context.unit_serial,
        lens=_lens(context),
        step_deg=_step_deg(context),
        full_step_deg=_step_deg(context) * (context.microsteps or 0),
    )


def _behind_deg(landed_by: object, landed_deg: float | None, counter_deg: float | None) -> float | None:
    if landed_by != "witness" or landed_deg is None or counter_deg is None:
        return None
    return landed_deg - counter_deg


def _well_known(host_hz: float | None, within_ms: float | None, host_s: float | None) -> float | None:
    """The measured rate where it may be wrong by a tenth of what is warned of at most."""
    if within_ms is None or not host_s:
        return None
    return host_hz if within_ms * 1e-3 <= WELL_KNOWN * host_s else None


def _lens(context: TakeContext) -> str:
    return " ".join(filter(None, (context.lens, context.lens_serial)))


def _step_deg(context: TakeContext) -> float:
    return 1.0 / context.steps_per_deg if context.steps_per_deg else 0.0


def _half_dof_deg(row: TakeRow) -> float:
    """Half the depth of field as planned; in an older log, worked out from the landing error in both measures."""
    if row.context.half_dof_deg is not None:
        return row.context.half_dof_deg
    error, share = row.landing_error_deg, row.landing_error_half_dof
    return abs(error / share) if error is not None and share else math.inf


def _int(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None

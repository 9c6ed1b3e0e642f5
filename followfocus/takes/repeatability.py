# SPDX-License-Identifier: MIT
"""How alike takes of one pull are, and what they say about the next: spread, trend, the odd one out, a slip.

Pure statistics on landings. Landings of different plans, lenses or units are not comparable and are kept apart.
Spreads are greatest less least; everything that is judged is judged by the robust figures of `robust`. Jumps are told
first; whether anything drifts or stands apart besides is asked of what is left when they are taken off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.motion.motor import Rig
from followfocus.names import counted
from followfocus.takes.landings import Landing, landing_of, landing_of_row
from followfocus.takes.power import power_words
from followfocus.takes.robust import LEAST_FOR_DRIFT, drift, level_changes, new_levels, odd_ones, off_a_drift
from followfocus.takes.slips import slipped_full_steps
from followfocus.takes.takes import Verdict

__all__ = ["Jump", "Landing", "Repeatability", "landing_of", "landing_of_row", "repeatability"]

FLOOR_STEPS = 3.001
"""Nothing within it stands apart or jumps: a step either side of the mark, one of settling, and rounding."""


@dataclass(frozen=True, slots=True)
class Jump:
    """From take `number` on the landings are `by_deg` elsewhere; `full_steps` where that is a slip, else 0.

    `name` is how the crew calls the take. It is the motor that slipped only where the ring was seen: no count shows it.
    """

    number: int
    by_deg: float
    full_steps: int
    name: str


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How alike the takes of one plan landed. `takes` counts those that landed, `left_out` the others.

    Spreads are greatest less least; `count_spread_steps` is of the unit's own count, whatever the landings were judged
    by (None where it isn't known). `bias_deg` is the median. `trend_deg` is the drift per take, 0 where it is noise,
    and `next_deg` where the next take will land by it. `odd` are the numbers of takes that landed apart from the rest,
    `odd_names` how the crew calls them. `half_dof_deg` is the least of the takes', infinite where none is known.
    `rest_deg` is the spread that jumps, drift and odd ones leave. `latency_spread_ms` is of the time from GO to the
    start, None where there was no GO.
    """

    plan_hash: str
    lens: str
    unit_serial: str
    by: str
    takes: int
    left_out: int
    landing_spread_deg: float
    landing_sd_deg: float
    count_spread_steps: int | None
    bias_deg: float
    half_dof_deg: float
    step_deg: float
    timing_spread_ticks: int | None
    timing_spread_ms: float | None
    first_step_spread_ticks: int | None
    latency_spread_ms: float | None
    trend_deg: float
    next_deg: float
    rest_deg: float
    odd: tuple[int, ...]
    odd_names: tuple[str, ...]
    jumps: tuple[Jump, ...]
    landings: tuple[Landing, ...] = field(repr=False)

    @property
    def landing_spread_steps(self) -> float:
        """The spread in motor steps."""
        return self.landing_spread_deg / self.step_deg

    @property
    def landing_spread_half_dof(self) -> float | None:
        """The spread in half depths of field; None where that isn't known."""
        return self.landing_spread_deg / self.half_dof_deg if math.isfinite(self.half_dof_deg) else None

    @property
    def jump(self) -> Jump | None:
        """The first jump."""
        return self.jumps[0] if self.jumps else None

    @property
    def standing_deg(self) -> float:
        """How far the takes land from where the first landed, now, by all jumps together; 0 within the floor."""
        together = sum(jump.by_deg for jump in self.jumps)
        return together if abs(together) > FLOOR_STEPS * self.step_deg else 0.0

    @property
    def missed(self) -> int:
        """How many of them landed out of focus."""
        return sum(landing.verdict == Verdict.MISSED.value for landing in self.landings)

    @property
    def slipped_before(self) -> int:
        """Full steps by which the ring, as it was seen, stood from the count at the first landing: a slip before it."""
        first = self.landings[0]
        if first.behind_deg is None or not first.full_step_deg:
            return 0
        return slipped_full_steps(first.behind_deg, first.full_step_deg)

    @property
    def alarmed(self) -> bool:
        """Something drifts, jumps or stands apart, has missed, or the motor had slipped before."""
        alike = self.trend_deg == 0.0 and not self.jumps and not self.odd
        return not alike or bool(self.missed or self.slipped_before)

    @property
    def too_few(self) -> bool:
        """They are not as good as the same, and so few that a drift could be chance."""
        return 1 < self.takes < LEAST_FOR_DRIFT and self.landing_spread_deg > FLOOR_STEPS * self.step_deg

    @property
    def steady(self) -> bool:
        """Nothing drifts, jumps or stands apart, none has missed, and there are enough of them to say so."""
        return not self.alarmed and not self.too_few

    @property
    def words(self) -> tuple[str, ...]:
        """Everything a 1st AC has to know, a sentence each."""
        return (*self._spread_words(), *self.findings)

    def _spread_words(self) -> list[str]:
        if self.takes == 1:
            return [f"One take landed, {self.bias_deg:+z.4f}° from its mark. It takes two to be alike."]
        share, count = self.landing_spread_half_dof, self.count_spread_steps
        in_half_dof = "" if share is None else f", {share:.3f} half depths of field"
        how = "by the unit's own step count"
        if self.by == "witness":
            how = "as the ring was seen" + ("" if count is None else f"; by the unit's count {counted(count, 'step')}")
        said = [
            f"{self.takes} takes landed within {self.landing_spread_deg:z.4f}° of each other "
            f"({self.landing_spread_steps:.1f} steps{in_half_dof}), {how}."
        ]
        if self.timing_spread_ticks is not None:
            in_us = "" if self.timing_spread_ms is None else f" ({self.timing_spread_ms * 1e3:.2f} µs)"
            ticks = f"{counted(self.timing_spread_ticks, 'tick')}{in_us}"
            said.append(f"Their last steps came within {ticks} of each other, by the unit's clock.")
        return said

    @property
    def findings(self) -> tuple[str, ...]:
        """Trend, jumps and odd takes, a sentence each; or one that says nothing drifts."""
        said = [self.jump_words(index) for index in range(len(self.jumps))]
        if self.slipped_before:
            steps = counted(abs(self.slipped_before), "full step")
            said.append(f"At the first landing the motor had slipped by {steps} already: home it.")
        if self.missed:
            said.append(f"{self.missed} of {self.takes} landed out of focus, by {self.bias_deg:+z.3f}° in the middle.")
        if self.trend_deg:
            said.append(f"The landing drifts by {self.trend_deg:+z.4f}° a take.")
        if self.odd:
            said.append(f"Apart from the rest: {', '.join(self.odd_names)}.")
        if self.too_few and not self.alarmed:
            said.append(f"{self.takes} takes are too few to tell a drift from chance: it takes {LEAST_FOR_DRIFT}.")
        if self.steady and self.takes > 1:
            said.append("Nothing drifts, and no take stands apart.")
        if self.by != "witness":
            said.append("A slip between motor and ring would not show in the count: look at the mark.")
        if not self.plan_hash:
            said.append("Their plan is not in the log: they may be of different pulls.")
        if self.left_out:
            said.append(f"{self.left_out} more did not land and {'is' if self.left_out == 1 else 'are'} left out.")
        return tuple(said)

    def jump_words(self, index: int) -> str:
        """The jump in a sentence."""
        jump = self.jumps[index]
        so_far = sum(other.by_deg for other in self.jumps[: index + 1])
        start = f"From {jump.name} on"
        if index and abs(so_far) <= FLOOR_STEPS * self.step_deg:
            return f"{start}, they land where the first did again."
        what = "something has moved"
        if jump.full_steps:
            full = f"{abs(jump.full_steps)} full steps"
            what = f"the motor has slipped by {full}" if self.by == "witness" else f"by {full}"
        return f"{start}, all land {jump.by_deg:+z.3f}° away: {what}."

    def facts(self) -> dict[str, object]:
        """For JSON."""
        first = self.jump
        return {
            "plan_hash": self.plan_hash,
            "lens": self.lens,
            "unit_serial": self.unit_serial,
            "takes": self.takes,
            "left_out": self.left_out,
            "landing_spread_deg": self.landing_spread_deg,
            "landing_spread_steps": self.landing_spread_steps,
            "landing_spread_half_dof": self.landing_spread_half_dof,
            "landing_sd_deg": self.landing_sd_deg,
            "count_spread_steps": self.count_spread_steps,
            "bias_deg": self.bias_deg,
            "half_dof_deg": self.half_dof_deg if math.isfinite(self.half_dof_deg) else None,
            "timing_spread_ticks": self.timing_spread_ticks,
            "timing_spread_ms": self.timing_spread_ms,
            "first_step_spread_ticks": self.first_step_spread_ticks,
            "latency_spread_ms": self.latency_spread_ms,
            "trend_deg_per_take": self.trend_deg,
            "odd": list(self.odd),
            "jump_at": None if first is None else first.number,
            "jump_deg": None if first is None else first.by_deg,
            "slipped_full_steps": 0 if first is None else first.full_steps,
            "jumps": [{"at": j.number, "deg": j.by_deg, "slipped_full_steps": j.full_steps} for j in self.jumps],
            "measured_by": self.by,
            "steady": self.steady,
            "too_few": self.too_few,
            "power": power_words(self.takes, self.landing_sd_deg, self.step_deg),
            "words": list(self.words),
        }


def repeatability(landings: Sequence[Landing], rig: Rig) -> tuple[Repeatability, ...]:
    """One result for each group of comparable takes, in the order they appear; groups with no landing are left out.

    `rig` stands in where the landings don't hold their gearing.
    """
    groups: dict[tuple[str, ...], list[Landing]] = {}
    for landing in landings:
        groups.setdefault(landing.group, []).append(landing)
    made = []
    for group in groups.values():
        landed = [landing for landing in group if landing.landing_error_deg is not None]
        if landed:
            made.append(_of_one_plan(landed, len(group) - len(landed), rig))
    return tuple(made)


def _of_one_plan(landed: Sequence[Landing], left_out: int, rig: Rig) -> Repeatability:
    errors = np.array([landing.landing_error_deg for landing in landed], dtype=np.float64)
    counts = [landing.counter_deg for landing in landed]
    first = landed[0]
    step = first.step_deg or rig.ring_deg_per_step
    full_step = first.full_step_deg or rig.ring_deg_per_full_step
    starts = new_levels(errors, FLOOR_STEPS * step, lambda by: slipped_full_steps(by, full_step) != 0)
    changes = level_changes(errors, starts)
    level = np.zeros_like(errors)
    for start, by in zip(starts, changes, strict=True):
        level[start:] += by
    slope, odd, rest = _within_levels(errors - level, step)
    ahead = float(np.median(errors - level - slope * np.arange(len(errors))))
    return Repeatability(
        plan_hash=first.plan_hash,
        lens=first.lens,
        unit_serial=first.unit_serial,
        by=first.landed_by,
        takes=len(landed),
        left_out=left_out,
        landing_spread_deg=float(np.ptp(errors)),
        landing_sd_deg=float(errors.std(ddof=1)) if len(errors) > 1 else 0.0,
        count_spread_steps=_whole(_spread([None if deg is None else deg / step for deg in counts])),
        bias_deg=float(np.median(errors)),
        half_dof_deg=min(landing.half_dof_deg for landing in landed),
        step_deg=step,
        timing_spread_ticks=_whole(_spread([x.last_edge_ticks for x in landed])),
        timing_spread_ms=_in_ms(_spread([x.last_edge_ticks for x in landed]), landed),
        first_step_spread_ticks=_whole(_spread([x.first_edge_ticks for x in landed])),
        latency_spread_ms=_spread([x.start_latency_ms for x in landed]),
        trend_deg=slope,
        next_deg=ahead + slope * len(errors) + float(level[-1]),
        rest_deg=rest,
        odd=tuple(landed[i].number for i in odd),
        odd_names=tuple(landed[i].name for i in odd),
        jumps=tuple(
            Jump(landed[start].number, by, slipped_full_steps(by, full_step), landed[start].name)
            for start, by in zip(starts, changes, strict=True)
        ),
        landings=tuple(landed),
    )


def _within_levels(errors: FloatArray, step_deg: float) -> tuple[float, list[int], float]:
    """The drift per take of errors that no longer jump, the indices of odd ones, and the spread without either.

    A drift of less than a step over all takes is none.
    """
    order = np.arange(len(errors))
    slope = drift(errors)
    if abs(slope) * len(errors) < step_deg:
        slope = 0.0
    rest = errors - slope * order
    odd = odd_ones(off_a_drift(errors) if slope else rest, FLOOR_STEPS * step_deg)
    return slope, odd, float(np.ptp(np.delete(rest, odd)))


def _spread(values: Sequence[float | None]) -> float | None:
    """Greatest less least of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return max(known) - min(known) if known else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _in_ms(ticks: float | None, landed: Sequence[Landing]) -> float | None:
    """Ticks of the unit's clock in ms by one rate for all takes, however many loads they are of; None if not known."""
    rates = [landing.tick_hz for landing in landed if math.isfinite(landing.tick_hz)]
    return ticks / float(np.median(rates)) * 1e3 if ticks is not None and rates else None

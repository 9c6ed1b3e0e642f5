"""How alike takes of one pull are, and what they say about the next: spread, trend, the odd one out, a slip.

Pure statistics on landings. Landings of different plans are not comparable and are kept apart by their plan's hash.
Robust throughout, because one slip must not hide itself in a mean:
  middle      the median
  odd one out |x − median| > 5 · 1.4826 · MAD, but never within three steps (Iglewicz & Hoaglin, 1993, use 3.5)
  trend       the Theil–Sen slope, held to be real where Kendall's S passes 2.6 of its standard deviation (p < 0.01)
  jump        the split into two runs with the least sum of absolute deviations from their medians, held to be real
              where the medians differ by more than three steps and four times the takes' own noise; the first three
              takes are what the others are held against
A stepper slips by whole electrical cycles, which are four full steps: a jump near a multiple of that is a slip.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from followfocus.motor import Rig
from followfocus.takecontext import TakeContext
from followfocus.takelog import TakeRow
from followfocus.takes import Take

FloatArray = npt.NDArray[np.float64]
ODD_MADS = 5.0
MAD_TO_SIGMA = 1.4826
TREND_SIGMAS = 2.6
LEAST_FOR_TREND = 5
JUMP_SIGMAS = 4.0
LEAST_STEPS = 3.001
REFERENCE_TAKES = 3
WARN_SHARE = 0.5
"""A warning where the spread, or the next landing by its trend, comes to so much of half the depth of field."""
FULL_STEPS_A_SLIP = 4
CYCLE_TOLERANCE = 0.25


@dataclass(frozen=True, slots=True)
class Landing:
    """What of a take says how alike it is to others. Errors as in `Take`; ticks from time zero by the unit's clock."""

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


def landing_of(number: int, take: Take, context: TakeContext) -> Landing:
    """A take as the statistics see it."""
    return Landing(
        number, context.plan_hash, take.landing_error_deg, take.half_dof_deg, take.last_edge_ticks, take.steps,
        take.tick_hz, take.verdict.value, take.start_latency_ms, take.landed_by,
    )  # fmt: skip


def landing_of_row(row: TakeRow) -> Landing:
    """A row of the take log, its number the row's."""
    facts, error, share = row.facts, row.landing_error_deg, row.landing_error_half_dof
    half_dof = abs(error / share) if error is not None and share else math.inf
    ticks = facts.get("last_edge_ticks")
    return Landing(
        row.id, row.plan_hash, error, half_dof, int(ticks) if isinstance(ticks, int) else None,
        _int(facts.get("steps")), _float(facts.get("tick_hz"), 16e6), row.verdict, row.start_latency_ms,
        str(facts.get("landed_by", "counter")),
    )  # fmt: skip


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _float(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, (int, float)) else otherwise


@dataclass(frozen=True, slots=True)
class Jump:
    """From take `number` on the landings are `by_deg` elsewhere; `full_steps` where that is a slip, else 0."""

    number: int
    by_deg: float
    full_steps: int


@dataclass(frozen=True, slots=True)
class Repeatability:
    """How alike the takes of one plan landed. `takes` counts those that landed, `left_out` the others.

    Spreads are greatest less least; `trend_deg` is the drift per take, 0 where it is noise. `odd` are the numbers of
    takes that landed apart from the rest.
    """

    plan_hash: str
    takes: int
    left_out: int
    landing_spread_deg: float
    landing_sd_deg: float
    bias_deg: float
    half_dof_deg: float
    step_deg: float
    timing_spread_ticks: int
    timing_spread_ms: float
    trend_deg: float
    odd: tuple[int, ...]
    jump: Jump | None
    by: str

    @property
    def landing_spread_steps(self) -> float:
        """The spread in motor steps."""
        return self.landing_spread_deg / self.step_deg

    @property
    def landing_spread_half_dof(self) -> float:
        """The spread in half depths of field."""
        return self.landing_spread_deg / self.half_dof_deg

    @property
    def steady(self) -> bool:
        """Nothing drifts, jumps, or stands apart."""
        return self.trend_deg == 0.0 and self.jump is None and not self.odd

    @property
    def words(self) -> tuple[str, ...]:
        """What a 1st AC has to know, a sentence each."""
        said = [
            f"{self.takes} takes landed within {self.landing_spread_deg:.4f}° of each other "
            f"({self.landing_spread_steps:.1f} steps, {self.landing_spread_half_dof:.3f} half depths of field), "
            f"by the {self.by}.",
            f"Their last steps came within {self.timing_spread_ticks} ticks ({self.timing_spread_ms * 1e3:.2f} µs).",
        ]
        if self.jump is not None:
            what = (
                f"the motor has slipped by {abs(self.jump.full_steps)} full steps"
                if self.jump.full_steps
                else "something has moved"
            )
            said.append(f"From take {self.jump.number} on all land {self.jump.by_deg:+.3f}° elsewhere: {what}.")
        if self.trend_deg:
            said.append(f"The landing drifts by {self.trend_deg:+.4f}° a take.")
        if self.odd:
            said.append(f"Apart from the rest: take {', '.join(map(str, self.odd))}.")
        if self.steady and self.takes > 1:
            said.append("Nothing drifts.")
        return tuple(said)

    def facts(self) -> dict[str, object]:
        """For JSON."""
        return {
            "plan_hash": self.plan_hash,
            "takes": self.takes,
            "left_out": self.left_out,
            "landing_spread_deg": self.landing_spread_deg,
            "landing_spread_steps": self.landing_spread_steps,
            "landing_spread_half_dof": _finite(self.landing_spread_half_dof),
            "landing_sd_deg": self.landing_sd_deg,
            "bias_deg": self.bias_deg,
            "half_dof_deg": _finite(self.half_dof_deg),
            "timing_spread_ticks": self.timing_spread_ticks,
            "timing_spread_ms": self.timing_spread_ms,
            "trend_deg_per_take": self.trend_deg,
            "odd": list(self.odd),
            "jump_at": None if self.jump is None else self.jump.number,
            "jump_deg": None if self.jump is None else self.jump.by_deg,
            "slipped_full_steps": 0 if self.jump is None else self.jump.full_steps,
            "measured_by": self.by,
            "steady": self.steady,
            "words": list(self.words),
        }


def repeatability(landings: Sequence[Landing], rig: Rig) -> tuple[Repeatability, ...]:
    """One result for each plan among the landings, in the order they appear; plans with no landing are left out."""
    made = []
    for key in dict.fromkeys(landing.plan_hash for landing in landings):
        group = [landing for landing in landings if landing.plan_hash == key]
        landed = [landing for landing in group if landing.landing_error_deg is not None]
        if landed:
            made.append(_of_one_plan(key, landed, len(group) - len(landed), rig))
    return tuple(made)


def _of_one_plan(key: str, landed: Sequence[Landing], left_out: int, rig: Rig) -> Repeatability:
    errors = np.array([landing.landing_error_deg for landing in landed], dtype=np.float64)
    numbers = [landing.number for landing in landed]
    ticks = [landing.last_edge_ticks for landing in landed if landing.last_edge_ticks is not None]
    timing = max(ticks) - min(ticks) if ticks else 0
    step = rig.ring_deg_per_step
    jump = _jump(numbers, errors, step, rig)
    level = errors.copy()
    if jump is not None:  # a jump is told once; what is left says whether anything drifts or stands apart besides
        level[numbers.index(jump.number) :] -= jump.by_deg
    return Repeatability(
        plan_hash=key,
        takes=len(landed),
        left_out=left_out,
        landing_spread_deg=float(errors.max() - errors.min()),
        landing_sd_deg=float(errors.std(ddof=1)) if len(errors) > 1 else 0.0,
        bias_deg=float(np.median(errors)),
        half_dof_deg=min(landing.half_dof_deg for landing in landed),
        step_deg=step,
        timing_spread_ticks=timing,
        timing_spread_ms=timing / landed[0].tick_hz * 1e3,
        trend_deg=_trend(level),
        odd=tuple(numbers[i] for i in _odd(level, step)),
        jump=jump,
        by=landed[0].landed_by,
    )


def _odd(errors: FloatArray, step_deg: float) -> list[int]:
    off = np.abs(errors - np.median(errors))
    allowed = max(ODD_MADS * MAD_TO_SIGMA * float(np.median(off)), LEAST_STEPS * step_deg)
    return [int(i) for i in np.flatnonzero(off > allowed)]


def _trend(errors: FloatArray) -> float:
    """Degrees a take by Theil and Sen; 0 where Kendall's test does not hold it to be real."""
    n = len(errors)
    if n < LEAST_FOR_TREND:
        return 0.0
    i, j = np.triu_indices(n, 1)
    rises = errors[j] - errors[i]
    score = float(np.sign(rises).sum())
    _, ties = np.unique(errors, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18.0
    if variance <= 0 or abs(score) <= TREND_SIGMAS * math.sqrt(variance):
        return 0.0
    return float(np.median(rises / (j - i)))


def _jump(numbers: Sequence[int], errors: FloatArray, step_deg: float, rig: Rig) -> Jump | None:
    best: tuple[float, int] | None = None
    for split in range(REFERENCE_TAKES, len(errors)):
        cost = _cost(errors[:split]) + _cost(errors[split:])
        if best is None or cost < best[0] - 1e-12:
            best = cost, split
    if best is None:
        return None
    before, after = errors[: best[1]], errors[best[1] :]
    by = float(np.median(after) - np.median(before))
    left = np.concatenate([before - np.median(before), after - np.median(after)])
    noise = MAD_TO_SIGMA * float(np.median(np.abs(left)))
    if abs(by) <= max(LEAST_STEPS * step_deg, JUMP_SIGMAS * noise) or _is_trend(errors, by):
        return None
    return Jump(numbers[best[1]], by, _slipped(by, rig))


def _is_trend(errors: FloatArray, by: float) -> bool:
    """A steady drift looks like a jump in its middle; a true jump is made in one take."""
    if len(errors) < LEAST_FOR_TREND:
        return False
    return bool(np.abs(np.diff(errors)).max() < abs(by) / 2)


def _cost(errors: FloatArray) -> float:
    return float(np.abs(errors - np.median(errors)).sum())


def _slipped(by_deg: float, rig: Rig) -> int:
    """Full steps, if a jump is near a whole number of electrical cycles; else 0."""
    cycles = by_deg / (FULL_STEPS_A_SLIP * rig.ring_deg_per_full_step)
    whole = round(cycles)
    return FULL_STEPS_A_SLIP * whole if whole and abs(cycles - whole) <= CYCLE_TOLERANCE else 0


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


# Before the next take ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlipVerdict:
    """Whether the motor has lost steps since it was calibrated: `full_steps` with their sign, 0 where it has not."""

    full_steps: int
    words: str

    @property
    def slipped(self) -> bool:
        """It has."""
        return self.full_steps != 0


def slip_verdict(expected_steps: int, found_steps: int, rig: Rig) -> SlipVerdict:
    """Steps counted to where the ring is known to be, against what the calibration says.

    For a return to A seen by someone, the touch of one stop, or the way home: a motor slips by four full steps at
    least, so half of that is the line; what is less is lash and touch.
    """
    off = found_steps - expected_steps
    cycle = FULL_STEPS_A_SLIP * rig.microsteps
    slipped = round(off / cycle)
    if abs(off) * 2 < cycle or slipped == 0:
        return SlipVerdict(0, f"No slip: {abs(off)} steps off, which is lash and touch.")
    full = FULL_STEPS_A_SLIP * slipped
    degrees = full * rig.ring_deg_per_full_step
    words = f"The motor has slipped by {abs(full)} full steps ({degrees:+.2f}° of the ring): home it before the take."
    return SlipVerdict(full, words)


def slip_by_witness(seen_deg: float, counted_deg: float, rig: Rig) -> SlipVerdict:
    """The same where the ring is seen: its angle against the count's."""
    return slip_verdict(round(counted_deg * rig.steps_per_deg), round(seen_deg * rig.steps_per_deg), rig)


def warnings_before(landings: Sequence[Landing], rig: Rig) -> tuple[str, ...]:
    """What the takes so far say against the next one, a sentence each; empty where nothing does."""
    said = []
    for found in repeatability(landings, rig)[-1:]:
        if found.jump is not None:
            said.append(found.words[2] + " Home the lens before the next take.")
        if found.trend_deg:
            errors = [x.landing_error_deg or 0.0 for x in landings if x.plan_hash == found.plan_hash]
            ahead = abs(errors[-1] + found.trend_deg)
            if ahead > WARN_SHARE * found.half_dof_deg:
                said.append(f"The landing drifts by {found.trend_deg:+.4f}° a take: the next may be soft. Calibrate.")
        if found.jump is None and found.landing_spread_half_dof > WARN_SHARE:
            said.append(
                f"The takes spread over {found.landing_spread_half_dof:.2f} half depths of field: look for play in the "
                "gear."
            )
    return (*said, *_clock_warning(landings))


def _clock_warning(landings: Sequence[Landing]) -> tuple[str, ...]:
    """A unit's clock that runs away with temperature: more than 200 ppm between the first and the last take."""
    rates = [landing.tick_hz for landing in landings]
    if len(rates) > 1 and abs(rates[-1] / rates[0] - 1.0) > 200e-6:
        ppm = (rates[-1] / rates[0] - 1.0) * 1e6
        return (f"The unit's clock has moved by {ppm:+.0f} ppm since the first take: it warms up; load the pull anew.",)
    return ()

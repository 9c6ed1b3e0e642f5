# SPDX-License-Identifier: MIT
"""The limits of one run: what each asks and allows, and the shortest duration that it lets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from followfocus.errors import RequestError
from followfocus.motion.motion import Motion
from followfocus.motion.motor import Rig
from followfocus.motion.pull import Pull
from followfocus.motion.runs import (
    SAFETY_FACTOR,
    TIME_MARGIN,
    Run,
    RunLoad,
    least_motor_duration,
    runs_of,
    torque_durations,
)
from followfocus.motion.takeup import LEAST_HOLD_S, PEAK_SPEED, change_s, lead_deg

SPEED, ACCELERATION, JERK = "ring speed", "ring acceleration", "ring jerk"
TORQUE, FRICTION, START_SPEED = "motor torque", "ring friction", "start speed"
STEP_RATE, TRAVEL = "step rate", "travel"
STEP_JITTER = 1.01
"""The share of the interval between two steps that compression may take."""
UNIT_SPEED_RESERVE = 1.2
"""A unit is set to refuse steps that come this much sooner than at the ring's speed limit, or a little more."""
LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class RingLimits:
    """The ring's limits, in degrees and seconds; `inf` is no limit. Conservative until the rig has been tried."""

    speed_deg_s: float = 600.0
    accel_deg_s2: float = 3000.0
    jerk_deg_s3: float = 30000.0

    def __post_init__(self) -> None:
        if not all(limit > 0 for limit in (self.speed_deg_s, self.accel_deg_s2, self.jerk_deg_s3)):
            raise RequestError("Ring limits must be above zero.")


STANDARD = RingLimits()
FAST = RingLimits(1200.0, 8000.0, math.inf)
UNLIMITED = RingLimits(math.inf, math.inf, math.inf)
RING_LIMITS = {"standard": STANDARD, "fast": FAST, "unlimited": UNLIMITED}


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit against the pull: asked at its worst, allowed, and the shortest duration that this limit lets."""

    name: str
    asked: float
    allowed: float
    shortest_s: float
    kept: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """The rules that a pull is judged by."""

    limits: RingLimits
    rig: Rig | None
    unit_steps_per_s: float

    def steps_per_s(self, rig: Rig) -> float:
        """The unit's abilities, and the limits it is set to."""
        return min(self.unit_steps_per_s, self.limits.speed_deg_s * UNIT_SPEED_RESERVE * rig.steps_per_deg)


def _ring_bounds(run: Run, limits: RingLimits) -> list[Bound]:
    """Ring speed, acceleration and jerk, each where the run has a finite one."""
    peaks = (run.peak_speed, run.peak_accel, run.peak_jerk)
    allowed = (limits.speed_deg_s, limits.accel_deg_s2, limits.jerk_deg_s3)
    bounds = []
    for order, (name, peak, limit) in enumerate(zip((SPEED, ACCELERATION, JERK), peaks, allowed, strict=True), start=1):
        if math.isfinite(peak):
            # The n-th derivative goes by 1/Tⁿ.
            shortest = (peak / limit) ** (1 / order)
            bounds.append(Bound(name, peak / run.duration_s**order, limit, shortest, _fits(run, shortest)))
    return bounds


def _fits(run: Run, shortest_s: float) -> bool:
    # Of a duration that was set to the shortest itself, rounding must not make a refusal.
    return run.duration_s >= shortest_s * (1 - 1e-9)


def _rig_bounds(run: Run, rig: Rig, setting: Setting) -> list[Bound]:
    """Torque or friction, speed without a ramp, and step rate."""
    bounds = [_step_rate(run, rig, setting)]
    if run.peak_speed == 0:
        return bounds
    if run.jump:
        bounds.append(_start_speed(run, rig))
    shortest, _ = torque_durations(run, rig)
    if SAFETY_FACTOR * rig.friction_at_motor_nm > rig.running_torque_nm:
        # Friction doesn't fade with time: no duration helps.
        allowed = rig.running_torque_nm / SAFETY_FACTOR
        bounds.append(Bound(FRICTION, rig.friction_at_motor_nm, allowed, math.inf, kept=False))
    else:
        _, asked, allowed = worst(run, rig)
        bounds.append(Bound(TORQUE, asked, allowed, shortest, _fits(run, shortest)))
    return bounds


def _step_rate(run: Run, rig: Rig, setting: Setting) -> Bound:
    steps_per_s, unit_steps_per_s = setting.steps_per_s(rig), setting.unit_steps_per_s
    shortest = least_motor_duration(run, steps_per_s / (STEP_JITTER * rig.steps_per_deg))
    asked = run.peak_motor_speed(run.duration_s) * rig.steps_per_deg
    note = "is set to make" if steps_per_s < unit_steps_per_s else "makes"
    return Bound(STEP_RATE, asked, steps_per_s, shortest, _fits(run, shortest), note)


def start_speed_deg_s(rig: Rig) -> float:
    """The speed of the ring at which the motor may start without a ramp."""
    return math.degrees(rig.start_stop_rad_s) / (rig.ratio * TIME_MARGIN)


def _start_speed(run: Run, rig: Rig) -> Bound:
    allowed = start_speed_deg_s(rig)
    # A jump of speed goes by 1/T, like speed itself.
    shortest = run.jump / allowed if allowed else math.inf
    note = "; straight back without a hold counts twice" if run.turns else ""
    return Bound(START_SPEED, run.jump / run.duration_s, allowed, shortest, _fits(run, shortest), note)


def worst(run: Run, rig: Rig) -> tuple[float, float, float]:
    """Where torque is shortest: motor speed in rpm, asked torque and pull-out torque there, N·m."""
    speed, asked, pullout = RunLoad.of(run, rig).played_in(run.duration_s)
    # At rest nothing is asked: the least that counts keeps the quotient finite there.
    at = int(np.argmin(pullout / np.maximum(asked, 1e-9)))
    return float(speed[at]) * 30 / math.pi, float(asked[at]), float(pullout[at])


def judged_runs(job: Motion | Pull, setting: Setting) -> tuple[Run, ...]:
    """The runs of a pull as they are judged: abrupt ramps as starts without one, where that lets it be shorter."""
    return tuple(_felt(run, setting) for run in runs_of(job, setting.rig))


def _felt(run: Run, setting: Setting) -> Run:
    if run.ramps is None:
        return run
    limits, span = setting.limits, abs(run.span) or 1.0
    # Straight back is a stop and a start at once.
    start = math.inf if setting.rig is None else start_speed_deg_s(setting.rig) / (2 if run.turns else 1)
    if not start:
        return run
    first, last = run.ramps.best(start / span, limits.accel_deg_s2 / span, limits.jerk_deg_s3 / span)
    if first == last == 0:
        return run
    # `best` knows the ring's limits and the start's; torque has its say here, where the whole run is judged both ways.
    felt = run.started(first, last)
    own, other = bounds_of(run, setting), bounds_of(felt, setting)
    return felt if least_s(other) < least_s(own) else run


def bounds_of(run: Run, setting: Setting) -> list[Bound]:
    """Every limit that can judge the run: the ring's, and with a rig the motor's and the unit's."""
    bounds = _ring_bounds(run, setting.limits)
    if setting.rig is not None:
        bounds += _rig_bounds(run, setting.rig, setting)
    return bounds


def least_s(bounds: Sequence[Bound]) -> float:
    """The shortest duration that every bound lets, rounded up to five figures; inf above a day."""
    least = max((bound.shortest_s for bound in bounds), default=0.0)
    # 0 is no bound at all, as of a pull without limits: nothing to round.
    if not 0 < least <= LONGEST_S:
        return math.inf if least else 0.0
    # Up, at the fifth figure: the number that is said must itself be allowed. The 1e-6 keeps what rounding added out.
    scale = 10.0 ** (4 - math.floor(math.log10(least)))
    return math.ceil(least * scale - 1e-6) / scale


def rounded_up(seconds: float) -> str:
    """A shortest duration in hundredths of a second, so that it is accepted as it is said.

    >>> rounded_up(0.48391)
    '0.49'
    """
    return f"{math.ceil(seconds * 100 - 1e-6) / 100:.2f}"


def rushed_hold(job: Motion | Pull, setting: Setting) -> Bound | None:
    """The bound of a hold in which the lash would be taken up faster than the unit makes steps."""
    rig = setting.rig
    if rig is None or isinstance(job, Motion):
        return None
    turning = [mark.hold_s for at, mark in enumerate(job.marks) if job.turns_at(at) and mark.hold_s >= LEAST_HOLD_S]
    if not turning:
        return None
    over_s = change_s(min(turning), rests=True)
    asked, allowed = PEAK_SPEED * 2 * lead_deg(rig) / over_s * rig.steps_per_deg, setting.steps_per_s(rig)
    return (
        Bound(STEP_RATE, asked, allowed, math.inf, kept=False, note="makes") if asked * STEP_JITTER > allowed else None
    )

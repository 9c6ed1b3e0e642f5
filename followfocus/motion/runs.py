"""A pull cut into runs from rest to rest, and what each run asks of the motor: the arithmetic under `limits`.

Played in T seconds, a run's speed, acceleration and jerk are fixed shapes divided by T, T² and T³. The torque that
the motor has over the torque it is asked for grows with T, so the duration for a given margin is found by root
finding.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass

import numpy as np

from followfocus.motion.easing import Easing, Peaks
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.motor import FloatArray, Rig
from followfocus.motion.pull import Leg, Pull

SAFETY_FACTOR = 2.0
TIME_MARGIN = 1.5
"""A pull this much longer than the one at which the motor runs out of torque is safe enough."""
SAMPLES = 193


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One stretch from rest to rest by its shape: speed, acceleration and jerk as if it took one second."""

    legs: tuple[int, ...]
    duration_s: float
    peak_speed: float
    peak_accel: float
    peak_jerk: float
    speed: FloatArray
    accel: FloatArray
    key: tuple[Easing, float] | None = None
    unjudged: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """An easing over unit time and travel, sampled, with its exact peaks and what the limits can't judge in it."""

    peaks: Peaks
    speed: FloatArray
    accel: FloatArray
    unjudged: str


@functools.lru_cache(maxsize=256)
def _shape(easing: Easing) -> _Shape:
    u = np.linspace(0.0, 1.0, SAMPLES)
    peaks, unjudged = easing.peaks(), ""
    if not math.isfinite(peaks.accel):
        unjudged = f"{easing.name} starts, turns or stops without a ramp: no acceleration or jerk limit can hold for it"
    elif not math.isfinite(peaks.jerk):
        unjudged = f"{easing.name} has steps in acceleration: no jerk limit can hold for it"
    elif easing.end_step:
        unjudged = f"{easing.name} starts or ends with a step in acceleration: the jerk limit holds between them"
    return _Shape(peaks, easing.speed(u), easing.accel(u), unjudged)


def _leg_run(index: int, leg: Leg, span_deg: float) -> Run:
    """A leg between two stops: peaks exactly from its easing."""
    shape, span = _shape(leg.easing), abs(span_deg)
    return Run(
        legs=(index,),
        duration_s=leg.duration_s,
        peak_speed=shape.peaks.speed * span,
        peak_accel=shape.peaks.accel * span,
        peak_jerk=shape.peaks.jerk * span,
        speed=shape.speed * span,
        accel=shape.accel * span,
        key=(leg.easing, span),
        unjudged=shape.unjudged,
    )


def _motion_run(legs: tuple[int, ...], motion: Motion) -> Run:
    """A whole motion as one run, from samples; its peaks as the motion gives them."""
    total, peak_jerk = motion.duration_s, motion.peak_jerk
    count = min(20_001, max(4 * SAMPLES, math.ceil(total * 200)))
    t = np.linspace(0.0, total, count)
    return Run(
        legs=legs,
        duration_s=total,
        peak_speed=motion.peak_speed * total,
        peak_accel=motion.peak_accel * total**2,
        peak_jerk=peak_jerk * total**3,
        speed=motion.speed_deg_s(t) * total,
        accel=motion.accel_deg_s2(t) * total**2,
        unjudged=""
        if math.isfinite(peak_jerk)
        else "this motion has steps in acceleration: no jerk limit can hold for it",
    )


def runs_of(job: Motion | Pull) -> tuple[Run, ...]:
    """The runs of a pull: single legs between stops, and chains of legs through marks without a stop.

    A through mark where the direction turns is a stop, as in `motion_of`.
    """
    if isinstance(job, Motion):
        return (_motion_run((), job),) if job.duration_s > 0 else ()
    runs: list[Run] = []
    start = 0
    for index in range(len(job.legs)):
        if job.marks[index + 1].through and not _turns(job, index + 1):
            continue
        if index == start:
            span = job.marks[index + 1].ring_deg - job.marks[index].ring_deg
            runs.append(_leg_run(index, job.legs[index], span))
        else:
            marks = [dataclasses.replace(mark, hold_s=0.0) for mark in job.marks[start : index + 2]]
            chain = Pull(marks=tuple(marks), legs=job.legs[start : index + 1])
            runs.append(_motion_run(tuple(range(start, index + 1)), motion_of(chain)))
        start = index + 1
    return tuple(runs)


def _turns(pull: Pull, at: int) -> bool:
    before, here, after = (mark.ring_deg for mark in pull.marks[at - 1 : at + 2])
    return (here - before) * (after - here) < 0


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """What a run asks of the motor if played in one second: its speed, and torque to accelerate it."""

    rig: Rig
    speed_rad_s: FloatArray
    inertial_nm: FloatArray

    @staticmethod
    def of(run: Run, rig: Rig) -> Load:
        """The load that `run` puts on `rig`."""
        forward = np.where(run.speed < 0, -1.0, 1.0)
        inertial = np.radians(run.accel) * forward * (rig.inertia_at_motor_kgm2 * rig.ratio)
        return Load(rig, np.radians(np.abs(run.speed)) * rig.ratio, inertial)

    def margins(self, duration_s: float) -> FloatArray:
        """Pull-out torque over asked torque at every sample, played in `duration_s`."""
        asked = self.rig.torque_asked_nm(self.inertial_nm / duration_s**2)
        return self.rig.pullout_nm(self.speed_rad_s / duration_s) / np.maximum(asked, 1e-9)

    def margin(self, duration_s: float) -> float:
        """The least of `margins`."""
        return float(self.margins(duration_s).min())


def least_duration(load: Load, factor: float) -> float:
    """Shortest duration at which the margin reaches `factor`, to 1e-5 of itself, by regula falsi; inf if none."""
    high = 0.05
    while load.margin(high) < factor:
        high *= 2
        if high > 1e5:
            return math.inf
    low = high / 2
    while load.margin(low) >= factor:
        low, high = low / 2, low
        if high < 1e-4:
            return high
    below, above = load.margin(low) - factor, load.margin(high) - factor
    for _ in range(60):
        if high - low <= 1e-5 * high:
            break
        middle = low + (high - low) * min(0.95, max(0.05, -below / (above - below)))
        found = load.margin(middle) - factor
        if found >= 0:
            high, above, below = middle, found, below / 2
        else:
            low, below, above = middle, found, above / 2
    return high


def _solve_torque(run: Run, rig: Rig) -> tuple[float, float]:
    """(shortest duration with reserve, duration below which the motor runs out of torque)."""
    if run.peak_speed == 0:
        return 0.0, 0.0
    load = Load.of(run, rig)
    slips = least_duration(load, 1.0)
    if SAFETY_FACTOR * rig.friction_at_motor_nm > rig.running_torque_nm:
        return math.inf, slips
    reserve = TIME_MARGIN * slips
    return (least_duration(load, SAFETY_FACTOR) if load.margin(reserve) >= SAFETY_FACTOR else reserve), slips


@functools.lru_cache(maxsize=4096)
def _solve_leg(easing: Easing, span_deg: float, rig: Rig) -> tuple[float, float]:
    return _solve_torque(_leg_run(0, Leg(1.0, easing), span_deg), rig)


def torque_durations(run: Run, rig: Rig) -> tuple[float, float]:
    """Shortest duration with reserve (inf if friction forbids any), and the one below which torque runs out."""
    return _solve_leg(*run.key, rig) if run.key else _solve_torque(run, rig)

# SPDX-License-Identifier: MIT
"""A pull cut into runs from rest to rest, and what each run asks of the motor: the arithmetic under `limits`.

Played in T seconds, a run's speed, acceleration and jerk are fixed shapes divided by T, T² and T³. The torque that
the motor has over the torque it is asked for grows with T, so the duration for a given margin is found by root
finding.

Straight back without a hold the speed changes by twice as much as from rest; what is over in an instant is judged by
what the motor feels of it (`instants.py`).
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from followfocus.arrays import FloatArray
from followfocus.motion.easing import Easing, Peaks
from followfocus.motion.instants import Ramps, end_of, felt_speed, is_sudden, peaks_inside, ramps_of
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.motion.pull import Leg, Pull
from followfocus.motion.takeup import LEAST_HOLD_S, PEAK_ACCEL, PEAK_SPEED, change_s, lead_deg

SAFETY_FACTOR = 2.0
TIME_MARGIN = 1.5
"""A pull this much longer than the one at which the motor runs out of torque is safe enough."""
LARGEST_STEP = 1 / 16
"""A full step of a tiny pull, as a share of its travel."""
STEEP = 10.0
"""From this peak speed on, in mean speeds, a curve is as good as upright: what counts is the mean over a step."""
ABRUPTLY = "{} starts or stops so abruptly that its ramp is judged as a start without one"
UPRIGHT = 1e6
"""From here on a curve stands upright at one instant: of its speed only the mean over a full step can be said."""
SUDDEN = "{} starts, turns or stops without a ramp: no acceleration or jerk limit can hold for it"


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One stretch from rest to rest by its shape: speed, acceleration and jerk as if it took one second.

    `peak_step_speed` is the peak speed as the steps show it, one after another. `looks` are shares of its time, `speed`
    and `accel` what the motor feels there. `jump` is the greatest change of speed at once, `turns` whether that is
    straight back. `takeup_deg` is what the motor turns ahead of the ring in the first moments, in the first leg, which
    takes `first_share` of the time. `ramps`, where they are abrupt, may be taken for a start without one.
    """

    legs: tuple[int, ...]
    duration_s: float
    peak_speed: float
    peak_step_speed: float
    peak_accel: float
    peak_jerk: float
    looks: FloatArray
    speed: FloatArray
    accel: FloatArray
    jump: float = 0.0
    turns: bool = False
    key: tuple[Easing, float] | None = None
    unjudged: str = ""
    takeup_deg: float = 0.0
    first_share: float = 1.0
    ramps: Ramps | None = None

    def started(self, first: int, last: int) -> Run:
        """The run with its abrupt ramps taken for a start and a stop without one, as that pair of `ramps` has them."""
        assert self.ramps is not None
        ramps, span = self.ramps, abs(self.span)
        inside = slice(int(ramps.first[first]), int(ramps.last[last]) + 1)
        return dataclasses.replace(
            self,
            peak_accel=float(ramps.accel[first, last]) * span,
            peak_jerk=float(ramps.jerk[first, last]) * span,
            looks=self.looks[inside],
            speed=self.speed[inside],
            accel=self.accel[inside],
            jump=max(self.jump, float(ramps.jump[first, last]) * span * (2 if self.turns else 1)),
            key=None,
            unjudged=ABRUPTLY.format(self.key[0].name if self.key else "It"),
            ramps=None,
        )

    @property
    def span(self) -> float:
        """The travel of a single leg, degrees; 0 of a chain."""
        return self.key[1] if self.key else 0.0

    def takeup(self, duration_s: float) -> tuple[npt.NDArray[np.bool_], float, float]:
        """Played in `duration_s`: which looks fall into the take-up, and its greatest speed and acceleration."""
        over_s = change_s(duration_s * self.first_share, rests=False)
        within = self.looks * duration_s <= over_s
        return within, PEAK_SPEED * self.takeup_deg / over_s, PEAK_ACCEL * self.takeup_deg / over_s**2

    def peak_motor_speed(self, duration_s: float) -> float:
        """The motor's greatest speed in ring degrees a second, the take-up included."""
        peak = self.peak_step_speed / duration_s
        if not self.takeup_deg:
            return peak
        within, extra, _ = self.takeup(duration_s)
        return max(peak, float(np.max(np.abs(self.speed[within]), initial=0.0)) / duration_s + extra)


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """An easing over unit time and travel as it is looked at, with its exact peaks and what no limit can judge."""

    peaks: Peaks
    looks: FloatArray
    speed: FloatArray
    accel: FloatArray
    unjudged: str


@functools.lru_cache(maxsize=256)
def _shape(easing: Easing) -> _Shape:
    looks = easing.looks()
    peaks, unjudged = easing.peaks(), ""
    if not math.isfinite(peaks.jerk):
        unjudged = f"{easing.name} has steps in acceleration: no jerk limit can hold for it"
    elif easing.end_step:
        unjudged = f"{easing.name} starts or ends with a step in acceleration: the jerk limit holds between them"
    return _Shape(peaks, looks, easing.speed(looks), easing.accel(looks), unjudged)


def _leg_run(index: int, leg: Leg, span_deg: float, rig: Rig) -> Run:
    """A leg between two stops: peaks exactly from its easing."""
    shape, span = _shape(leg.easing), abs(span_deg)
    # Of a pull shorter than a few steps a step would be all of it, and every ramp over within one.
    full, micro = (min(step / span, LARGEST_STEP) for step in (rig.ring_deg_per_full_step, rig.ring_deg_per_step))
    sudden, jump, inside = is_sudden(leg.easing, micro), 0.0, slice(None)
    accel, jerk, ramps = shape.peaks.accel, shape.peaks.jerk, ramps_of(leg.easing)
    # What is over within a step no limit of the ring can judge: it is a jump of speed, and the rest is looked at alone.
    if sudden:
        ends = end_of(leg.easing, full, landing=False), end_of(leg.easing, full, landing=True)
        jump = max(end.jump for end in ends)
        first = int(np.searchsorted(shape.looks, ends[0].within))
        inside = slice(first, max(first + 1, int(np.searchsorted(shape.looks, 1.0 - ends[1].within, side="right"))))
        accel, jerk = peaks_inside(leg.easing, shape.looks[inside])
        ramps = ramps_of(leg.easing, inside.start, inside.stop) if math.isfinite(accel) else None
    speed = step_speed = shape.peaks.speed
    if speed > STEEP:
        step_speed = min(speed, felt_speed(leg.easing, micro))
        speed = step_speed if speed < UPRIGHT else felt_speed(leg.easing, full)
    return Run(
        legs=(index,),
        duration_s=leg.duration_s,
        peak_speed=speed * span,
        peak_step_speed=step_speed * span,
        peak_accel=accel * span,
        peak_jerk=jerk * span,
        looks=shape.looks[inside],
        speed=shape.speed[inside] * span,
        accel=shape.accel[inside] * span,
        jump=jump * span,
        key=(leg.easing, span),
        unjudged=SUDDEN.format(leg.easing.name) if math.isinf(accel) and sudden else shape.unjudged,
        ramps=ramps,
    )


def _motion_run(legs: tuple[int, ...], motion: Motion) -> Run:
    """A whole motion as one run, as it is looked at; its peaks as the motion gives them."""
    total, peak_jerk = motion.duration_s, motion.peak_jerk
    # Two looks that rounding alone keeps apart stand before and after one instant: what lies between them is a jump.
    looks = motion.looks_s()
    speed = motion.speed_deg_s(looks) * total
    # Four units in the last place: the joint itself and the number just below it, each with a rounding.
    at_once = np.diff(looks) <= 4 * np.spacing(total)
    jumps = np.abs(np.diff(speed))[at_once]
    return Run(
        legs=legs,
        duration_s=total,
        peak_speed=motion.peak_speed * total,
        peak_step_speed=motion.peak_speed * total,
        peak_accel=motion.peak_accel * total**2,
        peak_jerk=peak_jerk * total**3,
        looks=looks / total,
        speed=speed,
        accel=motion.accel_deg_s2(looks) * total**2,
        jump=max(abs(float(speed[0])), abs(float(speed[-1])), float(np.max(jumps, initial=0.0))),
        unjudged=""
        if math.isfinite(peak_jerk)
        else "this motion has steps in acceleration: no jerk limit can hold for it",
    )


def runs_of(job: Motion | Pull, rig: Rig | None = DEFAULT_RIG) -> tuple[Run, ...]:
    """The runs of a pull: single legs between stops, and chains of legs through marks without a stop.

    A through mark where the direction turns is a stop, as in `motion_of`. Without a rig the steps are those of the
    default one, and no lash is taken up.
    """
    if isinstance(job, Motion):
        return (_motion_run((), job),) if job.duration_s > 0 else ()
    return tuple(_between_turns(job, first, last, rig) for first, last in job.runs)


def _between_turns(pull: Pull, first: int, last: int, rig: Rig | None) -> Run:
    """A run with what its two ends ask for where the ring goes straight back there."""
    run = _run_between(pull, first, last, rig or DEFAULT_RIG)
    back = [pull.turns_at(mark) and pull.marks[mark].hold_s < LEAST_HOLD_S for mark in (first, last)]
    if (run.jump or run.ramps) and any(back):
        run = dataclasses.replace(run, jump=2 * run.jump, turns=True)
    if back[0] and rig is not None:
        first_share = pull.legs[first].duration_s / run.duration_s
        run = dataclasses.replace(run, takeup_deg=2 * lead_deg(rig), first_share=first_share)
    return run


def _run_between(pull: Pull, first: int, last: int, rig: Rig) -> Run:
    if last == first + 1:
        return _leg_run(first, pull.legs[first], pull.marks[last].ring_deg - pull.marks[first].ring_deg, rig)
    # A chain of its own, at rest at both ends: holds are no part of a run.
    inner = (dataclasses.replace(mark, hold_s=0.0) for mark in pull.marks[first + 1 : last])
    ends = (dataclasses.replace(pull.marks[at], hold_s=0.0, through=False) for at in (first, last))
    chain = Pull((next(ends), *inner, next(ends)), pull.legs[first:last])
    return _motion_run(tuple(range(first, last)), motion_of(chain))


@dataclass(frozen=True, slots=True, eq=False)
class RunLoad:
    """A run's demand on the motor if played in one second: its speed, and the torque to accelerate it."""

    run: Run
    rig: Rig
    speed_rad_s: FloatArray
    inertial_nm: FloatArray

    @staticmethod
    def of(run: Run, rig: Rig) -> RunLoad:
        """The load that `run` puts on `rig`."""
        # Signed along the motion, not along the ring: friction hinders where it speeds up and helps where it brakes.
        forward = np.where(run.speed < 0, -1.0, 1.0)
        inertial = np.radians(run.accel) * forward * (rig.inertia_at_motor_kgm2 * rig.ratio)
        return RunLoad(run, rig, np.radians(np.abs(run.speed)) * rig.ratio, inertial)

    def played_in(self, duration_s: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """At every look: motor speed in rad/s, asked torque and pull-out torque in N·m."""
        speed, inertial = self.speed_rad_s / duration_s, self.inertial_nm / duration_s**2
        if self.run.takeup_deg:
            within, extra_speed, extra_accel = self.run.takeup(duration_s)
            speed = speed + within * math.radians(extra_speed) * self.rig.ratio
            inertial = inertial + within * math.radians(extra_accel) * self.rig.ratio * self.rig.inertia_at_motor_kgm2
        return speed, self.rig.torque_asked_nm(inertial), self.rig.pullout_nm(speed)

    def margins(self, duration_s: float) -> FloatArray:
        """Pull-out torque over asked torque at every look, played in `duration_s`."""
        _, asked, pullout = self.played_in(duration_s)
        return pullout / np.maximum(asked, 1e-9)

    def margin(self, duration_s: float) -> float:
        """The least of `margins`."""
        return float(self.margins(duration_s).min())


def least_duration(load: RunLoad, factor: float) -> float:
    """Shortest duration at which the margin reaches `factor`, to 1e-5 of itself, by regula falsi; inf if none."""
    # A pull that no lens ring ever made: nearly every search begins below its answer.
    high = 0.05
    while load.margin(high) < factor:
        # The margin grows with the duration, so doubling brackets it from below.
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
        # Regula falsi as of Illinois: the end that stays counts half each time, or the other would creep up on it; and
        # never nearer an end than a twentieth, where the curve bends hard.
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
    load = RunLoad.of(run, rig)
    slips = least_duration(load, 1.0)
    # In longest time only friction is left: what the motor can't hold twice at standstill, it never may turn.
    if not math.isfinite(slips) or SAFETY_FACTOR * rig.friction_at_motor_nm > rig.running_torque_nm:
        return math.inf, slips
    reserve = TIME_MARGIN * slips
    # Either rule is enough, so the shorter of the two: twice the torque may be had sooner than half as long again.
    return (least_duration(load, SAFETY_FACTOR) if load.margin(reserve) >= SAFETY_FACTOR else reserve), slips


@functools.lru_cache(maxsize=4096)
def _solve_leg(easing: Easing, span_deg: float, rig: Rig) -> tuple[float, float]:
    return _solve_torque(_leg_run(0, Leg(1.0, easing), span_deg, rig), rig)


def torque_durations(run: Run, rig: Rig) -> tuple[float, float]:
    """Shortest duration with reserve (inf if none is), and the one below which torque runs out."""
    # By easing and travel alone, so the same for every leg like it; a take-up depends on the pull around it.
    return _solve_leg(*run.key, rig) if run.key and not run.takeup_deg else _solve_torque(run, rig)


def least_motor_duration(run: Run, speed_deg_s: float) -> float:
    """Shortest duration in which the motor never turns faster than `speed_deg_s` of the ring, the take-up included."""
    low = run.peak_step_speed / speed_deg_s
    if not low or not math.isfinite(low) or run.peak_motor_speed(low) <= speed_deg_s:
        return low
    high = 2 * low
    while run.peak_motor_speed(high) > speed_deg_s:
        low, high = high, 2 * high
        if high > 1e5:
            return math.inf
    # Halved: the peak moves from one look to another as the take-up shrinks, so there are corners.
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if run.peak_motor_speed(middle) > speed_deg_s else (low, middle)
    return high

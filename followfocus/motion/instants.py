# SPDX-License-Identifier: MIT
"""Starts and stops that are over in an instant, judged by what the motor feels.

A curve may start, turn or stop with a speed, and a Bézier with a handle on its corner or its edge has an infinite
acceleration, or speed, at one instant. A motor feels steps: what is over within a full step is to it a start without a
ramp, at the mean speed of that step, and no acceleration; how soon one step follows another is a mean over a step too.

A handle near its corner makes a ramp of a few steps, with an acceleration and a jerk that are finite and mean nothing:
the nearer the handle, the greater they are, and the more the curve is like one that starts without a ramp, which the
motor stands up to its start/stop speed. So of an abrupt ramp any part may be taken for a start with the speed at its
end; what is left is judged as it is. The part that lets the pull be shortest is taken.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from followfocus.arrays import FloatArray
from followfocus.motion.bezier import BezierEasing
from followfocus.motion.easing import Easing

HARD = 1000.0
"""Below this acceleration no ramp is over within a microstep."""
ABRUPT = 4.0
"""An acceleration is over within a step if kept up through it the speed would change by so many times what it does."""
STEEP_RAMP = 1.6
"""The same of a ramp that may be taken for a start without one; those of everyday handles have about 1.2"""
RAMP_SHARES = (1e-4, 0.25, 32)
"""How long such a ramp may be, in shares of the pull's time, and how many lengths are tried."""


@dataclass(frozen=True, slots=True)
class End:
    """How a curve leaves rest or comes to it: the speed it jumps by, and the share of time that this step takes."""

    jump: float
    within: float = 0.0


@functools.lru_cache(maxsize=4096)
def end_of(easing: Easing, step: float, *, landing: bool) -> End:
    """One end of an easing that starts or stops without a ramp, for a full step that is `step` of its travel."""
    took = 1.0 - float(easing.reached(1.0 - step)) if landing else float(easing.reached(step))
    # Looked at ever closer to the end: a handle near its corner has its ramp over within a millionth of the step.
    inside = took * np.geomspace(1e-6, 1.0, 25)
    there = 1.0 - inside if landing else inside
    speeds, accels = easing.speed(there), easing.accel(there)
    # Kept up for as long as the step took, the peak acceleration would change the speed by far more than it did: it was
    # there for an instant only.
    if np.max(np.abs(accels)) * took > ABRUPT * (speeds.max() - speeds.min()):
        return End(step / max(took, 1e-300), took)
    return End(float(easing.speed(1.0 if landing else 0.0)))


def is_sudden(easing: Easing, step: float) -> bool:
    """Whether it starts or stops with a speed, or as good as: a Bézier's ramp may be over within a microstep."""
    peak = easing.peaks().accel
    # The cheap answer first: nearly every curve is told by its peaks, and needs no look at its ends.
    if not math.isfinite(peak) or peak < HARD or not isinstance(easing, BezierEasing):
        return not math.isfinite(peak)
    return any(end_of(easing, step, landing=landing).within > 0.0 for landing in (False, True))


@functools.lru_cache(maxsize=1024)
def felt_speed(easing: Easing, step: float) -> float:
    """The peak speed as one step after another shows it: `step` is a microstep's share of the travel."""
    steepest = float(easing.value(float(easing.looks()[np.argmax(easing.speed(easing.looks()))])))
    ends = step * np.arange(0.0, 8.0, 0.25)
    # The fastest step need not begin where the curve is fastest, nor on an even grid: a spike narrower than one of its
    # 512 parts sits at an end or about the steepest look, so the steps around those are tried finely too.
    begins = np.concatenate([np.linspace(0.0, 1.0, 512), ends, 1.0 - step - ends, steepest + step * (ends / 2 - 2.5)])
    begins = np.clip(begins, 0.0, max(0.0, 1.0 - step))
    took = easing.reached(np.minimum(begins + step, 1.0)) - easing.reached(begins)
    return step / max(float(np.min(took)), 1e-300)


Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Ramps:
    """Where an abrupt start and landing may end and begin: looks, the speed there, and what is left between them.

    `first` and `last` are indices into the looks, none and then ever longer ramps; `jump` is the greater of the two
    speeds, `accel` and `jerk` the peaks between, for each pair, for unit travel in unit time.
    """

    first: Indices
    last: Indices
    jump: FloatArray
    accel: FloatArray
    jerk: FloatArray

    def best(self, jump: float, accel: float, jerk: float) -> tuple[int, int]:
        """The pair that lets the pull be shortest, with these limits at a duration of one second."""
        # Over a time T speed goes as 1/T, acceleration as 1/T², jerk as 1/T³: hence the roots. Every pair is tried: the
        # longest of the three times counts, and what one end is best cut to depends on the other.
        durations = np.maximum(self.jump / jump, np.maximum(np.sqrt(self.accel / accel), np.cbrt(self.jerk / jerk)))
        at = np.unravel_index(int(np.argmin(durations)), durations.shape)
        return int(at[0]), int(at[1])


@functools.lru_cache(maxsize=256)
def ramps_of(easing: Easing, start: int = 0, stop: int | None = None) -> Ramps | None:
    """The abrupt ramps of a Bézier; None of any other curve, and where it has none.

    Looked for, and counted, within its looks from `start` to before `stop`: what a run has left of them.
    """
    if not isinstance(easing, BezierEasing):
        return None
    looks = easing.looks()[start:stop]
    # What is over in an instant may have left less than the longest ramps: then there is none to take off.
    if not looks.size or looks[0] >= RAMP_SHARES[1] or looks[-1] <= 1.0 - RAMP_SHARES[1]:
        return None
    speed, accel, jerk = np.abs(easing.speed(looks)), np.abs(easing.accel(looks)), np.abs(easing.jerk(looks))
    first = _abrupt(looks, speed, accel)
    last = len(looks) - 1 - _abrupt(1.0 - looks[::-1], speed[::-1], accel[::-1])
    if len(first) == len(last) == 1:
        return None
    jump = np.maximum.outer(np.where(first == 0, 0.0, speed[first]), np.where(last == len(looks) - 1, 0.0, speed[last]))
    middle = int(np.searchsorted(looks, 0.5))
    return Ramps(first, last, jump, _between(accel, first, last, middle), _between(jerk, first, last, middle))


def peaks_inside(easing: Easing, looks: FloatArray) -> tuple[float, float]:
    """Peak acceleration and jerk of a Bézier at these looks, those of its ends left out; inf of any other curve."""
    if not isinstance(easing, BezierEasing):
        return math.inf, math.inf
    return float(np.max(np.abs(easing.accel(looks)))), float(np.max(np.abs(easing.jerk(looks))))


def _abrupt(looks: FloatArray, speed: FloatArray, accel: FloatArray) -> Indices:
    """The looks at which an abrupt ramp from rest may end; 0, for no ramp, comes first."""
    ends = np.unique(np.searchsorted(looks, np.geomspace(*RAMP_SHARES[:2], RAMP_SHARES[2])))
    peak = np.maximum.accumulate(accel)[ends]
    # 1 for a steady acceleration; a ramp whose peak is far above its mean is the spike that means nothing.
    ratio = peak * looks[ends] / np.maximum(speed[ends] - speed[0], 1e-12)
    return np.array([0, *ends[(ratio >= STEEP_RAMP) & (ends > 0)]], dtype=np.intp)


def _between(peaks: FloatArray, first: Indices, last: Indices, middle: int) -> FloatArray:
    """The greatest of `peaks` from each of `first` to each of `last`: the first lie before `middle`, the last after."""
    # Running maxima out from the middle, once: some thousand pairs then cost no look at the curve. The middle is that
    # of the time, which no ramp reaches past a quarter of; by count an upright curve has most of its looks at one end.
    before = np.maximum.accumulate(peaks[: middle + 1][::-1])[::-1]
    after = np.maximum.accumulate(peaks[middle:])
    return np.asarray(np.maximum.outer(before[np.minimum(first, middle)], after[np.maximum(last, middle) - middle]))

# SPDX-License-Identifier: MIT
"""Can this pull be done: which limit binds, the shortest duration that works, and stretching a pull to fit.

A pull is cut into runs, each from rest to rest. Played in T seconds, a run's speed, acceleration and jerk are fixed
shapes divided by T, T² and T³, so every limit gives a shortest T: exactly for ring limits, T = max(kv·D/v, √(ka·D/a),
∛(kj·D/j)), and by root finding for the motor's torque.

Torque. A run is allowed if at every instant the pull-out torque is at least twice the torque asked of the motor,
friction included (safety factor 2), or if the motor could, without any reserve, still play it in two thirds of the
time. The second rule matters where friction is most of the load: there a factor of 2 on friction says nothing about
when the motor slips (a NEMA 11 on a 0.1 N·m ring would be held to 1.4 s for 300°, and slips at 0.24 s). A factor of 2
on friction at standstill is asked in any case. So defined, the shortest duration is 1.25 to 1.5 times the one at which
torque runs out. The simulated motor agrees over hundreds of motors, rings and throws: 20 % longer than the shortest
never slips, 40 % shorter always does. At exactly the shortest 2 % slip, all with the lightest rings (5·10⁻⁵ kg·m²) in
pulls far beyond the standard ring limits; within those limits none does.

Durations. The shortest one of a run is rounded up to five figures, so that what is said can be typed, and `check`,
`shortest` and `stretch_to_fit` all go by it. None above a day is given.

Looks whose acceleration steps. Sine and smoothstep start and end with a step in acceleration, trapezoid and the like
have one inside: no duration makes such a jerk finite. The jerk limit judges the smooth part where there is one, and a
warning says what it could not judge. The motor stands such steps within the reserve above (the simulated one shows
it). Linear steps in speed: acceleration and jerk limits can't be applied; the motor must start and stop without a
ramp, so the speed is held to its start/stop (pull-in) speed; straight back without a hold that is judged by twice
the speed. What a Bézier does within one step is judged in the same way (`runs.py`).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from followfocus.errors import InfeasibleError
from followfocus.motion.bounds import (
    ACCELERATION,
    FAST,
    FRICTION,
    JERK,
    RING_LIMITS,
    SPEED,
    STANDARD,
    START_SPEED,
    STEP_RATE,
    TORQUE,
    TRAVEL,
    UNLIMITED,
    Bound,
    RingLimits,
    Setting,
    bounds_of,
    judged_runs,
    least_s,
    rounded_up,
    rushed_hold,
    worst,
)
from followfocus.motion.motion import Motion
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.motion.pull import Pull
from followfocus.motion.runs import STEEP, Run, torque_durations

__all__ = [
    "ACCELERATION",
    "FAST",
    "JERK",
    "RING_LIMITS",
    "SPEED",
    "STANDARD",
    "UNLIMITED",
    "Bound",
    "Feasibility",
    "RingLimits",
    "check_pull",
    "rounded_up",
    "shortest",
    "stretch_to_fit",
    "time_optimal_duration",
]

MOTOR_GEARS = (30, 35, 40, 50, 60)
"""Teeth of the motor gears that are sold for 0.8 module."""
RESONANCE_BAND = 0.2
# A rotor needs some swings to build up: passed more quickly, the resonance is not heard.
RESONANCE_SWINGS = 20
FASTEST_INTERVAL_TICKS = 400
"""Ticks between two steps that any unit manages, where none is known: 40,000 steps a second at 16 MHz."""
TICK_HZ = 16e6
SAME = 1.2e-4
"""Durations as near as this are one: it is what rounding and the solving of the torque may make of one twice."""
MOTOR_LIMITS = (TORQUE, FRICTION, START_SPEED, STEP_RATE)


@dataclass(frozen=True, slots=True)
class Feasibility:
    """The answer of `check`.

    `binding` names the limit that forbids the pull (the one that asks for the longest duration), None if it is
    allowed. `min_duration_s` is the shortest duration of the whole pull at which every limit is kept, holds included;
    inf if none is. `bounds` are all limits, each with its own shortest duration; `shortest_binding` is the limit that
    sets `min_duration_s`. `torque_margin` is pull-out torque over asked torque where that is least, at `worst_rpm`;
    `slips_below_s` is the duration below which the motor has no torque left at all. `resonance_s` is the time spent
    within 20 % of the motor's resonance, which lies at `resonance_deg_s` of the ring. Without a rig the last five are
    inf, 0, 0, 0 and inf.
    """

    feasible: bool
    binding: str | None
    min_duration_s: float
    words: str
    bounds: tuple[Bound, ...]
    shortest_binding: str | None = None
    torque_margin: float = math.inf
    worst_rpm: float = 0.0
    slips_below_s: float = 0.0
    resonance_s: float = 0.0
    resonance_deg_s: float = math.inf
    warnings: tuple[str, ...] = ()
    reason: str = ""
    """Why it is forbidden, without how short it could be; empty if it is allowed."""

    def refuse(self) -> None:
        """Raise InfeasibleError if the pull is not feasible."""
        if not self.feasible:
            shortest = self.min_duration_s if math.isfinite(self.min_duration_s) else None
            raise InfeasibleError(f"This pull can't be done: {self.words}.", self.binding or "", shortest)


def _add_up(per_run: Sequence[Sequence[Bound]], holds_s: float) -> tuple[Bound, ...]:
    """One bound a limit: the worst of all runs, their durations added, kept if kept everywhere."""
    names = dict.fromkeys(bound.name for bounds in per_run for bound in bounds)
    totals = []
    for name in names:
        own = [bound for bounds in per_run for bound in bounds if bound.name == name]
        worst = max(own, key=lambda bound: bound.asked / bound.allowed if bound.allowed else math.inf)
        # As if this limit alone held: so a person sees what it would give to lift the others.
        shortest = sum(bound.shortest_s for bound in own) + holds_s
        totals.append(Bound(name, worst.asked, worst.allowed, shortest, all(bound.kept for bound in own), worst.note))
    return tuple(totals)


def check_pull(
    job: Motion | Pull,
    rig: Rig | None = DEFAULT_RIG,
    limits: RingLimits = STANDARD,
    travel: tuple[float, float] | None = None,
    min_interval_ticks: float = FASTEST_INTERVAL_TICKS,
    tick_hz: float = TICK_HZ,
) -> Feasibility:
    """Whether the pull or motion can be done on this rig within these limits, and how short it could be.

    A pull is judged leg by leg from its easings, exactly; a motion by samples, as one run that can only be stretched
    as a whole. `rig` None judges ring limits and travel only. `travel` are the lowest and highest ring angle,
    degrees.
    """
    setting = Setting(limits, rig, tick_hz / min_interval_ticks)
    runs = judged_runs(job, setting)
    per_run = [bounds_of(run, setting) for run in runs]
    # Each run has its own worst limit; the one told is that which asks for the most stretching (`_binding`).
    slowest = [max(bounds, key=lambda bound: bound.shortest_s) for bounds in per_run]
    # What no duration mends goes before all that one could.
    never = next(filter(None, (_outside(job, travel), rushed_hold(job, setting))), None)
    bounds = (*([never] if never else []), *_add_up(per_run, _holds_s(job)))
    # Each run rounded by itself, as `shortest` would set it: the sum is what can be typed.
    shortest = sum(least_s(bounds) for bounds in per_run) + _holds_s(job)
    binding = _binding(runs, slowest)
    sets = max(slowest, key=lambda bound: bound.shortest_s).name if slowest else None
    if never:
        binding, sets, shortest = never.name, never.name, math.inf
    found = Feasibility(binding is None, binding, shortest, "", bounds, sets)
    if rig is not None and runs:
        found = _with_motor(found, job, runs, rig)
    warnings = (*dict.fromkeys(run.unjudged for run in runs if run.unjudged), *found.warnings)
    reason = "" if found.feasible else _reason(found)
    words = _words(found, job, setting, reason)
    return dataclasses.replace(found, warnings=warnings, words=words, reason=reason)


def slower_by(pull: Pull, rig: Rig | None = DEFAULT_RIG, limits: RingLimits = STANDARD) -> float:
    """How many times as long all legs must take alike, at least 1; inf if that never helps.

    For a pull whose one duration is shared among its legs: the neediest of them decides.
    """
    setting = Setting(limits, rig, TICK_HZ / FASTEST_INTERVAL_TICKS)
    judged = [(run, bounds_of(run, setting)) for run in judged_runs(pull, setting)]
    broken = (least_s(of) / run.duration_s for run, of in judged if not all(bound.kept for bound in of))
    return max([1.0, *broken])


def _binding(runs: Sequence[Run], slowest: Sequence[Bound]) -> str | None:
    """The limit that asks the most stretching of any run; None if every run fits."""
    broken = [(bound.shortest_s / run.duration_s, bound.name) for run, bound in zip(runs, slowest, strict=True)]
    broken = [(stretch, name) for (stretch, name), bound in zip(broken, slowest, strict=True) if not bound.kept]
    return max(broken)[1] if broken else None


def _holds_s(job: Motion | Pull) -> float:
    return 0.0 if isinstance(job, Motion) else math.fsum(mark.hold_s for mark in job.marks[:-1])


def _outside(job: Motion | Pull, travel: tuple[float, float] | None) -> Bound | None:
    """The bound of the travel, if the pull leaves it by more than a millionth of a degree."""
    if travel is None:
        return None
    if isinstance(job, Motion):
        angles = [angle for piece in job.pieces for angle in (piece.start_deg, piece.end_deg)] or [job.start_deg]
        low, high = min(angles), max(angles)
    else:
        low, high = min(mark.ring_deg for mark in job.marks), max(mark.ring_deg for mark in job.marks)
    if low < travel[0] - 1e-6:
        return Bound(TRAVEL, low, travel[0], math.inf, kept=False)
    return Bound(TRAVEL, high, travel[1], math.inf, kept=False) if high > travel[1] + 1e-6 else None


def _with_motor(found: Feasibility, job: Motion | Pull, runs: Sequence[Run], rig: Rig) -> Feasibility:
    """`found` with the motor's figures: where torque is least, when it slips, the resonance."""
    rpm, asked, pullout = min((worst(run, rig) for run in runs), key=lambda worst: worst[2] / max(worst[1], 1e-9))
    slips = math.fsum(torque_durations(run, rig)[1] for run in runs) + _holds_s(job)
    resonance_deg_s = rig.resonance_full_steps_s * 360 / (rig.motor.full_steps * rig.ratio)
    resonance_s = math.fsum(_near(run, resonance_deg_s) for run in runs)
    warnings: tuple[str, ...] = ()
    if resonance_s * rig.resonance_full_steps_s >= RESONANCE_SWINGS:
        warnings = (
            f"{resonance_s:.2f} s near the motor's resonance, {resonance_deg_s:z.0f}°/s of the ring: "
            "expect noise there",
        )
    return dataclasses.replace(
        found,
        torque_margin=pullout / max(asked, 1e-9),
        worst_rpm=rpm,
        slips_below_s=slips,
        resonance_s=resonance_s,
        resonance_deg_s=resonance_deg_s,
        warnings=warnings,
    )


def _near(run: Run, resonance_deg_s: float) -> float:
    """Seconds that a run spends near the motor's resonance."""
    inside = np.abs(np.abs(run.speed) / (run.duration_s * resonance_deg_s) - 1) <= RESONANCE_BAND
    return run.duration_s * float(np.sum((inside[1:] + 0.0 + inside[:-1]) / 2 * np.diff(run.looks)))


def _words(found: Feasibility, job: Motion | Pull, setting: Setting, reason: str) -> str:
    """The answer as one sentence without a full stop."""
    if found.feasible:
        least = (
            f"; {rounded_up(found.min_duration_s)} s is the shortest ({found.shortest_binding})"
            if found.min_duration_s
            else ""
        )
        return f"every limit is kept{least}"
    if found.binding == TRAVEL:
        return reason
    upright = "" if math.isfinite(found.min_duration_s) or found.binding == FRICTION else _upright(job)
    if upright:
        # Neither motor nor gearing is to blame: no machine makes a step in no time.
        where = "is as good as upright at one place, where the ring would jump"
        return f"{upright} {where}; no duration works: make it less steep there"
    at = " at this gearing" if found.binding in MOTOR_LIMITS else ""
    least = (
        f"{rounded_up(found.min_duration_s)} s is the shortest"
        if math.isfinite(found.min_duration_s)
        else "no duration works"
    )
    return f"{reason}; {least}{at}{_better_gear(found, job, setting)}"


def _reason(found: Feasibility) -> str:
    """Why it is forbidden, with the figures."""
    bound = next(bound for bound in found.bounds if bound.name == found.binding)
    asked, allowed = bound.asked, bound.allowed
    reason = {
        SPEED: f"the ring would turn at {asked:z.0f}°/s, and {allowed:z.0f}°/s is its limit",
        ACCELERATION: f"the ring would speed up at {asked:z.0f}°/s², and {allowed:z.0f}°/s² is its limit",
        JERK: f"the ring's jerk would be {asked:z.0f}°/s³, and {allowed:z.0f}°/s³ is its limit",
        TORQUE: f"the motor runs out of torque at {found.worst_rpm:.0f} rpm",
        FRICTION: f"the ring's friction takes {asked * 1e3:.0f} mN·m of a motor that may give {allowed * 1e3:.0f}",
        START_SPEED: f"without a ramp the motor can start at {allowed:z.0f}°/s of the ring, not at {asked:z.0f}°/s"
        f"{bound.note}",
        STEP_RATE: f"it takes {asked:.0f} steps/s, and the unit {bound.note} {allowed:.0f}",
        TRAVEL: f"the pull goes to {asked:z.1f}°, and the ring's travel ends at {allowed:z.1f}°",
    }[bound.name]
    if bound.name == TORQUE and asked <= allowed:
        return f"the motor has only {found.torque_margin:.1f} times the torque it needs at {found.worst_rpm:.0f} rpm"
    return reason


def _upright(job: Motion | Pull) -> str:
    """The first easing of a pull that is as good as upright somewhere; "" if none is."""
    easings = [] if isinstance(job, Motion) else [leg.easing for leg in job.legs]
    return next((easing.name for easing in easings if easing.peaks().speed >= STEEP), "")


def _better_gear(found: Feasibility, job: Motion | Pull, setting: Setting) -> str:
    """Words for a motor gear that is at least 5 % faster ("; a 40-tooth gear gives 0.48 s"), where the motor binds."""
    if setting.rig is None or found.binding not in (TORQUE, FRICTION, START_SPEED):
        return ""
    # Below 5 % nobody takes the motor off.
    best, teeth = found.min_duration_s * 0.95, 0
    for count in MOTOR_GEARS:
        tried = dataclasses.replace(setting, rig=dataclasses.replace(setting.rig, motor_teeth=count))
        shortest = math.fsum(least_s(bounds_of(run, tried)) for run in judged_runs(job, tried)) + _holds_s(job)
        if shortest < best:
            best, teeth = shortest, count
    return f"; a {teeth}-tooth gear gives {rounded_up(best)} s" if teeth else ""


def shortest(
    pull: Pull,
    rig: Rig | None = DEFAULT_RIG,
    limits: RingLimits = STANDARD,
    min_interval_ticks: float = FASTEST_INTERVAL_TICKS,
    tick_hz: float = TICK_HZ,
) -> Pull:
    """The same pull as fast as it can be: every leg at its own shortest duration, legs through a mark scaled
    together.

    Raises InfeasibleError if no duration works.
    """
    return _stretched(pull, Setting(limits, rig, tick_hz / min_interval_ticks), shrink=True)


def stretch_to_fit(
    pull: Pull,
    rig: Rig | None = DEFAULT_RIG,
    limits: RingLimits = STANDARD,
    min_interval_ticks: float = FASTEST_INTERVAL_TICKS,
    tick_hz: float = TICK_HZ,
) -> Pull:
    """The same pull with only those legs made longer that bind. Raises InfeasibleError if no duration works."""
    return _stretched(pull, Setting(limits, rig, tick_hz / min_interval_ticks), shrink=False)


def _stretched(pull: Pull, setting: Setting, *, shrink: bool) -> Pull:
    legs = list(pull.legs)
    for run in judged_runs(pull, setting):
        bounds = bounds_of(run, setting)
        least, kept = least_s(bounds), all(bound.kept for bound in bounds)
        if not math.isfinite(least):
            check_pull(pull, setting.rig, setting.limits, None, TICK_HZ / setting.unit_steps_per_s).refuse()
        # `least` is rounded up and solved to 1e-5: without a tolerance the shortest would change when asked for again.
        if not kept or (shrink and 0 < least < run.duration_s * (1 - SAME)):
            for index in run.legs:
                # Legs through marks scale together: one alone would change the speeds at its marks, and with them its
                # neighbours.
                length_s = least if len(run.legs) == 1 else legs[index].duration_s * (least / run.duration_s)
                legs[index] = dataclasses.replace(legs[index], duration_s=length_s)
    return dataclasses.replace(pull, legs=tuple(legs))


def time_optimal_duration(
    distance_deg: float, speed_deg_s: float, accel_deg_s2: float, jerk_deg_s3: float = math.inf
) -> float:
    """Seconds of the fastest move from rest to rest within three limits: seven segments of constant jerk.

    The yardstick no easing can beat. Speeding up takes v/a + a/j, or 2·√(v/j) where a is not reached; the full speed
    is reached from D = v times that; below it T = a/j + √((a/j)² + 4·D/a), or ∛(32·D/j) where a is not reached
    either.
    """
    distance, v, a, j = abs(distance_deg), speed_deg_s, accel_deg_s2, jerk_deg_s3
    # Up to the greatest acceleration and down again gains a²/j of speed: it is reached if that is no more than v.
    ramp = v / a + a / j if v * j >= a * a else 2 * math.sqrt(v / j)
    if distance >= v * ramp:
        return distance / v + ramp
    # The shortest way on which the acceleration is reached, by four phases of jerk, each a/j long.
    if distance >= 2 * a**3 / j**2:
        return a / j + math.sqrt((a / j) ** 2 + 4 * distance / a)
    return math.cbrt(32 * distance / j)

# SPDX-License-Identifier: MIT
"""Random pulls against oracles that share no code with the checks: differences of the path, the profile, the motor.

Each pull is made as short as `shortest` lets. Then the path's own differences must keep every limit that can hold, a
thousandth less must be refused, the duration must be accepted as it is printed, the steps must be such as the unit is
set to accept, and the simulated motor, brought to the start as a unit does, must not slip.

Run alone: `python -m benchmarks.campaigns.motion [PULLS]`.
"""

from __future__ import annotations

import dataclasses
import math
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from followfocus.errors import FollowFocusError, InfeasibleError
from followfocus.motion.easing import EASINGS, Easing, parse_easing
from followfocus.motion.limits import RING_LIMITS, RingLimits, check_pull, rounded_up, shortest, stretch_to_fit
from followfocus.motion.motion import motion_of
from followfocus.motion.motor import MOTORS, Rig
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.takeup import lead_deg, motor_motion
from followfocus.sim.stepper import Stepper
from followfocus.steps.profile import compile_profile

PULLS = 2_000
SAMPLE = 60
LONGEST_PLAYED_S = 12.0
SMOOTH = ("minjerk", "cycloidal", "septic", "scurve")
STEPPED = (*SMOOTH, "sine", "smoothstep", "quad_in_out")
FAULTS = ("over a limit", "not the shortest", "not accepted as printed", "changed again", "steps too fast", "slips")


@dataclass(frozen=True, slots=True)
class Asked:
    """One random pull with what it is played on."""

    pull: Pull
    rig: Rig
    limits: RingLimits

    def __str__(self) -> str:
        places = " ".join(
            f"{mark.ring_deg:.3f}{'>' if mark.through else f'+{mark.hold_s:g}s' if mark.hold_s else ''}"
            for mark in self.pull.marks
        )
        legs = " ".join(f"{leg.duration_s:.4g}s:{leg.easing.name}" for leg in self.pull.legs)
        rig = self.rig
        return (
            f"{places} | {legs} | {rig.motor.name} {rig.volts:g} V, {rig.motor_teeth} teeth, lash {rig.lash_deg:g}, "
            f"{rig.ring_friction_nm:.3f} N·m, {rig.ring_inertia_kgm2:.1e} kg·m², 1/{rig.microsteps} | "
            f"{self.limits.speed_deg_s:g} °/s"
        )


def an_easing(chance: random.Random) -> Easing:
    """Any easing, with any legal handles or ramps, those on corners and edges too."""
    kind = chance.random()
    if kind < 0.5:
        return EASINGS[chance.choice(list(EASINGS))]
    if kind < 0.85:
        x1, y1, x2, y2 = (chance.choice((0.0, 1.0, chance.random(), chance.random())) for _ in range(4))
        return parse_easing(f"bezier({x1!r},{y1!r},{x2!r},{y2!r})")
    ramp = 10 ** chance.uniform(-3, math.log10(0.5))
    if kind < 0.95:
        return parse_easing(f"scurve({ramp!r},{chance.uniform(0.001, 1 - ramp)!r},{chance.uniform(0, 0.5)!r})")
    return parse_easing(f"trapezoid({ramp!r})")


def there_and_back(chance: random.Random) -> Pull:
    """Without a ramp to a mark and back, straight or after a hold: what a motor dislikes most."""
    angle, far = chance.uniform(0.0, 300.0), chance.uniform(0.0, 300.0)
    names = ("linear", f"bezier(0,0,{chance.random()!r},1)", f"bezier({chance.random()!r},0,1,1)", "linear")
    hold_s = chance.choice((0.0, 0.0, 10 ** chance.uniform(-6, -1), 0.1, 0.1))
    marks = Mark("0", angle), Mark("1", far, hold_s), Mark("2", angle + 0.3 * (far - angle))
    return Pull(marks, tuple(Leg(1.0, parse_easing(chance.choice(names))) for _ in range(2)))


def a_pull(chance: random.Random) -> Pull:
    """Two to four marks, with holds of any length, through marks and turns."""
    if chance.random() < 0.15:
        return there_and_back(chance)
    count = chance.choice((2, 2, 2, 3, 3, 4))
    angles = [chance.uniform(0.0, 300.0)]
    while len(angles) < count:
        angles.append(min(300.0, max(0.0, angles[-1] + chance.choice((-1, 1)) * 10 ** chance.uniform(0.0, 2.45))))
        if angles[-1] == angles[-2]:
            angles.pop()
    holds = (0.0, 0.0, 0.0, 10 ** chance.uniform(-6, -1), 0.1, 0.3)
    marks = [Mark(str(at), angle, hold_s=chance.choice(holds)) for at, angle in enumerate(angles)]
    for at in range(1, count - 1):
        if chance.random() < 0.3:
            marks[at] = Mark(str(at), angles[at], through=True)
    return Pull(tuple(marks), tuple(Leg(10 ** chance.uniform(-1, 0.7), an_easing(chance)) for _ in angles[1:]))


def a_rig(chance: random.Random) -> Rig:
    """Most often the usual one with some lash; else any motor on any ring that it may be put on."""
    if chance.random() < 0.5:
        return Rig(lash_deg=chance.choice((0.0, 0.05, 0.3, 1.0, 2.9)), microsteps=chance.choice((8, 16, 16, 32)))
    return Rig(
        motor=MOTORS[chance.choice(list(MOTORS))],
        volts=chance.choice((12.0, 24.0)),
        motor_teeth=chance.choice((30, 40, 50, 60)),
        lash_deg=chance.choice((0.0, 0.05, 0.5)),
        ring_friction_nm=chance.uniform(0.02, 0.2),
        ring_inertia_kgm2=10 ** chance.uniform(-4, -3.2),
    )


def pulls(count: int, seed: int = 13) -> Iterator[Asked]:
    """`count` random pulls, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        limits = RING_LIMITS[chance.choice(("standard", "standard", "fast", "unlimited"))]
        yield Asked(a_pull(chance), a_rig(chance), limits)


# ---------------------------------------------------------------- oracles


def over_a_limit(asked: Asked) -> str:
    """Speed of every leg, acceleration and jerk where the easing has them, by differences of the path alone."""
    motion, at_s = motion_of(asked.pull), 0.0
    for mark, leg in zip(asked.pull.marks, asked.pull.legs, strict=False):
        at_s += mark.hold_s
        path = motion.ring_deg(np.linspace(at_s, at_s + leg.duration_s, 4001))
        step_s, at_s = leg.duration_s / 4000, at_s + leg.duration_s
        order = 3 if leg.easing.name in SMOOTH else 2 if leg.easing.name in STEPPED else 1
        allowed = (asked.limits.speed_deg_s, asked.limits.accel_deg_s2, asked.limits.jerk_deg_s3)
        for n in range(1, order + 1):
            noise = 2.0**n * 1e-13 * 300.0 / step_s**n
            found = float(np.max(np.abs(np.diff(path, n)))) / step_s**n - noise
            upright = n == 1 and _steep(leg) and found > allowed[0]
            if found > allowed[n - 1] * 1.002 and not upright and not mark.through:
                return f"derivative {n}: {found:.1f} of {allowed[n - 1]:g}"
    return ""


def _steep(leg: Leg) -> bool:
    """The easing is so steep that its speed is a matter of steps, which `steps_too_fast` looks at."""
    return leg.easing.peaks().speed > 10.0


def not_the_shortest(asked: Asked) -> str:
    """Any run a thousandth shorter must be refused."""
    for first, last in asked.pull.runs:
        legs = list(asked.pull.legs)
        for at in range(first, last):
            legs[at] = dataclasses.replace(legs[at], duration_s=legs[at].duration_s * 0.999)
        if check_pull(dataclasses.replace(asked.pull, legs=tuple(legs)), asked.rig, asked.limits).feasible:
            return f"legs {first} to {last} may be shorter"
    return ""


def not_accepted_as_printed(asked: Asked) -> str:
    """The shortest as words and JSON say it, typed again, must be accepted."""
    found = check_pull(asked.pull, asked.rig, asked.limits)
    if not found.feasible:
        return f"refused: {found.words}"
    if len(asked.pull.legs) > 1:
        return ""
    hold_s = asked.pull.marks[0].hold_s
    for text in (rounded_up(found.min_duration_s), repr(found.min_duration_s)):
        typed = dataclasses.replace(asked.pull.legs[0], duration_s=float(text) - hold_s)
        if f"{rounded_up(found.min_duration_s)} s is the shortest" not in found.words:
            return f"says {found.words}"
        if not check_pull(dataclasses.replace(asked.pull, legs=(typed,)), asked.rig, asked.limits).feasible:
            return f"{text} s is refused"
    return ""


def changed_again(asked: Asked) -> str:
    """A pull that was made to fit must be left as it is."""
    for change in (shortest, stretch_to_fit):
        if change(asked.pull, asked.rig, asked.limits) != asked.pull:
            return f"{change.__name__} changes it again"
    return ""


def steps_too_fast(asked: Asked) -> str:
    """The profile's shortest interval against what a unit is set to: 400 ticks, or the ring's speed limit and 1.25."""
    profile = compile_profile(motor_motion(motion_of(asked.pull), lead_deg(asked.rig)), asked.rig.steps_per_deg)
    speed = asked.limits.speed_deg_s * asked.rig.steps_per_deg
    least = max(400, math.floor(16e6 / speed / 1.25) if math.isfinite(speed) else 0)
    ticks = profile.min_interval_ticks
    return f"{ticks} ticks of {least}" if ticks is not None and ticks < least else ""


def slips(asked: Asked) -> str:
    """The motor, come to the start from behind and gone along the profile's own edges, must be where it was sent."""
    if asked.pull.duration_s > LONGEST_PLAYED_S:
        return ""
    rig, start_deg = asked.rig, asked.pull.marks[0].ring_deg
    profile = compile_profile(motor_motion(motion_of(asked.pull), lead_deg(rig)), rig.steps_per_deg)
    model, at, t = Stepper(rig, None, start_deg), 0, 0.0
    way = int(profile.directions[0]) if len(profile.directions) else 1
    begin = profile.start - round(start_deg * rig.steps_per_deg)
    for target in (begin - way * 4 * rig.microsteps, begin):
        while at != target:
            step = 1 if target > at else -1
            t, at = t + 5e-4, at + step
            model.step(t, step)
        t += 0.2
        model.advance(t)
    for edge_s, direction in zip(profile.edge_times_s(), profile.directions, strict=True):
        model.step(t + float(edge_s), int(direction))
    model.advance(t + asked.pull.duration_s)
    model.settle()
    return f"{model.lost_full_steps} full steps" if model.lost_full_steps else ""


ORACLES = dict(
    zip(
        FAULTS,
        (over_a_limit, not_the_shortest, not_accepted_as_printed, changed_again, steps_too_fast, slips),
        strict=True,
    )
)


def faults_of(asked: Asked) -> Iterator[tuple[str, str]]:
    """(fault, words) of a random pull at its shortest; nothing if no duration works, which must be said and be so."""
    try:
        made = shortest(asked.pull, asked.rig, asked.limits)
    except InfeasibleError as error:
        if check_pull(asked.pull, asked.rig, asked.limits).feasible:
            yield "not the shortest", f"{error}"
        return
    fitted = dataclasses.replace(asked, pull=made)
    for name, oracle in ORACLES.items():
        try:
            words = oracle(fitted)
        except FollowFocusError as error:
            words = f"raises {error}"
        if words:
            yield name, f"{words}: {fitted}"


def rows(count: int = PULLS, seed: int = 13) -> list[tuple[str, int, int, str]]:
    """(fault, pulls tried, pulls at fault, the first of them) for every kind of fault."""
    found: Counter[str] = Counter()
    first: dict[str, str] = {}
    for asked in pulls(count, seed):
        for name, words in faults_of(asked):
            found[name] += 1
            first.setdefault(name, words)
    return [(name, count, found[name], first.get(name, "")) for name in FAULTS]


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else PULLS):
        print("{:26}{:6} tried {:5} at fault  {}".format(*row))

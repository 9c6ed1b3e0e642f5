# SPDX-License-Identifier: MIT
"""The plan of a recording: a hand's take or a clip's own pull, played from its first sample to its last.

It is a plan like any other but for its motion, which is the recording's own: its marks are where it begins, where it
turns back farthest if it comes back, and where it ends. Its limits are judged on that motion, jerk left out: between
samples a monotone cubic is as smooth as can be told, and a ring has done it already.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import math

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.zoom import Zoom
from followfocus.motion.limits import STANDARD, RingLimits, check_pull
from followfocus.motion.motion import Motion
from followfocus.motion.motor import Rig
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus.plan.sharpness import Subject, rack_sharpness

LEAST_WAY_DEG = 0.02
"""A recording that turns the ring by less isn't one."""
LONGEST_S = 3600.0


def recorded_plan(
    lens: LensMap,
    times_s: FloatArray,
    ring_deg: FloatArray,
    conditions: Conditions | None = None,
    rig: Rig | None = None,
    limits: RingLimits = STANDARD,
    *,
    smooth_s: float = 0.0,
    rounds: bool = False,
    name: str = "",
    zoom: Zoom | None = None,
) -> Plan:
    """The plan that plays samples of the ring (rising times in seconds, ring degrees) from the first to the last.

    `smooth_s` is half the width of the window that takes the samples' noise out, `rounds` as `Motion.from_track` has
    it, `zoom` how the zoom was moved, on a clock that starts with the first sample. Raises RequestError for a recording
    that doesn't move, is longer than an hour, or leaves the lens's travel.
    """
    ring = _on_the_lens(lens, np.asarray(ring_deg, dtype=np.float64))
    # A recording that was cut begins and ends at speed; the motor stands before it and after it all the same.
    motion = Motion.from_track(np.asarray(times_s, dtype=np.float64), ring, smooth_s, rest_ends=True, rounds=rounds)
    if motion.duration_s > LONGEST_S:
        raise RequestError(f"A recording of {motion.duration_s:.0f} s is too long to be played.", "Cut it to an hour.")
    marks = _marks(motion, ring, name)
    pull = Pull(marks, tuple(Leg(leg_s) for leg_s in _legs(len(marks), motion.duration_s)))
    plan = make_plan(lens, pull, conditions, rig, limits, zoom=zoom)
    loose = dataclasses.replace(limits, jerk_deg_s3=math.inf)
    subjects = tuple(Subject(mark.name, lens.distance_m(mark.ring_deg)) for mark in marks)
    c = plan.conditions
    return dataclasses.replace(
        plan,
        motion=motion,
        limits=loose,
        feasibility=check_pull(motion, plan.rig, loose, (0.0, lens.travel_deg), tick_hz=plan.tick_hz),
        sharpness=rack_sharpness(motion, lens, c.t_stop, c.coc_mm, c.fps, subjects, zoom),
        subjects=subjects,
        # By marks and duration alone two hands between the same marks would be one plan, and what is loaded would be
        # played for either. The moment at which it was recorded is no part of it.
        recorded=hashlib.sha256(np.array([times_s - times_s[0], ring]).tobytes() + _how(smooth_s, rounds)).hexdigest(),
    )


def _how(smooth_s: float, rounds: bool) -> bytes:
    return f"{smooth_s}{' rounds' if rounds else ''}".encode()


def _on_the_lens(lens: LensMap, ring: FloatArray) -> FloatArray:
    """The ring's angles, what lies past an end by less than rounding put on it."""
    kept = np.clip(ring, 0.0, lens.travel_deg)
    off = np.abs(kept - ring)
    if not np.all(np.isfinite(ring)) or float(off.max(initial=0.0)) > LEAST_WAY_DEG:
        worst = float(ring[int(np.argmax(off))])
        raise RequestError(
            f"The recording turns the ring to {worst:z.1f}°, and {lens.name}'s travel is 0° to {lens.travel_deg:g}°.",
            "Play it on the lens that it was made on.",
        )
    return kept


def _marks(motion: Motion, ring: FloatArray, name: str) -> tuple[Mark, ...]:
    start, end = motion.start_deg, motion.end_deg
    there = int(np.argmax(np.abs(ring - start)))
    if abs(float(ring[there]) - start) < LEAST_WAY_DEG:
        raise RequestError(f"{name or 'The recording'} doesn't turn the ring.", "Choose one that does.")
    if abs(end - start) >= LEAST_WAY_DEG:
        return Mark("A", start), Mark("B", end)
    # It comes back to where it began: from A straight to A there is no way that a plan could be made over.
    return Mark("A", start), Mark("B", float(ring[there])), Mark("C", end)


def _legs(marks: int, duration_s: float) -> list[float]:
    return [duration_s / (marks - 1)] * (marks - 1)


SMOOTHINGS = (0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0)
"""Widths that are tried, in sample periods."""


def playable_plan(
    lens: LensMap,
    times_s: FloatArray,
    ring_deg: FloatArray,
    conditions: Conditions | None = None,
    rig: Rig | None = None,
    limits: RingLimits = STANDARD,
    *,
    smooth_s: float | None = None,
    noise_s: float = 0.0,
    name: str = "",
    zoom: Zoom | None = None,
) -> Plan:
    """The same, smoothed by `smooth_s`, or (None) by `noise_s` and beyond it only as much as the limits ask for.

    What a camera writes comes in steps, and a ring that jumps from one to the next would be asked for more than a hand
    did. Where no width will do, the unsmoothed plan, whose feasibility says why.
    """
    period_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    widths = [noise_s + width * period_s for width in SMOOTHINGS] if smooth_s is None else [smooth_s]
    # One after the other and no more than needed: each costs a plan, and the least smoothing is the truest.
    asked = lens, times_s, ring_deg, conditions, rig, limits
    # At each width as the samples turn first: only a ring that would have to turn too sharply there turns between them.
    ways = itertools.product(widths, (False, True))
    plans = (recorded_plan(*asked, smooth_s=width, rounds=rounds, name=name, zoom=zoom) for width, rounds in ways)
    first = next(plans)
    return first if first.feasibility.feasible else next((p for p in plans if p.feasibility.feasible), first)


def off_recording_deg(plan: Plan, times_s: FloatArray, ring_deg: FloatArray) -> float:
    """How far, at most, the plan is from the recording's samples, ring degrees."""
    times, ring = np.asarray(times_s, dtype=np.float64), np.asarray(ring_deg, dtype=np.float64)
    return float(np.max(np.abs(plan.motion.ring_deg(times - times[0]) - ring)))

# SPDX-License-Identifier: MIT
"""A motion that keeps somebody who walks in focus, from rest to rest.

She may be walking at GO already, and the ring stands: so it must catch up, and at the end it must come to rest where
she is. Each ramp goes from rest onto her track, with her speed and no acceleration where it joins, in the shortest time
that a jerk limit allows: full jerk up, full jerk down from a share p of the ramp, and up again half a ramp later. That
the ring has her speed v and her place at the ramp's end gives p = (√5 − 1)/4; the peaks are the golden ratio times v,
5.24·v/r and 16.94·v/r². So a ramp is as long as the limits of acceleration and jerk need, and the ring never
ahead of her.
"""

from __future__ import annotations

import math

import numpy as np

from followfocus.arrays import FloatArray, ascending
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.subjects import SubjectTrack
from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import STANDARD, RingLimits
from followfocus.motion.motion import Motion

_FIRST = (math.sqrt(5.0) - 1.0) / 4.0
_JERK = 1.0 / (_FIRST - 0.25)
_ACCEL = _JERK * _FIRST
"""The share of a ramp at which the jerk turns over, and its peaks in v/r² and v/r."""
_STEEPEST = 1.3
"""A ramp joins a track at up to so many times its mean speed without turning back on the way."""
MINJERK = parse_easing("minjerk")
_KNOTS, _NEAREST_S = 65, 1e-5
_SHORTEST_S = 0.02
_LONGEST_SHARE = 1 / 3
"""The longest ramp as a share of the duration, so that something is left between the ramps."""
_ROUNDS = 12


def follow_motion(
    track: SubjectTrack, lens: LensMap, duration_s: float, limits: RingLimits = STANDARD, rate_hz: float = 100.0
) -> Motion:
    """The ring on a walker's track for `duration_s`, with ramps at both ends no longer than the ring's limits need.

    How far it lags in the ramps is what `rack_sharpness` shows of the subject. Raises RequestError where she leaves the
    lens's scale.
    """
    if not (math.isfinite(duration_s) and duration_s > 0):
        raise RequestError(f"A pull must last more than 0 s, not {duration_s:g}.")
    times = np.linspace(0.0, duration_s, max(3, round(duration_s * rate_hz) + 1))
    turns = np.array([t for t in track.times_s if 0 < t < duration_s])
    times = _apart(np.concatenate([times, turns]))
    for distance in (float(track.distance_m(times).min()), float(track.distance_m(times).max())):
        lens.ring_deg(distance)  # refuses a subject that leaves the scale

    def ring_at(t: FloatArray) -> FloatArray:
        return lens.ring_deg(track.distance_m(t))

    first_s = _ramp_s(ring_at(times), times, limits)
    last_s = _ramp_s(ring_at(times)[::-1], duration_s - times[::-1], limits)
    ramps = np.linspace(0.0, first_s, _KNOTS), duration_s - np.linspace(0.0, last_s, _KNOTS)
    times = _apart(np.concatenate([times, *ramps]))
    ring = _from_rest(times, ring_at(times), first_s)
    ring = _from_rest(duration_s - times[::-1], ring[::-1], last_s)[::-1]
    return Motion.from_track(times, ring)


def _apart(times: FloatArray) -> FloatArray:
    """Times in order, with none so near the one before that a speed between them would be noise; the ends stay."""
    rising = ascending(times)
    kept = rising[np.concatenate([[True], np.diff(rising) > _NEAREST_S])]
    return np.concatenate([kept[:-1], rising[-1:]])


def _ramp_s(ring: FloatArray, times: FloatArray, limits: RingLimits) -> float:
    """How long the ramp from rest onto the track must be: its own speed within the ramp decides, so go round."""
    # A longer ramp sees more of her track, where she may be faster and ask for a longer one still: so round it goes.
    speed = np.abs(np.diff(ring) / np.diff(times))
    most_s = _LONGEST_SHARE * float(times[-1])
    ramp_s = min(_SHORTEST_S, most_s)
    for _ in range(_ROUNDS):
        fastest = float(np.max(speed[times[:-1] <= ramp_s], initial=0.0))
        needed = max(_ACCEL * fastest / limits.accel_deg_s2, math.sqrt(_JERK * fastest / limits.jerk_deg_s3))
        if needed <= ramp_s or ramp_s == most_s:
            break
        ramp_s = min(needed, most_s)
    return ramp_s


def _from_rest(times: FloatArray, ring: FloatArray, ramp_s: float) -> FloatArray:
    """The track with its first `ramp_s` replaced by the ramp from rest at its first place."""
    inside = times < ramp_s
    joins = float(np.interp(ramp_s, times, ring))
    after = min(ramp_s + 1e-3, float(times[-1]))
    speed = (float(np.interp(after, times, ring)) - joins) / (after - ramp_s)
    mean = (joins - float(ring[0])) / ramp_s
    if speed * mean <= 0:
        speed = 0.0  # she turns round there: come to rest, rather than swing past
    speed = math.copysign(min(abs(speed), _STEEPEST * abs(mean)), mean)
    share = times[inside] / ramp_s
    # Where she doesn't walk evenly, what is missing of the way is added by minimum jerk.
    rest = MINJERK.value(share) * (mean - speed)
    made = ring.copy()
    made[inside] = ring[0] + ramp_s * (speed * _caught_up(share) + rest)
    return made


def _caught_up(share: FloatArray) -> FloatArray:
    """Where the ring is on a ramp, in v·r: the integral of jerk that is +, − and + again."""
    third = share**3 - 2 * np.maximum(share - _FIRST, 0) ** 3 + 2 * np.maximum(share - _FIRST - 0.5, 0) ** 3
    return np.asarray(_JERK / 6.0 * third)

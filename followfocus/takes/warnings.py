# SPDX-License-Identifier: MIT
"""Warnings before the next take, from the takes so far."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from followfocus.motion.motor import Rig
from followfocus.takes.repeatability import Landing, Repeatability, repeatability
from followfocus.takes.robust import drift

SOFT_SHARE = 0.5
"""Warn where spread or lash, or the next landing by its drift, comes to this share of half the depth of field."""
GROWN = 2.0
"""A later half that spreads this many times as wide as the earlier one: something works loose."""
LEAST_HALVES = 5
CLOCK_PPM = 200.0
"""A ceramic resonator moves by so much over some 10 K; a crystal hardly ever."""
LATENCY_MS = 10.0
"""A quarter of a frame at 24 fps: what an operator begins to feel."""


def warnings_before(landings: Sequence[Landing], rig: Rig, half_dof_deg: float | None = None) -> tuple[str, ...]:
    """Warnings before another take like the last of `landings`, a sentence each; empty where nothing speaks against it.

    `half_dof_deg` is the next take's, where the stop has changed; else the least of the takes so far.
    """
    if not landings:
        return ()
    alike = [landing for landing in landings if landing.group == landings[-1].group]
    said: list[str] = []
    for found in repeatability(alike, rig):
        half_dof = found.half_dof_deg if half_dof_deg is None else half_dof_deg
        said += [*_standing(found), *_drifting(found, half_dof), *_spreading(found, half_dof, rig)]
    return (*said, *_clock(landings), *_latency(alike))


def _standing(found: Repeatability) -> list[str]:
    """A jump that nothing has taken back since."""
    if not found.standing_deg:
        return []
    return [f"{found.jump_words(len(found.jumps) - 1)} Home the lens before the next take."]


def _drifting(found: Repeatability, half_dof_deg: float) -> list[str]:
    share = abs(found.next_deg) / half_dof_deg
    if not found.trend_deg or share <= SOFT_SHARE:
        return []
    what = "out of focus" if share > 1.0 else "soft"
    return [f"The landing drifts by {found.trend_deg:+z.4f}° a take: the next will be {what}. Calibrate."]


def _spreading(found: Repeatability, half_dof_deg: float, rig: Rig) -> list[str]:
    share = found.rest_deg / half_dof_deg
    if share <= SOFT_SHARE:
        return []
    grown = " and it grows" if _has_grown(found) else ""
    where = "look for play in the gear"
    if found.rest_deg <= rig.lash_deg + 2.0 * found.step_deg:
        where = f"that is the lash of {rig.lash_deg:z.2f}°, so come to A from the same side"
    return [f"The takes spread over {share:.2f} half depths of field{grown}: {where}."]


def _has_grown(found: Repeatability) -> bool:
    errors = np.array([landing.landing_error_deg for landing in found.landings], dtype=np.float64)
    half = len(errors) // 2
    if half < LEAST_HALVES:
        return False
    early, late = np.ptp(errors[:half]), np.ptp(errors[half:])
    # An earlier half within a step is as good as any: a multiple of nearly nothing would be found by chance.
    return bool(late >= GROWN * max(early, found.step_deg))


def _clock(landings: Sequence[Landing]) -> list[str]:
    """A unit's clock that runs away with temperature: from what the last pull is loaded for, or between two loads."""
    last = landings[-1]
    ppm = clock_moved(last)
    if ppm is not None:
        off_ms = -ppm * 1e-3 * (last.last_edge_ticks or 0) / last.tick_hz
        way = "early" if off_ms < 0 else "late"
        return [
            f"The unit's clock has moved by {ppm:+z.0f} ppm since the pull was loaded, so takes end {abs(off_ms):.1f} "
            f"ms {way}: it warms up; the next is loaded anew for it."
        ]
    rates = [x.tick_hz for x in landings if x.unit_serial == landings[-1].unit_serial and math.isfinite(x.tick_hz)]
    if len(rates) < 2 or abs(ppm := (rates[-1] / rates[0] - 1.0) * 1e6) <= CLOCK_PPM:
        return []
    return [f"The unit's clock has moved by {ppm:+z.0f} ppm since the first take: it warms up."]


def clock_moved(landing: Landing) -> float | None:
    """By how many ppm a unit's clock has moved since a take's pull was loaded; None where it hasn't as far as known."""
    if landing.host_hz is None:
        return None
    ppm = (landing.host_hz / landing.tick_hz - 1.0) * 1e6
    return ppm if abs(ppm) > CLOCK_PPM else None


def _latency(landings: Sequence[Landing]) -> list[str]:
    """GO that takes longer and longer to begin."""
    latencies = [x.start_latency_ms for x in landings if x.start_latency_ms is not None]
    grown_ms = drift(np.array(latencies, dtype=np.float64)) * len(latencies)
    if grown_ms <= LATENCY_MS:
        return []
    return [f"From GO to the start takes {grown_ms:.0f} ms longer than at first: look at cable and computer."]

# SPDX-License-Identifier: MIT
"""When each step of a motion is due, to better than a nanosecond.

A step is due when the curve crosses the half between two step positions. Within a monotone piece of the motion every
level is crossed once, so all crossings of a piece are solved at a time.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.motion.motion import MonotonePiece, Motion

DirectionArray = npt.NDArray[np.int8]

# Eight minutes at 40,000 steps a second; beyond, an absurd pull would ask for gigabytes.
MAX_STEPS = 20_000_000
MAX_POSITION = 2**31 - 1 - MAX_STEPS
_NONE = np.empty(0, np.int8)
REVERSAL_GAP_S = 1e-3
"""A step and its undoing closer than this at a turn of direction are both left out. Where the speed goes through nought
that is a hundredth of a step or so; only a linear pull that is sent straight back has more to lose."""
START_GAP_S = 1e-3
"""A first step this soon after time zero, and sooner than the second comes after it, is not made: the profile starts
one step further on instead. It happens where a motion starts just before a half step, or without a ramp; a unit judges
the time from zero as it does that between two steps."""


def step_times(
    motion: Motion, steps_per_deg: float, start_step: int | None = None
) -> tuple[FloatArray, DirectionArray, int, int]:
    """When each step is due: (times in s, directions ±1, start step, end step).

    `start_step`: where the unit's counter stands, which must be a step nearest the start; by default it is chosen.
    """
    at_start = motion.start_deg * steps_per_deg
    if not abs(at_start) < MAX_POSITION:
        raise RequestError(f"A motion that starts at step {at_start:g} is beyond what a unit can count.")
    if start_step is not None and abs(start_step - at_start) > 0.5 + 1e-6:
        raise RequestError(
            f"The motion starts at step {at_start:.1f}, but the unit stands at {start_step}.", "Go to its start first."
        )
    start = round(at_start) if start_step is None else start_step
    times: list[FloatArray] = []
    directions: list[DirectionArray] = []
    at, count = start, 0.0
    for piece in motion.pieces:
        # Counted from the travel before any array is made, so that an absurd pull costs no memory.
        count += abs(piece.end_deg - piece.start_deg) * steps_per_deg
        if count > MAX_STEPS:
            raise RequestError(f"This pull has more than {MAX_STEPS:,} steps.", "Use fewer microsteps or fewer marks.")
        found, direction, at = _piece_times(motion, piece, steps_per_deg, at)
        times.append(found)
        directions.append(np.full(len(found), direction, np.int8))
    all_times, all_directions = np.concatenate([np.empty(0), *times]), np.concatenate([_NONE, *directions])
    all_times, all_directions = _without_flutter(all_times, all_directions)
    if start_step is None and _starts_too_soon(all_times):
        start += int(all_directions[0])
        all_times, all_directions = all_times[1:], all_directions[1:]
    return all_times, all_directions, start, start + int(all_directions.sum())


def _starts_too_soon(times: FloatArray) -> bool:
    following = times[1] if len(times) > 1 else math.inf
    return len(times) > 0 and bool(times[0] < min(START_GAP_S, following - times[0]))


def _piece_times(motion: Motion, piece: MonotonePiece, steps_per_deg: float, at: int) -> tuple[FloatArray, int, int]:
    """Crossings on one monotone piece that begins at step `at`: (times, direction, step reached)."""
    rises = piece.end_deg > piece.start_deg
    reached = piece.end_deg * steps_per_deg
    # A landing that lies on a half step to within rounding is not crossed: 1e-9 steps decide it the same way each time.
    if rises:
        last = max(at, math.floor(reached + 0.5 - 1e-9))
        levels: FloatArray = np.arange(at, last, dtype=np.float64) + 0.5
    else:
        last = min(at, math.ceil(reached - 0.5 + 1e-9))
        levels = np.arange(at, last, -1, dtype=np.float64) - 0.5
    if len(levels) == 0:
        return np.empty(0), 1, at
    return _crossings(motion, piece, levels / steps_per_deg), 1 if rises else -1, last


def _crossings(motion: Motion, piece: MonotonePiece, levels_deg: FloatArray) -> FloatArray:
    """Times at which a monotone piece is at each level: Newton, kept inside a bracket that only shrinks."""
    # A grid about as fine as the steps starts nearly every level within one cell, so Newton needs two or three rounds.
    grid = np.linspace(piece.start_s, piece.end_s, min(4097, 65 + len(levels_deg)))
    sign = 1.0 if piece.end_deg > piece.start_deg else -1.0
    # Rounding can make a flat stretch dip by an ulp; searchsorted needs it not to.
    on_grid = np.maximum.accumulate(sign * motion.ring_deg(grid))
    wanted = sign * levels_deg
    right = np.clip(np.searchsorted(on_grid, wanted), 1, len(grid) - 1)
    low, high = grid[right - 1], grid[right]
    below, above = on_grid[right - 1], on_grid[right]
    t = low + (high - low) * np.clip((wanted - below) / np.maximum(above - below, 1e-300), 0.0, 1.0)
    active = np.arange(len(t))
    # Halvings alone would need 53: every round halves at the worst.
    for _ in range(80):
        here = t[active]
        off = sign * motion.ring_deg(here) - wanted[active]
        low[active] = np.where(off < 0, here, low[active])
        high[active] = np.where(off > 0, here, high[active])
        slope = sign * motion.speed_deg_s(here)
        with np.errstate(divide="ignore", invalid="ignore"):
            jump = here - off / slope
        # At rest the slope is nought and Newton leaps out of the bracket (or is nan, for which every comparison is
        # false); halving the bracket always gets nearer.
        bad = ~((jump >= low[active]) & (jump <= high[active]))
        jump[bad] = (low[active][bad] + high[active][bad]) / 2.0
        t[active] = jump
        # 2 ps in a second: a thousandth of what a tick of 62.5 ns could show.
        active = active[np.abs(jump - here) > 2e-12 * max(piece.end_s, 1.0)]
        if len(active) == 0:
            break
    return np.maximum.accumulate(t)


def _without_flutter(times: FloatArray, directions: DirectionArray) -> tuple[FloatArray, DirectionArray]:
    """The steps without those pairs that undo each other too soon."""
    while True:
        close = np.flatnonzero((directions[1:] != directions[:-1]) & (np.diff(times) < REVERSAL_GAP_S))
        if len(close) == 0:
            return times, directions
        apart = np.concatenate([[True], np.diff(close) > 1])  # of three in a row only the first two can go at once
        first = close[apart]
        keep = np.ones(len(times), dtype=bool)
        keep[first] = keep[first + 1] = False
        times, directions = times[keep], directions[keep]

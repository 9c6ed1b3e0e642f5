# SPDX-License-Identifier: MIT
"""From a motion to the step profile that a unit plays.

Exact step times (`times.py`) are compressed to segments of the unit's own clock ticks (`segments.py`). Every
profile is expanded again and compared with the exact times, always.
"""

from __future__ import annotations

import itertools
import math
import zlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from followfocus.arrays import FloatArray, IntArray
from followfocus.errors import InfeasibleError, RequestError
from followfocus.motion.motion import Motion
from followfocus.steps.segments import FRACTION, SEGMENT_DTYPE, Compressor, expand, tightest_gaps
from followfocus.steps.times import DirectionArray, step_times

__all__ = ["FRACTION", "SEGMENT_DTYPE", "StepProfile", "compile_profile", "expand", "step_times"]

DEFAULT_MAX_ERROR_US = 2.0
JITTER_SHARE = 0.0095
"""No step is off by more than this share of its interval: the position stays within 0.51 steps at any speed, and fast
steps keep their distance."""
LEAST_GAP_TICKS = 0.05
"""Steps closer than this can't be told to any unit."""


@dataclass(frozen=True, slots=True)
class StepProfile:
    """A step profile: a start position and segments, and how closely they follow the curve.

    `start` and `end` are in steps from the infinity end; `steps` counts both directions. `worst_error_us`: greatest
    distance of an edge, in whole ticks as the unit makes it, from the exact time. `min_interval_ticks` and
    `min_reversal_ticks`: the shortest time between two steps (the first step's from zero too), and between two steps in
    opposite directions, as a unit judges them against its settings; None where there is no such pair.
    """

    start: int
    end: int
    steps: int
    tick_hz: float
    segments: npt.NDArray[np.void]
    worst_error_us: float
    peak_step_hz: float
    min_interval_ticks: int | None
    min_reversal_ticks: int | None
    total_ticks: int
    edges: IntArray = field(repr=False)
    directions: DirectionArray = field(repr=False)

    @property
    def duration_s(self) -> float:
        """From time zero to the end, waits included."""
        return self.total_ticks / self.tick_hz

    @property
    def id(self) -> int:
        """A hash of where it starts and of every segment, by which host and unit mean the same profile; never 0."""
        return profile_id(self.start, self.packed())

    def edge_ticks(self) -> IntArray:
        """The tick of every step edge from time zero, as the unit makes them."""
        return self.edges

    def edge_times_s(self) -> FloatArray:
        """The same in seconds."""
        return self.edges / self.tick_hz

    def packed(self) -> bytes:
        """All segments as on the wire, 10 bytes each."""
        return self.segments.tobytes()


def profile_id(start: int, packed: bytes) -> int:
    """The id of a profile from its start in steps and its segments as on the wire: CRC-32 of both; never 0."""
    # 0 is what a unit says where it holds none.
    return zlib.crc32(packed, zlib.crc32(start.to_bytes(4, "little", signed=True))) or 1


def compile_profile(
    motion: Motion,
    steps_per_deg: float,
    tick_hz: float = 16_000_000.0,
    max_error_us: float = DEFAULT_MAX_ERROR_US,
    start_step: int | None = None,
) -> StepProfile:
    """The step profile of a motion on a unit whose clock runs at `tick_hz`.

    `max_error_us`: how far a step edge may be from its exact time; at least one tick. `start_step`: where the unit's
    counter stands, by default the step nearest the motion's start. Raises RequestError on figures that make no profile,
    InfeasibleError on steps that come faster than a clock can count.
    """
    for figure in (steps_per_deg, tick_hz, max_error_us):
        if not (math.isfinite(figure) and figure > 0):
            raise RequestError(
                f"{steps_per_deg:g} steps a degree at {tick_hz:g} Hz to {max_error_us:g} µs make no step profile."
            )
    times, directions, start, end = step_times(motion, steps_per_deg, start_step)
    due = times * tick_hz
    _refuse_impossible(due, motion.duration_s)
    allowed = max_error_us * 1e-6 * tick_hz
    segments = _compressed(due, directions, allowed, motion.duration_s * tick_hz)
    edges, moves, total = expand(segments)
    # 0.51 ticks of fit and 0.5 of flooring are the finest there is, whatever was asked for.
    _compare(edges, moves, due, directions, max(allowed, 1.02))
    # From the segments, as the unit judges them before it arms: in parts of a tick, which the whole edges have lost.
    shortest, turning = tightest_gaps(segments)
    gaps = np.diff(edges)
    return StepProfile(
        start=start,
        end=end,
        steps=len(edges),
        tick_hz=tick_hz,
        segments=segments,
        worst_error_us=float(np.max(np.abs(edges - due), initial=0.0)) / tick_hz * 1e6,
        peak_step_hz=tick_hz / max(float(gaps.min()), 1.0) if len(gaps) else 0.0,
        min_interval_ticks=None if shortest is None else shortest // FRACTION,
        min_reversal_ticks=None if turning is None else turning // FRACTION,
        total_ticks=total,
        edges=edges,
        directions=moves,
    )


def _refuse_impossible(due: FloatArray, duration_s: float) -> None:
    # Before it is compressed, which takes times that rise.
    gap = float(np.min(np.diff(due), initial=math.inf))
    if gap < LEAST_GAP_TICKS:
        longer = duration_s * LEAST_GAP_TICKS / gap if gap > 0 else None
        raise InfeasibleError(
            "Steps would have to come faster than the unit's clock can count.",
            "step rate",
            longer,
            "Give it more time.",
        )


def _compressed(due: FloatArray, directions: DirectionArray, allowed: float, end: float) -> npt.NDArray[np.void]:
    """Segments for steps due at `due`, each at most `allowed` off, and a wait until `end`, all in ticks."""
    compressor = Compressor()
    # Half a tick goes to the unit's flooring and a 256th to whole words; what is left is the fit's.
    within = max(allowed - 0.5 - 1.0 / FRACTION, 0.51)
    centred = due + 0.5  # the unit's edge is the floor, half a tick early on average
    for low, high in _one_way_runs(directions):
        intervals = np.diff(due[low:high], prepend=due[low - 1] if low else 0.0)
        # The finer of the two; and never under half a tick, which is what flooring alone takes.
        tolerance = np.minimum(within, np.maximum(JITTER_SHARE * intervals - 0.5, 0.51))
        compressor.run(centred[low:high], tolerance, int(directions[low]))
    compressor.dwell_until(end)
    return np.array(compressor.rows, dtype=SEGMENT_DTYPE)


def _one_way_runs(directions: DirectionArray) -> list[tuple[int, int]]:
    """(first, end) of stretches of steps in one direction."""
    turns = np.flatnonzero(directions[1:] != directions[:-1]) + 1
    edges = [0, *turns.tolist(), len(directions)]
    return [(low, high) for low, high in itertools.pairwise(edges) if high > low]


def _compare(
    edges: IntArray, moves: DirectionArray, due: FloatArray, directions: DirectionArray, allowed: float
) -> None:
    """Stop the program where the segments don't say what the curve said: that must never reach a lens."""
    wrong = len(edges) != len(due) or not np.array_equal(moves, directions)
    # Steps that are due more than two ticks apart must stay in order and on ticks of their own.
    if wrong or np.any(np.abs(edges - due) > allowed) or np.any(np.diff(edges) < (np.diff(due) > 2.1)):
        raise AssertionError("a step profile differs from the curve that it was made of")

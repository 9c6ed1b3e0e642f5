"""From a curve to step times, and from step times to the few segments that a unit plays.

A step is due when the curve crosses the half between two step positions. Those times are solved exactly, then told to
the unit as segments (interval, count, add) of its own clock's ticks (firmware/PROTOCOL.md, "Profile"): n steps at times
base + j·interval + add·j(j − 1)/2. The idea is Klipper's stepcompress; the fit is ours.

A segment may hold n steps if a pair (interval, add) keeps every step within its tolerance. Divided by j, each step's
tolerance is a gate that the line interval + add·(j − 1)/2 must pass, so the question is one line through n gates. For a
given `add` the room left is concave and piecewise linear, so the best whole `add` is found by a few cuts (Kelley 1960).
Time is carried from segment to segment in whole 1/256 ticks, exactly as the unit carries it, so nothing drifts.

Every profile is expanded again and compared with the exact times, always.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from followfocus.errors import RequestError
from followfocus.motion import MonotonePiece, Motion

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SEGMENT_DTYPE = np.dtype([("interval", "<u4"), ("count", "<i2"), ("add", "<i4")])
FRACTION = 256
"""Parts of a clock tick in which interval and add are counted."""
MAX_COUNT = 32_767
MAX_STEPS = 20_000_000
MAX_WORD = 2**32 - 1
MAX_ADD = 2**30 - 1
LONGEST_TICKS = 8_000_000
"""A step that is further away than this (half a second at 16 MHz) is waited for by a dwell first."""
LEAD_TICKS = 1_000_000
"""What a dwell leaves for the step after it."""
DEFAULT_MAX_ERROR_US = 2.0
JITTER_SHARE = 0.0095
"""No step is off by more than this share of its interval: the position stays within 0.51 steps at any speed, and fast
steps keep their distance."""
REVERSAL_GAP_S = 1e-3
"""A step and its undoing closer than this at a turn of direction are both left out: less than a step is lost."""


@dataclass(frozen=True, slots=True)
class StepProfile:
    """What a unit plays: a start position and segments; and how well they say what the curve said.

    `start` and `end` are in steps from the infinity end; `steps` counts both directions. `worst_error_us`: greatest
    distance of an edge, in whole ticks as the unit makes it, from the exact time.
    """

    start: int
    end: int
    steps: int
    tick_hz: float
    segments: npt.NDArray[np.void]
    worst_error_us: float
    peak_step_hz: float
    min_interval_ticks: int | None
    total_ticks: int
    edges: IntArray = field(repr=False)
    directions: npt.NDArray[np.int8] = field(repr=False)

    @property
    def duration_s(self) -> float:
        """From time zero to the end, waits included."""
        return self.total_ticks / self.tick_hz

    def edge_ticks(self) -> IntArray:
        """The tick of every step edge from time zero, as the unit makes them."""
        return self.edges

    def edge_times_s(self) -> FloatArray:
        """The same in seconds."""
        return self.edges / self.tick_hz

    def packed(self) -> bytes:
        """All segments as on the wire, 10 bytes each."""
        return self.segments.tobytes()

    def pieces(self, segments_a_piece: int) -> Iterator[tuple[int, bytes]]:
        """(offset, packed segments) of consecutive pieces, for the upload."""
        for offset in range(0, len(self.segments), segments_a_piece):
            yield offset, self.segments[offset : offset + segments_a_piece].tobytes()


# Exact times -------------------------------------------------------------------------------------------------------


def step_times(
    motion: Motion, steps_per_deg: float, start_step: int | None = None
) -> tuple[FloatArray, npt.NDArray[np.int8], int, int]:
    """When each step is due: (times in s, directions ±1, start step, end step).

    Solved to better than a nanosecond. A crossing and its undoing closer than `REVERSAL_GAP_S` are left out.
    """
    start = round(motion.start_deg * steps_per_deg) if start_step is None else start_step
    times: list[FloatArray] = []
    directions: list[npt.NDArray[np.int8]] = []
    at = start
    for piece in motion.pieces:
        found, direction, at = _piece_times(motion, piece, steps_per_deg, at)
        times.append(found)
        directions.append(np.full(len(found), direction, np.int8))
        if sum(map(len, times)) > MAX_STEPS:
            raise RequestError(f"This pull has more than {MAX_STEPS:,} steps.", "Use fewer microsteps or fewer marks.")
    all_times = np.concatenate(times) if times else np.empty(0)
    all_directions = np.concatenate(directions) if directions else np.empty(0, np.int8)
    keep = _without_flutter(all_times, all_directions)
    return all_times[keep], all_directions[keep], start, start + int(all_directions[keep].sum())


def _piece_times(motion: Motion, piece: MonotonePiece, steps_per_deg: float, at: int) -> tuple[FloatArray, int, int]:
    """Crossings on one monotone piece that begins at step `at`: (times, direction, step reached)."""
    rises = piece.end_deg > piece.start_deg
    reached = piece.end_deg * steps_per_deg
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
    grid = np.linspace(piece.start_s, piece.end_s, min(4097, 65 + len(levels_deg)))
    sign = 1.0 if piece.end_deg > piece.start_deg else -1.0
    on_grid = np.maximum.accumulate(sign * motion.ring_deg(grid))
    wanted = sign * levels_deg
    right = np.clip(np.searchsorted(on_grid, wanted), 1, len(grid) - 1)
    low, high = grid[right - 1], grid[right]
    below, above = on_grid[right - 1], on_grid[right]
    t = low + (high - low) * np.clip((wanted - below) / np.maximum(above - below, 1e-300), 0.0, 1.0)
    active = np.arange(len(t))
    for _ in range(80):
        here = t[active]
        off = sign * motion.ring_deg(here) - wanted[active]
        low[active] = np.where(off < 0, here, low[active])
        high[active] = np.where(off > 0, here, high[active])
        slope = sign * motion.speed_deg_s(here)
        with np.errstate(divide="ignore", invalid="ignore"):
            jump = here - off / slope
        bad = ~((jump >= low[active]) & (jump <= high[active]))
        jump[bad] = (low[active][bad] + high[active][bad]) / 2.0
        t[active] = jump
        active = active[np.abs(jump - here) > 2e-12 * max(piece.end_s, 1.0)]
        if len(active) == 0:
            break
    return np.maximum.accumulate(t)


def _without_flutter(times: FloatArray, directions: npt.NDArray[np.int8]) -> npt.NDArray[np.bool_]:
    """Which steps stay when pairs that undo each other too soon are left out."""
    keep = np.ones(len(times), dtype=bool)
    turns = np.flatnonzero(directions[1:] != directions[:-1])
    for turn in turns:
        before, after = int(turn), int(turn) + 1
        while (
            before >= 0
            and after < len(times)
            and keep[before]
            and keep[after]
            and directions[before] != directions[after]
            and times[after] - times[before] < REVERSAL_GAP_S
        ):
            keep[before] = keep[after] = False
            before, after = before - 1, after + 1
    return keep


# Compression -------------------------------------------------------------------------------------------------------


@functools.cache
def _ladder() -> tuple[FloatArray, FloatArray]:
    """1/j and (j − 1)/2 for j = 1, 2, …"""
    j = np.arange(1, MAX_COUNT + 1, dtype=np.float64)
    return 1.0 / j, (j - 1.0) / 2.0


def _whole_line(low: FloatArray, high: FloatArray, guess: float) -> tuple[int, int] | None:
    """Whole (interval, add) with low_j ≤ interval + add·(j − 1)/2 ≤ high_j for all j, in 1/256 ticks; None without.

    `guess` is where the search for `add` begins.
    """
    _, half = _ladder()
    s = half[: len(low)]
    left: tuple[float, float, float] | None = None
    right: tuple[float, float, float] | None = None
    reach = max(1.0, 64.0 * float(high[-1] - low[-1]) / len(low))
    add = float(round(guess))
    for _ in range(40):
        lean = add * s
        gates_high, gates_low = high - lean, low - lean
        tight_high, tight_low = int(gates_high.argmin()), int(gates_low.argmax())
        top, bottom = float(gates_high[tight_high]), float(gates_low[tight_low])
        if math.ceil(bottom) <= math.floor(top):
            return _word_checked(round((top + bottom) / 2.0), int(add), len(low))
        slope = float(s[tight_low] - s[tight_high])
        cut = (add, top - bottom, slope)
        if slope > 0:
            left = cut
        elif slope < 0:
            right = cut
        else:
            return None
        if left is None or right is None:
            add = round(add + math.copysign(reach, slope))
            reach *= 4.0
            continue
        # The tops of the two cuts bound the room from above: no room where they meet, none anywhere.
        meet = (right[1] - left[1] + left[2] * left[0] - right[2] * right[0]) / (left[2] - right[2])
        if left[1] + left[2] * (meet - left[0]) < -1e-6 or right[0] - left[0] <= 1.0:
            return None
        following = round(meet)
        add = float(min(max(following, left[0] + 1.0), right[0] - 1.0))
    return None


def _word_checked(interval: int, add: int, count: int) -> tuple[int, int] | None:
    """The pair, if every interval it leads to fits its word and `add` fits its own."""
    last = interval + add * (count - 1)
    fits = 1 <= interval <= MAX_WORD and 1 <= last <= MAX_WORD and abs(add) <= MAX_ADD
    return (interval, add) if fits else None


class _Compressor:
    """Turns due times (in ticks, rising, one direction) into segments, carrying time as the unit does."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self.clock = 0  # 1/256 ticks
        self._learned = 1.0

    def dwell_until(self, tick: float) -> None:
        """Wait so that the clock is at `tick`, to half a tick."""
        ticks = round(tick - self.clock / FRACTION)
        while ticks > 0:
            part = min(ticks, MAX_WORD)
            self.rows.append((part, 0, 0))
            self.clock += part * FRACTION
            ticks -= part

    def run(self, due: FloatArray, tolerance: FloatArray, sign: int) -> None:
        """Steps in one direction, due at `due` ± `tolerance` ticks."""
        third = _third_difference(due)
        at = 0
        while at < len(due):
            if due[at] - self.clock / FRACTION > LONGEST_TICKS:
                self.dwell_until(due[at] - LEAD_TICKS)
            at += self._segment(due, tolerance, third, at, sign)

    def _segment(self, due: FloatArray, tolerance: FloatArray, third: FloatArray, at: int, sign: int) -> int:
        """One segment from step `at`, as long as it goes; returns its number of steps."""
        predicted = _predicted(third, tolerance, at)
        wanted = max(2, min(int(predicted * self._learned), len(due) - at, MAX_COUNT))
        gates = _Gates(due, tolerance, at, self.clock)
        good, line = 1, gates.single()
        bad = min(len(due) - at, MAX_COUNT) + 1
        while good < bad - 1:
            count = min(wanted, bad - 1)
            found = gates.line(count)
            if found is None:
                bad = count
                wanted = max(good + 1, int(count * 0.94))
            else:
                good, line = count, found
                wanted = max(good + 1, int(count * 1.06))
            if bad - good <= max(1, good // 50):
                break
            if good > 1 and good < wanted and wanted >= bad:
                wanted = (good + bad) // 2
        if good > 8:
            self._learned = min(max(good / predicted, 0.2), 5.0)
        interval, add = line
        self.rows.append((interval, sign * good, add))
        self.clock += good * interval + add * (good * (good - 1) // 2)
        return good


class _Gates:
    """The tolerances of the steps after `at`, as seen from the clock, divided by how many steps away they are."""

    def __init__(self, due: FloatArray, tolerance: FloatArray, at: int, clock: int) -> None:
        self._due, self._tolerance, self._at = due, tolerance, at
        self._base = clock / FRACTION
        self._low = self._high = np.empty(0)

    def single(self) -> tuple[int, int]:
        """One step, as near as can be."""
        return max(1, round((self._due[self._at] - self._base) * FRACTION)), 0

    def line(self, count: int) -> tuple[int, int] | None:
        """The pair for `count` steps, or None."""
        if count > len(self._low):
            self._grow(min(int(count * 1.3) + 8, len(self._due) - self._at, MAX_COUNT))
        low, high = self._low[:count], self._high[:count]
        middle = (low + high) / 2.0 if count < 4 else None
        if middle is not None:
            guess = 2.0 * float(middle[-1] - middle[0]) / (count - 1)
        else:
            third = count // 3
            guess = float(low[-1] + high[-1] - low[third] - high[third]) / (count - 1 - third)
        return _whole_line(low, high, guess)

    def _grow(self, count: int) -> None:
        inverse, _ = _ladder()
        span = slice(self._at, self._at + count)
        scale = inverse[:count] * FRACTION
        middle = (self._due[span] - self._base) * scale
        room = self._tolerance[span] * scale
        self._low, self._high = middle - room, middle + room


def _third_difference(due: FloatArray) -> FloatArray:
    """|third difference| of the due times, at least a little, as long as `due`."""
    if len(due) < 4:
        return np.full(len(due), 1e-6)
    third: FloatArray = np.abs(np.diff(due, 3))
    padded: FloatArray = np.concatenate([third[:1], third, third[-1:], third[-1:]])
    return np.maximum(padded, 1e-6)


def _predicted(third: FloatArray, tolerance: FloatArray, at: int) -> float:
    """How many steps a segment from `at` will hold: a cubic's distance from its best quadratic, solved for length."""
    length = (120.0 * tolerance[at] / third[at]) ** (1.0 / 3.0)
    ahead = min(at + max(1, int(length / 2.0)), len(third) - 1)
    return float(max(2.0, (120.0 * tolerance[ahead] / third[ahead]) ** (1.0 / 3.0)))


def compile_profile(
    motion: Motion,
    steps_per_deg: float,
    tick_hz: float = 16_000_000.0,
    max_error_us: float = DEFAULT_MAX_ERROR_US,
    start_step: int | None = None,
) -> StepProfile:
    """The step profile of a motion on a unit whose clock runs at `tick_hz`.

    `max_error_us`: how far a step edge may be from its exact time; at least one tick. `start_step`: where the unit's
    counter stands, by default the step nearest the motion's start. Raises RequestError on figures that make no profile.
    """
    if not (math.isfinite(steps_per_deg) and steps_per_deg > 0 and math.isfinite(tick_hz) and tick_hz > 0):
        raise RequestError(f"{steps_per_deg:g} steps a degree at {tick_hz:g} Hz make no step profile.")
    times, directions, start, end = step_times(motion, steps_per_deg, start_step)
    due = times * tick_hz
    compressor = _Compressor()
    allowed = max(max_error_us * 1e-6 * tick_hz - 0.5 - 1.0 / FRACTION, 0.51)
    centred = due + 0.5  # the unit's edge is the floor, half a tick early on average
    for low, high in _one_way_runs(directions):
        intervals = np.diff(due[low:high], prepend=due[low - 1] if low else 0.0)
        tolerance = np.minimum(allowed, np.maximum(JITTER_SHARE * intervals - 0.5, 0.51))
        compressor.run(centred[low:high], tolerance, int(directions[low]))
    compressor.dwell_until(motion.duration_s * tick_hz)
    segments = np.array(compressor.rows, dtype=SEGMENT_DTYPE)
    edges, moves, total = expand(segments)
    _compare(edges, moves, due, directions, max(max_error_us * 1e-6 * tick_hz, 1.02))
    gaps = np.diff(edges)
    return StepProfile(
        start=start,
        end=end,
        steps=len(edges),
        tick_hz=tick_hz,
        segments=segments,
        worst_error_us=float(np.max(np.abs(edges - due), initial=0.0)) / tick_hz * 1e6,
        peak_step_hz=tick_hz / float(gaps.min()) if len(gaps) else 0.0,
        min_interval_ticks=int(min(int(gaps.min()), int(edges[0]))) if len(gaps) else None,
        total_ticks=total,
        edges=edges,
        directions=moves,
    )


def _one_way_runs(directions: npt.NDArray[np.int8]) -> list[tuple[int, int]]:
    """(first, end) of stretches of steps in one direction."""
    turns = np.flatnonzero(directions[1:] != directions[:-1]) + 1
    edges = [0, *turns.tolist(), len(directions)]
    return [(low, high) for low, high in itertools.pairwise(edges) if high > low]


def expand(segments: npt.NDArray[np.void]) -> tuple[IntArray, npt.NDArray[np.int8], int]:
    """What a unit does with segments: (tick of each step edge, its direction, ticks in all). Exact integers.

    >>> expand(np.array([(512, 2, 256), (3, 0, 0)], dtype=SEGMENT_DTYPE))
    (array([2, 5]), array([1, 1], dtype=int8), 8)
    """
    clock = 0
    edges: list[IntArray] = []
    moves: list[npt.NDArray[np.int8]] = []
    for interval, count, add in segments.tolist():
        if count == 0:
            clock += interval * FRACTION
            continue
        number = abs(count)
        j = np.arange(1, number + 1, dtype=np.int64)
        edges.append((clock + j * interval + add * (j * (j - 1) // 2)) // FRACTION)
        moves.append(np.full(number, 1 if count > 0 else -1, np.int8))
        clock += number * interval + add * (number * (number - 1) // 2)
    if not edges:
        return np.empty(0, np.int64), np.empty(0, np.int8), clock // FRACTION
    return np.concatenate(edges), np.concatenate(moves), clock // FRACTION


def _compare(
    edges: IntArray, moves: npt.NDArray[np.int8], due: FloatArray, directions: npt.NDArray[np.int8], allowed: float
) -> None:
    """Stop the program where the segments don't say what the curve said: that must never reach a lens."""
    wrong = len(edges) != len(due) or not np.array_equal(moves, directions)
    if wrong or np.any(np.abs(edges - due) > allowed) or np.any(np.diff(edges) < 1):
        raise AssertionError("a step profile differs from the curve that it was made of")

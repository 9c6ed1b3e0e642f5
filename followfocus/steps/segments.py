# SPDX-License-Identifier: MIT
"""Step times compressed to the segments that a unit plays, and expanded again.

A segment (interval, count, add) makes n steps at times base + j·interval + add·j(j − 1)/2, in 1/256 ticks of the unit's
clock (firmware/PROTOCOL.md, "Profile"). The idea is Klipper's stepcompress; the fit is ours.

A segment may hold n steps if a pair (interval, add) keeps every step within its tolerance. Divided by j, each step's
tolerance is a gate that the line interval + add·(j − 1)/2 must pass, so the question is one line through n gates. For a
given `add` the room left is concave and piecewise linear, so the best whole `add` is found by a few cuts (Kelley 1960).
How long a segment will be follows from the third difference of the times, so few lengths are tried.
Time is carried from segment to segment in whole 1/256 ticks, exactly as the unit carries it, so nothing drifts.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt

from followfocus.arrays import FloatArray, IntArray

SEGMENT_DTYPE = np.dtype([("interval", "<u4"), ("count", "<i2"), ("add", "<i4")])
FRACTION = 256
"""Parts of a clock tick in which interval and add are counted."""
MAX_COUNT = 32_767
MAX_WORD = 2**32 - 1
# The protocol's bound (PROTOCOL.md, “Profile”).
MAX_ADD = 2**30 - 1
LONGEST_TICKS = 16_000_000
"""A step that is further away than this (a second at 16 MHz) is waited for by a dwell first."""
LEAD_TICKS = 1_000_000
"""The part of a dwell that is left for the step after it."""


@functools.cache
def _ladder() -> tuple[FloatArray, FloatArray]:
    """1/j and (j − 1)/2 for j = 1, 2, …"""
    j = np.arange(1, MAX_COUNT + 1, dtype=np.float64)
    return 1.0 / j, (j - 1.0) / 2.0


def whole_line(low: FloatArray, high: FloatArray, guess: float) -> tuple[int, int] | None:
    """Whole (interval, add) with low_j ≤ interval + add·(j − 1)/2 ≤ high_j for all j, in 1/256 ticks; None without.

    `guess` is where the search for `add` begins.
    """
    _, half = _ladder()
    # room(add) = min(high − add·s) − max(low − add·s) is concave: a minimum of lines less a maximum of them. Each `add`
    # that is looked at gives a line above all of it (a cut), and the line's slope says on which side the best lies.
    s = half[: len(low)]
    left: tuple[float, float, float] | None = None
    right: tuple[float, float, float] | None = None
    # The slope can be off by about the last gate's width over the number
    # of gates; 64 times that bounds both sides in a stride or two.
    reach = max(1.0, 64.0 * float(high[-1] - low[-1]) / len(low))
    add = float(round(guess))
    # A few rounds are usual. Bounded, so that roundings can't send it round in circles.
    for _ in range(40):
        lean = add * s
        gates_high, gates_low = high - lean, low - lean
        tight_high, tight_low = int(gates_high.argmin()), int(gates_low.argmax())
        top, bottom = float(gates_high[tight_high]), float(gates_low[tight_low])
        # Room for a whole interval, not just room: the unit knows no parts of 1/256 ticks.
        if math.ceil(bottom) <= math.floor(top):
            return _word_checked(round((top + bottom) / 2.0), int(add), len(low))
        slope = float(s[tight_low] - s[tight_high])
        cut = (add, top - bottom, slope)
        if slope > 0:
            left = cut
        elif slope < 0:
            right = cut
        else:
            return None  # a cut without slope is the top of the room, and there was none
        if left is None or right is None:
            # Only one side is bounded yet: stride out on the other, four times as far each time.
            add = round(add + math.copysign(reach, slope))
            reach *= 4.0
            continue
        # The tops of the two cuts bound the room from above: no room where they meet, none anywhere.
        meet = (right[1] - left[1] + left[2] * left[0] - right[2] * right[0]) / (left[2] - right[2])
        if left[1] + left[2] * (meet - left[0]) < -1e-6 or right[0] - left[0] <= 1.0:
            return None
        # Where the cuts meet is the best guess; a whole number strictly between ends the search in a few rounds.
        following = round(meet)
        add = float(min(max(following, left[0] + 1.0), right[0] - 1.0))
    return None


def _word_checked(interval: int, add: int, count: int) -> tuple[int, int] | None:
    """The pair, if every interval it leads to fits its word and `add` fits its own."""
    last = interval + add * (count - 1)
    fits = 1 <= interval <= MAX_WORD and 1 <= last <= MAX_WORD and abs(add) <= MAX_ADD
    return (interval, add) if fits else None


class Compressor:
    """Turns due times (in ticks, rising, one direction) into segments, carrying time as the unit does."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int]] = []
        self.clock = 0  # 1/256 ticks
        self._learned = 1.0

    def dwell_until(self, tick: float) -> None:
        """Wait so that the clock is at `tick`, to half a tick."""
        ticks = round(tick - self.clock / FRACTION)
        while ticks > 0:
            # A dwell's word is 32 bits of ticks, 268 s at 16 MHz: longer ones are several.
            part = min(ticks, MAX_WORD)
            self.rows.append((part, 0, 0))
            self.clock += part * FRACTION
            ticks -= part

    def run(self, due: FloatArray, tolerance: FloatArray, sign: int) -> None:
        """Steps in one direction, due at `due` ± `tolerance` ticks."""
        third = _third_difference(due)
        at = 0
        while at < len(due):
            # An interval's word, in 1/256 ticks, holds little more than this second at 16 MHz.
            if due[at] - self.clock / FRACTION > LONGEST_TICKS:
                self.dwell_until(due[at] - LEAD_TICKS)
            at += self._segment(due, tolerance, third, at, sign)

    def _segment(self, due: FloatArray, tolerance: FloatArray, third: FloatArray, at: int, sign: int) -> int:
        """One segment from step `at`, as long as it goes; returns its number of steps."""
        predicted = _predicted(third, tolerance, at)
        wanted = max(2, min(int(predicted * self._learned), len(due) - at, MAX_COUNT))
        gates = _Gates(due, tolerance, at, self.clock)
        # One step always fits, so every call goes on by at least one.
        good, line = 1, gates.single()
        bad = min(len(due) - at, MAX_COUNT) + 1
        # Invariant: `good` steps are known to fit, `bad` are known not to. The prediction is usually within a few per
        # cent, so the search creeps by 6 % first, and halves only when it is bounded on both sides.
        while good < bad - 1:
            count = min(wanted, bad - 1)
            found = gates.line(count)
            if found is None:
                bad = count
                wanted = max(good + 1, int(count * 0.94))
            else:
                good, line = count, found
                wanted = max(good + 1, int(count * 1.06))
            # A segment two per cent shorter costs nothing; looking further costs a search over thousands of gates.
            if bad - good <= max(1, good // 50):
                break
            if wanted >= bad:
                wanted = (good + bad) // 2
        # The cubic bound errs the same way for a whole pull, so what it was off by last time mends the next guess.
        if good > 8:
            self._learned = min(max(good / predicted, 0.2), 5.0)
        interval, add = line
        self.rows.append((interval, sign * good, add))
        # In whole 1/256 ticks, as the unit adds them: the error of a segment is seen, and taken out, by the next one.
        self.clock += good * interval + add * math.comb(good, 2)
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
        # Gates are made for a third more steps than were asked for: the search will ask again, a little further.
        if count > len(self._low):
            self._grow(min(int(count * 1.3) + 8, len(self._due) - self._at, MAX_COUNT))
        low, high = self._low[:count], self._high[:count]
        middle = (low + high) / 2.0 if count < 4 else None
        # The first gates are the widest when divided by j, so the slope is read from the far two thirds.
        if middle is not None:
            guess = 2.0 * float(middle[-1] - middle[0]) / (count - 1)
        else:
            third = count // 3
            guess = float(low[-1] + high[-1] - low[third] - high[third]) / (count - 1 - third)
        return whole_line(low, high, guess)

    def _grow(self, count: int) -> None:
        inverse, _ = _ladder()
        span = slice(self._at, self._at + count)
        # Over j: step j is j intervals from the clock, so its tolerance is shared by j of them.
        scale = inverse[:count] * FRACTION
        middle = (self._due[span] - self._base) * scale
        room = self._tolerance[span] * scale
        self._low, self._high = middle - room, middle + room


def _third_difference(due: FloatArray) -> FloatArray:
    """|third difference| of the due times, at least a little, as long as `due`."""
    if len(due) < 4:
        return np.full(len(due), 1e-6)
    third: FloatArray = np.abs(np.diff(due, 3))
    # As many as there are times, so that it can be asked at any step; at the ends the nearest there is.
    padded: FloatArray = np.concatenate([third[:1], third, third[-1:], third[-1:]])
    return np.maximum(padded, 1e-6)


def _predicted(third: FloatArray, tolerance: FloatArray, at: int) -> float:
    """How many steps a segment from `at` will hold: a cubic's distance from its best quadratic, solved for length."""
    # A cubic of third difference d leaves the best quadratic through its beginning by d·n³/156 over n steps
    # (Chebyshev's polynomial, cut at a zero). Whole numbers cost some of that, and `_learned` mends the rest.
    length = (120.0 * tolerance[at] / third[at]) ** (1.0 / 3.0)
    ahead = min(at + max(1, int(length / 2.0)), len(third) - 1)
    return float(max(2.0, (120.0 * tolerance[ahead] / third[ahead]) ** (1.0 / 3.0)))


def expand(segments: npt.NDArray[np.void]) -> tuple[IntArray, npt.NDArray[np.int8], int]:
    """Play segments as a unit does: (tick of each step edge, its direction, ticks in all). Exact integers.

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
        # Floored, as the unit's timer does: it knows no parts of a tick.
        edges.append((clock + j * interval + add * (j * (j - 1) // 2)) // FRACTION)
        moves.append(np.full(number, 1 if count > 0 else -1, np.int8))
        clock += number * interval + add * math.comb(number, 2)
    if not edges:
        return np.empty(0, np.int64), np.empty(0, np.int8), clock // FRACTION
    return np.concatenate(edges), np.concatenate(moves), clock // FRACTION


def tightest_gaps(segments: npt.NDArray[np.void]) -> tuple[int | None, int | None]:
    """(shortest time between two steps, shortest where the direction turns), in 1/256 ticks as a unit judges them.

    Dwells count, and so does the time from zero to the first step. None where there is no such pair.
    """
    all_gaps: list[int] = []
    turn_gaps: list[int] = []
    waited, before = 0, 0
    for interval, count, add in segments.tolist():
        if count == 0:
            waited += interval * FRACTION
            continue
        all_gaps.append(waited + interval)
        # The gaps between lie between these two: they rise or fall evenly by `add`.
        if abs(count) > 1:
            all_gaps += [interval + add, interval + add * (abs(count) - 1)]
        way = 1 if count > 0 else -1
        if way == -before:
            turn_gaps.append(waited + interval)
        waited, before = 0, way
    return min(all_gaps, default=None), min(turn_gaps, default=None)

# SPDX-License-Identifier: MIT
"""Figures of a series that one bad value can't bend: the odd one out, a drift, and from where on a level has moved.

- noise: 1.4826 · median |difference of neighbours|, which neither a drift nor a jump widens much.
- odd one out: |x − median| over 1.4826 · MAD (Iglewicz & Hoaglin, 1993) beyond what 1.5 % of series of so many normal
  values reach (1 % of six; 4 % of three and four, which raise no other alarm), and never within a floor: few values
  need a far higher bar than many.
- drift: the slope of Theil and Sen (Sen, 1968), held to be real where Kendall's S is one that chance reaches in 2 % of
  series at most, counted exactly. Of fewer than five values none is.
- new level: read in order, as it is lived: a value more than a floor and four times the noise from the median of the
  last five, by a step that stands out from the steps beside it (a warm-up has none), which the next value confirms.
  Unconfirmed it is an odd one.

Together they raise a false alarm in at most 5 % of series of any length (docs/statistics.md, measured by
benchmarks/take_statistics.py).
"""

from __future__ import annotations

import functools
import itertools
import math
import statistics
from collections.abc import Callable, Sequence

import numpy as np

from followfocus.arrays import FloatArray

MAD_TO_SIGMA = 1.4826
"""Makes a median absolute deviation the standard deviation of what is normally distributed."""
ODD_MADS = {
    3: 28.0, 4: 7.8, 5: 15.5, 6: 10.0, 7: 9.3, 8: 7.2, 9: 7.3, 10: 6.3, 11: 6.5, 12: 5.8, 13: 5.9, 14: 5.5, 15: 5.6,
    16: 5.3, 17: 5.3, 18: 5.2, 19: 5.2,
}  # fmt: skip
"""By how many values there are; found by chance alone in 1.5 % of a million series, of six values in 1 %, of three
and four, which can raise no other alarm, in 4 %"""
ODD_MADS_OF_MANY = 5.0
DRIFT_CHANCE, DRIFT_SIGMAS = 0.02, 2.33
"""The same chance, for series long enough for a normal distribution"""
MOST_COUNTED = 60
LEAST_FOR_DRIFT = 5
MOST_PAIRED = 256
"""Above this a drift is sought in so many medians of neighbours: pairs grow with the square."""
LEVEL_NOISES = 4.0
LEVEL_WINDOW = 5
FEW = 6
"""With fewer values the noise says nothing: half of so few differences may be jumps."""
STANDS_OUT, STANDS_OUT_OF_FEW = 3.0, 8.0
"""A step this many times as large as those beside it makes a new level."""


def odd_ones(values: FloatArray, floor: float) -> list[int]:
    """Indices of the values that stand apart from the rest, by more than `floor` at least."""
    if len(values) < 3:
        return []
    off = np.abs(values - np.median(values))
    allowed = max(ODD_MADS.get(len(values), ODD_MADS_OF_MANY) * MAD_TO_SIGMA * float(np.median(off)), floor)
    return [int(i) for i in np.flatnonzero(off > allowed)]


def drift(values: FloatArray) -> float:
    """The slope per value; 0 where there are fewer than five or it may as well be chance."""
    apart = math.ceil(len(values) / MOST_PAIRED) or 1
    if apart > 1:
        # Blocks of one size; what is left over is left out of the oldest, for the drift is wanted of the newest.
        values = np.median(values[len(values) % apart :].reshape(-1, apart), axis=1)
    count = len(values)
    if count < LEAST_FOR_DRIFT:
        return 0.0
    i, j = np.triu_indices(count, 1)
    rises = values[j] - values[i]
    score = abs(float(np.sign(rises).sum()))
    _, ties = np.unique(values, return_counts=True)
    tied = float((ties * (ties - 1) * (2 * ties + 5)).sum())
    variance = (count * (count - 1) * (2 * count + 5) - tied) / 18.0
    # The one more is for S going in steps of two, where a normal distribution has no steps.
    by_chance = least_score(count) if count <= MOST_COUNTED else DRIFT_SIGMAS * math.sqrt(max(variance, 0.0)) + 1.0
    if variance <= 0 or score < by_chance:
        return 0.0
    return float(np.median(rises / (j - i))) / apart


def off_a_drift(values: FloatArray) -> FloatArray:
    """How far each value stands off the middle between its neighbours; 0 at both ends, where nobody can say."""
    off = np.zeros_like(values)
    off[1:-1] = values[1:-1] - (values[:-2] + values[2:]) / 2.0
    return off


@functools.lru_cache(maxsize=MOST_COUNTED)
def least_score(count: int) -> int:
    """The least |S| of Kendall that chance reaches in at most 2 % of series of this length, both ways together.

    Counted over all orders by the number of their inversions; more than the greatest S where even that is too likely.
    """
    ways = [1]
    for size in range(2, count + 1):
        # Put one more value into each order of the fewer: in at the k-th place from the end it makes k inversions.
        ways = [sum(ways[max(0, k - size + 1) : k + 1]) for k in range(len(ways) + size - 1)]
    most, total, tail = count * (count - 1) // 2, math.factorial(count), 0
    for inversions, number in enumerate(ways):
        tail += number
        if 2 * tail > DRIFT_CHANCE * total:
            return most - 2 * (inversions - 1)
    return most + 1


def new_levels(values: FloatArray, floor: float, is_jump: Callable[[float], bool] = lambda _by: False) -> list[int]:
    """Indices from which on the values stay elsewhere than before, by more than `floor` at least.

    `is_jump` knows by its size what can only be a jump. Only such a one is found among fewer than six values, at the
    last value, or at the second, where any other would make the first value the odd one.
    """
    if len(values) < 2:
        return []
    noise = MAD_TO_SIGMA * float(np.median(np.abs(np.diff(values))))
    allowed = max(floor, LEVEL_NOISES * noise) if len(values) >= FEW else math.inf
    found: list[int] = []
    series: list[float] = values.tolist()
    level = series[:1]
    for index, (value, following) in enumerate(itertools.zip_longest(series[1:], series[2:]), start=1):
        middle = statistics.median(level[-LEVEL_WINDOW:])
        step = abs(value - series[index - 1])
        steps = _stands_out(series, index, found)
        sure = steps and is_jump(value - middle) and is_jump(value - series[index - 1])
        # The next value decides, as on set: one take elsewhere is an odd one, two are a new level.
        stays = following is None or abs(following - value) < abs(following - middle)
        if abs(value - middle) <= allowed and not sure:
            level.append(value)
        elif stays and steps and (sure or (step > allowed and 1 < index < len(series) - 1)):
            found.append(index)
            level = [value]
        elif stays and index == 1:
            level = [value]
    return found


def _stands_out(series: Sequence[float], index: int, jumps: Sequence[int]) -> bool:
    """Whether the step to a value is a step of its own: many times those beside it, two before and one after.

    One before that is a jump itself says nothing of how far values step else: a jump may be taken back soon.
    """
    factor = STANDS_OUT if len(series) >= FEW else STANDS_OUT_OF_FEW
    beside = [at for at in (index - 2, index - 1, index + 1) if 0 < at < len(series) and at not in jumps]
    most = max((abs(series[at] - series[at - 1]) for at in beside), default=0.0)
    return abs(series[index] - series[index - 1]) > factor * most


def level_changes(values: FloatArray, starts: list[int]) -> list[float]:
    """By how much each new level stands off the one before: medians of up to five values on either side."""
    edges = [0, *starts, len(values)]
    changes = []
    for before, start, after in zip(edges[:-2], starts, edges[2:], strict=True):
        left = np.median(values[max(before, start - LEVEL_WINDOW) : start])
        right = np.median(values[start : min(after, start + LEVEL_WINDOW)])
        changes.append(float(right - left))
    return changes

"""Figures of a series that one bad value can't bend: the odd one out, a drift, and from where on a level has moved.

- noise: 1.4826 · median |difference of neighbours|, which neither a drift nor a jump widens much.
- odd one out: |x − median| > 5 · 1.4826 · MAD, but never within a floor (Iglewicz & Hoaglin, 1993, use 3.5).
- drift: the slope of Theil and Sen (Sen, 1968), held to be real where Kendall's S, ties allowed for, passes 2.6 of its
  standard deviation (p < 0.01).
- new level: read in order, as it is lived: a value more than a floor and four times the noise from the median of the
  last five, which the next value confirms. Unconfirmed it is an odd one.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable

import numpy as np

from followfocus.arrays import FloatArray

MAD_TO_SIGMA = 1.4826
"""Makes a median absolute deviation the standard deviation of what is normally distributed."""
ODD_MADS = 5.0
DRIFT_SIGMAS = 2.6
LEAST_FOR_DRIFT = 5
MOST_PAIRED = 256
"""Above this a drift is sought in so many medians of neighbours: pairs grow with the square."""
LEVEL_NOISES = 4.0
LEVEL_WINDOW = 5
FEW = 6
"""With fewer values the noise says nothing: half of so few differences may be jumps."""


def odd_ones(values: FloatArray, floor: float) -> list[int]:
    """Indices of the values that stand apart from the rest, by more than `floor` at least."""
    if not len(values):
        return []
    off = np.abs(values - np.median(values))
    allowed = max(ODD_MADS * MAD_TO_SIGMA * float(np.median(off)), floor)
    return [int(i) for i in np.flatnonzero(off > allowed)]


def drift(values: FloatArray) -> float:
    """The slope per value; 0 where there are fewer than five or it may as well be chance."""
    apart = math.ceil(len(values) / MOST_PAIRED) or 1
    if apart > 1:
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
    if variance <= 0 or score <= DRIFT_SIGMAS * math.sqrt(variance):
        return 0.0
    return float(np.median(rises / (j - i))) / apart


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
        sure = is_jump(value - middle)
        stays = following is None or abs(following - value) < abs(following - middle)
        if abs(value - middle) <= allowed and not sure:
            level.append(value)
        elif stays and (sure or 1 < index < len(series) - 1):
            found.append(index)
            level = [value]
        elif stays and index == 1:
            level = [value]
    return found


def level_changes(values: FloatArray, starts: list[int]) -> list[float]:
    """By how much each new level stands off the one before: medians of up to five values on either side."""
    edges = [0, *starts, len(values)]
    changes = []
    for before, start, after in zip(edges[:-2], starts, edges[2:], strict=True):
        left = np.median(values[max(before, start - LEVEL_WINDOW) : start])
        right = np.median(values[start : min(after, start + LEVEL_WINDOW)])
        changes.append(float(right - left))
    return changes

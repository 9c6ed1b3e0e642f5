# SPDX-License-Identifier: MIT
"""Marks that belong to somebody who walks: the pull lands where she is when it gets there.

When it gets to a mark depends on where the marks are, because legs share the pull's duration by their travel, and where
the marks are depends on when it gets there. So both are found together, by going round until neither moves any more.

A walk's clock starts at the cue's first GO and stands while the ring rests for the next GO: actors wait as well.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from followfocus.errors import RequestError

_SAME_DEG = 1e-9
_ROUNDS, _DAMPED_FROM = 400, 12


def leg_durations_s(rings: Sequence[float], duration_s: float) -> list[float]:
    """How long each leg takes: the whole is shared by travel; a pull that goes nowhere gives each the whole."""
    spans = [abs(b - a) for a, b in itertools.pairwise(rings)]
    whole = sum(spans) or 1.0
    return [duration_s * (span / whole or 1.0) for span in spans]


def arrivals_s(rings: Sequence[float], holds_s: Sequence[float], duration_s: float) -> list[float]:
    """When the ring gets to each mark, seconds of the walks' clock; a mark's hold comes after its arrival."""
    arrivals = [0.0]
    for leg_s, hold_s in zip(leg_durations_s(rings, duration_s), holds_s, strict=False):
        arrivals.append(arrivals[-1] + hold_s + leg_s)
    return arrivals


def settled(
    place: Callable[[Sequence[float]], list[float]], first: Sequence[float], holds_s: Sequence[float], duration_s: float
) -> tuple[float, ...]:
    """Ring angles at which every mark is where its subject is on arrival. `place` gives the angles for arrival times.

    Raises RequestError where no such pull is found.
    """
    rings = list(first)
    for turn in range(_ROUNDS):
        found = place(arrivals_s(rings, holds_s, duration_s))
        if max(abs(a - b) for a, b in zip(found, rings, strict=True)) < _SAME_DEG:
            return tuple(found)
        rings = found if turn < _DAMPED_FROM else [(a + b) / 2 for a, b in zip(found, rings, strict=True)]
    raise RequestError(
        "No pull meets these walks: where it lands changes when it lands, and that changes where.",
        "Give the walk fewer turns, or the marks more time.",
    )

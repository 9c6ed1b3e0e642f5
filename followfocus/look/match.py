# SPDX-License-Identifier: MIT
"""The plan that would have made this pull: the easing, start and duration nearest to a recorded hand.

A pull of given ends is a + (b - a)·E((t - t₀)/T). For each easing t₀ and T are found by least squares, and with them
its shape where it has one. The search is Nelder and Mead's simplex (1965): few parameters, and no derivatives, which a
jerk-limited curve would give in steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from followfocus.errors import RequestError
from followfocus.lens.optics import Floats
from followfocus.motion.easing import Easing, parse_easing
from followfocus.motion.pull import Mark, Pull

PLAIN = ("linear", "sine", "smoothstep", "minjerk", "cycloidal", "septic", "scurve")
SHAPED = ("scurve(in,out,jerk)", "bezier(x1,0,x2,1)")
"""Families whose shape is fitted too; the bezier starts and lands at rest, as a motor must."""


@dataclass(frozen=True, slots=True)
class PullFit:
    """A plan and how far the recorded pull was from it, in ring degrees over all samples."""

    easing: str
    start_s: float
    """When it starts, in the recording's time."""
    duration_s: float
    from_deg: float
    to_deg: float
    rms_deg: float
    worst_deg: float

    def pull(self) -> Pull:
        """The fitted plan, ready to be planned and played."""
        return Pull.between(
            Mark("A", self.from_deg), Mark("B", self.to_deg), self.duration_s, parse_easing(self.easing)
        )

    def ring_deg(self, times_s: Floats) -> Floats:
        """The plan's ring angle at the recording's times."""
        share = parse_easing(self.easing).value((np.asarray(times_s) - self.start_s) / self.duration_s)
        return np.asarray(self.from_deg + (self.to_deg - self.from_deg) * share)


def fit_pull(times_s: Floats, ring_deg: Floats, easings: Sequence[str] = (*PLAIN, *SHAPED)) -> tuple[PullFit, ...]:
    """Every easing's best plan for a recorded pull from rest to rest, the nearest (by rms) first.

    The pull's ends are the recording's first and last sample. RequestError for a recording that does not move.
    """
    times, ring = np.asarray(times_s, dtype=np.float64), np.asarray(ring_deg, dtype=np.float64)
    if len(times) < 5 or times.shape != ring.shape or ring[0] == ring[-1]:
        raise RequestError("Fitting a pull takes at least five samples, and they must end elsewhere than they begin.")
    return tuple(sorted((_fit_one(name, times, ring) for name in easings), key=lambda fit: fit.rms_deg))


def _fit_one(name: str, times: Floats, ring: Floats) -> PullFit:
    shape, first = _family(name)
    travel = ring[-1] - ring[0]
    # Without the outer hundredths, in which a hand that trembles has begun long before it goes.
    start, end = (
        float(np.interp(share, np.maximum.accumulate((ring - ring[0]) / travel), times)) for share in (0.01, 0.99)
    )

    def plan(values: Floats) -> PullFit | None:
        easing = shape(values[2:])
        # The simplex knows no bounds: where there is no curve the cost is infinite, and it turns away.
        if easing is None or values[1] <= 0:
            return None
        made = ring[0] + travel * easing.value((times - values[0]) / values[1])
        off = np.abs(made - ring)
        rms, worst = float(np.sqrt(np.mean(off**2))), float(off.max())
        return PullFit(easing.name, float(values[0]), float(values[1]), float(ring[0]), float(ring[-1]), rms, worst)

    def cost(values: Floats) -> float:
        found = plan(values)
        return np.inf if found is None else found.rms_deg

    values = np.array([start, end - start, *first])
    for _ in range(3):  # begun again from where it stopped, for a simplex that has gone flat
        values = _simplex(cost, values)
    found = plan(values)
    assert found is not None
    return found


def _family(name: str) -> tuple[Callable[[Floats], Easing | None], tuple[float, ...]]:
    """How to make an easing of shape parameters (None outside their range), and where to begin."""
    if name == SHAPED[0]:
        return _scurve, (0.4, 0.4, 0.4)
    if name == SHAPED[1]:
        return _bezier, (0.4, 0.6)
    easing = parse_easing(name)
    return lambda _: easing, ()


def _scurve(values: Floats) -> Easing | None:
    ramp_in, ramp_out, jerk = (float(value) for value in np.round(values, 4))
    if not (min(ramp_in, ramp_out) >= 0.01 and ramp_in + ramp_out <= 1 and 0.01 <= jerk <= 0.5):
        return None
    return parse_easing(f"scurve({ramp_in:g},{ramp_out:g},{jerk:g})")


def _bezier(values: Floats) -> Easing | None:
    x1, x2 = (float(value) for value in np.round(values, 4))
    return parse_easing(f"bezier({x1:g},0,{x2:g},1)") if 0 <= x1 <= 1 and 0 <= x2 <= 1 else None


def _simplex(cost: Callable[[Floats], float], first: Floats, rounds: int = 300) -> Floats:
    """Nelder and Mead's search for the least cost from `first` on; steps of a twentieth, at least 0.02."""
    points = [first]
    for index in range(len(first)):
        moved = first.copy()
        moved[index] += max(0.02, abs(first[index]) / 20)
        points.append(moved)
    costs = [cost(point) for point in points]
    for _ in range(rounds):
        order = np.argsort(costs)
        points, costs = [points[i] for i in order], [costs[i] for i in order]
        if costs[-1] - costs[0] < 1e-9 * (1 + costs[0]):
            break
        middle = np.mean(points[:-1], axis=0)
        tried = middle + (middle - points[-1])
        made = cost(tried)
        if made < costs[0]:
            farther = middle + 2 * (middle - points[-1])
            there = cost(farther)
            points[-1], costs[-1] = (farther, there) if there < made else (tried, made)
        elif made < costs[-2]:
            points[-1], costs[-1] = tried, made
        else:
            nearer = middle + 0.5 * ((tried if made < costs[-1] else points[-1]) - middle)
            there = cost(nearer)
            if there < min(made, costs[-1]):
                points[-1], costs[-1] = nearer, there
            else:
                points = [points[0], *((point + points[0]) / 2 for point in points[1:])]
                costs = [costs[0], *(cost(point) for point in points[1:])]
    return points[int(np.argmin(costs))]

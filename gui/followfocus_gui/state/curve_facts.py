# SPDX-License-Identifier: MIT
"""Facts beside the curve's samples: limits broken and when, bands, holds, the lens's scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.lens.map import LensMap
from followfocus.motion.limits import ACCELERATION, JERK, SPEED
from followfocus.names import in_line
from followfocus.plan.plan import Plan
from followfocus.show.show import letter
from followfocus_gui.state.views import BandView

SAMPLES = 801
SCALE_POINTS = 181
Spans = tuple[tuple[float, float], ...]


def binding_spans(plan: Plan, start_s: float = 0.0) -> tuple[Spans, tuple[str, ...]]:
    """The spans of time in which limits are broken, and each span's limit; seconds, the plan beginning at `start_s`.

    Ring speed, acceleration and jerk are broken where they are too high; what a motor can't do is said of the whole
    pull, as it depends on all of it. A plan that keeps every limit has none.
    """
    t = np.linspace(0.0, plan.motion.duration_s, SAMPLES)
    found: list[tuple[tuple[float, float], str]] = []
    for bound in plan.feasibility.bounds:
        if bound.kept or bound.name in [name for _, name in found]:
            continue
        asked = _asked(plan, bound.name, t)
        # A motor's limit depends on the whole pull, its inertia and its speed together: no moment alone is to blame.
        inside = np.ones(SAMPLES, dtype=bool) if asked is None else asked > bound.allowed
        found += [((start + start_s, end + start_s), bound.name) for start, end in runs(t, inside)]
    # Broken between two samples, or by rounding alone: something has to be hatched where a pull is refused.
    if not found and plan.feasibility.binding is not None:
        found.append(((start_s, start_s + plan.motion.duration_s), plan.feasibility.binding))
    return tuple(span for span, _ in found), tuple(name for _, name in found)


def _asked(plan: Plan, name: str, t: FloatArray) -> FloatArray | None:
    """The pull's demand on the ring at each time, None for a limit of the motor."""
    if name == SPEED:
        return np.abs(plan.motion.speed_deg_s(t))
    if name == ACCELERATION:
        return np.abs(plan.motion.accel_deg_s2(t))
    return np.abs(np.gradient(plan.motion.accel_deg_s2(t), t)) if name == JERK else None


def runs(t: FloatArray, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Spans:
    """The spans of time in which `inside` holds, each from its first to its last sample."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    return tuple((float(t[first]), float(t[last - 1])) for first, last in edges.reshape(-1, 2))


def holds_of(
    plans: Sequence[Plan], starts_s: Sequence[float], go_gap_s: float, *, back: bool = False
) -> tuple[Spans, tuple[int | None, ...]]:
    """(start, length) of each rest between the first and the last mark, and the index of its mark in the pull.

    A mark that goes on at once has length 0. Between two parts the ring holds for GO: `go_gap_s` is how wide that is
    drawn, and None stands for its mark. Played back, marks come in the reverse of their indices.
    """
    last = sum(len(plan.pull.legs) for plan in plans)
    holds: list[tuple[float, float]] = []
    marks: list[int | None] = []
    number = 0
    for part, (plan, start_s) in enumerate(zip(plans, starts_s, strict=True)):
        at_s = start_s
        for leg, mark in zip(plan.pull.legs, plan.pull.marks[1:], strict=True):
            number += 1
            at_s += leg.duration_s
            if mark is not plan.pull.marks[-1]:
                holds.append((at_s, mark.hold_s))
                marks.append(last - number if back else number)
                at_s += mark.hold_s
        if part < len(plans) - 1:
            # Nobody knows how long GO takes: a gap of one width says that something is waited for, not how long.
            holds.append((start_s + plan.motion.duration_s, go_gap_s))
            marks.append(None)
    return tuple(holds), tuple(marks)


def bands_of(
    plans: Sequence[Plan], starts_s: Sequence[float], names: Sequence[str], *, back: bool = False
) -> tuple[BandView, ...]:
    """Every mark's band of sharpness in the order they are hit; the first and the last one are the main ones.

    `names` are the marks' own in the pull's order. The first subject only goes soft, the last only becomes sharp; one
    between becomes sharp when the ring comes and goes soft when it leaves, which may be in the next part.
    """
    last = sum(len(plan.pull.legs) for plan in plans)
    sharp: dict[int, float | None] = {}
    soft: dict[int, float | None] = {}
    comes: dict[int, float] = {}
    leaves: dict[int, float] = {}
    edges: dict[int, tuple[float, float]] = {}
    first = 0
    for plan, start_s in zip(plans, starts_s, strict=True):
        for offset, (mark, seen) in enumerate(zip(plan.pull.marks, plan.sharpness.subjects, strict=True)):
            number = first + offset
            half_deg = plan.half_dof_at(mark.ring_deg, plan.moments_s[offset])
            edges[number] = mark.ring_deg + half_deg, mark.ring_deg - half_deg
            # A mark between two parts belongs to both: sharp in the one
            # that comes to it, soft in the one that leaves it.
            if number > 0 and offset > 0:
                comes[number] = start_s
                sharp[number] = None if seen.becomes_sharp_s is None else seen.becomes_sharp_s + start_s
            if number < last and offset < len(plan.pull.legs):
                leaves[number] = start_s
                soft[number] = None if seen.goes_soft_s is None else seen.goes_soft_s + start_s
        first += len(plan.pull.legs)
    order = [last - number if back else number for number in range(last + 1)]
    return tuple(
        BandView(
            letter(index), in_line(names[index]), *edges[number], soft.get(number),
            sharp.get(number), number in (0, last), soft_from_s=leaves.get(number, 0.0),
            sharp_from_s=comes.get(number, 0.0),
        )
        for number, index in enumerate(order)
    )  # fmt: skip


def lens_scale(lens: LensMap) -> tuple[FloatArray, FloatArray]:
    """Ring angles over all of a lens's travel, and their distances in metres, ∞ among them."""
    ring = np.linspace(0.0, lens.travel_deg, SCALE_POINTS)
    return ring, np.asarray(lens.distance_m(ring))

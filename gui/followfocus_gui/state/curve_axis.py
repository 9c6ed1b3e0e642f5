# SPDX-License-Identifier: MIT
"""The curve's time axis: the parts of a cue one after another, and what a zoom does on it."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.optics import DepthOfField
from followfocus.lens.through import at_focal
from followfocus.lens.zoom import Zoom
from followfocus.plan.plan import Plan

GO_GAP_S = 0.5
"""How wide a hold for GO is drawn: its length is not known before."""
_SAME_MM = 1e-6


def part_starts_s(plans: Sequence[Plan]) -> tuple[float, ...]:
    """Where each part begins on the axis."""
    # Each part begins behind the gap that its hold for GO is drawn with.
    lengths = [plan.motion.duration_s + GO_GAP_S for plan in plans]
    return tuple(itertools.accumulate(lengths[:-1], initial=0.0)) if plans else ()


def without_holds(plans: Sequence[Plan], at_s: float) -> float:
    """Seconds of movement up to a moment of the axis: the gaps that holds for GO are drawn with are no time at all."""
    starts = part_starts_s(plans)
    passed = max(bisect_right(starts, at_s) - 1, 0)
    if not starts:
        return at_s
    return starts[passed] - passed * GO_GAP_S + min(at_s - starts[passed], plans[passed].motion.duration_s)


def with_holds(plans: Sequence[Plan], moved_s: FloatArray) -> FloatArray:
    """Moments of the axis, of seconds of movement: the other way round."""
    ends_s = np.cumsum([plan.motion.duration_s for plan in plans])[:-1]
    return moved_s + GO_GAP_S * np.searchsorted(ends_s, moved_s)


def part_start_s(plans: Sequence[Plan], part: int) -> float:
    """Where a part begins on the axis; 0 for one that isn't there."""
    return dict(enumerate(part_starts_s(plans))).get(part, 0.0)


def depth_on_axis(plans: Sequence[Plan], ring_deg: float, at_s: float) -> DepthOfField | None:
    """Near and far limit with the ring at an angle at a moment of the axis.

    None without a plan, and nearer than can be worked out of a macro lens whose principal plane nobody knows.
    """
    found = _part_at(plans, at_s)
    try:
        return None if found is None else found[0].depth_at(ring_deg, found[1])
    except RequestError:
        return None


def half_dof_on_axis(plans: Sequence[Plan], ring_deg: float, at_s: float) -> float:
    """The same as half the sharp range, in degrees of the ring; 0 for None."""
    found = _part_at(plans, at_s)
    try:
        return 0.0 if found is None else found[0].half_dof_at(ring_deg, found[1])
    except RequestError:
        return 0.0


def _part_at(plans: Sequence[Plan], at_s: float) -> tuple[Plan, float] | None:
    """The part that a moment of the axis falls into, and that moment on its own clock; None without a plan."""
    starts = part_starts_s(plans)
    part = max(bisect_right(starts, at_s) - 1, 0)
    return (plans[part], at_s - starts[part]) if plans else None


def depths_at_marks(plans: Sequence[Plan]) -> dict[str, DepthOfField]:
    """Near and far limit at each mark as the ring gets there, by the mark's letter."""
    return {
        mark.letter: plan.depth_at(mark.ring_deg, at_s)
        for plan in reversed(plans)
        for mark, at_s in zip(plan.pull.marks, plan.moments_s, strict=True)
    }


def zoom_on_axis(plans: Sequence[Plan]) -> tuple[LensMap, Zoom | None]:
    """The lens of a cue, and how its zoom is moved on the axis, the lens then at its shortest; at least one plan."""
    moves = [(start_s, plan.zoom) for start_s, plan in zip(part_starts_s(plans), plans, strict=True) if plan.zoom]
    if not moves:
        return plans[0].lens, None
    times = (start_s + t for start_s, zoom in moves for t in zoom.times_s)
    zoom = Zoom(tuple(times), tuple(focal_mm for _, zoom in moves for focal_mm in zoom.focals_mm))
    return at_focal(plans[0].lens, zoom.range_mm[0]), zoom


def moment_of_focal(plans: Sequence[Plan], focal_mm: float) -> float | None:
    """The first moment of the axis at which the zoom stands at a focal length (mm); None where it never does."""
    zoom = zoom_on_axis(plans)[1] if plans else None
    if zoom is None:
        return None
    for (a_s, b_s), ends_mm in zip(itertools.pairwise(zoom.times_s), itertools.pairwise(zoom.focals_mm), strict=True):
        short, long = sorted(ends_mm)
        if short - _SAME_MM <= focal_mm <= long + _SAME_MM:
            a_mm, b_mm = ends_mm
            share = (focal_mm - a_mm) / (b_mm - a_mm) if b_mm != a_mm else 0.0
            return a_s + min(max(share, 0.0), 1.0) * (b_s - a_s)
    return None

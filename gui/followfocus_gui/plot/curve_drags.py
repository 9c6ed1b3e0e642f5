# SPDX-License-Identifier: MIT
"""Drags on the curve, as wishes: another duration, another time, another ease, a longer or a shorter hold."""

from __future__ import annotations

import numpy as np

from followfocus.arrays import FloatArray
from followfocus_gui.plot.curve_wish import CurveWish, Handles
from followfocus_gui.plot.items import Handle, Part
from followfocus_gui.plot.scale import Levels
from followfocus_gui.state.shaping import LEAST_S
from followfocus_gui.state.views import CurveView


def asked_by_drag(
    handle: Handle, at_s: float, level: float, view: CurveView, levels: Levels, handles: Handles | None
) -> CurveWish | None:
    """The wish of a handle dragged to `at_s` and `level`, these Bézier handles shown; None for no wish."""
    if handle.part is Part.END:
        return CurveWish(duration_s=max(LEAST_S, at_s))
    if handle.part is Part.CURSOR:
        return CurveWish(cursor_s=at_s)
    if handle.part is Part.HOLD:
        # The plan may have been made anew under the finger, with fewer holds.
        known = handle.index < len(view.holds)
        return CurveWish(hold=(handle.index, max(0.0, at_s - view.holds[handle.index][0]))) if known else None
    return None if handles is None else CurveWish(handles=_with_knob(handle.part, at_s, level, view, levels, handles))


def _with_knob(part: Part, at_s: float, level: float, view: CurveView, levels: Levels, handles: Handles) -> Handles:
    """The handles with one of their two knobs there, as shares of the pull's time and way."""
    first, last = (float(shown) for shown in levels.at(view.ring_deg[[0, -1]]))
    share_t, share_level = at_s / max(view.duration_s, 1e-9), (level - first) / ((last - first) or 1.0)
    x, y = min(max(share_t, 0.0), 1.0), min(max(share_level, 0.0), 1.0)
    return (x, y, *handles[2:]) if part is Part.IN else (*handles[:2], x, y)


def offered_handles(times_s: FloatArray, levels: FloatArray) -> tuple[float, float, float, float]:
    """The Bézier handles (x1, y1, x2, y2) nearest to a curve, for dragging it into one; shares of time and travel.

    With both handles level, as for every look that starts and lands at rest, the curve's half-way time and its slope
    there fix x1 and x2: at half its parameter a Bézier is at ((3x1 + 3x2 + 1)/8, ½) with slope 2/(1 + x2 - x1).
    """
    share_t = times_s / times_s[-1]
    travel = levels[-1] - levels[0]
    share = (levels - levels[0]) / travel if travel else share_t
    # An even pull has no bend to be measured: handles at thirds draw it straight.
    if np.max(np.abs(share - share_t)) < 0.01:
        return (1 / 3, 1 / 3, 2 / 3, 2 / 3)
    half = float(np.interp(0.5, share, share_t))
    around = np.interp([half - 0.01, half + 0.01], share_t, share)
    # Measured over a fiftieth of the time: a derivative between two samples would be their rounding.
    slope = float(around[1] - around[0]) / 0.02
    # The two equations of the docstring, solved for the sum and the difference of the handles.
    both, apart = (8 * half - 1) / 3, 2 / max(slope, 0.1) - 1
    x1, x2 = (min(max(v, 0.0), 1.0) for v in ((both - apart) / 2, (both + apart) / 2))
    return (x1, 0.0, x2, 1.0)

# SPDX-License-Identifier: MIT
"""Drags on the curve, as wishes: another duration, another time, another ease, a longer or a shorter hold."""

from __future__ import annotations

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

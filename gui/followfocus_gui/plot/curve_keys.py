# SPDX-License-Identifier: MIT
"""Keys on the curve, as wishes: another time, another duration, another ease."""

from __future__ import annotations

from PySide6.QtCore import Qt

from followfocus_gui.plot.curve_wish import CurveWish, Handles
from followfocus_gui.state.shaping import LEAST_S
from followfocus_gui.state.views import CurveView

EASE_STEP = 0.05
"""How far a key moves an ease handle, as a share of the duration"""
CURSOR_STEP_S, CURSOR_FINE_S = 1 / 24, 0.01
DURATION_STEP_S, DURATION_FINE_S = 0.1, 0.01


def asked_by_key(
    key: Qt.Key, view: CurveView, now_s: float, handles: Handles | None, *, fine: bool
) -> CurveWish | None:
    """The wish of a key, with the cursor at `now_s` and these handles shown; None for a key without a meaning here."""
    step, longer = (CURSOR_FINE_S, DURATION_FINE_S) if fine else (CURSOR_STEP_S, DURATION_STEP_S)
    times = {
        Qt.Key.Key_Left: now_s - step,
        Qt.Key.Key_Right: now_s + step,
        Qt.Key.Key_Home: 0.0,
        Qt.Key.Key_End: view.duration_s,
    }
    durations = {Qt.Key.Key_Up: view.duration_s + longer, Qt.Key.Key_Down: view.duration_s - longer}
    if key in times:
        return CurveWish(cursor_s=times[key])
    if key in durations:
        return CurveWish(duration_s=max(LEAST_S, round(durations[key], 6)))
    if key in (Qt.Key.Key_I, Qt.Key.Key_O) and handles is not None:
        x1, y1, x2, y2 = handles
        softer = -EASE_STEP if fine else EASE_STEP
        x1, x2 = (x1 + softer, x2) if key is Qt.Key.Key_I else (x1, x2 - softer)
        return CurveWish(handles=(min(max(x1, 0.0), 1.0), y1, min(max(x2, 0.0), 1.0), y2))
    return None

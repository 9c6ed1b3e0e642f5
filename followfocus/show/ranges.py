# SPDX-License-Identifier: MIT
"""Ranges of a show's numbers: wider than any set needs, and everything within them can be worked out."""

from __future__ import annotations

from followfocus.errors import RequestError

# Both ends included.
_RANGES: dict[str, tuple[float, float, str, str]] = {
    "ring_deg": (-1.0, 3600.0, "ring angle", "°"),
    "trim_m": (-1000.0, 1000.0, "trim", " m"),
    "hold_s": (0.0, 86_400.0, "hold", " s"),
    "duration_s": (0.001, 3600.0, "duration", " s"),
    "t_stop": (0.1, 128.0, "stop", ""),
    "focal_mm": (0.5, 5000.0, "focal length", " mm"),
    "coc_mm": (0.0001, 1.0, "circle of confusion", " mm"),
    "follow_s": (0.0, 86_400.0, "follow-on", " s"),
    "lead_s": (0.0, 3600.0, "lead", " s"),
    "rec_hold_s": (0.0, 3600.0, "hold after REC", " s"),
    "stop_rec_s": (0.0, 3600.0, "hold before the camera stops", " s"),
    "hand_within_m": (0.001, 1.0, "ride", " m"),
    "volts": (1.0, 100.0, "voltage", " V"),
    "drive_current_a": (0.01, 20.0, "drive current", " A"),
    "microsteps": (1.0, 256.0, "number of microsteps", ""),
    "motor_teeth": (5.0, 1000.0, "number of motor teeth", ""),
    "direction": (-1.0, 1.0, "direction", ""),
    "lash_deg": (0.0, 30.0, "lash", "°"),
}

_LONGEST = 10**15
"""Whole numbers beyond are not written out"""


def check_ranges(what: str, **values: float | None) -> None:
    """Raise RequestError for the first value that is no number, too small or too great; None is left out."""
    for name, value in values.items():
        low, high, words, unit = _RANGES[name]
        if value is None or low <= value <= high:  # not a number is not
            continue
        said = "far too much" if isinstance(value, int) and abs(value) >= _LONGEST else f"{value:g}"
        raise RequestError(
            f"{what} has a {words} of {said}{unit}.", f"Give {low:g}{unit} to {high:g}{unit}; set it again."
        )

# SPDX-License-Identifier: MIT
"""How a pull gathers and loses speed: easings by name.

A pull of D degrees in T seconds has a peak speed of `peaks().speed · D/T`, acceleration `peaks().accel · D/T²` and jerk
`peaks().jerk · D/T³`. Minimum jerk (Flash and Hogan 1985) is the default: hands on a follow focus move so.
"""

from __future__ import annotations

import difflib
import math
import re

import numpy as np

from followfocus.errors import RequestError
from followfocus.motion.bezier import BezierEasing
from followfocus.motion.curves import Easing, Peaks, PiecewiseEasing, WaveEasing, canonical, in_out, scurve

__all__ = ["DEFAULT_EASING", "EASINGS", "Easing", "Peaks", "parse_easing"]

_PI = math.pi
EASINGS: dict[str, Easing] = {
    easing.name: easing
    for easing in (
        PiecewiseEasing("linear", [0.0, 1.0], [[0.0, 1.0]]),
        WaveEasing(
            "sine",
            (
                lambda u: (1.0 - np.cos(_PI * u)) / 2.0,
                lambda u: _PI / 2.0 * np.sin(_PI * u),
                lambda u: _PI**2 / 2.0 * np.cos(_PI * u),
            ),
            Peaks(_PI / 2.0, _PI**2 / 2.0, _PI**3 / 2.0),
        ),
        PiecewiseEasing("smoothstep", [0.0, 1.0], [[0.0, 0.0, 3.0, -2.0]]),
        PiecewiseEasing("minjerk", [0.0, 1.0], [[0.0, 0.0, 0.0, 10.0, -15.0, 6.0]]),
        WaveEasing(
            "cycloidal",
            (
                lambda u: u - np.sin(2.0 * _PI * u) / (2.0 * _PI),
                lambda u: 1.0 - np.cos(2.0 * _PI * u),
                lambda u: 2.0 * _PI * np.sin(2.0 * _PI * u),
            ),
            Peaks(2.0, 2.0 * _PI, 4.0 * _PI**2),
        ),
        PiecewiseEasing("septic", [0.0, 1.0], [[0.0, 0.0, 0.0, 0.0, 35.0, -84.0, 70.0, -20.0]]),
        scurve(1.0 / 3.0, 1.0 / 3.0, 0.5, "scurve"),
        in_out("quad_in_out", 2),
        in_out("cubic_in_out", 3),
        in_out("quint_in_out", 5),
    )
}
"""The easings without parameters by name; the last three are looks, which knock a stepper."""

_ALIASES = {
    "min_jerk": "minjerk",
    "minimum_jerk": "minjerk",
    "s_curve": "scurve",
    "smooth_step": "smoothstep",
    "cosine": "sine",
    "cubic_bezier": "bezier",
}
_PARAMETERS = {"bezier": ("x1", "y1", "x2", "y2"), "scurve": ("in", "out", "jerk"), "trapezoid": ("r",)}


def parse_easing(text: str) -> Easing:
    """The easing that `text` names: `minjerk`, `bezier(0.4,0,0.2,1)`, `scurve(0.3,0.5,0.5)`, `trapezoid(0.33)`, …

    With decimal commas its numbers are parted by semicolons: `bezier(0,4; 0; 0,2; 1)`. Case doesn't
    matter, and a space or dash is as good as an underscore. Raises RequestError with near names.
    """
    words, bracket, numbers = text.strip().lower().partition("(")
    name = re.sub(r"[\s-]+", "_", words.strip())
    name = _ALIASES.get(name, name)
    if name in EASINGS and not bracket:
        return EASINGS[name]
    if name in _PARAMETERS:
        return _with_numbers(name, numbers.removesuffix(")") if numbers.endswith(")") else "")
    if name in EASINGS:
        raise RequestError(f"{name} takes no numbers.", f"Write {name}.")
    names = [*EASINGS, *(each for each in _PARAMETERS if each not in EASINGS)]
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.5)
    if near:
        raise RequestError(f"No easing is called “{text}”.", f"Did you mean {' or '.join(map(_pattern, near))}?")
    raise RequestError(f"No easing is called “{text}”.", f"Known: {', '.join(map(_pattern, names))}.")


def _pattern(name: str) -> str:
    """The name as one writes it, with what goes into its brackets."""
    called = f"{name}({','.join(_PARAMETERS[name])})" if name in _PARAMETERS else ""
    return " or ".join(filter(None, (name if name in EASINGS else "", called)))


def _with_numbers(name: str, text: str) -> Easing:
    wanted = len(_PARAMETERS[name])
    if ";" in text or wanted == 1:  # a comma is a decimal one
        text = text.replace(",", ".").replace(";", ",")
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != wanted or not all(math.isfinite(number) for number in numbers):
        count = "1 number" if wanted == 1 else f"{wanted} numbers"
        raise RequestError(f"{name} takes {count}, not ({text}).", f"Write {name}({','.join(_PARAMETERS[name])}).")
    if name == "bezier":
        return BezierEasing(*numbers)
    if name == "scurve":
        return scurve(numbers[0], numbers[1], numbers[2])
    return scurve(numbers[0], numbers[0], 0.0, canonical("trapezoid", numbers[0]))


DEFAULT_EASING = EASINGS["minjerk"]

# SPDX-License-Identifier: MIT
"""Everyday names of the easings, and each drawn as speed: there they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FollowFocusError
from followfocus.motion.easing import parse_easing

SAMPLES = 121


@dataclass(frozen=True, slots=True)
class EaseName:
    """An easing as a person calls it; `easing` is what the show keeps, `words` what it does."""

    name: str
    easing: str
    words: str


EASES = (
    EaseName("even", "linear", "one speed; jerks at both ends"),
    EaseName("ramp", "scurve", "up, steady, down; lowest peak"),
    EaseName("gentle", "sine", "a light knock at both ends"),
    EaseName("by hand", "minjerk", "as a good hand pulls"),
    EaseName("soft", "cycloidal", "softer ends, quicker middle"),
    EaseName("very soft", "septic", "creeps out and in"),
    EaseName("soft start", "scurve(0.65,0.2,0.5)", "leaves A unseen, then goes"),
    EaseName("soft landing", "scurve(0.2,0.65,0.5)", "goes at once, settles into B"),
)
FIRST = ("even", "ramp", "by hand", "very soft", "soft start", "soft landing")
"""The eases on the desk; the others are behind “more”."""
MY_OWN = EaseName("my own", "bezier(0.42,0,0.58,1)", "drawn on the curve with its handles")
_OTHERS = {"smoothstep": "smooth", "quad_in_out": "square", "cubic_in_out": "cubic", "quint_in_out": "fifth"}


def ease_of(easing: str) -> EaseName:
    """The everyday name of an easing of the show.

    >>> ease_of("minjerk").name, ease_of("bezier(0.1,0,0.2,1)").name, ease_of("trapezoid(0.2)").name
    ('by hand', 'my own', 'trapezoid(0.2)')
    """
    known = next((ease for ease in EASES if ease.easing == easing), None)
    if known is not None:
        return known
    if easing.startswith("bezier"):
        return EaseName(MY_OWN.name, easing, MY_OWN.words)
    return EaseName(_OTHERS.get(easing, easing), easing, "")


@lru_cache(maxsize=64)
def speed_curve(easing: str) -> tuple[FloatArray, FloatArray]:
    """Shares of the time, and of the mean speed, along an easing; none where it can't be read."""
    try:
        made = parse_easing(easing)
    except FollowFocusError:
        return np.zeros(2), np.zeros(2)
    times = np.linspace(0.0, 1.0, SAMPLES)
    # By differences: an even pull has no speed at its very ends, and is drawn with one.
    shares = np.asarray(made.value(times))
    return (times[:-1] + times[1:]) / 2.0, np.diff(shares) * (SAMPLES - 1)

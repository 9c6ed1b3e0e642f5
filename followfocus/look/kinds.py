# SPDX-License-Identifier: MIT
"""The trade's names for a rack, where its own numbers bear them out; and the feeling that a duration has.

A name is given only if it is true: whoever it says is sharp is sharp by the same circles of confusion that the picture
is drawn with.
"""

from __future__ import annotations

from enum import Enum

from followfocus.look.figures import WORDS
from followfocus.look.shot import Shot
from followfocus.plan.sharpness import CLEARLY_OUT_CIRCLES, SHARP_CIRCLES

MELTED_CIRCLES = 10.0
"""From here on nobody knows what it is."""
_PEOPLE = ("anna", "ben")
_HERE_M = 1e-3


class RackKind(Enum):
    """The kinds of focus moves, by the words of a shot list."""

    FOLLOW = "follow focus"
    """The focus stays with somebody who walks."""
    DUAL_PLANE = "dual-plane focus"
    """Both are sharp at the landing: the move gathers them, and gives up neither."""
    REVEAL = "reveal"
    """A subject nobody could make out comes out sharp, and the sharp one goes."""
    DIALOGUE = "dialogue rack"
    """From one person to another, each sharp in turn."""
    FOREGROUND_TO_BACKGROUND = "foreground-to-background rack"
    BACKGROUND_TO_FOREGROUND = "background-to-foreground rack"
    RACK = "rack focus"
    """Any other: somebody goes soft, or becomes sharp, or neither."""


def kind_of(shot: Shot) -> RackKind:
    """The name that a shot's numbers bear out."""
    if shot.followed:
        return RackKind.FOLLOW
    a, b = shot.ends
    first, last = shot.circles_of(a, 0.0), shot.circles_of(b, 0.0)
    left, landed = shot.circles_of(a, shot.motion.duration_s), shot.circles_of(b, shot.motion.duration_s)
    if landed > SHARP_CIRCLES or first > SHARP_CIRCLES:
        return RackKind.RACK
    if left <= SHARP_CIRCLES:
        return RackKind.DUAL_PLANE if last > SHARP_CIRCLES else RackKind.RACK
    if min(last, left) < CLEARLY_OUT_CIRCLES:
        return RackKind.RACK
    if _is_person(a.name) and _is_person(b.name):
        return RackKind.DIALOGUE
    if last >= MELTED_CIRCLES:
        return RackKind.REVEAL
    # Somebody who walks may pass the other: then neither is the foreground.
    behind = [b.at_m(t) - a.at_m(t) for t in (0.0, shot.motion.duration_s)]
    if min(behind) > _HERE_M:
        return RackKind.FOREGROUND_TO_BACKGROUND
    return RackKind.BACKGROUND_TO_FOREGROUND if max(behind) < -_HERE_M else RackKind.RACK


def _is_person(name: str) -> bool:
    """Whether a name is one of a person, by the same words that a figure is chosen by."""
    words = name.lower().split()
    return next((WORDS[word] in _PEOPLE for word in words if word in WORDS), False)


def feeling_of(duration_s: float) -> str:
    """The emotional register of a rack that takes so long, in plain words.

    >>> feeling_of(0.3), feeling_of(6.0)
    ('sudden, a jolt', 'slow and heavy, a thought that sinks in')
    """
    for below_s, words in _FEELINGS:
        if duration_s < below_s:
            return words
    return "slow and heavy, a thought that sinks in"


_FEELINGS = (
    (0.5, "sudden, a jolt"),
    (1.2, "quick and alert, a head that turns"),
    (3.0, "calm and natural, the eye's own pace"),
    (5.0, "tender and unhurried"),
)

# SPDX-License-Identifier: MIT
"""One scale for all that stands between the bands: it goes by the letters that are read, and they by the window.

Sizes in the code are those of the least desk. `letters` and `px` make of them what this window wants; what is set once
and kept (a margin, a least height) is `measured`, and set anew when the scale changes.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

LEAST_BODY, USUAL_BODY = 13, 15
"""The letters that are read, in a window of 960 × 540 and of 1280 × 800"""
STEPS = (13, 14, 15, 17, 19, 20, 22, 25, 29, 33, 38, 44)
"""The sizes they have: few, for every step measures the whole desk anew"""

_body = LEAST_BODY
_kept: weakref.WeakKeyDictionary[QObject, dict[str, tuple[float, ...]]] = weakref.WeakKeyDictionary()


def step_of(body_px: int) -> int:
    """The step at or below a size of letters."""
    return max((step for step in STEPS if step <= body_px), default=LEAST_BODY)


def use(body_px: int) -> bool:
    """Scale by these letters; whether that is another scale than before. `measure_anew` does the rest."""
    global _body
    before, _body = _body, step_of(body_px)
    return _body != before


def letters(size_px: float) -> int:
    """Letters that are so high on the least desk."""
    return round(size_px * _body / LEAST_BODY)


def px(points: float) -> int:
    """A length of the usual desk; it is longer on a larger one, and never shorter, for a finger is a finger."""
    return round(points * ratio())


def ratio() -> float:
    """How much larger everything is than on the usual desk."""
    return max(1.0, _body / USUAL_BODY)


def measured(setter: Callable[..., Any], *points: float) -> None:
    """Call a setter of a widget or a layout with lengths of the usual desk, now and whenever the scale changes."""
    owner: QObject = setter.__self__  # type: ignore[attr-defined]
    _kept.setdefault(owner, {})[setter.__name__] = points
    setter(*map(px, points))


def measure_anew() -> None:
    """The scale has changed: everything `measured` again."""
    for owner, setters in list(_kept.items()):
        if isValid(owner):
            for name, points in setters.items():
                getattr(owner, name)(*map(px, points))

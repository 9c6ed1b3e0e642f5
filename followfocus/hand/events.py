# SPDX-License-Identifier: MIT
"""The one small interface behind which every hand lies: mouse, keys, MIDI, HID, and later a wheel on the unit itself.

A source says what its wheel did and when, in the wheel's own terms. `at_s` is the host's monotonic clock when it came
in, `source` the name by which the wheel is called in sentences.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WheelPlaced:
    """An absolute control stands at `share` of its way: 0 … 1."""

    at_s: float
    source: str
    share: float


@dataclass(frozen=True, slots=True)
class WheelTurned:
    """A wheel without ends was turned by `counts`; its sign is the direction, and one count its finest step."""

    at_s: float
    source: str
    counts: float


@dataclass(frozen=True, slots=True)
class WheelLeaned:
    """A spring-loaded ring or stick is held at `lean`, -1 … 1: a speed. 0 when it is let go."""

    at_s: float
    source: str
    lean: float


@dataclass(frozen=True, slots=True)
class WheelPressed:
    """A button went down (or up), by the number or name that its device gives it."""

    at_s: float
    source: str
    button: str
    down: bool = True


@dataclass(frozen=True, slots=True)
class WheelGone:
    """The device can be heard no more: unplugged, or its driver failed."""

    at_s: float
    source: str


WheelMotion = WheelPlaced | WheelTurned | WheelLeaned
SourceEvent = WheelPlaced | WheelTurned | WheelLeaned | WheelPressed | WheelGone

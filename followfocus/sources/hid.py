# SPDX-License-Identifier: MIT
"""Wheels on USB that are no MIDI: ShuttleXpress, ShuttlePRO v2, PowerMate. From their reports to the events of a hand.

A Shuttle's report: the outer ring, -7 … 7 and back by its spring; the jog wheel's counter, one byte that goes round;
a byte that says nothing; a bit for each button. A PowerMate's: its button, and how far it was turned since the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from followfocus.hand.events import SourceEvent, WheelLeaned, WheelPressed, WheelTurned

RING_STEPS = 7


class HidDecoder(Protocol):
    """Reports of one device in, events out."""

    def feed(self, report: bytes, at_s: float) -> list[SourceEvent]:
        """Take one report in; nothing for what is none of this device's."""
        ...


class Shuttle:
    """ShuttleXpress and ShuttlePRO v2 (Contour Design). `buttons` are the bits of its buttons, in order."""

    def __init__(self, source: str, buttons: tuple[int, ...]) -> None:
        self._source, self._buttons = source, buttons
        self._ring = 0
        self._jog: int | None = None
        self._pressed = 0

    def feed(self, report: bytes, at_s: float) -> list[SourceEvent]:
        """One report; the first tells only where the jog wheel's counter stands."""
        if len(report) != 5:
            return []
        ring = int.from_bytes(report[:1], signed=True)
        if abs(ring) > RING_STEPS:
            return []
        found: list[SourceEvent] = []
        if ring != self._ring:
            found.append(WheelLeaned(at_s, self._source, ring / RING_STEPS))
        if self._jog is not None and report[1] != self._jog:
            found.append(WheelTurned(at_s, self._source, (report[1] - self._jog + 128) % 256 - 128))
        pressed = int.from_bytes(report[3:5], "little")
        changed = pressed ^ self._pressed
        for number, bit in enumerate(self._buttons, 1):
            if changed & bit:
                found.append(WheelPressed(at_s, self._source, f"button {number}", bool(pressed & bit)))
        self._ring, self._jog, self._pressed = ring, report[1], pressed
        return found


class PowerMate:
    """PowerMate (Griffin), by USB."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._down = False

    def feed(self, report: bytes, at_s: float) -> list[SourceEvent]:
        """One report."""
        if len(report) < 2 or report[0] > 1:
            return []
        found: list[SourceEvent] = []
        turned = int.from_bytes(report[1:2], signed=True)
        if turned:
            found.append(WheelTurned(at_s, self._source, turned))
        if bool(report[0]) is not self._down:
            self._down = bool(report[0])
            found.append(WheelPressed(at_s, self._source, "button 1", self._down))
        return found


@dataclass(frozen=True, slots=True)
class HidWheel:
    """A device that is known: its name, USB numbers, how its reports are read, and the clicks of a whole turn."""

    name: str
    vendor: int
    product: int
    decoder: Callable[[str], HidDecoder]
    turn_counts: int


_XPRESS = tuple(1 << bit for bit in range(4, 9))
_PRO = tuple(1 << bit for bit in range(15))
KNOWN = (
    HidWheel("ShuttleXpress", 0x0B33, 0x0020, lambda source: Shuttle(source, _XPRESS), 10),
    HidWheel("ShuttlePRO v2", 0x0B33, 0x0030, lambda source: Shuttle(source, _PRO), 10),
    HidWheel("PowerMate", 0x077D, 0x0410, PowerMate, 96),
)


def known(vendor: int, product: int) -> HidWheel | None:
    """The wheel with these USB numbers; None for any other device."""
    return next((wheel for wheel in KNOWN if (wheel.vendor, wheel.product) == (vendor, product)), None)


def named(name: str) -> HidWheel | None:
    """The wheel of that name, or whose name begins so."""
    wanted = name.casefold().replace(" ", "")
    return next((wheel for wheel in KNOWN if wheel.name.casefold().replace(" ", "").startswith(wanted)), None)

# SPDX-License-Identifier: MIT
"""Wheels on USB that are no MIDI: Shuttles, PowerMate, a DualShock's stick. From their reports to the events of a hand.

A Shuttle's report: the outer ring, -7 … 7 and back by its spring; the jog wheel's counter, one byte that goes round;
a byte that says nothing; a bit for each button. A PowerMate's: its button, and how far it was turned since the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from followfocus.hand.events import SourceEvent, WheelLeaned, WheelPressed, WheelTurned

RING_STEPS = 7
PAD_REPORT, PAD_BUTTONS = 8, 14
PAD_REST, PAD_REACH, PAD_DEAD = 128, 127, 13
"""A stick: where it rests, how far it goes from there, and how far it may rest from there"""


class HidDecoder(Protocol):
    """Reports of one device in, events out."""

    def feed(self, report: bytes, at_s: float) -> list[SourceEvent]:
        """Take one report in; nothing comes of one that isn't this device's."""
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
            # The shorter way round its byte: half of it between two reports is more than any hand turns.
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


class DualShock4:
    """DualShock 4 (Sony): its left stick, to the right and left, is a speed.

    Its report 0x01, as the Linux driver has it (drivers/hid/hid-playstation.c): the report's number, the sticks x, y,
    rx, ry (0 … 255, at rest near 128), then three bytes of buttons, of which the low half of the first is the cross.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._lean = 0.0
        self._pressed = 0

    def feed(self, report: bytes, at_s: float) -> list[SourceEvent]:
        """One report; a stick within its dead band is at rest, wherever its spring has left it."""
        if len(report) < PAD_REPORT or report[0] != 1:
            return []
        found: list[SourceEvent] = []
        away = max(-PAD_REACH, min(PAD_REACH, report[1] - PAD_REST))
        # From the edge of the dead band on, not from the middle: so the slowest speed begins at nought.
        beyond = max(0, abs(away) - PAD_DEAD) / (PAD_REACH - PAD_DEAD)
        lean = beyond if away > 0 else -beyond
        # A pad reports hundreds of times a second, whether anything moved or not.
        if lean != self._lean:
            self._lean = lean
            found.append(WheelLeaned(at_s, self._source, lean))
        pressed = report[5] >> 4 | report[6] << 4 | (report[7] & 0b11) << 12
        changed = pressed ^ self._pressed
        self._pressed = pressed
        found += [
            WheelPressed(at_s, self._source, f"button {number + 1}", bool(pressed >> number & 1))
            for number in range(PAD_BUTTONS)
            if changed >> number & 1
        ]
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
    HidWheel("DualShock 4", 0x054C, 0x05C4, DualShock4, 128),
    HidWheel("DualShock 4 v2", 0x054C, 0x09CC, DualShock4, 128),
)


def known(vendor: int, product: int) -> HidWheel | None:
    """The wheel with these USB numbers; None for any other device."""
    return next((wheel for wheel in KNOWN if (wheel.vendor, wheel.product) == (vendor, product)), None)


def named(name: str) -> HidWheel | None:
    """The wheel of that name, or whose name begins so."""
    wanted = name.casefold().replace(" ", "")
    return next((wheel for wheel in KNOWN if wheel.name.casefold().replace(" ", "").startswith(wanted)), None)

# SPDX-License-Identifier: MIT
"""Faults on request, each a setting with a seed, so that what went wrong once goes wrong again in the same way.

Some sit on the line (noise, lost bytes, torn frames, silence), some in the unit (a reset, a slipping motor, an
oscillator that is off, another protocol), and two replace it by something else that talks. `FAULTS` is the one list of
their names; faulty.py makes them happen.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from followfocus.errors import RequestError
from followfocus.units import parse_duration, parse_number

BOOTLOADER_S = 1.6
"""How long an Arduino's bootloader keeps a board from its program after a reset (optiboot on Uno and Nano)."""


@dataclass(frozen=True, slots=True)
class When:
    """A moment: `seconds` after the start of the unit's take number `take`, counted from 1; 0 is power-on."""

    take: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything that is to go wrong. Rates are per bit, byte or frame; `clock_error` 0.005 is a clock 0.5 % fast."""

    bit_error_rate: float = 0.0
    byte_loss: float = 0.0
    torn_frames: float = 0.0
    mute: When | None = None
    resets: tuple[When, ...] = ()
    slips: tuple[When, ...] = ()
    torque: float = 1.0
    clock_error: float = 0.0
    newer_protocol: bool = False
    other_table: bool = False
    reset_on_open: bool = False
    worn_store: bool = False
    stuck_cue: bool = False
    stuck_stop: bool = False
    unreferenced: bool = False
    impostor: str | None = None

    @property
    def on_the_way(self) -> bool:
        """Whether anything happens on the line or at a moment, beyond how the unit is built."""
        rates = self.bit_error_rate or self.byte_loss or self.torn_frames
        return bool(rates or self.mute or self.resets or self.slips or self.reset_on_open)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a fault is written, what it does, what it is without an argument (None: needs one), and how it is read."""

    argument: str
    words: str
    default: str | None
    read: Callable[[Faults, str], Faults]


def _rate(text: str) -> float:
    try:
        value = parse_number(text)
    except RequestError:
        value = math.nan
    if not 0 <= value <= 1:
        raise RequestError(f"“{text}” is not a rate.", "Write a share from 0 to 1, like 1e-4.")
    return value


def _percent(text: str) -> float:
    try:
        value = parse_number(text.strip().removesuffix("%")) / 100
    except RequestError:
        value = math.nan
    if not -0.5 < value < 0.5:
        raise RequestError(f"“{text}” is not a clock error.", "Write percent, like +0.5% or -0.5%.")
    return value


def _when(text: str) -> When:
    head, plus, tail = text.partition("+")
    take = 1
    if head == "boot" or head.startswith("take"):
        number = "0" if head == "boot" else head.removeprefix("take") or "1"
        if not re.fullmatch(r"[0-9]{1,9}", number) or (head != "boot" and int(number) < 1):
            raise RequestError(f"“{text}” is not a moment.", "Write 1.2s, take3+0.5s or boot+2s.")
        take = int(number)
        text = tail if plus else "0"
    seconds = parse_duration(text, what="moment")
    if seconds < 0:
        raise RequestError(f"“{text}” lies before the start.", "Write 1.2s, take3+0.5s or boot+2s.")
    return When(take, seconds)


FAULTS: dict[str, _Kind] = {
    "noise": _Kind(
        "BER", "flipped bits on the line, both ways", "1e-4", lambda f, t: replace(f, bit_error_rate=_rate(t))
    ),
    "drop": _Kind("RATE", "lost bytes, both ways", "1e-3", lambda f, t: replace(f, byte_loss=_rate(t))),
    "torn": _Kind("RATE", "frames cut off in the middle", "0.05", lambda f, t: replace(f, torn_frames=_rate(t))),
    "mute": _Kind("WHEN", "the cable falls silent both ways, for good", "0.5s", lambda f, t: replace(f, mute=_when(t))),
    "reset": _Kind(
        "WHEN", "the unit resets (brown-out)", "0.5s", lambda f, t: replace(f, resets=(*f.resets, _when(t)))
    ),
    "slip": _Kind(
        "WHEN",
        "a knock makes the motor lose four full steps",
        "0.5s",
        lambda f, t: replace(f, slips=(*f.slips, _when(t))),
    ),
    "weak": _Kind("SHARE", "this share of the motor's torque is left", "0.2", lambda f, t: replace(f, torque=_rate(t))),
    "clock": _Kind("PCT", "the unit's oscillator is off", "+0.5%", lambda f, t: replace(f, clock_error=_percent(t))),
    "newer-protocol": _Kind("", "the next major version", "", lambda f, _: replace(f, newer_protocol=True)),
    "other-table": _Kind("", "built from another message table", "", lambda f, _: replace(f, other_table=True)),
    "dtr-reset": _Kind(
        "",
        f"opening the port resets it, for {BOOTLOADER_S} s; not on a pty",
        "",
        lambda f, _: replace(f, reset_on_open=True),
    ),
    "worn-store": _Kind("", "settings can't be saved", "", lambda f, _: replace(f, worn_store=True)),
    "stuck-cue": _Kind("", "the cue input is always active", "", lambda f, _: replace(f, stuck_cue=True)),
    "stuck-stop": _Kind("", "the stop input is always active", "", lambda f, _: replace(f, stuck_stop=True)),
    "unreferenced": _Kind(
        "",
        "says that it is a real board: where the ring stands is yours to say",
        "",
        lambda f, _: replace(f, unreferenced=True),
    ),
    "gps": _Kind("", "a GPS receiver instead of a unit", "", lambda f, _: replace(f, impostor="gps")),
    "grbl": _Kind("", "a Grbl board instead of a unit", "", lambda f, _: replace(f, impostor="grbl")),
}
WHEN_WORDS = "WHEN is 1.2s (into the first take), take3+0.5s, or boot+2s."


def fault_help() -> list[str]:
    """One line a fault, for --help: how it is written and what it does."""
    lines = []
    for name, kind in FAULTS.items():
        usage = f"{name}[:{kind.argument}]" if kind.argument else name
        usual = f" (alone: {kind.default})" if kind.argument else ""
        lines.append(f"{usage:<15}{kind.words}{usual}")
    return [*lines, WHEN_WORDS]


def parse_faults(names: Sequence[str]) -> Faults:
    """The faults that `names` ask for, such as `noise:1e-4`. Raises RequestError on an unknown name or argument."""
    faults = Faults()
    for text in names:
        name, colon, argument = text.strip().partition(":")
        kind = FAULTS.get(name.strip().lower())
        if kind is None:
            near = difflib.get_close_matches(name, FAULTS, n=1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise RequestError(f"No fault is called “{name}”.", f"{hint}Known: {', '.join(FAULTS)}.")
        if colon and not kind.argument:
            raise RequestError(f"The fault {name} takes no argument.", f"Write it alone: --fault {name}.")
        faults = kind.read(faults, argument.strip() if colon else (kind.default or ""))
    return faults

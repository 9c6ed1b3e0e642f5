# SPDX-License-Identifier: MIT
"""MIDI timecode and MIDI show control, from MIDI's own bytes (MIDI 1.0: MTC quarter and full frames; MSC GO, STOP).

A quarter frame carries an eighth of a label, so eight of them take two frames and name the time at which the first was
sent. Backwards they come in the opposite order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from followfocus.sources.timecode import Labelled, Timecode

RATES = (Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30))
"""Frame rates by MTC's two rate bits; the third is 29.97 drop-frame."""
_DROP = 2
# Four to a frame: at 24 a second each is 10 ms after the one before, and a busy port hands on a period at once.
_GAP_S = 0.25
_EVERYONE = 0x7F


def _label(hours_and_rate: int, minutes: int, seconds: int, frames: int) -> tuple[Timecode, Fraction] | None:
    rate = hours_and_rate >> 5 & 3
    label = Timecode(hours_and_rate & 0x1F, minutes, seconds, frames, drop=rate == _DROP)
    if label.hours > 23 or minutes > 59 or seconds > 59 or frames >= round(RATES[rate]):
        return None
    return label, RATES[rate]


def full_frame(message: bytes) -> tuple[Timecode, Fraction] | None:
    """Label and rate of a full-frame SysEx (F0 7F id 01 01 hh mm ss ff F7), which machines send when they locate."""
    if len(message) != 10 or message[0] != 0xF0 or message[1] != 0x7F or message[3:5] != b"\x01\x01":
        return None
    if message[9] != 0xF7:
        return None
    return _label(*message[5:9])


class QuarterFrames:
    """Data bytes of F1 messages in, a label for every eight that belong together out."""

    def __init__(self) -> None:
        self._nibbles = [0] * 8
        self._began = [0.0] * 8
        self._run = 0
        self._last: int | None = None
        self._last_s = -math.inf
        self._step = 0
        self.fps: Fraction | None = None

    def feed(self, data: int, at_s: float) -> Labelled | None:
        """Take the data byte of a quarter frame that came in at `at_s`; a gap or a change of direction begins anew."""
        piece = data >> 4 & 7
        step = 0 if self._last is None else (piece - self._last) % 8
        moving = 1 if step == 1 else -1 if step == 7 else 0
        # A machine that stood in between may have been somewhere else meanwhile, and goes on with any piece.
        moving = moving if at_s - self._last_s <= _GAP_S else 0
        # Eight in a row in one direction: fewer could be halves of two labels, and that is a time that never was.
        self._run = self._run + 1 if moving and moving == self._step else (2 if moving else 1)
        self._step, self._last, self._last_s = moving, piece, at_s
        self._nibbles[piece], self._began[piece] = data & 0x0F, at_s
        # Only at its last piece: any eight in a row hold all digits, but only these eight were read off at one moment.
        ends = (moving == 1 and piece == 7) or (moving == -1 and piece == 0)
        if self._run < 8 or not ends:
            return None
        n = self._nibbles
        found = _label(n[7] << 4 | n[6], n[5] << 4 | n[4], n[3] << 4 | n[2], n[1] << 4 | n[0])
        if found is None:
            return None
        self.fps = found[1]
        return Labelled(found[0], self._began[0 if moving == 1 else 7], reverse=moving == -1)


@dataclass(frozen=True, slots=True)
class ShowControl:
    """An MSC command: `go` or `stop`, and the cue it names ("" for the one that stands by)."""

    command: str
    cue: str = ""


_COMMANDS = {0x01: "go", 0x02: "stop", 0x03: "resume", 0x08: "all off"}


def show_control(message: bytes, device: int = _EVERYONE) -> ShowControl | None:
    """The command in an MSC SysEx (F0 7F id 02 format command cue… F7) for this device, any format; else None."""
    if len(message) < 7 or message[0] != 0xF0 or message[1] != 0x7F or message[3] != 0x02 or message[-1] != 0xF7:
        return None
    # 7F addresses all; anything else only the device of that number.
    if device not in (_EVERYONE, message[2]) and message[2] != _EVERYONE:
        return None
    word = _COMMANDS.get(message[5])
    if word is None:
        return None
    cue = message[6:-1].split(b"\x00")[0]
    # A cue number that isn't one must not start whatever stands by.
    if any(byte not in b"0123456789." for byte in cue):
        return None
    return ShowControl(word, cue.decode("ascii"))

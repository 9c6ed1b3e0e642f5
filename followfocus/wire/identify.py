# SPDX-License-Identifier: MIT
"""Another thing than the wanted unit on a port: what it is, by its own words, and what to do."""

from __future__ import annotations

import re

from followfocus.errors import FollowFocusError, LineError, NoUnitError, StoppedError, VersionError
from followfocus.names import counted
from followfocus.wire.events import Dropped, Why
from followfocus.wire.messages import PROTOCOL_MAJOR, PROTOCOL_MINOR, Message

# Names before the state report: that alone may come from a grblHAL board as well.
_KNOWN: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\$G[A-Z]{4},[^\r\n]*\*[0-9A-Fa-f]{2}"), "a GPS receiver (it sends NMEA sentences)"),
    (re.compile(rb"grblhal", re.IGNORECASE), "a grblHAL board"),
    (re.compile(rb"\bGrbl (\d\S*)"), "a Grbl board (it says “Grbl {}”)"),
    (re.compile(rb"(?m)^<(Idle|Run|Hold|Alarm|Jog)[|,]"), "a Grbl board (it reports its state)"),
    (re.compile(rb"\bMarlin\b|(?m:^echo:)"), "a Marlin board, as in 3D printers"),
    (re.compile(rb"(?m)^hi \d \d+ (\d[\d.]*)"), "a DFMoco board (version {})"),
)
_LONGEST_QUOTE = 40


def describe(noise: bytes) -> str:
    r"""Guess which device said `noise`, as the end of a sentence: “a GPS receiver …”.

    >>> describe(b"\r\nGrbl 1.1h ['$' for help]\r\n")
    'a Grbl board (it says “Grbl 1.1h”)'
    """
    for pattern, words in _KNOWN:
        found = pattern.search(noise)
        if found:
            return words.format(*(part.decode("latin-1") for part in found.groups()))
    text = _readable(noise)
    if text:
        return f"something that says “{text}”"
    return "something that sends bytes which make no sense at 250000 baud"


def _readable(noise: bytes) -> str:
    """The longest line of `noise`, shortened, if nearly all of it is plain text; else nothing."""
    # A tenth may be damaged: reading began in the middle of a line.
    plain = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in noise)
    if plain < 0.9 * len(noise):
        return ""
    line = max((line.strip() for line in noise.decode("latin-1").splitlines()), key=len, default="")
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def nobody(port: str, noise: bytes) -> NoUnitError:
    """The error for a port on which no unit answered and `noise` was heard."""
    if noise.strip(b"\0"):
        return NoUnitError(
            f"What talks on {port} is not a followfocus unit but {describe(noise)}.",
            "`followfocus ports` lists the ports and what is on them.",
        )
    return NoUnitError(
        f"Nothing answers on {port}.",
        "Check power and cable, and that the firmware is on the board (`followfocus firmware flash`).",
    )


def implausible(port: str, words: str) -> NoUnitError:
    """The error for a unit that says what can't be; `words` end the sentence."""
    return NoUnitError(
        f"What the unit on {port} says of itself can't be: {words}.",
        f"Put this program's own firmware on it: followfocus firmware flash --port {port}.",
    )


def stranger(port: str, serial: bytes, wanted: bytes) -> NoUnitError:
    """The error for another unit at the end of a line that was lost, where `wanted` was before."""
    there, before = (number.rstrip(b"\0").decode("ascii", "replace") for number in (serial, wanted))
    return NoUnitError(
        f"Another unit, {there}, is on {port} now, where {before} was: nothing is sent to it.",
        f"Plug {before} in again, or connect anew to go on with {there}.",
    )


def flood(port: str) -> LineError:
    """The error for a port that brings more than any unit says."""
    return LineError(
        f"What talks on {port} is not a followfocus unit: it sends more than any unit can.",
        "`followfocus ports` lists the ports and what is on them.",
    )


def no_reply(port: str, message: Message, dropped: Dropped, damaged: int) -> FollowFocusError:
    """The error for a command that got no reply, where `damaged` frames came in."""
    if dropped.why is Why.STOPPED:
        return StoppedError(sent=dropped.sent)
    if dropped.doubt:
        words = f"What the unit on {port} says can't be: {dropped.doubt}."
        return LineError(words, "Flash its firmware again, and check that nothing else talks on that line.")
    # What is known best first: STOP was asked for here, a doubt was seen in what came; only then is it plain silence.
    name = type(message).__name__
    remedy = "Set the reference again." if dropped.why is Why.RESET else "Check cable and power."
    noise = f" ({counted(damaged, 'damaged frame')} came in: the line is noisy)" if damaged else ""
    return LineError(f"{name} got no reply on {port}: {dropped.why.value}{noise}.", remedy)


def misfit(port: str, major: int, minor: int) -> VersionError:
    """The error for a unit of protocol `major`.`minor` that this program can't speak with: which side to update."""
    unit, ours = (major, minor), (PROTOCOL_MAJOR, PROTOCOL_MINOR)
    said = f"The unit on {port} speaks protocol {major}.{minor}, this program {PROTOCOL_MAJOR}.{PROTOCOL_MINOR}"
    flash = f"followfocus firmware flash --port {port}"
    if unit > ours:
        return VersionError(f"{said}: nothing has been moved.", "Update this program.")
    if unit < ours:
        return VersionError(f"{said}: nothing has been moved.", f"Update the unit: {flash}.")
    same = f"The unit on {port} speaks protocol {major}.{minor} like this program, but from another table of messages"
    return VersionError(f"{same}: nothing has been moved.", f"Put this program's own firmware on it: {flash}.")

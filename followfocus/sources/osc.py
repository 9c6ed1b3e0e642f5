# SPDX-License-Identifier: MIT
"""OSC in and out: one table of exact addresses over python-osc's parser of messages. No sockets.

An address with a pattern in it (`/followfocus/*`) names nothing here and does nothing. Argument rules:

- A text is what it is about: a cue's number, a slate, a mark.
- A whole number from 1 on is the asker's own running number: it comes back with the answer, and the same number again
  is answered again and not done again, so a packet that a network doubles is one GO.
- A button's release (0, 0.0 or False) asks for nothing; its press (1.0 or True) is as good as no argument.

Time tags are not waited for. A bundle that is not meant for now asks for nothing but STOP.
"""

from __future__ import annotations

import contextlib
import struct
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want

PREFIX = "/followfocus/"
OSC_PORT = 53720
MOST_BYTES = 4096
"""A longer packet isn't for us"""
NOW_WITHIN_S = 0.5
KEPT_ANSWERS = 256
LONGEST_TEXT = 60

ADDRESSES: Mapping[str, Want] = {
    f"{PREFIX}{name}": want
    for name, want in {
        "stop": Want.STOP,
        "go": Want.GO,
        "arm": Want.ARM,
        "disarm": Want.DISARM,
        "back": Want.BACK,
        "next": Want.NEXT,
        "previous": Want.PREVIOUS,
        "standby": Want.STANDBY,
        "take": Want.TAKE,
        "trim": Want.TRIM,
        "mark": Want.MARK,
    }.items()
}
STATE_ADDRESS = f"{PREFIX}state"
"""Asks for the state to be sent back"""
_ABOUT = (Want.STANDBY, Want.TAKE, Want.TRIM, Want.MARK)
"""Requests that must name what they are about"""


@dataclass(frozen=True, slots=True)
class OscHeard:
    """A packet, read: what it asks for, whether it asks for the state, how many of its messages were none of ours."""

    asked: tuple[OutsideAsked, ...] = ()
    state: bool = False
    strange: int = 0


def read_packet(packet: bytes, source: str, at_s: float, utc_s: float) -> OscHeard:
    """A datagram's request. Never raises for its content; RequestError where python-osc is missing."""
    if len(packet) > MOST_BYTES:
        return OscHeard(strange=1)
    asked, state, strange = [], False, 0
    for address, arguments, off_s in _messages(packet, utc_s):
        want = ADDRESSES.get(address)
        if address == STATE_ADDRESS:
            state = True
        # Late or early, a STOP is a STOP; everything else must have been meant for now.
        elif want is None or (want is not Want.STOP and abs(off_s) > NOW_WITHIN_S):
            strange += 1
        else:
            one = _asked(want, arguments, Origin(SourceKind.OSC, source), at_s)
            asked += [] if one is None else [one]
    return OscHeard(tuple(asked), state, strange)


_BUNDLE = b"#bundle\0"
_TAG = struct.Struct(">II")
_SIZE = struct.Struct(">i")
_AT_ONCE = (0, 1)
_NTP_EPOCH_S = 2_208_988_800
MOST_DEEP = 8
_TAGS = frozenset(b",ihfdsbrmtTFN[]")
_NO_OSC = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, struct.error)
"""Errors of python-osc's parser for bytes that are no message, beside its own"""


def _messages(packet: bytes, utc_s: float) -> list[tuple[str, Sequence[object], float]]:
    """Address, arguments and how far from now it is meant to be, of each message."""
    try:
        from pythonosc.osc_message import OscMessage, ParseError
    except ImportError as error:
        raise RequestError("OSC needs python-osc.", "pip install 'followfocus[osc]'") from error
    found: list[tuple[str, Sequence[object], float]] = []
    for content, off_s in _contents(packet, utc_s, 0.0, MOST_DEEP):
        if not _tags_known(content):
            continue
        try:
            read = OscMessage(content)
            found.append((str(read.address), list(read.params), off_s))
        except (ParseError, *_NO_OSC):
            continue
    return found


def _tags_known(content: bytes) -> bool:
    """Whether python-osc knows all type tags: of others it complains on everybody's terminal, once for each."""
    start = (content.find(b"\0") // 4 + 1) * 4
    return set(content[start:].partition(b"\0")[0]) <= _TAGS


def _contents(packet: bytes, utc_s: float, off_s: float, deeper: int) -> Iterator[tuple[bytes, float]]:
    """The messages in a packet, each with how far from now its bundle is meant to be.

    python-osc's own bundles never end for an element of a negative size, and tell late ones as meant for now.
    """
    if not packet.startswith(_BUNDLE):
        yield packet, off_s
        return
    if len(packet) < 16 or deeper == 0:
        return
    seconds_and_fraction = _TAG.unpack_from(packet, 8)
    if seconds_and_fraction != _AT_ONCE:
        off_s = seconds_and_fraction[0] - _NTP_EPOCH_S + seconds_and_fraction[1] / 2**32 - utc_s
    at = 16
    while at + 4 <= len(packet):
        (size,) = _SIZE.unpack_from(packet, at)
        if size <= 0 or at + 4 + size > len(packet):
            return
        yield from _contents(packet[at + 4 : at + 4 + size], utc_s, off_s, deeper - 1)
        at += 4 + size


def _asked(want: Want, arguments: Sequence[object], source: Origin, at_s: float) -> OutsideAsked | None:
    """A request of its arguments; None for a button's release."""
    value, amount, number, rest = "", None, None, list(arguments)
    if want in _ABOUT and rest:
        value = _text(rest.pop(0))
    if want is Want.TRIM and rest:
        amount, rest = _number(rest[0]), rest[1:]
    for argument in rest:
        if isinstance(argument, str):
            value = value or _text(argument)
        # Surfaces send a button's release as 0: it must not be a second GO.
        elif isinstance(argument, (bool, float, int)) and not argument:
            return None
        elif isinstance(argument, int) and not isinstance(argument, bool):
            number = argument
    return OutsideAsked(source, at_s, want, value, amount, number)


def _number(argument: object) -> float | None:
    return float(argument) if isinstance(argument, (int, float)) and not isinstance(argument, bool) else None


def _text(argument: object) -> str:
    if isinstance(argument, float) and argument.is_integer():
        argument = int(argument)
    words = str(argument)[:LONGEST_TEXT]
    return "".join(letter for letter in words if letter.isprintable())


def message(address: str, *arguments: str | int | float) -> bytes:
    """A message as bytes. RequestError where python-osc is missing."""
    try:
        from pythonosc.osc_message_builder import OscMessageBuilder
    except ImportError as error:
        raise RequestError("OSC needs python-osc.", "pip install 'followfocus[osc]'") from error
    builder = OscMessageBuilder(address)
    for argument in arguments:
        builder.add_arg(argument)
    return bytes(builder.build().dgram)


class OscAnswers:
    """Numbers the answers, and knows the last of them again: a request that comes twice is done once."""

    def __init__(self) -> None:
        self._count = 0
        self._kept: OrderedDict[tuple[str, Want, int], bytes] = OrderedDict()

    def again(self, asked: OutsideAsked) -> bytes | None:
        """The answer that this request had already; None for a new one. STOP is always new."""
        # A STOP is never taken for one that came before.
        if asked.number is None or asked.what is Want.STOP:
            return None
        return self._kept.get((asked.source.name, asked.what, asked.number))

    def answer(self, asked: OutsideAsked, words: str, *, passed: bool) -> bytes:
        """`/followfocus/answer`: our running number, theirs (0 for none), what was asked, 1 or 0, and the sentence."""
        self._count = self._count % 0x7FFF_FFFF + 1
        theirs = asked.number or 0
        packet = message(f"{PREFIX}answer", self._count, _int32(theirs), asked.what.value, int(passed), words)
        if asked.number is not None:
            # By what was asked as well, so that two buttons may each count for itself.
            self._kept[asked.source.name, asked.what, asked.number] = packet
            while len(self._kept) > KEPT_ANSWERS:
                self._kept.popitem(last=False)
        return packet


def _int32(number: int) -> int:
    return number if -(2**31) <= number < 2**31 else 0


def state_messages(facts: Mapping[str, object], style: str = "plain") -> list[bytes]:
    """How things stand, a message a fact: `/followfocus/cue "2"`; or as Companion's custom variables."""
    made = []
    for name, value in facts.items():
        if not isinstance(value, (str, int, float)):
            continue
        with contextlib.suppress(ValueError, OverflowError):
            if style == "companion":
                made.append(message(f"/custom-variable/followfocus_{name}/value", str(value)))
            else:
                made.append(message(f"{PREFIX}{name}", int(value) if isinstance(value, bool) else value))
    return made

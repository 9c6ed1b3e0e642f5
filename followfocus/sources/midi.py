# SPDX-License-Identifier: MIT
"""MIDI controllers: from their messages to the events of a hand. Pure; times come with the messages.

There are as many ways to say "one click to the right" as makers. Absolute controls send 7 or 14 bits, or pitch bend;
wheels without ends one of five dialects, named as the field does. What a controller speaks is learned (`midi_learn`).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from followfocus.hand.events import SourceEvent, WheelPlaced, WheelPressed, WheelTurned

CONTROL, PITCH, NOTE_ON, NOTE_OFF = 0xB0, 0xE0, 0x90, 0x80
LSB_OFFSET = 32
"""Control n + 32 is the fine part of control n (MIDI 1.0)."""
HALF = 64


class Dialect(enum.Enum):
    """How a control says where it is, or how far it was turned."""

    ABSOLUTE = "absolute"
    ABSOLUTE_14 = "absolute, 14 bits"
    ABSOLUTE_14_FINE_FIRST = "absolute, 14 bits, fine part first"
    PITCH_BEND = "pitch bend"
    TWOS_COMPLEMENT = "two's complement (1/127)"
    SIGN_BIT = "sign bit (1/65)"
    OFFSET = "binary offset (65/63)"
    ON_OFF = "up and down (127/0)"
    NEXT_ADDRESS = "next control is down"

    @property
    def absolute(self) -> bool:
        """The control has a place, and a way that ends."""
        return self in _ABSOLUTE

    def counts(self, value: int) -> int:
        """The clicks in a value of a relative dialect."""
        if self is Dialect.TWOS_COMPLEMENT:
            return value if value < HALF else value - 128
        if self is Dialect.SIGN_BIT:
            return value if value < HALF else HALF - value
        if self is Dialect.OFFSET:
            return value - HALF
        if self is Dialect.ON_OFF:
            return {127: 1, 0: -1}.get(value, 0)
        # NEXT_ADDRESS: which control it was says the way; its value says how far, where it says anything.
        return max(1, value) if value < HALF else 1


_ABSOLUTE = (Dialect.ABSOLUTE, Dialect.ABSOLUTE_14, Dialect.ABSOLUTE_14_FINE_FIRST, Dialect.PITCH_BEND)


class MidiWheel(BaseModel):
    """One control of a controller: its channel (1 … 16), number (0 for pitch bend), dialect and direction."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: int = Field(ge=1, le=16)
    number: int = Field(default=0, ge=0, le=127)
    dialect: Dialect
    reversed: bool = False

    @property
    def words(self) -> str:
        """For people."""
        what = "pitch bend" if self.dialect is Dialect.PITCH_BEND else f"control {self.number}, {self.dialect.value}"
        return f"channel {self.channel}, {what}{', the other way round' if self.reversed else ''}"


@dataclass(frozen=True, slots=True)
class MidiMessage:
    """A channel message: kind (status without its channel), channel 1 … 16, and its data bytes."""

    kind: int
    channel: int
    first: int
    second: int

    @classmethod
    def of(cls, message: Sequence[int]) -> Self | None:
        """From a whole message's bytes; None for what is no note, control or pitch bend."""
        if len(message) != 3 or message[0] & 0xF0 not in (CONTROL, PITCH, NOTE_ON, NOTE_OFF):
            return None
        if message[1] > 127 or message[2] > 127:
            return None
        return cls(message[0] & 0xF0, (message[0] & 0x0F) + 1, message[1], message[2])

    @property
    def bend(self) -> int:
        """Pitch bend's 14 bits, 0 … 16383."""
        return self.second << 7 | self.first

    @property
    def button(self) -> str:
        """The name of the button that sends this; empty where it is none."""
        if self.kind in (NOTE_ON, NOTE_OFF):
            return f"note {self.channel}/{self.first}"
        return f"control {self.channel}/{self.first}" if self.kind == CONTROL else ""

    @property
    def down(self) -> bool:
        """Whether the message is a button's press, not its release."""
        # A note-on of velocity nought is a note-off (MIDI 1.0): many keyboards send no other.
        return self.second > 0 if self.kind == NOTE_ON else self.kind == CONTROL and self.second >= HALF


def messages_of(data: bytes) -> list[MidiMessage]:
    """The channel messages in a piece of a stream, whatever else is in it. Needs the extra `midi`."""
    import mido

    parser = mido.Parser()
    parser.feed(data)
    found = (MidiMessage.of(message.bytes()) for message in parser)
    return [message for message in found if message is not None]


class MidiDecoder:
    """Messages of one controller in, events of its wheel and buttons out. Without a wheel buttons alone are heard."""

    def __init__(self, source: str, wheel: MidiWheel | None = None) -> None:
        self._source, self._wheel = source, wheel
        self._coarse: int | None = None
        self._fine = 0
        self._down: dict[str, bool] = {}

    def feed(self, message: Sequence[int], at_s: float) -> SourceEvent | None:
        """Take one whole message in; None where it says nothing new."""
        heard = MidiMessage.of(message)
        if heard is None:
            return None
        if self._wheel is not None and self._of_wheel(heard, self._wheel):
            return self._turned(heard, self._wheel, at_s)
        return self._pressed(heard, at_s)

    def _of_wheel(self, heard: MidiMessage, wheel: MidiWheel) -> bool:
        if heard.channel != wheel.channel:
            return False
        if wheel.dialect is Dialect.PITCH_BEND:
            return heard.kind == PITCH
        numbers = {wheel.number}
        if wheel.dialect in (Dialect.ABSOLUTE_14, Dialect.ABSOLUTE_14_FINE_FIRST):
            numbers.add(wheel.number + LSB_OFFSET)
        elif wheel.dialect is Dialect.NEXT_ADDRESS:
            numbers.add(wheel.number + 1)
        return heard.kind == CONTROL and heard.first in numbers

    def _turned(self, heard: MidiMessage, wheel: MidiWheel, at_s: float) -> SourceEvent | None:
        if wheel.dialect.absolute:
            share = self._share(heard, wheel)
            if share is None:
                return None
            return WheelPlaced(at_s, self._source, 1.0 - share if wheel.reversed else share)
        counts = wheel.dialect.counts(heard.second)
        if wheel.dialect is Dialect.NEXT_ADDRESS and heard.first != wheel.number:
            counts = -counts
        if counts == 0:
            return None
        return WheelTurned(at_s, self._source, -counts if wheel.reversed else counts)

    def _share(self, heard: MidiMessage, wheel: MidiWheel) -> float | None:
        """How far an absolute control is; None while the other half of a 14-bit one is to come."""
        if wheel.dialect is Dialect.PITCH_BEND:
            return heard.bend / 16383
        if wheel.dialect is Dialect.ABSOLUTE:
            return heard.second / 127
        is_coarse = heard.first == wheel.number
        if is_coarse:
            self._coarse = heard.second
        else:
            self._fine = heard.second
        # Only the half that comes last completes a place: told at the first, the wheel would jump by 127 and back.
        if self._coarse is None or is_coarse is not (wheel.dialect is Dialect.ABSOLUTE_14_FINE_FIRST):
            return None
        return (self._coarse << 7 | self._fine) / 16383

    def _pressed(self, heard: MidiMessage, at_s: float) -> SourceEvent | None:
        """A button, where it went down or up."""
        # Some controllers send their whole state over and over: only a change is a press.
        if not heard.button or self._down.get(heard.button, False) == heard.down:
            return None
        self._down[heard.button] = heard.down
        return WheelPressed(at_s, self._source, heard.button, heard.down)

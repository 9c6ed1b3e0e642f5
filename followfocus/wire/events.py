# SPDX-License-Identifier: MIT
"""A session's events: outcomes of requests, messages from the unit, changes of the connection. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from followfocus.wire.messages import HelloReply, Message, ResetCause


class Phase(Enum):
    """How far the host and the unit know each other."""

    CLOSED = auto()
    GREETING = auto()
    READY = auto()
    REFUSED = auto()


class Why(Enum):
    """Why a request was dropped without a reply."""

    UNANSWERED = "the unit does not answer"
    RESET = "the unit was reset"
    STOPPED = "a stop came first"
    UNSTOPPED = "the unit has not answered STOP"
    SUPERSEDED = "a newer one took its place"
    CLOSED = "the port was closed"
    REFUSED = "the unit speaks another version"


@dataclass(frozen=True, slots=True)
class Replied:
    """The reply to request `ticket`: when the request was first sent, how often, and when the reply came."""

    ticket: int
    message: Message
    sent_s: float
    received_s: float
    tries: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """Request `ticket` will get no reply. Whether it was carried out is known only if it was never sent.

    `doubt` is what came instead that no unit can say, as the end of a sentence.
    """

    ticket: int
    why: Why
    sent: bool
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The unit said something unasked, or Telemetry, asked for or not (`asked`)."""

    message: Message
    received_s: float
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Greeted:
    """The unit answered the hello and fits; `again` if this session had greeted a unit before."""

    hello: HelloReply
    again: bool


@dataclass(frozen=True, slots=True)
class ResetNoticed:
    """The unit is another boot than before: its position is unknown, its memory empty."""

    boot_id: int
    cause: ResetCause


@dataclass(frozen=True, slots=True)
class Version:
    """The versions of a unit that doesn't fit."""

    major: int
    minor: int
    definitions: int


@dataclass(frozen=True, slots=True)
class Implausible:
    """A unit answered the hello that can't be what it says: `words` end the sentence."""

    words: str


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """A followfocus unit answered, but not the one that this session began with, whose serial number is `wanted`."""

    serial: bytes
    wanted: bytes


@dataclass(frozen=True, slots=True)
class Lost:
    """The unit stopped answering; the session greets it until it does again."""

    why: Why


@dataclass(frozen=True, slots=True)
class StopUnanswered:
    """A stop has gone out for a second without an answer; it still does."""


Event = Replied | Dropped | Said | Greeted | ResetNoticed | Version | Implausible | OtherUnit | Lost | StopUnanswered


@dataclass(frozen=True, slots=True)
class Down:
    """The unit can't be reached; the link keeps trying. With `final` another unit is there, and `words` say it all."""

    words: str
    final: bool = False


Told = Event | Down
"""Everything that a link tells its listeners."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The result of one step: events in order, bytes to send, and when to step again at the latest (None: on bytes)."""

    events: tuple[Event, ...]
    send: bytes
    deadline_s: float | None

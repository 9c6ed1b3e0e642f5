# SPDX-License-Identifier: MIT
"""Events from outside, as frozen values: each says where from, and when by the host's clock.

A source turns its bytes into these and knows nothing else. What an event may do is in one table (`gate`); what becomes
of it is the stage's.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction

from followfocus.sources.timecode import Labelled


class SourceKind(enum.Enum):
    """The kinds of sources."""

    KEY = "key"
    MIDI = "MIDI"
    HID = "pedal or wheel"
    OSC = "OSC"
    MSC = "MSC"
    MTC = "MTC"
    LTC = "LTC"
    CAMERA = "camera"
    REMOTE = "remote"


class Want(enum.Enum):
    """Requests that may come from outside."""

    STOP = "stop"
    GO = "go"
    ARM = "arm"
    DISARM = "disarm"
    BACK = "back to one"
    STANDBY = "standby"
    NEXT = "next"
    PREVIOUS = "previous"
    TAKE = "take"
    TRIM = "trim"
    MARK = "to mark"


@dataclass(frozen=True, slots=True)
class Origin:
    """A source: its kind, and which one of them, as a person would know it again (a port, an address, a camera)."""

    kind: SourceKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class OutsideEvent:
    """The base of all: where from, and when it came in, in seconds of the host's clock."""

    source: Origin
    at_s: float


@dataclass(frozen=True, slots=True)
class OutsideAsked(OutsideEvent):
    """Somebody asks for something.

    `value` is what it is about: a cue's number, a slate, a mark's letter. `amount` is a trim in metres. `number` is the
    asker's own running number, given back with the answer.
    """

    what: Want
    value: str = ""
    amount: float | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ButtonSaid(OutsideEvent):
    """A key, a pad, a pedal or a button went down, or up again. `control` names it within its source."""

    control: str
    down: bool = True


@dataclass(frozen=True, slots=True)
class StripSaid(OutsideEvent):
    """A phone's wheel strip was pushed along by this share of the ring's travel; positive is toward close focus."""

    share: float


@dataclass(frozen=True, slots=True)
class CameraSaid(OutsideEvent):
    """Whether the camera records. None: that is not known any more. `clip` is the clip's name, where it gives one."""

    recording: bool | None
    clip: str = ""


@dataclass(frozen=True, slots=True)
class TimecodeSaid(OutsideEvent):
    """A frame of timecode came in. `fps` is its rate as far as the source tells it: 24, 25 or 30, or 29.97 drop."""

    frame: Labelled
    fps: Fraction | None = None


@dataclass(frozen=True, slots=True)
class TimecodeStopped(OutsideEvent):
    """No frame has come for `STOPPED_S`."""


@dataclass(frozen=True, slots=True)
class TimecodeDoubted(OutsideEvent):
    """The cue is about to begin: look whether the timecode is still in doubt. Asked for by the desk, of itself."""


@dataclass(frozen=True, slots=True)
class SourceSaid(OutsideEvent):
    """A source came, went, or has a sentence about itself."""

    words: str
    trouble: bool = False

# SPDX-License-Identifier: MIT
"""Every message between host and unit: one frozen dataclass each, and one table of ids and layouts.

The wire is little-endian and packed; firmware/PROTOCOL.md says the same in prose and firmware/src/messages.h in C,
and `tests/test_architecture.py` holds the three together. `DEFINITIONS_HASH` is sent in the hello, so that a host and a
unit that were built from different tables find out before anything moves.

A body is encoded and decoded here; numbering, CRC and framing are `session.py`'s and `frames.py`'s.

Longer than 400 lines because it is that one table: a message that stood elsewhere could be forgotten in the hash.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Annotated, ClassVar, TypeVar, dataclass_transform, get_args, get_type_hints

PROTOCOL_MAJOR = 1
PROTOCOL_MINOR = 0

U8 = Annotated[int, "B"]
U16 = Annotated[int, "H"]
U32 = Annotated[int, "I"]
U64 = Annotated[int, "Q"]
I8 = Annotated[int, "b"]
I16 = Annotated[int, "h"]
I32 = Annotated[int, "i"]
Text8 = Annotated[bytes, "8s"]
Text16 = Annotated[bytes, "16s"]


class State(IntEnum):
    """The unit's states; the transitions are the table in PROTOCOL.md."""

    UNREFERENCED = 0
    IDLE = 1
    MOVING = 2
    LOADED = 3
    ARMED = 4
    PLAYING = 5
    STOPPING = 6
    FAULT = 7


class Result(IntEnum):
    """Why a command was refused; OK when it was not."""

    OK = 0
    BAD_LENGTH = 1
    UNKNOWN_TYPE = 2
    BAD_VALUE = 3
    WRONG_STATE = 4
    NOT_REFERENCED = 5
    OUTSIDE_LIMITS = 6
    TOO_FAST = 7
    REVERSAL_TOO_CLOSE = 8
    NOT_COMPLETE = 9
    CRC_MISMATCH = 10
    NOT_AT_START = 11
    BUFFER_FULL = 12
    WRONG_OFFSET = 13
    NO_PROFILE = 14
    FAULT_LATCHED = 15
    INPUT_ACTIVE = 16
    NO_INPUT = 17
    STORE_FAILED = 18
    NOTHING_KNOWN = 19
    HELLO_FIRST = 20


class Fault(IntEnum):
    """Why the unit is in FAULT; latched until ClearFault."""

    NONE = 0
    UNDERRUN = 1
    STREAM_CRC = 2
    STREAM_LIMIT = 3
    STOP_INPUT = 4
    HOME_NOT_FOUND = 5
    STALL = 6
    LATE_STEP = 7
    INTERNAL = 8


class Cause(IntEnum):
    """Why a motion or a take ended."""

    NONE = 0
    DONE = 1
    STOP = 2
    HARD_STOP = 3
    STOP_INPUT = 4
    SILENCE = 5
    SOFT_LIMIT = 6
    FAULT = 7


class Flag(IntFlag):
    """The bits of Telemetry.flags."""

    REFERENCED = 1
    ENERGISED = 2
    CUE_ENABLED = 4
    PROFILE_COMPLETE = 8
    STREAMING = 16
    LAST_KNOWN = 32
    STOP_ACTIVE = 64
    CUE_ACTIVE = 128


class Board(IntEnum):
    """The boards that a unit can be."""

    SIMULATED = 0
    HOST_PROCESS = 1
    ATMEGA328P = 2


class ResetCause(IntEnum):
    """Why the unit last started."""

    UNKNOWN = 0
    POWER_ON = 1
    RESET_PIN = 2
    BROWN_OUT = 3
    WATCHDOG = 4


class StopInput(IntEnum):
    """The wiring of the stop or stall input."""

    NONE = 0
    STOP_BUTTON = 1
    HOME_SWITCH = 2
    STOP_BUTTON_NC = 3
    """A stop button that is closed until pressed: an open line, and so a broken wire, counts as pressed."""


class Silence(IntEnum):
    """How a running take goes on when the host falls silent."""

    FINISH = 0
    SLOW_DOWN = 1
    STOP_AT_ONCE = 2


class CueEdge(IntEnum):
    """Which edge of the cue input starts an armed take."""

    FALLING = 0
    RISING = 1


class Source(IntEnum):
    """The source of a start."""

    HOST = 0
    CUE = 1


class Message:
    """A message body: a frozen dataclass whose fields are laid out in order."""

    __slots__ = ()
    TYPE: ClassVar[int] = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """Part of a step profile: `|count|` steps, the sign being the direction.

    Step by step the unit does `time += interval; edge at time // 256 ticks; interval += add`, with `interval` and `add`
    in 1/256 of a clock tick. A count of 0 is a dwell: `time += interval` whole ticks, no step; `add` is 0.
    """

    interval: U32
    count: I16
    add: I32


SEGMENT = struct.Struct("<Ihi")
TICK_FRACTION = 256

_M = TypeVar("_M", bound=Message)
_Wrap = Callable[[int], int] | None
_BY_TYPE: dict[int, type[Message]] = {}
_LAYOUT: dict[type[Message], tuple[struct.Struct, tuple[str, ...], tuple[_Wrap, ...]]] = {}


def _code_of(annotation: object) -> tuple[str, _Wrap]:
    if isinstance(annotation, type) and issubclass(annotation, IntEnum | IntFlag):
        return "B", annotation
    return get_args(annotation)[1], None


@dataclass_transform(frozen_default=True)
def _message(type_id: int) -> Callable[[type[_M]], type[_M]]:
    def register(cls: type[_M]) -> type[_M]:
        made = dataclass(frozen=True, slots=True)(cls)
        hints = get_type_hints(made, include_extras=True)
        # Of variable length, so outside the fixed layout: it is packed behind it, one after the other.
        names = tuple(name for name in made.__dataclass_fields__ if name != "segments")  # type: ignore[attr-defined]
        codes, wraps = zip(*(_code_of(hints[name]) for name in names), strict=True) if names else ((), ())
        made.TYPE = type_id
        _BY_TYPE[type_id] = made
        _LAYOUT[made] = (struct.Struct("<" + "".join(codes)), names, tuple(wraps))
        return made

    return register


# Host to unit ---------------------------------------------------------------------------------------------------------


@_message(0x01)
class Hello(Message):
    """Opens a session: the unit forgets the last sequence number and answers HelloReply. Its layout never changes."""

    nonce: U32
    major: U8
    minor: U8
    definitions: U32


@_message(0x02)
class GetStatus(Message):
    """Asks for one Telemetry as the reply."""


@_message(0x03)
class Ping(Message):
    """Says that the host is there; Ack."""


@_message(0x04)
class GetConfig(Message):
    """Asks for the Config."""


@_message(0x05)
class Config(Message):
    """The unit's settings: set by the host (Ack), or the reply to GetConfig. Kept in memory until SaveConfig.

    Rates are steps/s, accelerations steps/s². `direction` is 1, or -1 where the ring turns the other way.
    """

    full_steps_per_turn: U16
    microsteps: U16
    motor_teeth: U16
    lens_teeth: U16
    direction: I8
    dir_setup_ticks: U16
    min_interval_ticks: U32
    accel: U32
    goto_rate: U32
    home_rate: U32
    home_backoff: U16
    stop_input: StopInput
    cue_edge: CueEdge
    take_silence: Silence
    silence_ms: U16
    name: Text16


@_message(0x06)
class SaveConfig(Message):
    """Keeps the settings through power-off; Ack. Only at rest."""


@_message(0x07)
class FactoryReset(Message):
    """Settings back to the built-in ones, in memory and kept; the serial number stays. Ack."""


@_message(0x08)
class SetSerial(Message):
    """Writes the serial number (8 ASCII characters) for good; Ack."""

    serial: Text8


@_message(0x09)
class SetTelemetry(Message):
    """Telemetry every `period_ms` (0: none; the shortest is 5); Ack."""

    period_ms: U16


@_message(0x0A)
class GetSafety(Message):
    """Asks for the Safety."""


@_message(0x0B)
class Safety(Message):
    """The settings of the unit's manners: set by the host (Ack), or the reply to GetSafety. Kept by SaveConfig.

    Armed, the unit disarms when it has heard nothing for `armed_silence_s` seconds; 0: it stays armed for ever.
    `settle_ms` is how long the motor is given to settle after it was energised, at most 1000.
    """

    armed_silence_s: U16
    settle_ms: U16


@_message(0x10)
class SetPosition(Message):
    """The ring stands at `position`: sets the reference by hand; Ack, once the motor holds the ring and has settled."""

    position: I32


@_message(0x11)
class SetLimits(Message):
    """Soft limits, both ends allowed; Ack. Cleared to the full range by any reset."""

    minimum: I32
    maximum: I32


@_message(0x12)
class Home(Message):
    """Finds both stops by the input; Ack at once, then Homed. `max_steps` bounds each search."""

    max_steps: U32


@_message(0x13)
class Park(Message):
    """Keeps the position through power-off as last known and releases the motor; Ack."""


@_message(0x14)
class GetLastKnown(Message):
    """Asks for LastKnown."""


@_message(0x15)
class ConfirmPosition(Message):
    """Takes the last known position and limits as true; Ack, once the motor holds the ring and has settled."""


@_message(0x16)
class Hold(Message):
    """1 energises the motor, 0 releases it; a released motor's position is unknown. Ack, of 1 once it has settled."""

    energise: U8


@_message(0x18)
class Goto(Message):
    """Moves to `position` at up to `rate` steps/s (0: the configured rate); Ack at once. May be sent while moving."""

    position: I32
    rate: U32


@_message(0x19)
class Jog(Message):
    """Turns at `rate` steps/s until told otherwise or the soft limit; 0 slows to a stop. Ack at once."""

    rate: I32


@_message(0x1A)
class Follow(Message):
    """A hand's motion: at `position` (1/256 step), turning at `rate` (1/16 step/s), `age` ticks before this came.

    The ring follows along that line, and so behind the hand by what the host takes off the age. Sequence 0: not
    numbered, not answered. For as long as they come at least every 70 ms.
    """

    position: I32
    rate: I32
    age: I32


@_message(0x20)
class ProfileBegin(Message):
    """Announces a profile; Ack. `head` is min(total, segment capacity), the part that must be there to arm."""

    profile_id: U32
    start: I32
    total: U32
    head: U16
    head_crc: U32
    total_crc: U32


@_message(0x21)
class ProfileData(Message):
    """Segments `offset`, `offset + 1`, …; Ack, whose detail is the next offset wanted."""

    offset: U32
    segments: tuple[Segment, ...]


@_message(0x22)
class Arm(Message):
    """Readies the loaded profile; Ack. With `cue` 1 an edge on the cue input starts it too."""

    profile_id: U32
    cue: U8


@_message(0x23)
class Go(Message):
    """Starts the armed profile `delay_ticks` after this frame was taken; Ack, then TakeStarted."""

    take: U16
    delay_ticks: U32


@_message(0x24)
class Disarm(Message):
    """From armed back to loaded; Ack."""


@_message(0x25)
class Unload(Message):
    """Forgets the profile; Ack."""


@_message(0x26)
class GetTake(Message):
    """Asks for the last take's TakeEnded again, as the reply."""


@_message(0x2F)
class ClearFault(Message):
    """Leaves FAULT: to idle if the position is known, to unreferenced if not; Ack."""


# Unit to host: replies carry the command's sequence number, events carry 0 --------------------------------------------


@_message(0x80)
class Ack(Message):
    """The answer to a command that has no reply of its own; and to any command that is refused."""

    command: U8
    result: Result
    detail: I32


@_message(0x81)
class HelloReply(Message):
    """Who the unit is; also sent with sequence 0 and nonce 0 once after every reset."""

    nonce: U32
    major: U8
    minor: U8
    definitions: U32
    firmware_major: U8
    firmware_minor: U8
    firmware_patch: U8
    board: Board
    tick_hz: U32
    segment_capacity: U16
    max_payload: U8
    fastest_interval_ticks: U16
    boot_id: U32
    reset_cause: ResetCause
    serial: Text8


@_message(0x82)
class Telemetry(Message):
    """Where the unit is, by its own clock (ticks since boot)."""

    clock: U64
    state: State
    flags: Flag
    fault: Fault
    position: I32
    rate: I32
    free_segments: U16
    wanted_offset: U32
    last_take: U16
    bad_frames: U16


@_message(0x83)
class LastKnown(Message):
    """The position and limits that were kept by Park; `valid` 0 if there are none."""

    valid: U8
    position: I32
    minimum: I32
    maximum: I32


@_message(0x90)
class StateChanged(Message):
    """An event: the unit went from one state to another, and why."""

    clock: U64
    before: State
    after: State
    cause: Cause
    fault: Fault
    position: I32


@_message(0x91)
class TakeStarted(Message):
    """An event: time zero of a take, by the unit's clock; for a cue, the clock of the edge."""

    take: U16
    source: Source
    clock: U64


@_message(0x92)
class TakeEnded(Message):
    """The unit's evidence of a take: time zero, first and last step edge, end, all by its clock; where it stands."""

    take: U16
    cause: Cause
    position_known: U8
    start_clock: U64
    first_edge_clock: U64
    last_edge_clock: U64
    end_clock: U64
    steps: U32
    position: I32


@_message(0x93)
class Stopped(Message):
    """The answer to STOP and HARD STOP, at once: what was cut off, where, and whether the position is still known."""

    clock: U64
    hard: U8
    was: State
    position: I32
    position_known: U8


@_message(0x94)
class Homed(Message):
    """An event: both stops found; positions run from 0 (the infinity stop) to `span`."""

    span: I32


FOLLOW_SILENCE_S = 0.07
"""A hand that has not been heard of for so long has let go; only after such a pause another following begins."""
POSITION_FRACTION, RATE_FRACTION = 256, 16
"""Follow's parts of a step, and of a step/s."""
FOLLOW_RATE_MAX, FOLLOW_AGE_MAX = 2**20, 2**19
"""A word of a faster hand, or of a time farther from now (ticks), says nothing."""

CUE_LEAD_S = 0.001
"""From the edge of a cue, which TakeStarted tells, to time zero of the take that it starts."""

# STOP and HARD STOP have sequence 0 and no body, so on the wire each is one constant string of bytes, which the unit
# recognises as it arrives, whatever else waits. PROTOCOL.md gives the bytes.
STOP_TYPE = 0x30
HARD_STOP_TYPE = 0x31


def encode_body(message: Message) -> bytes:
    """The packed body of `message`. Raises struct.error where a value does not fit its field."""
    layout, names, _ = _LAYOUT[type(message)]
    body = layout.pack(*(getattr(message, name) for name in names))
    if isinstance(message, ProfileData):
        return body + b"".join(SEGMENT.pack(s.interval, s.count, s.add) for s in message.segments)
    return body


def decode_body(type_id: int, body: bytes) -> Message:
    """The message of type `type_id` in `body`. Raises ValueError on an unknown type, length or enum value."""
    cls = _BY_TYPE.get(type_id)
    if cls is None:
        raise ValueError(f"message type 0x{type_id:02x} is not known")
    layout, names, wraps = _LAYOUT[cls]
    fixed, tail = body[: layout.size], body[layout.size :]
    # A body that is longer than its message is refused, not cut: what it would mean is anybody's guess.
    segmented = cls is ProfileData
    if len(fixed) != layout.size or (tail and not segmented) or (segmented and len(tail) % SEGMENT.size):
        raise ValueError(f"{cls.__name__} has {len(body)} bytes, which does not fit its layout")
    values: dict[str, object] = {
        name: wrap(value) if wrap else value
        for name, wrap, value in zip(names, wraps, layout.unpack(fixed), strict=True)
    }
    if segmented:
        values["segments"] = tuple(Segment(*parts) for parts in SEGMENT.iter_unpack(tail))
    return cls(**values)


def definitions_text() -> str:
    """Messages and enumerations as canonical text, one a line: `01 Hello nonce:I major:B minor:B definitions:I`."""
    lines = []
    for type_id, cls in sorted(_BY_TYPE.items()):
        layout, names, _ = _LAYOUT[cls]
        codes = struct_codes(layout.format)
        parts = [f"{name}:{code}" for name, code in zip(names, codes, strict=True)]
        if cls is ProfileData:
            parts.append("segments:[Ihi]")
        lines.append(" ".join([f"{type_id:02x}", cls.__name__, *parts]))
    enums = (State, Result, Fault, Cause, Flag, Board, ResetCause, StopInput, Silence, CueEdge, Source)
    lines += [" ".join([words.__name__, *(f"{word.name}={word.value}" for word in words)]) for words in enums]
    return "\n".join(lines) + "\n"


def struct_codes(format_text: str) -> list[str]:
    """`<IB8s` as `["I", "B", "8s"]`."""
    codes: list[str] = []
    digits = ""
    for char in format_text.lstrip("<"):
        if char.isdigit():
            digits += char
        else:
            codes.append(digits + char)
            digits = ""
    return codes


DEFINITIONS_HASH = zlib.crc32(definitions_text().encode())


def fields_of(kind: type[Message]) -> tuple[tuple[str, str, Callable[[int], int] | None], ...]:
    """Name, struct code and enumeration (None: a plain value) of each fixed field, in order."""
    layout, names, wraps = _LAYOUT[kind]
    return tuple(zip(names, struct_codes(layout.format), wraps, strict=True))


def message_types() -> dict[int, type[Message]]:
    """All message classes by type id."""
    return dict(_BY_TYPE)

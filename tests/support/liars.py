# SPDX-License-Identifier: MIT
"""A man in the middle of a line who lies: one table of lies, each named, told from a phase of the conversation on.

`Middle` stands between a host and a simulated unit, frame by frame, in either direction: a port in process on a virtual
clock (`LyingPort`), or a proxy on TCP (`lying_server`). Lies know what has been said so far, and nothing of the host.
"""

from __future__ import annotations

import contextlib
import dataclasses
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from followfocus.wire.frames import Frame, FrameReader, encode_frame
from followfocus.wire.link import Port
from followfocus.wire.messages import (
    Ack,
    Arm,
    Cause,
    Config,
    GetConfig,
    GetTake,
    Go,
    Goto,
    HelloReply,
    LastKnown,
    Message,
    ProfileBegin,
    ProfileData,
    Result,
    SetLimits,
    SetPosition,
    State,
    StateChanged,
    Stopped,
    TakeEnded,
    TakeStarted,
    Telemetry,
    decode_body,
    encode_body,
    message_types,
)

PHASES = ("hello", "config", "moves", "upload", "arm", "play", "end")
_BEGINS: dict[int, str] = {
    GetConfig.TYPE: "config",
    Goto.TYPE: "moves",
    ProfileBegin.TYPE: "upload",
    Arm.TYPE: "arm",
    Go.TYPE: "play",
}
"""The host's command with which a phase begins; "end" begins with the unit's TakeEnded."""


@dataclass
class Talk:
    """The talk so far: for lies that depend on it."""

    random: Random
    replies: list[bytes] = field(default_factory=list)
    asked: dict[int, int] = field(default_factory=dict)
    config: Config | None = None
    clock: int = 0
    count: int = 0
    kept: list[bytes] = field(default_factory=list)


Down = Callable[[Frame, Message | None, Talk], list[bytes]]
"""The unit's frame → the bytes that reach the host."""
Up = Callable[[Frame, Talk], tuple[bool, list[bytes]]]
"""The host's frame → whether it reaches the unit, and what the host hears at once."""


@dataclass(frozen=True)
class Lie:
    """One lie. `home` is the phase in which it does most."""

    name: str
    home: str
    down: Down | None = None
    up: Up | None = None


LIES: dict[str, Lie] = {}


def framed(seq: int, message: Message) -> bytes:
    """A message as on the line."""
    return encode_frame(seq, message.TYPE, encode_body(message))


def as_it_was(frame: Frame) -> bytes:
    """The same frame again."""
    return encode_frame(frame.seq, frame.type, frame.body)


def _down(name: str, home: str) -> Callable[[Down], Down]:
    def add(down: Down) -> Down:
        LIES[name] = Lie(name, home, down=down)
        return down

    return add


def _up(name: str, home: str) -> Callable[[Up], Up]:
    def add(up: Up) -> Up:
        LIES[name] = Lie(name, home, up=up)
        return up

    return add


def _but(message: Message, values: dict[str, Any]) -> Message:
    return dataclasses.replace(message, **values)  # type: ignore[type-var]


def _says(called: str, home: str, kind: type[Message], /, **fields: Any) -> None:
    """In every message of this kind these fields are something else: a value, or made of the message and the talk."""

    def down(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
        if not isinstance(message, kind):
            return [as_it_was(frame)]
        values = {key: value(message, talk) if callable(value) else value for key, value in fields.items()}
        return [framed(frame.seq, _but(message, values))]

    LIES[called] = Lie(called, home, down=down)


def _never(name: str, home: str, *kinds: type[Message], unasked: bool = False) -> None:
    """Messages of these kinds never come; with `unasked` nothing that wasn't asked for does."""

    def down(frame: Frame, message: Message | None, _: Talk) -> list[bytes]:
        gone = isinstance(message, kinds) if kinds else True
        return [] if gone and (frame.seq == 0 or not unasked) else [as_it_was(frame)]

    LIES[name] = Lie(name, home, down=down)


# What it says of itself ----------------------------------------------------------------------------------------------

_says("a clock of 0 Hz", "hello", HelloReply, tick_hz=0)
_says("a clock of 1 Hz", "hello", HelloReply, tick_hz=1)
_says("a clock of 4 GHz", "hello", HelloReply, tick_hz=2**32 - 1)
_says("a clock fifty times as fast", "hello", HelloReply, tick_hz=800_000_000)
_says("a clock fifty times as slow", "hello", HelloReply, tick_hz=320_000)
_says("a clock a tenth too fast", "hello", HelloReply, tick_hz=17_600_000)
_says("no room for a profile", "hello", HelloReply, segment_capacity=0)
_says("room for one segment", "hello", HelloReply, segment_capacity=1)
_says("frames of 0 bytes", "hello", HelloReply, max_payload=0)
_says("frames of 255 bytes", "hello", HelloReply, max_payload=255)
_says("a step in no time", "hello", HelloReply, fastest_interval_ticks=0)
_says("another boot each time", "hello", HelloReply, boot_id=lambda _, talk: talk.random.getrandbits(32))
_says("another nonce", "hello", HelloReply, nonce=lambda message, _: message.nonce ^ 1)
_says("a serial number of garbage", "hello", HelloReply, serial=b"\x1b[31m\xff\x00\x07")
_says("gears of zeros", "config", Config, full_steps_per_turn=0, microsteps=0, motor_teeth=0, lens_teeth=0)
_says("a direction of 0", "config", Config, direction=0)
_says("an acceleration of 0", "config", Config, accel=0)
_says("a speed of 0", "config", Config, goto_rate=0)
_says("a step interval of 0", "config", Config, min_interval_ticks=0)
_says("gears beyond measure", "config", Config, full_steps_per_turn=65535, microsteps=65535, lens_teeth=65535)
_says("a name of garbage", "config", Config, name=b"\x1b]0;\x07\xff\xfe\n\r\x00\x9b1234")
_says("limits the wrong way round", "config", LastKnown, valid=1, minimum=100, maximum=-100)


@_down("settings not taken", "config")
def _old_config(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
    if isinstance(message, Config):
        talk.config = talk.config or message
        return [framed(frame.seq, talk.config)]
    return [as_it_was(frame)]


# Answers -------------------------------------------------------------------------------------------------------------


def _acks(name: str, home: str, to: type[Message] | None, **fields: Any) -> None:
    def down(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
        if isinstance(message, Ack) and (to is None or message.command == to.TYPE):
            values = {key: value(message, talk) if callable(value) else value for key, value in fields.items()}
            message = dataclasses.replace(message, **values)
            return [framed(frame.seq, message)]
        return [as_it_was(frame)]

    LIES[name] = Lie(name, home, down=down)


_acks("part -5 of the profile", "upload", ProfileData, detail=-5)
_acks("part 0 of the profile, always", "upload", ProfileData, detail=0)
_acks("part two billion of the profile", "upload", ProfileData, detail=2**31 - 1)
_acks("one part further", "upload", ProfileData, detail=lambda ack, _: ack.detail + 1)
_acks("another part wanted, always", "upload", ProfileData, result=Result.WRONG_OFFSET, detail=1)
_acks("answers to another command", "config", None, command=0x7F)
_acks("refusals of everything", "config", None, result=Result.BAD_VALUE)
_acks("refusals at random", "config", None, result=lambda _, talk: Result(talk.random.randrange(21)))
_acks("hello first, always", "config", None, result=Result.HELLO_FIRST)
_acks("details at random", "config", None, detail=lambda _, talk: talk.random.randrange(-(2**31), 2**31))


@_down("a result that is none", "config")
def _unknown_result(frame: Frame, message: Message | None, _: Talk) -> list[bytes]:
    if isinstance(message, Ack):
        return [encode_frame(frame.seq, frame.type, struct.pack("<BBi", message.command, 200, 0))]
    return [as_it_was(frame)]


@_down("yes to every question", "config")
def _yes(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
    if frame.seq and not isinstance(message, HelloReply | Ack):
        return [framed(frame.seq, Ack(talk.asked.get(frame.seq, 0), Result.OK, 0))]
    return [as_it_was(frame)]


@_down("everything twice", "hello")
def _twice(frame: Frame, _message: Message | None, _talk: Talk) -> list[bytes]:
    return [as_it_was(frame)] * 2


@_down("numbers off by one", "config")
def _other_seq(frame: Frame, _message: Message | None, _talk: Talk) -> list[bytes]:
    return [encode_frame(frame.seq % 255 + 1 if frame.seq else 0, frame.type, frame.body)]


@_down("answers swapped", "config")
def _swapped(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    talk.kept.append(as_it_was(frame))
    if len(talk.kept) < 2:
        return []
    out = talk.kept[::-1]
    talk.kept.clear()
    return out


@_down("old answers again", "moves")
def _replayed(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    talk.kept.append(as_it_was(frame))
    del talk.kept[:-40]
    return [as_it_was(frame), talk.random.choice(talk.kept)]


_never("no answers", "config", Ack)
_never("no events", "hello", unasked=True)
_never("no answer to stop", "moves", Stopped)
_never("no telemetry", "moves", Telemetry, unasked=True)
_never("no change of state", "moves", StateChanged)
_never("no start", "play", TakeStarted)
_never("no end", "play", TakeEnded, unasked=True)
_never("no end, asked or not", "play", TakeEnded)
_never("silence", "arm")


# Where it stands -----------------------------------------------------------------------------------------------------


def _state(name: str, home: str, state: State, *gone: type[Message]) -> None:
    """It says that it is in this state, whatever it does; no word of a change, and none of these either."""

    def down(frame: Frame, message: Message | None, _: Talk) -> list[bytes]:
        if isinstance(message, (StateChanged, *gone)):
            return []
        if isinstance(message, Telemetry):
            return [framed(frame.seq, dataclasses.replace(message, state=state))]
        return [as_it_was(frame)]

    LIES[name] = Lie(name, home, down=down)


_state("always moving", "moves", State.MOVING)
_state("always playing", "play", State.PLAYING)
_state("playing for ever", "play", State.PLAYING, TakeEnded)
_state("always stopping", "moves", State.STOPPING)
_state("always armed", "play", State.ARMED)
_state("always at rest", "moves", State.LOADED)
_state("always in fault", "moves", State.FAULT)
_state("never referenced", "config", State.UNREFERENCED)
_says("positions at random", "moves", Telemetry, position=lambda _, t: t.random.randrange(-(2**31), 2**31))
_says("the lowest position", "moves", Telemetry, position=-(2**31))
_says("rates at random", "moves", Telemetry, rate=lambda _, t: t.random.randrange(-(2**31), 2**31))
_says("flags at random", "moves", Telemetry, flags=lambda _, t: t.random.randrange(256))
_says("room at random", "play", Telemetry, free_segments=65535, wanted_offset=lambda _, t: t.random.getrandbits(32))
_says("a clock at random", "moves", Telemetry, clock=lambda _, t: t.random.getrandbits(64))
_says("a clock at its end", "moves", Telemetry, clock=2**64 - 1)
_says("a clock of 0", "moves", Telemetry, clock=0)


@_down("a clock that runs backwards", "moves")
def _backwards(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
    if isinstance(message, Telemetry):
        talk.clock = talk.clock or 2 * message.clock
        return [framed(frame.seq, dataclasses.replace(message, clock=max(0, talk.clock - message.clock)))]
    return [as_it_was(frame)]


@_down("a clock that stands", "moves")
def _standing(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
    if isinstance(message, Telemetry):
        talk.clock = talk.clock or message.clock
        return [framed(frame.seq, dataclasses.replace(message, clock=talk.clock))]
    return [as_it_was(frame)]


@_down("a clock that leaps", "moves")
def _leaping(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
    if isinstance(message, Telemetry):
        talk.clock += talk.random.choice((0, 0, 0, 10**12))
        return [framed(frame.seq, dataclasses.replace(message, clock=message.clock + talk.clock))]
    return [as_it_was(frame)]


_says("stopped at the very end", "moves", StateChanged, cause=Cause.STOP)


# How a take ended ----------------------------------------------------------------------------------------------------

_says("half the steps", "play", TakeEnded, steps=lambda ended, _: ended.steps // 2)
_says("all the steps and more", "play", TakeEnded, steps=2**32 - 1)
_says("an end before the start", "play", TakeEnded, end_clock=lambda e, _: e.start_clock - 1, last_edge_clock=0)
_says("an end half a second early", "play", TakeEnded, end_clock=lambda e, _: e.end_clock - 8_000_000)
_says("a last step a second late", "play", TakeEnded, last_edge_clock=lambda e, _: e.last_edge_clock + 16_000_000)
_says("edges at random", "play", TakeEnded, first_edge_clock=lambda _, t: t.random.getrandbits(64))
_says("another take's number", "play", TakeEnded, take=lambda ended, _: ended.take + 1)
_says("a start under another number", "play", TakeStarted, take=999)
_says("another start", "play", TakeStarted, clock=lambda started, _: started.clock + 160_000)
_says("an end for no cause", "play", TakeEnded, cause=Cause.NONE)
_says("an end by a stop", "play", TakeEnded, cause=Cause.STOP)
_says("an end nowhere", "play", TakeEnded, position=lambda _, t: t.random.randrange(-(2**31), 2**31))
_says("an end not known where", "play", TakeEnded, position_known=0)


@_down("an end as it begins", "play")
def _ends_at_once(frame: Frame, message: Message | None, _: Talk) -> list[bytes]:
    if not isinstance(message, TakeStarted):
        return [as_it_was(frame)]
    at = message.clock
    return [as_it_was(frame), framed(0, TakeEnded(message.take, Cause.DONE, 1, at, at, at, at, 0, 0))]


@_down("a reset in every breath", "moves")
def _resets(frame: Frame, message: Message | None, talk: Talk) -> list[bytes]:
    if isinstance(message, HelloReply):
        talk.kept = [framed(0, dataclasses.replace(message, nonce=0, boot_id=message.boot_id ^ 1))]
    return [as_it_was(frame), *talk.kept] if isinstance(message, Telemetry) else [as_it_was(frame)]


# Frames --------------------------------------------------------------------------------------------------------------


@_down("bodies cut short", "config")
def _short(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    return [encode_frame(frame.seq, frame.type, frame.body[: talk.random.randrange(len(frame.body) + 1)])]


@_down("bodies too long", "config")
def _long(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    return [encode_frame(frame.seq, frame.type, frame.body + talk.random.randbytes(talk.random.randrange(1, 100)))]


@_down("bodies at random", "config")
def _random_body(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    return [encode_frame(frame.seq, frame.type, talk.random.randbytes(len(frame.body)))]


@_down("any message at any time", "moves")
def _any(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    kind = talk.random.choice(sorted(message_types()))
    body = talk.random.randbytes(talk.random.choice((0, 4, 6, 13, 21, 32, 40)))
    return [as_it_was(frame), encode_frame(talk.random.choice((0, frame.seq)), kind, body)]


@_down("half the frames, torn", "moves")
def _torn(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    data = as_it_was(frame)
    return [data if talk.random.random() < 0.5 else data[: talk.random.randrange(len(data))]]


@_down("a flood of telemetry", "moves")
def _flood(frame: Frame, message: Message | None, _: Talk) -> list[bytes]:
    return [as_it_was(frame) * (2000 if isinstance(message, Telemetry) else 1)]


@_down("a flood of noise", "moves")
def _noise(frame: Frame, _message: Message | None, talk: Talk) -> list[bytes]:
    return [as_it_was(frame), talk.random.randbytes(200_000)]


@_up("its own words come back", "hello")
def _echo(frame: Frame, _: Talk) -> tuple[bool, list[bytes]]:
    return True, [as_it_was(frame)]


@_up("only its own words come back", "hello")
def _only_echo(frame: Frame, _: Talk) -> tuple[bool, list[bytes]]:
    return False, [as_it_was(frame)]


def _swallows(name: str, home: str, *kinds: type[Message], detail: Callable[[Frame], int] = lambda _: 0) -> None:
    """Commands that are answered with yes, and never carried out."""
    types = {kind.TYPE for kind in kinds}

    def up(frame: Frame, _: Talk) -> tuple[bool, list[bytes]]:
        if frame.type not in types:
            return True, []
        return False, [framed(frame.seq, Ack(frame.type, Result.OK, detail(frame)))]

    LIES[name] = Lie(name, home, up=up)


def _next_part(frame: Frame) -> int:
    message = decode_body(frame.type, frame.body)
    return message.offset + len(message.segments) if isinstance(message, ProfileData) else 0


_swallows("moves it does not make", "moves", Goto)
_swallows("a profile it does not keep", "upload", ProfileData, detail=_next_part)
_swallows("not armed, but says so", "arm", Arm)
_swallows("GO without going", "play", Go)
_swallows("a reference it does not take", "config", SetPosition)
_swallows("limits it does not take", "config", SetLimits)
_swallows("settings it does not take", "config", Config)
_swallows("takes it forgets", "play", GetTake)


# Between host and unit -----------------------------------------------------------------------------------------------


class Middle:
    """Passes frames on both ways, lying from `phase` on."""

    def __init__(self, lie: Lie, phase: str, seed: int = 0) -> None:
        self._lie = lie
        self._phase = PHASES.index(phase)
        self._reached = 0
        self._talk = Talk(Random(f"{lie.name}/{phase}/{seed}"))
        self._from_host, self._from_unit = FrameReader(), FrameReader()

    @property
    def lying(self) -> bool:
        """Whether the phase has come."""
        return self._reached >= self._phase

    def up(self, data: bytes) -> tuple[bytes, bytes]:
        """The host's bytes: what reaches the unit, and what comes back at once."""
        onward, back = b"", b""
        for frame in self._from_host.feed(data):
            self._begin(_BEGINS.get(frame.type, ""))
            self._talk.asked[frame.seq] = frame.type
            passes, answers = self._lie.up(frame, self._talk) if self._lie.up and self.lying else (True, [])
            onward += b"\0" + as_it_was(frame) if passes else b""
            back += b"".join(answers)
        return onward, back

    def down(self, data: bytes) -> bytes:
        """The unit's bytes: what reaches the host."""
        out = b""
        for frame in self._from_unit.feed(data):
            message = _read(frame)
            if isinstance(message, TakeEnded) and frame.seq == 0:
                self._begin("end")
            told = self._lie.down(frame, message, self._talk) if self._lie.down and self.lying else [as_it_was(frame)]
            out += b"".join(told)
        return out

    def _begin(self, phase: str) -> None:
        if phase:
            self._reached = max(self._reached, PHASES.index(phase))


def _read(frame: Frame) -> Message | None:
    try:
        return decode_body(frame.type, frame.body)
    except ValueError:
        return None


class Hung(BaseException):
    """The host went on for longer than anything it waits for can take. Not an Exception: nobody may catch it."""


class LyingPort:
    """A port to a unit through a liar. Raises Hung after `most_reads` reads: a hang on a virtual clock."""

    def __init__(self, port: Port, middle: Middle, most_reads: int = 200_000) -> None:
        self.name = port.name
        self._port = port
        self._middle = middle
        self._back = b""
        self._left = most_reads

    def read(self, timeout_s: float) -> bytes:
        """The bytes that the liar lets through."""
        self._left -= 1
        if self._left < 0:
            raise Hung
        if self._back:
            data, self._back = self._back, b""
            return data
        return self._middle.down(self._port.read(timeout_s))

    def write(self, data: bytes) -> None:
        """Send on the bytes that the liar lets through."""
        onward, back = self._middle.up(data)
        self._back += back
        if onward:
            self._port.write(onward)

    def close(self) -> None:
        """Unplug."""
        self._port.close()


@contextlib.contextmanager
def lying_server(unit_port: int, lie: Lie, phase: str) -> Iterator[str]:
    """A TCP server that lies about the unit at `unit_port` of this machine; its URL. Serves one client."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        thread = threading.Thread(target=_serve, args=(listener, unit_port, Middle(lie, phase), ended), name="liar")
        thread.start()
        try:
            yield f"socket://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            ended.set()
            thread.join(60.0)


def _serve(listener: socket.socket, unit_port: int, middle: Middle, ended: threading.Event) -> None:
    while not ended.is_set():
        with contextlib.suppress(OSError):  # nobody yet, or the client is gone
            client, _ = listener.accept()
            with client, socket.create_connection(("127.0.0.1", unit_port)) as unit:
                client.settimeout(60.0)
                _pass_on(client, unit, middle, ended)


def _pass_on(client: socket.socket, unit: socket.socket, middle: Middle, ended: threading.Event) -> None:
    while not ended.is_set():
        ready = select.select([client, unit], [], [], 0.05)[0]
        for line in ready:
            data = line.recv(4096)
            if not data:
                return
            if line is unit:
                client.sendall(middle.down(data))
                continue
            onward, back = middle.up(data)
            unit.sendall(onward)
            client.sendall(back)

# SPDX-License-Identifier: MIT
"""Units on a bench where each byte comes in, and each input moves, at a tick of the unit's clock that is known.

Core, simulated unit and emulated board behind the same few handles; `Talk` speaks to one. No checking here: what is
allowed is said in stop_oracle.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from followfocus.sim.device import SimulatedUnit
from followfocus.wire.frames import FrameReader, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Ack,
    Hello,
    HelloReply,
    Message,
    ProfileBegin,
    ProfileData,
    ResetCause,
    Result,
    decode_body,
    encode_body,
)
from tests.conformance.units import TICK_HZ, BoardBench
from tests.firmware.core import CUE, STOP, Core

BYTE_TICKS = 640
MS = TICK_HZ // 1000
PATIENCE_MS = 600
SEGMENTS_A_FRAME = 5
PINS = ("STEP", "DIR", "ENABLE", "READY", "CUE", "STOP")


class Edge(NamedTuple):
    """A pin that moved: of STEP the rising edges only."""

    tick: int
    pin: str
    level: int


class Rig(Protocol):
    """A unit in the hands of a test: time passes in `run` alone."""

    def tick(self) -> int: ...

    def send(self, data: bytes) -> None: ...

    def run(self, ticks: int) -> bytes: ...

    def edges(self) -> list[Edge]: ...

    def move(self, pin: str, level: int) -> None: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


class CoreRig:
    def __init__(self) -> None:
        self.core = Core()
        self._before = 0

    def tick(self) -> int:
        return self.core.tick

    def send(self, data: bytes) -> None:
        self.core.feed(data)

    def run(self, ticks: int) -> bytes:
        self.core.run(ticks)
        return self.core.output()

    def edges(self) -> list[Edge]:
        inputs = PINS.index("CUE")
        return [
            Edge(edge.tick, PINS[edge.pin], edge.level) for edge in self.core.edges(self._before) if edge.pin < inputs
        ]

    def move(self, pin: str, level: int) -> None:
        self.core.set_input(CUE if pin == "cue" else STOP, level)

    def reset(self) -> None:
        self._before = len(self.core.edges())
        self.core.reset(ResetCause.RESET_PIN)

    def close(self) -> None:
        self.core.close()


class SimulatedRig:
    """The simulated unit, its line at the speed of a real one: a frame is there with its last byte."""

    def __init__(self) -> None:
        self.unit = SimulatedUnit()
        self._edges: list[Edge] = []
        self.unit.pins.listener = lambda tick, pin, level: self._edges.append(Edge(tick, pin, level))
        self.unit.advance(0.0)
        self._on_the_line: list[tuple[int, bytes]] = []
        self._free_at = 0

    def tick(self) -> int:
        return self.unit.clock

    def send(self, data: bytes) -> None:
        self._free_at = max(self._free_at, self.tick())
        for run in data.split(b"\0"):
            whole = run + b"\0"
            self._free_at += BYTE_TICKS * len(whole)
            self._on_the_line.append((self._free_at, whole))
        last, ending = self._on_the_line[-1]  # what follows the last zero
        self._free_at = last - BYTE_TICKS
        self._on_the_line[-1:] = [(self._free_at, ending[:-1])] if len(ending) > 1 else []

    def run(self, ticks: int) -> bytes:
        until = self.tick() + ticks
        while self._on_the_line and self._on_the_line[0][0] <= until:
            due, run = self._on_the_line.pop(0)
            self.unit.feed(run, self.unit.time_of(due))
        self.unit.advance(self.unit.time_of(until))
        return self.unit.take_output()

    def edges(self) -> list[Edge]:
        return list(self._edges)

    def move(self, pin: str, level: int) -> None:
        {"cue": self.unit.set_cue, "stop": self.unit.set_stop}[pin](level == 0)

    def reset(self) -> None:
        self._on_the_line.clear()
        self._free_at = 0
        self.unit.reset(self.unit.time_of(self.tick()))
        self._edges.clear()

    def close(self) -> None: ...


class BoardRig:
    def __init__(self) -> None:
        self.bench = BoardBench()
        self._first = len(self.bench.control.ask("edges")["edges"])
        self._tick = int(self.bench.control.ask("clock")["tick"])
        self._outgoing = b""

    def tick(self) -> int:
        return self._tick

    def send(self, data: bytes) -> None:
        self._outgoing += data

    def run(self, ticks: int) -> bytes:
        out = b""
        while ticks > 0:
            send, self._outgoing = self._outgoing, b""
            answer = self.bench.control.ask("run", ticks=ticks, send=send.hex())
            ticks -= int(answer["ran"])
            out += bytes.fromhex(answer["out"])
            self._tick = int(answer["tick"])
        return out

    def edges(self) -> list[Edge]:
        found = self.bench.control.ask("edges", **{"from": self._first})["edges"]
        return [Edge(*edge) for edge in found if edge[1] != "STEP" or edge[2]]

    def move(self, pin: str, level: int) -> None:
        self.bench.control.ask("set", pin=pin, level=level)

    def reset(self) -> None:
        self._first += len(self.bench.control.ask("edges", **{"from": self._first})["edges"])
        self.bench.control.ask("reset", cause="pin")
        self._tick = 0

    def close(self) -> None:
        self.bench.close()


class Heard(NamedTuple):
    """A message from the unit, and when it had come out at the latest."""

    tick: int
    seq: int
    message: Message


@dataclass(slots=True)
class Talk:
    """The words to a unit and those that it says, each with its tick."""

    rig: Rig
    heard: list[Heard] = field(default_factory=list)
    sent_until: int = 0
    """When the last byte that was sent has come in."""
    _seq: int = 0
    _reader: FrameReader = field(default_factory=FrameReader)

    def greet(self) -> None:
        """Until it has started, and Hello is answered."""
        self.passes(500 * MS)
        self.order(Hello(7, PROTOCOL_MAJOR, PROTOCOL_MINOR, DEFINITIONS_HASH))

    def put(self, data: bytes) -> int:
        """Bytes on the line, behind those that are on their way: when the last has come in."""
        self.sent_until = max(self.sent_until, self.rig.tick()) + BYTE_TICKS * len(data)
        self.rig.send(data)
        return self.sent_until

    def frame(self, message: Message, seq: int | None = None) -> bytes:
        if seq is None:
            seq = self._seq = self._seq % 255 + 1
        return encode_frame(seq, message.TYPE, encode_body(message))

    def passes(self, ticks: int) -> None:
        """Lets time pass, and listens."""
        for frame in self._reader.feed(self.rig.run(ticks)):
            self.heard.append(Heard(self.rig.tick(), frame.seq, decode_body(frame.type, frame.body)))

    def passes_to(self, tick: int) -> None:
        if tick > self.rig.tick():
            self.passes(tick - self.rig.tick())

    def order(self, message: Message) -> Message:
        """Says it, and waits for the answer."""
        first = len(self.heard)
        self.put(self.frame(message))
        for _ in range(PATIENCE_MS):
            self.passes(MS)
            for one in self.heard[first:]:
                if one.seq == self._seq:
                    return one.message
        raise AssertionError(f"no answer to {message}")

    def done(self, message: Message) -> None:
        """Says it, and it is carried out."""
        answer = self.order(message)
        fine = answer.result is Result.OK if isinstance(answer, Ack) else isinstance(answer, HelloReply)
        assert fine, f"{message}: {answer}"

    def load(self, begin: ProfileBegin, data: Sequence[ProfileData]) -> None:
        for message in (begin, *data):
            self.done(message)


RIGS: dict[str, Callable[[], Rig]] = {"core": CoreRig, "simulated": SimulatedRig, "board": BoardRig}

# SPDX-License-Identifier: MIT
"""The smallest host: frames to a simulated unit and back, by hand, in virtual seconds. No session, no link."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.ports import Device
from followfocus.wire.frames import FrameReader, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    SEGMENT,
    TICK_FRACTION,
    Ack,
    Arm,
    Config,
    GetConfig,
    GetStatus,
    Go,
    Hello,
    Message,
    Ping,
    ProfileBegin,
    ProfileData,
    Result,
    Segment,
    SetLimits,
    SetPosition,
    State,
    StateChanged,
    Telemetry,
    decode_body,
    encode_body,
)

HZ = 16_000_000
_M = TypeVar("_M", bound=Message)


def rigid_unit(**options: object) -> SimulatedUnit:
    """A unit on a ring that costs no time to compute."""
    return SimulatedUnit(mechanics=RigidRing(0.04), **options)  # type: ignore[arg-type]


class Driver:
    """Talks to `device`; `heard` keeps every message with the time it came and its number."""

    def __init__(self, unit: SimulatedUnit | None = None, device: Device | None = None) -> None:
        self.unit = unit if unit is not None else rigid_unit()
        self.device: Device = device if device is not None else self.unit
        self.now_s = 0.0
        self.heard: list[tuple[float, int, Message]] = []
        self._reader = FrameReader()
        self._seq = 0
        self.device.advance(0.0)

    # Bytes and time

    def wait(self, seconds: float, ping_every_s: float | None = None) -> None:
        """Let time pass; with pings, so that the unit doesn't think that the host is gone."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self._run_to(min(end_s, self.now_s + (ping_every_s or seconds)))
            if ping_every_s is not None and self.now_s < end_s:
                self.ask(Ping())

    def _run_to(self, when_s: float) -> None:
        while self.now_s < when_s:
            self.now_s = min(when_s, max(self.now_s, self.device.advance(when_s, until_output=True)))
            self.collect()

    def collect(self) -> None:
        """Read what has come."""
        for frame in self._reader.feed(self.device.take_output()):
            if frame.type:  # noise makes frames of zeros out of a run of zeros, and their CRC is right
                self.heard.append((self.now_s, frame.seq, decode_body(frame.type, frame.body)))

    def send(self, data: bytes) -> None:
        self.device.feed(data, self.now_s)
        self.collect()

    # Commands

    def frame(self, command: Message, seq: int) -> bytes:
        """A command as bytes."""
        return encode_frame(seq, command.TYPE, encode_body(command))

    def ask(self, command: Message, seq: int | None = None) -> Message:
        """Send a command and wait for its reply."""
        self._seq = self._seq % 255 + 1 if seq is None else seq
        before = len(self.heard)
        self.send(self.frame(command, self._seq))
        for _ in range(200):
            for _, number, message in self.heard[before:]:
                if number == self._seq:
                    return message
            self._run_to(self.now_s + 0.001)
        raise AssertionError(f"no reply to {command}")

    def result(self, command: Message) -> Result:
        """How a command was acknowledged."""
        reply = self.ask(command)
        assert isinstance(reply, Ack), reply
        assert reply.command == command.TYPE
        return reply.result

    def does(self, *commands: Message) -> None:
        """Send commands that must be accepted."""
        for command in commands:
            assert self.result(command) is Result.OK, command

    def status(self) -> Telemetry:
        reply = self.ask(GetStatus())
        assert isinstance(reply, Telemetry)
        return reply

    def wait_for(self, state: State, seconds: float = 20.0, ping_every_s: float | None = 0.1) -> None:
        """Wait until the unit is in `state`."""
        end_s = self.now_s + seconds
        while self.unit.state is not state:
            assert self.now_s < end_s, f"still {self.unit.state.name} after {seconds} s"
            self.wait(0.01)
            if ping_every_s is not None:
                self.ask(Ping())
        self.wait(0.01)

    # What was heard

    def events(self, kind: type[_M]) -> list[_M]:
        """The events of one kind, in order."""
        return [message for _, seq, message in self.heard if seq == 0 and isinstance(message, kind)]

    def changes(self) -> list[tuple[State, State]]:
        return [(event.before, event.after) for event in self.events(StateChanged)]

    # To a starting point

    def hello(self) -> None:
        self.ask(Hello(1, 1, 0, DEFINITIONS_HASH))

    def settings(self, **changes: object) -> None:
        """Change settings."""
        config = self.ask(GetConfig())
        assert isinstance(config, Config)
        self.does(replace(config, **changes))  # type: ignore[arg-type]

    def ready(self, position: int = 0, limits: tuple[int, int] = (-100_000, 100_000)) -> Driver:
        """Greeted, referenced, limited: IDLE."""
        self.hello()
        self.does(SetPosition(position), SetLimits(*limits))
        return self

    def load(self, segments: Sequence[Segment], start: int = 0, profile_id: int = 1, capacity: int = 96) -> None:
        """Upload a profile's head."""
        self.does(begin_of(segments, start, profile_id, capacity))
        self.upload(segments, 0, min(len(segments), capacity))

    def upload(self, segments: Sequence[Segment], first: int, last: int) -> None:
        for offset in range(first, last, 24):
            self.does(ProfileData(offset, tuple(segments[offset : min(offset + 24, last)])))

    def play(self, segments: Sequence[Segment], start: int = 0) -> None:
        """Load, arm and go; doesn't wait for the end."""
        self.load(segments, start)
        self.does(Arm(1, 0), Go(1, 0))

    def edges(self) -> list[tuple[int, int]]:
        return list(self.unit.edges)


def packed(segments: Iterable[Segment]) -> bytes:
    return b"".join(SEGMENT.pack(s.interval, s.count, s.add) for s in segments)


def begin_of(segments: Sequence[Segment], start: int = 0, profile_id: int = 1, capacity: int = 96) -> ProfileBegin:
    head = min(len(segments), capacity)
    return ProfileBegin(
        profile_id, start, len(segments), head, zlib.crc32(packed(segments[:head])), zlib.crc32(packed(segments))
    )


def edge_ticks(segments: Iterable[Segment]) -> list[tuple[int, int]]:
    """Ticks from time zero and directions of the steps of a profile, by PROTOCOL.md's formula word for word."""
    edges, t = [], 0
    for segment in segments:
        interval = segment.interval
        if segment.count == 0:
            t += TICK_FRACTION * interval
        for _ in range(abs(segment.count)):
            t += interval
            edges.append((t // TICK_FRACTION, 1 if segment.count > 0 else -1))
            interval += segment.add
    return edges


def steady(ticks: int, count: int) -> Segment:
    """`count` steps, one every `ticks`."""
    return Segment(ticks * TICK_FRACTION, count, 0)

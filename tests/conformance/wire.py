# SPDX-License-Identifier: MIT
"""A host for the conformance suite: frames and messages, one command at a time, nothing hidden.

It has no retries and no session of its own, so that a case says exactly which bytes go out and sees all that come back.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, FrameReader, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    SEGMENT,
    TICK_FRACTION,
    Ack,
    Arm,
    Config,
    CueEdge,
    GetStatus,
    Go,
    Hello,
    HelloReply,
    Message,
    Ping,
    ProfileBegin,
    ProfileData,
    Result,
    Segment,
    SetPosition,
    Silence,
    State,
    StateChanged,
    StopInput,
    Stopped,
    TakeEnded,
    Telemetry,
    decode_body,
    encode_body,
)
from tests.conformance.units import TICK_HZ, Bench, Step

M = TypeVar("M", bound=Message)
UNDER_WAY = (State.MOVING, State.PLAYING, State.STOPPING)
REPLY_S = 3.0
KEEP_ALIVE_S = 0.1

CONFIG = Config(
    full_steps_per_turn=200,
    microsteps=16,
    motor_teeth=50,
    lens_teeth=130,
    direction=1,
    dir_setup_ticks=320,
    min_interval_ticks=800,
    accel=100_000,
    goto_rate=8_000,
    home_rate=2_000,
    home_backoff=16,
    stop_input=StopInput.NONE,
    cue_edge=CueEdge.FALLING,
    take_silence=Silence.FINISH,
    silence_ms=250,
    name=b"bench".ljust(16, b"\0"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile as it is sent."""

    start: int
    segments: tuple[Segment, ...]
    id: int = 7

    @property
    def packed(self) -> bytes:
        return b"".join(SEGMENT.pack(s.interval, s.count, s.add) for s in self.segments)

    @property
    def end(self) -> int:
        return self.start + sum(segment.count for segment in self.segments)

    def begin(self, capacity: int, **changes: int) -> ProfileBegin:
        head = min(len(self.segments), capacity)
        begin = ProfileBegin(
            self.id,
            self.start,
            len(self.segments),
            head,
            zlib.crc32(self.packed[: head * SEGMENT.size]),
            zlib.crc32(self.packed),
        )
        return replace(begin, **changes)

    def expand(self) -> tuple[list[Step], int]:
        """Every step's tick after time zero and direction, and the end: PROTOCOL.md's own five lines."""
        now, steps = 0, []
        for segment in self.segments:
            interval = segment.interval
            if segment.count == 0:
                now += TICK_FRACTION * interval
            for _ in range(abs(segment.count)):
                now += interval
                steps.append(Step(now // TICK_FRACTION, 1 if segment.count > 0 else -1))
                interval += segment.add
        return steps, now // TICK_FRACTION


def even(count: int, interval_ticks: int) -> Segment:
    """Steps at one interval."""
    return Segment(interval_ticks * TICK_FRACTION, count, 0)


def dwell(ticks: int) -> Segment:
    """Time without a step."""
    return Segment(ticks, 0, 0)


def pull(start: int = 0, steps: int = 400, interval_ticks: int = 1600) -> Profile:
    """A small take that gathers speed, holds it and slows down: 0.04 s for 400 steps at 10,000 steps/s."""
    sign = 1 if steps > 0 else -1
    ramp = min(40, abs(steps) // 4)
    slow, fast = 3 * interval_ticks * TICK_FRACTION, interval_ticks * TICK_FRACTION
    change = (slow - fast) // max(1, ramp)
    middle = abs(steps) - 2 * ramp
    segments = (
        Segment(slow, sign * ramp, -change),
        Segment(fast, sign * middle, 0),
        Segment(slow - change * (ramp - 1), sign * ramp, change),
    )
    return Profile(start, segments)


class Host:
    """Talks to one unit, one command at a time."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.port = bench.open_port()
        self.clock = bench.clock
        self.reader = FrameReader()
        self.events: list[Message] = []
        self.replies: dict[int, list[Message]] = {}
        self.hello_reply: HelloReply | None = None
        self._seq = 0

    # Bytes ------------------------------------------------------------------------------------------------------------

    def frame(self, message: Message, seq: int | None = None) -> bytes:
        """The message as bytes, with the next number if none is given."""
        if seq is None:
            seq = self._seq = self._seq % 255 + 1
        return encode_frame(seq, message.TYPE, encode_body(message))

    def write(self, data: bytes) -> None:
        self.port.write(data)

    def read(self, timeout_s: float) -> None:
        """Takes in what comes within `timeout_s`, at most until something has come."""
        for frame in self.reader.feed(self.port.read(timeout_s)):
            message = decode_body(frame.type, frame.body)
            if frame.seq:
                self.replies.setdefault(frame.seq, []).append(message)
            else:
                self.events.append(message)

    def wait(self, there: Callable[[], bool], timeout_s: float = REPLY_S, alive: bool = False) -> bool:
        """Reads until `there()` or the time is up; with `alive` says now and then that the host is there."""
        deadline_s = self.clock.now() + timeout_s
        alive_s = self.clock.now() + KEEP_ALIVE_S
        while not there():
            now_s = self.clock.now()
            if now_s >= deadline_s:
                return False
            if alive and now_s >= alive_s:
                self.write(self.frame(Ping()))
                alive_s = now_s + KEEP_ALIVE_S
            self.read(min(deadline_s, alive_s if alive else deadline_s) - now_s)
        return True

    def pass_time(self, seconds: float, alive: bool = False) -> None:
        self.wait(lambda: False, seconds, alive)

    def until(self, true_of: Callable[[Telemetry], bool], timeout_s: float = REPLY_S) -> Telemetry:
        """Asks for the status again and again until `true_of` it."""
        deadline_s = self.clock.now() + timeout_s
        while not true_of(status := self.status()):
            assert self.clock.now() < deadline_s, f"still {status}"
        return status

    # Commands ---------------------------------------------------------------------------------------------------------

    def ask(self, message: Message, seq: int | None = None, timeout_s: float = REPLY_S) -> Message:
        """The reply to a command."""
        data = self.frame(message, seq)
        return self.ask_bytes(data, self._seq if seq is None else seq, timeout_s)

    def ask_bytes(self, data: bytes, seq: int, timeout_s: float = REPLY_S) -> Message:
        """The reply that carries `seq`, to bytes as they are."""
        self.replies.clear()
        self.write(data)
        assert self.wait(lambda: seq in self.replies, timeout_s), f"no reply to {data.hex()}"
        return self.replies[seq][0]

    def ack(self, message: Message) -> Ack:
        reply = self.ask(message)
        assert isinstance(reply, Ack), f"{message} was answered {reply}"
        assert reply.command == message.TYPE
        return reply

    def ok(self, message: Message) -> int:
        """The command is carried out; the Ack's detail."""
        reply = self.ack(message)
        assert reply.result is Result.OK, f"{message} was refused: {reply.result.name}"
        return reply.detail

    def refused(self, message: Message, reason: Result) -> int:
        """The command is refused for `reason`; the Ack's detail."""
        reply = self.ack(message)
        assert reply.result is reason, f"{message}: {reply.result.name}, not {reason.name}"
        return reply.detail

    def hello(self, nonce: int = 0x1234) -> HelloReply:
        reply = self.ask(Hello(nonce, PROTOCOL_MAJOR, PROTOCOL_MINOR, DEFINITIONS_HASH))
        assert isinstance(reply, HelloReply)
        assert reply.nonce == nonce
        self.hello_reply = reply
        return reply

    @property
    def capacity(self) -> int:
        assert self.hello_reply is not None
        return self.hello_reply.segment_capacity

    @property
    def segments_a_frame(self) -> int:
        assert self.hello_reply is not None
        return (self.hello_reply.max_payload - 8) // SEGMENT.size

    def status(self) -> Telemetry:
        reply = self.ask(GetStatus())
        assert isinstance(reply, Telemetry)
        return reply

    @property
    def state(self) -> State:
        return self.status().state

    # Events -----------------------------------------------------------------------------------------------------------

    def event(self, kind: type[M], timeout_s: float = REPLY_S, alive: bool = False) -> M:
        """The next event of a kind; those before it are dropped."""
        found: list[M] = []

        def there() -> bool:
            while self.events and not found:
                message = self.events.pop(0)
                if isinstance(message, kind):
                    found.append(message)
            return bool(found)

        assert self.wait(there, timeout_s, alive), f"no {kind.__name__} came"
        return found[0]

    def reaches(self, state: State, timeout_s: float = REPLY_S, alive: bool = False) -> StateChanged:
        """The StateChanged that leads to `state`."""
        while True:
            changed = self.event(StateChanged, timeout_s, alive)
            if changed.after is state:
                return changed

    def rests(self, timeout_s: float = REPLY_S, alive: bool = False) -> StateChanged:
        """The StateChanged that ends a motion, a take or a stop."""
        while True:
            changed = self.event(StateChanged, timeout_s, alive)
            if changed.before in UNDER_WAY and changed.after not in UNDER_WAY:
                return changed

    # What many cases begin with ---------------------------------------------------------------------------------------

    def ready(self, position: int = 0, **settings: object) -> None:
        """Greeted, set up and referenced: IDLE at `position`."""
        self.hello()
        self.ok(replace(CONFIG, **settings))  # type: ignore[arg-type]
        self.ok(SetPosition(position))

    def send_segments(self, profile: Profile, first: int, last: int) -> int:
        """Segments `first` to before `last`; the offset wanted next."""
        wanted = first
        while wanted < last:
            piece = profile.segments[wanted : min(last, wanted + self.segments_a_frame)]
            wanted = self.ok(ProfileData(wanted, piece))
        return wanted

    def upload(self, profile: Profile) -> None:
        """Loads the head of a profile, the whole of one that fits."""
        self.ok(profile.begin(self.capacity))
        head = min(len(profile.segments), self.capacity)
        assert self.send_segments(profile, 0, head) == head

    def arm(self, profile: Profile, cue: int = 0) -> None:
        self.upload(profile)
        self.ok(Arm(profile.id, cue))

    def play(self, profile: Profile, take: int = 1, delay_ticks: int = TICK_HZ // 100) -> TakeEnded:
        """Loads, arms, starts and sees a profile to its end."""
        self.arm(profile)
        self.ok(Go(take, delay_ticks))
        return self.event(TakeEnded, 10.0, alive=True)

    def stop(self, hard: bool = False) -> Stopped:
        """Sends STOP as the protocol says, again every 50 ms, until Stopped is there."""
        self.events = [event for event in self.events if not isinstance(event, Stopped)]
        for _ in range(20):
            self.write(HARD_STOP_BYTES if hard else STOP_BYTES)
            if self.wait(lambda: any(isinstance(event, Stopped) for event in self.events), 0.05):
                break
        return self.event(Stopped)

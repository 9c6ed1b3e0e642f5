# SPDX-License-Identifier: MIT
"""The host's half of the protocol, without any I/O, thread or clock: (bytes, now) → (events, bytes to send, deadline).

Theory. One command is under way at a time. It is sent again, byte for byte, until its reply comes or six tries are
used up; the unit remembers the last command it took and so carries out no duplicate. A reply belongs to the command
under way if its number and kind fit; anything else is stale and ignored. Whatever is queued waits its turn, but for a
stop: its bytes leave first, at once and every 50 ms until the unit has said Stopped, and commands that would move the
ring and have not been answered yet are dropped with it, so that no late retry starts what was just stopped.

    CLOSED ──open──→ GREETING ──HelloReply──→ READY       GREETING ──wrong version──→ REFUSED
                        ↑  no reply, or the unit was reset ──┘

Every call gives the present time. Requests only queue; `step` moves everything. Each request ends in exactly one
Replied or Dropped.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable

from followfocus.wire.clocksync import ClockSync
from followfocus.wire.events import (
    Dropped,
    Event,
    Greeted,
    Implausible,
    Lost,
    OtherUnit,
    Phase,
    Replied,
    ResetNoticed,
    Said,
    StopUnanswered,
    Turn,
    Version,
    Why,
)
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, Frame, FrameReader, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Ack,
    Hello,
    HelloReply,
    Message,
    Ping,
    Result,
    SetSerial,
    Stopped,
    Telemetry,
    decode_body,
    encode_body,
)
from followfocus.wire.plausible import Clocked, ClockWatch, doubt, hello_doubt, reply_doubt
from followfocus.wire.requests import HOLDS, MOVES, Request, StopAsked, answers

TRIES = 6
FIRST_WAIT_S = 0.1
HOLD_WAIT_S = 0.25
"""The first wait where the unit may have to energise the motor and let it settle before it answers."""
WAIT_GROWTH = 1.5
BYTE_S = 40e-6
"""One byte at 250000 baud, 8N1."""
GREETING_EVERY_S = 0.25
GREETING_PATIENCE_S = 3.5
"""An Arduino that was reset by the opening of its port spends up to 2 s in its bootloader."""
STOP_EVERY_S = 0.05
STOP_PATIENCE_S = 1.0
ATTENTION_EVERY_S = 0.08
"""Three fit in the 250 ms after which a moving unit takes the host for dead."""
QUIET_S = 0.5
NOISE_KEPT = 2048

_NOT_READY = {Phase.CLOSED: Why.CLOSED, Phase.GREETING: Why.UNANSWERED, Phase.REFUSED: Why.REFUSED}


class Session:
    """One conversation with a unit. `nonce` makes its hellos differ from those of an earlier session."""

    def __init__(self, nonce: int = 1) -> None:
        self.phase = Phase.CLOSED
        self.hello: HelloReply | None = None
        self.sync = ClockSync(16e6)
        self.stale = 0
        self._doubt = ""
        self.given_up = False
        self._clock_watch = ClockWatch(16e6)
        self._reader = FrameReader()
        self._nonce = nonce & 0xFFFFFFFF
        self._seq = 0
        self._tickets = 0
        self._queue: deque[Request] = deque()
        self._current: Request | None = None
        self._greeting_since_s = 0.0
        self._serial: bytes | None = None
        self._stop: StopAsked | None = None
        self._attend_until_s = float("-inf")
        self._last_sent_s = float("-inf")
        self._noise = bytearray()
        self._events: list[Event] = []
        self._send: list[bytes] = []

    # What is asked ----------------------------------------------------------------------------------------------------

    @property
    def bad_frames(self) -> int:
        """Frames from the unit that were dropped as damaged."""
        return self._reader.bad_frames

    @property
    def false_hz(self) -> float | None:
        """The true rate of the unit's clock where that is surely not what it claims."""
        return self._clock_watch.false_hz()

    @property
    def noise(self) -> bytes:
        """All bytes of the greeting, good frames or not: they tell what else may be on the port."""
        return bytes(self._noise)

    @property
    def stopping(self) -> bool:
        """A stop has been asked for and not been answered."""
        return self._stop is not None

    def open(self, now_s: float) -> None:
        """The port is open: begin to greet."""
        self._reader.clear()
        self._noise.clear()
        self._greet(now_s)

    def close(self) -> None:
        """The port is gone: drop every request. The next `step` tells."""
        self._drop_all(Why.CLOSED)
        self.phase = Phase.CLOSED

    def request(self, message: Message, slot: str | None = None) -> int:
        """Queue a command; its ticket. One still waiting in the same `slot` is dropped for it.

        Before the unit is READY it is dropped at once: nothing may move the ring long after it was asked for.
        """
        self._tickets += 1
        if self.phase is not Phase.READY:
            self._events.append(Dropped(self._tickets, _NOT_READY[self.phase], sent=False))
            return self._tickets
        if slot is not None:
            self._drop_waiting(lambda waiting: waiting.slot == slot, Why.SUPERSEDED)
        self._queue.append(Request(self._tickets, message, slot))
        return self._tickets

    def stop(self, now_s: float, *, hard: bool) -> None:
        """Send STOP or HARD STOP ahead of everything until it is answered; drop what would move the ring."""
        if self._stop is None or (hard and not self._stop.hard):
            self._stop = StopAsked(hard, now_s, now_s)
        self._drop_waiting(lambda waiting: isinstance(waiting.message, MOVES), Why.STOPPED)
        if self._current is not None and isinstance(self._current.message, MOVES):
            self._events.append(Dropped(self._current.ticket, Why.STOPPED, sent=True))
            self._current = None

    def say(self, message: Message, now_s: float) -> bool:
        """Send a message that isn't numbered, answered or repeated; False where no unit is there or a stop is out."""
        if self.phase is not Phase.READY or self._stop is not None:
            return False
        self._put(encode_frame(0, message.TYPE, encode_body(message)), now_s)
        return True

    def attend(self, until_s: float) -> None:
        """Let the unit hear from the host at least every 80 ms until `until_s`, whatever the time was before."""
        self._attend_until_s = until_s

    # Time and bytes ---------------------------------------------------------------------------------------------------

    def step(self, data: bytes, now_s: float) -> Turn:
        """Take in `data`, let time pass to `now_s`."""
        if data and self.phase is Phase.GREETING:
            self._noise = (self._noise + data)[-NOISE_KEPT:]
        if self.phase is not Phase.CLOSED:
            for frame in self._reader.feed(data):
                self._take(frame, now_s)
            self._send_what_is_due(now_s)
        turn = Turn(tuple(self._events), b"".join(self._send), self._deadline_s(now_s))
        self._events.clear()
        self._send.clear()
        return turn

    def _take(self, frame: Frame, now_s: float) -> None:
        try:
            message = decode_body(frame.type, frame.body)
        except ValueError:
            if frame.type == HelloReply.TYPE and len(frame.body) >= 9:
                self._misfit(*struct.unpack_from("<IBBI", frame.body + b"\0")[1:])
            self.stale += 1
            return
        if isinstance(message, HelloReply):
            self._meet(frame.seq, message, now_s)
        elif self._doubts(message, now_s):
            self.stale += 1
        elif frame.seq == 0:
            self._hear(message, now_s)
        else:
            self._match(frame.seq, message, now_s)

    def _doubts(self, message: Message, now_s: float) -> bool:
        """Whether a message says what can't be; `_doubt` has the words then."""
        words = doubt(message)
        if not words and isinstance(message, Clocked) and self.hello is not None:
            leaps = self._clock_watch.leaps
            words = self._clock_watch.doubt(message, now_s)
            if self._clock_watch.leaps != leaps:
                self.sync = ClockSync(self.hello.tick_hz)
        self._doubt = words or self._doubt
        return bool(words)

    def _hear(self, message: Message, now_s: float, *, asked: bool = False) -> None:
        """An event, or telemetry."""
        if isinstance(message, Telemetry) and self.phase is Phase.READY:
            self.sync.add(message.clock, now_s)
        if isinstance(message, Stopped) and self._stop is not None and (message.hard or not self._stop.hard):
            self._stop = None
        self._events.append(Said(message, now_s, asked))

    def _match(self, seq: int, message: Message, now_s: float) -> None:
        """A reply, if it fits the command under way."""
        current = self._current
        if current is None or seq != current.seq or not answers(message, current.message):
            self.stale += 1
            return
        words = reply_doubt(message, current.message)
        if words:
            self.stale += 1
            self._doubt = words
            return
        self._current = None
        if isinstance(message, Ack) and message.result is Result.HELLO_FIRST:
            # It was reset, and the word of it was lost.
            self._events.append(Dropped(current.ticket, Why.RESET, sent=True))
            self._greet(now_s)
            return
        if isinstance(message, Telemetry):
            if current.tries == 1:
                back = len(encode_body(message)) + 6
                share_back = back / (back + len(current.frame))
                self.sync.add_round_trip(message.clock, current.sent_s, now_s, share_back)
            self._hear(message, now_s, asked=True)
        if isinstance(current.message, SetSerial) and isinstance(message, Ack) and message.result is Result.OK:
            self._serial = current.message.serial
        if current.ticket:
            self._events.append(Replied(current.ticket, message, current.sent_s, now_s, current.tries))

    # Greeting ---------------------------------------------------------------------------------------------------------

    def _greet(self, now_s: float) -> None:
        self._drop_all(Why.RESET)
        self.phase = Phase.GREETING
        self._greeting_since_s = now_s
        self.given_up = False
        self._nonce = self._nonce % 0xFFFFFFFF + 1
        self._current = self._number(Request(0, Hello(self._nonce, PROTOCOL_MAJOR, PROTOCOL_MINOR, DEFINITIONS_HASH)))
        self._current.due_s = now_s

    def _meet(self, seq: int, reply: HelloReply, now_s: float) -> None:
        """A hello: the answer to ours, or the unit's own word after a reset."""
        if self.hello is not None and reply.boot_id != self.hello.boot_id and self.phase is Phase.READY:
            self._greet(now_s)
        elif self.phase is not Phase.GREETING or self._current is None:
            self.stale += 1
        elif reply.nonce == 0:
            self._current.due_s = now_s
        elif reply.nonce != self._nonce or seq != self._current.seq:
            self.stale += 1
        elif reply.major != PROTOCOL_MAJOR or reply.definitions != DEFINITIONS_HASH:
            self._misfit(reply.major, reply.minor, reply.definitions)
        elif self._serial is not None and reply.serial != self._serial:
            self._refuse(OtherUnit(reply.serial, self._serial))
        elif words := hello_doubt(reply):
            self._refuse(Implausible(words))
        else:
            self._welcome(reply)

    def _welcome(self, reply: HelloReply) -> None:
        before, self.hello = self.hello, reply
        self._serial = reply.serial
        self._current = None
        self.phase = Phase.READY
        if before is None or before.boot_id != reply.boot_id:
            self.sync = ClockSync(reply.tick_hz)
            self._clock_watch = ClockWatch(reply.tick_hz)
        self._events.append(Greeted(reply, again=before is not None))
        if before is not None and before.boot_id != reply.boot_id:
            self._events.append(ResetNoticed(reply.boot_id, reply.reset_cause))

    def _misfit(self, major: int, minor: int, definitions: int) -> None:
        if self.phase is Phase.GREETING:
            self._refuse(Version(major, minor, definitions))

    def _refuse(self, event: Version | Implausible | OtherUnit) -> None:
        self._drop_all(Why.REFUSED)
        self.phase = Phase.REFUSED
        self._events.append(event)

    # Sending ----------------------------------------------------------------------------------------------------------

    def _number(self, request: Request) -> Request:
        self._seq = self._seq % 255 + 1
        request.seq = self._seq
        self._doubt = ""
        request.frame = encode_frame(self._seq, request.message.TYPE, encode_body(request.message))
        return request

    def _send_what_is_due(self, now_s: float) -> None:
        if self._stop is not None and self._stop.due_s <= now_s:
            self._send_stop(self._stop, now_s)
        if self._current is not None and self._current.due_s <= now_s and self._exhausted(self._current, now_s):
            self._lose(now_s)
        if self._current is None and self.phase is Phase.READY:
            self._current = self._next(now_s)
        if self._current is not None and self._current.due_s <= now_s:
            self._transmit(self._current, now_s)

    def _send_stop(self, stop: StopAsked, now_s: float) -> None:
        self._put(HARD_STOP_BYTES if stop.hard else STOP_BYTES, now_s)
        stop.due_s = now_s + STOP_EVERY_S
        if now_s - stop.since_s >= STOP_PATIENCE_S and not stop.told:
            stop.told = True
            self._events.append(StopUnanswered())

    def _exhausted(self, request: Request, now_s: float) -> bool:
        if self.phase is Phase.GREETING:
            return not self.given_up and now_s - self._greeting_since_s >= GREETING_PATIENCE_S
        return request.tries >= TRIES

    def _lose(self, now_s: float) -> None:
        """No reply: greet until there is one. A greeting that finds nobody is told of once, and goes on."""
        if self.phase is Phase.GREETING:
            self.given_up = True
        else:
            self._drop_all(Why.UNANSWERED)
            self._greet(now_s)
        self._events.append(Lost(Why.UNANSWERED))

    def _next(self, now_s: float) -> Request | None:
        if self._queue:
            request = self._queue.popleft()
        elif now_s >= self._ping_due_s():
            request = Request(0, Ping())
        else:
            return None
        request.due_s = now_s
        return self._number(request)

    def _transmit(self, request: Request, now_s: float) -> None:
        if request.tries == 0:
            request.sent_s = now_s
        growth = 1.0 if self.phase is Phase.GREETING else WAIT_GROWTH**request.tries
        first_s = HOLD_WAIT_S if isinstance(request.message, HOLDS) else FIRST_WAIT_S
        first_s = GREETING_EVERY_S if self.phase is Phase.GREETING else first_s
        request.tries += 1
        request.due_s = now_s + first_s * growth + 2 * BYTE_S * len(request.frame)
        # A zero first ends whatever noise or torn frame came before it on the line.
        self._put(request.frame if request.tries == 1 and request.ticket else b"\0" + request.frame, now_s)

    def _put(self, data: bytes, now_s: float) -> None:
        self._send.append(data)
        self._last_sent_s = now_s

    def _ping_due_s(self) -> float:
        quiet_s = self._last_sent_s + QUIET_S  # telemetry may flow all the time: the unit must hear from the host too
        attentive_s = self._last_sent_s + ATTENTION_EVERY_S
        return min(quiet_s, attentive_s) if attentive_s <= self._attend_until_s else quiet_s

    def _deadline_s(self, now_s: float) -> float | None:
        if self.phase is Phase.CLOSED:
            return None
        due = [self._stop.due_s] if self._stop is not None else []
        if self._current is not None:
            due.append(self._current.due_s)
        elif self.phase is Phase.READY:
            due.append(now_s if self._queue else self._ping_due_s())
        return min(due, default=None)

    # Dropping ---------------------------------------------------------------------------------------------------------

    def _drop_waiting(self, chosen: Callable[[Request], bool], why: Why) -> None:
        for request in [waiting for waiting in self._queue if chosen(waiting)]:
            self._queue.remove(request)
            self._events.append(Dropped(request.ticket, why, sent=False))

    def _drop_all(self, why: Why) -> None:
        current, self._current = self._current, None
        if current is not None and current.ticket:
            self._events.append(Dropped(current.ticket, why, sent=True, doubt=self._doubt))
        self._drop_waiting(lambda _: True, why)

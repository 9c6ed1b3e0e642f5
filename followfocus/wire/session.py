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

from followfocus.wire.clocksync import ClockSync
from followfocus.wire.command_queue import CommandQueue
from followfocus.wire.events import (
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
from followfocus.wire.frames import Frame, FrameReader, encode_frame
from followfocus.wire.greeting import GREETING_PATIENCE_S, NOISE_KEPT, Greeting
from followfocus.wire.heard_clock import HeardClock
from followfocus.wire.messages import (
    Ack,
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
from followfocus.wire.outgoing import QUIET_S, FramesOut
from followfocus.wire.plausible import Clocked, doubt
from followfocus.wire.requests import HOLDS
from followfocus.wire.stopping import Stopping

__all__ = ["GREETING_PATIENCE_S", "NOISE_KEPT", "QUIET_S", "TRIES", "Session"]

# Six waits, each half as long again: a silent unit is given up after 2.1 s, after 5.2 s where its motor settles first.
TRIES = 6
FIRST_WAIT_S = 0.1
HOLD_WAIT_S = 0.25
"""The first wait where the unit may have to energise the motor and let it settle before it answers."""
WAIT_GROWTH = 1.5
# A bootloader takes what comes in for its own commands: few
# hellos, and a steady rhythm, since nothing is under way yet.
GREETING_EVERY_S = 0.25

_NOT_READY = {Phase.CLOSED: Why.CLOSED, Phase.GREETING: Why.UNANSWERED, Phase.REFUSED: Why.REFUSED}


class Session:
    """One conversation with a unit. `nonce` makes its hellos differ from those of an earlier session."""

    def __init__(self, nonce: int = 1) -> None:
        self.phase = Phase.CLOSED
        self.hello: HelloReply | None = None
        self.stale = 0
        self.clock = HeardClock()
        self._reader = FrameReader()
        self._greeting = Greeting(nonce)
        self._stopping, self._out = Stopping(), FramesOut()
        self._events: list[Event] = []
        self._commands = CommandQueue(self._events.append)

    # What is asked ----------------------------------------------------------------------------------------------------

    @property
    def bad_frames(self) -> int:
        """Frames from the unit that were dropped as damaged."""
        return self._reader.bad_frames

    @property
    def sync(self) -> ClockSync:
        """The unit's clock against the host's."""
        return self.clock.sync

    @property
    def noise(self) -> bytes:
        """All bytes of the greeting, good frames or not: they tell what else may be on the port."""
        return self._greeting.noise

    @property
    def given_up(self) -> bool:
        """Nobody has answered for long; the greeting goes on."""
        return self._greeting.given_up

    @property
    def stopping(self) -> bool:
        """A stop has been asked for and not been answered."""
        return self._stopping.under_way

    def open(self, now_s: float) -> None:
        """The port is open: begin to greet."""
        self._reader.clear()  # half a frame of the line before must not go on in this one
        self._greeting.forget_noise()
        self._greet(now_s)

    def close(self) -> None:
        """The port is gone: drop every request. The next `step` tells."""
        self._commands.drop_all(Why.CLOSED)
        self.phase = Phase.CLOSED

    def request(self, message: Message, slot: str | None = None) -> int:
        """Queue a command; its ticket. One still waiting in the same `slot` is dropped for it.

        Before the unit is READY it is dropped at once: nothing may move a ring long after it was asked for.
        """
        why = self._stopping.refusal(message) if self.phase is Phase.READY else _NOT_READY[self.phase]
        return self._commands.add(message, slot) if why is None else self._commands.refuse(why)

    def stop(self, now_s: float, *, hard: bool) -> None:
        """Send STOP or HARD STOP ahead of everything until it is answered; drop what would move the ring."""
        self._stopping.ask(now_s, hard=hard)
        self._commands.drop_moves(Why.STOPPED)  # what asks or sets goes on: nobody should wait for it in vain

    def say(self, message: Message, now_s: float) -> bool:
        """Send a message that isn't numbered, answered or repeated, and that only counts now; False where it can't."""
        # Behind a command that waits it would be read when it is old, or take the room of a repeat or a stop.
        if self.phase is not Phase.READY or self._stopping.under_way or self._commands.holds_up:
            return False
        self._out.put(encode_frame(0, message.TYPE, encode_body(message)), now_s)
        return True

    def attend(self, until_s: float) -> None:
        """Let the unit hear from the host at least every 80 ms until `until_s`, whatever the time was before."""
        self._out.attend(until_s)

    # Time and bytes ---------------------------------------------------------------------------------------------------

    def step(self, data: bytes, now_s: float) -> Turn:
        """Take in `data`, let time pass to `now_s`."""
        if data and self.phase is Phase.GREETING:
            self._greeting.hear(data)
        if self.phase is not Phase.CLOSED:
            # What came in first: a reply that is here already must not be met by one more copy of its command.
            for frame in self._reader.feed(data):
                self._take(frame, now_s)
            self._send_what_is_due(now_s)
        turn = Turn(tuple(self._events), self._out.take(), self._deadline_s(now_s))
        self._events.clear()
        return turn

    def _take(self, frame: Frame, now_s: float) -> None:
        try:
            message = decode_body(frame.type, frame.body)
        except ValueError:
            self._read_misfit(frame)
            self.stale += 1
            return
        if isinstance(message, HelloReply):
            self._meet(frame.seq, message, now_s)
        elif self._doubts(message, now_s):
            self.stale += 1  # before it is matched: its command goes out again
        elif frame.seq == 0:
            self._hear(message, now_s)
        else:
            self._match(frame.seq, message, now_s)

    def _doubts(self, message: Message, now_s: float) -> bool:
        """Whether a message says what can't be; who waits for a reply is told the words if none comes."""
        words = doubt(message)
        if not words and isinstance(message, Clocked) and self.hello is not None:
            words = self.clock.doubt(message, now_s)
        self._commands.doubt = words or self._commands.doubt  # the last stays until a reply comes: it says why none did
        return bool(words)

    def _hear(self, message: Message, now_s: float, *, asked: bool = False) -> None:
        """An event, or telemetry."""
        if isinstance(message, Telemetry) and self.phase is Phase.READY:
            self.sync.add(message.clock, now_s)  # while greeting it may be another boot's, begun at nought
        if isinstance(message, Stopped):
            self._stopping.hear(message)
        self._events.append(Said(message, now_s, asked))

    def _match(self, seq: int, message: Message, now_s: float) -> None:
        """A reply, if it fits the command under way."""
        current = self._commands.answered_by(seq, message)
        if current is None:
            self.stale += 1
            return
        if isinstance(message, Ack) and message.result is Result.HELLO_FIRST:
            self._greet(now_s)  # it was reset, and the word of it was lost
            return
        self._commands.current = None
        if isinstance(message, Telemetry):
            self.clock.answered(message, current, now_s)
            self._hear(message, now_s, asked=True)
        if isinstance(current.message, SetSerial) and isinstance(message, Ack) and message.result is Result.OK:
            self._greeting.serial = current.message.serial  # or the next greeting takes it for another unit
        if current.ticket:  # the session's own pings and hellos have none: nobody waits for them
            self._events.append(Replied(current.ticket, message, current.sent_s, now_s, current.tries))

    # Greeting ---------------------------------------------------------------------------------------------------------

    def _greet(self, now_s: float) -> None:
        self._commands.drop_all(Why.RESET)  # asked of the unit as it stood: a reset leaves no place and no profile
        self.phase = Phase.GREETING
        self._commands.begin(self._greeting.hello(now_s), now_s)

    def _meet(self, seq: int, reply: HelloReply, now_s: float) -> None:
        """A hello: the answer to ours, or the unit's own word after a reset."""
        current = self._commands.current
        # The boot before the number: a unit that was reset says so unasked, whatever is under way.
        if self.hello is not None and reply.boot_id != self.hello.boot_id and self.phase is Phase.READY:
            self._greet(now_s)
        elif self.phase is not Phase.GREETING or current is None:
            self.stale += 1
        elif reply.nonce == 0:
            current.due_s = now_s  # it has just started, missed the hello that is out, and would wait for the next
        elif not self._greeting.is_for_us(reply) or seq != current.seq:
            self.stale += 1
        elif refusal := self._greeting.refusal(reply):
            self._refuse(refusal)
        else:
            self._welcome(reply)

    def _welcome(self, reply: HelloReply) -> None:
        before, self.hello = self.hello, reply
        self._greeting.serial = reply.serial
        self._commands.current = None
        self.phase = Phase.READY
        # The same boot has run on while the line was lost, and its clock with it: what was measured still holds.
        if before is None or before.boot_id != reply.boot_id:
            self.clock = HeardClock(reply.tick_hz)
        self._events.append(Greeted(reply, again=before is not None))
        if before is not None and before.boot_id != reply.boot_id:
            self._events.append(ResetNoticed(reply.boot_id, reply.reset_cause))

    def _read_misfit(self, frame: Frame) -> None:
        """A hello of another version may be of another length: its first figures stay where they are for good."""
        if frame.type == HelloReply.TYPE and len(frame.body) >= 9 and self.phase is Phase.GREETING:
            self._refuse(Version(*struct.unpack_from("<IBBI", frame.body + b"\0")[1:]))

    def _refuse(self, event: Version | Implausible | OtherUnit) -> None:
        self._commands.drop_all(Why.REFUSED)
        self.phase = Phase.REFUSED
        self._events.append(event)

    # Sending ----------------------------------------------------------------------------------------------------------

    def _send_what_is_due(self, now_s: float) -> None:
        # STOP before all else, and beside what is under way: it is no command of the queue, has no number and no wait.
        if stop := self._stopping.bytes_due(now_s):
            self._out.put(stop, now_s)
            if self._stopping.runs_out(now_s):
                self._events.append(StopUnanswered())
                self._commands.drop_moves(Why.UNSTOPPED)
        # Before the next is begun: what is lost greets, and nothing of the queue may go out in between.
        if self._is_due(now_s) and self._exhausted(now_s):
            self._lose(now_s)
        if self._commands.current is None and self.phase is Phase.READY:
            self._begin_next(now_s)
        if self._is_due(now_s):
            self._transmit(now_s)

    def _is_due(self, now_s: float) -> bool:
        return self._commands.current is not None and self._commands.current.due_s <= now_s

    def _exhausted(self, now_s: float) -> bool:
        """No more sendings: of a greeting by the time, since whoever is there may still be starting up."""
        if self.phase is Phase.GREETING:
            return self._greeting.runs_out(now_s)
        return self._commands.current is not None and self._commands.current.tries >= TRIES

    def _lose(self, now_s: float) -> None:
        """No reply: greet until there is one. A greeting that finds nobody is told of once, and goes on."""
        if self.phase is Phase.READY:
            self._commands.drop_all(Why.UNANSWERED)
            self._greet(now_s)
        else:
            self._greeting.given_up = True  # it goes on: a unit that is plugged in later is met without a click
        self._events.append(Lost(Why.UNANSWERED))

    def _begin_next(self, now_s: float) -> None:
        if self._commands.begins(stopping=self.stopping):
            self._commands.begin_next(now_s)
        elif now_s >= self._out.ping_due_s:
            self._commands.begin(Ping(), now_s)

    def _transmit(self, now_s: float) -> None:
        request = self._commands.current
        assert request is not None
        if self.phase is Phase.GREETING:
            request.sent(now_s, GREETING_EVERY_S)
        else:
            first_s = HOLD_WAIT_S if isinstance(request.message, HOLDS) else FIRST_WAIT_S
            # Ever longer: a slow line isn't filled with copies.
            request.sent(now_s, first_s * WAIT_GROWTH**request.tries)
        # A zero first ends whatever noise or torn frame came before it on the line.
        self._out.put(request.frame if request.tries == 1 and request.ticket else b"\0" + request.frame, now_s)

    def _deadline_s(self, now_s: float) -> float | None:
        if self.phase is Phase.CLOSED:
            return None  # a stop's repetition too waits for a port: there is nowhere to send it
        due = [] if self._stopping.due_s is None else [self._stopping.due_s]
        if self._commands.current is not None:
            due.append(self._commands.current.due_s)
        elif self.phase is Phase.READY:
            due.append(now_s if self._commands.begins(stopping=self.stopping) else self._out.ping_due_s)
        return min(due, default=None)

# SPDX-License-Identifier: MIT
"""Commands in the order they were asked for, one under way at a time, each ended by exactly one outcome."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from followfocus.wire.events import Dropped, Event, Why
from followfocus.wire.frames import encode_frame
from followfocus.wire.messages import Message, encode_body
from followfocus.wire.plausible import reply_doubt
from followfocus.wire.requests import HOLDS_UP, MOVES, Request, answers


class CommandQueue:
    """Commands that wait, and the one under way. `tell` gets the word of each that is dropped.

    `doubt` is what came instead of a reply to the command under way that no unit can say, as the end of a sentence.
    """

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self.current: Request | None = None
        self.doubt = ""
        self._tell = tell
        self._waiting: deque[Request] = deque()
        self._seq = 0
        self._tickets = 0

    @property
    def holds_up(self) -> bool:
        """The unit may read nothing before it has answered the command under way."""
        return self.current is not None and isinstance(self.current.message, HOLDS_UP)

    def begins(self, *, stopping: bool) -> bool:
        """Something waits that may go out now.

        What moves the ring waits for the answer to a stop. Else a stop that is asked for once more could be taken for
        answered by bytes that the move has overtaken.
        """
        return bool(self._waiting) and not (stopping and isinstance(self._waiting[0].message, MOVES))

    def refuse(self, why: Why) -> int:
        """The ticket of a command that isn't taken."""
        self._tickets += 1
        self._tell(Dropped(self._tickets, why, sent=False))
        return self._tickets

    def add(self, message: Message, slot: str | None) -> int:
        """Let a command wait; its ticket. One that still waits in the same `slot` is dropped for it."""
        # A knob's newest wish alone counts. Were the old ones carried
        # out in turn, the ring would go on after the hand rests.
        if slot is not None:
            self._drop_waiting(lambda waiting: waiting.slot == slot, Why.SUPERSEDED)
        self._tickets += 1
        self._waiting.append(Request(self._tickets, message, slot))
        return self._tickets

    def begin_next(self, now_s: float) -> None:
        """The one that has waited longest is under way now."""
        self._begin(self._waiting.popleft(), now_s)

    def begin(self, message: Message, now_s: float) -> None:
        """A message of the session's own is under way now: nobody has a ticket for it."""
        self._begin(Request(0, message), now_s)

    def _begin(self, request: Request, now_s: float) -> None:
        # A number is never used for two commands in a row, and 0 for none: the unit takes one that it has just seen for
        # the same command once more, answers it again, and doesn't carry it out.
        self._seq = self._seq % 255 + 1
        self.doubt = ""
        request.seq, request.due_s = self._seq, now_s
        request.frame = encode_frame(self._seq, request.message.TYPE, encode_body(request.message))
        self.current = request

    def answered_by(self, seq: int, message: Message) -> Request | None:
        """The command under way where this message answers it; `doubt` has the words where it says what can't be."""
        current = self.current
        if current is None or seq != current.seq or not answers(message, current.message):
            return None
        words = reply_doubt(message, current.message)
        self.doubt = words or self.doubt
        return None if words else current

    def drop_moves(self, why: Why) -> None:
        """A stop came: what would move the ring is dropped, even where it is sent already and may be carried out."""
        self._drop_waiting(lambda waiting: isinstance(waiting.message, MOVES), why)
        if self.current is not None and isinstance(self.current.message, MOVES):
            self.drop_current(why)

    def drop_all(self, why: Why) -> None:
        """Nothing that was asked for will be answered."""
        if self.current is not None:
            self.drop_current(why)
        self._drop_waiting(lambda _: True, why)

    def drop_current(self, why: Why) -> None:
        """No reply will come to the command under way."""
        dropped, self.current = self.current, None
        # Ticket 0 is the session's own, a ping or a hello: nobody waits to hear of it.
        if dropped is not None and dropped.ticket:
            self._tell(Dropped(dropped.ticket, why, sent=True, doubt=self.doubt))

    def _drop_waiting(self, chosen: Callable[[Request], bool], why: Why) -> None:
        # Over a list of its own, since each is taken out of the queue meanwhile.
        for request in [waiting for waiting in self._waiting if chosen(waiting)]:
            self._waiting.remove(request)
            self._tell(Dropped(request.ticket, why, sent=False))

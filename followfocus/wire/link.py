# SPDX-License-Identifier: MIT
"""A unit at the other end of a line: ask it, tell it, stop it, listen, from any thread. The core's only thread is here.

Two ways to pump, one code. On a port in real time a thread reads, steps the session and tells listeners; any other
thread may ask, post and stop, and its bytes are written at once from there. On a virtual clock there is no thread:
whoever waits pumps, reading the port moves the clock, and the same calls give the same result every time.

The link opens its port again by itself when it is lost, and tells listeners what it finds there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from followfocus.clock import Clock, VirtualClock
from followfocus.errors import FollowFocusError, LineError
from followfocus.wire.events import Down, Dropped, Phase, Replied, Told, Why
from followfocus.wire.identify import no_reply
from followfocus.wire.listeners import Listener, ReplyListener
from followfocus.wire.messages import HelloReply, Message
from followfocus.wire.orders import Orders
from followfocus.wire.port import Port, PortOpener
from followfocus.wire.pump import Pump
from followfocus.wire.session import Session
from followfocus.wire.session_view import SessionView

__all__ = ["Down", "Link", "Listener", "Port", "PortOpener", "ReplyListener", "Told"]

LONGEST_READ_S = 0.02
"""How long the thread listens at most before it looks at the time again: another thread may have set a new deadline."""
# For waits that something else ends: a request by its last try, a greeting by its patience. It only keeps a mistake
# here from hanging for ever.
NEVER_S = 3600.0

T = TypeVar("T")


class Link:
    """A unit at the other end of `opener`'s port. Use as a context manager, or `open` and `close`."""

    def __init__(self, opener: PortOpener, clock: Clock, *, nonce: int = 1) -> None:
        self.clock = clock
        self.orders = Orders()
        self._threaded = not isinstance(clock, VirtualClock)
        # Re-entrant: a listener, called under no lock, may post; a stop steps while it holds the lock.
        self._changed = threading.Condition(threading.RLock())
        self._session = Session(nonce)
        self._view = SessionView(self._session, self._changed)
        self._pump = Pump(self._session, opener, clock, self._changed, self.orders, threaded=self._threaded)
        self._thread: threading.Thread | None = None
        # Stops that a signal handler asked for, True for a hard one; the pump sends them. A deque, since its append and
        # popleft are one step each: a flag could be set between the pump's look and its clearing, and a STOP be lost.
        self._stops_wanted: deque[bool] = deque()

    # Opening and closing ----------------------------------------------------------------------------------------------

    def open(self) -> HelloReply:
        """Open the port and greet the unit. Raises LineError, NoUnitError or VersionError, and is closed then."""
        self._pump.open()
        # The thread before the wait: it is the one that reads what is waited for.
        if self._threaded:
            self._thread = threading.Thread(target=self._run, name=f"link {self.port_name}", daemon=True)
            self._thread.start()
        try:
            self._pump.step()
            hello = self.wait_for(self._greeting, NEVER_S)
            assert hello is not None
        except BaseException:
            # Ctrl-C too: a port that stays open with nobody to read it is closed to every other program.
            self.close()
            raise
        return hello

    def close(self) -> None:
        """Close the port, end the thread. Requests under way are dropped."""
        with self._changed:
            # Set before the port closes: the read that fails with it then says nothing of a lost line.
            self._pump.closing = True
            self._changed.notify_all()
        # Not under the lock, which the pump needs to end. A listener may close the link: it can't join its own thread.
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            self._thread = None
        self._pump.close()

    def __enter__(self) -> Link:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _greeting(self) -> HelloReply | None:
        if self._pump.kept.failure is not None:
            raise self._pump.kept.failure
        return self._session.hello if self._session.phase is Phase.READY else None

    # Asking -----------------------------------------------------------------------------------------------------------

    def ask(self, message: Message) -> Replied:
        """Send a command and wait for its reply.

        Raises LineError if there will be none, StoppedError if a stop came first.
        """
        with self._changed:
            self.orders.check()
            # Under the lock that a stop takes: what is asked before it is dropped by it, what comes after is refused.
            ticket = self._session.request(message)
            self._pump.awaited.expect(ticket)
        try:
            self._pump.step()
            result = self.wait_for(lambda: self._pump.awaited.outcome(ticket), NEVER_S)
        finally:
            with self._changed:
                self._pump.awaited.forget(ticket)
        assert isinstance(result, Replied | Dropped)
        if isinstance(result, Dropped):
            raise self._no_reply(message, result)
        return result

    def post(self, message: Message, slot: str | None = None, then: ReplyListener | None = None) -> None:
        """Send a command without waiting. One that still waits in the same `slot` is dropped for it.

        `then` is called with the outcome, where listeners are called.
        """
        with self._changed:
            self.orders.check()
            ticket = self._session.request(message, slot)
            if then is not None:
                self._pump.listeners.answer_to(ticket, then)
        self._pump.step()

    def say(self, message: Message) -> bool:
        """Send a message that nothing answers, past the commands that wait; False if it can't go out now.

        Raises StoppedError in an order that a stop has voided.
        """
        with self._changed:
            self.orders.check()
            said = self._session.say(message, self.clock.now())
            self._pump.step()
        return said

    def stop(self, *, hard: bool) -> None:
        """Send STOP or HARD STOP now, ahead of everything, and again until it is answered. Doesn't wait.

        Every order that was given before is void: whoever carries one out gets StoppedError.
        """
        with self._changed:  # in one piece: whoever waits sees the stop together with what it dropped
            # Void before sent: whoever waits for the lock with a move in hand is refused as soon as it gets it.
            self.orders.stop(self.clock.now())
            self._session.stop(self.clock.now(), hard=hard)
            self._pump.step()

    def stop_soon(self, *, hard: bool) -> None:
        """The same for a signal handler, which may have interrupted anything: takes no lock. The pump sends it."""
        # Void first, sent second: whoever looks in between must not send one more command.
        self.orders.stop(self.clock.now())
        self._stops_wanted.append(hard)

    def attend(self, until_s: float) -> None:
        """Keep the unit assured of the host until `until_s` of the clock."""
        with self._changed:
            self._session.attend(until_s)

    @property
    def port_name(self) -> str:
        """The name of the port it is on, or was on last."""
        return self._pump.kept.name

    @property
    def stopping(self) -> bool:
        """A stop has not been answered yet."""
        return self._session.stopping

    @property
    def up(self) -> bool:
        """A unit is there and has been greeted."""
        return self._session.phase is Phase.READY

    @property
    def hello(self) -> HelloReply | None:
        """The unit's latest hello."""
        return self._session.hello

    @property
    def session(self) -> SessionView:
        """The session's figures: clock, bad frames. For any thread."""
        return self._view

    def _no_reply(self, message: Message, dropped: Dropped) -> FollowFocusError:
        failure = self._pump.kept.failure  # looked at once: the pump forgets it when it finds the port again
        if failure is not None and dropped.why is not Why.STOPPED:
            return LineError(failure.message, failure.remedy)
        return no_reply(self.port_name, message, dropped, self._session.bad_frames)

    # Listening and waiting --------------------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, on the link's thread (on a virtual clock: in whoever waits).

        It must be quick and may post and stop, but neither ask nor wait. Returns what takes it off again.
        """
        return self._pump.listeners.add(listener)

    def wait_for(self, found: Callable[[], T | None], timeout_s: float) -> T | None:
        """The first thing `found` returns that is not None, asked after every event; None after `timeout_s`.

        Raises StoppedError in an order that a stop has voided.
        """
        if self._pump.listeners.telling and (not self._threaded or threading.current_thread() is self._thread):
            raise RuntimeError("a listener must not wait for the link that called it")
        end_s = self.clock.now() + timeout_s
        while True:
            with self._changed:
                result = found()
                now_s = self.clock.now()
                # Found is found, even where a stop came with it: it has happened.
                if result is not None:
                    return result
                self.orders.check()
                if now_s >= end_s:
                    return None
                if self._threaded:
                    # Woken by every event; a second at most, so that a thread that died is found out.
                    self._changed.wait(min(end_s - now_s, 1.0))
                    if self._thread is None or not self._thread.is_alive():
                        raise LineError(f"The link on {self.port_name} is closed.")
                    continue
            self._turn(end_s - now_s)

    def sleep(self, seconds: float) -> None:
        """Let time pass while the link goes on."""
        self.wait_for(lambda: None, seconds)

    # The pump ---------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        # Read without the lock: at worst it listens once more, and `close` waits for that.
        while not self._pump.closing:
            self._turn(LONGEST_READ_S)

    def _turn(self, longest_s: float) -> None:
        # Before the read: a stop from a signal waits for one read at most, which is why reads are short.
        while self._stops_wanted:
            self.stop(hard=self._stops_wanted.popleft())
        self._pump.turn(longest_s)

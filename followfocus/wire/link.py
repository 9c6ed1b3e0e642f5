# SPDX-License-Identifier: MIT
"""A session on a port: the only thread in the core, and the only place that waits on a line.

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
from followfocus.wire.clockreading import BootClock, ClockReading
from followfocus.wire.events import (
    Down,
    Dropped,
    Event,
    Greeted,
    Implausible,
    Lost,
    OtherUnit,
    Phase,
    Replied,
    Told,
    Version,
    Why,
)
from followfocus.wire.identify import flood, implausible, misfit, no_reply, nobody, stranger
from followfocus.wire.intake import Intake
from followfocus.wire.listeners import Listener, Listeners, ReplyListener
from followfocus.wire.messages import HelloReply, Message
from followfocus.wire.orders import Orders
from followfocus.wire.port import Port, PortOpener
from followfocus.wire.session import Session

__all__ = ["Down", "Link", "Listener", "Port", "PortOpener", "ReplyListener", "Told"]

LONGEST_READ_S = 0.02
"""How long the thread listens at most before it looks at the time again: another thread may have set a new deadline."""
REOPEN_EVERY_S = 0.25
NEVER_S = 3600.0

T = TypeVar("T")


class Link:
    """A unit at the other end of `opener`'s port. Use as a context manager, or `open` and `close`."""

    def __init__(self, opener: PortOpener, clock: Clock, *, nonce: int = 1) -> None:
        self.clock = clock
        self.port_name = ""
        self.orders = Orders()
        self._threaded = not isinstance(clock, VirtualClock)
        self._opener = opener
        self._intake = Intake()
        self._session = Session(nonce)
        self._port: Port | None = None
        # Re-entrant: a listener, called under no lock, may post; a stop steps while it holds the lock.
        self._changed = threading.Condition(threading.RLock())
        self._thread: threading.Thread | None = None
        self._closing = False
        self._deadline_s: float | None = None
        self._attempts = 0
        self._reopen_s = 0.0
        self._broken: tuple[Port, LineError] | None = None
        self._down = True
        self._failure: FollowFocusError | None = None
        self._stranger: OtherUnit | None = None
        self._results: dict[int, Replied | Dropped] = {}
        self._awaited: set[int] = set()
        self._listeners = Listeners(self._changed, self.orders, threaded=self._threaded)
        # Stops that a signal handler asked for, True for a hard one; the pump sends them. A deque, since its append and
        # popleft are one step each: a flag could be set between the pump's look and its clearing, and a STOP be lost.
        self._stops_wanted: deque[bool] = deque()

    # Opening and closing ----------------------------------------------------------------------------------------------

    def open(self) -> HelloReply:
        """Open the port and greet the unit. Raises LineError, NoUnitError or VersionError, and is closed then."""
        port = self._opener(0)
        with self._changed:
            self._closing = False
            self._failure = None
            self._take_port(port)
        if self._threaded:
            self._thread = threading.Thread(target=self._run, name=f"link {port.name}", daemon=True)
            self._thread.start()
        try:
            self._step(b"")
            hello = self.wait_for(self._greeting, NEVER_S)
            assert hello is not None
        except BaseException:
            self.close()
            raise
        return hello

    def close(self) -> None:
        """Close the port, end the thread. Requests under way are dropped."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        # Not under the lock, which the pump needs to end. A listener may close the link: it can't join its own thread.
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
            self._thread = None
        with self._changed:
            self._drop_port()

    def __enter__(self) -> Link:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _greeting(self) -> HelloReply | None:
        if self._failure is not None:
            raise self._failure
        return self._session.hello if self._session.phase is Phase.READY else None

    # Asking -----------------------------------------------------------------------------------------------------------

    def ask(self, message: Message) -> Replied:
        """Send a command and wait for its reply.

        Raises LineError if there will be none, StoppedError if a stop came first.
        """
        with self._changed:
            self.orders.check()
            ticket = self._session.request(message)
            self._awaited.add(ticket)
        try:
            self._step(b"")
            result = self.wait_for(lambda: self._results.pop(ticket, None), NEVER_S)
        finally:
            with self._changed:
                # Ctrl-C or a stop may end the wait: a reply that comes later must not be kept for nobody.
                self._awaited.discard(ticket)
                self._results.pop(ticket, None)
        assert isinstance(result, Replied | Dropped)
        if isinstance(result, Dropped):
            raise self._failure_of(message, result)
        return result

    def post(self, message: Message, slot: str | None = None, then: ReplyListener | None = None) -> None:
        """Send a command without waiting. One that still waits in the same `slot` is dropped for it.

        `then` is called with the outcome, where listeners are called.
        """
        with self._changed:
            self.orders.check()
            ticket = self._session.request(message, slot)
            if then is not None:
                self._listeners.answer_to(ticket, then)
        self._step(b"")

    def say(self, message: Message) -> bool:
        """Send a message that nothing answers, past the commands that wait; False if it can't go out now.

        Raises StoppedError in an order that a stop has voided.
        """
        with self._changed:
            self.orders.check()
            said = self._session.say(message, self.clock.now())
            self._step(b"")
        return said

    def stop(self, *, hard: bool) -> None:
        """Send STOP or HARD STOP now, ahead of everything, and again until it is answered. Doesn't wait.

        Every order that was given before is void: whoever carries one out gets StoppedError.
        """
        with self._changed:  # in one piece: whoever waits sees the stop together with what it dropped
            self.orders.stop()
            self._session.stop(self.clock.now(), hard=hard)
            self._step(b"")

    def stop_soon(self, *, hard: bool) -> None:
        """The same for a signal handler, which may have interrupted anything: takes no lock. The pump sends it."""
        self.orders.stop()
        self._stops_wanted.append(hard)

    def attend(self, until_s: float) -> None:
        """Keep the unit assured of the host until `until_s` of the clock."""
        with self._changed:
            self._session.attend(until_s)

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

    # The session itself is handed to nobody: only who holds the lock may look into what it changes.

    @property
    def unit_clock(self) -> ClockReading:
        """What is known of the unit's clock by now. For any thread, without the lock."""
        return self._session.sync.reading

    def unit_clock_of_this_boot(self) -> BootClock:
        """What gives it later, for any thread: that of the unit as it runs now, also after a reset."""
        sync = self._session.sync
        return lambda: sync.reading

    def false_hz(self) -> float | None:
        """The true rate of the unit's clock where that is surely not what it claims."""
        with self._changed:
            return self._session.false_hz

    @property
    def bad_frames(self) -> int:
        """Frames from the unit that were dropped as damaged."""
        return self._session.bad_frames

    def _failure_of(self, message: Message, dropped: Dropped) -> FollowFocusError:
        failure = self._failure  # looked at once: the pump forgets it when it finds the port again
        if failure is not None and dropped.why is not Why.STOPPED:
            return LineError(failure.message, failure.remedy)
        return no_reply(self.port_name, message, dropped, self.bad_frames)

    # Listening and waiting --------------------------------------------------------------------------------------------

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event, on the link's thread (on a virtual clock: in whoever waits).

        It must be quick and may post and stop, but neither ask nor wait. Returns what takes it off again.
        """
        return self._listeners.add(listener)

    def wait_for(self, found: Callable[[], T | None], timeout_s: float) -> T | None:
        """The first thing `found` returns that is not None, asked after every event; None after `timeout_s`.

        Raises StoppedError in an order that a stop has voided.
        """
        if self._listeners.telling and (not self._threaded or threading.current_thread() is self._thread):
            raise RuntimeError("a listener must not wait for the link that called it")
        end_s = self.clock.now() + timeout_s
        while True:
            with self._changed:
                result = found()
                now_s = self.clock.now()
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
            self._pump(end_s - now_s)

    def sleep(self, seconds: float) -> None:
        """Let time pass while the link goes on."""
        self.wait_for(lambda: None, seconds)

    # The pump ---------------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing:
            self._pump(LONGEST_READ_S)

    def _pump(self, longest_s: float) -> None:
        """Listen once, for at most `longest_s` or to the session's deadline, and take in what came."""
        while self._stops_wanted:
            self.stop(hard=self._stops_wanted.popleft())
        with self._changed:
            if self._broken is not None:
                self._lose_port(*self._broken)
            port, deadline_s = self._port, self._deadline_s
        if port is None:
            self._wait_to_reopen(longest_s)
            return
        # Read outside the lock: the pump spends its time there, and a STOP from another thread must not wait for it.
        wait_s = longest_s if deadline_s is None else min(longest_s, max(0.0, deadline_s - self.clock.now()))
        try:
            data = port.read(wait_s)
            if data and not self._intake.takes(len(data), self.clock.now()):
                raise flood(port.name)
        except LineError as error:
            self._lose_port(port, error)
        else:
            self._step(data)
        self._listeners.tell_all()

    def _step(self, data: bytes) -> None:
        """Step the session and send what it wants sent."""
        with self._changed:
            turn = self._session.step(data, self.clock.now())
            self._deadline_s = turn.deadline_s
            for event in turn.events:
                self._note(event)
            port = self._port
            if turn.send and port is not None:
                try:
                    port.write(turn.send)
                except LineError as error:
                    self._broken = (port, error)  # the pump, which may be reading from it, closes it
            if turn.events:
                self._changed.notify_all()
        if not self._threaded:
            self._listeners.tell_all()

    def _note(self, event: Event) -> None:
        """Keep what someone waits for; the rest is for the listeners."""
        if isinstance(event, Replied | Dropped) and event.ticket in self._awaited:
            self._awaited.discard(event.ticket)
            self._results[event.ticket] = event
            return
        if isinstance(event, Version):
            self._refuse(misfit(self.port_name, event.major, event.minor))
        elif isinstance(event, Implausible):
            self._refuse(implausible(self.port_name, event.words))
        elif isinstance(event, Greeted):
            self._down, self._failure, self._attempts = False, None, 0
            self._stranger = None
        elif isinstance(event, Lost):
            self._lost()
        elif isinstance(event, OtherUnit):
            self._meet_stranger(event)
        self._listeners.put(event)

    # Losing and finding the port --------------------------------------------------------------------------------------

    def _refuse(self, failure: FollowFocusError) -> None:
        """Whoever is there now, it is none to go on with."""
        self._failure = failure
        self._go_down(failure.message)

    def _meet_stranger(self, other: OtherUnit) -> None:
        """Another unit is there: told once, however often it is met while the one that was there is looked for."""
        known, self._stranger = self._stranger, other
        failure = stranger(self.port_name, other.serial, other.wanted)
        self._failure = failure
        if known != other:
            self._down = True
            self._listeners.put(Down(str(failure), final=True))
        self._drop_port()

    def _lost(self) -> None:
        """The unit doesn't answer. At the first opening that is final; later another port is tried."""
        noise = self._session.noise
        if self._session.hello is None:
            self._failure = nobody(self.port_name, noise)
            return
        self._go_down(f"The unit on {self.port_name} has stopped answering.")
        if self._port is not None and self._session.given_up:
            self._drop_port()

    def _lose_port(self, port: Port, error: LineError) -> None:
        with self._changed:
            self._broken = None
            if port is not self._port or self._closing:
                return  # another thread has found it lost already, or means to
            self._drop_port()
            if self._session.hello is None:
                self._failure = error
            self._go_down(error.message)

    def _go_down(self, words: str) -> None:
        if not self._down:
            self._down = True
            self._listeners.put(Down(words))

    def _drop_port(self) -> None:
        port, self._port = self._port, None
        self._session.close()
        for event in self._session.step(b"", self.clock.now()).events:
            self._note(event)
        self._changed.notify_all()
        self._deadline_s = None
        self._reopen_s = self.clock.now() + REOPEN_EVERY_S
        if port is not None:
            port.close()

    def _take_port(self, port: Port) -> None:
        self._port = port
        self.port_name = port.name
        self._session.open(self.clock.now())
        self._deadline_s = self.clock.now()

    def _wait_to_reopen(self, longest_s: float) -> None:
        self._listeners.tell_all()
        wait_s = min(longest_s, max(0.0, self._reopen_s - self.clock.now()))
        if wait_s > 0:
            self.clock.sleep_until(self.clock.now() + wait_s)
            return
        with self._changed:
            self._attempts += 1
        # Not under the lock: to open a port may take seconds, and a STOP must be able to void what waits meanwhile.
        try:
            port = self._opener(self._attempts)
        except FollowFocusError:
            with self._changed:
                self._reopen_s = self.clock.now() + REOPEN_EVERY_S
                self._failure = self._stranger = None  # whoever was there is gone
            return
        with self._changed:
            self._take_port(port)
        self._step(b"")

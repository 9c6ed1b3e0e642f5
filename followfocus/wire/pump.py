# SPDX-License-Identifier: MIT
"""Bytes between a session and its port, and word of what came of them: the only place that waits on a line.

`turn` belongs to one thread, the link's or on a virtual clock whoever waits; `step` may be called from any.
"""

from __future__ import annotations

import threading

from followfocus.clock import Clock
from followfocus.errors import FollowFocusError, LineError
from followfocus.wire.awaited import Awaited
from followfocus.wire.events import Told
from followfocus.wire.identify import flood
from followfocus.wire.intake import Intake
from followfocus.wire.kept_port import KeptPort
from followfocus.wire.listeners import Listeners
from followfocus.wire.orders import Orders
from followfocus.wire.port import Port, PortOpener
from followfocus.wire.session import Session


class Pump:
    """Pumps `session`. `changed` is the link's lock, and whoever waits is woken by it; `threaded` on a real clock."""

    def __init__(
        self,
        session: Session,
        opener: PortOpener,
        clock: Clock,
        changed: threading.Condition,
        orders: Orders,
        *,
        threaded: bool,
    ) -> None:
        self.kept = KeptPort(opener, session, clock, self._note)
        self.awaited = Awaited()
        self.listeners = Listeners(changed, orders, threaded=threaded)
        self.closing = False
        self._session, self._clock, self._changed, self._threaded = session, clock, changed, threaded
        self._intake = Intake()
        self._deadline_s: float | None = None

    def open(self) -> None:
        """Open the port, and begin to greet. Raises LineError and the like."""
        # Without the lock, since it may take seconds: nobody else has this link yet.
        port = self.kept.open(0)
        with self._changed:
            self.closing = False
            self.kept.failure = None
            self.kept.take(port)

    def close(self) -> None:
        """Close the port, drop every request."""
        with self._changed:
            self.kept.drop()
            self._changed.notify_all()

    def step(self, data: bytes = b"") -> None:
        """Step the session and send what it wants sent: at once, on whatever thread asked for it."""
        with self._changed:
            turn = self._session.step(data, self._clock.now())
            self._deadline_s = turn.deadline_s
            for event in turn.events:
                self._note(event)
            port = self.kept.port
            if turn.send and port is not None:
                # Under the lock, since bytes of two threads must leave in the order in which the session made them.
                try:
                    port.write(turn.send)
                except LineError as error:
                    self.kept.broken = (port, error)
            if turn.events:
                self._changed.notify_all()
        # With a thread that one alone tells: no listener is ever called from two threads at once.
        if not self._threaded:
            self.listeners.tell_all()

    def turn(self, longest_s: float) -> None:
        """Listen once, for at most `longest_s` or to the session's deadline, and take in what came."""
        with self._changed:
            # A write failed on another thread. It is this one that may be reading from the port, so this one closes it.
            if self.kept.broken is not None:
                self._lose_port(*self.kept.broken)
            port, deadline_s = self.kept.port, self._deadline_s
        if port is None:
            self._wait_to_reopen(longest_s)
            return
        # Read outside the lock: the pump spends its time there, and a STOP from another thread must not wait for it.
        # Not beyond the session's next deadline: a repeat that is due must not wait for bytes that don't come.
        wait_s = longest_s if deadline_s is None else min(longest_s, max(0.0, deadline_s - self._clock.now()))
        try:
            data = port.read(wait_s)
            if data and not self._intake.takes(len(data), self._clock.now()):
                raise flood(port.name)
        except LineError as error:
            self._lose_port(port, error)
        else:
            self.step(data)
        self.listeners.tell_all()

    def _note(self, event: Told) -> None:
        """Keep what someone waits for; the rest is for the listeners, who are told later, without the lock."""
        if not self.awaited.keeps(event):
            self.kept.hear(event)
            self.listeners.put(event)

    def _lose_port(self, port: Port, error: LineError) -> None:
        with self._changed:
            # A port that is closed under the read fails, too; while closing nobody wants to hear of that.
            if not self.closing:
                self.kept.lose(port, error)
                self._changed.notify_all()

    def _wait_to_reopen(self, longest_s: float) -> None:
        # Before the wait: the news that a line is gone must not wait for the next attempt to open it.
        self.listeners.tell_all()
        wait_s = min(longest_s, self.kept.due_in_s)
        if wait_s > 0:
            self._clock.sleep_until(self._clock.now() + wait_s)
            return
        with self._changed:
            attempt = self.kept.next_attempt()
        try:
            port = self.kept.open(attempt)
        except FollowFocusError:
            with self._changed:
                self.kept.missed()
            return
        with self._changed:
            self.kept.take(port)
        self.step()

# SPDX-License-Identifier: MIT
"""A link's listeners, and the events that are still to be told, in order."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from followfocus.wire.events import Dropped, Replied, Told
from followfocus.wire.orders import Orders

Listener = Callable[[Told], None]
ReplyListener = Callable[[Replied | Dropped], None]

T = TypeVar("T")


class Listeners:
    """Listeners are called without the link's lock `changed`, one event after the other, never one within another.

    On a virtual clock (`threaded` False) a listener's mistake is raised where it is made.
    """

    def __init__(self, changed: threading.Condition, orders: Orders, *, threaded: bool) -> None:
        self.telling = False
        self._changed = changed
        self._orders = orders
        self._threaded = threaded
        self._listeners: list[Listener] = []
        self._answers: dict[int, ReplyListener] = {}
        self._inbox: deque[Told] = deque()

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event; returns what takes it off again."""
        with self._changed:
            self._listeners.append(listener)

        def remove() -> None:
            with self._changed:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return remove

    def answer_to(self, ticket: int, then: ReplyListener) -> None:
        """Call `then` with the outcome of request `ticket`, which no other listener hears of."""
        self._answers[ticket] = then

    def put(self, event: Told) -> None:
        """An event to tell of next."""
        # Under the lock, by whoever steps the session: the order in the inbox is the order in which things happened.
        self._inbox.append(event)

    def tell_all(self) -> None:
        """Tell the listeners, in order. Not while the lock is held, and not from within a listener."""
        # On a virtual clock a listener that posts steps the session,
        # which comes back here: its events wait for their turn.
        if self.telling:
            return
        self.telling = True
        try:
            with self._orders.unbound():  # a listener does its own, not the order of whoever waits
                while self._tell_next():
                    pass
        finally:
            self.telling = False

    def _tell_next(self) -> bool:
        with self._changed:
            if not self._inbox:
                return False
            # Who hears of it is looked up under the lock and called without it: a listener may post, or take itself
            # off.
            event = self._inbox.popleft()
            listeners = tuple(self._listeners)
            callback = self._answers.pop(event.ticket, None) if isinstance(event, Replied | Dropped) else None
        if isinstance(event, Replied | Dropped):
            if callback is not None:
                self._call(callback, event)
        else:
            for listener in listeners:
                self._call(listener, event)
        with self._changed:
            # A listener may have changed what somebody waits for, so who waits looks again.
            self._changed.notify_all()
        return True

    def _call(self, listener: Callable[[T], None], event: T) -> None:
        """A mistake in a listener is reported as any thread's is, but must not take down the line to the motor."""
        try:
            listener(event)
        except Exception:
            if not self._threaded:
                raise
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

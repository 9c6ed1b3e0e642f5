# SPDX-License-Identifier: MIT
"""STOP is an order to the whole chain: whatever a thread was doing when it came is void, wherever it waits.

Stops are counted. A thread that carries something out for a person does it within `order`, and from the moment a stop
is asked for, by whatever thread, it can neither send another command nor go on waiting: StoppedError. Who has looked
at `stops` when a person asked, and only later gets to do it, gives that count, so that a stop in between voids it too.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from followfocus.errors import StoppedError


class Orders:
    """The count of stops, and for each thread the count at which it was told what it does now."""

    def __init__(self) -> None:
        self.stops = 0
        self._asked = _Asked()

    def stop(self) -> None:
        """Void everything that has been asked so far. The caller holds the lock under which commands are sent."""
        self.stops += 1

    @contextlib.contextmanager
    def order(self, asked_at: int | None = None) -> Iterator[None]:
        """Date this thread's orders in here: asked for when `stops` was `asked_at`; None: now, or the date already set.

        Raises StoppedError at once if a stop has come since.
        """
        if asked_at is None:
            asked_at = self.stops if self._asked.at is None else self._asked.at
        with self._asked_at(asked_at):
            self.check()
            yield

    def unbound(self) -> contextlib.AbstractContextManager[None]:
        """Let this thread go on in here whether a stop comes or not: for stopping, and asking what became of it."""
        return self._asked_at(None)

    def check(self) -> None:
        """Raise StoppedError if a stop has been asked for since this thread was told what it does now."""
        if self._asked.at not in (None, self.stops):
            raise StoppedError

    @contextlib.contextmanager
    def _asked_at(self, count: int | None) -> Iterator[None]:
        before, self._asked.at = self._asked.at, count
        try:
            yield
        finally:
            self._asked.at = before


class _Asked(threading.local):
    at: int | None = None

# SPDX-License-Identifier: MIT
"""STOP is an order to the whole chain: whatever a thread was doing when it came is void, wherever it waits.

Stops are counted. A thread that carries something out for a person does it within `order`, and from the moment a stop
is asked for, by whatever thread, it can neither send another command nor go on waiting: StoppedError. Who has looked
at `stops` when a person asked, and only later gets to do it, gives that count, so that a stop in between voids it too.
"""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Iterator

from followfocus.errors import StoppedError


class StopCount:
    """A count of stops that any thread and any signal handler may add to, without a lock.

    It only grows, and none is lost: an order that was given between two stops must not outlive the second. Each is
    counted together with its time: whoever sees another count sees the time of that stop or of a newer one.
    """

    def __init__(self) -> None:
        # `+= 1` reads, adds and writes: of two at once one could be lost. To append is one step.
        self._given_s: list[float] = []

    @property
    def value(self) -> int:
        """How many there have been."""
        return len(self._given_s)

    @property
    def last_s(self) -> float:
        """When the newest was given, by the host's clock; -inf before the first."""
        return self._given_s[-1] if self._given_s else -math.inf

    def add(self, at_s: float) -> int:
        """Another, given at `at_s` of the host's clock; the count, at least, with it."""
        self._given_s.append(at_s)
        return len(self._given_s)


class Orders:
    """The count of stops, and for each thread the count at which it was told what it does now."""

    def __init__(self) -> None:
        self._stops = StopCount()
        self._asked = _Asked()

    @property
    def stops(self) -> int:
        """How many stops have been asked for."""
        return self._stops.value

    @property
    def stopped_s(self) -> float:
        """When the newest stop was asked for, by the host's clock; -inf before the first."""
        return self._stops.last_s

    def stop(self, at_s: float) -> None:
        """Void everything that has been asked up to `at_s`, now. The caller holds the lock under which commands go.

        A signal handler, which may not wait for that lock, doesn't.
        """
        self._stops.add(at_s)

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

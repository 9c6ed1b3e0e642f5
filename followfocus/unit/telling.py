# SPDX-License-Identifier: MIT
"""How often a unit tells where it stands: as often as whoever wants it most often, and no longer than they want it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from followfocus.wire.link import Link
from followfocus.wire.messages import SetTelemetry

TELEMETRY_MS = 23
"""A prime: in step with none of the milliseconds at which lines hand over their bytes, so that all delays are seen"""


class Telling:
    """The wishes of all who listen to the unit on `link`. From any thread."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._wishes: list[int] = []
        self._lock = threading.Lock()

    @property
    def period_ms(self) -> int:
        """Milliseconds from one word to the next."""
        return min((*self._wishes, TELEMETRY_MS))

    def every(self, period_ms: int) -> Callable[[], None]:
        """At least so often from now on; returns what ends the wish, which may be called more than once."""
        with self._lock:
            self._wishes.append(period_ms)
        # Not under our lock: a post may call listeners, and they may have wishes of their own.
        self.set()
        ended = threading.Event()

        def end() -> None:
            if ended.is_set():
                return
            ended.set()
            with self._lock:
                self._wishes.remove(period_ms)
            self.set()

        return end

    def set(self) -> None:
        """Say it to the unit: it was just met, or a wish has come or gone."""
        if self._link.up:
            with self._link.orders.unbound():  # it moves nothing, and must be set back also where a STOP has come
                self._link.post(SetTelemetry(self.period_ms), "telemetry")

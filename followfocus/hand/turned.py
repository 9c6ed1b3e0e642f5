# SPDX-License-Identifier: MIT
"""How far a wheel has turned since a pull began, in ring degrees by its own manners. No thread; events from any."""

from __future__ import annotations

import threading

from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent, WheelGone
from followfocus.hand.hand import WheelHand


class TurnedWheel:
    """The wheel of `hand` beside a ring that is the plan's: it begins at `start_deg`, and turns a ring of its own."""

    def __init__(self, hand: WheelHand, start_deg: float) -> None:
        self._hand = hand
        self._start_deg = self._ring_deg = start_deg
        self._gone = ""
        self._lock = threading.Lock()

    def hear(self, event: SourceEvent) -> None:
        """Take in what a wheel did."""
        with self._lock:
            # Another wheel's plug is no reason to end the take.
            if isinstance(event, WheelGone) and self._hand.owner in ("", event.source):
                self._gone = event.source
            wanted = self._hand.hear(event, self._ring_deg)
            if wanted is not None:
                self._ring_deg = wanted.ring_deg

    @property
    def hand(self) -> WheelHand:
        """The hand whose wheels these are."""
        return self._hand

    def deg(self, now_s: float) -> float:
        """How far it has turned by now. Raises RequestError where it was unplugged."""
        with self._lock:
            if self._gone:
                raise RequestError(f"{self._gone} was unplugged: the ring has stopped where it was.")
            wanted = self._hand.wanted(now_s)
            if wanted is not None:
                self._ring_deg = wanted.ring_deg
            return self._ring_deg - self._start_deg

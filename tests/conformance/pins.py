# SPDX-License-Identifier: MIT
"""The pins against the count: STEP and DIR added up are where the unit says it is, whatever happened in between.

`WatchedHost` stands in for the suite's `Host` and holds the two against each other at the end of every case.
"""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.wire.frames import FrameReader
from followfocus.wire.messages import (
    Ack,
    Config,
    ConfirmPosition,
    FactoryReset,
    Flag,
    Home,
    Homed,
    Message,
    Result,
    SetPosition,
    State,
    Telemetry,
    decode_body,
)
from tests.conformance.units import Bench
from tests.conformance.wire import REPLY_S, UNDER_WAY, Host

REST_S = 3.0


@dataclass(frozen=True, slots=True)
class Reference:
    """A moment at rest at which the position was known: how many steps had been made by then."""

    position: int
    steps: int


def pins_of(bench: Bench, since: int, direction: int) -> int:
    """The steps at the pins, added up from step number `since` on, in the unit's direction."""
    return direction * sum(step.direction for step in bench.steps()[since:])


class WatchedHost(Host):
    """A host that remembers when the unit was told where it is, and then adds up the pins for itself."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._direction = 1
        self._reference: Reference | None = None

    def refer(self, position: int | None) -> None:
        """The unit is at `position` now, at rest; None: nobody can say."""
        self._reference = None if position is None else Reference(position, len(self.bench.steps()))

    def ask_bytes(self, data: bytes, seq: int, timeout_s: float = REPLY_S) -> Message:
        reply = super().ask_bytes(data, seq, timeout_s)
        if isinstance(reply, Ack) and reply.result is Result.OK:
            for frame in FrameReader().feed(data):
                self._was_told(decode_body(frame.type, frame.body))
        return reply

    def _was_told(self, message: Message) -> None:
        if isinstance(message, SetPosition):
            self.refer(message.position)
        elif isinstance(message, Config) and message.direction != self._direction:
            self._direction = message.direction
            self.refer(None)
        elif isinstance(message, (ConfirmPosition, FactoryReset, Home)):
            self.refer(None)

    def read(self, timeout_s: float) -> None:
        before = len(self.events)
        super().read(timeout_s)
        for event in self.events[before:]:
            if isinstance(event, Homed):
                self.refer(event.span)

    def check(self, status: Telemetry) -> None:
        """Fails where a unit at rest that knows its position isn't where the pins have moved it."""
        if self._reference is None or not status.flags & Flag.REFERENCED:
            return
        pins = self._reference.position + pins_of(self.bench, self._reference.steps, self._direction)
        assert status.position == pins, f"the unit says {status.position}, the pins made it {pins}"

    def close(self) -> None:
        """Lets the unit come to rest, and compares."""
        if self._reference is None:
            return
        self.write(b"\0")
        self.hello()
        latest_s = self.clock.now() + REST_S
        while (status := self.status()).state in UNDER_WAY and self.clock.now() < latest_s:
            if status.state is not State.STOPPING:
                self.stop()
            self.pass_time(0.02)
        self.check(status)

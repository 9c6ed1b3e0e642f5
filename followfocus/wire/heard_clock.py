# SPDX-License-Identifier: MIT
"""A unit's clock as a session hears it: measured, and watched for what can't be."""

from __future__ import annotations

from followfocus.wire.clocksync import ClockSync
from followfocus.wire.messages import Telemetry, encode_body
from followfocus.wire.plausible import Clocked, ClockWatch
from followfocus.wire.requests import Request

FRAME_BYTES = 6
"""A frame's bytes besides the message's body: number, type, CRC, COBS, the zero."""


class HeardClock:
    """The clock of the boot that is heard now. `sync` measures it, and is another one after every leap and reset."""

    def __init__(self, tick_hz: float = 16e6) -> None:
        self.sync = ClockSync(tick_hz)
        self._tick_hz = tick_hz
        self._watch = ClockWatch(tick_hz)

    @property
    def false_hz(self) -> float | None:
        """Its true rate where that is surely not what the unit claims."""
        return self._watch.false_hz()

    def doubt(self, message: Clocked, now_s: float) -> str:
        """The fault in the timestamp of a message that came in at `now_s`, in words; empty if there is none."""
        # Compared with the count afterwards: a leap that is believed comes back without words, like any good timestamp.
        leaps = self._watch.leaps
        words = self._watch.doubt(message, now_s)
        if self._watch.leaps != leaps:
            # Begun anew, not mended: how long this computer slept, by its own clock, nobody knows.
            self.sync = ClockSync(self._tick_hz)
        return words

    def answered(self, telemetry: Telemetry, question: Request, now_s: float) -> None:
        """The answer to a question came in at `now_s`."""
        if question.tries > 1:  # nobody knows which sending was answered
            return
        # Both ways the line takes as long as the bytes: the longer message has the greater share of the time.
        back = len(encode_body(telemetry)) + FRAME_BYTES
        self.sync.add_round_trip(telemetry.clock, question.sent_s, now_s, back / (back + len(question.frame)))

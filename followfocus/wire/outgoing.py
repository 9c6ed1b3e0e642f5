# SPDX-License-Identifier: MIT
"""Bytes on their way to the unit, and how long it has heard nothing from this host."""

from __future__ import annotations

import math

ATTENTION_EVERY_S = 0.08
"""Three fit in the 250 ms after which a moving unit takes the host for dead."""
# At rest nothing hangs on the host. Often enough that with the 2.1 s of six tries a lost unit is noticed in under 3 s.
QUIET_S = 0.5


class FramesOut:
    """Frames to be sent, in order, since they were last taken."""

    def __init__(self) -> None:
        self._send: list[bytes] = []
        self._last_sent_s = -math.inf
        self._attend_until_s = -math.inf

    def put(self, data: bytes, now_s: float) -> None:
        """Send these next."""
        self._send.append(data)
        self._last_sent_s = now_s

    def take(self) -> bytes:
        """All that is to be sent now."""
        data = b"".join(self._send)
        self._send.clear()
        return data

    def attend(self, until_s: float) -> None:
        """Let the unit hear from the host at least every 80 ms until then."""
        self._attend_until_s = until_s

    @property
    def ping_due_s(self) -> float:
        """When the unit must hear something again. Telemetry may flow all the time: that is the other direction."""
        # Counted from the last bytes of any kind: a busy line needs no pings.
        attentive_s = self._last_sent_s + ATTENTION_EVERY_S
        return attentive_s if attentive_s <= self._attend_until_s else self._last_sent_s + QUIET_S

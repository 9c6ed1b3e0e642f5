# SPDX-License-Identifier: MIT
"""A simulated unit's make, and how it greets."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Board,
    HelloReply,
    ResetCause,
)

TICK_HZ = 16_000_000
BAUD = 250_000
SEGMENT_CAPACITY = 96
MAX_PAYLOAD = 253
# As every build of the firmware says (hal.h): 100,000 steps a second.
FASTEST_INTERVAL_TICKS = 160
FIRMWARE_VERSION = (0, 1, 0)


@dataclass(frozen=True, slots=True)
class Build:
    """A unit's identity and make; `clock_error` 0.005 is an oscillator 0.5 % fast."""

    tick_hz: int = TICK_HZ
    clock_error: float = 0.0
    capacity: int = SEGMENT_CAPACITY
    baud: int | None = BAUD
    major: int = PROTOCOL_MAJOR
    minor: int = PROTOCOL_MINOR
    definitions: int = DEFINITIONS_HASH
    boot_seed: int = 0
    board: Board = Board.SIMULATED

    def greeting(self, nonce: int, boot_id: int, cause: ResetCause, serial: bytes) -> HelloReply:
        """Its greeting; `nonce` 0 unasked, after a start."""
        return HelloReply(
            nonce,
            self.major,
            self.minor,
            self.definitions,
            *FIRMWARE_VERSION,
            self.board,
            self.tick_hz,
            self.capacity,
            MAX_PAYLOAD,
            FASTEST_INTERVAL_TICKS,
            boot_id,
            cause,
            serial,
        )

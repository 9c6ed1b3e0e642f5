# SPDX-License-Identifier: MIT
"""The needle between two words of the unit."""

from __future__ import annotations

import dataclasses
import math

from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State

MOST_AHEAD_S = 0.06


def carried_on(status: UnitStatus, target_deg: float | None, now_s: float) -> UnitStatus:
    """The status, the ring carried on by its own speed since it was told, while it follows the hand to `target_deg`.

    Telemetry comes fifty times a second; without this the needle would be half of that behind the ring. Never further
    than the hand wants, and never for a take, which is shown as it was told.
    """
    if status.state is not State.MOVING or status.ring_deg is None or target_deg is None:
        return status
    age_s = min(max(now_s - status.received_s, 0.0), MOST_AHEAD_S)
    ahead = status.speed_deg_s * age_s
    left = target_deg - status.ring_deg
    if ahead * left <= 0:
        return status
    carried = math.copysign(min(abs(ahead), abs(left)), left)
    return dataclasses.replace(status, ring_deg=status.ring_deg + carried)

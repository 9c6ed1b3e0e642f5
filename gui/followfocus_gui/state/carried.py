# SPDX-License-Identifier: MIT
"""The needle between two words of the unit."""

from __future__ import annotations

import dataclasses
import math

from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State

# Two and a half words of the unit. A line that says nothing for longer has nothing to be carried on from.
MOST_AHEAD_S = 0.06


def carried_on(status: UnitStatus, target_deg: float | None, now_s: float) -> UnitStatus:
    """The status, the ring carried on by its own speed since it was told, while it follows the hand to `target_deg`.

    Telemetry comes fifty times a second; without this the needle would be half of that behind the ring. Never further
    than the hand wants, and never for a take, which is shown as it was told.
    """
    if status.state is not State.MOVING or status.ring_deg is None or target_deg is None:
        return status
    # It turns away from where the hand wants it, or is there: to carry it on would draw a needle that swings over.
    ahead = ahead_deg(status, target_deg, now_s - status.received_s)
    return dataclasses.replace(status, ring_deg=status.ring_deg + ahead) if ahead else status


def ahead_deg(status: UnitStatus, target_deg: float | None, age_s: float) -> float:
    """How far the ring has turned since it was told, `age_s` ago; at most to `target_deg`, where it is sent there."""
    ahead = status.speed_deg_s * min(max(age_s, 0.0), MOST_AHEAD_S)
    if target_deg is None or status.ring_deg is None:
        return ahead
    left = target_deg - status.ring_deg
    return math.copysign(min(abs(ahead), abs(left)), left) if ahead * left > 0 else 0.0

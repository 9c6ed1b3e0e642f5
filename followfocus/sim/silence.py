# SPDX-License-Identifier: MIT
"""The simulated unit's dead man: until when it goes on without a word from its host."""

from __future__ import annotations

from followfocus.sim.follow import Follower
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import Silence, State


def silence_tick(unit: UnitState, hand: Follower | None) -> int | None:
    """When a unit that hears nothing acts by itself; None where it may be left alone.

    A hand that is followed has a time of its own, where that is shorter. A take goes on to its end where the host has
    set that: it was checked as a whole before GO, and to stop it in the middle of a shot would be the greater harm.
    """
    armed = unit.state is State.ARMED and unit.safety.armed_silence_s > 0
    listens = unit.state is State.MOVING or (
        unit.state is State.PLAYING and unit.config.take_silence is not Silence.FINISH
    )
    if not listens and not armed:
        return None
    silence_ms = 1000 * unit.safety.armed_silence_s if armed else unit.config.silence_ms
    silent = unit.heard_tick + silence_ms * unit.tick_hz // 1000
    return max(silent if hand is None else min(silent, hand.silence_tick), unit.now)

# SPDX-License-Identifier: MIT
"""The lock: nothing on the desk may be changed while it is on its way to the unit, armed, or played."""

from __future__ import annotations

from followfocus.stage.orders import ArmOrder, LoadOrder, Ready, Shoot
from followfocus.stage.state import Stage
from followfocus.wire.messages import State

ALWAYS = frozenset({"name", "trim_m"})
"""Fields of a mark that may change while the pull is armed: words, and the live trim (which loads the pull anew)."""

ARMED = "Locked while armed. Return disarms."


def locked(stage: Stage) -> str:
    """Why nothing can be changed now; empty if it can."""
    if stage.state is State.ARMED:
        return ARMED
    if stage.state is State.PLAYING:
        return "Locked till it lands."
    if stage.state is None and stage.shoots:
        return "Locked till the take's end is known."
    if loading(stage):
        return "Locked while it loads."
    return ""


def loading(stage: Stage) -> bool:
    """The pull on the desk is on its way to the unit, or plays."""
    # What waits too: an edit between the load and the arming would be armed without having been seen.
    orders = stage.queue if stage.under_way is None else (stage.under_way, *stage.queue)
    return any(isinstance(o, LoadOrder | ArmOrder | Shoot) or (isinstance(o, Ready) and not o.first) for o in orders)

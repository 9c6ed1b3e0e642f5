# SPDX-License-Identifier: MIT
"""Where the ring stands, as a person says it: asked for only once the motor holds the ring; and by what gears."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from followfocus.motion.motor import Rig
    from followfocus.unit.unit import FollowFocusUnit


def place_of(unit: FollowFocusUnit, said: str, read: Callable[[str], float]) -> float:
    """The ring angle that `said` names, read by `read`, once the motor holds the ring.

    Where the motor was off, it may have turned the ring after someone looked: then a person at a terminal is asked
    again, and else is told.
    """
    ring_deg = read(said)
    if not unit.energise() or not unit.has_real_ring:
        return ring_deg
    typer.echo(f"The motor was off. {unit.setup.jump_words}", err=True)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        typer.echo(f"Look whether it stands at {said}; if not: followfocus unit reference POINT.", err=True)
        return ring_deg
    return read(str(typer.prompt("Look again. Where does the ring stand now?", default=said, err=True)))


def still_there(unit: FollowFocusUnit) -> bool:
    """Whether the ring stands where it was parked: asked of a person at a terminal, once the motor holds the ring."""
    known = unit.last_known()
    took_hold = unit.energise()
    if known is None or not unit.has_real_ring:
        return True
    if took_hold:
        typer.echo(f"The motor was off. {unit.setup.jump_words}", err=True)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        typer.echo(f"Taken as it was parked: {known.ring_deg:z.1f}°. Look whether it stands there.", err=True)
        return True
    return typer.confirm(f"Look at the ring. Does it stand at {known.ring_deg:z.1f}°?", default=True, err=True)


def rig_on(unit: FollowFocusUnit, rig: Rig) -> Rig:
    """The rig with the motor and gear that the unit is set to; said where that isn't the usual one.

    Without a show nothing else knows what was built: by other gears each angle would be another place.
    """
    from followfocus.unit.settings import geared_as

    found = geared_as(rig, unit.config)
    if found != rig:
        words = f"{found.motor_teeth} teeth on the motor, {found.motor.full_steps} × {found.microsteps} steps a turn"
        way = ", direction −1" if found.direction < 0 else ""
        typer.echo(f"As this unit is set: {words}{way}.", err=True)
    return found

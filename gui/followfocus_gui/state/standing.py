# SPDX-License-Identifier: MIT
"""How things stand at one moment: state line, readout, disk and buttons all show one of these, in one call."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from followfocus.stage.state import Stage
from followfocus.stage.stateline import StateLine
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Fault, State
from followfocus_gui.state.desk_line import DeskLine
from followfocus_gui.state.lock import locked
from followfocus_gui.state.loudness import DEAD


@dataclass(frozen=True, slots=True)
class Standing:
    """One moment. `status` has no ring angle where the line says that nothing can be played: nobody knows it then.

    `connection` is connected, connecting, lost or none, and never connected while nothing is heard of the unit.
    Two are equal when they look alike: the unit's clock goes on without a word about it.
    """

    status: UnitStatus = field(compare=False)
    line: StateLine
    state: State | None
    ring_deg: float | None
    fault: Fault
    busy: bool
    target_deg: float | None
    landing_deg: float | None
    locked: str
    """Why nothing can be changed now; empty if it can"""
    left_s: float | None
    connection: str
    zoom_mm: float | None = None
    """Where a zoom that is moved stands; None where it is as what stands by begins"""

    @property
    def armed(self) -> bool:
        """GO would start what stands by."""
        return self.state is State.ARMED and not self.busy

    @property
    def readings(self) -> tuple[object, ...]:
        """The figures that disk and readout are drawn from."""
        ring = self.ring_deg, self.target_deg, self.landing_deg
        return self.state, *ring, self.zoom_mm, self.fault, self.connection

    @property
    def holds(self) -> tuple[object, ...]:
        """The figures that decide which controls may be touched."""
        return self.locked, self.armed, self.state, self.busy


def standing(
    stage: Stage, says: DeskLine, status: UnitStatus, target_deg: float | None, landing_deg: float | None
) -> Standing:
    """How things stand: `status` is the stage's unit, the ring carried on to now."""
    line = says.of(stage)
    # A readout that shows a distance while nobody knows the place would be believed.
    if line.word in DEAD:
        status = dataclasses.replace(status, ring_deg=None)
    heard = stage.state is not None
    return Standing(
        status, line, stage.state, status.ring_deg, status.fault, stage.busy, target_deg, landing_deg,
        locked(stage), says.left_s, says.connection if heard or says.connection != "connected" else "lost",
        stage.zoom_now_mm,
    )  # fmt: skip

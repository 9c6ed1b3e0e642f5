# SPDX-License-Identifier: MIT
"""Rotor, gear mesh, ring and stops of a rig as the figures of one time step, all at the motor's shaft.

Estimates, none of them on a data sheet: mesh and stop stiffness, their damping, rotor drag and the driver's damping of
rotor swing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from followfocus.motion.motor import Rig

MESH_NM_PER_RAD = 160.0
"""Tooth and bracket at the motor's shaft: 0.4 N/µm at a pitch radius of 20 mm."""
MESH_DAMPING_RATIO = 0.2
STOP_NM_PER_RAD = 300.0
STOP_DAMPING_RATIO = 0.4
DRAG_SHARE = 0.02
"""Rotor drag (bearings, iron) at 100 rad/s as a share of the running torque."""
SWING_DAMPING_RATIO = 0.05
"""Damping of rotor swing about the commanded field: eddy currents and the finite bandwidth of a real current
regulator."""

_LEAST_RING_INERTIA = 2e-7
"""Below this the mesh would swing faster than the time step can follow, and the sum would blow up."""


@dataclass(frozen=True, slots=True)
class DriveTrain:
    """Inertias in kg m², damping in N m s/rad, friction in N m; `half_lash_rad` is the dead zone to either side."""

    rotor_inertia: float
    ring_inertia: float
    half_lash_rad: float
    mesh_damping: float
    stop_damping: float
    drag: float
    swing_damping: float
    friction: float
    mesh_loss: float

    @classmethod
    def of(cls, rig: Rig) -> DriveTrain:
        """A rig's: the ring's inertia goes down with the square of the gear ratio, its friction with the ratio.

        Damping constants are c = 2ζ√(kJ) of the spring and what swings on it; in the mesh that is the reduced inertia.
        """
        rotor = rig.motor.rotor_inertia_kgm2
        ring = max(rig.ring_inertia_kgm2 / rig.ratio**2, _LEAST_RING_INERTIA)
        field_spring = rig.motor.pole_pairs * rig.running_torque_nm
        return cls(
            rotor_inertia=rotor,
            ring_inertia=ring,
            half_lash_rad=math.radians(rig.lash_deg) * rig.ratio / 2,
            mesh_damping=2 * MESH_DAMPING_RATIO * math.sqrt(MESH_NM_PER_RAD * rotor * ring / (rotor + ring)),
            stop_damping=2 * STOP_DAMPING_RATIO * math.sqrt(STOP_NM_PER_RAD * ring),
            drag=DRAG_SHARE * rig.running_torque_nm / 100.0,
            swing_damping=2 * SWING_DAMPING_RATIO * math.sqrt(field_spring * (rotor + ring)),
            friction=rig.ring_friction_nm / rig.ratio,
            mesh_loss=1 - rig.gear_efficiency,
        )

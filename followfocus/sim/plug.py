# SPDX-License-Identifier: MIT
"""One call for who wants a simulated unit on a port of this process: rig, faults, witness and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from followfocus.clock import Clock
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.faults import parse_faults
from followfocus.sim.faulty import simulate
from followfocus.sim.mechanics import StepperRing
from followfocus.sim.ports import SimPort
from followfocus.sim.store import Store


@dataclass(frozen=True, slots=True)
class Plugged:
    """A port, and what stands behind it: both None where a fault put something else in the unit's place.

    `witness` gives the true ring angle in degrees, from any thread, without disturbing the take.
    """

    port: SimPort
    unit: SimulatedUnit | None
    witness: Callable[[], float] | None


def plug_in(
    clock: Clock,
    *,
    rig: Rig = DEFAULT_RIG,
    stops_deg: tuple[float, float] | None = None,
    faults: Sequence[str] = (),
    seed: int = 0,
    store: Store | None = None,
) -> Plugged:
    """A simulated unit on `clock`; its ring turns between `stops_deg` (None: without end) and starts at the lower stop.

    `faults` are written as for `followfocus sim --fault`. Raises RequestError on an unknown one.
    """
    start_deg = stops_deg[0] if stops_deg else 0.0
    device, unit = simulate(
        parse_faults(faults),
        mechanics=StepperRing(rig, stops_deg, start_deg),
        store=store,
        build=Build(boot_seed=seed),
        seed=seed,
    )
    port = SimPort(device, clock)
    if unit is None:
        return Plugged(port, None, None)
    return Plugged(port, unit, lambda: port.witness(lambda: unit.ring_deg))

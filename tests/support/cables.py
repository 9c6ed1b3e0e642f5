# SPDX-License-Identifier: MIT
"""A cable that comes out of a simulated unit in its first take, and is put back: by the unit's own take, so alike from
wherever that was started.
"""

from __future__ import annotations

from collections.abc import Sequence

from followfocus.clock import Clock
from followfocus.errors import LineError
from followfocus.motion.motor import Rig
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.plug import plug_in
from followfocus.sim.ports import SimPort
from followfocus.wire.link import Port


class LooseCable:
    """A port to `unit` that is out from so many seconds after its first take's start until so many."""

    name = "sim"

    def __init__(self, unit: SimulatedUnit, clock: Clock, out_s: tuple[float, float]) -> None:
        self._unit, self._clock, self._out_s = unit, clock, out_s
        self._refuse()
        self._port = SimPort(unit, clock)

    def _refuse(self) -> None:
        starts = self._unit.take_starts_s
        if starts and self._out_s[0] <= self._clock.now() - starts[0] < self._out_s[1]:
            raise LineError("The cable is out.", "Put it back.")

    def read(self, timeout_s: float) -> bytes:
        data = self._port.read(min(timeout_s, 0.02))
        self._refuse()
        return data

    def write(self, data: bytes) -> None:
        self._refuse()
        self._port.write(data)

    def close(self) -> None:
        self._port.close()


def loose(out_s: tuple[float, float]) -> object:
    """A stand-in for the simulated unit that is plugged in for good."""

    def simulated(clock: Clock, rig: Rig, faults: Sequence[str], stops_deg: tuple[float, float] | None) -> object:
        plugged = plug_in(clock, rig=rig, stops_deg=stops_deg, faults=tuple(faults))
        unit = plugged.unit
        assert unit is not None

        def opener(_attempt: int) -> Port:
            return LooseCable(unit, clock, out_s)

        return opener, plugged.witness

    return simulated

# SPDX-License-Identifier: MIT
"""A port's name → a connected unit. Where simulated and serial are chosen, and where a lost unit is looked for again.

`sim` is a unit in this process; anything else is opened as a serial device, a pty or a URL. Once connected, a unit
keeps its identity: if its port's name changes, the ports of the same USB device are tried, and the unit's own serial
number decides.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from followfocus.clock import Clock, SystemClock, VirtualClock
from followfocus.errors import FollowFocusError, LineError, NoUnitError, RequestError
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.unit.unit import FollowFocusUnit
from followfocus.unit.watch import Witness
from followfocus.wire.evidence import UnitInfo
from followfocus.wire.link import Link, Port, PortOpener
from followfocus.wire.serialport import PortEntry, list_ports, open_port

SIM = "sim"


@contextlib.contextmanager
def open_unit(
    port: str = SIM,
    *,
    clock: Clock | None = None,
    rig: Rig | None = None,
    faults: Sequence[str] = (),
    fast: bool = False,
    stops_deg: tuple[float, float] | None = None,
) -> Iterator[FollowFocusUnit]:
    """A connected unit, closed at the end. For `sim`: its rig, its lens's stops, its faults; `fast` in virtual time.

    Raises LineError, NoUnitError, VersionError; RequestError for faults or `fast` on a port that isn't simulated.
    """
    unit = unit_on(port, clock=clock, rig=rig, faults=faults, fast=fast, stops_deg=stops_deg)
    with unit:
        yield unit


def unit_on(
    port: str = SIM,
    *,
    clock: Clock | None = None,
    rig: Rig | None = None,
    faults: Sequence[str] = (),
    fast: bool = False,
    stops_deg: tuple[float, float] | None = None,
) -> FollowFocusUnit:
    """The same, not connected yet: for who calls `connect` and `close` at its own times, like the app."""
    # By chance, so that a late answer to a program that had the port before is not taken for one to this.
    nonce = secrets.randbits(31) + 1
    if port.strip().lower() == SIM:
        clock = clock or (VirtualClock() if fast else SystemClock())
        opener, witness = _simulated(clock, rig or DEFAULT_RIG, faults, stops_deg)
        return FollowFocusUnit(Link(opener, clock, nonce=nonce), witness)
    if faults:
        raise RequestError(f"Faults can't be put into the unit on {port}.", "They are for --port sim.")
    if fast:
        raise RequestError(f"The unit on {port} runs in real time.", "--fast is for --port sim.")
    return FollowFocusUnit(Link(Finder(port), clock or SystemClock(), nonce=nonce))


def _simulated(
    clock: Clock, rig: Rig, faults: Sequence[str], stops_deg: tuple[float, float] | None
) -> tuple[PortOpener, Witness | None]:
    """A unit plugged in for good: opening its port again finds the same one."""
    from followfocus.sim.plug import plug_in
    from followfocus.sim.ports import SimPort

    plugged = plug_in(clock, rig=rig, stops_deg=stops_deg, faults=tuple(faults))

    def opener(attempt: int) -> Port:
        # Another handle on the same unit: as after a cable that was pulled, what it was doing goes on.
        return plugged.port if attempt == 0 else SimPort(plugged.port.device, clock)

    return opener, plugged.witness


class Finder:
    """Opens a port by name, and later wherever the same USB device has gone. `ports` and `opened` are the system's."""

    def __init__(
        self,
        name: str,
        ports: Callable[[], Sequence[PortEntry]] = list_ports,
        opened: Callable[[str], Port] = open_port,
    ) -> None:
        self._name = name
        self._ports = ports
        self._opened = opened
        self._identity = ""

    def __call__(self, attempt: int) -> Port:
        """The port, at first by its name. Raises LineError."""
        if attempt == 0:
            port = self._opened(self._name)
            # Asked after it was opened, once: from then on the unit is
            # looked for by its USB device, whatever its port is called.
            self._identity = self._identity or next((e.identity for e in self._listed() if e.device == self._name), "")
            return port
        candidates = self._candidates()
        # In turn: the old name may come back any time, and who is really there only the greeting tells.
        return self._opened(candidates[(attempt - 1) % len(candidates)])

    def _candidates(self) -> list[str]:
        """The old name first, then the ports of the same device, then those of the same make."""
        entries = [entry for entry in self._listed() if entry.device != self._name]
        same = [entry.device for entry in entries if self._identity and entry.identity == self._identity]
        make = self._identity.rpartition(":")[0]
        like = [entry.device for entry in entries if make and entry.identity.startswith(f"{make}:")]
        return [self._name, *dict.fromkeys([*same, *like])]

    def _listed(self) -> Sequence[PortEntry]:
        # A network address has no USB device behind it, and listing ports takes its time.
        return () if "://" in self._name else self._ports()


@dataclass(frozen=True, slots=True)
class Found:
    """A port, and what is on it: a unit, or why not."""

    port: str
    description: str
    unit: UnitInfo | None
    words: str


def probe(entry: PortEntry) -> Found:
    """Open a port, greet, and close it again; never raises for what is found there."""
    unit = unit_on(entry.device)
    try:
        info = unit.connect()
    except (NoUnitError, LineError) as error:
        return Found(entry.device, entry.description, None, error.message)
    except FollowFocusError as error:
        return Found(entry.device, entry.description, None, str(error))
    unit.close()
    return Found(entry.device, entry.description, info, "a followfocus unit")

# SPDX-License-Identifier: MIT
"""Simulated units to plug a link into: in process on a virtual clock, and served on ptys and TCP from threads."""

from __future__ import annotations

import contextlib
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from followfocus.clock import VirtualClock
from followfocus.errors import LineError
from followfocus.lens.map import LensMap, load_lens
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import Plan, make_plan
from followfocus.sim.plug import Plugged, plug_in
from followfocus.sim.ports import Device, SimPort
from followfocus.sim.servers import PtyServer, TcpServer, UnitServer
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link, Port

LENS = "ideal-50"
MOST_AT_ONCE = 1000
"""Nobody says so much at one moment."""


class BrokenCable:
    """A port whose cable can be cut. `deaf` is a span of the clock in which all that passes is lost.

    In `unheard`, a span too, only what is sent to the unit is lost. `sent` is all that was sent, and when.
    """

    def __init__(self, port: Port, clock: VirtualClock) -> None:
        self.name = port.name
        self.cut = False
        self.deaf = self.unheard = (0.0, 0.0)
        self.sent: list[tuple[float, bytes]] = []
        self._port, self._clock = port, clock

    def read(self, timeout_s: float) -> bytes:
        self._check()
        data = self._port.read(timeout_s)
        return b"" if self._is_in(self.deaf) else data

    def write(self, data: bytes) -> None:
        self._check()
        self.sent.append((self._clock.now(), data))
        oldest_s = self.sent[-MOST_AT_ONCE][0] if len(self.sent) >= MOST_AT_ONCE else -math.inf
        assert oldest_s < self._clock.now(), "it says on and on, and no time passes"
        if not (self._is_in(self.deaf) or self._is_in(self.unheard)):
            self._port.write(data)

    def _is_in(self, span: tuple[float, float]) -> bool:
        return span[0] <= self._clock.now() < span[1]

    def close(self) -> None:
        self._port.close()

    def _check(self) -> None:
        if self.cut:
            raise LineError("The cable is cut.")


class VirtualBench:
    """A unit in process, a link to it, and a virtual clock; `faults` as for `followfocus sim`."""

    def __init__(
        self,
        *faults: str,
        stops_deg: tuple[float, float] | None = None,
        lens: LensMap | None = None,
        rig: Rig = DEFAULT_RIG,
    ) -> None:
        self.clock = VirtualClock(1000.0)
        if lens is not None:
            stops_deg = (0.0, lens.travel_deg)
        self.plugged: Plugged = plug_in(self.clock, rig=rig, faults=faults, stops_deg=stops_deg)
        self.cables: list[BrokenCable] = []
        self.reachable = True
        self.link = Link(self._open, self.clock, nonce=5)
        self.unit = FollowFocusUnit(self.link, self.plugged.witness)

    def _open(self, attempt: int) -> Port:
        if not self.reachable:
            raise LineError("Nothing is plugged in.")
        port = self.plugged.port if not self.cables else SimPort(self.plugged.port.device, self.clock)
        while self.cables and port.read(0.0):
            pass  # what was said while no cable was in is gone
        self.cables.append(BrokenCable(port, self.clock))
        return self.cables[-1]

    def cut(self) -> None:
        """Cut the cable; the link finds out when it next reads or writes."""
        self.cables[-1].cut = True

    def on_bench(self, action: Callable[[float], None]) -> None:
        """Do something to the unit from outside the line."""
        self.plugged.port.on_bench(action)


@contextlib.contextmanager
def running(server: UnitServer) -> Iterator[UnitServer]:
    """The server, served by a thread until the end."""
    thread = threading.Thread(target=server.run, name="test server")
    with server:
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join(60.0)
            assert not thread.is_alive()


@contextlib.contextmanager
def on_pty(device: Device, link_path: Path) -> Iterator[str]:
    """The device on a pty; its name."""
    with running(PtyServer(device, link_path)):
        yield str(link_path)


@contextlib.contextmanager
def on_tcp(device: Device, port: int = 0) -> Iterator[str]:
    """The device on TCP; its URL."""
    server = TcpServer(device, "127.0.0.1", port)
    with running(server):
        yield f"socket://127.0.0.1:{server.port}"


def link_threads() -> list[str]:
    """Threads of links that are alive, but for the machine's own ports: a desk of a test before may be asking those."""
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("link ") and not name.startswith("link /dev/tty")]


def a_plan(start_deg: float = 60.0, end_deg: float = 120.0, duration_s: float = 1.0, lens: str = LENS) -> Plan:
    """A pull on an ideal lens."""
    return make_plan(load_lens(lens), Pull.between(Mark("A", start_deg), Mark("B", end_deg), duration_s))

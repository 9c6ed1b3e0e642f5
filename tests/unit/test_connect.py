# SPDX-License-Identifier: MIT
"""From a port's name to a connected unit."""

from __future__ import annotations

import pytest

from followfocus.clock import VirtualClock
from followfocus.errors import LineError, NoUnitError, RequestError
from followfocus.unit.connect import Finder, open_unit, probe, unit_on
from followfocus.wire.link import Port
from followfocus.wire.serialport import PortEntry
from tests.support.benches import link_threads, on_tcp
from tests.support.lossy import CountingUnit


def test_sim_in_real_and_in_virtual_time() -> None:
    with open_unit() as unit:
        assert unit.info is not None
        assert unit.info.port == "sim"
        assert len(link_threads()) == 1
    with open_unit(" SIM ", fast=True) as unit:
        assert link_threads() == []
        assert isinstance(unit.clock, VirtualClock)
        assert unit.witness is not None
        assert unit.witness() == pytest.approx(0.0, abs=0.1)
    assert link_threads() == []


def test_real_and_virtual_time_give_the_same_take() -> None:
    from followfocus.stage.shoot import load, ready, shoot
    from tests.support.benches import a_plan

    plan = a_plan(60.0, 100.0, 0.5)
    takes = []
    for fast in (True, False):
        with open_unit("sim", rig=plan.rig, fast=fast, stops_deg=(0.0, 300.0)) as unit:
            ready(unit, plan)
            takes.append(shoot(unit, load(unit, plan), 1))
    virtual, real = takes
    assert (virtual.first_edge_ticks, virtual.last_edge_ticks) == (real.first_edge_ticks, real.last_edge_ticks)
    assert virtual.landing_error_deg == pytest.approx(real.landing_error_deg, abs=0.002)


def test_what_is_for_the_simulated_unit_only_is_refused_elsewhere() -> None:
    with pytest.raises(RequestError, match="--port sim"):
        unit_on("/dev/ttyUSB0", faults=["noise"])
    with pytest.raises(RequestError, match="--port sim"):
        unit_on("/dev/ttyUSB0", fast=True)
    with pytest.raises(RequestError, match="nois"):
        unit_on("sim", faults=["nois"])


def test_a_failed_connection_leaves_nothing_behind() -> None:
    with pytest.raises(NoUnitError), open_unit("sim", faults=["gps"], fast=True):
        pass
    with pytest.raises(NoUnitError), open_unit("/dev/ttyNOT0"):
        pass
    assert link_threads() == []


def test_probing_tells_what_is_there() -> None:
    with on_tcp(CountingUnit()) as name:
        found = probe(PortEntry(name, "a test", ""))
        assert found.unit is not None
        assert found.unit.serial == "SIM00001"
    gone = probe(PortEntry("/dev/ttyNOT0", "", ""))
    assert gone.unit is None
    assert "no port" in gone.words
    assert link_threads() == []


class Dummy:
    name = "dummy"

    def read(self, timeout_s: float) -> bytes:
        return b""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def test_a_finder_tries_the_old_name_then_the_same_device_then_its_like() -> None:
    tried: list[str] = []

    def opened(name: str) -> Port:
        tried.append(name)
        if len(tried) > 1:
            raise LineError("not there")
        return Dummy()

    entries = [
        PortEntry("/dev/ttyUSB0", "", "1a86:7523:A1"),
        PortEntry("/dev/ttyUSB3", "", "1a86:7523:B2"),
        PortEntry("/dev/ttyUSB4", "", "1a86:7523:A1"),
        PortEntry("/dev/ttyS0", "", ""),
        PortEntry("/dev/ttyACM0", "", "2341:0043:X"),
    ]
    finder = Finder("/dev/ttyUSB0", ports=lambda: tuple(entries), opened=opened)
    finder(0)
    del entries[0]
    for attempt in range(1, 5):
        with pytest.raises(LineError):
            finder(attempt)
    assert tried == ["/dev/ttyUSB0", "/dev/ttyUSB0", "/dev/ttyUSB4", "/dev/ttyUSB3", "/dev/ttyUSB0"]

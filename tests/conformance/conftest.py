# SPDX-License-Identifier: MIT
"""One suite, every unit: the fixture yields each in turn, freshly started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.pins import WatchedHost
from tests.conformance.tools import need_board, need_process
from tests.conformance.units import Bench, BoardBench, ProcessBench, SimulatedBench, running
from tests.conformance.wire import Host


@pytest.fixture(params=["simulated", "process", pytest.param("board", marks=pytest.mark.board)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A unit that has just been switched on."""
    unit: Bench
    if request.param == "simulated":
        unit = SimulatedBench()
    elif request.param == "process":
        need_process()
        unit = ProcessBench()
    else:
        need_board()
        unit = BoardBench()
    with running(unit):
        yield unit


@pytest.fixture
def host(bench: Bench) -> Iterator[Host]:
    """A host on its line that has said nothing yet; at the end the pins must be where the unit says that it is."""
    watched = WatchedHost(bench)
    yield watched
    watched.close()

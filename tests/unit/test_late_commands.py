# SPDX-License-Identifier: MIT
"""Commands that a line has held up come when nobody waits any more: a STOP behind them takes them back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from followfocus.errors import LineError
from followfocus.stage.shoot import load, ready
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from followfocus.wire.messages import State
from tests.conformance.units import SimulatedBench, UnitPort
from tests.support.benches import a_plan

PLAN = a_plan(60.0, 90.0, 1.0)
STANDING_STEPS = 8
"""Steps that a start of a few milliseconds makes at most"""


class HeldLine:
    """A line that can stand still: it keeps what is written, and hands nothing over, until it is let go."""

    def __init__(self, port: UnitPort) -> None:
        self.name, self._port = port.name, port
        self.held = False
        self._kept: list[bytes] = []

    def read(self, timeout_s: float) -> bytes:
        data = self._port.read(timeout_s)
        return b"" if self.held else data

    def write(self, data: bytes) -> None:
        self._kept.append(data)
        if not self.held:
            self.let_go()

    def let_go(self) -> None:
        self.held, kept = False, b"".join(self._kept)
        self._kept.clear()
        self._port.write(kept)

    def close(self) -> None:
        self._port.close()


@pytest.mark.parametrize(
    ("begin", "prepared"),
    [
        (lambda unit: unit.go(1), lambda unit: unit.arm()),
        (lambda unit: unit.arm(), lambda unit: unit.back_to_one()),
        (lambda unit: unit.arm(cue=True), lambda unit: unit.back_to_one()),
        (lambda unit: unit.goto_deg(120.0), lambda unit: unit.back_to_one()),
        (lambda unit: unit.goto_deg(120.0, wait=False), lambda unit: unit.back_to_one()),
    ],
    ids=["GO", "ARM", "ARM for the cue", "a move", "a move that nobody waits for"],
)
def test_what_comes_late_starts_nothing(
    begin: Callable[[FollowFocusUnit], object], prepared: Callable[[FollowFocusUnit], object]
) -> None:
    bench = SimulatedBench()
    line = HeldLine(bench.open_port())
    unit = FollowFocusUnit(Link(lambda _attempt: line, bench.clock))
    unit.connect()
    ready(unit, PLAN, 60.0)
    load(unit, PLAN)
    prepared(unit)
    before = len(bench.steps())
    line.held = True
    with pytest.raises(LineError):
        begin(unit)
    line.let_go()
    unit.link.sleep(3.0)
    assert len(bench.steps()) - before <= STANDING_STEPS
    assert unit.refresh().state is State.LOADED
    unit.close()
    bench.close()

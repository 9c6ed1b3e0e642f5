# SPDX-License-Identifier: MIT
"""The same faults on the line to the simulated unit, the core and the emulated board come to the same end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from followfocus.clock import Clock
from followfocus.errors import LineError
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.takes import Take
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from tests.conformance.tools import need_board
from tests.conformance.units import Bench, BoardBench, SimulatedBench, UnitPort, running
from tests.firmware.core import CoreBench
from tests.support.benches import a_plan

PLAN = a_plan(60.0, 70.0, 0.3)
Spoil = Callable[[random.Random, int], bytes]
HARMLESS: dict[str, Spoil] = {
    "bits turned over": lambda draw, byte: bytes([byte ^ 1 << draw.randrange(8)] if draw.random() < 0.003 else [byte]),
    "bytes lost": lambda draw, byte: b"" if draw.random() < 0.003 else bytes([byte]),
    "bytes twice": lambda draw, byte: bytes([byte, byte] if draw.random() < 0.003 else [byte]),
    "frames torn by zeros": lambda draw, byte: bytes([byte, 0] if draw.random() < 0.003 else [byte]),
}
HOPELESS: dict[str, Spoil] = {
    "bits turned over": lambda draw, byte: bytes([byte ^ 1 << draw.randrange(8)] if draw.random() < 0.05 else [byte]),
    "bytes lost": lambda draw, byte: b"" if draw.random() < 0.05 else bytes([byte]),
}


@dataclass
class SpoiledPort:
    """A port whose bytes are spoilt both ways, and held back for up to so long on the way to the host."""

    port: UnitPort
    clock: Clock
    spoil: Spoil
    late_s: float = 0.0
    draw: random.Random = field(default_factory=lambda: random.Random(1))
    name: str = "a faulty line"
    held: list[tuple[float, bytes]] = field(default_factory=list)

    def read(self, timeout_s: float) -> bytes:
        data = self._spoilt(self.port.read(timeout_s))
        if data:
            self.held.append((self.clock.now() + self.draw.random() * self.late_s, data))
        come = b""
        while self.held and self.held[0][0] <= self.clock.now():
            come += self.held.pop(0)[1]
        return come

    def write(self, data: bytes) -> None:
        self.port.write(self._spoilt(data))

    def close(self) -> None:
        """The line stays."""

    def _spoilt(self, data: bytes) -> bytes:
        return b"".join(self.spoil(self.draw, byte) for byte in data)


@pytest.fixture(name="bench", params=["simulated", "core", pytest.param("board", marks=pytest.mark.board)])
def _bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "board":
        need_board()
    kinds: dict[str, Callable[[], Bench]] = {"simulated": SimulatedBench, "core": CoreBench, "board": BoardBench}
    with running(kinds[request.param]()) as bench:
        yield bench


def shot(bench: Bench, spoil: Spoil, late_s: float = 0.0) -> list[Take]:
    """Two takes over such a line."""
    port = SpoiledPort(bench.open_port(), bench.clock, spoil, late_s)
    unit = FollowFocusUnit(Link(lambda _attempt: port, bench.clock))
    try:
        unit.connect()
        ready(unit, PLAN, 60.0)
        loaded = load(unit, PLAN)
        return [shoot(unit, loaded, take) for take in (1, 2)]
    finally:
        unit.close()


def judged(bench: Bench, takes: list[Take]) -> None:
    """Both are good, by the unit's word and by its pins: there, back, and there again."""
    assert [take.verdict.value for take in takes] == ["good", "good"]
    assert [take.steps for take in takes] == [PLAN.profile.steps] * 2
    stands = sum(step.direction for step in bench.steps())
    # From where it was said to stand; the lash is taken up on the way to the start.
    assert stands == PLAN.profile.start + PLAN.profile.steps - round(60.0 * PLAN.rig.steps_per_deg)


@pytest.mark.parametrize("fault", HARMLESS)
def test_a_line_with_faults_now_and_then_costs_no_take_and_no_step(bench: Bench, fault: str) -> None:
    judged(bench, shot(bench, HARMLESS[fault]))


def test_a_line_that_is_late_costs_no_take_and_no_step(bench: Bench) -> None:
    judged(bench, shot(bench, lambda _draw, byte: bytes([byte]), late_s=0.15))


@pytest.mark.parametrize("fault", HOPELESS)
def test_a_line_that_is_no_line_is_said_and_nothing_moves(bench: Bench, fault: str) -> None:
    with pytest.raises(LineError, match=r"does not answer|is not a followfocus unit"):
        shot(bench, HOPELESS[fault])
    assert bench.steps() == []

# SPDX-License-Identifier: MIT
"""How long a 2 s pull truly takes, on lines that hand over their bytes in bunches and by clocks that are off.

Every run is a connection of its own: the whole way from the greeting to the take's verdict, on a simulated unit whose
oscillator is off or warms up and whose bytes reach the host every so many milliseconds. True seconds are the
simulation's. A take is at fault where it is a millisecond off or more and says neither that nor that it isn't known.

Run alone: `python -m benchmarks.campaigns.clock [RUNS]`.
"""

from __future__ import annotations

import math
import random
import sys
from collections import deque
from functools import cache

from followfocus.clock import VirtualClock
from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import Plan, make_plan
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.oscillator import Oscillator
from followfocus.sim.ports import SimPort
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.takes import Take
from followfocus.takes.timing import TOLD_MS
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link

RUNS = 200
SAMPLE = 4
EVERY_MS = (0, 4, 16)
ERRORS_PPM = (0, 50, -50, 500, -500, 5000, -5000)
WARM_UP = "warm-up"
WARM_UP_PPM_S = 4.0
HZ = 16e6


class Warming(Oscillator):
    """An oscillator that is off and goes faster and faster, by `ppm_s` every second."""

    def __init__(self, ppm: float, ppm_s: float) -> None:
        super().__init__(HZ * (1 + ppm * 1e-6))
        self._per_s = ppm_s * 1e-6

    def tick_at(self, now_s: float) -> int:
        """The tick that has come by `now_s`."""
        if self._power_on_s is None:
            self._power_on_s = now_s
        since_s = now_s - self._power_on_s
        return math.floor(self._rate_hz * since_s * (1 + self._per_s * since_s / 2))

    def since_power_on(self, tick: int) -> float:
        """Seconds from power-on to `tick`; this unit is never restarted."""
        even_s = tick / self._rate_hz
        return 2 * even_s / (1 + math.sqrt(1 + 2 * self._per_s * even_s))


class Bunched:
    """A unit on a converter that hands over what it has every `every_s`, counted from `phase_s`."""

    def __init__(self, unit: SimulatedUnit, every_s: float, phase_s: float) -> None:
        self._unit, self._every_s, self._phase_s = unit, every_s, phase_s
        self._held: deque[tuple[float, bytes]] = deque()
        self._now_s = 0.0

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Let time pass to `now_s`, or until something is handed over."""
        while True:
            due_s = self._held[0][0] if self._held and until_output else now_s
            self._now_s = self._unit.advance(min(now_s, due_s), until_output=True)
            data = self._unit.take_output()
            if data:
                self._held.append((self._handed_over_s(self._now_s), data))
            ready = bool(self._held) and self._held[0][0] <= self._now_s
            if self._now_s >= now_s or (until_output and ready):
                return self._now_s

    def _handed_over_s(self, now_s: float) -> float:
        if not self._every_s:
            return now_s
        return (math.floor((now_s - self._phase_s) / self._every_s) + 1) * self._every_s + self._phase_s

    def take_output(self) -> bytes:
        """The bytes handed over so far."""
        data = b""
        while self._held and self._held[0][0] <= self._now_s:
            data += self._held.popleft()[1]
        return data

    def feed(self, data: bytes, now_s: float) -> None:
        """Bytes for the unit, which no latency timer holds up."""
        self._unit.feed(data, now_s)

    def next_event_s(self) -> float | None:
        """When something may next happen."""
        times = [self._unit.next_event_s(), self._held[0][0] if self._held else None]
        return min((time for time in times if time is not None), default=None)


@cache
def two_seconds() -> Plan:
    """The pull: 2 m to 4 m on a 50 mm in 2 s."""
    lens = load_lens("ideal-50")
    start, end = (Mark(name, float(lens.ring_deg(metres))) for name, metres in (("A", 2.0), ("B", 4.0)))
    return make_plan(lens, Pull.between(start, end, 2.0))


def a_take(every_ms: float, error: float | str, seed: int) -> tuple[Take, float]:
    """One take, and by how many milliseconds it was truly late."""
    chance = random.Random(seed)
    ppm, ppm_s = (chance.uniform(-300, 300), WARM_UP_PPM_S) if isinstance(error, str) else (error, 0.0)
    oscillator, ring = Warming(ppm, ppm_s), RigidRing(two_seconds().rig.ring_deg_per_step)
    unit = SimulatedUnit(mechanics=ring, build=Build(boot_seed=seed), oscillator=oscillator)
    clock = VirtualClock(chance.random())
    port = SimPort(Bunched(unit, every_ms * 1e-3, chance.random()), clock)
    with FollowFocusUnit(Link(lambda _: port, clock)) as host:
        host.link.sleep(chance.uniform(0.0, 0.1))
        ready(host, two_seconds(), 0.0)
        loaded = load(host, two_seconds())
        take = shoot(host, loaded, 1)
    edges = loaded.profile.edge_ticks()
    true_s = oscillator.since_power_on(take.start_clock + (take.last_edge_ticks or 0))
    true_s -= oscillator.since_power_on(take.start_clock)
    return take, (true_s - float(edges[-1]) / loaded.profile.tick_hz) * 1e3


def is_told(take: Take) -> bool:
    """Whether the take says that it was late, or that nobody knows so well."""
    within_ms = take.timing.host_within_ms
    return within_ms is None or within_ms >= TOLD_MS or bool(take.timing.reasons)


def rows(runs: int = RUNS) -> list[tuple[float, float | str, int, int, int, int]]:
    """(bytes every ms, error in ppm, takes, those within 1 ms, others that say so, others) by line and clock."""
    made: list[tuple[float, float | str, int, int, int, int]] = []
    for every_ms in EVERY_MS:
        for error in (*ERRORS_PPM, WARM_UP):
            takes = [a_take(every_ms, error, seed) for seed in range(runs)]
            off = [take for take, late_ms in takes if abs(late_ms) >= TOLD_MS]
            told = sum(is_told(take) for take in off)
            made.append((every_ms, error, runs, runs - len(off), told, len(off) - told))
    return made


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS):
        print("bytes every {:2} ms, {:>7} ppm: {} takes, {} within 1 ms, {} others told, {} untold".format(*row))

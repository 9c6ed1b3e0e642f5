# SPDX-License-Identifier: MIT
"""The app's player, bridge, worker and hand on a simulated unit, in one thread and on a virtual clock.

What a person does at the desk and at a wheel can so be put as close together as one likes; the pins say what moved.
"""

from __future__ import annotations

import itertools
import queue
from collections.abc import Callable
from pathlib import Path

from followfocus.hand.events import WheelTurned
from followfocus.stage.by_hand import TICK_S
from followfocus.stage.events import Taken
from followfocus.takes.keeper import TakeKeeper
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.state.desk import Desk
from tests.conformance.units import SimulatedBench
from tests.support.followed import client_of

WHEEL = "wheel"


class RacingDesk:
    """A desk with its ring at 100°, A at 60° and B at 120°, and a wheel with ring degrees for counts."""

    def __init__(self, folder: Path) -> None:
        self.bench = SimulatedBench()
        self.unit = client_of(self.bench)
        self.desk = Desk.new()
        self.desk.edit_mark(0, ring_deg=60.0)
        self.desk.edit_mark(1, ring_deg=120.0)
        self.kept: list[Taken] = []
        self.meanwhile: Callable[[], object] = lambda: None
        """Called in a take, with each word of its progress"""
        self.bridge = UnitBridge("sim", self.desk.show.unit.rig(self.desk.lens))
        self._worker = self.bridge._worker
        self.player = DeskPlayer(self.desk, self.bridge, TakeKeeper(folder / "takes.db"), clock=self.unit.clock)
        self.player.taken.connect(self.kept.append)
        self.bridge.progressed.connect(lambda *_: self.meanwhile())
        self._meet()

    def close(self) -> None:
        """At the end."""
        self.bridge.drive.leave()
        self.unit.close()
        self.bench.close()

    def _meet(self) -> None:
        self.bridge.connecting.emit("sim")
        info = self.unit.connect()
        self._worker.unit = self.unit
        self.unit.listen(self._worker._hear)
        self.bridge.drive.meet(self.unit)
        self.bridge.statusChanged.emit(self.unit.status)
        self.bridge.connected.emit(info)
        self.wait(0.2)
        self.player.set_position(100.0)
        self.wait(0.2)
        self.bridge.drive.hand.behave(self.bridge.drive.hand.manners.but(turn_counts=self.desk.lens.travel_deg))

    @property
    def now_s(self) -> float:
        """The virtual clock."""
        return self.unit.clock.now()

    @property
    def ring_deg(self) -> float:
        """Where the ring stands, as the unit counts."""
        return self.unit.refresh().ring_deg or 0.0

    def turn(self, deg: float, source: str = WHEEL) -> None:
        """The wheel says that it has turned so far."""
        self.bridge.hear(WheelTurned(self.now_s, source, deg))

    def work(self) -> None:
        """The worker does all that waits for it."""
        while True:
            try:
                entry = self._worker._queue.get_nowait()
            except queue.Empty:
                return
            self._worker.take(entry, self.unit)

    def wait(self, seconds: float, turning_deg_s: float = 0.0) -> None:
        """Time passes, 10 ms by 10 ms; the wheel turns meanwhile, or rests."""
        end_s = self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            if turning_deg_s:
                self.turn(turning_deg_s * TICK_S)
            self.work()
            if self.bridge.drive.busy:
                self._worker._tick()
            self.unit.link.sleep(min(TICK_S, max(end_s - self.now_s, 0.0)))
        self.work()

    def path(self, since: int) -> list[float]:
        """Where the ring was after each step edge from the edge of that number on, in degrees; it stands there now."""
        steps = self.bench.steps()
        end = self.ring_deg * self.unit.steps_per_deg
        total = sum(step.direction for step in steps[since:])
        ways = itertools.accumulate((step.direction for step in steps[since:]), initial=end - total)
        return [way / self.unit.steps_per_deg for way in ways]

    @property
    def edges(self) -> int:
        """How many step edges there have been."""
        return len(self.bench.steps())

"""The one crossing between the unit's threads and the window: jobs go over on a worker, news comes back as signals.

Nothing here waits in the GUI thread. STOP alone goes straight to the unit, past every job.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from followfocus.errors import FollowFocusError

if TYPE_CHECKING:
    from followfocus.evidence import UnitStatus
    from followfocus.motor import Rig
    from followfocus.unit import FollowFocusUnit

Job = Callable[["FollowFocusUnit"], object]


class UnitBridge(QObject):
    """A unit on a worker thread. Signals arrive queued in the thread that owns this object."""

    statusChanged = Signal(object)  # noqa: N815 - Qt's spelling
    connected = Signal(object)
    failed = Signal(str, str)
    """(what was tried, the sentence)"""
    finished = Signal(str, object)
    """(the job's name, what it returned)"""
    progressed = Signal(float, object)

    def __init__(self, port: str, rig: Rig, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._port, self._rig = port, rig
        self._jobs: queue.SimpleQueue[tuple[str, Job] | None] = queue.SimpleQueue()
        self._unit: FollowFocusUnit | None = None
        self._target_deg: float | None = None
        self._target_lock = threading.Lock()
        self._worker = threading.Thread(target=self._work, name="unit jobs", daemon=True)

    def start(self) -> None:
        """Connect, and take jobs."""
        self._worker.start()

    def ask(self, name: str, job: Job) -> None:
        """Do `job` after those before it; `finished` or `failed` tells."""
        self._jobs.put((name, job))

    def follow(self, ring_deg: float, speed_deg_s: float) -> None:
        """Let the ring follow the hand: only the newest target counts, however fast they come."""
        with self._target_lock:
            waiting = self._target_deg is not None
            self._target_deg = ring_deg
        if not waiting:
            self.ask("follow", lambda unit: self._follow(unit, speed_deg_s))

    def _follow(self, unit: FollowFocusUnit, speed_deg_s: float) -> None:
        with self._target_lock:
            target, self._target_deg = self._target_deg, None
        if target is not None:
            unit.follow(target, speed_deg_s)

    def stop(self, *, hard: bool = False) -> None:
        """STOP, at once, from any thread."""
        unit = self._unit
        if unit is None:
            return
        try:
            (unit.hard_stop if hard else unit.stop)(wait=False)
        except FollowFocusError as error:
            self.failed.emit("stop", str(error))

    def close(self) -> None:
        """Stop what moves, end the worker, close the port."""
        self.stop()
        self._jobs.put(None)
        if self._worker.is_alive():
            self._worker.join(5.0)

    def progress(self, elapsed_s: float, status: UnitStatus) -> None:
        """What a take calls while it runs."""
        self.progressed.emit(elapsed_s, status)

    def _work(self) -> None:
        from followfocus.connect import unit_on

        try:
            with unit_on(self._port, rig=self._rig) as unit:
                self._unit = unit
                unhear = unit.listen(lambda _event: self.statusChanged.emit(unit.status))
                self.connected.emit(unit.info)
                self.statusChanged.emit(unit.status)
                self._serve(unit)
                unhear()
        except FollowFocusError as error:
            self.failed.emit("connect", str(error))
        finally:
            self._unit = None

    def _serve(self, unit: FollowFocusUnit) -> None:
        while (entry := self._jobs.get()) is not None:
            name, job = entry
            try:
                answer = job(unit)
            except FollowFocusError as error:
                self.failed.emit(name, str(error))
            else:
                self.finished.emit(name, answer)

"""The one crossing between the unit's threads and the window: jobs go over on a worker, news comes back as signals.

Nothing here waits in the GUI thread. STOP alone goes straight to the unit, past every job. A link that is lost is
looked for by the core for as long as the port is wanted; what it finds is told here.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from followfocus.errors import FollowFocusError

if TYPE_CHECKING:
    from followfocus.motion.motor import Rig
    from followfocus.unit.line import UnitEvent
    from followfocus.unit.unit import FollowFocusUnit
    from followfocus.wire.evidence import UnitStatus

Job = Callable[["FollowFocusUnit"], object]
JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class _Port:
    """The wish for another port; an empty name is none."""

    name: str


class UnitBridge(QObject):
    """A unit on a worker thread. Signals arrive queued in the thread that owns this object."""

    statusChanged = Signal(object)
    connecting = Signal(str)
    """The port that is being opened; empty when there is to be none"""
    connected = Signal(object)
    lost = Signal(str)
    """The link is gone and is being looked for"""
    back = Signal(object)
    """It is there again, in the state (UnitStatus) that it is in"""
    failed = Signal(str, str)
    """(what was tried, the sentence)"""
    finished = Signal(str, object)
    """(the job's name, what it returned)"""
    progressed = Signal(float, object)
    stopped = Signal()
    """STOP was asked for: whatever keeps asking for motion must let go"""

    def __init__(
        self, port: str, rig: Rig, parent: QObject | None = None, *, stops_deg: tuple[float, float] | None = None
    ) -> None:
        """`rig` and `stops_deg` are what a simulated unit is built with."""
        super().__init__(parent)
        self._port, self._rig, self._stops_deg = port, rig, stops_deg
        self._jobs: queue.SimpleQueue[tuple[str, Job] | _Port | None] = queue.SimpleQueue()
        self._unit: FollowFocusUnit | None = None
        self._target_deg: float | None = None
        self._target_lock = threading.Lock()
        self._down, self._last_heard = False, 0.0
        self._worker = threading.Thread(target=self._work, name="unit jobs", daemon=True)

    @property
    def port(self) -> str:
        """The port that is wanted."""
        return self._port

    def start(self) -> None:
        """Connect, and take jobs."""
        self._worker.start()

    def connect_to(self, port: str) -> None:
        """Leave the unit there is and connect to the one on another port."""
        self.stop()
        self._port = port
        self._jobs.put(_Port(port))

    def disconnect_unit(self) -> None:
        """Leave the unit; its port is free for others."""
        self.connect_to("")

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
        self.stopped.emit()
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
            self._worker.join(JOIN_S)

    def progress(self, elapsed_s: float, status: UnitStatus) -> None:
        """What a take calls while it runs."""
        self.progressed.emit(elapsed_s, status)

    # On the worker ------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        wanted: _Port | None = _Port(self._port)
        while wanted is not None:
            wanted = self._on(wanted.name)

    def _on(self, port: str) -> _Port | None:
        """Be on a port until another is wanted; that one, None at the end."""
        from followfocus.unit.connect import unit_on

        self.connecting.emit(port)
        self._down, self._last_heard = False, 0.0
        if not port:
            return self._refuse(self.tr("No unit is connected."))
        try:
            with unit_on(port, rig=self._rig, stops_deg=self._stops(port)) as unit:
                self._unit = unit
                unhear = unit.listen(self._hear)
                self.connected.emit(unit.info)
                self.statusChanged.emit(unit.status)
                wanted = self._serve(unit)
                unhear()
                return wanted
        except FollowFocusError as error:
            self.failed.emit("connect", str(error))
        except Exception:
            logging.getLogger(__name__).exception("connecting to %s", port)
            self.failed.emit("connect", self.tr("A fault of the program while connecting; the log file says more."))
        finally:
            self._unit = None
        return self._refuse(self.tr("No unit is connected."))

    def _stops(self, port: str) -> tuple[float, float] | None:
        return self._stops_deg if port.strip().lower() == "sim" else None

    def _serve(self, unit: FollowFocusUnit) -> _Port | None:
        while (entry := self._jobs.get()) is not None:
            if isinstance(entry, _Port):
                return entry
            name, job = entry
            try:
                answer = job(unit)
            except FollowFocusError as error:
                self.failed.emit(name, str(error))
            except Exception:
                logging.getLogger(__name__).exception("in the job “%s”", name)
                words = self.tr(
                    "A fault of the program in “{0}”. The unit is safe: STOP works. The log file says more."
                )
                self.failed.emit(name, words.format(name))
            else:
                self.finished.emit(name, answer)
        return None

    def _refuse(self, words: str) -> _Port | None:
        """Without a unit every job fails, until a port is wanted."""
        from followfocus.wire.evidence import UnitStatus

        self.statusChanged.emit(UnitStatus())
        while (entry := self._jobs.get()) is not None:
            if isinstance(entry, _Port):
                return entry
            with self._target_lock:
                self._target_deg = None
            self.failed.emit(entry[0], words)
        return None

    def _hear(self, event: UnitEvent) -> None:
        """On the link's thread: what the unit tells, and whether it is there at all."""
        from followfocus.wire.events import ResetNoticed, StopUnanswered
        from followfocus.wire.link import Down

        unit = self._unit
        if unit is None:
            return
        if isinstance(event, FollowFocusError):
            self.failed.emit("follow", str(event))
        elif isinstance(event, StopUnanswered):
            self.failed.emit("stop", self.tr("STOP was not answered. Cut the motor's power if it still turns."))
        elif isinstance(event, ResetNoticed) and not self._down:
            self.failed.emit("unit", self.tr("The unit was reset. Where the ring stands has to be said anew."))
        elif isinstance(event, Down):
            words = self.tr("{0} It is looked for. Check cable and power.")
            self.lost.emit(event.words if event.final else words.format(event.words))
            self._down, self._last_heard = True, unit.status.received_s
        status = unit.status
        if self._down and status.connected and status.received_s != self._last_heard:
            self._down = False
            self.back.emit(status)
        self.statusChanged.emit(status)

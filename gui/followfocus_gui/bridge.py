# SPDX-License-Identifier: MIT
"""The one crossing between the unit's threads and the window: orders and jobs go over, news comes back as signals.

Nothing here waits in the GUI thread. STOP alone goes straight to the unit, past everything: from that moment all that
was asked before it is void, wherever it waits. Orders are carried out by the stage's runner, as in the terminal. A link
that is lost is looked for by the core for as long as the port is wanted; what it finds is told here.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from followfocus.errors import FollowFocusError, LineError, StoppedError
from followfocus.hand.events import SourceEvent
from followfocus.stage.by_hand import TICK_S
from followfocus.stage.events import Failed
from followfocus.stage.orders import Cancel, Order, Shoot
from followfocus.stage.run import Keeper, Runner
from followfocus_gui.hand_drive import HandDrive
from followfocus_gui.state.jobs import Job

if TYPE_CHECKING:
    from followfocus.motion.motor import Rig
    from followfocus.unit.line import UnitEvent
    from followfocus.unit.unit import FollowFocusUnit, Progress

JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class _Port:
    """The wish for another port; an empty name is none."""

    name: str


@dataclass(frozen=True, slots=True)
class _Woken:
    """The hand has something for the worker."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A job, and the epoch it was asked in."""

    job: Job
    epoch: int


class UnitBridge(QObject):
    """A unit on a worker thread. Signals arrive queued in the thread that owns this object."""

    statusChanged = Signal(object)
    connecting = Signal(str)
    """The port that is being opened; empty when there is to be none"""
    connected = Signal(object)
    refused = Signal(str)
    """There is no unit on the port, and why"""
    lost = Signal(str)
    """The link is gone and is being looked for"""
    back = Signal(object)
    """It is there again, in the state (UnitStatus) that it is in"""
    ended = Signal(object)
    """The outcome of an order: Done or Failed"""
    finished = Signal(object, object)
    """(the Job, what it returned)"""
    failed = Signal(object, str)
    """(the Job, the sentence)"""
    warned = Signal(str)
    """Trouble that belongs to no order and no job"""
    unanswered = Signal(str)
    """STOP was not answered; the sentence"""
    loaded = Signal(str)
    """The hash of the plan on the unit, after a job"""
    progressed = Signal(float, object)
    stopped = Signal(int)
    """STOP was given, and this epoch begins: whatever keeps asking for motion must let go"""

    def __init__(
        self,
        port: str,
        rig: Rig,
        parent: QObject | None = None,
        *,
        keeper: Keeper | None = None,
        reconcile: Callable[[FollowFocusUnit], Sequence[str]] = lambda _unit: (),
        stops_deg: tuple[float, float] | None = None,
    ) -> None:
        """`rig` and `stops_deg` are what a simulated unit is built with; `keeper` keeps the takes.

        `reconcile` is done with each unit that is met, to end takes that were begun and never closed.
        """
        super().__init__(parent)
        self._port, self._rig, self._stops_deg = port, rig, stops_deg
        self._queue: queue.SimpleQueue[Order | _Asked | _Port | _Woken | None] = queue.SimpleQueue()
        self._unit: FollowFocusUnit | None = None
        self.drive = HandDrive(self)
        self._runner = Runner(keeper, self._watch, self.drive.beside)
        self._reconcile = reconcile
        self._is_woken = False
        self._target_deg: float | None = None
        self._target_lock = threading.Lock()
        self._down, self._last_heard = False, 0.0
        self._worker = threading.Thread(target=self._work, name="unit jobs", daemon=True)

    @property
    def port(self) -> str:
        """The port that is wanted."""
        return self._port

    def start(self) -> None:
        """Connect, and take orders."""
        self._worker.start()

    def connect_to(self, port: str) -> None:
        """Leave the unit there is and connect to the one on another port."""
        # Whatever moves on the old port must not go on unwatched; and a STOP makes the worker come back to its queue.
        self.stop()
        self._port = port
        self._queue.put(_Port(port))

    def disconnect_unit(self) -> None:
        """Leave the unit; its port is free for others."""
        self.connect_to("")

    def order(self, order: Order) -> None:
        """Carry an order of the player out after those before it; `ended` tells what became of it."""
        # A Cancel can't queue up: the wait that it ends is what the worker is busy with.
        if isinstance(order, Cancel):
            self._runner.cancel(order.wait)
        else:
            self._queue.put(order)

    def clock_at(self, host_s: float) -> int | None:
        """The unit's clock at a moment of the host's; None without a unit."""
        unit = self._unit
        return None if unit is None else unit.link.session.sync.clock_at(host_s)

    def ask(self, job: Job) -> None:
        """Do a job after those before it; `finished` or `failed` tells."""
        self._queue.put(_Asked(job, self._runner.epoch))

    def hear(self, event: SourceEvent) -> None:
        """A wheel, the mouse or a key did something: the ring follows at once. From any thread."""
        self.drive.hear(event)
        if self.drive.busy and not self._is_woken:
            self._is_woken = True
            self._queue.put(_Woken())

    def follow(self, ring_deg: float, speed_deg_s: float) -> None:
        """Let the ring follow the hand: only the newest target counts, however fast they come."""
        with self._target_lock:
            waiting = self._target_deg is not None
            self._target_deg = ring_deg
        # One job for however many targets: it takes the newest when it runs, so a fast hand never fills the queue.
        if not waiting:
            self.ask(Job("turning the ring", lambda unit: self._follow(unit, speed_deg_s), by_hand=True))

    def _follow(self, unit: FollowFocusUnit, speed_deg_s: float) -> None:
        target = self._take_target()
        if target is not None:
            unit.head_for(target, speed_deg_s)

    def _take_target(self) -> float | None:
        with self._target_lock:
            target, self._target_deg = self._target_deg, None
        return target

    def stop(self, *, hard: bool = False) -> None:
        """STOP, at once, from any thread."""
        # On the caller's thread, past the queue. What waits there is of an earlier epoch, and refused as it comes up.
        try:
            epoch = self._runner.stop(self._unit, hard=hard)
        except FollowFocusError as error:
            epoch = self._runner.epoch
            self.warned.emit(str(error))
        self._take_target()
        self.drive.let_go()
        self.stopped.emit(epoch)

    def close(self) -> None:
        """Stop what moves, let the take under way be kept, end the worker, close the port."""
        self.stop()
        self._queue.put(None)
        # Bounded: a driver that hangs in the kernel must not keep the window open; the thread is a daemon.
        if self._worker.is_alive():
            self._worker.join(JOIN_S)

    # On the worker ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _watch(self, _order: Shoot) -> Iterator[Progress]:
        yield self.progressed.emit

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
            return self._without("No unit is connected.")
        try:
            with unit_on(port, rig=self._rig, stops_deg=self._stops(port)) as unit:
                self._unit = unit
                unhear = unit.listen(self._hear)
                self.statusChanged.emit(unit.status)
                self.connected.emit(unit.info)
                self._settle(unit)
                self.drive.meet(unit)
                wanted = self._serve(unit)
                self.drive.leave()
                unhear()
                return wanted
        except FollowFocusError as error:
            self.refused.emit(str(error))
        except Exception:
            logging.getLogger(__name__).exception("connecting to %s", port)
            self.refused.emit("The program tripped while connecting. The log file says more.")
        finally:
            self._unit = None
        return self._without("No unit is connected.")

    def _settle(self, unit: FollowFocusUnit) -> None:
        try:
            for words in self._reconcile(unit):
                self.warned.emit(words)
        except FollowFocusError as error:
            self.warned.emit(str(error))

    def _stops(self, port: str) -> tuple[float, float] | None:
        return self._stops_deg if port.strip().lower() == "sim" else None

    def _serve(self, unit: FollowFocusUnit) -> _Port | None:
        while (entry := self._next()) is not None:
            if isinstance(entry, _Woken):
                self._is_woken = False
                continue
            if isinstance(entry, _Port):
                return entry
            self.drive.end()
            if isinstance(entry, Order):
                self._carry_out(entry, unit)
            else:
                self._do(entry, unit)
        return None

    def _next(self) -> Order | _Asked | _Port | _Woken | None:
        """What is to be done next; until then the hand is followed."""
        while self.drive.busy:
            try:
                return self._queue.get(timeout=TICK_S)
            except queue.Empty:
                self._tick()
        return self._queue.get()

    def _tick(self) -> None:
        try:
            self.drive.tick()
        except FollowFocusError as error:
            self.warned.emit(str(error))
        # Broad on purpose, as below.
        except Exception:
            logging.getLogger(__name__).exception("in the hand")
            self.warned.emit(self._fault("turning the ring"))

    def _carry_out(self, order: Order, unit: FollowFocusUnit) -> None:
        try:
            self.ended.emit(self._runner.do(order, unit))
        # Broad on purpose: a fault in here would end the worker, and with it every way to reach the unit but STOP.
        except Exception:
            what = type(order).__name__
            logging.getLogger(__name__).exception("in the order “%s”", what)
            self.ended.emit(Failed(order, "", FollowFocusError(self._fault(what))))

    def _do(self, asked: _Asked, unit: FollowFocusUnit) -> None:
        job, asked_at = asked.job, unit.stops  # looked at before the epoch: a STOP in between shows in one of them
        try:
            if asked.epoch != self._runner.epoch:
                raise StoppedError
            with unit.order(asked_at):
                answer = job.do(unit)
        except FollowFocusError as error:
            if not (job.by_hand and isinstance(error, StoppedError)):
                self.failed.emit(job, str(error))
        except Exception:
            logging.getLogger(__name__).exception("in the job “%s”", job.what)
            self.failed.emit(job, self._fault(job.what))
        else:
            self.finished.emit(job, answer)
        if not job.by_hand:
            self.loaded.emit(self._runner.loaded(unit))

    def _fault(self, what: str) -> str:
        words = "The program tripped in “{0}”. STOP works, takes are safe. The log file says more."
        return words.format(what)

    def _without(self, words: str) -> _Port | None:
        """Without a unit everything fails, until a port is wanted."""
        from followfocus.wire.evidence import UnitStatus

        self.statusChanged.emit(UnitStatus())
        while (entry := self._queue.get()) is not None:
            if isinstance(entry, _Port):
                return entry
            self._take_target()
            if isinstance(entry, _Woken):
                self._is_woken = False
            elif isinstance(entry, Order):
                self.ended.emit(Failed(entry, "", LineError(words)))
            else:
                self.failed.emit(entry.job, words)
        return None

    # On the link's thread -----------------------------------------------------------------------------------------

    def _hear(self, event: UnitEvent) -> None:
        """News from the unit, and whether it is there at all."""
        from followfocus.wire.events import ResetNoticed, StopUnanswered
        from followfocus.wire.link import Down

        unit = self._unit
        if unit is None:
            return
        if isinstance(event, FollowFocusError):
            self.warned.emit(str(event))
        elif isinstance(event, StopUnanswered):
            self.unanswered.emit("No answer to STOP: cut the motor's power.")
        elif isinstance(event, ResetNoticed) and not self._down:
            self.warned.emit("The unit restarted. Read the ring off the lens.")
        elif isinstance(event, Down):
            self.lost.emit(event.words if event.final else f"{event.words} It is looked for. Check cable and power.")
            self._down, self._last_heard = True, unit.status.received_s
        status = unit.status
        if self._down and status.connected and status.received_s != self._last_heard:
            self._down = False
            self.back.emit(status)
        self.statusChanged.emit(status)

# SPDX-License-Identifier: MIT
"""The one crossing between the unit's threads and the window: orders and jobs go over, news comes back as signals.

Nothing here waits in the GUI thread. STOP alone goes straight to the unit, past everything: from that moment all that
was asked before it is void, wherever it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from followfocus.clock import SystemClock
from followfocus.errors import FollowFocusError
from followfocus.hand.events import SourceEvent
from followfocus.stage.around import Around, LookAround, nothing_around
from followfocus.stage.orders import Cancel, Order
from followfocus.stage.run import Keeper
from followfocus.stage.stops_heard import StopsHeard
from followfocus_gui.hand_drive import HandDrive
from followfocus_gui.state.jobs import Job
from followfocus_gui.unit_news import UnitNews
from followfocus_gui.unit_worker import AskedJob, OtherPort, UnitWorker

if TYPE_CHECKING:
    from followfocus.motion.motor import Rig
    from followfocus.unit.unit import FollowFocusUnit
    from followfocus.wire.evidence import UnitStatus


class UnitBridge(UnitNews):
    """A unit on a worker thread. Signals arrive queued in the thread that owns this object."""

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
        self._port = port
        # Of the window's thread, as this is; what it does on others is said at each of its methods.
        self.drive = HandDrive(self)
        self.around: LookAround = nothing_around
        """How it is outside now, for takes; called on the worker"""
        self._worker = UnitWorker(self, self.drive, rig, keeper, reconcile, stops_deg, self._looked)
        self._stops_heard = StopsHeard()

    def _looked(self) -> Around:
        return self.around()

    @property
    def port(self) -> str:
        """The port that is wanted."""
        return self._port

    def start(self) -> None:
        """Connect, and take orders."""
        self._worker.start(self._port)

    def connect_to(self, port: str) -> None:
        """Leave the unit there is and connect to the one on another port."""
        # Whatever moves on the old port must not go on unwatched; and a STOP makes the worker come back to its queue.
        self.stop()
        self._port = port
        self._worker.put(OtherPort(port))

    def disconnect_unit(self) -> None:
        """Leave the unit; its port is free for others."""
        self.connect_to("")

    def order(self, order: Order) -> None:
        """Carry an order of the player out after those before it; `ended` tells what became of it."""
        # A Cancel can't queue up: the wait that it ends is what the worker is busy with.
        if isinstance(order, Cancel):
            self._worker.runner.cancel(order.wait)
        else:
            self._stops_heard.may_move()
            self._worker.put(order)

    def clock_at(self, host_s: float) -> int | None:
        """The unit's clock at a moment of the host's; None without a unit."""
        unit = self._worker.unit
        return None if unit is None else unit.link.session.sync.clock_at(host_s)

    def age_s(self, status: UnitStatus, host_s: float) -> float:
        """How old a status is at a moment of the host's: by the unit's clock, else since it came in."""
        unit = self._worker.unit
        reading = None if unit is None else unit.link.session.sync
        clock = None if reading is None else reading.clock_at(host_s)
        if reading is None or clock is None or not status.clock:
            return host_s - status.received_s
        return (clock - status.clock) / reading.nominal_hz

    @property
    def unit(self) -> FollowFocusUnit | None:
        """The unit there is, for who must reach it at once; its every call may wait for the line."""
        return self._worker.unit

    @property
    def alive(self) -> bool:
        """The worker runs."""
        return self._worker.alive

    def ask(self, job: Job) -> None:
        """Do a job after those before it; `finished` or `failed` tells."""
        self._stops_heard.may_move()
        self._worker.put(AskedJob(job, self._worker.runner.epoch))

    def hear(self, event: SourceEvent) -> None:
        """A wheel, the mouse or a key did something: the ring follows at once. From any thread."""
        self.drive.hear(event)
        if self.drive.busy:
            self._worker.wake()

    def follow(self, ring_deg: float, speed_deg_s: float) -> None:
        """Let the ring follow the hand: only the newest target counts, however fast they come."""
        # One job for however many targets: it takes the newest when it runs, so a fast hand never fills the queue.
        if self._worker.newest.put(ring_deg):
            self.ask(Job("turning the ring", lambda unit: self._follow(unit, speed_deg_s), by_hand=True))

    def _follow(self, unit: FollowFocusUnit, speed_deg_s: float) -> None:
        target = self._worker.newest.take()
        if target is not None:
            unit.head_for(target, speed_deg_s)

    @property
    def stopped_s(self) -> float:
        """When STOP was given last, by this computer's clock; -inf before the first."""
        return self._worker.runner.stopped_s

    def stop_from_outside(self, at_s: float, *, hard: bool = False) -> None:
        """STOP, heard from outside at `at_s` of this computer's clock: at once, unless it is the last one once more."""
        # The hand isn't asked: a wheel has to rest for longer than that before it turns anything after a STOP.
        if self._stops_heard.passes(at_s):
            self.stop(hard=hard)

    def stop(self, *, hard: bool = False) -> None:
        """STOP, at once, from any thread."""
        # On the caller's thread, past the queue. What waits there is of an earlier epoch, and refused as it comes up.
        try:
            epoch = self._worker.runner.stop(self._worker.unit, SystemClock().now(), hard=hard)
        # The line may be gone as STOP is pressed. Everything is void all the same, and the hand has to let go below.
        except FollowFocusError as error:
            epoch = self._worker.runner.epoch
            self.warned.emit(str(error))
        # What a hand has asked for last is void as well, or the next tick would send the ring there.
        self._worker.newest.take()
        self.drive.let_go()
        if self.drive.busy:
            self._worker.wake()  # a recording that had not begun waits for nothing any more
        # Last: whoever hears of it may look at all of this.
        self.stopped.emit(epoch)

    def close(self) -> None:
        """Stop what moves, let the take under way be kept, end the worker, close the port."""
        self.stop()
        self._worker.close()

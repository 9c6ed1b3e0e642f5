# SPDX-License-Identifier: MIT
"""The thread on the unit: it takes jobs from a queue, in order, and says how each ended.

Orders are carried out by the stage's runner, as in the terminal. A link that is lost is looked for by the core for as
long as the port is wanted; what it finds is told here.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from followfocus.errors import FollowFocusError, LineError, StoppedError
from followfocus.stage.around import LookAround
from followfocus.stage.by_hand import TICK_S
from followfocus.stage.events import Failed
from followfocus.stage.orders import Order, Shoot
from followfocus.stage.run import Keeper, Runner
from followfocus.unit.setup import LOST
from followfocus_gui import background
from followfocus_gui.hand_drive import HandDrive
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.retelling import Retelling
from followfocus_gui.unit_news import UnitNews

if TYPE_CHECKING:
    from followfocus.motion.motor import Rig
    from followfocus.unit.line import UnitEvent
    from followfocus.unit.unit import FollowFocusUnit, Progress

# Longer than a STOP takes to be answered and a take to be kept.
JOIN_S = 5.0


@dataclass(frozen=True, slots=True)
class OtherPort:
    """The wish for another port; an empty name for no port."""

    name: str


@dataclass(frozen=True, slots=True)
class Woken:
    """The hand has something for the worker."""


@dataclass(frozen=True, slots=True)
class AskedJob:
    """A job, and the epoch it was asked in."""

    job: Job
    epoch: int


class NewestTarget:
    """Where the hand wants the ring: only the newest counts. From any thread."""

    def __init__(self) -> None:
        self._deg: float | None = None
        self._lock = threading.Lock()

    def put(self, ring_deg: float) -> bool:
        """A newer target; whether none was waiting."""
        with self._lock:
            # Looked at and replaced under one lock: two hands at once must not both be told that none was waiting.
            waiting = self._deg is not None
            self._deg = ring_deg
        return not waiting

    def take(self) -> float | None:
        """The newest target, taken away; None where there is none."""
        with self._lock:
            target, self._deg = self._deg, None
        return target


class UnitWorker:
    """A unit, on a thread of its own. It decides nothing, and it never ends by a fault."""

    def __init__(
        self,
        news: UnitNews,
        drive: HandDrive,
        rig: Rig,
        keeper: Keeper | None,
        reconcile: Callable[[FollowFocusUnit], Sequence[str]],
        stops_deg: tuple[float, float] | None,
        around: LookAround,
    ) -> None:
        self._news, self._drive = news, drive
        self._rig, self._stops_deg, self._reconcile = rig, stops_deg, reconcile
        self._queue: queue.SimpleQueue[Order | AskedJob | OtherPort | Woken | None] = queue.SimpleQueue()
        self.runner = Runner(keeper, self._watch, drive.beside, around)
        self.unit: FollowFocusUnit | None = None
        """The unit there is"""
        self.newest = NewestTarget()
        self._first = OtherPort("")
        self._is_woken = False
        self._down, self._last_heard = False, 0.0
        self._told = Retelling()
        self._thread: threading.Thread | None = None

    # From any thread ----------------------------------------------------------------------------------------------

    def start(self, port: str) -> None:
        """Begin, on a port."""
        self._first = OtherPort(port)
        self._thread = background.in_background(self._work, "unit jobs")

    def put(self, entry: Order | AskedJob | OtherPort) -> None:
        """Something to be done after what was put before it."""
        self._queue.put(entry)

    def wake(self) -> None:
        """The hand has something; one call is enough for however much it has."""
        # No lock: two threads at once put two, and the second finds nothing. It is cleared before the look, not after.
        if not self._is_woken:
            self._is_woken = True
            self._queue.put(Woken())

    def close(self) -> None:
        """End, after what is under way."""
        self._queue.put(None)
        # Bounded: a driver that hangs in the kernel must not keep the window open; the thread is a daemon.
        if self._thread is not None:
            self._thread.join(JOIN_S)

    @property
    def alive(self) -> bool:
        """The thread runs."""
        return self._thread is not None and self._thread.is_alive()

    # On the worker ------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _watch(self, _order: Shoot) -> Iterator[Progress]:
        yield self._news.progressed.emit

    def _work(self) -> None:
        wanted: OtherPort | None = self._first
        while wanted is not None:
            wanted = self._on(wanted.name)

    def _on(self, port: str) -> OtherPort | None:
        """Be on a port until another is wanted; that one, None at the end."""
        from followfocus.unit.connect import unit_on

        self._news.connecting.emit(port)
        # Of this port alone: nothing is back or lost yet, and every first status is news.
        self._down, self._last_heard, self._told = False, 0.0, Retelling()
        if not port:
            return self._without("No unit is connected.")
        try:
            with unit_on(port, rig=self._rig, stops_deg=self._stops(port)) as unit:
                # Before it is listened to: news of a unit that isn't there yet would be dropped.
                self.unit = unit
                unhear = unit.listen(self._hear)
                self._drive.meet(unit)  # before the window knows of the unit: what a hand says from then on is heard
                self._news.statusChanged.emit(unit.status)
                self._news.connected.emit(unit.info)
                # Before the first order: takes that a program left open are
                # closed while the unit still has their evidence.
                self._settle(unit)
                wanted = self._serve(unit)
                # The hand leaves before the hearing ends: how its following went is still heard.
                self._drive.leave()
                unhear()
                return wanted
        except FollowFocusError as error:
            self._news.refused.emit(str(error))
        except Exception:
            logging.getLogger(__name__).exception("connecting to %s", port)
            self._news.refused.emit("The program tripped while connecting. The log file says more.")
        finally:
            self.unit = None
        return self._without("No unit is connected.")

    def _settle(self, unit: FollowFocusUnit) -> None:
        found = [LOST] if unit.setup.lost else []
        try:
            found += self._reconcile(unit)
        except FollowFocusError as error:
            found.append(str(error))
        # In one: a sentence on the state line makes room for the next.
        if found:
            self._news.found.emit(" ".join(found))

    def _stops(self, port: str) -> tuple[float, float] | None:
        # Only a simulated ring is built by us; where a real one's stops are, its lens knows.
        return self._stops_deg if port.strip().lower() == "sim" else None

    def _serve(self, unit: FollowFocusUnit) -> OtherPort | None:
        while (entry := self._next()) is not None:
            # Another port ends it here, whatever else waits: that is for a unit that is being left.
            if isinstance(entry, OtherPort):
                return entry
            self.take(entry, unit)
        return None

    def take(self, entry: Order | AskedJob | Woken, unit: FollowFocusUnit) -> None:
        """Do one thing of the queue."""
        if isinstance(entry, Woken):
            self._is_woken = False
            self._tick()
            return
        # The hand lets go first: two that send the ring to places of their own would fight.
        self._drive.end()
        if isinstance(entry, Order):
            self._carry_out(entry, unit)
        else:
            self._do(entry, unit)

    def _next(self) -> Order | AskedJob | OtherPort | Woken | None:
        """The next job; until it comes the hand is followed."""
        while self._drive.busy:
            try:
                return self._queue.get(timeout=TICK_S)
            except queue.Empty:
                self._tick()
        return self._queue.get()

    def _tick(self) -> None:
        try:
            self._drive.tick()
        except FollowFocusError as error:
            self._news.warned.emit(str(error))
        # Broad on purpose, as below.
        except Exception:
            logging.getLogger(__name__).exception("in the hand")
            self._news.warned.emit(self._fault("turning the ring"))

    def _carry_out(self, order: Order, unit: FollowFocusUnit) -> None:
        try:
            self._news.ended.emit(self.runner.do(order, unit))
        # Broad on purpose: a fault in here would end the worker, and with it every way to reach the unit but STOP.
        except Exception:
            what = type(order).__name__
            logging.getLogger(__name__).exception("in the order “%s”", what)
            self._news.ended.emit(Failed(order, "", FollowFocusError(self._fault(what))))

    def _do(self, asked: AskedJob, unit: FollowFocusUnit) -> None:
        job, asked_at = asked.job, unit.stops  # looked at before the epoch: a STOP in between shows in one of them
        try:
            # A job is asked in an epoch like an order: what was wanted before a STOP is not done after it.
            if asked.epoch != self.runner.epoch:
                raise StoppedError
            with unit.order(asked_at):
                answer = job.do(unit)
        except FollowFocusError as error:
            # A hand that was stopped asked for nothing that would have to be answered.
            if not (job.by_hand and isinstance(error, StoppedError)):
                self._news.failed.emit(job, str(error))
        except Exception:
            logging.getLogger(__name__).exception("in the job “%s”", job.what)
            self._news.failed.emit(job, self._fault(job.what))
        else:
            self._news.finished.emit(job, answer)
        # A job may have changed what is on the unit; the hand never does, and comes a hundred times as often.
        if not job.by_hand:
            self._news.loaded.emit(self.runner.loaded(unit))

    def _fault(self, what: str) -> str:
        words = "The program tripped in “{0}”. STOP works, takes are safe. The log file says more."
        return words.format(what)

    def _without(self, words: str) -> OtherPort | None:
        """Without a unit everything fails, until a port is wanted."""
        from followfocus.wire.evidence import UnitStatus

        self._news.statusChanged.emit(UnitStatus())
        while (entry := self._queue.get()) is not None:
            if isinstance(entry, OtherPort):
                return entry
            # A target for no unit is not kept: the next unit must not turn to where a hand was before it came.
            self.newest.take()
            if isinstance(entry, Woken):
                self._is_woken = False
            elif isinstance(entry, Order):
                # Without a unit, too, every order has its outcome: the player waits for it.
                self._news.ended.emit(Failed(entry, "", LineError(words)))
            else:
                self._news.failed.emit(entry.job, words)
        return None

    # On the link's thread -----------------------------------------------------------------------------------------

    def _hear(self, event: UnitEvent) -> None:
        """News from the unit, and whether it is there at all."""
        from followfocus.wire.events import ResetNoticed, StopUnanswered
        from followfocus.wire.link import Down

        unit = self.unit
        if unit is None:
            return
        if isinstance(event, FollowFocusError):
            self._news.warned.emit(str(event))
        elif isinstance(event, StopUnanswered):
            self._news.unanswered.emit("No answer to STOP: cut the motor's power.")
        elif isinstance(event, ResetNoticed) and not self._down:
            self._news.warned.emit("The unit restarted. Read the ring off the lens.")
        elif isinstance(event, Down):
            self._news.lost.emit(event.words)  # that it is looked for, and what to do, is the state line's to say
            self._down, self._last_heard = True, unit.status.received_s
        status = unit.status
        # Only a word that is newer than the loss: the status that stands is still the one from before it.
        if self._down and status.connected:
            if status.received_s == self._last_heard:
                return
            self._down = False
            self._news.back.emit(status)
        if self._told.is_news(status):
            self._news.statusChanged.emit(status)

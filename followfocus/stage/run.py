"""Orders of the player, carried out on a unit: the only place of the stage that waits, and one thread's at a time.

`stop` is for any thread at any moment and `stop_soon` for signal handlers; both begin a new epoch, and with it every
order of the one before is void: what waits is not begun, and the unit is asked for no motion that belongs to it.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from followfocus.errors import FollowFocusError, RequestError, UnitError
from followfocus.plan.plan import Plan
from followfocus.stage import orders
from followfocus.stage.events import Done, Failed, Taken
from followfocus.stage.orders import Order
from followfocus.stage.prepare import hash_of
from followfocus.stage.shoot import load, ready, to_the_end
from followfocus.stage.slipcheck import check_for_slip
from followfocus.steps.profile import StepProfile
from followfocus.takes.context import TakeContext
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import Take, judge
from followfocus.unit.unit import FollowFocusUnit, Progress
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.link import STOPPED, STOPPED_ON_THE_WAY, stopped
from followfocus.wire.messages import State

class Keeper(Protocol):
    """Where takes are kept. A take is begun before GO and closed when it is over, whatever becomes of it."""

    @property
    def trouble(self) -> str:
        """Why something could not be kept; empty for nothing."""
        ...

    def begin(self, take: int, context: TakeContext) -> int | None:
        """A take is about to begin: on disk when this returns, or known not to be."""
        ...

    def drop(self, row: int | None) -> None:
        """It has not begun: the unit refused."""
        ...

    def close(self, row: int | None, take: Take, context: TakeContext) -> int | None:
        """It is over: its row, None while it can't be written."""
        ...


class NoKeeper:
    """Keeps nothing."""

    trouble = ""

    def begin(self, _take: int, _context: TakeContext) -> int | None:
        """Nothing is written."""
        return None

    def drop(self, _row: int | None) -> None:
        """Nothing was written."""

    def close(self, _row: int | None, _take: Take, _context: TakeContext) -> int | None:
        """Nothing is written."""
        return None


class Runner:
    """Carries out one order after the other. `watch` is given a take's order, and yields what hears of its progress."""

    def __init__(
        self,
        keeper: Keeper | None = None,
        watch: Callable[[orders.Shoot], AbstractContextManager[Progress | None]] = lambda _order: nullcontext(),
    ) -> None:
        self.epoch = 0
        self._cancelled = 0
        self._keeper: Keeper = keeper or NoKeeper()
        self._watch = watch
        self._plan: Plan | None = None
        self._profile: StepProfile | None = None
        self._landing: int | None = None

    # STOP -------------------------------------------------------------------------------------------------------------

    def stop(self, unit: FollowFocusUnit | None, *, hard: bool = False) -> int:
        """STOP, from any thread: first everything is void, then the frame goes out. The epoch that begins."""
        self.epoch += 1
        if unit is not None:
            (unit.hard_stop if hard else unit.stop)(wait=False)
        return self.epoch

    def stop_soon(self, unit: FollowFocusUnit | None, *, hard: bool = False) -> int:
        """The same from a signal handler: the link's own pump sends the frame, within some 20 ms."""
        self.epoch += 1
        if unit is not None:
            unit.link.stop_soon(hard=hard)
        return self.epoch

    def cancel(self, wait: int) -> None:
        """The wait of that number is over."""
        self._cancelled = max(self._cancelled, wait)

    def void(self, order: Order) -> bool:
        """Whether an order counts no more."""
        return order.epoch != self.epoch or (isinstance(order, orders.Wait) and order.number <= self._cancelled)

    # Orders -----------------------------------------------------------------------------------------------------------

    def loaded(self, unit: FollowFocusUnit) -> str:
        """The hash of the plan that is on the unit."""
        return hash_of(self._plan) if self._profile is not None and unit.profile is self._profile else ""

    def do(self, order: Order, unit: FollowFocusUnit) -> Done | Failed:
        """Carry an order out and say what became of it. Errors of the project are told, not raised."""
        try:
            if self.void(order):
                raise stopped(type(order).__name__)
            with unit.void_when(lambda: self.void(order)):
                return self._do(order, unit)
        except FollowFocusError as error:
            was_stopped = self.void(order) or (isinstance(error, UnitError) and error.reason in (STOPPED, STOPPED_ON_THE_WAY))
            return Failed(order, self.loaded(unit), error, was_stopped)

    def _do(self, order: Order, unit: FollowFocusUnit) -> Done:
        answer: Taken | SlipVerdict | None = None
        words = ""
        if isinstance(order, orders.Ready):
            words = self._ready(order, unit)
        elif isinstance(order, orders.Load):
            self._load(order.plan, unit)
        elif isinstance(order, orders.BackToOne):
            unit.back_to_one()
        elif isinstance(order, orders.Arm):
            unit.arm()
        elif isinstance(order, orders.Disarm):
            unit.disarm()
        elif isinstance(order, orders.Wait):
            self._wait(order, unit)
        elif isinstance(order, orders.Shoot):
            answer = self._shoot(order, unit)
        elif isinstance(order, orders.CheckSlip):
            answer = check_for_slip(unit, order.plan)
        elif isinstance(order, orders.ClearFault):
            unit.clear_fault()
        return Done(order, self.loaded(unit), answer, words)

    def _ready(self, order: orders.Ready, unit: FollowFocusUnit) -> str:
        try:
            ready(unit, order.plan, order.at_deg, order.silence)
        except RequestError:
            raise
        except FollowFocusError as error:
            if not order.first:
                raise
            return str(error)  # what was just connected is left as it is, for the crew to say
        return ""

    def _load(self, plan: Plan, unit: FollowFocusUnit) -> None:
        self._plan = self._profile = None
        loaded = load(unit, plan)
        self._plan, self._profile = loaded, loaded.profile

    def _wait(self, order: orders.Wait, unit: FollowFocusUnit) -> None:
        if order.until_clock is not None:
            unit.pause_until(order.until_clock)
        else:
            unit.pause(order.seconds)

    def _shoot(self, order: orders.Shoot, unit: FollowFocusUnit) -> Taken:
        """Begin, GO, wait for the end, close: a take that has begun is kept whatever comes."""
        assert unit.info is not None
        plan = self._plan
        if plan is None or not self.loaded(unit):
            raise UnitError("No pull is loaded.", "no_profile", "Load one first.")
        row = self._keeper.begin(order.take, order.context) if order.kept else None
        try:
            take = self._played(order, plan, unit)
        except UnitError:
            self._keeper.drop(row) if order.kept else None
            raise  # where the line was lost, nobody knows whether it has begun: then the row stays open
        if order.kept:
            row = self._keeper.close(row, take, order.context)
        after_s = self._since_landing(take)
        trouble = self._keeper.trouble if order.kept else ""
        return Taken(take, order.context, row, not order.kept, after_s, trouble)

    def _played(self, order: orders.Shoot, plan: Plan, unit: FollowFocusUnit) -> Take:
        assert unit.info is not None
        with self._watch(order) as progress:
            if order.cued:
                unit.arm(cue=True)
            else:
                unit.go(order.take, order.at_clock)
            evidence, interrupted = to_the_end(unit, _decoration(progress))
        take = judge(evidence, plan, unit.info)
        return dataclasses.replace(take, interrupted=interrupted or self.void(order))

    def _since_landing(self, take: Take) -> float | None:
        before = self._landing
        self._landing = None if take.last_edge_ticks is None else take.start_clock + take.last_edge_ticks
        return None if before is None else (take.start_clock - before) / take.tick_hz

    def at_rest(self, unit: FollowFocusUnit) -> str:
        """Where the motor is, told from the unit's own last word: what can be said when everything is over."""
        with contextlib.suppress(FollowFocusError):
            if unit.link.up:
                unit.refresh()
        return where(unit.status)


def where(status: UnitStatus) -> str:
    """Where the motor stands, or that it can't be said, as the unit told it last."""
    if not status.connected:
        return "The unit can't be heard: look whether the motor turns, and cut its power if it does."
    if status.state is State.FAULT:
        return "The motor has stopped; the unit is in a fault."
    if not status.at_rest:
        return "The motor still turns."
    if status.ring_deg is None:
        return "The motor stands; where the ring is, is not known."
    return f"The motor stands, the ring at {status.ring_deg:.1f}°."


def _decoration(progress: Progress | None) -> Progress | None:
    """A progress bar may fail, on a terminal that has gone: it is shown no more, and the take goes on."""
    if progress is None:
        return None
    shown = [progress]

    def tell(elapsed_s: float, status: UnitStatus) -> None:
        try:
            for show in shown:
                show(elapsed_s, status)
        except (OSError, ValueError):
            shown.clear()

    return tell

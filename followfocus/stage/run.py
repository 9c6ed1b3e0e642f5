# SPDX-License-Identifier: MIT
"""Orders of the player, carried out on a unit: the only place of the stage that waits, and one thread's at a time.

`stop` is for any thread at any moment and `stop_soon` for signal handlers; both begin a new epoch, and with it every
order of the one before is void: what waits is not begun, and the unit is asked for no motion that belongs to it.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from followfocus.errors import FollowFocusError, LineError, RequestError, StoppedError, UnitError
from followfocus.plan.plan import Plan
from followfocus.stage import orders
from followfocus.stage.around import LookAround, SeenAround, nothing_around
from followfocus.stage.events import Done, Failed, HandPart, Taken
from followfocus.stage.orders import Order
from followfocus.stage.prepare import hash_of
from followfocus.stage.shoot import load, ready, take_hold, to_the_end
from followfocus.stage.slipcheck import check_for_slip
from followfocus.stage.together import Wheel
from followfocus.stage.with_hand import WheelOf, no_wheel, take_with_hand
from followfocus.steps.profile import StepProfile
from followfocus.takes.context import TakeContext
from followfocus.takes.landings import landing_of
from followfocus.takes.late_clips import LookClips
from followfocus.takes.slips import SlipVerdict
from followfocus.takes.takes import REHEARSAL, Take, judge, planned_trace
from followfocus.takes.warnings import clock_moved
from followfocus.unit.settings import other_gear_words
from followfocus.unit.unit import FollowFocusUnit, Progress
from followfocus.wire.evidence import Sample, TakeEvidence, UnitStatus
from followfocus.wire.messages import State
from followfocus.wire.orders import StopCount

_Played = tuple[Take, FollowFocusError | None, HandPart | None, int | None]
"""A take, why it could not begin, the hand's part in it, and its row in the log"""


class Keeper(Protocol):
    """Where takes are kept. A take is begun before GO and closed when it is over, whatever becomes of it.

    GO waits for as little as can be: what is begun then outlives the program, and is on disk before the take is judged.
    """

    @property
    def trouble(self) -> str:
        """Why something could not be kept; empty for nothing."""
        ...

    @property
    def number(self) -> int | None:
        """Under which number the take was begun, once it is put down: another program may have used what was asked."""
        ...

    def stand_by(self) -> None:
        """The unit is armed: be ready for `begin`."""
        ...

    def begin(
        self, context: TakeContext, take: int | None = None, planned: Sequence[Sample] = (), *, hurry: bool = False
    ) -> int | None:
        """A take is about to begin: put down when this returns, or known not to be."""
        ...

    def secure(self) -> int | None:
        """GO is out: what was begun in a hurry is on disk when this returns, or known not to be. Its row."""
        ...

    def keep(
        self, take: Take, context: TakeContext, row: int | None = None, clips: LookClips | None = None, /
    ) -> int | None:
        """Keep a take that is over; its row, None while it can't be written. `clips` looks for names that come late."""
        ...


class NoKeeper:
    """Keeps nothing."""

    trouble = ""
    number: int | None = None

    def stand_by(self) -> None:
        """Nothing is written."""

    def begin(
        self, context: TakeContext, take: int | None = None, planned: Sequence[Sample] = (), *, hurry: bool = False
    ) -> int | None:
        """Nothing is written."""

    def secure(self) -> int | None:
        """Nothing is written."""

    def keep(
        self, take: Take, context: TakeContext, row: int | None = None, clips: LookClips | None = None
    ) -> int | None:
        """Nothing is written."""


class Runner:
    """Carries out one order after the other. `watch` is given a take's order, and yields what hears of its progress.

    `wheel` opens the wheel for a take that a hand plays in, `around` tells what goes on outside.
    """

    def __init__(
        self,
        keeper: Keeper | None = None,
        watch: Callable[[orders.Shoot], AbstractContextManager[Progress | None]] = lambda _order: nullcontext(),
        wheel: WheelOf = no_wheel,
        around: LookAround = nothing_around,
    ) -> None:
        self._stops = StopCount()
        # A number, not a flag: waits count up, so one that is cancelled late can't end the next one.
        self._cancelled = 0
        self._keeper: Keeper = keeper or NoKeeper()
        self._watch, self._wheel, self._around = watch, wheel, around
        self._plan: Plan | None = None
        self._planned: tuple[Sample, ...] = ()
        self._profile: StepProfile | None = None
        self._off_clock = False
        self._landing: int | None = None
        self._begun: tuple[Order | None, int] = (None, REHEARSAL)

    @property
    def epoch(self) -> int:
        """How many stops have been given: orders of an earlier epoch are void."""
        return self._stops.value

    @property
    def stopped_s(self) -> float:
        """When the newest of them was given, by the host's clock; -inf before the first."""
        return self._stops.last_s

    @property
    def plan(self) -> Plan | None:
        """The plan on the unit, compiled for its clock; None before the first."""
        return self._plan

    # STOP -------------------------------------------------------------------------------------------------------------

    def stop(self, unit: FollowFocusUnit | None, at_s: float, *, hard: bool = False) -> int:
        """STOP, from any thread: first everything is void, then the frame goes out. The epoch that begins.

        `at_s` is now, by the host's clock.
        """
        # First: an order that is looked at between the two finds itself void, and sends nothing behind the STOP.
        epoch = self._stops.add(at_s)
        if unit is not None:
            (unit.hard_stop if hard else unit.stop)(wait=False)
        return epoch

    def stop_soon(self, unit: FollowFocusUnit | None, at_s: float, *, hard: bool = False) -> int:
        """The same from a signal handler: the link's own pump sends the frame, within some 20 ms."""
        epoch = self._stops.add(at_s)
        if unit is not None:
            unit.link.stop_soon(hard=hard)
        return epoch

    def cancel(self, wait: int) -> None:
        """The wait of that number is over."""
        self._cancelled = max(self._cancelled, wait)

    def void(self, order: Order) -> bool:
        """Whether an order counts no more."""
        return order.epoch != self.epoch

    # Orders -----------------------------------------------------------------------------------------------------------

    def loaded(self, unit: FollowFocusUnit) -> str:
        """The hash of the plan that is on the unit; empty where its clock has run away from what it was loaded for."""
        return hash_of(self._plan) if self._there(unit) and not self._off_clock else ""

    def _there(self, unit: FollowFocusUnit) -> bool:
        return self._profile is not None and unit.profile is self._profile

    def do(self, order: Order, unit: FollowFocusUnit) -> Done | Failed:
        """Carry an order out and say what became of it. Errors of the project are told, not raised."""
        try:
            asked_at = unit.stops  # looked at before the epoch: a STOP in between shows in one of them
            if self.void(order):
                raise StoppedError
            with unit.order(asked_at):
                return self._do(order, unit)
        except FollowFocusError as error:
            stopped = self.void(order) or isinstance(error, StoppedError)
            begun, number = self._begun
            return Failed(order, self.loaded(unit), error, stopped, number if begun is order else REHEARSAL)

    def _do(self, order: Order, unit: FollowFocusUnit) -> Done:
        answer: Taken | SlipVerdict | None = None
        words = ""
        if isinstance(order, orders.Ready):
            words = self._ready(order, unit)
        elif isinstance(order, orders.LoadOrder):
            self._load(order.plan, unit)
        elif isinstance(order, orders.BackToOne):
            unit.back_to_one()
        elif isinstance(order, orders.ToAngle):
            unit.goto_deg(order.ring_deg)
        elif isinstance(order, orders.ArmOrder):
            unit.arm()
            # Opening a log takes its time, and is done here: at GO it would make the take late.
            self._keeper.stand_by()
        elif isinstance(order, orders.DisarmOrder):
            unit.disarm()
        elif isinstance(order, orders.Wait):
            self._wait(order, unit)
        elif isinstance(order, orders.Shoot):
            answer = self._shoot(order, unit)
        elif isinstance(order, orders.CheckSlip):
            answer = check_for_slip(unit, order.plan, system=order.system)
        elif isinstance(order, orders.ClearFaultOrder):
            unit.clear_fault()
        return Done(order, self.loaded(unit), answer, words)

    def _ready(self, order: orders.Ready, unit: FollowFocusUnit) -> str:
        # A motor that takes hold turns the ring by up to two full steps: what was seen a moment ago is no longer so.
        if order.seen_now and take_hold(unit, order.plan) and unit.has_real_ring:
            remedy = "Look again, and say where it stands."
            raise UnitError(f"The motor was off. {unit.setup.jump_words}", "look_again", remedy)
        words = other_gear_words(unit.config, order.plan.rig) if order.first else ""
        try:
            ready(unit, order.plan, order.at_deg, order.silence)
        # A place that isn't on the lens is a person's slip, also where the unit was just connected.
        except RequestError:
            raise
        except FollowFocusError as error:
            if not order.first:
                raise
            return f"{error} {words}".strip()  # what was just connected is left as it is, for the crew to say
        return words

    def _load(self, plan: Plan, unit: FollowFocusUnit) -> None:
        # Forgotten first: a load that fails half way leaves nothing that could be shot.
        self._plan, self._profile, self._off_clock = None, None, False
        loaded = load(unit, plan)
        self._plan, self._profile, self._planned = loaded, loaded.profile, planned_trace(loaded)

    def _wait(self, order: orders.Wait, unit: FollowFocusUnit) -> None:
        seconds = order.seconds
        if order.until_clock is not None:
            due_s = unit.link.session.sync.host_s(order.until_clock)
            # By the unit's clock, as measured by now: the host's timer and the unit's crystal drift apart over a long
            # hold.
            seconds = 0.0 if due_s is None else due_s - unit.clock.now()
        # A wait that was cut short ends as a stopped order does: the player knows from its number which it was.
        if unit.link.wait_for(lambda: order.number <= self._cancelled or None, seconds):
            raise StoppedError

    def _shoot(self, order: orders.Shoot, unit: FollowFocusUnit) -> Taken:
        """Begin, GO, wait for the end, close: a take that has begun is kept whatever comes."""
        assert unit.info is not None
        plan = self._plan
        if plan is None or not self._there(unit):
            raise UnitError("No pull is loaded.", "no_profile", "Load one first.")
        if order.hand is None:
            return self._kept(order, unit, lambda numbered: self._played(numbered, plan, unit))
        with self._wheel(unit, plan) as turned:
            return self._kept(order, unit, lambda numbered: self._together(numbered, plan, unit, turned))

    def _kept(self, asked: orders.Shoot, unit: FollowFocusUnit, play: Callable[[orders.Shoot], _Played]) -> Taken:
        number = asked.take if asked.counts else REHEARSAL
        seen = SeenAround.at_go(unit, self._around, asked.at_clock)
        # Put down before anything can move: a program that dies in the take leaves a row that says so.
        self._keeper.begin(seen.begun(asked.context), number, self._planned, hurry=True)
        # Only once it is in the log: what `Failed` says of its number is then so.
        order = _numbered(asked, self._keeper.number)
        self._begun = asked, order.take if asked.counts else REHEARSAL
        played, refused, hand, row = play(order)
        order = _numbered(asked, self._keeper.number)  # where GO could not wait for it, it was put down since
        number = order.take if asked.counts else REHEARSAL
        self._begun = asked, number
        # Looked at now, not while it is armed: what is armed stands. Whatever comes next loads it for its clock anew.
        self._off_clock = clock_moved(landing_of(number, played, order.context)) is not None
        take = dataclasses.replace(played, take=number)
        context = seen.ended(order.context, take.start_clock)
        # Before a refusal is raised: also a take that could not begin is in the log.
        row = self._keeper.keep(take, context, row, seen.clips(take.start_clock))
        if refused is not None:
            raise refused
        after_s, trouble = self._since_landing(take, hand), _number_words(asked, order) or self._keeper.trouble
        return Taken(take, context, row, not asked.counts, after_s, trouble, hand)

    def _together(self, order: orders.Shoot, plan: Plan, unit: FollowFocusUnit, turned: Wheel) -> _Played:
        assert order.hand is not None
        assert unit.info is not None
        # No GO is sent that the disk could make late: it is waited for before anything moves.
        row = self._keeper.secure()
        with self._watch(order) as progress:
            try:
                take, hand = take_with_hand(
                    unit, plan, order.hand, turned, take=order.take, at_clock=order.at_clock,
                    progress=_decoration(progress),
                )  # fmt: skip
            except FollowFocusError as error:
                evidence, _ = _never(order, error, unit)
                return judge(evidence, plan, unit.info), error, None, row
        return dataclasses.replace(take, interrupted=self.void(order)), None, hand, row

    def _played(self, order: orders.Shoot, plan: Plan, unit: FollowFocusUnit) -> _Played:
        assert unit.info is not None
        with self._watch(order) as progress:
            refused = _asked_to_go(order, unit)
            # After GO: the start waits for no disk, and the pull is longer than a write.
            row = self._keeper.secure()
            evidence, interrupted = _never(order, refused, unit) if refused else to_the_end(unit, _decoration(progress))
        take = judge(evidence, plan, unit.info)
        if refused is None:
            take = dataclasses.replace(take, interrupted=interrupted or self.void(order))
        return take, refused, None, row

    def _since_landing(self, take: Take, hand: HandPart | None) -> float | None:
        before, rested = self._landing, None if hand is None else hand.rested_clock
        # From the last step edge, not from the end that the unit tells: a wait after the landing is no part of the
        # take.
        self._landing = rested if take.last_edge_ticks is None else take.start_clock + take.last_edge_ticks
        return None if before is None else (take.start_clock - before) / take.tick_hz


def _numbered(asked: orders.Shoot, number: int | None) -> orders.Shoot:
    """The order under the number that the log has for it."""
    if not number or number == asked.take:
        return asked
    return dataclasses.replace(asked, take=number, context=asked.context.numbered(number))


def _number_words(asked: orders.Shoot, order: orders.Shoot) -> str:
    """A sentence where another program has the number that was asked for; empty else."""
    if order.take == asked.take:
        return ""
    return f"Another program has kept a take {asked.take} in this log, so this is take {order.take}."


def at_rest(unit: FollowFocusUnit) -> str:
    """Where the motor is, told from the unit's own last word: what can be said when everything is over."""
    with contextlib.suppress(FollowFocusError):
        if unit.link.up:
            unit.refresh()
    return motor_words(unit.status)


def motor_words(status: UnitStatus) -> str:
    """Where the motor stands, or that it can't be said, as the unit told it last."""
    if not status.connected:
        return "The unit can't be heard: look whether the motor turns, and cut its power if it does."
    if status.state is State.FAULT:
        return "The motor has stopped; the unit is in a fault."
    if not status.at_rest:
        return "The motor still turns."
    if status.ring_deg is None:
        return "The motor stands; where the ring is, is not known."
    return f"The motor stands, the ring at {status.ring_deg:z.1f}°."


def _asked_to_go(order: orders.Shoot, unit: FollowFocusUnit) -> FollowFocusError | None:
    """GO, or waiting for the cue; why it could not begin, where the unit refused it or could not be heard."""
    try:
        if order.cued:
            unit.arm(cue=True)
        else:
            unit.go(order.take, order.at_clock)
    except FollowFocusError as error:
        return error
    return None


def _never(order: orders.Shoot, error: FollowFocusError, unit: FollowFocusUnit) -> tuple[TakeEvidence, bool]:
    """The evidence of a take that never began."""
    return TakeEvidence(order.take, unit.tick_hz, lost=_lost(error), refused=_refused(error)), False


def _lost(error: FollowFocusError) -> str:
    return error.message if isinstance(error, LineError) else ""


def _refused(error: FollowFocusError) -> str:
    """Why the unit would not begin; empty where it can't be heard, or STOP was first."""
    return "" if isinstance(error, LineError | StoppedError) else error.message


def _decoration(progress: Progress | None) -> Progress | None:
    """A progress bar may fail, on a terminal that has gone: it is shown no more, and the take goes on."""
    if progress is None:
        return None
    shown = [progress]

    def tell(elapsed_s: float, status: UnitStatus) -> None:
        try:
            # A list of one or none: once it has failed there is nothing left to call.
            for show in shown:
                show(elapsed_s, status)
        except (OSError, ValueError):
            shown.clear()

    return tell

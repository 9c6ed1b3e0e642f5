# SPDX-License-Identifier: MIT
"""A stage without a window, for who asks from outside: a show on a unit, played by OSC, timecode, a camera, a phone.

Two threads, as in the app. The loop (`sources.loop`) has the player: it takes events in and never waits. The caller's
thread carries the orders out in `play`, one after the other. STOP is done on whatever thread it comes in on: the epoch
first, then the frame, then the player is told.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.show.cues import standing_cue
from followfocus.sources.events import Origin, OutsideAsked, OutsideEvent, SourceKind, TimecodeDoubted, Want
from followfocus.sources.pace import Pace
from followfocus.stage import events, orders
from followfocus.stage.delays import SourceDelays
from followfocus.stage.events import Done, Taken
from followfocus.stage.facts import stage_facts
from followfocus.stage.merged import MergedLines
from followfocus.stage.outside import TOO_MUCH, AskOutcome, let_in_words, unit_noted
from followfocus.stage.outside_desk import Decision, Outside, hear
from followfocus.stage.player import step
from followfocus.stage.run import Keeper, Runner
from followfocus.stage.state import Stage
from followfocus.stage.stops_heard import StopsHeard
from followfocus.takes.diary import DiaryLine
from followfocus.unit.line import UnitEvent
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.events import ResetNoticed
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.link import Down
from followfocus.wire.messages import State

TELL_S = 0.01
"""Changes that come so close together are told once"""

Soon = Callable[..., object]
Then = Callable[[AskOutcome], object]


class RecCamera(Protocol):
    """The requests that a camera answers."""

    def record(self, *, start: bool) -> None:
        """Ask for it; returns at once, and what becomes of it comes as a `CameraSaid`."""
        ...


def _nothing(_outcome: AskOutcome) -> None:
    """Drop the answer: nobody waits for it."""


class Serving:
    """A stage on a unit, asked from outside. All but `stop` and `play` belongs to the loop's thread.

    `soon` calls something on the loop's thread; `later` after so many seconds. `rearm`: a take that was played to its
    end is followed by arming what stands by. `told` hears of everything that came in and what became of it, `changes`
    of how things stand anew, `taken` of every take; `wrote` is given lines for the log.
    """

    def __init__(
        self,
        unit: FollowFocusUnit,
        stage: Stage,
        outside: Outside,
        soon: Soon,
        later: Soon,
        keeper: Keeper | None = None,
        *,
        rearm: bool = False,
        wrote: Callable[[DiaryLine], object] = lambda _line: None,
    ) -> None:
        self._unit, self._soon, self._later, self._rearm, self._wrote = unit, soon, later, rearm, wrote
        self.outside = outside
        self.turns = False
        self.runner = Runner(keeper, around=lambda: self.outside)
        self.stage = stage.but(info=unit.info, unit=unit.status, unattended=True, has_wheel=False)
        self._cameras: Sequence[RecCamera] = ()
        self._delays = SourceDelays()
        self.told: list[Then] = []
        self.changes: list[Callable[[], object]] = []
        self.taken: list[Callable[[Taken], object]] = []
        self.stopped: list[Callable[[int], object]] = []
        """Called on the thread of each STOP once its frame is out, with the epoch that began"""
        self._orders: queue.SimpleQueue[orders.Order | None] = queue.SimpleQueue()
        self._paces = {kind: Pace() for kind in SourceKind}
        self._stops_heard = StopsHeard()
        self._telling = False
        self._merged = MergedLines(later, wrote)

    @property
    def cameras(self) -> Sequence[RecCamera]:
        """The cameras that are started and stopped."""
        return self._cameras

    @cameras.setter
    def cameras(self, cameras: Sequence[RecCamera]) -> None:
        self._cameras = tuple(cameras)
        self.outside = self.outside.but(can_rec=bool(cameras))

    # The caller's thread ----------------------------------------------------------------------------------------------

    def play(self, until: Callable[[], bool] = lambda: False) -> None:
        """Carry out orders until `end` or until `until` says so, which is looked at between two of them.

        Nothing is armed afterwards, and nothing turns: who ends has nobody by the motor any more, and a cue would still
        start it.
        """
        unhear = self._unit.listen(self._heard)
        try:
            while not until():
                try:
                    order = self._orders.get(timeout=0.1)
                except queue.Empty:
                    continue
                if order is None:
                    return
                self._soon(self.step, self.runner.do(order, self._unit))
        finally:
            # The player has ended: what is still to be stopped is asked of the unit itself.
            unhear()
            self._come_to_rest()

    def _come_to_rest(self) -> None:
        """Disarm, and wait for what was stopped to stand."""
        with contextlib.suppress(FollowFocusError):
            if not self._unit.link.up:
                return
            status = self._unit.refresh()
            # STOP disarms as well, and is obeyed in every state in which something could still turn.
            if status.state is State.ARMED or not status.at_rest:
                self._unit.stop()

    def end(self) -> None:
        """`play` returns after what it does now."""
        self._orders.put(None)

    # Any thread -------------------------------------------------------------------------------------------------------

    def stop(self, *, hard: bool = False) -> None:
        """STOP, past everything."""
        # The unit first, people after: whoever is told may draw, log, or hang.
        epoch = self.runner.stop(self._unit, self.now_s, hard=hard)
        for hears in tuple(self.stopped):
            hears(epoch)
        self._soon(self.step, events.StopGiven(epoch))

    def stop_soon(self, *, hard: bool = False) -> None:
        """The same from a signal handler."""
        epoch = self.runner.stop_soon(self._unit, self.now_s, hard=hard)
        self._soon(self.step, events.StopGiven(epoch))

    def _heard(self, event: UnitEvent) -> None:
        """Note a unit's news in the diary. On the link's thread."""
        line = unit_noted(event, utc_timestamp())
        if line is not None:
            self._soon(self._wrote, line)
        if isinstance(event, UnitStatus):
            self._soon(self.step, events.Heard(event))
        elif isinstance(event, Down):
            self._soon(self.step, events.Gone(event.words))
        elif isinstance(event, ResetNoticed):
            self._soon(self.step, events.Returned(self._unit.status))
        elif isinstance(event, FollowFocusError):
            self._soon(self.step, events.Noted(str(event), trouble=True))

    # The loop's thread ------------------------------------------------------------------------------------------------

    def submit(self, event: OutsideEvent, then: Then = _nothing) -> None:
        """Take something from outside in; `then` hears at once what became of it."""
        if not self._in_time(event):
            too_much = AskOutcome(event, TOO_MUCH, passed=False)
            then(too_much)
            self._merged.note(too_much)
            return
        outside = self.outside.but(stopped_s=self.runner.stopped_s)
        self.outside, decision = hear(outside, self.stage, event, self._unit.link.session.sync.clock_at)
        if decision.stop and self._stops_heard.passes(event.at_s):
            # Asked for again while it slows down: at once now, as Esc twice at the desk.
            self.stop(hard=self.stage.state is State.STOPPING)
        if decision.start_rec:
            self._record(start=True)
        if decision.look_s is not None:
            self._later(max(0.0, decision.look_s - self.now_s), self._look_again, event.source)
        outcome = self._played(decision)
        if outcome is None:
            return
        then(outcome)
        for tell in tuple(self.told):
            tell(outcome)
        self._merged.note(outcome)

    def _look_again(self, source: Origin) -> None:
        self.submit(TimecodeDoubted(source, self.now_s))

    def _in_time(self, event: OutsideEvent) -> bool:
        """Whether a source keeps to a pace. STOP is never too much."""
        if not isinstance(event, OutsideAsked) or event.what is Want.STOP:
            return True
        return self._paces[event.source.kind].lets(event.at_s)

    @property
    def delays_ms(self) -> Mapping[str, Iterable[float]]:
        """How late each kind of source began its latest takes, milliseconds."""
        return self._delays.kept_ms

    def facts(self) -> dict[str, object]:
        """How things stand."""
        return stage_facts(self.stage, self.outside, self.now_s)

    @property
    def now_s(self) -> float:
        """The host's clock, by which the events from outside are stamped."""
        return self._unit.clock.now()

    def step(self, event: events.StageEvent) -> None:
        """Hand an event to the player, and its orders on."""
        due = self._step(event)
        if isinstance(event, Done) and isinstance(event.answer, Taken):
            self._after(event.answer, event.order.epoch)
        if due:
            self._stops_heard.may_move()
        for order in due:
            self._send(order)
        if not self._telling:
            self._telling = True
            # Later, and once for many: telemetry alone makes forty
            # changes a second, and each listener writes to its network.
            self._later(TELL_S, self._tell)

    def _tell(self) -> None:
        """Tell the listeners of changes: not while an order is on its way, which they would keep waiting."""
        self._telling = False
        for changed in tuple(self.changes):  # who hears is put in and taken off on the caller's thread
            changed()

    def _step(self, event: events.StageEvent) -> tuple[orders.Order, ...]:
        self.stage, due = step(self.stage, event)
        return due

    def _played(self, decision: Decision) -> AskOutcome | None:
        """The outcome once the player has it: its refusal is the answer."""
        outcome, before = decision.outcome, self.stage.note
        if decision.event is None or outcome is None:
            return outcome
        if decision.due_s is not None and isinstance(decision.event, events.GoAsked):
            self._delays.asked(outcome.event.source.kind.value, decision.due_s)
        self.step(decision.event)
        note = self.stage.note
        if note is not before and note.trouble and not isinstance(decision.event, events.CallOffAsked):
            return dataclasses.replace(outcome, words=note.words, passed=False)
        if not isinstance(outcome.event, OutsideAsked):
            return outcome
        return dataclasses.replace(outcome, words=let_in_words(self.stage, outcome.event))

    def _send(self, order: orders.Order) -> None:
        if isinstance(order, orders.Cancel):
            self.runner.cancel(order.wait)
            return
        self._orders.put(order)

    def arm(self, epoch: int) -> None:
        """Arm what stands by, unless a STOP has come since that epoch."""
        if self.runner.epoch == epoch:
            self.step(events.ArmAsked())

    def _after(self, taken: Taken, epoch: int) -> None:
        """A take is over: how late it began, REC to stop, and what is armed next."""
        lead_s = standing_cue(self.stage.show, self.stage.at).lead_s
        self._delays.taken(taken, lead_s, self._unit.link.session.sync.host_s)
        cue = next((cue for cue in self.stage.show.cues if cue.number == taken.context.cue), None)
        if cue is not None and cue.stop_rec_s is not None and self.outside.recording:
            self._later(cue.stop_rec_s, self._stop_rec)
        for hears in tuple(self.taken):
            hears(taken)
        by = taken.context.started_by or "desk"
        words = f"{taken.context.slate}: {taken.take.verdict.value}."
        self._wrote(DiaryLine(utc_timestamp(), by, "take", words=words))
        # By an event of its own, after this one is through: the player decides whether it can be armed.
        if self._rearm and taken.take.lets_go_on and not self.stage.busy and self.stage.state is not State.ARMED:
            self._soon(self.arm, epoch)

    def _stop_rec(self) -> None:
        if self.outside.recording:
            self._record(start=False)

    def _record(self, *, start: bool) -> None:
        for camera in self._cameras:
            camera.record(start=start)

    # The log ----------------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what is still held back for the log."""
        self._merged.flush()

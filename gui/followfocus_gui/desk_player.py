# SPDX-License-Identifier: MIT
"""The desk on a unit: what the buttons ask for becomes the player's events, its orders go over the bridge.

It decides nothing: what stands by, what follows and what is said is the stage's (`followfocus.stage.player`). Here
signals are translated both ways, and the desk, where the show is edited, is kept like the stage, where it is played.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from followfocus.clock import Clock, SystemClock
from followfocus.show.cues import After, Standby
from followfocus.stage import events
from followfocus.stage.events import Taken
from followfocus.stage.orders import Order, Shoot, Wait
from followfocus.stage.player import step
from followfocus.stage.sentences import doing
from followfocus.stage.state import AT_HAND, Note, Stage
from followfocus.stage.stateline import StateLine
from followfocus.takes.keeper import TakeKeeper
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.countdown import Countdown
from followfocus_gui.hand import DeskHand
from followfocus_gui.state.carried import carried_on
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_line import DeskLine
from followfocus_gui.state.lock import locked
from followfocus_gui.state.plain_words import warning_of
from followfocus_gui.state.standing import Standing, standing
from followfocus_gui.unit_ear import UnitEar

REHEARSED = events.TakeRun(counts=False, hold_s=1.0, returns=True)
"""A rehearsal counts no take, rests a second where a take would hold for GO, and returns."""


class DeskPlayer(QObject):
    """The desk on a unit."""

    changed = Signal()
    said = Signal(str)
    warned = Signal(str)
    """A sentence about what can't be, or went wrong"""
    progressed = Signal(float, object)
    """(seconds on the curve's time axis, status) while a take runs"""
    began = Signal()
    taken = Signal(object)
    stirred = Signal()
    counted = Signal(float)
    """Seconds to the start while a lead or a follow-on is counted down; 0 when it is over"""

    def __init__(self, desk: Desk, bridge: UnitBridge, keeper: TakeKeeper, *, clock: Clock | None = None) -> None:
        super().__init__()
        self.desk, self.bridge, self.keeper = desk, bridge, keeper
        self._doubted = False
        self._stage = Stage(desk.show)
        self.says = DeskLine(desk)
        """The sentence on how things stand"""
        self._shown: tuple[object, ...] = ()
        self._clock, self._countdown = clock or SystemClock(), Countdown(self)
        self._countdown.counted.connect(self._count)
        self._hand = DeskHand(desk, bridge, keeper, lambda: self._stage, self._step, self._clock)
        self.edit, self.edit_mark, self.set_mark = self._hand.edit, self._hand.edit_mark, self._hand.set_mark
        self.call_mark, self.turn_by = self._hand.call_mark, self._hand.turn_by
        self.turn, self.turn_to, self.go_to = self._hand.turn, self._hand.turn_to, self._hand.go_to
        self.refuse, self.record_hand = self._hand.refuse, self._hand.record
        bridge.connecting.connect(self._forget_unit)
        self._ear = UnitEar(bridge, desk, self.says, self._hand, lambda: self._stage, self._step)
        self._ear.progressed.connect(self.progressed)
        self._ear.taken.connect(self.taken)
        self._ear.finished.connect(self.changed)
        bridge.drive.told.connect(self._told_by_hand)

    @property
    def stage(self) -> Stage:
        """How things stand."""
        return self._stage

    @property
    def status(self) -> UnitStatus:
        """The unit's latest status."""
        return self._stage.unit

    @property
    def info(self) -> UnitInfo | None:
        """Who the unit is."""
        return self._stage.info

    @property
    def state(self) -> State | None:
        """The unit's state, by its own word; None while it can't be heard."""
        return self._stage.state

    @property
    def busy(self) -> str:
        """The work under way, in a word; empty for none."""
        return doing(self._stage) if self._stage.busy else ""

    @property
    def mode(self) -> After:
        """The choice of what follows a take."""
        return self._stage.after

    @property
    def ring_deg(self) -> float:
        """Where the ring stands; 0 while that is not known."""
        return self.status.ring_deg if self.status.ring_deg is not None else 0.0

    @property
    def counting(self) -> bool:
        """A lead or a follow-on is being counted down."""
        return self._stage.waiting is not None or any(isinstance(order, Wait) for order in self._stage.queue)

    def locked(self) -> str:
        """Why nothing can be changed now; empty if it can."""
        return locked(self._stage)

    @property
    def target_deg(self) -> float | None:
        """Where the hand wants the ring, while it follows."""
        return self._hand.target_deg

    @property
    def landing_deg(self) -> float | None:
        """Where the ring landed in the last take; None before one, and while the next runs."""
        return self._ear.landing_deg

    def status_now(self) -> UnitStatus:
        """The status, the ring carried on to now while it follows the hand."""
        status = carried_on(self.status, self.target_deg, self._clock.now())
        return dataclasses.replace(status, ring_deg=None) if self._doubted else status

    def doubt_place(self, on: bool, *, found: bool = False) -> None:
        """Nobody knows where the ring is, a calibration looks for it; or has `found` it, on the lens that stands by."""
        self._doubted = on
        self._stage = self._stage.but(place_of=None) if found else self._stage
        self.changed.emit()

    def set_position(self, ring_deg: float) -> None:
        """The ring stands at `ring_deg`: someone has looked."""
        self._step(events.PositionSaid(ring_deg))

    def clear_fault(self) -> None:
        """Leave FAULT."""
        self._step(events.ClearAsked())

    def back_to_one(self) -> None:
        """To the first mark, arriving in the direction of the pull."""
        self._hand.let_go_then(lambda: self._step(events.BackAsked()))

    def check_slip(self) -> None:
        """Go back to one and say whether the motor has slipped; a unit with a switch at its stop touches it."""
        if not self._objected():
            self._step(events.SlipAsked())

    def arm(self) -> None:
        """Load and arm what stands by; armed already, disarm. What can't be shot whole isn't begun."""
        if not self._objected():
            on = self.state is not State.ARMED
            self._hand.let_go_then(lambda: self._step(events.ArmAsked(on)))

    def go(self) -> None:
        """Start what is armed, after its lead; not armed, say so and do nothing."""
        self._step(events.GoAsked())

    def play(self, event: events.StageEvent) -> None:
        """Something that was asked for from outside, and let in."""
        # As at the desk: an order to move takes the ring from the hand first; GO and STOP wait for nobody.
        if isinstance(event, events.ArmAsked | events.BackAsked | events.RingAsked):
            self._hand.let_go_then(lambda: self._step(event))
        else:
            self._step(event)

    def outside(self, ask: Callable[[], object]) -> str:
        """Ask for something; why it can't be, in a sentence, empty where it can."""
        before = self._stage.note
        ask()
        note = self._stage.note
        return note.words if note is not before and note.trouble else ""

    def rehearse(self) -> None:
        """Play the whole cue at once, then return."""
        if not self._objected():
            self._step(events.RunAsked(dataclasses.replace(REHEARSED, first=Standby(self.desk.state.cue))))

    def _objected(self) -> bool:
        """Say what speaks against shooting what stands by, if something does and nothing is armed or moves."""
        words = warning_of(self.desk).words if self.state in AT_HAND and not self.busy else ""
        if words:
            self.refuse(words)
        return bool(words)

    def stop(self) -> None:
        """STOP, straight to the unit, past everything; a second one while it slows down stops it hard."""
        self.bridge.stop(hard=self.state is State.STOPPING)

    def choose_cue(self, index: int) -> None:
        """Stand by for another cue; what was armed is armed no more."""
        self._step(events.CueChosen(index))

    def choose_mode(self, mode: str) -> None:
        """Choose what follows a take, as `After` calls it."""
        self._step(events.ModeChosen(After(mode)))

    def trouble(self, words: str) -> None:
        """A sentence about trouble, that stands until something else is asked for."""
        self.tell(words, trouble=True)

    def tell(self, words: str, *, trouble: bool = False) -> None:
        """A sentence that stands until something else is asked for."""
        if words:
            # Trouble that nobody's request brought up doesn't go because a unit comes, either.
            self._step(events.Noted(words, trouble, news=trouble))

    def forget_note(self) -> None:
        """The last sentence has been read."""
        self._stage = self._stage.but(note=Note())
        self._speak()

    def _step(self, event: events.StageEvent) -> None:
        """Hand an event to the player, and hand its orders on. What a person is to read of it is said anew."""
        desk = self.desk
        # The desk chooses the cue while editing, and the stage follows: they are one before anything is decided.
        at = self._stage.at
        if (at.cue, at.turned) != (desk.state.cue, desk.state.turned):
            at = Standby(desk.state.cue, 0, desk.state.turned)
        self._stage, orders = step(self._stage.but(show=desk.show, at=at), event)
        desk.stand_by(self._stage.at.cue, self._stage.show.slate, turned=self._stage.at.turned)
        landed = isinstance(event, events.Done) and isinstance(event.answer, Taken)
        if landed and self._stage.kept is not None:
            desk.keep(self._stage.kept)  # before the next order leaves: should that fail, the take has its number
        for order in orders:  # after all that is kept: an outcome may be queued before this returns
            self._send(order)
        # Looked at after every event: a STOP, a lost unit or an edit ends a count as well as its own end.
        if self._stage.waiting is None:
            self._countdown.stop()
        self.stirred.emit()
        # Some 45 times a second, and nothing of the desk is another for it: the needle has its own way.
        if isinstance(event, events.Heard):
            self._speak()
            return
        self._hand.keep_up()
        anew = landed or isinstance(event, events.Noted)
        self.says.look()
        self._speak(anew=anew)
        shown = (desk.state, self._stage.at, self._stage.after, self._stage.info, self.says.connection)
        if anew or shown != self._shown:  # to show the desk anew takes time from the needle
            self._shown = shown
            self.changed.emit()

    def _send(self, order: Order) -> None:
        if isinstance(order, Shoot) and order.context.part == 1:
            self._ear.landing_deg = None
            self.began.emit()
        # Only while it is waited for: a wait that stands in the queue begins with its own turn.
        if isinstance(order, Wait) and self._stage.waiting is order:
            self._countdown.start(self._stage.left_s(order, self._clock.now()))
        # Last: the worker may end it before the next line.
        self.bridge.order(order)

    @property
    def line(self) -> StateLine:
        """How things stand, in one line."""
        return self.says.of(self._stage)

    def standing(self) -> Standing:
        """How things stand now, for everything that shows it."""
        return standing(self._stage, self.says, self.status_now(), self.target_deg, self.landing_deg)

    def _speak(self, *, anew: bool = False) -> None:
        """Say how things stand, if that is another sentence than before."""
        news = self.says.news(self._stage, anew=anew)
        if news is not None:
            (self.warned if news[1] else self.said).emit(news[0])

    def _count(self, left_s: float) -> None:
        self.says.left_s = left_s or None
        self.counted.emit(left_s)

    def _forget_unit(self, _port: str) -> None:
        """Another unit may be on the next port."""
        self._stage = self._stage.but(info=None)  # a plan must not be judged by the last one's abilities

    def _told_by_hand(self, words: str) -> None:
        """Say why the hand hasn't got the ring, for as long as it is so."""
        self.refuse(words) if words else self.forget_note()

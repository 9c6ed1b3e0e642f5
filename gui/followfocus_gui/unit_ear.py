# SPDX-License-Identifier: MIT
"""The unit's answers over the bridge, as events of the player."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from followfocus.stage import events
from followfocus.stage.events import Done, Failed, Taken
from followfocus.stage.state import Stage
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import Cause, State
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.hand import LETTING_GO, DeskHand
from followfocus_gui.state.curve_axis import part_start_s
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_line import DeskLine
from followfocus_gui.state.doubts import Doubts
from followfocus_gui.state.jobs import Job

MOVING = (State.MOVING, State.PLAYING, State.STOPPING)
STOPPED_SHORT = "The ring stopped on its way: this computer was silent for too long. Turn it again."


class UnitEar(QObject):
    """Hears the unit, and tells the player."""

    progressed = Signal(float, object)
    """(seconds on the curve's time axis, status) while a take runs"""
    taken = Signal(object)
    finished = Signal()
    """A job is done; what it was about may look otherwise now"""

    def __init__(
        self,
        bridge: UnitBridge,
        desk: Desk,
        line: DeskLine,
        hand: DeskHand,
        stage: Callable[[], Stage],
        tell: Callable[[events.StageEvent], object],
    ) -> None:
        """`stage` tells how things stand, `tell` hands an event to the player."""
        super().__init__(bridge)
        self.landing_deg: float | None = None
        """Where the ring landed last"""
        self._bridge, self._desk, self._line, self._hand = bridge, desk, line, hand
        self._stage, self._tell = stage, tell
        self._doubts = Doubts()
        self._cause_clock: int | None = None
        """When the last known motion ended, by the unit's clock; None before the first word"""
        # Methods only: a lambda belongs to no thread, and would be called in the worker's.
        bridge.statusChanged.connect(self._hear)
        bridge.connecting.connect(self._connecting)
        bridge.connected.connect(self._greet)
        bridge.refused.connect(self._refused)
        bridge.lost.connect(self._lost)
        bridge.back.connect(self._back)
        bridge.ended.connect(self._ended)
        bridge.finished.connect(self._finished)
        bridge.failed.connect(self._failed)
        bridge.warned.connect(self._trouble)
        bridge.found.connect(self._found)
        bridge.unanswered.connect(self._unanswered)
        bridge.loaded.connect(self._loaded)
        bridge.progressed.connect(self._progress)
        bridge.stopped.connect(self._stopped)
        bridge.drive.taken.connect(self._taken_by_hand)
        bridge.drive.unbegun.connect(self._unbegun)

    def _say(self, words: str, *, trouble: bool = False) -> None:
        if words:
            self._tell(events.Noted(words, trouble))

    def _trouble(self, words: str) -> None:
        self._say(words, trouble=True)

    def _found(self, words: str) -> None:
        self._tell(events.Noted(words, trouble=True, news=True))

    def _hear(self, status: UnitStatus) -> None:
        if status.state not in MOVING:
            # At rest, whatever it was sent to is over: the next turn begins from where it stands.
            self._hand.target_deg = None
            self._line.unanswered = self._line.unanswered and not status.connected
        # The player before the hand: what the hand then asks for is judged by this status.
        self._tell(events.Heard(status))
        self._say_what_silence_did(status)
        self._hand.heard()

    def _say_what_silence_did(self, status: UnitStatus) -> None:
        """A ring turned by hand is nobody's order, so nobody else says that the unit's dead man stopped it."""
        known, self._cause_clock = self._cause_clock, status.cause_clock if status.connected else None
        # By the cause's own time: the same words stand in every status until something else ends.
        news = known is not None and status.connected and status.cause_clock != known
        if news and status.cause is Cause.SILENCE and self._stage().under_way is None:
            self._trouble(STOPPED_SHORT)

    def _connecting(self, port: str) -> None:
        self._left("connecting" if port else "none", "")

    def _left(self, connection: str, words: str) -> None:
        self._line.connection = connection
        self._line.port = "" if connection == "none" else self._line.port
        self._tell(events.Gone(words))

    def _greet(self, info: UnitInfo) -> None:
        self._line.connection, self._line.port = "connected", self._bridge.port
        self._desk.fastest_interval_ticks = info.fastest_interval_ticks
        self._tell(events.Met(info))

    def _refused(self, words: str) -> None:
        self._left("none", words)

    def _lost(self, words: str) -> None:
        self._left("lost", words)

    def _failed(self, _job: Job, words: str) -> None:
        self._trouble(words)

    def _loaded(self, loaded: str) -> None:
        self._tell(events.Moved(loaded))

    def _back(self, status: UnitStatus) -> None:
        self._line.connection = "connected"
        self._tell(events.Returned(status))

    def _stopped(self, epoch: int) -> None:
        # Before the player: an order that waited for the hand must not follow a STOP.
        self._hand.forget()
        self._tell(events.StopGiven(epoch))

    def _unanswered(self, words: str) -> None:
        self._line.unanswered = True
        self._trouble(words)

    def _progress(self, at_s: float, status: UnitStatus) -> None:
        self.progressed.emit(at_s + part_start_s(self._desk.plans(), self._stage().at.part), status)

    def _ended(self, outcome: Done | Failed) -> None:
        if isinstance(outcome, Failed) or not isinstance(outcome.answer, Taken):
            self._tell(outcome)
            return
        answer = outcome.answer
        # Before the player is told: what it says is drawn with it.
        self.landing_deg = answer.take.landed_deg
        doubts = self._doubts.after(answer, self._desk.show.unit.rig(self._desk.lens))
        # The player first: whoever hears of the take finds the stage as it is after it.
        self._tell(dataclasses.replace(outcome, words=doubts))
        self.taken.emit(answer)

    def _taken_by_hand(self, taken: Taken) -> None:
        self._hand.taken(taken)
        self.taken.emit(taken)

    def _unbegun(self) -> None:
        self._hand.unbegun()

    def _finished(self, job: Job, answer: object) -> None:
        if job.what == LETTING_GO:
            self._hand.let_go()
        if isinstance(answer, str):
            self._say(answer)
        self.finished.emit()

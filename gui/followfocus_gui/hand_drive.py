# SPDX-License-Identifier: MIT
"""The hand on the app's unit: what every wheel, the mouse and the keys say, followed on the bridge's worker.

`hear` is for any thread; the worker ticks while the hand is at work, and ends it before it does anything else.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, Signal

from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent
from followfocus.hand.hand import WheelHand
from followfocus.hand.manners import HandManners
from followfocus.hand.turned import TurnedWheel
from followfocus.plan.plan import Plan
from followfocus.stage.by_hand import OLD_FIRMWARE, ByHand
from followfocus.stage.hand_recorder import HandRecorder
from followfocus.stage.together import Wheel
from followfocus.unit.following import FollowEvidence
from followfocus.unit.unit import FollowFocusUnit

# Until the first lens is there, which is before the first unit.
ANY_TRAVEL_DEG = 300.0


class HandDrive(QObject):
    """One hand, whatever unit there is."""

    told = Signal(str)
    """How hand and ring stand to each other, where that changed; empty: the ring follows"""
    taken = Signal(object)
    """A recording that is over: Taken"""
    unbegun = Signal()
    """A STOP has ended a recording before the hand had the ring: there is no take"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hand = WheelHand(HandManners(), ANY_TRAVEL_DEG)
        self._by_hand: ByHand | None = None
        self._recorder: HandRecorder | None = None
        self._asked_at = 0
        self._turned: TurnedWheel | None = None
        self.words = ""
        """How hand and ring stand to each other; empty: the ring follows"""
        self._told = ""

    # Any thread ---------------------------------------------------------------------------------------------------

    def hear(self, event: SourceEvent) -> None:
        """A wheel did something; while the unit follows, it is told at once. In a pull with a hand it plays in that."""
        # Each looked at once: the worker may leave the unit, or end the take, between two looks.
        turned, by_hand = self._turned, self._by_hand
        # The pull first: while it is played the ring is the plan's, and a wheel may only add to it.
        if turned is not None:
            turned.hear(event)
        elif by_hand is not None:
            by_hand.hear(event)

    @property
    def ring_deg(self) -> float | None:
        """Where the hand wants the ring; None while it lets the ring be."""
        by_hand = self._by_hand
        return by_hand.ring_deg if by_hand is not None and by_hand.busy else None

    @property
    def plays(self) -> bool:
        """A pull is played that wheels play in."""
        return self._turned is not None

    @property
    def recording(self) -> bool:
        """The hand's motion is being kept."""
        return self._recorder is not None

    def let_go(self) -> None:
        """STOP: wheels must rest before they are heard again."""
        by_hand = self._by_hand
        if by_hand is not None:
            by_hand.let_go()

    # The worker ---------------------------------------------------------------------------------------------------

    def meet(self, unit: FollowFocusUnit) -> None:
        """There is a unit."""
        self._by_hand = ByHand(unit, self.hand, self._over, self._begins)

    def leave(self) -> None:
        """The unit is gone."""
        self.end_recording()
        self._by_hand = None

    @property
    def busy(self) -> bool:
        """There is something to tick for."""
        by_hand = self._by_hand
        return by_hand is not None and (by_hand.busy or self._is_stopped)

    @property
    def _is_stopped(self) -> bool:
        """A STOP has come since the recording was asked for."""
        by_hand = self._by_hand
        return self._recorder is not None and by_hand is not None and by_hand.unit.stops != self._asked_at

    def tick(self) -> None:
        """Go on following, every 10 ms while it is busy."""
        by_hand = self._by_hand
        if by_hand is None:
            return
        by_hand.tick()
        if self._is_stopped and not by_hand.active:
            self.end_recording()
            self.unbegun.emit()
        self.words = by_hand.words
        # Without the figures: a lag that goes from 3° to 4° is the same news, and would be said ten times a second.
        kind = "".join(letter for letter in self.words if not letter.isdigit())
        if kind != self._told:
            self._told = kind
            self.told.emit(self.words)

    def end(self) -> None:
        """Let go of the ring where it is: something else wants the unit."""
        by_hand = self._by_hand
        # Not where a wheel has only just spoken and is followed by nobody yet: its first word would be forgotten.
        if by_hand is not None and (by_hand.active or not by_hand.busy):
            by_hand.end()

    @contextlib.contextmanager
    def beside(self, _unit: FollowFocusUnit, plan: Plan) -> Iterator[Wheel]:
        """While a take is played, every wheel plays in it: how far they have turned, for the stage's runner."""
        self._turned = turned = TurnedWheel(self.hand.beside(), plan.motion.start_deg)
        try:
            yield turned.deg
        finally:
            # First: what is heard from here on is for the hand again.
            self._turned = None
            if self._by_hand is not None:
                self._by_hand.take_back(turned.hand)

    def record(self, make: Callable[[FollowFocusUnit], HandRecorder], unit: FollowFocusUnit) -> None:
        """Keep what the hand does from now on, until it is ended or stopped. Raises where the unit can't follow one."""
        if self._by_hand is not None and self._by_hand.is_deaf:
            raise RequestError(OLD_FIRMWARE)
        self._asked_at = unit.stops
        with unit.order():  # void where a STOP has come since it was asked for
            self._recorder = make(unit)
        if self._by_hand is not None:
            self._by_hand.holds = True

    def end_recording(self) -> None:
        """The recording is over; one that the hand never began leaves nothing."""
        self.end()
        self._recorder = None
        if self._by_hand is not None:
            self._by_hand.holds = False

    def _begins(self, ring_deg: float) -> None:
        if self._recorder is not None:
            self._recorder.begin(ring_deg)

    def _over(self, found: FollowEvidence) -> None:
        recorder, by_hand = self._recorder, self._by_hand
        if recorder is None or by_hand is None:
            return
        # Before it is kept: a disk that is slow must not leave a recording that looks as if it went on.
        by_hand.holds, self._recorder = False, None
        begun = recorder.context is not None
        taken = recorder.end(found, by_hand.unit.steps_per_deg)
        if begun:
            self.taken.emit(taken)

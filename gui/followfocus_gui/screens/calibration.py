# SPDX-License-Identifier: MIT
"""Calibration: far stop, close stop, check the play. The ring is live, STOP is live, Cancel puts everything back.

Everything that moves runs on the unit's worker through the bridge. Until the close stop is found nobody knows where the
ring is, and nothing here says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.unit import calibration as steps
from followfocus.unit.calibration import Attempt, Calibration, CalibrationStore, gear_of
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.screens.calibration_parts import StepCards, WordsColumn
from followfocus_gui.screens.host import Room, Screen
from followfocus_gui.state.calibrating import PAGES, Calibrating, CalibrationPage
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.calibration_pictures import CalibrationPicture, RingPicture
from followfocus_gui.widgets.jog_row import SLOW_DEG_S, ArrowKeys
from followfocus_gui.widgets.parts import PanelBox
from followfocus_gui.widgets.scale import measured

UNKNOWN, KNOWN = True, False
STILL_TURNING = "The ring is turning. Let go of the arrow, then press again."
COUNT_LOST = "The unit restarted, and its count is gone. Begin at the far stop again."
TURNING = "STOP and Esc stop the ring; nothing is kept until the end."


class CalibrationScreen(Screen):
    """One step a page; what was found is kept for the lens when the last is done."""

    calibrated = Signal(object)
    """The Calibration, kept already"""
    doubted = Signal(bool)
    """Emits True when the ring's place is no longer known, False when it is"""

    def __init__(
        self,
        bridge: UnitBridge,
        lens: LensMap,
        rig: Rig,
        info: UnitInfo | None,
        store: CalibrationStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("calibrationScreen", "Calibrating", TURNING, parent)
        self.leave_words = "Cancel"
        self._bridge, self._info, self._store = bridge, info, store
        self._now = Calibrating(lens, rig)
        self._status = UnitStatus()
        self._attempt: Attempt | None = None
        self._play_from: float | None = None
        self._then: Callable[[object], None] | None = None
        self._job: Job | None = None
        self._done = False
        self._build()
        self._arrows = ArrowKeys(self.words.jogs, self)
        for signal, slot in self._signals():
            signal.connect(slot)
        self._show()
        QTimer.singleShot(0, self._begin)

    def _signals(self) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        bridge = self._bridge
        return (
            (bridge.finished, self._finished), (bridge.failed, self._failed), (bridge.statusChanged, self._hear),
            (bridge.stopped, self._stopped),
        )  # fmt: skip

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        panel = PanelBox(self)
        column.addWidget(panel)
        inside = QVBoxLayout(panel)
        measured(inside.setContentsMargins, 14, 8, 14, 8)  # all of it in the smallest window, nothing scrolled away
        self.cards = StepCards(panel)
        inside.addWidget(self.cards)
        self._row = row = QHBoxLayout()
        measured(row.setSpacing, 12)
        self.picture, self.words = CalibrationPicture(panel), WordsColumn(self._now.lens.serial, panel)
        row.addWidget(self.picture, 5)
        row.addWidget(self.words, 5)
        inside.addLayout(row, 1)
        words = self.words
        words.jogs.turned.connect(self._jog)
        words.backAsked.connect(self.back)
        words.cancelAsked.connect(self.cancel)
        words.goAsked.connect(self.go_on)
        words.otherAsked.connect(self.other)

    def fit(self, room: Room) -> None:
        """The ring beside the words, or above them; on a low screen everything is lower."""
        way = QBoxLayout.Direction.TopToBottom if room.upright else QBoxLayout.Direction.LeftToRight
        self._row.setDirection(way)
        self.cards.set_low(low=room.low)
        self.words.set_low(low=room.low)

    def first_field(self) -> QWidget:
        """Return says that it is there."""
        return self.words.serial if self._now.page is CalibrationPage.KEEP else self.words.go

    @property
    def page(self) -> CalibrationPage:
        """The step that is shown."""
        return self._now.page

    def _show(self, words: str = "") -> None:
        self.cards.show_it(self._now)
        self.words.show_it(self._now, busy=self._job is not None, trouble=words)
        self.say(words or TURNING)
        self.first_field().setFocus()
        self._draw()

    def _draw(self) -> None:
        now = self._now
        turned = now.turned_deg if now.far_found else None
        picture = RingPicture(
            turned, now.lens.travel_deg, now.far_found, now.close_found, now.used_rig.motor_teeth, now.gear is not None
        )
        self.picture.show_ring(picture)
        self.words.show_facts(now.facts(fault=_fault(self._status)))

    def _hear(self, status: UnitStatus) -> None:
        self._status, self._now = status, dataclasses.replace(self._now, steps=status.position)
        self._draw()
        self._look_for_reset()

    def _look_for_reset(self) -> None:
        """Begin at the far stop again where the unit has lost its count: what a person then says is no stop."""
        if self._now.counts and self._job is None and self._status.state is State.UNREFERENCED:
            self._now, self._play_from = self._now.begun_anew(), None
            self.doubted.emit(UNKNOWN)
            self._show(COUNT_LOST)

    def _stopped(self, _epoch: int) -> None:
        self.words.jogs.halt()

    def _jog(self, speed_deg_s: float) -> None:
        speed = self._now.slowed(speed_deg_s, SLOW_DEG_S)
        self._bridge.ask(Job("jog", lambda unit: unit.jog(speed), by_hand=True))

    def _begin(self) -> None:
        self.doubted.emit(UNKNOWN)
        lens = self._now.lens
        self._ask(lambda unit: Attempt(unit, lens), self._begun)

    def _begun(self, attempt: object) -> None:
        assert isinstance(attempt, Attempt)
        self._attempt = attempt
        self._show()

    def enter(self) -> bool:
        """Return says that it is there."""
        self.go_on()
        return True

    def go_on(self) -> None:
        """The step's own button."""
        attempt = self._attempt
        if self._job is not None or attempt is None:
            return
        # A stop is a place that is measured: one that the ring only passes isn't it.
        if self.words.jogs.turning:
            self._show(STILL_TURNING)
            return
        if self._now.page is CalibrationPage.FAR:
            self._ask(attempt.far_stop, lambda _: self._turn_to(CalibrationPage.CLOSE))
        elif self._now.page is CalibrationPage.CLOSE:
            self._ask(steps.steps_from_infinity, self._close_found)
        elif self._now.page is CalibrationPage.PLAY:
            self._ask(lambda unit: steps.resting_status(unit).ring_deg, self._take_play)
        else:
            self._keep()

    def _close_found(self, span: object) -> None:
        assert isinstance(span, int)
        try:
            gear = gear_of(self._now.rig, self._now.lens, span)
        except FollowFocusError as error:
            self._show(str(error))
            return
        self._now = dataclasses.replace(self._now, span_steps=span, gear=gear)
        self._turn_to(CalibrationPage.PLAY)
        self._check_play()

    def _check_play(self) -> None:
        attempt, rig, lens = self._attempt, self._now.used_rig, self._now.lens
        assert attempt is not None
        self._ask(lambda unit: _at_close_stop(attempt, unit, rig, lens), self._play_checked)

    def _play_checked(self, play: object) -> None:
        self.doubted.emit(KNOWN)  # not before: until the close stop is set the unit itself knows of no place
        self._play_from = None
        if isinstance(play, float):
            self._now = dataclasses.replace(self._now, play_deg=play)
            self._turn_to(CalibrationPage.KEEP)
        else:
            self._show()

    def other(self) -> None:
        """Beside the main button: a little further back, or the gear as it was set."""
        if self._now.page is CalibrationPage.PLAY and self._job is None:
            self._ask(_a_little_back, self._went_back)
        elif self._now.page is CalibrationPage.KEEP and self._job is None:
            self._now = dataclasses.replace(self._now, as_set=not self._now.as_set, page=CalibrationPage.PLAY)
            self._check_play()

    def _went_back(self, before: object) -> None:
        if self._play_from is None and isinstance(before, float):
            self._play_from = before
        self._show()

    def _take_play(self, here: object) -> None:
        play, before = self._now.rig.lash_deg, self._play_from
        if before is not None and isinstance(here, float):
            play = round(abs(before - here), 3)
        self._now = dataclasses.replace(self._now, play_deg=play)
        self._turn_to(CalibrationPage.KEEP)

    def _turn_to(self, page: CalibrationPage) -> None:
        self._now = dataclasses.replace(self._now, page=page)
        self._show()

    def back(self) -> None:
        """The step before."""
        if self._job is None and self._now.page is not CalibrationPage.FAR:
            self._play_from = None
            page = PAGES[PAGES.index(self._now.page) - (2 if self._now.page is CalibrationPage.KEEP else 1)]
            self.doubted.emit(page in (CalibrationPage.FAR, CalibrationPage.CLOSE))
            self._turn_to(page)

    def cancel(self) -> None:
        """Everything as it was before; then back to the desk."""
        self.close()

    def _keep(self) -> None:
        lens = dataclasses.replace(self._now.lens, serial=self.words.serial.text().strip())
        unit = "" if self._info is None else self._info.serial
        found = _found(self._now, lens, unit, self.words.note.text().strip())
        try:
            self._store.save(lens, found)
        except FollowFocusError as error:
            self._show(str(error))
            return
        self._done = True
        self.calibrated.emit(found)
        QTimer.singleShot(0, self.close)

    # News ---------------------------------------------------------------------------------------------------------

    def _ask(self, do: Callable[[FollowFocusUnit], object], then: Callable[[object], None]) -> None:
        self._job, self._then = Job("calibration", do), then
        self.words.show_it(self._now, busy=True)
        self._bridge.ask(self._job)

    def _finished(self, job: Job, answer: object) -> None:
        if job is self._job and self._then is not None:
            then, self._job, self._then = self._then, None, None
            then(answer)

    def _failed(self, job: Job, words: str) -> None:
        if job is self._job or job.by_hand:
            self._job = self._then = None
            self._show(words)
            self._look_for_reset()

    def may_close(self) -> bool:
        """Nothing turns on after the screen is gone; what isn't kept is put back."""
        self.words.jogs.halt()
        self._bridge.stop()
        for signal, slot in self._signals():
            signal.disconnect(slot)
        if not self._done and self._attempt is not None:
            self._bridge.ask(Job("calibration called off", self._attempt.restore))
        self.doubted.emit(KNOWN)
        return True


def _at_close_stop(attempt: steps.Attempt, unit: FollowFocusUnit, rig: Rig, lens: LensMap) -> float | None:
    """The play where the ring itself can be seen; else the ring is backed off, for its play to be tried by hand."""
    attempt.close_stop(unit, rig, lens)
    measured = steps.measured_lash_deg(unit, lens)
    if measured is None:
        steps.back_off(unit, lens)
    return measured


def _a_little_back(unit: FollowFocusUnit) -> float | None:
    """Turn back by a step of the play's; where the ring stood before, degrees."""
    before = steps.resting_status(unit).ring_deg
    steps.reverse_by(unit, steps.LASH_STEP_DEG)
    return before


def _found(now: Calibrating, lens: LensMap, unit: str, note: str) -> Calibration:
    """The finished calibration as it is kept, of this lens on the unit with this serial number."""
    rig = now.used_rig
    play = now.rig.lash_deg if now.play_deg is None else now.play_deg
    return Calibration(
        lens.name, lens.serial, unit, lens.travel_deg, abs(now.span_steps), rig.motor_teeth, rig.direction, play,
        utc_timestamp(), note=note,
    )  # fmt: skip


def _fault(status: UnitStatus) -> str:
    """The fault that the motor's driver reports; empty for none."""
    return "" if status.fault.name == "NONE" else f"{status.fault.name.lower().replace('_', ' ')}: STOP, then look"

# SPDX-License-Identifier: MIT
"""The outside, at the desk: places that are listened at, the switch for GO, and how each request was answered.

Sources are heard in their own loop's thread. STOP goes from there straight to the unit; everything else comes over to
the app's thread as a signal, no faster than a hand could ask, and is played there.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from followfocus.clock import SystemClock, utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.sources.events import Origin, OutsideAsked, OutsideEvent, SourceKind, StripSaid, TimecodeDoubted, Want
from followfocus.sources.gate import Gate
from followfocus.sources.learned import LearnedControl
from followfocus.sources.pace import Pace
from followfocus.stage import events
from followfocus.stage.delays import SourceDelays
from followfocus.stage.events import Taken
from followfocus.stage.facts import stage_facts
from followfocus.stage.merged import floods, with_line
from followfocus.stage.outside import TOO_MUCH, AskOutcome, let_in_words
from followfocus.stage.outside_desk import Decision, Outside, hear
from followfocus.stage.source_lines import source_lines
from followfocus.stage.state import Stage
from followfocus.takes.diary import DiaryLine
from followfocus.wire.messages import State
from followfocus_gui.go_keys import GoKeys
from followfocus_gui.open_places import OpenPlaces
from followfocus_gui.outside_tracks import OutsideTracks
from followfocus_gui.window import DeskWindow

if TYPE_CHECKING:
    from followfocus.stage.phones import Phones

KEPT = 200


def _nothing(_outcome: AskOutcome) -> None:
    """Nobody waits for the answer."""


class OutsideActions(QObject):
    """The desk as what comes from outside sees it. Nothing listens, and no thread turns, until a place is opened."""

    changed = Signal()
    _came = Signal(object, object)
    _noted = Signal(object, int)

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window, self._session = window, window.session
        self._clock = SystemClock()
        kinds = [(kind, stops) for kind in SourceKind for stops in (False, True)]
        self._pace = {one: Pace() for one in kinds}
        self.places = OpenPlaces(self, self._clock, lambda: self._session.keeper.path)
        self.turns = True
        self.outside = Outside()
        self.history: list[DiaryLine] = []
        self._counted: Counter[tuple[SourceKind, bool]] = Counter()
        self._told_counted = {one: Pace(1.0, 1.0) for one in kinds}
        self.changes: list[Callable[[], object]] = []
        self.taken: list[Callable[[Taken], object]] = []
        self._delays = SourceDelays()
        self._session.bridge.around = lambda: self.outside  # a value, for the thread that keeps takes
        self.tracks, self.keys = OutsideTracks(self._session, self), GoKeys(window)
        self.tracks.changed.connect(self.changed)
        self.keys.changed.connect(self.changed)
        self.keys.told.connect(self._session.tell)
        self.keys.went.connect(self._went)
        self.keys.start()
        self._came.connect(self._hear)
        self._noted.connect(self._show)
        self._session.changed.connect(self._tell)
        self._session.progressed.connect(lambda _at_s, _status: self._tell())
        self._session.taken.connect(self._took)

    # What the screen asks for -----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show what came, and the switches."""
        from followfocus_gui.screens.outside import OutsideScreen

        screen = OutsideScreen(self, self._window)
        screen.allowed.connect(self.allow)
        screen.listenAsked.connect(self.listen)
        screen.pageAsked.connect(self.serve_page)
        screen.tellAsked.connect(self.tell)
        screen.learnAsked.connect(self.keys.learn)
        screen.forgetAsked.connect(self.keys.forget)
        self.changed.connect(screen.refresh)
        self.keys.told.connect(screen.say)
        self._window.host.open(screen)

    def allow(self, allowed: bool) -> None:
        """Let GO from outside in, or not."""
        self.outside = self.outside.but(gate=Gate(allowed))
        self._session.says.outside = allowed
        self.changed.emit()
        self._tell()

    def listen(self, text: str) -> None:
        """Listen at a place, written as for `serve --listen`; what is wrong with it is said."""
        try:
            words = self.places.listen(text)
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        self.outside = self.outside.but(can_rec=self.places.can_rec)
        self._session.tell(words)
        self.changed.emit()

    def serve_page(self, where: str) -> None:
        """Serve the page for phones at HOST:PORT, or say why not."""
        try:
            self.places.serve_page(where)
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        self.changed.emit()

    def tell(self, where: str) -> None:
        """Tell where the ring is to addresses, or to nobody any more; what is wrong with one is said."""
        try:
            if where:
                self.tracks.send(where)
            else:
                self.tracks.end()
        except FollowFocusError as error:
            self._session.refuse(str(error))

    @property
    def lines(self) -> tuple[str, ...]:
        """Where it is listened, what each source says of itself, and how late its GO has been."""
        kept_ms = self._delays.kept_ms
        return (*source_lines(self.places.listened, self.outside, kept_ms, self.now_s), *self.places.warnings)

    @property
    def level(self) -> float | None:
        """How high the LTC's signal is."""
        return self.places.level

    @property
    def phones(self) -> Phones | None:
        """The page for phones, where it is served."""
        return self.places.phones

    def close(self) -> None:
        """Hear nothing any more."""
        self.keys.close()
        self.tracks.end()
        self.places.close()

    # The sources' thread ----------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage:
        """How the stage stands: a value, for any thread."""
        return self._session.stage

    @property
    def now_s(self) -> float:
        """The host's clock, by which the events from outside are stamped."""
        return self._clock.now()

    def facts(self) -> Mapping[str, object]:
        """How things stand."""
        return stage_facts(self.stage, self.outside, self.now_s)

    def submit(self, event: OutsideEvent, then: Callable[[AskOutcome], object] = _nothing) -> None:
        """Take something in. STOP is with the unit when this returns."""
        stops = isinstance(event, OutsideAsked) and event.what is Want.STOP
        if stops:
            # On the source's own thread: the window may be busy drawing, and STOP doesn't wait for it.
            self._session.bridge.stop_from_outside(event.at_s, hard=self.stage.state is State.STOPPING)
        kind = event.source.kind, stops
        if isinstance(event, OutsideAsked) and not self._pace[kind].lets(event.at_s):
            # STOP is never too much, and yet the window can't be told of each: it would do nothing else.
            counted = AskOutcome(event, "STOP." if stops else TOO_MUCH, passed=stops)
            then(counted)
            self.places.note(counted)
            self._counted[kind] += 1
            # Once a second, with how many: a flood in the list would push out what matters.
            if self._told_counted[kind].lets(event.at_s):
                self._noted.emit(counted, self._counted.pop(kind))
            return
        # STOP as well, after it is out: it belongs into the history and the diary like everything that came.
        self._came.emit(event, then)

    # The app's thread -------------------------------------------------------------------------------------------------

    def _hear(self, event: OutsideEvent, then: Callable[[AskOutcome], object]) -> None:
        # Many a second while a finger slides: neither in the history nor in the diary.
        if isinstance(event, StripSaid):
            self._turn(event)
            return
        outcome = self._decided(event)
        if outcome is not None:
            self.places.soon(then, outcome)

    def ask(self, origin: Origin, what: Want, value: str, at_s: float) -> str:
        """Take in what a button of a wheel asked for, by the same gate; why not, in a sentence, or nothing."""
        outcome = self._decided(OutsideAsked(origin, at_s, what, value=value))
        return "" if outcome is None or outcome.passed else outcome.words

    def _went(self, control: LearnedControl) -> None:
        """A key or a button that was learned for GO was pressed."""
        kind = SourceKind.KEY if control.kind == "key" else SourceKind.HID
        refused = self.ask(Origin(kind, control.source or control.control), Want.GO, "", self.now_s)
        if refused:
            self._session.refuse(refused)

    def _decided(self, event: OutsideEvent) -> AskOutcome | None:
        outside = self.outside.but(stopped_s=self._session.bridge.stopped_s)
        self.outside, decision = hear(outside, self.stage, event, self._session.bridge.clock_at)
        outcome = self._played(event, decision)
        # What somebody asked for was stopped as it came in, on the source's own thread.
        if decision.stop and not isinstance(event, OutsideAsked):
            self._session.bridge.stop_from_outside(event.at_s)
        if decision.start_rec:
            self.places.record(start=True)
        if decision.look_s is not None:
            self.places.later(decision.look_s - self.now_s, self._look_again, event.source)
        if outcome is not None:
            self.places.note(outcome)
            self._show(outcome)
        return outcome

    def _look_again(self, source: Origin) -> None:
        """On the loop's thread, which is never busy drawing."""
        self.submit(TimecodeDoubted(source, self.now_s))

    def _show(self, outcome: AskOutcome, times: int = 1) -> None:
        """Show a request that came, and how often, to whoever looks at the screen."""
        line = dataclasses.replace(outcome.noted(utc_timestamp()), times=times)
        self.history = with_line(self.history, line, counted=floods(outcome))[-KEPT:]
        self.changed.emit()

    def _turn(self, event: StripSaid) -> None:
        """A phone's strip turns the ring as the disk does; while that may not be it does nothing."""
        session = self._session
        if event.at_s < session.bridge.stopped_s:
            return
        if self.outside.gate.open and session.state is not State.ARMED and self._window.host.shown is None:
            stands_deg = session.target_deg if session.target_deg is not None else session.ring_deg
            session.turn(stands_deg + event.share * session.desk.lens.travel_deg)

    def _played(self, event: OutsideEvent, decision: Decision) -> AskOutcome | None:
        outcome = decision.outcome
        if decision.event is None or outcome is None:
            return outcome
        screen = self._window.host.shown
        # Whoever works in a screen isn't looking at the ring. To call off a count moves nothing, and is always right.
        if screen is not None and not isinstance(decision.event, events.CallOffAsked):
            return AskOutcome(event, f"{screen.title}: close this first.", passed=False)
        refused = self._refusal(outcome.event, decision.event, event.at_s if decision.due_s is None else decision.due_s)
        if refused:
            return dataclasses.replace(outcome, words=refused, passed=False)
        if not isinstance(outcome.event, OutsideAsked):
            return outcome
        return dataclasses.replace(outcome, words=let_in_words(self.stage, outcome.event))

    def _refusal(self, asked: OutsideEvent, event: events.StageEvent, due_s: float) -> str:
        """Play it; why the stage would not have it, in a sentence."""
        # By the desk's own edit, not by the stage's event: so that it can be undone there.
        if isinstance(asked, OutsideAsked) and asked.what is Want.TRIM and asked.amount is not None:
            index, marks = ord(asked.value.strip().upper()) - ord("A"), self._session.desk.pull.marks
            trim_m = marks[index].trim_m + asked.amount
            return self._session.outside(lambda: self._session.edit_mark(index, trim_m=trim_m))
        if isinstance(event, events.GoAsked):
            self._delays.asked(asked.source.kind.value, due_s)
        return self._session.outside(lambda: self._session.play(event))

    def _took(self, taken: Taken) -> None:
        for heard in self.taken:
            heard(taken)
        cue = next((cue for cue in self.stage.show.cues if cue.number == taken.context.cue), None)
        unit = self._session.bridge.unit
        if unit is not None:
            self._delays.taken(taken, 0.0 if cue is None else cue.lead_s, unit.link.session.sync.host_s)
            self.changed.emit()
        if cue is not None and cue.stop_rec_s is not None and self.outside.recording:
            self.places.record(start=False, after_s=cue.stop_rec_s)
        self._tell()

    def _tell(self) -> None:
        for change in tuple(self.changes):
            self.places.soon(change)

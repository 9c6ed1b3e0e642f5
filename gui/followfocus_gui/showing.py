# SPDX-License-Identifier: MIT
"""From the session to the parts of the desk: what is so comes down here, and nothing goes up."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from followfocus.names import in_line
from followfocus.stage.events import Taken
from followfocus.takes.whole import Outcome
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.parts import Bands, DeskPage
from followfocus_gui.playhead import Playhead
from followfocus_gui.screens.host import ScreenHost
from followfocus_gui.shooting_clock import ShootingClock
from followfocus_gui.state.cue_lines import cue_lines
from followfocus_gui.state.curve_axis import zoom_on_axis
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import (
    card_views,
    curve_view,
    details_of,
    mark_views,
    names_in,
    rack_words,
    read_deg,
    ring_view,
    sharp_view,
)
from followfocus_gui.state.first_run import first_hint
from followfocus_gui.state.shooting import in_units, shoot_view
from followfocus_gui.state.standing import Standing
from followfocus_gui.widgets.file_names import call_off
from followfocus_gui.widgets.frame_beat import FrameBeat
from followfocus_gui.widgets.readouts import UNKNOWN
from followfocus_gui.widgets.shooting_view import ShootingView

_Last = tuple[str, bool, tuple[str, ...]]
"""The last take in words, whether it was sharp, and the names in the words"""
READ_INCHES = 0.5
"""As fine as the marks' cards: on a mark the readout says what the card does"""
NOTE_MS = 4_000
"""How long a note stands that asks for nothing"""


class Showing(QObject):
    """Shows a session in bands and page: a hundred times a second while something changes, and at rest not at all."""

    def __init__(
        self,
        session: DeskPlayer,
        bands: Bands,
        page: DeskPage,
        host: ScreenHost,
        shooting: ShootingView,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.session, self._bands, self._page, self._host = session, bands, page, host
        self._shooting, self._running = shooting, ""
        self._last: _Last = "", True, ()
        self._last_m: float | None = None
        """Where the last take ended, metres"""
        self._clock = ShootingClock(session, shooting)
        self._now: Standing | None = None
        self._cues_shown: tuple[object, ...] = ()
        self._line_shown: tuple[object, ...] = ()
        self._playhead = Playhead(session, page, bands.state)
        self._note = QTimer(self)
        self._note.setSingleShot(True)
        self._note.setInterval(NOTE_MS)
        self._note.timeout.connect(self._let_note_go)
        session.says.hint = lambda: first_hint(session.desk, page.table.takes.rowCount())
        session.changed.connect(self.refresh)
        for said in (session.said, session.warned):
            said.connect(self.show_status)
        session.progressed.connect(self._progress)
        session.began.connect(self._begin)
        session.taken.connect(self._take_in)
        session.counted.connect(self.show_status)
        page.curve.cursorMoved.connect(self._playhead.scrub)
        host.changed.connect(self._screen_changed)
        for answer in (session.forget_note, self.show_status):  # a refusal before it is over
            host.said.connect(answer)
        self.frames = FrameBeat(self.show_status, self._runs_on, self)
        session.stirred.connect(self.frames.stir)
        # At the touch, not when the unit has moved: the target is drawn with the very next frame.
        page.disk.targetRequested.connect(self.frames.stir)

    def stop(self) -> None:
        """Nothing is shown any more."""
        self.frames.end()

    def _runs_on(self) -> bool:
        """The needle goes on between two words of the unit, or the seconds of a hold do."""
        return self.session.state is State.MOVING or self._clock.runs

    def refresh(self) -> None:
        """Show the desk as it is now."""
        desk, page = self.session.desk, self._page
        page.edits.imperial, page.edits.fps = desk.imperial, desk.show.fps
        for field in (page.goto, self._bands.state):
            field.set_format(page.edits.read_distance, page.edits.show_distance)
        page.set_marks(card_views(desk))
        self._refresh_pull()
        cues, mode = cue_lines(desk, self.session.mode), self.session.mode.value
        if (cues, mode) != self._cues_shown:
            self._cues_shown = (cues, mode)
            page.cues.set_cues(cues, mode)
        _show_names(self._bands, desk)
        self._refresh_shooting()
        # Everything is shown anew: what was shown before is no measure any more.
        self._now = None
        self.show_status()

    def _refresh_pull(self) -> None:
        desk, page = self.session.desk, self._page
        pull = desk.pull
        page.editor.set_fps(desk.show.fps)
        page.editor.set_pull(pull.duration_s, pull.easing)
        page.editor.set_conditions(pull.t_stop, desk.cue.lead_s)
        page.rack.show_own(pull.still)
        page.rack.set_imperial(imperial=desk.imperial)
        curve = curve_view(desk)
        self._playhead.keep_to(curve)
        self._clock.whole_s = 0.0 if curve is None else curve.duration_s
        if curve is not None:
            page.curve.set_view(curve)
            _show_scene(page, desk)
        else:
            page.curve.show_nothing(self.session.says.warning.words or desk.trouble())
        page.rack.set_words(rack_words(desk))

    def _refresh_shooting(self) -> None:
        if self._shooting.isVisible():
            (words, good, names), desk = self._last if self._last[0] else _logged(self._page), self.session.desk
            self._shooting.set_imperial(desk.imperial)
            told, after = in_units(desk, words, self._last_m), self.session.mode
            self._shooting.set_view(shoot_view(desk, told, last_good=good, after=after, last_names=names))
            if self._now is not None:
                self._clock.begin_anew(self._now.line.word)

    def show_status(self, _said: object = None) -> None:
        """Everything that says how things stand, of one moment; nothing is done where nothing has changed."""
        self._clock.tick()
        before, now = self._now, self.session.standing()
        self._now = now
        # By frozen values, not by who called: it is asked a hundred times a second, and most of them nothing is new.
        if before is None or now.readings != before.readings:
            self._show_readings(now)
            if before is not None and now.ring_deg != before.ring_deg:
                self._playhead.end_scrub()
            if now.ring_deg is not None:
                self._playhead.show_ring(now.ring_deg, moves=now.state is State.MOVING)
        if before is None or now.holds != before.holds:
            self._page.set_locked(now.locked)
            if now.locked:  # a phone may have armed while a file's name was asked
                call_off()
            self._page.cue_strip.set_cues(cue_lines(self.session.desk, self.session.mode), armed=now.armed)
        self._speak(now)

    def _show_readings(self, now: Standing) -> None:
        at_s = self._playhead.moment_s()
        self._page.disk.set_view(ring_view(self.session.desk, now.status, now.target_deg, now.landing_deg, at_s))
        self._show_distance(now.status)
        info = self.session.info
        name, where = ("", "") if info is None else (info.name or info.serial, info.port)
        self._bands.connection.show_state(now.connection, name, where)

    def _show_distance(self, status: UnitStatus) -> None:
        desk, bands = self.session.desk, self._bands
        if status.ring_deg is None:
            bands.distance.set_distance(UNKNOWN, "The unit does not know where the ring stands.")
            bands.sharp.show_sharp(None, "not known" if status.connected else "")
            self._shooting.distance.set_distance(UNKNOWN, "")
            self._shooting.set_now(ring_deg=None, sharp=None)
            return
        ring_deg = read_deg(desk, status.ring_deg, stands=status.stands)
        distance_m = desk.lens.distance_m(ring_deg)
        here, there = (desk.distance_text(distance_m, other=other, inches=READ_INCHES) for other in (False, True))
        bands.distance.set_distance(here, there)
        sharp = sharp_view(desk, ring_deg, self._playhead.moment_s())
        bands.sharp.show_sharp(sharp, "" if desk.plan() is None else "not known")
        if self._shooting.isVisible():
            self._shooting.distance.set_distance(bands.distance.text(), bands.distance.toolTip())
            self._shooting.set_now(ring_deg=status.ring_deg, sharp=sharp)

    def _speak(self, now: Standing) -> None:
        """State line and buttons, as things stand."""
        session, screen = self.session, self._host.shown
        line, brief = now.line, ""
        if screen is not None and line.word == "READY" and not session.stage.note.words:
            # Also before what speaks against the pull: what is said here is said of what is being typed.
            words = f"{screen.title}: ARM and GO wait.  {screen.hint}".strip()
            line, brief = type(line)(line.word, line.sign, words), screen.hint
        warning, leave = session.says.warning, "" if screen is None else screen.leave_words
        offer = warning.offer if line.words == warning.words and screen is None else ""
        shown = (line, warning, offer, leave, now.left_s)
        if shown == self._line_shown:
            return
        self._line_shown = shown
        details = None
        if line.trouble:
            details = self._details if not offer else lambda: session.says.warning.details
        _leave_field(self._page.disk, self._bands.state.line.word, line.word)
        names = names_in(session.desk)
        self._bands.state.show_line(line, details=details, offer=offer, leave=leave, brief=brief, names=names)
        if self._running:
            self._say_running()
        self._clock.show_word(line.word, now.left_s)
        self._bands.transport.show_state(line.word, left_s=now.left_s, screen=screen is not None)
        if session.stage.note.asks_nothing:
            self._note.start()
        else:
            self._note.stop()

    def _details(self) -> str:
        return details_of(self.session.stage, self.session.desk, self.session.keeper.path)

    def _screen_changed(self) -> None:
        """To open a screen is to go on: how the last take ended has been read, and so why something was refused."""
        note = self.session.stage.note
        if self._host.shown is not None and (note.landed or note.passing):
            self.session.forget_note()
        self.show_status()

    def _let_note_go(self) -> None:
        """A note that asks for nothing has been read."""
        if self.session.stage.note.asks_nothing:
            self.session.forget_note()

    # A take -------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._running = ""
        self._playhead.begin()

    def _progress(self, at_s: float, status: UnitStatus) -> None:
        self._playhead.go_on(at_s, status.ring_deg)
        self._running = self._clock.show_moving(at_s)
        self._say_running()

    def _say_running(self) -> None:
        """The time beside the sentence; the shooting view has it large already."""
        if self.session.stage.plays and not self._shooting.isVisible():
            self._bands.state.set_aside(self._running)

    def _take_in(self, taken: Taken) -> None:
        take = taken.take
        names = taken.context.slate.name, *(mark.name for mark in taken.context.marks)
        self._last = self.session.stage.note.words, take.verdict.usable, tuple(map(in_line, names))
        self._last_m = None if take.landed_deg is None else self.session.desk.lens.distance_m(take.landed_deg)
        self._refresh_shooting()
        self._playhead.end(taken)
        self.show_status()


def _logged(page: DeskPage) -> _Last:
    """The newest take of the log: one that was shot before the app was opened."""
    takes = page.table.takes
    line = takes.line(0) if takes.rowCount() else None
    if line is None:
        return "", True, ()
    return f"{line.title}: {line.words}.", line.outcome is Outcome.SHARP, (line.shot,)


def _show_names(bands: Bands, desk: Desk) -> None:
    slate = desk.show.slate
    bands.slate.set_words(in_line(slate.name), str(slate).removeprefix(slate.name).strip() or f"take {slate.take}")
    bands.lens.set_words(in_line(desk.lens.name), f"T{desk.pull.t_stop:.3g}")
    bands.distance.set_imperial(desk.imperial)


def _show_scene(page: DeskPage, desk: Desk) -> None:
    """The lens's picture of the marks; their names, where a line has room for them."""
    marks = [(in_line(mark.name or mark.letter), mark.distance_m) for mark in mark_views(desk)]
    lens, zoom = zoom_on_axis(desk.plans())
    breathes = lens.breathing_percent
    page.rack.set_scene(lens, desk.pull.t_stop, marks, breathing_percent=breathes, film=desk.show.film, zoom=zoom)


def _leave_field(desk: QWidget, before: str, word: str) -> None:
    """Armed now: Space is GO again, wherever something was typed."""
    if word == "ARMED" != before and isinstance(QApplication.focusWidget(), QLineEdit):
        desk.setFocus()

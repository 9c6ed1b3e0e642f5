# SPDX-License-Identifier: MIT
"""From the session to the parts of the desk: what is so comes down here, and nothing goes up."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from followfocus.names import in_line
from followfocus.stage.events import Taken
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.parts import Bands, DeskPage
from followfocus_gui.screens.host import ScreenHost
from followfocus_gui.state.cue_lines import cue_lines
from followfocus_gui.state.desk_views import (
    card_views,
    curve_view,
    details_of,
    mark_views,
    rack_words,
    ring_view,
    sharp_view,
    take_difference,
)
from followfocus_gui.state.first_run import first_hint
from followfocus_gui.state.shooting import in_units, shoot_view
from followfocus_gui.state.standing import Standing
from followfocus_gui.state.views import CurveView
from followfocus_gui.widgets.frame_beat import FrameBeat
from followfocus_gui.widgets.readouts import UNKNOWN
from followfocus_gui.widgets.shooting_view import ShootingView

RACK_MS = 40
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
        self._shooting, self._last, self._running = shooting, ("", True), ""
        self._last_m: float | None = None
        """Where the last take ended, metres"""
        self._held = QElapsedTimer()
        self._now: Standing | None = None
        self._cues_shown: tuple[object, ...] = ()
        self._line_shown: tuple[object, ...] = ()
        self._cursor_s: float | None = None
        self._curve: CurveView | None = None
        self._since_rack = QElapsedTimer()
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
        page.curve.cursorMoved.connect(self._scrub)
        host.changed.connect(self._screen_changed)
        for answer in (session.forget_note, self.show_status):  # a refusal before it is over
            host.said.connect(answer)
        self.frames = FrameBeat(self.show_status, self._runs_on, self)
        session.stirred.connect(self.frames.stir)
        page.disk.targetRequested.connect(self.frames.stir)

    def stop(self) -> None:
        """Nothing is shown any more."""
        self.frames.end()

    def _runs_on(self) -> bool:
        """The needle goes on between two words of the unit, or the seconds of a hold do."""
        return self.session.state is State.MOVING or self._held.isValid()

    def refresh(self) -> None:
        """Show the desk as it is now."""
        desk, page = self.session.desk, self._page
        page.edits.imperial, page.edits.fps = desk.imperial, desk.show.fps
        page.goto.set_format(page.edits.read_distance, page.edits.show_distance)
        marks = card_views(desk)
        page.strip.set_marks(marks)
        page.tools.set_marks(marks)
        self._refresh_pull()
        cues, mode = cue_lines(desk, self.session.mode), self.session.mode.value
        if (cues, mode) != self._cues_shown:
            self._cues_shown = (cues, mode)
            page.cues.set_cues(cues, mode)
        self._refresh_bands()
        self._refresh_shooting()
        self._now = None
        self.show_status()

    def _refresh_pull(self) -> None:
        desk, page = self.session.desk, self._page
        pull = desk.pull
        page.editor.set_fps(desk.show.fps)
        page.editor.set_pull(pull.duration_s, pull.easing)
        page.editor.set_conditions(pull.t_stop, desk.cue.lead_s)
        page.rack.show_own(pull.still)
        view = curve_view(desk)
        self._curve = view
        if view is not None:
            page.curve.set_view(view)
            marks = [(in_line(mark.name or mark.letter), mark.distance_m) for mark in mark_views(desk)]
            plan = desk.plans()[0]
            breathes = plan.lens.breathing_percent
            page.rack.set_scene(
                plan.lens, pull.t_stop, marks, breathing_percent=breathes, film=desk.show.film, zoom=plan.zoom
            )
        else:
            page.curve.show_nothing(self.session.says.warning.words or desk.trouble())
        page.rack.set_words(rack_words(desk))

    def _refresh_bands(self) -> None:
        desk, bands = self.session.desk, self._bands
        slate = desk.show.slate
        bands.slate.set_words(in_line(slate.name), str(slate).removeprefix(slate.name).strip() or f"take {slate.take}")
        bands.lens.set_words(in_line(desk.lens.name), f"T{desk.pull.t_stop:.3g}")
        bands.distance.set_imperial(desk.imperial)

    def _refresh_shooting(self) -> None:
        if self._shooting.isVisible():
            (words, good), desk = self._last, self.session.desk
            self._shooting.set_imperial(desk.imperial)
            self._shooting.set_view(shoot_view(desk, in_units(desk, words, self._last_m), last_good=good))

    def show_status(self, _said: object = None) -> None:
        """Everything that says how things stand, of one moment; nothing is done where nothing has changed."""
        self._tick_held()
        before, now = self._now, self.session.standing()
        self._now = now
        if before is None or now.readings != before.readings:
            self._show_readings(now)
            if now.ring_deg is not None and not self.session.stage.plays and self._cursor_s is None:
                self._show_rack(now.ring_deg, 0.0, moves=now.state is State.MOVING)
        if before is None or now.holds != before.holds:
            self._page.set_locked(now.locked)
            self._page.cue_strip.set_cues(cue_lines(self.session.desk, self.session.mode), armed=now.armed)
        self._speak(now)

    def _show_readings(self, now: Standing) -> None:
        self._page.disk.set_view(ring_view(self.session.desk, now.status, now.target_deg, now.landing_deg))
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
        distance_m = desk.lens.distance_m(status.ring_deg)
        bands.distance.set_distance(desk.distance_text(distance_m), desk.distance_text(distance_m, other=True))
        sharp = sharp_view(desk, status.ring_deg)
        bands.sharp.show_sharp(sharp)
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
        details = ""
        if line.trouble:
            details = warning.details if offer else details_of(session.stage, session.desk, session.keeper.path)
        _leave_field(self._page.disk, self._bands.state.line.word, line.word)
        self._bands.state.show_line(line, details=details, offer=offer, leave=leave, brief=brief)
        if self._running:
            self._say_running()
        self._show_held(line.word, now.left_s)
        self._bands.transport.show_state(line.word, left_s=now.left_s, screen=screen is not None)
        if session.stage.note.asks_nothing:
            self._note.start()
        else:
            self._note.stop()

    def _screen_changed(self) -> None:
        """To open a screen is to go on: how the last take ended has been read."""
        if self._host.shown is not None and self.session.stage.note.landed:
            self.session.forget_note()
        self.show_status()

    def _show_held(self, word: str, left_s: float | None) -> None:
        """How long a hold lasts, in the shooting view; the seconds to the start while they are counted."""
        holds = word == "HOLDING"
        if holds and not self._held.isValid():
            self._held.start()
        elif not holds:
            self._held.invalidate()
        if left_s is not None:
            self._shooting.set_now(clock=(f"{left_s:.1f}", "s to go"))
        elif word == "ARMED":
            self._shooting.set_now(at_s=0.0, clock=("0.00", f"of {self._whole_s():.2f} s"))

    def _tick_held(self) -> None:
        if self._held.isValid():
            seconds = self._held.elapsed() // 1000
            self._shooting.set_now(clock=(f"{seconds // 60}:{seconds % 60:02d}", "held"))

    def _whole_s(self) -> float:
        return self._curve.duration_s if self._curve is not None else 0.0

    def _let_note_go(self) -> None:
        """A note that asks for nothing has been read."""
        if self.session.stage.note.asks_nothing:
            self.session.forget_note()

    # A take -------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._cursor_s, self._running = None, ""
        self._page.curve.clear_actual()

    def _progress(self, at_s: float, status: UnitStatus) -> None:
        self._page.curve.set_cursor(at_s)
        whole_s = self._whole_s() or at_s
        self._shooting.set_now(at_s=at_s, clock=(f"{min(at_s, whole_s):.2f}", f"of {whole_s:.2f} s"))
        self._running = f"{min(at_s, whole_s):.2f} of {whole_s:.2f} s"
        self._say_running()
        if status.ring_deg is not None:
            self._page.curve.append_actual(at_s, status.ring_deg)
            self._show_rack(status.ring_deg, at_s, moves=True)

    def _say_running(self) -> None:
        """The time beside the sentence; the shooting view has it large already."""
        if self.session.stage.plays and not self._shooting.isVisible():
            self._bands.state.set_aside(self._running)

    def _show_rack(self, ring_deg: float, at_s: float, *, moves: bool) -> None:
        """The picture, as often as a camera takes one: what is rendered more often only takes time from the needle."""
        if not moves or not self._since_rack.isValid() or self._since_rack.elapsed() >= RACK_MS:
            self._since_rack.start()
            self._page.rack.set_ring(ring_deg, at_s)

    def _scrub(self, at_s: float) -> None:
        """The time cursor was taken by hand: the picture shows that moment of the plan."""
        view = self._curve
        if view is not None and not self.session.stage.plays:
            self._cursor_s = at_s
            self._page.rack.set_ring(float(np.interp(at_s, view.times_s, view.ring_deg)), at_s)
            self._bands.state.set_aside(f"{at_s:.2f} s")

    def _take_in(self, taken: Taken) -> None:
        take = taken.take
        self._last = self.session.stage.note.words, take.verdict.usable
        self._last_m = None if take.landed_deg is None else self.session.desk.lens.distance_m(take.landed_deg)
        self._refresh_shooting()
        if len(take.actual) > 2 and take.verdict.usable and taken.context.parts == 1:
            self._page.curve.show_difference(*take_difference(take))


def _leave_field(desk: QWidget, before: str, word: str) -> None:
    """Armed now: Space is GO again, wherever something was typed."""
    if word == "ARMED" != before and isinstance(QApplication.focusWidget(), QLineEdit):
        desk.setFocus()

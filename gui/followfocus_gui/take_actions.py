# SPDX-License-Identifier: MIT
"""Cues and takes: their screen, the crew's words, comparing, and a chosen take laid on the curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from followfocus.errors import FollowFocusError
from followfocus.stage.events import Taken
from followfocus.stage.prepare import hash_of
from followfocus.takes.log import TakeLog
from followfocus.takes.numbers import show_counted_on
from followfocus_gui.paper_actions import PaperActions
from followfocus_gui.screens.cues import CuesScreen
from followfocus_gui.state import cue_lines
from followfocus_gui.state.curve_axis import part_starts_s, with_holds
from followfocus_gui.state.take_lines import none_yet
from followfocus_gui.state.take_pages import TakePages, traces_of
from followfocus_gui.state.take_story import story_of
from followfocus_gui.state.views import TakeLine
from followfocus_gui.widgets.cue_panel import CuePanel
from followfocus_gui.window import DeskWindow


class TakeActions(QObject):
    """The actions on cues and takes, on one window."""

    def __init__(self, window: DeskWindow, paper: PaperActions) -> None:
        super().__init__(window)
        self._window, self._paper = window, paper
        self._session, self._desk = window.session, window.session.desk
        self.wire_cues(window.cues)
        window.table.takes.set_pages(self._pages())
        window.table.worded.connect(self.mark_take)
        window.table.takeChosen.connect(self.show_take)
        window.table.compareAsked.connect(self.compare_takes)
        window.table.certificateAsked.connect(paper.certificate)
        self._session.taken.connect(self._take_in)
        self.count_on()
        self._holds()
        self._session.changed.connect(self._holds)

    def _pages(self) -> TakePages:
        """The takes of the log, and those that wait for it."""
        keeper = self._session.keeper
        return TakePages(keeper.path, lambda: keeper.unsaved)

    # Cues ---------------------------------------------------------------------------------------------------------

    def wire_cues(self, cues: CuePanel) -> None:
        """Join the presses and entries in a list of cues to the desk."""
        session, desk = self._session, self._desk
        cues.chosen.connect(session.choose_cue)
        cues.modeChosen.connect(session.choose_mode)
        cues.addRequested.connect(lambda: session.edit(desk.add_cue))
        cues.returnRequested.connect(lambda: session.edit(lambda: desk.add_cue(back=True)))
        cues.removeRequested.connect(lambda: session.edit(desk.remove_cue))
        cues.typed.connect(self.type_cue)
        cues.moved.connect(lambda at, to: session.edit(lambda: desk.replace(cue_lines.with_moved(desk.state, at, to))))
        cues.easePicked.connect(lambda index, easing: self.type_cue(index, cue_lines.EASE, easing))

    def type_cue(self, index: int, column: int, text: str) -> None:
        """Something was typed into a cell of the cue list."""
        desk = self._desk
        self._session.edit(lambda: desk.replace(cue_lines.typed(desk.state, index, column, text, desk.show.fps)))

    def show_cues(self) -> None:
        """The shooting order, and all takes."""
        session, desk, path = self._session, self._desk, self._session.keeper.path
        screen = CuesScreen(
            self._pages(), lambda line: story_of(path, line, imperial=desk.imperial), none_yet(desk.show.slate.take)
        )
        self.wire_cues(screen.cues)
        screen.worded.connect(self._set_word)
        screen.compareAsked.connect(self._compare)
        screen.certificateAsked.connect(self._paper.certificate_of)
        screen.table.takes.noteWritten.connect(self.note_take)

        def show() -> None:
            screen.show_cues(cue_lines.cue_lines(desk, session.mode), session.mode.value)
            screen.table.takes.set_holding(on=self._holding)

        show()
        if self._window.host.open(screen):
            session.changed.connect(show)
            screen.closed.connect(lambda: session.changed.disconnect(show))
            screen.closed.connect(self._window.table.takes.refresh)

    # Takes --------------------------------------------------------------------------------------------------------

    def count_on(self) -> None:
        """The next take has a number that the log hasn't of this shot."""
        desk = self._desk
        slate = show_counted_on(desk.show, self._session.keeper.path).slate
        if slate != desk.show.slate:
            # Not as an edit: nobody wants to undo a take's number.
            desk.stand_by(desk.state.cue, slate, turned=desk.state.turned)

    def _take_in(self, _taken: Taken) -> None:
        """A take has ended: the log has it, or will have it."""
        self._window.table.takes.refresh()
        self._holds()

    def _holds(self) -> None:
        """Show whether the newest take waits for GO in its hold."""
        self._window.table.takes.set_holding(on=self._holding)
        self._window.table.say_none(none_yet(self._desk.show.slate.take))

    @property
    def _holding(self) -> bool:
        stage = self._session.stage
        return stage.at.part > 0 and stage.run is None

    def mark_chosen(self, word: str) -> None:
        """The crew's word for the chosen takes, or the newest: again takes it off."""
        screen = self._window.host.shown
        if isinstance(screen, CuesScreen):
            screen.mark_chosen(word)
            return
        for row in self._window.table.chosen():
            self.mark_take(row, word)

    def mark_take(self, row: int, word: str) -> None:
        """Circle a take, or call it no good; the same word again takes it off."""
        table = self._window.table.takes
        line = table.line(row)
        if line.row is None:
            self._session.refuse("This take is not in the log yet, so it can't be marked.")
            return
        wanted = "" if line.word == word else word
        if all(self._set_word(number, wanted) for number in line.rows):
            table.change(row, word=wanted)

    def _set_word(self, log_row: int, word: str) -> bool:
        return self._log_does(lambda log: log.set_word(log_row, word))

    def note_take(self, log_row: int, note: str) -> None:
        """Write a take's note to the log."""
        self._log_does(lambda log: log.set_note(log_row, note))

    def _log_does(self, change: Callable[[TakeLog], object]) -> bool:
        """Change something in the take log; whether it could be."""
        try:
            with TakeLog(self._session.keeper.path) as log:
                change(log)
        except FollowFocusError as error:
            self._session.trouble(str(error))
            return False
        return True

    def show_take(self, line: object) -> None:
        """Lay a take on the curve: what the ring did, and what it was off by; none takes it off."""
        curve = self._window.curve
        if self._session.locked():
            return
        curve.clear_actual()
        if not isinstance(line, TakeLine) or line.row is None:
            return
        try:
            traces = traces_of(self._session.keeper.path, [line])
            # Laid on another pull's curve a take would look as if it had gone wrong.
            same = line.plan_hash in {hash_of(plan) for plan in self._desk.plans()}
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        if not same:
            self._session.tell(f"{line.title} was another pull: Cues and takes shows it.")
            return
        for trace in traces:
            plans = self._desk.plans()
            times_s = with_holds(plans, trace.times_s)
            for at_s, ring_deg in zip(times_s, trace.actual_deg, strict=True):
                curve.append_actual(float(at_s), float(ring_deg))
            curve.show_difference(times_s, trace.planned_deg, trace.actual_deg, part_starts_s(plans))

    def compare_takes(self) -> None:
        """The chosen takes' traces over each other; with one or none chosen the newest few."""
        screen = self._window.host.shown
        if isinstance(screen, CuesScreen):
            screen.ask_compare()
            return
        table = self._window.table
        rows = table.chosen()
        if len(rows) < 2:
            rows = list(range(min(4, table.takes.rowCount())))
        self._compare([table.takes.line(row) for row in rows])

    def _compare(self, lines: Sequence[TakeLine]) -> None:
        kept = [line for line in lines if line.row is not None]
        try:
            takes = traces_of(self._session.keeper.path, kept) if kept else ()
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        if not takes:
            self._session.refuse("There is no take to compare yet.")
            return
        from followfocus_gui.screens.compare import TakeCompare

        screen = TakeCompare()
        screen.set_takes(takes, self._desk.show.unit.lash_deg)
        self._window.host.open(screen)

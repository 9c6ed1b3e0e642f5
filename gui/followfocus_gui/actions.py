# SPDX-License-Identifier: MIT
"""Actions of buttons, keys and the menu beyond the pull itself: themes, slate, the show, and its screens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication

from followfocus.errors import FollowFocusError
from followfocus.show.show import THEMES, Show
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.document import Document
from followfocus_gui.hand_actions import HandActions
from followfocus_gui.menu import Entry, desk_menu
from followfocus_gui.outside_actions import OutsideActions
from followfocus_gui.paper_actions import PaperActions
from followfocus_gui.rig_actions import RigActions
from followfocus_gui.state.conditions import use_condition
from followfocus_gui.state.ease_facts import ease_facts
from followfocus_gui.state.grid import GAP
from followfocus_gui.take_actions import TakeActions
from followfocus_gui.widgets import file_names, theme
from followfocus_gui.window import DeskWindow

TRIM_M, TRIM_IMPERIAL_M = 0.01, 0.0127


class DeskActions(QObject):
    """Everything that opens something, on one window."""

    def __init__(self, window: DeskWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._session: DeskPlayer = window.session
        self._desk = window.session.desk
        self.paper = PaperActions(window, document)
        self.takes = TakeActions(window, self.paper)
        self.rig = RigActions(window, document)
        self.outside = OutsideActions(window)
        # After the outside, by whose gate a wheel's buttons ask.
        self.hand = HandActions(window, self.outside.ask)
        self.hand.wheels.idle.connect(self.outside.keys.button)
        document.said.connect(self._session.tell)
        document.warned.connect(self._session.trouble)
        document.titled.connect(lambda name, edited: window.show_title(name, edited=edited))
        document.tell_title()
        self._session.bridge.connected.connect(self._greet)

    def _greet(self, _info: object) -> None:
        self.rig.check_calibration()

    # The show -----------------------------------------------------------------------------------------------------

    def open_menu(self) -> None:
        """The menu below its button."""
        menu = desk_menu(self._window, self.entries())
        button, size = self._window.menu, menu.sizeHint()
        at = button.mapToGlobal(QPoint(button.width() - size.width(), button.height()))
        go = self._window.transport.go
        above = go.mapToGlobal(QPoint(0, 0))
        if at.y() + size.height() > above.y():  # a menu that reaches down to GO and STOP lies beside them
            if size.width() > above.x() - go.screen().geometry().x() - GAP:
                menu = desk_menu(self._window, self.entries(), keys=False)
            at.setX(above.x() - menu.sizeHint().width() - GAP)
        menu.exec(at)
        menu.deleteLater()

    def _record_words(self) -> str:
        return "End the recording" if self._session.bridge.drive.recording else "Record the hand"

    def entries(self) -> tuple[Entry | None, ...]:
        """The menu's entries; None is a line between."""
        session, desk, document, takes = self._session, self._desk, self._document, self.takes
        take_over = Entry("takeOver", "Take over", self.take_over)
        return (
            Entry("newShow", "New show", self.new_show, "Ctrl+N"),
            Entry("openShow", "Open a show …", self.open_show, "Ctrl+O"),
            Entry("saveShow", "Save", self.save_show, "Ctrl+S"),
            Entry("saveShowAs", "Save as …", self.save_show_as),
            *([take_over] if document.locked_elsewhere else []),
            None,
            Entry("undo", "Undo", lambda: session.edit(desk.undo), "Ctrl+Z"),
            Entry("redo", "Redo", lambda: session.edit(desk.redo), "Ctrl+Shift+Z"),
            None,
            Entry("editSlate", "Slate …", self.edit_slate),
            Entry("nextSetup", "Next setup", self.next_setup, "Ctrl+K"),
            Entry("showCues", "Cues and takes …", takes.show_cues, "Ctrl+T"),
            Entry("compare", "Compare takes", takes.compare_takes, "K"),
            Entry("cameraReport", "Camera report …", lambda: self.paper.report("camera")),
            Entry("focusLog", "Focus log …", lambda: self.paper.report("focus")),
            Entry("certificate", "Certificate of the pull …", self.paper.certificate),
            *(Entry("stopWriting", writing.words, writing.stop) for writing in self.paper.writing),
            None,
            Entry("byHand", "By hand …", self.hand.open, "Ctrl+H"),
            Entry("fromOutside", "From outside …", self.outside.open),
            Entry("recordHand", self._record_words(), session.record_hand, "Ctrl+R"),
            None,
            Entry("lenses", "Lenses …", self.rig.choose_lens, "Ctrl+L"),
            Entry("unitSettings", "Unit settings …", self.rig.unit_settings, "Ctrl+U"),
            Entry("calibrate", "Calibrate …", self.rig.calibrate),
            Entry("checkSlip", "Has the motor slipped?", session.check_slip, "H"),
            None,
            Entry("units", "Metres, feet and inches", self.toggle_units, "U"),
            Entry("shooting", "Shooting view", self._window.turn_shooting, "F11"),
            Entry("theme", "Next theme: dark, red, bright", self.next_theme, "F2"),
            Entry("keys", "Keys", self.show_keys, "F1"),
        )  # fmt: skip

    def new_show(self) -> None:
        """A new show without a name; the one before stays as it is saved."""
        words = "" if self._locked() else self._document.new()
        if words:
            # First: the stage still stands on a cue of the show before, which may have had more of them.
            self._session.choose_cue(0)
            self._session.tell(words)

    def open_show(self) -> None:
        """Choose a show file and open it."""
        if self._locked():
            return
        name = file_names.name_to_open(self._window, "Open a show", str(self._document.folder), "Shows (*.ffshow)")
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a show file, and save the one before; what is wrong with either is said."""
        if not self._document.leave():
            return
        self._show_opened(lambda: self._document.open(path))

    def take_over(self) -> None:
        """Have the show that another machine left locked."""
        if not self._locked():
            self._show_opened(self._document.take_over)

    def _show_opened(self, opened: Callable[[], str]) -> None:
        """Have another show on the desk, and say what there is to say of it, or why it can't be had."""
        try:
            words = opened()
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        # Before the show is shown: its slate may have been saved before takes that are in the log by now.
        self.takes.count_on()
        self.apply_theme(self._desk.show.preferences.theme)
        self._session.choose_cue(self._desk.state.cue)
        self._session.tell(words, trouble=self._document.read_only)

    def save_show(self) -> None:
        """Save under its name; a show without one is asked for it."""
        if self._document.path is None:
            self.save_show_as()
        else:
            self._document.save()

    def save_show_as(self) -> None:
        """Choose a name and save."""
        if self._locked():
            return
        name = file_names.name_to_save(
            self._window, "Save the show", str(self._document.suggested()), "Shows (*.ffshow)"
        )
        if name:
            self._document.save_as(Path(name))

    def _locked(self) -> bool:
        words = self._session.locked()
        if words:
            self._session.refuse(words)
        return bool(words)

    # Slate and eases ------------------------------------------------------------------------------------------------

    def edit_slate(self) -> None:
        """Production, camera, scene, shot and take."""
        from followfocus_gui.screens.slate import SlateScreen

        screen = SlateScreen(self._desk.show)
        screen.given.connect(self._take_show)
        self._window.host.open(screen)

    def _take_show(self, show: Show) -> None:
        self._session.edit(
            lambda: self._desk.edit(
                production=show.production, camera=show.camera, first_ac=show.first_ac, fps=show.fps, slate=show.slate
            )
        )

    def next_setup(self) -> None:
        """The next letter on the slate, take 1."""
        self._session.edit(lambda: self._desk.edit(slate=self._desk.show.slate.next_setup()))

    def show_eases(self) -> None:
        """All eases, with what each does to this pull."""
        from followfocus_gui.screens.eases import EaseScreen

        desk, session = self._desk, self._session
        screen = EaseScreen(desk, ease_facts(desk))
        screen.easingChosen.connect(lambda easing: session.edit(lambda: desk.edit_pull(easing=easing)))
        screen.stopChanged.connect(lambda t_stop: session.edit(lambda: desk.edit_pull(t_stop=t_stop)))
        screen.leadChanged.connect(lambda lead_s: session.edit(lambda: desk.edit_cue(lead_s=lead_s)))
        screen.conditionGiven.connect(lambda what, given: session.edit(lambda: use_condition(desk, what, given)))
        self._window.host.open(screen)

    def trim(self, direction: int) -> None:
        """The chosen mark's trim, a centimetre or half an inch more or less."""
        desk = self._desk
        index, step_m = desk.state.selected, TRIM_IMPERIAL_M if desk.imperial else TRIM_M
        # Sums of centimetres in binary end near nought, not on it; “0” is what a person wants to read there.
        trim_m = desk.pull.marks[index].trim_m + direction * step_m
        self._session.edit_mark(index, trim_m=0.0 if abs(trim_m) < 1e-9 else trim_m)

    # How it looks -------------------------------------------------------------------------------------------------

    def toggle_units(self) -> None:
        """Metres, or feet and inches."""
        units = "metric" if self._desk.imperial else "imperial"
        self._session.edit(lambda: self._desk.prefer(units=units), always=True)

    def next_theme(self) -> None:
        """Dark, dim red, bright."""
        name = THEMES[(THEMES.index(theme.current()) + 1) % len(THEMES)]
        self.apply_theme(name)
        self._session.edit(lambda: self._desk.prefer(theme=name), always=True)

    def apply_theme(self, name: str) -> None:
        """Paint everything in a theme."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        # A change of style goes through every widget: not for nothing, while the needle moves.
        if name != theme.current():
            theme.apply(application, name)
        self._window.editor.repaint_icons()

    def show_keys(self) -> None:
        """The sheet of keys."""
        from followfocus_gui.screens.key_sheet import KeySheet

        self._window.host.open(KeySheet())

# SPDX-License-Identifier: MIT
"""Actions of buttons, keys and the menu beyond the pull itself: dialogs, themes, slate, circled takes, the show."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu

from followfocus.errors import FollowFocusError
from followfocus.show.show import THEMES, Show
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.document import Document
from followfocus_gui.hand_actions import HandActions
from followfocus_gui.keys import KeySheet
from followfocus_gui.paper_actions import PaperActions
from followfocus_gui.rig_actions import RigActions
from followfocus_gui.screens.compare import TakeCompare
from followfocus_gui.screens.slate import CueDialog, SlateDialog
from followfocus_gui.state.older_takes import traces_of
from followfocus_gui.widgets import theme
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
        self.rig = RigActions(window, document, self._open)
        self.hand = HandActions(window)
        document.said.connect(self._session.tell)
        document.warned.connect(self._session.trouble)
        self._session.bridge.connected.connect(self._greet)

    def _greet(self, _info: object) -> None:
        self.rig.check_calibration()

    # The show -----------------------------------------------------------------------------------------------------

    def open_menu(self) -> None:
        """The menu below its button."""
        menu = self._menu()
        button = self._window.menu
        menu.exec(button.mapToGlobal(QPoint(button.width() - menu.sizeHint().width(), button.height())))
        menu.deleteLater()

    def _record_words(self) -> str:
        return "End the recording" if self._session.bridge.drive.recording else "Record the hand"

    def _menu(self) -> QMenu:
        menu = QMenu(self._window)
        menu.setObjectName("deskMenu")
        take_over = ("takeOver", "Take over", self._document.take_over)
        for entry in (
            ("openShow", "Open a show …", self.open_show),
            ("saveShow", "Save", self.save_show),
            ("saveShowAs", "Save as …", self.save_show_as),
            *([take_over] if self._document.locked_elsewhere else []),
            None,
            ("editSlate", "Slate …", self.edit_slate),
            ("nextSetup", "Next setup", self.next_setup),
            ("compare", "Compare takes", self.compare_takes),
            ("cameraReport", "Camera report …", lambda: self.paper.report("camera")),
            ("focusLog", "Focus log …", lambda: self.paper.report("focus")),
            ("certificate", "Certificate of the pull …", self.paper.certificate),
            None,
            ("byHand", "By hand …", self.hand.open),
            ("recordHand", self._record_words(), self._session.record_hand),
            None,
            ("lenses", "Lenses …", self.rig.choose_lens),
            ("unitSettings", "Unit settings …", self.rig.unit_settings),
            ("calibrate", "Calibrate …", self.rig.calibrate),
            ("checkSlip", "Has the motor slipped?", self._session.check_slip),
            None,
            ("units", "Metres, feet and inches", self.toggle_units),
            ("theme", "Next theme: dark, red, bright", self.next_theme),
            ("keys", "Keys", self.show_keys),
        ):
            if entry is None:
                menu.addSeparator()
                continue
            name, words, act = entry
            made = menu.addAction(words)
            made.setObjectName(name)
            made.triggered.connect(lambda _checked, a=act: a())
        return menu

    def open_show(self) -> None:
        """Choose a show file and open it."""
        if self._locked():
            return
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a show", str(self._document.folder), "Shows (*.ffshow)"
        )
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a show file; what is wrong with it is said."""
        try:
            words = self._document.open(path)
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        self.apply_theme(self._desk.show.preferences.theme)
        self._session.choose_cue(self._desk.state.cue)
        wanted, here = self._desk.show.unit.port, self._session.bridge.port
        if wanted != here:
            told = "This show's unit was on {0}, and {1} is connected: choose it at the top right."
            words = f"{words} {told.format(wanted, here or 'none')}".strip()
        self._session.tell(words)

    def save_show(self) -> None:
        """Save under its name; a show without one is asked for it."""
        if self._document.path is None:
            self.save_show_as()
        else:
            self._document.save()

    def save_show_as(self) -> None:
        """Choose a name and save."""
        name, _ = QFileDialog.getSaveFileName(
            self._window, "Save the show", str(self._document.suggested()), "Shows (*.ffshow)"
        )
        if name:
            self._document.save_as(Path(name).with_suffix(".ffshow"))

    def _locked(self) -> bool:
        words = self._session.locked()
        if words:
            self._session.refuse(words)
        return bool(words)

    # Slate, cues, takes -------------------------------------------------------------------------------------------

    def edit_slate(self) -> None:
        """Production, camera, scene, shot and take."""
        dialog = SlateDialog(self._desk.show, self._window)
        dialog.given.connect(self._take_show)
        self._open(dialog)

    def _take_show(self, show: Show) -> None:
        self._session.edit(
            lambda: self._desk.edit(
                production=show.production, camera=show.camera, first_ac=show.first_ac, fps=show.fps, slate=show.slate
            )
        )

    def next_setup(self) -> None:
        """The next letter on the slate, take 1."""
        self._session.edit(lambda: self._desk.edit(slate=self._desk.show.slate.next_setup()))

    def edit_cue(self, index: int) -> None:
        """Number, name, lead and follow-on of a cue."""
        self._session.choose_cue(index)
        dialog = CueDialog(self._desk.cue, self._desk.show.fps, self._window)
        dialog.given.connect(
            lambda cue: self._session.edit(
                lambda: self._desk.edit_cue(
                    number=cue.number, name=cue.name, lead_s=cue.lead_s, follow_s=cue.follow_s, note=cue.note
                )
            )
        )
        self._open(dialog)

    def mark_chosen(self, word: str) -> None:
        """The crew's word for the chosen takes, or the newest: again takes it off."""
        for row in self._window.table.chosen():
            self.mark_take(row, word)

    def mark_take(self, row: int, word: str) -> None:
        """Circle a take, or call it no good; the same word again takes it off."""
        table = self._window.table.takes
        line = table.line(row)
        if line.row is None:
            self._session.refuse("This take is not in the log, so it can't be marked.")
            return
        number, wanted = line.row, "" if line.word == word else word
        if self._document.log_does(lambda log: log.set_word(number, wanted)):
            table.change(row, word=wanted)

    def note_take(self, log_row: int, note: str) -> None:
        """Write a take's note to the log."""
        self._document.log_does(lambda log: log.set_note(log_row, note))

    def compare_takes(self) -> None:
        """The chosen takes' traces over each other; with one or none chosen the newest few."""
        table = self._window.table
        rows = table.chosen()
        if len(rows) < 2:
            rows = list(range(min(4, table.takes.rowCount())))
        numbers = [line.row for line in map(table.takes.line, rows) if line.row is not None]
        try:
            takes = traces_of(self._session.keeper.path, numbers) if numbers else ()
        except FollowFocusError as error:
            self._session.refuse(str(error))
            return
        if not takes:
            self._session.refuse("There is no take to compare yet.")
            return
        dialog = TakeCompare(self._window)
        dialog.set_takes(takes)
        self._open(dialog)

    def trim(self, direction: int) -> None:
        """The chosen mark's trim, a centimetre or half an inch more or less."""
        desk = self._desk
        index, step_m = desk.state.selected, TRIM_IMPERIAL_M if desk.imperial else TRIM_M
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
        if name != theme.current():
            theme.apply(application, name)
        self._window.editor.repaint_icons()

    def show_keys(self) -> None:
        """The sheet of keys."""
        self._open(KeySheet(self._window))

    def _open(self, dialog: QDialog) -> None:
        """Beside the window, not over everything: STOP and GO stay within reach."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

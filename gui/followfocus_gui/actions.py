"""Actions of buttons, keys and the menu beyond the pull itself: dialogs, themes, slate, circled takes, the show."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.show.show import THEMES, Show, ShowUnit
from followfocus.spreadsheet import COMMA, SEMICOLON, Style
from followfocus.takes.log import TakeLog, TakeQuery
from followfocus.unit.calibration import Calibration, CalibrationStore, plausible
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import State
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.document import Document
from followfocus_gui.keys import KeySheet
from followfocus_gui.screens.calibration import CalibrationDialog
from followfocus_gui.screens.compare import TakeCompare
from followfocus_gui.screens.lenses import LensDialog
from followfocus_gui.screens.slate import CueDialog, SlateDialog
from followfocus_gui.screens.unit import UnitDialog
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.lens_library import LensLibrary
from followfocus_gui.state.older_takes import traces_of
from followfocus_gui.widgets import theme
from followfocus_gui.window import DeskWindow

TRIM_M, TRIM_IMPERIAL_M = 0.01, 0.0127


def csv_here() -> Style:
    """How CSV is written in the country that this computer is set to: where 1,5 is a number, cells need semicolons."""
    return SEMICOLON if QLocale().decimalPoint() == "," else COMMA


def paper_here() -> str:
    """The paper of the country that this computer is set to."""
    country = QLocale.Country
    letter = (
        country.UnitedStates,
        country.Canada,
        country.Mexico,
        country.Philippines,
        country.Colombia,
        country.Chile,
    )
    return "letter" if QLocale.system().territory() in letter else "a4"


class DeskActions(QObject):
    """Everything that opens something, on one window."""

    def __init__(self, window: DeskWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._session: DeskPlayer = window.session
        self._desk = window.session.desk
        document.said.connect(self._session.tell)
        document.warned.connect(self._session.trouble)
        self._session.bridge.connected.connect(self._greet)

    def _greet(self, _info: object) -> None:
        self.check_calibration()

    # The show -----------------------------------------------------------------------------------------------------

    def open_menu(self) -> None:
        """The menu below its button."""
        menu = self._menu()
        button = self._window.menu
        menu.exec(button.mapToGlobal(QPoint(button.width() - menu.sizeHint().width(), button.height())))
        menu.deleteLater()

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
            ("cameraReport", "Camera report …", lambda: self.report("camera")),
            ("focusLog", "Focus log …", lambda: self.report("focus")),
            ("certificate", "Certificate of the pull …", self.certificate),
            None,
            ("lenses", "Lenses …", self.choose_lens),
            ("unitSettings", "Unit settings …", self.unit_settings),
            ("calibrate", "Calibrate …", self.calibrate),
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

    def report(self, kind: str) -> None:
        """Choose a name, and write the camera report or the focus log of all takes."""
        name = self._ask_name("Write the report", "PDF (*.pdf);;CSV (*.csv);;JSON (*.json)")
        if name:
            self.write_report(kind, Path(name) if Path(name).suffix else Path(name).with_suffix(".pdf"))

    def write_report(self, kind: str, path: Path) -> None:
        """Write it, and say when it is there."""

        def job(log: TakeLog) -> str:
            from followfocus.paper.file import write_report

            rows = log.rows()
            write_report(path, log, rows, kind, paper_here(), utc_timestamp(), style=csv_here())
            return f"{path.name}: {len(rows)} takes."

        self._on_paper(job)

    def certificate(self) -> None:
        """Choose a name, and write the certificate of the chosen take's pull; the newest take's with none chosen."""
        table = self._window.table
        lines = [line for line in map(table.takes.line, table.chosen()) if line.row is not None]
        if not lines:
            self._session.refuse("There is no take in the log yet to certify.")
            return
        name = self._ask_name("Write the certificate of this take's pull", "PDF (*.pdf)")
        if name and lines[0].row is not None:
            self.write_certificate(lines[0].row, Path(name).with_suffix(".pdf"))

    def write_certificate(self, log_row: int, path: Path) -> None:
        """How alike all takes of this take's plan are, on one page."""
        rig = self._desk.show.unit.rig(self._desk.lens)

        def job(log: TakeLog) -> str:
            from followfocus.paper.certificate import certify
            from followfocus.takes.repeatability import landing_of_row, repeatability

            rows = log.rows(TakeQuery(plan_hash=log.take(log_row).row.plan_hash))
            found = repeatability([landing_of_row(row) for row in rows], rig)
            certify(path, found, rows, paper_here())
            return f"{path.name}: certificate of {found[0].takes} takes."

        self._on_paper(job)

    def _ask_name(self, title: str, kinds: str) -> str:
        suggested = str(self._document.suggested().with_suffix(".pdf"))
        return QFileDialog.getSaveFileName(self._window, title, suggested, kinds)[0]

    def _on_paper(self, job: Callable[[TakeLog], str]) -> None:
        """Draw on a thread of its own; what it says, or why it could not, is said."""
        path, session = self._session.keeper.path, self._session

        def work() -> None:
            try:
                with TakeLog(path, create=False) as log:
                    session.tell(job(log))
            except FollowFocusError as error:
                session.refuse(str(error))

        threading.Thread(target=work, name="report", daemon=True).start()

    def trim(self, direction: int) -> None:
        """The chosen mark's trim, a centimetre or half an inch more or less."""
        desk = self._desk
        index, step_m = desk.state.selected, TRIM_IMPERIAL_M if desk.imperial else TRIM_M
        trim_m = desk.pull.marks[index].trim_m + direction * step_m
        self._session.edit_mark(index, trim_m=0.0 if abs(trim_m) < 1e-9 else trim_m)

    # Lens and unit ------------------------------------------------------------------------------------------------

    def choose_lens(self) -> None:
        """The lens library."""
        if self._locked():
            return
        dialog = LensDialog(self._desk.lens, LensLibrary(self._document.data_folder / "lenses"), self._window)
        dialog.set_ring(self._session.status.ring_deg)
        dialog.lensChosen.connect(self._use_lens)
        self._open(dialog)

    def _use_lens(self, lens: LensMap) -> None:
        before = self._desk.lens
        if not self._session.edit(lambda: self._desk.use_lens(lens)):
            return
        if (before.name, before.serial) != (lens.name, lens.serial):
            self._session.bridge.ask(Job("another lens", _forget_place))
        self.check_calibration()

    def unit_settings(self) -> None:
        """Motor, gearing, limits, and what a take does when the line falls silent."""
        dialog = UnitDialog(
            self._session.bridge, self._desk.show.unit, self._desk.lens, self._session.info, self._window
        )
        dialog.applied.connect(self._use_unit)
        self._open(dialog)

    def _use_unit(self, unit: ShowUnit) -> None:
        self._session.edit(lambda: self._desk.edit(unit=unit))

    def connect_to(self, port: str) -> None:
        """Another port; the show remembers it."""
        if self._session.state in (State.ARMED, State.PLAYING):
            self._session.refuse("The unit can't be changed while armed. Disarm first.")
            return
        self._session.edit(lambda: self._desk.edit(unit=dataclasses.replace(self._desk.show.unit, port=port)))
        self._session.bridge.connect_to(port)

    def calibrate(self) -> None:
        """The guided sequence."""
        if self._locked():
            return
        desk, session = self._desk, self._session
        store = CalibrationStore(self._document.data_folder / "calibrations")
        rig = desk.show.unit.rig(desk.lens)
        dialog = CalibrationDialog(session.bridge, desk.lens, rig, session.info, store, self._window)
        dialog.calibrated.connect(self._use_calibration)
        self._open(dialog)

    def _use_calibration(self, found: Calibration) -> None:
        """Take over a calibration: the show's unit gets it, the lens keeps its serial number."""
        desk, lens = self._desk, self._desk.lens

        def keep() -> None:
            desk.edit(unit=self._unit_of(found))
            if found.lens_serial != lens.serial:
                desk.name_lens(found.lens_serial)

        self._session.edit(keep)
        self._session.tell(
            f"Calibrated: span {found.span_steps} steps, lash {found.lash_deg:.2f}°. "
            f"Kept for {f'{found.lens} {found.lens_serial}'.strip()}."
        )

    def _unit_of(self, found: Calibration) -> ShowUnit:
        """The show's unit with what a calibration found."""
        desk = self._desk
        direction = found.direction * desk.lens.direction
        return dataclasses.replace(
            desk.show.unit, motor_teeth=found.motor_teeth, direction=direction, lash_deg=found.lash_deg
        )

    def _takes_over(self, kept: Calibration, store: CalibrationStore) -> bool:
        """Whether a kept calibration becomes what is set: it fits, nothing is armed, and nobody chose other figures.

        Those of a new show, and of any calibration that is kept, were not chosen.
        """
        desk, session = self._desk, self._session
        rig = desk.show.unit.rig(desk.lens)
        new = ShowUnit().rig(desk.lens)
        unchosen = {(new.motor_teeth, new.direction, new.lash_deg), *store.gears()}
        if not kept.not_in_force(rig) or session.locked() or session.state in (State.ARMED, State.PLAYING):
            return False
        fits = plausible(kept, desk.lens, rig, None, kept.unit_serial, utc_timestamp()).usable
        return fits and (rig.motor_teeth, rig.direction, rig.lash_deg) in unchosen

    def check_calibration(self) -> None:
        """Whether what is kept for this lens can be used again, and is; said in a sentence."""
        desk, session = self._desk, self._session
        store = CalibrationStore(self._document.data_folder / "calibrations")
        try:
            kept = store.load(desk.lens)
        except FollowFocusError as error:
            session.refuse(str(error))
            return
        if kept is None:
            return
        serial = "" if session.info is None else session.info.serial
        if kept.unit_serial == serial and self._takes_over(kept, store):
            self._session.edit(lambda: desk.edit(unit=self._unit_of(kept)))
        rig = desk.show.unit.rig(desk.lens)

        def job(unit: FollowFocusUnit) -> str:
            found = plausible(kept, desk.lens, rig, unit.last_known(), serial, utc_timestamp())
            return found.words if found.usable else f"{found.words} Calibrate again."

        session.bridge.ask(Job("calibration check", job))

    def say_position(self, distance_m: float) -> None:
        """Someone looked at the ring."""
        self._session.edit(lambda: self._session.set_position(self._desk.lens.ring_deg(distance_m)))

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


def _forget_place(unit: FollowFocusUnit) -> None:
    """Another lens is on the motor: where its ring stands, nobody has looked yet."""
    if unit.has_real_ring and unit.status.referenced:
        unit.release()

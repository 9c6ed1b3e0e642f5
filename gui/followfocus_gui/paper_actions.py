# SPDX-License-Identifier: MIT
"""Paper from the app: camera report, focus log and certificate, drawn on a thread of their own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, Signal

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError, JobError
from followfocus.names import counted
from followfocus.spreadsheet import COMMA, SEMICOLON, Style
from followfocus.takes.log import TakeLog, TakeQuery
from followfocus_gui import background
from followfocus_gui.document import Document
from followfocus_gui.widgets import file_names
from followfocus_gui.window import DeskWindow


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


MANY = 500
"""Takes: more than these take a while, and it is said how far it is"""


class Writing:
    """A report that is being written: how far it is, by the thread that writes, and whether it is to stop."""

    def __init__(self, path: Path) -> None:
        self.path, self.takes, self._done, self._stopped = path, 0, 0.0, False

    def step(self, share: float) -> None:
        """So many takes more are written. Raises JobError once it is to stop."""
        self._done += share
        if self._stopped:
            raise JobError(f"Stopped: nothing is written to {self.path.name}.")

    def stop(self) -> None:
        """Nothing more of it is wanted."""
        self._stopped = True

    @property
    def words(self) -> str:
        """The offer to stop it, with how far it is."""
        return f"Stop writing {self.path.name}, {100 * self._done / max(1, self.takes):.0f} % done"


class PaperActions(QObject):
    """Reports and certificates of the takes in the log."""

    # Emitted on the thread that drew: what is said changes how things stand, and that is the window's thread's alone.
    _drawn = Signal(str)
    _failed = Signal(str)
    _begun = Signal(str)
    _over = Signal(object)

    def __init__(self, window: DeskWindow, document: Document) -> None:
        super().__init__(window)
        self._window, self._document = window, document
        self._session = window.session
        self._desk = window.session.desk
        self._drawn.connect(self._tell)
        self._failed.connect(self._refuse)
        self._begun.connect(self._tell)
        self._over.connect(self._forget)
        self.writing: list[Writing] = []
        """The reports that are being written"""

    def _tell(self, words: str) -> None:
        self._session.tell(words)

    def _refuse(self, words: str) -> None:
        self._session.refuse(words)

    def _forget(self, writing: Writing) -> None:
        self.writing.remove(writing)

    def report(self, kind: str) -> None:
        """Choose a name, and write the camera report or the focus log of all takes."""
        name = self._ask_name("Write the report", "PDF (*.pdf);;CSV (*.csv);;JSON (*.json)")
        if name:
            self.write_report(kind, Path(name))

    def write_report(self, kind: str, path: Path) -> None:
        """Write it, and say when it is there."""
        writing = Writing(path)
        self.writing.append(writing)

        def job(log: TakeLog) -> str:
            from followfocus.paper.file import write_report

            rows = log.rows(TakeQuery(rehearsals=False))
            takes = counted(len(rows), "take")
            writing.takes = len(rows)
            if len(rows) > MANY:
                self._begun.emit(f"Writing {path.name}, {takes}. The menu says how far it is, and stops it.")
            write_report(path, log, rows, kind, paper_here(), utc_timestamp(), writing.step, style=csv_here())
            return f"{path.name}: {takes}."

        self._on_paper(job, lambda: self._over.emit(writing))

    def certificate(self) -> None:
        """Choose a name, and write the certificate of the chosen take's pull; the newest take's with none chosen."""
        table = self._window.table
        lines = [line for line in map(table.takes.line, table.chosen()) if line.row is not None]
        if not lines:
            self._session.refuse("There is no take in the log yet to certify.")
            return
        if lines[0].row is not None:
            self.certificate_of(lines[0].row)

    def certificate_of(self, log_row: int) -> None:
        """Choose a name, and write the certificate of a take's pull."""
        name = self._ask_name("Write the certificate of this take's pull", "PDF (*.pdf)")
        if name:
            self.write_certificate(log_row, Path(name))

    def write_certificate(self, log_row: int, path: Path) -> None:
        """How alike all takes of this take's plan are, on one page."""
        rig = self._desk.show.unit.rig(self._desk.lens)

        def job(log: TakeLog) -> str:
            from followfocus.paper.certificate import certify
            from followfocus.takes.repeatability import landing_of_row, repeatability

            rows = log.rows(TakeQuery(plan_hash=log.take(log_row).row.plan_hash, rehearsals=False))
            found = repeatability([landing_of_row(row) for row in rows], rig)
            certify(path, found, rows, paper_here())
            return f"{path.name}: certificate of {counted(found[0].takes, 'take')}."

        self._on_paper(job)

    def _ask_name(self, title: str, kinds: str) -> str:
        if words := self._session.locked():  # a dialog would lie between the finger and STOP
            self._session.refuse(words)
            return ""
        suggested = str(self._document.suggested().with_suffix(".pdf"))
        return file_names.name_to_save(self._window, title, suggested, kinds)

    def _on_paper(self, job: Callable[[TakeLog], str], over: Callable[[], object] = lambda: None) -> None:
        """Draw on a thread of its own; what it says, or why it could not, is said. `over` is done at its end."""
        path = self._session.keeper.path

        def work() -> None:
            try:
                # A connection of its own: SQLite's belong to the thread that opened them.
                with TakeLog(path, create=False) as log:
                    words = job(log)
            except FollowFocusError as error:
                self._failed.emit(str(error))
            except Exception:
                logging.getLogger(__name__).exception("writing a report")
                self._failed.emit("The program tripped while writing it. The log file says more.")
            else:
                self._drawn.emit(words)
            finally:
                over()

        background.in_background(work, "report")

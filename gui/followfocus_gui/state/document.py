"""The show file of the desk: opened, saved as it goes, and found again after a crash; and the log its takes go to.

Every edit goes to the journal within half a second; the file itself is written when the hand has rested for some
seconds, and when the app closes. A show without a name lives in the app's data folder until it gets one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from followfocus.clock import SystemClock
from followfocus.errors import FileError, FollowFocusError
from followfocus.files import safe_name, write_atomically
from followfocus.show.file import read_show, salvage, write_show
from followfocus.show.journal import Journal, recover
from followfocus.show.show import Show
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus_gui.state.desk import Desk

REST_MS = 5_000
JOURNAL_MS = 500
UNNAMED = "untitled.ffshow"
LAST = "last-show.txt"


class Document(QObject):
    """The desk's show on disk. Trouble is said and never stops the work: what isn't saved is tried again."""

    said = Signal(str)
    warned = Signal(str)

    def __init__(self, desk: Desk, folder: Path, keeper: TakeKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._folder, self._keeper = desk, folder, keeper
        self._file = folder / UNNAMED
        self._read_only = self._trouble = ""
        self._clock = SystemClock()
        self._saved: Show | None = None
        self._noted: Show | None = None
        self._journal: Journal | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.save)
        self._beat = QTimer(self)
        self._beat.setInterval(JOURNAL_MS)
        self._beat.timeout.connect(self._note)

    # What is open -------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The show's file; None while it has no name."""
        return None if self._file == self._folder / UNNAMED else self._file

    @property
    def data_folder(self) -> Path:
        """Where the app keeps what is the user's."""
        return self._folder

    @property
    def folder(self) -> Path:
        """Where the next show is likely to be."""
        return self._file.parent if self.path is not None else Path.home()

    def suggested(self) -> Path:
        """A name for the file of a show that has none."""
        return self.folder / f"{safe_name(self._desk.show.production or 'show')}.ffshow"

    # Opening ------------------------------------------------------------------------------------------------------

    def start(self, show: Path | None, *, fresh: bool = False) -> str:
        """Open the show named, or the one that was open last; what a person must know of it. FileError for the named.

        `fresh` leaves the new show of the desk, and keeps nothing of it.
        """
        if fresh and show is None:
            return ""
        self._beat.start()
        if show is not None:
            return self.open(show)
        last = self._last()
        try:
            return self.open(last) if last.exists() or self._recovered(last) is not None else self._adopt(last)
        except FollowFocusError as error:
            self._file = self._free_name()
            self._adopt(self._file)
            return f"{error} {self.tr('A new show is open instead; that file is untouched.')}"

    def open(self, path: Path) -> str:
        """Open a show file, with what the journal holds beyond it; what a person must know. Raises FileError."""
        words: list[str] = []
        show: Show | None
        try:
            opened = read_show(path)
            newer_format = self.tr("is from a newer version and open to read only: save it as another")
            show, self._read_only = opened.show, newer_format if opened.read_only else ""
            words += opened.words
        except FileError as error:
            saved, lost = salvage(path) if path.exists() else (None, ())
            recovered = self._recovered(path)
            if recovered is None and saved is None:
                raise
            show, self._read_only = saved, ""
            words += [error.message, *lost] if path.exists() else []
        newer = self._recovered(path)
        if newer is not None and newer != show and not self._read_only:
            show = newer
            words.append(self.tr("Edits that were not saved when the app ended have been brought back."))
        assert show is not None
        self._desk.open(show)
        words.append(self._adopt(path))
        return " ".join(filter(None, words))

    def _recovered(self, path: Path) -> Show | None:
        try:
            return recover(path)
        except FollowFocusError:
            return None

    def _adopt(self, path: Path) -> str:
        """Go on with this file; what a person must know of it, such as that another followfocus has it open."""
        if self._journal is not None:
            self._journal.close()
        self._file, self._journal = path, None
        self._noted = self._saved = self._desk.show
        if not self._read_only:
            try:
                self._journal = Journal(path)
            except FollowFocusError as error:
                self._read_only = self.tr("is open in another followfocus, and here to read only: save it as another")
                return f"{error} {self.tr('Here it is open to read only.')}"
        if path != self._folder / UNNAMED:
            self._remember(path)
        return ""

    def _last(self) -> Path:
        try:
            return Path((self._folder / LAST).read_text("utf-8").strip() or self._folder / UNNAMED)
        except OSError:
            return self._folder / UNNAMED

    def _remember(self, path: Path) -> None:
        try:
            write_atomically(self._folder / LAST, f"{path.absolute()}\n")
        except FollowFocusError as error:
            self.warned.emit(str(error))

    def _free_name(self) -> Path:
        return next(p for n in range(2, 10_000) if not (p := self._folder / f"untitled-{n}.ffshow").exists())

    # Saving -------------------------------------------------------------------------------------------------------

    def _note(self) -> None:
        """Twice a second: what was edited goes to the journal, and the file waits for the hand to rest."""
        show = self._desk.show
        if show is self._noted or self._journal is None:
            return
        self._noted = show
        self._rest.start()
        try:
            self._journal.note(show, self._clock.now())
            self._journal.flush()
        except FollowFocusError as error:
            self.warned.emit(str(error))

    def save(self) -> bool:
        """Write the file, if anything changed; whether it is on disk."""
        show = self._desk.show
        if show == self._saved:
            return True
        if self._read_only:
            self._trouble = self.tr("This show {0}.").format(self._read_only)
            self.warned.emit(self._trouble)
            return False
        try:
            write_show(show, self._file)
        except FollowFocusError as error:
            self._trouble = str(error)
            self.warned.emit(f"{error} {self.tr('The edits are kept here and tried again.')}")
            self._rest.start()
            return False
        self._saved = show
        if self._journal is not None:
            self._journal.clear()
        return True

    def unsaved(self) -> str:
        """Why edits or takes would be lost if the app ended now, after a last try; empty where none would."""
        if not self._beat.isActive():
            return ""
        self._keeper.retry()
        return " ".join(filter(None, ("" if self.save() else self._trouble, self._keeper.trouble)))

    def save_as(self, path: Path) -> bool:
        """Write the show to another file and go on with that."""
        try:
            write_show(self._desk.show, path)
        except FollowFocusError as error:
            self.warned.emit(str(error))
            return False
        self._read_only = ""
        trouble = self._adopt(path)
        if trouble:
            self.warned.emit(trouble)
            return False
        self.said.emit(self.tr("Saved as {0}. It saves itself from now on.").format(path.name))
        return True

    def close(self) -> None:
        """The app ends: everything goes to disk."""
        self._rest.stop()
        if self._beat.isActive():
            self._beat.stop()
            self._note()
            self._rest.stop()
            if not self._read_only:
                self.save()
        self._keeper.retry()
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    # The take log -------------------------------------------------------------------------------------------------

    def log_does(self, change: Callable[[TakeLog], object]) -> bool:
        """Change something in the take log; whether it could be."""
        try:
            with TakeLog(self._keeper.path) as log:
                change(log)
        except FollowFocusError as error:
            self.warned.emit(str(error))
            return False
        return True

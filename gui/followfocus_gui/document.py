# SPDX-License-Identifier: MIT
"""The show file of the desk: opened, saved as it goes, and found again after a crash; and the log its takes go to.

Every edit goes to the journal within half a second; the file itself is written when the hand has rested for some
seconds, and when the app closes. A show without a name lives in the app's data folder until it gets one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from followfocus.clock import SystemClock
from followfocus.errors import FileError, FollowFocusError
from followfocus.files import safe_name, stat_of
from followfocus.show.file import stamp_on_disk, write_show
from followfocus.show.journal import Journal
from followfocus.show.lock import LockedError, ShowLock, lock_path
from followfocus.show.show import Show, new_show
from followfocus.takes.keeper import TakeKeeper
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.elsewhere import (
    SpareJournal,
    bring_back,
    keep_edit,
    remember_last,
    rescue_show,
    rescue_takes,
    rescued_shows,
)
from followfocus_gui.state.found_show import UNNAMED, free_name, last_open, left_in_journal, look, put_beside

REST_MS = 5_000
JOURNAL_MS = 500


class Document(QObject):
    """The desk's show on disk. Trouble is said and never stops the work: what isn't saved is tried again."""

    said = Signal(str)
    warned = Signal(str)
    titled = Signal(str, bool)
    """(what is open, whether there are edits that its file hasn't yet)"""

    def __init__(self, desk: Desk, folder: Path, keeper: TakeKeeper, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._folder, self._keeper = desk, folder, keeper
        self._file = folder / UNNAMED
        self._read_only = self._trouble = self._stamp = ""
        self.locked_elsewhere, self._clock = False, SystemClock()
        self._warn = _Once(self.warned.emit)
        self._saved: Show | None = None
        self._noted: Show | None = None
        self._journal: Journal | None = None
        self._spare = SpareJournal(folder, self._file.stem)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.save)
        self._beat = QTimer(self, interval=JOURNAL_MS)
        self._beat.timeout.connect(self._note)

    # What is open -------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path | None:
        """The show's file; None while it has no name."""
        return None if self._file == self._folder / UNNAMED else self._file

    @property
    def read_only(self) -> bool:
        """It can't be written under its name."""
        return bool(self._read_only)

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
        rescued = rescued_shows(self._folder)
        if show is not None:
            return f"{self.open(show)} {rescued}".strip()
        last = last_open(self._folder)
        try:
            there = stat_of(last) is not None or left_in_journal(last) is not None
            words = self.open(last) if there else self._adopt(last)
            begins = _log_begins(self._keeper.path) if there else ""
            return " ".join(filter(None, (words, begins, bring_back(self._keeper, self._folder), rescued)))
        except FollowFocusError as error:
            self._adopt(free_name(self._folder, "untitled", 2))
            return f"{error} A new show is open instead; that file is untouched. {rescued}".strip()

    def new(self) -> str:
        """Go on with a new show, on the same lens and unit; what is open is saved first. What a person must know."""
        if not self.leave():
            return ""
        old = self._desk.show
        self._desk.open(
            dataclasses.replace(
                new_show("", self._desk.lens), camera=old.camera, first_ac=old.first_ac, fps=old.fps, unit=old.unit,
                preferences=old.preferences,
            )
        )  # fmt: skip
        # A name of its own, never the one of before: nothing that is there is written over.
        path = free_name(self._folder, "untitled", 2)
        self._read_only, self._stamp = "", stamp_on_disk(path)
        words = self._adopt(path)
        self._saved = None
        self.save()
        return f"{words} A new show. Save as gives it a name.".strip()

    def leave(self) -> bool:
        """Have what is open on disk before another takes its place; False where it can't be, and why is said."""
        # First to the journal: should the save fail, the edits are there.
        self._note()
        return self.save()

    def open(self, path: Path, *, take_over: bool = False) -> str:
        """Open a show file, with what the journal holds beyond it; what a person must know. Raises FileError.

        `take_over` does away with the lock that another machine left.
        """
        found = look(path, self._folder)
        self._read_only, self._stamp = found.read_only, found.stamp
        self._desk.open(found.show)
        trouble = self._adopt(path, take_over=take_over)
        # The journal's edits are in a file of their own now: offered
        # again at the next start they would be told of twice.
        if found.put_beside and self._journal is not None:
            self._journal.clear(self._stamp)
        elif found.from_journal:
            self._saved = None
        self.tell_title()
        return " ".join(filter(None, (*found.words, trouble)))

    def take_over(self) -> str:
        """Have a show that another machine left locked, and the edits made here; what to know. Raises FileError."""
        mine, edited = self._desk.show, not _same(self._desk.show, self._saved)
        beside = _aside(mine, self._file, self._stamp, self._folder) if edited else None
        words = self.open(self._file, take_over=True) or "The show is yours to write now."
        if edited and beside is None:
            self._desk.open(mine)
            self.tell_title()
        return f"{words} Your edits {'go on' if beside is None else f'are in {beside}'}." if edited else words

    def _adopt(self, path: Path, *, take_over: bool = False) -> str:
        """Go on with this file; what a person must know of it, such as that another followfocus has it open."""
        if self._journal is not None:
            self._journal.close()
        self._spare.clear()
        self._spare = SpareJournal(self._folder, path.stem)
        self._file, self._journal, self.locked_elsewhere = path, None, False
        self._noted = self._saved = self._desk.show
        if not self._read_only:
            try:
                self._journal = Journal(path, self._stamp, take_over=take_over)
            except LockedError as error:
                self.locked_elsewhere = error.elsewhere
                self._read_only = "is open in another followfocus, and here to read only: save it as another"
                return f"{error} Here it is open to read only."
        if path != self._folder / UNNAMED:
            self._try(lambda: remember_last(self._folder, path))
        return ""

    def tell_title(self) -> None:
        """Tell what is open, and whether all of it is on disk."""
        name = f"{self._file.stem} (read only)" if self._read_only else self._file.stem
        self.titled.emit(name, not _same(self._desk.show, self._saved))

    # Saving -------------------------------------------------------------------------------------------------------

    def _note(self) -> None:
        """Twice a second: what was edited goes to the journal, and the file waits for the hand to rest."""
        show = self._desk.show
        # By identity: a show is frozen, so an edit is another object, and nothing is compared twice a second.
        if show is self._noted:
            return
        self._noted = show
        self._rest.start()
        self.tell_title()
        self._keep(show)

    def _keep(self, show: Show) -> None:
        beside = None if self._read_only else self._journal
        self._try(lambda: keep_edit(show, self._clock.now(), beside, self._spare))

    def _try(self, do: Callable[[], object]) -> None:
        """Trouble is said, and stops nothing."""
        try:
            do()
        except FollowFocusError as error:
            self._warn(str(error))

    def save(self) -> bool:
        """Write the file, if anything changed; whether it is on disk."""
        show = self._desk.show
        if show == self._saved or (self._read_only and _same(show, self._saved)):
            return True
        # Before each save: another machine may take the show over at any time, and its edits are the newer.
        if self._journal is not None and not self._journal.lock.ours:
            self._read_only = "was taken over by another followfocus: save it as another"
            self._keep(show)
            self.tell_title()
        if self._read_only:
            self._trouble = f"This show {self._read_only}."
            self.warned.emit(self._trouble)
            return False
        try:
            # The stamp is what was read or written last: a file that is
            # another by now is somebody else's, and not written over.
            self._stamp = write_show(show, self._file, self._stamp)
        except FollowFocusError as error:
            self._trouble = str(error)
            self._warn(f"{error} The edits are kept here and tried again.")
            self._rest.start()
            return False
        self._saved = show
        self._warn.told.clear()
        self._spare.clear()
        if self._journal is not None:
            self._journal.clear(self._stamp)
        self.tell_title()
        if self._trouble:  # it was said that they aren't
            self._trouble = ""
            self.said.emit(f"{self._file.name} is saved: all edits are in it.")
        return True

    def unsaved(self) -> str:
        """Why edits or takes would be lost if the app ended now, after a last try; empty where none would."""
        if not self._beat.isActive():
            return ""
        self._keeper.retry()
        takes = self._keeper.trouble if self._keeper.unsaved else ""
        return " ".join(filter(None, ("" if self.save() else self._trouble, takes)))

    def save_as(self, path: Path) -> bool:
        """Write the show to another file and go on with that."""
        try:
            _refuse_locked(path, self._journal)
            self._stamp = write_show(self._desk.show, path)
        except FollowFocusError as error:
            self.warned.emit(str(error))
            return False
        # The new file is ours: what kept us from writing was the old one's.
        self._read_only = self._trouble = ""
        trouble = self._adopt(path)
        self.tell_title()
        if trouble:
            self.warned.emit(trouble)
            return False
        self.said.emit(f"Saved as {path.name}. It saves itself from now on.")
        return True

    def close(self, *, lose: bool = False) -> None:
        """The app ends: all goes to disk, or to another place; to `lose` lets go the edits of a read only show."""
        # Without the beat nothing of this show is to be kept (`fresh`).
        if self._beat.isActive():
            self._beat.stop()
            self._note()
            kept = self.save() or (lose and self.read_only)
            if kept or rescue_show(self._desk.show, self._file.stem, self._folder):
                self._spare.clear()
        self._rest.stop()
        self._keeper.retry()
        if self._keeper.unsaved:
            rescue_takes(self._keeper, self._folder)
        if self._journal is not None:
            self._journal.close()
            self._journal = None


def _aside(edits: Show, path: Path, stamp: str, folder: Path) -> Path | None:
    """Where edits are put before a show is taken over; None where its file is still what they go on from. FileError."""
    if stamp_on_disk(path) == stamp and left_in_journal(path) is None:
        return None
    beside = put_beside(path, edits, folder)
    if beside is None:
        raise FileError("Your edits can't be put beside the show: it is not taken over.", (), "Save as first.")
    return beside


def _same(show: Show, saved: Show | None) -> bool:
    """Whether there is nothing to miss: a take's number is in the log too, and how a show is shown is no edit."""
    if saved is None:
        return False
    slate = dataclasses.replace(saved.slate, take=show.slate.take)
    return show == dataclasses.replace(saved, slate=slate, preferences=show.preferences)


class _Once:
    """Says why the edits aren't on disk once until they are: every few seconds it would cover what else is said."""

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say, self.told = say, set[str]()

    def __call__(self, words: str) -> None:
        """Say it, if it hasn't been said."""
        if words not in self.told:
            self.told.add(words)
            self._say(words)


def _log_begins(log: Path) -> str:
    """The sentence where there was a show but there is no log: it may have been moved."""
    return "" if stat_of(log) is not None else f"There is no take log {log}: the next take begins a new one."


def _refuse_locked(path: Path, ours: Journal | None) -> None:
    """Raise FileError where another followfocus has that file open. It may be the one that is open here."""
    if ours is None or lock_path(path) != ours.lock.text:
        ShowLock(path).release()

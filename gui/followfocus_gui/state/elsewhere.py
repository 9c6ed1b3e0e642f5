# SPDX-License-Identifier: MIT
"""Another place for what can't go where it belongs: edits of a show that can't be written, takes as the app ends."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from followfocus.errors import FileError, FollowFocusError
from followfocus.files import stat_of, write_atomically
from followfocus.names import counted
from followfocus.show.file import write_show
from followfocus.show.journal import Journal, recover
from followfocus.show.lock import LockedError, ShowLock
from followfocus.show.show import Show
from followfocus.takes.join import join_logs
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.rescue import rescue
from followfocus_gui.state.found_show import LAST, free_name

RESCUED = "takes-rescued.db"
RESCUED_SHOW = "-rescued"


def _places(folder: Path) -> tuple[Path, ...]:
    return folder, Path.home(), Path(tempfile.gettempdir())


def rescue_show(show: Show, name: str, folder: Path) -> bool:
    """Save the last edits under a name of their own, in the first place that takes them; whether one did."""
    for place in _places(folder):
        with contextlib.suppress(FollowFocusError):
            write_show(show, free_name(place, name + RESCUED_SHOW))
            return True
    return False


class SpareJournal:
    """Edits that neither a show's file nor the journal beside it can have: a journal in the app's own folder.

    It goes with a name that has no file, and the next start makes one of it. Nothing is there before the first edit.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self._folder, self._stem = folder, stem
        self._journal: Journal | None = None

    def note(self, show: Show, now_s: float) -> None:
        """Keep an edit, on disk when this returns. Raises FileError."""
        if self._journal is None:
            self._journal = self._begun()
        self._journal.note(show, now_s)
        self._journal.flush()

    def clear(self) -> None:
        """The edits are somewhere else now, or somebody said to lose them."""
        if self._journal is not None:
            self._journal.clear("")
            self._journal.close()
            self._journal = None

    def _begun(self) -> Journal:
        for number in range(1, 1000):
            path = self._folder / f"{self._stem}{RESCUED_SHOW}{'' if number == 1 else f'-{number}'}.ffshow"
            if stat_of(path) is None and recover(path) is None:
                with contextlib.suppress(LockedError):  # of another followfocus, that has such a show open too
                    return Journal(path, "")
        raise FileError(f"{self._folder} has no room for the edits of this show.", (), "Save as another.")


def keep_edit(show: Show, now_s: float, beside: Journal | None, spare: SpareJournal) -> None:
    """An edit goes to the journal beside the show; where there can be none, to the spare one. Raises FileError."""
    if beside is None:
        spare.note(show, now_s)
        return
    try:
        beside.note(show, now_s)
        beside.flush()
    except FollowFocusError:
        spare.note(show, now_s)
        raise


def remember_last(folder: Path, path: Path) -> None:
    """The show that the next start opens. Raises FileError."""
    write_atomically(folder / LAST, f"{path.absolute()}\n")


def _bring_out(folder: Path) -> None:
    """Make shows of what spare journals hold since a crash; those of another followfocus at work stay as they are."""
    for journal in sorted(folder.glob(f".*{RESCUED_SHOW}*.ffshow.journal")):
        path = folder / journal.name.removeprefix(".").removesuffix(".journal")
        with contextlib.suppress(FollowFocusError, OSError):
            lock = ShowLock(path)
            try:
                left = recover(path)
                if left is not None and stat_of(path) is None:
                    write_show(left.show, path)
                journal.unlink()
            finally:
                lock.release()


def rescue_takes(keeper: TakeKeeper, folder: Path) -> None:
    """Save the takes that their log can't have."""
    rescue(keeper, RESCUED, _places(folder))


def bring_back(keeper: TakeKeeper, folder: Path) -> str:
    """Bring such takes into their log, at the next start; the sentence on them, empty where there are none."""
    found = (place / RESCUED for place in _places(folder))
    return " ".join(filter(None, (_brought_back(keeper.path, path) for path in found if _is_there(path))))


def _is_there(path: Path) -> bool:
    with contextlib.suppress(FollowFocusError):
        return stat_of(path) is not None
    return False


def _brought_back(log: Path, rescued: Path) -> str:
    by_hand = (
        f"Takes that the log could not have are in {rescued}. followfocus takes join {log} {rescued} brings them back"
    )
    # A log that is gone may only have been moved: none is begun for them in its place.
    if not _is_there(log):
        return f"{by_hand}."
    try:
        joined = join_logs(log, rescued)
    except FollowFocusError as error:
        return f"{by_hand}, once that can be done: {error}"
    # Put aside, so that it is told once; and not away, for what it holds is somebody's work.
    aside = free_name(rescued.parent, f"{rescued.stem}-joined", ending=rescued.suffix)
    try:
        rescued.rename(aside)
    except OSError:
        aside = rescued
    if not (joined.added or joined.damaged):
        return ""
    is_now = "is in it now" if joined.added == 1 else "are in it now"
    rest = f"{counted(joined.damaged, 'damaged one')} stayed in {aside}." if joined.damaged else f"{aside} can go."
    return f"{counted(joined.added, 'take')} that the log had no room for {is_now}. {rest}"


def rescued_shows(folder: Path) -> str:
    """The sentence on edits that were saved so since a show was last opened, so that it is said once; empty for none.

    To be asked before one is opened.
    """
    found: list[str] = []
    _bring_out(folder)
    with contextlib.suppress(OSError):
        opened = (folder / LAST).stat().st_mtime_ns if (folder / LAST).exists() else 0
        for place in dict.fromkeys(_places(folder)):
            shows = sorted(place.glob(f"*{RESCUED_SHOW}*.ffshow"))
            found += [str(show) for show in shows if show.stat().st_mtime_ns >= opened]
    return f"Edits that a show could not have are in {' and '.join(found)}." if found else ""

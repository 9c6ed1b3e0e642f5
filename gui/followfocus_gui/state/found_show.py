# SPDX-License-Identifier: MIT
"""A show as it lies on disk: its file, edits in the journal beside it, and news of both for a person."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import FileError, FollowFocusError
from followfocus.files import read_input_text, real, stat_of
from followfocus.show.file import read_show, salvage, stamp_on_disk, write_show
from followfocus.show.journal import Recovered, recover
from followfocus.show.show import Show

UNNAMED = "untitled.ffshow"
LAST = "last-show.txt"
MOST_PATH = 10_000


@dataclass(frozen=True, slots=True)
class FoundShow:
    """A show as it was found.

    `words` are what a person must know, `read_only` why it can't be written (empty if it can), `stamp` the file's, as
    it was read. `from_journal`: the show is the journal's, and not in the file yet; `put_beside`: what the journal held
    is now a show of its own.
    """

    show: Show
    words: tuple[str, ...]
    read_only: str
    stamp: str
    from_journal: bool = False
    put_beside: bool = False


def look(path: Path, elsewhere: Path) -> FoundShow:
    """A show file with what its journal holds beyond it; edits that don't fit go beside it or `elsewhere`. FileError.

    A file that can't be read whole gives what can be saved of it.
    """
    show, words, read_only, stamp = _read(path)
    left = left_in_journal(path)
    if left is not None and left.show != show and not read_only:
        # They go on from this very content, or from one that can't be read any more: then they are the show.
        if left.fits or show is None:
            return FoundShow(
                left.show, (*words, "Your edits that were not saved are back."), "", stamp, from_journal=True
            )
        beside = put_beside(path, left.show, elsewhere)
        told = (
            f"The file was saved elsewhere after this app's last edits. It is open; the edits are in {beside}."
            if beside is not None
            else "Edits that were not saved here could not be put beside the file."
        )
        return FoundShow(show, (*words, told), "", stamp, put_beside=True)
    if show is None:
        raise FileError(words[0])
    return FoundShow(show, words, read_only, stamp)


def _read(path: Path) -> tuple[Show | None, tuple[str, ...], str, str]:
    """The show of a file, or what can be saved of it, what a person must know, why it is read only, its stamp."""
    stamp = stamp_on_disk(path)
    try:
        opened = read_show(path)
    except FileError as error:
        there = stat_of(path) is not None
        saved, lost = salvage(path) if there else (None, ())
        # Nothing of the file and nothing beside it: there is no show to open.
        if saved is None and left_in_journal(path) is None:
            raise
        return saved, (error.message, *lost) if there else (), "", stamp
    read_only = ""
    if opened.read_only:
        read_only = "is from a newer version and open to read only: save it as another"
    # Asked now, not at the first save: by then an hour of edits would hang on it.
    elif not os.access(path, os.W_OK):
        read_only = "is write-protected and open to read only: save it as another"
    return opened.show, tuple(opened.words), read_only, opened.stamp


def free_name(folder: Path, stem: str, first: int = 1, ending: str = ".ffshow") -> Path:
    """A name for a file, of a show above all, that is not taken: STEM, STEM-2 …; with `first` 2 never the plain one."""
    names = (folder / f"{stem}{'' if n == 1 else f'-{n}'}{ending}" for n in range(first, 10_000))
    return next(path for path in names if stat_of(path) is None)


def last_open(folder: Path) -> Path:
    """The show that was open last; the one without a name if none was."""
    try:
        return Path(read_input_text(folder / LAST, MOST_PATH).strip() or folder / UNNAMED)
    except FileError:
        return folder / UNNAMED


def left_in_journal(path: Path) -> Recovered | None:
    """Edits in the journal beside a file; None where there are none that can be read."""
    try:
        return recover(path)
    except FollowFocusError:
        return None


def put_beside(path: Path, edits: Show, elsewhere: Path) -> Path | None:
    """Edits that a show's file can't have become a show of their own; where it is, None where no place takes it."""
    target = real(path)
    # Beside the file, where it will be looked for; on a card that is write-protected, where the app keeps its own.
    for folder in (target.parent, elsewhere):
        beside = free_name(folder, f"{target.stem}-recovered")
        with contextlib.suppress(FollowFocusError):
            write_show(edits, beside)
            return beside
    return None

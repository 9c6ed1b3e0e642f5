# SPDX-License-Identifier: MIT
"""Locks on shows: one program writes a show, whatever name it was opened by.

Held are the file itself (the system's lock, on device and inode, so a link and its target are one) and
`.NAME.ffshow.lock` beside it, whose text says who that is. The system lets both go when a program dies, so a lock left
by a crash, or by a number that another program has now, holds nothing. Of another machine the text is all there is: it
is believed, until a person says that the show isn't open there any more.
"""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from followfocus.errors import FileError
from followfocus.files import hold_file, opened_at_once, real, refuse_no_file

_MOST_BYTES = 300


class LockedError(FileError):
    """Someone else has the show open. `holder` says who; `elsewhere`, that it is another machine, which can't be asked.

    Only a lock of another machine can be taken over.
    """

    def __init__(self, path: Path, holder: str, *, elsewhere: bool) -> None:
        how = f"Take over in the app's menu, or followfocus show unlock {path}."
        remedy = f"If it isn't open there any more, take it over: {how}" if elsewhere else "Close it there first."
        super().__init__(f"{path} is open in another followfocus ({holder or 'unknown'}).", (), remedy)
        self.holder, self.elsewhere = holder, elsewhere


def lock_path(path: Path) -> Path:
    """Where the text is that says who has a show open. Raises FileError for a folder, a pipe, a device."""
    target = real(path)
    refuse_no_file(target)
    return target.parent / f".{target.name}.lock"


def holder_of(path: Path) -> str:
    """Who has a show open, by that text; empty for nobody."""
    try:
        with os.fdopen(opened_at_once(lock_path(path)), "rb") as file:
            return " ".join((file.read(_MOST_BYTES) or b"").decode("utf-8", "replace").split())
    except OSError:
        return ""


class ShowLock:
    """A show held open for writing, from making one to `release`.

    Raises LockedError where someone else holds it; `take_over` does away with what another machine left.
    """

    def __init__(self, path: str | Path, *, take_over: bool = False) -> None:
        self.path = Path(path)
        self.text = lock_path(self.path)
        self._handles: list[int] = []
        self._file: int | None = None
        try:
            self._hold_text()
            self.follow()
            holder = holder_of(self.path)
            if _elsewhere(holder) and not take_over:
                raise LockedError(self.path, holder, elsewhere=True)
            self._sign()
        except BaseException:
            if self._handles and not holder_of(self.path):
                self._remove_text()
            self._let_go()
            raise

    @property
    def ours(self) -> bool:
        """Nobody has taken the show over meanwhile."""
        return holder_of(self.path) in ("", _me())

    def follow(self) -> None:
        """Hold the file that has the show's name now: after each save that is another one."""
        before, target = self._file, real(self.path)
        if before is not None and _same(before, target):
            return
        self._file = self._held(target, os.O_RDONLY)
        if before is not None:
            os.close(before)

    def release(self) -> None:
        """Let the show go."""
        if self.ours:
            self._remove_text()
        self._let_go()

    def _remove_text(self) -> None:
        with contextlib.suppress(OSError):
            self.text.unlink(missing_ok=True)

    def _hold_text(self) -> None:
        handle = self._held(self.text, os.O_RDWR | os.O_CREAT)
        if handle is not None:
            self._handles.append(handle)

    def _held(self, path: Path, flags: int) -> int | None:
        """The file at a path, held; None where there is none, or it may not be opened. Raises LockedError."""
        while True:
            try:
                handle = os.open(path, flags, 0o666)
            except OSError:
                return None
            found = hold_file(handle)
            if found is False or (found is None and _alive(holder_of(self.path))):
                os.close(handle)
                raise LockedError(self.path, holder_of(self.path), elsewhere=False)
            if _same(handle, path):
                return handle
            os.close(handle)  # another file has taken its place meanwhile

    def _sign(self) -> None:
        with contextlib.suppress(OSError):  # a folder that can't be written says so at the first edit
            self.text.write_text(_me(), "utf-8")

    def _let_go(self) -> None:
        for handle in (*self._handles, *([] if self._file is None else [self._file])):
            os.close(handle)
        self._handles, self._file = [], None


def remove_lock(path: str | Path) -> str:
    """Do away with the lock that another machine left; who held it, empty for nobody. Raises LockedError."""
    holder = holder_of(Path(path))
    ShowLock(path, take_over=True).release()
    return holder


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False


def _me() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _elsewhere(holder: str) -> bool:
    """The text names another machine."""
    words = holder.split()
    return len(words) == 4 and words[0] == "process" and words[3] != socket.gethostname()


def _alive(holder: str) -> bool:
    """Whether a process of this machine, other than this one, still runs; asked where the system has no locks."""
    words = holder.split()
    if len(words) != 4 or not words[1].isdecimal() or _elsewhere(holder) or holder == _me():
        return False
    try:
        os.kill(int(words[1]), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True

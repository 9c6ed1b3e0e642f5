# SPDX-License-Identifier: MIT
"""Files written so that a crash never leaves half of one, read so that none is waited for or read without end; names.

What stands at a path is asked here alone: pathlib's own questions raise where a folder may not be entered, and differ
from one version of Python to the next.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

from followfocus.errors import FileError, RequestError

if sys.platform != "win32":
    import fcntl

Text: TypeAlias = str | bytes | Iterable[str] | Iterable[bytes]
"""A file's content, whole or in parts"""
_MOST_BYTES = 120
_MOST_SHOWN = 160
_PIECE = 1 << 20
_LEFT = ".parts"
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_OPEN_FILES = Path("/proc/self/fd")


# Writing ------------------------------------------------------------------------------------------------------------


def write_atomically(path: Path, text: Text, *, mode: int | None = None) -> None:
    """Write a file, whole or from its parts, so that a crash leaves the old one or the new one, never half of one.

    FileError where it can't be written.

    A link stays a link: what it points to is written. Owner and rights stay; a new file gets `mode`, or what is usual.
    A file with several names keeps them all, and is written where it lies, as is one in a folder that takes no file.
    """
    target = real(path)
    refuse_no_file(target)
    before, data = stat_of(target), _encoded(text)
    if before is not None and not os.access(target, os.W_OK):
        raise FileError(f"{shown_path(path)} is write-protected.", (), "Choose another file, or take that off.")
    try:
        if before is None or before.st_nlink == 1:
            _sweep(target)
            if _replaced(target, data, before, mode):
                return
        _overwrite(target, data)
    except OSError as error:
        raise unwritable(path, error) from error


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary file of the same ending for what writes by itself; what is in it when the block ends goes to `path`.

    As `write_atomically` does. It lies beside `path` where it can: a film may be larger than the room for temporary
    files, which is memory on some systems. Raises FileError, also for what the block can't write.
    """
    refuse_no_place(path)
    try:
        with folder_beside(real(path)) as folder:
            temporary = folder / f"whole{path.suffix}"
            yield temporary
            write_atomically(path, _pieces(temporary))
    except OSError as error:
        raise unwritable(path, error) from error


@contextlib.contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """A hidden folder on the target's disk for what is being made; among the system's own where that place takes none.

    It goes when the block ends. What a killed program has left for the same target goes first: folders nobody holds.
    """
    _sweep_folders(target)
    try:
        made = Path(tempfile.mkdtemp(dir=target.parent, prefix=_temporary_stem(target)))
    except OSError:
        made = Path(tempfile.mkdtemp())
    try:
        with _held_folder(made):
            # Not before it is held: by this name another program looks for what is left.
            made = made.rename(f"{made}{_LEFT}")
            yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def _held_folder(folder: Path) -> Iterator[bool | None]:
    """Hold a folder as `hold_file` does a file; the block hears whether it could be had."""
    if sys.platform == "win32":
        yield None
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield hold_file(handle)
    finally:
        os.close(handle)


def _sweep_folders(target: Path) -> None:
    stem = _temporary_stem(target)
    with contextlib.suppress(OSError):
        for folder in target.parent.iterdir():
            if folder.name.startswith(stem) and folder.suffix == _LEFT:
                with contextlib.suppress(OSError), _held_folder(folder) as ours:
                    if ours:
                        shutil.rmtree(folder, ignore_errors=True)


def _pieces(path: Path) -> Iterator[bytes]:
    """A file's content, a little at a time."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def refuse_source(written: Path | None, read: Iterable[Path | str]) -> None:
    """Raise RequestError where a file that is to be written is one that is read, by whatever name or link: an original.

    So is a take log or a show that is there already: neither is ever made in this way, so it would be lost by a slip of
    the name. What can't be a file's name is none of these.
    """
    if written is None:
        return
    there = stat_of(written)
    if there is not None and (kept := _kept_there(written)):
        raise RequestError(f"{shown_path(written)} is {kept}, and would be written over.", "Give another name.")
    for source in read:
        with contextlib.suppress(FileError):
            found = None if there is None else stat_of(Path(source))
            if found is not None and there is not None and os.path.samestat(found, there):
                raise RequestError(
                    f"{shown_path(written)} is what this is made from, and would be written over.", "Give another name."
                )


def _kept_there(path: Path) -> str:
    """The kind of a file that must never be written over by what is made of others; empty for any other."""
    if path.suffix.lower() == ".ffshow":
        return "a show"
    with contextlib.suppress(OSError):
        if is_file(path) and next(_pieces(path), b"").startswith(b"SQLite format 3\0"):
            return "a take log"
    return ""


def refuse_no_place(path: Path) -> None:
    """Raise FileError where no file can be written: what is there is none, or there is no such folder."""
    refuse_no_file(path)
    if not is_folder(real(path).parent):
        raise FileError(f"{shown_path(path)} cannot be written: there is no such folder.", (), "Choose another folder.")


def unwritable(path: Path, error: OSError) -> FileError:
    """The error for a file that can't be written, with what helps: room, another file, or another folder."""
    if error.errno in FULL:
        return FileError(f"{shown_path(path)} cannot be written: the disk is full.", (), "Free some space.")
    remedy = "Choose another file." if is_folder(real(path).parent) else "Choose another folder."
    return FileError(f"{shown_path(path)} cannot be written: {_why(error)}.", (), remedy)


def _encoded(text: Text) -> Iterable[bytes]:
    """The parts of a file as bytes, each made when it is written, so that a large file needs no room in memory."""
    if isinstance(text, bytes):
        return (text,)
    parts = (text,) if isinstance(text, str) else text
    return (part if isinstance(part, bytes) else part.encode("utf-8", "replace") for part in parts)


def real(path: Path) -> Path:
    """Where a path leads through all links, itself where it is none."""
    return Path(os.path.realpath(path))


def _replaced(target: Path, data: Iterable[bytes], before: os.stat_result | None, mode: int | None) -> bool:
    """Put a new file in the place of the old; False where the folder takes none and the old one may be written."""
    try:
        handle, name = _temporary(target, 0o666 if before is None and mode is None else 0o600)
    except PermissionError:
        if before is None:
            raise
        return False
    try:
        hold_file(handle)
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.writelines(data)
        os.fsync(handle)
        _give_rights(handle, before, mode)
        if name is None:
            name = _temporary_name(target)
            os.link(f"{_OPEN_FILES}/{handle}", name, src_dir_fd=handle)  # with a folder given, links are followed
        name.replace(target)
    finally:
        os.close(handle)
        if name is not None:
            name.unlink(missing_ok=True)
    return True


def _temporary(target: Path, mode: int) -> tuple[int, Path | None]:
    """A new file in the target's folder: without a name where the system can, so that no crash leaves it behind."""
    if hasattr(os, "O_TMPFILE") and _OPEN_FILES.is_dir():
        with contextlib.suppress(OSError):
            return os.open(target.parent, os.O_TMPFILE | os.O_RDWR, mode), None
    name = _temporary_name(target)
    return os.open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), mode), name


def _temporary_name(target: Path) -> Path:
    return target.with_name(f"{_temporary_stem(target)}{secrets.token_hex(4)}.tmp")


def _temporary_stem(target: Path) -> str:
    return f".{target.name.encode(errors='replace')[:_MOST_BYTES].decode(errors='ignore')}."


def _sweep(target: Path) -> None:
    """Remove the temporary files of writers that have died: those that nobody holds."""
    stem = _temporary_stem(target)
    try:
        left = [file for file in target.parent.iterdir() if file.name.startswith(stem) and file.suffix == ".tmp"]
    except OSError:
        return
    for file in left:
        with contextlib.suppress(OSError):
            handle = os.open(file, os.O_RDWR)
            try:
                if hold_file(handle):
                    file.unlink()
            finally:
                os.close(handle)


def _give_rights(handle: int, before: os.stat_result | None, mode: int | None) -> None:
    """Owner and rights of the file that it replaces; where they can't be given, the file is saved all the same."""
    if sys.platform == "win32":
        return
    if before is not None:
        with contextlib.suppress(OSError):
            os.fchown(handle, before.st_uid, before.st_gid)
    wanted = mode if before is None else before.st_mode
    if wanted is not None:
        with contextlib.suppress(OSError):
            os.fchmod(handle, stat.S_IMODE(wanted))


def _overwrite(target: Path, parts: Iterable[bytes]) -> None:
    """Write a file where it lies; the room that it needs is there before its old text goes."""
    data = b"".join(parts)
    handle = os.open(target, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if hasattr(os, "posix_fallocate") and len(data) > os.fstat(handle).st_size:
            os.posix_fallocate(handle, 0, len(data))
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(data)
        os.ftruncate(handle, len(data))
        os.fsync(handle)
    finally:
        os.close(handle)


def hold_file(handle: int) -> bool | None:
    """Hold an open file against everyone else who asks so, until it is closed; False where someone else does.

    None where the system knows no such locks.
    """
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


# Asking and reading -------------------------------------------------------------------------------------------------


def stat_of(path: Path) -> os.stat_result | None:
    """The file at a path, links followed; None if there is none.

    Raises FileError where that can't be asked: no right to enter, a name that is too long, links in a circle.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise FileError(f"{shown_path(path)} can't be reached: {_why(error)}.", (), "Check the path.") from error


def is_file(path: Path) -> bool:
    """Whether an ordinary file stands there. Raises FileError as `standing`."""
    found = stat_of(path)
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(path: Path) -> bool:
    """Whether a folder stands there. Raises FileError as `standing`."""
    found = stat_of(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def refuse_no_file(path: Path) -> None:
    """Raise FileError for what stands there and is no ordinary file: a folder, a pipe, a device. Nothing may stand."""
    found = stat_of(path)
    if found is None or stat.S_ISREG(found.st_mode):
        return
    what = "a folder" if stat.S_ISDIR(found.st_mode) else "a device or a pipe"
    raise FileError(f"{shown_path(path)} is {what}, not a file.", (), "Give the name of a file.")


def read_input(path: Path, most_bytes: int) -> bytes:
    """All bytes of an ordinary file of at most `most_bytes`.

    Raises FileError for anything else: what isn't there or may not be read, a folder, a pipe, a device, too large.
    """
    refuse_no_file(path)
    try:
        with os.fdopen(opened_at_once(path), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileError(f"{shown_path(path)} is a device or a pipe, not a file.", (), "Give a file.")
            found = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"{shown_path(path)} cannot be read: {_why(error)}.", (), "Check the path.") from error
    if len(found) > most_bytes:
        most = f"{most_bytes / 1e6:,.0f} MB" if most_bytes >= 1e6 else f"{most_bytes / 1e3:,.0f} kB"
        raise FileError(f"{shown_path(path)} is too large: more than {most}.", (), "Give the right file.")
    return found


def read_input_text(path: Path, most_bytes: int) -> str:
    """The text of such a file, in UTF-8 with or without its mark; line ends as they are. Raises FileError."""
    try:
        return read_input(path, most_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{shown_path(path)} is not a text file (UTF-8).", (), "Give the right file.") from error


def shown_path(path: Path) -> str:
    """A path as it stands in a sentence: a very long one by its beginning and its end."""
    text = str(path)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN // 2]}…{text[-_MOST_SHOWN // 2 :]}"


def opened_at_once(path: Path) -> int:
    """Open to read, without waiting for a writer, should a pipe have taken the file's place meanwhile."""
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


# Names --------------------------------------------------------------------------------------------------------------


def safe_name(text: str) -> str:
    """A file name of any text: letters, digits, “-”, “_” and inner dots stay, in every script; the rest becomes “-”.

    >>> safe_name("27A PU"), safe_name("../../x"), safe_name("…")
    ('27A-PU', 'x', 'untitled')
    """
    kept = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") or c in "-_." else "-" for c in text)
    joined = re.sub(r"[-.]*-[-.]*", "-", unicodedata.normalize("NFC", kept))
    short = re.sub(r"\.{2,}", ".", joined).encode()[:_MOST_BYTES].decode(errors="ignore")
    return short.strip("-. ") or "untitled"


def user_folder() -> Path:
    """The user's own folder for shows without a name, takes and lenses. Raises FileError where it can't be made."""
    from platformdirs import user_data_path

    try:
        return user_data_path("followfocus", ensure_exists=True)
    except OSError as error:
        raise FileError(
            f"The folder for takes and shows can't be made: {error.strerror}.", (), "Set XDG_DATA_HOME to one that can."
        ) from error

"""Files written so that a crash never leaves half of one, read so that none is waited for or read without end; names.

What stands at a path is asked here alone: pathlib's own questions raise where a folder may not be entered, and differ
from one version of Python to the next.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from followfocus.errors import FileError

_MOST_BYTES = 120
_MOST_SHOWN = 160


# Writing ------------------------------------------------------------------------------------------------------------


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Write a text file, from one text or its parts, so that a crash leaves the old one or the new one, never half.

    FileError where it can't be written.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", remedy="Choose another folder.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines([text] if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", remedy="Choose another file.") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


# Asking and reading -------------------------------------------------------------------------------------------------


def standing(path: Path) -> os.stat_result | None:
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
    found = standing(path)
    return found is not None and stat.S_ISREG(found.st_mode)


def is_folder(path: Path) -> bool:
    """Whether a folder stands there. Raises FileError as `standing`."""
    found = standing(path)
    return found is not None and stat.S_ISDIR(found.st_mode)


def refuse_no_file(path: Path) -> None:
    """Raise FileError for what stands there and is no ordinary file: a folder, a pipe, a device. Nothing may stand."""
    found = standing(path)
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
        with os.fdopen(_opened_at_once(path), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileError(f"{shown_path(path)} is a device or a pipe, not a file.", (), "Give a file.")
            found = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"{shown_path(path)} can't be read: {_why(error)}.", (), "Check the path.") from error
    if len(found) > most_bytes:
        most = f"{most_bytes / 1e6:,.0f} MB"
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


def _opened_at_once(path: Path) -> int:
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

"""Files written so that a crash never leaves half of one, and names that every file system takes."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from pathlib import Path

from followfocus.errors import FileError

_MOST_BYTES = 120


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that a crash leaves the old one or the new one, never half of one. FileError if not."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", remedy="Choose another folder.") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", remedy="Choose another file.") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


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

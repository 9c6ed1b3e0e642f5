"""The journal beside a show: every edit since the file was saved, so that a crash costs at most the last second.

Each record is a line: the length of the show's text, its CRC-32, and the text, deflated, in base64. A record that was
torn off by the crash fails its check and the one before it counts. The journal begins anew when the show is saved, and
is rewritten when it has grown, so it stays small. `NAME.ffshow.lock` says who has the show open.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import zlib
from pathlib import Path
from typing import BinaryIO

from followfocus.errors import FileError
from followfocus.show.file import show_from_json, show_to_json
from followfocus.show.show import Show

FLUSH_S = 1.0
"""Edits are on disk at most so long after they were made."""
MOST_BYTES = 2_000_000


def journal_path(path: Path) -> Path:
    """Where the journal of a show file is."""
    return path.with_name(f".{path.name}.journal")


class Journal:
    """The journal of one show file, open for writing. Raises FileError where another program has the show open."""

    def __init__(self, path: str | Path) -> None:
        self.path = journal_path(Path(path))
        self._lock = Path(path).with_name(f".{Path(path).name}.lock")
        self._file: BinaryIO | None = None
        self._waiting: str | None = None
        self._flushed_s = -FLUSH_S
        self._take_lock(Path(path))

    def note(self, show: Show, now_s: float) -> bool:
        """Keep an edit; on disk within a second of calls, at once if the last was longer ago. Whether it is now."""
        self._waiting = show_to_json(show)
        if now_s - self._flushed_s < FLUSH_S:
            return False
        self._flushed_s = now_s
        self.flush()
        return True

    def flush(self) -> None:
        """Write pending edits to disk now. Raises FileError; then they still wait."""
        if self._waiting is None:
            return
        record = _record(self._waiting)
        try:
            if self._file is None or self._file.tell() + len(record) > MOST_BYTES:
                self._begin(record)
            else:
                self._file.write(record)
                self._file.flush()
                os.fsync(self._file.fileno())
        except OSError as error:
            raise FileError(
                f"{self.path} can't be written: {error.strerror}.", (), "Free some space, or save elsewhere."
            ) from error
        self._waiting = None

    def _begin(self, record: bytes) -> None:
        """A journal of one record takes the place of the old one, or goes on after a crash's."""
        temporary = self.path.with_name(f"{self.path.name}.new")
        with temporary.open("wb") as file:
            file.write(record)
            file.flush()
            os.fsync(file.fileno())
        if self._file is not None:
            self._file.close()
            self._file = None
        temporary.replace(self.path)
        self._file = self.path.open("ab")

    def clear(self) -> None:
        """The show has been saved: nothing is left to bring back."""
        self._waiting = None
        if self._file is not None:
            self._file.close()
            self._file = None
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let the show go; what was noted stays for `recover`."""
        with contextlib.suppress(FileError):
            self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._holder() == _me():
            with contextlib.suppress(OSError):
                self._lock.unlink(missing_ok=True)

    # The lock -----------------------------------------------------------------------------------------------------

    def _take_lock(self, path: Path) -> None:
        holder = self._holder()
        if holder and holder != _me() and _alive(holder):
            raise FileError(f"{path} is open in another followfocus ({holder}).", (), "Close it there first.")
        with contextlib.suppress(OSError):  # a folder that can't be written says so at the first edit
            self._lock.write_text(_me(), "utf-8")

    def _holder(self) -> str:
        try:
            return self._lock.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return ""


def recover(path: str | Path) -> Show | None:
    """The newest whole edit in a show's journal, None where there is none."""
    try:
        lines = journal_path(Path(path)).read_bytes().split(b"\n")
    except OSError:
        return None
    for line in reversed(lines):
        text = _text_of(line)
        if text is not None:
            with contextlib.suppress(FileError):
                return show_from_json(text, Path(path)).show
    return None


def _record(text: str) -> bytes:
    raw = text.encode()
    return b"%d %08x %s\n" % (len(raw), zlib.crc32(raw), base64.b64encode(zlib.compress(raw, 1)))


def _text_of(line: bytes) -> str | None:
    """The text of a record, None for one that is torn."""
    parts = line.split(b" ")
    if len(parts) != 3:
        return None
    try:
        raw = zlib.decompress(base64.b64decode(parts[2], validate=True))
        whole = len(raw) == int(parts[0]) and zlib.crc32(raw) == int(parts[1], 16)
        return raw.decode() if whole else None
    except (ValueError, zlib.error):
        return None


def _me() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _alive(holder: str) -> bool:
    """Whether who holds a lock still runs; on another machine that can't be seen, and is believed."""
    words = holder.split()
    if len(words) != 4 or not words[1].isdecimal():
        return False
    if words[3] != socket.gethostname():
        return True
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

# SPDX-License-Identifier: MIT
"""The journal beside a show: every edit since the file was saved, so that a crash costs at most the last second.

Each record is a line: the length of the show's text, its CRC-32, the text, deflated, in base64, and the stamp of the
file that it goes on from, so that it never passes for newer than a file that was saved later. A record that was torn
off by the crash fails its check and the one before it counts. The journal begins anew when the show is saved, and is
rewritten when it has grown, so it stays small.
"""

from __future__ import annotations

import base64
import contextlib
import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from followfocus.errors import FileError
from followfocus.files import read_input, real, unwritable
from followfocus.show.file import MOST_BYTES as MOST_BYTES_A_SHOW
from followfocus.show.file import show_from_json, show_to_json, stamp_on_disk
from followfocus.show.lock import ShowLock
from followfocus.show.show import Show

FLUSH_S = 1.0
"""Edits are on disk at most so long after they were made."""
MOST_BYTES = 2_000_000
_MOST_READ = 50_000_000


def journal_path(path: Path) -> Path:
    """Where the journal of a show file is."""
    target = real(path)
    return target.parent / f".{target.name}.journal"


class Journal:
    """The journal of one show file, which is held open for writing. Raises LockedError where someone else has it open.

    `base` is the stamp of the file that the edits go on from, by itself what is there now. With `take_over` a lock of
    another machine is done away with.
    """

    def __init__(self, path: str | Path, base: str | None = None, *, take_over: bool = False) -> None:
        self.path = journal_path(Path(path))
        self.lock = ShowLock(path, take_over=take_over)
        self._show = Path(path)
        self._base = stamp_on_disk(self._show) if base is None else base
        self._file: BinaryIO | None = None
        self._waiting: str | None = None
        self._flushed_s = -FLUSH_S

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
        record = _record(self._waiting, self._base)
        try:
            if self._file is None or self._file.tell() + len(record) > MOST_BYTES:
                self._begin(record)
            else:
                self._file.write(record)
                self._file.flush()
                os.fsync(self._file.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error
        self._waiting = None

    def _begin(self, record: bytes) -> None:
        """A journal of one record takes the place of the old one, or goes on after a crash's."""
        temporary = self.path.with_name(f"{self.path.name}.new")
        with temporary.open("wb") as file:
            with contextlib.suppress(OSError):  # who may not read the show may not read its journal
                temporary.chmod(stat.S_IMODE(self._show.stat().st_mode))
            file.write(record)
            file.flush()
            os.fsync(file.fileno())
        if self._file is not None:
            self._file.close()
            self._file = None
        temporary.replace(self.path)
        self._file = self.path.open("ab")

    def clear(self, base: str | None = None) -> None:
        """The show has been saved, and has that stamp: nothing is left to bring back."""
        self._waiting, self._base = None, stamp_on_disk(self._show) if base is None else base
        self.lock.follow()
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
        self.lock.release()


@dataclass(frozen=True, slots=True)
class Recovered:
    """Edits that a crash left. `fits`: they go on from what the file holds now, rather than from an earlier content."""

    show: Show
    fits: bool


def recover(path: str | Path) -> Recovered | None:
    """The newest whole edit in a show's journal, None where there is none."""
    target = Path(path)
    try:
        # A line without an end was torn, and be it in its stamp, which no sum goes over.
        lines = read_input(journal_path(target), _MOST_READ).split(b"\n")[:-1]
    except FileError:
        return None
    for line in reversed(lines):
        found = _text_of(line)
        if found is not None:
            with contextlib.suppress(FileError):
                return Recovered(show_from_json(found[0], target).show, _fits(target, found[1]))
    return None


def _fits(path: Path, base: str | None) -> bool:
    """Whether edits go on from what the file holds; of a journal that doesn't say from what, by which is younger."""
    now = stamp_on_disk(path)
    if base is not None:
        return not now or base == now
    try:
        return not now or journal_path(path).stat().st_mtime >= path.stat().st_mtime
    except OSError:
        return True


def _record(text: str, base: str) -> bytes:
    raw = text.encode(errors="replace")
    packed = base64.b64encode(zlib.compress(raw, 1))
    return b"%d %08x %s %s\n" % (len(raw), zlib.crc32(raw), packed, base.encode() or b"-")


def _text_of(line: bytes) -> tuple[str, str | None] | None:
    """The text of a record and what it goes on from (None where it doesn't say); None for one that is torn."""
    parts = line.split(b" ")
    if len(parts) not in (3, 4):
        return None
    try:
        size = int(parts[0])
        raw = zlib.decompressobj().decompress(
            base64.b64decode(parts[2], validate=True), min(size, MOST_BYTES_A_SHOW) + 1
        )
        whole = len(raw) == size and zlib.crc32(raw) == int(parts[1], 16)
        base = None if len(parts) == 3 else parts[3].decode().replace("-", "")
        return (raw.decode(), base) if whole else None
    except (ValueError, zlib.error):
        return None

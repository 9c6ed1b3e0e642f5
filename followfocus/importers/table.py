"""Text tables as cameras and other people's tools write them: any common encoding, tabs, commas or semicolons.

What can't be a table is refused with one sentence that says where; a cell that can't be read names its line and column.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import FileError
from followfocus.files import read_input

_MAX_BYTES = 400_000_000
_BOMS = (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))
_DELIMITERS = "\t,;"


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of the same width. A column that stands twice in the header is read from its first place."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def has(self, *names: str) -> bool:
        """Whether every one of the columns is there."""
        return set(names) <= set(self.columns)

    def require(self, *names: str) -> None:
        """FileError that names every missing column, and the near ones that are there."""
        missing = [name for name in names if name not in self.columns]
        if not missing:
            return
        problems = []
        for name in missing:
            near = difflib.get_close_matches(name, self.columns, n=1, cutoff=0.7)
            problems.append(f"no column “{name}”" + (f" (there is “{near[0]}”)" if near else ""))
        raise FileError(f"{self.path} lacks columns that are needed.", problems, "Export the clip's metadata again.")

    def text(self, name: str) -> tuple[str, ...]:
        """A column's cells."""
        place = self.columns.index(name)
        return tuple(row[place].strip() for row in self.rows)

    def first(self, name: str) -> str:
        """The first cell of a column that is not empty; "" if there is none or no such column."""
        return next((cell for cell in self.text(name) if cell), "") if name in self.columns else ""

    def values(self, name: str, read: Callable[[str], float]) -> list[float]:
        """A column read cell by cell; a ValueError or FollowFocusError of `read` becomes a FileError with its place."""
        from followfocus.errors import RequestError

        found = []
        for line, cell in zip(self.lines, self.text(name), strict=True):
            try:
                found.append(read(cell))
            except (ValueError, RequestError) as error:
                raise FileError(f"{self.path}, line {line}, column “{name}”: {_reason(cell, error)}") from error
        return found

    def numbers(self, name: str) -> list[float]:
        """A column of finite numbers."""
        return self.values(name, finite)


def finite(cell: str) -> float:
    """A finite number; ValueError otherwise."""
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def _reason(cell: str, error: Exception) -> str:
    """Why a cell was refused, in words."""
    if isinstance(error, ValueError):
        return f"“{cell}” is not a number." if cell else "the cell is empty."
    return str(error)


def read_table(path: Path) -> Table:
    """The table in a file. FileError for what is not one: unreadable, empty, binary, ragged."""
    text = _decode(path, _bytes(path))
    header = next((line for line in text.replace("\r", "\n").split("\n") if line.strip()), "")
    delimiter = max(_DELIMITERS, key=header.count)
    if delimiter not in header:
        raise FileError(f"{path} is not a table: its first line has no columns.", remedy=_HOW)
    (_, columns), *records = list(_records(path, text, delimiter)) or [(0, [])]
    columns = [name.strip().removeprefix("\ufeff") for name in columns]
    for line, record in records:
        if len(record) != len(columns):
            raise FileError(
                f"{path}, line {line}: {len(record)} cells, and the header has {len(columns)}.",
                remedy="The file is damaged or was cut off; export it again.",
            )
    if not records:
        raise FileError(f"{path} has a header and no rows.", remedy=_HOW)
    rows = tuple(tuple(record) for _, record in records)
    return Table(path, tuple(columns), rows, tuple(line for line, _ in records))


_HOW = "Give the metadata table (CSV) that the camera's tool exports."


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield reader.line_num, record
    except csv.Error as error:
        raise FileError(f"{path}, line {reader.line_num}: {error}.", remedy="Export the file again.") from error


def _bytes(path: Path) -> bytes:
    """The file's bytes."""
    data = read_input(path, _MAX_BYTES)
    if not data.strip():
        raise FileError(f"{path} is empty.", remedy=_HOW)
    return data


def _decode(path: Path, data: bytes) -> str:
    """Text by its byte order mark, else UTF-16 where every other byte is zero, else UTF-8, else Latin-1."""
    encoding = next((name for name, mark in _BOMS if data.startswith(mark)), "")
    if not encoding and b"\0" in data[:4096]:
        zeros = Counter(i % 2 for i, byte in enumerate(data[:4096]) if byte == 0)
        encoding = "utf-16-le" if zeros[1] > 4 * zeros[0] else "utf-16-be" if zeros[0] > 4 * zeros[1] else ""
        if not encoding:
            raise FileError(f"{path} is not a text table: it is binary.", remedy=_HOW)
    for candidate in (encoding,) if encoding else ("utf-8", "latin-1"):
        try:
            text = data.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileError(f"{path} is not readable text.", remedy=_HOW)


def most_common(cells: Sequence[str]) -> str:
    """The most frequent cell that is not empty, "" if all are."""
    counts = Counter(cell for cell in cells if cell)
    return counts.most_common(1)[0][0] if counts else ""

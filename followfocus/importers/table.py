# SPDX-License-Identifier: MIT
"""Text tables as cameras and other people's tools write them: any common encoding, tabs, commas or semicolons.

What can't be a table is refused with one sentence that says where; a cell that can't be read names its line and column.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from followfocus.errors import FileError, RequestError
from followfocus.files import read_input
from followfocus.units import checked_distance, format_distance, parse_distance, parse_fps, parse_number

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

    def text_if(self, name: str) -> tuple[str, ...]:
        """A column's cells; none where the table hasn't got it."""
        return self.text(name) if self.has(name) else ()

    def first(self, name: str) -> str:
        """The first cell of a column that says something; "" if there is none or no such column."""
        return next((cell for cell in self.text(name) if not is_nothing(cell)), "") if name in self.columns else ""

    def rate(self, name: str) -> Fraction | None:
        """The frame rate that a column states; None if it states none.

        FileError, with its place, for a bad one, and for a second one, with which no time would be right.
        """
        found: dict[Fraction, str] = {}
        for line, cell in zip(self.lines, self.text_if(name), strict=False):
            if is_nothing(cell) or cell in found.values():
                continue
            try:
                found.setdefault(parse_fps(cell), cell)
            except RequestError as error:
                raise FileError(f"{self.path}, line {line}, column “{name}”: {error}") from error
            if len(found) > 1:
                raise self.two_of(line, name, found.values())
        return next(iter(found), None)

    def two_of(self, line: int, name: str, cells: Iterable[str]) -> FileError:
        """The refusal of a column that must say one thing for the whole clip, and says two from this line on."""
        both = " and ".join(cells)
        return FileError(f"{self.path}, line {line}, column “{name}”: the clip says {both}.", remedy="Split it.")

    def values(self, name: str, read: Callable[[str], float]) -> list[float]:
        """A column read cell by cell; a ValueError or FollowFocusError of `read` becomes a FileError with its place."""
        found = []
        for line, cell in zip(self.lines, self.text(name), strict=True):
            try:
                found.append(read(cell))
            except (ValueError, RequestError) as error:
                raise FileError(f"{self.path}, line {line}, column “{name}”: {_reason(cell, error)}") from error
        return found

    def numbers(self, name: str) -> list[float]:
        """A column of finite numbers, with points or commas."""
        return self.values(name, finite)


_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{0,15})?", re.ASCII)
"""The form of nearly every cell, which needs no other reading"""


def finite(cell: str) -> float:
    """A finite number, with a point or a comma; ValueError otherwise."""
    if _PLAIN.fullmatch(cell):
        return float(cell)
    try:
        return parse_number(cell)
    except RequestError as error:
        raise ValueError(cell) from error


_NOTHING = re.compile(r"[-–—]*")


def is_nothing(cell: str) -> bool:
    """Whether a cell says that there is no value: it is empty, or dashes."""
    return _NOTHING.fullmatch(cell) is not None


def focus_distance(cell: str, unit_m: float) -> float:
    """Metres of a distance in units of `unit_m`, or with a unit of its own (`15'9"`, `4.812 m`).

    Infinity in words, as ∞ or as all the bits of a number; not-a-number where the frame has no lens data: an empty
    cell, dashes, zero. Raises RequestError for anything else, which must not pass for a frame without lens data.
    """
    if is_nothing(cell) or _ZERO.fullmatch(cell):
        return math.nan
    if cell.lower().startswith("inf") or _ALL_ONES.fullmatch(cell):
        return math.inf
    if unit_m <= 0.01 and _THOUSANDS.fullmatch(cell):
        raise RequestError(f"The comma in “{cell}” can be read in two ways.", "Export it without commas for thousands.")
    try:
        metres = finite(cell) * unit_m
    except ValueError:
        return parse_distance(cell, bare=None, what="focus distance")
    if 0 < metres < NEAREST_M:
        raise RequestError(
            f"The focus distance “{cell}” is {format_distance(metres)}, nearer than any lens focuses.",
            "Check the column's unit, and whether its point or comma is one for thousands.",
        )
    return checked_distance(metres, f"focus distance “{cell}”") if metres else math.nan


_ZERO = re.compile(r"0+(?:[.,]0*)?\s*(?:mm|cm|m|ft|in|['\"′″])", re.IGNORECASE)
"""Nothing, with a unit; without one it is a number like any other"""
ALL_ONES = (65_535, 4_294_967_295)
"""16 or 32 bits that are all set: as far as a field of a camera or a lens goes, so infinity"""
_ALL_ONES = re.compile(rf"(?:{'|'.join(map(str, ALL_ONES))})(?:[.,]0*)?\s*(?:mm|cm|m)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3},\d{3}")
NEAREST_M = 0.02
"""From the image plane: less than the flange of any mount leaves"""


def _reason(cell: str, error: Exception) -> str:
    """Why a cell was refused, in words."""
    if isinstance(error, ValueError):
        return f"“{cell}” is not a number." if cell else "the cell is empty."
    return str(error)


def read_text(path: Path) -> str:
    """The text of a file in any common encoding. FileError where it is unreadable, empty or binary."""
    return decoded_text(path, bytes_of_file(path))


def decoded_text(path: Path, data: bytes) -> str:
    """The text of bytes in any common encoding. FileError where they aren't text."""
    return _decode(path, data).removeprefix("\ufeff")


def table_of(path: Path, text: str) -> Table:
    """The table in a file's text. FileError for what is not one: without columns or rows, ragged."""
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    told = _SEPARATOR.fullmatch(lines[0]) if lines else None
    header = "".join(lines[1:2] if told else lines[:1])
    delimiter = told[1] if told else max(_DELIMITERS, key=header.count)
    if delimiter not in header:
        raise FileError(f"{path} is not a table: its first line has no columns.", remedy=_HOW)
    (_, columns), *records = list(_records(path, text, delimiter))[1 if told else 0 :] or [(0, [])]
    columns = [name.strip() for name in columns]
    for line, record in records:
        while len(record) > len(columns) and not record[-1].strip():
            record.pop()  # delimiters at the end of a line
        if len(record) != len(columns):
            commas = delimiter == "," and len(record) > len(columns)
            raise FileError(
                f"{path}, line {line}: {len(record)} cells, and the header has {len(columns)}.",
                remedy="Decimal commas need semicolons or tabs between the cells; export it again with these."
                if commas
                else "The file is damaged or was cut off; export it again.",
            )
    if not records:
        raise FileError(f"{path} has a header and no rows.", remedy=_HOW)
    rows = tuple(tuple(record) for _, record in records)
    return Table(path, tuple(columns), rows, tuple(line for line, _ in records))


_SEPARATOR = re.compile(r'"?sep=(.)"?')
"""The first line that Excel writes and reads, so that the delimiter is known."""
_HOW = "Give the metadata table (CSV) that the camera's tool exports."


_PACKED = {
    b"\x1f\x8b": ("packed with gzip", "Unpack it first, with gunzip or a double click."),
    b"PK\x03\x04": ("a ZIP archive, or a spreadsheet's own file", "Unpack it, or save the table as CSV."),
}
"""First bytes of what is likely meant to be a table, what it is, and what to do"""


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each record that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                yield reader.line_num, record
    except csv.Error as error:
        raise FileError(f"{path}, line {reader.line_num}: {error}.", remedy="Export the file again.") from error


def bytes_of_file(path: Path) -> bytes:
    """The bytes of a file. FileError for one that can't be read, or is empty."""
    data = read_input(path, _MAX_BYTES)
    if not data.strip():
        raise FileError(f"{path} is empty.", remedy=_HOW)
    for start, (what, remedy) in _PACKED.items():
        if data.startswith(start):
            raise FileError(f"{path} is {what}.", remedy=remedy)
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

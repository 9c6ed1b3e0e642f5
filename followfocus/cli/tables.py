# SPDX-License-Identifier: MIT
"""Tables in a terminal of any width: columns where they have room, else each row as lines of names and figures.

A figure is never cut: a landing that reads “-0.0…” is worse than one that stands a line lower.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from followfocus.cli.console import cells, coloured, styled, terminal_columns, wrapped
from followfocus.names import one_line

_APART = "  "
_LEAST = 10
"""Words that wrap have so much room at least"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: figures stand `right`; words that may stand in several lines wrap."""

    name: str
    right: bool = False
    wraps: bool = False


@dataclass(slots=True)
class Grid:
    """Rows of texts, one for each column; `colours` are those of the rows' last cells, where they have one."""

    columns: Sequence[Column]
    title: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    colours: dict[int, str] = field(default_factory=dict)

    def add(self, *texts: str, colour: str = "") -> None:
        """A row, at the end."""
        if colour:
            self.colours[len(self.rows)] = colour
        self.rows.append(tuple(map(one_line, texts)))

    def lines(self, width: int) -> Iterator[str]:
        """The table in a terminal that is so wide."""
        if self.title:
            yield from wrapped(one_line(self.title), width)
        used = self._used()
        room = used._room(width)
        yield from used._stacked(width) if room is None else used._in_columns(room)

    def _used(self) -> Grid:
        """The columns in which any row has something: a narrow terminal has no room for the others."""
        kept = [at for at in range(len(self.columns)) if any(row[at] for row in self.rows)]
        rows = [tuple(row[at] for at in kept) for row in self.rows]
        return Grid([self.columns[at] for at in kept], "", rows, self.colours)

    def _room(self, width: int) -> list[int] | None:
        """Each column's width; None where they have no room beside each other."""
        texts = zip(*self.rows, strict=True)
        widest = [max(map(cells, (one.name, *column))) for one, column in zip(self.columns, texts, strict=True)]
        left = width - len(_APART) * (len(widest) - 1) - sum(widest)
        for at in sorted(range(len(widest)), key=lambda at: -widest[at]):
            if left < 0 and self.columns[at].wraps:
                least = max(_LEAST, cells(self.columns[at].name))
                given = min(-left, max(0, widest[at] - least))
                widest[at], left = widest[at] - given, left + given
        return None if left < 0 else widest

    def _in_columns(self, room: Sequence[int]) -> Iterator[str]:
        names = [_set(one.name, width, right=one.right) for one, width in zip(self.columns, room, strict=True)]
        yield coloured(_APART.join(names).rstrip(), sys.stdout, dim=True)
        for number, row in enumerate(self.rows):
            colour = self.colours.get(number)
            parts = [
                wrapped(text, width, whole=False) if cells(text) > width else [text]
                for text, width in zip(row, room, strict=True)
            ]
            for depth in range(max(map(len, parts))):
                line = [
                    _set(part[depth] if depth < len(part) else "", width, right=one.right)
                    for part, one, width in zip(parts, self.columns, room, strict=True)
                ]
                if colour:
                    line[-1] = coloured(line[-1].rstrip(), sys.stdout, fg=colour)
                yield _APART.join(line).rstrip()

    def _stacked(self, width: int) -> Iterator[str]:
        for row in self.rows:
            said = [f"{one.name} {text}".strip() for one, text in zip(self.columns, row, strict=True) if text]
            line = ""
            for words in said:
                if line and cells(f"{line} · {words}") > width:
                    yield line
                    line = f"  {words}"
                else:
                    line = f"{line} · {words}" if line else words
                if cells(line) > width:
                    *before, last = wrapped(line.strip(), width - 2)
                    yield from (f"{'  ' if line[0] == ' ' else ''}{part}" for part in before)
                    line = f"  {last}"
            yield line


def _set(text: str, width: int, *, right: bool) -> str:
    beside = " " * (width - cells(text))
    return beside + text if right else text + beside


def say_table(grid: Grid) -> None:
    """Print it."""
    styled("".join(f"{line}\n" for line in grid.lines(terminal_columns())), sys.stdout)
    sys.stdout.flush()

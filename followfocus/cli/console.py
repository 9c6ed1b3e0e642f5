# SPDX-License-Identifier: MIT
"""Tables, facts and coloured lines on standard output. What people typed is shown as they typed it, brackets too.

Only tables need rich, which takes a quarter of a start; facts and lines do without it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping
from typing import IO, TYPE_CHECKING, TextIO, cast

import typer

from followfocus.cli.streams import Guarded
from followfocus.errors import FollowFocusError
from followfocus.names import visible

if TYPE_CHECKING:
    from rich.console import Console

_WEIGHTS = ("bold", "dim")


def console(*, stderr: bool = False) -> Console:
    """A console that takes nothing in a text for markup or an emoji's name, and lets no control character through."""
    from rich.console import Console
    from rich.segment import Segment

    class Careful(Console):
        def _render_buffer(self, buffer: Iterable[Segment]) -> str:
            made = (part if part.control else Segment(visible(part.text), part.style) for part in buffer)
            return super()._render_buffer(made)

    stream = sys.stderr if stderr else sys.stdout
    return Careful(file=cast("IO[str]", _Styled(stream)), highlight=False, markup=False, emoji=False)


class _Styled(io.TextIOBase):
    """A stream as rich writes to it: what comes is made visible already, and has colours."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return getattr(self._stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        styled(text, self._stream)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def styled(text: str, stream: TextIO) -> None:
    """Write a text that holds colours of our own, and nothing else that steers a terminal."""
    write = stream.styled if isinstance(stream, Guarded) else stream.write
    write(text)


def say(shown: str, style: str = "", *, err: bool = False) -> None:
    """Print a line in a style such as `bold red`, or `dim`; a terminal gets it broken between words."""
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return
    words = style.split()
    colour = next((word for word in words if word not in _WEIGHTS), None)
    told = _broken(visible(shown)) if stream.isatty() else visible(shown)
    line = coloured(told, stream, fg=colour, **{word: True for word in words if word in _WEIGHTS})
    styled(f"{line}\n", stream)
    stream.flush()


def tell_json(facts: Mapping[str, object]) -> None:
    """Print facts as one JSON document, in a line; told on the way out of a failure, with its sentence as `error`."""
    failed = sys.exception()
    told = {**facts, "error": str(failed)} if isinstance(failed, FollowFocusError) else facts
    typer.echo(json.dumps(told, ensure_ascii=False))


def _broken(text: str) -> str:
    """The lines of a text, each that is longer than the terminal is wide broken under its own beginning."""
    columns = terminal_columns()
    made = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        short = cells(line) <= columns
        made += [line] if short else [indent + part for part in wrapped(line, columns - len(indent))]
    return "\n".join(made)


def terminal_columns() -> int:
    """How wide the terminal is."""
    return max(shutil.get_terminal_size().columns, 20)


def warn(words: str) -> None:
    """A sentence that a person must see, on standard error; one that has gone or is full ends nothing."""
    with contextlib.suppress(OSError, ValueError):
        say(words, "yellow", err=True)


def coloured(text: str, stream: TextIO, **style: object) -> str:
    """The text in a style where the stream is a terminal that shows one, and nobody has said NO_COLOR."""
    wanted = {name: value for name, value in style.items() if value is not None}
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty()
    return text if plain or not wanted else typer.style(text, **wanted)  # type: ignore[arg-type]


def sheet(title: str, facts: Iterable[tuple[str, str]]) -> None:
    """Print facts, below a title or none: each name in its column, its words wrapped beside it to the terminal."""
    rows = list(facts)
    column = max(len(name) for name, _ in rows) + 2
    width = max(terminal_columns() - column, 10)
    if title:
        say(title, "bold")
    for name, words in rows:
        first, *others = wrapped(visible(words), width)
        styled(f"{coloured(name.ljust(column), sys.stdout, dim=True)}{first}\n", sys.stdout)
        for line in others:
            say(" " * column + line)


def cells(text: str) -> int:
    """The places that a text takes in a terminal: a Chinese sign takes two."""
    return len(text) if text.isascii() else len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def wrapped(words: str, width: int, *, whole: bool = True) -> list[str]:
    """The words in lines of a terminal's width, in which a Chinese sign takes two places; at least one line.

    A word that is longer than a line stays `whole`, or is broken.

    >>> wrapped("soft eyes, again", 11), wrapped("撮影は最高", 6)
    (['soft eyes,', 'again'], ['撮影は', '最高'])
    """
    if cells(words) == len(words):
        return textwrap.wrap(words, width, break_long_words=not whole, break_on_hyphens=False) or [""]
    from rich.cells import cell_len, chop_cells

    lines: list[str] = []
    for piece in (piece for word in words.split() for piece in chop_cells(word, width)):
        if lines and cell_len(lines[-1]) + 1 + cell_len(piece) <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines or [""]

# SPDX-License-Identifier: MIT
"""Tables, facts and coloured lines on standard output. What people typed is shown as they typed it, brackets too.

Only tables need rich, which takes a quarter of a start; facts and lines do without it.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, TextIO, cast

import typer

from followfocus.cli.streams import Guarded, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

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


def say(shown: RenderableType, style: str = "", *, err: bool = False) -> None:
    """Print a table, or a line in a style such as `bold red`, or `dim`."""
    if not isinstance(shown, str):
        console(stderr=err).print(shown)
        return
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        return
    words = style.split()
    colour = next((word for word in words if word not in _WEIGHTS), None)
    line = _coloured(visible(shown), stream, fg=colour, **{word: True for word in words if word in _WEIGHTS})
    styled(f"{line}\n", stream)
    stream.flush()


def warn(words: str) -> None:
    """A sentence that a person must see, on standard error; one that has gone or is full ends nothing."""
    with contextlib.suppress(OSError, ValueError):
        say(words, "yellow", err=True)


def _coloured(text: str, stream: TextIO, **style: object) -> str:
    """The text in a style where the stream is a terminal."""
    wanted = {name: value for name, value in style.items() if value is not None}
    return typer.style(text, **wanted) if wanted and stream.isatty() else text  # type: ignore[arg-type]


def sheet(title: str, facts: Iterable[tuple[str, str]]) -> None:
    """Print facts below a title: each name in its column, its words wrapped beside it to the terminal's width."""
    rows = list(facts)
    column = max(len(name) for name, _ in rows) + 2
    width = max(shutil.get_terminal_size().columns - column, 20)
    say(title, "bold")
    for name, words in rows:
        first, *others = textwrap.wrap(visible(words), width, break_on_hyphens=False) or [""]
        styled(f"{_coloured(name.ljust(column), sys.stdout, dim=True)}{first}\n", sys.stdout)
        for line in others:
            say(" " * column + line)

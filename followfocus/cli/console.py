"""Tables, facts and coloured lines on standard output. What people typed is shown as they typed it, brackets too.

Only tables need rich, which takes a quarter of a start; facts and lines do without it.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def console(*, stderr: bool = False) -> Console:
    """A console that takes nothing in a text for markup or an emoji's name."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def say(shown: RenderableType, style: str = "") -> None:
    """Print a table, or a line in a style such as `bold red`."""
    if isinstance(shown, str):
        colour = style.split()[-1] if style else None
        typer.secho(shown, fg=colour, bold=style.startswith("bold") or None)
    else:
        console().print(shown)


def sheet(title: str, facts: Iterable[tuple[str, str]]) -> None:
    """Print facts below a title: each name in its column, its words wrapped beside it to the terminal's width."""
    rows = list(facts)
    column = max(len(name) for name, _ in rows) + 2
    width = max(shutil.get_terminal_size().columns - column, 20)
    typer.secho(title, bold=True)
    for name, words in rows:
        first, *others = textwrap.wrap(words, width, break_on_hyphens=False) or [""]
        typer.echo(typer.style(name.ljust(column), dim=True) + first)
        for line in others:
            typer.echo(" " * column + line)

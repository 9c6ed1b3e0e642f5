"""Tables and coloured lines on standard output. What people typed is shown as they typed it, square brackets too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def console(*, stderr: bool = False) -> Console:
    """A console that takes nothing in a text for markup or an emoji's name."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def say(shown: RenderableType, style: str | None = None) -> None:
    """Print a table, or a line in a style such as `bold red`."""
    console().print(shown, style=style)

# SPDX-License-Identifier: MIT
"""`followfocus gui`: the desk app; where there is no display, the demo pull in the terminal."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from followfocus.errors import JobError, RequestError

_NO_DISPLAY = "There is no display here, so this is the demo pull in the terminal; the app opens where a screen is."


def open_app(port: str | None = None, show: Path | None = None, screenshot: Path | None = None) -> None:
    """Open the app and end the program with its exit code. Raises RequestError where it cannot open."""
    if find_spec("PySide6") is None or find_spec("pyqtgraph") is None:
        raise RequestError(
            "The desk app needs PySide6 and pyqtgraph, which are not installed.",
            "Install them with: pip install 'followfocus[gui]'",
        )
    if screenshot is None and not has_display():
        raise RequestError(
            "There is no display to open the app on.",
            "Use the terminal instead: followfocus pull ideal-50 --from 2m --to 4m --duration 2",
        )
    if screenshot is not None:
        from followfocus.files import refuse_no_place

        refuse_no_place(screenshot)
    from followfocus_gui.app import run

    code = run(port=port, show=show, screenshot=screenshot)
    if code and screenshot is not None:
        raise JobError(f"{screenshot} was not made: no take could be shot, or no such picture can be written.")
    sys.exit(code)


def has_display() -> bool:
    """Whether a window can be opened: always on macOS and Windows, on Linux where a display is named."""
    if sys.platform in {"darwin", "win32"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def command(
    port: Annotated[
        str | None,
        typer.Option(metavar="PORT", help="sim, a serial port, a pty or a pyserial URL; else the show's own."),
    ] = None,
    show: Annotated[Path | None, typer.Option(metavar="FILE.ffshow", help="The show file to open (.ffshow).")] = None,
    screenshot: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Render the window after a pull to this PNG, then exit.")
    ] = None,
    demo_without_display: Annotated[bool, typer.Option("--demo-without-display", hidden=True)] = False,
) -> None:
    """Open the desk app: mark two points, set the time, hit GO."""
    if demo_without_display and not has_display():
        typer.echo(_NO_DISPLAY)
        from followfocus.cli.pull import command as pull

        pull("ideal-50", "2m", "4m", "2")
        return
    open_app(port, show, screenshot)

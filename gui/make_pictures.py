# SPDX-License-Identifier: MIT
"""Makes the pictures in the README and the manual: the app itself on the simulated unit, without a display.

Run it from anywhere; `--all` writes the picture book: every screen, state, theme, size and unit system.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from followfocus.stage.events import Taken
from followfocus.wire.messages import State
from followfocus_gui.app import Desktop, open_desk
from followfocus_gui.picture_book import Book, pages
from followfocus_gui.widgets import theme

GIVE_UP_MS = 60_000
ROOT = Path(__file__).parent.parent
PICTURES, MANUAL = ROOT / "gui" / "pictures", ROOT / "docs" / "manual" / "pictures"
COLOURS = 128
"""A picture of the app has few; so it takes a third of the room."""


def until(so: Callable[[], bool]) -> None:
    """Run the event loop until something is so; raises TimeoutError after a minute."""
    loop, watch, clock = QEventLoop(), QTimer(), QElapsedTimer()
    clock.start()
    watch.setInterval(20)
    watch.timeout.connect(lambda: loop.quit() if so() or clock.elapsed() > GIVE_UP_MS else None)
    watch.start()
    loop.exec()
    if not so():
        raise TimeoutError


def first_pull(desktop: Desktop, folder: Path) -> None:
    """The steps of the README, a picture each."""
    window, session, desk = desktop.window, desktop.session, desktop.session.desk
    kept: list[Taken] = []
    session.taken.connect(kept.append)
    until(lambda: session.state in (State.IDLE, State.LOADED) and not session.busy)
    for index, metres, name in ((0, 1.2, "Anna"), (1, 4.0, "door")):
        session.turn(desk.lens.ring_deg(metres))
        until(lambda m=metres: session.state is State.IDLE and abs(session.ring_deg - desk.lens.ring_deg(m)) < 0.1)
        session.set_mark(index)
        session.edit_mark(index, name=name)
    until(lambda: window.rack.picture.shown is not None)
    window.save_picture(folder / "step-marks.png")
    session.arm()
    until(lambda: session.state is State.ARMED and not session.busy)
    window.save_picture(folder / "step-armed.png")
    session.go()
    until(lambda: bool(kept))
    until(lambda: session.state in (State.IDLE, State.LOADED) and not session.busy)
    window.save_picture(folder / "desk.png")


def screens(desktop: Desktop, folder: Path) -> None:
    """Every screen between the bands."""
    for name, act in Book(desktop, until).screens().items():
        if name not in SCREENS:
            continue
        act()
        assert desktop.window.host.shown is not None, name
        settle()
        desktop.window.save_picture(folder / f"{SCREENS[name]}.png")
        desktop.window.host.close_screen()
        settle()


SCREENS = {
    "lenses": "lens-library", "tape": "lens-tape", "unit": "unit-settings", "calibration": "calibration",
    "slate": "slate", "cues": "cues-and-takes", "eases": "eases", "compare": "take-compare", "keys": "key-sheet",
}  # fmt: skip
"""The manual's names of the screens' pictures"""


def settle() -> None:
    """Let what was asked for be drawn."""
    for _ in range(8):
        QApplication.processEvents()


def whole_book(desktop: Desktop, folder: Path) -> int:
    """Write a page for every state, screen, theme, size and unit system; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for page in pages(Book(desktop, until)):
        settle()
        desktop.window.save_picture(folder / f"{page.name}.png")
        count += 1
    return count


def shrink(folder: Path) -> None:
    """Write every picture of a folder again with few colours."""
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def main(words: Sequence[str] | None = None) -> None:
    """Write every picture of README and manual, or the whole book."""
    asked = parser().parse_args(words)
    desktop = open_desk(QApplication(sys.argv[:1]), "sim", Path(tempfile.mkdtemp()))
    desktop.window.showNormal()
    desktop.window.resize(1280, 800)
    if asked.all:
        folder = asked.folder or Path("picture-book")
        print(f"{whole_book(desktop, folder)} pictures in {folder}")  # noqa: T201 - a script
    else:
        write_pictures(desktop, asked.folder or PICTURES, asked.manual or MANUAL)
    desktop.window.close()


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        description="Makes the pictures in the README and the manual: the app itself, without a display.",
        epilog="Without a word it writes over those that are there.",
    )
    made.add_argument("folder", nargs="?", type=Path, help="where the README's go (gui/pictures); with --all the book")
    made.add_argument("manual", nargs="?", type=Path, help="where the manual's go (docs/manual/pictures)")
    made.add_argument(
        "--all", action="store_true", help="the picture book: every screen, state, theme, size and unit system"
    )
    return made


def write_pictures(desktop: Desktop, folder: Path, manual: Path) -> None:
    """Every picture of README and manual."""
    for each in (folder, manual):
        each.mkdir(parents=True, exist_ok=True)
    first_pull(desktop, folder)
    for name in ("red", "bright"):
        frames = desktop.window.rack.picture.frames
        desktop.actions.apply_theme(name)
        until(lambda n=frames: desktop.window.rack.picture.frames > n or theme.current() == "bright")
        settle()
        desktop.window.save_picture(folder / f"desk-{name}.png")
    desktop.actions.apply_theme("dark")
    screens(desktop, manual)
    shoot(desktop, folder)
    for each in (folder, manual):
        shrink(each)


def shoot(desktop: Desktop, folder: Path) -> None:
    """The shooting view, in a take."""
    window, session = desktop.window, desktop.session
    window.resize(1920, 1080)
    window.turn_shooting()
    session.arm()
    until(lambda: session.state is State.ARMED and not session.busy)
    session.go()
    until(lambda: session.state is State.PLAYING and session.ring_deg < 100.0)
    settle()
    window.save_picture(folder / "shooting.png")
    session.stop()
    until(lambda: session.state in (State.IDLE, State.LOADED) and not session.busy)


if __name__ == "__main__":
    main()

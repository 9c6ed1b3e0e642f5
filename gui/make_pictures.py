# SPDX-License-Identifier: MIT
"""Makes the pictures in the README and the manual: the app itself on the simulated unit, without a display.

Run it from anywhere: python gui/make_pictures.py [FOLDER FOLDER_OF_THE_MANUAL]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from followfocus.stage.events import Taken
from followfocus.wire.messages import State
from followfocus_gui.app import Desktop, open_desk
from followfocus_gui.widgets import theme

GIVE_UP_MS = 60_000
ROOT = Path(__file__).parent.parent
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


def dialogs(desktop: Desktop, folder: Path) -> None:
    """The dialogs that are opened from the menu."""
    actions = desktop.actions
    for name, act in (
        ("lensDialog", actions.rig.choose_lens),
        ("calibrationDialog", actions.rig.calibrate),
        ("unitDialog", actions.rig.unit_settings),
        ("slateDialog", actions.edit_slate),
        ("keySheet", actions.show_keys),
        ("takeCompare", actions.compare_takes),
    ):
        act()
        dialog = desktop.window.findChild(QDialog, name)
        assert dialog is not None, name
        QApplication.processEvents()
        dialog.grab().save(str(folder / f"{_dashed(name)}.png"))
        dialog.close()
        QApplication.processEvents()


def _dashed(name: str) -> str:
    """`lensDialog` as `lens-dialog`."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def shrink(folder: Path) -> None:
    """Write every picture of a folder again with few colours."""
    for path in folder.glob("*.png"):
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def main() -> None:
    """Write every picture."""
    given = [Path(word) for word in sys.argv[1:]]
    folder, manual = given or (ROOT / "gui" / "pictures", ROOT / "docs" / "manual" / "pictures")
    manual.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    desktop = open_desk(application, "sim", Path(tempfile.mkdtemp()))
    desktop.window.show()
    first_pull(desktop, folder)
    for name in ("red", "bright"):
        theme.apply(application, name)
        desktop.window.editor.repaint_icons()
        frames = desktop.window.rack.picture.frames
        desktop.window.refresh()
        until(lambda n=frames: desktop.window.rack.picture.frames > n or theme.current() == "bright")
        desktop.window.save_picture(folder / f"desk-{name}.png")
    theme.apply(application, "dark")
    dialogs(desktop, manual)
    desktop.window.close()
    for each in (folder, manual):
        shrink(each)


if __name__ == "__main__":
    main()

"""Opens the desk app: one composition root, which makes every part and hands each what it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from followfocus.errors import FollowFocusError


def run(port: str = "sim", show: Path | None = None, screenshot: Path | None = None) -> int:
    """Run the app on the unit at `port` until it is closed; the exit code.

    `screenshot`: shoot one pull, save the window to this picture, and end; works without a display.
    """
    if screenshot is not None and sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from followfocus.plan import rig_for
    from followfocus_gui import theme
    from followfocus_gui.bridge import UnitBridge
    from followfocus_gui.desk import Desk
    from followfocus_gui.window import DeskWindow

    made = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(made, QApplication)
    made.setApplicationName("followfocus")
    theme.apply(made, "dark")
    desk = Desk.new()
    if show is not None:
        raise FollowFocusError(f"{show}: shows can't be opened in the app yet.", "Open it without --show.")
    bridge = UnitBridge(port, rig_for(desk.state.lens))
    window = DeskWindow(desk, bridge, take_keeper())
    bridge.start()
    window.show()
    if screenshot is not None:
        from followfocus_gui.screenshot import after_a_pull

        after_a_pull(window, bridge, screenshot)
    QTimer.singleShot(0, window.activateWindow)
    return made.exec()


def take_keeper() -> Callable[..., None]:
    """Keeps takes in the log of the user's data folder; says on the error line where that fails."""
    from platformdirs import user_data_path

    from followfocus.takelog import TakeLog

    def keep(take: object, lens: str) -> None:
        try:
            folder = user_data_path("followfocus", ensure_exists=True)
            with TakeLog(folder / "takes.db") as log:
                log.append(take, lens)  # type: ignore[arg-type]
        except (FollowFocusError, OSError) as error:
            sys.stderr.write(f"followfocus: the take is not in the log: {error}\n")

    return keep

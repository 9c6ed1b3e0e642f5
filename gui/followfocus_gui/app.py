# SPDX-License-Identifier: MIT
"""Opens the desk app: one composition root, which makes every part and hands each what it needs."""

from __future__ import annotations

import gc
import logging
import logging.handlers
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from followfocus.files import user_folder

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from followfocus_gui.actions import DeskActions
    from followfocus_gui.bridge import UnitBridge
    from followfocus_gui.desk_player import DeskPlayer
    from followfocus_gui.document import Document
    from followfocus_gui.widgets.port_watch import PortWatch
    from followfocus_gui.window import DeskWindow

LOG_BYTES = 1_000_000
CORE = (
    "followfocus.hand.hand", "followfocus.lens.shelf", "followfocus.show.file", "followfocus.sim.build",
    "followfocus.sources.wheels", "followfocus.stage.by_hand", "followfocus.stage.facts",
    "followfocus.stage.hand_recorder", "followfocus.stage.outside_desk", "followfocus.stage.reconcile",
    "followfocus.stage.run", "followfocus.stage.source_lines", "followfocus.stage.track_out",
    "followfocus.stage.player", "followfocus.takes.keeper", "followfocus.takes.repeatability",
    "followfocus.takes.whole", "followfocus.unit.calibration", "followfocus.unit.connect",
    "followfocus_gui.state.desk_views",
)  # fmt: skip
"""Modules without Qt that the app needs at its start"""


@dataclass(frozen=True, slots=True)
class Desktop:
    """Every part of the open app."""

    window: DeskWindow
    session: DeskPlayer
    bridge: UnitBridge
    ports: PortWatch
    document: Document
    actions: DeskActions

    def end_unseen(self) -> None:
        """The screen has gone: motor stopped, take kept, show saved."""
        from PySide6.QtCore import QSignalBlocker

        # Told to nobody: what a widget draws now may end the process on the spot, before the take is kept.
        with QSignalBlocker(self.bridge), QSignalBlocker(self.document):
            self.bridge.close()
            self.document.close()


def run(port: str | None = None, show: Path | None = None, screenshot: Path | None = None) -> int:
    """Run the app on the unit at `port`, or on the show's own, until it is closed; the exit code.

    `screenshot`: shoot one pull, save the window to this picture, and end; works without a display.
    """
    if screenshot is not None and sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    load_core()
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from followfocus_gui.endings import EndingSignals, on_lost_display

    made = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(made, QApplication)
    made.setApplicationName("followfocus")
    # A picture is of a desk that nobody has used, and leaves nothing behind.
    folder = user_folder() if screenshot is None else Path(tempfile.mkdtemp(prefix="followfocus-"))
    log = keep_log(folder)
    desktop = open_desk(made, port, folder, show, fresh=screenshot is not None)
    # PySide calls it for what a slot raises: without it the fault would go to a terminal that nobody sees.
    sys.excepthook = partial(tell_fault, desktop.session, log)
    signals = EndingSignals(desktop.window.end)
    desktop.window.closing.connect(signals.close)
    on_lost_display(desktop.end_unseen)
    desktop.window.show()
    if screenshot is not None:
        from followfocus_gui.screenshot import after_a_pull

        after_a_pull(desktop.window, desktop.bridge, screenshot)
    # From the event loop: a window that isn't shown yet can't be given the keyboard.
    QTimer.singleShot(0, desktop.window.activateWindow)
    gc.freeze()  # all that there is now stays to the end: no collection needs to look at it
    return made.exec()


def load_core() -> None:
    """Load what needs no Qt, before Qt: of every module that comes after it, PySide reads the source once more.

    Nothing is collected from here on: modules stay, and to look through them again and again is a tenth of the start.
    The app's own collector gives it back when it closes.
    """
    gc.disable()
    for name in CORE:
        import_module(name)


def open_desk(
    application: QApplication, port: str | None, folder: Path, show: Path | None = None, *, fresh: bool = False
) -> Desktop:
    """The desk on the unit at `port`, or the one that the show was on last, with what is kept in `folder`.

    `fresh` opens a new show instead of the last. Raises FileError where the show named can't be opened.
    """
    from followfocus.stage.reconcile import reconcile
    from followfocus.takes.keeper import TakeKeeper
    from followfocus_gui.actions import DeskActions
    from followfocus_gui.bridge import UnitBridge
    from followfocus_gui.collecting import MainThreadCollector
    from followfocus_gui.desk_player import DeskPlayer
    from followfocus_gui.document import Document
    from followfocus_gui.state.desk import Desk
    from followfocus_gui.state.grid import Type
    from followfocus_gui.state.window_memory import WindowMemory
    from followfocus_gui.widgets import scale, theme
    from followfocus_gui.widgets.port_watch import PortWatch
    from followfocus_gui.window import DeskWindow
    from followfocus_gui.wiring import wire

    desk = Desk.new()
    keeper = TakeKeeper(folder / "takes.db")
    document = Document(desk, folder, keeper)
    words = document.start(show, fresh=fresh)
    if port is not None and document.path is None:  # a show without a name was made on no other unit
        desk.adopt(port)
    collector = MainThreadCollector(application)
    memory = WindowMemory(folder / "window.json")
    room = application.primaryScreen().availableSize()
    width, height = (room.width(), room.height()) if memory.maximised else memory.size
    scale.use(Type.of(width, height).body)  # before anything is made, or all of it would be measured twice
    theme.apply(application, desk.show.preferences.theme)
    lens = desk.lens
    # A simulated unit's ring has the stops of the lens that is open now: it is not built anew for the next.
    stops_deg = (0.0, lens.travel_deg) if lens.has_stops else None
    bridge = UnitBridge(
        desk.show.unit.port if port is None else port, desk.show.unit.rig(lens), keeper=keeper,
        reconcile=partial(reconcile, path=keeper.path), stops_deg=stops_deg,
    )  # fmt: skip
    ports = PortWatch(lambda: bridge.port)
    session = DeskPlayer(desk, bridge, keeper)
    window = DeskWindow(session)
    actions = DeskActions(window, document)
    wire(window, actions)
    window.open_as(memory.size, maximised=memory.maximised)
    window.closing.connect(lambda: memory.keep(window.normal_size(), maximised=window.isMaximized()))
    ports.portsChanged.connect(window.connection.set_ports)
    window.unsaved = document.unsaved
    # In this order: what could still ask something of the unit goes first, then the show is written, then the unit is
    # let go, and the collector last, since all of these leave something to collect.
    window.closing.connect(ports.close)
    window.closing.connect(window.rack.picture.worker.end)
    window.closing.connect(actions.hand.wheels.close)
    window.closing.connect(actions.outside.close)
    window.closing.connect(lambda: document.close(lose=window.loses))
    window.closing.connect(bridge.close)
    window.closing.connect(collector.close)
    # Everything is joined by now: the first news of a unit must find who listens to it.
    bridge.start()
    ports.start()
    actions.hand.wheels.start()
    if words:
        session.tell(words, trouble=document.read_only)
    return Desktop(window, session, bridge, ports, document, actions)


def keep_log(folder: Path) -> Path:
    """Write what goes wrong inside to a file in `folder`, at most twice a megabyte; the file."""
    path = folder / "followfocus.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return path


def tell_fault(
    session: DeskPlayer, log: Path, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Report a fault nobody expected: to the log whole, to the window as a sentence; the app goes on."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logging.getLogger("followfocus").critical("a fault of the program", exc_info=(kind, error, trace))
    session.trouble(f"The program tripped ({kind.__name__}). STOP works, takes are safe. Details: {log}")

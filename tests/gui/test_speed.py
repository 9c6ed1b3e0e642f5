# SPDX-License-Identifier: MIT
"""The window's work: an edit is planned and painted once, only what changed, and at rest next to nothing runs.

Counts, never times: what is counted here is what took the time.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from types import ModuleType

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from followfocus.plan import plan
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.state import planning
from followfocus_gui.state.retelling import TELL_S, Retelling
from tests.gui.conftest import Opened

Open = Callable[..., Opened]


class Painted(QObject):
    """Counts paint events by the widget's class."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count, and let by."""
        if event.type() is QEvent.Type.Paint:
            self.count[type(watched).__name__] += 1
        return False


def settle(qapp: QApplication) -> None:
    """Everything that is due is painted."""
    for _ in range(5):
        qapp.sendPostedEvents()
        qapp.processEvents()


def counted(monkeypatch: pytest.MonkeyPatch, home: ModuleType, name: str) -> list[object]:
    """The calls of a function, from now on."""
    calls: list[object] = []
    before = getattr(home, name)

    def call(*given: object, **named: object) -> object:
        calls.append(given)
        return before(*given, **named)

    monkeypatch.setattr(home, name, call)
    return calls


def test_an_edit_is_planned_once_and_paints_the_curve_once(
    open_desk: Open, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_desk()
    app.session.edit(lambda: app.desk.edit_pull(duration_s=1.7))
    settle(qapp)
    planned = counted(monkeypatch, planning, "plan_part")
    judged = counted(monkeypatch, plan, "check_pull")
    painted = Painted()
    qapp.installEventFilter(painted)
    app.session.edit(lambda: app.desk.edit_pull(duration_s=1.8))
    settle(qapp)
    qapp.removeEventFilter(painted)
    assert (len(planned), len(judged)) == (1, 1)
    assert painted.count["PlotCanvas"] == 1
    still = {"RingDisk", "DistanceReadout", "SharpRange", "AddButton", "MarkCard", "TakeTable", "SignButton"}
    assert still.isdisjoint(painted.count), painted.count


def test_a_moved_cursor_paints_no_layer_anew(open_desk: Open, qapp: QApplication) -> None:
    app = open_desk()
    settle(qapp)
    canvas = app.window.curve._canvas
    app.window.curve.set_cursor(0.1)  # the second time that a layer is shown it is kept
    settle(qapp)
    layers = canvas._under.painted, canvas._above.painted
    for at_s in (0.2, 0.4, 0.6):
        app.window.curve.set_cursor(at_s)
        settle(qapp)
    assert (canvas._under.painted, canvas._above.painted) == layers


def test_at_rest_no_frame_beats_and_what_is_new_is_shown(open_desk: Open, qapp: QApplication) -> None:
    app = open_desk()
    frames = app.window.showing.frames
    app.until(lambda: not frames.isActive())
    app.session.bridge.statusChanged.emit(dataclasses.replace(app.session.status, ring_deg=123.0, position=1))
    assert frames.isActive()
    frames.timeout.emit()
    assert app.window.disk.needle_deg == 123.0


def test_a_unit_at_rest_is_told_a_few_times_a_second() -> None:
    told = Retelling()
    rests = UnitStatus(connected=True, state=State.IDLE, ring_deg=80.0)
    assert told.is_news(rests)
    again = [dataclasses.replace(rests, clock=n, received_s=0.02 * n) for n in range(1, 51)]
    assert 0.8 / TELL_S <= sum(map(told.is_news, again)) <= 1 / TELL_S
    new = dataclasses.replace(again[-1], received_s=1.001, ring_deg=80.1)
    assert told.is_news(new)
    assert told.is_news(dataclasses.replace(new, bad_frames=1))
    moves = dataclasses.replace(new, state=State.MOVING)
    assert all(told.is_news(moves) for _ in range(3)), "what moves is told whenever it is heard"
    gone = UnitStatus()
    assert all(told.is_news(gone) for _ in range(3))


START = """
import sys, tempfile
from pathlib import Path
from PySide6.QtWidgets import QApplication
from followfocus_gui.app import open_desk
desktop = open_desk(QApplication([]), "sim", Path(tempfile.mkdtemp()))
desktop.window.show()
print(*sorted(sys.modules))
desktop.window.close()
"""


def test_what_no_open_screen_needs_is_not_loaded_at_the_start() -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", START]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.split())
    assert "followfocus_gui.window" in loaded
    late = ("pyqtgraph", "scipy", "matplotlib", "numpy.ma", "av", "aiohttp", "reportlab", "OpenEXR")
    assert loaded.isdisjoint(late)
    screens = {name.removeprefix("followfocus_gui.screens.") for name in loaded if ".screens." in name}
    assert screens == {"host", "cues"}


CORE_FIRST = """
import gc, sys, tempfile, threading
from pathlib import Path
class Noted:
    names = set()
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if threading.current_thread() is threading.main_thread():  # what connects and looks for wheels has its own time
            cls.names.add(name)
from followfocus_gui.app import load_core, open_desk
load_core()
assert not gc.isenabled(), "a collection while modules are loaded"
sys.meta_path.insert(0, Noted)
from PySide6.QtWidgets import QApplication
desktop = open_desk(QApplication([]), "sim", Path(tempfile.mkdtemp()))
desktop.window.show()
print(*sorted(Noted.names & set(sys.modules)))
desktop.window.close()
from followfocus_gui import background, collecting
while not background.let_go():  # a thread that is still at work keeps it off until it has ended
    background._under_way[0][0].join(0.1)
QApplication.instance().findChild(collecting.MainThreadCollector).close()
assert gc.isenabled()
"""


def test_what_knows_no_qt_is_loaded_before_qt() -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", CORE_FIRST]
    late = set(subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout.split())
    assert "followfocus_gui.window" in late
    assert not [name for name in late if name.split(".")[0] in ("pydantic", "numpy")]
    assert len([name for name in late if name.startswith("followfocus.")]) <= 16, "of 62 that were read twice"

# SPDX-License-Identifier: MIT
"""The screen goes, and the only STOP with it: the X server is killed under the desk, whatever that is doing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.campaigns.endings import APP, Bench
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import State
from tests.conformance.tools import lacking

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="an X server")
ARMED_ONLY = APP.replace("session.go()", "pass")
PRESSES = APP[APP.index("        session = self.session\n") : APP.index("\nwindow_module")]
AT_REST = "session.state in (State.IDLE, State.LOADED) and not session.busy"


def pressing(*lines: str) -> str:
    """The app with somebody at it who does this twenty times a second."""
    return APP.replace(PRESSES, "\n".join(f"        {line}" for line in ("session = self.session", *lines, "")))


CALIBRATES = pressing(
    "from followfocus_gui.state.jobs import Job",
    f"if {AT_REST}:",
    "    session.bridge.ask(Job('calibration', lambda unit: [unit.goto_deg(deg) for deg in (250.0, 20.0) * 9]))",
)
TURNS_BY_HAND = pressing(
    "from followfocus.clock import SystemClock",
    "from followfocus.hand.events import WheelTurned",
    # Not before the ring's place is known: what turns then must rest before it is heard, and this one never does.
    "if session.standing().ring_deg is not None:",
    "    session.bridge.hear(WheelTurned(SystemClock().now(), 'the disk', 2.0))",
)
DISARMS = pressing(f"if ({AT_REST} and session.stage.armed_in is None) or session.stage.armed:", "    session.arm()")
DRAWS = APP.replace(
    "        self.keys = QTimer(self)",
    "        session.bridge.stopped.connect(lambda _: exit())\n        self.keys = QTimer(self)",
).replace("import sys\n", "import os\nimport sys\nexit = lambda: os._exit(1)\n")
DESTROYS = f"""
import ctypes, os
said = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p)(lambda *_: os.write(2, b"destructors") and None)
ctypes.CDLL(None).on_exit(said, None)
{APP}"""


@pytest.mark.parametrize(
    ("app", "begun", "verdicts"),
    [
        (APP, State.PLAYING, ["stopped"]), (ARMED_ONLY, State.ARMED, []), (CALIBRATES, State.MOVING, []),
        (TURNS_BY_HAND, State.MOVING, []), (DISARMS, State.ARMED, []), (DRAWS, State.PLAYING, ["stopped"]),
        (DESTROYS, State.PLAYING, ["stopped"]),
    ],
    ids=["in a take", "armed", "calibrating", "by hand", "disarming", "drawing", "with threads at work"],
)  # fmt: skip
def test_the_motor_is_stopped_and_the_take_kept(tmp_path: Path, app: str, begun: State, verdicts: list[str]) -> None:
    if shutil.which("Xvfb") is None:
        lacking("Xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    bench = Bench(SimulatedUnit(mechanics=RigidRing(0.04)))
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server, bench.served() as port:
        os.close(write)
        with os.fdopen(read) as told:
            display = told.readline().strip()
        place = {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb", "XDG_DATA_HOME": str(tmp_path)}
        words = [sys.executable, "-W", "ignore", "-c", app, port]
        with subprocess.Popen(words, env={**os.environ, **place}, stderr=subprocess.PIPE, text=True) as desk:
            reached = bench.until(begun)
            server.kill()
            _, said = desk.communicate()
    if "Could not load the Qt platform plugin" in said:
        lacking("the X libraries that Qt loads (libxcb-cursor0 and others)")
    assert reached, said
    assert desk.returncode == 1
    assert "Traceback" not in said
    assert "destructors" not in said, "what other threads use is taken away"
    assert bench.device.state in (State.LOADED, State.IDLE)
    log = tmp_path / "followfocus" / "takes.db"
    with TakeLog(log) as takes:
        assert [row.verdict for row in takes.rows()] == verdicts

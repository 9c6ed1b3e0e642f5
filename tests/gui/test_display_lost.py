# SPDX-License-Identifier: MIT
"""The screen goes, and the only STOP with it: the X server is killed under the desk, in a take and while armed."""

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


@pytest.mark.parametrize(
    ("app", "begun", "verdicts"),
    [(APP, State.PLAYING, ["stopped"]), (ARMED_ONLY, State.ARMED, [])],
    ids=["in a take", "armed"],
)
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
    assert bench.device.state in (State.LOADED, State.IDLE)
    log = tmp_path / "followfocus" / "takes.db"
    with TakeLog(log) as takes:
        assert [row.verdict for row in takes.rows()] == verdicts

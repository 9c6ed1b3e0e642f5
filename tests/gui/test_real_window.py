# SPDX-License-Identifier: MIT
"""The first pull once more, by keyboard, mouse and touch, in a real X window (Xvfb)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.tools import lacking

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
@pytest.mark.timeout(300)
def test_the_first_pull_in_a_real_window() -> None:
    if shutil.which("Xvfb") is None:
        lacking("Xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        try:
            os.close(write)
            with os.fdopen(read) as told:
                display = told.readline().strip()
            environment = {**os.environ, "DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
            names = "by_keyboard_only or by_mouse_only or by_touch_only or escape_stops"
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/gui/test_first_pull.py"]
            done = subprocess.run(
                [*command, "-k", names], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
        finally:
            server.terminate()
    if "could not load the Qt platform plugin" in done.stdout + done.stderr:
        lacking("the X libraries that Qt loads (libxcb-cursor0 and others)")
    assert done.returncode == 0, done.stdout[-4000:]
    assert "5 passed" in done.stdout

# SPDX-License-Identifier: MIT
"""In a real X window (Xvfb): the first pull by keyboard, mouse and touch, and the desk on the screens of the field."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conformance.tools import lacking

ROOT = Path(__file__).parent.parent.parent
FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
SCREENS = [("1366x768", "1.25"), ("1920x1080", "2"), ("800x1280", "1")]
"""The narrowest, the lowest and the finest; 1024x768 and 1280x720 lie between."""
if FULL:
    SCREENS += [("1024x768", "1"), ("1280x720", "1")]


@contextmanager
def display(screen: str) -> Iterator[str]:
    """An X server with one screen of this size; the name of its display."""
    if shutil.which("Xvfb") is None:
        lacking("Xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{screen}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        try:
            os.close(write)
            with os.fdopen(read) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


def run_there(screen: str, names: str, files: list[str], scale: str = "1") -> str:
    """Run tests in a window on such a screen; what pytest said."""
    with display(screen) as name:
        environment = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": scale}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", names]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if "could not load the Qt platform plugin" in done.stdout + done.stderr:
        lacking("the X libraries that Qt loads (libxcb-cursor0 and others)")
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
@pytest.mark.timeout(300)
def test_the_first_pull_in_a_real_window() -> None:
    names = "by_keyboard_only or by_mouse_only or by_touch_only or escape_stops or armed_no_screen"
    assert "5 passed" in run_there("1400x900", names, ["tests/gui/test_first_pull.py"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
@pytest.mark.timeout(300)
def test_what_can_move_a_motor_in_a_real_window() -> None:
    names = "space_writes or natural_drag or tab_is_chosen or refusal_goes or stop_the_motor or press_alone"
    assert "6 passed" in run_there("1400x900", names, ["tests/gui/test_desk_hands.py"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
@pytest.mark.timeout(300)
def test_dialogs_at_night_in_a_real_window() -> None:
    """X draws signs on a dialog's buttons that an offscreen window hasn't."""
    assert "2 passed" in run_there("1400x900", "at_night_a_file", ["tests/gui/test_red_night.py"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("screen", "scale"), SCREENS)
def test_the_desk_is_whole_on_the_screens_of_the_field(screen: str, scale: str) -> None:
    told = run_there(screen, "opens_whole", ["tests/gui/test_desk_hands.py"], scale)
    assert "1 passed" in told


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is Linux's")
@pytest.mark.timeout(300)
def test_the_menu_leaves_go_and_stop_free_on_the_least_screen() -> None:
    """On so low a screen it has two columns."""
    assert "1 passed" in run_there("960x540", "menu_leaves and size1", ["tests/gui/test_stop_uncovered.py"])

# SPDX-License-Identifier: MIT
"""`gui --screenshot` where there is no screen: the whole desk, landed, in a picture of its own size."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

from followfocus_gui.screenshot import SIZE


def test_without_a_screen_the_whole_desk_is_in_the_picture(tmp_path: Path) -> None:
    away = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    told = {name: value for name, value in os.environ.items() if name not in away} | {"HOME": str(tmp_path)}
    command = [sys.executable, "-m", "followfocus", "gui", "--port", "sim", "--screenshot", str(tmp_path / "desk.png")]
    made = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert (made.returncode, made.stderr) == (0, "")
    with Image.open(tmp_path / "desk.png") as picture:
        assert picture.size == SIZE

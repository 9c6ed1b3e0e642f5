# SPDX-License-Identifier: MIT
"""The script that makes the pictures: asked what it does, it says so and writes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "gui" / "make_pictures.py"


def test_help_writes_no_picture(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "new"), "--help"], capture_output=True, text=True, check=True
    )
    assert "--all" in done.stdout
    assert not list(tmp_path.iterdir())


def test_an_unknown_word_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--al1", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "--al1" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())

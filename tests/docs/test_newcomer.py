# SPDX-License-Identifier: MIT
"""CONTRIBUTING.md, followed to the letter in a copy: another camera takes a file, a line and a test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def files_of_the_guide() -> dict[str, str]:
    """Every file that the guide has a newcomer write, by its path."""
    return dict(re.findall(r"```python\n# (\S+\.py)\n(.*?)```", GUIDE, re.DOTALL))


def line_of_the_guide() -> tuple[str, str, str]:
    """The line that the guide adds, between the one before and the one after."""
    found = re.search(r"```diff\n (.*\n)\+(.*\n) (.*\n)```", GUIDE)
    assert found is not None
    return found[1], found[2], found[3]


@pytest.fixture
def copy(tmp_path):
    """A copy of what an importer needs."""
    skip = shutil.ignore_patterns("__pycache__", "firmware_image")
    shutil.copytree(ROOT / "followfocus", tmp_path / "followfocus", ignore=skip)
    return tmp_path


def tried(folder: Path) -> subprocess.CompletedProcess[str]:
    """The guide's own tests, run there."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    return subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True, env={"PYTHONPATH": str(folder)}
    )


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def add_the_line(folder: Path) -> None:
    table = folder / "followfocus" / "importers" / "__init__.py"
    text = table.read_text(encoding="utf-8")
    before, added, after = line_of_the_guide()
    assert text.count(before + after) == 1
    table.write_text(text.replace(before + after, before + added + after), encoding="utf-8")


def test_a_made_up_camera_takes_one_file_one_line_and_one_test(copy):
    files = files_of_the_guide()
    assert sorted(files) == ["followfocus/importers/umbra.py", "tests/importers/test_umbra.py"]
    for name, text in files.items():
        write(copy, name, text)
    refused = tried(copy)
    assert refused.returncode == 1, "red without the line in the table"
    assert "no camera known here" in refused.stdout
    add_the_line(copy)
    done = tried(copy)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guides_files_are_in_our_style(tmp_path):
    for name, text in files_of_the_guide().items():
        write(tmp_path, name, text)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ruff = [sys.executable, "-m", "ruff"]
    for check in (["check", "."], ["format", "--check", "."]):
        done = subprocess.run([*ruff, *check], check=False, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

# SPDX-License-Identifier: MIT
"""Every import contract can fail: one scratch import for each, in a copy, and the linter names them all."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

BROKEN_BY = {
    "Data flows one way": ("followfocus/lens/map.py", "from followfocus.cli import console"),
    "The wire knows frames and messages, and nothing of lenses, plans, shows or takes": (
        "followfocus/wire/frames.py", "from followfocus.show import show",
    ),
    "The simulated unit checks the planner by its own code": (
        "followfocus/sim/stepper.py", "from followfocus.steps import profile",
    ),
    "No Qt in the core": ("followfocus/paper/page.py", "import PySide6"),
    "The core knows no app": ("followfocus/look/render.py", "from followfocus_gui import keys"),
    "The player is pure: no thread, no clock, no Qt, no unit": (
        "followfocus/stage/following.py", "from followfocus.unit import unit",
    ),
    "The app has floors: what is wanted goes up as signals, what is so comes down": (
        "gui/followfocus_gui/widgets/theme.py", "from followfocus_gui import window",
    ),
    "The app's state knows no Qt": ("gui/followfocus_gui/state/desk.py", "from PySide6 import QtCore"),
}  # fmt: skip
"""Contract → (a file, an import that it forbids there)"""


def linted(root: Path) -> str:
    """The linter's report on a tree. Its packages are found there, not where this one is installed."""
    found = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root), str(root / "gui"))), "COLUMNS": "200"}
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache"]
    return subprocess.run(lint, cwd=root, env=found, capture_output=True, text=True, check=False).stdout


def test_each_contract_fails_when_it_is_broken(tmp_path: Path) -> None:
    for folder in ("followfocus", "gui/followfocus_gui"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    config = (ROOT / "pyproject.toml").read_text("utf-8").partition("[tool.importlinter]")[2]
    names = re.findall(r'^name = "(.+)"', config, re.MULTILINE)
    assert set(names) == set(BROKEN_BY), "each contract has its scratch import"
    for file, scratch in BROKEN_BY.values():
        with (tmp_path / file).open("a", encoding="utf-8") as module:
            module.write(f"\n{scratch}\n")
    said = linted(tmp_path)
    assert f"Contracts: 0 kept, {len(names)} broken." in said, said
    sections = said.partition("Broken contracts")[2]
    for name, (file, _) in BROKEN_BY.items():
        section = sections.partition(f"\n{name}\n")[2]
        broken = file.removeprefix("gui/").removesuffix(".py").replace("/", ".")
        assert f"{broken} ->" in section, f"{name}: {section[:800]}"

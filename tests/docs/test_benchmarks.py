# SPDX-License-Identifier: MIT
"""Benchmarks rot unseen: mypy reads them with all else, here each is imported, and the app's are run, small."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_benchmark_can_be_imported(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))  # some put the root on it
    assert importlib.import_module(f"benchmarks.{name}").__doc__


def test_mypy_reads_the_benchmarks() -> None:
    assert '"benchmarks"]' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("section", ["take", "drag", "memory", "start", "shooting", "scrub", "edit", "idle"])
def test_the_app_is_measured(section: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from benchmarks import gui_app

    for name, small in (
        ("TAKE_S", 0.6),
        ("DRAG_S", 0.9),
        ("TAKES", 2),
        ("STARTS", 1),
        ("FRAMES", 5),
        ("SCRUBS", 20),
        ("IDLE_S", 0.1),
    ):
        monkeypatch.setattr(gui_app, name, small)
    gui_app.SECTIONS[section]()
    said = capsys.readouterr().out
    assert said.startswith(section)
    assert "nan" not in said

"""What the firmware's tests need of the machine; without it they are skipped, or failed where CI=true."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.units import BOARD_HEX, BOARD_SCRIPT, FIRMWARE, UNIT_PROCESS


def lacking(what: str) -> None:
    """Skips the test, naming what is missing; fails it where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"this needs {what}", pytrace=False)
    pytest.skip(f"this needs {what}")


@functools.cache
def _make(target: str) -> str:
    """Builds a target of the firmware's Makefile; what went wrong, or nothing."""
    made = subprocess.run(["make", "-C", str(FIRMWARE), target], capture_output=True, text=True, check=False)
    return "" if made.returncode == 0 else made.stdout + made.stderr


def need_build(target: str, tool: str, product: Path) -> None:
    """Brings a product of the firmware's Makefile up to date; needs `tool`."""
    if shutil.which(tool) is None or shutil.which("make") is None:
        lacking(f"{tool} and make")
    problem = _make(target)
    assert not problem, problem
    assert product.exists(), f"make {target} did not leave {product}"


def need_bench() -> None:
    """Node and avr8js, for the emulated board."""
    if shutil.which("node") is None:
        lacking("node")
    if not (BOARD_SCRIPT.parent / "node_modules" / "avr8js").is_dir():
        lacking("avr8js: run `npm ci` in firmware/bench")


def need_board() -> None:
    """The emulated board with the unit's firmware on it."""
    need_bench()
    need_build("avr", "avr-gcc", BOARD_HEX)


def need_process() -> None:
    """The firmware's core as a process."""
    need_build("host", os.environ.get("CC", "cc"), UNIT_PROCESS)

# SPDX-License-Identifier: MIT
"""The firmware tests' needs of the machine; without them they are skipped, or failed where CI=true."""

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
    """Builds a target of the firmware's Makefile; what went wrong, or nothing.

    One at a time: tests that run beside each other must not build one file at once, nor run what is half written.
    """
    import fcntl  # wherever there is a make

    (FIRMWARE / "build").mkdir(exist_ok=True)
    with (FIRMWARE / "build" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(["make", "-C", str(FIRMWARE), target], capture_output=True, text=True, check=False)
    return "" if made.returncode == 0 else made.stdout + made.stderr


def _built(target: str, tool: str, product: Path) -> str:
    """Brings a product of the firmware's Makefile up to date; the tool that is missing, or nothing."""
    for needed in (tool, "make"):
        if shutil.which(needed) is None:
            return needed
    problem = _make(target)
    assert not problem, problem
    assert product.exists(), f"make {target} did not leave {product}"
    return ""


def missing_for_bench() -> str:
    """The tools missing to run a program on the emulated board; empty if all are there."""
    if shutil.which("node") is None:
        return "node"
    if not (BOARD_SCRIPT.parent / "node_modules" / "avr8js").is_dir():
        return "avr8js: run `npm ci` in firmware/bench"
    return ""


def missing_for_board() -> str:
    """The tools missing to run the unit's firmware on the emulated board; it is built first."""
    return missing_for_bench() or _built("avr", "avr-gcc", BOARD_HEX)


def need_bench() -> None:
    """Node and avr8js, for the emulated board."""
    if missing := missing_for_bench():
        lacking(missing)


def need_board() -> None:
    """The emulated board with the unit's firmware on it."""
    if missing := missing_for_board():
        lacking(missing)


def need_core(target: str, product: Path) -> None:
    """The firmware's core, built for this computer."""
    if missing := _built(target, os.environ.get("CC", "cc"), product):
        lacking(missing)


def need_process() -> None:
    """The firmware's core as a process."""
    need_core("host", UNIT_PROCESS)

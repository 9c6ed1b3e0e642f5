# SPDX-License-Identifier: MIT
"""The pins are where the count says after every cut: on the emulated board, on the core, on the simulated unit.

A seeded sample; `FOLLOWFOCUS_CAMPAIGN=full` makes at least 10,000 cuts on each.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable

import pytest

from tests.conformance.tools import need_board
from tests.conformance.units import BOARD_HEX, FIRMWARE, Bench, SimulatedBench, running
from tests.firmware.core import CoreBench
from tests.firmware.cuts import play, scenes

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
CUTS = 12_000 if FULL else 120
A_UNIT = 25
"""Cuts that one unit takes before the next is switched on: its log of edges gets long."""

UNITS: dict[str, Callable[[], Bench]] = {"core": CoreBench, "simulated": SimulatedBench}


@pytest.mark.timeout(7200 if FULL else 300)
@pytest.mark.parametrize("unit", UNITS)
def test_after_every_cut_the_pins_are_where_the_count_says(unit: str) -> None:
    draw = random.Random(1)
    every = list(scenes())
    made = 0
    while made < CUTS:
        scene = every[made % len(every)] if FULL else draw.choice(every)
        cuts = A_UNIT if FULL else 2
        with running(UNITS[unit]()) as bench:
            play(scene, bench, cuts, draw)
        made += cuts if FULL else 2
    assert made >= CUTS


@pytest.mark.board
@pytest.mark.timeout(7200 if FULL else 300)
def test_after_every_cut_the_boards_pins_are_where_the_count_says() -> None:
    need_board()
    bench = FIRMWARE / "bench" / "cuts.mjs"
    command = ["node", str(bench), str(BOARD_HEX), str(FIRMWARE / "src" / "messages.h"), "--cuts", str(CUTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in lines if line.get("wrong")] == []
    assert done.returncode == 0, done.stderr
    assert lines[-1]["cuts"] >= CUTS

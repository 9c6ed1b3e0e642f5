# SPDX-License-Identifier: MIT
"""The cost of exporting a long log: peak memory and seconds of `followfocus takes export`, by number of takes.

    python benchmarks/take_export.py [TAKES]...

CSV and JSON go out take by take, so memory stays what it is at a thousand takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import context_of
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import open_unit

TAKES = (1_000, 10_000, 100_000)
ENDINGS = ("csv", "json")


def fill(path: Path, takes: int) -> None:
    """A log of so many takes at `path`, each with its traces."""
    lens = load_lens("ideal-50")
    plan = make_plan(lens, Pull.between(Mark("A", 82.5), Mark("B", 41.25), 2.0))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
        context = context_of(plan, unit.info, pull="A → B")
    with TakeLog(path) as log:
        log._db.execute("PRAGMA synchronous = OFF")  # filling is not what is measured
        for number in range(takes):
            slate = Slate(str(number // 200 + 1), setup=number // 20 % 10, take=number % 20 + 1)
            log.append(replace(take, take=slate.take), replace(context, slate=slate))


def exported(log: Path, to: Path) -> tuple[float, float]:
    """Peak memory in MB and seconds of the export."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "followfocus", "takes", "export", str(log), "-o", str(to)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return used.ru_maxrss / 1024, time.perf_counter() - began


def main() -> None:
    """Fill and export, and print a line each."""
    for takes in [int(word) for word in sys.argv[1:]] or TAKES:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "t.db"
            fill(log, takes)
            for ending in ENDINGS:
                to = Path(folder) / f"t.{ending}"
                peak_mb, seconds = exported(log, to)
                size_mb = to.stat().st_size / 1e6
                print(
                    f"{takes:8,} takes  {ending:4}  {size_mb:7.1f} MB  peak {peak_mb:5.0f} MB  {seconds:6.1f} s",
                    flush=True,
                )


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""The cost of exporting a long log: peak memory, CPU and seconds of `followfocus takes export`, by number of takes.

    python benchmarks/take_export.py [--beside FOLDER] [TAKES]...

CSV and JSON go out take by take, so memory stays what it is at a thousand takes; a focus log has a curve a take, which
is read when it is drawn. `--beside` does the same with another checkout of this project, to compare in one run.
"""

from __future__ import annotations

import argparse
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

TAKES = (1_000, 10_000)
KINDS = {
    "csv": (".csv", "camera"),
    "json": (".json", "camera"),
    "camera": (".pdf", "camera"),
    "focus": (".pdf", "focus"),
}
HERE = Path(__file__).parents[1]


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


def exported(log: Path, to: Path, report: str, checkout: Path) -> tuple[float, float, float]:
    """Peak memory in MB, seconds of CPU, and seconds of the export by a checkout of this project."""
    began = time.perf_counter()
    words = ["takes", "export", str(log), "-o", str(to), "--report", report]
    command = [sys.executable, "-m", "followfocus", *words]
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0
    return used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, time.perf_counter() - began


def main() -> None:
    """Fill and export, and print a line each."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("takes", nargs="*", type=int, default=TAKES)
    asked.add_argument("--beside", type=Path)
    wish = asked.parse_args()
    for takes in wish.takes:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "t.db"
            fill(log, takes)
            for kind, (ending, report) in KINDS.items():
                to = Path(folder) / f"t{ending}"
                for name, checkout in (("beside", wish.beside), ("here", HERE)):
                    if checkout is None:
                        continue
                    peak_mb, cpu_s, seconds = exported(log, to, report, checkout)
                    print(
                        f"{takes:8,} takes  {kind:6}  {name:6}  {to.stat().st_size / 1e6:6.1f} MB"
                        f"  peak {peak_mb:5.0f} MB  {cpu_s:6.1f} s of CPU  {seconds:6.1f} s",
                        flush=True,
                    )


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""The take log with 100,000 takes: how long listing, filtering and appending take, and what a take weighs on disk.

Prints milliseconds (median and 95th percentile of 30 tries) and ratios within this run.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from followfocus.lens.map import load_lens
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import context_of
from followfocus.takes.log import TakeLog, TakeQuery
from followfocus.takes.takes import Verdict
from followfocus.unit.connect import open_unit

TAKES = 100_000
TRIES = 30


def timed(what: str, job: Callable[[], object]) -> None:
    """Print how long a job takes."""
    spent = []
    for _ in range(TRIES):
        before = time.perf_counter()
        job()
        spent.append((time.perf_counter() - before) * 1e3)
    spent.sort()
    print(f"{what:44} {statistics.median(spent):8.2f} ms   p95 {spent[int(0.95 * TRIES)]:8.2f} ms")


def main() -> None:
    """Fill a log and ask it."""
    takes = int(sys.argv[1]) if len(sys.argv) > 1 else TAKES
    lens = load_lens("ideal-50")
    plan = make_plan(lens, Pull.between(Mark("A", 82.5), Mark("B", 41.25), 2.0))
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
        context = context_of(plan, unit.info, pull="A → B")
    with tempfile.TemporaryDirectory() as folder, TakeLog(Path(folder) / "t.db") as log:
        for _ in range(100):
            log.append(take, context)
        timed("append, after 100 takes", lambda: log.append(take, context))
        log._db.execute("PRAGMA synchronous = OFF")  # filling is not what is measured
        verdicts = (Verdict.GOOD, Verdict.GOOD, Verdict.GOOD, Verdict.SOFT, Verdict.STOPPED)
        for number in range(takes - log.count()):
            slate = Slate(str(number // 200 + 1), setup=number // 20 % 10, take=number % 20 + 1)
            log.append(replace(take, take=slate.take, verdict=verdicts[number % 5]), replace(context, slate=slate))
        log._db.execute("PRAGMA synchronous = FULL")
        log._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = (Path(folder) / "t.db").stat().st_size
        print(f"{log.count():,} takes, {size / log.count():,.0f} bytes a take, two traces of about 100 points in each")
        timed(f"append, after {log.count():,} takes", lambda: log.append(take, context))
        timed("the 100 newest", lambda: log.rows(TakeQuery(newest_first=True, limit=100)))
        timed("a page of 50 in the middle", lambda: log.rows(TakeQuery(newest_first=True, limit=50, before=takes // 2)))
        timed("a scene (200 takes)", lambda: log.rows(TakeQuery(scene="250")))
        timed(
            "newest 100 that were stopped", lambda: log.rows(TakeQuery(verdict="stopped", newest_first=True, limit=100))
        )
        timed("how many are good", lambda: log.count(TakeQuery(verdict="good")))
        timed("text, newest 100", lambda: log.rows(TakeQuery(text="27A", newest_first=True, limit=100)))
        timed("text that is nowhere", lambda: log.rows(TakeQuery(text="xyzzy")))
        timed("one take with its traces", lambda: log.take(takes // 2))


if __name__ == "__main__":
    main()

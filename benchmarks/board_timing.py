# SPDX-License-Identifier: MIT
"""Step timing of the firmware on the emulated board, by its own clock: the standard jobs, and the fastest clean rate.

    python benchmarks/board_timing.py [--takes 10]

Every job is planned, uploaded and started by the host's own code, forward and back in turn; "busy" is with telemetry at
its fastest and a question as soon as the last one is answered.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.conformance.tools import missing_for_board
from tests.conformance.units import BoardBench, running
from tests.firmware.jobs import JOBS, Rig, clean_at

TICK_HZ = 16_000_000


def jobs(takes: int) -> None:
    """Prints a row for each job, quiet and busy."""
    print("| job | line | takes each way | worst step | worst position | duration off | spread | questions a second |")
    print("|---|---|---|---|---|---|---|---|")
    for job in JOBS:
        for busy in (False, True):
            with running(BoardBench()) as board:
                worst = Rig(board).measure(job, takes, busy=busy)
            print(
                f"| {job.name}: {job.steps} steps in {job.duration_s:g} s | {'busy' if busy else 'quiet'} | {takes} "
                f"| {worst.worst_step_us:.2f} µs | {worst.worst_position_steps:.3f} steps "
                f"| {worst.worst_duration_us:.2f} µs | {worst.spread_cycles} cycles | {worst.polls_a_s:.0f} |",
                flush=True,
            )


def fastest(lowest_ticks: int = 150, highest_ticks: int = 400) -> int:
    """The shortest interval at which a constant rate is clean with the line busy, by halving."""
    while lowest_ticks < highest_ticks:
        middle = (lowest_ticks + highest_ticks) // 2
        if clean(middle):
            highest_ticks = middle
        else:
            lowest_ticks = middle + 1
    return highest_ticks


def clean(interval_ticks: int) -> bool:
    """Clean, where a profile that is refused as too fast is not."""
    try:
        return clean_at(interval_ticks)
    except AssertionError:
        return False


def main() -> None:
    """Prints both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takes", type=int, default=10, help="takes in each direction")
    takes = parser.parse_args().takes
    problem = missing_for_board()
    if problem:
        sys.exit(f"The emulated board can't run here: this needs {problem}.")
    jobs(takes)
    ticks = fastest()
    print(f"\nHighest clean constant rate with the line busy: {TICK_HZ / ticks:,.0f} steps/s ({ticks} ticks).")


if __name__ == "__main__":
    main()

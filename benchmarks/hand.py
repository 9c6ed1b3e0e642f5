# SPDX-License-Identifier: MIT
"""How a hand is followed, from its event to the step edges, on the simulated unit and on the emulated board.

    python benchmarks/hand.py [--units simulated board]

Every event goes the product's own way; what is measured are the STEP and DIR pins (tests/support/followed.py says how).
First from the estimator on (Following, line, unit), then through all that the app has before it, with the manners that
a wheel begins with: which wheel has the ring, the 1-euro filter, clicks, and the ticks between events. The rig is the
desk's own: 23.1 steps to a degree, 3,000°/s².

"first step" is from the hand's passing half a step to the first edge. Of it, "till its event" had passed before the
hand said so: that is the hand's own, up to 10 ms at 100 events a second, and as much more as they come late. "after
it" is the product's. Below 0 the words before were enough to foretell it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from followfocus.unit.unit import FollowFocusUnit
from tests.conformance.tools import missing_for_board
from tests.conformance.units import Bench, BoardBench, SimulatedBench, running
from tests.support.followed import (
    START_DEG,
    Events,
    Followed,
    Hand,
    SlowLine,
    braked,
    client_of,
    dead_stop,
    follow,
    follow_by_hand,
    ready,
    smooth,
    swing,
    turn,
)

UNITS: dict[str, Callable[[], Any]] = {"simulated": SimulatedBench, "board": BoardBench}
REST_S = 0.2
CLICKS_HZ = 1000
"""A click is heard of within a millisecond"""


@dataclass(frozen=True, slots=True)
class Row:
    """A hand, how it speaks, for how long, and its figures."""

    name: str
    hand: Hand
    duration_s: float
    events: Events = field(default_factory=Events)
    line_s: float = 0.0
    late_s: float = 0.0
    by_hand: bool = False
    """Through all that the app has"""
    counts: float = 0.0
    """Counts to a degree of a wheel without ends; 0 for an absolute control"""


def rows() -> list[Row]:
    """The table of the hand."""
    table = []
    for jitter_s in (0.0, 0.004):
        events = Events(jitter_s=jitter_s)
        note = ", 4 ms jitter" if jitter_s else ""
        table += [Row(f"{speed}°/s{note}", turn(speed), 2.0, events) for speed in (2, 20, 60)]
        table += [Row(f"±15°, 1 Hz{note}", swing(15, 1), 3.3, events)]
        table += [Row(f"±40°, 0.5 Hz{note}", swing(40, 0.5), 4.3, events)]
        table += [Row(f"60°/s braked at 600°/s²{note}", braked(60, 0.603), 1.2, events)]
        table += [Row(f"30° minimum jerk in 0.5 s{note}", smooth(30, 0.5), 1.0, events)]
    table += [Row(f"{speed}°/s, 30 Hz", turn(speed), 2.0, Events(30)) for speed in (2, 20, 60)]
    table += [Row("±15°, 1 Hz, 30 Hz", swing(15, 1), 3.3, Events(30))]
    table += [Row("±40°, 0.5 Hz, 30 Hz", swing(40, 0.5), 4.3, Events(30))]
    table += [Row(f"{speed}°/s, 16 ms line", turn(speed), 2.0, line_s=0.016) for speed in (20, 60)]
    table += [Row("±15°, 1 Hz, 16 ms line", swing(15, 1), 3.3, line_s=0.016)]
    table += [Row("20°/s, 0.3° detents", turn(20), 2.0, Events(grain_deg=0.3))]
    table += [Row(f"{speed}°/s, dead stop", dead_stop(speed, 0.6), 1.2) for speed in (20, 60)]
    table += [Row("60°/s, words late by up to 16 ms", turn(60), 2.0, late_s=0.016)]
    return table + app_rows()


def app_rows() -> list[Row]:
    """The same through all that the app has: an absolute control, then wheels without ends."""
    table = []
    for words, events in ((", 4 ms jitter", Events(jitter_s=0.004)), ("", Events()), (", 30 Hz", Events(30))):
        table += [Row(f"app: {speed}°/s{words}", turn(speed), 2.0, events, by_hand=True) for speed in (2, 20, 60)]
        table += [Row(f"app: ±15°, 1 Hz{words}", swing(15, 1), 3.3, events, by_hand=True)]
        table += [Row(f"app: ±40°, 0.5 Hz{words}", swing(40, 0.5), 4.3, events, by_hand=True)]
        table += [Row(f"app: 60°/s braked at 600°/s²{words}", braked(60, 0.603), 1.2, events, by_hand=True)]
    for words, counts, events in (("64 counts/°", 64.0, Events()), ("0.3° clicks", 1 / 0.3, Events(CLICKS_HZ))):
        table += [
            Row(f"app: {speed}°/s, {words}", turn(speed), 2.0, events, by_hand=True, counts=counts)
            for speed in (20, 60)
        ]
    return table


def measure(bench: Bench, unit: FollowFocusUnit, row: Row) -> Followed:
    """One row, from a ring at rest."""
    unit.goto_deg(START_DEG)
    unit.link.sleep(REST_S)
    if row.by_hand:
        return follow_by_hand(bench, unit, row.hand, row.duration_s, row.events, row.counts)
    return follow(bench, unit, row.hand, row.duration_s, row.events)


def run(name: str) -> None:
    """Prints a unit's table."""
    print(f"\n## {name}\n\n| hand | lag | ripple | error | overshoot | first step | till its event | after it |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows():
        with running(UNITS[name]()) as bench, client_of(bench, SlowLine(row.line_s, row.late_s)) as unit:
            ready(unit)
            followed = measure(bench, unit, row)
            counted = unit.refresh().position
            if followed.position != counted:
                sys.exit(f"{row.name}: the unit says {counted}, the pins made it {followed.position}.")
        rests = row.hand(row.duration_s) == row.hand(row.duration_s - 0.1)
        over = f"{followed.overshoot_steps():.2f} steps" if rests else ""
        print(
            f"| {row.name} | {1e3 * followed.lag_s():.1f} ms | {100 * followed.ripple():.1f} % "
            f"| {followed.error_deg():.2f}° | {over} | {1e3 * followed.first_step_late_s():.1f} ms "
            f"| {1e3 * followed.untold_s():.1f} ms | {1e3 * followed.first_step_after_word_s():.1f} ms |",
            flush=True,
        )


def main() -> None:
    """Prints the table for each unit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", nargs="+", choices=tuple(UNITS), default=tuple(UNITS))
    units = parser.parse_args().units
    problem = missing_for_board() if "board" in units else ""
    if problem:
        sys.exit(f"The emulated board can't run here: this needs {problem}.")
    for name in units:
        run(name)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""How often the statistics of takes cry wolf, and what they find: measured for n = 3 to 50, for docs/statistics.md.

Made-up landings as a witness sees them: normal noise of a standard deviation that is large against a motor step, so
that no floor helps; then with a drift over all takes, with one take apart, with a slip of four full steps in noise of
a step, and with a warm-up. Shares of seeded trials.

Run: `python benchmarks/take_statistics.py [TRIALS] [--write]`; --write puts the table into docs/statistics.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from followfocus.motion.motor import DEFAULT_RIG as RIG
from followfocus.takes.landings import Landing
from followfocus.takes.repeatability import Repeatability, repeatability

FloatArray = npt.NDArray[np.float64]
STEP, CYCLE = RIG.ring_deg_per_step, 4 * RIG.ring_deg_per_full_step
NOISE_DEG = 0.3
COUNTS = (3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 30, 40, 50)
TRIALS = 2_000
DRIFT_SD, ODD_SD, WARM_DEG = 6.0, 10.0, 2.0
PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of the table -->"


def found_in(errors: FloatArray) -> Repeatability:
    """The repeatability reported for takes with these landing errors."""
    landings = [
        Landing(
            n, "x", float(error), 9.0, 1000, 100, 16e6, "good", landed_by="witness", counter_deg=0.0, behind_deg=0.0,
            step_deg=STEP, full_step_deg=RIG.ring_deg_per_full_step,
        )
        for n, error in enumerate(errors, start=1)
    ]  # fmt: skip
    return repeatability(landings, RIG)[0]


def noise(chance: np.random.Generator, count: int) -> FloatArray:
    """Takes that only scatter."""
    return chance.normal(0.0, NOISE_DEG, count)


def drifting(chance: np.random.Generator, count: int) -> FloatArray:
    """A drift of six standard deviations from the first take to the last."""
    return noise(chance, count) + np.linspace(0.0, DRIFT_SD * NOISE_DEG, count)


def one_apart(chance: np.random.Generator, count: int) -> FloatArray:
    """One take ten standard deviations off."""
    errors = noise(chance, count)
    errors[chance.integers(count)] += ODD_SD * NOISE_DEG
    return errors


def slipped(chance: np.random.Generator, count: int) -> FloatArray:
    """Noise of a step, and a slip by one electrical cycle in some take after the first."""
    errors = np.asarray(chance.integers(-1, 2, count) * STEP, dtype=np.float64)
    errors[chance.integers(1, count) :] += CYCLE
    return errors


def warming(chance: np.random.Generator, count: int) -> FloatArray:
    """A smooth warm-up by two degrees, in noise of half a step."""
    return WARM_DEG * (1 - np.exp(-np.arange(count) / (count / 4))) + chance.normal(0.0, STEP / 2, count)


def share(make: Callable[[np.random.Generator, int], FloatArray], count: int, trials: int,
          so: Callable[[Repeatability], bool]) -> float:  # fmt: skip
    """In what share of trials `so` holds of what is said."""
    chance = np.random.default_rng(count)
    return sum(so(found_in(make(chance, count))) for _ in range(trials)) / trials


def rows(trials: int = TRIALS, counts: tuple[int, ...] = COUNTS) -> list[tuple[int, float, float, float, float, float]]:
    """(takes, false alarms, drift found, odd one found, slip found at its take, warm-up told as jumps) by takes."""
    return [
        (
            count,
            share(noise, count, trials, lambda found: found.alarmed),
            share(drifting, count, trials, lambda found: found.trend_deg != 0.0),
            share(one_apart, count, trials, lambda found: len(found.odd) == 1),
            share(slipped, count, trials, lambda found: [abs(jump.full_steps) for jump in found.jumps] == [4]),
            share(warming, count, trials, lambda found: bool(found.jumps)),
        )
        for count in counts
    ]


def table(found: list[tuple[int, float, float, float, float, float]]) -> str:
    """The rows as Markdown."""
    lines = ["| takes | false alarms | drift found | odd one found | slip found | warm-up told as jumps |",
             "|---:|---:|---:|---:|---:|---:|"]  # fmt: skip
    return "\n".join([*lines, *(f"| {n} | " + " | ".join(f"{x:.1%}" for x in shares) + " |" for n, *shares in found)])


if __name__ == "__main__":
    made = table(rows(int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else TRIALS))
    print(made)
    if "--write" in sys.argv:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{made}\n\n{END}{rest.partition(END)[2]}", "utf-8")

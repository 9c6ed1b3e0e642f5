# SPDX-License-Identifier: MIT
"""How well slips are told from noise, how seldom noise is taken for one, and how long judging takes costs.

Landings are made up: noise of whole steps, evenly from -n to n, or normal with a standard deviation in steps; a slip is
one electrical cycle (four full steps, 64 microsteps). Prints shares of seeded trials and milliseconds.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt

from followfocus.motion.motor import DEFAULT_RIG
from followfocus.takes.landings import Landing
from followfocus.takes.repeatability import repeatability
from followfocus.takes.warnings import warnings_before

RIG = DEFAULT_RIG
STEP = RIG.ring_deg_per_step
TAKES, TRIALS = 40, 2_000
NOISES = ("even 1", "even 2", "normal 1", "normal 3", "normal 6")


def landings(errors: npt.NDArray[np.float64]) -> list[Landing]:
    """Made-up takes, seen by a witness."""
    return [
        Landing(n, "x", float(error), 1.5, 32_000_000, 1_000, 16e6, "good", 20.0, "witness")
        for n, error in enumerate(errors, start=1)
    ]


def noise(kind: str, chance: np.random.Generator, takes: int) -> npt.NDArray[np.float64]:
    """Landing errors in degrees."""
    name, size = kind.split()
    if name == "even":
        return np.asarray(chance.integers(-int(size), int(size) + 1, takes) * STEP, dtype=np.float64)
    return chance.normal(0.0, float(size), takes) * STEP


def tell() -> None:
    """Slips of one cycle found at their very take, and false alarms where there is none."""
    print(f"{TRIALS} series of {TAKES} takes each    slip found   jump     odd     drift  (where there is none)")
    for kind in NOISES:
        chance = np.random.default_rng(1)
        hits = jumps = odd = drifts = 0
        for _ in range(TRIALS):
            errors = noise(kind, chance, TAKES)
            (plain,) = repeatability(landings(errors), RIG)
            jumps, odd, drifts = jumps + bool(plain.jumps), odd + bool(plain.odd), drifts + bool(plain.trend_deg)
            at = int(chance.integers(1, TAKES))
            errors[at:] += 64 * STEP
            (slipped,) = repeatability(landings(errors), RIG)
            hits += [jump.number for jump in slipped.jumps] == [at + 1]
        shares = [f"{100 * count / TRIALS:7.2f}%" for count in (hits, jumps, odd, drifts)]
        print(f"noise {kind + ' steps':24} {'  '.join(shares)}")


def cost() -> None:
    """Milliseconds to judge so many takes, and to look for warnings before the next."""
    for takes in (100, 1_000, 10_000, 100_000):
        made = landings(noise("even 1", np.random.default_rng(2), takes))
        before = time.perf_counter()
        repeatability(made, RIG)
        between = time.perf_counter()
        warnings_before(made, RIG)
        after = time.perf_counter()
        judged_ms, warned_ms = (between - before) * 1e3, (after - between) * 1e3
        print(f"{takes:7} takes: judged in {judged_ms:8.1f} ms, warned of in {warned_ms:8.1f} ms")


if __name__ == "__main__":
    tell()
    cost()

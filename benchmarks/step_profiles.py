# SPDX-License-Identifier: MIT
"""Compile time, segments and worst error for the standard jobs, and how they grow from 100 to 1,000,000 steps.

Times are medians of repeated runs on the machine at hand; compare ratios, not machines.
"""

from __future__ import annotations

import statistics
import time

from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.steps.profile import StepProfile, compile_profile

STEPS_PER_DEG = 10.0
JOBS = {"J1": (4_000, 1.0), "J2": (1_600, 2.0), "J3": (1_600, 0.35), "J4": (24_000, 5.0)}


def motion(steps: int, duration_s: float) -> Motion:
    """A minimum-jerk pull of so many steps."""
    return motion_of(Pull.between(Mark("A", 0.0), Mark("B", steps / STEPS_PER_DEG), duration_s))


def timed(steps: int, duration_s: float, runs: int) -> tuple[StepProfile, float]:
    """The profile, and the median milliseconds to compile it."""
    took = []
    for _ in range(runs):
        begin = time.perf_counter()
        profile = compile_profile(motion(steps, duration_s), STEPS_PER_DEG)
        took.append((time.perf_counter() - begin) * 1e3)
    return profile, statistics.median(took)


def main() -> None:
    """Print both tables."""
    print(f"{'job':>10} {'steps':>9} {'seconds':>8} {'segments':>9} {'worst µs':>9} {'ms':>8} {'µs/step':>8}")
    rows = [(name, *job, 9) for name, job in JOBS.items()]
    rows += [(f"10^{n}", 10**n, max(10**n / 5_000, 0.1), 3 if n == 6 else 5) for n in range(2, 7)]
    for name, steps, duration_s, runs in rows:
        profile, ms = timed(steps, duration_s, runs)
        print(
            f"{name:>10} {steps:>9} {duration_s:>8.2f} {len(profile.segments):>9} {profile.worst_error_us:>9.3f}"
            f" {ms:>8.1f} {ms * 1e3 / steps:>8.2f}"
        )


if __name__ == "__main__":
    main()

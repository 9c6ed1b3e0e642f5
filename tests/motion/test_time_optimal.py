# SPDX-License-Identifier: MIT
"""The fastest move from rest to rest within limits of speed, acceleration and jerk, in each of its four shapes."""

from __future__ import annotations

import math

import pytest

from followfocus.motion.limits import time_optimal_duration


@pytest.mark.parametrize(
    ("distance", "speed", "accel", "jerk", "seconds"),
    [
        (1000.0, 600.0, 3000.0, 30_000.0, 1000 / 600 + 600 / 3000 + 3000 / 30_000),
        (1000.0, 100.0, 3000.0, 30_000.0, 1000 / 100 + 2 * math.sqrt(100 / 30_000)),
        (100.0, 6000.0, 3000.0, 30_000.0, 0.1 + math.sqrt(0.01 + 4 * 100 / 3000)),
        (1.0, 600.0, 3000.0, 30_000.0, math.cbrt(32 / 30_000)),
        (-1.0, 600.0, 3000.0, 30_000.0, math.cbrt(32 / 30_000)),
        (300.0, 600.0, 3000.0, math.inf, 300 / 600 + 600 / 3000),
    ],
    ids=["all limits", "acceleration not reached", "speed not reached", "jerk alone", "backwards", "no limit of jerk"],
)
def test_each_shape(distance: float, speed: float, accel: float, jerk: float, seconds: float) -> None:
    assert time_optimal_duration(distance, speed, accel, jerk) == pytest.approx(seconds)

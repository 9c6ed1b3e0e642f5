# SPDX-License-Identifier: MIT
"""The rate of a clock over one take: the long measure, where the questions asked meanwhile don't say otherwise."""

from __future__ import annotations

import itertools
import random

import pytest

from followfocus.wire.clockreading import KNOWN, ClockReading
from followfocus.wire.clocksync import ClockSync
from tests.support.golden import Cell, assert_goes_as_it_did

HZ = 16e6
TAKE_S = 1.2


def heard(
    before_ppm: float, take_ppm: float, there_s: float, back_s: float, seed: int, before_s: float = 3.0
) -> tuple[ClockReading, int, int]:
    """A reading by a take's end, and the unit's clock at its beginning and end; the clock may change its rate for it.

    Questions take up to `there_s` longer than their 0.2 ms there,
    all that comes back up to `back_s` longer than 1.8 ms.
    """
    sync, draw = ClockSync(HZ), random.Random(seed)
    at_s, ticks, start = 0.0, 5.0 * HZ, 0.0
    while at_s < before_s + TAKE_S:
        start = start or (ticks if at_s >= before_s else 0.0)
        ticks += 0.02 * HZ * (1 + (take_ppm if at_s >= before_s else before_ppm) * 1e-6)
        at_s += 0.02
        received_s = 100.0 + at_s + 0.0018 + back_s * draw.random() ** 2
        sync.add(round(ticks), received_s)
        if round(at_s * 50) % 5 == 0:
            sync.add_round_trip(round(ticks), 100.0 + at_s - 2e-4 - there_s * draw.random(), received_s, 0.8)
    return sync.reading, round(start), round(ticks)


CASES = list(
    itertools.product((0.0, 40.0, -3000.0), (0.0, 500.0, 20_000.0), (2e-5, 1e-3), (1e-4, 8e-3), range(2), (0.3, 3.0))
)


def test_the_rate_over_a_take_is_what_it_was_and_as_right_as_it_says() -> None:
    rows: list[tuple[Cell, ...]] = []
    wrong = 0
    for ppm, change, there_s, back_s, seed, before_s in CASES:
        reading, start, end = heard(ppm, ppm + change, there_s, back_s, seed, before_s)
        found, true_hz = reading.rate_over(start, end), HZ * (1 + (ppm + change) * 1e-6)
        told = () if found is None else (found.hz / HZ - 1, found.within_hz / HZ, found.span_s)
        rows.append((ppm, change, there_s, back_s, seed, before_s, *told))
        wrong += not change and found is not None and abs(found.hz - true_hz) > found.within_hz + 1
    assert_goes_as_it_did("rate-of-a-take", rows)
    assert wrong == 0


def test_a_clock_that_stays_as_it_was_is_known_by_the_long_measure() -> None:
    for seed in range(8):
        reading, start, end = heard(300.0, 300.0, 2e-5, 1e-4, seed)
        assert reading.rate_over(start, end) == reading.estimate()


@pytest.mark.parametrize("change_ppm", [-20_000.0, 20_000.0])
def test_a_clock_that_surely_runs_otherwise_is_known_by_the_questions_alone(change_ppm: float) -> None:
    for seed in range(8):
        reading, start, end = heard(300.0, 300.0 + change_ppm, 2e-5, 1e-4, seed)
        long, found = reading.estimate(), reading.rate_over(start, end)
        assert long is not None
        assert found is not None
        assert abs(found.hz - HZ * (1 + (300.0 + change_ppm) * 1e-6)) <= found.within_hz
        assert abs(long.hz - found.hz) > found.within_hz
        assert found.span_s == pytest.approx(TAKE_S, abs=0.11)
        assert found.within_hz < 4 * KNOWN * HZ


def test_a_clock_that_likely_runs_otherwise_is_known_by_neither_alone() -> None:
    """The sure bounds of the questions are wide where answers come late; how alike they went there tells more."""
    for seed in range(8):
        reading, start, end = heard(0.0, 900.0, 2e-5, 8e-3, seed)
        long, found = reading.estimate(), reading.rate_over(start, end)
        assert long is not None
        assert found is not None
        assert found.hz - found.within_hz <= long.hz - long.within_hz + 1
        assert found.hz + found.within_hz >= HZ * (1 + 900e-6) - 1

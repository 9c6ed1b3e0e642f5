# SPDX-License-Identifier: MIT
"""The estimate of a unit's clock: right within its own error bars, and not fooled by delays."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.wire.clockreading import CRYSTAL, KNOWN
from followfocus.wire.clocksync import STRETCH_S, WINDOW_S, ClockSync

HZ = 16e6


def fed(error: float, seconds: float, jitter_s: float = 0.0, seed: int = 0, boot_s: float = 3.0) -> ClockSync:
    """A sync with 50 timestamps a second from a clock `error` fast, each late by 1.8 ms and up to `jitter_s` more."""
    sync, chance = ClockSync(HZ), random.Random(seed)
    for number in range(int(seconds * 50)):
        at_s = number * 0.02
        late_s = 0.0018 + jitter_s * chance.random() ** 3
        sync.add(round((boot_s + at_s) * HZ * (1 + error)), 100.0 + at_s + late_s)
    return sync


def test_nothing_is_said_too_soon() -> None:
    assert ClockSync(HZ).reading.rate() is None
    assert ClockSync(HZ).reading.true_hz() == HZ
    assert ClockSync(HZ).reading.host_s(0) is None
    assert fed(0.005, 0.5).reading.rate() is None
    assert fed(0.005, 0.5).reading.true_hz() == HZ


@settings(deadline=None)
@given(error=st.floats(-0.01, 0.01), jitter_s=st.sampled_from([0.0, 0.0005, 0.002]), seed=st.integers(0, 1000))
def test_the_rate_is_as_right_as_it_says(error: float, jitter_s: float, seed: int) -> None:
    rate = fed(error, 2.0, jitter_s, seed).reading.rate()
    assert rate is not None
    assert abs(rate.hz - HZ * (1 + error)) <= rate.within_hz + 1
    assert rate.within_hz < 9e-4 * HZ


@pytest.mark.parametrize("error", [0.005, -0.005, 0.001])
def test_a_resonators_error_is_corrected(error: float) -> None:
    assert fed(error, 1.5).reading.true_hz() == pytest.approx(HZ * (1 + error), rel=1e-4)


@settings(deadline=None)
@given(error=st.floats(-1e-4, 1e-4), jitter_s=st.floats(0.0, 0.016), seed=st.integers(0, 1000))
def test_a_crystals_error_is_left_alone_on_any_line(error: float, jitter_s: float, seed: int) -> None:
    """A USB converter may bring its bytes 16 ms late."""
    assert fed(error, 1.0, jitter_s, seed).reading.true_hz() == HZ
    assert CRYSTAL >= 1e-4


def test_ticks_are_turned_into_the_hosts_time() -> None:
    sync = fed(0.003, 2.0, jitter_s=0.002)
    clock = round((3.0 + 1.2345) * HZ * 1.003)
    assert sync.reading.host_s(clock) == pytest.approx(100.0 + 1.2345 + 0.0018, abs=2e-4)


def test_a_round_trip_takes_the_way_back_off() -> None:
    sync = fed(0.0, 2.0)
    sync.add_round_trip(round(3.9 * HZ), 100.8965, 100.9065, 0.9)
    sync.add_round_trip(round(4.0 * HZ), 100.9998, 101.0018, 0.9)
    assert sync.reading.host_s(round(4.0 * HZ)) == pytest.approx(101.0, abs=5e-5)


def bunched(every_s: float, error: float, seed: int, seconds: float, period_s: float = 0.023) -> ClockSync:
    """Timestamps that a converter hands over every so often, as a USB latency timer does."""
    sync, chance = ClockSync(HZ), random.Random(seed)
    phase, at_s, unit_s = chance.random(), chance.random() * 0.02, 10.0
    while at_s < seconds:
        come_s = (math.floor(at_s / every_s - phase) + 1 + phase) * every_s
        sync.add(int(unit_s * HZ), come_s + 3e-4 * chance.random())
        unit_s, at_s = unit_s + period_s, at_s + period_s / (1 + error)
    return sync


@pytest.mark.parametrize("every_s", [0.001, 0.004, 0.008, 0.016])
@pytest.mark.parametrize("error", [0.0, 5e-4, -5e-4, 2e-3, 5e-3, -5e-3])
def test_in_bunches_it_is_as_right_as_it_says_and_never_much_worse_than_nominal(every_s: float, error: float) -> None:
    said_wrong = worse = 0
    for seed in range(60):
        sync = bunched(every_s, error, seed, 3.0)
        found, true_hz = sync.reading.estimate(), HZ * (1 + error)
        assert found is not None
        said_wrong += abs(found.hz - true_hz) > found.within_hz + 1
        worse += abs(sync.reading.true_hz() - true_hz) > max(abs(error), 1e-3) * HZ
        assert (sync.reading.rate() is None) == (found.within_hz > KNOWN * found.hz)
    assert said_wrong <= 3
    assert worse <= 3


@pytest.mark.parametrize("error", [5e-3, -5e-3])
def test_what_the_old_telemetry_every_20_ms_shows_of_a_16_ms_line_is_enough_for_a_resonator(error: float) -> None:
    off = sorted(abs(bunched(0.016, error, seed, 3.0, 0.02).reading.true_hz() / HZ - 1 - error) for seed in range(60))
    assert off[56] < 1e-3


def test_a_question_bounds_what_telemetry_cannot() -> None:
    """Bytes every 16 ms one way, none held up the other: a few questions tell the rate that telemetry doesn't."""
    sync, chance = bunched(0.016, 1e-3, 1, 1.6, 0.02), random.Random(2)
    assert sync.reading.rate() is None
    at_s = 0.1
    while at_s < 1.6:
        at_s += 0.02 + 0.02 * chance.random()
        sent_s = at_s - 0.002 - 1e-4 * chance.random()
        sync.add_round_trip(int((10.0 + at_s * 1.001) * HZ), sent_s, at_s + 0.016, 0.9)
    rate = sync.reading.rate()
    assert rate is not None
    assert rate.hz == pytest.approx(HZ * 1.001, abs=rate.within_hz)


def test_a_busy_host_is_no_news_of_the_clock() -> None:
    sync, chance = ClockSync(HZ), random.Random(5)
    for number in range(130):
        at_s = number * 0.023
        late_s = 0.08 if 1.0 < at_s < 1.1 else 0.0
        sync.add(round((3.0 + at_s) * HZ * 1.003), 100.0 + max(at_s, 1.1 if late_s else 0.0) + 1e-4 * chance.random())
    rate = sync.reading.rate()
    assert rate is not None
    assert rate.hz == pytest.approx(HZ * 1.003, rel=2e-4)


def test_an_hour_takes_no_more_memory_than_a_minute_and_stays_right() -> None:
    sync = fed(0.002, 600.0, jitter_s=0.001)
    assert len(sync._came.least) <= WINDOW_S / STRETCH_S + 2
    rate = sync.reading.rate()
    assert rate is not None
    assert rate.hz == pytest.approx(HZ * 1.002, rel=1e-5)
    assert rate.span_s == pytest.approx(WINDOW_S, rel=0.02)


def test_what_a_clock_did_before_it_was_warm_is_forgotten() -> None:
    sync = ClockSync(HZ)
    unit_s = 0.0
    for number in range(4000):
        sync.add(int(unit_s * HZ), number * 0.023)
        unit_s += 0.023 * (1.0 if number < 2000 else 1.001)
    rate = sync.reading.rate()
    assert rate is not None
    assert rate.hz == pytest.approx(HZ * 1.001, rel=2e-5)


@pytest.mark.parametrize(("span_s", "told"), [(0.79, False), (0.8, True), (0.81, True), (1.0, True)])
def test_two_questions_tell_of_a_take_that_they_span_by_four_fifths(span_s: float, told: bool) -> None:
    sync = ClockSync(HZ)
    for at_s in (0.0, span_s):
        sync.add_round_trip(round((5.0 + at_s) * HZ), 100.0 + at_s, 100.001 + at_s, 0.5)
    found = sync.reading.rate_over(round(5.0 * HZ), round(6.0 * HZ))
    assert (found is not None) is told
    assert found is None or abs(found.hz - HZ) <= found.within_hz


def test_questions_from_before_a_take_tell_nothing_of_it() -> None:
    sync = ClockSync(HZ)
    for at_s in (0.0, 0.5, 1.0):
        sync.add_round_trip(round((5.0 + at_s) * HZ), 100.0 + at_s, 100.001 + at_s, 0.5)
    assert sync.reading.rate_over(round(5.0 * HZ), round(6.0 * HZ)) is not None
    assert sync.reading.rate_over(round(5.6 * HZ), round(6.0 * HZ)) is None


@pytest.mark.parametrize("error", [0.005, -0.005, 0.0])
@pytest.mark.parametrize("boot_s", [3.0, 86_400.0])
@pytest.mark.parametrize("ahead_s", [-1.0, 0.0, 0.4, 60.0])
def test_a_moment_of_the_hosts_is_a_tick_of_the_units_and_back(error: float, boot_s: float, ahead_s: float) -> None:
    """However far apart the two clocks began: a cue is started by it."""
    reading = fed(error, 3.0, boot_s=boot_s).reading
    clock = reading.clock_at(102.0 + ahead_s)
    assert clock is not None
    assert reading.host_s(clock) == pytest.approx(102.0 + ahead_s, abs=2.0 / HZ)
    assert ClockSync(HZ).reading.clock_at(102.0) is None

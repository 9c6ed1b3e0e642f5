"""The estimate of a unit's clock: right within its own error bars, and not fooled by delays."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.wire.clocksync import CRYSTAL, MOST_STRETCHES, ClockSync

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
    assert ClockSync(HZ).rate() is None
    assert ClockSync(HZ).true_hz() == HZ
    assert ClockSync(HZ).host_s(0) is None
    assert fed(0.005, 0.5).rate() is None
    assert fed(0.005, 0.5).true_hz() == HZ


@settings(deadline=None)
@given(error=st.floats(-0.01, 0.01), jitter_s=st.sampled_from([0.0, 0.0005, 0.002]), seed=st.integers(0, 1000))
def test_the_rate_is_right_within_its_error_bars(error: float, jitter_s: float, seed: int) -> None:
    rate = fed(error, 2.0, jitter_s, seed).rate()
    assert rate is not None
    assert abs(rate.hz - HZ * (1 + error)) <= 5 * rate.sigma_hz + 1
    assert rate.sigma_hz < 4e-4 * HZ


@pytest.mark.parametrize("error", [0.005, -0.005, 0.001])
def test_a_resonators_error_is_corrected(error: float) -> None:
    assert fed(error, 1.5).true_hz() == pytest.approx(HZ * (1 + error), rel=1e-4)


@settings(deadline=None)
@given(error=st.floats(-1e-4, 1e-4), jitter_s=st.floats(0.0, 0.016), seed=st.integers(0, 1000))
def test_a_crystals_error_is_left_alone_on_any_line(error: float, jitter_s: float, seed: int) -> None:
    """A USB converter may bring its bytes 16 ms late."""
    assert fed(error, 1.0, jitter_s, seed).true_hz() == HZ
    assert CRYSTAL > 1e-4


def test_ticks_are_turned_into_the_hosts_time() -> None:
    sync = fed(0.003, 2.0, jitter_s=0.002)
    clock = round((3.0 + 1.2345) * HZ * 1.003)
    assert sync.host_s(clock) == pytest.approx(100.0 + 1.2345 + 0.0018, abs=2e-4)


def test_a_round_trip_takes_the_way_back_off() -> None:
    sync = fed(0.0, 2.0)
    sync.add_round_trip(0.010, 0.9)
    sync.add_round_trip(0.002, 0.9)
    assert sync.host_s(round(4.0 * HZ)) == pytest.approx(101.0, abs=5e-5)


def test_an_hour_takes_no_more_memory_than_a_minute_and_stays_right() -> None:
    sync = fed(0.002, 1800.0, jitter_s=0.001)
    assert len(sync._samples) <= MOST_STRETCHES
    rate = sync.rate()
    assert rate is not None
    assert rate.hz == pytest.approx(HZ * 1.002, rel=2e-6)
    assert rate.span_s > 300

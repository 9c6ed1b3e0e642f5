# SPDX-License-Identifier: MIT
"""Noise is taken out, and a coarse wheel moves as a fine one does."""

import numpy as np
import pytest

from followfocus.hand.events import WheelTurned
from followfocus.hand.hand import WheelHand
from followfocus.hand.manners import HandManners
from followfocus.hand.smoothing import ClickLine, OneEuro


def test_a_resting_controls_noise_is_taken_out():
    noise = np.random.default_rng(5).normal(0, 0.05, 2000)
    euro = OneEuro(4.0, 1.5)
    kept = [euro.at(value, 1 + i / 100) for i, value in enumerate(noise)]
    assert np.std(kept[100:]) < 0.5 * np.std(noise)


@pytest.mark.parametrize(("speed", "most_lag_s"), [(20, 0.008), (60, 0.003)])
def test_a_turning_control_has_hardly_any_lag(speed, most_lag_s):
    euro = OneEuro(4.0, 1.5)
    times = 1 + np.arange(200) / 100
    kept = [euro.at(speed * at, at) for at in times]
    assert speed * times[-1] - kept[-1] < most_lag_s * speed


def test_a_hand_that_turns_back_is_not_smeared():
    euro, usual = OneEuro(HandManners().cutoff_hz, HandManners().beta), []
    for i in range(400):
        swings = 15 * np.sin(2 * np.pi * i / 100)
        usual.append(abs(euro.at(swings, 1 + i / 100) - swings))
    assert max(usual[100:]) < 0.05


def test_a_slow_hand_is_heard_of_by_its_second_word():
    euro = OneEuro(HandManners().cutoff_hz, HandManners().beta)
    euro.begin(0.0)
    kept = [euro.at(2.0 * i / 100, 1 + i / 100) for i in range(3)]
    assert kept[1] > 0.5 * 0.02
    assert kept[2] > 0.8 * 0.04


def test_a_hand_that_rests_again_is_calm_again():
    euro = OneEuro(HandManners().cutoff_hz, HandManners().beta)
    for i in range(100):
        euro.at(0.6 * i, 1 + i / 100)
    noise = np.random.default_rng(5).normal(0, 0.005, 400)
    kept = [euro.at(60.0 + value, 2 + i / 100) for i, value in enumerate(noise)]
    assert np.std(kept[200:]) < 0.7 * np.std(noise[200:])


def test_a_moment_that_is_not_later_changes_nothing():
    euro = OneEuro(4.0, 1.5)
    before = euro.at(1.0, 1.0)
    assert euro.at(9.0, 1.0) == euro.at(9.0, 0.5) == before


def test_a_filter_begins_at_nothing_or_where_it_is_told():
    fresh, told = OneEuro(4.0, 1.5), OneEuro(4.0, 1.5)
    told.begin(0.0)
    assert fresh.at(2.0, 1.0) == told.at(2.0, 1.0)
    told.at(5.0, 1.01)
    told.begin(2.0)
    assert told.at(2.0, 1.02) == 2.0


def coarse(speed_deg_s, jitter_s=0.0, detent_deg=0.3, seconds=3.0):
    """The ring's wanted speed, asked every 10 ms, of a wheel with detents that is turned evenly."""
    one = WheelHand(HandManners(turn_counts=300 / detent_deg), 300.0)
    clicks = 1 + np.arange(1, int(seconds * speed_deg_s / detent_deg)) * detent_deg / speed_deg_s
    clicks = np.sort(clicks + np.random.default_rng(3).uniform(0, jitter_s, len(clicks)))
    told, asked = [], iter(np.arange(1.005, 1 + seconds, 0.01))
    next_s = next(asked)
    for click in clicks:
        while next_s < click:
            told.append((next_s, one.wanted(next_s)))
            next_s = next(asked)
        one.hear(WheelTurned(click, "wheel", 1), 100.0)
    times, rings = np.array([(at, wanted.ring_deg) for at, wanted in told if wanted]).T
    return times, np.gradient(rings, times)


@pytest.mark.parametrize(("speed", "jitter_s", "most"), [(20, 0.0, 0.02), (60, 0.0, 0.02), (20, 0.004, 0.12)])
def test_a_wheel_with_coarse_detents_turns_evenly(speed, jitter_s, most):
    times, speeds = coarse(speed, jitter_s)
    even = speeds[times > 1.5]
    assert np.mean(even) == pytest.approx(speed, rel=0.02)
    assert np.std(even) / speed < most


def test_a_wheel_that_stops_is_not_passed_and_comes_to_its_last_click():
    line = ClickLine()
    line.begin(0.0)
    for i in range(1, 21):
        line.click(i * 0.3, 1 + i * 0.015)
    looked = [line.at(1.3 + i / 1000) for i in range(100)]
    assert max(looked) <= 6.0
    assert looked[20] == 6.0
    assert np.all(np.diff(looked) >= 0)

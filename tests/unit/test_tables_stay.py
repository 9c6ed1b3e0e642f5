# SPDX-License-Identifier: MIT
"""Settings that a rig asks of a unit, and the gear that a count points to, at and beside their bounds."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.motion.limits import FAST, STANDARD, UNLIMITED, RingLimits
from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig, motor_named
from followfocus.unit.calibration import GEAR_TOLERANCE, gear_of
from followfocus.unit.latency import GO_LEAD_S, GoSent, start_latency
from followfocus.unit.settings import (
    GOTO_DEG_S,
    HOME_DEG_S,
    INTERVAL_MARGIN,
    LEAST_ACCEL_DEG_S2,
    TORQUE_RESERVE,
    accel_deg_s2,
    changed,
    config_for,
    gearing_of,
    settings_facts,
    silence_words,
    steps_per_deg,
)
from followfocus.wire.messages import Config, CueEdge, Safety, Silence, StopInput
from tests.support.benches import VirtualBench
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
CONFIG = Config(
    200, 16, 50, 130, 1, 320, 400, 40_000, 6_000, 1_500, 64, StopInput.NONE, CueEdge.FALLING, Silence.FINISH, 250,
    b"bench".ljust(16, b"\0"),
)  # fmt: skip
RIGS = {
    "usual": DEFAULT_RIG,
    "stiff": dataclasses.replace(DEFAULT_RIG, ring_friction_nm=0.9),
    "heavy": dataclasses.replace(DEFAULT_RIG, ring_inertia_kgm2=0.02, microsteps=64, direction=-1),
    **{name: Rig(motor=motor_named(name), motor_teeth=40) for name in MOTORS},
}


def test_a_rig_s_settings_are_what_they_were() -> None:
    with VirtualBench().unit as unit:
        info, rows = unit.info, list[Row]()
    assert info is not None
    for name, rig in RIGS.items():
        for within in (STANDARD, FAST, UNLIMITED, RingLimits(20.0, 50.0, 1e4)):
            made = config_for(CONFIG, rig, within, info)
            rows.append((name, *(repr(value) for value in dataclasses.astuple(made)), steps_per_deg(made)))
            rows.append((name, repr(gearing_of(made)), accel_deg_s2(rig, 90.0, within)))
            assert made.min_interval_ticks >= info.fastest_interval_ticks
            assert made.goto_rate <= GOTO_DEG_S * rig.steps_per_deg + 1
            assert made.home_rate <= HOME_DEG_S * rig.steps_per_deg + 1
    assert_goes_as_it_did("settings", rows)


@pytest.mark.parametrize("name", RIGS)
def test_a_unit_is_asked_for_half_the_torque_that_its_motor_has_left(name: str) -> None:
    rig = RIGS[name]
    for speed_deg_s in (1.0, 90.0, 180.0):
        found = accel_deg_s2(rig, speed_deg_s, RingLimits(600.0, 1e9, 1e12))
        torque_nm = math.radians(found) * rig.ratio * rig.inertia_at_motor_kgm2 + rig.friction_at_motor_nm
        pullout_nm = float(rig.pullout_nm(np.radians([speed_deg_s]) * rig.ratio)[0])
        assert found == LEAST_ACCEL_DEG_S2 or torque_nm == pytest.approx(pullout_nm / TORQUE_RESERVE)


def test_the_shortest_step_leaves_room_for_the_jitter_of_a_profile() -> None:
    with VirtualBench().unit as unit:
        info = unit.info
    assert info is not None
    made = config_for(CONFIG, DEFAULT_RIG, RingLimits(300.0, 3000.0, 1e5), info)
    exact = info.tick_hz / (300.0 * DEFAULT_RIG.steps_per_deg)
    assert made.min_interval_ticks == math.floor(exact / INTERVAL_MARGIN)


@pytest.mark.parametrize(("change", "said"), [
    ("accel=5", ""), ("goto-rate = 7", ""), ("ACCEL=5", ""), ("silence_ms=65535", ""),
    ("silence_ms=65536", "out of its"),
    ("silence_ms=-1", "out of its"), ("accel", "isn't a setting"), ("acel=5", "Did you mean accel=…"),
    ("xx=5", "Known: "),
    ("cue_edge=rising", ""), ("cue_edge=sideways", "Give "), ("name=A", ""), ("name=", "doesn't fit"),
    ("name=0123456789abcdef", ""), ("name=0123456789abcdefg", "doesn't fit"), ("accel=fast", "whole number"),
    ("settle_ms=3", ""), ("armed_silence_s=9", ""),
])  # fmt: skip
def test_a_setting_is_changed_or_says_why_not(change: str, said: str) -> None:
    before = (CONFIG, Safety(5, 40))
    if said:
        with pytest.raises(RequestError) as caught:
            changed(before, [change])
        assert said in str(caught.value)
        return
    after = changed(before, [change])
    name, _, text = change.lower().replace("-", "_").partition("=")
    now = {**settings_facts(*after)}
    was = {**settings_facts(*before)}
    assert [key for key in now if now[key] != was[key]] == [name.strip()]
    assert str(now[name.strip()]).lower() == text.strip()


def test_how_an_armed_unit_takes_silence() -> None:
    assert "until someone disarms it" in silence_words(Safety(0, 0))
    assert silence_words(Safety(1, 0)).endswith("nothing for 1 s")


def test_a_count_points_to_the_gear_that_it_did() -> None:
    lens, rows = load_lens("ideal-50"), list[Row]()
    span = lens.travel_deg * DEFAULT_RIG.steps_per_deg
    for teeth in (8, 30, 49, 50, 51, 64, 200):
        for off in (0.0, 0.4 * GEAR_TOLERANCE, 0.99 * GEAR_TOLERANCE, 1.02 * GEAR_TOLERANCE, 2.6 * GEAR_TOLERANCE):
            for way in (1, -1):
                found = gear_of(DEFAULT_RIG, lens, round(way * span * DEFAULT_RIG.motor_teeth / teeth * (1 + off)))
                rows.append((teeth, off, way, found.teeth, found.exact, found.direction, found.fits, found.words))
    least = math.ceil(0.05 * span)
    gear_of(DEFAULT_RIG, lens, least)
    for steps in (least - 1, 1 - least, 0):
        with pytest.raises(RequestError, match="hardly turned"):
            gear_of(DEFAULT_RIG, lens, steps)
    assert_goes_as_it_did("gears", rows)


@pytest.mark.parametrize(("start_s", "error_s", "seconds", "within_s"), [
    (None, 0.001, (0.01 + GO_LEAD_S) / 2, (0.01 + GO_LEAD_S) / 2),
    (5.0, 0.001, (0.01 + GO_LEAD_S) / 2, (0.01 + GO_LEAD_S) / 2),  # not before GO left
    (5.01 + GO_LEAD_S + 1e-6, 0.001, (0.01 + GO_LEAD_S) / 2, (0.01 + GO_LEAD_S) / 2),  # nor long after it was taken
    (5.01 + GO_LEAD_S - 1e-6, 0.001, 0.01 + GO_LEAD_S, 0.001),
    (5.004, 0.001, 0.004, 0.001),
    (5.004, 1.0, 0.004, 0.006 + GO_LEAD_S),
    (5.008, 1.0, 0.008, 0.008),
])  # fmt: skip
def test_how_long_go_took_and_how_well_that_is_known(
    start_s: float | None, error_s: float, seconds: float, within_s: float
) -> None:
    found = start_latency(GoSent(5.0, 5.01, 1e9), start_s, error_s)
    assert (found.seconds, found.uncertainty_s) == (pytest.approx(seconds, abs=2e-6), pytest.approx(within_s, abs=2e-6))


def test_an_answer_that_came_before_its_question_is_none() -> None:
    found = start_latency(GoSent(5.0, 4.9, 1e9), None, 0.0)
    assert found.seconds == found.uncertainty_s == GO_LEAD_S / 2

# SPDX-License-Identifier: MIT
"""A unit in plain words: what follows from motor, supply and gear, and what a quarter turn says of them."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.errors import RequestError
from followfocus.motion.motor import MOTORS, Rig
from followfocus.motion.presets import GEAR_PRESETS, MOTOR_PRESETS, SUPPLY_PRESETS, follows, quarter_turn

SET = Rig()


def test_every_preset_is_a_motor_a_voltage_a_gear() -> None:
    assert all(preset.value in MOTORS for preset in MOTOR_PRESETS)
    assert all(float(preset.value) > 0 for preset in SUPPLY_PRESETS)
    assert all(int(preset.value) > 0 for preset in GEAR_PRESETS)


def test_more_volts_are_quicker_and_a_larger_gear_has_less_force() -> None:
    slow, quick = follows(dataclasses.replace(SET, volts=12.0), 2000.0), follows(SET, 2000.0)
    assert quick.at_speed_times > slow.at_speed_times
    assert follows(SET, float("inf")).speed_deg_s > 0
    weak = follows(dataclasses.replace(SET, motor_teeth=64), 2000.0)
    assert weak.force_times < quick.force_times
    assert quick.enough
    assert "°/s" in quick.words


def test_the_force_told_is_that_of_the_model() -> None:
    found = follows(SET, 600.0)
    assert found.force_times == pytest.approx(SET.running_torque_nm / SET.friction_at_motor_nm, rel=0.05)
    assert found.at_speed_times >= 2.0


def test_a_motor_without_force_is_called_too_weak() -> None:
    assert follows(dataclasses.replace(SET, ring_friction_nm=5.0), 600.0).words.startswith("Too weak")


@pytest.mark.parametrize("teeth", [40, 50, 64, 80])
@pytest.mark.parametrize("direction", [1, -1])
def test_a_quarter_turn_finds_gear_and_direction(teeth: int, direction: int) -> None:
    seen_deg = direction * 90.0 * teeth / SET.motor_teeth
    found = quarter_turn(SET, 90.0, seen_deg)
    assert (found.motor_teeth, found.direction) == (teeth, direction * SET.direction)
    assert found.right == (teeth == SET.motor_teeth and direction == 1)


def test_a_ring_that_stands_is_not_the_gears_fault() -> None:
    found = quarter_turn(SET, 90.0, 2.0)
    assert not found.turned
    assert "current" in found.words
    with pytest.raises(RequestError, match="no room"):
        quarter_turn(SET, 0.2, 0.0)

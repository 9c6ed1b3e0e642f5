"""A rig's figures as a unit's settings: gearing, speed limit, and an acceleration that the motor surely has."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from followfocus.evidence import UnitInfo
from followfocus.limits import RingLimits
from followfocus.messages import Config
from followfocus.motor import Rig

GOTO_DEG_S = 180.0
HOME_DEG_S = 30.0
LEAST_ACCEL_DEG_S2 = 100.0
TORQUE_RESERVE = 2.0
INTERVAL_MARGIN = 1.25
"""How much shorter a step's interval may be than at the speed limit: compressed step times jitter by a tenth of it."""


def steps_per_deg(config: Config) -> float:
    """Steps per degree of the ring."""
    return config.full_steps_per_turn * config.microsteps * config.lens_teeth / (360.0 * config.motor_teeth)


def gearing_of(config: Config) -> tuple[int, ...]:
    """Everything that says where on the ring a step count is."""
    return (config.full_steps_per_turn, config.microsteps, config.motor_teeth, config.lens_teeth, config.direction)


def config_for(config: Config, rig: Rig, limits: RingLimits, info: UnitInfo) -> Config:
    """`config` with the gearing of `rig`, and go-to, homing and speed limit within `limits` and the motor's torque."""
    goto_deg_s = min(GOTO_DEG_S, limits.speed_deg_s)
    interval = info.tick_hz / (limits.speed_deg_s * rig.steps_per_deg) / INTERVAL_MARGIN
    return dataclasses.replace(
        config,
        full_steps_per_turn=rig.motor.full_steps,
        microsteps=rig.microsteps,
        motor_teeth=rig.motor_teeth,
        lens_teeth=rig.lens_teeth,
        direction=rig.direction,
        min_interval_ticks=max(info.fastest_interval_ticks, math.floor(interval)),
        accel=round(accel_deg_s2(rig, goto_deg_s, limits) * rig.steps_per_deg),
        goto_rate=round(goto_deg_s * rig.steps_per_deg),
        home_rate=round(min(HOME_DEG_S, goto_deg_s) * rig.steps_per_deg),
    )


def accel_deg_s2(rig: Rig, speed_deg_s: float, limits: RingLimits) -> float:
    """Ring acceleration that half the motor's pull-out torque at a ring speed leaves after friction, within limits."""
    motor_rad_s = math.radians(speed_deg_s * rig.ratio)
    torque_nm = float(rig.pullout_nm(np.array([motor_rad_s]))[0]) / TORQUE_RESERVE - rig.friction_at_motor_nm
    possible = math.degrees(torque_nm / rig.inertia_at_motor_kgm2) / rig.ratio
    return min(max(LEAST_ACCEL_DEG_S2, possible), limits.accel_deg_s2)

# SPDX-License-Identifier: MIT
"""A rig's figures as a unit's settings: gearing, speed limit, and an acceleration that the motor surely has."""

from __future__ import annotations

import dataclasses
import difflib
import math
import struct
from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from followfocus.errors import RequestError
from followfocus.motion.limits import RingLimits
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.wire.evidence import UnitInfo, text_of
from followfocus.wire.messages import Config, Safety, encode_body

GOTO_DEG_S = 180.0
"""As fast as a unit goes to a place by itself, and heads for where a hand points"""
# Slow, since homing ends at a stop: what the ring hits there, it hits at this speed.
HOME_DEG_S = 30.0
LEAST_ACCEL_DEG_S2 = 100.0
TORQUE_RESERVE = 2.0
INTERVAL_MARGIN = 1.25
"""How much shorter a step's interval may be than at the speed limit: compressed step times jitter by a tenth of it."""

FACTORY_NAME = b"followfocus".ljust(16, b"\0")
LOST_NAME = b"followfocus?".ljust(16, b"\0")
"""The name of a unit whose saved settings are not whole any more: it goes by the factory's"""


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
        # The unit refuses even a single step that comes sooner: so as
        # short as jitter makes it, yet no shorter than the board can.
        min_interval_ticks=max(info.fastest_interval_ticks, math.floor(interval)),
        accel=math.floor(accel_deg_s2(rig, goto_deg_s, limits) * rig.steps_per_deg),
        goto_rate=round(goto_deg_s * rig.steps_per_deg),
        home_rate=round(min(HOME_DEG_S, goto_deg_s) * rig.steps_per_deg),
    )


def geared_as(rig: Rig, config: Config) -> Rig:
    """The rig with the motor as the unit is set: its full steps, microsteps, gear, and the way it turns.

    For who plays without a show, which would have them. A motor that was chosen by name keeps its own full steps, and
    a lens whose ring turns the other way keeps that.
    """
    motor = rig.motor
    if motor == DEFAULT_RIG.motor:
        motor = dataclasses.replace(motor, full_steps=config.full_steps_per_turn)
    return dataclasses.replace(
        rig, motor=motor, microsteps=config.microsteps, motor_teeth=config.motor_teeth,
        direction=min(rig.direction, config.direction),
    )  # fmt: skip


def other_gear_words(config: Config, rig: Rig) -> str:
    """A sentence where a show puts another gear on a unit than somebody has set it to; else empty."""
    was = config.motor_teeth, config.microsteps, config.direction
    by_show, usual = ((one.motor_teeth, one.microsteps, one.direction) for one in (rig, DEFAULT_RIG))
    if was in (by_show, usual):
        return ""
    unit, show = (f"{teeth} teeth, {steps} microsteps, direction {way:+d}" for teeth, steps, way in (was, by_show))
    return f"The unit was set to {unit}; the show goes by {show}."


def accel_deg_s2(rig: Rig, speed_deg_s: float, limits: RingLimits) -> float:
    """Ring acceleration that half the motor's pull-out torque at a ring speed leaves after friction, within limits."""
    motor_rad_s = math.radians(speed_deg_s * rig.ratio)
    torque_nm = float(rig.pullout_nm(np.array([motor_rad_s]))[0]) / TORQUE_RESERVE - rig.friction_at_motor_nm
    possible = math.degrees(torque_nm / rig.inertia_at_motor_kgm2) / rig.ratio
    # A rig whose figures leave no torque must still creep: the plan's own checks say what it can't do.
    return min(max(LEAST_ACCEL_DEG_S2, possible), limits.accel_deg_s2)


def silence_words(safety: Safety) -> str:
    """How an armed unit reacts to silence, as a clause without a full stop."""
    if safety.armed_silence_s == 0:
        return "it stays armed until someone disarms it"
    return f"it disarms itself when it has heard nothing for {safety.armed_silence_s} s"


def settings_facts(config: Config, safety: Safety) -> dict[str, object]:
    """The settings for JSON: words by name, rates also as the ring sees them."""
    facts: dict[str, object] = {**dataclasses.asdict(safety)}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        facts[field.name] = value.name.lower() if isinstance(value, IntEnum) else value
    facts["name"] = text_of(config.name)
    facts["steps_per_deg"] = steps_per_deg(config)
    return facts


Settings = tuple[Config, Safety]
"""All that can be set on a unit."""


def changed(settings: Settings, changes: Sequence[str]) -> Settings:
    """The settings with `KEY=VALUE` changes. Raises RequestError on an unknown key or a value that doesn't fit."""
    values: dict[str, object] = {}
    homes = {field.name: kind for kind in settings for field in dataclasses.fields(kind)}
    names = list(homes)
    for change in changes:
        name, equals, text = change.partition("=")
        name = name.strip().lower().replace("-", "_")
        if not equals or name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"Did you mean {near[0]}=…?" if near else f"Known: {', '.join(names)}."
            raise RequestError(f"“{change}” isn't a setting.", hint)
        values[name] = _read(name, text.strip(), getattr(homes[name], name))
    config, safety = settings
    mine, its = ({name: value for name, value in values.items() if homes[name] is kind} for kind in settings)
    config = dataclasses.replace(config, **mine)  # type: ignore[arg-type]
    safety = dataclasses.replace(safety, **its)  # type: ignore[arg-type]
    try:
        # The wire's own packing is the judge of every range: it can't differ from what the unit would be sent.
        encode_body(config)
        encode_body(safety)
    except struct.error:
        raise RequestError(f"{', '.join(changes)}: a value is out of its range.", "Give a smaller one.") from None
    return config, safety


def _read(name: str, text: str, old: object) -> object:
    """The value of a setting as written."""
    if isinstance(old, bytes):
        if not text.isascii() or not text.isprintable():
            raise RequestError(f"A unit can't be called “{text}”.", "Write its name in plain letters, A to Z.")
        if not 0 < len(text) <= len(old):
            raise RequestError(f"A name of {len(text)} characters doesn't fit.", f"Give 1 to {len(old)}.")
        return text.encode("ascii").ljust(len(old), b"\0")
    if isinstance(old, IntEnum):
        words = {word.name.lower(): word for word in type(old)}
        if text.lower() not in words:
            raise RequestError(f"{name} can't be “{text}”.", f"Give {' or '.join(words)}.")
        return words[text.lower()]
    try:
        return int(text)
    except ValueError:
        raise RequestError(f"{name} is a whole number, not “{text}”.", f"It is {old} now.") from None

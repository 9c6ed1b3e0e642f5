# SPDX-License-Identifier: MIT
"""The unit's settings as they are being written, without a widget."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.motion.presets import follows
from followfocus.show.show import ShowUnit
from followfocus.unit.settings import silence_words
from followfocus.units import parse_number
from followfocus.wire.messages import Safety, StopInput

BOUNDS: dict[str, tuple[str, float, float]] = {
    "volts": ("The supply", 1.0, 60.0),
    "current": ("The motor's current", 0.05, 10.0),
    "motorTeeth": ("The gear's teeth", 8, 400),
    "lash": ("The play", 0.0, 20.0),
    "armedSilence": ("The silence", 0, 65_535),
}
"""The name of each field, and the least and the most that can be written there"""
WHOLE = ("motorTeeth", "armedSilence")


@dataclass(frozen=True, slots=True)
class Manners:
    """The unit's own settings: its stop input, and how it behaves when left alone."""

    stop_input: StopInput
    safety: Safety


def field_number(name: str, text: str) -> float:
    """The number in a field, within bounds. Raises RequestError."""
    what, least, most = BOUNDS[name]
    try:
        value = parse_number(text)
    except RequestError as error:
        raise RequestError(f"{what}: {error}") from None
    if not least <= value <= most:
        raise RequestError(f"{what} can't be {text}.", f"Give {least:g} to {most:g}.")
    if name in WHOLE and value != round(value):
        # 0.4 s of silence would be 0, which is for ever.
        raise RequestError(f"{what} can't be {text}.", "Give a whole number.")
    return value


def unit_of(unit: ShowUnit, texts: Mapping[str, str], lens: LensMap) -> ShowUnit:
    """The settings that the fields make. Raises RequestError."""
    current = texts["current"].strip()
    made = dataclasses.replace(
        unit,
        motor=texts["motor"],
        volts=field_number("volts", texts["volts"]),
        drive_current_a=field_number("current", current) if current else None,
        microsteps=int(texts["microsteps"]),
        motor_teeth=round(field_number("motorTeeth", texts["motorTeeth"])),
        direction=int(texts["direction"]),
        lash_deg=field_number("lash", texts["lash"]),
        limits=texts["ringLimits"],
        link_loss=texts["linkLoss"],
    )
    # Made once only to be refused here: a rig that can't be is said at the field, not at the first plan.
    made.rig(lens)
    return made


def manners_of(known: Manners, texts: Mapping[str, str]) -> Manners:
    """The settings for the unit itself to keep. Raises RequestError."""
    silence_s = round(field_number("armedSilence", texts["armedSilence"]))
    return Manners(StopInput[texts["stopInput"]], dataclasses.replace(known.safety, armed_silence_s=silence_s))


def follows_words(unit: ShowUnit, lens: LensMap, manners: Manners | None) -> tuple[str, str]:
    """(what the unit can do on this lens, the finer figures)."""
    rig = unit.rig(lens)
    found = follows(rig, unit.ring_limits.speed_deg_s)
    fine = f"A step is {rig.ring_deg_per_step:z.3f}° of the ring."
    if manners is not None:
        fine += f" Armed and left alone, {silence_words(manners.safety)}."
    return found.words, fine

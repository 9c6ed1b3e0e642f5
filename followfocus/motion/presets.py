# SPDX-License-Identifier: MIT
"""A unit in plain words: which motor, supply and gear; what follows from them, and a quarter turn that checks it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from followfocus.errors import RequestError
from followfocus.motion.motor import FRAME_DEFAULTS, MOTORS, Rig

SAFETY = 2.0
"""A speed counts as reached where the motor could push twice what the ring asks."""
QUARTER_DEG = 90.0
FASTEST_DEG_S = 3000.0
"""Nobody asks more of a lens ring, whatever its limit."""
_GEARS = (16, 20, 25, 30, 32, 40, 48, 50, 60, 64, 72, 80, 100)
_NEAR = 0.03
"""How far what is seen of a turn may be off: an eye reads a mark to some 2°"""


@dataclass(frozen=True, slots=True)
class Preset:
    """A choice in plain words: its value as the show keeps it, its title, and a line below."""

    value: str
    title: str
    words: str


MOTOR_PRESETS = (
    Preset(FRAME_DEFAULTS["nema11"], "small", "NEMA 11, light rings"),
    Preset(FRAME_DEFAULTS["nema14"], "medium", "NEMA 14, most lenses"),
    Preset(FRAME_DEFAULTS["nema17"], "strong", "NEMA 17, stiff rings, snaps"),
)
SUPPLY_PRESETS = (
    Preset("12", "12 V", "camera battery, D-Tap"),
    Preset("24", "24 V", "block battery, mains"),
    Preset("36", "36 V", "for the quickest snaps"),
)
GEAR_PRESETS = (
    Preset("40", "40 teeth", "more force, slower"),
    Preset("50", "50 teeth", "as delivered"),
    Preset("64", "64 teeth", "quicker, less force"),
)


@dataclass(frozen=True, slots=True)
class Follows:
    """A rig's abilities: the ring's fastest speed with force to spare, and how many times the force needed at rest."""

    speed_deg_s: float
    force_times: float
    at_speed_times: float

    @property
    def enough(self) -> bool:
        """There is force to spare."""
        return self.force_times >= SAFETY and self.speed_deg_s > 0

    @property
    def words(self) -> str:
        """In a sentence.

        >>> Follows(600.0, 9.2, 2.4).words
        'Up to 600°/s, and there still twice the force needed; nine times from rest.'
        """
        if not self.enough:
            return "Too weak for this ring: take a stronger motor, more volts, or a smaller gear."
        top = f"Up to {_round(self.speed_deg_s):g}°/s"
        if _times(self.force_times) == _times(self.at_speed_times):
            return f"{top}, with {_times(self.at_speed_times)} the force needed."
        there, rest = _times(self.at_speed_times), _times(self.force_times)
        return f"{top}, and there still {there} the force needed; {rest} from rest."


def follows(rig: Rig, limit_deg_s: float) -> Follows:
    """A rig's abilities on its ring, up to the ring's own limit."""
    speeds = np.linspace(0.0, min(limit_deg_s, FASTEST_DEG_S), 241)
    torque = rig.pullout_nm(np.radians(speeds) * rig.ratio)
    needed = max(rig.friction_at_motor_nm, 1e-6)
    reached = speeds[torque >= SAFETY * needed]
    top = float(reached.max()) if len(reached) else 0.0
    at_top = float(rig.pullout_nm(np.array([math.radians(top) * rig.ratio]))[0])
    return Follows(top, float(torque[0]) / needed, at_top / needed)


def motor_title(name: str) -> str:
    """A motor as its data sheet calls it, and its frame."""
    motor = MOTORS[name]
    return f"{name.upper()}, {motor.frame}"


def _round(value: float) -> float:
    return float(f"{value:.2g}")


def _times(value: float) -> str:
    whole = math.floor(value + 1e-9)
    return _WORDS[whole] if 0 < whole < len(_WORDS) else f"{whole} times"


_NUMBERS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDS = ("", "once", "twice", *(f"{number} times" for number in _NUMBERS))


# A quarter turn ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuarterTurn:
    """The verdict of a quarter turn on a rig: a sentence, and the teeth and direction that would be right."""

    words: str
    motor_teeth: int
    direction: int
    right: bool = False
    turned: bool = True


def quarter_turn(rig: Rig, asked_deg: float, seen_deg: float) -> QuarterTurn:
    """The verdict where `asked_deg` of ring were asked for and `seen_deg` were seen, both towards close.

    Raises RequestError for a turn that was no turn at all.
    """
    if abs(asked_deg) < 1.0:
        raise RequestError("The ring has no room for a turn here.", "Turn it to the middle first.")
    share = seen_deg / asked_deg
    # Less than a tenth of the way is lash and hope, not a gear.
    if abs(share) < 0.1:
        words = "The ring did not follow: look at the gear's mesh, then the motor's current and plug."
        return QuarterTurn(words, rig.motor_teeth, rig.direction, turned=False)
    direction = rig.direction if share > 0 else -rig.direction
    teeth = rig.motor_teeth * abs(share)
    # The gear that is set first: an eye's error is no reason to offer another one.
    if abs(abs(share) - 1.0) <= _NEAR:
        found = rig.motor_teeth
    else:
        found = min(_GEARS, key=lambda gear: abs(gear - teeth))
        # One that is sold, where one is near; else as it was seen, so that an odd gear can be set up too.
        found = found if abs(found / teeth - 1.0) <= _NEAR else max(8, round(teeth))
    said = []
    if found != rig.motor_teeth:
        said.append(f"it turned {abs(seen_deg):z.0f}° for {abs(asked_deg):z.0f}°: a gear of {found} teeth")
    if direction != rig.direction:
        said.append("it turned the other way round")
    if not said:
        return QuarterTurn("Gear and direction are right.", rig.motor_teeth, rig.direction, right=True)
    words = " and ".join(said)
    return QuarterTurn(f"{words[:1].upper()}{words[1:]}.", found, direction)

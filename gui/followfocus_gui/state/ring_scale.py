# SPDX-License-Identifier: MIT
"""Which distances are engraved on the marking disk, in metres or in feet."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from followfocus.lens.map import LensMap
from followfocus.units import FOOT_M

METRES = (
    *(math.inf, 50.0, 30.0, 20.0, 15.0, 10.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.8, 1.6, 1.5, 1.4, 1.3),
    *(1.2, 1.1, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3),
)
MAJOR_METRES = {math.inf, 10.0, 5.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5}
FEET = (
    *(math.inf, 100.0, 50.0, 30.0, 20.0, 15.0, 12.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.5, 5.0, 4.5, 4.0, 3.5, 3.0, 2.75),
    *(2.5, 2.25, 2.0, 1.75, 1.5, 1.25, 1.0),
)
MAJOR_FEET = {math.inf, 30.0, 15.0, 10.0, 6.0, 4.0, 3.0, 2.0}


RingScale: TypeAlias = tuple[tuple[float, str, bool], ...]
"""(ring degrees, text, major) of each engraved distance"""


def ring_scale(lens: LensMap, *, imperial: bool) -> RingScale:
    """The engraved distances within the lens's travel."""
    values = FEET if imperial else METRES
    metres = np.array(values) * (FOOT_M if imperial else 1.0)
    major, foot = (MAJOR_FEET, "'") if imperial else (MAJOR_METRES, "")
    return tuple(
        (float(angle), "∞" if math.isinf(value) else f"{value:g}{foot}", value in major)
        for value, angle in zip(values, lens.ring_deg(metres), strict=True)
        if -1e-9 <= angle <= lens.travel_deg + 1e-9
    )

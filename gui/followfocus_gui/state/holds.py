# SPDX-License-Identifier: MIT
"""Whether a lens's calibration holds on this desk, in words."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.unit.calibration import Calibration, plausible


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether a lens's calibration holds: a sentence, why, what the button beside it offers, and how loud."""

    words: str
    why: str
    offer: str
    tone: str


NOTHING = Holds("", "", "", "")
"""For what can't be calibrated"""


def holds_words(
    kept: Calibration | None, lens: LensMap, rig: Rig, unit_serial: str, now_utc_s: float
) -> tuple[str, Holds]:
    """(line on the calibration, whether it holds), by the kept one alone, without a look at the ring."""
    if kept is None:
        return "never calibrated here", Holds(
            "Not calibrated here yet.", "Two minutes: far stop, close stop, the play.", "Calibrate …", "warn"
        )
    here = f"calibrated with this lens {kept.days_words(now_utc_s)}; play {kept.lash_deg:z.2f}°"
    here += f"; noted: {kept.note}" if kept.note else ""
    found = plausible(kept, lens, rig, None, unit_serial, now_utc_s)
    if not found.usable:
        return here, Holds("Its calibration does not hold.", found.words, "Calibrate …", "warn")
    if kept.not_in_force(rig):
        return here, Holds("Another gear is set than it was calibrated with.", found.words, "Calibrate …", "warn")
    if kept.unit_serial != unit_serial:
        return here, Holds("Calibrated with another unit.", "Check it before you trust a mark.", "Calibrate …", "warn")
    return here, Holds("Its calibration still holds.", "Same gear, same motor. Look at one mark.", "Check it …", "good")

# SPDX-License-Identifier: MIT
"""The wheel's part while a cue plays, as the cue says it: how, how far it may lead, and whether that is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from followfocus.errors import RequestError
from followfocus.hand.blend import RIDE_DEG, RIDE_WITHIN, Together
from followfocus.lens.map import LensMap
from followfocus.lens.trims import parse_trim, show_trim

NO_HAND = "none"
HANDS = (NO_HAND, *(one.value for one in Together))


@dataclass(frozen=True, slots=True)
class CueHand:
    """The wheel in a cue. A ride may lead `within_m` metres off, measured where the pull lands; None: 15° of the ring.

    With `keep` what was ridden stays, as the trim of the mark that the pull lands on.
    """

    how: Together
    within_m: float | None = None
    keep: bool = False

    def within_deg(self, lens: LensMap, landing_deg: float) -> tuple[float, float]:
        """The same in ring degrees toward the far end (0 or less) and toward close focus (0 or more)."""
        landing_m = lens.distance_m(min(max(landing_deg, 0.0), lens.travel_deg))
        if self.within_m is None or math.isinf(landing_m):
            return RIDE_WITHIN
        nearest_m, farthest_m = lens.distance_m(lens.travel_deg), lens.distance_m(0.0)
        far = lens.ring_deg(min(landing_m + self.within_m, farthest_m))
        near = lens.ring_deg(max(landing_m - self.within_m, nearest_m))
        return min(far - landing_deg, 0.0), max(near - landing_deg, 0.0)

    def brief(self, *, imperial: bool = False) -> str:
        """As little as can be read, and be written by hand again: ride ±5 cm, keep."""
        bound = "" if self.within_m is None else f" ±{show_trim(self.within_m, imperial=imperial)[1:]}"
        return f"{self.how.value}{bound}{', keep' if self.keep else ''}"

    def words(self, lens: LensMap, landing_deg: float, *, imperial: bool = False) -> str:
        """The sentence when a pull is armed with it."""
        if self.how is Together.TAKE_OVER:
            return "Touch the wheel to take over."
        if self.how is Together.SCRUB:
            return "The wheel plays it."
        in_metres = self.within_m is not None and self.within_deg(lens, landing_deg) != RIDE_WITHIN
        bound = show_trim(self.within_m or 0.0, imperial=imperial)[1:] if in_metres else f"{RIDE_DEG:g}° of the ring"
        return f"Hand rides, ±{bound}{', kept' if self.keep else ''}."


def cue_hand(hand: str, within_m: float | None, keep: bool) -> CueHand | None:
    """The hand of a cue's fields; None for no hand. Raises RequestError for what isn't known or doesn't go together."""
    if hand not in HANDS:
        raise RequestError(f"No hand is called “{hand}”.", f"Known: {', '.join(HANDS)}.")
    how = None if hand == NO_HAND else Together(hand)
    if how is not Together.RIDE and (within_m is not None or keep):
        raise RequestError(f"Only a ride has a bound and can be kept, and the hand is {hand}.", "Leave those out.")
    return None if how is None else CueHand(how, within_m, keep)


def parse_hand(text: str, *, imperial: bool = False) -> dict[str, Any]:
    """The fields of a cue for what a person writes. Raises RequestError.

    >>> parse_hand("ride 5cm keep")
    {'hand': 'ride', 'hand_within_m': 0.05, 'hand_keep': True}
    """
    words = text.strip().casefold().replace("-", " ").replace("takeover", "take over").replace("±", "")
    how = next((one for one in HANDS if words == one or words.startswith(f"{one} ")), None)
    if words and how is None:
        raise RequestError(f"“{text}” is no hand.", "Write none, ride, ride 5cm, ride 5cm keep, take over or scrub.")
    rest = [word.rstrip(",") for word in words[len(how or "") :].split()]
    keep = rest[-1:] in (["keep"], ["kept"])
    bound = "".join(rest[:-1] if keep else rest)
    try:
        within_m = parse_trim(bound, imperial=imperial) if bound else None
    except RequestError as error:
        raise RequestError(f"No hand can {how} “{bound}”.", "Give a bound under a metre, as in ride 5cm.") from error
    cue_hand(how or NO_HAND, within_m, keep)
    return {"hand": how or NO_HAND, "hand_within_m": within_m, "hand_keep": keep}

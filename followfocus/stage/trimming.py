# SPDX-License-Identifier: MIT
"""A ride that is kept becomes the trim of the mark that the pull landed on."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.lens.trims import show_trim
from followfocus.show.cues import Standby, span, standing_pull, with_trim
from followfocus.show.show import Show, letter
from followfocus.stage.events import Taken

FINEST_M = 4
"""Decimals of a metre: a tenth of a millimetre"""


@dataclass(frozen=True, slots=True)
class KeptTrim:
    """A mark's trim from now on, or why it can't be kept; `words` say either."""

    pull: str
    mark: int
    trim_m: float | None
    words: str

    def on(self, show: Show) -> Show:
        """The show with it. Raises RequestError where the pull is gone."""
        pull = show.pull(self.pull)
        if self.trim_m is None or self.mark >= len(pull.marks):
            return show
        marks = list(pull.marks)
        marks[self.mark] = dataclasses.replace(marks[self.mark], trim_m=self.trim_m)
        return show.with_pull(dataclasses.replace(pull, marks=tuple(marks)))


def kept_trim(show: Show, at: Standby, taken: Taken) -> KeptTrim | None:
    """The trim to keep from a take of the pull that stands by; None for none."""
    hand, take = taken.hand, taken.take
    if hand is None or not hand.keep or not hand.trim_deg or not take.verdict.usable:
        return None
    pull, mark = standing_pull(show, at), span(show, at)[1]
    lens, name = show.lens(pull.lens), pull.marks[mark].name or letter(mark)
    # Held to the lens: a ride past its end rests on the stop, and that is the mark that can be kept.
    rested_deg = min(max(take.end_deg + hand.trim_deg, 0.0), lens.travel_deg)
    metres = lens.distance_m(rested_deg) - lens.distance_m(take.end_deg)
    try:
        if not math.isfinite(metres):
            raise RequestError("There is no trim at infinity.", "Set the mark anew instead.")
        trimmed = with_trim(show, at, mark, round(metres, FINEST_M)).pull(pull.id).marks[mark].trim_m
    except RequestError as error:
        return KeptTrim(pull.id, mark, None, f"{name} can't keep the ride: {error}")
    ridden = show_trim(round(metres, FINEST_M), imperial=show.preferences.units == "imperial")
    return KeptTrim(pull.id, mark, trimmed, f"{name} keeps the ride: {ridden}.")

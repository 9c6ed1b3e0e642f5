# SPDX-License-Identifier: MIT
"""The terminal's line while the ring follows a hand, the distance first."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

from followfocus.cli.console import say

if TYPE_CHECKING:
    from followfocus.lens.map import LensMap
    from followfocus.plan.plan import Conditions
    from followfocus.stage.by_hand import ByHand
    from followfocus.wire.evidence import UnitStatus

SHOWN_S = 0.1
WIDTH = 100


class HandView:
    """The line, on a terminal; elsewhere only what changes is said."""

    def __init__(self, lens: LensMap, conditions: Conditions) -> None:
        self._lens, self._conditions = lens, conditions
        self._is_terminal = sys.stderr.isatty()
        self._shown_s = float("-inf")
        self._said = ""

    def begin(self, words: str) -> None:
        """The first word."""
        say(words, err=True)

    def show(self, by_hand: ByHand, status: UnitStatus) -> None:
        """How things stand, ten times a second."""
        words = by_hand.words
        kind = "".join(letter for letter in words if not letter.isdigit())
        if kind and kind != self._said and not self._is_terminal:
            say(words, err=True)
        self._said = kind
        now_s = by_hand.unit.clock.now()
        if not self._is_terminal or now_s - self._shown_s < SHOWN_S:
            return
        self._shown_s = now_s
        gear = "fine" if by_hand.hand.is_fine else "coarse"
        line = f"{focus_words(self._lens, self._conditions, status.ring_deg)}   {gear} gear   {words}"
        self._write(f"\r{line[:WIDTH]:<{WIDTH}}")

    def end(self) -> None:
        """The line is done with."""
        if self._is_terminal and self._shown_s > float("-inf"):
            self._write("\n")
            self._shown_s = float("-inf")

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)
            sys.stderr.flush()


def focus_words(lens: LensMap, conditions: Conditions, ring_deg: float | None) -> str:
    """The distance that the ring is at, and from where to where it is sharp there, where that can be worked out."""
    from followfocus.errors import RequestError
    from followfocus.lens.through import lens_depth
    from followfocus.units import format_distance

    if ring_deg is None:
        return "The ring's place isn't known."
    at = min(max(ring_deg, 0.0), lens.travel_deg)
    distance_m = lens.distance_m(at)
    try:
        depth = lens_depth(lens, conditions.t_stop, conditions.coc_mm, distance_m)
        sharp = f" ({format_distance(depth.near_m)} … {format_distance(depth.far_m)})"
    except RequestError:
        sharp = ""
    return f"{format_distance(distance_m)}{sharp}  {ring_deg:z.1f}°"

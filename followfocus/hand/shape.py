# SPDX-License-Identifier: MIT
"""From the wheel's place to the ring's, and back: range, direction, curve, soft ends, detents.

Every step is monotone and onto, so that wherever the ring stands there is a place of the wheel for it, and taking hold
never moves the ring. Ring = detents(low + span · soft(curve(place))).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Self

from followfocus.hand.manners import HandManners

# A double has 53 bits, so nothing is left to halve after that.
_HALVINGS = 60
DETENT_WELL = 3.0
"""A detent of half width h is felt over 3 h each side: beyond the rest the ring catches up at 1.5 times the speed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The ring's angle over the wheel's place, 0 … 1, on one lens with its marks."""

    low_deg: float
    high_deg: float
    direction: int = 1
    curve: float = 0.0
    soft_end_deg: float = 0.0
    detents_deg: tuple[float, ...] = ()
    detent_deg: float = 0.0

    @classmethod
    def of(cls, manners: HandManners, travel_deg: float, marks_deg: tuple[float, ...] = ()) -> Self:
        """The shape of these manners on a lens; a range that leaves the travel is cut at it."""
        high = travel_deg if manners.high_deg is None else min(manners.high_deg, travel_deg)
        low = min(max(manners.low_deg, 0.0), high)
        return cls(
            low, high, manners.direction, manners.curve, manners.soft_end_deg, tuple(sorted(set(marks_deg))),
            manners.detent_deg,
        )  # fmt: skip

    def reaching(self, ring_deg: float) -> Self:
        """The same, its range made so wide that it holds where the ring stands."""
        return dataclasses.replace(self, low_deg=min(self.low_deg, ring_deg), high_deg=max(self.high_deg, ring_deg))

    def held(self, place: float) -> float:
        """A place of the wheel, held between its ends."""
        return min(max(place, 0.0), 1.0)

    @property
    def span_deg(self) -> float:
        """How much of the lens the wheel covers."""
        return self.high_deg - self.low_deg

    def ring_deg(self, place: float) -> float:
        """The ring's angle where the wheel is at `place`; past an end it is the end's."""
        share = self.held(place)
        if self.direction < 0:
            share = 1.0 - share
        # Its slope at the ends is 1 ± curve, and between lies between these: it rises for every curve below 1.
        share += self.curve * share * (1.0 - share)
        return self._with_detents(self.low_deg + self.span_deg * self._soft(share))

    def place(self, ring_deg: float) -> float:
        """Where the wheel is for a ring angle: in a detent any place that rests there."""
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            # Halved: in a detent the curve is level, where it has no inverse and Newton no slope.
            middle = (low + high) / 2
            if (self.ring_deg(middle) - ring_deg) * self.direction < 0:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def _soft(self, share: float) -> float:
        """Slows down evenly over the last stretch before each end, and still goes from 0 to 1."""
        # The integral of a speed that rises evenly to 1, stays, and falls evenly, over its whole, which is 1 − width.
        width = 0.0 if self.span_deg <= 0 else min(self.soft_end_deg / self.span_deg, 0.5)
        if width <= 0:
            return share
        if share < width:
            area = share * share / (2 * width)
        elif share > 1 - width:
            area = 1 - width - (1 - share) ** 2 / (2 * width)
        else:
            area = share - width / 2
        return area / (1 - width)

    def _with_detents(self, ring_deg: float) -> float:
        """The ring's angle, held on the nearest mark within the half width; wells never overlap."""
        if not self.detent_deg or not self.detents_deg:
            return ring_deg
        at = min(self.detents_deg, key=lambda mark: abs(mark - ring_deg))
        well = min(DETENT_WELL * self.detent_deg, self._room(at))
        rest, away = well / DETENT_WELL, abs(ring_deg - at)
        if away >= well or well <= 0:
            return ring_deg
        # What is left of the well makes up for the rest, so that the ring meets the plain line at its rim.
        held = max(0.0, away - rest) * DETENT_WELL / (DETENT_WELL - 1)
        return at + (held if ring_deg > at else -held)

    def _room(self, mark: float) -> float:
        """How far the well of a mark may reach: half way to the next one, and not past an end."""
        others = [abs(other - mark) / 2 for other in self.detents_deg if other != mark]
        ends = [abs(mark - self.low_deg), abs(self.high_deg - mark)]
        # A mark on an end has room to one side only, and that end must not take it away.
        return min([*others, *(end for end in ends if end > 0)], default=0.0)


class Straight(Shape):
    """A wheel beside a ring that is the plan's: only how far it turns counts, without ends, curve or detents."""

    def held(self, place: float) -> float:
        """Any place: it has no ends."""
        return place

    def reaching(self, _ring_deg: float) -> Self:
        """It reaches everywhere."""
        return self

    def ring_deg(self, place: float) -> float:
        """The ring angle as far from the range's beginning as the wheel was turned."""
        return self.low_deg + self.direction * self.span_deg * place

    def place(self, ring_deg: float) -> float:
        """The inverse."""
        return self.direction * (ring_deg - self.low_deg) / self.span_deg if self.span_deg else 0.0

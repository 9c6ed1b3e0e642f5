# SPDX-License-Identifier: MIT
"""A pull: marks on the ring, the time from each to the next, and how it eases.

A pull is a value: it checks itself when made, and can be kept, compared and played again. It knows ring degrees only.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.motion.easing import DEFAULT_EASING, Easing

REGISTERS: dict[str, float] = {"slow": 5.0, "moderate": 1.5, "snap": 0.4}
"""The field's words for how fast a rack is, and a duration that fits each, seconds."""

SNAP_BELOW_S, SLOW_FROM_S = 0.5, 3.0


def register_of(duration_s: float) -> str:
    """The field's word for a duration: snap below 0.5 s, slow from 3 s, moderate between."""
    if duration_s < SNAP_BELOW_S:
        return "snap"
    return "slow" if duration_s >= SLOW_FROM_S else "moderate"


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the ring; there the ring rests for `hold_s` before it goes on, or with `through` does not stop."""

    name: str
    ring_deg: float
    hold_s: float = 0.0
    through: bool = False
    letter: str = ""
    """Its letter in the whole pull, if only a part of that is played; empty: by the order."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.ring_deg):
            raise RequestError(
                f"Mark “{self.name}” needs a ring angle, not {self.ring_deg}.", "Set it on the lens's scale."
            )
        if not (math.isfinite(self.hold_s) and self.hold_s >= 0):
            raise RequestError(f"Mark “{self.name}” can't be held for {self.hold_s} s.", "Give 0 s or more.")
        if self.through and self.hold_s > 0:
            raise RequestError(f"Mark “{self.name}” can't be both passed through and held.", "Choose one of the two.")


@dataclass(frozen=True, slots=True)
class Leg:
    """From one mark to the next: how long, and how it eases (`motion.py` says what holds through marks)."""

    duration_s: float
    easing: Easing = DEFAULT_EASING

    def __post_init__(self) -> None:
        if not (math.isfinite(self.duration_s) and self.duration_s > 0):
            raise RequestError(
                f"A pull can't take {self.duration_s:g} s.", "Give a duration above 0, such as 2s, or 0.4s for a snap."
            )


@dataclass(frozen=True, slots=True)
class Pull:
    """Marks in the order they are hit, and a leg between each two. The first mark's hold comes before it moves."""

    marks: tuple[Mark, ...]
    legs: tuple[Leg, ...]

    def __post_init__(self) -> None:
        if len(self.marks) < 2 or len(self.legs) != len(self.marks) - 1:
            raise RequestError("A pull needs at least two marks and a duration between each two.", "Set a second mark.")
        for before, after in itertools.pairwise(self.marks):
            if before.ring_deg == after.ring_deg:
                raise RequestError(
                    f"{before.name} and {after.name} are at the same place on the ring ({after.ring_deg:z.2f}°), "
                    "so there is nothing to pull.",
                    "Move one of them.",
                )
        if self.marks[0].through or self.marks[-1].through:
            raise RequestError(
                "The first and the last mark can't be passed through.", "A pull starts and lands at rest."
            )

    @classmethod
    def between(cls, start: Mark, end: Mark, duration_s: float, easing: Easing = DEFAULT_EASING) -> Pull:
        """The usual pull: two marks."""
        return cls((start, end), (Leg(duration_s, easing),))

    @property
    def duration_s(self) -> float:
        """From GO to the landing, holds included (the last mark's is none of it)."""
        return sum(leg.duration_s for leg in self.legs) + sum(mark.hold_s for mark in self.marks[:-1])

    @property
    def travel_deg(self) -> float:
        """Ring degrees turned in all, both ways counted."""
        return sum(abs(b.ring_deg - a.ring_deg) for a, b in itertools.pairwise(self.marks))

    @property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """(First mark, last mark) of each run from rest to rest. A through mark where the direction turns is a stop."""
        stops = [0, *(at for at in range(1, len(self.marks)) if not self.marks[at].through or self.turns_at(at))]
        return tuple(itertools.pairwise(stops))

    def turns_at(self, mark: int) -> bool:
        """Whether the ring goes back the other way from a mark; False at both ends of the pull."""
        if not 0 < mark < len(self.marks) - 1:
            return False
        before, here, after = (each.ring_deg for each in self.marks[mark - 1 : mark + 2])
        return (here - before) * (after - here) < 0

    def reversed(self) -> Pull:
        """The same pull from the last mark to the first."""
        return Pull(self.marks[::-1], self.legs[::-1])

    def stretched(self, factor: float) -> Pull:
        """Every leg `factor` times as long; holds stay."""
        legs = tuple(dataclasses.replace(leg, duration_s=leg.duration_s * factor) for leg in self.legs)
        return dataclasses.replace(self, legs=legs)

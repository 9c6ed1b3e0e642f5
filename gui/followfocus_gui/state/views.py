# SPDX-License-Identifier: MIT
"""Views, as frozen values: the desk makes them, widgets draw them, neither knows the other.

Ring angles are degrees from the infinity end, times seconds from the start of the pull. No Qt here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.takes.whole import Outcome


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark as the disk, the strip and the curve show it; `trim_m` is already in `ring_deg`."""

    letter: str
    name: str
    ring_deg: float
    distance_m: float
    locked: bool = False
    sharp: bool = False
    selected: bool = False
    trim_m: float = 0.0
    wait_s: float | None = 0.0
    """Hold here for so long, then go on; None holds for GO."""
    words: str = ""
    """Its name; of somebody who walks, the whole walk."""
    sharp_words: str = ""
    """From where to where it is sharp on the mark ("1.17 – 1.23")"""


@dataclass(frozen=True, slots=True)
class SharpView:
    """Where it is sharp: words for near and far, how deep, and where between them (0 near, 1 far) the focus lies."""

    near: str
    far: str
    deep: str
    share: float


@dataclass(frozen=True, slots=True)
class RingView:
    """The marking disk. `scale` holds (ring degrees, text, major) from infinity to close focus."""

    scale: tuple[tuple[float, str, bool], ...]
    travel_deg: float
    soft_limits: tuple[float, float]
    stops: bool
    marks: tuple[MarkView, ...]
    needle_deg: float | None
    target_deg: float | None
    half_dof_deg: float
    landing_deg: float | None
    state_word: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class BandView:
    """One subject's band of sharpness over a pull. `main` bands are always shown, the others on demand."""

    letter: str
    name: str
    near_deg: float
    far_deg: float
    soft_s: float | None
    sharp_s: float | None
    main: bool = True
    where: str = ""
    """How far away it is, in words"""
    soft_from_s: float = 0.0
    sharp_from_s: float = 0.0
    """The GO that starts the part in which it goes soft, and becomes sharp, on the axis"""

    @property
    def parted(self) -> bool:
        """A hold for GO lies between the two."""
        return self.soft_from_s != self.sharp_from_s

    @property
    def soft_at(self) -> str:
        """When it goes soft: `0.39 s`."""
        return "" if self.soft_s is None else moment(self.soft_s, self.soft_from_s)

    @property
    def sharp_at(self) -> str:
        """When it becomes sharp: `1.61 s`, `GO + 0.22 s`."""
        return "" if self.sharp_s is None else moment(self.sharp_s, self.sharp_from_s)


def moment(at_s: float, from_s: float = 0.0, places: int = 2) -> str:
    """A moment of the axis in words. Behind a hold for GO it is counted from that GO: nobody knows how long it takes.

    >>> moment(0.39), moment(3.39, 3.17)
    ('0.39 s', 'GO + 0.22 s')
    """
    return f"GO + {at_s - from_s:.{places}f} s" if from_s else f"{at_s:.{places}f} s"


_NONE: FloatArray = np.empty(0)


class Remark(NamedTuple):
    """A remark on a pull: one sentence of at most 70 letters, and the whole of it with its figures."""

    words: str
    whole: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CurveView:
    """The planned pull as the curve shows it; arrays have one entry a sample."""

    times_s: FloatArray
    ring_deg: FloatArray
    speed_deg_s: FloatArray
    distance_m: FloatArray
    """Focus distance; infinity is drawn as such."""
    speed_limit_deg_s: float
    binding_spans: tuple[tuple[float, float], ...]
    bands: tuple[BandView, ...]
    duration_s: float
    handles: tuple[float, float, float, float] | None
    holds: tuple[tuple[float, float], ...] = field(default=())
    """(start, length) of each hold, seconds; length 0 is a mark that could hold."""
    show_distance: bool = False
    feasible: bool = True
    remarks: tuple[Remark, ...] = ()
    aside: str = ""
    """Stands there where nothing else does"""
    hold_marks: tuple[int | None, ...] = ()
    """For each hold its mark's index, or None for a hold for GO, which has no length to drag. Left out: 1, 2, …"""
    binding_names: tuple[str, ...] = ()
    """For each binding span, the limit's name ("ring speed")."""
    can_ease: bool = False
    """Offer ease handles although the easing has none: dragging one makes a Bézier of it."""
    imperial: bool = False
    half_dof_deg: float = 0.0
    """Half the depth of field where the pull lands; 0 if that is not known."""
    scale_deg: FloatArray = field(default_factory=lambda: _NONE)
    scale_m: FloatArray = field(default_factory=lambda: _NONE)
    """The lens's scale: ring angles and their distances, over all of its travel."""

    def same_pull(self, other: CurveView | None) -> bool:
        """Whether both show the same movement, whatever else they show of it."""
        return (
            other is not None
            and np.array_equal(self.times_s, other.times_s)
            and np.array_equal(self.ring_deg, other.ring_deg)
        )


@dataclass(frozen=True, slots=True, eq=False)
class CompareTake:
    """A take as it is laid over others: what was planned and what the ring did, at the same times (s from GO)."""

    title: str
    times_s: FloatArray
    planned_deg: FloatArray
    actual_deg: FloatArray
    landing: str
    verdict: str = ""
    half_dof_deg: float = 0.0
    """Half the depth of field where it lands; 0 if that is not known"""
    wanted_deg: FloatArray | None = None
    """Where plan and hand together wanted the ring; None for a take without a hand"""
    play_deg: float = 0.0
    """Nothing that is no larger can be told from nought: the play of the gear, at least a step and its rounding"""
    outcome: Outcome | None = None
    """How it ended, for its sign and colour; None for none"""


@dataclass(frozen=True, slots=True)
class TakeLine:
    """A take in the list, in words. `rows` are the log's, one a part, and empty for a take that is not in it yet.

    `off` is the landing in half depths of field, signed; None where there is none. `where` is the name of a mark in
    `words`, which gives way where they have no room.
    """

    shot: str
    number: str
    outcome: Outcome
    words: str
    pull: str
    off: float | None = None
    word: str = ""
    note: str = ""
    rows: tuple[int, ...] = ()
    tip: str = ""
    plan_hash: str = ""
    where: str = ""

    @property
    def row(self) -> int | None:
        """The log's row of its last part."""
        return self.rows[-1] if self.rows else None

    @property
    def title(self) -> str:
        """The take as it is called out."""
        number = self.number if self.number[:1].isalpha() else f"take {self.number}"
        return f"{self.shot} {number}".strip()

    @property
    def off_words(self) -> str:
        """The landing in percent of half the depth of field: 0 is dead on, 100 the edge of sharp."""
        return "" if self.off is None else percent(self.off)


def percent(share: float) -> str:
    """A share in percent with its sign, a real minus, and no sign at nought.

    >>> percent(0.03), percent(-0.093), percent(-0.001)
    ('+3 %', '−9 %', '0 %')
    """
    whole = round(share * 100.0)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)} %"


@dataclass(frozen=True, slots=True)
class CueLine:
    """A cue in the list, in words. `standing_by` is the one that GO plays, `following` the one after it.

    `goes_by_itself`: the one after it needs no GO.
    """

    number: str
    name: str
    pull: str
    time: str
    ease: str
    easing: str
    follows: str
    standing_by: bool = False
    following: bool = False
    goes_by_itself: bool = False
    lead: str = ""
    note: str = ""
    wrong: str = ""
    hand: str = "none"
    start: str = "GO"

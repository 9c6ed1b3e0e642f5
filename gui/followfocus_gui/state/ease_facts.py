# SPDX-License-Identifier: MIT
"""The pull at hand with each ease: its peak, when A goes soft and B gets sharp, and the least time."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from followfocus.errors import FollowFocusError
from followfocus.motion.limits import rounded_up
from followfocus_gui.state import shaping
from followfocus_gui.state.curve_axis import part_starts_s
from followfocus_gui.state.curve_facts import bands_of
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.ease_names import EASES, EaseName
from followfocus_gui.state.views import moment


@dataclass(frozen=True, slots=True)
class EaseFacts:
    """An ease on this pull; figures are None where it can't be planned."""

    ease: EaseName
    peak_deg_s: float | None = None
    soft_s: float | None = None
    sharp_s: float | None = None
    least_s: float | None = None
    feasible: bool = True

    letters: tuple[str, str] = ("A", "B")
    """The mark it leaves, and the one it lands on"""
    sharp_from_s: float = 0.0
    """The GO that starts the last part"""

    @property
    def words(self) -> str:
        """All its figures but the peak."""
        return "   ".join(filter(None, (self.edges, self.least)))

    @property
    def edges(self) -> str:
        """When it leaves the first mark, and when it is on the last."""
        return self._edges(2)

    @property
    def narrow_edges(self) -> tuple[str, ...]:
        """The same for a narrow card, the more exact first: a figure is never cut, of a long time it says less."""
        return tuple(self._edges(places).replace("   ", "  ").replace(" + ", "+") for places in (2, 1, 0))

    def _edges(self, places: int) -> str:
        if self.peak_deg_s is None:
            return "can't be planned"
        first, last = self.letters
        soft = "" if self.soft_s is None else f"{first} soft {moment(self.soft_s, places=places)}"
        sharp = "" if self.sharp_s is None else f"{last} sharp {moment(self.sharp_s, self.sharp_from_s, places)}"
        return "   ".join(filter(None, (soft, sharp)))

    @property
    def least(self) -> str:
        """The shortest time that can be typed."""
        return "" if self.least_s is None else f"least {rounded_up(self.least_s)} s"

    @property
    def peak(self) -> str:
        """The ring's speed where it is highest."""
        if self.peak_deg_s is None:
            return ""
        places = 0 if self.peak_deg_s >= 10 else 1
        return f"peak {self.peak_deg_s:z.{places}f}°/s"


def ease_facts(desk: Desk) -> tuple[EaseFacts, ...]:
    """Every everyday ease on the pull of the desk."""
    return tuple(_facts(desk, ease) for ease in EASES)


def _facts(desk: Desk, ease: EaseName) -> EaseFacts:
    pull = dataclasses.replace(desk.pull, easing=ease.easing)
    # A desk of its own, with a shelf of its own: eight eases would push the desk's own plans off it.
    tried = Desk(dataclasses.replace(desk.state, show=desk.show.with_pull(pull)))
    tried.fastest_interval_ticks = desk.fastest_interval_ticks
    plans = tried.plans()
    if not plans:
        return EaseFacts(ease)
    times = [np.linspace(0.0, plan.motion.duration_s, 201) for plan in plans]
    peak = max(float(np.abs(p.motion.speed_deg_s(t)).max()) for p, t in zip(plans, times, strict=True))
    bands = bands_of(plans, part_starts_s(plans), [mark.name for mark in pull.marks], back=desk.back)
    feasible = all(plan.feasibility.feasible for plan in plans)
    letters = bands[0].letter, bands[-1].letter
    first, last = bands[0], bands[-1]
    return EaseFacts(
        ease, peak, first.soft_s, last.sharp_s, _least_s(tried), feasible, letters, last.sharp_from_s
    )  # fmt: skip


def _least_s(desk: Desk) -> float | None:
    """The shortest time of the whole pull that every part of it can keep; None where nothing makes it one."""
    tried = shaping.trial(desk)
    try:
        shaping.fastest(tried)
    except FollowFocusError:
        return None
    return tried.pull.duration_s

# SPDX-License-Identifier: MIT
"""What each ease would make of the pull at hand: its peak, when A goes soft and B gets sharp, and the least time."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from followfocus.motion.limits import rounded_up
from followfocus_gui.state.curve_facts import bands_of
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import part_starts_s
from followfocus_gui.state.ease_names import EASES, EaseName


@dataclass(frozen=True, slots=True)
class EaseFacts:
    """An ease on this pull; figures are None where it can't be planned."""

    ease: EaseName
    peak_deg_s: float | None = None
    soft_s: float | None = None
    sharp_s: float | None = None
    least_s: float | None = None
    feasible: bool = True

    @property
    def words(self) -> str:
        """The line of figures."""
        if self.peak_deg_s is None:
            return "can't be planned"
        parts = [
            "" if self.soft_s is None else f"A soft {self.soft_s:.2f} s",
            "" if self.sharp_s is None else f"B sharp {self.sharp_s:.2f} s",
            "" if self.least_s is None else f"least {rounded_up(self.least_s)} s",
            "" if self.feasible else "limits broken",
        ]
        return "   ".join(filter(None, parts))


def ease_facts(desk: Desk) -> tuple[EaseFacts, ...]:
    """Every everyday ease on the pull of the desk."""
    return tuple(_facts(desk, ease) for ease in EASES)


def _facts(desk: Desk, ease: EaseName) -> EaseFacts:
    pull = dataclasses.replace(desk.pull, easing=ease.easing)
    tried = Desk(dataclasses.replace(desk.state, show=desk.show.with_pull(pull)))
    tried.fastest_interval_ticks = desk.fastest_interval_ticks
    plans = tried.plans()
    if not plans:
        return EaseFacts(ease)
    times = [np.linspace(0.0, plan.motion.duration_s, 201) for plan in plans]
    peak = max(float(np.abs(p.motion.speed_deg_s(t)).max()) for p, t in zip(plans, times, strict=True))
    bands = bands_of(plans, part_starts_s(plans), [mark.name for mark in pull.marks], back=desk.back)
    feasible = all(plan.feasibility.feasible for plan in plans)
    least = sum(plan.feasibility.min_duration_s for plan in plans)
    least_s = least if math.isfinite(least) and least > 0 else None
    return EaseFacts(ease, peak, bands[0].soft_s, bands[-1].sharp_s, least_s, feasible)

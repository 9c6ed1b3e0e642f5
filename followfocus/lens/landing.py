# SPDX-License-Identifier: MIT
"""The landing error to expect, and how one is judged: against half the depth of field, in ring degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from followfocus.errors import RequestError


def positive(value: float, what: str, unit: str = "") -> None:
    """RequestError for a value that is no number above 0."""
    if not (math.isfinite(value) and value > 0):
        raise RequestError(f"The {what} must be more than 0, not {value:g}{' ' + unit if unit else ''}.")


class LandingGrade(Enum):
    """How a landing error compares with half the depth of field."""

    CLEAN = "clean"
    """At most ¼: the blur is no more than a quarter of the circle of confusion."""
    OK = "ok"
    """Over ¼, under ½: sharp, with less in hand than a clean landing."""
    WARN = "warn"
    """From ½ on: still sharp, but nothing left for the tape and the actor."""
    FAIL = "fail"
    """From 1 on: soft."""


def landing_verdict(error_deg: float, half_dof_deg: float) -> LandingGrade:
    """Clean at ≤ ¼ half depth of field, warned of from ½, failed from 1; both in ring degrees, sign ignored."""
    positive(half_dof_deg, "half depth of field", "°")
    share = abs(error_deg) / half_dof_deg
    if not share < 1:  # also catches a nan, which no landing is
        return LandingGrade.FAIL
    if share >= 0.5:
        return LandingGrade.WARN
    return LandingGrade.CLEAN if share <= 0.25 else LandingGrade.OK


class Light(Enum):
    """A budget's colour."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """The landing error to expect of a unit, against half the depth of field; ring degrees."""

    half_dof_deg: float
    microstep_deg: float
    step_error_deg: float
    rotor_sag_deg: float
    lash_deg: float

    @property
    def total_deg(self) -> float:
        """All of it on one side at once, the worst case."""
        return self.microstep_deg + self.step_error_deg + self.rotor_sag_deg + self.lash_deg

    @property
    def share(self) -> float:
        """Worst case in half depths of field."""
        return self.total_deg / self.half_dof_deg

    @property
    def light(self) -> Light:
        """Green ≤ ¼ (always lands clean), amber under ½ (never warned of), red from ½."""
        if self.share <= 0.25:
            return Light.GREEN
        return Light.AMBER if self.share < 0.5 else Light.RED

    @property
    def words(self) -> str:
        """One line with the numbers."""
        return (
            f"{self.light.value}: worst landing error {self.total_deg:z.3f}° of ring, {self.share:.2f} of the half "
            f"depth of field {self.half_dof_deg:z.2f}° (microstep {self.microstep_deg:z.3f}°, step error "
            f"{self.step_error_deg:z.3f}°, rotor sag {self.rotor_sag_deg:z.3f}°, lash {self.lash_deg:z.3f}°)"
        )


STEP_ERROR = 0.05
"""A stepper's own position error, share of a full step, not cumulative (Geckodrive; 3–5 % by Texas Instruments)."""


def rotor_sag_deg(load_share: float, full_step_deg: float) -> float:
    """How far a loaded rotor stands behind its field: asin(load share)/90° of a full step, in ring degrees."""
    return math.degrees(math.asin(min(1.0, max(0.0, load_share)))) / 90.0 * full_step_deg


def error_budget(
    half_dof_deg: float,
    microstep_deg: float,
    microsteps: int,
    *,
    lash_deg: float = 0.0,
    load_share: float = 0.0,
) -> ErrorBudget:
    """The unit's landing error: one microstep, ±5 % of a full step, rotor sag under load, lash; all ring degrees.

    `microstep_deg` is the ring's angle per microstep, `load_share` the standing load over the motor's torque at its
    drive current. A loaded rotor lags by asin(load share)/90° of a full step.
    """
    positive(half_dof_deg, "half depth of field", "°")
    positive(microstep_deg, "microstep", "°")
    full_step = microstep_deg * microsteps
    sag = rotor_sag_deg(load_share, full_step)
    return ErrorBudget(half_dof_deg, microstep_deg, STEP_ERROR * full_step, sag, lash_deg)

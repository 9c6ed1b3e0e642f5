# SPDX-License-Identifier: MIT
"""The host's record of what a unit holds: soft limits, a profile, and how the ring came to its start."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.steps.profile import StepProfile
from followfocus.unit.upload import Upload


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile that the unit has checked, and the upload that brings it there again and streams it on."""

    profile: StepProfile
    upload: Upload


@dataclass(slots=True)
class Held:
    """Soft limits in steps, the profile, and the step and direction of the last approach to its start (None: none)."""

    limits_steps: tuple[int, int] | None = None
    approached: tuple[int, int] | None = None
    loaded: Loaded | None = None

    def forget_profile(self) -> None:
        """The profile is gone from the unit."""
        self.approached = self.loaded = None

    def reset(self) -> None:
        """The unit began anew: where the ring stands is unknown, and its limits are gone."""
        self.limits_steps = self.approached = None

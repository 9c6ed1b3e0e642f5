# SPDX-License-Identifier: MIT
"""A hand unit's manners: how a wheel's motion becomes the ring's. Frozen settings, kept with the user's or a show's."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FINE = 0.2
"""How much slower the fine gear is."""


class HandManners(BaseModel):
    """The settings of one hand. Ring angles in degrees, shares of the wheel's whole turn 0 … 1.

    `low_deg` to `high_deg` is the part of the lens that the wheel's whole turn covers (None: to the end of travel).
    `ratio` is how many times over it a wheel without ends goes in one turn of `turn_counts` counts. `curve` above 0
    makes the wheel finer toward close focus, below 0 toward infinity. `smoothing` is the 1-euro filter: `cutoff_hz`
    while the hand rests, `beta` how fast it opens as the ring speeds up (Hz per °/s). Within `detent_deg` of a mark the
    ring stays on it. Over the last `soft_end_deg` before either end the wheel slows down. An absolute control takes
    the ring within `catch_deg` of it. `lean_deg_s` is the speed of a ring or stick held at its end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    low_deg: float = 0.0
    high_deg: float | None = None
    direction: Literal[1, -1] = 1
    turn_counts: float = Field(default=128.0, gt=0, le=100_000)
    ratio: float = Field(default=1.0, gt=0, le=100)
    curve: float = Field(default=0.0, ge=-0.9, le=0.9)
    smoothing: bool = True
    cutoff_hz: float = Field(default=4.0, gt=0, le=1000)
    beta: float = Field(default=60.0, ge=0, le=1000)
    dead_band: float = Field(default=0.0, ge=0, le=0.2)
    soft_end_deg: float = Field(default=0.0, ge=0, le=60)
    detent_deg: float = Field(default=0.0, ge=0, le=5)
    catch_deg: float = Field(default=1.5, gt=0, le=30)
    fine: float = Field(default=FINE, gt=0, le=1)
    lean_deg_s: float = Field(default=90.0, gt=0, le=2000)

    @model_validator(mode="after")
    def _ends_leave_room(self) -> Self:
        # Turned round, so that NaN is refused too.
        if self.high_deg is not None and not self.low_deg < self.high_deg:
            raise ValueError(f"the wheel's part of the lens ends at {self.high_deg:g}°, before it begins")
        return self

    def but(self, **changes: object) -> HandManners:
        """The same with changes, checked again. Raises pydantic's ValidationError, which is a ValueError."""
        return HandManners.model_validate({**self.model_dump(), **changes})

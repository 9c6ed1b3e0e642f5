"""What the pictures show, as frozen values: the desk makes them, widgets draw them, neither knows the other.

Ring angles are degrees from the infinity end, times seconds from the start of the pull. No Qt here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark as the disk, the strip and the curve show it; `trim_deg` is already in `ring_deg`."""

    letter: str
    name: str
    ring_deg: float
    distance_m: float
    locked: bool = False
    sharp: bool = False
    selected: bool = False
    trim_deg: float = 0.0
    wait_s: float | None = 0.0
    """Hold here for so long, then go on; None holds for GO."""


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
    """One subject's band of sharpness over a pull."""

    letter: str
    name: str
    near_deg: float
    far_deg: float
    soft_s: float | None
    sharp_s: float | None


@dataclass(frozen=True, slots=True)
class CurveView:
    """The planned pull as the curve shows it; arrays have one entry a sample."""

    times_s: FloatArray
    ring_deg: FloatArray
    speed_deg_s: FloatArray
    distance_m: FloatArray
    speed_limit_deg_s: float
    binding_spans: tuple[tuple[float, float], ...]
    bands: tuple[BandView, ...]
    duration_s: float
    handles: tuple[float, float, float, float] | None
    holds: tuple[tuple[float, float], ...] = field(default=())
    """(start, length) of each hold, seconds."""
    show_distance: bool = False
    feasible: bool = True
    words: str = ""

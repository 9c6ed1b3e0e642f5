"""The track table that this program writes itself (`lens import --track`), and tables like it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.table import Table
from followfocus.units import parse_distance, parse_fps

KIND = "focus track"
_DISTANCE = "focus_distance_m"


def recognises(table: Table) -> bool:
    """Whether the header is that of a track table."""
    return table.has("frame", "timecode", _DISTANCE)


def read(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The focus track. Encoder counts without their limits are of no use and are left."""
    distances = np.array(table.values(_DISTANCE, lambda cell: parse_distance(cell, bare="m")))
    timecode = table.text("timecode")
    rate = fps or _rate(table) or focus_track.fps_of_timecode(timecode) or Fraction(24)
    return FocusTrack(
        kind=KIND,
        source=table.path.name,
        time_s=focus_track.times_of(timecode, rate),
        distance_m=distances,
        timecode=timecode,
        fps=rate,
        lens=ClipLens(),
        fps_assumed=fps is None,
        notes=("a track table states no encoder limits, so it gives no lens map",),
    )


def _rate(table: Table) -> Fraction | None:
    """The rate of the times, if the table has them."""
    if not table.has("time_s") or len(table.rows) < 2:
        return None
    steps = np.diff(np.array(table.numbers("time_s")))
    step = float(np.median(steps))
    return parse_fps(f"{1 / step:.3f}") if step > 0 else None

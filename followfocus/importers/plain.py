# SPDX-License-Identifier: MIT
"""Focus tracks as plain tables: those that this program writes, and any with a time or timecode and a distance."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.table import Table, focus_distance
from followfocus.units import format_timecode, parse_fps

KIND = "focus track"
_DISTANCES = ("focus_distance_m", "distance_m", "focus m")
_TIMES = ("time_s", "seconds", "time s")
NEEDED = (
    "A table of any other source needs the columns focus_distance_m (metres) and timecode or time_s (seconds), "
    "and may have frame."
)
_ROUNDED_S = 2e-6
_NO_MAP = "a track table states no encoder limits, so it gives no lens map"


def recognises(table: Table) -> bool:
    """Whether the header has a distance and something to place it in time by."""
    return _named(table, _DISTANCES) is not None and (table.has("timecode") or _named(table, _TIMES) is not None)


def read(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The focus track. Encoder counts without their limits are of no use and are left."""
    column = _named(table, _DISTANCES)
    assert column is not None
    distances = table.values(column, lambda cell: focus_distance(cell, 1.0))
    kept = focus_track.with_lens_data(str(table.path), distances)
    frame = focus_track.numbered(table.text("frame") if table.has("frame") else (), kept)
    times = _times(table, kept)
    cells = table.text("timecode") if table.has("timecode") else ("",) * len(table.rows)
    rate = fps or _rate(times, frame) or focus_track.fps_of_timecode(cells) or Fraction(24)
    timecode = tuple(cells[i] for i in kept)
    if not any(timecode):
        timecode = tuple(format_timecode(number, rate) for number in frame)
    return track_of(
        table.path.name, np.array(distances)[[*kept]], timecode, rate, frame, times,
        fps_assumed=fps is None, notes=focus_track.left_out(len(distances) - len(kept)), clip_frames=len(distances),
    )  # fmt: skip


def track_of(
    source: str,
    distance_m: FloatArray,
    timecode: tuple[str, ...],
    rate: Fraction,
    frame: tuple[int, ...],
    times: FloatArray | None,
    *,
    fps_assumed: bool,
    notes: tuple[str, ...] = (),
    clip_frames: int = 0,
) -> FocusTrack:
    """A track without a lens; `times` are those of a table, rounded, or None where timecode and numbers say them."""
    exact = focus_track.times_of(timecode, rate, None, frame)
    if times is None or np.allclose(exact, times - times[0], rtol=0.0, atol=_ROUNDED_S):
        times = exact
    return FocusTrack(
        kind=KIND,
        source=source,
        time_s=times - times[0],
        distance_m=distance_m,
        timecode=timecode,
        fps=rate,
        lens=ClipLens(),
        fps_assumed=fps_assumed,
        notes=(*notes, _NO_MAP),
        frame=frame,
        clip_frames=clip_frames,
    )


def _named(table: Table, names: Sequence[str]) -> str | None:
    return next((name for name in names if table.has(name)), None)


def _times(table: Table, kept: Sequence[int]) -> FloatArray | None:
    """The times of the frames that are kept, if the table has them. FileError where they don't run on."""
    column = _named(table, _TIMES)
    if column is None:
        return None
    times = np.array(table.numbers(column))
    back = np.flatnonzero(np.diff(times) <= 0)
    if len(back):
        line = table.lines[int(back[0]) + 1]
        raise FileError(f"{table.path}, line {line}, column “{column}”: the time doesn't run on.")
    return np.asarray(times[[*kept]], dtype=np.float64)


def _rate(times: FloatArray | None, frame: Sequence[int]) -> Fraction | None:
    """The rate at which the frames follow each other in time."""
    if times is None or len(times) < 2:
        return None
    step = float(np.median(np.diff(times) / np.diff(np.array(frame))))
    return parse_fps(f"{1 / step:.3f}") if 1e-3 < step < 1e3 else None

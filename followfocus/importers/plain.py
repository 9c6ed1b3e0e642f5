# SPDX-License-Identifier: MIT
"""Focus tracks as plain tables: those that this program writes, and any with a time or timecode and a distance."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.given import placed
from followfocus.importers.table import Table, finite, focus_distance
from followfocus.timecode import format_timecode
from followfocus.units import FOOT_M, INCH_M, parse_fps

KIND = "focus track"
_DISTANCES = ("focus_distance_m", "distance_m", "focus m", "focus_distance", "focus distance", "distance", "focus")
_UNITS_M = {"m": 1.0, "mm": 0.001, "cm": 0.01, "ft": FOOT_M, "in": INCH_M}
_UNITS_M |= dict.fromkeys(("meter", "meters", "metre", "metres"), 1.0) | {"millimeters": 0.001, "millimetres": 0.001}
_UNITS_M |= {"feet": FOOT_M, "foot": FOOT_M, "inch": INCH_M, "inches": INCH_M}
_IN_METRES = ("focus_distance_m", "distance_m", "focus m")
_NUMBER = re.compile(r"[\d.,]+")
_TIMES = ("time_s", "seconds", "time s", "time", "time (s)", "time [s]", "t")
_MILLISECONDS = ("time_ms", "time (ms)", "time [ms]", "time ms", "milliseconds", "ms")
_TIMECODES = ("timecode", "tc", "time code")
_FOCALS = (focus_track.FOCAL_COLUMN, "focal mm", "focal_mm", "focal length (mm)", "focal length mm")
_FRAMES = ("frame", "frames", "frame number")
NEEDED = (
    "A table of any other source, such as DCS's, needs the columns focus_distance_m (metres; or distance with its unit "
    "as in Focus Distance (mm)) and timecode or time_s (seconds), or frame."
)
_WITH_UNIT = re.compile(rf"(.*?)[ _]?[(\[]?({'|'.join(sorted(_UNITS_M, key=len, reverse=True))})[)\]]?")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d):(\d\d(?:[.,]\d{1,9})?)")
_THOUSANDTHS = re.compile(r".*[.,]\d{3}")
_NO_FRAME = re.compile(r".*[.,][6-9]\d")
_DAY_S = 86_400.0
_ROUNDED_S = 2e-6
_NEAR = 0.05
_WHOLE_RATES = (24, 25, 30, 48, 50, 60, 72, 96, 100, 120)
_RATES = (*map(Fraction, _WHOLE_RATES), *(Fraction(rate * 1000, 1001) for rate in _WHOLE_RATES if rate % 25))
"""Of cameras; where times fit two alike, the first is taken"""


def recognises(table: Table) -> bool:
    """Whether the header has a distance and something to place it in time by."""
    placed = any(_named(table, names) is not None for names in (_TIMES, _MILLISECONDS, _TIMECODES, _FRAMES))
    return placed and distance_column(table) is not None


def read(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The focus track. Encoder counts without their limits are of no use and are left."""
    found = distance_column(table)
    assert found is not None
    column, unit_m = found
    distances = table.values(column, lambda cell: focus_distance(cell, unit_m))
    kept = focus_track.with_lens_data(str(table.path), distances)
    numbers, codes = _column(table, _FRAMES), _column(table, _TIMECODES)
    clock = _clock(table)
    times = None if clock is None else clock[[*kept]]
    cells = codes if any(codes) and not _is_clock(codes) else ("",) * len(table.rows)
    frame = focus_track.numbered(numbers, kept)
    focals = _column(table, _FOCALS)
    rate = fps or _rate(times, frame) or focus_track.fps_of_timecode(cells) or Fraction(24)
    if not any(numbers):
        frame = _placed(cells, clock, rate, kept) or frame
    timecode = tuple(cells[i] for i in kept)
    if not any(timecode):
        timecode = tuple(format_timecode(number, rate) for number in frame)
    notes = (
        *focus_track.left_out(len(distances) - len(kept)),
        *focus_track.renumbered(numbers),
        *_no_unit(table, column),
    )
    return track_of(
        table.path.name, np.array(distances)[[*kept]], timecode, rate, frame, times,
        fps_assumed=fps is None, notes=notes, clip_frames=len(distances),
        focal_mm=focus_track.zoom_of(focals, kept), lens=ClipLens(focal_length_mm=focus_track.focal_of(focals, kept)),
    )  # fmt: skip


def _no_unit(table: Table, column: str) -> tuple[str, ...]:
    """The note that a column of numbers doesn't name its unit."""
    named = column.casefold() in _IN_METRES or _WITH_UNIT.fullmatch(column.strip().casefold())
    bare = any(_NUMBER.fullmatch(cell) for cell in table.text(column))
    return (f"its column “{column}” names no unit: taken for metres",) if bare and not named else ()


def _placed(cells: Sequence[str], clock: FloatArray | None, rate: Fraction, kept: Sequence[int]) -> tuple[int, ...]:
    """The numbers of frames that have none of their own, by their timecode or times; empty where these say none."""
    count = focus_track.frames_of(cells, rate)
    if count is None and clock is not None:
        count = (clock - clock[0]) * float(rate)
    return placed(count, kept)


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
    focal_mm: FloatArray | None = None,
    lens: ClipLens | None = None,
) -> FocusTrack:
    """A track, without a lens unless one is given.

    `times` are those of a table, rounded, or None where timecode and numbers say them.
    """
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
        lens=lens or ClipLens(),
        fps_assumed=fps_assumed,
        notes=tuple(notes),
        frame=frame,
        clip_frames=clip_frames,
        focal_mm=focal_mm,
    )


def _named(table: Table, names: Sequence[str]) -> str | None:
    """The first of these columns that the table has, in whatever case."""
    there = {column.casefold(): column for column in reversed(table.columns)}
    return next((there[name] for name in names if name in there), None)


def distance_column(table: Table) -> tuple[str, float] | None:
    """The column of distances and the metres of its unit; None where there is none."""
    column = _named(table, _DISTANCES)
    if column is not None:
        return column, 1.0
    for name in table.columns:
        match = _WITH_UNIT.fullmatch(name.strip().casefold())
        if match and match[1].strip(" _") in _DISTANCES:
            return name, _UNITS_M[match[2]]
    return None


def _column(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    """The cells of the first of these columns that the table has; none where it has none."""
    column = _named(table, names)
    return () if column is None else table.text(column)


def _is_clock(cells: Sequence[str]) -> bool:
    """Whether these are times of a clock, with parts of a second where a timecode has frames.

    Hundredths look as drop-frame timecode does, until there is one that is no frame.
    """
    if not all(map(_CLOCK.fullmatch, cells)):
        return False
    return all(map(_THOUSANDTHS.fullmatch, cells)) or any(map(_NO_FRAME.fullmatch, cells))


def _seconds(cell: str) -> float:
    """Seconds of `1.04`, `00:00:01.040` or `23:59:59`; ValueError otherwise."""
    if match := _CLOCK.fullmatch(cell):
        hours, minutes, seconds = (float(part.replace(",", ".")) for part in match.groups())
        return (hours * 60 + minutes) * 60 + seconds
    return finite(cell)


def _clock(table: Table) -> FloatArray | None:
    """The times of all rows, if the table has them; a clock's run on over one midnight. FileError where they don't."""
    column, unit_s = _named(table, _TIMES), 1.0
    if column is None and (column := _named(table, _MILLISECONDS)):
        unit_s = 0.001
    if column is None:
        column = _named(table, _TIMECODES)
        if column is None or not _is_clock(table.text(column)):
            return None
    times = np.array(table.values(column, _seconds)) * unit_s
    if all(map(_CLOCK.fullmatch, table.text(column))):
        # More than half a day back is midnight; less is a clip that doesn't run on.
        midnights = np.flatnonzero(np.diff(times) < -_DAY_S / 2)
        times[midnights[0] + 1 if len(midnights) else len(times) :] += _DAY_S
    back = np.flatnonzero(np.diff(times) <= 0)
    if len(back):
        line = table.lines[int(back[0]) + 1]
        raise FileError(f"{table.path}, line {line}, column “{column}”: the time doesn't run on.")
    return np.asarray(times, dtype=np.float64)


def _rate(times: FloatArray | None, frame: Sequence[int]) -> Fraction | None:
    """The rate at which the frames follow each other in time: that of a camera whose frames the times, rounded, fit.

    Two frames tell little of it: at 23.976 they are 0.042 s apart, as at 23.81, and at 29.97 0.033 s, as at 30.3.
    """
    if times is None or len(times) < 2:
        return None
    each = np.diff(times) / np.diff(np.array(frame))
    in_row = np.abs(each / np.sort(each)[(len(each) - 1) // 2] - 1) < 0.6  # over a gap it isn't one frame
    rough = 1.0 / float(np.mean(each[in_row]))
    if not 1e-3 < rough < 1e3:
        return None
    off = {_off_frames_s(times, rate): rate for rate in reversed(_RATES) if abs(rough / rate - 1) < _NEAR}
    within_s = _ROUNDED_S + next((10.0**-places for places in range(6) if np.allclose(times, times.round(places))), 0.0)
    least_s = min(off, default=math.inf)
    return off[least_s] if least_s <= within_s else parse_fps(f"{rough:.3f}")


def _off_frames_s(times: FloatArray, rate: Fraction) -> float:
    """How far the times are at most from those of frames at this rate, seconds."""
    passed = times - times[0]
    return float(np.abs(passed - np.rint(passed * float(rate)) / float(rate)).max())

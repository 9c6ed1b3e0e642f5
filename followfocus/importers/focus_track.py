# SPDX-License-Identifier: MIT
"""FocusTrack: where focus was in every frame of a clip, whichever camera wrote it.

The common outcome of all importers: times, distances, encoder counts where the lens has an encoder, and what the clip
says of the lens. A track with an encoder makes a lens map (`mapping.py`); any track can be played as a recorded pull:
`Motion.from_track(track.time_s, track.ring_deg(lens))`.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.importers.cooke import CookeData
from followfocus.importers.table import NEAREST_M, is_nothing
from followfocus.names import counted
from followfocus.spreadsheet import COMMA, Fixed, FormattedNumber, Style, csv_lines
from followfocus.timecode import drops_frames, format_timecode, is_drop_frame, parse_timecode

if TYPE_CHECKING:
    from followfocus.lens.map import LensMap

COLUMNS = ("frame", "timecode", "time_s", "focus_distance_m", "lens_encoder", "motor_encoder")
FOCAL_COLUMN = "focal_length_mm"
_MOVING_SHARE = 0.0003  # of the encoder's range a frame: under it the ring stands (3 counts of 11550 on the SP 40)
_PULL_SHARE = 0.05  # of the encoder's range: shorter moves are corrections, not pulls
_JOIN_FRAMES = 3
_STRAY_SHARE = 0.05  # of the frames may have counts off the limits: a bad frame, not a bad encoder
_TYPICAL_CLOSE_FOCUS_M = 0.4
_WHOLE = re.compile(r"(\d{1,12})(?:[.,]0*)?")
"""The number of a frame, also as a program writes it that keeps every number as a fraction: 1001.0"""


@dataclass(frozen=True, slots=True)
class ClipLens:
    """The lens as a clip describes it; None and "" where it says nothing. `t_stop` is the widest.

    A stop used is told as the clip does: in T, by its light, or as an f-stop, by the lens's geometry; seldom in both.
    """

    make: str = ""
    model: str = ""
    serial: str = ""
    focal_length_mm: float | None = None
    t_stop: float | None = None
    t_stop_used: float | None = None
    f_stop_used: float | None = None
    transmission: float | None = None
    squeeze: float = 1.0
    entrance_pupil_m: float | None = None
    """Metres ahead of the image plane"""


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """Counts of one encoder in every frame and the counts at the two ends of its travel."""

    name: str
    counts: FloatArray
    infinity: float
    close: float
    in_degrees: bool = False
    """Whether a count is a degree of the ring"""

    def fraction(self) -> FloatArray:
        """Position along the travel, 0 at the infinity end, 1 at the close end (OpenTrackIO's direction)."""
        return (self.counts - self.infinity) / (self.close - self.infinity)


@dataclass(frozen=True, slots=True)
class RecordedPull:
    """One move of the ring within a track: from the clip's frame `first` to `last`, how far, how long, how peaked."""

    first: int
    last: int
    from_m: float
    to_m: float
    duration_s: float
    peak_over_mean_speed: float


@dataclass(frozen=True, slots=True, eq=False)
class FocusTrack:
    """Focus over time. Arrays have one element a frame; `time_s` starts at 0, `distance_m` may hold infinity.

    Frames without lens data are left out: `frame` numbers the others as the clip does (empty: none is left out), and
    `clip_frames` is how many the clip has in all.
    `encoder` is the lens's own, `motor` a lens motor's; both None where the camera records none. `fps_assumed` is True
    where the file does not state the rate and it was read off the timecode. `optics` is Cooke data a frame, or empty.
    """

    kind: str
    source: str
    time_s: FloatArray
    distance_m: FloatArray
    timecode: tuple[str, ...]
    fps: Fraction
    lens: ClipLens
    clip: str = ""
    fps_assumed: bool = False
    encoder: Encoder | None = None
    motor: Encoder | None = None
    optics: tuple[CookeData, ...] = ()
    notes: tuple[str, ...] = ()
    frame: tuple[int, ...] = ()
    clip_frames: int = 0
    focal_mm: FloatArray | None = None
    """Focal length a frame, where it changes"""
    other_lens_from: int | None = None
    """The first frame of another lens, where the clip has two"""

    def __post_init__(self) -> None:
        """Number the frames where nobody did."""
        if not self.frame:
            object.__setattr__(self, "frame", tuple(range(len(self.time_s))))
        if not self.clip_frames:
            object.__setattr__(self, "clip_frames", len(self.time_s))

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.time_s)

    def ring_deg(self, lens: LensMap) -> FloatArray:
        """The track as ring angles of `lens`, to play it as a pull on that lens: by distance, through its map."""
        return lens.ring_deg(self.distance_m)

    def _travelled(self) -> FloatArray:
        """Position as a share of travel: the encoder's, else 1/distance as on a ring that goes down to 0.4 m."""
        encoder = self.encoder or self.motor
        return encoder.fraction() if encoder else _TYPICAL_CLOSE_FOCUS_M / self.distance_m

    def pulls(self) -> tuple[RecordedPull, ...]:
        """The moves of the ring: runs of frames that move by over 0.03 % of travel each, gaps of 3 frames joined."""
        position = self._travelled()
        steps = np.diff(position) / np.maximum(1, np.diff(np.array(self.frame)))
        runs: list[list[int]] = []
        for i in np.flatnonzero(np.abs(steps) > _MOVING_SHARE).tolist():
            same_way = bool(runs) and steps[runs[-1][1]] * steps[i] > 0
            if same_way and i - runs[-1][1] <= _JOIN_FRAMES:
                runs[-1][1] = i
            else:
                runs.append([i, i])
        return tuple(
            self._pull(first, last + 1, steps)
            for first, last in runs
            if abs(position[last + 1] - position[first]) >= _PULL_SHARE
        )

    def _pull(self, first: int, last: int, steps: FloatArray) -> RecordedPull:
        """The move between two frames."""
        moves = np.abs(steps[first:last])
        return RecordedPull(
            self.frame[first],
            self.frame[last],
            float(self.distance_m[first]),
            float(self.distance_m[last]),
            float(self.time_s[last] - self.time_s[first]),
            float(moves.max() / moves.mean()),
        )

    def to_csv(self, style: Style = COMMA) -> str:
        """The track as text: frame, timecode, time_s, focus_distance_m ("inf" for infinity), encoder counts."""
        zoomed = self.focal_mm
        rows: list[list[object]] = [[*COLUMNS, *([] if zoomed is None else [FOCAL_COLUMN])]]
        for i in range(len(self)):
            counts = [
                FormattedNumber(f"{encoder.counts[i]:g}") if encoder else "" for encoder in (self.encoder, self.motor)
            ]
            time_s, distance = FormattedNumber(f"{self.time_s[i]:.6f}"), FormattedNumber(f"{self.distance_m[i]:.6g}")
            focal = [] if zoomed is None else [FormattedNumber(f"{zoomed[i]:.6g}")]
            rows.append([self.frame[i], Fixed(self.timecode[i]), time_s, distance, *counts, *focal])
        return "".join(csv_lines(rows, style, "\n"))


def directed(name: str, counts: Sequence[float], low: float, high: float, distance_m: FloatArray) -> Encoder | None:
    """An Encoder whose infinity end is told by the data: counts and 1/distance rise together or against each other.

    Where nothing moved, the low end is taken. None where the limits are no range, or not the range of these counts.
    """
    array = np.asarray(counts, dtype=np.float64)
    if not high > low or float(np.mean((array < low) | (array > high))) > _STRAY_SHARE:
        return None
    reciprocal = 1.0 / distance_m
    covariance = float(np.mean((array - array.mean()) * (reciprocal - reciprocal.mean())))
    return Encoder(name, array, low, high) if covariance >= 0 else Encoder(name, array, high, low)


def with_lens_data(source: str, distance_m: Sequence[float]) -> tuple[int, ...]:
    """Which rows have a distance. FileError where fewer than two do, and for a distance that no lens focuses at."""
    kept = tuple(i for i, metres in enumerate(distance_m) if not math.isnan(metres))
    odd = next((i for i in kept if distance_m[i] < NEAREST_M), None)
    if odd is not None:
        raise FileError(
            f"{source}, frame {odd + 1} of {len(distance_m)}: focus at {distance_m[odd] * 1000:.3g} mm is nearer than "
            "any lens focuses.",
            remedy="Check the unit of its distances.",
        )
    if len(kept) == 1:
        raise FileError(f"{source} has one focus distance only.", remedy="A focus track takes two frames or more.")
    if not kept:
        raise FileError(f"{source} has no focus distances.", remedy="The lens sent no data in this clip.")
    return kept


def left_out(count: int) -> tuple[str, ...]:
    """The note on how many frames have no lens data."""
    return (f"{counted(count, 'frame')} without lens data left out",) if count else ()


def numbered(
    cells: Sequence[str], kept: Sequence[int], timecode: Sequence[str] = (), fps: Fraction | None = None
) -> tuple[int, ...]:
    """The clip's numbers of the frames that are kept, from its own column where that counts up.

    Else from 0 by the timecode of all rows, so that a gap in it stays one, where that runs on; else by their rows.
    """
    numbers = _counting_up(cells)
    if not numbers and fps is not None and (frames := frames_of(timecode, fps)) is not None:
        numbers = [int(number) for number in frames - frames[0]]
    return tuple(numbers[i] if numbers else i for i in kept)


def other_lens_from(frame: Sequence[int], kept: Sequence[int], *columns: Sequence[str]) -> int | None:
    """The first of the frames that are kept in which one of these columns, of all rows, names another lens.

    None where there is one lens. What says nothing is no other lens.

    >>> other_lens_from((7, 8, 9), (0, 1, 2), ("40 mm", "", "75 mm"))
    9
    """
    firsts: dict[int, str] = {}
    for number, row in zip(frame, kept, strict=True):
        for place, column in enumerate(columns):
            if column and not is_nothing(column[row]) and firsts.setdefault(place, column[row]) != column[row]:
                return number
    return None


def renumbered(cells: Sequence[str]) -> tuple[str, ...]:
    """The note that a clip's own frame numbers were of no use; none where it has none, or they count up."""
    return (
        () if _counting_up(cells) or not any(cells) else ("its frame numbers don't run on, so its frames are counted",)
    )


def _counting_up(cells: Sequence[str]) -> list[int]:
    """A column of frame numbers that counts up; empty if it doesn't."""
    whole = [_WHOLE.fullmatch(cell) for cell in cells]
    numbers = [int(one[1]) if one else -1 for one in whole]
    counts_up = bool(numbers) and numbers[0] >= 0 and all(a < b for a, b in itertools.pairwise(numbers))
    return numbers if counts_up else []


def times_of(
    timecode: Sequence[str], fps: Fraction, capture_fps: Fraction | None = None, frame: Sequence[int] = ()
) -> FloatArray:
    """Seconds from the first frame as they passed on set: frames by timecode where it runs on, else by their numbers.

    `fps` is the timecode's rate. A clip shot faster or slower than it plays has another `capture_fps`.
    """
    frames = frames_of(timecode, fps)
    if frames is None:
        frames = np.array(frame or range(len(timecode)), dtype=np.float64)
    return np.asarray((frames - frames[0]) / float(capture_fps or fps), dtype=np.float64)


def running(times: FloatArray | None) -> FloatArray | None:
    """A clip's own times if they run on; None where it has none, or they don't."""
    return times if times is not None and bool(np.all(np.diff(times) > 0)) else None


def not_running(times: FloatArray | None) -> tuple[str, ...]:
    """The note that a clip's own times were of no use; none where it has none, or they run on."""
    unused = times is not None and running(times) is None
    return ("its times don't run on, so they are those of its frames",) if unused else ()


def frames_of(timecode: Sequence[str], fps: Fraction) -> FloatArray | None:
    """Frames by timecode, on over midnight; None where it can't be read or doesn't run on."""
    if not any(timecode):
        return None
    if drops_frames(timecode) and round(fps) % 30 == 0 and fps.denominator > 1:
        timecode = [re.sub(r":(\d\d)$", r";\1", text) for text in timecode]
    try:
        frames = np.array([parse_timecode(text, fps) for text in timecode], dtype=np.float64)
        last = format_timecode(0, fps, drop_frame=is_drop_frame(timecode[0])).replace("00:00:00", "23:59:59")
        day = parse_timecode(f"{last[:9]}{round(fps) - 1:02}", fps) + 1
    except RequestError:
        return None
    # More than half a day back is a midnight; less is a clip that does not run on.
    frames[1:] += day * np.cumsum(np.diff(frames) < -day / 2)
    return frames if np.all(np.diff(frames) > 0) else None


_RATES = (24, 25, 30, 48, 50, 60, 100, 120)


def fps_of_timecode(timecode: Sequence[str]) -> Fraction | None:
    """The rate at which a timecode's frames wrap; None if it never wraps. 23.976 and 24 look the same here.

    A frame 24 or above is of none of the slower rates, wrapped or not. Drop-frame there is at 29.97 and 59.94 only.
    """
    frames = [int(match[1]) for text in timecode if (match := re.search(r"[:;.](\d{2,3})$", text))]
    if drops_frames(timecode):
        return Fraction(30_000 if max(frames) < 30 else 60_000, 1001)
    if not frames or (frames == sorted(frames) and max(frames) < _RATES[0]):
        return None
    return next((Fraction(rate) for rate in _RATES if max(frames) < rate), None)


_FULL_STOPS = {1.4: 2**0.5, 2.8: 2**1.5, 5.6: 2**2.5, 11.0: 2**3.5, 22.0: 2**4.5}


def t_stop_of(text: str) -> float | None:
    """T-number of a marked stop and tenths of a stop above it: `1.4 + 7/10` (ARRI), `T 2 3/10` (Sony), `5.6`.

    None for what is none of these, as an f-stop is. A mark stands for its exact power of √2, so 1.4 + 7/10 is 1.80.
    """
    return _marked(text, "[Tt]?")


def f_stop_of(text: str) -> float | None:
    """f-number of what is marked as one, `F5.6` or `f/2.8`; None for anything else."""
    return _marked(text, "[Ff]")


def _marked(text: str, letter: str) -> float | None:
    match = re.fullmatch(rf"\s*{letter}/?\s*(\d{{1,3}}(?:\.\d+)?)(?:\s*\+?\s*(\d{{1,2}})/10)?\s*", text)
    if not match or float(match[1]) <= 0:
        return None
    marked = float(match[1])
    if match[2]:
        marked = _FULL_STOPS.get(marked, marked)
    return marked * 2 ** (int(match[2] or 0) / 20)


def squeeze_of(text: str) -> float:
    """An anamorphic squeeze as cameras write it: `2x`, `1.8`, `2/1`; 1 for what says nothing.

    >>> squeeze_of("2x"), squeeze_of("1.8:1"), squeeze_of("")
    (2.0, 1.8, 1.0)
    """
    match = re.match(r"\s*(\d{1,6}(?:\.\d+)?)(?:\s*[/:]\s*(\d{1,6}(?:\.\d+)?))?", text)
    if match is None or float(match[2] or 1) <= 0:
        return 1.0
    squeeze = float(match[1]) / float(match[2] or 1)
    return squeeze if 0.1 <= squeeze <= 10 else 1.0


def changing(values: Sequence[float]) -> FloatArray | None:
    """A value a frame, where all frames have one and it changes; else None."""
    found = np.array(values, dtype=np.float64)
    return found if len(found) and np.all(np.isfinite(found)) and float(np.ptp(found)) > 1e-3 else None


def zoom_of(cells: Sequence[str], kept: Sequence[int], unit_mm: float = 1.0) -> FloatArray | None:
    """Focal lengths in mm of the frames that are kept, by a column's cells; None where one is missing, or none changes.

    >>> zoom_of(["24mm", "24,5 mm"], [0, 1])
    array([24. , 24.5])
    """
    return changing([value * unit_mm for value in _focals(cells, kept)])


def focal_of(cells: Sequence[str], kept: Sequence[int]) -> float | None:
    """The median focal length in mm of the frames that are kept; None if none has one."""
    return median_or_none(_focals(cells, kept))


def _focals(cells: Sequence[str], kept: Sequence[int]) -> list[float]:
    """Numbers in cells such as `24` or `24,5 mm`; not-a-number for another, and nothing without cells."""
    found = [re.match(r"\s*(\d+(?:[.,]\d+)?)\s*(?:mm)?\s*$", cells[i], re.IGNORECASE) for i in kept if cells]
    return [float(one[1].replace(",", ".")) if one else math.nan for one in found]


def widest_in_model(model: str) -> float | None:
    """The widest T-stop from a lens model's name: `ARRI SP40 T1.8` → 1.8."""
    match = re.search(r"\bT\s?(\d+(?:[.,]\d+)?)", model)
    return float(match[1].replace(",", ".")) if match else None


def median_or_none(values: Sequence[float | None]) -> float | None:
    """The median of what is known, None if nothing is."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return float(np.median(known)) if known else None

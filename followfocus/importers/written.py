# SPDX-License-Identifier: MIT
"""Keyframes that this program writes for others, read back: Nuke's .chan, After Effects' text, a track as JSON.

A .chan and After Effects' camera have a zoom as an angle of view. Its focal length is that of a frame of known width.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from followfocus.errors import FileError, RequestError
from followfocus.importers.focus_track import ClipLens, FocusTrack, changing, median_or_none, with_lens_data
from followfocus.importers.plain import track_of
from followfocus.importers.table import finite, focus_distance
from followfocus.lens.formats import SUPER_35, Format
from followfocus.timecode import format_timecode
from followfocus.units import parse_fps

KINDS = (".chan", "After Effects keyframes")
_MOST_FRAMES = 100_000_000
FAR_M = 10_000.0
"""Infinity, where there are only numbers."""
_AE = "Adobe After Effects"
_CHAN = re.compile(r"\s*-?\d{1,9}(?:[ \t]+[-+.\deE]+){6,7}\s*")
_FOCUS = re.compile(r"Camera Options\tFocus Distance|Effects\tSlider Control #1\t")
_JSON_FORMAT = "followfocus-focus-track"
_AE_ZOOM = "Camera Options\tZoom"
_JSON_FIELDS = ("frame", "timecode", "seconds", "distance_m")


@dataclass(frozen=True, slots=True)
class SeenFrame:
    """The frame, in mm, that an angle of view in a file is of: as high as 16:9 is, where its height isn't known."""

    width_mm: float = SUPER_35.width_mm
    height_mm: float = SUPER_35.width_mm * 9 / 16

    @classmethod
    def of(cls, film: Format) -> SeenFrame:
        """A format's frame, as wide as it is and 16:9."""
        return cls(film.width_mm, film.width_mm * 9 / 16)


def read_written(path: Path, text: str, fps: Fraction | None, seen: SeenFrame) -> FocusTrack | None:
    """The track in the text of a file; None where it is none of these. FileError for one that can't be read."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.startswith(_AE):
        return _after_effects(path, text, fps, seen)
    if _CHAN.fullmatch(first):
        return _chan(path, text, fps, seen)
    if first.lstrip().startswith("{"):
        return _json(path, text, fps)
    return None


def _track(
    path: Path,
    frame: Sequence[int],
    metres: Sequence[float],
    rate: Fraction,
    *,
    assumed: bool,
    focals: Sequence[float] = (),
    of_a_frame: str = "",
) -> FocusTrack:
    """Frames that are counted, with the timecode that they stand for; focal lengths are said to be `of_a_frame`."""
    if len(frame) < 2 or any(a >= b for a, b in itertools.pairwise(frame)) or frame[-1] - frame[0] > _MOST_FRAMES:
        raise FileError(f"{path}: two frames at least are needed, and their numbers must go up, as those of a clip do.")
    timecode = tuple(format_timecode(max(0, number), rate) for number in frame)
    far = np.array([math.inf if value >= FAR_M else value for value in metres])
    with_lens_data(str(path), far.tolist())
    times = (np.array(frame, dtype=np.float64) - frame[0]) / float(rate)
    return track_of(
        path.name, far, timecode, rate, tuple(frame), times, fps_assumed=assumed,
        notes=(f"its focal lengths are those of a frame {of_a_frame}",) if focals else (),
        focal_mm=changing(focals), lens=ClipLens(focal_length_mm=median_or_none(focals)),
    )  # fmt: skip


def _chan(path: Path, text: str, fps: Fraction | None, seen: SeenFrame) -> FocusTrack:
    """A .chan whose axis rides on the plane of focus, on -z in metres, as `look --export chan` writes it."""
    frame, metres, views = [], [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if not _CHAN.fullmatch(line):
            raise FileError(f"{path}, line {number}: this is no line of a .chan.", remedy="Export it again.")
        cells = line.split()
        x, y, z = (_cell(path, number, cell) for cell in cells[1:4])
        if x or y or z >= 0:
            raise FileError(
                f"{path}, line {number}: this .chan is of a camera or an object, not of a plane of focus on -z.",
                remedy="Give the one that look --export chan wrote.",
            )
        frame.append(int(cells[0]))
        metres.append(-z)
        views += [_view(path, number, cell) for cell in cells[7:]]
    # Nuke's column of the upright angle of view may be left out: then nothing is known of the lens.
    focals = [seen.height_mm / 2 / math.tan(view / 2) for view in views] if len(views) == len(frame) else []
    high = f"{seen.height_mm:.2f} mm high"
    return _track(path, frame, metres, fps or Fraction(24), assumed=fps is None, focals=focals, of_a_frame=high)


def _view(path: Path, line: int, cell: str) -> float:
    """An angle of view in radians."""
    degrees = _cell(path, line, cell)
    if not 0 < degrees < 180:
        raise FileError(f"{path}, line {line}: “{cell}” is no angle of view.", remedy="Export it again.")
    return math.radians(degrees)


def _cell(path: Path, line: int, cell: str) -> float:
    try:
        return finite(cell)
    except ValueError:
        raise FileError(f"{path}, line {line}: “{cell}” is not a number.") from None


def _after_effects(path: Path, text: str, fps: Fraction | None, seen: SeenFrame) -> FocusTrack:
    """Keyframe text: a camera's focus distance (1 pixel is 1 mm), else the first slider, in metres."""
    lines = text.splitlines()
    rate = re.search(r"^\tUnits Per Second\t(\S+)", text, re.MULTILINE)
    heads = [i for i, line in enumerate(lines) if _FOCUS.match(line)]
    if rate is None or not heads:
        raise FileError(
            f"{path}: these keyframes have no focus distance.",
            remedy="Copy the camera's Focus Distance, or the slider that look --export ae made.",
        )
    at = next((i for i in heads if lines[i].startswith("Camera")), heads[0])
    unit_m = 0.001 if lines[at].startswith("Camera") else 1.0
    frame, pixels = _keys(path, lines, at, "focus distance")
    metres, focals = [value * unit_m for value in pixels], _zoom(path, lines, frame, seen)
    wide = f"{seen.width_mm:g} mm wide"
    return _track(path, frame, metres, fps or parse_fps(rate[1]), assumed=False, focals=focals, of_a_frame=wide)


def _keys(path: Path, lines: Sequence[str], at: int, what: str) -> tuple[list[int], list[float]]:
    """The frames and values of the property whose name is in line `at`; the values are more than 0."""
    frame, values = [], []
    for number, line in enumerate(lines[at + 2 :], start=at + 3):
        cells = line.split("\t")
        if len(cells) < 3 or not cells[1].strip():
            break
        frame.append(round(_cell(path, number, cells[1])))
        values.append(_cell(path, number, cells[2]))
        if values[-1] <= 0:
            raise FileError(f"{path}, line {number}: “{cells[2]}” is no {what}.")
    return frame, values


def _zoom(path: Path, lines: Sequence[str], frame: Sequence[int], seen: SeenFrame) -> list[float]:
    """Focal lengths in mm by a camera's zoom, which counts in the composition's pixels; none where it isn't moved."""
    width = next((line.split("\t")[2] for line in lines if line.startswith("\tSource Width\t")), "")
    at = next((i for i, line in enumerate(lines) if line.startswith(_AE_ZOOM)), None)
    if at is None or not width.isdecimal() or int(width) == 0:
        return []
    numbers, pixels = _keys(path, lines, at, "zoom")
    return [value / int(width) * seen.width_mm for value in pixels] if numbers == frame else []


def _json(path: Path, text: str, fps: Fraction | None) -> FocusTrack | None:
    """A take's track, as `takes export --track ROW -o FILE.json` writes it; None for any other JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("format") != _JSON_FORMAT:
        return None
    try:
        rows = [[row[name] for name in _JSON_FIELDS] for row in document["frames"]]
        frame = tuple(int(row[0]) for row in rows)
        timecode = tuple(str(row[1]) for row in rows)
        times = np.array([float(row[2]) for row in rows])
        metres = np.array([focus_distance(str(row[3]), 1.0) for row in rows])
        rate = fps or parse_fps(str(document["fps"]))
    except (KeyError, TypeError, ValueError, OverflowError, RequestError) as error:
        raise FileError(f"{path}: a frame of this track can't be read.", remedy="Export it again.") from error
    if len(rows) < 2 or not np.all(np.isfinite(times)) or not np.all(np.diff(times) > 0) or np.any(np.isnan(metres)):
        raise FileError(f"{path} is no track: its times don't run on.", remedy="Export it again.")
    return track_of(path.name, metres, timecode, rate, frame, times, fps_assumed=False)

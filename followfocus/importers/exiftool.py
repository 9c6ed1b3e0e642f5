# SPDX-License-Identifier: MIT
"""exiftool's output as JSON (-j) or CSV (-csv): a record for each picture or frame, in the order they were taken.

Distances come with their unit, as `1.5 m` or `inf`, under whichever name the maker gave them; group names (-G) are put
aside. Canon gives two limits: their middle in 1/distance is taken. Times are those of the files, else they are counted.
FNumber is the f-number (Exif 2.32, tag 0x829D), whatever is engraved on the lens.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.given import Given, counted_timecode, refuse_value
from followfocus.importers.table import focus_distance, table_of
from followfocus.units import parse_fps

KIND = "exiftool (JSON or CSV)"
_DISTANCES = ("FocusDistance", "FocusDistance2", "SubjectDistance", "ObjectDistance", "ApproximateFocusDistance")
_NEAR, _FAR = "FocusDistanceLower", "FocusDistanceUpper"
_TIMES = ("SubSecDateTimeOriginal", "SubSecCreateDate", "DateTimeOriginal", "CreateDate")
_LENSES = ("LensModel", "LensID", "LensSerialNumber")
_CANONS_INFINITY_M = 655.35
"""All 16 bits of Canon's centimetres, as exiftool -n gives them; without -n it says inf"""

Record = Mapping[str, str]


def recognises(given: Given) -> bool:
    """Whether every record names its SourceFile."""
    if given.documents:
        return all("SourceFile" in one for one in given.documents)
    return given.data.removeprefix(b"\xef\xbb\xbf")[:10] == b"SourceFile"


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of the files. FileError where fewer than two of them say a distance."""
    records = [_plain(one) for one in (given.documents or _rows(given))]
    try:
        distances = [_distance_m(one) for one in records]
    except RequestError as error:
        raise refuse_value(given.path, "focus distance", error) from error
    if sum(not math.isnan(metres) for metres in distances) < 2:
        raise FileError(
            f"{given.path}: fewer than two files say a focus distance ({', '.join(_DISTANCES[:3])} …).",
            remedy="Run exiftool over all frames; one picture is no track.",
        )
    kept = focus_track.with_lens_data(str(given.path), distances)
    stated = _rate(records[kept[0]].get("VideoFrameRate", ""))
    rate = fps or stated or Fraction(24)
    stamps = _stamps([records[i] for i in kept])
    times = focus_track.running(stamps)
    focal = [_number(records[i].get("FocalLength", "")) for i in kept]
    first = records[kept[0]]
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=focus_track.times_of((), rate, None, kept) if times is None or fps else times,
        distance_m=np.array(distances)[[*kept]],
        timecode=counted_timecode(kept, rate),
        fps=rate,
        lens=ClipLens(
            make=first.get("LensMake", ""),
            model=first.get("LensModel", "") or first.get("LensID", "") or first.get("Lens", ""),
            serial=first.get("LensSerialNumber", ""),
            focal_length_mm=focus_track.median_or_none(focal),
            f_stop_used=focus_track.median_or_none([_number(records[i].get("FNumber", "")) for i in kept]),
        ),
        fps_assumed=stated is None and fps is None,
        notes=(*focus_track.left_out(len(distances) - len(kept)), *focus_track.not_running(stamps)),
        frame=kept,
        clip_frames=len(distances),
        focal_mm=focus_track.changing(focal),
        other_lens_from=focus_track.other_lens_from(
            kept, kept, *([one.get(name, "") for one in records] for name in _LENSES)
        ),
    )


def _rows(given: Given) -> list[dict[str, object]]:
    table = table_of(given.path, given.text)
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _plain(record: Mapping[str, object]) -> Record:
    """Values as text, names without their group."""
    return {name.rpartition(":")[2]: str(value).strip() for name, value in record.items()}


def _distance_m(record: Record) -> float:
    """Metres; not-a-number where it says none."""
    for name in _DISTANCES:
        metres = _metres(record.get(name, ""))
        if not math.isnan(metres):
            return metres
    near, far = _metres(record.get(_NEAR, "")), _metres(record.get(_FAR, ""))
    if math.isnan(near) or math.isnan(far):
        return math.nan
    return 2.0 / (1.0 / near + 1.0 / far) if math.isfinite(near) else math.inf


def _metres(text: str) -> float:
    """A distance as exiftool writes it: a number is metres; `undef`, `n/a` and the like are none."""
    if text[:1].isalpha() and not text.lower().startswith("inf"):
        return math.nan
    metres = focus_distance(text, 1.0)
    return math.inf if metres == _CANONS_INFINITY_M else metres


def _rate(text: str) -> Fraction | None:
    try:
        return parse_fps(text) if text else None
    except RequestError:
        return None


def _number(text: str) -> float:
    match = re.match(r"[\d.]+", text)
    return float(match[0]) if match and match[0].count(".") < 2 and match[0] != "." else math.nan


def _moment(text: str) -> datetime:
    """`2024:05:01 12:00:00.25+02:00`, its zone put aside, with a fraction or without. ValueError for anything else."""
    clock = re.sub(r"[+-]\d\d:\d\d$|Z$", "", text)[:26]
    return datetime.strptime(clock, "%Y:%m:%d %H:%M:%S.%f" if "." in clock else "%Y:%m:%d %H:%M:%S")


def _stamps(records: list[Record]) -> FloatArray | None:
    """Seconds by the files' own clock, the first that runs on, else the first there is; None where there is none."""
    first = None
    for name in _TIMES:
        try:
            moments = [_moment(record[name]) for record in records]
        except (KeyError, ValueError):
            continue
        times = np.array([(moment - moments[0]).total_seconds() for moment in moments])
        if focus_track.running(times) is not None:
            return times
        first = times if first is None else first
    return first

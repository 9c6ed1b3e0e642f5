# SPDX-License-Identifier: MIT
"""The lens file: its keys, and the rules that a lens's values must keep. One home for both, used by file and LensMap.

    {"format": "followfocus-lens", "version": 1,
     "lens": {"make": …, "model": …, "serialNumber": …, "nominalFocalLength": 40.0, …,
              "marks": [{"ring_deg": 0.0, "distance_m": "inf", "label": "∞"}, …]}}

Keys are OpenTrackIO's where it has the word (make, model, serialNumber, nominalFocalLength, tStop, calibrationHistory,
and the camera's anamorphicSqueeze); the others name their unit.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict, cast

from followfocus.lens import typos
from followfocus.units import FAR_M, format_distance

LEAST_APART_DEG = 1e-6
"""Between two marks: nearer ones are one mark, and no slope can be had from them."""
_LEAST_NEARER = 1e-9
"""Marks nearer than the one before by less than this share are one distance in the scale's arithmetic."""
FORMAT = "followfocus-lens"
VERSION = 1

# LensMap's field → the file's key, where they differ.
KEYS = {
    "serial": "serialNumber",
    "focal_length_mm": "nominalFocalLength",
    "t_stop": "tStop",
    "squeeze": "anamorphicSqueeze",
    "calibration": "calibrationHistory",
    "entrance_pupil_m": "entrancePupilOffset",
}

Problem = tuple[str, str]  # LensMap's field (with an index where it has one), what is wrong with it


class LensFields(TypedDict):
    """LensMap's fields but its marks."""

    name: str
    make: str
    model: str
    serial: str
    focal_length_mm: float
    t_stop: float
    close_focus_m: float
    travel_deg: float
    principal_offset_m: float
    transmission: float | None
    direction: int
    gear_teeth: int
    gear_module_mm: float
    has_stops: bool
    squeeze: float
    source: str
    ideal: bool
    calibration: tuple[str, ...]
    focal_range_mm: tuple[float, float] | None
    breathing_percent: float
    entrance_pupil_m: float | None


HALF_CHARACTERS = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Half an emoji, as JSON writes it: no text that could be written again"""
FIELDS = tuple(LensFields.__annotations__)
_UNSAID: dict[str, object] = {"focal_range_mm": None, "breathing_percent": 0.0, "entrance_pupil_m": None}
"""Fields that a file leaves out where there is nothing to say."""

_MOST_TRAVEL_DEG = 3600.0
# Above the first, up to and including the second.
_RANGES: dict[str, tuple[float, float, str]] = {
    "focal_length_mm": (0.5, 5000, "mm"),
    "t_stop": (0.1, 128, ""),
    "close_focus_m": (0.001, 1000, "m"),
    "travel_deg": (0.5, _MOST_TRAVEL_DEG, "°"),
    "transmission": (0.001, 1, ""),
    "gear_teeth": (0, 2000, "teeth"),
    "gear_module_mm": (0.01, 10, "mm"),
    "squeeze": (0.1, 4, ""),
    "breathing_percent": (-1e-9, 30, "%"),
}
_OFFSET_LIMIT_M = 2.0
_NEAREST_M, _FARTHEST_M = 1e-5, 1e6
_LONGEST = 10**15


def document_of(
    fields: Mapping[str, object], marks: Sequence[typos.MarkRow], second: Sequence[typos.MarkRow] = ()
) -> dict[str, object]:
    """The JSON document of a lens, from LensMap's fields, its marks, and those of a second focus ring."""
    said = [field for field in FIELDS if field not in _UNSAID or fields[field] != _UNSAID[field]]
    keys: dict[str, object] = {KEYS.get(field, field): fields[field] for field in said}
    keys["calibrationHistory"] = list(cast("tuple[str, ...]", fields["calibration"]))
    if fields["focal_range_mm"] is not None:
        keys["focal_range_mm"] = list(cast("tuple[float, float]", fields["focal_range_mm"]))
    if second:
        keys["second_scale"] = _entries(second)
    keys["marks"] = _entries(marks)
    return {"format": FORMAT, "version": VERSION, "lens": keys}


def _entries(marks: Sequence[typos.MarkRow]) -> list[dict[str, object]]:
    def entry(ring_deg: float, distance_m: float, label: str) -> dict[str, object]:
        said: dict[str, object] = {"label": label} if label else {}
        return {"ring_deg": ring_deg, "distance_m": "inf" if math.isinf(distance_m) else distance_m, **said}

    return [entry(*mark) for mark in marks]


def lens_fields(keys: Mapping[str, object]) -> LensFields:
    """LensMap's fields from a checked document's `lens` object, which has every key."""
    fields = {field: keys.get(KEYS.get(field, field), _UNSAID.get(field)) for field in FIELDS}
    fields["calibration"] = tuple(cast("list[str]", fields["calibration"]))
    if fields["focal_range_mm"] is not None:
        fields["focal_range_mm"] = tuple(cast("list[float]", fields["focal_range_mm"]))
    return cast("LensFields", fields)


def marks_of(keys: Mapping[str, object], scale: str = "marks") -> tuple[typos.MarkRow, ...]:
    """Ring angle, distance and label of each mark of a checked document's `lens` object; or of its `second_scale`."""
    marks = cast("list[dict[str, float | str]]", keys.get(scale, []))
    return tuple((float(mark["ring_deg"]), float(mark["distance_m"]), str(mark.get("label", ""))) for mark in marks)


def value_problems(fields: Mapping[str, object]) -> Iterator[Problem]:
    """Values that cannot be; only the fields that are given are looked at."""
    for field, (low, high, unit) in _RANGES.items():
        value = fields.get(field)
        if value is not None and not low < cast("float", value) <= high:
            said = f"{value:g}" if isinstance(value, float) or abs(cast("int", value)) < _LONGEST else "so much"
            yield field, f"must be above {low:g} and at most {high:g} {unit}".rstrip() + f", not {said}"
    if "name" in fields and not str(fields["name"]).strip():
        yield "name", "is blank"
    if fields.get("direction", 1) not in (1, -1):
        yield "direction", f"must be 1 or -1, not {fields['direction']}"
    offset = cast("float", fields.get("principal_offset_m", 0.0))
    if not abs(offset) <= _OFFSET_LIMIT_M:
        yield "principal_offset_m", f"must be within ±{_OFFSET_LIMIT_M:g} m, not {offset:g}"
    pupil = cast("float | None", fields.get("entrance_pupil_m"))
    if pupil is not None and not abs(pupil) <= _OFFSET_LIMIT_M:
        yield "entrance_pupil_m", f"must be within ±{_OFFSET_LIMIT_M:g} m, not {pupil:g}"
    yield from _range_problems(fields)


def _range_problems(fields: Mapping[str, object]) -> Iterator[Problem]:
    """The faults of a zoom's range: it is no range, or the focal length lies outside."""
    focal = cast("Sequence[float] | None", fields.get("focal_range_mm"))
    if focal is None:
        return
    low, high, _ = _RANGES["focal_length_mm"]
    if len(focal) != 2 or not low < focal[0] < focal[1] <= high:
        yield "focal_range_mm", "must be the shortest and the longest focal length, as [18, 80]"
    elif "focal_length_mm" in fields and not focal[0] <= cast("float", fields["focal_length_mm"]) <= focal[1]:
        yield "focal_range_mm", f"must hold the focal length, {fields['focal_length_mm']:g} mm"


def mark_problems(marks: Sequence[typos.MarkRow | None], travel_deg: float, offset_m: float) -> Iterator[Problem]:
    """Marks that cannot be: too few, off the travel, inside the lens, or not one scale from infinity to close.

    None stands for a mark that could not be read at all; the others are still held against each other.
    """
    if len(marks) < 2:
        yield "marks", f"needs at least two marks, and has {len(marks)}"
    sound: list[tuple[int, typos.MarkRow]] = []
    for i, mark in enumerate(marks):
        if mark is None:
            continue
        ring_deg, distance_m, _ = mark
        problems = list(_mark_problems(i, ring_deg, distance_m, travel_deg, offset_m))
        yield from problems
        if problems:
            continue
        if sound and not ring_deg >= sound[-1][1][0] + LEAST_APART_DEG:
            yield f"marks[{i}].ring_deg", f"{ring_deg:g}° does not follow {sound[-1][1][0]:g}° (angles grow)"
            continue
        sound.append((i, mark))
    yield from _turning_back(sound, travel_deg, offset_m)


def _mark_problems(i: int, ring_deg: float, distance_m: float, travel_deg: float, offset_m: float) -> Iterator[Problem]:
    """Check one mark by itself."""
    if not 0 <= ring_deg <= travel_deg:
        yield f"marks[{i}].ring_deg", f"{ring_deg:g}° is off the ring's travel of 0° to {travel_deg:g}°"
    if not distance_m > max(offset_m, 0.0) + _NEAREST_M:
        yield f"marks[{i}].distance_m", f"{distance_m:g} m is not in front of the lens"
    if _FARTHEST_M < distance_m < math.inf:
        yield f"marks[{i}].distance_m", f"{distance_m:g} m is beyond every scale; write inf"


def _turning_back(
    numbered: Sequence[tuple[int, typos.MarkRow]], travel_deg: float, offset_m: float
) -> Iterator[Problem]:
    """Marks that are not nearer than the one before, with the typo that would explain it."""
    for (before_i, before), (i, mark) in itertools.pairwise(numbered):
        if mark[1] < before[1] * (1.0 - _LEAST_NEARER):
            continue
        hint = ""
        for suspect in (i, before_i):
            typo = _typo_of(suspect, numbered, travel_deg, offset_m)
            if typo:
                hint = f"; marks[{suspect}] is likely {typo}"
                break
        shown = [f"{m:g} m" if FAR_M <= m < math.inf else format_distance(m) for m in (mark[1], before[1])]
        yield f"marks[{i}].distance_m", f"{shown[0]} is not nearer than {shown[1]} before it{hint}"


def _typo_of(suspect: int, numbered: Sequence[tuple[int, typos.MarkRow]], travel_deg: float, offset_m: float) -> str:
    """The typo that would put mark `suspect` on the line of the others, "" if none or the others have no line."""
    others = [(typos.reciprocal(mark[1], offset_m), mark[0]) for i, mark in numbered if i != suspect]
    if len({x for x, _ in others}) < 2:
        return ""
    tolerance_deg = typos.TOLERANCE * travel_deg
    line, agreeing = typos.robust_line(others, tolerance_deg)
    return typos.explain_mark(dict(numbered)[suspect], line, offset_m, tolerance_deg) if len(agreeing) > 1 else ""


def lens_problems(
    fields: Mapping[str, object],
    marks: Sequence[typos.MarkRow | None] | None,
    second: Sequence[typos.MarkRow | None] = (),
) -> list[Problem]:
    """Everything wrong with a lens's values; `marks` None skips the scale, `second` is that of a second focus ring."""
    problems = list(value_problems(fields))
    named = {field for field, _ in problems}
    # Marks are held against travel and offset: by a wrong one, every mark would be called wrong.
    if marks is not None and not named & {"travel_deg", "principal_offset_m"} and "travel_deg" in fields:
        offset_m = cast("float", fields.get("principal_offset_m", 0.0))
        problems += mark_problems(marks, cast("float", fields["travel_deg"]), offset_m)
    if second and "principal_offset_m" not in named:
        # No file says how far a second ring turns, so only the farthest that any may is asked of its marks.
        found = mark_problems(second, _MOST_TRAVEL_DEG, cast("float", fields.get("principal_offset_m", 0.0)))
        problems += [(field.replace("marks", "second_scale", 1), words) for field, words in found]
    return problems


def place(field: str) -> str:
    """Where a field stands in the file: `lens.nominalFocalLength`, `lens.marks[2].distance_m`."""
    return f"lens.{KEYS.get(field, field)}"

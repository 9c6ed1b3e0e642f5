# SPDX-License-Identifier: MIT
"""Read a lens file from outside: every problem at once, each with its place. The only home of pydantic for lenses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from followfocus.errors import FileError, RequestError
from followfocus.files import read_input
from followfocus.lens import schema
from followfocus.names import counted
from followfocus.units import parse_distance

_HOW = "Correct the file; `followfocus lens check` lists what is left."
_WHAT = f'A lens file is a JSON object with "format": "{schema.FORMAT}"; clips are read by `followfocus lens import`.'
_MAX_BYTES = 4_000_000


def _metres(value: object) -> object:
    """A distance as a number of metres, or as text such as "inf" or "5ft 6in"; other values go on to be refused."""
    if isinstance(value, str):
        try:
            return parse_distance(value, bare=None)
        except RequestError as error:
            raise ValueError(str(error)) from error
    return value


class _Strict(BaseModel):
    """Unknown keys are errors, numbers are numbers, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class MarkEntry(_Strict):
    """One mark of the scale."""

    ring_deg: float
    distance_m: Annotated[float, BeforeValidator(_metres)]
    label: str = ""


class LensEntry(_Strict):
    """The lens; the rules for its values are `schema.lens_problems`."""

    name: str
    make: str = ""
    model: str = ""
    serialNumber: str = ""  # OpenTrackIO's key
    nominalFocalLength: float
    tStop: float
    close_focus_m: Annotated[float, BeforeValidator(_metres)]
    travel_deg: float
    principal_offset_m: float = 0.0
    transmission: float | None = None
    direction: int = 1
    gear_teeth: int = 130
    gear_module_mm: float = 0.8
    has_stops: bool = True
    anamorphicSqueeze: float = 1.0
    source: str = ""
    ideal: bool = False
    calibrationHistory: list[str] = Field(default_factory=list)
    focal_range_mm: list[float] | None = None
    breathing_percent: float = 0.0
    entrancePupilOffset: float | None = None  # OpenTrackIO's key
    second_scale: list[MarkEntry] = Field(default_factory=list)
    marks: list[MarkEntry]


class LensDocument(_Strict):
    """The whole file."""

    format: Literal["followfocus-lens"]
    version: Annotated[int, Field(ge=1, le=schema.VERSION)]
    lens: LensEntry


def read_lens_file(path: Path) -> dict[str, object]:
    """The checked `lens` object of a file, every key filled. FileError with all problems otherwise."""
    return read_lens_text(_text(path), path)


def read_lens_text(text: str, path: Path) -> dict[str, object]:
    """The same of a lens file's text; `path` says where it is from."""
    document = _parse(path, text)
    _check_version(path, document)
    problems: list[str] = []
    try:
        entry = LensDocument.model_validate(document).lens
    except ValidationError as error:
        problems += [f"{_place(item['loc'])}: {_words(item['type'], item['msg'])}" for item in error.errors()]
    problems += _rule_problems(document)
    if problems:
        count = counted(len(problems), "problem")
        raise FileError(f"{path} is not a usable lens file: {count}.", problems, _HOW)
    return entry.model_dump()


def _text(path: Path) -> str:
    """The file's text."""
    try:
        return read_input(path, _MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not a lens file: it is not text.", remedy="Give a lens file (JSON).") from error


def _parse(path: Path, text: str) -> Mapping[str, object]:
    """The JSON object of the file; a key given twice is refused. NaN goes on, to be refused with its place."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
            raise ValueError(f"the key “{twice[0]}” is given twice in one object")
        return dict(pairs)

    if half := schema.HALF_CHARACTERS.search(text):
        line = text.count("\n", 0, half.start()) + 1
        raise FileError(f"{path} is not a lens file: half a character ({half[0]}) in line {line}.", remedy=_HOW)
    try:
        document = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FileError(f"{path} is not a lens file: {error.msg} at {place}.", remedy=_WHAT) from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path} is not a lens file: {error}.", remedy=_HOW) from error
    if not isinstance(document, dict) or document.get("format") != schema.FORMAT:
        raise FileError(f"{path} is not a lens file.", remedy=_WHAT)
    return document


def _check_version(path: Path, document: Mapping[str, object]) -> None:
    """Refuse a file of a version that this program does not know."""
    version = document.get("version")
    if isinstance(version, int) and not isinstance(version, bool) and version > schema.VERSION:
        message = f"{path} is a lens file of version {version}, and this program reads up to {schema.VERSION}."
        raise FileError(message, remedy="Update followfocus, or save the lens again from an older one.")


def _rule_problems(document: Mapping[str, object]) -> list[str]:
    """Check the rules on the values of the right type, so that both kinds of fault are reported at once."""
    lens = document.get("lens")
    if not isinstance(lens, dict):
        return []
    fields: dict[str, object] = {}
    for field in schema.FIELDS:
        key = schema.KEYS.get(field, field)
        if key in lens and _is_valid(key, lens[key]):
            fields[field] = _metres(lens[key]) if field == "close_focus_m" else lens[key]
    scales = (lens.get("marks"), lens.get("second_scale"))
    marks, second = ([_mark_or_none(one) for one in scale] if isinstance(scale, list) else None for scale in scales)
    return [f"{schema.place(field)}: {words}" for field, words in schema.lens_problems(fields, marks, second or ())]


def _mark_or_none(entry: object) -> tuple[float, float, str] | None:
    """The mark of an entry of the right types, None otherwise."""
    try:
        mark = MarkEntry.model_validate(entry)
    except ValidationError:
        return None
    return mark.ring_deg, mark.distance_m, mark.label


def _is_valid(key: str, value: object) -> bool:
    """Whether one key of the lens has the right type."""
    try:
        LensEntry.__pydantic_validator__.validate_assignment(LensEntry.model_construct(), key, value)
    except ValidationError:
        return False
    return True


def _place(location: tuple[int | str, ...]) -> str:
    """`lens.marks[2].distance_m` of pydantic's location."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _words(kind: str, message: str) -> str:
    """A sentence for pydantic's error."""
    if kind == "extra_forbidden":
        return "is not a key of a lens file"
    if kind == "missing":
        return "is missing"
    return message.removeprefix("Value error, ")

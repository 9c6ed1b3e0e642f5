# SPDX-License-Identifier: MIT
"""A file as it was given: its bytes, and what they are, worked out once when a source asks."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.importers.focus_track import Encoder, directed
from followfocus.importers.table import ALL_ONES, bytes_of_file, decoded_text, focus_distance
from followfocus.timecode import format_timecode
from followfocus.units import MAX_FPS, meant_fps

_OFF_FRAME = 0.25
_MOST_FRAMES = 10_000_000
"""Times farther apart aren't those of one clip"""
_MOST, _MOST_DIGITS = 1e100, 18
"""No number of a clip is larger."""

Json = dict[str, object]


@dataclass(frozen=True)
class Given:
    """A file and its content."""

    path: Path
    data: bytes

    @classmethod
    def at(cls, path: Path) -> Given:
        """The file at a path. FileError where it can't be read, or is empty."""
        return cls(path, bytes_of_file(path))

    @cached_property
    def text(self) -> str:
        """Its text. FileError where it isn't text."""
        return decoded_text(self.path, self.data)

    @cached_property
    def documents(self) -> tuple[Json, ...]:
        """The JSON objects in it: one, a list of them, or one a line; empty where it is no such JSON."""
        if self.data.lstrip()[:1] not in (b"{", b"["):
            return ()
        try:
            whole = json.loads(self.text)
            found = whole if isinstance(whole, list) else [whole]
        except (ValueError, RecursionError):
            found = _by_line(self.text)
        except FileError:
            return ()
        return tuple(found) if found and all(isinstance(one, dict) for one in found) else ()


def _by_line(text: str) -> list[object]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return []


def part_at(document: object, *names: str) -> object:
    """The part of a document under these keys, one within another; None where one is missing."""
    for name in names:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def number_at(document: object, *names: str) -> float | None:
    """The finite number under these keys; None where there is none."""
    value = part_at(document, *names)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        return None
    return float(value)


def distance_at(document: object, unit_m: float, *names: str) -> float:
    """Metres of the distance under these keys: a number of units, or text as `focus_distance` reads it.

    Not-a-number where there is none. What a negative number means is for the caller. RequestError for other text.
    """
    value = part_at(document, *names)
    if isinstance(value, str):
        return focus_distance(value.strip(), unit_m)
    number = number_at(document, *names)
    if not number:
        return math.nan
    return math.inf if number in ALL_ONES else number * unit_m


def fraction_at(document: object, *names: str) -> Fraction | None:
    """The rate {num, denom} under these keys; None where there is no possible one."""
    num, denom = number_at(document, *names, "num"), number_at(document, *names, "denom")
    return None if num is None or denom is None else plausible_rate(int(num), int(denom))


def plausible_rate(num: int, denom: int) -> Fraction | None:
    """The frame rate that num/denom stands for; None where no camera has such a rate."""
    rate = meant_fps(Fraction(num, denom)) if denom > 0 else Fraction(0)
    return rate if 0 < rate <= MAX_FPS else None


def whole_at(text: str) -> int | None:
    """The whole number in a text; None where there is none, or it is too large to be meant."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


def words_at(document: object, *names: str) -> str:
    """The text under these keys; empty where there is none."""
    value = part_at(document, *names)
    return value.strip() if isinstance(value, str) else ""


def encoder_without_limits(name: str, counts: list[float], distance_m: FloatArray) -> Encoder | None:
    """An encoder whose file doesn't tell its ends: infinity by the plain law, the other where it was seen nearest.

    None where it hardly moved, or the counts go against the distances.
    """
    array, places = np.array(counts), 1.0 / distance_m
    if np.isnan(array).any() or float(np.ptp(array)) < 1e-9 or float(np.ptp(places)) < 1e-6:
        return None
    slope, at_infinity = np.polyfit(places, array, 1)
    nearest = float(array[int(np.argmax(places))])
    ends = sorted((float(at_infinity), nearest))
    low, high = min(ends[0], float(array.min())), max(ends[1], float(array.max()))
    return directed(name, counts, low, high, distance_m) if slope else None


def counted_timecode(frame: tuple[int, ...], rate: Fraction) -> tuple[str, ...]:
    """Timecode that counts the frames from 0, where a file has none."""
    return tuple(format_timecode(max(0, number), rate) for number in frame)


def refuse_value(path: Path, what: str, error: Exception) -> FileError:
    """A FileError for a value that can't be read."""
    detail = str(error) if isinstance(error, RequestError) else "it can't be read."
    return FileError(f"{path}: {what}: {detail}", remedy="Export it again.")


def placed(count: FloatArray | None, kept: Sequence[int]) -> tuple[int, ...]:
    """The numbers of frames that have none of their own, by when all of them were, so that a gap stays a gap.

    `count` is their times in frames. Empty where these are not those of frames at that rate.
    """
    if count is None or count[-1] - count[0] > _MOST_FRAMES:
        return ()
    places = np.rint(count - count[0])
    on_time = np.abs(count - count[0] - places).max() < _OFF_FRAME and np.all(np.diff(places) > 0)
    return tuple(int(places[i]) for i in kept) if on_time else ()

# SPDX-License-Identifier: MIT
"""A cue's start besides GO, as the cue says it: the camera's REC or a timecode; and when the camera is stopped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from followfocus.errors import RequestError
from followfocus.units import parse_duration

ON_GO = "GO"
TIMECODE = re.compile(r"\d\d:\d\d:\d\d[:;]\d\d")
_REC = re.compile(r"(?:rec\b(?P<hold>.*)|(?P<before>.+?)(?: after| from)? rec)")
_CUT = re.compile(r"(?:cut|stop)(?: rec)?\b(?: after)?(?P<after>.*)")
_HOW = "Write GO, REC + 3 s, a timecode such as 01:00:10:00, or REC + 3 s, cut + 2 s."


@dataclass(frozen=True, slots=True)
class CueStart:
    """The start of a cue: `rec_hold_s` seconds after the camera's REC, at a timecode, or on GO alone.

    The camera is stopped `stop_rec_s` seconds after the landing; None leaves it running.
    """

    rec_hold_s: float | None = None
    stop_rec_s: float | None = None
    at_timecode: str = ""

    def brief(self) -> str:
        """As little as can be read, and be written by hand again: REC + 3 s, cut + 2 s."""
        rec = "" if self.rec_hold_s is None else f"REC + {self.rec_hold_s:g} s"
        cut = "" if self.stop_rec_s is None else f"cut + {self.stop_rec_s:g} s"
        start = ", ".join(filter(None, (rec, self.at_timecode))) or ON_GO
        return ", ".join(filter(None, (start, cut)))

    def words(self) -> str:
        """The sentence when a pull is armed with it; empty for GO alone."""
        rec = "" if self.rec_hold_s is None else f"{self.rec_hold_s:g} s after REC" if self.rec_hold_s else "with REC"
        starts = " or ".join(filter(None, (rec, self.at_timecode and f"at {self.at_timecode}")))
        return f"Goes {starts}." if starts else ""


def parse_start(text: str, fps: Fraction | float = 24) -> dict[str, Any]:
    """The fields of a cue for what a person writes. Raises RequestError.

    >>> parse_start("REC + 3 s, cut + 2 s")
    {'rec_hold_s': 3.0, 'stop_rec_s': 2.0, 'at_timecode': ''}
    """
    fields: dict[str, Any] = {"rec_hold_s": None, "stop_rec_s": None, "at_timecode": ""}
    for part in re.split(r",(?!\d)|\bor\b", text.casefold()):
        words = " ".join(part.split())
        bare = words.removeprefix("at ")
        if words in ("", "go", "on go", "none"):
            continue
        if TIMECODE.fullmatch(bare):
            name: str = "at_timecode"
            value: str | float = _label(bare, fps)
        elif found := _CUT.fullmatch(words):
            name, value = "stop_rec_s", _seconds(found["after"], fps, text)
        elif found := _REC.fullmatch(words):
            name, value = "rec_hold_s", _seconds(found["hold"] or found["before"] or "", fps, text)
        else:
            raise RequestError(f"“{text}” starts no cue.", _HOW)
        if fields[name] not in (None, ""):
            raise RequestError(f"“{text}” says the same thing twice.", _HOW)
        fields[name] = value
    return fields


def _label(text: str, fps: Fraction | float) -> str:
    """A label that some source may send: at the film's rate, or at up to 30 frames a second."""
    hours, minutes, seconds, frames = (int(part) for part in re.split("[:;]", text))
    if hours > 23 or max(minutes, seconds) > 59 or frames >= max(30, round(fps)):
        raise RequestError(f"There is no timecode {text}.", "Write HH:MM:SS:FF, such as 01:00:10:00.")
    return text


def _seconds(text: str, fps: Fraction | float, whole: str) -> float:
    """A hold: 0 where none is written, a plus before it or not."""
    words = text.strip().removeprefix("+").strip()
    if not words:
        return 0.0
    try:
        return parse_duration(words, fps, what="hold")
    except RequestError as error:
        raise RequestError(f"“{whole}” has no hold of that length: {error.message}", _HOW) from error

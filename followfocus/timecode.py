# SPDX-License-Identifier: MIT
"""Timecode by SMPTE ST 12-1: frame numbers as hours, minutes, seconds and frames, with and without dropped numbers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from fractions import Fraction

from followfocus.errors import RequestError

_TIMECODE = re.compile(r"(\d{1,2}):(\d\d):(\d\d)([:;.])(\d{2,3})")
_DROPPED = re.compile(r"\d\d:\d\d:59:(?:29 \d\d:\d[1-9]:00:02|59 \d\d:\d[1-9]:00:04)")


def is_timecode(text: str) -> bool:
    """Whether a text has a timecode's form; whether there is such a frame is a matter of the rate."""
    return _TIMECODE.fullmatch(text) is not None


def is_drop_frame(timecode: str) -> bool:
    """Whether a timecode is written as drop-frame: with `;` or `.` before its frames."""
    match = _TIMECODE.fullmatch(timecode.strip())
    return match is not None and match[4] != ":"


def drops(fps: Fraction) -> bool:
    """Whether a time of day is counted in drop-frame at this rate: at 29.97 and 59.94, where it would fall behind."""
    return fps.denominator != 1 and round(fps) % 30 == 0


def drops_frames(timecode: Sequence[str]) -> bool:
    """Whether a timecode leaves numbers out: by its sign, else where it goes over a minute, as many cameras write it.

    >>> drops_frames(["01:00:59:29", "01:01:00:02"]), drops_frames(["01:09:59:29", "01:10:00:00"])
    (True, False)
    """
    return any(map(is_drop_frame, timecode)) or any(
        _DROPPED.fullmatch(f"{one} {after}") for one, after in itertools.pairwise(timecode)
    )


def _dropped(fps: Fraction) -> int:
    """Frame numbers that drop-frame timecode leaves out each minute: 2 at 29.97, 4 at 59.94."""
    nominal = round(fps)
    if nominal % 30 or fps == nominal:
        raise RequestError("Drop-frame timecode exists at 29.97 and 59.94 only.", "Write a colon for non-drop.")
    return nominal // 15


def format_timecode(frames: int, fps: Fraction, *, drop_frame: bool = False) -> str:
    """Frame number as `HH:MM:SS:FF`, wrapping at 24 hours; drop-frame as SMPTE ST 12-1, written `HH:MM:SS;FF`."""
    if frames < 0:
        raise RequestError(f"Timecode cannot show frame {frames}.", "Frames count from 0.")
    nominal = round(fps)
    if nominal < 1:
        raise RequestError(
            f"At {float(fps):g} frames a second there is no timecode.", "It begins at one frame a second."
        )
    if drop_frame:
        drop = _dropped(fps)
        per_minute, per_ten = nominal * 60 - drop, nominal * 600 - 9 * drop
        tens, rest = divmod(frames % (per_ten * 144), per_ten)
        frames = frames % (per_ten * 144) + 9 * drop * tens
        if rest >= nominal * 60:
            frames += drop * (1 + (rest - nominal * 60) // per_minute)
    seconds, frame = divmod(frames % (nominal * 86_400), nominal)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    width = len(str(nominal - 1))
    return f"{hour:02}:{minute:02}:{second:02}{';' if drop_frame else ':'}{frame:0{max(2, width)}}"


def parse_timecode(text: str, fps: Fraction) -> int:
    """Frame number of `HH:MM:SS:FF`; a `;` (or `.`) before the frames means drop-frame.

    RequestError for a text that is no timecode, and for one that does not exist at this rate.
    """
    match = _TIMECODE.fullmatch(text.strip())
    if not match:
        raise RequestError(f"“{text}” is not a timecode.", "Write HH:MM:SS:FF.")
    nominal = round(fps)
    hour, minute, second, frame = (int(match[i]) for i in (1, 2, 3, 5))
    if hour > 23 or minute > 59 or second > 59 or frame >= nominal:
        raise RequestError(
            f"The timecode {text} does not exist at {float(fps):g} frames per second.", "Check the rate."
        )
    number = ((hour * 60 + minute) * 60 + second) * nominal + frame
    if match[4] == ":":
        return number
    drop = _dropped(fps)
    if minute % 10 and second == 0 and frame < drop:
        raise RequestError(f"Drop-frame timecode leaves out {text}.", "Check it: the minute starts a few frames later.")
    minutes = hour * 60 + minute
    return number - drop * (minutes - minutes // 10)

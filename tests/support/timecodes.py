# SPDX-License-Identifier: MIT
"""Timecode by a counter, for comparison: it knows nothing of the formulas that the program uses."""

from __future__ import annotations

from collections.abc import Iterator

from followfocus.units import parse_fps


def counted_up(fps: str) -> Iterator[str]:
    """Timecode as a counter makes it: frame by frame, seconds, minutes, hours; drop-frame leaves its numbers out."""
    rate = parse_fps(fps)
    nominal = round(rate)
    drops = nominal // 15 if rate.denominator != 1 and nominal % 30 == 0 else 0
    sign, hour, minute, second, frame = ";" if drops else ":", 0, 0, 0, 0
    while True:
        yield f"{hour:02}:{minute:02}:{second:02}{sign}{frame:02}"
        frame += 1
        if frame == nominal:
            second, frame = second + 1, 0
        if second == 60:
            minute, second = minute + 1, 0
            frame = drops if minute % 10 else 0
        if minute == 60:
            hour, minute = (hour + 1) % 24, 0
